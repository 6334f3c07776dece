#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The parts of make torture, small: each of its runs has to be good.

setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	export ORPHANS=12000 CROWD=400 SIGNALS=4000 STARTS=25 RUNC=2 CONNECTIONS=2000
	# What fails keeps its logs there.
	SEED=1 STEPS=60 TMPDIR=$BATS_FILE_TMPDIR WAIT_LIMIT=120 \
		bash "$BATS_TEST_DIRNAME/torture.sh" >"$BATS_FILE_TMPDIR/said" 2>&1 3>&- || :
}

# part NAME RUNS: so many runs of it, and all good
part() {
	[ "$(id -u)" = 0 ] || skip "needs root: for namespaces and their processes"
	awk -v part="$1" '$1 == "torture:" && NF == 2 { on = $2 == part } on' \
		"$BATS_FILE_TMPDIR/said" >part
	cat "$BATS_FILE_TMPDIR/said"
	sed -n 's/^torture: ok  */# /p' part >&3
	[ "$(grep -c '^torture: ok ' part)" -eq "$2" ]
	! grep FAIL part || return
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "torture: chaos: random trees, signals and stops below each PID 1" {
	part chaos 8
}

@test "torture: every orphan is reaped and counted, memory stays flat" {
	part orphans 2
}

@test "torture: of a crowd everybody is told once and may clean up" {
	part crowd 3
}

@test "torture: of a storm of signals none is lost, none overtakes another" {
	part storm 4
}

@test "torture: one start and stop after the other" {
	part starts 2
}

@test "torture: one runc container after the other" {
	part runc 1
}

@test "torture: a flood of connections leaves the control socket usable" {
	part flood 1
}

@test "torture: an unknown part is refused" {
	run bash "$BATS_TEST_DIRNAME/torture.sh" nosuch
	[ "$status" -eq 2 ]
	[[ $output == "torture: nosuch: no such part; there are: "* ]]
}
