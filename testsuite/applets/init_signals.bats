#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Actions that signals start, order of a stop, reading the files again.

load ../helper
load init_helper

setup() {
	init_setup
}

@test "init signals: INT runs the ctrlaltdel entries, again each time" {
	ns_start "$init" -e "::respawn:./worker one" -e "::ctrlaltdel:echo pressed"
	wait_until has_line "$OUT" "one up"
	kill -INT "$NS_PID"
	wait_until count_is 1 pressed
	kill -INT "$NS_PID"
	wait_until count_is 2 pressed
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *"one clean"* ]]
}

@test "init signals: INT while a ctrlaltdel entry runs is its turn, once more, afterwards" {
	ns_start "$init" -vv -e "::respawn:./worker one" \
		-e "::ctrlaltdel:sh -c 'echo pressed; until [ -e go ]; do sleep 0.05; done; echo over'"
	wait_until has_line "$OUT" "one up"
	for presses in 1 2 3; do
		kill -INT "$NS_PID"
		wait_until count_is "$presses" "received SIGINT"
		wait_until has_line "$OUT" "^pressed"
	done
	touch go
	wait_until count_is 2 "^over"
	stop_init
	[ "$status" -eq 0 ]
	[ "$(order_of '^pressed|^over')" = "pressed over pressed over " ]
}

@test "init signals: QUIT stops all and runs the restart entry in its place" {
	ns_start "$init" -e "::respawn:./worker one" \
		-e "::restart:sh -c 'echo successor \$\$; exit 7'"
	wait_until has_line "$OUT" "one up"
	kill -QUIT "$NS_PID"
	finish
	echo "$output"
	[ "$status" -eq 7 ]
	[[ $output == *"one clean"*"successor 1"* ]]
}

@test "init signals: PWR runs the powerfail entries before the stop" {
	ns_start "$init" -e "::respawn:./worker one" -e "::powerfail:sh -c 'sleep 0.2; echo ups'" \
		-e "::powerwait:echo ups2" -e "::shutdown:echo bye"
	wait_until has_line "$OUT" "one up"
	kill -PWR "$NS_PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(order_of 'ups|bye|told')" = "ups ups2 bye one told " ]
	# not at another stop
	ns_start "$init" -e "::respawn:./worker one" -e "::powerfail:echo ups"
	wait_until has_line "$OUT" "one up"
	stop_init
	[[ $output != *ups* ]]
}

@test "init signals: a second ^C within 2 s kills at once, where there is a terminal" {
	cat >terminal.py <<-'END'
		import os, pty, select, sys, termios
		pid, fd = pty.fork()
		if pid == 0:
		    # or a ^C throws away what nobody has read, as "^C again"
		    settings = termios.tcgetattr(0)
		    settings[3] |= termios.NOFLSH
		    termios.tcsetattr(0, termios.TCSANOW, settings)
		    os.execvp(sys.argv[1], sys.argv[1:])
		out = b""
		def until(text):
		    global out
		    while text not in out:
		        try:
		            more = os.read(fd, 1000)
		        except OSError:
		            break
		        if not more:
		            break
		        out += more
		until(b"deaf up")
		os.write(fd, b"\x03")
		until(b"deaf told")
		# two of them within 2 s, be this machine as slow as it may
		while b"^C again" not in out:
		    os.write(fd, b"\x03")
		    if select.select([fd], [], [], 0.1)[0]:
		        out += os.read(fd, 1000)
		until(b"never")
		print(out.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	run python3 terminal.py "$init" --control none \
		-e "::respawn:./worker deaf no-such-file"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"^C again: everybody left is killed"* ]]
}

@test "init signals: an ordered stop goes on when its budget is spent" {
	ns_start "$init" -v --order-wait 300ms -e ":name=slow,after=db:respawn:./worker slow go" \
		-e ":name=db:respawn:./worker db"
	wait_until has_line "$OUT" "slow up"
	wait_until has_line "$OUT" "db up"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "db clean"
	touch go
	finish
	[ "$status" -eq 0 ]
	# db was told while slow still cleaned up, and nobody was killed
	[[ $output == *"slow: sent SIGTERM"*"db: sent SIGTERM"* ]]
	[ "$(order_of 'clean')" = "db clean slow clean " ]
	[ "$(order_of 'told' | wc -w)" -eq 4 ]
}

@test "init signals: independent entries are told together" {
	ns_start "$init" -e ":name=a,after=db:respawn:./worker a go" \
		-e ":name=b,after=db:respawn:./worker b go" -e ":name=db:respawn:./worker db"
	wait_until count_is 2 "^[ab] up"
	kill -TERM "$NS_PID"
	wait_until count_is 2 "^[ab] told"
	touch go
	finish
	[ "$status" -eq 0 ]
	[[ $(order_of 'told|clean') =~ ^[ab]\ told\ [ab]\ told\ [ab]\ clean\ [ab]\ clean\ db\ told\ db\ clean\ $ ]]
}

@test "init signals: a stop during sysinit, back-off and finish wins" {
	printf '#!/bin/sh\necho finish; until [ -e go ]; do sleep 0.05; done; echo finished\n' >fin
	chmod +x fin
	ns_start "$init" -v -e ":name=a,finish=./fin,delay=10ms:respawn:sh -c 'echo run; exit 1'"
	wait_until has_line "$OUT" "^finish"
	kill -TERM "$NS_PID"
	wait_until has_line "$OUT" "init: stopping"
	touch go
	finish
	[ "$status" -eq 0 ]
	count_is 1 "^run"
	count_is 1 "^finished"
	ns_start "$init" -e ":delay=10s,delay-max=10s:respawn:sh -c 'echo again; exit 1'"
	wait_until has_line "$OUT" "starts again in 10 s"
	stop_init
	[ "$status" -eq 0 ]
	ns_start "$init" -e ":name=db,notify-fd=3:respawn:./worker db" -e ":after=db:once:echo never"
	wait_until has_line "$OUT" "db up"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output != *never* ]]
}

@test "init signals: HUP starts new entries, stops removed ones, restarts changed ones" {
	cat >inittab <<-'END'
		::sysinit:echo boot
		:name=same:respawn:./worker same
		:name=gone:respawn:./worker gone
		:name=changed,stop=INT:respawn:./worker old
		::respawn:./worker unnamed
	END
	ns_start "$init" -v -f inittab
	for name in same gone old unnamed; do
		wait_until has_line "$OUT" "$name up"
	done
	cat >inittab <<-'END'
		::sysinit:echo boot2
		:name=fresh:respawn:./worker fresh
		:name=changed:respawn:./worker new
		:name=same:respawn:./worker same
		::respawn:./worker unnamed
		::once:echo once2
	END
	kill -HUP "$NS_PID"
	wait_until has_line "$OUT" "fresh up"
	wait_until has_line "$OUT" "new up"
	wait_until has_line "$OUT" "gone clean"
	has_line "$OUT" "old INT" # told as the old line says
	# and back: what was removed comes again
	cat >inittab <<-'END'
		:name=gone:respawn:./worker gone
		:name=same:respawn:./worker same
	END
	kill -HUP "$NS_PID"
	wait_until at_least 2 "gone up"
	wait_until has_line "$OUT" "fresh clean"
	wait_until has_line "$OUT" "unnamed clean"
	stop_init
	[ "$status" -eq 0 ]
	count_is 1 "same up"
	count_is 1 "same told"
	[[ $output != *boot2* && $output != *once2* ]]
}

@test "init signals: HUP with a bad file changes nothing and says every error" {
	echo "::respawn:./worker one" >inittab
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" "one up"
	printf '::nope:x\n:after=nobody:once:x\n' >inittab
	kill -HUP "$NS_PID"
	wait_until has_line "$OUT" "init: the files have errors: nothing is changed"
	has_line "$OUT" "init: inittab:1: nope: unknown action"
	has_line "$OUT" "init: inittab:2: nobody: after: "
	rm inittab
	kill -HUP "$NS_PID"
	wait_until count_is 2 "nothing is changed"
	stop_init
	[ "$status" -eq 0 ]
	count_is 1 "one up"
	count_is 1 "one told"
}

@test "init signals: HUP during sysinit is refused with a word" {
	ns_start "$init" -e "::sysinit:./worker boot"
	wait_until has_line "$OUT" "boot up"
	kill -HUP "$NS_PID"
	wait_until has_line "$OUT" "init: SIGHUP: the files are not read again during start and stop"
	stop_init
	[ "$status" -eq 0 ]
}

@test "init signals: a file that hangs does not hang init, also at HUP" {
	echo "::respawn:./worker one" >inittab
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" "one up"
	rm inittab
	mkfifo inittab # opens at once, reads as empty or waits
	kill -HUP "$NS_PID"
	kill -HUP "$NS_PID"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *"one clean"* ]]
}

@test "init signals: thirty HUPs in a row end as the last file says" {
	echo ":name=a:respawn:./worker a" >inittab
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" "a up"
	for i in $(seq 30); do
		echo ":name=a,env=e$i:respawn:./worker a$i" >next
		: >"e$i"
		mv next inittab
		kill -HUP "$NS_PID"
	done
	wait_until has_line "$OUT" "a30 up"
	stop_init
	[ "$status" -eq 0 ]
	[ "$(grep -c up "$OUT")" -eq "$(grep -c clean "$OUT")" ]
}

# ---- the terminal of docker run -it ------------------------------------------

# in_terminal COMMAND... -- STEP...: as PID 1 that leads the terminal's session
in_terminal() {
	HISTFILE=/dev/null TERM=dumb ENV='' \
		run python3 "$TOP/testsuite/applets/helpers/term.py" --no-ctty \
		"${NS[@]}" setsid -c "$@" 3>&-
	echo "$output"
}

@test "init signals: a login shell on init's own terminal has job control, and ^C there does not stop init" {
	cat >job <<-'END'
		#!/bin/sh
		trap 'echo job-told; exit 5' INT
		echo job-is-up
		while :; do sleep 0.05; done
	END
	chmod +x job
	for entry in "::respawn:-/bin/bash --norc --noprofile -i" \
		"::askfirst:-/bin/bash --norc --noprofile -i" "::respawn:-/bin/sh"; do
		enter=()
		[[ $entry != *askfirst* ]] || enter=('expect:press Enter' 'send:\n')
		in_terminal "$init" --control none -e "$entry" -e ":log=$PWD/log:respawn:./worker other" \
			-e "::shutdown:echo stopping" -- "file:log:other up" "${enter[@]}" \
			'send:./job\n' expect:job-is-up 'send:\x03' expect:job-told \
			'send:echo w\x27a\x27s=$?\n' expect:was=5 \
			'send:kill -TERM 1\n' "file:log:other clean" 'send:exit 0\n' end
		[ "$status" -eq 0 ]
		[[ $output != *"job control"* ]]
		# TERM has stopped it, and nothing before
		[[ $output == *was=5*stopping* ]]
		rm log
	done
}

@test "init signals: a shell's end frees the terminal for its next run" {
	in_terminal "$init" --control none -e ":stop=HUP,delay=0:respawn:-/bin/sh" -- \
		'send:echo f\x27irs\x27t\n' expect:first 'send:exit\n' \
		'send:echo s\x27econ\x27d >/dev/tty\n' expect:second 'send:kill -TERM 1\n' end
	[ "$status" -eq 0 ]
	[[ $output != *"job control"* ]]
}

@test "init signals: stop=HUP ends an interactive shell, which ignores TERM" {
	in_terminal "$init" --control none -e ":stop=HUP:respawn:-/bin/sh" -e "::respawn:./worker other" -- \
		'expect:other up' 'send:kill -TERM 1\n' 'expect:other clean' end
	[ "$status" -eq 0 ]
}

@test "init signals: init gives its terminal to whom its id names, and to no one with another" {
	cat >start.py <<-'END'
		import os, pty, signal, sys
		leader, follower = pty.openpty()
		name = os.ttyname(0 if sys.argv[1] == "own" else follower)[5:]
		if os.fork() == 0:
		    signal.pause()
		os.execv(sys.argv[2], [sys.argv[2], "--control", "none", "-e", name + "::once:sh ./holder"])
	END
	cat >holder <<-'END'
		echo up >/dev/tty && echo up >up
		exec ./worker who
	END
	in_terminal python3 start.py own "$init" -- file:up:up 'expect:who up' 'send:\x03' 'expect:who INT' end
	[ "$status" -eq 0 ]
	rm up
	in_terminal python3 start.py other "$init" -- file:up:up 'send:\x03' end
	[ "$status" -eq 0 ]
}

@test "init signals: what is just being started does not hear that the terminal goes away" {
	words=()
	for i in {1..20}; do
		words+=(-e "::respawn:./worker many-$i" -e ":stop=HUP:respawn:-/bin/sh")
	done
	in_terminal "$init" --control none "${words[@]}" -- expect:many-20 'send:kill -TERM 1\n' end
	[ "$status" -eq 0 ]
	[[ $output != *HUP* ]]
}
