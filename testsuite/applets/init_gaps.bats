#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What fell between two states: who is left of an entry that is removed or
# stopped, what changes while a finish= program runs, occasions at a stop, who
# speaks for an entry, and who is heard.

load ../helper
load init_helper

setup() {
	init_setup
}

# leaver: ends at TERM, and leaves a worker in its session
leaver() {
	cat >leaver <<-'END'
		./worker "$1-left" "${2:-0}" &
		exec ./worker "$1"
	END
}

@test "init gaps: what an entry leaves that a reload removes is told, and the next reload waits for it" {
	leaver
	printf '%s\n' ':name=a:respawn:sh ./leaver a' ':name=b:respawn:sh ./leaver b go' \
		'::respawn:./worker keep' >inittab
	begin -v -f inittab
	for name in a a-left b b-left keep; do
		wait_until has_line "$OUT" "$name up"
	done
	ask stop a # the look for what is left comes at once the first time only
	wait_until has_line "$OUT" "a-left clean"
	echo '::respawn:./worker keep' >inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "b-left told"
	touch go
	wait_until has_line "$OUT" "b-left clean"
	echo '::respawn:./worker new' >>inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "new up"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: what an entry leaves that is removed in back-off is told and killed, too" {
	cat >w <<-'END'
		rm -f there
		sh -c 'trap "" TERM; touch there; while :; do sleep 1; done' stubborn &
		until [ -e there ]; do sleep 0.02; done
		exit 1
	END
	printf '%s\n' ':name=w,grace=3s,delay=1h,delay-max=1h:respawn:sh ./w' \
		'::respawn:./worker keep' >inittab
	begin -v -f inittab
	wait_until is backoff w
	echo '::respawn:./worker keep' >inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "init: w: process .*stubborn.* killed: its grace is over"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: what an entry leaves that init stop has stopped is killed after 10 s" {
	cat >w <<-'END'
		sh -c 'trap "" TERM; echo there; while :; do sleep 1; done' stubborn &
		exec ./worker w
	END
	begin -v -e ":name=w:respawn:sh ./w" -e "::respawn:./worker keep"
	wait_until has_line "$OUT" there
	ask stop w
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "init: w: process .*stubborn.* killed: its grace is over"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: nobody whom a stopped entry has left is killed once init stops" {
	cat >w <<-'END'
		sh -c 'trap "" TERM; echo there; until [ -e go ]; do sleep 0.05; done; echo cleaned' stubborn &
		exec ./worker w
	END
	begin -v -e ":name=w:respawn:sh ./w" -e "::respawn:./worker keep"
	wait_until has_line "$OUT" there
	ask stop w
	kill -TERM "$NS_PID"
	sleep 10.5 # its grace, had init not been asked to stop
	touch go
	finish
	[ "$status" -eq 0 ]
	has_line "$OUT" cleaned
	count_is 0 killed:
}

@test "init gaps: a process made after its entry's end is left behind as others are" {
	cat >left.py <<-'END'
		import os, signal, time
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
		print("waits", flush=True)
		signal.sigwait([signal.SIGTERM])
		time.sleep(0.1) # ticks of start times are 10 ms
		if os.fork() == 0:
		    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
		    os.execv("./worker", ["worker", "young"])
	END
	cat >w <<-'END'
		[ ! -e second ] || exec ./worker second
		touch second
		python3 left.py &
		until grep -q waits out; do sleep 0.02; done
		exit 1
	END
	begin -v -e ":name=w,delay=0:respawn:sh ./w"
	wait_until has_line "$OUT" "second up"
	[ "$(order_of '^(young (told|clean)|second up)')" = \
		"young told young clean second up " ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: a line that changes while finish= runs begins in its turn" {
	printf '#!/bin/sh\necho finishing; until [ -e go ]; do sleep 0.05; done\n' >finisher
	chmod +x finisher
	printf '%s\n' ':name=x,finish=./finisher:respawn:false' '::respawn:./worker keep' >inittab
	begin -v -f inittab
	wait_until has_line "$OUT" finishing
	printf '%s\n' ':name=db,notify-fd=5:respawn:./worker db' ':name=x,after=db:respawn:./worker x' \
		'::respawn:./worker keep' >inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "db up"
	touch go
	wait_until is waiting x
	stop_init
	[ "$status" -eq 0 ]
	count_is 0 "x up"
}

@test "init gaps: how a once entry says that it is ready stays what it was when it started" {
	line=":once:sh -c 'echo up; until [ -e go ]; do sleep 0.05; done; echo >&5; echo said; until [ -e end ]; do sleep 0.05; done'"
	printf '%s\n' ":name=n,notify-fd=5$line" >inittab
	begin -v -f inittab
	wait_until has_line "$OUT" up
	printf '%s\n' ":name=n,notify-socket$line" >inittab
	ask reload
	[ "$status" -eq 0 ]
	touch go
	wait_until has_line "$OUT" said
	# ready, and not busy with a descriptor that it cannot read
	wait_until "$init" --control "$PWD/sock" status --check 3>&-
	touch end
	finish
	[ "$status" -eq 0 ]
}

@test "init gaps: a user's helper that has ended has said READY=1 all the same" {
	[ "$(id -u)" = 0 ] || skip "needs root: user="
	cat >say.py <<-'END'
		import os, socket
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
		s.send(b"READY=1")
	END
	chmod 755 .
	begin -v -e ":name=a,user=54321,notify-socket:respawn:sh -c 'echo up; until [ -e go ]; do sleep 0.05; done; python3 - <say.py && echo said; read -r x <>never'"
	wait_until has_line "$OUT" up
	kill -STOP "$NS_PID" # it comes to read that too late
	touch go
	wait_until has_line "$OUT" said
	kill -CONT "$NS_PID"
	wait_until "$init" --control "$PWD/sock" status --check 3>&-
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: an occasion that came twice does not come again in a stop" {
	begin -v -e ":name=k:respawn:./worker k" \
		-e ":name=cad:ctrlaltdel:sh -c 'echo cad; until [ -e go ]; do sleep 0.05; done'" \
		-e "::shutdown:sh -c 'echo shutting; until [ -e more ]; do sleep 0.05; done'"
	wait_until has_line "$OUT" "k up"
	kill -INT "$NS_PID"
	wait_until has_line "$OUT" "cad"
	kill -INT "$NS_PID"
	ask status # it has been taken
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "shutting"
	touch go
	wait_until is ended cad
	touch more
	finish
	[ "$status" -eq 0 ]
	count_is 1 '^cad$'
}

@test "init gaps: a powerfail entry that was tried out runs at SIGPWR all the same" {
	begin -v -e "::respawn:./worker k" -e ":name=p:powerfail:echo power"
	wait_until has_line "$OUT" "k up"
	ask start p
	[ "$status" -eq 0 ]
	kill -PWR "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	count_is 2 '^power$'
}

@test "init gaps: the successor is no restart entry that was left out" {
	begin -v -e "::respawn:./worker k" -e "tty77::restart:echo first" -e "::restart:echo second"
	wait_until has_line "$OUT" "k up"
	kill -QUIT "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	has_line "$OUT" '^second$'
}

@test "init gaps: reloads that wait leave others their place" {
	printf '%s\n' ':name=slow,grace=inf:respawn:./worker slow go' '::respawn:./worker keep' >inittab
	begin -v -f inittab
	wait_until has_line "$OUT" "slow up"
	wait_until has_line "$OUT" "keep up"
	echo '::respawn:./worker keep' >inittab
	ask reload
	wait_until has_line "$OUT" "slow told"
	for i in {1..16}; do
		"$init" --control "$PWD/sock" reload >"answer$i" 2>&1 3>&- &
		STARTED+=" $!"
	done
	four_refused() {
		[ "$(cat answer* | grep -cx 'init: too many requests wait (try --no-wait)')" -eq 4 ]
	}
	wait_until four_refused
	ask status
	[ "$status" -eq 0 ]
	touch go
	stop_init
	[ "$status" -eq 0 ]
}

@test "init gaps: a flood of signals that mean nothing holds up no answer" {
	cat >flood.py <<-'END'
		import os, time
		print("floods", flush=True)
		end = time.monotonic() + 60
		while not os.path.exists("go") and time.monotonic() < end:
		    for i in range(1000):
		        os.kill(1, 45)
		print("done", flush=True)
	END
	begin -v -e ":name=f:once:python3 flood.py" -e "::respawn:./worker k"
	wait_until has_line "$OUT" floods
	ask status worker
	[ "$status" -eq 0 ]
	count_is 0 '^done'
	touch go
	wait_until has_line "$OUT" '^done'
	stop_init
	[ "$status" -eq 0 ]
}
