#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it, with entrypoints
# written for five shells: pipelines, and what runs during the stop.

load ../helper
load reaper_helper
load shell_helper

# --- pipelines -------------------------------------------------------------

# The last line comes when the shell above has been told already.
LAST='15:run=echo first; until [ -e go ]; do sleep 0.02; done; echo last'

@test "shell: app | tee: the last lines arrive, in the foreground and in the background" {
	export LAST
	for shell in $SHELLS; do
		for body in '$A app -o "$LAST" | tee lines' '$A app -o "$LAST" | tee lines & wait' \
			'($A app -o "$LAST"; echo after) | tee lines; :' \
			'$A app -o "$LAST" | sed "s/^//" | tee lines; :' \
			'$A app -o "$LAST" | while read -r line; do echo "$line"; done | tee lines; :' \
			'serve() { $A app -o "$LAST"; :; }; serve | tee lines; :'; do
			TURN="$shell: $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" ./entry
			logged "app ready"
			wait_until settled
			first_child "$R" && shell_pid=$CHILD
			kill -TERM "$R"
			logged "app sig 15"
			shell_has_died
			touch go
			finish
			told 1 app
			same "$TURN" "$(grep -c -x -e first -e last lines)" 2
			died_of_term
			same "$TURN" "$(sed -n 's/^app ran //p' "$LOG")" 0
		done
	done
	no_faults
}

@test "shell: app | tee below a trap: the last lines arrive, then the trap's end" {
	export LAST
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; wait; exit 3' TERM
			$A app -o "$LAST" | tee lines &
			wait
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		wait_until settled
		kill -TERM "$R"
		logged "script trap"
		touch go
		finish
		told 1 app
		same "$TURN" "$status:$(paste -sd, lines)" 3:first,last
	done
	no_faults
}

@test "shell: 2,000 last lines arrive behind a filter that takes its time" {
	for shell in bash dash; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -o "15:run=seq 2000" | while read -r line; do echo "<$line>"; done | tee lines
			:
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		wait_until settled
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$(wc -l <lines):$(tail -n 1 lines)" "2000:<2000>"
	done
	no_faults
}

# counter SECONDS: counter.py, which reads all and then works so long, as sort does
counter() {
	cat >counter.py <<-END
		import sys, time
		lines = sys.stdin.readlines()
		end = time.monotonic() + $1
		while time.monotonic() < end:
		    pass
		print(len(lines), "lines")
	END
}

@test "shell: a reader that works when its pipe is empty already is left to it" {
	counter 0.3 # longer than what it is given when idle
	for shell in bash dash; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -o "15:run=seq 2000" | python3 counter.py >lines
			:
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		wait_until settled
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$(cat lines)" "2000 lines"
	done
	no_faults
}

@test "shell: a reader is waited for, too, whose writer ends as soon as it is told" {
	# before the next look at who writes to the pipe
	counter 0.5
	script entry <<-'END'
		$A app | python3 counter.py >lines
		:
	END
	begin pid1 strace -DDD -qq -o trace -e trace=kill,pidfd_send_signal \
		-e inject=kill,pidfd_send_signal:delay_exit=200000:when=1 "$PROXY" ./entry
	logged "app ready"
	wait_until settled
	kill -TERM "$R"
	finish
	told 1 app
	[ "$(cat lines)" = "0 lines" ]
}

@test "shell: nobody in a pipeline is told before its writer has ended" {
	for shell in $FEW_SHELLS; do
		for body in '$A one -o 15:wait=go | $A two -o 15:wait=go2 | $A three -o 15:wait=go3; :' \
			'$A one -o 15:wait=go | $A two -o 15:wait=go2 | $A three -o 15:wait=go3 & wait' \
			'($A one -o 15:wait=go; :) | ($A two -o 15:wait=go2; :) | ($A three -o 15:wait=go3; :); :'; do
			TURN="$shell: $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" ./entry
			for name in one two three; do
				logged "$name ready"
			done
			first_child "$R" && shell_pid=$CHILD
			kill -TERM "$R"
			logged "one sig 15"
			shell_has_died
			touch go
			logged "two sig 15"
			touch go2
			logged "three sig 15"
			touch go3
			finish
			for name in one two three; do
				told 1 $name
			done
			same "$TURN" "$(before 'one end' 'two sig' && before 'two end' 'three sig' && echo yes)" yes
		done
	done
	no_faults
}

@test "shell: exec > >(tee log): the program's last lines and the trap's arrive" {
	export LAST
	for shell in bash zsh; do
		for redirection in '> >(tee lines)' '> >(tee lines) 2>&1' '> >(sed "s/^//" | tee lines)'; do
			TURN="$shell $redirection"
			use $shell
			script entry <<-END
				exec $redirection
				trap 'echo "script trap" >>"\$LOG"; wait \$APP; echo goodbye; exit 4' TERM
				\$A app -o "\$LAST" &
				APP=\$!
				wait \$APP
			END
			begin pid1 "$PROXY" ./entry
			logged "app ready"
			wait_until settled
			kill -TERM "$R"
			logged "script trap"
			touch go
			finish
			told 1 app
			same "$TURN" "$status:$(paste -sd, lines)" 4:first,last,goodbye
		done
	done
	no_faults
}

# --- the stop's own programs ----------------------------------------------

@test "shell: a trap's cleanup is waited for and never told" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap '$A cleanup -o 10:exit=0; echo "script end" >>"$LOG"; exit 3' TERM
			$A app -o 15:wait=go &
			wait
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		logged "cleanup ready"
		touch go # an event, in which it could be told by mistake
		logged "app end"
		send "$(outer cleanup)" 10
		finish
		told 1 app
		told 0 cleanup
		same "$TURN" "$status:$(count 'cleanup end 0')" 3:1
		same "$TURN" "$(before 'cleanup end' 'script end' && echo yes)" yes
	done
	no_faults
}

@test "shell: a program's own cleanup is waited for and never told" {
	for shell in $FEW_SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -o '15:run=$A cleanup -o 10:exit=0'
			:
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		first_child "$R" && shell_pid=$CHILD
		kill -TERM "$R"
		logged "cleanup ready"
		shell_has_died
		send "$(outer cleanup)" 10
		finish
		told 1 app
		told 0 cleanup
		same "$TURN" "$(count 'app ran 0')" 1
		died_of_term
	done
	no_faults
}

@test "shell: a program that the shell starts during the stop is told once" {
	for shell in $SHELLS; do
		for turn in 1 2; do
			TURN="$shell $turn"
			use $shell
			script entry <<-'END'
				$A app -o 15:wait=go &
				while [ ! -e seen ]; do :; done
				$A late -o 15:wait=go
				while :; do :; done
			END
			begin pid1 "$PROXY" ./entry
			logged "app ready"
			first_child "$R" && shell_pid=$CHILD
			kill -TERM "$R"
			logged "app sig 15"
			# nothing is told meanwhile, however slow this machine is
			kill -STOP "$R"
			touch seen
			wait_until late_or_no_shell
			kill -CONT "$R"
			shell_has_died
			[ "$(count 'late ready')" -eq 0 ] || logged "late sig 15"
			touch go
			finish
			told 1 app
			died_of_term
			[ "$(count 'late ready')" -eq 0 ] || told 1 late
		done
	done
	no_faults
}

# It may have been told before we could stop sigproxy.
late_or_no_shell() {
	is_gone "$shell_pid" || [ "$(count 'late ready')" -eq 1 ]
}

@test "shell: what a shell left behind when it died of the stop is told once and waited for" {
	for shell in $FEW_SHELLS; do
		for mode in pid1 sub; do
			TURN="$shell $mode"
			use $shell
			script entry <<-'END'
				(setsid $A far -o 15:wait=go & $A near -o 15:wait=go & )
				$A daemon -d -o 15:wait=go
				$A app
				:
			END
			begin $mode "$PROXY" ./entry
			for name in far near daemon app; do
				logged "$name ready"
			done
			kill -TERM "$R"
			for name in far near daemon app; do
				logged "$name sig 15"
			done
			touch go
			finish
			for name in far near daemon app; do
				told 1 $name
			done
		done
	done
	no_faults
}

# Each stage has two writers, the shell and what it runs: the ways through them are
# 2 to the power of the stages.
@test "shell: a long pipeline of loops takes a few looks at each process, not one a way" {
	stages=12
	{
		echo 'stage() { while :; do $A; sleep 1000; done; }'
		printf 'stage'
		for ((i = 1; i < stages; i++)); do printf ' | stage'; done
		echo
	} | script entry
	begin sub strace -DDD -qq -o trace -e trace=statx,newfstatat,fstatat64,readlinkat "$PROXY" ./entry
	wait_until eval '[ "$(pgrep -c -f "^sleep 1000$" -s "$(ps -o sid= -p "$R" | tr -d " ")")" -ge $stages ]'
	kill -TERM "$R"
	finish
	looks=$(grep -c '"self"' trace)
	seen=$(grep -c '/fd/' trace)
	# three descriptors of each shell and sleep, and the shell above
	same "looks: $looks" "$((seen <= looks * 3 * (2 * stages + 3)))" 1
	no_faults
}
