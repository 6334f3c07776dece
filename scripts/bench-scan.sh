#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# How long it takes to find the zombies among 20,000 processes of which a tenth
# are zombies: zombiecheck beside ps, pgrep, busybox and a floor
# (testsuite/bench/scanfloor.c). Part of scripts/bench.sh.
#
# usage: bash scripts/bench-scan.sh     (from the top of the tree)
#
# Prints samples, "KEY<tab>PROGRAM<tab>VALUE": milliseconds of processor time, not
# of the clock, so what else runs does not count. INITBOX: the binary (./initbox);
# PROCESSES, TURNS: how many.
set -u
export LC_ALL=C

INITBOX=$(realpath -m "${INITBOX:-./initbox}")

if [ "${1-}" = --inside ]; then
	# measure NAME COMMAND...: a sample, if the command is there
	TIMEFORMAT='%3U %3S'
	measure() {
		local name=$1

		shift
		type -P "$1" >/dev/null || return
		{ time "$@" >/dev/null 2>&1; } 2>&1 |
			awk -v name="$name" \
				'{ print "scan\t" name "\t" ($1 + $2) * 1000 }'
	}
	for ((turn = 0; turn < ${TURNS:-5}; turn++)); do
		measure "floor: each stat" "$2/scanfloor"
		measure "zombiecheck" "$INITBOX" zombiecheck --settle 0
		measure "zombiecheck --json" "$INITBOX" zombiecheck --settle 0 --json
		measure "ps and awk" sh -c \
			"ps -eo stat= | awk '/^Z/ { n++ } END { print n }'"
		measure "pgrep -r Z" pgrep -r Z .
		measure "BusyBox ps" busybox ps
	done
	# recent kernels count a small process's pages too lazily to tell
	kib=$("$2/peak" "$INITBOX" zombiecheck --settle 0)
	[ "$kib" = 0 ] || printf 'scan-memory\tzombiecheck\t%d\n' "$kib"
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
INITBOX=$INITBOX "${ns[@]}" "$work/crowd" "${PROCESSES:-20000}" \
	bash "$0" --inside "$work"
