#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What takes longer than make lint: gcc's analyzer, cppcheck, and the unit tests
# under valgrind. Only findings are printed; status 1 if there are any.
#
# usage: bash scripts/analyze.sh OUTPUT_DIR    (from the top of the tree, once
#        the headers in OUTPUT_DIR/build/include are there)
set -euo pipefail
export LC_ALL=C

include=$1/build/include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c11 -D_GNU_SOURCE "-I$include" -Ilibbb-lite)
status=0

for tool in gcc cppcheck valgrind; do
	command -v "$tool" >/dev/null || {
		echo "analyze: needs $tool, which the package $tool has" >&2
		exit 1
	}
done

# A line that gcc complains about is right where the comment "analyzer: WHY"
# stands on it or in the three lines above.
unexplained() {
	local file line rest

	while IFS=: read -r file line rest; do
		sed -n "$((line > 3 ? line - 3 : 1)),${line}p" "$file" |
			grep -q 'analyzer: ' || echo "$file:$line:$rest"
	done
}

find applets libbb-lite -name '*.c' | sort |
	xargs -P 2 -n 1 gcc "${flags[@]}" -O1 -fanalyzer -c -o /dev/null \
		2>"$work/gcc" || status=1
grep -E ': (warning|error): ' "$work/gcc" | sort -u | unexplained >"$work/found" || :

# allocaCalled: words of a command line are as many as the kernel let us have,
# and there is no malloc; instead of alloca it wants an array of variable
# length, which -Wvla forbids.
cppcheck -q --std=c11 --enable=warning,portability,performance --inline-suppr \
	--suppress=allocaCalled --template='{file}:{line}: {message} [{id}]' \
	-D_GNU_SOURCE "-I$include" -Ilibbb-lite -j 2 applets libbb-lite \
	2>>"$work/found" || status=1

# valgrind sees what has no value; the sanitizers of the bats files do not.
unit_tests() {
	local bats name words program test

	for bats in testsuite/*/*.bats; do
		words=$(sed -n -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' \
			-e 's/^\tunit_build //p' "$bats")
		[ -n "$words" ] || continue
		name=${words%% *}
		program=$work/$name
		eval "words=(${words#* })" # it has braces
		gcc "${flags[@]}" -g -O1 -Itestsuite/libbb-lite -Iapplets/init \
			-Iapplets/zombiecheck -o "$program" \
			"$(dirname "$bats")/${name}_test.c" "${words[@]}"
		for test in $("$program"); do
			valgrind -q --error-exitcode=99 "$program" "$test" \
				>"$work/said" 2>&1 || {
				echo "$bats: $test under valgrind:"
				sed 's/^/  /' "$work/said"
			}
		done
	done
}
unit_tests >>"$work/found"

cat "$work/found"
[ ! -s "$work/found" ] || status=1
exit "$status"
