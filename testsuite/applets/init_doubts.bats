#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What looked well and was not: ends that nobody heard of, requests and reloads
# that went round after=, and files that say something else than they seem to.

load ../helper
load init_helper

setup() {
	init_setup
	# ready once there is a file "go"
	cat >slow <<-'END'
		until [ -e go ]; do sleep 0.02; done
		echo >&3
		exec sleep 1000
	END
}

# ---- ends --------------------------------------------------------------------

@test "init doubts: who was not ready in time has failed, though it ended well when it was told" {
	for entry in ":name=x,main,ready-timeout=300ms,notify-fd=3:respawn:./worker x" \
		":name=x,must,ready-timeout=300ms:wait:./worker x" \
		":name=x,ready-timeout=300ms,notify-fd=3:respawn:./worker x"; do
		# on a slow machine it may have been told before it could be
		for limit in 300ms 3s 60s; do
			ns_start "$init" --control none -e "${entry/300ms/$limit}"
			finish
			[[ $output != *"x told"* ]] || break
		done
		echo "$entry: $status"
		echo "$output"
		[ "$status" -eq 125 ]
		[[ $output == *"init: x: was not ready in time"* ]]
	done
}

@test "init doubts: who came back too often has failed, though it ended well each time" {
	for options in main must; do
		ns_start "$init" --control none -e ":$options,restarts=1/1m,delay=0:respawn:true"
		finish
		[ "$status" -eq 125 ]
	done
}

@test "init doubts: grace= is also for what an entry leaves in its session" {
	cat >w <<-'END'
		sh -c 'trap "" TERM; echo stubborn; while :; do sleep 1; done' &
		exec ./worker w
	END
	for options in kill=session,grace=300ms grace=300ms; do
		begin -e ":name=w,$options:respawn:sh ./w"
		wait_until has_line "$OUT" stubborn
		ask stop w
		[ "$status" -eq 0 ]
		# whoever is killed is named
		wait_until has_line "$OUT" \
			'init: w: process [0-9]* (sh -c .*stubborn.*) killed: its grace is over'
		stop_init
		[ "$status" -eq 0 ]
		# the same in a stop of all
		begin -e ":name=w,$options:respawn:sh ./w"
		wait_until has_line "$OUT" stubborn
		stop_init
		[ "$status" -eq 0 ]
	done
}

@test "init doubts: grace= binds what is left also while the restart is far off" {
	cat >w <<-'END'
		rm -f there
		sh -c 'trap "" TERM; echo stubborn; touch there; while :; do sleep 1; done' &
		until [ -e there ]; do sleep 0.02; done
		exit 1
	END
	begin -e ":name=w,grace=300ms,delay=1h,delay-max=1h:respawn:sh ./w"
	wait_until has_line "$OUT" "w: process .*stubborn.* killed: its grace is over"
	ask start w # and then it starts all the same
	wait_until count_is 2 "^stubborn"
	kill -KILL "$NS_PID"
	finish
}

@test "init doubts: who is killed when main's grace is over is named once" {
	begin -G 300ms -e ":main:once:sh -c 'until grep -q stubborn out; do sleep 0.02; done'" \
		-e ':name=b:respawn:sh -c "trap : TERM; echo stubborn; while :; do sleep 1; done"'
	finish
	[ "$status" -eq 0 ]
	echo "$output"
	count_is 1 'init: .*(sh -c trap.*: killed: it did not end in time'
	count_is 0 'its grace is over'
	count_is 0 '\[sh\]'
}

@test "init doubts: who may not be killed is given up once, by whoever kills all" {
	[ "$(id -u)" = 0 ] || skip "needs root: setpriv, user="
	ns_start setpriv --bounding-set=-kill "$init" --control none -G 300ms \
		-e ":main:once:sh -c 'until grep -q stubborn out; do sleep 0.02; done'" \
		-e ':name=b,user=nobody,grace=500ms:respawn:sh -c "trap : TERM; echo stubborn; while :; do sleep 1; done"'
	finish
	echo "$output"
	count_is 1 "init: cannot be killed: .*(sh -c trap"
	count_is 0 "its grace is over"
}

@test "init doubts: without /bin/sh it is that which is missed, not the command" {
	[ "$(id -u)" = 0 ] || skip "needs root: chroot"
	mkdir -p root
	cp "$init" root/init
	cp worker root/app
	ns_start chroot root /init --control none -e ':main:once:/app "a b"'
	finish
	[ "$status" -eq 127 ]
	[[ $output == *"init: app: /bin/sh: not found"* ]]
	[[ $output != *"/app: not found"* ]]
}

@test "init doubts: askfirst does not wait for Enter where nobody can press it" {
	begin -e "::askfirst:echo started" </dev/null
	wait_until has_line "$OUT" "started"
	stop_init
	[ "$status" -eq 0 ]
}

# ---- requests ----------------------------------------------------------------

@test "init doubts: a request does not go with what to run, nor with --check" {
	begin -e "::respawn:./worker x"
	wait_until has_line "$OUT" "x up"
	for options in --check "-e ::once:true" "-f /dev/null"; do
		ask $options poweroff
		[ "$status" -eq 125 ]
		[ "${lines[0]}" = "init: a request does not go with -e, -f and --check" ]
	done
	ask status --check
	[ "$status" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init doubts: init start does not go round after=" {
	begin -e ":name=db,notify-fd=3:respawn:sh ./slow" -e ":name=app,after=db:respawn:./worker app"
	ask stop app
	[ "$status" -eq 0 ]
	for word in start restart; do
		ask $word app
		[ "$status" -eq 1 ]
		[ "$output" = "init: app: what it comes after is not ready" ]
	done
	touch go
	wait_until is running db
	ask start db
	wait_until eval '"$init" --control "$PWD/sock" status db 3>&- | grep -q "running *yes"'
	ask start app
	[ "$status" -eq 0 ]
	[ "$output" = "app: ready" ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init doubts: init restart does not go round after= either, whatever the state" {
	begin -e ":name=db:respawn:./worker db" -e ":name=app,after=db:respawn:./worker app"
	wait_until has_line "$OUT" "app up"
	ask stop db
	ask restart app
	[ "$status" -eq 1 ]
	[ "$output" = "init: app: what it comes after is not ready" ]
	ask start db
	[ "$status" -eq 0 ]
	ask restart app
	[ "$status" -eq 0 ]
	wait_until count_is 2 "app up"
	stop_init
	[ "$status" -eq 0 ]
	count_is 2 "app told"
}

@test "init doubts: those who wait leave room for a health check and for a stop" {
	begin -e ":name=db,notify-fd=3:respawn:sh ./slow"
	for i in $(seq 16); do
		"$init" --control "$PWD/sock" restart db >"answer$i" 2>&1 3>&- &
		STARTED+=" $!"
	done
	wait_until eval '[ "$(cat answer* | grep -c "^init: db: too many requests wait (try --no-wait)")" -eq 4 ]'
	ask status --check
	[ "$status" -eq 1 ]
	ask stop --no-wait db
	[ "$status" -eq 0 ]
	wait_until eval '[ "$(cat answer* | wc -l)" -eq 16 ]'
	stop_init
	[ "$status" -eq 0 ]
}

# ---- reloads -----------------------------------------------------------------

@test "init doubts: what a reload changes starts in its turn, whatever it was" {
	for was in running:respawn:"sleep 1000" backoff,delay=1h,delay-max=2h:respawn:false \
		failed,restarts=1/1m,delay=0:respawn:false; do
		rm -f go
		echo ":name=web${was#"${was%%[,:]*}"}" >inittab
		begin -f inittab --keep
		wait_until is "${was%%[,:]*}" web
		cat >inittab <<-'END'
			:name=db,notify-fd=3:respawn:sh ./slow
			:name=web,after=db:respawn:sleep 1001
		END
		ask reload --no-wait
		wait_until is running db
		wait_until is waiting web
		touch go
		wait_until is running web
		stop_init
		[ "$status" -eq 0 ]
	done
}

@test "init doubts: a one-shot that is new in a reload does not run, and that is said" {
	echo "::respawn:./worker x" >inittab
	begin -f inittab
	wait_until has_line "$OUT" "x up"
	echo ":name=migrate:once:./worker migrate" >>inittab
	ask reload
	[ "$status" -eq 0 ]
	wait_until has_line "$OUT" "init: migrate: is new, and not run before the next start"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init doubts: a changed line's budget and delay of restarts count from anew" {
	# who failed, waits or runs: the second try of the new line comes after
	# its delay, and its budget is whole
	for was in failed,restarts=1/1h,delay=0:respawn:false \
		backoff,delay=1h,delay-max=4h:respawn:false \
		running,restarts=2/1h,delay=0:respawn:"sh ./twice"; do
		rm -f runs
		cat >twice <<-'END'
			echo >>runs
			[ "$(wc -l <runs)" -lt 3 ] || exec sleep 1000
		END
		echo ":name=x${was#"${was%%[,:]*}"}" >inittab
		begin --keep -f inittab
		wait_until is "${was%%[,:]*}" x
		[ "${was%%,*}" != running ] || wait_until eval '[ "$(wc -l <runs)" -eq 3 ]'
		echo ":name=x,restarts=2/1h,delay=50ms,delay-max=1h:respawn:sh -c 'exit 3'" >inittab
		ask reload
		wait_until is failed x
		count_is 1 "x: exited with status 3; starts again in 50 ms"
		count_is 1 "x: exited with status 3; starts again in 100 ms"
		count_is 1 "x: exited with status 3; failed"
		stop_init
		[ "$status" -eq 0 ]
	done
}

# ---- files -------------------------------------------------------------------

@test "init doubts: a byte order mark is an error by name" {
	printf '\xef\xbb\xbftty77::respawn:getty\n::once:true\n' >inittab
	run "$init" --check -f inittab
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"init: inittab:1: begins with a byte order mark"* ]]
}

@test "init doubts: a comment that swallows the next line is warned about" {
	printf '# the old one \\\n::once:true\n::once:false\n' >inittab
	run "$init" --check -f inittab
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"init: inittab:1: warning: #: its backslash makes the next line a comment"* ]]
}

@test "init doubts: what the shell only knows is warned about also where no shell is needed" {
	for command in "cd /srv" "umask 022" ". ./file" "exec sleep 9"; do
		run "$init" --check -e "::once:$command"
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *"is no program, but the shell's; write sh -c '...'"* ]]
	done
	run "$init" --check -e "::once:cdrecord x"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "init doubts: a program that is not there is named, and so is its entry" {
	ns_start "$init" --control none -e ":name=web:once:/usr/sbin/ngnix -g x"
	finish
	[ "$status" -eq 127 ]
	[[ $output == *"init: web: /usr/sbin/ngnix: not found"* ]]
	ns_start "$init" --control none -e ":name=web,finish=./no(such:once:true"
	finish
	[[ $output == *"init: web: finish: ./no(such: not found"* ]]
}

@test "init doubts: another failure is said, also one of the same errno, or after a request" {
	echo ":name=web,delay=10ms,delay-max=100ms:respawn:./nosuch" >inittab
	begin -v -f inittab
	wait_until at_least 3 "web: exited with status 127"
	count_is 1 "init: web: ./nosuch: not found"
	echo '#!/nothere' >nosuch
	chmod +x nosuch
	wait_until has_line "$OUT" "init: web: ./nosuch: cannot execute: the interpreter"
	rm nosuch
	wait_until count_is 2 "init: web: ./nosuch: not found"
	echo ":name=web,delay=1h,delay-max=1h:respawn:./nothere" >inittab
	ask reload
	wait_until has_line "$OUT" "init: web: ./nothere: not found"
	wait_until is backoff web
	for count in 2 3; do
		ask "$([ "$count" = 2 ] && echo restart || echo start)" web
		[ "$status" -eq 1 ]
		wait_until count_is "$count" "init: web: ./nothere: not found"
	done
	stop_init
	[ "$status" -eq 0 ]
}
