#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The inittab language: applets/init/inittab.c, command.c.

load ../libbb-lite/unit

setup_file() {
	unit_build inittab applets/init/{inittab,entry,command,order,service}.c libbb-lite/{parse,signal_names,format,wstatus,clock}.c
}

@test "inittab: entries, options and run levels are read" {
	unit inittab plain_lines
}

@test "inittab: an unnamed entry is called after its command" {
	unit inittab names_are_made
}

@test "inittab: a command whose name is empty has an entry with a name" {
	unit inittab nameless_commands
}

@test "inittab: two identical lines without a name are one entry" {
	unit inittab equal_lines_are_one
}

@test "inittab: a backslash joins lines" {
	unit inittab joined_lines
}

@test "inittab: the last line needs no newline" {
	unit inittab no_newline_at_the_end
}

@test "inittab: a comment may begin anywhere, inside of a command with a warning" {
	unit inittab comments
}

@test "inittab: each kind of bad line is named" {
	unit inittab bad_lines
}

@test "inittab: every error is listed, not the first" {
	unit inittab every_error_is_listed
}

@test "inittab: a name and main are given once" {
	unit inittab names_used_twice
}

@test "inittab: every option is read, and has its default" {
	unit inittab every_option_is_read
}

@test "inittab: BusyBox's and SysV's actions and terminals are known" {
	unit inittab actions_and_ids
}

@test "inittab: a command that the exec in front of it breaks is warned about" {
	unit inittab traps_are_warned_about
}

@test "inittab: a bad line is left out, the others stay" {
	unit inittab bad_entries_are_left_out
}

@test "inittab: a NUL byte is an error of its line" {
	unit inittab nul_bytes
}

@test "inittab: a line has 4096 bytes at most" {
	unit inittab long_lines
}

@test "inittab: a command has 256 words at most" {
	unit inittab too_many_words
}

@test "inittab: the table has a limit that is said" {
	unit inittab too_many_entries
}

@test "inittab: many errors are counted" {
	unit inittab many_problems
}

@test "inittab: BusyBox's characters make it a command for sh" {
	unit inittab commands
	unit inittab room_of_commands
}

@test "inittab: every unit test is run" {
	unit_all_called inittab
}
