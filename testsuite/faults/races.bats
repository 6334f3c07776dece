#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Races at the kernel's edge: numbers that are given again, children that die
# before they have begun, requests at the wrong moment, a PID 1 that stood still.
# (An exec that fails after the fork is in faults.bats, a TERM at any moment of
# reaper's start in reaper.bats, at sigproxy's in sigproxy.bats.)

load ../helper
load ../applets/init_helper
load ../applets/reaper_helper

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/actor" \
		"$BATS_TEST_DIRNAME/../applets/helpers/actor.c" -lutil
}

setup() {
	init_setup
	actor_setup
	GROUP=
}

teardown() {
	if [ -n "$GROUP" ]; then thaw; fi
	stop_started
	[ -z "$GROUP" ] || wait_until rmdir "$GROUP"
}

# said PATTERN: for what ours says, as logged is for the actors
said() {
	wait_until has_line "$OUT" "$1"
}

# last_pid: fails where the next PID cannot be chosen
need_last_pid() {
	ns_run sh -c 'echo 59 >/proc/sys/kernel/ns_last_pid' 2>/dev/null ||
		skip "the kernel does not let us choose the next PID"
}

# ---- numbers that are given again ------------------------------------------

@test "races: who gets the PID of one that was told is told, too" {
	need_last_pid
	cat >reuse <<-'END'
		while kill -0 60 2>/dev/null; do sleep 0.01; done
		echo 59 >/proc/sys/kernel/ns_last_pid
		$A second &
		until grep -q 'second ready' "$LOG"; do sleep 0.01; done
		touch bg
	END
	cat >begin <<-'END'
		echo 59 >/proc/sys/kernel/ns_last_pid
		$A first &
		$A maker -o '15:bg=sh ./reuse' &
		exec $A main -o 15:exit=3
	END
	begin pid1 "$REAPER" sh begin
	logged "first ready 60"
	logged "maker ready"
	logged "main ready"
	kill -TERM "$R"
	finish
	[ "$status" -eq 3 ]
	[ "$(count 'second ready 60')" -eq 1 ]
	for who in first maker second main; do
		[ "$(count "$who sig 15")" -eq 1 ]
	done
	[ "$(count 'second end 0')" -eq 1 ]
}

@test "races: a session that has the number of a dead entry's is left alone" {
	need_last_pid
	cat >stranger <<-'END'
		while kill -0 60 2>/dev/null; do sleep 0.01; done
		echo 59 >/proc/sys/kernel/ns_last_pid
		$A stranger -s &
	END
	ns_start "$init" -v \
		-e "::sysinit:sh -c 'echo 59 >/proc/sys/kernel/ns_last_pid'" \
		-e ":name=dead,delay=1h,delay-max=2h:respawn:$A dead" \
		-e ":name=maker:once:$A maker -o '10:run=sh ./stranger'" \
		-e ":name=again,delay=100ms:respawn:$A again"
	logged "dead ready 60"
	logged "maker ready"
	logged "again ready"
	kill -KILL "$(outer dead)"
	kill -USR1 "$(outer maker)"
	logged "stranger ready 60"
	# each end makes init look for what dead entries have left
	kill -KILL "$(outer again)"
	wait_until seen 2 "again ready"
	[ "$(count 'stranger sig')" -eq 0 ]
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'stranger sig 15')" -eq 1 ]
	[ "$(count 'stranger end 0')" -eq 1 ]
}

@test "races: who gets the PID of an entry that was told is told, too" {
	need_last_pid
	cat >stranger <<-'END'
		sleep 0.05 # start times are counted in 1/100 s
		echo 59 >/proc/sys/kernel/ns_last_pid
		$A stranger &
	END
	ns_start "$init" -v --control "$PWD/sock" \
		-e "::sysinit:sh -c 'echo 59 >/proc/sys/kernel/ns_last_pid'" \
		-e ":name=first:once:$A first" \
		-e ":name=maker:once:$A maker -o '10:run=sh ./stranger'"
	logged "first ready 60"
	logged "maker ready"
	"$init" --control "$PWD/sock" stop first 3>&-
	logged "first sig 15"
	kill -USR1 "$(outer maker)"
	logged "stranger ready 60"
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'stranger sig 15')" -eq 1 ]
	[ "$(count 'stranger end 0')" -eq 1 ]
}

# ---- children that die before they have begun ------------------------------

@test "races: a command that is killed before it has its group: 137, nothing hangs" {
	try strace -f -qq -o trace -e trace=setpgid -e inject=setpgid:signal=KILL \
		"$REAPER" -g "$A" main
	grep -q INJECTED trace || grep -q 'killed by SIGKILL' trace
	echo "$status: $output"
	[ "$status" -eq 137 ]
	[ -z "$output" ]
	[ ! -s "$LOG" ]
}

@test "races: an entry that is killed before it has its session is started again" {
	try strace -f -qq -o trace -e trace=setsid -e inject=setsid:signal=KILL \
		"$init" --control none -e ":main,delay=100ms,restarts=1/1h:respawn:$A main"
	echo "$status: $output"
	[ "$status" -eq 137 ]
	[ "${lines[0]}" = "init: actor: killed by SIGKILL; starts again in 100 ms" ]
	[ "${lines[1]}" = "init: actor: killed by SIGKILL; failed" ]
	[ ! -s "$LOG" ]
}

# ---- requests at the wrong moment ------------------------------------------

@test "races: a TERM at any moment of init's start ends it with 0" {
	need_root "for new PID namespaces"
	try "$A" --race 80 pid1 "$init" --control "$PWD/sock" \
		-e "::sysinit:true" -e "::respawn:$A one" -e "::once:$A two"
	echo "$output"
	[ "${lines[0]}" = "status 0: 80" ]
	[ "${lines[1]}" = "hung 0" ]
	# who was told had been started, and nobody twice
	[ "$(count '.* sig 15')" -eq "$(count '.* end 0')" ]
}

@test "races: no other request during init's stop tells anybody again" {
	ns_start "$init" -v --stop-timeout 1h -e ":name=one:respawn:$A one -o 15:wait=go" \
		-e ":name=left:once:sh -c '$A left -d -o 15:wait=go; exit 0'"
	logged "one ready"
	logged "left ready"
	kill -TERM "$NS_PID"
	logged "one sig 15"
	for signal in TERM USR1 USR2 INT QUIT PWR HUP 37 38 39 TERM; do
		send "$NS_PID" "$signal"
	done
	said "SIGHUP: the files are not read again during start and stop"
	touch go
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	for who in one left; do
		[ "$(count "$who sig")" -eq 1 ]
		[ "$(count "$who end 0")" -eq 1 ]
	done
}

@test "races: a file that changes while init stops starts nothing" {
	echo ":name=one:respawn:$A one -o 15:wait=go" >inittab
	ns_start "$init" -v --stop-timeout 1h --control "$PWD/sock" -f inittab
	logged "one ready"
	wait_until socket_there
	# one reading is under way when the stop comes, one comes after
	printf '%s\n' ":name=one:respawn:$A other" ":name=new:respawn:$A new" >inittab
	kill -STOP "$NS_PID"
	kill -HUP "$NS_PID"
	kill -TERM "$NS_PID"
	kill -CONT "$NS_PID"
	logged "one sig 15"
	kill -HUP "$NS_PID"
	ask reload
	[ "$status" -eq 1 ]
	touch go
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(count 'one sig 15')" -eq 1 ]
	[ "$(count 'other ready')" -eq 0 ]
	# HUP came first: it may have been started, but then it was told
	[ "$(count 'new ready')" -eq "$(count 'new sig 15')" ]
}

# ---- clocks ----------------------------------------------------------------

@test "races: in a time namespace, days ahead of the machine, deadlines and marks hold" {
	[ -e /proc/self/ns/time ] || skip "the kernel has no time namespaces"
	need_root "for a time namespace"
	ns_command
	NS=(unshare --time --monotonic 300000 --boottime 500000 --fork "$BOX" -n)
	OUT=$BATS_TEST_TMPDIR/out
	start "${NS[@]}" "$REAPER" -v --kill-after 1h "$A" main -o 15:wait=go \
		-k "$A late -d -o 15:run='true'"
	logged "main ready"
	logged "late ready"
	first_child "$PID" && first_child "$CHILD"
	R=$CHILD NS_PID=$CHILD
	enter env LOG="$LOG" "$A" guest &
	guest=$!
	logged "guest ready"
	kill -TERM "$R"
	logged "main sig 15"
	touch go
	finish
	wait "$guest"
	echo "$output"
	[ "$status" -eq 0 ]
	for who in main late guest; do
		[ "$(count "$who sig 15")" -eq 1 ]
		[ "$(count "$who end 0")" -eq 1 ]
	done
}

@test "races: no decision depends on a clock that can be set" {
	cd "$TOP"
	# for the reports of zombiecheck only
	[ "$(grep -l CLOCK_REALTIME -r applets libbb-lite)" = libbb-lite/clock.c ]
	run grep -lE '\b(clock_unix_s|time|gettimeofday)\(' -r applets libbb-lite
	for file in "${lines[@]}"; do
		case $file in
		libbb-lite/clock.c | libbb-lite/libbb.h | applets/zombiecheck/*) ;;
		*) echo "$file" && false ;;
		esac
	done
}

# ---- a PID 1 that stands still ---------------------------------------------

@test "races: what comes while reaper is suspended is done when it goes on" {
	begin pid1 "$REAPER" "$A" main -o 15:exit=3 \
		-k "$A maker -o '12:run=$A --orphans 50'"
	logged "main ready"
	logged "maker ready"
	suspend
	kill -USR2 "$(outer maker)"
	wait_until few_zombies 50
	for value in 1 2 3; do
		"$A" --send "$R" 40 $value
	done
	kill -USR1 "$R"
	kill -CONT "$R"
	logged "main sig 40 code -1 value 3"
	[ "$(count 'main sig 40')" -eq 3 ]
	[ "$(count 'main sig 10')" -eq 1 ]
	wait_until no_zombies
	suspend
	kill -TERM "$R"
	kill -CONT "$R"
	finish
	echo "$status: $output"
	[ "$status" -eq 3 ]
	[ "$(count 'main sig 15')" -eq 1 ]
}

# suspend: PID 1 stands still
suspend() {
	kill -STOP "$NS_PID"
	wait_until in_state "$NS_PID" T
}

# few_zombies NUMBER: so many have piled up; for wait_until
few_zombies() {
	[ "$(zombies)" -ge "$1" ]
}

@test "races: what comes while init is suspended is done when it goes on" {
	ns_start "$init" --control "$PWD/sock" -e ":name=one:respawn:$A one -o '10:run=$A --orphans 50'" \
		-e ":name=two,delay=100ms:respawn:$A two"
	logged "one ready"
	logged "two ready"
	wait_until socket_there
	suspend
	kill -KILL "$(outer two)"
	kill -USR1 "$(outer one)"
	logged "one ran 0"
	"$init" --control "$PWD/sock" status one >answer 3>&- &
	client=$!
	kill -CONT "$NS_PID"
	wait "$client"
	grep -q one answer
	wait_until seen 2 "two ready"
	wait_until no_zombies
	suspend
	kill -TERM "$NS_PID"
	kill -CONT "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'two sig 15')" -eq 1 ]
	[ "$(count 'two end 0')" -eq 1 ]
}

# freezer: makes a control group that can be frozen, $GROUP
freezer() {
	local path top=/sys/fs/cgroup

	need_root "for a control group"
	path=$(sed -n 's/^[0-9]*:freezer://p' /proc/self/cgroup)
	if [ -n "$path" ]; then
		top+=/freezer
	else
		path=$(sed -n 's/^0:://p' /proc/self/cgroup)
	fi
	GROUP=$top/${path#/}/initbox-races-$$
	mkdir "$GROUP" 2>/dev/null || {
		GROUP=
		skip "cannot make a control group here"
	}
}

# write_freezer VERSION1 VERSION2: what each version wants to read
write_freezer() {
	if [ -e "$GROUP/freezer.state" ]; then
		echo "$1" >"$GROUP/freezer.state"
	else
		echo "$2" >"$GROUP/cgroup.freeze"
	fi
}

thaw() {
	write_freezer THAWED 0
}

freeze() {
	write_freezer FROZEN 1
	wait_until is_frozen
}

is_frozen() {
	grep -qs FROZEN "$GROUP/freezer.state" ||
		grep -qs 'frozen 1' "$GROUP/cgroup.events"
}

@test "races: a stop of a frozen container is done when it is thawed" {
	freezer
	for life in reaper init; do
		again
		OUT=$BATS_TEST_TMPDIR/out
		words=("$REAPER" "$A" main -k "$A kid -d")
		[ $life = reaper ] || words=("$init" --control none
			-e ":main:once:$A main -k '$A kid -d'")
		ns_start sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" \
			"${words[@]}"
		logged "main ready"
		logged "kid ready"
		freeze
		kill -TERM "$NS_PID"
		thaw
		finish
		echo "$status: $output"
		[ "$status" -eq 0 ]
		for who in main kid; do
			[ "$(count "$who sig 15")" -eq 1 ]
			[ "$(count "$who end 0")" -eq 1 ]
		done
	done
}

@test "races: a frozen process is waited for, told once, and named" {
	freezer
	echo 'echo $$ >"$0/cgroup.procs" && exec $A frozen -d' >joiner
	begin pid1 "$REAPER" -v sh -c 'sh -c "$(cat joiner)" "$0" & exec $A main' "$GROUP"
	logged "main ready"
	logged "frozen ready"
	wait_until test -n "$(cat "$GROUP/cgroup.procs")"
	freeze
	kill -TERM "$R"
	said "reaper: still waiting for: .*actor frozen"
	thaw
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'frozen sig 15')" -eq 1 ]
	[ "$(count 'frozen end 0')" -eq 1 ]
}
