#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The terminal rules (reaper(8)): job control on a pty.

load ../helper
load reaper_helper

setup() {
	actor_setup
	echo "PS1='READY> '" >rc
	export HISTFILE=/dev/null TERM=dumb ENV=''
	# the groups of a process: "groups own=GROUP leader=SESSION front=GROUP"
	cat >groups <<-'END'
		read -r _ _ _ parent group session _ front _ <"/proc/$$/stat"
		read -r _ _ _ _ ours _ </proc/$PPID/stat
		[ "$group" = "$ours" ] && same=same || same=own
		[ "$group" = "$front" ] && seat=front || seat=back
		[ "$session" = "$(cut -d' ' -f6 /proc/$PPID/stat)" ] && s=same || s=own
		echo "group=$same seat=$seat session=$s"
	END
	printf '#!/bin/sh\necho job-is-up\nexec sleep 1000\n' >job
	printf '#!/bin/sh\necho job-is-up\nread -r x\necho "got=$x"\nexit 9\n' >reading
	# bash: dash forks by vfork, and a ^Z before the exec then stops the
	# child for ever and never the parent
	cat >waiting <<-'END'
		#!/bin/bash
		echo job-is-up
		while [ ! -e go ]; do sleep 0.05; done
		echo all-gone
		exit 9
	END
	chmod +x job reading waiting
}

# as_init COMMAND...: sets TERM_NS to what makes it PID 1 with the terminal
in_container() {
	ns_command
	TERM_NS=("${NS[@]}" setsid -c)
}

@test "terminal: as session leader the command gets its own group and the foreground" {
	term "$REAPER" sh groups -- end
	[ "$status" -eq 0 ]
	[[ $output == *"group=own seat=front session=same"* ]]
}

@test "terminal: as PID 1 with a terminal (docker run -it) the same" {
	in_container
	term --no-ctty "${TERM_NS[@]}" "$REAPER" sh groups -- end
	[ "$status" -eq 0 ]
	[[ $output == *"group=own seat=front session=same"* ]]
}

@test "terminal: as a job of its own the same" {
	term bash --noprofile --rcfile rc -i -- expect:READY 'send:$REAPER sh groups\n' \
		'expect:group=own seat=front session=same' expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: in a pipeline the command stays in our group" {
	term bash --noprofile --rcfile rc -i -- expect:READY 'send:$REAPER sh groups | cat\n' \
		'expect:group=same seat=front session=same' expect:READY 'send:true | $REAPER sh groups | cat\n' \
		'expect:group=same' expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: with a stdin that is not the terminal the command stays in our group" {
	term sh -c 'exec "$REAPER" sh groups </dev/null' -- end
	[ "$status" -eq 0 ]
	[[ $output == *"group=same"* ]]
	term bash --noprofile --rcfile rc -i -- expect:READY 'send:$REAPER sh groups </dev/null\n' \
		'expect:group=same' expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: a terminal that is not our controlling one changes nothing" {
	term --no-ctty "$REAPER" sh -c 'exec sh groups' -- end
	[ "$status" -eq 0 ]
	[[ $output == *"group=same"* ]]
}

@test "terminal: a background job does not take the foreground" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		'send:$REAPER $A main & \n' 'file:log:main ready' 'send:echo still-$((1+1))-here\n' \
		expect:still-2-here expect:READY 'send:kill -TERM %1; wait %1; echo ended=$?\n' \
		'expect:ended=0' 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: a background job that reads is stopped, and fg lets it read" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		'send:$REAPER sh -c "read -r x; echo got=\\$x" &\n' expect:READY \
		'send:fg\n' 'expect:REAPER' 'send:hello\n' expect:got=hello expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

# Every look at who has stopped comes late, and fg meanwhile.
@test "terminal: a job that was continued before its stop was seen does not stop" {
	cat >late <<-'END'
		exec strace -DDD -qq -o trace -e trace=wait4 \
			-e inject=wait4:delay_exit=2000000 "$REAPER" sh -c 'echo $$ >pid
				read -r x; echo got=$x'
	END
	cat >until_stopped <<-'END'
		until grep -qs '^State:.T' "/proc/$(cat pid)/status"; do sleep 0.01; done
	END
	chmod +x late until_stopped
	# on a slow machine fg may come later than that
	for seconds in 2 10; do
		rm -f pid
		sed -i "s/delay_exit=[0-9]*/delay_exit=${seconds}000000/" late
		term bash --noprofile --rcfile rc -i -- expect:READY 'send:sh ./late &\n' expect:READY \
			'file:pid:' 'send:sh ./until_stopped; fg\n' 'expect:late' 'send:hello\n' expect:got=hello \
			expect:READY 'send:exit 4\n' end
		[[ $output == *Stopped* ]] || break
	done
	[ "$status" -eq 4 ]
	[[ $output != *Stopped* ]]
}

@test "terminal: an interactive bash has job control, as session leader" {
	term "$REAPER" bash --noprofile --rcfile rc -i -- expect:READY \
		'send:$A main -o 2:exit=0\n' 'file:log:main ready' 'send:\x03' expect:READY \
		'send:./reading\n' expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
		'send:fg\n' 'send:hello\n' expect:got=hello expect:READY \
		'send:./job\n' expect:job-is-up 'send:\x03' expect:READY \
		'send:exit 4\n' end
	[ "$status" -eq 4 ]
	[[ $output != *"no job control"* ]]
	[[ $output != *"cannot set terminal"* ]]
}

@test "terminal: an interactive bash has job control, as PID 1 (docker run -it)" {
	in_container
	for options in "" -g -a; do
		term --no-ctty "${TERM_NS[@]}" "$REAPER" $options bash --noprofile --rcfile rc -i -- expect:READY \
			'send:./reading\n' expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
			'send:fg\n' 'send:hello\n' expect:got=hello expect:READY \
			'send:./job\n' expect:job-is-up 'send:\x03' expect:READY \
			'send:exit 4\n' end
		same "'$options'" "$status" 4
		[[ $output != *"no job control"* ]] || same "'$options'" "$output" "job control"
	done
	no_faults
}

@test "terminal: ^Z under a shell stops the command, the prompt is back, fg resumes" {
	for options in "" -g -a; do
		rm -f log
		term bash --noprofile --rcfile rc -i -- expect:READY \
			"send:\$REAPER $options ./reading\\n" expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
			'send:echo prompt-$((1+1))-back\n' expect:prompt-2-back expect:READY 'send:fg\n' \
			'send:hello\n' expect:got=hello expect:READY 'send:echo was=$?\n' expect:was=9 \
			'send:exit 4\n' end
		same "'$options'" "$status" 4
	done
	no_faults
}

@test "terminal: ^Z, then bg: it goes on in the background and ends as it should" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		"send:\$REAPER ./waiting\\n" expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
		'send:bg\n' expect:READY touch:go 'send:wait %1; echo was=$?\n' expect:was=9 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: its end in the background leaves the terminal to the shell" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		"send:\$REAPER ./waiting\\n" expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
		'send:bg\n' expect:READY 'send:true\n' expect:READY touch:go expect:all-gone \
		'send:wait\n' expect:READY 'send:echo still-$((1+1))-here\n' expect:still-2-here \
		expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: ^Z in a pipeline stops all of it, fg resumes all" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		"send:\$REAPER ./waiting | cat\\n" expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
		touch:go 'send:fg\n' expect:all-gone \
		expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: ^Z where we are PID 1 does not leave the command stopped" {
	in_container
	for options in "" -g -a; do
		term --no-ctty "${TERM_NS[@]}" "$REAPER" $options ./job -- \
			expect:job-is-up 'send:\x1a' 'expect:^Z' 'send:\x03' end
		same "'$options'" "$status" 130
	done
	no_faults
}

@test "terminal: ^Z where no shell could continue us does not leave the command stopped" {
	# our parent is outside of the session: an orphaned process group
	cat >orphaned <<-'END'
		import os, signal, sys, time
		signal.signal(signal.SIGTTOU, signal.SIG_IGN)
		if os.fork() == 0:
		    starter = os.getpid()
		    if os.fork() == 0:
		        while os.getppid() == starter:
		            time.sleep(0.01)
		        os.setpgid(0, 0)
		        os.tcsetpgrp(0, os.getpid())
		        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
		        os.execv(sys.argv[1], sys.argv[1:])
		    os._exit(0)
		while not os.path.exists("ended"):
		    time.sleep(0.01)
	END
	for options in "" -g -a; do
		rm -f go ended
		term python3 orphaned "$REAPER" $options ./waiting -- expect:job-is-up \
			'send:\x1a' 'expect:^Z' touch:go expect:all-gone touch:ended end
		same "'$options'" "$status" 0
	done
	no_faults
}

@test "terminal: ^C reaches the command once, in its own group" {
	for options in "" -g -a; do
		: >"$LOG"
		rm -f go
		term "$REAPER" $options "$A" main -o 2:stay -o 1:exit=6 -k '$A kid -o 1:exit=0' -- \
			'file:log:main ready' 'file:log:kid ready' 'send:\x03' 'file:log:main sig 2' \
			'file:log:kid sig 2' 'send:\x1c' 'file:log:main sig 3' 'file:log:kid sig 3' hangup end
		same "'$options' status" "$status" 6
		same "'$options' main" "$(count 'main sig 2 '):$(count 'main sig 3 ')" 1:1
		same "'$options' kid" "$(count 'kid sig 2 '):$(count 'kid sig 3 ')" 1:1
	done
	no_faults
}

@test "terminal: ^C reaches the command once when it is in our group" {
	for options in "" -g -a; do
		: >"$LOG"
		term bash --noprofile --rcfile rc -i -- expect:READY \
			"send:\$REAPER $options \$A main -o 1:exit=0 | \$A reader -o 1:exit=0\\n" \
			'file:log:main ready' 'file:log:reader ready' 'send:\x03' 'file:log:main sig 2' \
			'send:\x1c' 'file:log:main sig 3' 'send:\x03' 'file:log:reader sig 3' hangup end
		# two ^C with a ^\ between: each of them once
		n=$(count 'main sig 2 ')
		[ "$n" -le 2 ] || same "'$options' main, INT" "$n" "1 or 2"
		same "'$options' main, QUIT" "$(count 'main sig 3 ')" 1
	done
	no_faults
}

@test "terminal: a hangup is a stop request: descendants are told and waited for" {
	term "$REAPER" -G 0 "$A" main -o 1:exit=5 -k '$A kid -s -o 15:wait=go -o 1:stay' -- \
		'file:log:main ready' 'file:log:kid ready' hangup 'file:log:kid sig 15' touch:go end
	[ "$status" -eq 5 ]
	[ "$(count 'kid end 0')" -eq 1 ]
	[ "$(count 'main sig 1 ')" -ge 1 ]
}

@test "terminal: after the end the terminal is given back" {
	term bash --noprofile --rcfile rc -i -- expect:READY \
		'send:$REAPER sh -c "exit 3"; echo was=$?; $REAPER true; read -r x; echo got=$x\n' \
		expect:was=3 'send:hello\n' expect:got=hello expect:READY 'send:exit 4\n' end
	[ "$status" -eq 4 ]
}

@test "terminal: a signal from elsewhere is forwarded though the command shares our group" {
	for options in "" -g -a; do
		: >"$LOG"
		term bash --noprofile --rcfile rc -i -- expect:READY \
			"send:\$REAPER $options \$A main -o 15:exit=7 | cat & true\\n" 'file:log:main ready' expect:READY \
			'send:P=$(cut -d" " -f4 /proc/$(sed -n "s/main ready //p" log)/stat); kill -USR1 $P\n' \
			'file:log:main sig 10' 'send:kill -TERM $P\n' 'file:log:main sig 15' 'file:log:main end' \
			'send:exit 4\n' end
		same "'$options' status" "$status" 4
		same "'$options' signals" "$(count 'main sig 10'):$(count 'main sig 15')" 1:1
	done
	no_faults
}

@test "terminal: less-like programs work: raw keys reach the command" {
	term "$REAPER" bash -c 'stty -icanon -echo; echo up; read -r -n 1 x; echo got=$x' -- \
		expect:up send:q expect:got=q end
	[ "$status" -eq 0 ]
}

@test "terminal: tostop, no terminal rights and closed stdin: failures are ignored" {
	term sh -c 'stty tostop; exec "$REAPER" -vv sh -c "echo fine; exit 3"' -- expect:fine end
	[ "$status" -eq 3 ]
	term sh -c 'exec "$REAPER" sh -c "echo fine; exit 3" <&-' -- expect:fine end
	[ "$status" -eq 3 ]
}

@test "terminal: the aliases and sigproxy give bash job control, too" {
	for name in tini docker-init podman-init catatonit sigproxy; do
		program=$(applet $name)
		term "$program" bash --noprofile --rcfile rc -i -- expect:READY \
			'send:./reading\n' expect:job-is-up 'send:\x1a' expect:Stopped expect:READY \
			'send:fg\n' 'send:hello\n' expect:got=hello expect:READY \
			'send:./job\n' expect:job-is-up 'send:\x03' expect:READY 'send:exit 4\n' end
		same $name "$status" 4
		[[ $output != *"no job control"* ]] || same $name "$output" "job control"
	done
	no_faults
}
