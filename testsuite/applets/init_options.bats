#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The options of an entry (inittab(5)), as a user sees them.

load ../helper
load init_helper

setup() {
	init_setup
}

@test "init options: after= starts an entry when the other is ready" {
	cat >inittab <<-'END'
		:name=web,after=app:respawn:./worker web
		:name=app,after=db,notify-fd=3:respawn:./worker app 0 3
		:name=db,notify-fd=3:respawn:sh -c 'sleep 0.5; exec ./worker db 0 3'
	END
	ns_start "$init" -f inittab
	wait_until has_line "$OUT" "web up"
	stop_init
	[ "$status" -eq 0 ]
	[ "$(order_of 'up|ready')" = "db up app up web up " ]
	# and each stops before what it came after
	[ "$(order_of 'told|clean')" = "web told web clean app told app clean db told db clean " ]
}

@test "init options: after= a one-shot waits for its end; a failure fails who waits" {
	ns_start "$init" -e ":name=migrate:once:sh -c 'sleep 0.3; echo migrated'" \
		-e ":name=app,after=migrate:respawn:./worker app"
	wait_until has_line "$OUT" "app up"
	stop_init
	[ "$(order_of 'migrated|up')" = "migrated app up " ]
	ns_start "$init" -e ":name=migrate:once:sh -c 'exit 3'" \
		-e ":name=app,after=migrate:respawn:./worker app" \
		-e ":name=web,after=app:respawn:./worker web"
	finish
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"init: migrate: exited with status 3; failed"* ]]
	[[ $output == *"init: app: not started: what it waits for has failed"* ]]
	[[ $output == *"init: web: not started: "* ]]
}

@test "init options: a notify socket says when it is ready, and what it does" {
	cat >notify.py <<-'END'
		import os, socket, time
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
		s.send(b"STATUS=loading")
		time.sleep(0.3)
		print("db ready", flush=True)
		s.send(b"READY=1\nSTATUS=serving")
		time.sleep(1000)
	END
	ns_start "$init" --control "$PWD/sock" \
		-e ":name=db,notify-socket:respawn:python3 notify.py" \
		-e ":after=db:respawn:./worker app"
	wait_until has_line "$OUT" "app up"
	[ "$(order_of 'ready|up')" = "db ready app up " ]
	ask status db
	[ "$status" -eq 0 ]
	[[ $output == *" running "*" yes "*"serving"* ]]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init options: what STATUS= holds that is no text is shown once escaped, and cut" {
	cat >notify.py <<-'END'
		import os, socket, time
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
		s.send(b"READY=1\nSTATUS=\x1b[1m\xff\xc2\x9b1m\xc3\xa9\"" + 40 * b"x")
		print("said", flush=True)
		time.sleep(1000)
	END
	ns_start "$init" --control "$PWD/sock" -e ":name=db,notify-socket:respawn:python3 notify.py"
	wait_until has_line "$OUT" said
	wait_until "$init" --control "$PWD/sock" status --check 3>&-
	ask status db
	[[ $output == *'  \x1b[1m\xff\xc2\x9b1mé"xxxxx'*x ]]
	ask status --json db
	[[ $output == *'"said":"\u001b[1m�\u009b1mé\"xxx'* ]]
	[ "$(jq '.[].said | length' <<<"$output")" -eq 45 ]
	stop_init
}

@test "init options: an empty STATUS= takes back what was said, and only it does" {
	cat >notify.py <<-'END'
		import os, signal, socket
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
		s.send(b"READY=1\nSTATUS=half done")
		s.send(b"READY=1\nMAINPID=1\n")
		print("half", flush=True)
		signal.sigwait([signal.SIGUSR1])
		s.send(b"STATUS=\nREADY=1")
		print("done", flush=True)
		signal.sigwait([signal.SIGUSR1])
	END
	ns_start "$init" --control "$PWD/sock" \
		-e ":name=db,notify-socket:respawn:python3 notify.py"
	wait_until has_line "$OUT" half
	ask status db
	echo "$output"
	[[ $output == *" running "*"half done"* ]]
	read -r pid _ <"/proc/$NS_PID/task/$NS_PID/children" || :
	kill -USR1 "$pid"
	wait_until has_line "$OUT" "done"
	says_nothing() {
		ask status db
		[[ $output == *" running "* && $output != *"half done"* ]]
	}
	wait_until says_nothing
	[ "$status" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
}

@test "init options: not ready in time is a failure" {
	ns_start "$init" -v -e ":name=db,notify-fd=3,ready-timeout=200ms:respawn:sleep 1000" \
		-e ":name=app,after=db:once:echo never"
	finish
	echo "$output"
	[[ $output == *"init: db: sent SIGTERM"* ]]
	[[ $output == *"init: app: not started"* ]]
	[[ $output != *never* ]]
}

@test "init options: restart= decides by how it ended" {
	ns_start "$init" -e ":restart=no:respawn:sh -c 'echo one; exit 0'" \
		-e ":restart=failure:respawn:sh -c 'echo two; exit 0'"
	finish
	[ "$status" -eq 0 ]
	count_is 1 one
	count_is 1 two
	ns_start "$init" -e ":restart=failure,delay=10ms:respawn:sh -c 'echo three; exit 4'"
	wait_until at_least 3 three
	stop_init
	[ "$status" -eq 0 ]
}

@test "init options: more than N restarts in D are a failure, and main's end" {
	ns_start "$init" -e ":name=bad,restarts=2/1h,delay=10ms,main:respawn:sh -c 'echo run; until [ -e go ]; do sleep 0.05; done; exit 9'" \
		-e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	touch go
	finish
	echo "$output"
	[ "$status" -eq 9 ]
	count_is 3 run
	[[ $output == *"init: bad: exited with status 9; failed"* ]]
	[[ $output == *"one told"*"one clean"* ]]
}

@test "init options: a failure of a must entry ends all, with its status" {
	for action in sysinit wait once; do
		ns_start "$init" -e ":must:$action:$(ends_with 6 go)" \
			-e "::respawn:./worker one"
		[ $action != once ] || wait_until has_line "$OUT" "one up"
		touch go
		finish
		rm go
		echo "$action: $output"
		[ "$status" -eq 6 ]
	done
	[[ $output == *"one clean"* ]]
}

@test "init options: kill=session tells everybody in the session, main only itself" {
	cat >pair <<-'END'
		#!/bin/sh
		./worker child &
		trap 'echo parent told; wait; exit 0' TERM
		echo parent up
		while :; do wait; done
	END
	chmod +x pair
	ns_start "$init" -e ":kill=session:respawn:./pair"
	wait_until has_line "$OUT" "child up"
	wait_until has_line "$OUT" "parent up"
	stop_init
	[ "$status" -eq 0 ]
	count_is 1 "parent told"
	count_is 1 "child told"
}

@test "init options: finish= runs after every end with status, signal and name" {
	printf '#!/bin/sh\necho "finish $*"\n' >fin
	chmod +x fin
	ns_start "$init" -e ":name=a,finish=./fin:once:sh -c 'exit 3'" \
		-e ":name=b,finish=./fin:once:sh -c 'kill -9 \$\$'"
	finish
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"finish 3 0 a"* ]]
	[[ $output == *"finish 256 9 b"* ]]
	# also at a stop, and it is waited for
	printf '#!/bin/sh\nsleep 0.3\necho "finish $*"\n' >fin
	ns_start "$init" -e ":name=c,finish=./fin:respawn:./worker c"
	wait_until has_line "$OUT" "c up"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *"c clean"*"finish 0 0 c"* ]]
}

@test "init options: a missing finish= program is said and does not stop restarts" {
	ns_start "$init" -e ":name=a,finish=./nosuch,delay=10ms:respawn:sh -c 'echo run; exit 1'"
	wait_until at_least 2 "^run"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *": finish: ./nosuch: not found"* ]]
}

@test "init options: what a service leaves in its session is told before its restart" {
	cat >leaver <<-'END'
		#!/bin/sh
		./worker rest 0.3 &
		echo leaver up
		read -r line <fifo
		exit 1
	END
	chmod +x leaver
	mkfifo fifo
	ns_start "$init" -e ":delay=10ms,grace=1h:respawn:./leaver"
	wait_until has_line "$OUT" "rest up"
	echo >fifo
	wait_until at_least 2 "leaver up"
	kill -KILL "$NS_PID"
	finish
	order=$(grep -E '^(leaver|rest)' "$OUT" | grep -n -e "rest clean" -e "leaver up")
	echo "$order"
	# clean comes between the first and the second start
	[ "$(sed -n 's/:.*//p' <<<"$(grep 'rest clean' <<<"$order" | head -1)")" -lt \
		"$(sed -n 's/:.*//p' <<<"$(grep 'leaver up' <<<"$order" | sed -n 2p)")" ]
}

@test "init options: who is left below a process that left the session is told, too" {
	cat >leaver <<-'END'
		#!/bin/sh
		python3 -c 'import os
		if os.fork():
		    os.setsid()
		    os.execv("./worker", ["./worker", "away"])
		os.execv("./worker", ["./worker", "rest"])' &
		echo leaver up
		read -r line <fifo
		exit 1
	END
	chmod +x leaver
	mkfifo fifo
	ns_start "$init" -e ":delay=10ms,grace=1h:respawn:./leaver"
	wait_until has_line "$OUT" "rest up"
	wait_until has_line "$OUT" "away up"
	echo >fifo
	wait_until at_least 2 "leaver up"
	count_is 1 "rest clean"
	count_is 0 "away told"
	wait_until at_least 2 "rest up"
	wait_until at_least 2 "away up"
	stop_init
	[ "$status" -eq 0 ]
	count_is 2 "rest told"
	count_is 2 "away clean"
	[[ $output != *killed* ]]
}

@test "init options: what is left and does not end is killed after grace=, then it restarts" {
	cat >leaver <<-'END'
		#!/bin/sh
		sh -c 'trap "" TERM; echo rest up; while :; do read -r x <>never; done' &
		echo leaver up
		until [ -e go ]; do sleep 0.05; done
		rm go
		exit 1
	END
	chmod +x leaver
	ns_start "$init" -e ":grace=200ms,delay=10ms:respawn:./leaver"
	wait_until has_line "$OUT" "rest up"
	touch go
	wait_until at_least 2 "leaver up"
	has_line "$OUT" "init: leaver: process .* killed: its grace is over"
	kill -KILL "$NS_PID"
	finish
}

@test "init options: a daemon that a one-shot leaves lives on until the stop" {
	ns_start "$init" -e "::sysinit:sh -c './worker daemon & until grep -q \"daemon up\" out; do sleep 0.05; done'" \
		-e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	has_line "$OUT" "daemon up"
	run grep -c told "$OUT"
	[ "$output" -eq 0 ]
	stop_init
	[ "$status" -eq 0 ]
	count_is 1 "daemon told"
}

@test "init options: dir, umask, nice, oom, nofile and log are the program's" {
	mkdir folder
	ns_start "$init" -e ":dir=$PWD/folder,umask=027,nice=5,oom=500,nofile=123,log=$PWD/log:once:sh -c 'pwd; umask; nice; cat /proc/self/oom_score_adj; ulimit -n; echo err >&2'"
	finish
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(cat log)" = "$PWD/folder
0027
5
500
123
err" ]
	# appended
	ns_start "$init" -e ":log=$PWD/log:once:echo more"
	finish
	[ "$(tail -n 1 log)" = more ]
}

@test "init options: env= adds variables, taken literally" {
	cat >vars <<-'END'
		# a comment
		A=1 and "more"

		  B=$A
		EMPTY=
		FOO=new
	END
	ns_start env FOO=old "$init" -e ":env=vars:once:env"
	finish
	[ "$status" -eq 0 ]
	grep -qxF 'A=1 and "more"' "$OUT"
	grep -qxF 'B=$A' "$OUT"
	grep -qx 'EMPTY=' "$OUT"
	grep -qx 'FOO=new' "$OUT"
	count_is 1 '^FOO='
}

@test "init options: env= and variables of ours stand side by side, or it says no" {
	# without a newline at the end
	printf 'A=b\nZ=last' >vars
	ns_start "$init" -e ":env=vars,notify-socket:once:env"
	finish
	[ "$status" -eq 0 ]
	grep -qx 'A=b' "$OUT"
	grep -qx 'Z=last' "$OUT"
	grep -qE '^NOTIFY_SOCKET=@[0-9a-f]+$' "$OUT"
	# up to the end of the room there is: all variables, or none and a word
	for size in 1000 65400 {65490..65540..5} 65534 65536 70000; do
		{ echo a=b; head -c $((size - 4 - 7)) /dev/zero | tr '\0' '#'; printf '\nZ=last'; } >vars
		ns_start "$init" -e ":name=app,env=vars,notify-socket:once:env"
		finish
		if grep -qx 'a=b' "$OUT"; then
			[ "$status" -eq 0 ]
			grep -qx 'Z=last' "$OUT"
			grep -qE '^NOTIFY_SOCKET=@[0-9a-f]+$' "$OUT"
			echo "$size good" >>seen
		else
			[ "$status" -ne 0 ]
			[[ $output == *"init: app: env: "*": Argument list too long"* ]]
			echo "$size refused" >>seen
		fi
	done
	# a NUL byte would hide what stands behind it
	printf 'a=b\0\nZ=last\n' >vars
	ns_start "$init" -e ":name=app,env=vars:once:env"
	finish
	[ "$status" -ne 0 ]
	[[ $output == *"init: app: env: "*": Invalid argument"* ]]
	cat seen
	grep -q '^65400 good' seen
	grep -q '^70000 refused' seen
}

@test "init options: user= and group= change who it is" {
	[ "$(id -u)" = 0 ] || skip "only root can become somebody else"
	ns_start "$init" -e ":user=nobody:once:sh -c 'id -u; id -g; echo \$USER \$HOME \$LOGNAME \$SHELL'"
	finish
	[ "$status" -eq 0 ]
	IFS=: read -r _ _ uid gid _ home shell < <(grep '^nobody:' /etc/passwd)
	[ "$output" = "$uid
$gid
nobody $home nobody $shell" ]
	ns_start "$init" -e ":user=54321:once:sh -c 'id -u; id -g; id -G; echo \$HOME'"
	finish
	[ "$output" = "54321
54321
54321
/" ]
	ns_start "$init" -e ":user=nobody,group=54322:once:sh -c 'id -u; id -g'"
	finish
	[ "$output" = "$uid
54322" ]
}

@test "init options: supplementary groups come from the group file" {
	[ "$(id -u)" = 0 ] || skip "only root can become somebody else"
	cp /etc/passwd passwd
	{
		cat /etc/group
		echo "one:x:60001:nobody"
		echo "two:x:60002:root,nobody,other"
		printf 'long:x:60003:'
		head -c 5000 /dev/zero | tr '\0' a
		echo ",nobody"
		echo "three:x:60004:nobodyelse"
	} >group
	cat >try <<-'END'
		mount --bind group /etc/group
		exec "$@"
	END
	ns_start unshare -m sh try "$init" -e ":user=nobody:once:id -G"
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	[[ " $output " == *" 60001 60002 60003 "* ]]
	[[ $output != *60004* ]]
}

@test "init options: an unknown user or group is an error of its line" {
	ns_start "$init" -e ":user=nosuchuser:once:touch started" -e ":group=nosuchgroup:once:x"
	finish
	echo "$output"
	[ "$status" -eq 125 ]
	[[ $output == *"init: -e:1: nosuchuser: user: not in /etc/passwd"* ]]
	[[ $output == *"init: -e:2: nosuchgroup: group: not in /etc/group"* ]]
	[ ! -e started ]
}

@test "init options: what cannot be set is said, once, and is status 125" {
	ns_start "$init" -e ":name=a,dir=/nosuch:once:true"
	finish
	[ "$status" -eq 125 ]
	[[ $output == *"init: a: dir: /nosuch: No such file or directory"* ]]
	ns_start "$init" -v -e ":name=a,log=/nosuch/log,delay=10ms:respawn:true"
	wait_until at_least 3 "exited with status 125"
	stop_init
	[ "$status" -eq 0 ]
	count_is 1 "init: a: log: /nosuch/log: No such file or directory"
}

@test "init options: a log that blocks stalls its entry only, and a stop ends it" {
	mkfifo log
	ns_start "$init" -e ":name=stuck,log=$PWD/log:respawn:echo x" -e "::respawn:./worker one"
	wait_until has_line "$OUT" "one up"
	stop_init
	[ "$status" -eq 0 ]
	[[ $output == *"one clean"* ]]
}

@test "init options: an id is the terminal, a missing one leaves the entry out" {
	ns_start "$init" -e "tty99::respawn:./worker never" -e "tty98::respawn:true" \
		-e "1:2345:once:echo sysv"
	finish
	echo "$output"
	[ "$status" -eq 0 ]
	count_is 1 "init: entries are left out, since their terminals are not here: tty99 tty98"
	[[ $output == *sysv* ]]
	[[ $output != *"never up"* ]]
}

@test "init options: an id below /dev is stdin, stdout and the controlling terminal" {
	cat >terminal.py <<-'END'
		import os, pty, subprocess, sys
		leader, follower = pty.openpty()
		name = os.ttyname(follower)[5:]
		p = subprocess.Popen(sys.argv[1:] + ["-e", name + "::once:sh -c 'tty; echo hello >/dev/tty'"])
		out = b""
		while b"hello" not in out:
		    out += os.read(leader, 1000)
		print(name, out.decode().split())
		sys.exit(p.wait())
	END
	run python3 terminal.py "$init"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ^(pts/[0-9]+)\ \[\'/dev/(pts/[0-9]+)\',\ \'hello\'\]$ ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

@test "init options: askfirst waits for Enter, and a stop does not wait for it" {
	cat >terminal.py <<-'END'
		import os, pty, subprocess, sys
		leader, follower = pty.openpty()
		name = os.ttyname(follower)[5:]
		p = subprocess.Popen(sys.argv[1:] + ["-e", name + "::askfirst:-/bin/sh"])
		out = b""
		while b"press Enter" not in out:
		    out += os.read(leader, 1000)
		if os.environ.get("ENTER"):
		    os.write(leader, b"\n")
		    os.write(leader, b"echo $0 st''arted\n")
		    while b"started" not in out:
		        out += os.read(leader, 1000)
		p.terminate()
		if os.environ.get("ENTER"): # an interactive shell ignores TERM
		    os.write(leader, b"exit\n")
		status = p.wait()
		print(out.decode())
		sys.exit(status)
	END
	ENTER=1 run python3 terminal.py "$init"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"-/bin/sh started"* ]]
	run python3 terminal.py "$init"
	[ "$status" -eq 0 ]
	[[ $output != *started* ]]
}

@test "init options: notify-fd= may be the last descriptor that there may be" {
	for fd in 1022 1023; do
		ns_start sh -c 'ulimit -n 1024 && exec "$@"' sh \
			"$init" -e ":name=a,notify-fd=$fd:once:./nosuch"
		finish
		[ "$status" -eq 127 ]
		[[ $output == *"init: a: ./nosuch: not found"* ]]
	done
}
