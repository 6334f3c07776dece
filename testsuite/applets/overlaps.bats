#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy and reaper: what comes before the last thing is through. A stop while
# somebody is stopped, waits, is held back, or has ended already.

load ../helper
load reaper_helper
load shell_helper

# stands PID STATE: for wait_until
stands() {
	state_of "$1" && [ "$STATE" = "$2" ]
}

# child_runs NAME: the first child of $R, $CHILD; for wait_until
child_runs() {
	first_child "$R" && [ "$(cat "/proc/$CHILD/comm")" = "$1" ]
} 2>/dev/null

# matches_in FILE TEXT: for wait_until
matches_in() {
	grep -qs "$2" "$1"
}

# has_cat PID: sets cat to its child of that name; for wait_until
has_cat() {
	local pid

	for pid in $(cat "/proc/$1/task/"*/children); do
		[ "$(cat "/proc/$pid/comm")" != cat ] || cat=$pid
	done
	[ -n "$cat" ]
} 2>/dev/null

# goes PID: it is not stopped; for wait_until
goes() {
	state_of "$1" && [ "$STATE" != T ]
}

@test "overlaps: shells and wrappers that read each other's pipes are told all the same" {
	for pair in 'sh -c "$A one; :" <f | sh -c "$A two; :" >f' \
		'timeout 1000 $A one <f | timeout 1000 $A two >f' \
		'sh -c "$A one; :" <f | timeout 1000 $A two >f'; do
		use bash
		rm -f f
		mkfifo f
		script entry <<<"$pair
			:"
		begin pid1 "$PROXY" ./entry
		logged "one ready"
		logged "two ready"
		kill -TERM "$R"
		finish
		TURN=$pair
		told 1 one
		told 1 two
	done
	no_faults
}

@test "overlaps: a stop just behind a ^Z from outside ends who was stopped" {
	for program in "$REAPER" "$PROXY"; do
		again
		rm -f trace
		begin sub strace -DDD -qq -o trace -e trace=kill,pidfd_send_signal \
			-e inject=kill,pidfd_send_signal:delay_exit=3000000:when=2 "$program" sleep 1000
		wait_until child_runs sleep
		# after the first one it is looked who has stopped
		kill -WINCH "$R"
		wait_until matches_in trace SIGWINCH
		kill -TSTP "$R"
		wait_until stands "$CHILD" T
		kill -TERM "$R"
		finish
		same "${program##*/}" "$status" 143
	done
	no_faults
}

@test "overlaps: who was told when main ended by itself is not told by the stop that was held back" {
	for scope in all group session; do
		again
		begin pid1 "$PROXY" -s $scope -o 'exec $A holder -o 10:exit=0' "$A" main -o 10:exit=0 \
			-k '$A other -o 15:stay -o 10:exit=0'
		logged "other ready"
		logged "main ready"
		kill -TERM "$R"
		logged "holder ready"
		kill -USR1 "$(outer main)"
		logged "other sig 15"
		holder=$(outer holder)
		kill -USR1 "$holder"
		wait_until is_gone "$holder"
		# by now it would have been told
		other=$(outer other)
		kill -USR2 "$other"
		logged "other sig 12"
		kill -USR1 "$other"
		finish
		TURN=$scope
		told 1 other
		same "$scope" "$status" 0
	done
	no_faults
}

@test "overlaps: a reader that stands still gets the last lines" {
	use bash
	script entry <<-'END'
		$A app -o '15:run=echo the last line' | cat >lines
		:
	END
	begin pid1 "$PROXY" ./entry
	logged "app ready"
	cat=
	wait_until has_cat "$(parent_of "$(outer app)")"
	kill -STOP "$cat"
	wait_until stands "$cat" T
	kill -TERM "$R"
	finish
	has_line lines "the last line"
}

@test "overlaps: CONT reaches a wrapper, too, that stands still" {
	for signal in CONT TERM; do
		again
		begin sub "$PROXY" timeout 1000 "$A" app
		logged "app ready"
		wrapper=$(parent_of "$(outer app)")
		kill -STOP "$wrapper"
		wait_until stands "$wrapper" T
		kill -$signal "$R"
		[ $signal = TERM ] || wait_until goes "$wrapper"
		[ $signal = TERM ] || kill -TERM "$R"
		finish
		# the wrapper says how its command has ended
		same "$signal" "$status:$(count 'app sig 15')" 0:1
	done
	no_faults
}

@test "overlaps: hundreds of shells are all told" {
	use bash
	script entry <<-'END'
		for i in $(seq 560); do
			(trap 'exit 0' TERM; sleep 1000; :) &
		done
		trap 'exit 0' TERM
		echo all-up
		wait
	END
	begin pid1 "$PROXY" ./entry
	wait_until has_line "$OUT" all-up
	kill -TERM "$R"
	finish
	[ "$status" -eq 0 ]
}

@test "overlaps: an alarm that our own exec brought along reaches the command" {
	for options in "" "-s child" "-s all" "-s group"; do
		again
		begin sub python3 -c '
import os, signal, sys
signal.setitimer(signal.ITIMER_REAL, 3)
os.execv(sys.argv[1], sys.argv[1:])' "$PROXY" $options "$A" main
		logged "main sig 14" || same "'$options'" lost there
		kill -TERM "$R"
		finish
	done
	no_faults
}

@test "overlaps: each later signal reaches the programs of a shell that has died of the first" {
	use bash
	script entry <<-'END'
		$A app -o 15:stay -o 10:exit=0
		:
	END
	begin pid1 "$PROXY" ./entry
	logged "app ready"
	shell_pid=$(parent_of "$(outer app)")
	kill -TERM "$R"
	logged "app sig 15"
	shell_has_died
	kill -HUP "$R"
	logged "app sig 1 "
	kill -TERM "$R"
	wait_until seen 2 "app sig 15"
	kill -USR1 "$R"
	finish
	[ "$status" -eq 143 ]
	[ "$(count 'app end 0')" -eq 1 ]
}

# zombies_of PID: how many of its children are
no_zombie_of() {
	local pid

	for pid in $(cat "/proc/$1/task/$1/children"); do
		! stands "$pid" Z || return
	done
}

@test "overlaps: zombies that were there before our exec are reaped" {
	for program in "$REAPER" "$PROXY" "$(applet init) --" "$(applet tini) --"; do
		again
		begin pid1 python3 -c '
import os, sys
if os.fork() == 0:
    os._exit(0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
os.execv(sys.argv[1], sys.argv[1:])' $program "$A" main
		logged "main ready"
		wait_until no_zombie_of "$R" || same "$program" zombie none
		kill -TERM "$R"
		finish
	done
	no_faults
}

@test "overlaps: the command line wins over a variable of the option's other name" {
	INITBOX_REWRITE=TERM:HUP try "$PROXY" -m TERM:QUIT true
	[ "$status" -eq 0 ]
	INITBOX_MAP=TERM:HUP try "$PROXY" -r TERM:QUIT true
	[ "$status" -eq 0 ]
}

# ---- on a terminal -----------------------------------------------------------

@test "overlaps: a command before the stop that reads from the terminal holds it up no longer than that" {
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb
	term bash --noprofile --rcfile rc -i -- expect:READY \
		'send:(until grep -q "^main ready" log; do sleep 0.02; done; kill -TERM $(cat pid)) & \n' expect:READY \
		"send:sh -c 'echo \$\$ >pid; exec \$PROXY -o \"echo asks; read -r x; echo has=\\\$x\" -- \$A main'\n" \
		'file:log:main ready' expect:asks 'send:word\n' expect:has=word 'file:log:main sig 15' \
		expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "overlaps: a job that is continued gets CONT once" {
	cat >carry_on <<-'END'
		until grep -q '^main ready' "$LOG"; do sleep 0.02; done
		read -r _ _ _ proxy _ <"/proc/$PPID/stat"
		kill -CONT "$proxy"
		until [ -e go ]; do sleep 0.02; done
		kill -USR1 "$PPID"
	END
	for options in "-s child" "-s group" "-s all" "-s shell"; do
		again
		term "$PROXY" $options "$A" main -o 10:exit=0 -k 'sh ./carry_on' -- \
			'file:log:main sig 18' touch:go end
		same "$options" "$(count 'main sig 18')" 1
	done
	no_faults
}
