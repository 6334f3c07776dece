#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Measure ours beside its peers, and beside a floor that does only what must be
# done (testsuite/bench/floor.c). Peers that are not installed are left out.
#
# usage: bash scripts/bench.sh OUTPUT_DIR [PART,...]     (from the top of the tree)
#        parts: size calls instructions start signal memory wakeups reap stop
#        entries scan services
#
# Programs take turns in each measurement, so that what else the machine does
# hits all. It ends in ten minutes, whatever happens; nothing fails because it is
# slow. Writes OUTPUT_DIR/bench.tsv (medians, quartiles, ratio to the floor), .md
# (the same, and which goal is met) and .svg; the second one goes to stdout, too.
#
# INITBOX: the binary (./initbox). BENCH_QUICK=1: a few of everything, to see
# whether it works; the figures mean nothing.
set -u
export LC_ALL=C

all_parts="size calls instructions start signal memory wakeups reap stop"
all_parts+=" entries scan services"
deadline=540      # seconds from now
trace_seconds=8   # for one program
start_rounds=300
start_seconds=4   # spent on one program
signal_rounds=3000
idle_seconds=10
turns=5           # of stop, entries, scan, services
turn_seconds=20   # spent on one program: then no further turn
reap_turns=25     # what one life of an init takes says little
batches=4         # of reap, in each turn
batch=1000
workers=500
cleanup_ms=200
entries=500
processes=20000   # of the scan
if [ -n "${BENCH_QUICK:-}" ]; then
	trace_seconds=1 start_rounds=3 signal_rounds=20 idle_seconds=1 turns=1
	reap_turns=1 batches=3 batch=20
	workers=20 cleanup_ms=50 entries=10 processes=200
fi

INITBOX=$(realpath -m "${INITBOX:-./initbox}")
PATH=$PATH:/usr/sbin:/sbin

if [ $# -lt 1 ] || [ $# -gt 2 ] || [[ $1 == -* ]]; then
	sed -n 's/^# \{0,1\}//p' "$0" | sed -n '/^usage/,/^$/p' >&2
	exit 1
fi
out=$1
parts=${2:-$all_parts}
parts=" ${parts//,/ } "
for part in $parts; do
	[[ " $all_parts " == *" $part "* ]] || {
		echo "bench: $part: no such part; there are: $all_parts" >&2
		exit 1
	}
done
unset "${!INITBOX_@}" "${!TINI_@}" "${!DUMB_INIT_@}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkfifo "$work/up" "$work/down"
: >"$work/samples"

progress() {
	printf 'bench: %3d s: %s\n' "$SECONDS" "$*" >&2
}

# wanted PART: and there is time for it
wanted() {
	[[ $parts == *" $1 "* ]] || return
	[ "$SECONDS" -lt "$deadline" ] && return
	progress "$1 is left out: ten minutes are over"
	return 1
}

# As many variables as a container has: some inits read them all.
clean=(env -i "PATH=$PATH" HOME=/root HOSTNAME=bench LC_ALL=C)

# measure SECONDS COMMAND...: it ends by then, and before the deadline
measure() {
	local limit=$1 left=$((deadline + 10 - SECONDS))

	shift
	[ "$left" -gt 0 ] || return
	timeout -s KILL "$((limit < left ? limit : left))" "${clean[@]}" "$@" \
		</dev/null 2>>"$work/errors"
}

# ---- the programs ----------------------------------------------------------

cc=musl-gcc
command -v musl-gcc >/dev/null || cc=${CC:-cc}

# compile NAME SOURCE...: with our flags, since it is the code that should
# differ, not the link
compile() {
	"$cc" -std=c11 -Os -s -static -no-pie -fno-pie -fno-asynchronous-unwind-tables \
		-Wl,--gc-sections,-z,norelro,-z,noseparate-code,--build-id=none \
		-o "$work/$1" "${@:2}" || exit
}
compile floor testsuite/bench/floor.c
compile load testsuite/bench/load.c
compile bench testsuite/bench/{bench,run,trace}.c
load=$work/load
for name in reaper sigproxy init; do
	ln -s "$INITBOX" "$work/$name"
done

names=()
files=()
inits=() # a file and its words; up to the command, if they end in "--"

# program NAME FILE WORD...: if it is there
program() {
	local file

	file=$(type -P "$2") || return 0
	names+=("$1")
	files+=("$file")
	inits+=("$file${*:3}")
}

# These run the command that they are given; tini asks for -s in four lines where
# it is not PID 1. Debian's docker-init is a link to tini-static.
program floor "$work/floor" " --"
program reaper "$work/reaper" " --"
program sigproxy "$work/sigproxy" " --"
program tini tini " -s --"
program tini-static tini-static " -s --"
program dumb-init dumb-init " --"
program catatonit catatonit " --"
if ! cmp -s "$(type -P docker-init)" "$(type -P tini-static)"; then
	program docker-init docker-init " -s --"
fi
single=${#names[@]}
first_many=$single

# These read what to run from files, see prepare.
ns=(unshare --pid --fork --mount-proc --kill-child)
[ "$(id -u)" = 0 ] || ns=(unshare --user --map-root-user "${ns[@]:1}")
if "${ns[@]}" true 2>/dev/null; then
	have_ns=yes
	program init "$work/init" " --control none -f $work/inittab"
	program "BusyBox init" busybox " init"
	program s6-svscan s6-svscan " -c 1000 $work/s6"
	program runsvdir runsvdir " $work/runit"
	[ -n "${BENCH_QUICK:-}" ] || # an interpreter
		program supervisord supervisord " -c $work/supervisord.conf"
	# BusyBox reads /etc/inittab and nothing else.
	mkdir "$work/etc"
	cp -a /etc/. "$work/etc" 2>/dev/null
	ln -sf "$work/inittab" "$work/etc/inittab"
	ns+=(sh -c 'mount --bind "$0" /etc; exec "$@"' "$work/etc")
else
	have_ns=
	ns=()
	progress "no PID namespaces here: only size, calls and start, of few"
fi

# prepare COUNT COMMAND: the files, with so many times that command; BusyBox takes
# the same command for the same entry, so a number is added
prepare() {
	local i

	: >"$work/inittab"
	rm -rf "$work/s6" "$work/runit"
	printf '%s\n' "[supervisord]" "nodaemon=true" "silent=true" "user=root" "minfds=4096" \
		"logfile=/dev/null" "logfile_maxbytes=0" "pidfile=$work/pid" \
		>"$work/supervisord.conf"
	for ((i = 1; i <= $1; i++)); do
		echo "::once:$2 $i" >>"$work/inittab"
		mkdir -p "$work/s6/$i" "$work/runit/$i"
		echo "#!$2" >"$work/s6/$i/run"
		chmod +x "$work/s6/$i/run"
		cp -p "$work/s6/$i/run" "$work/runit/$i/run"
		printf '%s\n' "[program:s$i]" "command=$2" "autorestart=false" \
			"startsecs=0" "stdout_logfile=NONE" "stderr_logfile=NONE" \
			>>"$work/supervisord.conf"
	done
}

# samples KEY FIELD: of lines "NUMBER VALUE..." from stdin that field is a sample
# of the program with that number
samples() {
	awk -v key="$1" -v field="$2" -v names="$(IFS='|' && echo "${names[*]}")" '
		BEGIN { split(names, name, "|") }
		$field >= 0 { print key "\t" name[$1 + 1] "\t" $field }' \
		>>"$work/samples"
}

# each SECONDS MEASUREMENT COMMAND WORD...: measure every program by itself
each() {
	local i

	for i in "${!names[@]}"; do
		# to step through the peers' linker takes long
		[ -z "${BENCH_QUICK:-}" ] || [ "$2" = calls ] || [ "$i" -lt 3 ] ||
			continue
		measure "$1" "${ns[@]}" "$work/bench" "$2" "$work" "$3" "${@:4}" \
			"${inits[i]}" | sed "s/^/$i /"
	done
}

# shuffle: the programs' numbers to "order", by chance, but the same each time
# (see testsuite/bench/bench.c)
RANDOM=1
shuffle() {
	local i other

	order=()
	for i in "${!names[@]}"; do
		other=$((RANDOM % (i + 1)))
		order[i]=${order[other]:-$i}
		order[other]=$i
	done
}

# in_turns PART TURNS COMMAND FIRST WORD...: each program from that one on in
# turns, as long as it is quick; lines "PROGRAM VALUE..."
in_turns() {
	local part=$1 turns=$2 turn i began spent=() order

	shift 2
	for ((turn = 1; turn <= turns; turn++)); do
		progress "$part, $turn of $turns"
		shuffle
		for i in "${order[@]}"; do
			if [ "$i" -ge "$2" ] || [ "$i" = 0 ] &&
				[ "${spent[i]:-0}" -lt "$turn_seconds" ]; then
				began=$SECONDS
				measure 30 "${ns[@]}" "$work/bench" "$part" "$work" \
					"$1" "${@:3}" "${inits[i]}" | sed "s/^/$i /"
				spent[i]=$((${spent[i]:-0} + SECONDS - began))
			fi
		done
	done
}

# ---- the parts -------------------------------------------------------------

# runs FILE: what is executed for it, an interpreter or itself
runs() {
	local line

	read -r line <"$1"
	case $line in
	'#!'*) type -P "${line#'#!'}" ;;
	*) echo "$1" ;;
	esac
} 2>/dev/null

if wanted size; then
	for i in "${!names[@]}"; do
		file=$(runs "${files[i]}")
		libraries=$(ldd "$file" 2>/dev/null | grep -o '/[^ ]*')
		bytes=$(wc -c <"$file")
		echo "$i $bytes" | samples size 2
		# shellcheck disable=SC2086 # words
		echo "$i $(cat "$file" $libraries | wc -c)" | samples size-all 2
	done
fi

for part in calls instructions; do
	wanted $part || continue
	progress "$part until the command's exec"
	prepare 1 "$load stamp $work"
	each 20 "${part/instructions/steps}" "$load stamp $work" "$trace_seconds" \
		>"$work/$part"
	samples "$part" 2 <"$work/$part"
	samples "$part-all" 3 <"$work/$part"
done

if wanted start; then
	progress "start, $start_rounds times each"
	prepare 1 "$load stamp $work"
	measure 120 "${ns[@]}" "$work/bench" start "$work" "$load stamp $work" \
		"$start_rounds" "$start_seconds" "" "${inits[@]}" >"$work/start"
	# The first one is none at all; its median is not theirs.
	none=$(sed -n 's/^0 //p' "$work/start" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] + 0 }')
	awk -v none="$none" '$1 > 0 && $2 > none { print $1 - 1, $2 - none }' \
		"$work/start" | samples start 2
fi

if [ -n "$have_ns" ] && wanted signal; then
	progress "signals, $signal_rounds each"
	measure 60 "${ns[@]}" "$work/bench" signal "$work" "$load handle $work" \
		"$signal_rounds" "${inits[@]:0:single}" | samples signal 2
fi

# idle SECONDS: lines "NUMBER KB WAKEUPS"
idle() {
	measure 120 "${ns[@]}" "$work/bench" idle "$work" "$load wait $work" "$1" \
		"${inits[@]}"
}

if [ -n "$have_ns" ] && wanted memory; then
	# Pages of a file that was just built count as dirty until they are written;
	# how many the stack has depends on where the kernel puts it.
	sync "${files[@]}" 2>/dev/null || sync
	progress "memory"
	prepare 1 "$load wait $work"
	for ((turn = 1; turn <= turns; turn++)); do
		idle 0
	done | samples memory 2
fi

if [ -n "$have_ns" ] && wanted wakeups; then
	progress "idle, $idle_seconds s"
	prepare 1 "$load wait $work"
	idle "$idle_seconds" | samples wakeups 3
fi

if [ -n "$have_ns" ] && wanted reap; then
	command="$load backlog $work $batches $batch"
	prepare 1 "$command"
	in_turns reap "$reap_turns" "$command" 0 >"$work/reap"
	awk -v n="$((batches * batch))" '{ print $1, $2 / n }' "$work/reap" |
		samples reap 2
	samples zombies 3 <"$work/reap"
fi

if [ -n "$have_ns" ] && wanted stop; then
	command="$load workers $work $workers $cleanup_ms"
	prepare 1 "$command"
	in_turns stop "$turns" "$command" 0 "$workers" >"$work/stop"
	samples finished 2 <"$work/stop"
	samples stop 3 <"$work/stop"
fi

if [ -n "$have_ns" ] && wanted entries; then
	command="$load entry $work"
	prepare "$entries" "$command"
	floor=${inits[0]}
	inits[0]="$load many $work $entries"
	in_turns entries "$turns" "$command" "$first_many" "$entries" >"$work/entries"
	inits[0]=$floor
	samples entries-start 3 <"$work/entries"
	samples entries-stop 4 <"$work/entries"
	samples entries-finished 2 <"$work/entries"
fi

# These two have programs of their own, and print samples.
for part in scan services; do
	if [ -n "$have_ns" ] && wanted "$part"; then
		progress "$part"
		measure 150 "INITBOX=$INITBOX" "PROCESSES=$processes" "TURNS=$turns" \
			"BENCH_QUICK=${BENCH_QUICK:-}" bash "scripts/bench-$part.sh" \
			>>"$work/samples"
	fi
done

# ---- the result ------------------------------------------------------------

if [ ! -s "$work/samples" ]; then
	echo "bench: nothing could be measured" >&2
	[ ! -s "$work/errors" ] || sort -u "$work/errors" | sed 's/^/bench: /' >&2
	exit 1
fi
mkdir -p "$out"
sort -t '	' -k1,1 -k2,2 -k3,3n "$work/samples" |
	awk -v workers="$workers" -v cleanup="$cleanup_ms" -v entries="$entries" \
		-v orphans="$((batches * batch * reap_turns))" -v batch="$batch" \
		-v idle="$idle_seconds" -v processes="$processes" \
		-f scripts/bench-tsv.awk >"$out/bench.tsv"
awk -f scripts/bench-md.awk "$out/bench.tsv" >"$out/bench.md"
awk -f scripts/bench-svg.awk "$out/bench.tsv" >"$out/bench.svg"
cat "$out/bench.md"
[ ! -s "$work/errors" ] || sort -u "$work/errors" | sed 's/^/bench: /' >&2
progress "done: $out/bench.md, .tsv, .svg"
