#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# make bench works and what it writes is well-formed. How fast anything is stays
# out of here: the whole bench runs by hand, and no time fails a test.

load ../helper

setup_file() {
	export OUT=$BATS_FILE_TMPDIR/out
	export NOT_HERE=
	(ns_command) || NOT_HERE=yes
	[ -n "$NOT_HERE" ] ||
		bench "$OUT" </dev/null >"$BATS_FILE_TMPDIR/said" 2>&1 3>&-
}

setup() {
	[ -z "$NOT_HERE" ] ||
		skip "the kernel or our rights do not allow a PID namespace"
}

# bench OUTPUT_DIR [PARTS]: a few of everything
bench() {
	(cd "$TOP" && BENCH_QUICK=1 INITBOX=$INITBOX bash scripts/bench.sh "$@")
}

# keys TSV: what was measured
keys() {
	cut -f 2 "$1" | sed 1d | sort -u
}

@test "bench: each part measures ours and the floor, and the table is whole" {
	cat "$BATS_FILE_TMPDIR/said"
	python3 - "$OUT/bench.tsv" <<-'END'
		import csv, sys
		with open(sys.argv[1]) as f:
		    rows = list(csv.DictReader(f, delimiter="\t", strict=True))
		have = set()
		for row in rows:
		    assert len(row) == 10 and None not in row.values(), row
		    low, mid, high = (float(row[k])
		                      for k in ("lower", "median", "upper"))
		    assert low <= mid <= high, row
		    assert int(row["samples"]) > 0, row
		    assert row["ratio"] == "-" or float(row["ratio"]) >= 0, row
		    have.add((row["key"], row["program"]))
		for key in ("size size-all memory calls calls-all instructions start wakeups signal"
		            " reap zombies finished stop").split():
		    for who in "floor", "reaper", "sigproxy":
		        assert (key, who) in have, (key, who)
		for key in "entries-start", "entries-stop", "entries-finished":
		    for who in "floor", "init":
		        assert (key, who) in have, (key, who)
		assert ("scan", "zombiecheck") in have
		assert ("services-stop", "init") in have
		assert len(have) == len(rows), "a row twice"
	END
}

@test "bench: peers that are installed are in it" {
	for name in tini tini-static dumb-init catatonit s6-svscan runsvdir; do
		type -P "$name" >/dev/null || continue
		cut -f 2,5 "$OUT/bench.tsv" | grep -qx "start	$name" || {
			echo "$name is missing"
			return 1
		}
	done
}

# count CALLS: the calls until the exec of the command below a parent that makes
# so many more once its vfork has returned
count() {
	./bench calls "$PWD" "$PWD/load stamp $PWD" 60 "$PWD/parent $1 --"
}

@test "bench: what an init does behind its command's exec is not counted" {
	cd "$BATS_TEST_TMPDIR"
	cat >parent.c <<-'END'
		#define _GNU_SOURCE
		#include <stdlib.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			int calls = atoi(argv[1]);
			(void)argc;
			if (vfork() == 0) {
				execv(argv[3], argv + 3);
				_exit(127);
			}
			while (calls-- > 0)
				getppid();
			for (;;)
				pause();
		}
	END
	cc -O1 -static -o parent parent.c
	cc -Os -static -o load "$TOP/testsuite/bench/load.c"
	cc -O1 -o bench "$TOP"/testsuite/bench/{bench,run,trace}.c
	mkfifo up down
	first=$(count 0)
	[[ $first =~ ^[0-9]+" "[0-9]+$ ]]
	for _ in 1 2 3 4 5; do
		[ "$(count 9)" = "$first" ]
	done
}

@test "bench: all who wait for a stop have finished with it" {
	finished() {
		awk -F '\t' -v key="$1" -v who="$2" '$2 == key && $5 == who { print $6 }' \
			"$OUT/bench.tsv"
	}
	[ "$(finished finished floor)" -eq 20 ]
	[ "$(finished finished reaper)" -eq 20 ]
	[ "$(finished entries-finished floor)" -eq 10 ]
	[ "$(finished entries-finished init)" -eq 10 ]
}

@test "bench: the Markdown has tables of equal rows, and a list of goals" {
	awk -F '|' '
		!/^[|]/ { width = 0; next }
		!width { width = NF; tables++ }
		NF != width { print FILENAME ": " $0; bad = 1 }
		END { exit bad || tables < 4 }' "$OUT/bench.md"
	grep -q '^| goal | limit | measured | met |$' "$OUT/bench.md"
	[ "$(grep -cE '[|] (yes|no) [|]$' "$OUT/bench.md")" -ge 15 ]
}

@test "bench: the picture is XML with bars, texts and both modes" {
	python3 - "$OUT/bench.svg" <<-'END'
		import sys, xml.dom.minidom
		svg = xml.dom.minidom.parse(sys.argv[1]).documentElement
		assert svg.tagName == "svg"
		bars = svg.getElementsByTagName("rect")
		assert len(bars) >= 10, len(bars)
		for bar in bars:
		    right = sum(int(bar.getAttribute(k)) for k in ("x", "width"))
		    assert right <= int(svg.getAttribute("width"))
		texts = [t.firstChild.data for t in svg.getElementsByTagName("text")]
		assert "reaper" in texts and "floor" in texts, texts
		style = svg.getElementsByTagName("style")[0].firstChild.data
		assert "prefers-color-scheme: dark" in style
	END
}

@test "bench: make bench B= measures these parts only" {
	run make -C "$TOP" -n bench B=size,wakeups
	[[ $output == *"bash scripts/bench.sh ./build size,wakeups"* ]]
	bench "$BATS_TEST_TMPDIR" size,wakeups
	[ "$(keys "$BATS_TEST_TMPDIR/bench.tsv" | tr '\n' ' ')" = \
		"size size-all wakeups " ]
}

@test "bench: a part that does not exist is refused, with a list" {
	run bench "$BATS_TEST_TMPDIR" start,speed
	[ "$status" -eq 1 ]
	[[ $output == "bench: speed: no such part; there are: size calls "* ]]
}

@test "bench-docs: replaces the tables and the picture, and nothing else" {
	cd "$BATS_TEST_TMPDIR"
	mkdir docs
	cp "$TOP/docs/performance.md" before.md
	cp before.md docs/performance.md
	cp "$TOP/README.md" .
	sh "$TOP/scripts/bench-docs.sh" "$OUT"
	cmp "$OUT/bench.svg" docs/bench.svg
	outside() {
		sed '/^<!-- bench: begin/,/^<!-- bench: end/d' "$1"
	}
	cmp <(outside before.md) <(outside docs/performance.md)
	cmp <(outside "$TOP/README.md") <(outside README.md)
	# the cases are still those of before, the figures new
	grep -q '^| Stop of 20 .* | 20, [0-9]* ms |' README.md
	[ "$(grep -c '^| TERM is forwarded .* | yes | yes |' README.md)" -eq 1 ]
	[ "$(grep -c '^| goal ' docs/performance.md)" -eq 1 ]
	cp docs/performance.md first.md
	cp README.md first-readme.md
	sh "$TOP/scripts/bench-docs.sh" "$OUT"
	cmp first.md docs/performance.md
	cmp first-readme.md README.md
}

@test "bench-docs: refuses a bench of some parts" {
	cd "$BATS_TEST_TMPDIR"
	mkdir docs
	cp "$TOP/docs/performance.md" docs
	head -n 5 "$OUT/bench.tsv" >bench.tsv
	run sh "$TOP/scripts/bench-docs.sh" .
	[ "$status" -eq 1 ]
	[[ $output == "bench-docs: ./bench.tsv: has no "*"; run make bench" ]]
	cmp "$TOP/docs/performance.md" docs/performance.md
	[ ! -e docs/bench.svg ]
}
