#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# init through shells: a stop reaches the programs that an entry's script runs.

load ../helper
load reaper_helper

setup() {
	actor_setup
	INIT=$(applet init)
	cat >script <<-'END'
		#!/bin/sh
		$A app -o 15:wait=go
		echo not reached
	END
	cat >trapping <<-'END'
		#!/bin/sh
		trap 'echo trap >>"$LOG"; wait; exit 0' TERM
		$A app -o 15:wait=go &
		wait
	END
	chmod +x script trapping
}

# An app whose last line comes after its stop signal, in a pipeline.
talker() {
	cat >talker.sh <<-'END'
		#!/bin/sh
		exec $A talker -o '15:run=seq 2000'
	END
	chmod +x talker.sh
}

@test "init: behind -- a program below a script is told once, and waited for" {
	for mode in pid1 sub; do
		again
		begin $mode "$INIT" -- ./script
		logged "app ready"
		script_pid=$(parent_of "$(outer app)")
		kill -TERM "$R"
		logged "app sig 15"
		wait_until is_gone "$script_pid"
		touch go
		finish
		same $mode "$status:$(count 'app sig 15'):$(count 'app end 0')" 143:1:1
	done
	again
	begin pid1 "$INIT" --scope child -- ./trapping
	logged "app ready"
	kill -TERM "$R"
	logged trap
	same "scope child" "$(count 'app sig')" 0
	kill -TERM "$(outer app)"
	touch go
	finish
	no_faults
}

@test "init: scope=shell tells the program below an entry's script, and the script later" {
	# the app does not take its TERM before it is ready: see shell.bats
	cat >ordered <<-'END'
		#!/bin/sh
		$A app -r go &
		APP=$!
		trap 'if grep -q "^ShdPnd:.*[4-7c-f]...\$" /proc/$APP/status
			then echo "trap later" >>"$LOG"
			else echo "trap first" >>"$LOG"
			fi
			wait
			exit 0' TERM
		while :; do wait; done
	END
	chmod +x ordered
	begin pid1 "$INIT" --control none -e ":name=a,scope=shell:respawn:./ordered"
	wait_until has_actor app
	wait_until blocks_term "$FOUND"
	wait_until settled # the trap is there
	kill -TERM "$R"
	logged trap
	touch go
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'app sig 15'):$(count 'trap later'):$(count trap)" = 1:1:1 ]
}

@test "init: without scope= a script that init runs directly is told alone" {
	begin pid1 "$INIT" --control none -e ":name=a:respawn:./trapping"
	logged "app ready"
	kill -TERM "$R"
	logged trap
	touch go
	[ "$(count 'app sig 15')" -eq 0 ]
	kill -TERM "$(outer app)"
	finish
	[ "$status" -eq 0 ]
}

@test "init: the last lines of an entry's pipeline arrive, in both spellings of it" {
	talker
	for entry in ':name=a:respawn:./talker.sh | cat >lines' \
		':name=a,scope=shell:respawn:./piped'; do
		again
		rm -f lines
		printf '#!/bin/sh\n./talker.sh | cat >lines\n' >piped
		chmod +x piped
		begin pid1 "$INIT" --control none -e "$entry"
		logged "talker ready"
		wait_until settled
		kill -TERM "$R"
		finish
		same "$entry" "$(wc -l <lines):$(tail -n 1 lines)" "2000:2000"
	done
	no_faults
}

@test "init: without /proc an entry's own process is told" {
	need_root "umount"
	ns_command
	OUT=$BATS_TEST_TMPDIR/out
	start "${NS[@]}" sh -c 'umount -l /proc; exec "$@"' sh \
		"$INIT" --control none -e ":name=a,scope=shell:respawn:$A main"
	logged "main ready"
	wait_until find_init
	kill -TERM "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(count 'main sig 15')" -eq 1 ]
}
