#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# String functions in libc's place, beside libc's own.

load unit

setup_file() {
	unit_build strings libbb-lite/strings.c
}

@test "strings: length and letters are those that libc finds" {
	unit strings one
}

@test "strings: two texts compare as libc compares them" {
	unit strings two
}

@test "strings: every unit test is run" {
	unit_all_called strings
}
