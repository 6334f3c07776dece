#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The life of an entry and the order of all: applets/init/service.c, order.c.

load ../libbb-lite/unit

setup_file() {
	unit_build service applets/init/{service,order}.c libbb-lite/{clock,wstatus,signal_names,parse,format}.c
}

@test "service: once runs once" {
	unit service once_runs_once
}

@test "service: respawn backs off, doubling, and is quick again after a long run" {
	unit service respawn_backs_off
}

@test "service: a stop wins in every state" {
	unit service stop_wins_in_every_state
}

@test "service: a grace ends in one KILL" {
	unit service grace_ends_in_one_kill
}

@test "order: sequential entries wait for each other" {
	unit service order_of_four
}

@test "service: every unit test is run" {
	unit_all_called service
}
