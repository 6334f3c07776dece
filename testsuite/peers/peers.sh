#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Which init passes which case: ours beside its peers, as a table. A peer that
# is not installed is a column of "-".
#
# usage: bash testsuite/peers/peers.sh OUTPUT_DIR   the table; also as Markdown
#                                                   in OUTPUT_DIR/peers.md
#        bash testsuite/peers/peers.sh --cell PEER CASE   one cell, and all that
#                                                   was said, to look into it
#
# INITBOX: the multicall binary (./initbox); CASE_LIMIT: seconds after which a
# case hangs (10; ours have 60); CELLS: how many at a time (4: they sleep more
# than they run).
#
# Every case starts the peer as PID 1 of a PID namespace of its own, so all that
# it leaves behind ends with it.  The commands are testsuite/applets/helpers/
# actor.c, which logs what happens to it.
set -u
export LC_ALL=C

TOP=$(cd "$(dirname "$0")/../.." && pwd)
INITBOX=$(realpath -m "${INITBOX:-$TOP/initbox}")
CASE_LIMIT=${CASE_LIMIT:-10}
# Debian has them in /usr/bin; a user's PATH may lack the sbin ones.
PATH=$PATH:/usr/sbin:/sbin
unset "${!INITBOX_@}" "${!TINI_@}" "${!DUMB_INIT_@}"

peers=(reaper our-tini tini dumb-init catatonit)

title() {
	case $1 in
	our-tini) echo "tini (ours)" ;;
	*) echo "$1" ;;
	esac
}

# Where it is; nothing if it is not installed.
program() {
	case $1 in
	reaper) echo "$WORK/bin/reaper" ;;
	our-tini) echo "$WORK/bin/tini" ;;
	*) type -P "$1" ;;
	esac
}

version() {
	case $1 in
	reaper | our-tini | tini | dumb-init) "$(program "$1")" --version 2>&1 ;;
	catatonit) "$(program "$1")" -V ;;
	esac | sed 1q
}

# ---- what the cases are made of --------------------------------------------

# scope child|group: the peer's option for it.
scope() {
	case $PEER:$1 in
	dumb-init:child) FLAGS=(-c) ;;
	dumb-init:group | *:child) FLAGS=() ;; # the default there
	*:group) FLAGS=(-g) ;;
	esac
}

# begin COMMAND...: start the peer with it, in the background. BEFORE are words
# that come before the peer's own.
begin() {
	timeout -s KILL "$LIMIT" "${NS[@]}" "${BEFORE[@]}" "$PROGRAM" "${FLAGS[@]}" \
		-- "$@" >"$OUT" 2>&1 </dev/null &
	LIMITER=$!
}

first_child() {
	local children

	read -r children _ <"/proc/$1/task/$1/children"
	[ -n "$children" ] && echo "$children"
} 2>/dev/null

# The peer's PID as seen from here: timeout, unshare, the peer.
init_pid() {
	first_child "$(first_child "$LIMITER")"
}

# until_true COMMAND...: false if the peer ends first.
until_true() {
	until "$@" 2>/dev/null; do
		kill -0 "$LIMITER" 2>/dev/null || return
		sleep 0.02
	done
}

logged() {
	grep -q "^$1\$" "$LOG"
}

# ready NAME...: these actors take signals now.
ready() {
	local name

	for name; do
		until_true logged "$name ready [0-9]*" || return
	done
}

in_state() {
	grep -q "^State:.$2" "/proc/$1/status"
}

# send SIGNAL: to the peer, from outside as a container's runtime does.
send() {
	kill -"$1" "$(init_pid)"
}

# ends_with STATUS: wait for the peer's end.
ends_with() {
	status=0
	wait "$LIMITER" || status=$?
	[ "$status" = "$1" ]
}

# A cleanup that takes a while; "NAME ran 0" then says that it was let be.
cleanup='-o "15:run=sleep 0.5"'

# ---- the cases -------------------------------------------------------------

# NAME, and what is true of a peer that passes: in the order of the table.
cases() {
	cat <<'END'
status         Its exit status is the command's
signalled      It ends with 128+N when signal N ends the command
not_found      It ends with 127 when there is no such command
forward        TERM is forwarded to the command
signal_37      Signal 37 (RTMIN+3, podman's and nspawn's) stops as TERM does
group          A stop: members of the group finish their cleanup
session        A stop: a descendant that called setsid is told and finishes
daemon         A stop: a double-forked daemon is told and finishes
subreaper      The same when it is not PID 1
wait_all       A stop: it ends once all of ten descendants have cleaned up
own_end        The command ends by itself: what is left is told and finishes
stopped        A stop: a stopped command is continued and ends
pending        TERM pending and blocked at its start is not lost, 30 times
pending_group  The same when signals go to the group
orphans        500 orphans that end at once leave no zombie
sigchld        SIGCHLD ignored at its start does no harm
stdin          A closed stdin does no harm
eperm          A command that it may not signal does not end it
ptrace         A command that calls PTRACE_TRACEME does not confuse it
no_proc        It works without /proc
mask           The command's signal mask is that of its start
idle           No wakeup in 3 s without anything to do
END
}

case_status() {
	begin sh -c 'exit 42'
	ends_with 42
}

case_signalled() {
	begin "$A" --die 15
	ends_with 143
}

case_not_found() {
	# with its folder: what PATH has may be closed to us, which is another error
	begin "$DIR/no-such-command"
	ends_with 127
}

case_forward() {
	begin "$A" main -o 15:exit=7
	ready main && send TERM
	ends_with 7
}

case_signal_37() {
	begin "$A" main -o 15:exit=7 -o 37:die
	ready main && send 37
	ends_with 7
}

case_group() {
	scope group
	begin "$A" main -k "$A kid $cleanup"
	ready main kid && send TERM
	ends_with 0 && logged "kid ran 0"
}

case_session() {
	begin "$A" main -k "$A loner -s $cleanup"
	ready main loner && send TERM
	ends_with 0 && logged "loner ran 0"
}

case_daemon() {
	begin "$A" main -k "$A daemon -d $cleanup"
	ready main daemon && send TERM
	ends_with 0 && logged "daemon ran 0"
}

# A shell is PID 1, so the peer has to be a subreaper to see the daemon at all.
case_subreaper() {
	BEFORE=(sh -c '"$@"; exit $?' sh)
	[ "$PEER" != tini ] || FLAGS=(-s)
	begin "$A" main -k "$A daemon -d $cleanup"
	ready main daemon && kill -TERM "$(first_child "$(init_pid)")"
	ends_with 0 && logged "daemon ran 0"
}

case_wait_all() {
	local kids=() i

	for i in 0 1 2 3 4 5 6 7 8 9; do
		kids+=(-k "$A kid$i -$((i % 2 ? 1 : 0)) -o '15:run=sleep 0.$i'")
	done
	kids=("${kids[@]// -1 / -s }")
	kids=("${kids[@]// -0 / -d }")
	begin "$A" main -o 15:exit=7 "${kids[@]}"
	ready main kid{0..9} && send TERM
	ends_with 7 && [ "$(grep -c '^kid. ran 0$' "$LOG")" -eq 10 ]
}

case_own_end() {
	begin "$A" main -o 10:exit=3 -k "$A loner -s $cleanup"
	ready main loner && send USR1
	ends_with 3 && logged "loner ran 0"
}

case_stopped() {
	local pid

	begin "$A" main -o 15:exit=4
	ready main && pid=$(first_child "$(init_pid)") && kill -STOP "$pid" &&
		until_true in_state "$pid" T && send TERM
	ends_with 4
}

# never_lost SCOPE: the command takes TERM off the mask that it inherits. Who
# loses the signal does so in a race: once of these times will do.
never_lost() {
	local times

	scope "$1"
	BEFORE=("$A" --with 4000 0 4000)
	for times in {1..30}; do
		begin "$A" --with 0 0 0 sleep 1000
		ends_with 143 || return
	done
	echo "all $times times"
}

case_pending() {
	never_lost child
}

case_pending_group() {
	never_lost group
}

# Looked at from inside and by the shell alone: each program that it ran would
# be a zombie for a moment, too.
case_orphans() {
	begin sh -c '
		"$0" --orphans 500
		n=$1
		while [ $((n = n - 1)) -gt 0 ]; do
			zombies=0
			for file in /proc/[0-9]*/stat; do
				read -r stat <"$file"
				case ${stat##*)} in
				" Z "*) zombies=$((zombies + 1)) ;;
				esac
			done 2>/dev/null
			[ $zombies -gt 0 ] || exit 42
			sleep 0.05
		done' "$A" $((LIMIT * 10))
	ends_with 42
}

case_sigchld() {
	BEFORE=("$A" --with 0 10000 0)
	begin sh -c 'exit 42'
	ends_with 42
}

case_stdin() {
	BEFORE=(sh -c 'exec "$@" <&-' sh)
	begin sh -c 'exit 42'
	ends_with 42
}

# As root without CAP_KILL; a user namespace has nobody else to run it as.
case_eperm() {
	[ "$(id -u)" = 0 ] || return 2
	BEFORE=(setpriv --bounding-set -kill --inh-caps -kill)
	begin setpriv --reuid 1000 --regid 1000 --clear-groups "$A" main -o 15:exit=7
	# Lower numbers are taken first: it sees USR1 before its command's end.
	ready main && send USR1 && kill -TERM "$(first_child "$(init_pid)")"
	ends_with 7
}

case_ptrace() {
	begin "$A" --traceme winch
	ends_with 9
}

case_no_proc() {
	BEFORE=(sh -c 'mount -t tmpfs none /proc && exec "$@"' sh)
	begin "$A" main -o 15:exit=7
	ready main && send TERM
	ends_with 7
}

case_mask() {
	BEFORE=("$A" --with 0 0 0)
	begin "$A" --sets
	ends_with 0 && grep -q '^blocked 0* ignored 0*$' "$OUT"
}

wakeups() {
	sed -n 's/^voluntary_ctxt_switches:.//p' "/proc/$(init_pid)/status"
}

is_idle() {
	before=$(wakeups)
	sleep 0.3
	in_state "$(init_pid)" S && [ "$before" = "$(wakeups)" ]
}

case_idle() {
	local before after

	begin "$A" main
	ready main
	until_true is_idle # what it does after the start is not meant
	before=$(wakeups)
	sleep 3
	after=$(wakeups)
	send TERM
	ends_with 0 && [ "$before" = "$after" ]
}

# ---- one cell --------------------------------------------------------------

# In a folder of its own, $WORK/PEER.CASE, which goes at the end of all.
cell() {
	PEER=$1
	LIMIT=$CASE_LIMIT
	case $PEER in reaper | our-tini) LIMIT=$((CASE_LIMIT > 60 ? CASE_LIMIT : 60)) ;; esac
	DIR=$WORK/$1.$2
	LOG=$DIR/log
	OUT=$DIR/out
	A=$WORK/actor
	FLAGS=()
	BEFORE=()
	NS=(unshare --pid --fork --mount-proc --kill-child)
	[ "$(id -u)" = 0 ] || NS=(unshare --user --map-root-user "${NS[@]:1}")
	PROGRAM=$(program "$PEER")
	if [ -z "$PROGRAM" ]; then
		echo "-"
		return
	fi
	mkdir -p "$DIR"
	: >"$LOG"
	chmod 666 "$LOG" # for the command that runs as somebody else
	export LOG
	cd "$DIR" || return
	ulimit -c 0
	status=
	"case_$2" >"$DIR/shell" 2>&1
	case $?:$status in
	0:*) echo yes ;;
	2:*) echo "-" ;;
	*:137) echo hangs ;; # timeout's; no case asks for it
	*) echo no ;;
	esac
}

# For xargs: the whole line at once, with a dot for who waits.
if [ "${1-}" = --table-cell ]; then
	cell "$2" "$3" >"$WORK/$2.$3.cell"
	[ ! -t 2 ] || printf . >&2
	exit
fi

# ---- the table -------------------------------------------------------------

prepare() {
	WORK=$(mktemp -d)
	export WORK INITBOX CASE_LIMIT
	trap 'rm -rf "$WORK"' EXIT
	trap 'exit 1' HUP INT TERM
	chmod 755 "$WORK"
	mkdir "$WORK/bin"
	# a copy: the tree may be closed to the user that eperm's command runs as
	cp "$INITBOX" "$WORK/bin/initbox" &&
		ln -s initbox "$WORK/bin/reaper" &&
		ln -s initbox "$WORK/bin/tini" || exit
	"${CC:-cc}" -O1 -o "$WORK/actor" \
		"$TOP/testsuite/applets/helpers/actor.c" -lutil || exit
}

# rows: sentence and cells, separated by tabs; the first one are the titles.
rows() {
	local case sentence peer

	printf 'case'
	for peer in "${peers[@]}"; do printf '\t%s' "$(title "$peer")"; done
	echo
	while read -r case sentence; do
		printf '%s' "$sentence"
		for peer in "${peers[@]}"; do
			printf '\t%s' "$(cat "$WORK/$peer.$case.cell")"
		done
		echo
	done < <(cases)
}

as_text() {
	awk -F '\t' '
		NR == 1 {
			for (i = 2; i <= NF; i++)
				width[i] = (length($i) > 5 ? length($i) : 5) + 2
		}
		{
			line = sprintf("%-64s", $1)
			for (i = 2; i <= NF; i++)
				line = line sprintf("%-" width[i] "s", $i)
			sub(/ +$/, "", line)
			print line
		}'
}

as_markdown() {
	awk -F '\t' '{
		line = "|"
		for (i = 1; i <= NF; i++) line = line " " $i " |"
		print line
		if (NR == 1) {
			line = "|---|"
			for (i = 2; i <= NF; i++) line = line ":-:|"
			print line
		}
	}'
}

versions() {
	local peer

	for peer in "${peers[@]}"; do
		[ -z "$(program "$peer")" ] ||
			printf '%s: %s\n' "$(title "$peer")" "$(version "$peer")"
	done
}

case ${1-} in
--cell)
	prepare
	cell "$2" "$3"
	cat "$DIR/log" "$DIR/out" "$DIR/shell"
	echo "status $status"
	;;
'' | -*)
	sed -n 's/^# \{0,1\}//p' "$0" | sed -n '/^usage/,/^$/p' >&2
	exit 1
	;;
*)
	prepare
	cases | while read -r case _; do
		for peer in "${peers[@]}"; do echo "$peer $case"; done
	done | xargs -P "${CELLS:-4}" -n 2 bash "$0" --table-cell
	[ ! -t 2 ] || echo >&2
	mkdir -p "$1"
	{
		rows | as_markdown
		echo
		versions | sed 's/^/- /'
	} >"$1/peers.md"
	rows | as_text
	echo
	versions
	;;
esac
