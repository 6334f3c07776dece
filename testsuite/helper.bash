# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# helper.bash - what all bats files share: the program under test, PID
# namespaces, and waiting for events (never for time).
#
# INITBOX      the multicall binary (default: ./initbox of this tree)
# INITBOX_BIN  a peer to run in place of the applet (for testing the tests)

TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
INITBOX=${INITBOX:-$TOP/initbox}
# Waiting for an event ends here: long enough for a machine under load.
WAIT_LIMIT=${WAIT_LIMIT:-60}

# applet NAME: the path of a link to the binary under that name. A peer given
# by INITBOX_BIN stands in for it.
applet() {
	local folder=$BATS_FILE_TMPDIR/bin

	if [ -n "${INITBOX_BIN:-}" ]; then
		printf '%s\n' "$INITBOX_BIN"
		return
	fi
	mkdir -p "$folder"
	[ -e "$folder/$1" ] || ln -s "$INITBOX" "$folder/$1"
	printf '%s\n' "$folder/$1"
}

# What is made once a run: the tool that starts processes (box.c), and a folder
# for PATH where python3 is the system's. A version manager's is a script that
# takes a second to find the real one.
BOX=$BATS_RUN_TMPDIR/box
[ -x "$BOX" ] || {
	cc -O1 -static -o "$BOX.$$" "$TOP/testsuite/box.c"
	mkdir -p "$BATS_RUN_TMPDIR/first"
	[ ! -x /usr/bin/python3 ] ||
		ln -sf /usr/bin/python3 "$BATS_RUN_TMPDIR/first/python3"
	mv "$BOX.$$" "$BOX"
}
case $PATH in
"$BATS_RUN_TMPDIR/first:"*) ;;
*) PATH=$BATS_RUN_TMPDIR/first:$PATH ;;
esac

# What waits is run again and again, while the machine works for what it waits
# for: so nothing here forks.

# pause SECONDS: sleep(1) without a process.
pause() {
	[ -p "$BATS_RUN_TMPDIR/never" ] ||
		mkfifo "$BATS_RUN_TMPDIR/never" 2>/dev/null || :
	read -rt "$1" _ <>"$BATS_RUN_TMPDIR/never" || :
}

# make_image DIR NAME [BINARY]: a root that has nothing but our binary, or that
# one, by this name, and the libraries that it needs if it is not static.
make_image() {
	local file binary=${3:-$INITBOX}

	mkdir "$1"
	cp "$binary" "$1/$2"
	for file in $(ldd "$binary" 2>/dev/null | grep -o '/[^ ]*'); do
		cp --parents "$file" "$1"
	done
}

# wait_until COMMAND...: run it until it succeeds; fail after WAIT_LIMIT s.
wait_until() {
	local - end=$((SECONDS + WAIT_LIMIT))

	set +T # bats looks at every command of a function; not of these
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "waited $WAIT_LIMIT s in vain for: $*" >&2
			return 1
		fi
		pause 0.02
	done
}

# matches FILE PATTERN: sets MATCHES to how many lines match, and FIRST to the
# number of the first one, as grep would; no file is one without lines.
matches() {
	local all pattern=$2 i

	MATCHES=0 FIRST=
	case $pattern in
	*['+?(){}|\\']*) # not the same in both languages
		MATCHES=$(grep -c -e "$pattern" "$1") || :
		FIRST=$(grep -n -m 1 -e "$pattern" "$1") || :
		FIRST=${FIRST%%:*}
		return 0
		;;
	esac
	mapfile -t all <"$1" || return 0
	for i in "${!all[@]}"; do
		[[ ${all[i]} =~ $pattern ]] || continue
		FIRST=${FIRST:-$((i + 1))}
		MATCHES=$((MATCHES + 1))
	done
} 2>/dev/null

# has_line FILE PATTERN: for wait_until.
has_line() {
	matches "$@"
	[ -n "$FIRST" ]
}

# state_of PID: sets STATE to its letter; fails if there is no such process.
state_of() {
	local stat

	# a name may hold anything; the last parenthesis ends it
	IFS= read -rd '' stat <"/proc/$1/stat" || :
	stat=${stat##*) }
	STATE=${stat:0:1}
	[ -n "$STATE" ]
} 2>/dev/null

# is_gone PID: no such process, or a zombie that only waits for its parent.
is_gone() {
	! state_of "$1" || [ "$STATE" = Z ]
}

# switches PID: sets SWITCHES to what tells how often it went to sleep.
switches() {
	local name value

	SWITCHES=
	while IFS=: read -r name value; do
		[[ $name != *ctxt_switches ]] || SWITCHES+=$value
	done <"/proc/$1/status"
	[ -n "$SWITCHES" ]
} 2>/dev/null

# sleeps_on PID: it sleeps, and does not wake up for a while; for wait_until,
# since it may just have been on its way to where it sleeps.
sleeps_on() {
	local before

	state_of "$1" && [ "$STATE" = S ] && switches "$1" || return
	before=$SWITCHES
	pause 1.5
	switches "$1" && [ "$SWITCHES" = "$before" ]
}

# start COMMAND...: run in the background, output to $OUT; its PID in $PID. A
# shell lets its background commands ignore INT and QUIT: not here.
start() {
	OUT=${OUT:-$BATS_TEST_TMPDIR/out}
	"$BOX" -e "$@" >"$OUT" 2>&1 3>&- </dev/null &
	PID=$!
	STARTED="${STARTED:-} $PID"
}

# finish: wait for $PID; its exit status in $status, its output in $output.
finish() {
	status=0
	wait_until is_gone "$PID" || return
	wait "$PID" || status=$?
	output=$(cat "$OUT")
}

# What a new PID namespace needs here: as root nothing, else box makes a user
# namespace, too.
ns_command() {
	NS=("$BOX" -n)
	[ ! -e "$BATS_RUN_TMPDIR/have-namespaces" ] || return 0
	"${NS[@]}" true 2>/dev/null ||
		skip "the kernel or our rights do not allow a PID namespace"
	: >"$BATS_RUN_TMPDIR/have-namespaces"
}

# ns_run COMMAND...: it is PID 1 of a new namespace; waits for its end.
ns_run() {
	ns_command
	"${NS[@]}" "$@" 3>&-
}

# ns_start COMMAND...: the same in the background. $NS_PID is its PID out here
# (signal that one), $PID is box's, for finish. One
# that has ended already leaves $NS_PID empty.
ns_start() {
	ns_command
	start "${NS[@]}" "$@"
	wait_until ns_find_init
}

ns_find_init() {
	NS_PID=
	is_gone "$PID" && return
	# no newline ends that file, so read says nothing by its status
	{ read -r NS_PID _ <"/proc/$PID/task/$PID/children"; } 2>/dev/null
	[ -n "$NS_PID" ] && ! [ "/proc/$NS_PID/exe" -ef "/proc/$PID/exe" ]
}

# ns_zombies: how many zombies the namespace of ns_start has now; fails when it
# cannot be looked into, so that no 0 is made up.
ns_zombies() {
	local user=() stats

	[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
	stats=$(nsenter --target "$NS_PID" "${user[@]}" --pid --mount --root -- \
		sh -c 'cat /proc/1/stat && cat /proc/[0-9]*/stat 2>/dev/null; :')
	[ -n "$stats" ] || return
	sed 's/.*) //' <<<"$stats" | grep -c '^Z ' || :
}

# Everything that was started is ended by its own PID.
stop_started() {
	local pid

	for pid in ${STARTED:-}; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

teardown() {
	stop_started
}
