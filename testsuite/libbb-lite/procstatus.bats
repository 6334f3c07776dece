#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# /proc/PID/status and files by line: libbb-lite/procstatus.c, lines.c.

load unit

setup_file() {
	unit_build procstatus libbb-lite/{procstatus,lines,format,parse}.c
}

@test "procstatus: fields are read by their whole name" {
	unit procstatus fields
}

@test "procstatus: half a status is none" {
	unit procstatus half_a_status
}

@test "lines: overlong lines are left out, and one without an end" {
	unit procstatus lines_of_any_length
}

@test "procstatus: every unit test is run" {
	unit_all_called procstatus
}
