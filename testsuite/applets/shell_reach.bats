#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it, with entrypoints
# written for five shells: the ways in which scripts start programs.

load ../helper
load reaper_helper
load shell_helper

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
	for shell in $FEW_SHELLS; do
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
			app (exec -a -bash bash ./part) 2>/dev/null; case $? in 12[67]) ./part ;; esac; :
			app $SH <part; :
			app echo '$A app -o 15:wait=go; :' | $SH; :
		END
	done
	no_faults
}

@test "shell: the shell itself may be the command: with a script, with -c, from stdin" {
	for shell in $FEW_SHELLS; do
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
		send "$worker" 10
		logged "worker end"
		touch go
		finish
		told 1 app
		told 0 worker
	done
	no_faults
}
