#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other programs' names for reaper's code: tini, docker-init, podman-init,
# catatonit, pause (reaper(8)). They do what the originals do,
# without the originals' faults, until a variable asks for more.
# With INITBOX_BIN=/usr/bin/tini and the like the originals run instead.

load ../helper
load reaper_helper

TINIS="tini docker-init podman-init"
ALL="$TINIS catatonit"
BOTH="pid1 sub"

# The three are one program to us: long tables are gone through for the first
# of them only, the others get a line.
is_tini_again() {
	[ "$1" = docker-init ] || [ "$1" = podman-init ]
}

# --- statuses ----------------------------------------------------------

@test "aliases: exit with the command's status, or 128+N" {
	for name in $ALL; do
		program=$(applet $name)
		codes="0 1 42 125 127 255" signals="1 9 11 15 34 64"
		! is_tini_again $name || codes=42 signals=15
		for code in $codes; do
			try_ns "$program" -- sh -c "exit $code"
			same "$name $code" "$status:$output" "$code:"
		done
		for sig in $signals; do
			try_ns "$program" -- "$A" --die $sig
			same "$name signal $sig" "$status" $((128 + sig))
		done
	done
	no_faults
}

@test "aliases: tini's 127 and 126: not found, not executable" {
	echo 'exit 3' >plain
	for name in $TINIS; do
		program=$(applet $name)
		for command in no-such-command ./no-such-file; do
			try_ns "$program" -- $command
			same "$name $command" "$status" 127
		done
		for command in ./plain /; do
			try_ns "$program" -- $command
			same "$name $command" "$status" 126
		done
	done
	no_faults
}

@test "aliases: catatonit's 1: not found, not executable" {
	echo 'exit 3' >plain
	program=$(applet catatonit)
	for command in no-such-command ./no-such-file ./plain /; do
		try_ns "$program" -- $command
		same "$command" "$status" 1
	done
	no_faults
}

@test "aliases: usage errors are 1, and nothing is started" {
	for name in $ALL; do
		program=$(applet $name)
		for options in -Z --bogus "-Z --"; do
			! is_tini_again $name || [ "$options" = -Z ] || continue
			try_ns "$program" $options touch started
			same "$name $options" "$status" 1
		done
		for options in "" --; do
			try_ns "$program" $options
			same "$name '$options'" "$status" 1
		done
	done
	for name in $TINIS; do
		program=$(applet $name)
		for options in "-e 256" "-e -1" "-e x" "-p FOO" "-p SIGFOO"; do
			! is_tini_again $name || [ "$options" = "-e x" ] || continue
			try_ns "$program" $options touch started
			same "$name $options" "$status" 1
		done
	done
	[ ! -e started ]
	no_faults
}

@test "aliases: --version says tini version X.Y.Z_initbox on stdout, as dockerd parses it" {
	for name in $TINIS catatonit; do
		program=$(applet $name)
		status=0
		"$program" --version >stdout 2>stderr || status=$?
		same "$name" "$status:$(wc -c <stderr)" 0:0
		[[ $(cat stdout) =~ ^tini\ version\ [0-9]+\.[0-9]+\.[0-9]+_initbox$ ]] ||
			same "$name" "$(cat stdout)" "tini version X.Y.Z_initbox"
	done
	try "$(applet catatonit)" -V
	same "catatonit -V" "$output" "$(cat stdout)"
	no_faults
}

@test "aliases: -h helps on stdout with 0; -l and -L show the licence" {
	for name in $ALL; do
		program=$(applet $name)
		status=0
		"$program" -h >stdout 2>stderr || status=$?
		same "$name -h" "$status:$(wc -c <stderr)" 0:0
		[ -s stdout ] || same "$name -h" "" "help"
		license=-l
		[ $name = catatonit ] && license=-L
		try "$program" $license
		same "$name $license" "$status" 0
		[[ ${output,,} == *"licen"* || ${output,,} == *permission* ]] || same "$name $license" "$output" "a licence"
	done
	try "$(applet pause)" -h
	same "pause -h" "$status" 0
	no_faults
}

@test "aliases: parsing stops at the first non-option" {
	for name in $ALL; do
		program=$(applet $name)
		try_ns "$program" echo -g -x -- -h
		same "$name" "$status:$output" "0:-g -x -- -h"
		try_ns "$program" -- echo -- -h
		same "$name --" "$status:$output" "0:-- -h"
	done
	no_faults
}

# --- options -----------------------------------------------------------

@test "aliases: tini's options are all taken, alone and together" {
	for name in $TINIS; do
		program=$(applet $name)
		for options in -s -w -g -v -vv -vvv "-e 3" "-p SIGTERM" "-p SIGKILL" "-sgw" "-g -s -w -e 1 -e 2" \
			"-e 3 -p SIGHUP"; do
			! is_tini_again $name || [ "$options" = -sgw ] || continue
			try_ns "$program" $options -- sh -c 'exit 5'
			same "$name $options" "$status" 5
		done
	done
	for options in "" -g; do
		try_ns "$(applet catatonit)" $options -- sh -c 'exit 5'
		same "catatonit $options" "$status" 5
	done
	no_faults
}

@test "aliases: tini -e makes a status 0, repeatedly" {
	for name in $TINIS; do
		program=$(applet $name)
		for case in "3 -e 3:0" "4 -e 3:4" "3 -e 2 -e 3:0" "255 -e 255:0" "143 -e 143:0"; do
			! is_tini_again $name || [ "$case" = "3 -e 3:0" ] || continue
			options=${case#* }
			try_ns "$program" ${options%:*} -- sh -c "exit ${case%% *}"
			same "$name $case" "$status" "${case##*:}"
		done
		try_ns "$program" -e 143 -- "$A" --die 15
		same "$name, died of TERM" "$status" 0
	done
	no_faults
}

@test "aliases: -g forwards to the group, else to the child; verbatim, no signal turned into another" {
	for name in $ALL; do
		program=$(applet $name)
		for mode in $BOTH; do
			! is_tini_again $name || [ $mode = pid1 ] || continue
			for flag in "" -g; do
				again
				options=$flag
				# tini warns as a child without -s
				[ $name != catatonit ] && [ $mode = sub ] && options+=" -s"
				begin $mode "$program" $options -- "$A" main -o 15:stay -k '$A kid -o 15:stay' -k '$A loner -s'
				for who in main kid loner; do
					logged "$who ready"
				done
				for sig in 1 2 3 10 12 14 15 20 28 30 34 37 64; do
					send "$R" $sig
				done
				logged "main sig 64" || true
				# one that waits would swallow the next
				[ -z "$flag" ] || logged "kid sig 64" || true
				send "$R" 12
				wait_until twelve main || true
				wanted="1 2 3 10 12 12 14 15 20 28 30 34 37 64"
				same "$name $mode '$flag' main" "$(sorted main)" "$wanted"
				[ -n "$flag" ] || wanted=
				[ -z "$flag" ] || wait_until twelve kid || true
				same "$name $mode '$flag' kid" "$(sorted kid)" "$wanted"
				same "$name $mode '$flag' loner" "$(sorted loner)" ""
				same "$name $mode '$flag'" "$(cat "$OUT")" ""
				quit_now
			done
		done
	done
	no_faults
}

twelve() {
	seen 2 "$1 sig 12 "
}

sorted() {
	sed -n "s/^$1 sig \([0-9]*\) .*/\1/p" "$LOG" | sort -n | paste -sd' '
}

# Scripts say kill -- -$$ for "me and mine". On a terminal see terminal.bats.
@test "aliases: without a terminal the command leads a group of its own, as the originals' does" {
	for name in $ALL; do
		for flag in "" -g; do
			try_ns setsid -w "$(applet $name)" $flag -- sh -c 'trap "exit 5" TERM; kill -s TERM -- -$$; exit 4'
			same "$name '$flag'" "$status:$output" 5:
		done
	done
	no_faults
}

@test "aliases: end as soon as the main child has ended, whatever is left" {
	for name in $ALL; do
		program=$(applet $name)
		for case in 10:5 15:6; do
			again
			begin pid1 "$program" -- "$A" main -o 10:exit=5 -o 15:exit=6 -k '$A kid -o 15:stay'
			logged "main ready"
			logged "kid ready"
			send "$R" "${case%:*}"
			finish
			same "$name, PID 1, $case" "$status:$output" "${case#*:}:"
			[ $name != catatonit ] || continue # it has no -s
			# not PID 1: the kid is left alone
			again
			begin sub sh -c '"$@"; echo $? >status; exec $A after' sh "$program" -s -- "$A" main \
				-o 10:exit=5 -o 15:exit=6 -k '$A kid -o 15:stay'
			logged "main ready"
			logged "kid ready"
			"$A" --send "$(parent_of "$(outer main)")" "${case%:*}"
			logged "after ready"
			same "$name, child, $case" "$(cat status)" "${case#*:}"
			send "$(outer kid)" 12
			logged "kid sig 12"
			same "$name, child, $case: kid" "$(count 'kid sig')" 1
			quit_now
		done
	done
	no_faults
}

@test "aliases: tini's variables: TINI_SUBREAPER, TINI_KILL_PROCESS_GROUP by their presence" {
	for name in $TINIS; do
		program=$(applet $name)
		for value in "" 0 1 yes; do
			again
			begin sub env "TINI_KILL_PROCESS_GROUP=$value" TINI_SUBREAPER= "$program" -- "$A" main -k '$A kid' -k '$A daemon -d'
			for who in main kid daemon; do
				logged "$who ready"
			done
			same "$name daemon's parent" "$(parent_of "$(outer daemon)")" "$R"
			kill -USR1 "$R"
			logged "kid sig 10" || same "$name '$value'" untold told
			kill -TERM "$R"
			finish
			same "$name '$value'" "$status:$output" 0:
		done
	done
	no_faults
}

@test "aliases: TINI_VERBOSITY, -v and quiet" {
	for name in $TINIS; do
		program=$(applet $name)
		try_ns "$program" -- true
		same "$name" "$output" ""
		try_ns env TINI_VERBOSITY=3 "$program" -- true
		[ -n "$output" ] || same "$name TINI_VERBOSITY=3" "" "lines"
		try_ns env TINI_VERBOSITY=0 "$program" -- sh -c 'exit 3'
		same "$name TINI_VERBOSITY=0" "$status:$output" 3:
		try_ns "$program" -vvv -- sh -c 'exit 3'
		[ "$status" = 3 ] && [ -n "$output" ] || same "$name -vvv" "$status:$output" "3 and lines"
	done
	no_faults
}

@test "aliases: tini's variables stay in the command's environment" {
	for name in $TINIS; do
		try_ns env TINI_SUBREAPER= TINI_VERBOSITY=1 "$(applet $name)" -- sh -c 'echo "${TINI_SUBREAPER-no}$TINI_VERBOSITY"'
		same $name "$output" 1
	done
	no_faults
}

@test "aliases: tini -p sends the signal at the parent's death" {
	for name in $TINIS; do
		again
		program=$(applet $name)
		export program
		begin sub sh -c '$A parent -k "$program -s -p SIGUSR1 -- \$A main"; exec $A after'
		logged "main ready"
		logged "parent ready"
		send "$(outer parent)" 9
		logged "main sig 10" || same $name missing sent
		quit_now
	done
	no_faults
}

@test "aliases: tini -w says a line for each adopted process" {
	for name in $TINIS; do
		again
		begin pid1 "$(applet $name)" -w -- sh -c '$A --orphans 3; exec $A main'
		logged "main ready"
		wait_until three_lines || same $name "$(cat "$OUT")" "3 lines"
		kill -TERM "$R"
		finish
		[ "${#lines[@]}" -ge 3 ] || same $name "$output" "3 lines or more"
	done
	no_faults
}

three_lines() {
	matches "$OUT" .
	[ "$MATCHES" -ge 3 ]
}

@test "aliases: reap orphans, as PID 1" {
	for name in $ALL; do
		again
		begin pid1 "$(applet $name)" -- sh -c '$A --orphans 100; exec $A main'
		logged "main ready"
		wait_until no_zombies || same $name zombies none
		kill -TERM "$R"
		finish
		same $name "$status" 0
	done
	no_faults
}

# --- the better behaviour, when asked ---------------------------------

@test "aliases: INITBOX_GRACE, INITBOX_KILL_AFTER or INITBOX_ALL make them wait for all after a stop" {
	for name in $ALL; do
		program=$(applet $name)
		for variable in INITBOX_GRACE=10s INITBOX_KILL_AFTER=1h INITBOX_ALL=1; do
			again
			begin pid1 env $variable "$program" -- "$A" main -o 15:exit=6 -k '$A kid -s -o 15:wait=go'
			logged "main ready"
			logged "kid ready"
			kill -TERM "$R"
			logged "kid sig 15" || same "$name $variable" untold told
			touch go
			finish
			same "$name $variable" "$status:$(count 'kid end 0')" 6:1
		done
	done
	no_faults
}

@test "aliases: INITBOX_GRACE and INITBOX_KILL_AFTER count, and INITBOX_ALL is scope all" {
	for name in $ALL; do
		program=$(applet $name)
		for limit in $LIMITS; do
			again
			begin pid1 env INITBOX_GRACE=$limit "$program" -- "$A" main -o 10:exit=6 -k '$A kid -o 15:stay'
			logged "main ready"
			logged "kid ready"
			kill -USR1 "$R"
			finish
			[ "$(count 'kid sig')" -eq 0 ] || break
		done
		same "$name GRACE" "$status:$(count 'kid sig 15')" 6:1
		again
		begin pid1 env INITBOX_KILL_AFTER=300ms "$program" -- "$A" main -o 15:stay -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		finish
		same "$name KILL_AFTER" "$status" 137
		again
		begin pid1 env INITBOX_ALL=1 "$program" -- "$A" main -k '$A loner -s'
		logged "main ready"
		logged "loner ready"
		kill -USR1 "$R"
		logged "loner sig 10" || same "$name ALL" untold told
		kill -TERM "$R"
		finish
		same "$name ALL" "$status" 0
	done
	no_faults
}

@test "aliases: a bad value of these is an own failure; all other INITBOX_ variables are passed on" {
	for name in $ALL; do
		program=$(applet $name)
		for variable in INITBOX_GRACE=x INITBOX_KILL_AFTER=-1 INITBOX_ALL=maybe; do
			try_ns env $variable "$program" touch started
			same "$name $variable" "$status" 1
		done
		try_ns env INITBOX_GRACE=1 INITBOX_KILL_AFTER=1 INITBOX_ALL=0 INITBOX_EXPECT=x INITBOX_GROUP=x \
			INITBOX_PORT=x "$program" -- sh -c 'env | grep ^INITBOX_ | sort | paste -sd" "'
		same "$name" "$status:$output" "0:INITBOX_EXPECT=x INITBOX_GROUP=x INITBOX_PORT=x"
	done
	[ ! -e started ]
	no_faults
}

# --- faults that are not kept -----------------------------------------

@test "aliases: no TERM is lost at start-up, group mode included" {
	for name in $TINIS catatonit; do
		for flag in "" -g; do
			try_ns "$A" --race 20 pid1 "$(applet $name)" $flag -- sleep 1000
			same "$name '$flag'" "$output" $'status 143: 20\nhung 0'
		done
	done
	no_faults
}

@test "aliases: a TERM pending at entry is not lost, group mode included" {
	for name in $ALL; do
		for flag in "" -g; do
			again
			begin pid1 "$A" --with 4000 0 4000 "$(applet $name)" $flag -- "$A" main -o 15:exit=9
			finish
			same "$name '$flag'" "$status" 9
		done
	done
	no_faults
}

@test "aliases: SIGCHLD ignored at entry, closed stdio and a ptrace stop do no harm" {
	for name in $ALL; do
		program=$(applet $name)
		try_ns "$A" --with 0 10000 0 "$program" -- sh -c 'exit 42'
		same "$name SIGCHLD" "$status" 42
		try_ns sh -c 'exec "$@" <&-' sh "$program" -- sh -c 'exit 42'
		same "$name stdin" "$status" 42
		try_ns sh -c 'exec "$@" <&- >&- 2>&-' sh "$program" -- sh -c 'exit 42'
		same "$name stdio" "$status" 42
		try_ns "$program" -- "$A" --traceme winch
		same "$name ptrace" "$status" 9
	done
	no_faults
}

@test "aliases: the command has exactly the mask and ignored signals they were started with" {
	for name in $ALL; do
		for sets in 0:0 380000:0 0:380000 ffffffff80000000:1ff; do
			wanted=$("$A" --with ${sets%:*} ${sets#*:} 0 "$A" --sets)
			for flag in "" -g; do
				try_ns "$A" --with ${sets%:*} ${sets#*:} 0 "$(applet $name)" $flag -- "$A" --sets
				same "$name $sets '$flag'" "$output" "$wanted"
			done
		done
	done
	no_faults
}

@test "aliases: EPERM on forwarding does not end them" {
	need_root "a command that we may not signal"
	for name in $ALL; do
		again
		REAPER=$(applet $name)
		open_up
		begin pid1 setpriv --bounding-set -kill --inh-caps -kill "$REAPER" -- \
			setpriv --reuid 1000 --regid 1000 --clear-groups "$A" main -o 12:exit=4
		logged "main ready"
		for sig in 1 15 34; do
			send "$R" $sig
		done
		send "$(outer main)" 12
		finish
		same "$name" "$status:$(count 'main sig 15')" 4:0
		rm "$BATS_FILE_TMPDIR/reaper"
	done
	no_faults
}

@test "aliases: do not wake up when nothing happens" {
	for name in $ALL; do
		again
		begin pid1 "$(applet $name)" -- "$A" main
		logged "main ready"
		wait_until sleeps_on "$R" || same "$name" "wakes up" sleeps
		quit_now
	done
	no_faults
}

# --- pause -------------------------------------------------------------

@test "aliases: pause and catatonit -P end with 0 on TERM or INT, and ignore the rest" {
	for how in "pause" "catatonit -P"; do
		read -r name flag <<<"$how"
		for end in TERM INT; do
			begin pid1 "$(applet $name)" $flag
			wait_until idle "$R"
			for sig in 1 3 10 12 13 14 28 30 34 37 64; do
				send "$R" $sig
			done
			wait_until idle "$R"
			is_gone "$R" && same "$how" ended alive
			kill -$end "$R"
			finish
			same "$how $end" "$status:$output" 0:
		done
	done
	no_faults
}

@test "aliases: pause and catatonit -P reap what becomes theirs" {
	for how in "pause" "catatonit -P"; do
		read -r name flag <<<"$how"
		begin pid1 "$(applet $name)" $flag
		wait_until idle "$R"
		enter "$A" --orphans 50
		wait_until no_zombies || same "$how" zombies none
		kill -TERM "$R"
		finish
		same "$how" "$status" 0
	done
	no_faults
}

# is_pause PID: it is that image's, and waits
is_pause() {
	[ "/proc/$1/exe" -ef root/pause ] && [ "/proc/$1/root" -ef root ] &&
		in_state "$1" S
}

@test "aliases: pause works from an image that has nothing else" {
	make_image root pause "$(readlink -f "$(applet pause)")"
	begin pid1 sh -c 'chroot root /pause <&- >&- 2>&-; exit $?'
	wait_until find_sub
	wait_until is_pause "$R"
	kill -TERM "$R"
	finish
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	begin pid1 chroot root /pause
	wait_until is_pause "$R"
	kill -INT "$R"
	finish
	[ "$status" -eq 0 ]
}

# sleeps PID NAME: it is that program, and waits
sleeps() {
	[ "$(cat "/proc/$1/comm")" = "$2" ] && in_state "$1" S
} 2>/dev/null

@test "aliases: pause and catatonit -P leave words behind them alone, as the originals do" {
	for words in "$(applet pause)" "$(applet catatonit) -P"; do
		# shellcheck disable=SC2086 # words
		begin pid1 $words no such command
		wait_until sleeps "$R" "$(basename "${words%% *}")"
		kill -TERM "$R"
		finish
		same "$words" "$status:$output" 0:
	done
	try "$REAPER" -P true
	[ "$status" -eq 125 ]
	no_faults
}

@test "aliases: what cannot be printed ends them with their own status" {
	for words in "tini --version:1" "tini -h:1" "tini -l:1" "docker-init --version:1" \
		"catatonit --version:1" "catatonit -h:1" "reaper --version:125" "reaper --help:125"; do
		program=${words%% *} option=${words#* }
		status=0
		"$(applet "$program")" "${option%:*}" >/dev/full 2>message || status=$?
		same "$words" "$status:$(cat message)" "${words##*:}:$program: stdout: No space left on device"
	done
	no_faults
}
