#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# PID 1 must not die: system calls fail, limits are reached, files are read-only,
# nobody reads stderr. Whatever happens: no crash, no hang, no lost status.

load ../helper
load faults_helper

setup_file() {
	cc -O1 -o "$BATS_FILE_TMPDIR/gate" "$BATS_TEST_DIRNAME/gate.c"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	chmod 755 "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	ulimit -c 0
	GATE=$BATS_FILE_TMPDIR/gate
	REAPER=$(applet reaper)
	INIT=$(applet init)
	unset "${!INITBOX_@}"
	export INITBOX
	ns_command
	make_commands
}

@test "faults: reaper as PID 1, its command ends by itself: every call may fail" {
	try_faults reaper-self-pid1
}

@test "faults: reaper below another PID 1, asked to stop: every call may fail" {
	try_faults reaper-stop-sub
}

@test "faults: init -e as PID 1, asked to stop: every call may fail" {
	try_faults entries-stop-pid1
}

@test "faults: init -e below another PID 1, its main entry ends: every call may fail" {
	try_faults entries-self-sub
}

@test "faults: init -- as PID 1, asked to stop: every call may fail" {
	try_faults command-stop-pid1
}
