#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# init as a user sees it (init(8)): entries, start, run, stop.

load ../helper
load init_helper

setup() {
	init_setup
}

@test "init: stops every program well and ends with 0" {
	ns_start "$init" -e "::respawn:./worker one 1" -e "::respawn:./worker two 1"
	wait_until has_line "$OUT" "one up"
	wait_until has_line "$OUT" "two up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"one told"*"one clean"* ]]
	[[ $output == *"two told"*"two clean"* ]]
	# each was told once
	[ "$(grep -c "one told" "$OUT")" -eq 1 ]
}

@test "init: each of its stop signals stops the container" {
	for signal in TERM INT QUIT USR1 USR2 PWR 37 38 39; do
		rm -f out
		OUT=$PWD/out ns_start "$init" -e "::respawn:./worker one"
		OUT=$PWD/out
		wait_until has_line out "one up"
		kill -"$signal" "$NS_PID"
		finish
		echo "$signal: $status $output"
		[ "$status" -eq 0 ]
		[[ $output == *"one told"*"one clean"* ]]
	done
}

@test "init: SIGHUP and unknown signals stop nothing" {
	ns_start "$init" -v -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	kill -WINCH "$NS_PID"
	kill -ALRM "$NS_PID"
	kill -HUP "$NS_PID"
	wait_until has_line "$OUT" "read the files again"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c "one up" "$OUT")" -eq 1 ]
}

@test "init: sysinit and wait entries run one after another before the rest" {
	cat >inittab <<-'END'
		::respawn:sh -c 'echo service; exec sleep 1000'
		::wait:sh -c 'sleep 0.2; echo wait1'
		::sysinit:sh -c 'sleep 0.2; echo sys1'
		::sysinit:echo sys2
		::wait:echo wait2
	END
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" service
	kill -TERM "$NS_PID"
	finish
	[ "$(order_of 'sys|wait|service')" = "sys1 sys2 wait1 wait2 service " ]
}

@test "init: a failing sysinit is reported and start goes on" {
	ns_start "$init" -e "::sysinit:false" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"init: false: exited with status 1"* ]]
}

@test "init: a stop request wins during sysinit, nothing more is started" {
	ns_start "$init" -e "::sysinit:./worker boot 0" -e "::respawn:echo never"
	wait_until has_line "$OUT" "boot up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"boot told"* ]]
	[[ $output != *never* ]]
}

@test "init: shutdown entries run one after another, then entries are told" {
	ns_start "$init" -e "::respawn:./worker one" \
		-e "::shutdown:sh -c 'sleep 0.2; echo bye1'" -e "::shutdown:echo bye2"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(order_of 'bye|told')" = "bye1 bye2 one told " ]
}

@test "init: stop= is the signal that stops the entry" {
	ns_start "$init" -e ":stop=INT:respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"one INT"* ]]
	[[ $output != *"one told"* ]]
}

@test "init: grace= kills an entry that does not end, and names it" {
	ns_start "$init" -e ":name=deaf,grace=100ms:respawn:sh -c 'trap \"\" TERM; echo up; while :; do read -r x <>never; done'"
	wait_until has_line "$OUT" up
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"init: deaf: process "*" killed: its grace is over"* ]]
}

@test "init: the end of the main entry ends all, with its status" {
	ns_start "$init" -e ":main:once:$(ends_with 7 go)" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	touch go
	finish
	[ "$status" -eq 7 ]
	[[ $output == *"one told"*"one clean"* ]]
}

@test "init: after main's own end --grace is what the others have" {
	ns_start "$init" --grace 200ms -e ":main:once:$(ends_with 7 go)" \
		-e ":name=deaf:respawn:sh -c 'trap \"\" TERM; echo deaf is up; while :; do sleep 1000; done'"
	wait_until has_line "$OUT" "deaf is up"
	touch go
	finish
	[ "$status" -eq 7 ]
	[[ $output == *"killed"* ]]
}

@test "init: the main entry's status is the container's after a stop request, too" {
	ns_start "$init" -e ":main:once:sleep 1000" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 143 ]
}

@test "init: ends when nothing can run again, with the first failure" {
	ns_start "$init" -e "::once:true"
	finish
	[ "$status" -eq 0 ]
	ns_start "$init" -e "::once:true" -e "::once:sh -c 'exit 4'" \
		-e "::once:sh -c 'until grep -q \"status 4\" out; do sleep 0.05; done; exit 5'"
	finish
	[ "$status" -eq 4 ]
	ns_start "$init" -e "::once:sh -c 'kill -9 \$\$'"
	finish
	[ "$status" -eq 137 ]
}

@test "init: waits for a daemon that its entry left behind" {
	cat >daemon <<-'END'
		#!/bin/sh
		setsid ./worker daemon &
	END
	chmod +x daemon
	ns_start "$init" -e "::once:./daemon"
	wait_until has_line "$OUT" "daemon up"
	[ -d "/proc/$NS_PID" ]
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c "daemon told" "$OUT")" -eq 1 ]
}

@test "init: --keep stays when nothing can run again" {
	ns_start "$init" --keep -v -e "::once:echo done"
	wait_until has_line "$OUT" "exited with status 0"
	[ -d "/proc/$NS_PID" ]
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
}

@test "init: a respawn entry is started again after every end" {
	ns_start "$init" -e "::respawn:sh -c 'echo run; exit 3'"
	wait_until eval '[ "$(grep -c run "$OUT")" -ge 2 ]'
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"init: sh: exited with status 3; starts again in 1 s"* ]]
}

@test "init: a missing program backs off and is said once" {
	ns_start "$init" -v -e "::respawn:./nosuch arg"
	wait_until eval '[ "$(grep -c "exited with status 127" "$OUT")" -ge 2 ]'
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c "nosuch: not found" "$OUT")" -eq 1 ]
	[ "$(grep -c "starts again" "$OUT")" -eq 1 ]
}

@test "init: processes of no entry are told once, after the entries" {
	cat >stray <<-'END'
		#!/bin/sh
		# double-forked, in a session of its own, below a dead parent
		(setsid ./worker stray &)
		exec ./worker one 0.3
	END
	chmod +x stray
	ns_start "$init" -e "::respawn:./stray"
	wait_until has_line "$OUT" "stray up"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c "stray told" "$OUT")" -eq 1 ]
	[ "$(order_of 'one clean|stray told')" = "one clean stray told " ]
}

@test "init: what an entry's clean-up starts is waited for and not told" {
	cat >app <<-'END'
		#!/bin/sh
		trap './dump; exit 0' TERM
		echo app is up
		while :; do sleep 0.1; done
	END
	cat >dump <<-'END'
		#!/bin/sh
		trap 'echo dump told' TERM
		sleep 1
		echo dump done
	END
	chmod +x app dump
	ns_start "$init" -e "::respawn:./app" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "app is up"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"dump done"* ]]
	[[ $output != *"dump told"* ]]
}

@test "init: a slow entry holds the others up for --order-wait only" {
	ns_start "$init" --order-wait 200ms -e "::respawn:./worker slow go" \
		-e "::once:sh -c 'setsid ./worker stray & exit 0'"
	wait_until has_line "$OUT" "slow up"
	wait_until has_line "$OUT" "stray up"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "stray clean"
	touch go
	finish
	[ "$status" -eq 0 ]
	[ "$(order_of 'slow clean|stray clean')" = "stray clean slow clean " ]
}

@test "init: a shutdown entry that hangs is told when the budget is spent" {
	ns_start "$init" --order-wait 200ms -v -e "::respawn:./worker one" \
		-e ":name=hook:shutdown:sleep 1000"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"init: hook: sent SIGTERM"* ]]
	[[ $output == *"one clean"* ]]
}

@test "init: --stop-timeout kills whoever is left, and names them" {
	ns_start "$init" --stop-timeout 300ms -e "::once:sh -c 'trap \"\" TERM; echo up; while :; do sleep 1000; done'"
	wait_until has_line "$OUT" up
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *" (sh -c "*"): killed: it did not end in time"* ]]
}

@test "init: a second stop request changes nothing" {
	ns_start "$init" -vv -e "::respawn:./worker one go"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "one told"
	kill -TERM "$NS_PID"
	kill -INT "$NS_PID"
	wait_until count_is 2 "received SIGTERM"
	wait_until has_line "$OUT" "received SIGINT"
	touch go
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c "one told" "$OUT")" -eq 1 ]
	[[ $output == *"one clean"* ]]
}

@test "init: a stopped program is continued, so that it can end" {
	ns_start "$init" -e "::respawn:sh -c 'trap \"echo told; exit 0\" TERM; echo up; kill -STOP \$\$; while :; do read -r x <>never; done'"
	wait_until has_line "$OUT" up
	wait_until asleep T
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *told* ]]
}

@test "init: a program that stops after it was told is continued" {
	ns_start "$init" -e "::respawn:sh -c 'trap \"kill -STOP \$\$; echo told; exit 0\" TERM; echo up; while :; do read -r x <>never; done'"
	wait_until has_line "$OUT" up
	wait_until asleep
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *told* ]]
}

@test "init: reaps every orphan" {
	ns_start "$init" -e "::once:sh -c 'for i in \$(seq 500); do (true &) ; done; echo made; exec sleep 1000'"
	wait_until has_line "$OUT" made
	wait_until eval '[ "$(ns_zombies)" -eq 0 ]'
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
}

@test "init: each entry leads a session of its own" {
	ns_run "$init" -e "::once:sh -c 'read -r pid comm state ppid pgrp session rest </proc/self/stat; [ \$pid = \$session ]'"
}

@test "init: the environment is unchanged; PATH, HOME and TERM are filled in" {
	ns_run env -i FOO=bar PATH=/bin:/usr/bin TERM=xterm "$init" -e "::once:env" >out
	[ "$(grep -c . out)" -ge 4 ]
	grep -qx FOO=bar out
	grep -qx PATH=/bin:/usr/bin out
	grep -qx TERM=xterm out
	grep -qx HOME=/ out
	ns_run env -i "$init" -e "::once:env" >out
	grep -qx TERM=linux out
	grep -q '^PATH=/usr/local/sbin:' out
}

@test "init: keeps the working directory for its entries" {
	ns_run "$init" -e "::once:pwd" >out
	[ "$(cat out)" = "$PWD" ]
}

@test "init: 300 entries start and stop" {
	for i in $(seq 300); do
		echo ":name=s$i:respawn:./worker s$i"
	done >inittab
	ns_start "$init" -f inittab
	wait_until count_is 300 "^s.* up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	count_is 300 "^s.* clean"
}

@test "init: a bad file ends it with 125, every error listed, nothing started" {
	printf '::once:touch started\n::nope:x\n:foo:once:x\n::once\n' >inittab
	run ns_run "$init" -f inittab
	[ "$status" -eq 125 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == "init: inittab:2: nope: unknown action (sysinit, "* ]]
	[[ ${lines[1]} == "init: inittab:3: foo: unknown option (name=, "* ]]
	[[ ${lines[2]} == "init: inittab:4: ::once: missing field, want id:options:action:command" ]] ||
		[[ ${lines[2]} == "init: inittab:4: missing field, want id:options:action:command" ]]
	[ ! -e started ]
}

@test "init: strange files end it with 125 and one clear line each" {
	head -c 1000000 /dev/zero | tr '\0' '#' >large
	{ printf '::once:'; head -c 65536 /dev/zero | tr '\0' x; echo; } >long
	printf '::once:touch started\0\n' >nul
	printf '::once:touch started\r\n' >dos
	mkdir folder
	: >empty
	for file in large long nul dos folder empty missing; do
		run ns_run "$init" -f "$file"
		echo "$file: $status $output"
		[ "$status" -eq 125 ]
		[[ ${lines[0]} == "init: "* ]]
	done
	[ ! -e started ]
	run ns_run "$init" -f large
	[ "$output" = "init: large: larger than 128 KiB" ]
	run ns_run "$init" -f long
	[ "$output" = "init: long:1: line is longer than 4096 bytes" ]
	run ns_run "$init" -f dos
	[ "$output" = "init: dos:1: line ends with a carriage return (DOS file)" ]
	run ns_run "$init" -f missing
	[[ ${lines[0]} == "init: missing: No such file or directory" ]]
}

@test "init: a last line without a newline counts" {
	printf '::once:echo first\n::once:echo last' >inittab
	run ns_run "$init" -f inittab
	[ "$status" -eq 0 ]
	[[ $output == *last* ]]
}

@test "init: a backslash at the very end joins nothing, and is no part of the command" {
	printf '::once:echo first\n::once:echo last\\' >inittab
	run ns_run "$init" -f inittab -e '::once:echo third\'
	[ "$status" -eq 0 ]
	[[ $'\n'$output$'\n' == *$'\nlast\n'* && $'\n'$output$'\n' == *$'\nthird\n'* ]]
}

@test "init: --check says what is wrong, starts nothing" {
	printf '::once:touch started\n' >good
	run "$init" --check -f good
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run "$init" --check -v -f good
	[ "$status" -eq 0 ]
	[[ $output == *"touch started"* ]]
	printf '::once:touch started\n::nope:x\n' >bad
	run "$init" --check -f bad
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[ ! -e started ]
}

@test "init: -f reads a pipe to its end, however long its writer takes" {
	run bash -c '"$0" --check -f <(sleep 0.3; echo "::once:true"; sleep 0.3; echo "::bogus:true")' "$init" 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *":2: "*bogus* ]]
}

@test "init: a bare word as PID 1 is an error with a hint" {
	run ns_run "$init" touch started
	[ "$status" -eq 125 ]
	[[ $output == *"init -- touch"*"--help"* ]]
	[ ! -e started ]
}

@test "init: not as PID 1 it wants to be told what to run" {
	run "$init"
	[ "$status" -eq 125 ]
	[ "${#lines[@]}" -eq 2 ]
	run "$init" --control "$PWD/nobody" status
	[ "$status" -eq 125 ]
	[[ $output == "init: $PWD/nobody: init is not reachable: No such file or directory" ]]
	run "$init" frobnicate
	[ "$status" -eq 125 ]
	[[ $output == *"unknown word (status, start, "* ]]
}

@test "init: entries also run when it is not PID 1, orphans included" {
	run "$init" -e "::once:sh -c '(setsid sh -c \"sleep 0.3; echo late\" &) ; exit 3'"
	[ "$status" -eq 3 ]
	[[ $output == *late* ]]
}

@test "init: usage errors end it with 125 and two lines" {
	for words in '--nope' '--' '-e' '-e x -- true' '--scope child -e ::once:true' \
		'--order-wait soon -e ::once:true' '-G -1 -- true'; do
		# shellcheck disable=SC2086
		run "$init" $words
		echo "$words: $status $output"
		[ "$status" -eq 125 ]
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[0]} == "init: "* ]]
		[[ ${lines[1]} == *--help* ]]
	done
}

@test "init --: runs one command and ends with its status" {
	run ns_run "$init" -- sh -c 'exit 42'
	[ "$status" -eq 42 ]
	run ns_run "$init" -- ./nosuch
	[ "$status" -eq 127 ]
	run ns_run "$init" -- ./
	[ "$status" -eq 126 ]
	run ns_run "$init" -- sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	run ns_run "$init" --expect 143 -- sh -c 'kill -TERM $$'
	[ "$status" -eq 0 ]
}

@test "init --: tells and waits for what its command leaves behind" {
	ns_start "$init" -- sh -c 'setsid ./worker one 0.3 &
		until grep -q "one up" out; do sleep 0.05; done; exit 6'
	finish
	[ "$status" -eq 6 ]
	[[ $output == *"one clean"* ]]
}

@test "init --: takes the scopes of sigproxy, and no other word" {
	run "$init" --scope nonsense -- true
	[ "$status" -eq 125 ]
	[[ $output == *nonsense* ]]
	for scope in shell child group session all; do
		run "$init" --scope "$scope" -- sh -c 'exit 3'
		[ "$status" -eq 3 ]
	done
}

@test "init: a closed or full stderr does not stop it" {
	run ns_run sh -c 'exec "$1" -vv -e "::once:true" 2>&-' sh "$init"
	[ "$status" -eq 0 ]
	run ns_run sh -c 'exec "$1" -vv -e "::once:true" 2>/dev/full' sh "$init"
	[ "$status" -eq 0 ]
}

@test "init: works without /proc" {
	ns_start sh -c 'mount -t tmpfs none /proc 2>/dev/null; exec "$@"' sh \
		"$init" -e "::respawn:./worker one" -e "::once:sh -c 'setsid ./worker stray &'"
	wait_until has_line "$OUT" "one up"
	wait_until has_line "$OUT" "stray up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"one clean"* ]]
	[[ $output == *"stray clean"* ]]
}

@test "init: nothing is started again once a stop has begun" {
	ns_start "$init" -v -e "::respawn:sh -c 'echo run; exit 1'" \
		-e "::respawn:./worker one" -e "::shutdown:sleep 2.5"
	wait_until has_line "$OUT" "starts again"
	wait_until has_line "$OUT" "one up"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[[ $output == *"init: stopping"* ]]
	[[ ${output##*stopping} != *"sh: started"* ]]
}

@test "init: waits for a shutdown entry that it has only just started" {
	ns_start "$init" --order-wait 0 -v -e "::respawn:false" \
		-e "::shutdown:sh -c 'exec sleep 1000'"
	wait_until has_line "$OUT" "starts again"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	# it was told at once, and its end was waited for
	[[ $output == *"sh: sent SIGTERM"*"sh: killed by SIGTERM"* ]]
}
