#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Long runs and much of everything, for PID 1 must not die; make torture calls
# it, and torture.bats with small numbers.
#
# usage: bash testsuite/torture/torture.sh [PART,...]    parts: chaos orphans
#        crowd storm starts runc flood; as root
#
# A line for each run, and how many were bad at the end, which is the status.
# INITBOX: the binary (./initbox). Numbers, to be made smaller:
#	MINUTES=5	of chaos; SEED=N STEPS=200 LIFE=NAME: one run of it, again
#	ORPHANS=1000000 CROWD=10000 SIGNALS=100000 STARTS=1000 RUNC=50
#	CONNECTIONS=100000
export LC_ALL=C

all_parts="chaos orphans crowd storm starts runc flood"
parts=${1:-$all_parts}
parts=${parts//,/ }
for part in $parts; do
	[[ " $all_parts " == *" $part "* ]] || {
		echo "torture: $part: no such part; there are: $all_parts" >&2
		exit 2
	}
done
[ "$(id -u)" = 0 ] || {
	echo "torture: must be root, for namespaces and their processes" >&2
	exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export BATS_RUN_TMPDIR=$work BATS_FILE_TMPDIR=$work BATS_TEST_TMPDIR=$work
INITBOX=$(realpath -e "${INITBOX:-$here/../../initbox}") || exit
WAIT_LIMIT=${WAIT_LIMIT:-600}
unset "${!INITBOX_@}"
# shellcheck source=../helper.bash
. "$here/../helper.bash"
for program in chaos folk load; do
	cc -std=c11 -O1 -static -o "$work/$program" "$here/$program.c" || exit
done
load=$work/load

clean_up() {
	stop_started 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

runs=0
bad=0
status=0 # of what was finished last

say() {
	printf '%s\n' "torture: $*"
}

# good WHAT / wrong WHAT: the end of a run
good() {
	runs=$((runs + 1))
	say "ok    $*"
}

wrong() {
	runs=$((runs + 1))
	bad=$((bad + 1))
	say "FAIL  $*"
}

# ---- a container and what it costs -----------------------------------------

# begin LIFE WORD...: the words as the command of a PID 1, until it says "up"
begin() {
	local life=$1

	shift
	OUT=$work/out
	: >"$OUT"
	case $life in
	reaper) ns_start "$(applet reaper)" -v "$@" ;;
	sigproxy) ns_start "$(applet sigproxy)" -v "$@" ;;
	all) ns_start "$(applet reaper)" -v --all "$@" ;;
	init) ns_start "$(applet init)" -v --control "$work/sock" -e ":main:once:$*" ;;
	esac
	wait_until is_up
	has_line "$OUT" '^up$' || say "$life: $(cat "$OUT")"
}

is_up() {
	has_line "$OUT" '^up$' || is_gone "$PID"
}

# What PID 1 has now: sets RSS (kB) and FDS.
measure() {
	local files=("/proc/$NS_PID/fd/"*)

	RSS=$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$NS_PID/status")
	FDS=${#files[@]}
}

# is_flat RSS FDS: no more than that now, but for a few pages that it had not
# touched yet
is_flat() {
	local rss=$1 fds=$2

	measure
	GREW="memory $rss -> $RSS kB, descriptors $fds -> $FDS"
	[ "$RSS" -le $((rss + 64)) ] && [ "$FDS" -le "$fds" ]
}

# stop: TERM and its end; $status
stop() {
	kill -TERM "$NS_PID"
	finish
}

# ---- the parts -------------------------------------------------------------

# Does OUT have more lines than $1, or will no more come?
is_longer() {
	matches "$OUT" .
	[ "$MATCHES" -gt "$1" ] || is_gone "$PID"
}

# wait_for_done: the limit is for each line of OUT, not for all of them
wait_for_done() {
	local lines

	while :; do
		matches "$OUT" .
		lines=$MATCHES
		if has_line "$OUT" '^done$' || is_gone "$PID"; then
			break
		fi
		wait_until is_longer "$lines" || break
	done
	has_line "$OUT" '^done$'
}

part_orphans() {
	local n=${ORPHANS:-1000000} life rss fds flat

	for life in reaper init; do
		begin "$life" "$load" orphans "$n"
		measure
		rss=$RSS fds=$FDS flat=yes
		wait_for_done || {
			wrong "orphans: $life: some of $n are never reaped"
			stop_started
			continue
		}
		is_flat "$rss" "$fds" || flat=no
		stop
		if [ "$status" != 0 ] || [ $flat = no ]; then
			wrong "orphans: $life: status $status, $GREW"
		elif [ "$life" = reaper ] &&
			! grep -qx "reaper: reaped $n adopted processes" "$OUT"; then
			wrong "orphans: $life: $(grep reaped "$OUT"), and not $n"
		else
			good "orphans: $life: $n, $GREW"
		fi
	done
}

part_crowd() {
	local n=${CROWD:-10000} life said

	for life in reaper all init; do
		rm -f "$work/slots"
		begin "$life" "$load" crowd "$n" 200 "$work/slots"
		stop
		said=$("$load" counts "$work/slots")
		if [ "$status" = 0 ] &&
			[ "$said" = "$n told, 0 twice, $n cleaned up" ]; then
			good "crowd: $life: $said"
		else
			wrong "crowd: $life: status $status, $n there: $said"
		fi
	done
}

part_storm() {
	local n=${SIGNALS:-100000} room life said rss fds failed

	# with the usual room in the queue, and with hardly any
	for room in $(ulimit -i) 64; do
		for life in reaper sigproxy; do
			rm -f "$work/storm"
			begin "$life" prlimit --sigpending="$room" "$load" sink "$work/storm"
			prlimit --pid "$NS_PID" --sigpending="$room"
			measure
			rss=$RSS fds=$FDS
			said=$("$load" senders "$NS_PID" 8 "$n" "$work/storm")
			failed=$?
			# The kernel keeps no more than one when the queue is full.
			if [ "$room" = 64 ] && [[ $said == *sent,\ [1-9]* ]]; then
				failed=0
			fi
			if is_flat "$rss" "$fds" && [ $failed = 0 ]; then
				good "storm: $life: room for $room: $said, $GREW"
			else
				wrong "storm: $life: room for $room: $said, ${GREW-}"
			fi
			stop
			[ "$status" = 0 ] || wrong "storm: $life: status $status"
		done
	done
}

part_starts() {
	local n=${STARTS:-1000} said before after

	before=$(grep -c . /proc/mounts)
	for life in reaper init; do
		if [ $life = reaper ]; then
			said=$("$load" starts "$n" "$(applet reaper)" "$load" crowd 1 0 \
				"$work/slots")
		else
			said=$("$load" starts "$n" "$(applet init)" --control none \
				-e ":main:once:$load crowd 1 0 $work/slots")
		fi
		after=$(grep -c . /proc/mounts)
		if [ "$said" = "0 $n" ] && [ "$after" = "$before" ]; then
			good "starts: $life: $n starts and stops, each with status 0"
		else
			wrong "starts: $life: statuses and how often: ${said//$'\n'/, }"
		fi
	done
}

part_runc() {
	local n=${RUNC:-50} i failed=0 id=torture-$$

	mkdir "$work/bundle"
	make_image "$work/bundle/rootfs" init
	cp "$load" "$work/bundle/rootfs/load"
	runc spec -b "$work/bundle"
	python3 - "$work/bundle/config.json" <<-'END'
		import json, sys
		c = json.load(open(sys.argv[1]))
		c["process"]["terminal"] = False
		c["process"]["args"] = ["/init", "--control", "none", "-e",
		    ":main:once:/load crowd 1 0 /dev/shm/slots"]
		json.dump(c, open(sys.argv[1], "w"))
	END
	for ((i = 0; i < n; i++)); do
		OUT=$work/out
		: >"$OUT" # not the last one's
		start runc run -b "$work/bundle" $id
		# runc notes that it runs a moment after it does
		wait_until has_line "$OUT" '^up$' &&
			wait_until runc kill $id TERM 2>/dev/null
		finish
		[ "$status" = 0 ] || failed=$((failed + 1))
	done
	if [ $failed = 0 ] && ! runc list -q | grep -qx $id; then
		good "runc: $n starts and stops, each with status 0"
	else
		wrong "runc: $failed of $n: $(tail -n 3 "$OUT")"
		runc delete -f $id 2>/dev/null
	fi
}

part_flood() {
	local n=${CONNECTIONS:-100000} rss fds said

	begin init "$load" crowd 1 0 "$work/slots"
	measure
	rss=$RSS fds=$FDS
	if said=$("$load" flood "$work/sock" 8 "$n") &&
		"$(applet init)" --control "$work/sock" status >/dev/null &&
		wait_until is_flat "$rss" "$fds"; then
		good "flood: $said, $GREW"
	else
		wrong "flood: $said, ${GREW-no answer}"
	fi
	stop
	[ "$status" = 0 ] || wrong "flood: status $status"
}

# ---- chaos -----------------------------------------------------------------

lives=(reaper all below traced sigproxy command entries entries-below)

# life NAME: sets LIFE_ARGS, of chaos
life() {
	local folk=$work/folk often=delay=50ms,delay-max=200ms entries

	entries=("$(applet init)" --control none
		-e ":name=a,$often:respawn:$folk 1 0 20"
		-e ":name=b,$often,kill=session:respawn:$folk 2 0 30"
		-e ":name=c,$often,after=a:respawn:$folk 3 0 10")
	case $1 in
	reaper) LIFE_ARGS=(-e 7 "$(applet reaper)" "$folk" 1 7 20) ;;
	all) LIFE_ARGS=(-a -e 7 "$(applet reaper)" -a "$folk" 1 7 20) ;;
	below) LIFE_ARGS=(-b -e 7 "$folk" --holder "$(applet reaper)" "$folk" 1 7 20) ;;
	traced) LIFE_ARGS=(-e 7 "$(applet reaper)" "$folk" 1 7 20 traced) ;;
	sigproxy)
		LIFE_ARGS=(-e 7 "$(applet sigproxy)" sh -c
			'trap : 1 2 3 10 12 14 15 34 50 64; "$@"; exit $?' sh "$folk" 1 7 20)
		;;
	command) LIFE_ARGS=(-e 7 "$(applet init)" -- "$folk" 1 7 20) ;;
	entries) LIFE_ARGS=(-i -r 3 "${entries[@]}") ;;
	entries-below) LIFE_ARGS=(-b -i -r 3 "$folk" --holder "${entries[@]}") ;;
	*)
		say "$1: no such life; there are: ${lives[*]}"
		exit 2
		;;
	esac
}

# chaos_run LIFE SEED STEPS
chaos_run() {
	local said keep=$work/run

	life "$1"
	rm -rf "$keep"
	mkdir "$keep"
	if said=$(cd "$keep" && "$work/chaos" -s "$2" -n "$3" -m 600 \
		"${LIFE_ARGS[@]}" 2>&1); then
		good "$1: ${said##*chaos: }"
		return
	fi
	keep=$(mktemp -d "${TMPDIR:-/tmp}/chaos.XXXXXX")
	cp -a "$work/run/." "$keep"
	wrong "$1: $said"
	say "  logs: $keep; again: LIFE=$1 SEED=$2 STEPS=$3 make torture T=chaos"
}

part_chaos() {
	local until=$((SECONDS + ${MINUTES:-5} * 60)) seed name

	if [ -n "${SEED-}" ]; then
		for name in ${LIFE:-"${lives[@]}"}; do
			chaos_run "$name" "$SEED" "${STEPS:-200}"
		done
		return
	fi
	for ((seed = $$ * 1000; SECONDS < until; seed++)); do
		chaos_run "${lives[seed % ${#lives[@]}]}" "$seed" "${STEPS:-200}"
	done
}

for part in $parts; do
	begin=$SECONDS
	say "$part"
	"part_$part"
	say "$part took $((SECONDS - begin)) s"
done
say "$runs runs, $bad bad"
[ $bad = 0 ]
