#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Measure ours beside its peers, and beside a floor that does only what must be
# done (testsuite/bench/floor.c). Peers that are not installed are left out.
#
# usage: bash scripts/bench.sh OUTPUT_DIR [PART,...]     (from the top of the tree)
#        parts: size calls start memory wakeups reap stop, and two with tables
#        of their own: scan for zombiecheck, services for several programs
#
# The table goes to stdout, and to OUTPUT_DIR/bench.md and bench.tsv. Programs
# take turns in each measurement, so that what else the machine does hits all.
# Nothing here fails because it is slow.  INITBOX: the binary (./initbox).
set -u
export LC_ALL=C

all_parts="size calls start memory wakeups reap stop scan services"
start_rounds=300
idle_seconds=10
orphans=10000
workers=500
cleanup_ms=200
turns=5 # of reap and stop

INITBOX=$(realpath -m "${INITBOX:-./initbox}")
PATH=$PATH:/usr/sbin:/sbin
unset "${!INITBOX_@}" "${!TINI_@}" "${!DUMB_INIT_@}"

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

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

progress() {
	printf 'bench: %s\n' "$*" >&2
}

wanted() {
	[[ $parts == *" $1 "* ]]
}

# ---- the programs ----------------------------------------------------------

# The flags are ours: it is the code that should differ, not the link.
compile() {
	local cc=musl-gcc

	command -v musl-gcc >/dev/null || cc=${CC:-cc}
	"$cc" -std=c11 -Os -s -static -no-pie -fno-pie -fno-asynchronous-unwind-tables \
		-Wl,--gc-sections,-z,norelro,-z,noseparate-code,--build-id=none \
		-o "$work/$1" "testsuite/bench/$1.c" || exit
}
compile floor
compile bench
ln -s "$INITBOX" "$work/reaper"

names=()
files=()
inits=() # a file and its words up to the command
for name in floor reaper tini tini-static dumb-init catatonit; do
	file=$work/$name
	[ -x "$file" ] || file=$(type -P "$name") || continue
	flags=
	# Where it is not PID 1, tini asks for this in four lines.
	case $name in tini*) flags=" -s" ;; esac
	names+=("$name")
	files+=("$file")
	inits+=("$file$flags --")
done

ns=(unshare --pid --fork --mount-proc --kill-child)
[ "$(id -u)" = 0 ] || ns=(unshare --user --map-root-user "${ns[@]:1}")
have_ns=yes
"${ns[@]}" true 2>/dev/null || {
	have_ns=
	progress "no PID namespaces here: memory, wakeups, reap and stop are left out"
}

# measure SECONDS COMMAND...: it ends by then; quietly, as PID 1 of a namespace
measure() {
	local limit=$1

	shift
	timeout -s KILL "$limit" "$@" </dev/null 2>>"$work/errors"
}

# ---- the table: a file for each row, with a value a line -------------------

# row TITLE: its values, one a line in the order of names, from stdin
row() {
	{
		printf '%s' "$1"
		while read -r value; do printf '\t%s' "$value"; done
		echo
	} >>"$work/table"
}

# pick FIELD FILE PROGRAM: "MEDIAN (LOWER QUARTILE-UPPER QUARTILE)" of that field
# in the lines that begin with the program's number; scaled by the awk expression
# in SCALE, printed with the format in FORMAT
pick() {
	awk -v field="$1" -v want="$3" '$1 == want { print $field }' "$2" |
		sort -n |
		awk -v f="$FORMAT" 'function at(q) { return v[int((NR - 1) * q + 1.5)] }
			{ v[NR] = ('"$SCALE"') }
			END {
				if (!NR) print "-"
				else printf f " (" f "-" f ")\n", at(.5), at(.25), at(.75)
			}'
}

# column FIELD FILE: of each program
column() {
	local i

	for i in "${!names[@]}"; do pick "$1" "$2" $((i + 1)); done
}

# ---- the parts -------------------------------------------------------------

if wanted size; then
	for file in "${files[@]}"; do wc -c <"$file"; done | row "file, bytes"
fi

# count_calls own|all TRACE: from the init's exec, which does not count, to its
# child's, which does for "all"; vfork returns then, whatever line comes first.
count_calls() {
	awk -v what="$1" '
		NR == 1 { init = $1; next }
		$2 == "+++" || $2 == "---" { next }
		$3 == "vfork" && $4 ~ /^resumed/ { ended = 1; exit }
		$2 != "<..." && ($1 == init || what == "all") { n++ }
		$1 != init && /execve.*= 0$/ { ended = 1; exit }
		END { print ended ? n : "-" }' "$2"
}

if wanted calls; then
	if command -v strace >/dev/null; then
		progress "system calls"
		for i in "${!names[@]}"; do
			# shellcheck disable=SC2086 # words
			measure 20 strace -f -o "$work/trace.$i" ${inits[i]} \
				"$work/bench" stamp 8>/dev/null
			touch "$work/trace.$i"
		done
		for i in "${!names[@]}"; do
			count_calls own "$work/trace.$i"
		done | row "system calls to the child's exec, the init's own"
		for i in "${!names[@]}"; do
			count_calls all "$work/trace.$i"
		done | row "... with those of the child"
	else
		progress "no strace: system calls are left out"
	fi
fi

if wanted start; then
	progress "start, $start_rounds times each"
	measure 60 "$work/bench" start "$start_rounds" "${inits[@]}" >"$work/start"
	SCALE='$1 / 1000' FORMAT=%.0f
	none=$(pick 2 "$work/start" 0)
	SCALE="\$1 / 1000 - ${none%% *}"
	[ "$none" = - ] ||
		column 2 "$work/start" | row "start over none (${none%% *} us), us"
fi

if [ -n "$have_ns" ] && { wanted memory || wanted wakeups; }; then
	seconds=$idle_seconds
	wanted wakeups || seconds=0
	# Pages of a file that was just built count as dirty until they are written.
	sync "${files[@]}" 2>/dev/null || sync
	progress "idle, $seconds s"
	measure 60 "${ns[@]}" "$work/bench" idle "$seconds" "${inits[@]}" \
		>"$work/idle"
	wanted memory &&
		awk '{ print $2 < 0 ? "-" : $2 }' "$work/idle" |
		row "private dirty memory when idle, kB"
	wanted wakeups &&
		awk '{ print $3 }' "$work/idle" | row "wakeups in $seconds s idle"
fi

# in_turns PART ARGUMENT...: lines of "PROGRAM VALUE...", in $work/PART
in_turns() {
	local part=$1 turn i

	shift
	: >"$work/$part"
	for ((turn = 1; turn <= turns; turn++)); do
		progress "$part $*, $turn of $turns"
		for i in "${!names[@]}"; do
			measure 20 "${ns[@]}" "$work/bench" "$part" "$@" \
				"${inits[i]}" >"$work/values" || continue
			echo "$((i + 1)) $(cat "$work/values")"
		done >>"$work/$part"
	done
}

if [ -n "$have_ns" ] && wanted reap; then
	in_turns reap "$orphans"
	SCALE="\$1 / 1000 / $orphans" FORMAT=%.2f
	column 2 "$work/reap" | row "backlog of $orphans orphans, us of CPU each"
fi

if [ -n "$have_ns" ] && wanted stop; then
	in_turns stop "$workers" "$cleanup_ms"
	SCALE='$1' FORMAT=%d
	column 2 "$work/stop" | sed 's/ .*//' |
		row "stop of $workers that clean up for $cleanup_ms ms: finished"
	SCALE='$1 / 1000000' FORMAT=%.0f
	column 3 "$work/stop" | row "... until it ended, ms"
fi

# These two have tables of their own.
for part in scan services; do
	if [ -z "$have_ns" ] || ! wanted "$part"; then
		continue
	fi
	mkdir -p "$out"
	bash "scripts/bench-$part.sh" | tee "$out/bench-$part.txt"
	[ "$parts" != " $part " ] || exit 0
done

# ---- the result ------------------------------------------------------------

if [ ! -s "$work/table" ]; then
	echo "bench: nothing could be measured; what is missing stands above" >&2
	exit 1
fi
mkdir -p "$out"
{
	printf '%s' "median (quartiles)"
	for name in "${names[@]}"; do
		if [ "$name" = reaper ]; then name="reaper (initbox)"; fi
		printf '\t%s' "$name"
	done
	echo
	cat "$work/table"
} >"$out/bench.tsv"
awk -F '\t' '{
	line = "|"
	for (i = 1; i <= NF; i++) line = line " " $i " |"
	print line
	if (NR == 1) {
		line = "|---|"
		for (i = 2; i <= NF; i++) line = line "--:|"
		print line
	}
}' "$out/bench.tsv" >"$out/bench.md"
awk -F '\t' '
	NR == FNR {
		for (i = 1; i <= NF; i++)
			if (length($i) > width[i]) width[i] = length($i)
		next
	}
	{
		line = sprintf("%-" width[1] "s", $1)
		for (i = 2; i <= NF; i++)
			line = line sprintf("  %" width[i] "s", $i)
		print line
	}' "$out/bench.tsv" "$out/bench.tsv"
[ ! -s "$work/errors" ] || sort -u "$work/errors" | sed 's/^/bench: /' >&2
