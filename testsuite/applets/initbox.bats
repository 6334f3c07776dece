#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The door of the multicall binary (initbox(8)).

load ../helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

named() {
	ln -sf "$INITBOX" "$1"
}

@test "initbox: alone and with --help it lists the applets with summaries" {
	run "$INITBOX"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == "initbox "[0-9]* ]]
	[[ $output == *"  reaper "* ]]
	alone=$output
	run "$INITBOX" --help
	[ "$status" -eq 0 ]
	[ "$output" = "$alone" ]
}

# zombiecheck's thirty options do not go into 24 lines.
@test "initbox: what it and each applet print as help fits a screen of 24 lines of 80" {
	for name in '' $("$INITBOX" --list); do
		limit=24
		[ "$name" != zombiecheck ] || limit=38
		"$INITBOX" ${name:+"$name"} --help 2>&1 | awk -v limit=$limit \
			-v name="$name" 'length($0) > 80 || NR > limit {
				print name ": line " NR ": " $0; bad = 1 }
			END { exit bad }'
	done
}

@test "initbox: --list prints names, --list-full their install paths" {
	run "$INITBOX" --list
	[ "$status" -eq 0 ]
	[[ $'\n'$output$'\n' == *$'\nreaper\n'* ]]
	full=$(printf '%s\n' "$output" | sed 's|^|sbin/|')
	run "$INITBOX" --list-full
	[ "$status" -eq 0 ]
	[ "$output" = "$full" ]
}

@test "initbox: every applet of the list answers --help and --version" {
	for name in $("$INITBOX" --list); do
		run "$INITBOX" "$name" --help
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == "Usage: $name"* ]]
		run "$INITBOX" "$name" --version
		[ "$status" -eq 0 ]
		[[ $output == *initbox* ]]
	done
}

@test "initbox: --version names the applet and the version on stdout" {
	for name in init reaper sigproxy zombiecheck; do
		run "$INITBOX" "$name" -V
		[ "$status" -eq 0 ]
		[[ $output =~ ^$name\ \(initbox\ [0-9]+\.[0-9]+\.[0-9]+\)$ ]]
	done
}

@test "initbox: acts by the basename of argv[0], a login dash removed" {
	named reaper
	run ./reaper sh -c 'exit 7'
	[ "$status" -eq 7 ]
	run bash -c 'exec -a -reaper ./reaper sh -c "exit 8"'
	[ "$status" -eq 8 ]
}

@test "initbox: a name that begins with initbox is the door, too" {
	named initbox-1.2
	run ./initbox-1.2 reaper true
	[ "$status" -eq 0 ]
}

@test "initbox: a name it does not know ends with 127 and one line" {
	named foo
	run ./foo
	[ "$status" -eq 127 ]
	[ "$output" = "initbox: foo: applet not found" ]
	run "$INITBOX" bar baz
	[ "$status" -eq 127 ]
	[ "$output" = "initbox: bar: applet not found" ]
}

@test "initbox: an empty argument list does not crash it" {
	command -v python3 >/dev/null
	run python3 -c '
import ctypes, os, sys
libc = ctypes.CDLL(None)
argv = (ctypes.c_char_p * 1)(None)
libc.execv(sys.argv[1].encode(), argv)' "$INITBOX"
	[ "$status" -lt 128 ]
}

@test "initbox: --install makes hard links under DIR that work" {
	mkdir root
	run "$INITBOX" --install root
	if [ "$status" -ne 0 ]; then # /tmp may be another file system
		cp "$INITBOX" here
		mv here initbox
		run ./initbox --install root
	fi
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for name in $("$INITBOX" --list); do
		[ -f "root/sbin/$name" ] && [ ! -L "root/sbin/$name" ]
	done
	run root/sbin/reaper sh -c 'exit 3'
	[ "$status" -eq 3 ]
}

@test "initbox: --install makes folders that others may enter, whatever the umask" {
	cp "$INITBOX" here # /tmp may be another file system
	mkdir root
	(umask 077 && mv here initbox && ./initbox --install root)
	[ "$(stat -c %a root/sbin)" = 755 ]
}

@test "initbox: --install -s makes links that also work inside of the root" {
	mkdir -p root/bin
	cp "$INITBOX" root/bin/initbox
	run root/bin/initbox --install -s root
	[ "$status" -eq 0 ]
	[ "$(readlink root/sbin/reaper)" = ../bin/initbox ]
	run root/sbin/reaper sh -c 'exit 3'
	[ "$status" -eq 3 ]
	# a second time changes nothing and says nothing
	run root/bin/initbox --install -s root
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "initbox: --install -s makes links that work where sbin is a link to usr/sbin" {
	# as in Debian's images
	mkdir -p root/usr/sbin
	ln -s usr/sbin root/sbin
	cp "$INITBOX" root/sbin/initbox
	run root/sbin/initbox --install -s root
	[ "$status" -eq 0 ]
	[ -L root/sbin ]
	[ "$(readlink root/usr/sbin/reaper)" = ../../usr/sbin/initbox ]
	run root/sbin/reaper sh -c 'exit 3'
	[ "$status" -eq 3 ]
}

@test "initbox: --install leaves a file that is not ours alone, --force replaces it" {
	mkdir -p root/sbin
	echo mine >root/sbin/init
	cp "$INITBOX" initbox
	run ./initbox --install root
	[ "$status" -eq 1 ]
	[ "$output" = "initbox: sbin/init: is there and is not ours; --force replaces it" ]
	[ "$(cat root/sbin/init)" = mine ]
	[ -e root/sbin/reaper ]
	run ./initbox --install --force root
	[ "$status" -eq 0 ]
	cmp root/sbin/init initbox
}

@test "initbox: --install reports each failure, status 1, no half-made files" {
	run "$INITBOX" --install ./nosuch
	[ "$status" -eq 1 ]
	[ "$output" = "initbox: ./nosuch: No such file or directory" ]
	mkdir -p root/sbin/reaper root/sbin/init
	cp "$INITBOX" initbox
	run ./initbox --install --force root
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	run sh -c 'ls -A root/sbin | grep "\.initbox"'
	[ -z "$output" ]
}

# on_tmpfs OPTIONS SCRIPT: in a namespace where ./other is a file system of its
# own; the script's $1 is the binary
on_tmpfs() {
	ns_command
	mkdir -p other
	run "${NS[@]}" sh -ec "mount -t tmpfs -o $1 tmpfs other; $2" sh "$INITBOX"
	echo "$output"
}

@test "initbox: --install onto another file system copies once and links to that" {
	on_tmpfs mode=755 'umask 077
		mkdir other/sbin
		echo half >other/sbin/.catatonit.initbox # of an interrupted run
		"$1" --install other
		for name in $("$1" --list); do
			cmp "$1" other/sbin/$name
			stat -c "%i %a" other/sbin/$name
		done | sort -u
		ls -A other/sbin | grep initbox || :
		other/sbin/reaper sh -c "exit 3" || echo $?'
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == *" 755" ]]
	[ "${lines[1]}" = 3 ]
	# as a container that starts again does it
	on_tmpfs mode=755 '"$1" --install other
		inode=$(stat -c %i other/sbin/init)
		"$1" --install --force other
		[ "$(stat -c %i other/sbin/init)" != "$inode" ]
		stat -c %i other/sbin/* | sort -u'
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "initbox: --install leaves nothing of a copy that does not fit" {
	on_tmpfs mode=755,size=64k '"$1" --install other || echo $?; ls -A other/sbin'
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq $(("$("$INITBOX" --list | wc -l)" + 1)) ]
	[[ ${lines[0]} == "initbox: sbin/"*": No space left on device" ]]
	[ "${lines[-1]}" = 1 ]
}

@test "initbox: bad door options end with 125 and point to --help" {
	for words in --nope -s --force '--list reaper' '--install a b'; do
		# shellcheck disable=SC2086
		run "$INITBOX" $words
		[ "$status" -eq 125 ]
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[1]} == *--help* ]]
	done
}

@test "initbox: --config prints the configuration it was built from" {
	run "$INITBOX" --config
	[ "$status" -eq 0 ]
	[[ $output == *CONFIG_REAPER=y* ]]
}

@test "initbox: a full stdout is an error, not silence" {
	run sh -c '"$1" --list >/dev/full' sh "$INITBOX"
	[ "$status" -ne 0 ]
	[[ $output == *"No space left"* ]]
}
