#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# init as the real first process of a (virtual) machine.
#
# run alone: an emulated machine takes a processor for itself

load ../helper
load machine_helper

setup() {
	WAIT_LIMIT=300
	machine_setup
	cat >root/etc/inittab <<-'END'
		::sysinit:/bin/mount -t proc proc /proc
		::sysinit:/bin/mount -t devtmpfs dev /dev
		:name=web:respawn:/bin/worker web
		:name=db:respawn:/bin/worker db
		:after=web,after=db:once:/bin/script
		::ctrlaltdel:/bin/reboot
		::shutdown:/bin/echo shutting down
	END
	cat >root/bin/worker <<-'END'
		#!/bin/sh
		trap 'echo $1 told; sleep 1; echo $1 clean; exit 0' TERM
		echo $1 up
		echo >/run/$1
		while :; do sleep 0.1; done
	END
	cat >root/bin/script <<-'END'
		#!/bin/sh
		for name in web db; do
			until [ -e /run/$name ]; do sleep 0.1; done
		done
	END
	chmod 755 root/bin/worker root/bin/script
}

# script: from stdin, run once all services are up
script() {
	cat >>root/bin/script
}

# ended_well: both services were told and cleaned up, nothing was killed
ended_well() {
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	for name in web db; do
		[ "$(grep -c "$name told" "$OUT")" -eq 1 ]
		[ "$(grep -c "$name clean" "$OUT")" -eq 1 ]
	done
	[[ $output == *"shutting down"* ]]
	[[ $output != *"killed"* && $output != *panic* ]]
}

@test "machine: boots to its services, without a zombie; poweroff ends it" {
	script <<-'END'
		for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.1 &) ; done
		sleep 1
		until /sbin/zombiecheck; do sleep 0.1; done
		echo no zombies
		/sbin/init status
		/sbin/init poweroff
	END
	machine_start splash nosuchword=1 -- --frobnicate word
	ended_well
	[[ $output == *"no zombies"* ]]
	[[ $output =~ web\ +running\ +yes ]]
	[[ $output == *"Power down"* ]]
}

@test "machine: BusyBox's poweroff and reboot work" {
	echo "poweroff" | script
	machine_start
	ended_well
	[[ $output == *"Power down"* ]]
	sed -i 's/poweroff/reboot/' root/bin/script
	machine_start
	ended_well
	[[ $output == *"Restarting system"* ]]
}

# pressed: ctrl-alt-del has come through; for wait_until. The kernel looks for its
# keyboard while init starts already, and loses what is typed before.
pressed() {
	has_line "$OUT" "web told" && return
	machine_monitor "sendkey ctrl-alt-delete"
	sleep 1
	has_line "$OUT" "web told"
}

@test "machine: ctrl-alt-del runs its entry" {
	echo "echo all up" | script
	machine_start
	wait_until has_line "$OUT" "all up"
	wait_until pressed
	ended_well
	[[ $output == *"Restarting system"* ]]
}

@test "machine: halt halts, what hangs is killed after --stop-timeout" {
	sed -i '/name=db/d; s/,after=db//' root/etc/inittab
	cat >root/bin/deaf <<-'END'
		#!/bin/sh
		trap '' TERM
		while :; do sleep 1; done
	END
	chmod 755 root/bin/deaf
	sed -i 's/ web db;/ web;/' root/bin/script
	echo "::respawn:/bin/deaf" >>root/etc/inittab
	echo "/sbin/init halt" | script
	machine_start INITBOX_STOP_TIMEOUT=15s
	wait_until has_line "$OUT" "System halted"
	grep -q "deaf): killed: it did not end in time" "$OUT"
	grep -q "web clean" "$OUT"
}

@test "machine: bad lines are left out and reported, the rest boots" {
	sed -i '3i ::nope:x\n:user=nosuchuser:once:x' root/etc/inittab
	echo "/sbin/init poweroff" | script
	machine_start
	ended_well
	[[ $output == *"init: /etc/inittab:3: nope: unknown action"* ]]
	[[ $output == *"init: /etc/inittab:4: nosuchuser: user: "* ]]
}

@test "machine: without an inittab BusyBox's entries run" {
	echo '#!/bin/sh' >root/etc/init.d/rcS
	chmod 755 root/etc/init.d/rcS
	rm root/etc/inittab
	cat >>root/etc/init.d/rcS <<-'END'
		mount -t proc proc /proc
		mount -t devtmpfs dev /dev
		echo rcS runs
		# this, and who asks to press Enter, are there
		(until read -r one two </proc/1/task/1/children; [ -n "$two" ]; do
			sleep 0.1
		done
		sleep 10
		kill -USR2 1) &
	END
	machine_start
	wait_until has_line "$OUT" "Please press Enter to activate this console."
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"rcS runs"* ]]
	[[ $output == *"Power down"* ]]
}
