#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The name dumb-init for sigproxy's code (sigproxy(8)): what the original does.
# With INITBOX_BIN=/usr/bin/dumb-init the original runs instead; what only ours
# does is skipped then.

load ../helper
load reaper_helper

# every way to choose a mode, as env and flags: VARIABLE,FLAG
SESSION_MODES="_,_ DUMB_INIT_SETSID=1,_"
CHILD_MODES="_,-c _,--single-child DUMB_INIT_SETSID=0,_"
BOTH="pid1 sub"

setup() {
	actor_setup
	unset DUMB_INIT_SETSID DUMB_INIT_DEBUG
	D=$(applet dumb-init)
	export D
}

ours_only() {
	[ -z "${INITBOX_BIN:-}" ] || skip "the original does not do that"
}

# command MODE: words that start it in that mode in WORDS.
command_of() {
	WORDS=()
	[ "${1%,*}" = _ ] || WORDS+=(env "${1%,*}")
	WORDS+=("$D")
	[ "${1#*,}" = _ ] || WORDS+=("${1#*,}")
}

is_signal_of_the_terminal() {
	[ "$1" -ge 20 ] && [ "$1" -le 22 ]
}

# --- statuses and command line -----------------------------------------------

@test "dumb-init: exits with the command's status, or 128+N" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		command_of $mode
		case $mode in
		_,_ | _,-c) codes="0 1 2 32 64 127 254 255" signals="1 2 3 9 11 15 31" ;;
		*) codes="0 255" signals=15 ;;
		esac
		for code in $codes; do
			try_ns "${WORDS[@]}" sh -c "exit $code"
			same "$mode $code" "$status:$output" "$code:"
		done
		for sig in $signals; do
			try_ns "${WORDS[@]}" "$A" --die $sig
			same "$mode signal $sig" "$status" $((128 + sig))
		done
	done
	no_faults
}

@test "dumb-init: a command that cannot be run is 2, with a line on stderr" {
	echo 'exit 3' >plain
	for command in no-such-command ./no-such-file ./plain /; do
		status=0
		"$D" $command >stdout 2>stderr || status=$?
		same $command "$status:$(wc -c <stdout):$(wc -l <stderr)" 2:0:1
		grep -q -F -e "$command" stderr || same $command "$(cat stderr)" "its name"
	done
	no_faults
}

@test "dumb-init: usage errors are 1, on stderr, and nothing is started" {
	for options in "" -- -c -v "-Z touch started" "--bogus touch started" "-r" \
		"-r foo touch started" "-r 15 touch started" "-r 15:foo touch started" "-r foo:15 touch started" \
		"-r 1000:1 touch started" "-r 1:1000 touch started" "-r -1:15 touch started" \
		"--rewrite=: touch started"; do
		status=0
		"$D" $options >stdout 2>stderr || status=$?
		same "'$options'" "$status:$(wc -c <stdout)" 1:0
		[ -s stderr ] || same "'$options'" "" "why"
	done
	[ ! -e started ]
	no_faults
}

@test "dumb-init: help and version are on stderr, with status 0" {
	for option in -h --help -V --version; do
		status=0
		"$D" $option >stdout 2>stderr || status=$?
		same $option "$status:$(wc -c <stdout)" 0:0
		grep -q dumb-init stderr || same $option "$(cat stderr)" "dumb-init"
	done
	for option in --single-child --rewrite --verbose --help --version; do
		"$D" --help 2>&1 | grep -q -e "$option" || same help "without $option" with
	done
	no_faults
}

@test "dumb-init: parsing stops at the first non-option and at --" {
	try "$D" echo -c -r -- -h
	same words "$status:$output" "0:-c -r -- -h"
	try "$D" -- echo -- -V
	same -- "$status:$output" "0:-- -V"
	try "$D" -c -- echo -v
	same -c "$status:$output" "0:-v"
	try "$D" -cr 15:3 echo fine
	same -cr "$status:$output" "0:fine"
	try "$D" --rewrite=15:3 --single-child echo fine
	same long "$status:$output" "0:fine"
	no_faults
}

@test "dumb-init: is quiet; -v, --verbose and DUMB_INIT_DEBUG=1 say what it does, on stderr" {
	for words in "$D" "env DUMB_INIT_DEBUG=0 $D" "$D -c"; do
		try $words sh -c 'exit 3'
		same "$words" "$status:$output" 3:
	done
	for words in "$D -v" "$D --verbose" "env DUMB_INIT_DEBUG=1 $D" "$D -c -v"; do
		status=0
		$words sh -c 'exit 3' >stdout 2>stderr || status=$?
		same "$words" "$status:$(wc -c <stdout)" 3:0
		grep -q dumb-init stderr || same "$words" "$(cat stderr)" "a line of dumb-init"
	done
	for words in "$D -v" "env DUMB_INIT_DEBUG=1 $D"; do
		$words sh -c 'trap "" URG; n=0; kill -URG $PPID
			until grep -q "received SIGURG" stderr || [ $((n += 1)) -gt 3000 ]; do sleep 0.02; done' 2>stderr
		grep -q 'received SIGURG' stderr || same "$words" "$(cat stderr)" "each signal"
	done
	no_faults
}

# --- signals --------------------------------------------------------------------

@test "dumb-init: signals 1 to 31 are proxied as they are, to the session or the child" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		case $mode in
		_,_ | _,-c) places=$BOTH ;;
		*) places=pid1 ;;
		esac
		for where in $places; do
			again
			command_of $mode
			begin $where "${WORDS[@]}" "$A" main -o 15:stay -k '$A kid -o 15:stay' -k '$A loner -s -o 15:stay'
			for who in main kid loner; do
				logged "$who ready"
			done
			kid=0
			[[ " $CHILD_MODES " == *" $mode "* ]] || kid=1
			for sig in {1..31}; do
				case $sig in
				9 | 17 | 19) continue ;; # KILL, CHLD, STOP
				esac
				is_signal_of_the_terminal $sig && continue
				send "$R" $sig
				logged "main sig $sig "
				[ $kid = 0 ] || logged "kid sig $sig "
				counts "main sig $sig " "kid sig $sig " "loner sig $sig "
				same "$where $mode, signal $sig" $COUNTS 1:$kid:0
			done
			quit_now
		done
	done
	no_faults
}

@test "dumb-init: PWR and 37 are no stop requests: they go on as they are" {
	ours_only # the original does not know signals above 31
	for mode in $SESSION_MODES $CHILD_MODES; do
		again
		command_of $mode
		begin pid1 "${WORDS[@]}" "$A" main -o 37:exit=7
		logged "main ready"
		send "$R" 30
		logged "main sig 30"
		send "$R" 37
		finish
		same "$mode" "$status:$(count 'main sig 15')" 7:0
	done
	no_faults
}

# OPTIONS SENT SEEN: 0 for nothing
rewrites() {
	local flag=$1 options sent seen

	while read -r options sent seen; do
		again
		begin pid1 "$D" $flag ${options//_/ } "$A" main -o 15:stay
		logged "main ready"
		send "$R" "$sent"
		# an event after it: of another signal that is proxied
		[ "$seen" = 0 ] || logged "main sig $seen "
		send "$R" 31
		logged "main sig 31"
		same "$flag $options, $sent" "$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | grep -v '^31$' || true)" "${seen#0}"
		quit_now
	done
}

REWRITES='-r_15:3 15 3
	--rewrite_15:3 15 3
	--rewrite=1:10 1 10
	-r_15:0 15 0
	-r_1:0 1 0
	-r_1:0_-r_2:3 2 3
	-r_1:2_-r_2:1 1 2
	-r_1:2_-r_2:1 2 1
	-r_15:10_-r_10:12_-r_12:15 15 10
	-r_15:10_-r_10:12_-r_12:15 12 15
	-r_15:15 15 15
	-r_15:10_-r_15:12 15 12
	-r_28:1 28 1
	-r_1:2 10 10'

@test "dumb-init: --rewrite replaces, swaps and drops signals, in both modes; the last one counts" {
	rewrites "" <<<"$REWRITES"
	rewrites -c <<<"$REWRITES"
	no_faults
}

@test "dumb-init: --rewrite takes names, too" {
	ours_only
	rewrites "" <<-'END'
		-r_TERM:QUIT 15 3
		-r_sigterm:hup 15 1
		-r_TERM:0 15 0
		-r_15:USR1_-r_USR1:15 10 15
	END
	no_faults
}

@test "dumb-init: TSTP, TTIN and TTOU can be rewritten to something else than STOP" {
	for case in 20:1:1 21:10:10 22:12:12 20:20:20; do
		IFS=: read -r from to seen <<<"$case"
		again
		begin sub "$D" -r "$from:$to" "$A" main -o 15:exit=5
		logged "main ready"
		send "$R" "$from"
		logged "main sig $seen "
		wait_until in_state "$R" T # it stops itself all the same
		send "$R" 18
		logged "main sig 18"
		send "$R" 15
		finish
		same "$case" "$status" 5
	done
	again
	begin sub "$D" -r 20:0 "$A" main -o 15:exit=5
	logged "main ready"
	send "$R" 20
	wait_until in_state "$R" T
	send "$R" 18
	logged "main sig 18"
	same "20:0" "$(count 'main sig 20')" 0
	send "$R" 15
	finish
	same "20:0" "$status" 5
	no_faults
}

@test "dumb-init: at TSTP, TTIN, TTOU the session is stopped and so is it; CONT resumes both" {
	for mode in $SESSION_MODES; do
		for sig in 20 21 22; do
			again
			command_of $mode
			begin sub "${WORDS[@]}" "$A" main -o 15:exit=5 -k '$A kid -o 15:exit=0'
			logged "main ready"
			logged "kid ready"
			main=$(outer main) kid=$(outer kid)
			for n in 1 2; do
				send "$R" $sig
				for pid in $main $kid $R; do
					wait_until in_state "$pid" T
				done
				send "$R" 18
				wait_until seen $n 'main sig 18'
				wait_until seen $n 'kid sig 18'
				wait_until in_state "$R" S
			done
			send "$R" 15
			finish
			same "$mode $sig" "$status:$(count 'main sig 15'):$(count "main sig $sig ")" 5:1:0
		done
	done
	no_faults
}

@test "dumb-init: as PID 1 a CONT right behind the stop is not lost" {
	local turn

	begin pid1 "$D" "$A" main -o 15:exit=5
	logged "main ready"
	main=$(outer main)
	for ((turn = 1; turn <= 50; turn++)); do
		send "$R" 20
		# no pause: the CONT is to come while the stop is being worked on
		until state_of "$main" && [ "$STATE" = T ]; do :; done
		send "$R" 18
		wait_until seen "$turn" "main sig 18"
	done
	send "$R" 15
	finish
	[ "$status" -eq 5 ]
}

@test "dumb-init: as PID 1 the session is stopped at TSTP and continued at CONT" {
	begin pid1 "$D" "$A" main -o 15:exit=5
	logged "main ready"
	main=$(outer main)
	send "$R" 20
	wait_until in_state "$main" T
	send "$R" 18
	logged "main sig 18"
	send "$R" 15
	finish
	[ "$status" -eq 5 ]
}

@test "dumb-init: in single-child mode TSTP, TTIN, TTOU go to the child, and it stops itself" {
	for mode in $CHILD_MODES; do
		for sig in 20 21 22; do
			again
			command_of $mode
			begin sub "${WORDS[@]}" "$A" main -o 15:exit=5
			logged "main ready"
			send "$R" $sig
			logged "main sig $sig "
			wait_until in_state "$R" T
			send "$R" 18
			logged "main sig 18"
			send "$R" 15
			finish
			same "$mode $sig" "$status" 5
		done
	done
	no_faults
}

@test "dumb-init: no TERM is lost at start-up" {
	ours_only
	for where in $BOTH; do
		for flag in "" -c; do
			try_ns "$A" --race 10 $where "$D" $flag sleep 1000
			same "$where '$flag'" "$output" $'status 143: 10\nhung 0'
		done
	done
	no_faults
}

# --- sessions, folders, environment -----------------------------------------------

@test "dumb-init: the command leads a session of its own; in single-child mode it shares ours" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		for where in $BOTH; do
			again
			command_of $mode
			begin $where "${WORDS[@]}" "$A" main -o 15:exit=0
			logged "main ready"
			main=$(outer main)
			read -r pid group session < <(sed 's/.*) //' "/proc/$main/stat" | awk '{ print "'"$main"'", $3, $4 }')
			own=$(sed 's/.*) //' "/proc/$R/stat" | cut -d' ' -f 4)
			if [[ " $CHILD_MODES " == *" $mode "* ]]; then
				same "$where $mode" "$session" "$own"
			else
				same "$where $mode" "$group:$session" "$pid:$pid"
			fi
			kill -TERM "$R"
			finish
			same "$where $mode" "$status" 0
		done
	done
	no_faults
}

@test "dumb-init: sits in / itself and leaves the command where it was started" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		again
		command_of $mode
		begin pid1 "${WORDS[@]}" "$A" main -o 15:exit=0
		logged "main ready"
		wait_until sits_in_root "$R"
		same "$mode" "$(readlink "/proc/$(outer main)/cwd")" "$PWD"
		kill -TERM "$R"
		finish
		try "${WORDS[@]}" pwd
		same "$mode" "$output" "$PWD"
	done
	no_faults
}

@test "dumb-init: reaps orphans" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		again
		command_of $mode
		begin pid1 "${WORDS[@]}" sh -c '$A --orphans 50; exec $A main'
		logged "main ready"
		wait_until no_zombies
		kill -TERM "$R"
		finish
		same "$mode" "$status" 0
	done
	no_faults
}

# --- the end -------------------------------------------------------------------------

# The actor "top" is PID 1 and reaps it, so that the rest lives on to be seen.
@test "dumb-init: when the command ends the session gets TERM, and it ends at once" {
	for mode in $SESSION_MODES; do
		for stop in 10 15; do
			again
			command_of $mode
			export START="${WORDS[*]}"
			begin pid1 "$A" top -k '$START $A main -o 10:exit=3 -o 15:exit=3 -k "$A kid -o 15:wait=go -o 10:stay" -k "$A loner -s"'
			for who in main kid loner; do
				logged "$who ready"
			done
			first_child "$R"
			send "$CHILD" $stop
			logged "kid sig 15"
			logged "top reaped 768"
			same "$mode $stop" "$(count 'kid end'):$(count 'loner sig')" 0:0
			touch go
			logged "kid end"
			kill -TERM "$R"
			finish
		done
	done
	no_faults
}

@test "dumb-init: in single-child mode it ends with the command and tells nobody else" {
	for mode in $CHILD_MODES; do
		again
		command_of $mode
		export START="${WORDS[*]}"
		begin pid1 "$A" top -k '$START $A main -o 15:exit=3 -k "$A kid"'
		logged "main ready"
		logged "kid ready"
		first_child "$R"
		send "$CHILD" 15
		logged "top reaped 768"
		send "$(outer kid)" 10
		logged "kid sig 10"
		same "$mode" "$(count 'kid sig')" 1
		kill -TERM "$R"
		finish
	done
	no_faults
}

@test "dumb-init: as PID 1 it ends with the command's status though others would not end" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		again
		command_of $mode
		begin pid1 "${WORDS[@]}" "$A" main -o 15:exit=4 -k '$A kid -o 15:stay' -k '$A loner -s -o 15:stay'
		for who in main kid loner; do
			logged "$who ready"
		done
		kill -TERM "$R"
		finish
		same "$mode" "$status" 4
	done
	no_faults
}

# --- the better behaviour ----------------------------------------------------------------

@test "dumb-init: INITBOX_GRACE lets the rest end, after a stop without a limit" {
	ours_only
	for mode in $SESSION_MODES $CHILD_MODES; do
		command_of $mode
		# a stop: all are told and waited for
		again
		begin pid1 env INITBOX_GRACE=1ms "${WORDS[@]}" "$A" main -o 15:exit=4 \
			-k '$A kid -o "15:run=sleep 0.3"' -k '$A loner -s -o "15:run=sleep 0.3"'
		for who in main kid loner; do
			logged "$who ready"
		done
		kill -TERM "$R"
		finish
		same "$mode, stop" "$status:$(count 'kid ran 0'):$(count 'loner ran 0'):$(count '[a-z]* sig 15')" 4:1:1:3
		# its own end: they have the grace
		again
		begin pid1 env INITBOX_GRACE=1m "${WORDS[@]}" "$A" main -o 10:exit=4 -k '$A kid -s -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		send "$(outer main)" 10
		logged "kid sig 15"
		touch go
		finish
		same "$mode, own end" "$status:$(count 'kid end 0')" 4:1
	done
	no_faults
}

@test "dumb-init: INITBOX_KILL_AFTER ends what does not heed the stop" {
	ours_only
	for mode in $SESSION_MODES $CHILD_MODES; do
		command_of $mode
		for limit in $LIMITS; do
			again
			begin pid1 env INITBOX_KILL_AFTER=$limit "${WORDS[@]}" "$A" main -o 15:stay
			logged "main ready"
			kill -TERM "$R"
			finish
			[ "$(count 'main sig')" -eq 0 ] || break
		done
		same "$mode" "$status:$(count 'main sig 15')" 137:1
	done
	no_faults
}

@test "dumb-init: INITBOX_SCOPE chooses the scope" {
	ours_only
	for case in "child:main" "group:main kid" "all:main kid loner" "session:main kid" "shell:main"; do
		again
		begin pid1 env INITBOX_SCOPE=${case%%:*} "$D" "$A" main -o 15:exit=4 -k '$A kid' -k '$A loner -s'
		for who in main kid loner; do
			logged "$who ready"
		done
		send "$R" 10
		for who in ${case#*:}; do
			logged "$who sig 10" || same "$case" "$who untold" told
		done
		kill -TERM "$R"
		finish
		same "$case" "$status:$(count '[a-z]* sig 10')" "4:$(wc -w <<<"${case#*:}")"
	done
	again
	begin pid1 env INITBOX_SCOPE=shell "$D" bash -c 'trap "echo script trap >>$LOG; wait; exit 6" TERM; $A main -o 15:wait=go & wait'
	logged "main ready"
	kill -TERM "$R"
	logged "main sig 15"
	logged "script trap"
	touch go
	finish
	same "a script" "$status:$(count 'main sig 15'):$(count 'main end 0')" 6:1:1
	no_faults
}

@test "dumb-init: a bad variable is a usage error; those of other names are passed on" {
	ours_only
	for variable in GRACE=soon KILL_AFTER=never SCOPE=nobody; do
		try env "INITBOX_$variable" "$D" touch started
		same "$variable" "$status" 1
	done
	[ ! -e started ]
	try env INITBOX_GRACE=1 INITBOX_DELAY=soon INITBOX_MAP=nonsense INITBOX_PORT=x "$D" sh -c 'env | grep ^INITBOX_ | sort | paste -sd" "'
	same "others" "$status:$output" "0:INITBOX_DELAY=soon INITBOX_MAP=nonsense INITBOX_PORT=x"
	no_faults
}

# --- terminals ------------------------------------------------------------------------------

@test "dumb-init: tac over a terminal gets its lines, and ^D ends them" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		command_of $mode
		term "${WORDS[@]}" tac -- 'send:one\ntwo\nthree\n' expect:three 'send:\x04' end
		same "$mode" "$status:$(tail -n 3 <<<"$output" | paste -sd ' ')" "0:three two one"
	done
	no_faults
}

@test "dumb-init: the session has the terminal as its controlling one" {
	term "$D" sh -c 'echo up; read -r line </dev/tty; echo "got=$line"; ps -o tty= -p $$ >seat' -- \
		expect:up 'send:hello\n' expect:got=hello end
	[ "$status" -eq 0 ]
	[[ $(cat seat) == *pts/* ]]
	# and without one none, quietly
	try setsid -w "$D" sh -c 'exit 3' </dev/null
	[ "$status:$output" = 3: ]
}

@test "dumb-init: ^C reaches the session's foreground once" {
	for mode in $SESSION_MODES $CHILD_MODES; do
		again
		command_of $mode
		term "${WORDS[@]}" "$A" main -o 2:exit=3 -- 'file:log:main ready' 'send:\x03' end
		same "$mode" "$status:$(count 'main sig 2 ')" 3:1
	done
	no_faults
}

@test "dumb-init: an interactive bash has job control: ^Z, fg, ^C" {
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb
	printf '#!/bin/sh\necho job-is-up\nread -r x\necho "got=$x"\n' >reading
	printf '#!/bin/sh\necho job-is-up\nexec sleep 1000\n' >job
	chmod +x reading job
	ns_command
	for where in leader pid1; do
		words=()
		no_ctty=
		[ $where = leader ] || {
			words=("${NS[@]}" setsid -c)
			no_ctty=--no-ctty
		}
		term $no_ctty "${words[@]}" "$D" bash --noprofile --rcfile rc -i -- expect:READY \
			'send:./reading\n' expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
			'send:fg\n' 'send:hello\n' expect:got=hello expect:READY \
			'send:./job\n' expect:job-is-up 'send:\x03' expect:READY 'send:exit 4\n' end
		same "$where" "$status" 4
		[[ $output != *"no job control"* ]] || same "$where" "$output" "job control"
	done
	no_faults
}
