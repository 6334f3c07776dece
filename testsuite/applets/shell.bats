#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy's scope shell (sigproxy(8)) as its users see it, with entrypoints
# written for five shells: one program below one shell.

load ../helper
load reaper_helper
load shell_helper

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
	for shell in $FEW_SHELLS; do
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
			$A app -o 15:wait=go
			echo not-reached >>"$LOG"
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		watch "$(parent_of "$(outer app)")"
		kill -TERM "$R"
		logged "app sig 15"
		wait_until woken
		touch go
		finish
		told 1 app
		same "$TURN" "$status:$(count 'script trap'):$(count not-reached)" 3:1:0
		same "$TURN" "$(before 'app end' 'script trap' && echo ordered)" ordered

		TURN="$shell, program in the background"
		use $shell
		script entry <<-'END'
			trap 'echo "script trap" >>"$LOG"; wait; echo "script waited" >>"$LOG"; exit 4' TERM
			$A app -o 15:wait=go &
			wait
			echo not-reached >>"$LOG"
		END
		begin pid1 "$PROXY" ./entry
		logged "app ready"
		kill -TERM "$R"
		logged "script trap"
		touch go
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
	for shell in $FEW_SHELLS; do
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
	for shell in $FEW_SHELLS; do
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
	for shell in $FEW_SHELLS; do
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
