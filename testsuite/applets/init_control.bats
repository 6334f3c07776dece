#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Requests: init status, start, stop and their like.

load ../helper
load init_helper

setup() {
	init_setup
}

# begin_entries ENTRY...: an init with a socket here and these entries
begin_entries() {
	local words=()

	for entry; do
		words+=(-e "$entry")
	done
	begin "${words[@]}"
}

@test "init control: status shows every entry, or one, also as JSON" {
	begin_entries ":name=web:respawn:./worker web" "::once:sh -c 'exit 4'" "::shutdown:true"
	wait_until has_line "$OUT" "web up"
	wait_until has_line "$OUT" "status 4"
	ask status
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} =~ ^NAME\ +STATE\ +READY\ +PID\ +SINCE\ +RESTARTS\ STATUS$ ]]
	[[ ${lines[1]} =~ ^web\ +running\ +yes\ +[0-9]+\ +[0-9]+s\ +0\ +-$ ]]
	[[ ${lines[2]} =~ ^sh\ +failed\ +no\ +-\ +[0-9]+s\ +0\ +4$ ]]
	ask status web
	[ "${#lines[@]}" -eq 2 ]
	ask status --json
	[ "$(jq -r '.[] | [.name, .state, .ready, .status] | @csv' <<<"$output")" = \
		'"web","running",true,
"sh","failed",false,4' ]
	ask status --json sh
	[ "$(jq -r '.[].name' <<<"$output")" = sh ]
	ask status nosuch
	[ "$status" -eq 1 ]
	[ "$output" = "init: nosuch: there is no such entry" ]
	stop_init
	[ "$status" -eq 0 ]
	[ ! -e sock ]
}

@test "init control: an entry that waits says since when" {
	SECONDS=0
	begin_entries ":name=db,notify-fd=3:respawn:sleep 1000" ":name=app,after=db:respawn:sleep 1000"
	ask status --json app
	[ "$(jq -r '.[] | .state, .pid' <<<"$output")" = "waiting
0" ]
	[ "$(jq '.[].since' <<<"$output")" -le "$SECONDS" ]
	stop_init
}

@test "init control: status --check is 0 when all are ready, else names who is not" {
	begin_entries ":name=db,notify-fd=3:respawn:sh -c 'until [ -e go ]; do sleep 0.05; done; echo >&3; exec sleep 1000'" \
		"::once:true"
	wait_until "$init" --control "$PWD/sock" status --check true
	ask status --check
	[ "$status" -eq 1 ]
	[ "$output" = "init: db: not ready" ]
	touch go
	wait_until "$init" --control "$PWD/sock" status --check
	ask status --check db
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	stop_init
}

@test "init control: main,restart=no with respawn is ready while it runs and ends the container; once is not" {
	begin_entries ":name=app,main,restart=no:respawn:./worker app" ":name=job:once:./worker job" \
		":name=side,after=app:respawn:./worker side"
	wait_until has_line "$OUT" "side up"
	wait_until is running job
	ask status --check
	[ "$status" -eq 1 ]
	[ "$output" = "init: job: not ready" ]
	ask stop job
	ask restart app
	[ "$status" -eq 0 ]
	[ "$output" = "app: ready" ]
	wait_until count_is 2 "app up"
	ask status --check app
	[ "$status" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
	# whoever comes after it is told first
	[ "$(order_of 'side told|app told')" = "app told side told app told " ]
	run ns_run "$init" --control none -e ":name=app,main,restart=no:respawn:sh -c 'exit 3'"
	[ "$status" -eq 3 ]
}

@test "init control: a main that says by itself when it is ready is not before" {
	begin_entries ":name=app,main,notify-fd=3:once:sh -c 'until [ -e go ]; do sleep 0.05; done; echo >&3; exec sleep 1000'"
	wait_until is running app
	ask status --check
	[ "$status" -eq 1 ]
	touch go
	wait_until "$init" --control "$PWD/sock" status --check
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 143 ]
}

@test "init control: stop, start and restart wait for the result and say it" {
	begin_entries ":name=web,grace=1h:respawn:./worker web 0.3" "::respawn:./worker other"
	wait_until has_line "$OUT" "web up"
	ask stop web
	[ "$status" -eq 0 ]
	[ "$output" = "web: stopped: exited with status 0" ]
	has_line "$OUT" "web clean"
	ask stop web
	[ "$status" -eq 1 ]
	[ "$output" = "init: web: is not running" ]
	ask start web
	[ "$status" -eq 0 ]
	[ "$output" = "web: ready" ]
	ask start web
	[ "$status" -eq 1 ]
	[ "$output" = "init: web: runs already" ]
	wait_until count_is 2 "web up"
	ask restart web
	[ "$status" -eq 0 ]
	[ "$output" = "web: ready" ]
	wait_until count_is 3 "web up"
	ask restart --no-wait web
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	wait_until count_is 4 "web up"
	stop_init
	[ "$status" -eq 0 ]
	count_is 4 "web clean"
}

@test "init control: a start that fails says so; what was stopped keeps init alive" {
	begin_entries ":name=bad:once:sh -c 'exit 5'" ":name=good:respawn:./worker good"
	wait_until has_line "$OUT" "bad: exited with status 5"
	ask start bad
	[ "$status" -eq 1 ]
	[ "$output" = "init: bad: failed: exited with status 5" ]
	ask stop good
	ask status good
	[[ ${lines[1]} == "good "*" stopped "* ]]
	ask start good
	[ "$status" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init control: stop kills after 10 s or grace=, start during a stop comes after it" {
	begin_entries ":name=deaf,grace=200ms:respawn:sh -c 'trap \"\" TERM; echo up; while :; do read -r x <>never; done'"
	wait_until has_line "$OUT" up
	ask stop deaf
	[ "$status" -eq 0 ]
	[ "$output" = "deaf: stopped: killed by SIGKILL" ]
	ask start deaf
	[ "$status" -eq 0 ]
	kill -KILL "$NS_PID"
	finish
}

@test "init control: reload, poweroff, halt, reboot, 0, 6 and q" {
	for word in poweroff halt reboot 0 6; do
		rm -f "${OUT:-out}" sock
		begin_entries "::respawn:./worker one"
		wait_until has_line "$OUT" "one up"
		ask "$word"
		[ "$status" -eq 0 ]
		finish
		echo "$word: $status $output"
		[ "$status" -eq 0 ]
		[[ $output == *"one clean"* ]]
	done
	echo "::respawn:./worker one" >inittab
	ns_start "$init" --control "$PWD/sock" -f inittab
	wait_until socket_there
	echo "::respawn:./worker two" >>inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "two up"
	echo "::respawn:./worker three" >>inittab
	ask q
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "three up"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init control: reload waits for the reading and says what came of it" {
	echo "::respawn:./worker one" >inittab
	ns_start "$init" --control "$PWD/sock" -f inittab
	wait_until socket_there
	echo "::respon:./worker two" >>inittab
	ask reload
	[ "$status" -eq 1 ]
	[ "$output" = "init: nothing is changed; init's own messages say what is wrong with the files" ]
	has_line "$OUT" "init: inittab:2: respon: unknown action"
	ask reload --no-wait
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init control: a reload that has to wait, for what the last one stops, ends with init" {
	cat >slow <<-'END'
		#!/bin/sh
		trap 'echo slow told; until [ -e go ]; do sleep 0.05; done; exit 0' TERM
		echo slow up
		while :; do sleep 0.05; done
	END
	chmod +x slow
	printf '::respawn:./worker one\n::respawn:./slow\n' >inittab
	ns_start "$init" -vv --control "$PWD/sock" -f inittab
	wait_until socket_there
	wait_until has_line "$OUT" "slow up"
	echo "::respawn:./worker one" >inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "slow told"
	"$init" --control "$PWD/sock" reload >answer 2>&1 3>&- &
	client=$!
	STARTED+=" $client"
	wait_until at_least 2 "asked: reload"
	kill -TERM "$NS_PID"
	status=0
	wait "$client" || status=$?
	[ "$status" -eq 1 ]
	[ "$(cat answer)" = "init: init is stopping" ]
	touch go
	finish
	[ "$status" -eq 0 ]
}

@test "init control: -q is reload, where there is an init to ask" {
	echo "::respawn:./worker one" >inittab
	ns_start "$init" --control "$PWD/sock" -f inittab
	wait_until socket_there
	echo "::respawn:./worker two" >>inittab
	ask -q
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "two up"
	stop_init
	ask -q
	[ "$status" -eq 125 ]
	[ "$output" = "init: $PWD/sock: init is not reachable: No such file or directory" ]
	for words in "-q -f inittab" "-q -e ::once:true" "-q -- true" "-q --check" "-q status"; do
		# shellcheck disable=SC2086
		ask $words
		[ "$status" -eq 125 ]
		[ "${#lines[@]}" -eq 2 ]
		[[ $output == "init: -q "* ]]
	done
	ns_start "$init" -q
	finish
	[ "$status" -eq 125 ]
	[[ $output == "init: -q "* ]]
}

@test "init control: wrong words are usage errors" {
	for words in frobnicate stop "stop a b" "status --nope" "reload x" "start --json a"; do
		# shellcheck disable=SC2086
		ask $words
		[ "$status" -eq 125 ]
		[ "${#lines[@]}" -eq 2 ]
	done
	run "$init" --control "" status 3>&-
	[ "$status" -eq 125 ]
	[ "${lines[0]}" = "init: --control: a socket's path has 1 to 107 bytes" ]
}

@test "init control: an answer that cannot be written is an error by name" {
	begin_entries "::respawn:./worker one"
	run sh -c '"$@" >/dev/full' sh "$init" --control "$PWD/sock" status 3>&-
	[ "$status" -eq 125 ]
	[ "$output" = "init: stdout: No space left on device" ]
}

@test "init control: a refusal is the whole answer, no table stands behind it" {
	begin_entries "::respawn:./worker one"
	python3 - >answer <<-'END'
		import socket
		for request in b"stop +n nosuch\n", b"reload +n \n":
		    s = socket.socket(socket.AF_UNIX)
		    s.connect("sock")
		    s.send(request)
		    while (part := s.recv(1000)):
		        print(part.decode(), end="")
	END
	[ "$(cat answer)" = $'!nosuch: there is no such entry\n=1\n=0' ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init control: what somebody else's socket says does nothing to the terminal" {
	cat >server.py <<-'END'
		import os, socket
		s = socket.socket(socket.AF_UNIX)
		s.bind("deaf-yet")
		s.listen()
		os.rename("deaf-yet", "theirs")
		c, _ = s.accept()
		c.recv(100)
		c.send(b"\x1b]0;x\x07 caf\xc3\xa9\n" + b"y" * 2000 + b"\n!\x1b[2J\n=3\n")
	END
	start python3 server.py
	wait_until test -S theirs
	run "$init" --control "$PWD/theirs" status
	[ "$status" -eq 3 ]
	[ "${lines[0]}" = '\x1b]0;x\x07 café' ]
	[[ ${lines[1]} =~ ^y{1023}$ ]] # a long line is cut
	[ "${lines[-1]}" = 'init: \x1b[2J' ]
}

@test "init control: the socket is for its user and root only" {
	begin_entries "::respawn:./worker one"
	[ "$(stat -c %a sock)" = 600 ]
	[ "$(id -u)" = 0 ] || return 0
	chmod 666 sock
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
	run setpriv --reuid 54321 --clear-groups "$init" --control "$PWD/sock" poweroff
	echo "$output"
	[ "$status" -eq 125 ]
	ask status
	[ "$status" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init control: silent, flooding and dying clients hold nobody up" {
	cat >clients.py <<-'END'
		import socket, sys, time
		def new():
		    s = socket.socket(socket.AF_UNIX)
		    s.connect("sock")
		    return s
		silent = [new() for i in range(12)]
		for i in range(200):
		    s = new()
		    try:
		        s.send(b"x" * 100000)
		    except OSError:
		        pass
		    s.close()
		for i in range(200):
		    s = new()
		    s.send(b"status + \n"[: i % 11])
		    s.close()
		waiting = new()
		waiting.send(b"stop + worker\n")
		print("flooded", flush=True)
		time.sleep(1000)
	END
	begin_entries ":grace=1h:respawn:./worker one go"
	wait_until has_line "$OUT" "one up"
	NS_INIT=$NS_PID
	inside=$OUT
	OUT=clients start python3 clients.py
	wait_until has_line clients flooded
	OUT=$inside
	ask status
	[ "$status" -eq 0 ]
	kill -KILL "$PID"
	for i in 1 2 3 4 5 6 7 8; do
		"$init" --control "$PWD/sock" status >"s$i" 3>&- &
		others+=($!)
	done
	for pid in "${others[@]}"; do
		wait "$pid"
	done
	for i in 1 2 3 4 5 6 7 8; do
		grep -q worker "s$i"
	done
	touch go
	kill -TERM "$NS_INIT"
	wait_until is_gone "$NS_INIT"
	grep -q "one clean" "$inside"
}

@test "init control: a socket that nobody answers is replaced, a live one is left alone" {
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
	ns_start "$init" --control "$PWD/sock" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	ask status
	[ "$status" -eq 0 ]
	first=$NS_PID
	OUT=other ns_start "$init" -v --control "$PWD/sock" -e "::respawn:./worker two"
	wait_until has_line other "two up"
	wait_until has_line other "init: no control: $PWD/sock: Address already in use"
	ask status worker
	[ "$status" -eq 0 ]
	kill -TERM "$NS_PID"
	wait_until is_gone "$NS_PID"
	[ -S sock ]
	kill -TERM "$first"
	wait_until is_gone "$first"
	[ ! -e sock ]
}

@test "init control: HUP makes a socket that is gone again; what is no socket stays" {
	begin_entries "::respawn:./worker one"
	rm sock
	kill -HUP "$NS_PID"
	wait_until socket_there
	ask status
	[ "$status" -eq 0 ]
	stop_init
	echo precious >sock
	ns_start "$init" -v --control "$PWD/sock" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "no control"
	stop_init
	[ "$(cat sock)" = precious ]
}

@test "init control: --control none, and no place for a socket, cost nothing" {
	ns_start "$init" --control none -e "::once:true"
	finish
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	ns_start "$init" --control /nosuch/sock -e "::once:true"
	finish
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	ns_start "$init" -v --control /nosuch/sock -e "::once:true"
	finish
	[[ $output == *"init: no control: /nosuch/sock: No such file or directory"* ]]
	run "$init" --control none status
	[ "$status" -eq 125 ]
	[ "$output" = "init: status: --control none leaves no way to ask" ]
}
