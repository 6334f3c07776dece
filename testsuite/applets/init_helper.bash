# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# init_helper.bash - what the files about init share.

# To be called by setup: a folder, the applet, and a worker that says what it is
# told.
init_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	init=$(applet init)
	ns_command # skips where there is no PID namespace to be had
	mkfifo -m 666 never # nobody writes to it: waits without a process
	cat >worker <<-'END'
		#!/bin/sh
		# worker NAME [SECONDS]: a program that needs time to clean up
		trap 'echo "$1 told"; sleep "${2:-0}"; echo "$1 clean"; exit 0' TERM
		trap 'echo "$1 INT"; exit 0' INT
		trap 'echo "$1 HUP"' HUP
		echo "$1 up"
		while :; do read -r x <>never; done
	END
	chmod +x worker
}

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

# socket_there: for wait_until
socket_there() {
	[ -S sock ]
}

# stop_init: as docker stop; $status and $output
stop_init() {
	kill -TERM "$NS_PID"
	finish
	echo "$output"
}
