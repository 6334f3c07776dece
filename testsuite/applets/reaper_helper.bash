# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# reaper_helper.bash - for the tests of reaper, sigproxy and the aliases: a
# compiled actor (helpers/actor.c), the program as PID 1 or as a subreaper in
# a namespace, and questions about the log that actors write.

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/actor" \
		"$BATS_TEST_DIRNAME/helpers/actor.c" -lutil
}

setup() {
	actor_setup
}

actor_setup() {
	local name

	cd "$BATS_TEST_TMPDIR" || return
	ulimit -c 0
	A=$BATS_FILE_TMPDIR/actor
	export LOG=$BATS_TEST_TMPDIR/log A
	: >"$LOG"
	REAPER=$(applet reaper)
	for name in "${!INITBOX_@}"; do # none of the caller's options
		[ "$name" = INITBOX_BIN ] || unset "$name"
	done
	export INITBOX REAPER
	FAULTS=
}

# begin pid1|sub COMMAND...: start it as PID 1 of a new namespace, or as the
# child of its PID 1. $R is its PID as seen from here (empty when it has ended
# already); finish waits for it.
begin() {
	local mode=$1

	shift
	echo "begin $mode: ${*//$BATS_FILE_TMPDIR\//}" # bats shows it when the test fails
	OUT=$BATS_TEST_TMPDIR/out
	R=
	NS_PID=
	[ -n "${NS+set}" ] || ns_command
	if [ "$mode" = pid1 ]; then
		start "${NS[@]}" "$@"
		wait_until find_init
		R=$NS_PID
	else
		start "${NS[@]}" sh -c '"$@"; exit $?' sh "$@"
		wait_until find_init
		wait_until find_sub
	fi
}

# first_child PID: sets CHILD to its first child; fails if there is none.
first_child() {
	CHILD=
	# no newline ends that file, so read says nothing by its status
	read -r CHILD _ <"/proc/$1/task/$1/children" || :
	[ -n "$CHILD" ]
} 2>/dev/null

find_init() {
	is_gone "$PID" && return
	first_child "$PID" && NS_PID=$CHILD && is_not "$BOX" "$NS_PID"
}

# is_not FILE PID: it runs another program than that.
is_not() {
	[ -e "/proc/$2/exe" ] && ! [ "/proc/$2/exe" -ef "$1" ]
}

find_sub() {
	is_gone "$PID" && return
	first_child "$NS_PID" && R=$CHILD
}

# again: forget what was logged, for the next turn of a loop.
again() {
	: >"$LOG"
	rm -f go go2 bg
}

# logged PATTERN: wait for such a line of the log.
logged() {
	wait_until has_line "$LOG" "^$1"
}

# count PATTERN: how many lines of the log have it.
count() {
	matches "$LOG" "^$1"
	echo "$MATCHES"
}

# seen N PATTERN: at least N lines have it; for wait_until.
seen() {
	matches "$LOG" "^$2"
	[ "$MATCHES" -ge "$1" ]
}

# line_of PATTERN: the number of its first line.
line_of() {
	matches "$LOG" "^$1"
	echo "$FIRST"
}

# before A B: both were logged, and A was first.
before() {
	local a b

	matches "$LOG" "^$1"
	a=$FIRST
	matches "$LOG" "^$2"
	b=$FIRST
	[ -n "$a" ] && [ -n "$b" ] && [ "$a" -lt "$b" ] && return
	echo "expected '$1' before '$2' in:" >&2
	cat "$LOG" >&2
	return 1
}

# outer NAME: the PID out here of the actor of that name.
outer() {
	local status pid all line

	mapfile -t all <"$LOG"
	for line in "${all[@]}"; do
		[[ $line != "$1 ready "* ]] || break
	done
	for status in $(grep -l "^NSpid:.*[[:space:]]${line##* }\$" \
		/proc/[0-9]*/status 2>/dev/null); do
		pid=${status#/proc/}
		pid=${pid%/status}
		[ "/proc/$pid/ns/pid" -ef "/proc/$NS_PID/ns/pid" ] || continue
		echo "$pid"
		return
	done
	echo "no process: $1" >&2
	return 1
}

# find_actor NAME: its PID out here, in whatever namespace it is.
find_actor() {
	local line zero one

	for line in /proc/[0-9]*/cmdline; do
		{ IFS= read -r -d '' zero && IFS= read -r -d '' one; } \
			<"$line" || continue
		[ "$zero" = "$A" ] && [ "$one" = "$1" ] || continue
		line=${line#/proc/}
		echo "${line%/cmdline}"
		return
	done
	return 1
} 2>/dev/null

# parent_of PID: its parent, as seen from here.
parent_of() {
	sed -n 's/^PPid:.//p' "/proc/$1/status"
}

# in_state PID LETTER: for wait_until.
in_state() {
	state_of "$1" && [ "$STATE" = "$2" ]
}

# enter COMMAND...: as docker exec does: into the namespace from outside.
enter() {
	local user=()

	[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
	nsenter --target "$NS_PID" "${user[@]}" --pid --mount --root -- "$@" 3>&-
}

zombies() {
	enter sh -c 'cat /proc/[0-9]*/stat 2>/dev/null' 2>/dev/null |
		sed 's/.*) //' | grep -c '^Z ' || true
}

no_zombies() {
	[ "$(zombies)" -eq 0 ]
}

one_zombie() {
	[ "$(zombies)" -eq 1 ]
}

# send PID SIGNAL: by its number; bash does not know libc's own two.
send() {
	case $2 in
	32 | 33) "$A" --send "$1" "$2" ;;
	*) kill -"$2" "$1" ;;
	esac
}

# counts PATTERN...: how many lines of the log have each, in COUNTS as "1:0:2".
counts() {
	local pattern

	COUNTS=
	for pattern; do
		matches "$LOG" "^$pattern"
		COUNTS+=${COUNTS:+:}$MATCHES
	done
}

# same WHAT GOT WANTED: note a difference; see no_faults.
same() {
	[ "$2" = "$3" ] || FAULTS+="$1: got '$2', wanted '$3'"$'\n'
}

# no_faults: the end of a table: fail with what was noted.
no_faults() {
	[ -z "$FAULTS" ] && return
	printf '%s' "$FAULTS" | head -n 20 >&2
	return 1
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: $1"
}

# try COMMAND...: as bats' run, but any status is fine, and it ends: 124 after
# WAIT_LIMIT s. try_ns: the same as PID 1 of a new namespace.
try() {
	status=0
	output=$("$BOX" -t "$WAIT_LIMIT" "$@" 2>&1 3>&-) || status=$?
	lines=()
	[ -z "$output" ] || mapfile -t lines <<<"$output"
}

# term [--no-ctty] COMMAND... -- STEP...: see helpers/term.py
term() {
	status=0
	output=$(python3 "$BATS_TEST_DIRNAME/helpers/term.py" "$@" 2>&1 3>&-) || status=$?
	lines=()
	[ -z "$output" ] || mapfile -t lines <<<"$output"
	echo "status $status, output: $output"
}

try_ns() {
	[ -n "${NS+set}" ] || ns_command
	try -n "$@"
}

# finish: as helper.bash's, but it ends: $status is "hung" after WAIT_LIMIT s.
finish() {
	status=0
	if wait_until is_gone "$PID"; then
		wait "$PID" || status=$?
	else
		kill -KILL "$PID"
		wait "$PID" || true
		status=hung
	fi
	output=$(cat "$OUT")
	lines=()
	[ -z "$output" ] || mapfile -t lines <<<"$output"
} 2>/dev/null

# idle PID: it runs a program other than sh or box, and sleeps.
idle() {
	hash sh
	is_not "$BOX" "$1" && is_not "${BASH_CMDS[sh]}" "$1" && in_state "$1" S
}

# open_up: let other users use the actor, the log and this folder; $REAPER
# becomes a copy that they may run.
open_up() {
	local folder=$BATS_TEST_TMPDIR

	[ "$REAPER" = "$BATS_FILE_TMPDIR/reaper" ] ||
		cp "$REAPER" "$BATS_FILE_TMPDIR/reaper"
	REAPER=$BATS_FILE_TMPDIR/reaper
	chmod 777 "$BATS_TEST_TMPDIR"
	chmod 666 "$LOG"
	chmod 755 "$REAPER" "$A" "$BATS_FILE_TMPDIR"
	while [ "$folder" != "$BATS_RUN_TMPDIR" ]; do
		folder=${folder%/*}
		chmod o+x "$folder"
	done
}

# A limit of ours after which something is killed may be over on a slow machine
# before the others had their turn: these are tried until they had.
LIMITS="300ms 3s 60s"

# has_no_file PID NAME: it has no such file open; sits_in_root PID; for
# wait_until: we come to that only when the command has been started.
has_no_file() {
	[ -z "$(find "/proc/$1/fd" -lname "*/$2")" ]
}

sits_in_root() {
	[ "/proc/$1/cwd" -ef / ]
}

# watch PID: wait until it sleeps; then woken says whether it has been awake since.
# That is what a signal does to a shell whose program is in the foreground.
watch() {
	WATCHED=$1
	wait_until in_state "$WATCHED" S && switches "$WATCHED" && SLEPT=$SWITCHES
}

woken() {
	is_gone "$WATCHED" || ! switches "$WATCHED" || [ "$SWITCHES" != "$SLEPT" ]
}

# has_actor NAME: sets FOUND to the PID out here of the actor of that name.
has_actor() {
	FOUND=$(find_actor "$1")
}

# settled: everything below $R sleeps, so nobody is still on his way to where he
# reads or waits. Parents come first: who sleeps starts nobody meanwhile.
settled() {
	local pid all=("$R") kids

	while [ ${#all[@]} -gt 0 ]; do
		pid=${all[0]} kids=()
		state_of "$pid" && [[ $STATE == [SZ] ]] || return
		read -r -a kids <"/proc/$pid/task/$pid/children" || :
		all=("${all[@]:1}" "${kids[@]}")
	done
} 2>/dev/null

blocks_term() {
	grep -q '^SigBlk:.*[4-7c-f]...$' "/proc/$1/status"
}

# quit_now: end a namespace whose actors are deaf.
quit_now() {
	kill -KILL "$NS_PID"
	finish
}
