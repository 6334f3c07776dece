#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The entrypoints of examples/entrypoints in real containers: docker stop, before
# and after. Prints how long it took and who cleaned up; what is tested is who
# did, and the status. In place of docker's 10 s who ends has 60, who is killed 1.

load engines

EXAMPLES=$TOP/examples/entrypoints

setup_file() {
	engine_start docker
	[ -d "${ENGINE_DIR:-}" ] || return 0
	cc -O1 -static -o "$ENGINE_DIR/rootfs/bin/app" \
		"$BATS_TEST_DIRNAME/app.c"
	ln -s app "$ENGINE_DIR/rootfs/bin/java"
	ln -s app "$ENGINE_DIR/rootfs/bin/node"
	cp "$EXAMPLES"/*.sh "$ENGINE_DIR/rootfs"
	image examples
}

teardown_file() {
	engine_stop
}

teardown() {
	stop_started
	remove_containers
}

# is_ready NAME...: for wait_until; each says so in the log.
is_ready() {
	local name log

	log=$(logs)
	for name; do
		grep -q "^$name: ready" <<<"$log" || return
	done
}

# run_example FILE NAME...: start a container with that entrypoint, wait for
# these servers, docker stop with $LIMIT. Sets status, output, and cleaned: their
# names.
LIMIT=60
run_example() {
	local file=$1 begin line

	shift
	case $file in
	*.Dockerfile)
		image "${file%.Dockerfile}" "$(grep '^ENTRYPOINT ' "$EXAMPLES/$file")"
		up -v "$BATS_TEST_TMPDIR:/out" "${file%.Dockerfile}"
		;;
	*) up -v "$BATS_TEST_TMPDIR:/out" --entrypoint "/$file" examples ;;
	esac
	wait_until is_ready "$@"
	begin=${EPOCHREALTIME/[.,]/}
	engine stop -t "$LIMIT" "$ID" >/dev/null
	begin=$((${EPOCHREALTIME/[.,]/} - begin))
	ended
	cleaned=$(sed -n 's/^\([a-z]*\): cleaned$/\1/p' <<<"$output" | sort | paste -sd ' ')
	printf '# %-34s %3d.%01d s, status %3d, cleaned up: %s\n' "$file" $((begin / 1000000)) \
		$((begin / 100000 % 10)) "$status" "${cleaned:-nobody}" >&3
}

@test "entrypoints: exec form: what the script started before is told, too" {
	run_example exec-form.before.sh web worker
	[ "$status" -eq 0 ]
	[ "$cleaned" = web ]
	run_example exec-form.after.sh web worker
	[ "$status" -eq 0 ]
	[ "$cleaned" = "web worker" ]
}

@test "entrypoints: shell form: the program is told, not only the shell" {
	LIMIT=1 run_example shell-form.before.Dockerfile web
	[ "$status" -eq 137 ]
	[ -z "$cleaned" ]
	run_example shell-form.after.Dockerfile web
	[ "$status" -eq 143 ]
	[ "$cleaned" = web ]
}

@test "entrypoints: background and wait: both are told and waited for" {
	LIMIT=1 run_example background-wait.before.sh web worker
	[ "$status" -eq 137 ]
	[ -z "$cleaned" ]
	run_example background-wait.after.sh web worker
	[ "$status" -eq 143 ]
	[ "$cleaned" = "web worker" ]
}

@test "entrypoints: trap: the script's end waits for the server's" {
	run_example trap.before.sh web
	[ -z "$cleaned" ]
	[[ $output == *"entrypoint: ended"* ]]
	run_example trap.after.sh web
	[ "$status" -eq 0 ]
	[ "$cleaned" = web ]
	[[ $output == *"web: cleaned"*"entrypoint: ended"* ]]
}

@test "entrypoints: pipeline to a logger: the server's last line is in the log" {
	LIMIT=1 run_example logger.before.sh web
	[ "$status" -eq 137 ]
	lacks has_line "$BATS_TEST_TMPDIR/logger.before.log" cleaned
	run_example logger.after.sh web
	[ "$status" -eq 143 ]
	[ "$cleaned" = web ]
	has_line "$BATS_TEST_TMPDIR/logger.after.log" 'web: cleaned'
}

@test "entrypoints: wrapper around java: what comes after it is reached" {
	LIMIT=1 run_example java.before.sh java
	[ "$status" -eq 137 ]
	[ -z "$cleaned" ]
	[[ $output != *"dumps are kept"* ]]
	run_example java.after.sh java
	[ "$status" -eq 0 ]
	[ "$cleaned" = java ]
	[[ $output == *"java: cleaned"*"ended with 0, dumps are kept"* ]]
}

@test "entrypoints: every example is one of a pair and is run here" {
	pairs=0
	for file in "$EXAMPLES"/*.*.*; do
		file=${file##*/}
		echo "$file"
		other=${file/.before./.after.}
		[ "$other" != "$file" ] || other=${file/.after./.before.}
		[ -e "$EXAMPLES/$other" ]
		grep -q "run_example $file " "$BATS_TEST_FILENAME"
		grep -qF "($file)" "$EXAMPLES/README.md"
		pairs=$((pairs + 1))
	done
	[ $((pairs / 2)) -ge 6 ]
}
