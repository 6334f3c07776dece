#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hostile input, quickly: the corpus and a fixed number of executions
# under AddressSanitizer and UBSan. The long part: make fuzz.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup_file() {
	export OUT=$BATS_FILE_TMPDIR/fuzz OPT=-O0
	. "$TOP/testsuite/ccache.sh"
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE O V T CFLAGS CPPFLAGS \
		LDFLAGS CC AWK
	cd "$TOP" || return
	RUNS=1000 sh scripts/fuzz.sh short >"$BATS_FILE_TMPDIR/short" 2>&1 ||
		echo "status $?" >>"$BATS_FILE_TMPDIR/short"
}

setup() {
	cd "$TOP" || return
}

@test "fuzz: nothing is found in 1,000 executions of each target" {
	cat "$BATS_FILE_TMPDIR/short"
	for target in $(sh scripts/fuzz.sh list); do
		grep -qE "^$target: [0-9]{4,} executions, [0-9]+/s, 0 findings" \
			"$BATS_FILE_TMPDIR/short"
	done
	tail -n 1 "$BATS_FILE_TMPDIR/short" | grep -q ' 0 findings$'
}

@test "fuzz: every file of the corpus is replayed, and belongs to a target" {
	for folder in testsuite/fuzz/corpus/*; do
		target=${folder##*/}
		run "$OUT/libfuzzer/fuzz-$target" "$folder"/*
		echo "$output" | tail -n 20
		[ "$status" -eq 0 ]
	done
	[ "$(ls testsuite/fuzz/corpus)" = "$(sh scripts/fuzz.sh list | sort)" ]
	[ "$(find testsuite/fuzz/corpus -type f | wc -l)" -le 200 ]
}

@test "fuzz: an input is replayed without a fuzzer, by gcc's sanitizers" {
	sh scripts/fuzz.sh replay words
	run "$OUT/replay/fuzz-words" nosuch
	[ "$status" -eq 1 ]
	[[ $output == *"nosuch"* ]]
	printf 'TERM:QUIT\n' | "$OUT/replay/fuzz-words"
}

@test "fuzz: no byte is read that nobody wrote" {
	# The corpus, and what the thousand executions have found.
	[ "$(find "$OUT/new" -type f | wc -l)" -gt 50 ]
	sh scripts/fuzz.sh memory
}

@test "fuzz: the Kconfig reader ends with a .config or says where the menu is wrong" {
	FINDINGS=$BATS_TEST_TMPDIR sh testsuite/fuzz/kconfig.sh 1 60
}
