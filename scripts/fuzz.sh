#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzz what reads input from outside (testsuite/fuzz).
#
# usage: sh scripts/fuzz.sh COMMAND [TARGET...]     (from the top of the tree)
#
#   run      each target by libFuzzer for MINUTES (2), two side by side
#   afl      the same by AFL++
#   short    RUNS executions of each from its corpus, with a fixed seed
#   replay   the whole corpus by gcc's sanitizers, without a fuzzer
#   memory   the corpus and what runs have found by clang's MemorySanitizer
#   merge    add to the corpus what the runs have found interesting
#   list     the targets
#
# What crashed or hung is kept in build/fuzz/findings; a line for each target
# and a last one say how much was tried.  Status 1: something was found.
set -eu
export LC_ALL=C
# No setting of the user's, and none of a make around us.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES AFL_USE_ASAN ASAN_OPTIONS

out=${OUT:-build/fuzz}
findings=$out/findings
minutes=${MINUTES:-2}
runs=${RUNS:-10000}
jobs=${JOBS:-2}
opt=${OPT:--O1} # with -O0 it is built in half the time
kept=${KEPT:-11} # files that merge adds for each

fuzz_make() {
	make -s -j"$jobs" -f scripts/fuzz.mk OUT="$out" OPT="$opt" "$@"
}

build() {
	make -s O="$out" sync >/dev/null
	fuzz_make KIND="$1" TARGETS="$targets"
}

# libfuzzer TARGET OPTION...: one run; leaves TARGET.log
libfuzzer() {
	target=$1
	shift
	mkdir -p "$out/new/$target" "$findings"
	"$out/libfuzzer/fuzz-$target" -print_final_stats=1 -timeout=10 \
		-rss_limit_mb=2048 -artifact_prefix="$findings/$target-" "$@" \
		>"$out/$target.log" 2>&1 || :
}

# What a run came to: "TARGET: N executions, M/s, K findings".
report() {
	awk -v target="$1" -v kept="$(find "$findings" -name "$1-*" | wc -l)" '
		$1 == "stat::number_of_executed_units:" { n = $2 }
		$1 == "stat::average_exec_per_sec:" { rate = $2 }
		$1 == "execs_done" { n += $3 }
		$1 == "execs_per_sec" { rate = $3 + 0 }
		{ line[NR] = $0 }
		END {
			printf "%s: %d executions, %d/s, %d findings\n", \
				target, n, rate, kept
			if (!kept && n) exit
			for (i = 1; i <= NR; i++)
				if (line[i] ~ /FINDING|ERROR|runtime error|SUMMARY|:\/\//)
					print "  " line[i]
		}' "$2"
}

total() {
	awk '
		/ executions, / { n += $2; kept += $5; targets++; if (!$2) none++ }
		{ print }
		END {
			printf "%d targets: %d executions, %d findings\n", \
				targets, n, kept
			exit kept > 0 || none > 0 || !targets
		}'
}

one() {
	case $1 in
	run)
		libfuzzer "$2" -max_total_time=$((minutes * 60)) \
			"$out/new/$2" "testsuite/fuzz/corpus/$2"
		;;
	short)
		rm -rf "$out/new/$2"
		libfuzzer "$2" -runs="$runs" -seed=1 "$out/new/$2" \
			"testsuite/fuzz/corpus/$2"
		;;
	afl)
		rm -rf "$out/afl-$2"
		mkdir -p "$findings"
		AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
			AFL_NO_UI=1 AFL_NO_AFFINITY=1 afl-fuzz -m none \
			-V $((minutes * 60)) -i "testsuite/fuzz/corpus/$2" \
			-o "$out/afl-$2" -- "$out/afl/fuzz-$2" \
			>"$out/$2.afl.log" 2>&1 </dev/null || :
		for file in "$out/afl-$2"/default/crashes/id* \
			"$out/afl-$2"/default/hangs/id*; do
			[ ! -f "$file" ] || cp "$file" "$findings/$2-${file##*/}"
		done
		cp "$out/afl-$2/default/fuzzer_stats" "$out/$2.log"
		;;
	esac
	report "$2" "$out/$2.log"
}

# Of the corpus and what was found: the fewest files that reach as much.
merge() {
	for target in $targets; do
		[ -d "$out/new/$target" ] || continue
		rm -rf "$out/merged"
		mkdir -p "$out/merged"
		"$out/libfuzzer/fuzz-$target" -set_cover_merge=1 -max_len=3000 \
			"$out/merged" "testsuite/fuzz/corpus/$target" \
			"$out/new/$target" >"$out/$target.log" 2>&1
		# what a hand wrote stays, and of the rest the short ones
		find "$out/merged" -type f -size -2 | sort | head -n "$kept" |
			xargs -r cp -t "testsuite/fuzz/corpus/$target"
		echo "$target: $(find "testsuite/fuzz/corpus/$target" -type f | wc -l) files"
	done
}

# replay KIND FOLDER...: every file that a target has in the folders
replay() {
	kind=$1
	shift
	status=0
	for target in $targets; do
		for folder; do
			[ ! -d "$folder/$target" ] || echo "$folder/$target"
		done | xargs -I {} find {} -type f | sort |
			xargs "$out/$kind/fuzz-$target" || {
			echo "fuzz-$target: see above"
			status=1
		}
	done
	return "$status"
}

command=${1:-run}
[ $# -eq 0 ] || shift
if [ "$command" = --one ]; then
	one "$@"
	exit
fi
targets=${*:-$(fuzz_make list)}
case $command in
list)
	echo "$targets"
	;;
run | short | afl)
	rm -rf "$findings"
	if [ "$command" = afl ]; then build afl; else build libfuzzer; fi
	export OUT="$out" MINUTES="$minutes" RUNS="$runs"
	for target in $targets; do echo "$target"; done |
		xargs -P "$jobs" -n 1 sh scripts/fuzz.sh --one "$command" | total
	;;
merge)
	merge
	;;
replay)
	build replay
	replay replay testsuite/fuzz/corpus
	;;
memory)
	build memory
	replay memory testsuite/fuzz/corpus "$out/new"
	;;
*)
	echo "usage: sh scripts/fuzz.sh run|afl|short|replay|memory|merge|list [TARGET...]" >&2
	exit 1
	;;
esac
