# SPDX-License-Identifier: MIT
#
# One file's TAP output (bats --formatter tap) to a line of progress, the reason
# of every skip and all that a failed test said.
#
# variables: file, its exit status, limit, begin and end in seconds; counts: a
# file to write "PASSED FAILED SKIPPED" to

/^1\.\.[0-9]+$/ && !planned_at {
	planned = substr($0, 4) + 0
	planned_at = NR
	next
}

/^(not )?ok [0-9]+ / {
	what = $0
	sub(/^(not )?ok [0-9]+ /, "", what)
	in_failure = /^not/
	if (in_failure) {
		failed++
		details = details "  not ok  " what "\n"
	} else if (match(what, / # skip/)) {
		reason = substr(what, RSTART + RLENGTH)
		sub(/^ /, "", reason)
		skip(substr(what, 1, RSTART - 1), reason)
	} else {
		passed++
	}
	next
}

# "# text" below a failed test; without the mark it is what bats itself, or a
# file that broke it, had to say.
{
	said = $0
	if (in_failure && sub(/^# ?/, "", said))
		details = details "          " said "\n"
	else if (in_failure || !/^#/ || /^# bats/)
		other = other "          " said "\n"
}

function skip(test, reason) {
	skipped++
	if (!times[reason]++) {
		reasons[++distinct] = reason
		first[reason] = test
	}
}

function complain(text) {
	details = details "  not ok  " text "\n" other
	other = ""
}

END {
	results = passed + failed + skipped
	if (status == 124 || status == 137)
		complain("stopped: has not ended after " limit " s")
	if (!planned_at) {
		failed++
		complain("bats did not get as far as a plan (status " status ")")
	} else if (results < planned) {
		failed += planned - results
		complain(planned - results " of " planned " tests gave no result")
	} else if (status && !failed) {
		failed++
		complain("all passed, yet bats ended with status " status)
	}
	print passed + 0, failed + 0, skipped + 0 >counts

	printf "%-4s %3d passed", (failed ? "FAIL" : "ok"), passed
	printf (failed ? " %3d failed " : "%12s"), (failed ? failed : "")
	printf (skipped ? "%3d skipped" : "%11s"), (skipped ? skipped : "")
	printf " %6.1f s  %s\n", end - begin, file
	for (i = 1; i <= distinct; i++) {
		reason = reasons[i]
		printf "  skip    %s: %s\n", (times[reason] > 1 ? \
			times[reason] " tests" : first[reason]), \
			(reason == "" ? "no reason given" : reason)
	}
	printf "%s", details
}
