# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# init_helper.bash - what the files about init share.

# Made once a run.
WORKER=$BATS_RUN_TMPDIR/worker
[ -x "$WORKER" ] || {
	cc -O1 -static -o "$WORKER.$$" "$TOP/testsuite/applets/helpers/worker.c"
	mv "$WORKER.$$" "$WORKER"
}

# To be called by setup: a folder, the applet, and a worker that says what it is
# told (helpers/worker.c). The limits are not to end before a slow machine has
# done what a test waits for; tests of the limits have their own.
init_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	init=$(applet init)
	ns_command # skips where there is no PID namespace to be had
	mkfifo -m 666 never # nobody writes to it: waits without a process
	ln "$WORKER" worker 2>/dev/null || cp "$WORKER" worker
	export INITBOX_ORDER_WAIT=1h INITBOX_GRACE=1h
}

# An entry that ends the container with STATUS once there is a file FILE.
ends_with() {
	echo "sh -c 'until [ -e $2 ]; do sleep 0.05; done; exit $1'"
}

# asleep: every process of the namespace of ns_start but its PID 1
asleep() {
	local pid pids

	read -r -a pids <"/proc/$NS_PID/task/$NS_PID/children" || :
	for pid in "${pids[@]}"; do
		state_of "$pid" && [ "$STATE" = "${1:-S}" ] || return
	done
} 2>/dev/null

# The lines of $OUT that match, in order, with a blank behind each.
order_of() {
	grep -E "$1" "$OUT" | tr '\n' ' '
}

# count_is NUMBER PATTERN: so many lines of $OUT match
count_is() {
	matches "$OUT" "$2"
	[ "$MATCHES" -eq "$1" ]
}

# at_least NUMBER PATTERN
at_least() {
	matches "$OUT" "$2"
	[ "$MATCHES" -ge "$1" ]
}

# ask WORD...: a request to the init of $PWD/sock; $status and $output
ask() {
	run "$init" --control "$PWD/sock" "$@" 3>&-
	echo "init $*: $status: $output"
}

# is STATE NAME: an entry is, at the socket here; for wait_until
is() {
	[ "$("$init" --control "$PWD/sock" status --json "$2" 3>&- |
		jq -r '.[].state')" = "$1" ]
}

# begin WORD...: an init with a socket here
begin() {
	ns_start "$init" --control "$PWD/sock" "$@"
	wait_until socket_there
}

# socket_there: for wait_until
socket_there() {
	[ -S sock ] && has_line /proc/net/unix "^[^ ]* [^ ]* [^ ]* 00010000 .* $PWD/sock\$"
}

# stop_init: as docker stop; $status and $output
stop_init() {
	kill -TERM "$NS_PID"
	finish
	echo "$output"
}
