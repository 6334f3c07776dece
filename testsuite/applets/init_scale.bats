#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many entries: all start and stop, failing ones make no storm, memory and
# wakeups stay small.

load ../helper
load init_helper

setup() {
	init_setup
}

# entries NUMBER OPTIONS COMMAND: so many lines
entries() {
	for i in $(seq "$1"); do
		echo ":name=s$i$2:respawn:$3"
	done
}

# switches PID: how often it has gone to sleep
switches() {
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status"
}

# memory PID FIELD: kB
memory() {
	sed -n "s/^$2:[[:space:]]*\([0-9]*\) kB/\1/p" "/proc/$1/status"
}

@test "init scale: 500 entries start and stop, half of them after another" {
	{
		entries 250 "" "sh -c 'trap \"echo bye; exit 0\" TERM; echo up; read x <fifo'"
		for i in $(seq 250); do
			echo ":name=d$i,after=s$i:respawn:sh -c 'trap \"echo bye; exit 0\" TERM; echo up; read x <fifo'"
		done
	} >inittab
	mkfifo fifo
	exec 9<>fifo
	ns_start "$init" --order-wait 60s -f inittab 9>&-
	wait_until count_is 500 '^up'
	echo "memory of 500: $(memory "$NS_PID" VmRSS) kB"
	[ "$(memory "$NS_PID" VmRSS)" -lt 1500 ]
	stop_init
	[ "$status" -eq 0 ]
	count_is 500 '^bye'
}

@test "init scale: a chain of 200 starts and stops in order" {
	{
		echo ":name=s0:respawn:sh -c 'trap \"echo bye 0; exit 0\" TERM; echo up 0; read x <fifo'"
		for i in $(seq 199); do
			echo ":name=s$i,after=s$((i - 1)),notify-fd=3:respawn:sh -c 'trap \"echo bye $i; exit 0\" TERM; echo up $i; echo >&3; read x <fifo'"
		done
	} >inittab
	mkfifo fifo
	exec 9<>fifo
	ns_start "$init" --order-wait 60s -f inittab 9>&-
	wait_until count_is 200 '^up'
	stop_init
	[ "$status" -eq 0 ]
	[ "$(grep '^up' "$OUT" | cut -d' ' -f2 | tr '\n' ' ')" = "$(seq 0 199 | tr '\n' ' ')" ]
	[ "$(grep '^bye' "$OUT" | cut -d' ' -f2 | tr '\n' ' ')" = "$(seq 199 -1 0 | tr '\n' ' ')" ]
}

@test "init scale: 200 that fail at once back off without a storm" {
	{
		entries 200 ,delay=1s "sh -c 'echo run; exit 1'"
		echo "::respawn:./worker one"
	} >inittab
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" "one up"
	wait_until at_least 600 '^run'
	# by then each has run three times, at most four
	runs=$(grep -c '^run' "$OUT")
	[ "$runs" -le 1000 ]
	wait_until eval '[ "$(ns_zombies)" -eq 0 ]'
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *"one clean"* ]]
}

@test "init scale: 20 services take little memory, and idle no wakeup" {
	entries 20 "" "sleep 1000" >inittab
	ns_start "$init" --control "$PWD/sock" -f inittab
	wait_until "$init" --control "$PWD/sock" status --check
	echo "RSS $(memory "$NS_PID" VmRSS) kB, anonymous $(memory "$NS_PID" RssAnon) kB"
	[ "$(memory "$NS_PID" RssAnon)" -lt 200 ]
	# the client's end may still be on its way
	sleep 1
	before=$(switches "$NS_PID")
	sleep 3
	[ "$(switches "$NS_PID")" -eq "$before" ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init scale: more entries than there is room for are an error" {
	entries 513 "" true >inittab
	run "$init" --check -f inittab
	[ "$status" -eq 1 ]
	[ "$output" = "init: inittab:513: too many entries (see INIT_MAX_ENTRIES)" ]
}
