#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it: entrypoints written
# for five shells, signalled from outside, and what reached whom.

load ../helper
load reaper_helper

# SHELLS: fewer of them, for a quick look
SHELLS=${SHELLS:-bash dash ash mksh zsh}

setup_file() {
	local name

	cc -O1 -o "$BATS_FILE_TMPDIR/actor" \
		"$BATS_TEST_DIRNAME/helpers/actor.c" -lutil
	mkdir "$BATS_FILE_TMPDIR/shells"
	for name in bash dash mksh zsh; do
		ln -s "$(type -P $name)" "$BATS_FILE_TMPDIR/shells/$name"
	done
	ln -s "$(type -P busybox.static || type -P busybox)" \
		"$BATS_FILE_TMPDIR/shells/ash"
}

setup() {
	actor_setup
	PROXY=$(applet sigproxy)
	SH=$(command -v sh)
	export PROXY SH HOME=$BATS_TEST_TMPDIR # nobody's profile
}

# use SHELL: the one that script writes for; forget the last turn's log.
use() {
	again
	rm -f go2 go3 seen out
	SH=$BATS_FILE_TMPDIR/shells/$1
	[ -x "$SH" ] || {
		echo "$1 is not installed" >&2
		return 1
	}
}

# script FILE: an executable script for that shell, from stdin.
script() {
	{
		echo "#!$SH"
		cat
	} >"$1"
	chmod +x "$1"
}

# shell_has_died: wait for the end of $shell_pid, which had no trap, so that time
# has passed since the program was told. mksh takes a TERM only when its program
# in the foreground has ended.
shell_has_died() {
	[ "${SH##*/}" = mksh ] || wait_until is_gone "$shell_pid"
}

# died_of_term: 143; from mksh also 0, because it may not have had its TERM yet.
died_of_term() {
	case ${SH##*/}:$status in
	*:143 | mksh:0) ;;
	*) same "${TURN:-}, status" "$status" 143 ;;
	esac
}

# told N NAME: this actor got N TERMs in all; for after the end.
told() {
	same "${TURN:-}: TERMs to $2" "$(count "$2 sig 15")" "$1"
}

# has_actor NAME: sets FOUND to the PID out here of the actor of that name.
has_actor() {
	FOUND=$(find_actor "$1")
}

# proxy_for_all: $PROXY becomes a copy that other users may run.
proxy_for_all() {
	cp "$PROXY" "$BATS_FILE_TMPDIR/sigproxy"
	PROXY=$BATS_FILE_TMPDIR/sigproxy
	chmod 755 "$PROXY"
}

blocks_term() {
	grep -q '^SigBlk:.*[4-7c-f]...$' "/proc/$1/status"
}

# term COMMAND... -- STEP...: see helpers/term.py
term() {
	status=0
	output=$(python3 "$BATS_TEST_DIRNAME/helpers/term.py" "$@" 2>&1 3>&-) || status=$?
	echo "status $status, output: $output"
}

# --- one program below one shell -----------------------------------------

@test "shell: it is the default: a program below a script is told once, and waited for though the shell dies" {
	for shell in $SHELLS; do
		for mode in pid1 sub; do
			for options in "" "-s shell" "--scope shell"; do
				[ -z "$options" ] || [ $shell = bash ] || continue
				TURN="$shell $mode '$options'"
				use $shell
				script entry <<-'END'
					$A app -o 15:wait=go
					echo not-reached >>"$LOG"
				END
				begin $mode "$PROXY" $options ./entry
				logged "app ready"
				shell_pid=$(parent_of "$(outer app)")
				kill -TERM "$R"
				logged "app sig 15"
				shell_has_died
				touch go
				finish
				told 1 app
				same "$TURN" "$(count 'app end 0')" 1
				died_of_term
				[ "$status" = 0 ] || same "$TURN" "$(count not-reached)" 0
			done
		done
	done
	no_faults
}

@test "shell: a program that ends at once leaves nobody behind" {
	for shell in $SHELLS; do
		for mode in pid1 sub; do
			TURN="$shell $mode"
			use $shell
			script entry <<-'END'
				$A app
				:
			END
			begin $mode "$PROXY" ./entry
			logged "app ready"
			kill -TERM "$R"
			finish
			told 1 app
			# the shell may see the program's end first
			[ "$status" = 0 ] || same "$TURN" "$status" 143
		done
	done
	no_faults
}

@test "shell: a trap fires, and its status is ours" {
	for shell in $SHELLS; do
		TURN="$shell, program in the foreground"
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; exit 3' TERM
			$A app -o "15:run=sleep 1"
			echo not-reached >>"$LOG"
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$status:$(count 'script trap'):$(count not-reached)" 3:1:0
		same "$TURN" "$(before 'app end' 'script trap' && echo ordered)" ordered

		TURN="$shell, program in the background"
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; wait; echo "script waited" >>"$LOG"; exit 4' TERM
			$A app -o "15:run=sleep 0.3" &
			wait
			echo not-reached >>"$LOG"
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$status:$(count 'script trap'):$(count not-reached)" 4:1:0
		same "$TURN" "$(before 'app end' 'script waited' && echo ordered)" ordered
	done
	no_faults
}

# The program has blocked TERM and does not take it: so whether the kernel has
# it for the program when the trap runs is no matter of time.
@test "shell: programs are told before the shell above them, though they are slow" {
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -r go &
			APP=$!
			trap 'if grep -q "^ShdPnd:.*[4-7c-f]...\$" /proc/$APP/status
				then echo "script after" >>"$LOG"
				else echo "script first" >>"$LOG"
				fi
				wait
				exit 5' TERM
			echo "script ready" >>"$LOG"
			while :; do wait; done
		END
		begin pid1 "$PROXY" ./entry
		logged "script ready"
		wait_until has_actor app
		wait_until blocks_term "$FOUND"
		kill -TERM "$R"
		logged "script [af]"
		touch go
		finish
		told 1 app
		same "$TURN" "$status:$(count 'script after'):$(count 'script first')" 5:1:0
	done
	no_faults
}

@test "shell: the shells on the way are told from below to above" {
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		script inner <<-'END'
			trap 'echo "inner trap" >>"$LOG"; exit 6' TERM
			$A app
		END
		script middle <<-'END'
			trap 'echo "middle trap" >>"$LOG"; exit 7' TERM
			./inner
		END
		script outer <<-'END'
			trap 'echo "outer trap" >>"$LOG"; exit 8' TERM
			./middle
		END
		begin pid1 "$PROXY" ./outer
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		# without its TERM in time a shell goes on; then it exits with
		# the status of the one below
		case $status in
		[0678]) ;;
		*) same "$TURN" "$status" "0, 6, 7 or 8" ;;
		esac
	done
	no_faults
}

@test "shell: nested entrypoints that wait each run their trap once, the program's end first" {
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		for name in inner middle outer; do
			script $name <<-END
				trap 'echo "$name trap" >>"\$LOG"; wait; echo "$name end" >>"\$LOG"; exit 9' TERM
				\$NEXT_$name &
				wait
			END
		done
		export NEXT_outer=./middle NEXT_middle=./inner NEXT_inner="$A app -o 15:wait=go"
		[ $shell != zsh ] || export NEXT_inner="./app"
		script app <<-'END'
			exec $A app -o 15:wait=go
		END
		begin pid1 "$PROXY" ./outer
		logged "app ready"
		kill -TERM "$R"
		for name in inner middle outer; do
			logged "$name trap"
		done
		touch go
		finish
		told 1 app
		same "$TURN" "$status:$(count '[a-z]* trap'):$(count '[a-z]* end')" 9:3:4
		same "$TURN" "$(before 'app end' 'inner end' && before 'inner end' 'middle end' &&
			before 'middle end' 'outer end' && echo yes)" yes
	done
	no_faults
}

@test "shell: loops end, and no turn of them is told twice" {
	for shell in $SHELLS; do
		for loop in 'while :; do n=$((n + 1)); $A app$n; done' \
			'until false; do n=$((n + 1)); $A app$n || :; done' \
			'for n in 1 2 3 4 5 6 7 8 9 10 11 12; do $A app$n; done; while :; do sleep 1; done' \
			'while :; do n=$((n + 1)); (cd .; $A app$n; :); done'; do
			TURN="$shell: $loop"
			use $shell
			script entry <<<"n=0; $loop"
			begin pid1 "$PROXY" ./entry
			logged "app1 ready"
			kill -TERM "$R"
			finish
			told 1 app1
			same "$TURN" "$status" 143
			for name in $(sed -n 's/ ready .*//p' "$LOG"); do
				told 1 "$name"
			done
		done
		TURN="$shell: with a trap"
		use $shell
		script entry <<-'END'
			trap 'exit 3' TERM
			while :; do $A app; done
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		finish
		same "$TURN" "$status" 3
	done
	no_faults
}

# --- the ways in which scripts start programs -----------------------------

# reached NAMES BODY: in this shell, each of these actors is told once.
reached() {
	local name

	TURN="${SH##*/}: $2"
	use "${SH##*/}"
	script entry <<<"$2"
	begin pid1 "$PROXY" ./entry
	for name in $1; do
		logged "$name ready"
	done
	kill -TERM "$R"
	for name in $1; do
		logged "$name sig 15" || same "$TURN" "$name untold" told
	done
	touch go
	finish
	for name in $1; do
		told 1 "$name"
		same "$TURN" "$(count "$name end 0")" 1
	done
	case $status in
	0 | 143) ;;
	*) same "$TURN" "$status: $output" "0 or 143" ;;
	esac
}

@test "shell: programs are reached in lists, subshells, functions and substitutions" {
	for shell in $SHELLS; do
		use $shell
		script part <<<'$A app -o 15:wait=go; :'
		while read -r names body; do
			reached "${names//,/ }" "$body"
		done <<-'END'
			app ($A app -o 15:wait=go; :); :
			app ( ( $A app -o 15:wait=go; :); :); :
			app { $A app -o 15:wait=go; :; }; :
			app serve() { $A app -o 15:wait=go; :; }; serve; :
			app if $A app -o 15:wait=go; then :; fi
			app $A app -o 15:wait=go || exit 1; :
			app while $A app -o 15:wait=go; do break; done; :
			app x=$($A app -o 15:wait=go; :); :
			app x=`$A app -o 15:wait=go`; :
			app eval '$A app -o 15:wait=go; :'; :
			app . ./part; :
			app exec $A app -o 15:wait=go
			app (exec $A app -o 15:wait=go); :
			app cat /etc/passwd >copy; $A app -o 15:wait=go <copy; :
		END
	done
	no_faults
}

@test "shell: programs are reached in the background" {
	for shell in $SHELLS; do
		use $shell
		script part <<<'$A app -o 15:wait=go; :'
		while read -r names body; do
			reached "${names//,/ }" "$body"
		done <<-'END'
			app $A app -o 15:wait=go & wait
			a,b,c $A a -o 15:wait=go & $A b -o 15:wait=go & $A c -o 15:wait=go & wait
			a,b $A a -o 15:wait=go & $A b -o 15:wait=go; wait
			app ($A app -o 15:wait=go; :) & wait
			a,b ( $A a -o 15:wait=go & $A b -o 15:wait=go & wait ) & wait
			app { $A app -o 15:wait=go; :; } & wait
			app serve() { $A app -o 15:wait=go; :; }; serve & wait
			a,b serve() { $A $1 -o 15:wait=go; :; }; serve a & serve b & wait
			app ./part & wait
		END
		# as its own group
		[ $shell = zsh ] || # which has none without a terminal
			reached "a b" 'set -m; $A a -o 15:wait=go & ($A b -o 15:wait=go; :) & wait'
	done
	no_faults
}

@test "shell: programs are reached below other shells, scripts and -c" {
	for shell in $SHELLS; do
		use $shell
		script part <<<'$A app -o 15:wait=go; :'
		while read -r names body; do
			reached "${names//,/ }" "$body"
		done <<-'END'
			app ./part; :
			app $SH ./part; :
			app $SH -c '$A app -o 15:wait=go; :'; :
			app $SH -e -u -c '$A app -o 15:wait=go; :' name argument; :
			app $SH -c './part; :'; :
			app sh -c '$A app -o 15:wait=go; :'; :
			app bash -c 'bash -c "./part; :"; :'; :
			app bash -l -c '$A app -o 15:wait=go; :'; :
			app (exec -a -bash bash ./part) 2>/dev/null || ./part; :
			app $SH <part; :
			app echo '$A app -o 15:wait=go; :' | $SH; :
		END
	done
	no_faults
}

@test "shell: the shell itself may be the command: with a script, with -c, from stdin" {
	for shell in $SHELLS; do
		TURN=$shell
		for kind in script -c -ec stdin two; do
			TURN="$shell $kind"
			use $shell
			script part <<<'$A app -o 15:exit=3; exit 4'
			command='$A app -o 15:exit=3; exit 4'
			case $kind in
			script) begin pid1 "$PROXY" "$SH" ./part ;;
			-c) begin pid1 "$PROXY" "$SH" -c "$command" ;;
			-ec) begin pid1 "$PROXY" "$SH" -u -c "$command" ;;
			stdin) begin pid1 sh -c 'exec "$PROXY" "$SH" <part' ;;
			two) begin pid1 "$PROXY" "$SH" -c "$SH ./part; exit 4" ;;
			esac
			logged "app ready"
			kill -TERM "$R"
			finish
			told 1 app
			case $status in
			4 | 143) ;;
			*) same "$TURN" "$status" "4 or 143" ;;
			esac
		done
	done
	no_faults
}

@test "shell: BusyBox's own names of a shell count: busybox sh, busybox ash, sh, -ash" {
	use ash
	ln -sf "$SH" busybox
	ln -sf "$SH" sh
	script part <<<'$A app -o 15:wait=go; :'
	for command in './busybox sh ./part' './busybox ash ./part' './sh ./part' \
		'./busybox sh -c "./part; :"' 'bash -c "exec -a -ash ./sh ./part"'; do
		TURN=$command
		again
		begin pid1 "$PROXY" bash -c "trap : TERM; $command; :"
		logged "app ready"
		kill -TERM "$R"
		logged "app sig 15"
		touch go
		finish
		told 1 app
	done
	no_faults
}

@test "shell: a program with a shell's name in its arguments only is a program" {
	for words in "bash" "/bin/sh" "script.sh"; do
		TURN=$words
		again
		begin pid1 "$PROXY" sh -c 'trap : TERM; $A app -n "$0" -o 15:wait=go -k "$A worker -o 10:exit=0"; :' "$words"
		logged "worker ready"
		logged "app ready"
		worker=$(outer worker)
		kill -TERM "$R"
		logged "app sig 15"
		"$A" --send "$worker" 10
		logged "worker end"
		touch go
		finish
		told 1 app
		told 0 worker
	done
	no_faults
}

# --- pipelines -------------------------------------------------------------

# The last line comes when the shell above has been told already.
LAST='15:run=echo first; until [ -e go ]; do sleep 0.02; done; echo last'

@test "shell: app | tee: the last lines arrive, in the foreground and in the background" {
	export LAST
	for shell in $SHELLS; do
		for body in '$A app -o "$LAST" | tee out' '$A app -o "$LAST" | tee out & wait' \
			'($A app -o "$LAST"; echo after) | tee out; :' \
			'$A app -o "$LAST" | sed "s/^//" | tee out; :' \
			'$A app -o "$LAST" | while read -r line; do echo "$line"; done | tee out; :' \
			'serve() { $A app -o "$LAST"; :; }; serve | tee out; :'; do
			TURN="$shell: $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" ./entry
			logged "app ready"
			shell_pid=$(first_child "$R")
			kill -TERM "$R"
			logged "app sig 15"
			shell_has_died
			touch go
			finish
			told 1 app
			same "$TURN" "$(grep -c -x -e first -e last out)" 2
			died_of_term
			same "$TURN" "$(sed -n 's/^app ran //p' "$LOG")" 0
		done
	done
	no_faults
}

@test "shell: app | tee below a trap: the last lines arrive, then the trap's end" {
	export LAST
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; wait; exit 3' TERM
			$A app -o "$LAST" | tee out &
			wait
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		logged "script trap"
		touch go
		finish
		told 1 app
		same "$TURN" "$status:$(paste -sd, out)" 3:first,last
	done
	no_faults
}

@test "shell: 2,000 last lines arrive behind a filter that takes its time" {
	for shell in bash dash; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -o "15:run=seq 2000" | while read -r line; do echo "<$line>"; done | tee out
			:
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$(wc -l <out):$(tail -n 1 out)" "2000:<2000>"
	done
	no_faults
}

@test "shell: nobody in a pipeline is told before its writer has ended" {
	for shell in $SHELLS; do
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
			shell_pid=$(first_child "$R")
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
		for redirection in '> >(tee out)' '> >(tee out) 2>&1' '> >(sed "s/^//" | tee out)'; do
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
			kill -TERM "$R"
			logged "script trap"
			touch go
			finish
			told 1 app
			same "$TURN" "$status:$(paste -sd, out)" 4:first,last,goodbye
		done
	done
	no_faults
}

# --- the stop's own programs ----------------------------------------------

@test "shell: a trap's cleanup is waited for and never told" {
	for shell in $SHELLS; do
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
		"$A" --send "$(outer cleanup)" 10
		finish
		told 1 app
		told 0 cleanup
		same "$TURN" "$status:$(count 'cleanup end 0')" 3:1
		same "$TURN" "$(before 'cleanup end' 'script end' && echo yes)" yes
	done
	no_faults
}

@test "shell: a program's own cleanup is waited for and never told" {
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			$A app -o '15:run=$A cleanup -o 10:exit=0'
			:
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		shell_pid=$(first_child "$R")
		kill -TERM "$R"
		logged "cleanup ready"
		shell_has_died
		"$A" --send "$(outer cleanup)" 10
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
		for turn in 1 2 3; do
			TURN="$shell $turn"
			use $shell
			script entry <<-'END'
				$A app -o '15:run=echo >seen; until [ -e go ]; do sleep 0.02; done' &
				while [ ! -e seen ]; do :; done
				$A late -o 15:wait=go
				while :; do :; done
			END
			begin pid1 "$PROXY" ./entry
			logged "app ready"
			shell_pid=$(first_child "$R")
			kill -TERM "$R"
			shell_has_died
			touch go
			finish
			told 1 app
			died_of_term
			# the TERM may have come between its fork and its exec
			[ "$(count 'late ready')" -eq 0 ] || told 1 late
		done
	done
	no_faults
}

@test "shell: what a shell left behind when it died of the stop is told once and waited for" {
	for shell in $SHELLS; do
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

# --- workers -----------------------------------------------------------------

@test "shell: a master's workers are never told, whoever dies around them" {
	for shell in $SHELLS; do
		for body in '$A master -o 15:wait=go -k "$A worker -o 10:exit=0"; :' \
			'$A master -o 15:wait=go -k "$A worker -o 10:exit=0" & wait' \
			'exec $A master -o 15:wait=go -k "$A worker -o 10:exit=0"' \
			'$A master -o 15:wait=go -k "sh -c \"\$A worker -o 10:exit=0; :\""; :' \
			'$A master -o 15:wait=go -k "$A worker -s -o 10:exit=0" | cat; :'; do
			TURN="$shell: $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" ./entry
			logged "master ready"
			logged "worker ready"
			worker=$(outer worker)
			shell_pid=$(first_child "$R")
			kill -TERM "$R"
			logged "master sig 15"
			[[ $body == exec* ]] || shell_has_died
			"$A" --send "$worker" 10
			logged "worker end"
			touch go
			finish
			told 1 master
			told 0 worker
		done
	done
	no_faults
}

@test "shell: a worker that its master left behind is told then" {
	for shell in $SHELLS; do
		for mode in pid1 sub; do
			TURN="$shell $mode"
			use $shell
			script entry <<<'$A master -k "$A worker -s -o 15:wait=go"; :'
			begin $mode "$PROXY" ./entry
			logged "master ready"
			logged "worker ready"
			kill -TERM "$R"
			logged "worker sig 15"
			touch go
			finish
			told 1 master
			told 1 worker
			same "$TURN" "$(before 'master end' 'worker sig' && echo yes)" yes
		done
	done
	no_faults
}

# A worker that gets the TERM itself drops its work; one whose master closes the
# pipe finishes it. As celery's and gunicorn's do.
@test "shell: a prefork server's requests are finished, not aborted" {
	cat >server.py <<-'END'
		import os, signal, sys, time

		def say(text):
		    os.write(log, (text + "\n").encode())

		log = os.open(os.environ["LOG"], os.O_WRONLY | os.O_APPEND)
		readable, writable = os.pipe()
		workers = []
		for number in range(2):
		    pid = os.fork()
		    if pid == 0:
		        def abort(*_):
		            say("worker%d aborted" % number)
		            os._exit(1)
		        signal.signal(signal.SIGTERM, abort)
		        os.close(writable)
		        say("worker%d busy" % number)
		        os.read(readable, 1)
		        while not os.path.exists("go"):
		            time.sleep(0.02)
		        say("worker%d finished" % number)
		        os._exit(0)
		    workers.append(pid)

		def stop(*_):
		    say("master told")
		    os.close(writable)
		    for pid in workers:
		        os.waitpid(pid, 0)
		    say("master end")
		    sys.exit(0)

		signal.signal(signal.SIGTERM, stop)
		say("master ready")
		while True:
		    signal.pause()
	END
	for shell in $SHELLS; do
		TURN=$shell
		use $shell
		script entry <<-'END'
			python3 server.py
			:
		END
		begin pid1 "$PROXY" ./entry
		for line in "master ready" "worker0 busy" "worker1 busy"; do
			logged "$line"
		done
		shell_pid=$(first_child "$R")
		kill -TERM "$R"
		logged "master told"
		shell_has_died
		touch go
		finish
		same "$TURN" "$(count 'worker. finished'):$(count 'worker. aborted'):$(count 'master told')" 2:0:1
	done
	no_faults
}

# nginx writes down who sent it what.
@test "shell: nginx's master gets the signal once, its workers none from us" {
	nginx=$(type -P nginx || echo /usr/sbin/nginx)
	export nginx
	[ -x "$nginx" ] || {
		echo "nginx is not installed"
		return 1
	}
	mkdir -p web
	chmod 777 web "$BATS_TEST_TMPDIR"
	cat >nginx.conf <<-END
		daemon off;
		worker_processes 2;
		pid $PWD/web/pid;
		error_log $PWD/web/errors notice;
		events {}
		http {
			access_log off;
			client_body_temp_path $PWD/web/a;
			proxy_temp_path $PWD/web/b;
			fastcgi_temp_path $PWD/web/c;
			uwsgi_temp_path $PWD/web/d;
			scgi_temp_path $PWD/web/e;
			server { listen unix:$PWD/web/socket; }
		}
	END
	[ "$(id -u)" != 0 ] || sed -i '1i user root;' nginx.conf
	for case in TERM:15 QUIT:3; do
		TURN=${case%:*}
		rm -rf web/*
		use bash
		script entry <<-'END'
			$nginx -c "$PWD/nginx.conf"
			:
		END
		begin pid1 "$PROXY" --stop-signal QUIT ./entry
		wait_until has_workers 2
		kill -"$TURN" "$R"
		finish
		cat web/errors
		same "$TURN, to the master" \
			"$(grep -c "signal ${case#*:} (SIG$TURN) received from 1\b" web/errors)" 1
		# "PID#THREAD: signal": of one process only
		same "$TURN, processes" "$(sed -n "s/.* \([0-9]*\)#[0-9]*: signal ${case#*:} .*received from 1\b.*/\1/p" \
			web/errors | sort -u | wc -l)" 1
		same "$TURN, its end" "$(grep -c ' exit$' web/errors)" 3
	done
	no_faults
}

has_workers() {
	[ "$(grep -c 'start worker process [0-9]' web/errors 2>/dev/null)" -ge "$1" ]
}

@test "shell: a postgres session in a transaction is not aborted by the smart shutdown" {
	need_root "postgres must run as somebody else"
	for folder in /usr/lib/postgresql/*/bin; do
		[ ! -x "$folder/initdb" ] || export PG=$folder
	done
	[ -n "${PG:-}" ] || {
		echo "postgresql is not installed"
		return 1
	}
	id postgres
	open_up
	as=(setpriv --reuid postgres --regid postgres --clear-groups --)
	"${as[@]}" "$PG/initdb" -A trust -N -D "$PWD/data" >initdb.log 2>&1 || cat initdb.log
	psql="${as[*]} $PG/psql -h $PWD -U postgres -v ON_ERROR_STOP=1 -q"
	for start in "setpriv --reuid postgres --regid postgres --clear-groups --" \
		"su postgres -s /bin/sh -c" "runuser -u postgres --"; do
		TURN=$start
		use bash
		rm -f commands session postgres.log
		server="$PG/postgres -D $PWD/data -k $PWD -c listen_addresses="
		[[ $start != su* ]] || server="'$server'"
		script entry <<-END
			$start $server 2>"$PWD/postgres.log"
			:
		END
		begin pid1 "$PROXY" ./entry
		wait_until has_line postgres.log 'ready to accept connections'
		mkfifo commands
		$psql <commands >session 2>&1 3>&- &
		client=$!
		STARTED+=" $client"
		exec 8>commands
		echo 'create table if not exists t (n int); begin; insert into t values (1); select 1 as "in-it";' >&8
		wait_until has_line session in-it
		kill -TERM "$R"
		wait_until has_line postgres.log 'received smart shutdown request'
		echo 'insert into t values (2); commit; select count(*) > 1 as "committed" from t;' >&8
		wait_until has_line session committed
		exec 8>&-
		wait "$client" || same "$TURN" "psql failed: $(cat session)" 0
		finish
		same "$TURN" "$(grep -c 'received .* shutdown request' postgres.log)" 1
		same "$TURN" "$(grep -c 'terminating connection' postgres.log)" 0
		same "$TURN" "$(grep -c 'database system is shut down' postgres.log)" 1
	done
	no_faults
}

# --- wrappers in between -----------------------------------------------------

# Each line: a wrapper, with the program CMD. What relays a TERM would make it
# two; what kills when told would end the cleanup.
wrappers() {
	cat <<-'END'
		env X=1 CMD
		nice CMD
		timeout 300 CMD
		timeout --foreground 300 CMD
		timeout -k 1 300 sh -c "CMD; :"
		flock lock CMD
		flock lock -c "CMD; :"
		setpriv --no-new-privs CMD
		tini -- CMD
		tini -g -- CMD
		tini -s -- sh -c "CMD; :"
		dumb-init -- CMD
		dumb-init -c -- CMD
		dumb-init sh -c "trap : TERM; CMD; :"
		$REAPER -- CMD
		$REAPER -g sh -c "CMD; :"
		$REAPER -a CMD
		$PROXY CMD
		$PROXY sh -c "CMD; :"
		$PROXY -s group CMD
		$INIT -- CMD
		nice env timeout 300 flock lock tini -- CMD
	END
}

root_wrappers() {
	cat <<-'END'
		setpriv --reuid 65534 --regid 65534 --clear-groups CMD
		su nobody -s /bin/sh -c "CMD"
		su nobody -s /bin/sh -c "CMD; :"
		su nobody -s /bin/bash -c ./part
		su -s /bin/sh nobody -- ./part
		runuser -u nobody -- CMD
		runuser nobody -s /bin/sh -c "CMD; :"
		sudo -E CMD
		sudo -E -u nobody CMD
		sudo -E -u nobody sh -c "CMD; :"
		sudo -E -u nobody ./part
	END
}

# wrapped LINE: in a script and as the command itself: told once, cleaned up.
wrapped() {
	local line=${1//CMD/\$A app -o 15:run=./clean}

	for where in script command; do
		TURN="$where: $1"
		again
		script entry <<<"$line"$'\n:'
		if [ $where = script ]; then
			begin pid1 "$PROXY" ./entry
		else
			begin pid1 "$PROXY" sh -c "exec $line"
		fi
		logged "app ready" || {
			cat "$OUT"
			return 1
		}
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN, cleanup" "$(count 'app ran'):$(count 'app ran 0')" 1:1
	done
}

wrapper_setup() {
	INIT=$(applet init)
	export INIT
	touch lock
	printf '#!/bin/sh\nsleep 0.4\n' >clean
	printf '#!/bin/sh\n$A app -o 15:run=./clean\n:\n' >part
	chmod +x clean part
}

@test "shell: wrappers are looked through, and do not tell or kill the program below again" {
	wrapper_setup
	while read -r line; do
		wrapped "$line"
	done < <(wrappers)
	no_faults
}

@test "shell: su, runuser, sudo and setpriv are looked through, down to the script below" {
	need_root "to become somebody else"
	wrapper_setup
	open_up
	chmod 666 lock
	while read -r line; do
		wrapped "$line"
	done < <(root_wrappers)
	no_faults
}

@test "shell: a wrapper's own status comes through when it is the command" {
	wrapper_setup
	for case in "timeout 300:7" "env X=1:7" "nice:7" "tini --:7" "dumb-init --:7" "$REAPER:7"; do
		TURN=$case
		again
		begin pid1 "$PROXY" ${case%:*} "$A" app -o 15:exit=7
		logged "app ready"
		kill -TERM "$R"
		finish
		told 1 app
		same "$TURN" "$status" "${case##*:}"
	done
	no_faults
}

# --- interactive shells -------------------------------------------------------

@test "shell: an interactive shell counts as a program: what it runs is not told" {
	for shell in $SHELLS; do
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
		"$A" --send "$kid" 10
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
	for shell in $SHELLS; do
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
			"$A" --send "$R" $sig
			logged "app sig $sig "
		done
		kill -TERM "$R"
		logged "app sig 15"
		"$A" --send "$worker" 9
		finish
		for sig in $signals; do
			same "$TURN, signal $sig" "$(count "app sig $sig "):$(count "worker sig $sig ")" 1:0
		done
		told 1 app
	done
	no_faults
}

@test "shell: a signal sent three times is forwarded three times, to shell and program" {
	for shell in $SHELLS; do
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
			"$A" --send "$R" 10
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
	for shell in $SHELLS; do
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
		"$A" --send "$R" 10
		finish
		told 2 app
	done
	no_faults
}

# With --grace 0 only a stop request makes it wait for the worker left behind.
@test "shell: INT, PWR and 37 are stop requests, too, the last two forwarded as TERM" {
	for shell in $SHELLS; do
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
	for shell in $SHELLS; do
		while IFS='|' read -r wanted options body; do
			TURN="$shell '$options' $body"
			use $shell
			script entry <<<"$body"
			begin pid1 "$PROXY" $options ./entry
			logged "app ready"
			kill -TERM "$R"
			finish
			told 1 app
			same "$TURN" "$status" "$wanted"
		done <<-'END'
			143||$A app -o "15:run=sleep 1"; :
			0|--expect 143|$A app -o "15:run=sleep 1"; :
			0|-e 143|$A app & wait
			7||exec $A app -o 15:exit=7
			0|-e 7|exec $A app -o 15:exit=7
			143||exec $A app -o 15:die
			6||trap "exit 6" TERM; $A app -o "15:run=sleep 1"; :
			6||trap "exit 6" TERM; $A app -o "15:run=sleep 1" & wait
			8||trap : TERM; $A app -o "15:run=sleep 1"; exit 8
			9||trap "exit 9" EXIT TERM; $A app -o "15:run=sleep 1" & wait
		END
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
			"$A" --send "$R" 10
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
	for shell in $SHELLS; do
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
		"$A" --send "$worker" 10
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
	for shell in $SHELLS; do
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
		kill -TERM "$(first_child "$R")"
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
	for shell in $SHELLS; do
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
		script entry <<<'trap "wait; exit 3" TERM; $A app -o "15:run=sleep 0.3" -k "$A worker -o 15:exit=1 -o 10:exit=0" & wait'
		begin pid1 sudo $options "$PROXY" ./entry
		logged "app ready"
		logged "worker ready"
		worker=$(outer worker)
		kill -TERM "$R"
		logged "app sig 15"
		"$A" --send "$worker" 10
		finish
		told 1 app
		told 0 worker
		same "$TURN" "$status:$(count 'app ran 0')" 3:1
	done
	no_faults
}

# --- terminals --------------------------------------------------------------------

@test "shell: ^C reaches script and program once each" {
	for shell in $SHELLS; do
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
			# a shell may end by itself when sleep was told first
			same "$where ${words[*]}" "$(grep -v -e '^status 143: ' -e '^status 0: ' <<<"$output")" "hung 0"
		done
	done
	no_faults
}
