#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# PID 1 must not die: system calls fail, limits are reached, files are read-only,
# nobody reads stderr. Whatever happens: no crash, no hang, no lost status.

load ../helper
load faults_helper

setup_file() {
	cc -O1 -o "$BATS_FILE_TMPDIR/gate" "$BATS_TEST_DIRNAME/gate.c"
	cc -O1 -static -o "$BATS_FILE_TMPDIR/seven" "$BATS_TEST_DIRNAME/seven.c"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	chmod 755 "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	ulimit -c 0
	GATE=$BATS_FILE_TMPDIR/gate
	REAPER=$(applet reaper)
	INIT=$(applet init)
	unset "${!INITBOX_@}"
	export INITBOX
	ns_command
	make_commands
	cp "$BATS_FILE_TMPDIR/seven" seven
}

# try COMMAND...: as bats' run, but it ends: 137 after RUN_LIMIT s.
try() {
	run timeout --foreground -s KILL "$RUN_LIMIT" "$@" 3>&-
	echo "$*: $status"
	echo "$output"
}

# has_text TEXT: $output contains it
has_text() {
	[[ $output == *"$1"* ]] && return
	echo "not there: $1"
	return 1
}

# way NAME COMMAND: sets WAY to how COMMAND is run in that way.
WAYS=(reaper command entries)
way() {
	case $1 in
	reaper) WAY=("$REAPER" --grace 2s "$2") ;;
	command) WAY=("$INIT" --grace 2s -- "$2") ;;
	entries) WAY=("$INIT" --grace 2s --stop-timeout 1m --control "$PWD/sock" -e ":main:once:$2") ;;
	esac
}

# unprivileged COMMAND...: as a user who has no other process
unprivileged() {
	if [ "$(id -u)" = 0 ]; then
		try setpriv --reuid 54321 --regid 54321 --clear-groups "$@"
	else
		try "$@"
	fi
}

# ---- system calls ----------------------------------------------------------

@test "faults: reaper as PID 1, its command ends by itself: every call may fail" {
	try_faults reaper-self-pid1 0
}

@test "faults: reaper below another PID 1, asked to stop: every call may fail" {
	try_faults reaper-stop-sub 2
}

@test "faults: sigproxy as PID 1, asked to stop: every call may fail" {
	try_faults sigproxy-stop-pid1 2
}

@test "faults: sigproxy below another PID 1, asked to stop: every call may fail" {
	try_faults sigproxy-stop-sub 0
}

@test "faults: init -e as PID 1, asked to stop: every call may fail" {
	try_faults entries-stop-pid1 0
}

@test "faults: init -e below another PID 1, its main entry ends: every call may fail" {
	try_faults entries-self-sub 2
}

@test "faults: init -- as PID 1, asked to stop: every call may fail" {
	try_faults command-stop-pid1 0
}

@test "faults: a kernel without the newer calls is good enough" {
	calls=close_range,pidfd_open,pidfd_send_signal,pwritev2,clone3,openat2
	calls+=,waitid,pidfd_getfd,epoll_pwait2,statx
	for life in reaper-stop-pid1 reaper-self-sub sigproxy-stop-sub entries-stop-sub \
		entries-self-pid1 command-self-sub; do
		life_command $life
		traced $life -e "trace=$calls" -e "inject=$calls:error=ENOSYS"
		cat $life.out
		[ "$run_status" -eq 7 ]
		grep -q 'close_range.*INJECTED' $life.trace
		grep -q 'pidfd_.*INJECTED' $life.trace
	done
}

@test "faults: a wait that always fails loses no status, and spins not" {
	life_command reaper-stop-sub
	traced wait4 -e trace=wait4 -e inject=wait4:error=EPERM
	cat wait4.out
	[ "$run_status" -eq 7 ]
	for error in EAGAIN EPERM; do
		traced signal -e trace=rt_sigtimedwait \
			-e inject=rt_sigtimedwait:error=$error
		cat signal.out
		[ "$run_status" -eq 7 ]
		grep -q 'received SIGTERM' signal.out
		[ "$(grep -c INJECTED signal.trace)" -lt 1000 ]
	done
	for life in reaper-self-sub entries-self-pid1 entries-stop-sub; do
		life_command $life
		traced both -e trace=wait4,waitid -e inject=wait4,waitid:error=EPERM
		cat both.out
		[ "$run_status" -eq 125 ]
		grep -q 'status of process .* is lost: Operation not permitted' both.out
	done
}

@test "faults: init spins not when the report of a start can never be read" {
	for life in entries-stop-pid1 entries-self-sub; do
		life_command $life
		for error in EAGAIN EIO; do
			SAID=$PWD/report.out traced report -e trace=read \
				-e inject=read:error=$error
			cat report.out
			[ "$run_status" -eq 7 ]
			[ "$(grep -c INJECTED report.trace)" -gt 0 ]
			[ "$(grep -c INJECTED report.trace)" -lt 1000 ]
		done
	done
}

@test "faults: PID 1 with a /proc that can never be listed, or tells of nobody, does without" {
	for life in reaper-stop-pid1 sigproxy-stop-pid1 command-stop-pid1 entries-stop-pid1; do
		for call in getdents64 read; do
			life_command $life
			traced $life -e trace=$call -e inject=$call:error=EACCES
			cat $life.out
			[ "$run_status" -eq 7 ]
			grep -q INJECTED $life.trace
		done
	done
}

@test "faults: below another PID 1 it says why it finds nobody, and waits" {
	life_command reaper-stop-sub
	for call in read fstatfs; do
		SAID=$PWD/$call.out traced $call -e trace=$call -e inject=$call:error=EPERM
		cat $call.out
		[ "$run_status" -eq 7 ]
		grep -qx 'reaper: still waiting for: names unknown: /proc: Operation not permitted' \
			$call.out
	done
}

@test "faults: an --on-stop command that cannot be started releases the stop" {
	life_command sigproxy-stop-sub
	COMMAND=("$(applet sigproxy)" --on-stop 'touch ran' ./stop)
	traced onstop -e trace=vfork -e inject=vfork:error=EAGAIN:when=2+
	cat onstop.out
	[ "$run_status" -eq 7 ]
	grep -q INJECTED onstop.trace
	grep -qE "^sigproxy: /bin/sh: cannot fork: (${REASON[EAGAIN]})\$" onstop.out
	[ ! -e ran ]
}

@test "faults: what fails in the child before exec is named, with its status" {
	for error in ENOMEM EAGAIN E2BIG ETXTBSY EIO ELOOP; do
		for how in "${WAYS[@]}"; do
			way "$how" "$PWD/seven"
			try strace -f -qq -o trace -P "$PWD/seven" -e trace=execve \
				-e inject=execve:error=$error "${WAY[@]}"
			grep -q INJECTED trace
			[ "$status" -eq 126 ]
			[[ ${lines[0]} =~ ^(reaper|init):\ ($PWD/)?seven:\ cannot\ execute:\ . ]]
			[[ $output != *"rror "[0-9]* ]]
		done
	done
	# setsid(2) is made in the child only
	way entries ./seven
	try strace -f -qq -o trace -e trace=setsid -e inject=setsid:error=EPERM "${WAY[@]}"
	grep -q INJECTED trace
	[ "$status" -eq 125 ]
	has_text "init: seven: cannot make a session: Operation not permitted"
	# a group of its own is not worth a failure
	try strace -f -qq -o trace -e trace=setpgid -e inject=setpgid:error=EPERM \
		"$REAPER" -g ./seven
	grep -q INJECTED trace
	[ "$status" -eq 7 ]
}

# ---- limits ----------------------------------------------------------------

@test "faults: no process more for the user: 125 and the reason" {
	for how in "${WAYS[@]}"; do
		way "$how" ./seven
		unprivileged prlimit --nproc=1 "${WAY[@]}"
		[ "$status" -eq 125 ]
		[ "${#lines[@]}" -le 2 ]
		[[ ${lines[0]} =~ ^(reaper|init):\ (./)?seven:\ cannot\ fork:\ (${REASON[EAGAIN]})$ ]]
		[[ $output != *up* ]]
	done
}

# pids_group: makes a control group with a limit of processes, $GROUP;
# memory_group: one with a limit of memory
pids_group() {
	limited_group pids pids.max
}

memory_group() {
	limited_group memory memory.max memory.limit_in_bytes
}

# limited_group CONTROLLER FILE...: $GROUP_LIMIT is the one of these that is there
limited_group() {
	local controller=$1 path top=/sys/fs/cgroup file

	shift
	GROUP_LIMIT=
	path=$(sed -n "s/^[0-9]*:$controller://p" /proc/self/cgroup)
	if [ -n "$path" ]; then
		top+=/$controller
	else
		path=$(sed -n 's/^0:://p' /proc/self/cgroup)
	fi
	GROUP=$top/${path#/}/initbox-faults-$$
	mkdir "$GROUP" 2>/dev/null || {
		GROUP=
		skip "cannot make a control group here"
	}
	for file; do
		[ ! -e "$GROUP/$file" ] || GROUP_LIMIT=$GROUP/$file
	done
	[ -n "$GROUP_LIMIT" ] || skip "the $controller controller is not to be had here"
}

teardown() {
	stop_started
	[ -z "${GROUP:-}" ] || wait_until rmdir "$GROUP"
}

# in_group COMMAND...: joined by the shell that becomes the command
in_group() {
	try sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" "$@"
}

@test "faults: a full pids control group: 125 and the reason" {
	pids_group
	echo 1 >"$GROUP_LIMIT"
	for how in "${WAYS[@]}"; do
		way "$how" ./seven
		in_group "${WAY[@]}"
		[ "$status" -eq 125 ]
		[[ ${lines[0]} =~ ^(reaper|init):\ (./)?seven:\ cannot\ fork:\ (${REASON[EAGAIN]})$ ]]
	done
}

@test "faults: init starts an entry again that found the pids control group full" {
	pids_group
	echo 1 >"$GROUP_LIMIT"
	start sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" \
		"$INIT" -e "::respawn:sh -c 'echo up; exec sleep 1000'"
	wait_until has_line "$OUT" "cannot fork"
	echo 10 >"$GROUP_LIMIT"
	wait_until has_line "$OUT" '^up$'
	kill -TERM "$PID"
	finish
	[ "$status" -eq 0 ]
	[ "$(grep -c 'cannot fork' "$OUT")" -eq 1 ]
}

@test "faults: a memory limit kills the program that is too large, and nobody else" {
	memory_group
	echo 16M >"$GROUP_LIMIT"
	cat >eater <<-'END'
		#!/bin/sh
		echo up
		exec python3 -c 'x = bytearray(1 << 30)'
	END
	chmod +x eater
	for how in "${WAYS[@]}"; do
		way "$how" ./eater
		in_group "${WAY[@]}"
		[ "$status" -eq 137 ]
		[ "${lines[0]}" = up ]
	done
	# init starts it again, and stops well
	start sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" \
		"$INIT" -vv -e ":delay=100ms:respawn:./eater" -e "::respawn:./seven"
	wait_until eval '[ "$(grep -c "killed by SIGKILL" "$OUT")" -ge 2 ]'
	kill -TERM "$PID"
	finish
	[ "$status" -eq 0 ]
}

@test "faults: 3 to 8 descriptors are enough, or it says that they are not" {
	for limit in 3 4 5 6 7 8; do
		for how in "${WAYS[@]}"; do
			way "$how" ./seven
			try prlimit --nofile=$limit "${WAY[@]}"
			if [ "$status" -eq 125 ]; then
				# init has five and needs two for each start
				[ "$how" = entries ]
				[ "$limit" -lt 7 ]
				[[ $output =~ (${REASON[EMFILE]}) ]]
			else
				[ "$status" -eq 7 ]
				[[ $output == up* ]]
			fi
		done
	done
}

@test "faults: a stop reaches the command through 4 to 9 descriptors, in every scope" {
	for limit in 4 5 6 7 8 9; do
		for how in "reaper" "reaper -a" "reaper -g" "sigproxy" "sigproxy -s session" "sigproxy -s all"; do
			read -r name words <<<"$how"
			rm -f out
			# shellcheck disable=SC2086 # words
			start prlimit --nofile=$limit "$(applet "$name")" $words sh -c \
				'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'
			wait_until has_line "$OUT" '^up$'
			kill -TERM "$PID"
			finish
			echo "$limit, $how: $status $output"
			[ "$status" -eq 7 ]
		done
	done
}

@test "faults: one shortage while the processes are looked up loses no stop" {
	# alone in a namespace: each look counts
	cat >stopped <<-'END'
		#!/bin/sh
		when=$1
		shift
		strace -D -qq -o trace -e trace=openat -e inject=openat:error=ENOMEM:when=$when "$@" sleep 1000 &
		until grep -qsx sleep "/proc/$(tr -d " " </proc/$!/task/$!/children)/comm"; do :; done
		kill -TERM $!
		wait $!
	END
	chmod +x stopped
	for how in "sigproxy" "sigproxy -s session" "reaper -a"; do
		for when in 3 4 5 6 7 8 9 10 11 12; do
			read -r name words <<<"$how"
			# shellcheck disable=SC2086 # words
			try "${NS[@]}" ./stopped $when "$(applet "$name")" $words
			echo "$when, $how: $status"
			[ "$status" -eq 143 ]
		done
	done
}

# A table of 64 processes, not of 32,768; below another PID 1 with more than that.
@test "faults: processes that are not ours leave room for ours" {
	local tree

	tree=$BATS_TEST_DIRNAME/../..
	mkdir small
	tar -C "$tree" -cf - Makefile Kbuild Config.in applets configs libbb-lite scripts testsuite | tar -C small -xf -
	sed -i 's/^#define FAMILY_MAX 32768$/#define FAMILY_MAX 64/' small/libbb-lite/libbb.h
	grep -q 'FAMILY_MAX 64$' small/libbb-lite/libbb.h
	(cd small && make -s sigproxy_defconfig && sed -i 's/.*CONFIG_REAPER.*/CONFIG_REAPER=y/' .config && make -s -j2)
	cat >crowd <<-'END'
		#!/bin/sh
		for i in $(seq 80); do sleep 1000 & done
		exec 9>&2 # a shell that stays
		"$@" &
		echo "$!" >supervisor
		wait "$!"
		exit "$?"
	END
	chmod +x crowd
	for how in "reaper" "reaper -a" "sigproxy" "sigproxy -s session"; do
		read -r name words <<<"$how"
		rm -f supervisor out
		# shellcheck disable=SC2086 # words
		ns_start ./crowd small/initbox "$name" $words sh -c \
			'trap "exit 7" TERM; sleep 1000 & echo up; while :; do sleep 0.05; done'
		wait_until has_line "$OUT" '^up$'
		supervisor=$(pgrep -P "$NS_PID" -f "small/initbox $name")
		kill -TERM "$supervisor"
		finish
		echo "$how: $status $output"
		[ "$status" -eq 7 ]
	done
}

@test "faults: children that are traced and stop in a loop cannot hold PID 1" {
	local user=()

	cc -O1 -o loops "$BATS_TEST_DIRNAME/traced_loop.c"
	for how in "reaper --kill-after 200ms" "pause" "init --kill-after 200ms --"; do
		read -r name words <<<"$how"
		command=("./loops" 100)
		[ "$name" != pause ] || command=()
		rm -f out
		# shellcheck disable=SC2086 # words
		ns_start "$(applet "$name")" $words "${command[@]}"
		if [ "$name" = pause ]; then
			[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
			nsenter -t "$NS_PID" "${user[@]}" -p "$PWD/loops" 100 >>"$OUT" &
			entered=$!
		fi
		wait_until has_line "$OUT" '^ready$'
		kill -TERM "$NS_PID"
		finish
		echo "$how: $status $output"
		[ "$name" != pause ] || wait "$entered" || :
		[ "$name" = pause ] || [ "$status" -eq 137 ] || [ "$status" -eq 143 ]
	done
}

@test "faults: no descriptor's file is looked at in a way that asks its server" {
	start strace -D -qq -o trace -e trace=statx,newfstatat,fstatat64,stat \
		"$(applet sigproxy)" sh -c 'trap "exit 7" TERM; echo up; sleep 1000 | cat & while :; do sleep 0.05; done'
	wait_until has_line "$OUT" '^up$'
	kill -TERM "$PID"
	finish
	[ "$status" -eq 7 ]
	[ "$(grep -c '/fd/.*AT_STATX_DONT_SYNC' trace)" -gt 0 ]
	[ "$(grep '/fd/' trace | grep -vc AT_STATX_DONT_SYNC)" -eq 0 ]
}

@test "faults: where a kernel cannot write to a pipe without waiting, it is opened anew" {
	try bash -o pipefail -c '"$@" 2>&1 | cat' bash strace -qq -o trace -e trace=pwritev2,writev,poll \
		-e inject=pwritev2:error=EOPNOTSUPP "$REAPER" -v sh -c 'exit 7'
	[ "$status" -eq 7 ]
	has_text "reaper: started sh as process"
	[ "$(grep -c '^writev(2' trace)" -eq 0 ]
}

# ---- surroundings ----------------------------------------------------------

@test "faults: a read-only root changes nothing" {
	mkdir root
	for how in "${WAYS[@]}"; do
		way "$how" "$PWD/self"
		try "${NS[@]}" sh -c 'mount --rbind / root && cd root &&
			mount -o remount,bind,ro . && ! touch "./$0" 2>/dev/null &&
			exec chroot . "$@"' "$PWD/touched" "${WAY[@]}"
		[ "$status" -eq 7 ]
		grep -qx up <<<"$output"
	done
}

@test "faults: a full disk, and one that is read-only: a line that says so, no lost status" {
	cat >surroundings <<-'END'
		set -e
		mkdir -p full
		mount -t tmpfs -o size=4k,nr_inodes=3 none full
		echo x >full/log
		head -c 5000 /dev/zero >full/filler 2>/dev/null || :
		if (: >full/other) 2>/dev/null; then exit 99; fi
		[ -z "${READ_ONLY-}" ] || mount -o remount,bind,ro full
		exec "$@"
	END
	for way in full read-only; do
		export READ_ONLY=${way#full}
		# the socket can be done without, stderr and an entry's output, too
		try "${NS[@]}" sh surroundings "$INIT" -v --control full/sock -e ":main:once:./seven"
		[ "$status" -eq 7 ]
		has_text "no control: full/sock: "
		try "${NS[@]}" sh surroundings "$REAPER" -vv --grace 2s ./self
		[ "$status" -eq 7 ]
		try "${NS[@]}" sh surroundings sh -c 'exec "$@" 2>/dev/full >/dev/full' sh \
			"$INIT" -vv --grace 2s -- ./self
		[ "$status" -eq 7 ]
		# a log that cannot be made is the entry's failure, like a bad program
		try "${NS[@]}" sh surroundings "$INIT" -e ":main,log=full/other:once:./seven"
		[ "$status" -eq 125 ]
		reason="No space left on device"
		[ -z "$READ_ONLY" ] || reason="Read-only file system"
		has_text "init: seven: log: full/other: $reason"
	done
	unset READ_ONLY
	# one that can no longer be written is the program's own matter
	try "${NS[@]}" sh surroundings "$INIT" -e ":main,log=full/log:once:./self"
	[ "$status" -eq 7 ]
}

@test "faults: with a stderr that nobody reads -vv and a stop work, and are quick" {
	# What sh says about who was terminated would stall the command itself.
	sed -i '2i exec 2>/dev/null' stop
	for kind in pipe socket terminal; do
		for how in "${WAYS[@]}"; do
			way "$how" ./stop
			try "${NS[@]}" python3 "$BATS_TEST_DIRNAME/full_stderr.py" \
				$kind "${WAY[0]}" -vv "${WAY[@]:1}"
			echo "$kind $how: $status"
			[ "$status" -eq 7 ]
			[ "$output" = up ]
		done
	done
}

@test "faults: closed stdin, stdout and stderr change nothing" {
	for how in "${WAYS[@]}"; do
		way "$how" ./self
		try "${NS[@]}" sh -c 'exec "$@" -vv <&- >&- 2>&-' sh "${WAY[0]}" "${WAY[@]:1}"
		[ "$status" -eq 7 ]
	done
}
