#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Words to values: libbb-lite/parse.c and signal_names.c.

load unit

setup_file() {
	unit_build parse libbb-lite/{parse,signal_names,format}.c
}

@test "parse: durations of the contract are read" {
	unit parse durations
}

@test "parse: anything else is no duration and changes nothing" {
	unit parse bad_durations
}

@test "parse: signals by name, number and distance are read in any case" {
	unit parse signals
}

@test "parse: anything else is no signal and changes nothing" {
	unit parse bad_signals
}

@test "parse: the word of every signal reads back as that signal" {
	unit parse signal_words
}

@test "parse: numbers are held to their range" {
	unit parse numbers
}

@test "parse: signal maps swap and drop, and refuse nonsense" {
	unit parse maps
}

@test "parse: words are found in a list, and where they stand" {
	unit parse words
}

@test "parse: what stands behind a beginning is found" {
	unit parse beginnings
}

@test "parse: every unit test is run" {
	unit_all_called parse
}
