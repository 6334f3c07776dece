#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The pure parts of zombiecheck: applets/zombiecheck/cause.c, range.c.

load ../libbb-lite/unit

setup_file() {
	unit_build cause applets/zombiecheck/{cause,range}.c \
		libbb-lite/{format,parse}.c
}

@test "cause: each fact has its cause, the first rule that fits wins" {
	unit cause each_fact_has_its_cause
}

@test "cause: an adopted zombie is told by its session or its group" {
	unit cause a_group_of_its_own_is_adopted_too
}

@test "cause: only a session of somebody else shows that one is an orphan" {
	unit cause an_orphan_has_a_session_that_is_not_its_own
}

@test "cause: only a parent that is an init waits for its namespace's end" {
	unit cause only_an_init_ends_a_namespace
}

@test "cause: a hidden parent is unknown, not guessed" {
	unit cause a_hidden_parent_is_unknown
}

@test "cause: runtimes are known by name" {
	unit cause runtimes_by_name
}

@test "cause: every cause has words that fit a line" {
	unit cause every_cause_has_its_words
}

@test "range: alarms as the plugins' guidelines say" {
	unit cause ranges
}

@test "range: other words are refused" {
	unit cause words_that_are_no_range
}

@test "cause: every unit test is run" {
	unit_all_called cause
}
