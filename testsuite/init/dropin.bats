#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A drop-in for BusyBox init: the same inittab under both, stock files.

load ../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	init=$(applet init)
	ns_command
	busybox=$(command -v busybox)
	export INITBOX_ORDER_WAIT=1h # a slow machine is not what we test
}

# under WHICH: run /etc/inittab (./inittab here) under "busybox" or "ours" until
# has_line "$OUT" PATTERN
under() {
	cat >enter <<-'END'
		mount --bind inittab /etc/inittab
		exec "$@"
	END
	case $1 in
	busybox) set -- "$busybox" init ;;
	ours) set -- "$init" ;;
	esac
	[ -e /etc/inittab ] || touch /etc/inittab
	OUT=$PWD/out-$RANDOM
	ns_start unshare -m sh enter "$@"
}

@test "drop-in: the same inittab does the same under BusyBox init and ours" {
	[ "$(id -u)" = 0 ] || skip "needs to bind /etc/inittab"
	cat >inittab <<-'END'
		# comments, SysV fields, an unused action and a missing newline
		si:S:sysinit:true
		::sysinit:echo two
		::wait:sh -c "sleep 0.2; echo three"
		::once:echo four # not seen
		::respawn:sh -c 'trap "echo told; exit 0" TERM; echo five; while :; do sleep 0.1; done'
		::ctrlaltdel:echo pressed
		::shutdown:echo bye
	END
	printf '::once:sh -c '\''sleep 0.1; echo last'\' >>inittab
	for which in busybox ours; do
		under $which
		for line in four five last; do
			wait_until has_line "$OUT" $line
		done
		kill -INT "$NS_PID"
		wait_until has_line "$OUT" pressed
		kill -TERM "$NS_PID"
		finish
		# (BusyBox init's first message overwrites what comes before)
		grep -E '^(two|three|four|five|last|pressed|bye|told)' "$OUT" >$which
		cat "$OUT"
	done
	# once entries run beside others; the rest has an order. BusyBox kills a
	# second after the TERM, be "told" there or not.
	[ "$(grep -vE 'four|five|last|told' busybox)" = "$(grep -vE 'four|five|last|told' ours)" ]
	[ "$(grep -v told busybox | sort)" = "$(grep -v told ours | sort)" ]
	[ "$(grep -vE 'four|five|last' ours | tr '\n' ' ')" = "two three pressed bye told " ]
}

@test "drop-in: BusyBox's example file has no error" {
	cat >inittab <<-'END'
		# Boot-time system configuration/initialization script.
		::sysinit:/etc/init.d/rcS
		# /bin/sh invocations on selected ttys
		::askfirst:-/bin/sh
		tty2::askfirst:-/bin/sh
		tty3::askfirst:-/bin/sh
		tty4::askfirst:-/bin/sh
		# /sbin/getty invocations for selected ttys
		tty4::respawn:/sbin/getty 38400 tty5
		tty5::respawn:/sbin/getty 38400 tty6
		#ttyS0::respawn:/sbin/getty -L ttyS0 9600 vt100
		# Stuff to do when restarting the init process
		::restart:/sbin/init
		# Stuff to do before rebooting
		::ctrlaltdel:/sbin/reboot
		::shutdown:/bin/umount -a -r
		::shutdown:/sbin/swapoff -a
	END
	run "$init" --check -f inittab
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *warning* && $output != *error* ]]
}

@test "drop-in: stock Alpine's file runs unchanged in a container" {
	cat >inittab <<-'END'
		# /etc/inittab

		::sysinit:/sbin/openrc sysinit
		::sysinit:/sbin/openrc boot
		::wait:/sbin/openrc default

		# Set up a couple of getty's
		tty1::respawn:/sbin/getty 38400 tty1
		tty2::respawn:/sbin/getty 38400 tty2
		tty3::respawn:/sbin/getty 38400 tty3
		tty4::respawn:/sbin/getty 38400 tty4
		tty5::respawn:/sbin/getty 38400 tty5
		tty6::respawn:/sbin/getty 38400 tty6

		# Put a getty on the serial port
		#ttyS0::respawn:/sbin/getty -L 115200 ttyS0 vt100

		# Stuff to do for the 3-finger salute
		::ctrlaltdel:/sbin/reboot

		# Stuff to do before rebooting
		::shutdown:/sbin/openrc shutdown
	END
	cat >enter <<-'END'
		# a container's /dev, and something in place of OpenRC
		mount -t tmpfs none /dev
		: >/dev/null
		mount -t tmpfs none /sbin
		printf '#!/bin/sh\necho "openrc $*"\n' >/sbin/openrc
		printf '#!/bin/sh\nkill -TERM 1\n' >/sbin/reboot
		chmod +x /sbin/openrc /sbin/reboot
		exec "$@"
	END
	[ "$(id -u)" = 0 ] || skip "needs to mount"
	ns_start unshare -m sh enter "$init" --keep -f inittab
	wait_until has_line "$OUT" "openrc default"
	kill -INT "$NS_PID"
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c "left out" "$OUT")" -eq 1 ]
	[ "$(grep '^openrc' "$OUT" | tr '\n' ' ')" = \
		"openrc sysinit openrc boot openrc default openrc shutdown " ]
}
