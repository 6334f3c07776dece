#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make completion: what bash, zsh and fish offer for a line that was typed so far.

load helper

INITBOX=${INITBOX:-$top/initbox}

# The completion of the default configuration, a link each name, and the names:
# fish looks only for the completion of commands that are there.
setup_file() {
	local out=$BATS_FILE_TMPDIR/out name

	cd "$top" || return
	make -s defconfig O="$out"
	make -s completion O="$out"
	mkdir "$BATS_FILE_TMPDIR/links" "$BATS_FILE_TMPDIR/bin"
	for name in $("$INITBOX" --list) initbox; do
		ln -s "$out/build/completion/initbox.bash" "$BATS_FILE_TMPDIR/links/$name"
		ln -s "$out/build/completion/initbox.fish" \
			"$BATS_FILE_TMPDIR/links/$name.fish"
		ln -s "$INITBOX" "$BATS_FILE_TMPDIR/bin/$name"
	done
	ln -s "$out/build/completion/_initbox" "$BATS_FILE_TMPDIR/links"
}

setup() {
	links=$BATS_FILE_TMPDIR/links
	shells=()
	for shell in bash zsh fish; do
		if command -v $shell >/dev/null; then shells+=($shell); fi
	done
	# a folder with files to complete, and a program that is like no other
	mkdir -p "$BATS_TEST_TMPDIR/here/folder" "$BATS_TEST_TMPDIR/bin"
	cd "$BATS_TEST_TMPDIR/here" || return
	: >file
	printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/xyzzy"
	chmod 755 "$BATS_TEST_TMPDIR/bin/xyzzy"
	PATH=$BATS_TEST_TMPDIR/bin:$BATS_FILE_TMPDIR/bin:$PATH
}

# offer_SHELL LINE...: a line for each, "LINE|" and all that its last word can
# become, sorted
offer_bash() {
	LINKS=$links bash --norc -c '
		. "$LINKS/initbox"
		for line; do
			read -ra COMP_WORDS <<<"$line"
			[[ $line != *" " ]] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_initbox
			echo "$line|" $(printf "%s\n" "${COMPREPLY[@]}" | sort)
		done' bash "$@"
}

offer_fish() {
	LINKS=$links HOME=$BATS_TEST_TMPDIR fish --no-config -c '
		set fish_complete_path $LINKS
		for line in $argv
			echo "$line|" (complete -C $line | string replace -r "\t.*" "" |
				string trim -r -c / | sort -u)
		end' "$@"
}

# In a terminal of its own for each line: TAB calls compadd, which writes down
# what matches.
# "-" is a command of zsh, and matches itself.
offer_zsh() {
	LINKS=$links OFFERED=$BATS_TEST_TMPDIR/offered timeout 300 zsh -f -c '
		zmodload zsh/zpty
		for line; do
			zpty terminal zsh -f -i
			zpty -w terminal ". $OFFERED.rc"
			zpty -r terminal said "*ready*"
			: >$OFFERED
			zpty -w -n terminal $line$'\''\t'\''
			zpty -r terminal said "*completed*"
			zpty -d terminal
			print -r -- "$line|" $(sort -u $OFFERED | grep -vx -e -)
		done' zsh "$@"
}

zsh_rc() {
	cat >"$BATS_TEST_TMPDIR/offered.rc" <<-'END_RC'
		fpath=($LINKS $fpath)
		autoload -U compinit
		compinit -u -d "$OFFERED.dump" # made by the first
		compadd() {
			local -a offered
			case " ${@[1,(i)(-|--)]} " in
			(*" -"[OAD]" "*) ;;
			(*)
				builtin compadd -A offered "$@"
				[[ -z $offered ]] || print -rl -- $offered >>$OFFERED
				;;
			esac
			builtin compadd "$@"
		}
		completed() { comppostfuncs=(completed); print completed; }
		comppostfuncs=(completed)
		bindkey "^I" list-choices
		LISTMAX=0
		print rea""dy
	END_RC
}

# offers SHELL, and on stdin lines "LINE|WORD..." : exactly these words
offers() {
	local expected lines=() line

	expected=$(cat)
	while IFS= read -r line; do
		lines+=("${line%%|*}")
	done <<<"$expected"
	[ "$1" != zsh ] || zsh_rc
	diff <(printf '%s\n' "$expected") <("offer_$1" "${lines[@]}") && return
	echo "(< what it should offer, > what $1 offers)"
	return 1
}

# help_options NAME: all options that its help shows, in a line, sorted
help_options() {
	local help

	if [ "$1" = initbox ]; then
		help=$("$INITBOX" --help | sed '/^Applets/,$d')' -h -V'
	else
		help=$("$INITBOX" "$1" --help 2>&1 | sed -n -e 1p -e '/^  *-/p' |
			sed -e 's/\([^ ]\)  .*/\1/' -e 's/ (.*//')
	fi
	grep -oE -e '(^|[[ ])--?[A-Za-z][a-z-]*' <<<"$help" | sed 's/^[[ ]//' |
		sort -u | paste -sd ' '
}

@test "completion: each option of --help is offered, and nothing else" {
	expected=$(for name in $("$INITBOX" --list) initbox; do
		echo "$name -|$(help_options "$name")"
	done | sed 's/|/| /')
	[[ $expected == *"reaper -| --all "*" --grace "* ]]
	for shell in "${shells[@]}"; do
		offers $shell <<<"$expected"
	done
}

@test "completion: choices, signals, files, requests, names and commands" {
	for shell in "${shells[@]}"; do
		offers $shell <<-'END'
			reaper --gr| --grace --group
			sigproxy -s | all child group session shell
			init --scope s| session shell
			zombiecheck --color | always auto never
			reaper --stop-signal QU| QUIT
			dumb-init --rewrite T| TERM TRAP TSTP TTIN TTOU
			reaper --grace |
			init --file f| file folder
			zombiecheck --proc f| folder
			sigproxy --on-stop xyzz| xyzzy
			reaper xyzz| xyzzy
			reaper -G 5s -- xyzz| xyzzy
			reaper -G5s --expect 3 xyzz| xyzzy
			tini -p TERM -g xyzz| xyzzy
			init -v -- xyzz| xyzzy
			init re| reboot reload restart
			init | halt poweroff reboot reload restart start status stop
			init status --| --check --json
			init stop --| --no-wait
			init xyzz|
			initbox z| zombiecheck
			initbox --l| --list --list-full
			initbox --install -s f| folder
			initbox reaper --gr| --grace --group
			initbox init stop --| --no-wait
			initbox sigproxy -s s| session shell
			reaper xyzzy --gr|
			reaper -- --gr|
		END
	done
}

@test "completion: the command that is run is completed by its own" {
	for shell in zsh fish; do
		command -v $shell >/dev/null || continue
		offers $shell <<-'END'
			reaper -G 5s sigproxy --on| --on-stop
			initbox reaper -- sigproxy -s s| session shell
			init -- initbox --l| --list --list-full
			reaper -v -- sigproxy --on| --on-stop
		END
	done
	package=/usr/share/bash-completion/bash_completion
	[ -r $package ] || skip "needs the package bash-completion"
	mkdir "$BATS_TEST_TMPDIR/user"
	ln -s "$links" "$BATS_TEST_TMPDIR/user/completions"
	export BASH_COMPLETION_USER_DIR=$BATS_TEST_TMPDIR/user PACKAGE=$package
	# as on a TAB: the package loads the file of the name
	run bash --norc -c '
		. $PACKAGE
		COMP_LINE="reaper -G 5s sigproxy --on" COMP_POINT=${#COMP_LINE}
		read -ra COMP_WORDS <<<"$COMP_LINE" && COMP_CWORD=4
		_completion_loader reaper
		complete -p reaper
		_initbox reaper --on sigproxy
		echo "${COMPREPLY[@]}"'
	echo "$output"
	[ "${lines[0]}" = "complete -F _initbox reaper" ]
	[ "${lines[1]}" = --on-stop ]
}

@test "completion: --name=VALUE and FROM:TO" {
	# readline cuts these at = and :
	offers bash <<-'END'
		sigproxy --scope = s| session shell
		sigproxy --scope =| all child group session shell
		sigproxy --map TERM : QU| QUIT
		sigproxy --map TERM : QUIT --gr| --grace
		sigproxy --scope = all --gr| --grace
		zombiecheck --probe = 5 --na| --nagios
	END
	if command -v zsh >/dev/null; then
		offers zsh <<-'END'
			sigproxy --scope=s| session shell
			sigproxy --map TERM:QU| QUIT
			sigproxy --map=TERM:QU| QUIT
		END
	fi
	if command -v fish >/dev/null; then
		offers fish <<-'END'
			sigproxy --scope=s| --scope=session --scope=shell
			sigproxy --map TERM:QU| TERM:QUIT
			sigproxy --map=TERM:QU| --map=TERM:QUIT
		END
	fi
}

@test "completion: every awk makes the same files" {
	setup_tree
	make -s defconfig
	for awk in "${awks[@]}"; do
		make -s completion AWK="$awk"
		mv build/completion "completion-${awk// /}"
		diff -r completion-mawk "completion-${awk// /}"
	done
}

@test "completion: follows the help, and has what the configuration has" {
	setup_tree
	sed -i "s|^//usage:  -w, --warn-reaped .*|//usage:  -y, --yell HOW          loud: one's (own), two ]or three|" \
		applets/reaper.c
	make -s reaper_defconfig
	make -s completion
	links=$BATS_TEST_TMPDIR/links
	mkdir "$links"
	cp build/completion/_initbox "$links"
	cp build/completion/initbox.bash "$links/initbox"
	cp build/completion/initbox.fish "$links/reaper.fish"
	cp build/completion/initbox.fish "$links"
	for shell in "${shells[@]}"; do
		offers $shell <<-'END'
			reaper --y| --yell
			reaper --w|
			initbox | reaper
		END
	done
	fails grep -r -e zombiecheck -e dumb-init build/completion
}
