#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The Kconfig reader with spoilt menus, .config files and answers: it ends, with
# a .config that it leaves as it is the next time, or with a line that says
# where the menu is wrong.
#
# usage: sh testsuite/fuzz/kconfig.sh FIRST COUNT    (from the top of the tree)
#
# FIRST, FIRST+1, ... are seeds: the same one does the same in every awk.  AWK=
# chooses the reader's.  Status 1: something was found; its folder is kept.
set -eu
export LC_ALL=C

first=$1
count=$2
kept=${FINDINGS:-build/fuzz/findings}
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Parts of a line are words, blanks or single characters.
mutate() {
	awk -v first="$first" -v count="$count" -v work="$work" '
	function below(n) { # a number from 0 to n - 1
		x = (x * 16807) % 2147483647
		return int(x / 97) % n
	}
	function some_word() { return vocabulary[below(words) + 1] }
	function spoil(text,    kind, at) {
		kind = below(9)
		at = below(length(text) + 1)
		if (kind == 0) return ""
		if (kind == 1) return text "\n" text
		if (kind == 2) return substr(text, 1, at)
		if (kind == 3) return substr(text, 1, at) substr(text, at + 2)
		if (kind == 4) return substr(text, 1, at) \
			substr(characters, below(length(characters)) + 1, 1) \
			substr(text, at + 1)
		if (kind == 5) return substr(text, 1, at) " " some_word() " " \
			substr(text, at + 1)
		if (kind == 6) return "\t" some_word() " " some_word() " " some_word()
		if (kind == 7) return text " " some_word()
		sub(/[A-Za-z0-9]+/, some_word(), text)
		return text
	}
	FNR == 1 { files++ }
	{
		line[files, ++lines[files]] = $0
		if ($0 ~ /config/ && NF > 1) names[++name_count] = $2
	}
	END {
		characters = "\"\"\047()&|!=#$\\ \t-:,.0m%\001\200\377"
		words = split("config menuconfig bool string int prompt default " \
			"depends on select range help if endif menu endmenu " \
			"comment source mainmenu y n m 0 7 -3 12345678901234567890 " \
			"\"text\" \"\\\" \"part.in\" ( ) && || ! = != # \\ " \
			"\"Config.in\" visible choice 010", vocabulary, " ")
		for (n = 1; n <= name_count && n <= 40; n++) {
			vocabulary[++words] = names[n]
			vocabulary[++words] = "CONFIG_" names[n] "=" (n % 3 ? "y" : n)
		}
		for (seed = first; seed < first + count; seed++) {
			x = seed * 7919 + 12345
			below(2)
			f = below(files) + 1
			menu = work "/" seed "/Config.in"
			old = work "/" seed "/old"
			answers = work "/" seed "/answers"
			often = 4 + below(30)
			for (n = 1; n <= lines[f]; n++)
				print below(often) ? line[f, n] : spoil(line[f, n]) > menu
			for (n = below(12); n > 0; n--)
				print below(3) ? "CONFIG_" names[below(name_count) + 1] "=" \
					(below(2) ? "y" : some_word()) : spoil(some_word()) > old
			for (n = below(30); n > 0; n--)
				print below(2) ? some_word() : "y" > answers
			print "" > old
			close(menu); close(old); close(answers)
		}
	}' testsuite/build/menus/[a-oq-z]*.in Config.in
}

# reader MODE OLD NEW: quietly; says go to "said" and "asked".
reader() {
	# shellcheck disable=SC2086 # AWK may be two words: busybox awk
	MODE=$1 OLD=$2 NEW=$3 HEADERS=. GEN=$top/testsuite/build/menus TOP=. \
		SEED=1 timeout -s KILL 20 ${AWK:-awk} \
		-f "$top/scripts/kconfig-text.awk" \
		-f "$top/scripts/kconfig-menu.awk" \
		-f "$top/scripts/kconfig-choice.awk" \
		-f "$top/scripts/kconfig-values.awk" \
		-f "$top/scripts/kconfig-ask.awk" \
		-f "$top/scripts/kconfig.awk" <answers >asked 2>said
}

# What is wrong with how it ended; nothing if all is well. In the folder.
judge() {
	status=0
	touch answers
	reader "$1" old new || status=$?
	case $status in
	0)
		[ -s new ] || echo "no .config"
		reader olddefconfig new again || echo "not read again: $?"
		cmp -s new again || echo "changes when read again"
		;;
	1)
		[ "$(grep -vc ' warning: ' said)" = 1 ] || echo "not one line"
		tail -n 1 said | grep -qE '^[A-Za-z./0-9]+:([0-9]+:)? ' ||
			echo "no place"
		;;
	*) echo "ended with $status" ;;
	esac
}

seq "$first" $((first + count - 1)) | (cd "$work" && xargs mkdir)
mutate
found=0 good=0
for seed in $(seq "$first" $((first + count - 1))); do
	cd "$work/$seed"
	mode=$(set -- olddefconfig allnoconfig allyesconfig oldconfig &&
		shift $((seed % 4)) && echo "$1")
	why=$(judge "$mode")
	[ ! -e new ] || good=$((good + 1))
	cd "$top"
	[ -n "$why" ] || continue
	found=$((found + 1))
	echo "kconfig $seed ($mode): $why"
	mkdir -p "$kept"
	cp -R "$work/$seed" "$kept/kconfig-$seed"
done
echo "kconfig: $count executions, $good gave a .config, $found findings"
[ "$found" = 0 ]
