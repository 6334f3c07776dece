#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What docs/security.md promises and no other file shows.

load ../helper
load init_helper

setup() {
	init_setup
	check=$(applet zombiecheck)
	for name in "${!INITBOX_@}"; do # none of the caller's options
		[ "$name" = INITBOX_BIN ] || unset "$name"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: $1"
}

# open_up: let other users into this folder, and run a copy of init.
open_up() {
	local folder=$BATS_TEST_TMPDIR

	cp "$INITBOX" init
	init=$PWD/init
	chmod 777 .
	while [ "$folder" != "$BATS_RUN_TMPDIR" ]; do
		folder=${folder%/*}
		chmod o+x "$folder"
	done
}

AS=(setpriv --reuid 54321 --regid 54321 --clear-groups)

# ---- the control socket ----------------------------------------------------

@test "security: what stands in the socket's place is not followed, replaced or deleted" {
	echo precious >target
	for kind in file symlink dangling folder fifo; do
		rm -rf sock
		case $kind in
		file) echo precious >sock ;;
		symlink) ln -s target sock ;;
		dangling) ln -s nowhere sock ;;
		folder) mkdir sock ;;
		fifo) mkfifo sock ;;
		esac
		was=$(stat -c '%F %i' sock)
		run ns_run "$init" -v --control "$PWD/sock" -e ::once:true
		echo "$kind: $status: $output"
		[ "$status" -eq 0 ]
		[[ $output == *"init: no control: $PWD/sock: Address already in use"* ]]
		[ "$(stat -c '%F %i' sock)" = "$was" ]
		[ "$(cat target)" = precious ]
		[ ! -e nowhere ]
	done
}

@test "security: a socket of another kind that lives is left alone" {
	cat >log.py <<-'END'
		import socket
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("sock")
		print("bound", flush=True)
		print(s.recv(100).decode(), flush=True)
	END
	OUT=log start python3 log.py
	logger=$PID
	wait_until has_line log bound
	run ns_run "$init" -v --control "$PWD/sock" -e ::once:true
	[ "$status" -eq 0 ]
	[[ $output == *"init: no control: $PWD/sock: Address already in use"* ]]
	python3 -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(b"still there", "sock")'
	wait_until is_gone "$logger"
	has_line log "still there"
}

@test "security: so is a live one that init may not use" {
	need_root "two users"
	open_up
	ns_start "$init" --control "$PWD/sock" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	run ns_run "${AS[@]}" "$init" -v --control "$PWD/sock" -e ::once:true
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"init: no control: $PWD/sock: Address already in use"* ]]
	ask status worker
	[ "$status" -eq 0 ]
	stop_init
}

@test "security: the socket has mode 0600 whatever the umask, and entries keep theirs" {
	for mask in 0000 0777; do
		rm -f out
		ns_start sh -c 'umask "$0"; exec "$@"' $mask "$init" --control "$PWD/sock" \
			-e "::respawn:sh -c 'umask; read -r x <>never'"
		wait_until has_line "$OUT" "^$mask\$"
		[ "$(stat -c %a sock)" = 600 ]
		stop_init
	done
}

@test "security: another user is refused by the mode, and by init where the mode lets him" {
	need_root "two users"
	open_up
	ns_start "$init" --control "$PWD/sock" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	run "${AS[@]}" "$init" --control "$PWD/sock" poweroff
	[ "$status" -eq 125 ]
	[ "$output" = "init: $PWD/sock: init is not reachable: Permission denied" ]
	chmod 666 sock
	run "${AS[@]}" "$init" --control "$PWD/sock" poweroff
	echo "$output"
	[ "$status" -eq 125 ]
	[[ $output == "init: $PWD/sock: init is not reachable: "* ]]
	[[ $output != *"Permission denied"* ]]
	ask status worker
	[ "$status" -eq 0 ]
	stop_init
	[ "$(order_of '^one')" = "one up one told one clean " ]
}

@test "security: a path too long for a socket is an error, and nothing is asked or started" {
	# the path to which it would be cut
	long=$PWD/$(printf 'x%.0s' {1..200})
	cut=${long:0:107}
	ns_start "$init" --control "$cut" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	first=$OUT
	for words in "status" "-e ::once:touch\ started"; do
		eval "run ns_run '$init' --control '$long' $words"
		echo "$words: $status: $output"
		[ "$status" -eq 125 ]
		[ "${lines[0]}" = "init: --control: a socket's path has 1 to 107 bytes" ]
		[ "${#lines[@]}" -eq 2 ]
	done
	INITBOX_CONTROL=$long run "$init" poweroff
	[ "$status" -eq 125 ]
	[ "${lines[0]}" = "init: --control: a socket's path has 1 to 107 bytes" ]
	[ ! -e started ]
	has_line "$first" "one up"
	stop_init
}

# ---- programs that are not friends -----------------------------------------

@test "security: ready says the entry itself; a stranger is not heard, a flood stops nobody" {
	need_root "two users"
	chmod 777 .
	cat >say.py <<-'END'
		import os, socket, sys
		if len(sys.argv) > 1: # a stranger
		    os.setsid()
		    os.setgroups([])
		    os.setgid(54321)
		    os.setuid(54321)
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect("\0" + open("name").read()[1:])
		for text in sys.argv[1:]:
		    s.send(text.encode())
		for i in range(20000 if len(sys.argv) == 1 else 0):
		    s.send(b"STATUS=\x1b[2J\nREADY=0\n\n=")
		print("said", flush=True)
	END
	ns_start "$init" --control "$PWD/sock" -e ":name=db,notify-socket:respawn:sh -c 'printf %s \
\"\$NOTIFY_SOCKET\" >name; trap \"python3 say.py; echo flooded\" USR1; echo up; while :; do read -r x <>never; done'"
	wait_until has_line "$OUT" up
	# one of its PID namespace, as by docker exec, and one from outside
	nsenter --target "$NS_PID" --pid python3 say.py READY=1 STATUS=mine 3>&-
	python3 say.py READY=1 STATUS=mine
	for i in 1 2; do
		ask status db
		[[ ${lines[1]} == "db "*" running   no "* ]]
		[[ $output != *mine* ]]
	done
	read -r CHILD _ <"/proc/$NS_PID/task/$NS_PID/children" || :
	kill -USR1 "$CHILD"
	ask status db
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" flooded
	ask status db
	[[ ${lines[1]} == *'  \x1b[2J' ]]
	[[ $output != *$'\e'* ]]
	stop_init
}

@test "security: names of processes and words of entries are escaped in what init says" {
	cat >stubborn <<-'END'
		#!/bin/bash
		trap '' TERM
		exec -a $'z\e]0;x\a\ninit: all is well\x9b' sleep 1000
	END
	chmod +x stubborn
	ns_start "$init" --stop-timeout 1ms -e ::once:./stubborn
	wait_until has_hostile
	stop_init
	[[ $output == *' (z\x1b]0;x\x07\x0ainit: all is well\x9b 1000): killed: '* ]]
	[ "$(LC_ALL=C tr -d '\n' <<<"$output" | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
	[[ $'\n'$output != *$'\ninit: all is well'* ]]
	for entry in $'::on\e[2Jce:x' $':na\e[2Jme=x:once:x' $':user=\e[2J:once:x' \
		$'::once:x\r\e[2J'; do
		run ns_run "$init" --check -e "$entry" -e $'::once:no\e[2J'
		echo "$entry: $output" | cat -v
		[[ $output != *$'\e'* ]]
		[[ $output != *$'\r'* ]]
	done
	run ns_run "$init" -v --control none -e $'::once:./no\esuch'
	[[ $output == *'no_such: not found'* ]]
	[[ $output != *$'\e'* ]]
}

# has_hostile: for wait_until: the entry has become the one of that name
has_hostile() {
	read -r CHILD _ <"/proc/$NS_PID/task/$NS_PID/children" || :
	grep -qa 'all is well' "/proc/$CHILD/cmdline"
} 2>/dev/null

@test "security: an entry of another user can do nothing to init, one of its user cannot kill it" {
	need_root "two users"
	cat >attack <<-'END'
		for signal in TERM KILL STOP HUP QUIT; do
			kill -s $signal 1 && echo "$1: $signal was allowed"
		done
		for file in environ mem fd/0 root/; do
			ls /proc/1/$file >/dev/null && head -c 1 /proc/1/$file >/dev/null &&
				echo "$1: $file was allowed"
		done
		echo "$1: done"
	END
	cat >deadly <<-'END'
		for signal in KILL STOP SEGV ABRT; do
			kill -s $signal 1
		done
		echo "deadly: done"
	END
	chmod 755 . attack
	ns_start "$init" --control none -e ::once:"sh deadly" \
		-e ":user=54321:once:sh -c '. ./attack 2>/dev/null' attack other" \
		-e "::respawn:./worker one"
	wait_until has_line "$OUT" "deadly: done"
	wait_until has_line "$OUT" "other: done"
	wait_until has_line "$OUT" "one up"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output != *allowed* ]]
	[ "$(order_of '^one')" = "one up one told one clean " ]
}

@test "security: an entry inherits stdin, stdout and stderr, and none of init's descriptors" {
	ns_start "$init" --control "$PWD/sock" -e ":notify-socket:respawn:sh worker one" \
		-e "::respawn:sh -c 'ls /proc/self/fd | xargs; echo up; read -r x <>never'" \
		8</dev/null 9>kept
	wait_until has_line "$OUT" '^up'
	ask status
	stop_init
	grep -qx '0 1 2 3' "$OUT" # 3 is ls's own
}

@test "security: no shell reads the words of a command" {
	words=('$(touch ran)' '`touch ran`' '; touch ran' '*' '~' '$HOME' '&')
	for applet in "$init --" "$(applet reaper)" "$(applet sigproxy)"; do
		run ns_run $applet printf '%s\n' "${words[@]}"
		[ "$status" -eq 0 ]
		[ "$output" = "$(printf '%s\n' "${words[@]}")" ]
		[ ! -e ran ]
	done
}

# ---- files that are written ------------------------------------------------

@test "security: zombiecheck's files take the place of a link and never write through one" {
	echo precious >target
	for option in "--prometheus -o" "-q --state"; do
		ln -sf target file
		# what somebody may have guessed of the temporary file's name
		ln -sf target file.tmp1
		run ns_run "$check" --settle 0 $option file
		echo "$option: $status: $output"
		[ "$status" -eq 0 ]
		[ "$(cat target)" = precious ]
		[ -f file ] && [ ! -L file ]
		[ "$(echo file*)" = "file file.tmp1" ]
	done
}

@test "security: zombiecheck waits for no FIFO in the place of a file" {
	mkfifo file
	for option in "--prometheus -o" "-q --state"; do
		run ns_run timeout -k 1 "$WAIT_LIMIT" "$check" --settle 0 $option file
		[ "$status" -eq 2 ]
		[ "$output" = "zombiecheck: file: Operation not supported" ]
		[ -p file ]
	done
}

# ---- few rights ------------------------------------------------------------

@test "security: without a capability and with no_new_privs init starts, is asked, reaps, stops" {
	drop=(setpriv --no-new-privs --bounding-set -all --inh-caps -all)
	if [ "$(id -u)" = 0 ]; then
		open_up
		drop+=(--reuid 54321 --regid 54321 --clear-groups)
	fi
	cat >orphans <<-'END'
		i=0
		while [ $i -lt 50 ]; do
			(true & exec true)
			i=$((i + 1))
		done
		grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/1/status
		echo "orphans left"
		read -r x <>never
	END
	ns_start "${drop[@]}" "$init" --control "$PWD/sock" -e "::respawn:sh orphans" \
		-e "::respawn:./worker one"
	wait_until has_line "$OUT" "orphans left"
	wait_until has_line "$OUT" "one up"
	grep -qx $'CapEff:\t0*' "$OUT"
	grep -qx $'NoNewPrivs:\t1' "$OUT"
	wait_until no_zombies
	ask restart worker
	[ "$status" -eq 0 ]
	wait_until count_is 2 '^one up'
	stop_init
	[ "$status" -eq 0 ]
	[[ $output != *init:* ]]
	[ "$(order_of '^one')" = "one up one told one clean one up one told one clean " ]
}

no_zombies() {
	[ "$(ns_zombies)" = 0 ]
}

@test "security: without rights user= is init's own user, or an error of that entry" {
	need_root "dropping rights"
	open_up
	run ns_run "${AS[@]}" "$init" --control none -e ":user=54321,group=54321:once:id -u" \
		-e ":name=other,user=54322:once:touch started"
	echo "$output"
	[ "$status" -eq 125 ]
	grep -qx 54321 <<<"$output"
	grep -qx 'init: other: .*: Operation not permitted' <<<"$output"
	[ ! -e started ]
}
