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
		echo "lint: needs $tool: install the package $tool, or run" \
			"sh scripts/packages.sh test for all that tests need" >&2
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
layout() {
	found=$(clang-format --dry-run -Werror "$@" 2>&1) && return
	printf '%s\n' "$found" |
		sed -n 's/^\([^ :]*:[0-9]*\):.*/\1: not laid out as clang-format does/p' |
		sort -u -t: -k1,1 -k2,2n
	return 1
}

# SC1091: a sourced file is checked by itself.  SC2016: awk's $1 is not ours.
# SC2317: traps and functions that are called by name look unused.
scripts() {
	shellcheck -e SC1091,SC2016,SC2317 "$@"
}

# The bats files and their helpers are bash.  SC2030, SC2031: bats runs each test
# in a process of its own; that a variable ends with its test is the point.
# SC2034, SC2154: some variables are set for bats, and $output and others by it.
# SC2164: a failing cd ends the test.  SC2054, SC2206: a list of words, commas
# and all, is meant.  Below warnings: unquoted words that are to be split.
tests() {
	shellcheck -s bats -S warning \
		-e SC1091,SC2016,SC2030,SC2031,SC2034,SC2054,SC2154,SC2164 \
		-e SC2206,SC2317 "$@"
}

# on CHECK PATTERN...: run CHECK on the files, if there are any
on() {
	check=$1
	shift
	files=$(list "$@")
	# shellcheck disable=SC2086 # no blanks in our file names
	[ -z "$files" ] || "$check" $files || status=1
}

on layout '*.c' '*.h'
on scripts '*.sh'
on tests '*.bats' '*.bash'

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
# It does not follow a va_list into a function that takes one.
checks=$checks,-clang-analyzer-valist.Uninitialized
flags="-std=c11 -D_GNU_SOURCE -I$include -Ilibbb-lite"

bugs() {
	printf '%s\n' "$@" | CHECKS=$checks FLAGS=$flags xargs -n 4 -P 2 sh -c '
		# shellcheck disable=SC2086
		clang-tidy --quiet --checks="$CHECKS" --warnings-as-errors="*" \
			"$@" -- $FLAGS 2>/dev/null' sh
}

on bugs 'applets/*.c' 'libbb-lite/*.c'

exit "$status"
