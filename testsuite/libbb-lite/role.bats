#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a command line says of its process: libbb-lite/role.c.

load unit

setup_file() {
	unit_build role libbb-lite/{role,parse,signal_names,format}.c
}

@test "role: a shell with a script, a command or a piped stdin is looked through" {
	unit role scripts
}

@test "role: an interactive shell is a program" {
	unit role interactive
}

@test "role: su, timeout, tini and their like are wrappers" {
	unit role wrappers
}

@test "role: everything else is a program, our own applets included" {
	unit role programs
}

@test "role: odd command lines do no harm" {
	unit role odd_lines
}

@test "role: every unit test is run" {
	unit_all_called role
}
