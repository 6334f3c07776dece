#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Report where the bytes are.
#
# usage: sh scripts/size.sh size|size-diff OUTPUT_DIR    (from the top of the tree,
#        after a build there; MAKE= is the make to build other things with)
set -eu
export LC_ALL=C

out=$2
make="${MAKE:-make} --no-print-directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

bytes_of() {
	wc -c <"$1" | tr -d ' '
}

# table OUTPUT_DIR: lines of "GROUP NAME TEXT DATA BSS", largest text first
table() {
	build=$1/build
	[ "$1" = . ] && build=./build
	# shellcheck disable=SC2086 # AWK may be two words
	BUILD=$build ${AWK:-awk} -f scripts/size.awk "$build/initbox.map" |
		sort -k1,1 -k3,3nr -k2,2
}

# build_at TREE OUTPUT_DIR TARGET...: quietly; all that it says if it fails
build_at() {
	[ ! -t 2 ] || echo "size: building $3 in $1 ..." >&2
	tree=$1
	to=$2
	shift 2
	for target; do
		$make -C "$tree" O="$to" "$target" >"$work/log" 2>&1 || {
			cat "$work/log" >&2
			echo "size: cannot build $target in $tree" >&2
			exit 1
		}
	done
}

report() {
	# shellcheck disable=SC2086
	table "$out" | ${AWK:-awk} '
		{ text += $3; data += $4; bss += $5 }
		$1 != group {
			group = $1
			lines = lines sprintf("\n%-20s %8s %8s %8s\n", group,
				"text", "data", "bss")
		}
		{ lines = lines sprintf("  %-18s %8d %8d %8d\n", $2, $3, $4, $5) }
		END {
			printf "%-20s %8s %8s %8s\n", "", "text", "data", "bss"
			printf "%-20s %8d %8d %8d\n%s", "total", text, data, bss, lines
		}'
	build_at . "$work/reaper" reaper_defconfig all
	printf '\n%-20s %8d bytes\n' initbox "$(bytes_of "$out/initbox")"
	printf '%-20s %8d bytes\n' 'reaper alone' "$(bytes_of "$work/reaper/initbox")"
}

# The last commit, built with the same .config and compiler in a folder of its
# own.  Text and data count; bss takes no room in the file.
compare() {
	git rev-parse -q --verify HEAD >/dev/null || {
		echo "size-diff: there is no commit to compare with:" \
			"commit first, or run make size" >&2
		exit 1
	}
	mkdir "$work/tree" "$work/out"
	git archive HEAD | tar -xf - -C "$work/tree"
	cp "$out/.config" "$work/out/.config"
	build_at "$work/tree" "$work/out" all
	{
		table "$work/out" | sed 's/^/old /'
		echo "old file initbox $(bytes_of "$work/out/initbox") 0 0"
		table "$out" | sed 's/^/new /'
		echo "new file initbox $(bytes_of "$out/initbox") 0 0"
	} >"$work/both"
	# shellcheck disable=SC2086
	${AWK:-awk} '
		{
			key = sprintf("%-11s %-18s", $2, $3)
			if (!(key in seen)) {
				seen[key] = 1
				order[++n] = key
			}
			size[$1, key] = $4 + $5
		}
		END {
			printf "%-30s %8s %8s %8s\n", "", "HEAD", "now", "change"
			for (i = 1; i <= n; i++) {
				key = order[i]
				old = size["old", key] + 0
				now = size["new", key] + 0
				if (now != old || key ~ /^file/)
					printf "%s %8d %8d %+8d\n", key, old, now,
						now - old
			}
		}' "$work/both"
}

case $1 in
size)
	report
	;;
size-diff)
	compare
	;;
*)
	echo "size.sh: unknown report $1" >&2
	exit 1
	;;
esac
