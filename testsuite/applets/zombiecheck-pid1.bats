#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zombiecheck --audit and --probe: what real programs do as PID 1.

load ../helper

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/culprit" \
		"$BATS_TEST_DIRNAME/helpers/culprit.c" -pthread
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	check=$(applet zombiecheck)
	export check
	unset "${!INITBOX_@}"
	# who reaps does it sooner or later
	export INITBOX_PROBE_TIMEOUT=1m
	mkfifo fifo
	python=$(type -P python3)
	user=()
	[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
}

# inside WORD...: zombiecheck in the namespace of ns_start
inside() {
	nsenter --target "$NS_PID" "${user[@]}" --pid --mount --root -- \
		"$check" "$@" 3>&-
}

# masks_are STOP CHLD [WHY]: for wait_until; a program needs a moment to get there.
masks_are() {
	inside --audit --json >json || :
	jq -e --arg stop "$1" --arg chld "$2" --arg why "${3-}" \
		'.audit | .stop_signal.verdict == $stop and .sigchld.verdict == $chld and
			(.sigchld.why | contains($why))' json >/dev/null
}

# pid1 STOP CHLD RESULT STATUS COMMAND...: what is said of it as PID 1; RESULT
# is the probe's, as a pattern. $WHY is in what is said of SIGCHLD; a command that
# says "reads" is waited for.
pid1() {
	local stop=$1 chld=$2 result=$3 want=$4 code=0

	shift 4
	# who does not reap never will
	[ "$result" != not-reaped ] || local -x INITBOX_PROBE_TIMEOUT=500ms
	ns_start "$@"
	[[ $* != *"echo reads"* ]] || wait_until has_line "$OUT" '^reads$'
	wait_until masks_are "$stop" "$chld" "${WHY-}" || { cat json; return 1; }
	inside --audit --probe --json >json || code=$?
	cat json
	[ "$code" -eq "$want" ]
	# shellcheck disable=SC2053 # a pattern
	[[ $(jq -r .probe.result json) == $result ]]
	[ "$(jq .probe.adopter json)" = 1 ]
	# the same for people
	inside --audit --probe >human || code=$?
	cat human
	[ "$code" -eq "$want" ]
	grep -q '^  SIGTERM  ' human
	grep -q '^verdict: ' human
	if [ "$result" = not-reaped ]; then
		# the second look found the first one's orphan and made none
		grep -q '^  reaping  FAIL     zombie [0-9]*, not reaped by 1 (.*), shows it' human
		[ "$(inside --comm zombieprobe --json --settle 0 | jq .zombies)" = 1 ]
	else
		grep -qE '^  reaping  (ok|warn)  .*orphan [0-9]+ reaped by 1 ' human
	fi
	stop_started
}

@test "zombiecheck: sleep at PID 1 does neither" {
	pid1 fail warn not-reaped 1 sleep 1000
}

@test "zombiecheck: so does tail" {
	pid1 fail warn not-reaped 1 tail -f /dev/null
}

@test "zombiecheck: so does perl" {
	pid1 fail warn not-reaped 1 perl -e 'sleep 1000'
}

@test "zombiecheck: so does python3" {
	pid1 fail warn not-reaped 1 "$python" -c 'import time; time.sleep(1000)'
}

@test "zombiecheck: python3 with a handler for SIGTERM stops, but does not reap" {
	pid1 ok warn not-reaped 1 "$python" -c '
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
time.sleep(1000)'
}

@test "zombiecheck: python3 that ignores SIGCHLD leaves reaping to the kernel" {
	pid1 fail ok '@(reaped|late)' 1 "$python" -c '
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True: signal.pause()'
}

@test "zombiecheck: a sigwait loop is not taken for a program without handlers" {
	pid1 ok ok '@(reaped|late)' 0 "$python" -c '
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
while True:
    if signal.sigwait({signal.SIGTERM, signal.SIGCHLD}) == signal.SIGTERM:
        break
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0: break
        except ChildProcessError: break'
}

@test "zombiecheck: node has a handler that does nothing at PID 1" {
	pid1 warn warn not-reaped 1 node -e 'setInterval(() => {}, 1000)'
}

@test "zombiecheck: node with a child has one for SIGCHLD and reaps its own only" {
	WHY='own children' pid1 warn warn not-reaped 1 node -e '
require("child_process").spawn("sleep", ["1000"])'
}

@test "zombiecheck: dash that waits reaps, but ignores SIGTERM" {
	pid1 fail ok '@(reaped|late)' 1 dash -c 'sleep 1000; :'
	jq -e '.audit.stop_signal.why | test("exec")' json
}

@test "zombiecheck: dash that reads does not reap" {
	pid1 fail ok not-reaped 1 dash -c 'sleep 0; echo reads; read line <>fifo; :'
}

@test "zombiecheck: bash reaps, waiting or reading" {
	pid1 fail ok '@(reaped|late)' 1 bash -c 'sleep 1000; :'
	pid1 fail ok '@(reaped|late)' 1 bash -c 'sleep 0; echo reads; read line <>fifo; :'
}

@test "zombiecheck: BusyBox sh that waits reaps, but ignores SIGTERM" {
	pid1 fail ok '@(reaped|late)' 1 busybox sh -c 'sleep 1000; :'
}

@test "zombiecheck: BusyBox is a shell only where it is called as one" {
	cp "$(type -P busybox)" busybox
	for name in sh sleep; do ln -s busybox "$name"; done
	printf '#!%s/sh\nsleep 1000; :\n' "$PWD" >entrypoint
	chmod +x entrypoint
	while read -r want command; do
		# shellcheck disable=SC2086 # words
		ns_start $command
		wait_until masks_are fail "$want"
		echo "$command: $(jq -r .audit.stop_signal.why json)"
		why=$(jq -r .audit.stop_signal.why json)
		case $want in
		ok) [[ $why == *"use the exec form"* ]] ;;
		*) [ "$why" = "no handler: ignored at PID 1" ] ;;
		esac
		stop_started
	done <<-END
		warn $PWD/sleep 1000
		ok $PWD/sh entrypoint
		ok $PWD/entrypoint
	END
}

@test "zombiecheck: tini, with and without -g, does both" {
	pid1 ok ok '@(reaped|late)' 0 tini -- sleep 1000
	pid1 ok ok '@(reaped|late)' 0 tini -g -- sleep 1000
}

@test "zombiecheck: dumb-init does both" {
	pid1 ok ok '@(reaped|late)' 0 dumb-init sleep 1000
}

@test "zombiecheck: catatonit does both" {
	pid1 ok ok '@(reaped|late)' 0 catatonit -- sleep 1000
}

@test "zombiecheck: s6-svscan does both" {
	mkdir scan
	pid1 ok ok '@(reaped|late)' 0 s6-svscan "$PWD/scan"
}

@test "zombiecheck: our init, reaper and sigproxy do both" {
	pid1 ok ok '@(reaped|late)' 0 "$(applet init)" -- sleep 1000
	pid1 ok ok '@(reaped|late)' 0 "$(applet reaper)" sleep 1000
	pid1 ok ok '@(reaped|late)' 0 "$(applet sigproxy)" sleep 1000
}

@test "zombiecheck: --stop-signal asks for another signal" {
	ns_start "$python" -c '
import signal, time
signal.signal(signal.SIGQUIT, lambda *a: exit(0))
time.sleep(1000)'
	wait_until eval 'inside -A --stop-signal QUIT | grep "^  SIGQUIT  ok "'
	run inside -A
	[[ $output == *"  SIGTERM  FAIL "* ]]
	[ "$status" -eq 1 ]
	# a long name keeps its distance
	run inside -A --stop-signal RTMIN+3
	[[ $output == *"
  SIGRTMIN+3 FAIL     no handler"* ]]
}

@test "zombiecheck: of several stop signals it tells the one that does worst" {
	ns_start "$python" -c '
import signal, time
signal.signal(signal.SIGQUIT, lambda *a: exit(0))
signal.signal(signal.SIGTERM, lambda *a: exit(0))
time.sleep(1000)'
	# a list, as the image has it for reaper
	export INITBOX_STOP_SIGNAL=QUIT,HUP
	wait_until eval 'inside -A --stop-signal TERM | grep "^  SIGTERM  ok "'
	run inside -A
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"  SIGHUP   FAIL "* ]]
	run inside --check
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(inside -A --json | jq -r .audit.signal)" = SIGHUP ]
	run inside -A --stop-signal QUIT --stop-signal TERM
	[ "$status" -eq 0 ]
	[[ $output == *"  SIGQUIT  ok "* ]]
}

@test "zombiecheck: a thread that waits for another signal says nothing of this one" {
	ns_start "$python" -c '
import signal, threading, time
def wait():
    signal.pthread_sigmask(signal.SIG_SETMASK, set(signal.Signals))
    signal.sigwait({signal.SIGUSR1})
threading.Thread(target=wait).start()
time.sleep(1000)'
	wait_until eval 'inside -A --stop-signal USR1 | grep "^  SIGUSR1  ok       waits in sigtimedwait"'
	run inside -A
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"  SIGTERM  FAIL     no handler: ignored at PID 1"* ]]
	[[ $output == *"  SIGCHLD  warn     no handler"* ]]
}

# stand_still WORD...: zombiecheck in there, which stands still at its first sleep,
# or the one that $WHEN says
stand_still() {
	OUT=$PWD/said start nsenter --target "$NS_PID" "${user[@]}" --pid --mount -- \
		strace -qq -o "$PWD/trace" -e trace=nanosleep \
		-e inject=nanosleep:signal=STOP:when="${WHEN-1}" "$check" "$@"
	wait_until has_line trace 'stopped by SIGSTOP'
}

# go_on: it goes on to its end; sets output
go_on() {
	local stopped=$PID

	# nsenter, strace, zombiecheck
	for _ in 1 2; do
		read -r stopped _ <"/proc/$stopped/task/$stopped/children" || :
	done
	kill -CONT "$stopped"
	wait_until is_gone "$PID"
	output=$(cat said)
	echo "$output"
}

@test "zombiecheck: a signal that is queued for a moment only will be read" {
	mkfifo take
	ns_start "$python" -c '
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
os.kill(1, signal.SIGTERM)
open("take").read()
signal.sigwait({signal.SIGTERM})
open("fifo").read()'
	pending() { grep -q "^ShdPnd:.*$1\$" "/proc/$NS_PID/status"; }
	wait_until pending 4000
	# it stops between its first two looks
	stand_still -A
	: >take
	wait_until pending 0000
	go_on
	[[ $output == *"  SIGTERM  ok       blocked: taken by signalfd"* ]]
}

@test "zombiecheck: of a process that is no init the default action is told as such" {
	ns_start tini -- sleep 1000
	wait_until eval 'inside -A --pid 2 | grep "^PID 2: sleep 1000"'
	run inside -A --pid 2
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"  SIGTERM  ok       no handler: ended by it"* ]]
}

@test "zombiecheck: an audit names an init as the cure of a PID 1 only" {
	ns_start tini -- env --ignore-signal=TERM sleep 1000
	wait_until eval 'inside -A --pid 2 | grep "^  SIGTERM  FAIL     ignored"'
	# who ignores it is no PID 1
	run inside -A --pid 2
	echo "$output"
	[ "$status" -eq 1 ]
	[[ ${lines[-1]} == "verdict: FAIL" ]]
	stop_started
	ns_start sleep 1000
	wait_until eval 'inside -A | grep "^  SIGTERM  FAIL     no handler"'
	run inside -A
	echo "$output"
	[[ ${lines[-1]} == "verdict: FAIL  put an init at PID 1" ]]
}

@test "zombiecheck: whoever else adopts our orphan says nothing of PID 1" {
	# it waits for nobody
	ns_start "$python" -c '
import signal, time
signal.signal(signal.SIGTERM, lambda *a: None)
time.sleep(1000)'
	wait_until masks_are ok warn
	nsenter --target "$NS_PID" "${user[@]}" --pid --mount -- \
		"$(applet reaper)" "$check" -A -P >says 3>&-
	cat says
	grep -q '^  reaping  ?        orphan [0-9]* reaped by [0-9]* (.*)' says
	INITBOX_PROBE_TIMEOUT=500ms run inside -A -P
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"  reaping  FAIL     orphan "*" adopted by 1 "* ]]
}

@test "zombiecheck: a probe that says nothing of the audited one hides no orphans of it" {
	# an orphan of a session of its own, which the init does not wait for
	ns_start "$python" -c '
import os, signal, time
signal.signal(signal.SIGTERM, lambda *a: None)
middle = os.fork()
if middle == 0:
    os.setsid()
    if os.fork() == 0:
        while os.getppid() != 1: time.sleep(0.001)
    os._exit(0)
os.waitpid(middle, 0)
time.sleep(1000)'
	wait_until eval '"$check" -A --pid "$NS_PID" | grep "^  reaping  FAIL     1 orphan not reaped"'
	# our own PID 1 may have such ones, too
	INITBOX_PROBE_TIMEOUT=100ms run "$(applet reaper)" \
		"$check" -A -P --pid "$NS_PID" --json
	echo "$output"
	[ "$status" -eq 1 ]
	jq -e '.probe.adopter != .audit.pid and .audit.stop_signal.verdict == "ok" and
		.audit.reaping == {"verdict": "fail", "why": "1 orphan not reaped"}' \
		<<<"$output"
}

@test "zombiecheck: Node is known by its program where it has another name" {
	cp "$(readlink -f "$python")" node
	ns_start env PYTHONHOME=/usr ./node -c '
import ctypes, signal, time
signal.signal(signal.SIGTERM, lambda *a: None)
ctypes.CDLL(None).prctl(15, b"next-server (v1", 0, 0, 0)
time.sleep(1000)'
	wait_until eval 'inside -A | grep "Node.s built-in one does nothing at PID 1"'
	inside -A | grep "^PID 1: "
}

@test "zombiecheck: a zombie of a moment ago is no answer for the probe" {
	# also one that was there already before and after the time to settle: who
	# looks once a second does reap
	for WHEN in 1 2; do
		ns_start "$python" -c '
import os, signal
def reap(*a):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
def begin(*a):
    signal.signal(signal.SIGCHLD, reap)
    reap()
    print("reaps", flush=True)
signal.signal(signal.SIGUSR1, begin)
child = os.fork()
if child == 0:
    os.setsid()
    if os.fork() == 0:
        while os.getppid() != 1:
            pass
    os._exit(0)
os.waitpid(child, 0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
print("ready", flush=True)
while True:
    signal.pause()'
		reaps=$OUT
		wait_until has_line "$reaps" ready
		stand_still -P --settle $((WHEN - 1))
		kill -USR1 "$NS_PID"
		wait_until has_line "$reaps" reaps
		go_on
		[[ $output == "orphan "*" reaped by 1 "* ]]
		stop_started
		rm trace
	done
}

@test "zombiecheck: a SIGCHLD that is queued for a moment is no cause" {
	ns_start "$python" -c '
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
signal.signal(signal.SIGCHLD, lambda *a: print("took", flush=True))
def take(*a):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
signal.signal(signal.SIGUSR1, take)
if os.fork() == 0:
    if os.fork() == 0:
        os._exit(0)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    print("ready", flush=True)
    while True:
        signal.pause()
while True:
    signal.pause()'
	took=$OUT
	wait_until has_line "$took" ready
	stand_still --settle 0
	kill -USR1 "$(cut -d' ' -f1 "/proc/$NS_PID/task/$NS_PID/children")"
	wait_until has_line "$took" took
	go_on
	[[ $output == *" no-wait "* ]]
}

@test "zombiecheck: a thread that ends meanwhile is no lack of rights" {
	ns_start "$python" -c '
import signal, threading, time
go = threading.Event()
signal.signal(signal.SIGUSR1, lambda *a: go.set())
t = threading.Thread(target=go.wait)
t.start()
print("ready", flush=True)
while t.is_alive():
    time.sleep(0.01)
t.join()
print("joined", flush=True)
time.sleep(1000)'
	says=$OUT
	wait_until has_line "$says" ready
	thread=$(inside_task 2)
	OUT=$PWD/said start nsenter --target "$NS_PID" "${user[@]}" --pid --mount -- \
		strace -qq -o "$PWD/trace" -P "$thread/wchan" -e trace=openat \
		-e inject=openat:signal=STOP:when=1 "$check" -A
	wait_until has_line trace 'stopped by SIGSTOP'
	kill -USR1 "$NS_PID"
	wait_until has_line "$says" joined
	go_on
	[[ $output == *"  SIGTERM  FAIL     no handler"* ]]
}

# inside_task N: the number in there of PID 1's N-th thread
inside_task() {
	nsenter --target "$NS_PID" "${user[@]}" --pid --mount -- \
		sh -c 'ls /proc/1/task' 3>&- | sed -n "$1p"
}

@test "zombiecheck: the probe without /proc tells no numbers that it does not have" {
	ns_command
	run "${NS[@]}" tini -- "$check" --check -P --proc /nosuch 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "ok: orphan "* ]]
	[[ $output != *pids* ]]
}

@test "zombiecheck: without the right to look, the audit says ?, which only --strict fails" {
	[ "$(id -u)" = 0 ] || skip "needs root: to become another user"
	cp "$INITBOX" zombiecheck
	chmod 755 . "$BATS_RUN_TMPDIR"
	ns_start tini -- sleep 1000
	wait_until masks_are ok ok
	as=(nsenter --target "$NS_PID" --pid --mount --root --wd="$PWD" --
		setpriv --reuid 65534 --regid 65534 --clear-groups ./zombiecheck)
	run "${as[@]}" -A 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"  SIGTERM  ?        default action or sigwait; cannot tell as uid 65534 (run as root or PID 1's uid)"* ]]
	run "${as[@]}" -A --strict 3>&-
	[ "$status" -eq 1 ]
	# the probe needs no rights
	run "${as[@]}" -P 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "orphan "*" reaped by 1 (tini) "* ]]
}

@test "zombiecheck: a probe that could not run is trouble, never good" {
	# at PID 1 the orphan is its own
	ns_command
	run "${NS[@]}" "$check" -P 3>&-
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == "could not be tried: zombiecheck is the init here"* ]]
	run "${NS[@]}" "$check" --check -P 3>&-
	[ "$status" -eq 1 ]
	[[ $output == "FAIL: could not be tried"* ]]
	# no process can be made
	ns_start tini -- sleep 1000
	run nsenter --target "$NS_PID" "${user[@]}" --pid --mount -- \
		strace -f -qq -o "$PWD/trace" -e trace=fork,clone,clone3,vfork \
		-e inject=fork,clone,clone3,vfork:error=EAGAIN \
		"$check" -P --json 3>&-
	echo "$output"
	[ "$status" -eq 2 ]
	jq -e '.probe.result == "failed" and .probe.ms == null' <<<"$output"
}

@test "zombiecheck: zombies that PID 1 adopted are an answer without an orphan" {
	export INITBOX_PROBE_TIMEOUT=100ms
	ns_command
	run "${NS[@]}" "$BATS_FILE_TMPDIR/culprit" init-adopted "$check" -A -P --json 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	jq -e '.probe.result == "not-reaped" and .probe.runs == 0 and
		.audit.reaping.verdict == "fail"' <<<"$output"
	run "${NS[@]}" "$BATS_FILE_TMPDIR/culprit" init-adopted "$check" -A --json 3>&-
	[ "$status" -eq 1 ]
	jq -e '.audit.reaping | .verdict == "fail" and .why == "1 orphan not reaped"' \
		<<<"$output"
}

@test "zombiecheck: a zombie that may be PID 1's own child is no answer for the probe" {
	ns_command
	INITBOX_PROBE_TIMEOUT=500ms run "${NS[@]}" "$BATS_FILE_TMPDIR/culprit" \
		init-detached "$check" -P 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == "orphan "*" adopted by 1 (culprit), still a zombie after "* ]]
	# who reaps all but that one
	run "${NS[@]}" python3 -c '
import os, subprocess
own = subprocess.Popen(["true"], start_new_session=True)
os.waitid(os.P_PID, own.pid, os.WEXITED | os.WNOWAIT)
check = subprocess.Popen([os.environ["check"], "-A", "-P"])
while True:
    found = os.waitid(os.P_PGID, os.getpgid(check.pid), os.WEXITED)
    if found.si_pid == check.pid:
        break' 3>&-
	echo "$output"
	[[ $output == *"  reaping  "*" orphan "*" reaped by 1 (python3) "* ]]
	# nor for the audit: it says what was seen
	run "${NS[@]}" python3 -c '
import os, signal, subprocess
signal.signal(signal.SIGTERM, lambda *a: None)
own = subprocess.Popen(["true"], start_new_session=True)
os.waitid(os.P_PID, own.pid, os.WEXITED | os.WNOWAIT)
subprocess.run([os.environ["check"], "-A"])' 3>&-
	echo "$output"
	[[ $output == *"  reaping  FAIL     1 zombie not reaped"* ]]
	[[ ${lines[-1]} == "verdict: FAIL  zombiecheck --probe in the container tells. "* ]]
}

@test "zombiecheck: a filter does not hide the orphan of an earlier probe" {
	ns_start sleep 1000
	run inside -P --probe-timeout 100ms
	[ "$status" -eq 1 ]
	[[ $output == "orphan "*", still a zombie after "* ]]
	for filter in --comm=nobody --pid=0 --uid=7 --container=none --min-age=2h; do
		run inside -P --probe-timeout 100ms "$filter"
		echo "$filter: $output"
		[ "$status" -eq 1 ]
		[[ $output == "zombie "*" shows it; no other orphan was made" ]]
	done
	[ "$(inside --json --settle 0 | jq .zombies)" = 1 ]
}

@test "zombiecheck: the orphan of a probe elsewhere says nothing of our init" {
	cc -O1 -o zoo "$BATS_TEST_DIRNAME/helpers/zoo.c" -pthread
	ns_command
	# its parent is not above us
	run "${NS[@]}" "$(applet reaper)" ./zoo keeper=zombieprobe -- \
		sh -c '"$check" -P' 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "orphan "*" reaped by 1 (reaper) "* ]]
	# it is in another /proc
	run "${NS[@]}" "$(applet reaper)" sh -c '
		sh "$1/testsuite/record-proc.sh" tree
		mkdir tree/proc/77
		sed "s/^[0-9]* (.*) . [0-9]*/77 (zombieprobe) Z 1/" \
			/proc/1/stat >tree/proc/77/stat
		"$check" -P --proc tree/proc --settle 0 || exit
		"$check" --proc tree/proc --settle 0 --comm zombieprobe -q' \
		sh "$TOP" 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == "orphan "*" reaped by 1 in "* ]]
}

@test "zombiecheck: --probe=N repeats while it is reaped" {
	ns_start tini -- sleep 1000
	wait_until masks_are ok ok
	run inside --probe=3 --json
	jq -e '.probe.runs == 3' <<<"$output"
	[ "$status" -eq 0 ]
}

@test "zombiecheck: --probe works without /proc" {
	ns_start tini -- sleep 1000
	wait_until masks_are ok ok
	run inside --probe --proc /nosuch
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "orphan "*" reaped by 1 in "* ]]
	[ "${#lines[@]}" -eq 1 ] # nothing about a /proc
}
