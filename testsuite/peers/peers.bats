#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The table of "make peers": ours passes every case, and every peer fails some.
# A test that nobody fails could be one that sees nothing.

load ../helper

setup_file() {
	export NOT_HERE=
	TABLE=$BATS_FILE_TMPDIR/peers.md
	export TABLE
	(ns_command) || NOT_HERE=yes
	# who hangs does it for good
	[ -n "$NOT_HERE" ] ||
		CASE_LIMIT=6 bash "$BATS_TEST_DIRNAME/peers.sh" "$BATS_FILE_TMPDIR" \
			</dev/null >/dev/null 3>&-
}

setup() {
	[ -z "$NOT_HERE" ] ||
		skip "the kernel or our rights do not allow a PID namespace"
}

# column TITLE: "CELL<tab>CASE" of each row.
column() {
	awk -F ' *[|] *' -v title="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == title) at = i }
		NR > 2 && NF > 2 { print $at "\t" $2 }' "$TABLE"
}

# fails TITLE N: the peer does not pass at least N cases. Some of its faults are
# races and not counted in N.
fails() {
	local failed

	[ "$(column "$1" | grep -vc '^-')" -gt 0 ] || {
		echo "$1 is not installed"
		return 1
	}
	failed=$(column "$1" | grep -cE '^(no|hangs)')
	echo "$1 fails $failed cases, expected at least $2"
	column "$1"
	[ "$failed" -ge "$2" ]
	column "$1" | grep -q '^yes' # and is no peer that does not even start
}

@test "peers: reaper passes every case" {
	[ "$(column reaper | wc -l)" -ge 20 ]
	# without root there is no other user to run a command as
	[ "$(id -u)" = 0 ] && allowed=yes || allowed='yes|-	A command that it may not'
	run grep -vE "^($allowed)" <(column reaper)
	echo "$output"
	[ -z "$output" ]
}

@test "peers: reaper's alias tini has none of the original's faults at start-up" {
	for text in pending "signals go to" SIGCHLD stdin PTRACE /proc mask wakeup; do
		run grep "$text" <(column "tini (ours)")
		echo "$output"
		[[ $output == yes* ]]
	done
}

@test "peers: tini fails where the tests should see it" {
	fails tini 12
}

@test "peers: dumb-init fails where the tests should see it" {
	fails dumb-init 10
}

@test "peers: catatonit fails where the tests should see it" {
	fails catatonit 12
}

# in_row FILE TITLE CASE: the cell of that column in the table that has the case
in_row() {
	awk -F ' *[|] *' -v title="$2" -v row="$3" '
		!/^[|]/ { within = 0 }
		/^[|]/ && !within {
			within = 1
			at = 0
			for (i = 1; i <= NF; i++) if ($i == title) at = i
		}
		at && $2 == row { print $at }' "$1"
}

# passes PEER CASE: by itself, with all the time that a busy machine may need
passes() {
	local case

	case=$(sed -n '/^cases() {/,/^END/p' "$BATS_TEST_DIRNAME/peers.sh" |
		awk -v says="$2" '{ name = $1; sub(/^[^ ]+ +/, "") }
			$0 == says { print name }')
	CASE_LIMIT=60 bash "$BATS_TEST_DIRNAME/peers.sh" --cell "$1" "$case" \
		</dev/null 3>&- | sed 1q | grep -x yes
}

@test "peers: README has what is seen here, and performance.md all the cases" {
	local rows=0 says peer title cell seen

	while read -r says; do
		[ -n "$(in_row "$TOP/README.md" initbox "$says")" ] || continue
		rows=$((rows + 1))
		for peer in reaper tini dumb-init catatonit; do
			title=${peer/reaper/initbox}
			cell=$(in_row "$TOP/README.md" "$title" "$says")
			seen=$(in_row "$TABLE" "$peer" "$says")
			echo "$says: $peer: README $cell, here $seen"
			[ "$cell" != "–" ]
			[ "${seen/hangs/no}" != "$cell" ] || continue
			[ "$cell" = yes ]
			passes "$peer" "$says"
		done
	done < <(column case | cut -f 2)
	[ "$rows" -ge 5 ]
	diff <(column case) <(
		sed '/^<!-- peers: begin/,/^<!-- peers: end/!d' \
			"$TOP/docs/performance.md" >"$BATS_TEST_TMPDIR/said"
		TABLE=$BATS_TEST_TMPDIR/said
		sed -i '/^[|]/!d' "$TABLE"
		column case
	)
}
