#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The Kconfig reader: the same .config as kconfig-conf, on our menu, on the
# menus in menus/, on random old .config files and random menus; and its own
# behaviour. SEEDS=100: so many of those, to look for something new.

load helper

menus="nested select defaults strings numbers comments choice"

# use_menu NAME: an empty tree with that menu
use_menu() {
	rm -rf "$tree"
	mkdir -p "$tree/build/gen"
	cd "$tree" || return
	ln -s "$top/scripts" scripts
	cp "$top/testsuite/build/menus/part.in" .
	cp "$top/testsuite/build/menus/$1.in" Config.in
}

# menu_text: an empty tree with the menu on stdin
menu_text() {
	use_menu nested
	{
		echo 'mainmenu "m"'
		cat
	} >Config.in
}

kconfig() {
	sh scripts/kconfig.sh "$1" .
}

# random_config SEED: some of the menu's symbols, with good and bad values; the
# same in every awk, unlike rand()
random_config() {
	cat Config.in part.in build/gen/*/Config.in 2>/dev/null |
		awk -v x="$1" '
		function next_of(n) {
			x = x * 16807 % 2147483647
			return int(x / 97) % n
		}
		BEGIN { x = x * 7919 + 12345; next_of(2); next_of(2) }
		$1 != "config" && $1 != "menuconfig" || $2 in seen { next }
		{
			seen[$2] = 1
			kind = next_of(12)
			if (kind < 3) print "CONFIG_" $2 "=y"
			else if (kind < 5) print "# CONFIG_" $2 " is not set"
			else if (kind == 5) print "CONFIG_" $2 "=" next_of(20)
			else if (kind == 6) print "CONFIG_" $2 "=\"a \\\"b\\\\\""
			else if (kind == 7) print "CONFIG_" $2 "=\"plain\""
			else if (kind == 8 && next_of(4) == 0) print "CONFIG_" $2 "=junk"
			else if (kind == 9 && next_of(4) == 0) print "CONFIG_GONE_" $2 "=y"
		}'
}

random_answers() {
	awk -v x="$1" '
		BEGIN {
			n = split("y n y n yes no ? 5 7 plain  maybe", word, " ")
			x = x * 7919 + 54321
			for (i = 0; i < 60; i++) {
				x = x * 16807 % 2147483647
				print word[int(x / 97) % (n + 2) + 1]
			}
		}'
}

# same TARGET [OLD [ANSWERS]]: kconfig-conf and we write the same .config. Where
# a range is empty it asks again for ever, until nobody reads on; we must end.
same() {
	local theirs=$1 old=${2:-/dev/null} answers=${3:-/dev/null} ended

	[ "$1" != defconfig ] || theirs=alldefconfig old=/dev/null
	for who in theirs ours; do
		rm -f .config
		case $1 in
		old*) cp "$old" .config ;;
		*)
			KCONFIG_ALLCONFIG=$(realpath "$old")
			export KCONFIG_ALLCONFIG
			;;
		esac
		if [ $who = theirs ]; then
			kconfig_conf "$theirs" <"$answers" |
				head -c 1000000 >said.theirs
			ended=${PIPESTATUS[0]}
			[ "$ended" -eq 0 ] || [ "$(wc -c <said.theirs)" -eq 1000000 ]
		else
			kconfig "$1" <"$answers" >said.ours 2>&1 ||
				{ cat said.ours; return 1; }
		fi
		[ "$ended" -ne 0 ] || mv .config "config.$who"
		unset KCONFIG_ALLCONFIG
	done
	[ "$ended" -eq 0 ] || {
		echo "$1: kconfig-conf does not end"
		return 0
	}
	diff config.theirs config.ours >difference || {
		echo "$1 differs, theirs <, ours >:"
		cat difference
		echo "old .config:"
		cat "$old"
		false
	}
}

# As same, with everything that starts from an old .config, SEED's
same_random() {
	random_config "$1" >old
	random_answers "$1" >answers
	same olddefconfig old
	same oldconfig old answers
	same allnoconfig old
}

all_targets_same() {
	for target in defconfig alldefconfig allnoconfig allyesconfig \
		olddefconfig oldconfig; do
		same $target
	done
	same_short config.ours
}

# same_short OLD: savedefconfig, and alldefconfig makes a whole of it again. OLD
# is one that olddefconfig would not change.
same_short() {
	cp "$1" .config
	kconfig_conf "savedefconfig=$PWD/short.theirs"
	kconfig savedefconfig
	diff short.theirs defconfig
	cmp "$1" .config
	KCONFIG_ALLCONFIG=defconfig kconfig alldefconfig
	diff "$1" .config
}

# same_rolled SEED: what they roll we read as they do, and the other way round.
# What they have rolled may still hold lines that they drop when they read it.
same_rolled() {
	KCONFIG_SEED=$1 kconfig_conf randconfig
	cp .config old
	same olddefconfig old
	same_short config.ours
	KCONFIG_SEED=$1 kconfig randconfig
	cp .config old
	kconfig_conf olddefconfig
	diff old .config
}

@test "kconfig: every target gives kconfig-conf's .config on our menu" {
	setup_tree
	make tags
	all_targets_same
}

@test "kconfig: so it does from random old .config files, with random answers" {
	setup_tree
	make tags
	for ((seed = 1; seed <= ${SEEDS:-2}; seed++)); do
		same_random "$seed"
	done
}

@test "kconfig: so it does from what either rolls for our menu" {
	setup_tree
	make tags
	for ((seed = 1; seed <= ${SEEDS:-2}; seed++)); do
		same_rolled "$seed"
	done
}

@test "kconfig: so it does on random menus" {
	use_menu nested
	for ((seed = 1; seed <= ${SEEDS:-2}; seed++)); do
		SEED=$seed awk -f "$top/testsuite/build/random-menu.awk" >Config.in
		echo "menu $seed"
		same_rolled "$seed"
		random_config "$seed" >old
		same olddefconfig old
		same allnoconfig old
		same allyesconfig old
		same alldefconfig old
	done
}

@test "kconfig: every target gives kconfig-conf's .config on each hand-made menu" {
	for menu in $menus; do
		use_menu $menu
		all_targets_same
	done
}

@test "kconfig: so it does from random old .config files for each of those" {
	for menu in $menus; do
		use_menu $menu
		for ((seed = 1; seed <= ${SEEDS:-2}; seed++)); do
			same_random "$seed"
		done
	done
}

@test "kconfig: so it does with every awk" {
	for AWK in "${awks[@]}"; do
		export AWK
		for menu in strings numbers comments choice; do
			use_menu $menu
			random_config 77 >old
			same oldconfig old
		done
	done
}

@test "kconfig: an old .config with CRLF, blank lines and comments is read" {
	use_menu strings
	printf '# text\r\n\r\nCONFIG_NAME="x y"\r\n# CONFIG_IS_NOT is not set\r\n' >old
	same olddefconfig old
	grep -qx 'CONFIG_NAME="x y"' config.ours
}

@test "kconfig: bad lines and unknown symbols are reported with file:line and dropped" {
	use_menu numbers
	printf '%s\n' 'CONFIG_COUNT=five' 'nonsense' 'CONFIG_GONE=y' \
		'CONFIG_WIDE=maybe' 'CONFIG_COUNT=6' 'CONFIG_COUNT=7' >.config
	run kconfig olddefconfig
	[ "$status" -eq 0 ]
	has ".config:1: warning: bad value for COUNT: CONFIG_COUNT=five"
	has ".config:2: warning: not a setting: nonsense"
	has ".config:3: warning: unknown symbol GONE is dropped"
	has ".config:4: warning: bad value for WIDE: CONFIG_WIDE=maybe"
	has ".config:6: warning: COUNT is set twice"
	grep -qx CONFIG_COUNT=7 .config
	fails grep GONE .config
}

@test "kconfig: oldconfig asks for new symbols only, with prompt, name and default" {
	setup_tree
	make defconfig
	sed -i -e '/CONFIG_DEBUG/d' -e '/CONFIG_REAPER/d' .config
	run make oldconfig <<-END
		?
		maybe
		y
		n
	END
	[ "$status" -eq 0 ]
	has "* Build settings"
	has "(DEBUG) [N/y/?]"
	has "Compile with -g"
	has "answer y or n"
	has "(REAPER) [Y/n/?]"
	lacks "(STATIC)"
	grep -qx CONFIG_DEBUG=y .config
	grep -qx '# CONFIG_REAPER is not set' .config
}

@test "kconfig: oldconfig takes numbers in their range, and defaults at the end of input" {
	use_menu numbers
	run kconfig oldconfig <<-END
		twelve
		12
	END
	[ "$status" -eq 0 ]
	has "Not a value for this int"
	grep -qx CONFIG_COUNT=12 .config
	grep -qx CONFIG_BOUNDED=8 .config
	rm .config
	run kconfig oldconfig <<<$'\n\n77\n7'
	has "Not a value for this int from 3 to 8."
	grep -qx CONFIG_BOUNDED=7 .config
}

@test "kconfig: oldconfig asks for a choice by number, with help for it and its members" {
	use_menu choice
	printf '%s\n' CONFIG_BIG=y CONFIG_NAME='"x"' >.config
	run kconfig oldconfig <<-END
		?
		1?
		4
		2
		n
	END
	[ "$status" -eq 0 ] || show_output "failed"
	has "> 3. blue (BLUE)"
	has "There is no help."
	has "As a rose."
	has "Answer with a number from 1 to 3."
	lacks "choice [1-1"
	grep -qx CONFIG_GREEN=y .config
	grep -qx CONFIG_LIGHT=y .config
	grep -qx '# CONFIG_RED is not set' .config
	run kconfig oldconfig </dev/null
	[ "$output" = "" ]
}

@test "kconfig: two members of one choice set are reported; the later counts" {
	use_menu choice
	printf '%s\n' CONFIG_RED=y CONFIG_GREEN=y >old
	same olddefconfig old
	grep -F ".config:2: warning: GREEN takes the place of RED" said.ours
	grep -qx CONFIG_GREEN=y config.ours
}

@test "kconfig: randconfig rolls the same with every awk for one seed, and names it" {
	use_menu choice
	for AWK in "${awks[@]}"; do
		export AWK
		KCONFIG_SEED=7 kconfig randconfig
		[ "$AWK" != mawk ] || cp .config first
		cmp first .config
	done
	run kconfig randconfig
	[[ $output =~ KCONFIG_SEED=([0-9]+)$ ]]
	cp .config first
	KCONFIG_SEED=${BASH_REMATCH[1]} kconfig randconfig
	cmp first .config
	KCONFIG_SEED=x fails kconfig randconfig
	has "KCONFIG_SEED=x: a number"
}

@test "kconfig: KCONFIG_ALLCONFIG is a file, or 1 for those that kconfig-conf takes" {
	use_menu choice
	echo CONFIG_GREEN=y >all.config
	for target in alldefconfig allnoconfig allyesconfig randconfig; do
		KCONFIG_ALLCONFIG=1 kconfig $target
		grep -qx CONFIG_GREEN=y .config
		name=${target%config}.config
		[ $target != randconfig ] || name=allrandom.config
		echo CONFIG_RED=y >"$name"
		KCONFIG_ALLCONFIG='' kconfig $target
		grep -qx CONFIG_RED=y .config
		rm "$name"
	done
	rm all.config
	KCONFIG_ALLCONFIG=1 fails kconfig allnoconfig
	has "neither allno.config nor all.config is here"
	KCONFIG_ALLCONFIG=none.config fails kconfig randconfig
	has "cannot read none.config"
}

@test "kconfig: savedefconfig writes ./defconfig: what differs, or nothing" {
	setup_tree
	fails make savedefconfig
	has "there is no ./.config: make defconfig"
	make defconfig savedefconfig
	[ ! -s defconfig ]
	echo '# CONFIG_TINI is not set' >some
	KCONFIG_ALLCONFIG=some make alldefconfig savedefconfig
	cmp some defconfig
}

@test "kconfig: oldconfig with nothing new asks nothing" {
	setup_tree
	make defconfig
	cp .config before
	run make oldconfig </dev/null
	[ "$output" = "" ]
	cmp .config before
}

@test "kconfig: .config keeps its time stamp when it stays the same" {
	setup_tree
	make defconfig
	touch -d '2001-01-01' .config
	make olddefconfig
	[ "$(stat -c %Y .config)" = "$(date -d 2001-01-01 +%s)" ]
}

# rejected LINE MESSAGE: LINE is refused at its place; the awks take turns
rejected() {
	export AWK=${awks[turn++ % ${#awks[@]}]}
	menu_text < <(printf 'config A\n\tbool "a"\n%b\n' "$1")
	run kconfig defconfig
	[ "$status" -ne 0 ] || show_output "accepted: $1"
	has "Config.in:$2"
	[ ! -e .config ]
}
turn=0

@test "kconfig: what is not in the subset is an error with file:line" {
	rejected '\ttristate "a"' '4: not supported here: tristate'
	rejected '\timply B' '4: not supported here: imply'
	rejected '\toption env="X"' '4: not supported here: option'
	rejected '\tdef_bool y' '4: not supported here: def_bool'
	rejected '\tvisible if A' '4: not supported here: visible'
	rejected 'config B\n\thex "b"' '5: not supported here: hex'
	rejected '\t---help---' '4: not supported here: ---help---'
	rejected 'choice\n\ttristate' '5: not supported here: tristate'
	rejected 'choice\n\tbool "c"\n\toptional' '6: not supported here: optional'
	rejected 'choice NAME' '4: unexpected: NAME'
	rejected '\tdefault m' '4: there are no modules'
	rejected '\tdepends on A > 3' '4: unexpected character: >'
	rejected '\tdefault "$HOME"' '4: $ in a text'
	rejected '\tdepends on B = 010' '4: write numbers without'
}

@test "kconfig: a choice that is none is an error with file:line" {
	local c='choice\n\tprompt "c"\n'
	rejected 'choice\nconfig B\n\tbool "b"\nendchoice' '7: a choice needs a prompt'
	rejected "${c}endchoice" '6: a choice needs members'
	rejected "${c}" '4: choice without endchoice'
	rejected "${c}config B\n\tbool\nendchoice" '6: B: a choice is between bools'
	rejected "${c}config B\n\tint \"b\"\nendchoice" '6: B: a choice is between'
	rejected "${c}config B\n\tbool \"b\"\n\tdefault y" '8: the default is the choice'
	rejected "${c}config A\nendchoice" '6: A is in a choice, so it can have'
	rejected "${c}menu \"m\"" '6: menu inside a choice'
	rejected "${c}if A\nchoice" '7: choice inside a choice'
	rejected "${c}\tdefault A\nconfig B\n\tbool \"b\"\nendchoice" '6: A is not in this choice'
	rejected "\tselect B\n${c}config B\n\tbool \"b\"\nendchoice" '4: A selects B, which is in a choice'
}

@test "kconfig: broken statements are errors with file:line" {
	rejected 'menu "x"' '4: menu without endmenu'
	rejected 'if A\nmenu "x"\nendif\nendmenu' '6: endif without if'
	rejected 'endmenu' '4: endmenu without menu'
	rejected 'config' '4: config needs the name'
	rejected '\tdefault y if' '4: an expression is expected'
	rejected '\tdepends on (A' '4: missing )'
	rejected '\tdepends on A B' '4: unexpected: B'
	rejected '\tdepends A' '4: depends needs on'
	rejected '\tprompt "again"' '4: A already has a prompt'
	rejected '\tint' '4: A is already of type bool'
	rejected 'comment "open' '4: missing closing quote'
	rejected 'menu x\nendmenu' '4: menu needs a text'
	rejected 'source "none.in"' '4: cannot read none.in'
	rejected 'source "Config.in"' '4: Config.in includes itself'
	rejected 'config B' '4: B has no type'
	rejected '\tselect B' '4: A selects B, which is not there'
	rejected 'config B\n\tint "b"\n\tdefault A && A' '6: the default of type int'
	rejected '\trange 1 2' '4: range is for int'
}

@test "kconfig: a circle of dependencies is an error that shows it" {
	menu_text <<-END
		config A
			bool "a"
			depends on B
		config B
			bool "b"
			select C
		config C
			bool "c"
			default y if A
		config D
			bool "d"
			depends on C
			select B
	END
	run kconfig defconfig
	[ "$status" -ne 0 ]
	has "circle of dependencies: A -> B -> D -> C -> A"
	run kconfig_conf alldefconfig
	has "recursive dependency"
	# members that depend on each other cannot be chosen between
	menu_text <<-END
		choice
			bool "c"
		config A
			bool "a"
		config B
			bool "b"
			depends on !A
		endchoice
	END
	run kconfig defconfig
	[ "$status" -ne 0 ]
	has "circle of dependencies: A -> choice at Config.in:2 -> A"
}

@test "kconfig: selecting against dependencies is reported" {
	use_menu select
	run kconfig allyesconfig
	[ "$status" -eq 0 ]
	has "TOP_2 selects LONELY, whose own dependencies are not met"
}

@test "kconfig: every symbol of ours has a help text that says what leaving it out does" {
	setup_tree
	make tags
	run awk '
		function check() {
			if (name != "" && help !~ (is_bool ? "[Ll]eav" : "[Ll]eav|cost|save"))
				print name
		}
		/^(menu)?config / { check(); name = $2; help = ""; is_bool = 0; next }
		/^[^ \t]/ { in_help = 0 }
		!in_help && $1 == "bool" { is_bool = 1 }
		in_help { help = help $0 }
		/^[ \t]+help$/ { in_help = 1 }
		END { check() }' Config.in build/gen/*/Config.in
	[ "$output" = "" ] || show_output "without such a text"
}

@test "kconfig: NAME_defconfig takes what configs/NAME.config names and no more" {
	setup_tree
	make reaper_defconfig
	grep -qx CONFIG_REAPER=y .config
	grep -qx CONFIG_STATIC=y .config
	grep -qx '# CONFIG_INIT is not set' .config
	fails make none_defconfig
	has "there is no configs/none.config"
}

@test "kconfig: every file in configs/ is read without a warning" {
	setup_tree
	for file in configs/*.config; do
		name=${file##*/}
		run make "${name%.config}_defconfig"
		[ "$status" -eq 0 ]
		[ "$output" = "" ]
	done
}

@test "kconfig: menuconfig and nconfig find the generated menus and our .config" {
	setup_tree
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in mconf nconf; do
		printf '#!/bin/sh\nexec kconfig-conf --olddefconfig "$@"\n' \
			>"$BATS_TEST_TMPDIR/bin/kconfig-$tool"
	done
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	make sigproxy_defconfig
	cp .config before
	make menuconfig
	cmp .config before
	make nconfig O="$BATS_TEST_TMPDIR/out"
	make defconfig
	cmp .config "$BATS_TEST_TMPDIR/out/.config"
}

# in_terminal [TEXT KEYS]... -- COMMAND...: see terminal.py
in_terminal() {
	python3 "$top/testsuite/build/terminal.py" "$@"
}

@test "kconfig: menuconfig opens in a terminal, shows our menus and saves a change" {
	setup_tree
	make defconfig
	in_terminal 'Applets' '\r' 'Static binary' ' ' '[ ]' '\x1b\x1b' \
		'Applets' '\x1b\x1b' 'save' '\r' -- make menuconfig
	grep -qx '# CONFIG_STATIC is not set' .config
	grep -qx CONFIG_REAPER=y .config
	run make oldconfig </dev/null
	[ "$output" = "" ]
}

@test "kconfig: so does nconfig" {
	setup_tree
	make defconfig
	in_terminal 'Applets' '\r' 'Static binary' ' ' '[ ]' 9 \
		'Do you wish to save' '\r' 'configuration written' '\r' -- \
		make nconfig
	grep -qx '# CONFIG_STATIC is not set' .config
	grep -qx CONFIG_REAPER=y .config
}

@test "kconfig: menuconfig and nconfig say what to install when it is missing" {
	setup_tree
	PATH=$(path_without kconfig-mconf)
	rm "$PATH/kconfig-nconf"
	for target in menuconfig nconfig; do
		fails make $target
		has "install kconfig-frontends"
	done
}

@test "kconfig: autoconf.h has every symbol, in view or not" {
	setup_tree
	make allnoconfig
	make sync
	while read -r symbol; do
		grep -q -e "define ENABLE_$symbol 0" -e "define CONFIG_$symbol " \
			build/include/autoconf.h
	done < <(sed -n 's/^config //p' Config.in build/gen/*/Config.in)
	printf '#include "build/include/autoconf.h"\nint x = ENABLE_REAPER IF_REAPER(+ nothing);\n' >t.c
	gcc -Wall -Werror -c t.c
}
