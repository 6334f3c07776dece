#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Build initbox and run the tests.
#
# usage: sh testsuite/run.sh [NAME]
#
# NAME: only the files whose path below testsuite/ contains it.  Two files run
# at a time (JOBS=N: N of them); one with the comment "# run alone" among its
# first lines runs by itself, after the others.  A file that has not ended
# after LIMIT seconds (900) is stopped and has failed.  One with the comment
# "# long" there is left out, but for LONG=1 or when NAME is given: releases,
# packages, images, other machines, what make bench runs.
#
# What a file says is kept until it has ended, so that reports do not mix.  Last
# line: "N passed, N failed, N skipped"; status 1 if a test failed or none ran.
set -eu

case ${1-} in
--file) ;;
-*)
	echo "usage: sh testsuite/run.sh [NAME]" >&2
	exit 1
	;;
esac

now() {
	read -r uptime _ </proc/uptime
	echo "$uptime"
}

# One file, for xargs below: leaves WORK/NUMBER.report and WORK/NUMBER.count.
# The name of the report on stdout says that it is complete.
run_file() {
	number=$1
	file=$2
	status=0
	begin=$(now)
	# timeout puts all of it into a process group of its own, out of reach of
	# ^C; by the PID in the file, clean_up ends the group.
	sh -c 'echo $$ >"$0" && exec "$@"' "$WORK/$number.pid" \
		timeout -k 10 "${LIMIT:-900}" bats --formatter tap "$file" \
		>"$WORK/$number.tap" 2>&1 </dev/null || status=$?
	rm -f "$WORK/$number.pid"
	awk -v file="${file#testsuite/}" -v status="$status" \
		-v limit="${LIMIT:-900}" -v begin="$begin" -v end="$(now)" \
		-v counts="$WORK/$number.count" -f testsuite/report.awk \
		"$WORK/$number.tap" >"$WORK/$number.report"
	echo "$WORK/$number.report"
}

if [ "${1-}" = --file ]; then
	run_file "$2" "$3"
	exit
fi

cd "$(dirname "$0")/.."

# In a chroot / is no mount point, and "unshare --mount-proc", which most tests
# begin with, needs one.  As root we go on in a mount namespace where it is.
# Nothing of this may show outside, and / cannot be made private: so all of it
# hangs below /proc, which can.
if [ "$(id -u)" = 0 ] && [ -z "${OWN_ROOT-}" ] &&
	! grep -q '^[^ ]* [^ ]* [^ ]* [^ ]* / ' /proc/self/mountinfo &&
	unshare -m --propagation unchanged true 2>/dev/null; then
	export OWN_ROOT="$PWD"
	exec unshare -m --propagation unchanged sh -c '
		set -e
		mount --make-private /proc
		mount -t tmpfs none /proc
		mkdir /proc/root
		mount --rbind / /proc/root
		mount --make-rprivate /proc/root
		mount -t proc proc /proc/root/proc
		exec chroot /proc/root sh "$OWN_ROOT/testsuite/run.sh" "$@"
	' sh "$@"
fi

name=${1-}
name=${name#testsuite/}
WORK=$(mktemp -d)
export WORK

clean_up() {
	for pid in "$WORK"/*.pid; do
		[ ! -f "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
	rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# The end in every case; what went wrong before the first test goes to stdout,
# too, or the two could change places in a log.
finish() {
	[ -z "$*" ] || echo "run.sh: $*"
	cat "$WORK"/*.count 2>/dev/null | awk '
		{ passed += $1; failed += $2; skipped += $3 }
		END {
			printf "%d passed, %d failed, %d skipped\n", \
				passed, failed, skipped
			exit failed > 0 || passed + failed + skipped == 0
		}'
}

# The tests call make themselves and must not get what ours was given.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES O T V BATS_RUN_SKIPPED

CCACHE_DIR=$WORK/ccache
. testsuite/ccache.sh

command -v bats >/dev/null ||
	finish "bats is not installed; sh scripts/check.sh installs it" || exit

# Somebody else's tree is built outside of it.
out=.
if [ ! -w . ]; then
	out=$WORK/out
	export INITBOX="$out/initbox"
fi

begin=$(now)
if ! make -j2 O="$out" >"$WORK/make.log" 2>&1; then
	cat "$WORK/make.log"
	finish "make failed" || exit
fi
grep -v '^  [A-Z]* ' "$WORK/make.log" || :
awk -v begin="$begin" -v end="$(now)" -v size="$(wc -c <"$out/initbox")" \
	-v out="$out" 'BEGIN {
	printf "built %s/initbox: %d bytes, %.1f s\n", out, size, end - begin }'

# The files, numbered for their reports; those marked go to a list of their own.
: >"$WORK/together"
: >"$WORK/alone"
number=0
later=
for file in $(find testsuite -name '*.bats' | LC_ALL=C sort); do
	case ${file#testsuite/} in
	*"$name"*) ;;
	*) continue ;;
	esac
	if [ -z "${LONG-}$name" ] && sed 20q "$file" | grep -q '^# long$'; then
		later="$later ${file#testsuite/}"
		continue
	fi
	number=$((number + 1))
	list=together
	if sed 20q "$file" | grep -q '^# run alone'; then list=alone; fi
	printf '%03d %s\n' "$number" "$file" >>"$WORK/$list"
done
[ -z "$later" ] || echo "only with LONG=1:$later" | fold -s -w 78
[ "$number" -gt 0 ] ||
	finish "no test file below testsuite/ has \"$name\" in its path" || exit

# Files of one folder need much of the same: some wait, some compile. So the
# halves of the list take turns.
mix() {
	awk '{ line[NR] = $0 }
		END {
			half = int((NR + 1) / 2)
			for (n = 1; n <= half; n++) {
				print line[n]
				if (n + half <= NR) print line[n + half]
			}
		}' "$1"
}

# run_list LANES LIST: some xargs start the command once for an empty list, too.
run_list() {
	[ ! -s "$2" ] || mix "$2" | xargs -P "$1" -n 2 sh testsuite/run.sh --file
}

# The pipe carries names of finished reports only, short enough to be whole.
{
	run_list "${JOBS:-2}" "$WORK/together"
	run_list 1 "$WORK/alone"
} | while read -r report; do
	cat "$report"
done
finish ""
