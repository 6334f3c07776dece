#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Look at the code with the tools that know more than a compiler; only findings
# are printed.
#
# usage: sh scripts/lint.sh OUTPUT_DIR     (from the top of the tree, once the
#        headers in OUTPUT_DIR/build/include are there)
set -eu
export LC_ALL=C

include=$1/build/include
status=0
for tool in clang-format clang-tidy shellcheck; do
	command -v "$tool" >/dev/null || {
		echo "lint: needs $tool, which the package $tool has" >&2
		exit 1
	}
done

# Of a clone what git knows and will know; of an unpacked archive all there is.
list() {
	if git rev-parse --show-toplevel >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@"
	else
		for pattern; do
			find . -path ./build -prune -o -name "${pattern##*/}" -print
		done
	fi | sort -u | while read -r file; do
		if [ -f "$file" ]; then echo "$file"; fi
	done
}

# A line for each line it would change; "clang-format -i FILE" changes them.
# shellcheck disable=SC2046 # no blanks in our file names
layout=$(clang-format --dry-run -Werror $(list '*.c' '*.h') 2>&1) || {
	printf '%s\n' "$layout" |
		sed -n 's/^\([^ :]*:[0-9]*\):.*/\1: not laid out as clang-format does/p' |
		sort -u -t: -k1,1 -k2,2n
	status=1
}

# Scripts, and the bats files and their helpers, which are bash.
# SC1091: a sourced file is checked by itself.  SC2016: awk's $1 is not ours.
# shellcheck disable=SC2046
shellcheck -e SC1091,SC2016 $(list '*.sh') || status=1
# SC2030, SC2031: bats runs each test in a process of its own, so that a test's
# variables end with it is the point.
# SC2154: $output, $lines and $status come from bats.
# shellcheck disable=SC2046
shellcheck -s bats -e SC1091,SC2016,SC2030,SC2031,SC2154 $(list '*.bats' '*.bash') ||
	status=1

# What clang-tidy looks for: bugs, not taste.  Left out: parameters of the same
# type side by side and narrowing, which system calls are full of; Annex K of
# C11, which no libc of ours has; vfork, which spawn.c uses with care.
checks='-*,bugprone-*,clang-analyzer-*,misc-redundant-expression'
checks=$checks,misc-misplaced-const,readability-misleading-indentation
checks=$checks,-bugprone-easily-swappable-parameters
checks=$checks,-bugprone-narrowing-conversions,-bugprone-reserved-identifier
checks=$checks,-bugprone-macro-parentheses,-bugprone-branch-clone
checks=$checks,-bugprone-implicit-widening-of-multiplication-result
checks=$checks,-bugprone-suspicious-include
api=clang-analyzer-security.insecureAPI
checks=$checks,-$api.DeprecatedOrUnsafeBufferHandling,-$api.vfork
checks=$checks,-clang-analyzer-unix.Vfork
list 'applets/*.c' 'libbb-lite/*.c' |
	INCLUDE=$include xargs -n 4 -P 2 sh -c '
		clang-tidy --quiet --checks="$0" --warnings-as-errors="*" "$@" \
			-- -std=c11 -D_GNU_SOURCE -I"$INCLUDE" -Ilibbb-lite \
			2>/dev/null' "$checks" || status=1

exit "$status"
