#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it, with entrypoints
# written for five shells: other signals, statuses, scopes, terminals, not as PID 1.

load ../helper
load reaper_helper
load shell_helper

# --- interactive shells -------------------------------------------------------

@test "shell: an interactive shell counts as a program: what it runs is not told" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		echo '$A kid -o 10:exit=0' >commands
		flags=-i
		[ $shell != bash ] || flags="--norc -i"
		[ $shell != zsh ] || flags="-f -i"
		script entry <<-END
			trap 'echo "script trap" >>"\$LOG"; wait; exit 3' TERM
			"\$SH" $flags <commands &
			wait
		END
		begin pid1 env ENV= "$PROXY" ./entry
		logged "kid ready"
		kid=$(outer kid)
		kill -TERM "$R"
		logged "script trap"
		send "$kid" 10
		finish
		told 0 kid
		same "$TURN" "$status:$(count 'kid end 0')" 3:1
	done
	no_faults
}

@test "shell: a shell on a terminal without a script is interactive" {
	for flags in "" -i; do
		TURN="bash $flags"
		again
		echo "PS1='READY> '" >rc
		term "$PROXY" bash --noprofile --rcfile rc $flags -- expect:READY \
			'send:$A kid -o 10:exit=0 &\n' 'file:log:kid ready' \
			'send:kill -TERM $PPID\n' 'send:echo still-$((1+1))-here\n' expect:still-2-here \
			'send:kill -10 %1; wait; exit 4\n' end
		told 0 kid
		same "$TURN" "$status:$(count 'kid end 0')" 4:1
	done
	no_faults
}

# --- other signals ---------------------------------------------------------------

@test "shell: HUP, USR1, USR2, QUIT, WINCH, 34 and 64 reach the program once each" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		signals="1 3 10 12 28 34 64"
		[ $shell != zsh ] || signals="1 3 10 12 28" # it cannot trap more
		script entry <<-END
			for s in $signals; do trap : \$s; done
			\$A app -o 15:exit=0 -k '\$A worker -o 15:stay'
			exit 5
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		logged "worker ready"
		worker=$(outer worker)
		for sig in $signals; do
			send "$R" $sig
			logged "app sig $sig "
		done
		kill -TERM "$R"
		logged "app sig 15"
		send "$worker" 9
		finish
		for sig in $signals; do
			same "$TURN, signal $sig" "$(count "app sig $sig "):$(count "worker sig $sig ")" 1:0
		done
		told 1 app
	done
	no_faults
}

@test "shell: a signal sent three times is forwarded three times, to shell and program" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"' USR1
			$A app &
			while :; do wait; done
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		for n in 1 2 3; do
			send "$R" 10
			wait_until seen $n "app sig 10"
			wait_until seen $n "script trap"
		done
		kill -TERM "$R"
		finish
		same "$TURN" "$status:$(count 'app sig 10'):$(count 'script trap')" 143:3:3
	done
	no_faults
}

@test "shell: a second TERM from outside is forwarded again" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"' TERM
			$A app -o 15:stay -o 10:exit=0 &
			while [ ! -e go ]; do wait; done
			exit 3
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		logged "script trap"
		kill -TERM "$R"
		wait_until seen 2 "app sig 15"
		wait_until seen 2 "script trap"
		touch go
		send "$R" 10
		finish
		told 2 app
	done
	no_faults
}

# With --grace 0 only a stop request makes it wait for the worker left behind.
@test "shell: INT, PWR and 37 are stop requests, too, the last two forwarded as TERM" {
	for shell in $FEW_SHELLS; do
		for case in 2:2 30:15 37:15; do
			TURN="$shell $case"
			use $shell
			script entry <<-'END'
				trap 'exit 3' TERM INT
				$A app -o 2:exit=0 -k '$A worker -s -o 15:wait=go'
				exit 3
			END
			begin pid1 "$PROXY" -G 0 ./entry
			logged "app ready"
			logged "worker ready"
			"$A" --send "$R" ${case%:*}
			logged "worker sig 15"
			touch go
			finish
			same "$TURN" "$status:$(count 'app sig'):$(count "app sig ${case#*:} ")" 3:1:1
			same "$TURN" "$(count 'worker sig'):$(count 'worker end 0')" 1:1
		done
	done
	no_faults
}

# --- exit statuses ---------------------------------------------------------------

@test "shell: the status is the command's: exec, trap, --expect 143, and no stop" {
	for shell in $FEW_SHELLS; do
		while IFS='|' read -r wanted options body; do
			TURN="$shell '$options' $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" $options ./entry
			logged "app ready"
			first_child "$R" && watch "$CHILD"
			kill -TERM "$R"
			logged "app sig 15"
			[[ $body != *wait=go* ]] || wait_until woken
			touch go
			finish
			told 1 app
			same "$TURN" "$status" "$wanted"
		done <<-'END'
			143||$A app -o 15:wait=go; :
			0|--expect 143|$A app -o 15:wait=go; :
			0|-e 143|$A app & wait
			7||exec $A app -o 15:exit=7
			0|-e 7|exec $A app -o 15:exit=7
			143||exec $A app -o 15:die
			6||trap "exit 6" TERM; $A app -o 15:wait=go; :
			6||trap "exit 6" TERM; $A app -o 15:wait=go & wait
			8||trap : TERM; $A app -o 15:wait=go; exit 8
			9||trap "exit 9" EXIT TERM; $A app -o 15:wait=go & wait
		END
	done
	for shell in $SHELLS; do
		use $shell
		for code in 0 1 42 143 255; do
			try "$PROXY" "$SH" -c "sh -c :; exit $code"
			same "$shell $code" "$status:$output" "$code:"
		done
	done
	no_faults
}

# --- scopes ------------------------------------------------------------------------

# A script that is told, what is told with it, and what is not until its end.
@test "shell: the scopes child, group, all, session and shell differ below a script as they say" {
	for case in "child:" "group:near" "all:near worker far grouped" "session:near worker grouped" "shell:near far grouped"; do
		scope=${case%%:*}
		for shell in bash dash; do
			TURN="$shell $scope"
			use $shell
			script entry <<-'END'
				trap 'echo "script trap" >>"$LOG"' USR1
				trap 'exit 3' TERM
				$A near -k '$A worker -g' &
				$A far -s &
				$A grouped -g &
				while [ ! -e go ]; do wait; done
			END
			begin pid1 "$PROXY" -s $scope ./entry
			for name in near worker far grouped; do
				logged "$name ready"
			done
			send "$R" 10
			logged "script trap"
			for name in ${case#*:}; do
				logged "$name sig 10" || same "$TURN" "$name untold" told
			done
			for name in near worker far grouped; do
				wanted=0
				[[ " ${case#*:} " != *" $name "* ]] || wanted=1
				same "$TURN $name" "$(count "$name sig 10")" $wanted
			done
			kill -TERM "$R"
			finish
			same "$TURN" "$status" 3
			for name in near far grouped; do
				told 1 $name
			done
		done
	done
	no_faults
}

@test "shell: scope session gives the command a session of its own" {
	for mode in pid1 sub; do
		try_session=$(ns_run "$PROXY" -s session sh -c 'cut -d" " -f 1,5,6 /proc/self/stat; echo $$' | tr '\n' ' ')
		read -r _ group session leader <<<"$try_session"
		same "$mode" "$group $session" "$leader $leader"
	done
	no_faults
}

@test "shell: without /proc it is scope group, and -v says so" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; until [ -e go ]; do sleep 0.02; done; exit 3' TERM
			$A app -o 15:exit=0 -k '$A worker -o 15:exit=0' &
			$A loner -s &
			while :; do wait; done
		END
		begin pid1 sh -c 'mount -t tmpfs none /proc && exec "$PROXY" -v ./entry'
		for name in app worker loner; do
			logged "$name ready"
		done
		kill -TERM "$R"
		logged "script trap"
		logged "app sig 15"
		logged "worker sig 15" # as scope shell would not
		same "$TURN, loner" "$(count 'loner sig 15')" 0
		touch go
		finish
		same "$TURN" "$status:$(count 'loner end 0')" 3:1
		[[ $output == *sigproxy:*/proc* ]] || same "$TURN" "$output" "a line about /proc"
	done
	no_faults
}

@test "shell: it works where hidepid hides other users' processes" {
	need_root "to mount a /proc of its own and to become somebody else"
	open_up
	proxy_for_all
	for hide in 1 2; do
		TURN="hidepid=$hide"
		use bash
		script entry <<<'$A app -o 15:wait=go -k "$A worker -o 10:exit=0"; :'
		export hide
		begin pid1 sh -c 'mount -o remount,hidepid=$hide /proc &&
			exec setpriv --reuid 65534 --regid 65534 --clear-groups "$PROXY" ./entry'
		logged "app ready"
		logged "worker ready"
		worker=$(outer worker)
		kill -TERM "$R"
		logged "app sig 15"
		send "$worker" 10
		logged "worker end"
		touch go
		finish
		told 1 app
		told 0 worker
	done
	no_faults
}

# --- not as PID 1 -------------------------------------------------------------------

@test "shell: not as PID 1 everything that it started is gone when it returns" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			(setsid $A far -o 15:wait=go & $A near -o 15:wait=go & )
			$A daemon -d -o 15:wait=go
			$A app -k '$A worker'
			:
		END
		begin pid1 bash -c '"$PROXY" ./entry
			echo "rest $(grep -l -a -F -f <(echo "$A") /proc/[0-9]*/cmdline | wc -l)" >>"$LOG"
			exit 0'
		for name in far near daemon app worker; do
			logged "$name ready"
		done
		first_child "$R"
		kill -TERM "$CHILD"
		for name in far near daemon worker; do
			logged "$name sig 15"
		done
		touch go
		finish
		same "$TURN" "$(sed -n 's/^rest //p' "$LOG")" 0
		same "$TURN" "$(count '[a-z]* end 0')" 5
	done
	no_faults
}

@test "shell: only what it started is told when it is not PID 1" {
	use bash
	script entry <<<'$A app; :'
	begin pid1 "$A" main -k '$A other -o 15:exit=1' -k '$PROXY ./entry'
	logged "main ready"
	logged "other ready"
	logged "app ready"
	proxy=$(parent_of "$(parent_of "$(outer app)")")
	kill -TERM "$proxy"
	logged "app end 0"
	logged "main reaped"
	kill -TERM "$R"
	finish
	[ "$(count 'app sig 15')" -eq 1 ]
	[ "$(count 'other sig')" -eq 0 ]
	[ "$(count 'main sig 15')" -eq 1 ]
}

@test "shell: entered from outside, as docker exec does, it tells its own and returns when all are gone" {
	begin pid1 "$A" main -k '$A other'
	logged "main ready"
	logged "other ready"
	for shell in $FEW_SHELLS; do
		TURN=$shell
		SH=$BATS_FILE_TMPDIR/shells/$shell
		script entry <<<"\$A app$shell & (\$A far$shell -s -o '15:run=sleep 0.3' & ); wait"
		user=()
		[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
		main_pid=$PID
		: >entered
		env --default-signal=INT,QUIT nsenter --target "$NS_PID" "${user[@]}" --pid --mount --root \
			--wd="$PWD" -- "$PROXY" ./entry >entered 2>&1 3>&- </dev/null &
		outside=$!
		STARTED+=" $outside"
		logged "app$shell ready"
		logged "far$shell ready"
		kill -TERM "$(parent_of "$(parent_of "$(outer app$shell)")")"
		wait_until is_gone "$outside"
		status=0
		wait "$outside" || status=$?
		same "$TURN" "$(count "app$shell sig 15"):$(count "far$shell sig 15"):$(count "far$shell ran 0")" 1:1:1
		# the shell may see its program's end first
		[ "$status" = 0 ] || same "$TURN" "$status" 143
	done
	same "the others" "$(count 'main sig'):$(count 'other sig')" 0:0
	PID=$main_pid
	quit_now
	no_faults
}

@test "shell: under sudo it gets the signals that sudo relays, and each program one" {
	need_root "sudo without a password"
	open_up
	proxy_for_all
	for options in -E "-E -u nobody"; do
		TURN="sudo $options"
		use bash
		script entry <<<'trap "echo script trap >>$LOG; wait; exit 3" TERM; $A app -o 15:wait=go -k "$A worker -o 15:exit=1 -o 10:exit=0" & wait'
		begin pid1 sudo $options "$PROXY" ./entry
		logged "app ready"
		logged "worker ready"
		worker=$(outer worker)
		kill -TERM "$R"
		logged "app sig 15"
		logged "script trap"
		send "$worker" 10
		logged "worker end"
		touch go
		finish
		told 1 app
		told 0 worker
		same "$TURN" "$status:$(count 'app end 0')" 3:1
	done
	no_faults
}

# --- terminals --------------------------------------------------------------------

@test "shell: ^C reaches script and program once each" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"' INT
			$A app -o 2:exit=0
			exit 6
		END
		term "$PROXY" ./entry -- 'file:log:app ready' 'send:\x03' 'file:log:script trap' end
		same "$TURN" "$status:$(count 'app sig 2 '):$(count 'script trap')" 6:1:1
	done
	no_faults
}

@test "shell: ^Z under a shell stops script and program, fg resumes both, ^C ends them" {
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb ENV=''
	for shell in bash dash ash; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			echo job-is-up
			read -r line
			echo "got=$line"
			$A app -o 2:exit=0
			exit 6
		END
		term bash --noprofile --rcfile rc -i -- expect:READY 'send:$PROXY ./entry\n' \
			expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
			'send:fg\n' 'send:hello\n' expect:got=hello 'file:log:app ready' \
			'send:\x03' 'file:log:app sig 2' expect:READY 'send:exit 4\n' end
		same "$TURN" "$status:$(count 'app sig 2 ')" 4:1
	done
	no_faults
}

@test "shell: a pipeline on a terminal: the reader of sigproxy script | less keeps the last lines" {
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb ENV=''
	use bash
	script entry <<<'$A app -o "15:run=echo last-line"; :'
	term bash --noprofile --rcfile rc -i -- expect:READY \
		'send:$PROXY ./entry | tee out & true\n' 'file:log:app ready' expect:READY \
		'send:kill -TERM $(cut -d" " -f4 /proc/$(cut -d" " -f4 /proc/$(sed -n "s/app ready //p" log)/stat)/stat)\n' \
		'file:out:last-line' 'send:exit 4\n' end
	[ "$status" -eq 4 ]
	[ "$(count 'app sig 15')" -eq 1 ]
}

# --- start-up -------------------------------------------------------------------------

@test "shell: no TERM is lost at start-up" {
	for where in pid1 sub; do
		for words in 'sleep 1000' "sh -c 'sleep 1000; :'" "bash -c 'sleep 1000; :'"; do
			eval "words=($words)"
			try_ns "$A" --race 15 $where "$PROXY" -s shell "${words[@]}"
			# a shell may end by itself when sleep was told first, and say so
			same "$where ${words[*]}" "$(grep -v -e '^status 143: ' -e '^status 0: ' \
				-e 'Terminated' <<<"$output")" "hung 0"
		done
	done
	no_faults
}
