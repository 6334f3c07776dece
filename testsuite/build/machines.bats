#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# Other machines: compiled for them without a warning, and run by qemu-user. The
# programs that are started here are this machine's own: qemu hands execve(2) on,
# and turns the signals of one machine into the other's.

load ../helper
load helper

teardown() {
	stop_started
}

# unit_build NAME SOURCE...: as libbb-lite/unit.bash, with the objects that make
# has built for that machine; and runs every test of it
unit_build() {
	local name=$1 test source objects=()

	shift
	for source; do
		objects+=("build/${source%.c}.o")
	done
	"$CROSS"gcc -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
		-O1 -Wall -Wextra -Werror -Ibuild/include -Ilibbb-lite \
		-Itestsuite/libbb-lite -Iapplets/init -Iapplets/zombiecheck \
		-c -o "$name.o" "$folder/${name}_test.c"
	"$CROSS"gcc -static -o "$name" "$name.o" "${objects[@]}"
	for test in $($QEMU "./$name"); do
		$QEMU "./$name" "$test" >said 2>&1 || {
			echo "$name $test: $?: $(cat said)"
			return 1
		}
		units=$((units + 1))
	done
}

# all_units: the parts without system calls, as their own files build them
all_units() {
	local file folder units=0

	for file in $(grep -l '^	unit_build' testsuite/*/*.bats); do
		folder=${file%/*}
		eval "$(awk '/^\tunit_build/ { on = 1 }
			on { print }
			on && !/\\$/ { exit }' "$file")" || return
	done
	echo "# $CROSS: $units unit tests" >&3
	[ "$units" -gt 80 ]
}

# expect STATUS WORD...: the exit status of ours
expect() {
	local wanted=$1

	shift
	run $QEMU ./initbox "$@" 3>&-
	echo "$*: $status, wanted $wanted: $output"
	[ "$status" -eq "$wanted" ]
}

# begin PATTERN WORD...: start ours; a line of its output says that it is up
begin() {
	local pattern=$1

	shift
	OUT=$BATS_TEST_TMPDIR/out
	: >"$OUT"
	start $QEMU ./initbox "$@"
	wait_until has_line "$OUT" "$pattern"
}

# ends STATUS: what begin has started
ends() {
	finish
	echo "status $status, wanted $1: $output"
	[ "$status" -eq "$1" ]
}

make_commands() {
	mkfifo never
	cat >worker <<-'END'
		#!/bin/sh
		for name in TERM USR1 USR2; do
			trap "echo $1 $name; exit 5" $name
		done
		echo "$1 up"
		while :; do read -r x <>never; done
	END
	cat >family <<-'END'
		#!/bin/sh
		./worker orphan &
		exec ./worker main
	END
	chmod +x worker family
}

# The numbers are that machine's, the names everybody's.
signals_pass() {
	local usr1=$1 usr2=$2

	expect 42 reaper sh -c 'exit 42'
	expect $((128 + usr1)) reaper sh -c 'kill -USR1 $$'
	expect 0 reaper --expect $((128 + usr2)) sh -c 'kill -USR2 $$'
	for map in "USR1:USR2" "$usr1:$usr2"; do
		begin "main up" sigproxy --scope child --map $map ./worker main
		kill -USR1 "$PID"
		ends 5
		[[ $output == *"main USR2"* ]]
	done
	begin "main up" reaper ./worker main
	kill -PWR "$PID"
	ends 5
	[[ $output == *"main TERM"* ]]
	# a stop request: also who is left is told. As PID 1, since qemu does not
	# let it become a subreaper.
	for name in USR1 "$usr1"; do
		: >"$OUT"
		ns_start $QEMU ./initbox reaper --stop-signal $name ./family
		wait_until has_line "$OUT" "main up"
		wait_until has_line "$OUT" "orphan up"
		kill -USR1 "$NS_PID"
		ends 5
		[[ $output == *"main USR1"*"orphan TERM"* ]]
	done
}

init_works() {
	begin "a up" init --control "$PWD/sock" -e ":name=a:respawn:./worker a" \
		-e ":name=b,stop=USR1:respawn:./worker b"
	wait_until has_line "$OUT" "b up"
	wait_until test -S sock
	expect 0 init --control "$PWD/sock" status --check
	kill -TERM "$PID"
	ends 0
	[[ $output == *"a TERM"* && $output == *"b USR1"* ]]
}

# is_zombie PID: for wait_until
is_zombie() {
	state_of "$1" && [ "$STATE" = Z ]
}

zombie_found() {
	local child

	OUT=$BATS_TEST_TMPDIR/parent start sh -c 'exit 3 & exec sleep 1000'
	wait_until has_line "/proc/$PID/comm" sleep
	read -r child _ <"/proc/$PID/task/$PID/children" || :
	wait_until is_zombie "$child"
	expect 1 zombiecheck --pid "$PID" --list
	[[ $output == *no-wait* && $output == *"exit 3"* ]]
	expect 0 zombiecheck --pid $$
}

# machine PREFIX QEMU USR1 USR2
machine() {
	CROSS=$1 QEMU=$2
	setup_tree
	make -s defconfig
	sed -i 's/# CONFIG_WERROR is not set/CONFIG_WERROR=y/' .config
	run make -j2 CROSS_COMPILE="$CROSS"
	[ "$status" -eq 0 ] || show_output "it does not build"
	[ "$(grep -v -e '^  CC ' -e '^  LINK ' <<<"$output")" = "" ] ||
		show_output "make says more"
	all_units
	make_commands
	signals_pass "$3" "$4"
	init_works
	zombie_found
}

# In CI one of them, whose words are 32 bits, in the other order, and whose signals
# have other numbers; MACHINES="aarch64 armhf riscv64 mips" has all (packages:
# sh scripts/packages.sh more).
@test "machines: built for another without a warning, and all works" {
	for name in ${MACHINES:-mips}; do
		rm -rf "$tree"
		case $name in
		aarch64) machine aarch64-linux-gnu- qemu-aarch64 10 12 ;;
		armhf)
			machine arm-linux-gnueabihf- qemu-arm 10 12
			# A clock of 32 bits ends in 2038, and a stat(2) fails on
			# large numbers.
			run arm-linux-gnueabihf-nm build/libbb-lite/clock.o
			has "U __clock_gettime64"
			;;
		riscv64) machine riscv64-linux-gnu- qemu-riscv64 10 12 ;;
		mips) machine mips-linux-gnu- qemu-mips 16 17 ;;
		*) show_output "no such machine: $name" ;;
		esac
	done
}
