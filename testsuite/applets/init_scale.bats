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

# memory PID FIELD: kB
memory() {
	sed -n "s/^$2:[[:space:]]*\([0-9]*\) kB/\1/p" "/proc/$1/status"
}

@test "init scale: 500 entries start and stop, half of them after another" {
	{
		entries 250 "" "./worker one"
		for i in $(seq 250); do
			echo ":name=d$i,after=s$i:respawn:./worker one"
		done
	} >inittab
	ns_start "$init" -f inittab
	wait_until count_is 500 '^one up'
	stop_init
	[ "$status" -eq 0 ]
	count_is 500 '^one clean'
}

@test "init scale: a chain of 200 starts and stops in order" {
	{
		echo ":name=s0,notify-fd=3:respawn:./worker 0 0 3"
		for i in $(seq 199); do
			echo ":name=s$i,after=s$((i - 1)),notify-fd=3:respawn:./worker $i 0 3"
		done
	} >inittab
	ns_start "$init" -f inittab
	wait_until count_is 200 ' up$'
	stop_init
	[ "$status" -eq 0 ]
	[ "$(grep ' up$' "$OUT" | cut -d' ' -f1 | tr '\n' ' ')" = "$(seq 0 199 | tr '\n' ' ')" ]
	[ "$(grep ' clean$' "$OUT" | cut -d' ' -f1 | tr '\n' ' ')" = "$(seq 199 -1 0 | tr '\n' ' ')" ]
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

# serve NUMBER: so many services that sleep, all of them started
serve() {
	entries "$1" "" "sleep 1000" >inittab
	ns_start "$init" --control "$PWD/sock" -f inittab
	wait_until "$init" --control "$PWD/sock" status --check
}

@test "init scale: 20 services cost no wakeup while nothing happens" {
	serve 20
	# the client's end may still be on its way
	wait_until sleeps_on "$NS_PID"
	stop_init
	[ "$status" -eq 0 ]
}

# takes_below FIELD KB: the init that serves
takes_below() {
	echo "$1: $(memory "$NS_PID" "$1") kB"
	[ "$(memory "$NS_PID" "$1")" -lt "$2" ]
}

# The sanitizers take 20 times as much.
# bats test_tags=unsanitized
@test "init scale: what 20 and 500 services take stays below its limit" {
	serve 20
	takes_below RssAnon 200
	stop_init
	[ "$status" -eq 0 ]
	serve 500
	takes_below VmRSS 1500
	stop_init
	[ "$status" -eq 0 ]
}

@test "init scale: more entries than there is room for are an error" {
	entries 513 "" true >inittab
	run "$init" --check -f inittab
	[ "$status" -eq 1 ]
	[ "$output" = "init: inittab:513: too many entries (see INIT_MAX_ENTRIES)" ]
}
