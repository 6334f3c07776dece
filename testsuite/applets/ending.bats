#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How reaper stops and ends (reaper(8), stop requests and
# the end): who is told, who is waited for, who is killed. The rest of reaper
# is in reaper.bats.

load ../helper
load reaper_helper

BOTH="pid1 sub"

# --- stop requests -----------------------------------------------------

@test "reaper: TERM, INT, PWR and 37 are stop requests: all descendants are told" {
	for mode in $BOTH; do
		for sig in 15 2 30 37; do
			again
			begin $mode "$REAPER" "$A" main -o 2:exit=5 -o 15:exit=5 \
				-k '$A kid'
			logged "main ready"
			logged "kid ready"
			send "$R" $sig
			finish
			same "$mode, $sig: status" "$status:$output" 5:
			same "$mode, $sig: kid" "$(count 'kid sig 15')" 1
			same "$mode, $sig: end" "$(count 'kid end 0')" 1
		done
	done
	no_faults
}

# An end that nobody asked for has a grace, a requested one has none of ours:
# with --grace 0 only a stop request makes reaper wait.
@test "reaper: HUP, QUIT, USR1 and others are forwarded only, and are no stop requests" {
	for mode in $BOTH; do
		for sig in 1 3 10 12 28 34 38 64; do
			again
			begin $mode "$REAPER" -G 0 "$A" main -o $sig:exit=5 \
				-k '$A kid -o 15:wait=never'
			logged "main ready"
			logged "kid ready"
			send "$R" $sig
			finish
			same "$mode, $sig" "$status" 5
		done
	done
	no_faults
}

@test "reaper: a stop request is no matter of --grace: it waits for all" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -G 0 "$A" main -o 15:exit=5 -k '$A kid -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		logged "kid sig 15"
		touch go
		finish
		same "$mode" "$status:$(count 'kid end 0')" 5:1
	done
	no_faults
}

@test "reaper: --stop-signal makes other signals stop requests, repeatedly" {
	for sig in 3:QUIT 10:SIGUSR1 1:hup 36:RTMIN+2 63:rtmax-1 12:12; do
		again
		begin sub "$REAPER" -G 0 --stop-signal WINCH --stop-signal "${sig#*:}" \
			"$A" main -o "${sig%:*}":exit=5 -k '$A kid -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		send "$R" "${sig%:*}"
		logged "kid sig 15" || same "$sig" "no TERM" "TERM to the kid"
		touch go
		finish
		same "$sig" "$status:$(count 'kid end 0'):$(count 'main sig 15')" 5:1:0
	done
	no_faults
}

@test "reaper: nobody is told twice: each process gets one TERM" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			again
			begin $mode "$REAPER" $flag "$A" main -o 15:wait=go \
				-k '$A kid -o 15:wait=go2' -k '$A loner -s -o 15:wait=go2' \
				-k '$A daemon -d -o 15:wait=go2 -k "\$A worker -o 15:wait=go2"'
			for who in main kid loner daemon worker; do
				logged "$who ready"
			done
			kill -TERM "$R"
			logged "main sig 15"
			touch go
			for who in kid loner daemon; do
				logged "$who sig 15"
			done
			touch go2
			finish
			same "$mode '$flag' status" "$status:$output" 0:
			for who in main kid loner daemon worker; do
				same "$mode '$flag' $who" "$(count "$who sig 15"):$(count "$who sig")" 1:1
				same "$mode '$flag' $who" "$(count "$who end 0")" 1
			done
		done
	done
	no_faults
}

@test "reaper: a stop signal that comes again from outside is forwarded again" {
	for mode in $BOTH; do
		for flag in "" -a; do
			again
			begin $mode "$REAPER" $flag "$A" main -o 15:stay -o 10:exit=3
			logged "main ready"
			for n in 1 2 3; do
				kill -TERM "$R"
				wait_until seen $n "main sig 15"
			done
			kill -USR1 "$R"
			finish
			same "$mode '$flag'" "$status:$(count 'main sig 15')" 3:3
		done
	done
	no_faults
}

@test "reaper: waits for descendants that called setsid or double-forked, without limit" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:exit=6 \
			-k '$A kid -o 15:wait=go' -k '$A loner -s -o 15:wait=go' \
			-k '$A daemon -d -o 15:wait=go2'
		for who in main kid loner daemon; do
			logged "$who ready"
		done
		kill -TERM "$R"
		for who in kid loner daemon; do
			logged "$who sig 15"
		done
		touch go
		logged "kid end"
		logged "loner end"
		is_gone "$R" && same $mode ended "still waiting"
		touch go2
		finish
		same "$mode status" "$status:$output" 6:
		same "$mode daemon" "$(count 'daemon end 0')" 1
	done
	no_faults
}

@test "reaper: tells the others only when the main child has ended" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:wait=go -k '$A kid' -k '$A daemon -d'
		for who in main kid daemon; do
			logged "$who ready"
		done
		kill -TERM "$R"
		logged "main sig 15"
		touch go
		finish
		before "main end" "kid sig 15" || same $mode kid "after main"
		before "main end" "daemon sig 15" || same $mode daemon "after main"
		same "$mode status" "$status" 0
	done
	no_faults
}

# Told by the group's signal: main and kid. The worker below kid is in a session
# of its own: kid ends it itself, or else it is told when kid has ended.
@test "reaper: a process below a told one is told only when that one has ended" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -g "$A" main -o 15:exit=0 \
			-k '$A kid -o 15:wait=go -k "\$A worker -s"' -k '$A loner -s'
		for who in main kid worker loner; do
			logged "$who ready"
		done
		kill -TERM "$R"
		logged "kid sig 15"
		logged "loner end" # main's end has been seen
		same "$mode: worker told early" "$(count 'worker sig')" 0
		touch go
		finish
		before "kid end" "worker sig 15" || same $mode worker "after kid"
		same "$mode" "$status:$(count 'worker end 0')" 0:1
	done
	no_faults
}

@test "reaper: who is told when the main child has ended is told before its own children" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:exit=0 \
			-k '$A master -o 15:wait=go -k "\$A worker -s"'
		for who in main master worker; do
			logged "$who ready"
		done
		kill -TERM "$R"
		logged "master sig 15"
		touch go
		finish
		before "master end" "worker sig 15" || same $mode worker "after master"
		same "$mode" "$status:$(count 'worker end 0')" 0:1
	done
	no_faults
}

@test "reaper: what a told process starts to clean up is waited for and not told" {
	for mode in $BOTH; do
		for flag in "" -a; do
			again
			# the kid cleans up when it is told, after main has gone
			begin $mode "$REAPER" $flag "$A" main -o 15:exit=0 \
				-k '$A kid -o 15:run="exec \$A cleanup -o 10:exit=0"'
			logged "main ready"
			logged "kid ready"
			kill -TERM "$R"
			logged "cleanup ready"
			wait_until has_line "$LOG" "main end"
			send "$(outer cleanup)" 10
			finish
			same "$mode '$flag'" "$status:$(count 'cleanup sig 15'):$(count 'kid ran 0')" 0:0:1
		done
	done
	no_faults
}

@test "reaper: a cleanup of the main child itself is waited for and not told" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			again
			begin $mode "$REAPER" $flag sh -c \
				'trap "\$A cleanup -o 10:exit=0; exit 8" TERM; $A kid & while :; do wait; done'
			logged "kid ready"
			kill -TERM "$R"
			logged "cleanup ready"
			send "$(outer cleanup)" 10
			finish
			same "$mode '$flag'" "$status:$(count 'cleanup sig 15'):$(count 'cleanup end 0'):$(count 'kid sig 15')" 8:0:1:1
		done
	done
	no_faults
}

@test "reaper: a cleanup whose starter has ended is told, and waited for" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main \
			-o 15:bg='sh -c "(\$A cleanup -o 15:wait=go & \$A mark & wait) &
				until grep -q ^cleanup.ready \$LOG; do sleep 0.05; done; touch bg"'
		logged "main ready"
		kill -TERM "$R"
		logged "cleanup ready"
		logged "cleanup sig 15"
		touch go
		finish
		same "$mode" "$status:$(count 'cleanup end 0'):$(count 'cleanup sig 15')" 0:1:1
	done
	no_faults
}

@test "reaper: a stop request that comes after the main child's own end still waits for all" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -G inf sh -c '$A kid -o 15:wait=go & exec $A main -o 10:exit=7'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "kid sig 15"
		kill -TERM "$R"
		touch go
		finish
		same "$mode" "$status:$(count 'kid end 0')" 7:1
	done
	no_faults
}

@test "reaper: a stopped child is continued at a stop request" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			again
			begin $mode "$REAPER" $flag "$A" main -o 15:exit=4
			logged "main ready"
			pid=$(outer main)
			kill -STOP "$pid"
			wait_until in_state "$pid" T
			kill -TERM "$R"
			finish
			same "$mode '$flag'" "$status:$(count 'main sig 15')" 4:1
		done
	done
	no_faults
}

@test "reaper: a child that stops in the middle of a stop request is continued" {
	for mode in $BOTH; do
		for signal in STOP TSTP; do
			again
			begin $mode "$REAPER" sh -c 'trap "kill -$0 \$\$; exit 4" TERM
				echo up; while :; do sleep 0.01; done' $signal
			wait_until has_line "$OUT" up
			kill -TERM "$R"
			finish
			same "$mode $signal" "$status" 4
		done
	done
	no_faults
}

@test "reaper: a stopped descendant is continued when it is told" {
	for mode in $BOTH; do
		for flag in "" -a; do
			again
			begin $mode "$REAPER" $flag "$A" main -k '$A kid -s'
			logged "main ready"
			logged "kid ready"
			pid=$(outer kid)
			kill -STOP "$pid"
			wait_until in_state "$pid" T
			kill -TERM "$R"
			finish
			same "$mode '$flag'" "$status:$(count 'kid sig 15'):$(count 'kid end 0')" 0:1:1
		done
	done
	no_faults
}

# visited STATUS ACTION LINE: main ends with STATUS at a TERM, a guest from outside
# does ACTION, and LINE is logged. He is waited for for 2 s: a turn that took so
# long without it says nothing. BEFORE is run first, and becomes reaper.
BEFORE=(env)
visited() {
	for _ in {1..9}; do
		again
		begin pid1 "${BEFORE[@]}" "$REAPER" "$A" main -o 15:exit="$1"
		logged "main ready"
		enter env LOG="$LOG" "$A" guest -o 15:"$2" &
		guest=$!
		logged "guest ready"
		SECONDS=0
		kill -TERM "$R"
		finish
		[ "$SECONDS" -ge 2 ] && [ "$(count "$3")" -eq 0 ] || break
		wait "$guest" || :
	done
}

@test "reaper: processes entered from outside (docker exec) are told and waited for" {
	visited 0 exit=0 "guest end"
	[ "$status" -eq 0 ]
	[ "$(count 'guest sig 15')" -eq 1 ]
	[ "$(count 'guest end 0')" -eq 1 ]
	wait "$guest"
}

@test "reaper: processes entered from outside are told and waited for without /proc, too" {
	BEFORE=(sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)
	visited 0 exit=0 "guest end"
	[ "$status" -eq 0 ]
	[ "$(count 'guest sig 15')" -eq 1 ]
	[ "$(count 'guest end 0')" -eq 1 ]
	wait "$guest"
}

@test "reaper: a process entered from outside that does not end does not hold it" {
	visited 3 stay "guest sig"
	[ "$status" -eq 3 ]
	[ "$(count 'guest sig 15')" -eq 1 ]
	wait "$guest" || true
}

@test "reaper: a process entered from outside alone holds an end by itself no longer than a grace" {
	begin pid1 "$REAPER" "$A" main -o 10:exit=3
	logged "main ready"
	enter env LOG="$LOG" "$A" guest -o 15:stay &
	guest=$!
	logged "guest ready"
	kill -USR1 "$R"
	finish
	[ "$status" -eq 3 ]
	wait "$guest" || true
}

# --- the end by itself -------------------------------------------------

@test "reaper: when its command ends by itself the others get TERM and are waited for" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			again
			begin $mode "$REAPER" $flag "$A" main -o 10:exit=3 -o 12:exit=3 \
				-k '$A kid' -k '$A loner -s' -k '$A daemon -d'
			for who in main kid loner daemon; do
				logged "$who ready"
			done
			send "$(outer main)" 10
			finish
			same "$mode '$flag' status" "$status:$output" 3:
			for who in kid loner daemon; do
				same "$mode '$flag' $who" "$(count "$who sig 15"):$(count "$who end 0")" 1:1
			done
		done
	done
	no_faults
}

@test "reaper: --grace is how long they have; then they are killed and named" {
	for mode in $BOTH; do
		for limit in $LIMITS; do
			again
			begin $mode "$REAPER" --grace $limit "$A" main -o 10:exit=3 \
				-k '$A kid -n stubborn -o 15:stay' -k '$A daemon -d -n deaf -o 15:stay'
			for who in main kid daemon; do
				logged "$who ready"
			done
			kill -USR1 "$R"
			finish
			counts "kid sig" "daemon sig"
			[[ $COUNTS == *0* ]] || break
		done
		same "$mode status" "$status" 3
		for who in kid:stubborn daemon:deaf; do
			pid=$(sed -n "s/^${who%:*} ready //p" "$LOG")
			same "$mode ${who%:*}" "$(count "${who%:*} sig 15")" 1
			# named with PID and command, by a line of ours
			printf '%s\n' "$output" | grep '^reaper: ' | grep -w "$pid" |
				grep -q -e "${who#*:}" -e actor ||
				same "$mode" "$output" "a line for $pid ${who#*:}"
		done
	done
	no_faults
}

@test "reaper: --grace 0 ends at once with the command's status" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" --grace 0 "$A" main -o 10:exit=3 -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		finish
		same "$mode" "$status" 3
	done
	no_faults
}

@test "reaper: --grace inf waits for ever; --kill-after counts from a stop request" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" --grace inf --kill-after 300ms "$A" main -o 10:exit=3 \
			-k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "kid sig 15"
		sleep 0.5 # longer than kill-after: nothing has begun
		is_gone "$R" && same $mode ended waiting
		kill -TERM "$R"
		finish
		same "$mode" "$status" 3
		[[ $output == *kill* ]] || same $mode "$output" "who was killed"
	done
	no_faults
}

@test "reaper: --kill-after kills what is left and keeps the exit status" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			for limit in $LIMITS; do
				again
				begin $mode "$REAPER" $flag -k $limit "$A" main -o 15:exit=5 \
					-k '$A kid -o 15:stay' -k '$A loner -s -o 15:stay' \
					-k '$A daemon -d -o 15:stay'
				for who in main kid loner daemon; do
					logged "$who ready"
				done
				kill -TERM "$R"
				finish
				counts "main end" "daemon sig"
				[[ $COUNTS == *0* ]] || break
			done
			same "$mode '$flag'" "$status:$(count 'daemon sig 15')" 5:1
			pid=$(sed -n "s/^daemon ready //p" "$LOG")
			printf '%s\n' "$output" | grep '^reaper: ' | grep -qw "$pid" ||
				same "$mode '$flag'" "$output" "a line about $pid"
		done
	done
	no_faults
}

@test "reaper: --kill-after kills a main child that does not end: status 137" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			for limit in $LIMITS; do
				again
				begin $mode "$REAPER" $flag -k $limit "$A" main -o 15:stay -k '$A kid -o 15:stay'
				logged "main ready"
				logged "kid ready"
				kill -TERM "$R"
				finish
				[ "$(count 'main sig')" -eq 0 ] || break
			done
			same "$mode '$flag'" "$status:$(count 'main sig 15')" 137:1
		done
	done
	no_faults
}

@test "reaper: --kill-after 0 kills at once" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -k 0 "$A" main -o 15:stay
		logged "main ready"
		kill -TERM "$R"
		finish
		same $mode "$status" 137
	done
	no_faults
}

@test "reaper: --kill-after ends a fork loop that is deaf, PID 1 or not" {
	for mode in $BOTH; do
		for limit in $LIMITS; do
			again
			begin $mode "$REAPER" -k $limit sh -c '$A --chain & exec $A main -o 15:exit=5'
			logged "main ready"
			logged "chain ready"
			kill -TERM "$R"
			finish
			[ "$(count 'main end')" -eq 0 ] || break
		done
		same $mode "$status" 5
		# that nothing is left: the next test
	done
	no_faults
}

@test "reaper: a fork loop ended by --kill-after leaves nothing behind (not PID 1)" {
	for flag in "" -g -a; do
		for limit in $LIMITS; do
			again
			begin sub "$REAPER" sh -c '$REAPER '"$flag -k $limit"' sh -c '\''
				setsid $A --chain & exec $A main -o 15:exit=5'\''; echo $? >status; exec $A after'
			logged "main ready"
			logged "chain ready"
			"$A" --send "$(parent_of "$(outer main)")" 15
			logged "after ready"
			[ "$(cat status)" != 5 ] || break
			[ $limit = 60s ] || quit_now
		done
		same "'$flag' status" "$(cat status)" 5
		# PID 1 sh, the outer reaper and after: these and no other
		same "'$flag' left" "$(enter sh -c 'cat /proc/[0-9]*/comm' | grep -c actor)" 1
		quit_now
	done
	no_faults
}

@test "reaper: a fork loop is ended at --grace, too" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -G 300ms sh -c '$A --chain & exec $A main -o 10:exit=5'
		logged "main ready"
		logged "chain ready"
		kill -USR1 "$R"
		finish
		same $mode "$status" 5
	done
	no_faults
}

@test "reaper: processes that it may not signal are named and given up" {
	need_root "a process that we may not signal"
	for how in "-G 300ms:10" "-G inf -k 300ms:15"; do
		again
		open_up
		begin sub setpriv --bounding-set -kill --inh-caps -kill \
			"$REAPER" ${how%:*} sh -c 'exec $A main -o 10:exit=5 -o 15:exit=5 -k "setpriv --reuid 1000 --regid 1000 --clear-groups \$A kid -n other"' 
		logged "main ready"
		logged "kid ready"
		send "$(outer main)" "${how#*:}" # it is root's
		logged "main end"
		[ "${how#*:}" = 10 ] || kill -TERM "$R"
		finish
		pid=$(sed -n "s/^kid ready //p" "$LOG")
		same "$how" "$status:$(count 'kid sig')" 5:0
		printf '%s\n' "$output" | grep '^reaper: ' | grep -qw "$pid" ||
			same "$how" "$output" "a line about $pid"
	done
	no_faults
}

@test "reaper: --expect makes a status 0, repeatedly; others stay" {
	for case in "3 -e 3:0" "4 -e 3:4" "3 --expect 2 --expect 3:0" "0 -e 3:0" \
		"255 -e 255:0" "0 -e 0:0" "143 -e 143:0" "1 -e 0:1"; do
		code=${case%% *} wanted=${case##*:} options=${case#* }
		try "$REAPER" ${options%:*} sh -c "exit $code"
		same "$case" "$status" "$wanted"
	done
	try "$REAPER" -e 143 "$A" --die 15
	same "died of TERM" "$status" 0
	no_faults
}

@test "reaper: a log that has reached its size limit does not hurt the command" {
	# SIGXFSZ is raised against us, and is nobody else's
	run bash -c 'ulimit -f 0; "$@" 2>log' bash "$REAPER" -vv sh -c \
		'(sleep 0.1 &); sleep 0.5; exit 7'
	[ "$status" -eq 7 ]
}

@test "reaper: a terminal that nobody reads any more does not stall it" {
	# its buffer is full in the middle of a line
	run timeout -s KILL "$WAIT_LIMIT" python3 -c '
import os, pty, subprocess, sys
master, slave = pty.openpty()
sys.exit(subprocess.call(sys.argv[1:], stderr=slave))' "$REAPER" -w sh -c \
		'i=0; while [ $i -lt 1200 ]; do (true &); i=$((i+1)); done; exit 3'
	[ "$status" -eq 3 ]
}
