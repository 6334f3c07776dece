#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy (sigproxy(8)): its options. Scope shell has shell.bats; the name
# dumb-init dumb_init.bats. What it shares with reaper is tested for both where
# it is cheap, else in reaper.bats.

load ../helper
load reaper_helper

BOTH="pid1 sub"

setup() {
	actor_setup
	PROXY=$(applet sigproxy)
	export PROXY
}

@test "sigproxy: exit statuses are the command's, 128+N, 127, 126" {
	echo 'exit 3' >plain
	for flag in "" "-s child" "-s group" "-s all" "-s session" "-s shell" -c \
		--single-child; do
		for code in 0 1 42 255; do
			try "$PROXY" $flag sh -c "exit $code"
			same "'$flag' $code" "$status:$output" "$code:"
		done
		for sig in 1 6 9 15 34 64; do
			try "$PROXY" $flag "$A" --die $sig
			same "'$flag' signal $sig" "$status" $((128 + sig))
		done
		try "$PROXY" $flag no-such-command
		same "'$flag' not found" "$status:${#lines[@]}" 127:1
		try "$PROXY" $flag ./plain
		same "'$flag' not executable" "$status:${#lines[@]}" 126:1
	done
	no_faults
}

@test "sigproxy: scope child tells the child, group its group, all everyone" {
	for mode in $BOTH; do
		for case in ":main" "-c:main" "--scope child:main" "-s group:main kid" \
			"-s all:main kid loner" "-s session:main kid" "-s shell:main"; do
			again
			begin $mode "$PROXY" ${case%:*} "$A" main -k '$A kid' -k '$A loner -s'
			for who in main kid loner; do
				logged "$who ready"
			done
			for sig in 1 10 34 64; do
				send "$R" $sig
			done
			for who in ${case#*:}; do
				logged "$who sig 64" || same "$mode ${case%:*} $who" untold told
			done
			send "$R" 12
			for who in main kid loner; do
				n=0
				[[ " ${case#*:} " == *" $who "* ]] && n=5
				[ $n = 0 ] || logged "$who sig 12" || true
				same "$mode '${case%:*}' $who" "$(count "$who sig")" $n
			done
			kill -TERM "$R"
			finish
			same "$mode '${case%:*}'" "$status:$(count '[a-z]* sig 15')" 0:3
		done
	done
	no_faults
}

@test "sigproxy: INITBOX_SCOPE chooses the scope; the command line wins" {
	for case in "child::main" "group::main kid" "all::main kid loner" \
		"all:-s child:main" "child:-s group:main kid" "all:-c:main" \
		"session::main kid" "shell::main" "all:-s session:main kid"; do
		IFS=: read -r variable flag who <<<"$case"
		again
		begin sub env INITBOX_SCOPE=$variable "$PROXY" $flag "$A" main \
			-o 10:stay -k '$A kid' -k '$A loner -s'
		for name in main kid loner; do
			logged "$name ready"
		done
		send "$R" 10
		for name in $who; do
			logged "$name sig 10" || same "$case" untold told
		done
		kill -TERM "$R"
		finish
		same "$case" "$status:$(count '[a-z]* sig 10')" "0:$(wc -w <<<"$who")"
	done
	no_faults
}

@test "sigproxy: an unknown scope is a usage error" {
	for scope in "" nobody Child childs 0 "child,group"; do
		try "$PROXY" -s "$scope" true
		same "$scope" "$status:${#lines[@]}" 125:2
	done
	INITBOX_SCOPE=nobody try "$PROXY" true
	same variable "$status:${lines[0]%%: not*}" 125:"sigproxy: INITBOX_SCOPE=nobody"
	no_faults
}

# map OPTIONS SENT SEEN: the child gets SEEN (0: nothing) for SENT
@test "sigproxy: --map sends TO instead of FROM, by names and numbers, repeatedly" {
	while read -r options sent seen; do
		again
		begin pid1 "$PROXY" ${options//_/ } "$A" main -o 15:stay -o 12:exit=0
		logged "main ready"
		send "$R" "$sent"
		send "$R" 64 # a fence: it comes after all others
		logged "main sig 64"
		got=$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | grep -v '^64$' || true)
		same "$options, $sent" "$got" "${seen#0}"
		quit_now
	done <<-'END'
		-m_HUP:USR1 1 10
		--map_HUP:USR1 1 10
		-r_hup:sigusr1 1 10
		--rewrite_1:10 1 10
		-m_TERM:QUIT 15 3
		-m_15:3_-m_2:1 15 3
		-m_15:3_-m_2:1 2 1
		-m_15:3_-m_2:1 10 10
		-m_USR1:0 10 0
		-m_HUP:0_-m_USR1:RTMIN+3 1 0
		-m_RTMAX-1:HUP 63 1
		-m_PWR:PWR 30 30
		-m_37:37 37 37
		-m_RTMIN+3:INT 37 2
		-m_PWR:0 30 0
		-m_TERM:0 15 0
		-m_HUP:USR1_-m_USR1:HUP 1 10
		-m_HUP:USR1_-m_USR1:HUP 10 1
		-m_WINCH:34 28 34
		-m_32:33 32 33
	END
	no_faults
}

@test "sigproxy: INITBOX_MAP is a comma list of maps" {
	begin pid1 env INITBOX_MAP=HUP:USR1,USR1:0,TERM:INT "$PROXY" "$A" main -o 2:exit=3
	logged "main ready"
	send "$R" 10 # dropped
	send "$R" 1
	logged "main sig 10" # before the lower number that ends it
	send "$R" 15
	finish
	[ "$status" -eq 3 ]
	[ "$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | sort -n | paste -sd,)" = 2,10 ]
}

@test "sigproxy: a stop request is judged on the signal received, before --map" {
	# with --grace 0 only a stop request makes it wait for the kid
	for mode in $BOTH; do
		again
		begin $mode "$PROXY" -G 0 -m TERM:QUIT "$A" main -o 3:exit=5 -k '$A kid -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		logged "kid sig 15"
		touch go
		finish
		same "$mode TERM:QUIT" "$status:$(count 'kid end 0'):$(count 'main sig 15')" 5:1:0
		again
		begin $mode "$PROXY" -G 0 -m HUP:TERM "$A" main -o 15:exit=5 -k '$A kid -o 15:wait=never'
		logged "main ready"
		logged "kid ready"
		kill -HUP "$R"
		finish
		same "$mode HUP:TERM is none" "$status" 5
	done
	no_faults
}

@test "sigproxy: a signal mapped to 0 is no stop request" {
	for mode in $BOTH; do
		for sig in TERM:15 INT:2 PWR:30 37:37; do
			again
			begin $mode "$PROXY" -k 0 -G 0 -m "${sig%:*}:0" "$A" main -o 10:exit=5
			logged "main ready"
			send "$R" "${sig#*:}"
			send "$R" 10
			finish
			same "$mode $sig" "$status" 5
		done
	done
	no_faults
}

@test "sigproxy: bad maps are usage errors" {
	for map in "" : TERM TERM: :TERM TERM:FOO FOO:TERM 0:TERM 65:1 1:65 TERM:-1 \
		TERM:INT:QUIT "TERM INT" KILL:TERM STOP:TERM 1:2x; do
		try "$PROXY" -m "$map" touch started
		same "'$map'" "$status:${#lines[@]}" 125:2
		try env "INITBOX_MAP=$map" "$PROXY" touch started
		[ -z "$map" ] || same "INITBOX_MAP='$map'" "$status:${#lines[@]}" 125:2
	done
	[ ! -e started ]
	no_faults
}

@test "sigproxy: --kill-after, --grace, --stop-signal and --expect work as reaper's" {
	for limit in $LIMITS; do
		again
		begin pid1 "$PROXY" -k $limit "$A" main -o 15:exit=5 -k '$A kid -s -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		finish
		[ "$(count 'kid sig')" -eq 0 ] || break
	done
	same kill-after "$status:$(count 'kid sig 15')" 5:1
	for limit in $LIMITS; do
		again
		begin pid1 "$PROXY" -G $limit "$A" main -o 10:exit=5 -k '$A kid -s -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		finish
		[ "$(count 'kid sig')" -eq 0 ] || break
	done
	same grace "$status:$(count 'kid sig 15')" 5:1
	again
	begin pid1 "$PROXY" -G 0 --stop-signal QUIT -e 5 "$A" main -o 3:exit=5 -k '$A kid -o 15:wait=go'
	logged "main ready"
	logged "kid ready"
	kill -QUIT "$R"
	logged "kid sig 15"
	touch go
	finish
	same "stop-signal, expect" "$status:$(count 'kid end 0')" 0:1
	no_faults
}

@test "sigproxy: every descendant is told once and waited for after a stop request" {
	for mode in $BOTH; do
		for scope in child group all session shell; do
			again
			begin $mode "$PROXY" -s $scope "$A" main -o 15:exit=6 \
				-k '$A kid -o 15:wait=go' -k '$A loner -s -o 15:wait=go' \
				-k '$A daemon -d -o 15:wait=go'
			for who in main kid loner daemon; do
				logged "$who ready"
			done
			kill -TERM "$R"
			for who in kid loner daemon; do
				logged "$who sig 15" || same "$mode $scope $who" untold told
			done
			touch go
			finish
			same "$mode $scope" "$status:$(count '[a-z]* sig 15')" 6:4
		done
	done
	no_faults
}

@test "sigproxy: an interpreter line works; the script's arguments are never options" {
	printf '#!%s /bin/sh\necho "$# $*"\nexit 7\n' "$PROXY" >script
	chmod +x script
	try ./script a b
	same "arguments" "$status:$output" "7:2 a b"
	for args in -h --version "-s all" "-m HUP:0" -- "-- -h" "-G 5" --bogus; do
		try ./script $args
		same "$args" "$status:$output" "7:$(wc -w <<<"$args") $args"
	done
	try ./script
	same "no arguments" "$status:$output" "7:0 "
	no_faults
}

@test "sigproxy: an interpreter line without a shell is an error, not a fork bomb" {
	need_root "setpriv"
	open_up
	cp "$REAPER" supervisor
	for name in sigproxy reaper dumb-init tini; do
		ln -sf "$PWD/supervisor" "$name"
		printf '#!%s\necho not here\n' "$PWD/$name" >script
		chmod 755 script
		status=0
		# 40 processes: should it be one all the same
		setpriv --reuid 54321 --regid 54321 --clear-groups bash -c 'ulimit -u 40; exec ./script a' >out 2>&1 || status=$?
		case $name in tini | dumb-init) wanted=1 ;; *) wanted=125 ;; esac
		same $name "$status" $wanted
		same "$name says" "$(head -n 1 out)" "$name: $PWD/script: its first line needs a shell behind our name"
	done
	# the same path, but the program itself: that is no circle
	try "$PWD/reaper" "$PWD/reaper" sh -c 'exit 3'
	same nested "$status" 3
	no_faults
}

@test "sigproxy: an interpreter line with a path that has no directory before it works" {
	printf '#!%s /bin/sh\ntrap "exit 9" TERM\n$A kid & while :; do wait; done\n' "$PROXY" >script
	chmod +x script
	begin pid1 ./script
	logged "kid ready"
	kill -TERM "$R"
	finish
	[ "$status" -eq 9 ]
	[ "$(count 'kid sig 15')" -eq 1 ]
	[ "$(count 'kid end 0')" -eq 1 ]
}

@test "sigproxy: no TERM is lost at start-up, in any scope" {
	for scope in child group all session shell; do
		for where in $BOTH; do
			try_ns "$A" --race 15 $where "$PROXY" -s $scope sleep 1000
			same "$scope $where" "$output" $'status 143: 15\nhung 0'
		done
	done
	no_faults
}

@test "sigproxy: removes its own variables from the command's environment only" {
	try env INITBOX_SCOPE=child INITBOX_MAP=HUP:0 INITBOX_GRACE=1 INITBOX_DELAY=1 INITBOX_ON_STOP=true INITBOX_SERVICE_HOST=x \
		INITBOX_PORT=y INITBOX_WARN_REAPED=z INITBOX_PARENT_DEATH=w \
		"$PROXY" sh -c 'env | grep ^INITBOX_ | sort | paste -sd" "'
	[ "$status" -eq 0 ]
	[ "$output" = "INITBOX_PARENT_DEATH=w INITBOX_PORT=y INITBOX_SERVICE_HOST=x INITBOX_WARN_REAPED=z" ]
}

# --- --delay ------------------------------------------------------------------

# fenced: all that was sent to $R before has been dealt with. 34 comes after the
# stop requests in a queue, and main logs what it gets in their order.
fenced() {
	local n

	n=$(count 'main sig 34')
	send "$R" 34
	wait_until seen $((n + 1)) 'main sig 34'
}

@test "sigproxy: --delay holds a stop request back, other signals pass, then it is forwarded once" {
	for scope in shell child group all session; do
		for mode in $BOTH; do
			for limit in $LIMITS; do
				again
				begin $mode "$PROXY" -s $scope --delay $limit "$A" main -o 15:exit=5
				logged "main ready"
				kill -TERM "$R"
				kill -HUP "$R" || :
				send "$R" 34 || :
				finish
				counts "main sig 1 " "main sig 34"
				[[ $COUNTS == *0* ]] || break
			done
			same "$mode $scope" "$status:$(count 'main sig 15')" 5:1
			same "$mode $scope" "$(before 'main sig 34' 'main sig 15' && before 'main sig 1 ' 'main sig 15' && echo yes)" yes
		done
	done
	no_faults
}

@test "sigproxy: --delay holds every kind of stop request, as it is mapped" {
	while read -r options sent seen; do
		again
		begin pid1 "$PROXY" -d 1h ${options//_/ } "$A" main -o "$seen:exit=5"
		logged "main ready"
		send "$R" "$sent"
		fenced
		same "$options $sent, held" "$(count "main sig $seen ")" 0
		send "$R" "$sent"
		logged "main end 5" || same "$options $sent" held released
		finish
		same "$options $sent" "$status" 5
	done <<-'END'
		-v 15 15
		-v 2 2
		-v 30 15
		-v 37 15
		--stop-signal_QUIT 3 3
		--stop-signal_HUP_-m_HUP:USR2 1 12
		-m_TERM:QUIT 15 3
	END
	no_faults
}

@test "sigproxy: a second stop request ends the holding of --delay" {
	for scope in shell child group all session; do
		for delay in 1h inf; do
			again
			begin pid1 "$PROXY" -s $scope -d $delay "$A" main -o 15:exit=5
			logged "main ready"
			kill -TERM "$R"
			fenced
			same "$scope $delay, held" "$(count 'main sig 15')" 0
			kill -TERM "$R"
			finish
			same "$scope $delay" "$status" 5
		done
	done
	no_faults
}

@test "sigproxy: --delay 0 holds nothing back; an ordinary HUP or QUIT is never held" {
	begin pid1 "$PROXY" -d 0 "$A" main -o 15:exit=5
	logged "main ready"
	kill -TERM "$R"
	finish
	same "0" "$status:$(count 'main sig 15')" 5:1
	for sig in 1 3 10; do
		again
		begin pid1 "$PROXY" -d 1h "$A" main -o $sig:exit=6
		logged "main ready"
		send "$R" $sig
		finish
		same "$sig" "$status" 6
	done
	no_faults
}

@test "sigproxy: -v says that a stop is held back, and only then" {
	for options in "" "-d 0" "-d 1ms" "-o true"; do
		again
		begin pid1 "$PROXY" -v $options "$A" main -o 15:exit=5
		logged "main ready"
		kill -TERM "$R"
		finish
		wanted=0
		case $options in *1ms | *true) wanted=1 ;; esac
		same "'$options'" "$status:$(grep -c 'held back' <<<"$output")" 5:$wanted
	done
	no_faults
}

@test "sigproxy: --kill-after counts from the first request, held back or not" {
	for mode in $BOTH; do
		for hold in "-d 1h" "-d inf" "-o sleep_1000" "-d 1h -o sleep_1000"; do
			again
			eval "words=(${hold//sleep_1000/\"sleep 1000\"})"
			begin $mode "$PROXY" -k 500ms "${words[@]}" "$A" main
			logged "main ready"
			kill -TERM "$R"
			finish
			same "$mode $hold" "$status:$(count 'main sig 15')" 137:0
		done
	done
	no_faults
}

@test "sigproxy: a command that ends while the request is held is not waited for any longer" {
	for mode in $BOTH; do
		again
		begin $mode "$PROXY" -d 1h "$A" main -o 10:exit=6 -k '$A kid -s -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		fenced
		send "$R" 10
		logged "kid sig 15"
		touch go
		finish
		same $mode "$status:$(count 'main sig 15'):$(count 'kid sig 15'):$(count 'kid end 0')" 6:0:1:1
	done
	no_faults
}

# --- --on-stop -----------------------------------------------------------------

@test "sigproxy: --on-stop runs at the first stop request; its end lets the request go on" {
	for scope in shell child group all session; do
		for mode in $BOTH; do
			again
			begin $mode "$PROXY" -s $scope --on-stop 'exec $A hook -o 10:exit=0' \
				"$A" main -o 15:exit=5
			logged "main ready"
			same "$mode $scope, before" "$(count hook)" 0
			kill -TERM "$R"
			logged "hook ready"
			fenced
			send "$R" 1
			logged "main sig 1 "
			same "$mode $scope, held" "$(count 'main sig 15'):$(count 'hook sig 15')" 0:0
			send "$(outer hook)" 10
			finish
			same "$mode $scope" "$status:$(count 'main sig 15'):$(count 'hook ready')" 5:1:1
			same "$mode $scope" "$(before 'hook end' 'main sig 15' && echo yes)" yes
		done
	done
	no_faults
}

@test "sigproxy: --on-stop runs once, however many stop requests there are" {
	begin pid1 "$PROXY" -o 'echo "hook ran" >>"$LOG"' "$A" main -o 15:stay -o 10:exit=5
	logged "main ready"
	for n in 1 2 3; do
		kill -TERM "$R"
		wait_until seen $n 'main sig 15'
	done
	send "$R" 2
	logged "main sig 2"
	send "$R" 10
	finish
	[ "$status" -eq 5 ]
	[ "$(count 'hook ran')" -eq 1 ]
}

@test "sigproxy: an --on-stop that fails, is missing or is killed lets the request go on" {
	for command in 'exit 3' no-such-command ./no/such/file 'kill -KILL $$' 'kill -TERM $$' '' ')' true; do
		again
		begin pid1 "$PROXY" -o "$command" "$A" main -o 15:exit=5
		logged "main ready"
		kill -TERM "$R"
		finish
		same "'$command'" "$status:$(count 'main sig 15')" 5:1
	done
	no_faults
}

@test "sigproxy: --on-stop without a /bin/sh lets the request go on" {
	need_root "to hide it"
	begin pid1 bash -c 'mount --bind /dev/null /bin/sh && exec "$PROXY" -o true "$A" main -o 15:exit=5'
	logged "main ready"
	kill -TERM "$R"
	finish
	[ "$status" -eq 5 ]
	[ "$(count 'main sig 15')" -eq 1 ]
}

@test "sigproxy: --on-stop is not run without a stop request" {
	for mode in $BOTH; do
		again
		begin $mode "$PROXY" -o 'echo "hook ran" >>"$LOG"' "$A" main -o 10:exit=6 -k '$A kid'
		logged "main ready"
		logged "kid ready"
		kill -HUP "$R"
		logged "main sig 1 "
		kill -USR1 "$R"
		finish
		same $mode "$status:$(count 'hook ran'):$(count 'kid end 0')" 6:0:1
	done
	no_faults
}

@test "sigproxy: --on-stop may take longer than the command lives, and is not told" {
	for mode in $BOTH; do
		for scope in shell all; do
			again
			begin $mode "$PROXY" -s $scope -o 'exec $A hook -o 10:exit=0' "$A" main \
				-o 12:exit=6 -k '$A kid -o 15:exit=0'
			logged "main ready"
			logged "kid ready"
			kill -TERM "$R"
			logged "hook ready"
			send "$(outer main)" 12
			logged "kid end 0"
			send "$(outer hook)" 10
			finish
			same "$mode $scope" "$status:$(count 'hook sig 15'):$(count 'hook end 0')" 6:0:1
		done
	done
	no_faults
}

@test "sigproxy: --on-stop and --delay: both must be over" {
	begin pid1 "$PROXY" -d 1h -o 'echo "hook ran" >>"$LOG"' "$A" main -o 15:exit=5
	logged "main ready"
	kill -TERM "$R"
	logged "hook ran"
	fenced
	same "the delay goes on" "$(count 'main sig 15')" 0
	kill -TERM "$R"
	finish
	same "second request" "$status" 5
	again
	begin pid1 "$PROXY" -d 1ms -o 'exec $A hook -o 10:exit=0' "$A" main -o 15:exit=5
	logged "main ready"
	kill -TERM "$R"
	logged "hook ready"
	fenced
	same "the command goes on" "$(count 'main sig 15')" 0
	send "$(outer hook)" 10
	finish
	same "hook" "$status:$(count 'main sig 15')" 5:1
	no_faults
}

@test "sigproxy: INITBOX_DELAY and INITBOX_ON_STOP are the options" {
	begin pid1 env INITBOX_ON_STOP='echo "hook ran" >>"$LOG"' INITBOX_DELAY=1h "$PROXY" "$A" main -o 15:exit=5
	logged "main ready"
	kill -TERM "$R"
	logged "hook ran"
	fenced
	[ "$(count 'main sig 15')" -eq 0 ]
	kill -TERM "$R"
	finish
	[ "$status" -eq 5 ]
}

# --- --map, --stop-signal in scope shell ------------------------------------------

@test "sigproxy: --map works for the programs below shells: swap, drop, realtime" {
	while read -r options sent seen; do
		again
		begin pid1 "$PROXY" ${options//_/ } bash -c \
			'for s in 1 3 10 12 15 34 64; do trap : $s; done; $A main -o 15:stay; exit 3'
		logged "main ready"
		send "$R" "$sent"
		[ "$seen" = 0 ] || logged "main sig $seen "
		send "$R" 64
		logged "main sig 64"
		same "$options, $sent" "$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | grep -v '^64$' || true)" "${seen#0}"
		quit_now
	done <<-'END'
		-m_TERM:QUIT 15 3
		-m_15:3_-m_3:15 15 3
		-m_15:3_-m_3:15 3 15
		-m_HUP:0 1 0
		-m_USR1:RTMIN 10 34
		-m_34:USR2 34 12
		-m_PWR:HUP 30 1
	END
	no_faults
}

@test "sigproxy: --stop-signal QUIT stops a script as TERM does, with QUIT" {
	begin pid1 "$PROXY" -G 0 --stop-signal QUIT bash -c \
		'trap "exit 3" QUIT; $A main -o 3:exit=0 -k "$A loner -s -o 15:wait=go"; exit 3'
	logged "main ready"
	logged "loner ready"
	send "$R" 3
	logged "loner sig 15"
	touch go
	finish
	[ "$status" -eq 3 ]
	[ "$(count 'main sig'):$(count 'main sig 3 ')" = 1:1 ]
}

# --- scope session --------------------------------------------------------------------

@test "sigproxy: scope session: the session has the terminal; ^Z, fg and ^C are its shell's" {
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb
	printf '#!/bin/sh\necho job-is-up\nread -r x\necho "got=$x"\nexec sleep 1000\n' >job
	chmod +x job
	status=0
	output=$(python3 "$BATS_TEST_DIRNAME/helpers/term.py" "$PROXY" -s session \
		bash --noprofile --rcfile rc -i -- expect:READY 'send:./job\n' expect:job-is-up \
		'send:\x1a' expect:Stopped expect:READY 'send:fg\n' 'send:hello\n' expect:got=hello \
		'send:\x03' expect:READY 'send:exit 4\n' end 2>&1 3>&-) || status=$?
	echo "$output"
	[ "$status" -eq 4 ]
	[[ $output != *"no job control"* ]]
}

@test "sigproxy: scope session: as PID 1 it stops nobody whom no shell could continue" {
	begin pid1 "$PROXY" -s session "$A" main
	logged "main ready"
	for signal in TTIN TTOU TSTP URG; do
		kill -$signal "$R"
	done
	logged "main sig 23" # URG; the others came before
	same ttin "$(count 'main sig 2[12]')" 0
	wait_until in_state "$(outer main)" S
	kill -TERM "$R"
	finish
	same end "$status" 0
	no_faults
}

@test "sigproxy: scope session: who left the session is told when the command has ended" {
	for mode in $BOTH; do
		again
		begin $mode "$PROXY" -s session "$A" main -o 15:wait=go -k '$A kid -g -o 15:exit=0' \
			-k '$A loner -s -o 15:wait=go'
		for who in main kid loner; do
			logged "$who ready"
		done
		kill -TERM "$R"
		logged "kid end"
		logged "main sig 15"
		same "$mode" "$(count 'loner sig')" 0
		touch go
		finish
		same "$mode" "$status:$(count '[a-z]* sig 15'):$(count '[a-z]* end 0')" 0:3:3
		same "$mode" "$(before 'main end' 'loner sig 15' && echo yes)" yes
	done
	no_faults
}

# --- interpreter line ---------------------------------------------------------------

@test "sigproxy: #!sigproxy /bin/bash: the script gets -a -v as it was called, and signals reach its programs" {
	for shell in /bin/bash /bin/sh; do
		printf '#!%s %s\ntrap "echo script trap >>\$LOG; exit 9" TERM\necho "$0 $# $*"\n$A main -o 15:wait=go & wait\n' "$PROXY" $shell >script
		chmod +x script
		for args in "" "-a -v" "-s all -d 5" "-- -h" "--scope nonsense" "-m HUP:0" "-o false"; do
			again
			begin pid1 ./script $args
			logged "main ready"
			kill -TERM "$R"
			logged "main sig 15"
			logged "script trap"
			touch go
			finish
			same "$shell $args" "$status:$output" "9:./script $(wc -w <<<"$args") $args"
			same "$shell $args" "$(count 'main sig 15')" 1
		done
	done
	no_faults
}

# --- bad input ------------------------------------------------------------------------

@test "sigproxy: bad options: one line says what and why, one points to --help, 125, nothing started" {
	while IFS='|' read -r words named; do
		eval "options=($words)"
		try "$PROXY" "${options[@]}" touch started
		same "$words" "$status:${#lines[@]}" 125:2
		[[ ${lines[0]:-} == "sigproxy: "*": "* ]] || same "$words" "${lines[0]:-}" "sigproxy: what: why"
		[[ ${lines[0]:-} == *"$named"* ]] || same "$words" "${lines[0]:-}" "something about $named"
		[[ ${lines[1]:-} == *--help* ]] || same "$words" "${lines[1]:-}" "--help"
	done <<-'END'
		-s nobody|nobody
		--scope=|scope
		-s SHELL|SHELL
		-s shell,all|shell,all
		-m HUP|HUP
		-m HUP:|HUP
		-m :HUP|HUP
		-m HUP:USR1:USR2|HUP
		-m HUP-USR1|HUP-USR1
		-m FOO:HUP|FOO
		-m HUP:FOO|FOO
		-m 65:1|65
		-m 1:65|65
		-m RTMIN+31:HUP|RTMIN+31
		-m HUP:USR1 -m HUP:USR2|HUP
		-m HUP:USR1 -m 1:12|1
		-m HUP:USR1 -r SIGHUP:0|HUP
		-m TERM:0 --map term:0|term
		-d soon|soon
		-d -1|-1
		-d 5x|5x
		-d ""|-d
		--delay=1:30|1:30
		-d 99999999999999999999h|9999
		-k never|never
		-G x|x
		-e 256|256
		-e -1|-1
		--stop-signal FOO|FOO
		--stop-signal 0|0
		--bogus|bogus
		-Z|Z
	END
	[ ! -e started ]
	no_faults
}

@test "sigproxy: an option without its argument, and no command, are usage errors" {
	for words in -s --scope -m --map -r --rewrite -d --delay -o --on-stop -G -k -e --stop-signal "" -- "-s shell" \
		"-d 5 --"; do
		try "$PROXY" $words
		same "'$words'" "$status:${#lines[@]}" 125:2
		[[ ${lines[1]:-} == *--help* ]] || same "'$words'" "${lines[1]:-}" "--help"
	done
	no_faults
}

@test "sigproxy: bad variables are as bad as bad options" {
	for variable in SCOPE=nobody SCOPE=SHELL DELAY=soon DELAY=-1 MAP=HUP MAP=HUP:USR1,HUP:USR2 \
		MAP=HUP:USR1,,FOO:1 GRACE=x KILL_AFTER=never STOP_SIGNAL=FOO EXPECT=256 SINGLE_CHILD=maybe; do
		try env "INITBOX_$variable" "$PROXY" touch started
		same "$variable" "$status:${#lines[@]}" 125:2
		[[ ${lines[0]:-} == "sigproxy: "*": "* ]] || same "$variable" "${lines[0]:-}" "sigproxy: what: why"
	done
	[ ! -e started ]
	no_faults
}

@test "sigproxy: --help names every option, says 143, and is quiet on stderr" {
	"$PROXY" --help >help 2>errors
	[ ! -s errors ]
	for word in --scope --single-child --map --rewrite --delay --on-stop --grace --kill-after --stop-signal \
		--expect --verbose shell session child group 'expect 143\|143'; do
		grep -q -e "$word" help || same "$word" "not in --help" "there"
	done
	no_faults
}
