#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Below runc alone: the template of runc spec without a terminal, that is
# read-only, with three capabilities, no_new_privs and 1,024 descriptors.

load engines
load cases

setup_file() {
	engine_start runc
}

teardown_file() {
	engine_stop
}

teardown() {
	local id

	stop_started
	[ -d "${ENGINE_DIR:-}" ] || return 0
	for id in $(runc list -q); do
		runc delete -f "$id"
	done
}

@test "runc: kill TERM lets two services clean up, status 0" {
	runc_start two init -e ':name=a:respawn:slow a' \
		-e ':name=b:respawn:slow b'
	wait_until has_line "$OUT" '^a: ready'
	wait_until has_line "$OUT" '^b: ready'
	begin=${EPOCHREALTIME/[.,]/}
	runc kill two TERM
	finish
	timeline "runc kill TERM" $((${EPOCHREALTIME/[.,]/} - begin))
	echo "$status: $output"
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* && $output == *"b: cleaned"* ]]
}

@test "runc: kill 37 stops init and reaper as podman and systemd-nspawn mean it" {
	for words in 'init -e ::respawn:slow\ a\ 0' 'init -- slow a 0' \
		'reaper slow a 0'; do
		eval "words=($words)"
		runc_start "nspawn${#words[@]}${words[0]}" "${words[@]}"
		wait_until has_line "$OUT" '^a: ready'
		runc kill "$ID" 37
		finish
		echo "$status: $output"
		[ "$status" -eq 0 ]
		[[ $output == *"a: cleaned"* ]]
	done
}

@test "runc: init, reaper and sigproxy end with 0, 42, 127, 126, 137, 143" {
	for prefix in 'init --' reaper sigproxy 'tini --' 'docker-init --' \
		podman-init; do
		while read -r wanted words; do
			[ -n "$wanted" ] || continue
			eval "words=($words)"
			echo "wanted $wanted: $prefix ${words[*]}"
			# shellcheck disable=SC2086
			try runc_run "status-${prefix%% *}-$wanted" $prefix \
				"${words[@]}"
			[ "$status" -eq "$wanted" ]
		done <<<"$STATUSES"
	done
}

@test "runc: catatonit ends with 1 where the command cannot be started" {
	for words in 'true' 'sh -c "exit 42"' 'dies TERM' /no/such /etc/plain; do
		eval "words=($words)"
		try runc_run "catatonit-$RANDOM" catatonit -- "${words[@]}"
		echo "$status" >>"$BATS_TEST_TMPDIR/got"
	done
	[ "$(paste -s -d ' ' "$BATS_TEST_TMPDIR/got")" = "0 42 143 1 1" ]
}

@test "runc: signals reach the command and its status comes back" {
	runc_start signals init -- signals
	wait_until has_line "$OUT" '^ready'
	for signal in HUP USR1 USR2 QUIT WINCH 40; do
		runc kill signals "$signal"
		wait_until has_line "$OUT" "^got-$signal"
	done
	runc kill signals TERM
	finish
	[ "$status" -eq 3 ]
	[[ $output == *got-TERM* ]]
}

@test "runc: no zombie is left of 500 orphans, whoever is PID 1" {
	for words in 'init --' reaper 'tini --' 'catatonit --' sigproxy; do
		# shellcheck disable=SC2016,SC2086
		try runc_run "orphans-${words%% *}" $words sh -c 'orphans 500
			i=0
			until [ "$(zombies)" -eq 0 ] || [ $i -gt 300 ]; do
				sleep 0.1
				i=$((i + 1))
			done
			zombies'
		[[ $output == *$'\n0' ]]
	done
}

@test "runc: orphans of an exec'ed shell come to PID 1 and are reaped" {
	runc_start entered init -e ':name=a:respawn:slow a 0'
	wait_until has_line "$OUT" '^a: ready'
	runc exec entered orphans 100 3>&-
	wait_until has_no_zombies
	runc kill entered TERM
	finish
	[ "$status" -eq 0 ]
}

has_no_zombies() {
	[ "$(runc exec "$ID" zombies 3>&-)" -eq 0 ]
}

@test "runc: a bad inittab entry ends with 125 and starts nothing" {
	try runc_run bad init -e '::once:echo started' -e '::respwan:true'
	[ "$status" -eq 125 ]
	[[ $output != *started* ]]
	[[ $output == *respwan* ]]
}

@test "runc: no inittab: 125, and the three ways in are named" {
	try runc_run none init
	[ "$status" -eq 125 ]
	[[ $output == *"/etc/inittab"* ]]
	[[ $output == *"init -e"* && $output == *"init -- "* ]]
}

# ---- zombiecheck ---------------------------------------------------------

@test "runc: zombiecheck names the container of zombies as runc does" {
	runc_start leaky sleep 1000
	runc exec leaky sh -c 'sleep 0.1 &'
	wait_until has_orphans 1 leaky
	jq -e '.parents[0] | .container == "leaky" and .ns_pid == 1' <<<"$output"
}
