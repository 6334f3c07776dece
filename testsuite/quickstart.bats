#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The two commands of the README for somebody new. scripts/quickstart.sh runs in
# copies of the tree, once as we are and, if that is root, once as a user, both
# at the same time; the tests look at what was printed.

TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
# What a make around us would hand down.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES O T V
NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups)

copy_tree() {
	mkdir "$1"
	tar -C "$TOP" --exclude=./.git --exclude=./build --exclude=./initbox \
		--exclude=./.config --exclude=./.config.old -cf - . |
		tar -C "$1" --no-same-owner -xf -
}

# quickstart NAME COMMAND...: output, errors and status in $work/NAME.*
quickstart() {
	local name=$1 status=0

	shift
	(cd "$work/$name" && "$@" sh scripts/quickstart.sh) \
		>"$work/$name.out" 2>"$work/$name.err" </dev/null 3>&- || status=$?
	echo "$status" >"$work/$name.status"
}

setup_file() {
	# Not below bats' own folder, which is closed to others.
	work=$(mktemp -d)
	export work
	chmod 755 "$work"
	copy_tree "$work/self"
	if [ "$(id -u)" = 0 ]; then
		copy_tree "$work/user"
		chown -R 65534:65534 "$work/user"
		# the cache of this run belongs to root
		quickstart user env CCACHE_DISABLE=1 "${NOBODY[@]}" &
	fi
	quickstart self env
	wait
}

teardown_file() {
	rm -rf "$work"
}

# shown_by NAME: its output in $output, or why it cannot be had here.
shown_by() {
	[ -f "$work/$1.status" ] || skip "to become another user needs root"
	if grep -q 'no PID namespace is to be had' "$work/$1.err"; then
		skip "the kernel or our rights do not allow a PID namespace"
	fi
	cat "$work/$1.out" "$work/$1.err"
	output=$(cat "$work/$1.out")
	[ "$(cat "$work/$1.status")" = 0 ]
}

# matches COUNT REGEX: so many lines of $output do.
matches() {
	local count

	count=$(grep -c -E -e "$2" <<<"$output") || :
	[ "$count" = "$1" ] || {
		echo "$count lines, not $1, match: $2"
		return 1
	}
}

# The facts that a reader is to take away.
tells_all() {
	matches 1 '^Built .*/initbox in [0-9.]+ s: [0-9]+ KB'
	# The tree: both sides run the programs; init's has PID 1.
	matches 1 '^   1 .*initbox init .*   1 (bash|sh) start-all.sh$'
	matches 1 'service.sh web .* service.sh web$'
	matches 1 'service.sh db .* service.sh db$'
	matches 1 '\(zombie\) x 3 .*\(zombie\) x 3$'
	# zombiecheck names who does not reap, and nobody else.
	matches 1 '3 zombies, 1 parent'
	matches 1 ' tail -f /dev/null +3  no-wait '
	# Told, and done when they have cleaned up.
	matches 1 '^ +[0-9.]+ s  web: told to stop$'
	matches 1 '^ +[0-9.]+ s  db: told to stop$'
	matches 1 '^ +[0-9.]+ s  web: cleaned up$'
	matches 1 '^ +[0-9.]+ s  db: cleaned up$'
	matches 1 '^ +[0-9.]+ s  ended, exit status 0$'
	# The shell's side: nobody cleaned up, killed in the end.
	matches 1 '^ +[0-9.]+ s {20,}SIGKILL to PID 1$'
	matches 1 '^ +[0-9.]+ s {20,}ended, exit status 137$'
	matches 2 'cleaned up$'
	matches 1 '^ +told +web, db, entrypoint, leak +nobody$'
	# 1.5 s of a leak every 0.1 s, where the machine is not too busy, and what the entrypoint left behind.
	matches 1 '^ +reaped +[1-9][0-9]* orphans +(bash|sh) keeps no count$'
}

@test "quickstart: tells how init and a shell stop the same programs" {
	shown_by self
	tells_all
}

@test "quickstart: tells the same to a user without rights" {
	shown_by user
	tells_all
}

@test "quickstart: is read at a glance: 40 lines of 80 columns, no colours" {
	shown_by self
	[ "$(wc -l <"$work/self.out")" -le 40 ]
	[ "$(awk 'length($0) > 80' "$work/self.out")" = "" ]
	matches 0 $'\033'
}

# colour_parts: what of the script is about colours, with notes of its own: the
# rest takes 10 s, and has been run above.
colour_parts() {
	cat <<-'END'
		set -eu
		work=$1
		mkdir "$work/init" "$work/shell"
		printf '%s\n' '0.00 SIGTERM to PID 1' '2.00 ended, exit status 0' >"$work/init/runtime"
		printf '%s\n' '0.00 told' '1.00 cleaned up' >"$work/init/web"
		cp "$work/init/web" "$work/init/db"
		printf '%s\n' '0.00 SIGTERM to PID 1' '10.00 SIGKILL to PID 1' \
			'10.10 ended, exit status 137' >"$work/shell/runtime"
		: >"$work/shell/web" >"$work/shell/db"
	END
	sed -n -e "/^bold=''/,/^fi/p" -e '/^timeline_of() {/,/^}/p' \
		-e '/^timeline() {/,/^}/p' "$TOP/scripts/quickstart.sh"
	cat <<-'END'
		printf '%s%s%s\n' "$bold" heading "$plain"
		timeline
	END
}

@test "quickstart: colours on a terminal, none with NO_COLOR or TERM=dumb" {
	local folder=$BATS_TEST_TMPDIR name

	colour_parts >"$folder/script"
	while read -r name settings; do
		mkdir "$folder/$name"
		# shellcheck disable=SC2086 # words
		run python3 "$TOP/testsuite/applets/helpers/on_pty.py" none '' \
			"$folder/$name.term" env -u NO_COLOR $settings \
			sh "$folder/script" "$folder/$name" </dev/null 3>&-
		echo "$name: $output"
		[[ $output == *" 0" ]]
		output=$(tr -d '\r' <"$folder/$name.term")
		cat -v <<<"$output"
		matches 1 'SIGKILL to PID 1'
		case $name in
		colours | empty)
			matches 1 $'^\e\\[1mheading\e\\[m$'
			matches 2 $'^ +[0-9.]+ s  \e\\[32m(web|db): cleaned up *\e\\[m$'
			matches 1 $'\e\\[32mended, exit status 0 *\e\\[m$'
			matches 2 $'\e\\[31m(SIGKILL|ended, exit status 137).*\e\\[m$'
			matches 6 $'\e'
			;;
		*) matches 0 $'\e' ;;
		esac
	done <<-'END'
		colours TERM=xterm
		empty TERM=xterm NO_COLOR=
		no_color TERM=xterm NO_COLOR=1
		dumb TERM=dumb
		no_term -u TERM
	END
	# piped, to the same terminal or not
	mkdir "$folder/piped"
	output=$(TERM=xterm sh "$folder/script" "$folder/piped")
	matches 1 'SIGKILL to PID 1'
	matches 0 $'\e'
}

@test "colours: nobody prints them but who is tried on a terminal" {
	cd "$TOP" || return
	# zombiecheck: testsuite/applets/zombiecheck-outputs.bats
	run grep -rlE '\\(033|x1[bB]|e)\[|printf .\\033|\btput\b' applets libbb-lite \
		scripts testsuite/run.sh testsuite/report.awk testsuite/peers/peers.sh
	[ "$(sort <<<"$output")" = "applets/zombiecheck/human.c
applets/zombiecheck/watch.c
scripts/quickstart.sh" ]
}

@test "quickstart: leaves no process and no file behind" {
	shown_by self
	local pid

	for pid in /proc/[0-9]*; do
		case $(readlink "$pid/cwd" 2>/dev/null) in
		"$work"/*) echo "left: $(tr '\0' ' ' <"$pid/cmdline")"; return 1 ;;
		esac
	done
	mkdir -p "$BATS_TEST_TMPDIR/tmp"
	TMPDIR=$BATS_TEST_TMPDIR/tmp run sh "$TOP/scripts/quickstart.sh" --nonsense
	[ "$status" = 1 ]
	[ "$(ls "$BATS_TEST_TMPDIR/tmp")" = "" ]
}

@test "quickstart: stopped in the middle, ends all that it started" {
	shown_by self
	local tmp=$BATS_TEST_TMPDIR/tmp pid end=$((SECONDS + 60))

	mkdir "$tmp"
	(cd "$work/self" && TMPDIR=$tmp exec sh scripts/quickstart.sh) \
		>"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- &
	pid=$!
	until grep -q '^docker stop' "$BATS_TEST_TMPDIR/out"; do
		[ "$SECONDS" -lt "$end" ]
		sleep 0.05
	done
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" = 1 ]
	until [ "$(grep -l -s -z "^EVENTS=$tmp" /proc/[0-9]*/environ)" = "" ]; do
		[ "$SECONDS" -lt "$end" ]
		sleep 0.05
	done
	[ "$(ls "$tmp")" = "" ]
}

# tools NAME...: a PATH of the basic tools and of those named, no compiler.
tools() {
	local tool

	bin=$work/bin.$BATS_TEST_NUMBER
	mkdir "$bin"
	for tool in sh awk cat chmod dirname env find fold grep id mktemp rm sed \
		sort tail tr true wc "$@"; do
		ln -s "$(type -P "$tool")" "$bin/$tool"
	done
}

# fake NAME: a command that notes how it was called, and does what stdin says.
fake() {
	{
		# shellcheck disable=SC2016 # for the script
		printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$1" "$work/calls"
		cat
	} >"$bin/$1"
	chmod 755 "$bin/$1"
}

# as_user COMMAND...: with that PATH and not as root, in a copy of the tree.
as_user() {
	local become=(env)

	: >"$work/calls"
	chmod 666 "$work/calls"
	if [ "$(id -u)" = 0 ]; then
		become=("$(command -v setpriv)" "${NOBODY[@]:1}" "$bin/env")
	fi
	cd "$work/self" || return
	run "${become[@]}" PATH="$bin" "$@" </dev/null
}

@test "quickstart: names what is missing to a user who cannot install it" {
	tools unshare
	fake apt-get </dev/null
	as_user sh scripts/quickstart.sh
	echo "$output"
	[ "$status" = 1 ]
	matches 1 '^missing and needed: gcc make '
	matches 1 '^as root, run:  (apt-get update && )?apt-get install .* gcc make '
	[ "$(cat "$work/calls")" = "" ]
}

@test "quickstart: names Alpine's packages on Alpine" {
	tools unshare
	fake apk </dev/null
	as_user sh scripts/quickstart.sh
	echo "$output"
	[ "$status" = 1 ]
	matches 1 '^as root, run:  apk add gcc make'
	matches 0 'musl-tools'
}

@test "quickstart: installs by a sudo that does not ask" {
	tools unshare
	fake apk <<<":"
	fake sudo <<<'shift; exec "$@"'
	as_user sh scripts/packages.sh build
	echo "$output"
	[ "$status" = 1 ]
	matches 1 '^installing with apk: gcc make'
	grep -q '^apk add --no-cache gcc make' "$work/calls"
	# The fake has not installed anything, and that is said, too.
	matches 1 '^not installed: gcc make'
}

@test "packages: says nothing when nothing is missing" {
	tools make cc unshare
	fake musl-gcc </dev/null
	as_user sh scripts/packages.sh build demo
	[ "$status" = 0 ]
	[ "$output" = "" ]
}

@test "check: without bats it says so in the end and fails" {
	tools make cc unshare
	fake musl-gcc </dev/null
	fake apt-get </dev/null
	as_user sh scripts/check.sh
	echo "$output"
	[ "$status" = 1 ]
	matches 1 '^missing and needed: .*bats'
	matches 1 '^as root, run: .* bats '
	[ "${lines[-1]}" = "0 passed, 0 failed, 0 skipped" ]
}

# A make that makes what stdin says, in a tree of what the script reads of it.
quickstart_with_make() {
	tools unshare cc
	fake musl-gcc </dev/null
	fake make
	rm -rf "$work/small"
	mkdir -p "$work/small/examples"
	cp -r "$TOP/scripts" "$work/small"
	cp -r "$TOP/examples/quickstart" "$work/small/examples"
	chmod 777 "$work/small"
	as_user sh ../small/scripts/quickstart.sh
	echo "$output"
	[ "$status" = 1 ]
}

@test "quickstart: says what to do with a configuration without init" {
	quickstart_with_make <<-'END'
		printf '#!/bin/sh\necho "initbox: $1: applet not found" >&2\nexit 127\n' >initbox
		chmod 755 initbox
	END
	matches 1 '^quickstart: ./initbox has no init: .*applet not found'
	matches 1 'Run "make defconfig"'
}

@test "quickstart: says what to do when make fails, below what make said" {
	quickstart_with_make <<<'echo "sh: cannot redirect" >&2; exit 2'
	matches 1 '^sh: cannot redirect'
	matches 1 '^quickstart: make failed, .*run this again'
}
