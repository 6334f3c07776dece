#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The option table: libbb-lite/options.c.

load unit

setup_file() {
	unit_build options libbb-lite/{options,parse,signal_names,signals,format}.c
}

@test "options: every kind is read, short and long, attached and not" {
	unit options command_line
}

@test "options: parsing stops at the first other word and behind --" {
	unit options where_it_stops
}

@test "options: unknown, abbreviated and bad words are named" {
	unit options bad_words
}

@test "options: help and version end the parsing" {
	unit options help_and_version
}

@test "options: variables count where the command line is silent, and are taken out" {
	unit options environment
}

@test "options: a bad variable is an error like a bad option" {
	unit options bad_environment
}

@test "options: a boolean variable of 0 leaves it off" {
	unit options boolean_zero
}

@test "options: a list has a limit that is said" {
	unit options too_many
}

@test "options: every unit test is run" {
	unit_all_called options
}
