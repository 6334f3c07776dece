#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The /proc readers: libbb-lite/procfs.c.

load unit

setup_file() {
	unit_build procfs libbb-lite/{procfs,role,lines,format,parse}.c
}

@test "procfs: an ordinary stat line is read" {
	unit procfs an_ordinary_line
}

@test "procfs: a process name may hold anything" {
	unit procfs strange_names
}

@test "procfs: an overlong name is cut" {
	unit procfs an_overlong_name_is_cut
}

@test "procfs: a truncated line is refused or complete" {
	unit procfs truncated_lines
}

@test "procfs: what is no stat line is refused" {
	unit procfs nonsense
}

@test "procfs: numbers that no kernel writes do no harm" {
	unit procfs numbers_beyond_all_bounds
}

@test "procfs: a dead leader with living threads is not dead" {
	unit procfs who_is_dead
}

@test "procfs: every unit test is run" {
	unit_all_called procfs
}
