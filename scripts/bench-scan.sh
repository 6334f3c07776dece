#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# How long it takes to find the zombies among 20,000 processes of which a tenth
# are zombies: zombiecheck beside ps, pgrep, busybox and a floor
# (testsuite/bench/scanfloor.c). Part of scripts/bench.sh.
#
# usage: bash scripts/bench-scan.sh     (from the top of the tree)
#
# Processor time, not time on the clock: what else runs does not count. INITBOX:
# the binary (./initbox); PROCESSES, TURNS: how many.
set -u
export LC_ALL=C

INITBOX=$(realpath -m "${INITBOX:-./initbox}")

if [ "${1-}" = --inside ]; then
	# milliseconds of processor time of a command, for the median of the turns
	TIMEFORMAT='%3U %3S'
	measure() {
		local name=$1 turn

		shift
		type -P "$1" >/dev/null || return
		for ((turn = 0; turn < ${TURNS:-5}; turn++)); do
			{ time "$@" >/dev/null 2>&1; } 2>&1
		done | awk '{ print ($1 + $2) * 1000 }' | sort -n |
			awk -v name="$name" '{ v[NR] = $1 }
				END { printf "%-36s %8.0f ms\n", name, v[int((NR + 1) / 2)] }'
	}
	measure "zombiecheck" "$INITBOX" zombiecheck --settle 0
	measure "zombiecheck --json" "$INITBOX" zombiecheck --settle 0 --json
	measure "floor: each stat" "$2/scanfloor"
	measure "ps -eo stat= | awk" sh -c "ps -eo stat= | awk '/^Z/ { n++ } END { print n }'"
	measure "pgrep -r Z ." pgrep -r Z .
	measure "busybox ps" busybox ps
	printf '%-36s %8d KiB\n' "its memory at most" \
		"$("$2/peak" "$INITBOX" zombiecheck --settle 0)"
	if command -v strace >/dev/null; then
		strace -c -o "$2/calls" "$INITBOX" zombiecheck --settle 0 >/dev/null
		awk -v processes="$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l)" \
			'$NF == "total" { printf "%-36s %8.2f\n",
				"its system calls for each process", $4 / processes }' \
			"$2/calls"
	fi
	exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cc=musl-gcc
command -v musl-gcc >/dev/null || cc=${CC:-cc}
for name in scanfloor crowd peak; do
	"$cc" -std=c11 -O2 -static -o "$work/$name" "testsuite/bench/$name.c" || exit
done
ns=(unshare --pid --fork --mount-proc --kill-child)
[ "$(id -u)" = 0 ] || ns=(unshare --user --map-root-user "${ns[@]:1}")
echo "bench: ${PROCESSES:-20000} processes, a tenth of them zombies" >&2
INITBOX=$INITBOX "${ns[@]}" "$work/crowd" "${PROCESSES:-20000}" \
	bash "$0" --inside "$work"
