#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# testsuite/run.sh must not call a run good that is not: it runs here on a tree
# of its own, with files that end in every way there is.

TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)

setup() {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/testsuite/sub"
	cp "$TOP/testsuite/run.sh" "$TOP/testsuite/report.awk" "$TOP/testsuite/ccache.sh" \
		"$tree/testsuite"
	printf 'all:\n\t@echo made >initbox\n' >"$tree/Makefile"
	file sub/good <<'END'
TEST "one" { true; }
TEST "two # not skipped" { true; }
END
}

# file NAME: from stdin, with TEST for @test, which our own bats would take up.
file() {
	sed 's/^TEST /@test /' >"$tree/testsuite/$1.bats"
}

# in_tree [ARGUMENT]: run.sh there, without what our own bats has exported or put
# into PATH.
in_tree() {
	run env -i PATH="${PATH#"$BATS_LIBEXEC":}" HOME="$HOME" LIMIT="${LIMIT:-60}" \
		sh "$tree/testsuite/run.sh" "$@" 3>&-
	echo "$output"
	last=${lines[-1]}
}

@test "run.sh: all passed is status 0, with a line for each file" {
	in_tree
	[ "$status" = 0 ]
	[ "$last" = "2 passed, 0 failed, 0 skipped" ]
	grep -q '^ok  *2 passed .* s  sub/good.bats$' <<<"$output"
}

@test "run.sh: a failed test is shown with all that it said" {
	file bad <<'END'
TEST "fine" { true; }
TEST "says why" { echo "the reason"; false; }
END
	in_tree
	[ "$status" = 1 ]
	[ "$last" = "3 passed, 1 failed, 0 skipped" ]
	grep -q '^FAIL  *1 passed  *1 failed .* bad.bats$' <<<"$output"
	grep -q '^  not ok  says why$' <<<"$output"
	grep -q 'the reason' <<<"$output"
}

@test "run.sh: skipped tests are counted and give their reason" {
	file some <<'END'
TEST "one" { skip "no such thing here"; }
END
	in_tree
	[ "$status" = 0 ]
	[ "$last" = "2 passed, 0 failed, 1 skipped" ]
	grep -q '^  skip    one: no such thing here$' <<<"$output"
}

@test "run.sh: a file with a syntax error has failed" {
	file broken <<<'TEST "one" { true;'
	in_tree
	[ "$status" = 1 ]
	[ "$last" = "2 passed, 1 failed, 0 skipped" ]
}

@test "run.sh: a file that dies half way has failed" {
	file dying <<'END'
TEST "one" { true; }
TEST "two" { kill -KILL $PPID; sleep 1; }
TEST "three" { true; }
END
	in_tree
	[ "$status" = 1 ]
	[[ $last == *", "[12]" failed, 0 skipped" ]]
}

@test "run.sh: a failing setup_file has failed for all its tests" {
	file prepared <<'END'
setup_file() { false; }
TEST "one" { true; }
TEST "two" { true; }
END
	in_tree
	[ "$status" = 1 ]
	[ "$last" = "2 passed, 2 failed, 0 skipped" ]
}

@test "run.sh: a file that does not end is stopped and has failed" {
	file endless <<<'TEST "one" { sleep 1000; }'
	LIMIT=1 in_tree endless
	[ "$status" = 1 ]
	[ "$last" = "0 passed, 1 failed, 0 skipped" ]
	grep -q 'has not ended after 1 s' <<<"$output"
}

@test "run.sh: a name chooses files; one that is in no path is a failure" {
	file other <<<'TEST "one" { false; }'
	in_tree sub/
	[ "$status" = 0 ]
	[ "$last" = "2 passed, 0 failed, 0 skipped" ]
	in_tree nonsense
	[ "$status" = 1 ]
	[ "$last" = "0 passed, 0 failed, 0 skipped" ]
}

@test "run.sh: a build that fails is shown and no test runs" {
	printf 'all:\n\t@echo broken code; false\n' >"$tree/Makefile"
	in_tree
	[ "$status" = 1 ]
	[ "$last" = "0 passed, 0 failed, 0 skipped" ]
	grep -q 'broken code' <<<"$output"
}

@test "run.sh: files marked \"run alone\" run when no other does" {
	local name

	for name in a b c; do
		file "$name" <<'END'
TEST "notes its time" {
	echo "begin $BATS_TEST_FILENAME" >>"$BATS_TEST_DIRNAME/order"
	sleep 0.3
	echo "end" >>"$BATS_TEST_DIRNAME/order"
}
END
	done
	sed -i '1i # run alone' "$tree/testsuite/b.bats"
	in_tree
	[ "$status" = 0 ]
	[[ $(tail -n 2 "$tree/testsuite/order") == "begin "*"/b.bats"*end ]]
}

@test "run.sh: a file marked \"long\" runs with LONG=1, or when it is named" {
	file slow <<'END'
TEST "takes its time" { true; }
END
	sed -i '1i # long' "$tree/testsuite/slow.bats"
	in_tree
	[ "$last" = "2 passed, 0 failed, 0 skipped" ]
	grep -qx 'only with LONG=1: slow.bats' <<<"$output"
	in_tree slow
	[ "$last" = "1 passed, 0 failed, 0 skipped" ]
	in_tree sub
	[ "$last" = "2 passed, 0 failed, 0 skipped" ]
	run env -i PATH="${PATH#"$BATS_LIBEXEC":}" HOME="$HOME" LONG=1 \
		sh "$tree/testsuite/run.sh" 3>&-
	[ "${lines[-1]}" = "3 passed, 0 failed, 0 skipped" ]
}
