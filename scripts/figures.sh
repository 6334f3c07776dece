#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Measure what leaving a symbol out saves, and how large the ready configurations
# are, and hold what Config.in, the //config: tags and README.md say to that.
#
# usage: sh scripts/figures.sh write|check [SYMBOL...]   (from the top of the tree)
#
# Without a SYMBOL all that is on by default, and README.md.  write puts the
# figures in; check names those that are off by more than a twentieth and
# 0.15 KiB, status 1.  Each symbol is a build, some 5 s of CPU time, in a copy of
# the tree; IN=DIR: in that tree, whatever its .config is then.
set -eu
export LC_ALL=C

usage() {
	sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
	exit 1
}

case ${1-} in
write | check) mode=$1 ;;
*) usage ;;
esac
shift

make="${MAKE:-make} --no-print-directory -s -j2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "figures: $*" >&2
	exit 1
}

tree=${IN-}
if [ -z "$tree" ]; then
	tree=$work/tree
	mkdir "$tree"
	tar -cf - Makefile Kbuild Config.in applets configs libbb-lite scripts \
		testsuite | tar -xf - -C "$tree"
fi

# built TARGET: initbox with that configuration
built() {
	(cd "$tree" && $make "$1" && $make all) >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		fail "cannot build $1"
	}
}

# file_bytes TARGET
file_bytes() {
	built "$1"
	wc -c <"$tree/initbox" | tr -d ' '
}

# part_bytes TARGET: without what the file is padded with, which is luck
part_bytes() {
	built "$1"
	# shellcheck disable=SC2086 # AWK may be two words
	(cd "$tree" && BUILD=./build ${AWK:-awk} -f scripts/size.awk \
		build/initbox.map) | ${AWK:-awk} '
		{ n += $3 + $4 } END { if (!n) exit 1; print n }'
}

default=$(part_bytes defconfig)
# STATIC is about another file, not about a part of this one.
on=$(sed -n -e '/ENABLE_STATIC /d' -e 's/^#define ENABLE_\([A-Z0-9_]*\) 1$/\1/p' \
	"$tree/build/include/autoconf.h" | tr '\n' ' ')
[ $# -gt 0 ] || whole=yes
symbols=${*:-$on}
count=0
total=$(echo "$symbols" | wc -w | tr -d ' ')

: >"$work/measured"
for symbol in $symbols; do
	case " $on" in
	*" $symbol "*) ;;
	*) fail "$symbol: not a symbol that is on by default; there are: $on" ;;
	esac
	count=$((count + 1))
	echo "figures: $count of $total, without $symbol" >&2
	echo "# CONFIG_$symbol is not set" >"$work/without"
	KCONFIG_ALLCONFIG=$work/without
	export KCONFIG_ALLCONFIG
	without=$(part_bytes alldefconfig)
	unset KCONFIG_ALLCONFIG
	echo "help $symbol $((default - without))" >>"$work/measured"
done

# README's rows begin with the name of a configuration.
if [ -n "${whole-}" ]; then
	bytes=$(file_bytes defconfig)
	echo "file default $bytes" >>"$work/measured"
	names=$(sed -n 's/^| `\([a-z-]*\)`.* | [0-9,]* |$/\1/p' README.md)
	for name in $names; do
		echo "figures: $name alone" >&2
		bytes=$(file_bytes "${name}_defconfig")
		echo "file $name $bytes" >>"$work/measured"
	done
fi

status=0
: >"$work/found"
for file in Config.in $(grep -l '^//config:' -r applets libbb-lite | sort) \
	${whole:+README.md docs/performance.md}; do
	# shellcheck disable=SC2086 # AWK may be two words
	MODE=$mode FOUND=$work/found ${AWK:-awk} -f scripts/figures.awk \
		"$work/measured" "$file" >"$work/new" || status=1
	if [ "$mode" = write ] && ! cmp -s "$work/new" "$file"; then
		cat "$work/new" >"$file"
		echo "figures: changed $file" >&2
	fi
done
for symbol in $symbols; do
	grep -qx "$symbol" "$work/found" ||
		fail "$symbol: its help does not say \"about N KiB\" in a line"
done
exit "$status"
