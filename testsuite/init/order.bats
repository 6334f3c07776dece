#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who starts and stops when: applets/init/order.c.

load ../libbb-lite/unit

setup_file() {
	unit_build order applets/init/{order,service,entry,inittab,command}.c \
		libbb-lite/{clock,wstatus,signal_names,parse,format}.c
}

@test "order: entries of an action run one after another" {
	unit order one_after_another
}

@test "order: who comes after another waits for it, and stops before it" {
	unit order dependents_wait_and_go_first
}

@test "order: a failure dooms what waits for it, a back-off does not" {
	unit order failure_dooms_what_waits
}

@test "order: a doomed sysinit entry holds nobody up" {
	unit order a_doomed_sysinit_holds_nobody_up
}

@test "order: the first failure in the file is the status" {
	unit order statuses
}

@test "order: entries are sorted by stage and after=" {
	unit order sorted
}

@test "order: circles and dependencies on later stages are errors" {
	unit order circles_are_found
}

@test "order: what an ended one-shot waited for stops behind what waited for that" {
	unit order order_holds_across_an_ended_one_shot
}

@test "order: every unit test is run" {
	unit_all_called order
}
