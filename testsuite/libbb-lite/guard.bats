#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The life of one main child: libbb-lite/guard.c.

load unit

setup_file() {
	unit_build guard libbb-lite/{guard,clock}.c
}

@test "guard: an idle life has no timer" {
	unit guard idle_has_no_deadline
}

@test "guard: a requested stop waits for all without a limit of its own" {
	unit guard requested_stop_waits_for_ever
}

@test "guard: after main's own end the others get the grace, then KILL" {
	unit guard own_end_gives_grace
}

@test "guard: a grace of 0 exits at once, but not after a request" {
	unit guard no_grace_exits_at_once
}

@test "guard: a grace of inf never kills" {
	unit guard endless_grace
}

@test "guard: kill-after counts from the first request" {
	unit guard kill_after_counts_from_the_first_request
}

@test "guard: a request during the grace can only make it shorter" {
	unit guard request_during_grace
}

@test "guard: under a peer's name it ends with its command" {
	unit guard peers_end_with_main
}

@test "guard: whom we wait for is said once, after 5 s" {
	unit guard notice_comes_once
}

@test "guard: a storm of ends is no storm of passes" {
	unit guard ends_do_not_storm
}

@test "guard: an end is looked at soon, however slow the passes have become" {
	unit guard an_end_is_looked_at_soon
}

@test "guard: killing gives up after 100 passes" {
	unit guard killing_gives_up
}

@test "guard: processes that cannot be killed are given up after a second" {
	unit guard stuck_ones_are_given_up_sooner
}

@test "guard: processes of docker exec get 2 s" {
	unit guard outside_gets_two_seconds
}

@test "guard: no deadline overflows" {
	unit guard clock_at_its_end
}

@test "guard: every unit test is run" {
	unit_all_called guard
}
