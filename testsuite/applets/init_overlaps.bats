#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What comes before the last thing is through: a stop, a start or a reload while
# an entry stops, cleans up or has only just been made.

load ../helper
load init_helper

setup() {
	init_setup
}

# begin_slow: one with two entries from a file; x ends once there is a file "go"
begin_slow() {
	printf ':name=x:respawn:./worker x go\n::respawn:./worker y\n' >inittab
	begin -v "$@" -f inittab
	wait_until has_line "$OUT" "x up"
}

# reads_again: nothing is in the way of another reload
reads_again() {
	printf '::respawn:./worker z\n' >>inittab
	in_background reload
	answered 0 ""
	wait_until has_line "$OUT" "z up"
}

# all_ended: for wait_until
all_ended() {
	"$init" --control "$PWD/sock" status 3>&- | awk 'NR > 1 && $2 != "ended" { exit 1 }'
}

# all_ready: for wait_until
all_ready() {
	"$init" --control "$PWD/sock" status --check >/dev/null 2>&1 3>&-
}

# in_background WORD...: a request that may have to wait; $CLIENT, file answer
in_background() {
	"$init" --control "$PWD/sock" "$@" >answer 2>&1 3>&- &
	CLIENT=$!
	STARTED+=" $CLIENT"
}

# answered STATUS TEXT
answered() {
	status=0
	wait_until is_gone "$CLIENT"
	wait "$CLIENT" || status=$?
	echo "$status: $(cat answer)"
	[ "$status" -eq "$1" ] && [ "$(cat answer)" = "$2" ]
}

@test "init overlaps: what init stop has stopped does not hold the stop up" {
	for budget in 1h inf; do
		rm -f go
		begin -v --order-wait $budget -e ":name=a:respawn:./worker a" \
			-e ":name=b:respawn:./worker b go" -e ":name=c:shutdown:true"
		wait_until has_line "$OUT" "a up"
		wait_until has_line "$OUT" "b up"
		ask stop a
		[ "$status" -eq 0 ]
		ask stop --no-wait b # still on its way when init stops
		wait_until has_line "$OUT" "b told"
		kill -TERM "$NS_PID"
		touch go
		finish
		[ "$status" -eq 0 ]
	done
}

@test "init overlaps: who ends by itself during a stop is not started again" {
	begin -v -e ":name=a,delay=1h,delay-max=1h:respawn:sh -c 'until [ -e go ]; do sleep 0.05; done'" \
		-e ":name=b:respawn:./worker b go" \
		-e "::shutdown:sh -c 'echo shutting; until [ -e more ]; do sleep 0.05; done'"
	wait_until has_line "$OUT" "b up"
	ask restart --no-wait b
	wait_until has_line "$OUT" "b told"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "shutting"
	touch go
	wait_until is ended a
	wait_until is ended b
	touch more
	finish
	[ "$status" -eq 0 ]
	count_is 1 "b up"
}

@test "init overlaps: a dependency that ends before its turn stays ended" {
	begin -v -e ":name=db,delay=1h,delay-max=1h:respawn:sh -c 'until [ -e go ]; do sleep 0.05; done'" \
		-e ":name=app,after=db:respawn:./worker app more"
	wait_until has_line "$OUT" "app up"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "app told"
	touch go
	wait_until is ended db
	touch more
	finish
	[ "$status" -eq 0 ]
}

@test "init overlaps: a restart waits for what was left behind, and no longer" {
	# with a finish= program, which runs between the end and the restart
	cat >leaver <<-'END'
		#!/bin/sh
		[ ! -e left ] || exec ./worker "$1"
		touch left
		sh -c 'trap "" TERM; touch deaf; until [ -e go ]; do sleep 0.05; done' &
		until [ -e deaf ]; do sleep 0.05; done
		exit 3
	END
	printf '#!/bin/sh\necho finished\n' >finisher
	chmod +x leaver finisher
	begin -v -e ":name=a,delay=0,finish=./finisher:respawn:./leaver a"
	wait_until has_line "$OUT" "finished"
	wait_until is cleaning a
	has_line "$OUT" "init: a: exited with status 3; starts again in 0 s"
	touch go
	wait_until has_line "$OUT" "a up"
	count_is 0 "is killed"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a start long after the stop does not wait for who has gone" {
	cat >leaver <<-'END'
		#!/bin/sh
		sh -c 'trap "" TERM; echo rest; until [ -e go ]; do sleep 0.05; done; echo rest ends' &
		exec ./worker "$1"
	END
	chmod +x leaver
	begin -v -e ":name=a:respawn:./leaver a" -e ":name=b:respawn:./worker b"
	wait_until has_line "$OUT" "a up"
	wait_until has_line "$OUT" "rest"
	ask stop a
	[ "$status" -eq 0 ]
	touch go
	wait_until has_line "$OUT" "rest ends"
	in_background start a
	answered 0 "a: ready"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a stop signal is not lost on a child that was only just made" {
	command -v strace >/dev/null
	# the child calls setsid a second after it was made; until then the session
	# of kill=session is not its own
	ns_start strace -f -qq -o /dev/null -e trace=setsid \
		-e inject=setsid:delay_enter=1000000 \
		"$init" -v --control "$PWD/sock" --keep \
		-e ":name=a,kill=session:respawn:sleep 1000"
	wait_until socket_there
	wait_until has_line "$OUT" "a: started as process"
	in_background stop a
	answered 0 "a: stopped: killed by SIGTERM"
	count_is 0 "is over"
	ask poweroff
	finish
}

@test "init overlaps: a reload does not start what is being stopped" {
	begin_slow
	in_background stop x
	wait_until has_line "$OUT" "x told"
	printf ':name=x:respawn:./worker x2\n::respawn:./worker y\n' >inittab
	ask reload
	[ "$status" -eq 0 ]
	touch go
	answered 0 "x: stopped: exited with status 0"
	reads_again
	count_is 0 "x2 up"
	in_background start x
	answered 0 "x: ready"
	wait_until has_line "$OUT" "x2 up"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a reload that init stop overtakes leaves the next one its way" {
	begin_slow -v
	printf ':name=x:respawn:./worker x2\n::respawn:./worker y\n' >inittab
	ask reload
	wait_until has_line "$OUT" "x told"
	in_background stop x
	wait_until has_line "$OUT" "asked: stop x"
	touch go
	answered 0 "x: stopped: exited with status 0"
	reads_again
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: an entry that was removed is not started again" {
	begin_slow
	printf '::respawn:./worker y\n' >inittab
	ask reload
	wait_until has_line "$OUT" "x told"
	for word in start restart; do
		ask $word x
		[ "$status" -eq 1 ]
		[ "$output" = "init: x: was removed, and is being stopped" ]
	done
	touch go
	reads_again
	count_is 1 "x up"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: what a reload leaves out stays left out" {
	printf 'tty77::respawn:./worker tty\n::respawn:./worker y\n' >inittab
	begin -v -f inittab
	wait_until has_line "$OUT" "y up"
	printf '::respawn:./worker z\n' >>inittab
	for round in 1 2; do
		in_background reload
		answered 0 ""
	done
	wait_until has_line "$OUT" "z up"
	in_background status --check
	answered 0 ""
	ask status
	[ "${#lines[@]}" -eq 3 ] # with the headline
	count_is 0 "tty77: No such"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a reload leaves out whose terminal has gone meanwhile" {
	cat >db <<-'END'
		#!/bin/sh
		until [ -e go ]; do sleep 0.05; done
		echo >&3
		exec ./worker db
	END
	chmod +x db
	printf '%s\n' ':name=db,notify-fd=3:respawn:./db' \
		'tty77:name=a,after=db:respawn:./worker a' \
		'tty78:name=b:respawn:./worker b' >inittab
	ns_start sh -c 'mount -t tmpfs none /dev && touch /dev/tty77 /dev/tty78 && exec "$@"' sh \
		"$init" -v --control "$PWD/sock" -f inittab
	wait_until socket_there
	wait_until is waiting a # for db
	wait_until is running b
	rm "/proc/$NS_PID/root/dev/tty77" "/proc/$NS_PID/root/dev/tty78"
	for round in 1 2; do
		in_background reload
		answered 0 ""
	done
	ask status
	[ "${#lines[@]}" -eq 2 ] # the headline, and db
	touch go
	wait_until all_ready
	count_is 0 "a: started as"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: who waits for a stop is told that it was started again" {
	begin -v -e ":name=x:respawn:./worker x go" -e "::respawn:./worker y"
	lives=0
	for word in start restart; do
		lives=$((lives + 1))
		wait_until count_is $lives "^x up"
		rm -f go
		in_background stop x
		wait_until is stopping x
		ask $word --no-wait x
		[ "$status" -eq 0 ]
		touch go
		answered 1 "init: x: was started again"
		wait_until is running x
	done
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a request that waits can be interrupted" {
	begin -v -e ":name=x:respawn:./worker x go"
	wait_until has_line "$OUT" "x up"
	in_background stop x
	wait_until has_line "$OUT" "x told"
	kill -TERM "$CLIENT"
	answered 143 ""
	touch go
	wait_until is stopped x
	stop_init
	[ "$status" -eq 0 ]
}

@test "init overlaps: a shutdown entry that was tried out runs at the stop, too" {
	begin -v -e ":name=x:shutdown:echo shutting" -e "::respawn:./worker y"
	ask start x
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "shutting"
	wait_until is ended x
	stop_init
	[ "$status" -eq 0 ]
	count_is 2 "^shutting"
}

@test "init overlaps: a status that is read slowly comes to its end though a reload takes rows away" {
	for i in $(seq 400); do
		echo "::once:true $i"
	done >inittab
	begin -v -f inittab --keep
	wait_until all_ended
	echo "::respawn:./worker y" >inittab
	# nothing here takes time but init itself, which gives a client 5 s
	python3 - >table <<-'END'
		import socket
		def ask(request):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect("sock")
		    s.send(request)
		    return s
		def rest(s):
		    return b"".join(iter(lambda: s.recv(100000), b"")).decode()
		slow = ask(b"status + \n")
		head = slow.recv(100).decode()
		assert rest(ask(b"reload + \n")) == "=0\n"
		print(head + rest(slow), end="")
	END
	[ "$(wc -l <table)" -lt 400 ]
	[ "$(tail -n 1 table)" = "=0" ]
	stop_init
	[ "$status" -eq 0 ]
}
