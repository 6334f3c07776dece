# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# cases.bash - what docker and podman have in common; the engine is $ENGINE.

# Our exit statuses, through the engine: "status words of the command".
STATUSES='
0 true
42 sh -c "exit 42"
127 /no/such/program
126 /etc/plain
137 dies KILL
143 dies TERM'

# case_statuses OPTIONS... -- PREFIX...: engine run OPTIONS base PREFIX COMMAND
# ends with each of the statuses.
case_statuses() {
	local options=() wanted words

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	while read -r wanted words; do
		[ -n "$wanted" ] || continue
		eval "words=($words)"
		echo "wanted $wanted: ${words[*]}"
		try run_rm "${options[@]}" base "$@" "${words[@]}"
		[ "$status" -eq "$wanted" ]
		case $wanted in
		126 | 127)
			[ "${#lines[@]}" -eq 1 ]
			[[ $output == *"${words[0]}"* ]]
			;;
		*) [ -z "$output" ] ;;
		esac
	done <<<"$STATUSES"
}

# case_inittab: the image's inittab has two services; stopped, both clean up.
case_inittab() {
	inittab <<-'END'
		# two services that need 2 s to clean up
		::sysinit:echo sysinit
		:name=a:respawn:slow a
		:name=b:respawn:slow b
	END
	image two-services 'CMD ["/sbin/init"]'
	up two-services
	wait_until has_log '^a: ready'
	wait_until has_log '^b: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
	[[ $output == *"b: cleaned"* ]]
	[ "${output%%$'\n'*}" = sysinit ]
}

RESTRICTED=(--read-only --cap-drop ALL --security-opt no-new-privileges
	--user 1000)

# case_restricted COMMAND...: nothing but what was asked for is seen.
case_restricted() {
	up "${RESTRICTED[@]}" base "$@"
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	# what slow's shell says of a sleep that was told is its own
	[ "$(grep -v '^Terminated$' <<<"$output")" = $'a: ready\na: told\na: cleaned' ]
}

# case_orphans COMMAND...: 1,000 orphans where 64 processes are allowed.
case_orphans() {
	up --pids-limit 64 base "$@" sh -c 'orphans 1000
		until [ "$(zombies)" -eq 0 ]; do sleep 0.1; done
		exec slow a 0'
	ended_or_ready
	echo "$output"
	[[ $output == *"made 1000 orphans"* ]]
	[[ $output != *fork* ]]
	wait_until has_zombies 0
	down
	[[ $output == *"a: cleaned"* ]]
}

# ended_or_ready: whichever comes first.
ended_or_ready() {
	WAIT_LIMIT=120 wait_until is_ended_or_ready
	output=$(logs)
}

is_ended_or_ready() {
	has_log '^a: ready' ||
		[ "$(engine inspect -f '{{.State.Running}}' "$ID")" = false ]
}

# case_terminal_shell COMMAND...: engine run -it COMMAND, which ends in an
# interactive shell; ^C, ^Z and fg are the shell's.
case_terminal_shell() {
	tty_engine "$@"
	type_in 'echo shell-$((1 + 1))\r'
	shows shell-2
	type_in 'job\r'
	shows 'job started'
	type_in '\032'
	shows Stopped
	type_in 'echo prompt-$((2 + 2))\r'
	shows prompt-4
	type_in 'fg\r'
	shows 'job continued'
	type_in '\003'
	shows 'job interrupted'
	type_in 'echo alive-$?\r'
	shows alive-5
	type_in 'exit 7\r'
	tty_finish
	cat -v "$TTY_LOG"
	[ "$status" -eq 7 ]
	lacks has_line "$TTY_LOG" 'job control'
	lacks has_line "$TTY_LOG" "can't access"
}

# case_terminal_stop COMMAND...: nobody would continue a command stopped by
# ^Z below PID 1, so we do. Each time.
case_terminal_stop() {
	tty_engine "$@" job
	shows 'job started'
	type_in '\032'
	shows 'job continued'
	type_in '\032'
	shows 'job continued' 2
	type_in '\003'
	shows 'job interrupted'
	tty_finish
	cat -v "$TTY_LOG"
	[ "$status" -eq 5 ]
}

tty_engine() {
	NAME=$ENGINE_MARK-$BATS_TEST_NUMBER
	CONTAINERS="${CONTAINERS:-} $NAME"
	case $ENGINE in
	docker)
		tty_run docker run -it --rm --pull never --network none \
			--name "$NAME" "$@"
		;;
	podman)
		tty_run podman --storage-driver=vfs --root "$ENGINE_DIR/data" \
			--runroot "$ENGINE_DIR/run" run -it --rm --pull never \
			--network none --cgroup-parent "/$ENGINE_MARK" \
			--name "$NAME" "$@"
		;;
	esac
}

# from_host OPTION...: zombiecheck out here, as JSON in $output
from_host() {
	output=$("$INITBOX" zombiecheck --json --settle 0 "$@" 2>&1) || :
}

# has_orphans NUMBER ID: for wait_until; they are $ID's by name, seen from here.
has_orphans() {
	from_host --container "$2"
	[ "$(jq "[.parents[] | select(.cause == \"init-adopted\") | .count] | add" \
		<<<"$output")" = "$1" ]
}

# case_zombies: orphans of exec, below a PID 1 that does not reap, are that
# container's, seen from the host and from inside.
case_zombies() {
	up --pids-limit 50 base sleep 1000
	engine exec "$ID" sh -c 'sleep 0.1 & sleep 0.1 &'
	wait_until has_orphans 2 "${ID:0:12}"
	jq -e --arg id "$ID" '.zombies == 2 and (.parents | length) == 1 and
		(.parents[0] | .container == $id and .ns_pid == 1 and
			.comm == "sleep" and .pids.max == 50 and
			.pids.current >= 3)' <<<"$output"
	try engine exec "$ID" zombiecheck
	[ "$status" -eq 1 ]
	[[ $output == *"sleep 1000"*" 2  init-adopted "* ]]
	[[ $output == *"pids: "*" of 50 used ("* ]]
	# the container is fine with an init
	up --init base sleep 1000
	engine exec "$ID" sh -c 'sleep 0.1 & sleep 0.1 &'
	wait_until is_alone
	try engine exec "$ID" zombiecheck -A -P --probe-timeout 1m
	[ "$status" -eq 0 ]
	[[ $output =~ "  reaping  "(ok|warn)" ".*" orphan "[0-9]+" reaped by 1 " ]]
}

# is_alone: for wait_until; in $ID init and its sleep are there, zombiecheck looks
is_alone() {
	[[ $(engine exec "$ID" zombiecheck) == "no zombies (3 processes, "* ]]
}
