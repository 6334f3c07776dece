#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The parts of make torture, small: each of its runs has to be good.

load ../helper

# part NAME NUMBERS...: that part with these numbers for variables
part() {
	[ "$(id -u)" = 0 ] || skip "needs root: for namespaces and their processes"
	run env "${@:2}" TMPDIR="$BATS_TEST_TMPDIR" \
		bash "$BATS_TEST_DIRNAME/torture.sh" "$1" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} =~ ^torture:\ [1-9][0-9]*\ runs,\ 0\ bad$ ]]
	printf '# %s\n' "${lines[@]/#torture: /}" | grep ' ok ' >&3
}

@test "torture: chaos: random trees, signals and stops below each PID 1" {
	part chaos SEED=1 STEPS=120
}

@test "torture: chaos: the same with other numbers" {
	part chaos SEED=2 STEPS=60
}

@test "torture: every orphan is reaped and counted, memory stays flat" {
	part orphans ORPHANS=20000
}

@test "torture: of a crowd everybody is told once and may clean up" {
	part crowd CROWD=1000
}

@test "torture: of a storm of signals none is lost, none overtakes another" {
	part storm SIGNALS=8000
}

@test "torture: one start and stop after the other" {
	part starts STARTS=60
}

@test "torture: one runc container after the other" {
	part runc RUNC=3
}

@test "torture: a flood of connections leaves the control socket usable" {
	part flood CONNECTIONS=4000
}

@test "torture: an unknown part is refused" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	run bash "$BATS_TEST_DIRNAME/torture.sh" nosuch
	[ "$status" -eq 2 ]
	[[ $output == "torture: nosuch: no such part; there are: "* ]]
}
