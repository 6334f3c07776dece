#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The formatter: libbb-lite/format.c, errno_text.c; and output.c.

load unit

setup_file() {
	unit_build format libbb-lite/{format,errno_text,parse,output,message,clock}.c
}

@test "format: numbers are whole over their whole range" {
	unit format numbers
}

@test "format: control bytes and what is not UTF-8 come out as \\xNN" {
	unit format control_bytes
}

@test "format: JSON strings are valid UTF-8 whatever goes in" {
	unit format json
}

@test "format: nothing is written behind a buffer's end" {
	unit format small_buffers
}

@test "format: output that found no room is an error, not silence" {
	unit format cut_output
}

@test "format: a text that got nothing is an empty string, not what was there" {
	unit format nothing_appended
}

@test "format: the conversions that exist work" {
	unit format formats
}

@test "format: errors have words, rare ones a number" {
	unit format errors
}

@test "format: no character is cut in two at the end of a buffer" {
	unit format no_character_is_cut
}

@test "format: every unit test is run" {
	unit_all_called format
}
