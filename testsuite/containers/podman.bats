#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Below a real podman, with its storage in a temp folder.

load engines
load cases

setup_file() {
	engine_start podman
}

teardown_file() {
	engine_stop
}

teardown() {
	stop_started
	remove_containers
}

# ---- podman stop ---------------------------------------------------------

@test "podman: stop sends an image with /sbin/init signal 37, and both services clean up, status 0" {
	case_inittab
	[ "$(engine inspect -f '{{.Config.StopSignal}}' "$ID")" = 37 ]
}

@test "podman: stop sends init -e its signal 37, and all clean up" {
	up base /sbin/init -e ':name=a:respawn:slow a 1'
	[ "$(engine inspect -f '{{.Config.StopSignal}}' "$ID")" = 37 ]
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "podman: stop of /sbin/init -- COMMAND passes signal 37 on as TERM" {
	up base /sbin/init -- slow a 1
	[ "$(engine inspect -f '{{.Config.StopSignal}}' "$ID")" = 37 ]
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "podman: stop with signal 37 of reaper waits for what the command left behind" {
	up --stop-signal 37 base reaper leave a 1
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "podman: stop with TERM of sigproxy waits for what the command left behind" {
	up base sigproxy leave a 1
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "podman: processes entered by exec are told at a stop and do not hold it up" {
	up -v "$BATS_TEST_TMPDIR:/out" base /sbin/init \
		-e ':name=a:respawn:slow a 0'
	wait_until has_log '^a: ready'
	engine exec -d "$ID" slow stubborn 1000 /out/stubborn
	wait_until has_line "$BATS_TEST_TMPDIR/stubborn" ready
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
	has_line "$BATS_TEST_TMPDIR/stubborn" 'stubborn: told'
}

# ---- podman run --init ---------------------------------------------------

init_path() {
	printf '%s\n' --init --init-path "$ENGINE_DIR/bin/podman-init"
}

@test "podman: run --init passes the statuses 0, 42, 127, 126, 137, 143 on" {
	mapfile -t options < <(init_path)
	case_statuses "${options[@]}" --
}

@test "podman: run --init forwards each signal, reaps, and the status comes back" {
	mapfile -t options < <(init_path)
	up "${options[@]}" base sh -c 'orphans 100; exec signals'
	wait_until has_log '^ready'
	wait_until has_zombies 0
	for signal in HUP USR1 USR2 QUIT WINCH 40; do
		engine kill -s "$signal" "$ID"
		wait_until has_log "^got-$signal"
	done
	down
	[ "$status" -eq 3 ]
	[[ $output == *got-TERM ]]
}

@test "podman: run --init ends with the command until INITBOX_GRACE says to wait" {
	mapfile -t options < <(init_path)
	up "${options[@]}" -v "$BATS_TEST_TMPDIR:/out" base \
		leave a 1 /out/plain
	wait_until has_line "$BATS_TEST_TMPDIR/plain" ready
	down
	[ "$status" -eq 0 ]
	lacks has_line "$BATS_TEST_TMPDIR/plain" cleaned

	up "${options[@]}" -e INITBOX_GRACE=10s -v "$BATS_TEST_TMPDIR:/out" \
		base leave a 1 /out/grace
	wait_until has_line "$BATS_TEST_TMPDIR/grace" ready
	down
	[ "$status" -eq 0 ]
	has_line "$BATS_TEST_TMPDIR/grace" cleaned
}

# ---- exit statuses, rights, limits ---------------------------------------

@test "podman: reaper as PID 1 ends with 0, 42, 127, 126, 137, 143" {
	case_statuses -- reaper
}

@test "podman: init -- as PID 1 ends with 0, 42, 127, 126, 137, 143" {
	case_statuses -- init --
}

@test "podman: a bad inittab ends the container with 125 and starts nothing" {
	inittab <<-'END'
		::sysinit:echo started
		::respwan:slow a
	END
	image bad-inittab 'CMD ["/sbin/init"]'
	try run_rm bad-inittab
	[ "$status" -eq 125 ]
	[[ $output != started* && $output != *$'\nstarted'* ]]
	[[ $output == *"/etc/inittab:2: "* ]]
}

@test "podman: init -e runs read-only, without capabilities, as a user, and says nothing" {
	case_restricted init -e ':name=a:respawn:slow a 0'
}

@test "podman: reaper runs read-only, without capabilities, as a user, and says nothing" {
	case_restricted reaper -- slow a 0
}

@test "podman: 1,000 orphans under init -- fit into --pids-limit 64, no zombie is left" {
	case_orphans init --
}

# ---- podman run -it ------------------------------------------------------

@test "podman: run -it init -- sh has job control, ^C, ^Z and fg" {
	case_terminal_shell base init -- sh
}

@test "podman: run -it --init sh has job control, ^C, ^Z and fg" {
	mapfile -t options < <(init_path)
	case_terminal_shell "${options[@]}" base sh
}

@test "podman: run -it reaper continues a command that ^Z stopped" {
	case_terminal_stop base reaper
}

# ---- zombiecheck ---------------------------------------------------------

@test "podman: zombiecheck names the container of zombies, from the host and inside" {
	case_zombies
}
