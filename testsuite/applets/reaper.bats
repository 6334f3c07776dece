#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# reaper, and what it shares with sigproxy (reaper(8)):
# statuses, start, forwarding, stopping, ending.

load ../helper
load reaper_helper

BOTH="pid1 sub"

# --- exit statuses -----------------------------------------------------

@test "reaper: exits with its command's status, as PID 1 and as a child" {
	for code in 0 1 2 42 124 125 126 127 128 143 254 255; do
		for flag in "" -g -a; do
			try "$REAPER" $flag sh -c "exit $code"
			same "$flag $code" "$status:$output" "$code:"
		done
		try_ns "$REAPER" sh -c "exit $code"
		same "PID 1, $code" "$status:$output" "$code:"
	done
	no_faults
}

@test "reaper: exits with 128+N when signal N ends its command" {
	for sig in {1..64}; do
		case $sig in
		17 | 18 | 19 | 20 | 21 | 22 | 23 | 28) continue ;; # do not end
		esac
		try "$REAPER" "$A" --die $sig
		same "signal $sig" "$status:$output" "$((128 + sig)):"
	done
	try_ns "$REAPER" "$A" --die 15
	same "PID 1" "$status" 143
	try_ns "$REAPER" -g "$A" --die 9
	same "PID 1, group" "$status" 137
	try_ns "$REAPER" -a "$A" --die 64
	same "PID 1, all" "$status" 192
	no_faults
}

@test "reaper: exits 143 when its command dies of SIGTERM" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:die
		logged "main ready"
		kill -TERM "$R"
		finish
		same "$mode" "$status" 143
	done
	no_faults
}

@test "reaper: ends with 127 and one line when the command is not found" {
	for name in no-such-command ./no-such-file /no/such/path; do
		try "$REAPER" $name
		same "$name" "$status:${#lines[@]}" 127:1
		[[ $output == "reaper: $name: "* ]] || same "$name" "$output" "reaper: $name: ..."
	done
	try env PATH=/nowhere:/ "$REAPER" sh
	same "PATH=/nowhere" "$status" 127
	try_ns "$REAPER" no-such-command
	same "PID 1" "$status" 127
	no_faults
}

@test "reaper: ends with 126 and one line when the command is not executable" {
	echo 'exit 3' >plain
	printf '#!/bin/sh\nexit 3\n' >script
	mkdir folder first second
	cp plain first/prog
	for name in ./plain ./script ./folder /; do
		try "$REAPER" $name
		same "$name" "$status:${#lines[@]}" 126:1
		[[ $output == "reaper: $name: "* ]] || same "$name" "$output" "reaper: $name: ..."
	done
	try env PATH="$PWD/first" "$REAPER" prog
	same "not executable in PATH" "$status" 126
	no_faults
}

@test "reaper: a script that is there but whose interpreter is missing ends with 126" {
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	try "$REAPER" ./script
	echo "$status $output"
	[ "$status" -eq 126 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "reaper: searches PATH as execvp does: goes on after a file that it may not execute" {
	mkdir first second
	printf '#!/bin/sh\nexit 3\n' >first/prog
	printf '#!/bin/sh\nexit 4\n' >second/prog
	chmod +x second/prog
	try env PATH="$PWD/first:$PWD/second:$PATH" "$REAPER" prog
	[ "$status" -eq 4 ]
	try env -u PATH "$REAPER" sh -c 'exit 5'
	[ "$status" -eq 5 ]
}

@test "reaper: runs a script without #! by sh, with its arguments" {
	printf 'echo "$0 $# $2"\nexit 6\n' >script
	chmod +x script
	try "$REAPER" ./script a 'b c'
	[ "$status" -eq 6 ]
	[ "$output" = "./script 2 b c" ]
}

@test "reaper: hands over arguments and environment untouched" {
	try env ODD=$'a\nb' "$REAPER" -- "$A" --fds </dev/null
	[ "$status" -eq 0 ]
	try env ODD=$'a\nb' "$REAPER" sh -c 'printf "<%s>" "$ODD" "$@"' sh -g -- '' '*' $'x\ny'
	[ "$status" -eq 0 ]
	[ "$output" = $'<a\nb><-g><--><><*><x\ny>' ]
}

# --- the start ---------------------------------------------------------

@test "reaper: the command has exactly the mask and ignored signals it was started with" {
	# 32, 33, 34 are bits 31, 32, 33; KILL and STOP cannot be set
	for sets in 0:0 fffffffffffbfeff:0 0:fffffffffffbfeff 380000000:0 \
		0:380000000 80000000:100000000 4000:10000 10000:4000 \
		1:2 5555555555515455:aaaaaaaa2aaaaaaa ffffffff80000000:1ff \
		8000000000000000:8000000000000001 380000:380000; do
		blocked=${sets%:*} ignored=${sets#*:}
		wanted=$("$A" --with $blocked $ignored 0 "$A" --sets)
		for flag in "" -g -a; do
			try "$A" --with $blocked $ignored 0 "$REAPER" $flag "$A" --sets
			same "$sets $flag" "$output" "$wanted"
		done
		try_ns "$A" --with $blocked $ignored 0 "$REAPER" "$A" --sets
		same "$sets PID 1" "$output" "$wanted"
	done
	no_faults
}

@test "reaper: works when SIGCHLD was ignored at entry" {
	for mode in $BOTH; do
		begin $mode "$A" --with 0 10000 0 "$REAPER" sh -c '(:) ; exit 42'
		finish
		same $mode "$status" 42
	done
	no_faults
}

@test "reaper: works when everything is blocked at entry" {
	for mode in $BOTH; do
		again
		begin $mode "$A" --with fffffffffffbfeff 0 0 "$REAPER" -a "$A" main -o 15:exit=9
		logged "main ready"
		kill -TERM "$R"
		finish
		same $mode "$status" 9
	done
	no_faults
}

@test "reaper: passes on a signal that was pending and blocked at entry" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			again
			# the child has TERM blocked, too: it reads it
			begin $mode "$A" --with 4000 0 4000 "$REAPER" $flag "$A" main -o 15:exit=9
			finish
			same "$mode $flag" "$status:$(count 'main sig 15')" 9:1
		done
	done
	no_faults
}

@test "reaper: a TERM pending at entry reaches a child that does not block it" {
	for mode in $BOTH; do
		for flag in "" -g -a; do
			# the second launcher unblocks it, below reaper
			begin $mode "$A" --with 4000 0 4000 "$REAPER" $flag \
				"$A" --with 0 0 0 sleep 1000
			finish
			same "$mode $flag" "$status" 143
		done
	done
	no_faults
}

# idle_command: ./idle waits for ever, and starts in no time.
idle_command() {
	echo 'int pause(void); int main(void) { return pause(); }' |
		cc -x c -static -o idle -
}

# The sanitizers take their time before main.
# bats test_tags=unsanitized
@test "reaper: no TERM is lost at start-up, at any moment, in any scope (plain subreaper)" {
	idle_command
	for flag in "" -g -a; do
		try_ns "$A" --race 400 sub "$REAPER" $flag ./idle
		same "scope '$flag'" "$output" $'status 143: 400\nhung 0'
	done
	no_faults
}

# The sanitizers take their time before main.
# bats test_tags=unsanitized
@test "reaper: no TERM is lost at start-up, at any moment, in any scope (PID 1)" {
	idle_command
	for flag in "" -g -a; do
		try_ns "$A" --race 400 pid1 "$REAPER" $flag ./idle
		same "scope '$flag'" "$output" $'status 143: 400\nhung 0'
	done
	no_faults
}

# The sanitizers take their time before main.
# bats test_tags=unsanitized
@test "reaper: a TERM at start-up ends a command that handles it, too" {
	for flag in "" -g -a; do
		try_ns "$A" --race 60 pid1 "$REAPER" $flag "$A" main -o 15:exit=7
		# 143 before its handler is set up, 7 after it
		n=$(printf '%s\n' "$output" | sed -n 's/^status \(7\|143\): //p' |
			awk '{ n += $1 } END { print n + 0 }')
		same "scope '$flag': $output" "$n" 60
	done
	no_faults
}

@test "reaper: works with stdin, stdout and stderr closed, each and all" {
	for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- >&- 2>&-'; do
		eval '"$REAPER" "$A" --fds seen' "$closed" && status=0 || status=$?
		same "$closed" "$status" 0
		for fd in 0 1 2; do
			grep -q "^$fd " seen || same "$closed" "$(cat seen)" "a descriptor $fd"
		done
		eval 'ns_run "$REAPER" sh -c "exit 42"' "$closed" && status=0 || status=$?
		same "PID 1, $closed" "$status" 42
	done
	no_faults
}

@test "reaper: a missing stdin, stdout and stderr is replaced by /dev/null" {
	"$REAPER" "$A" --fds seen <&- >&- 2>&-
	try grep -c '^[012] /dev/null$' seen
	[ "$output" = 3 ]
}

@test "reaper: descriptors from 3 on pass to the command and are closed in reaper" {
	echo text >file
	for mode in $BOTH; do
		again
		begin $mode bash -c 'exec 3<file 7<file 200<file; exec "$@"' bash \
			"$REAPER" sh -c '$A --fds seen; exec $A main'
		logged "main ready"
		for fd in 3 7 200; do
			grep -q "^$fd .*/file\$" seen || same "$mode" "$(cat seen)" "descriptor $fd"
		done
		wait_until has_no_file "$R" file
		kill -TERM "$R"
		finish
		same "$mode" "$status" 0
	done
	no_faults
}

@test "reaper: gives the command no descriptor of its own" {
	bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&-; exec "$@"' bash "$A" --fds >plain
	for flag in "" -g -a; do
		bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&-; exec "$@"' bash "$REAPER" $flag "$A" --fds >below
		same "scope '$flag'" "$(cut -d' ' -f1 below)" "$(cut -d' ' -f1 plain)"
	done
	no_faults
}

@test "reaper: a pipe's reader sees its end although reaper lives on" {
	mkfifo pipe
	begin sub "$REAPER" sh -c 'exec 5>&-; exec $A main' 5<>pipe
	logged "main ready"
	wait_until has_no_file "$R" pipe
}

@test "reaper: LISTEN_PID that names us names the command instead" {
	try sh -c 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$REAPER" sh -c "[ \$LISTEN_PID = \$\$ ] && [ \$LISTEN_FDS = 1 ]"'
	[ "$status" -eq 0 ]
	try_ns env LISTEN_PID=1 "$REAPER" sh -c 'echo $(($$ - LISTEN_PID))'
	[ "$output" = 0 ]
	try env LISTEN_PID=999999 "$REAPER" sh -c 'echo $LISTEN_PID'
	[ "$output" = 999999 ]
	try env -u LISTEN_PID "$REAPER" sh -c 'echo ${LISTEN_PID-none}'
	[ "$output" = none ]
	try env LISTEN_PID=hello "$REAPER" sh -c 'echo $LISTEN_PID'
	[ "$output" = hello ]
}

@test "reaper: changes to / and leaves the working directory to the command" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" sh -c 'pwd; exec $A main'
		logged "main ready"
		# as a link it would show where a chroot lies
		wait_until sits_in_root "$R"
		kill -TERM "$R"
		finish
		same $mode "$output" "$PWD"
	done
	no_faults
}

@test "reaper: is quiet about a command that ends well, in any scope" {
	for flag in "" -g -a -s --subreaper; do
		try "$REAPER" $flag true
		same "$flag" "$status:$output" 0:
		try_ns "$REAPER" $flag true
		same "PID 1 $flag" "$status:$output" 0:
	done
	no_faults
}

@test "reaper: becomes a subreaper when it is not PID 1" {
	# the orphan's parent is reaper, not the shell above it
	begin sub "$REAPER" "$A" main -k '$A orphan -d'
	logged "main ready"
	logged "orphan ready"
	[ "$(parent_of "$(outer orphan)")" = "$R" ]
}

# --- forwarding --------------------------------------------------------

# every_signal LABEL NAME...: send each signal once; each actor NAME shall see
# it once, PWR and 37 as TERM, and CHLD, TTIN, TTOU not at all.
every_signal() {
	local label=$1 sig who n

	shift
	for sig in {1..8} {10..14} 16 18 20 {23..29} {31..36} {38..64}; do
		send "$R" $sig
		# a stop signal takes a pending CONT away (signal(7))
		[ $sig != 18 ] || all_saw 1 18 "$@" || true
	done
	for sig in 17 21 22 15 30 37; do
		send "$R" $sig
		case $sig in 15) n=1 ;; 30) n=2 ;; 37) n=3 ;; *) continue ;; esac
		all_saw $n 15 "$@" || break # three TERMs must not merge
	done
	all_saw 1 64 "$@" || true
	send "$R" 10 # the fence: no second copy may follow it
	all_saw 2 10 "$@" || true
	for who in "$@"; do
		same "$label $who: signals lost or doubled" "$(awk -v who="$who" '
			$1 == who && $2 == "sig" { seen[$3]++ }
			END {
				for (sig = 1; sig <= 64; sig++) {
					want = sig == 15 ? 3 : sig == 10 ? 2 : \
						sig ~ /^(9|17|19|21|22|30|37)$/ ? 0 : 1
					if (seen[sig] != want)
						printf " %d:%d", sig, seen[sig]
				}
			}' "$LOG")" ""
	done
}

# all_saw N SIG NAME...: wait until each has seen SIG N times.
all_saw() {
	local n=$1 sig=$2 who

	shift 2
	for who in "$@"; do
		wait_until seen "$n" "$who sig $sig " || return
	done
}

@test "reaper: forwards every catchable signal once to the child, PWR and 37 as TERM" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:stay -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		every_signal "child, $mode:" main
		same "$mode: signals to the kid" "$(count 'kid sig')" 0
		quit_now
	done
	no_faults
}

@test "reaper: --group forwards every catchable signal once to the group, and only to it" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" --group "$A" main -o 15:stay \
			-k '$A kid -o 15:stay' -k '$A loner -s -o 15:stay'
		logged "main ready"
		logged "kid ready"
		logged "loner ready"
		every_signal "group, $mode:" main kid
		same "$mode: signals to the loner" "$(count 'loner sig')" 0
		quit_now
	done
	no_faults
}

@test "reaper: --all forwards every catchable signal once to every descendant" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" --all "$A" main -o 15:stay \
			-k '$A kid -o 15:stay' -k '$A loner -s -o 15:stay' \
			-k '$A daemon -d -o 15:stay'
		for who in main kid loner daemon; do
			logged "$who ready"
		done
		every_signal "all, $mode:" main kid loner daemon
		quit_now
	done
	no_faults
}

@test "reaper: signals nobody who is not its descendant, in no scope" {
	for flag in "" -g -a; do
		again
		begin sub sh -c '$A bystander & $REAPER '"$flag"' $A main -o 15:run="" & wait $!; echo $?; wait'
		wait_until has_line "$LOG" "main ready"
		logged "bystander ready"
		R=$(parent_of "$(outer main)")
		for sig in 1 10 64 15; do
			send "$R" $sig
			logged "main sig $sig "
		done
		wait_until is_gone "$R"
		same "$flag" "$(count 'bystander sig')" 0
		quit_now
	done
	no_faults
}

@test "reaper: keeps the payload of sigqueue in scope child" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" main -o 15:exit=4
		logged "main ready"
		"$A" --send "$R" 10 4711
		"$A" --send "$R" 34 -5
		"$A" --send "$R" 64 2000000000
		logged "main sig 64"
		"$A" --send "$R" 15 99
		finish
		same "$mode status" "$status" 4
		same "$mode" "$(grep 'main sig' "$LOG")" \
			"main sig 10 code -1 value 4711
main sig 34 code -1 value -5
main sig 64 code -1 value 2000000000
main sig 15 code -1 value 99"
	done
	no_faults
}

@test "reaper: a signal for a command whose queue is full arrives without its payload" {
	begin pid1 "$REAPER" prlimit --sigpending=0 "$A" main -o 45:exit=4
	logged "main ready"
	"$A" --send "$R" 40 7
	logged "main sig 40 code 0 value 0"
	"$A" --send "$R" 45 8
	finish
	[ "$status" -eq 4 ]
}

@test "reaper: real-time signals that queue are each forwarded" {
	begin pid1 "$REAPER" "$A" main -o 15:exit=0
	logged "main ready"
	for _ in {1..50}; do
		send "$R" 40
	done
	wait_until seen 50 "main sig 40"
	[ "$(grep -c 'main sig 40' "$LOG")" -eq 50 ]
}

@test "reaper: a forward that fails with EPERM does not end it" {
	need_root "a command that we may not signal"
	for flag in "" -g -a; do
		again
		open_up
		# without CAP_KILL, user 0 may not signal user 1000
		begin sub setpriv --bounding-set -kill --inh-caps -kill "$REAPER" $flag \
			setpriv --reuid 1000 --regid 1000 --clear-groups "$A" main -r go
		wait_until is_user "$R" 1000
		for sig in 1 10 34; do
			send "$R" $sig
		done
		touch go
		logged "main ready"
		send "$(outer main)" 12
		logged "main sig 12"
		send "$(outer main)" 15
		finish
		same "'$flag' status" "$status:$output" 0:
		same "'$flag' signals" "$(count 'main sig 10')" 0
	done
	no_faults
}

# is_user PID USER: does its first child run as USER?
is_user() {
	first_child "$1" && has_line "/proc/$CHILD/status" "^Uid:.$2"
}

# --- reaping -----------------------------------------------------------

@test "reaper: runs 5000 fast commands, each with its status" {
	echo 'int main(void) { return 0; }' | cc -x c -static -o quick -
	WAIT_LIMIT=600 try_ns sh -c 'i=0; while [ $i -lt 5000 ]; do
		$REAPER ./quick || exit 1; i=$((i+1)); done; exec $REAPER sh -c "exit 7"'
	[ "$status" -eq 7 ]
	[ -z "$output" ]
}

@test "reaper: reaps everything that becomes its child, however many end at once" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" sh -c '$A --orphans 300; $A --orphans 300; exec $A main'
		logged "main ready"
		WAIT_LIMIT=20 wait_until no_zombies || same $mode "$(zombies) zombies" none
		kill -TERM "$R"
		finish
		same $mode "$status" 0
	done
	no_faults
}

@test "reaper: reaps orphans while it drains" {
	begin pid1 "$REAPER" "$A" main -k '$A kid -o 15:run="\$A --orphans 100; \$A last -o 10:exit=0"'
	logged "main ready"
	logged "kid ready"
	kill -TERM "$R"
	logged "last ready"
	wait_until no_zombies
	send "$(outer last)" 10
	finish
	[ "$status" -eq 0 ]
}

@test "reaper: signals that wait do not keep it from reaping" {
	# Those to its thread are taken before any to its process, as SIGCHLD is.
	begin pid1 "$REAPER" -vv -w "$A" main
	logged "main ready"
	kill -STOP "$R"
	wait_until in_state "$R" T
	enter "$A" --orphans 1
	wait_until one_zombie
	enter "$A" --pelt 1 45 100
	kill -CONT "$R"
	wait_until seen 100 "main sig 45"
	kill -TERM "$R"
	finish
	[ "$status" -eq 0 ]
	said=$(grep -n -m1 'reaped adopted' <<<"$output")
	last=$(grep -n 'received SIGRT' <<<"$output" | tail -n 1)
	echo "$output"
	[ "${said%%:*}" -lt "${last%%:*}" ]
}

@test "reaper: a child that asks to be traced does not confuse it" {
	for mode in $BOTH; do
		for how in winch stop exec; do
			[ $how = stop ] && continue # see the next test
			begin $mode "$REAPER" "$A" --traceme $how
			finish
			same "$mode, $how" "$status" 9
		done
	done
	no_faults
}

@test "reaper: a TERM for a child that asked to be traced reaches it" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" "$A" --traceme term
		logged "traced ready"
		kill -TERM "$R"
		finish
		same $mode "$status" 7
	done
	no_faults
}

@test "reaper: does not wake up when nothing happens" {
	begin pid1 "$REAPER" "$A" main
	logged "main ready"
	wait_until sleeps_on "$R"
}

@test "reaper: -w says a line for each adopted process that it reaps, and no other" {
	for mode in $BOTH; do
		again
		begin $mode "$REAPER" -w sh -c '$A --orphans 3; exec $A main -k "\$A daemon -d"'
		logged "main ready"
		logged "daemon ready"
		logged "main reaped" # who started the daemon, else adopted, too
		kill -TERM "$R"
		finish
		same "$mode" "$status" 0
		# 3 orphans, the daemon and its go-between
		n=$(printf '%s\n' "$output" | grep -c '^reaper: ')
		[ "$n" -ge 4 ] && [ "$n" -le 5 ] || same "$mode" "$n lines: $output" "4 or 5 lines"
		printf '%s\n' "$output" | grep -qw "$(sed -n 's/^daemon ready //p' "$LOG")" ||
			same "$mode" "$output" "the daemon's PID"
	done
	try "$REAPER" -w sh -c 'true; sh -c true; exit 0'
	same "nothing adopted" "$output" ""
	no_faults
}

@test "reaper: -v counts the adopted processes in the end, one or more" {
	try "$REAPER" -v sh -c '(true &); exit 0'
	same "one" "$(grep -c 'reaped 1 adopted process$' <<<"$output")" 1
	try "$REAPER" -v sh -c '(true &); (true &); exit 0'
	same "two" "$(grep -c 'reaped 2 adopted processes$' <<<"$output")" 1
}

# --- no /proc, a wrong /proc ------------------------------------------

# as sh -c: runs its arguments in a namespace whose /proc is empty
without_proc='mount -t tmpfs none /proc && exec "$@"'

# The sanitizers want a /proc, too, and say so.
# bats test_tags=unsanitized
@test "reaper: works without /proc: statuses" {
	for code in 0 42 127 126; do
		for flag in "" -g -a; do
			try_ns sh -c "$without_proc" sh "$REAPER" $flag sh -c "exit $code"
			same "PID 1 '$flag'" "$status:$output" "$code:"
			try_ns sh -c "mount -t tmpfs none /proc; "'"$@"; exit $?' sh "$REAPER" $flag sh -c "exit $code"
			same "child '$flag'" "$status:$output" "$code:"
		done
	done
	no_faults
}

# The sanitizers want a /proc, too, and say so.
# bats test_tags=unsanitized
@test "reaper: works without /proc: descendants are told and waited for (PID 1)" {
	for flag in "" -g -a; do
		again
		begin pid1 sh -c "$without_proc" sh "$REAPER" $flag "$A" main -o 15:exit=5 \
			-k '$A kid' -k '$A daemon -d -o 15:wait=go'
		for who in main kid daemon; do
			logged "$who ready"
		done
		kill -TERM "$R"
		logged "daemon sig 15"
		touch go
		finish
		same "'$flag'" "$status:$output" 5:
		same "'$flag' kid" "$(count 'kid end 0')" 1
		same "'$flag' daemon" "$(count 'daemon end 0')" 1
	done
	no_faults
}

@test "reaper: works without /proc: --grace and --kill-after end all (PID 1)" {
	for how in "-G 300ms:10" "-G inf -k 300ms:15"; do
		again
		begin pid1 sh -c "$without_proc" sh "$REAPER" ${how%:*} "$A" main -o 10:exit=5 \
			-k '$A kid -s -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "main end"
		[ "${how#*:}" = 10 ] || kill -TERM "$R"
		finish
		same "$how" "$status" 5
	done
	no_faults
}

@test "reaper: works without /proc as a plain child: the stop is forwarded, the end comes" {
	for flag in "" -g -a; do
		again
		begin sub sh -c "$without_proc" sh "$REAPER" $flag "$A" main -o 15:exit=5
		logged "main ready"
		kill -TERM "$R"
		finish
		same "'$flag'" "$status:$(count 'main sig 15')" 5:1
	done
	no_faults
}

@test "reaper: works without /proc and with descriptors above 2: they are closed in us" {
	: >file
	begin pid1 bash -c 'mount -t tmpfs none /proc; exec 9<file 900<file; exec "$@"' bash "$REAPER" "$A" main
	logged "main ready"
	wait_until has_no_file "$R" file
}

# A /proc of another PID namespace: the numbers in it mean other processes.
# Out there 50 is a process with the child 60; in here 50 is reaper, and 60 a
# bystander that is nobody's descendant.
@test "reaper: with a foreign /proc it signals no wrong process (not PID 1)" {
	for case in "|-G 300ms|10" "-g|-k 10s|15" "-a|-k 10s|15"; do
		IFS='|' read -r flag how sig <<<"$case"
		again
		cat >inside <<-END
			echo 59 >/proc/sys/kernel/ns_last_pid
			\$A bystander &
			echo 49 >/proc/sys/kernel/ns_last_pid
			\$REAPER $flag $how \$A main -o 15:exit=5 -o 10:exit=5 -k '\$A kid' &
			wait \$!
			echo \$? >status
			exec \$A after
		END
		cat >outside <<-'END'
			rm -f placed
			echo 49 >/proc/sys/kernel/ns_last_pid
			sh -c 'echo 59 >/proc/sys/kernel/ns_last_pid; $A far & : >placed; $A near' &
			until [ -e placed ]; do :; done # a fork here would take a number
			while ! grep -q '^far ready 60' $LOG || ! grep -q 'near ready' $LOG; do sleep 0.01; done
			unshare --pid --fork --kill-child sh inside; exit $?
		END
		begin pid1 sh outside
		logged "main ready"
		logged "bystander ready 60"
		logged "kid ready"
		R=$(parent_of "$(find_actor main)")
		kill "-$sig" "$R"
		logged "main end"
		logged "after ready"
		same "'$flag' $how status" "$(cat status)" 5
		for who in bystander near far; do
			same "'$flag' $how $who" "$(count "$who sig")" 0
			find_actor $who >/dev/null || same "'$flag' $how $who" killed alive
		done
		quit_now
	done
	no_faults
}

@test "reaper: with a foreign /proc PID 1 still tells and waits for all" {
	for flag in "" -g -a; do
		again
		begin pid1 sh -c 'unshare --pid --fork --kill-child "$@"; exit $?' sh "$REAPER" $flag "$A" main -o 15:exit=5 -k '$A kid -s -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		R=$(parent_of "$(find_actor main)")
		kill -TERM "$R"
		logged "kid sig 15"
		touch go
		finish
		same "'$flag'" "$status:$(count 'kid end 0')" 5:1
	done
	no_faults
}

# --- stderr ------------------------------------------------------------

@test "reaper: a full, closed or blocked stderr neither stalls nor kills it" {
	for how in full closed tty tty-1 tty-5 tty-20 tty-60 socket; do
		again
		begin pid1 "$A" --stderr $how "$REAPER" -vv -w sh -c \
			'$A --orphans 20; exec $A main -o 15:exit=5'
		logged "main ready"
		R=$(parent_of "$(outer main)")
		kill -USR1 "$R"
		logged "main sig 10" || same "$how" stalled forwarded
		kill -TERM "$R"
		if wait_until is_gone "$NS_PID"; then
			finish
			same "$how" "$status:$(grep -v '^pid' out)" 5:
		else
			same "$how" stalled ended
			quit_now
		fi
	done
	no_faults
}

@test "reaper: messages go out one line each, also when many come" {
	try "$REAPER" -vv -w sh -c '$A --orphans 50; exit 3'
	[ "$status" -eq 3 ]
	printf '%s\n' "$output" | while read -r line; do
		[[ $line == "reaper: "* ]] || {
			echo "bad line: $line"
			false
		}
	done
}

@test "reaper: O_NONBLOCK is never set on a shared stderr" {
	for how in full tty socket; do
		try_ns "$A" --stderr $how "$REAPER" -vv sh -c 'sleep 0.1; exit 3'
		same "$how" "$status:$(printf '%s\n' "$output" | grep -v '^pid')" 3:
	done
	no_faults
}

@test "reaper: control bytes of process names appear as \\xNN" {
	for how in "-G 300ms:10" "-G inf -k 300ms:15"; do
		again
		odd=$'b\e[1m\nd\tx\177'
		export odd
		begin pid1 "$REAPER" ${how%:*} bash -c \
			'exec -a $'\''z\e\nq'\'' $A kid -s -n "$odd" -o 15:stay & exec $A main -o 10:exit=5'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "main end"
		[ "${how#*:}" = 10 ] || kill -TERM "$R"
		finish
		same "$how" "$status" 5
		[[ $output == *'\x1b'* || $output == *'\x1B'* ]] || same "$how" "$output" '\x1b'
		[[ $output == *'\x0a'* || $output == *'\x0A'* ]] || same "$how" "$output" '\x0a'
		[[ $output == *$'\e'* || $output == *$'\177'* || $output == *$'\t'* ]] && same "$how" "$output" "no control bytes"
		for line in "${lines[@]}"; do
			[[ $line == "reaper: "* ]] || same "$how" "$line" "reaper: ..."
		done
	done
	no_faults
}

@test "reaper: control bytes of a command that is not found appear as \\xNN" {
	try "$REAPER" $'no\e\nsuch'
	[ "$status" -eq 127 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == 'reaper: no\x1'[bB]'\x0'[aA]'such: '* ]]
}

@test "reaper: a drain of over 5 s says once whom it waits for" {
	begin pid1 "$REAPER" "$A" main -k '$A kid -n slowpoke -o 15:wait=go'
	logged "main ready"
	logged "kid ready"
	kill -TERM "$R"
	pid=$(sed -n "s/^kid ready //p" "$LOG")
	wait_until has_line "$OUT" "$pid"
	touch go
	finish
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "$output" | grep -c "^reaper: .*$pid")" -eq 1 ]
	[[ $output == *slowpoke* || $output == *actor* ]]
}

# taken PID: it has no signal in its queue.
taken() {
	grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$1/status"
}

@test "reaper: once its command has ended a signal goes to nobody, our group neither" {
	for mode in pid1 sub; do
		again
		begin $mode "$REAPER" "$A" main -o 10:exit=5 -k '$A kid -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "kid sig 15"
		for sig in 3 10 12 14 28 34 64; do
			send "$R" "$sig"
		done
		wait_until taken "$R"
		touch go
		finish
		same "$mode" "$status:$(count 'kid sig')" 5:1
	done
	no_faults
}

# --- the rest of the options ------------------------------------------

@test "reaper: --parent-death is sent when its parent dies, and forwarded" {
	for sig in 15:TERM 10:USR1 34:RTMIN; do
		again
		begin sub sh -c '$A parent -o 10:die -k "$REAPER -p '"${sig#*:}"' \$A main -o '"${sig%:*}"':exit=0"; exec $A after'
		logged "main ready"
		logged "parent ready"
		send "$(outer parent)" 9
		logged "main sig ${sig%:*}" || same "$sig" missing sent
		quit_now
	done
	no_faults
}

@test "reaper: --parent-death KILL ends it" {
	begin sub sh -c '$A parent -k "$REAPER -p KILL \$A main"; exec $A after'
	logged "main ready"
	logged "parent ready"
	R=$(parent_of "$(outer main)")
	send "$(outer parent)" 9
	wait_until is_gone "$R"
}

@test "reaper: --parent-death works when the parent dies while we ask for it" {
	[ "$(uname -m)" = x86_64 ] || skip "the helper knows x86_64 registers only"
	again
	OUT=$BATS_TEST_TMPDIR/out
	start "$A" --parent-dies "$REAPER" -p TERM "$A" main -o 15:exit=5
	wait_until is_gone "$PID" || {
		send "$(sed -n 's/^main ready //p' "$LOG")" 9
		false
	}
	finish
	echo "$status $output"
	[[ $output != *"never asked"* ]]
	# 143: told before the command could handle it
	[ "$status" -eq 5 ] || [ "$status" -eq 143 ]
}

@test "reaper: --pause ends with 0 on TERM or INT" {
	for mode in $BOTH; do
		for sig in TERM INT; do
			begin $mode "$REAPER" --pause
			wait_until idle "$R"
			kill -$sig "$R"
			finish
			same "$mode $sig" "$status:$output" 0:
		done
	done
	no_faults
}

@test "reaper: --pause ignores all other signals" {
	for mode in $BOTH; do
		begin $mode "$REAPER" -P
		wait_until idle "$R"
		for sig in 1 {3..8} {10..14} 16 17 18 {20..64}; do
			send "$R" $sig
		done
		wait_until none_pending
		is_gone "$R" && same $mode ended alive
		kill -TERM "$R"
		finish
		same $mode "$status:$output" 0:
	done
	no_faults
}

none_pending() {
	! grep -q '^S[ih][gd]Pnd:.*[1-9a-f]' "/proc/$R/status"
}

@test "reaper: --pause reaps what becomes its child, and sits in /" {
	begin pid1 "$REAPER" -P
	wait_until idle "$R"
	wait_until sits_in_root "$R"
	enter "$A" --orphans 50
	wait_until no_zombies
	kill -INT "$R"
	finish
	[ "$status" -eq 0 ]
}

@test "reaper: --pause with a command is a usage error" {
	try "$REAPER" --pause true
	[ "$status" -eq 125 ]
	[ "${#lines[@]}" -eq 2 ]
	try "$REAPER" -P -- true
	[ "$status" -eq 125 ]
}

@test "reaper: -v says what is done, -vv every signal and reap; no option says nothing" {
	begin pid1 "$REAPER" -vv "$A" main
	logged "main ready"
	kill -USR1 "$R"
	logged "main sig 10"
	kill -TERM "$R"
	finish
	[[ $output == *USR1* || $output == *10* ]]
	[[ $output == *TERM* || $output == *15* ]]
	two=${#output}
	again
	begin pid1 "$REAPER" -v "$A" main
	logged "main ready"
	kill -TERM "$R"
	finish
	[ -n "$output" ]
	[ ${#output} -lt "$two" ]
	# what was done, one line each, and whom it met
	again
	begin pid1 "$REAPER" -v "$A" main -o 15:exit=3 -k '$A daemon -d'
	logged "main ready"
	logged "daemon ready"
	send "$R" 10
	logged "main sig 10"
	send "$R" 15
	finish
	same "-v" "$(sed '/adopted/d; s/^reaper: //; s/[0-9][0-9]* (.*daemon -d)/N (daemon)/; s/process [0-9]*/process N/' <<<"$output")" \
		"$(printf '%s\n' "started $A as process N" \
			"received SIGTERM, forwarded SIGTERM" \
			"reaped main process N: exited with status 3" \
			"sent SIGTERM to N (daemon)")"
	no_faults
}

@test "reaper: works as any user, read-only, without capabilities and /dev, no_new_privs" {
	need_root "dropping rights"
	open_up
	begin pid1 unshare --mount sh -c 'mount -t tmpfs none /dev; exec setpriv --reuid 65534 --regid 65534 \
		--clear-groups --bounding-set -all --inh-caps -all --no-new-privs "$@"' sh \
		"$REAPER" "$A" main -o 15:exit=4 -k '$A daemon -d'
	logged "main ready"
	logged "daemon ready"
	kill -TERM "$R"
	finish
	[ "$status" -eq 4 ]
	[ "$(count 'daemon end 0')" -eq 1 ]
}

@test "reaper: blocks signals within its first instructions" {
	# As PID 1 the kernel drops default-action signals until then; nothing
	# can be earlier than that, so it has to be early: about 1,300.
	[ "$(uname -m)" = x86_64 ] || skip "the helper knows x86_64 registers only"
	readelf -lW "$INITBOX" | grep -q INTERP &&
		skip "the dynamic linker's instructions are not ours"
	cc -O1 -o "$BATS_TEST_TMPDIR/steps" "$BATS_TEST_DIRNAME/helpers/steps.c"
	run "$BATS_TEST_TMPDIR/steps" "$REAPER" true
	echo "# instructions before the mask: $output" >&3
	[ "$status" -eq 0 ]
	[ "$output" -le 2500 ]
}
