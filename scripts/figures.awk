# SPDX-License-Identifier: MIT
#
# Part of figures.sh: put what was measured into a file, on stdout; or, with
# MODE=check, name on stderr what is not so.  The first file has the measured
# bytes, "help SYMBOL N" and "file CONFIGURATION N".  In a symbol's help the
# first "about N KiB" is meant, in README.md the table of sizes, and in
# docs/performance.md the sentence that compares with the aim.

function kib(n) {
	n /= 1024
	return sprintf(n < 9.95 ? "%.1f" : "%.0f", n < 0.1 ? 0.1 : n)
}

function commas(n) {
	return n < 1000 ? n : commas(int(n / 1000)) sprintf(",%03d", n % 1000)
}

# Text with what matched the pattern last put for what is there: said, is.
function put(before, said, is, after, measured, unit,    n) {
	n = said
	gsub(/,/, "", n)
	n = n * unit - measured
	if (n < 0)
		n = -n
	if (mode == "check" && n > measured / 20 + 154) {
		print FILENAME ":" FNR ": says " said ", is " is | "cat 1>&2"
		wrong = 1
	}
	return before is after
}

BEGIN { mode = ENVIRON["MODE"] }

NR == FNR {
	measured[$1, $2] = $3
	next
}

/^(\/\/config:)?(menu)?config [A-Z0-9_]+$/ { symbol = $2; seen = 0 }

!seen && ("help", symbol) in measured && match($0, /about [0-9.]+ KiB/) {
	n = measured["help", symbol]
	$0 = put(substr($0, 1, RSTART + 5), substr($0, RSTART + 6, RLENGTH - 10), \
		kib(n), substr($0, RSTART + RLENGTH - 4), n, 1024)
	seen = 1
	print symbol >> ENVIRON["FOUND"]
}

FILENAME ~ /README/ && /^\| [^|]* \| [0-9,]+ \|$/ {
	name = $2
	gsub(/[`:]/, "", name)
	if (("file", name) in measured && match($0, /[0-9,]+ \|$/)) {
		n = measured["file", name]
		$0 = put(substr($0, 1, RSTART - 1), substr($0, RSTART, RLENGTH - 2), \
			commas(n), " |", n, 1)
	}
}

FILENAME ~ /performance/ && match($0, /they have [0-9,]+ and [0-9,]+ bytes/) {
	n = measured["file", "default"]
	split(substr($0, RSTART, RLENGTH), word, " ")
	$0 = put(substr($0, 1, RSTART + 9), word[3], commas(n), \
		substr($0, RSTART + 10 + length(word[3])), n, 1)
	match($0, / and [0-9,]+ bytes/)
	n = measured["file", "reaper"]
	$0 = put(substr($0, 1, RSTART + 4), word[5], commas(n), \
		substr($0, RSTART + RLENGTH - 6), n, 1)
}

{ print }

END {
	close("cat 1>&2")
	exit wrong
}
