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

	up "${options[@]}" -e INITBOX_GRACE=50s -v "$BATS_TEST_TMPDIR:/out" \
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

# ---- into an image, around an image ----------------------------------------

# (podman 4.3 takes no heed of init = true in that file.)
@test "podman: run --init takes our init by README's containers.conf" {
	snippets toml "$BATS_TEST_TMPDIR/toml"
	[ "$(grep -c '^init_path = ' "$BATS_TEST_TMPDIR/toml/1")" -eq 1 ]
	{
		grep -v '^init' "$BATS_TEST_TMPDIR/toml/1"
		grep '^init' "$BATS_TEST_TMPDIR/toml/1" |
			sed "s|/usr/lib/initbox/podman-init|$ENGINE_DIR/bin/podman-init|"
		grep -v '^.containers.$' "$CONTAINERS_CONF"
	} >"$BATS_TEST_TMPDIR/conf"
	export CONTAINERS_CONF=$BATS_TEST_TMPDIR/conf
	up --init base slow a 0
	wait_until has_log '^a: ready'
	[ "$(engine exec "$ID" cat /proc/1/comm)" = podman-init ]
	[[ $(engine exec "$ID" /run/podman-init --version) == *initbox* ]]
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

# pod_words EXPRESSION: of the Pod, in WORDS. (podman play kube 4.3 removes an
# initContainer before it has ended, and fails.)
pod_words() {
	mapfile -t WORDS < <(python3 -c 'import json, sys, yaml
json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' \
		"$TOP/examples/kubernetes/pod.yaml" | jq -r ".spec | $1 | .[]")
	echo "${WORDS[@]}"
	[ "${#WORDS[@]}" -gt 1 ]
}

@test "podman: the Pod's initContainer copies our init into a volume, from which its program runs" {
	local root=$BATS_TEST_TMPDIR/root

	cp -a "$ENGINE_DIR/rootfs" "$root"
	rm -r "$root/sbin"
	mkdir -p "$root/usr/local/bin"
	program "$root/usr/local/bin/app" <<<'exec slow app 0'
	tar -c -C "$root" . | engine import - app:1 >/dev/null
	tar -c -C "$ENGINE_DIR/rootfs/sbin" initbox |
		engine import - initbox:0.1.0 >/dev/null
	pod_words '.initContainers[0].command'
	# the second time as after a restart: the volume stays
	run_rm -v init:/init initbox:0.1.0 "${WORDS[@]}"
	run_rm -v init:/init initbox:0.1.0 "${WORDS[@]}"
	pod_words '.containers[0].command'
	up -v init:/init:ro app:1 "${WORDS[@]}"
	wait_until has_log '^app: ready'
	pod_words '.containers[0].livenessProbe.exec.command'
	engine exec "$ID" "${WORDS[@]}"
	down
	[ "$status" -eq 0 ]
	[[ $output == *"app: cleaned"* ]]
}
