#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The life of an entry: applets/init/service.c.

load ../libbb-lite/unit

setup_file() {
	unit_build service applets/init/{service,entry,inittab,order,command}.c \
		libbb-lite/{clock,wstatus,signal_names,parse,format}.c
}

@test "service: every event in every state does what the table says" {
	unit service every_cell_of_the_table
}

@test "service: once runs once, and is ready when it has ended with 0" {
	unit service once_runs_once
}

@test "service: respawn backs off, doubling, and is quick again after a long run" {
	unit service respawn_backs_off
}

@test "service: a start without a process is tried again after the delay" {
	unit service a_start_without_a_process_is_tried_again
}

@test "service: what is left is killed in its own time, also before the restart is due" {
	unit service what_is_left_has_its_own_time
}

@test "service: delay=0 makes no storm of restarts" {
	unit service delay_of_nothing_is_no_storm
}

@test "service: restart= says after which ends it starts again" {
	unit service restart_policies
}

@test "service: restarts=N/D counts restarts in any span of D" {
	unit service restarts_are_counted_in_time
}

@test "service: ready is started, or said so, or failed by ready-timeout=" {
	unit service readiness
}

@test "service: a stop wins in every state" {
	unit service stop_wins_in_every_state
}

@test "service: a grace ends in one kill; none in a requested stop" {
	unit service graces
}

@test "service: what init start says while it stops happens afterwards" {
	unit service goals_while_stopping
}

@test "service: an occasion that comes again while its entry runs is not lost" {
	unit service an_occasion_that_comes_again_is_not_lost
}

@test "service: finish= comes after every end, and the delay counts from that" {
	unit service finish_comes_after_every_end
}

@test "service: a changed entry counts from the next start on" {
	unit service a_changed_entry_counts_from_the_next_start
}

@test "service: every unit test is run" {
	unit_all_called service
}
