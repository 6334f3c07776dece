#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Put what "make bench" and "make peers" have written into the documents: tables
# between two marks in docs/performance.md and README.md, and docs/bench.svg.
#
# usage: sh scripts/bench-docs.sh OUTPUT_DIR     (from the top of the tree)
#
# A bench of some parts only would lose the others, and is refused. Without
# OUTPUT_DIR/peers.md the cases stay those that docs/performance.md has.
set -eu
export LC_ALL=C

document=docs/performance.md
for key in size calls instructions start signal memory wakeups reap stop \
	entries-start scan services-stop; do
	cut -f 2 "$1/bench.tsv" | grep -qx "$key" || {
		echo "bench-docs: $1/bench.tsv: has no $key; run make bench" >&2
		exit 1
	}
done

# put FILE NAME DOCUMENT: between that name's marks
put() {
	awk -v tables="$1" -v name="$2" '
		index($0, "<!-- " name ": end") == 1 { within = 0 }
		!within
		index($0, "<!-- " name ": begin") == 1 {
			within = 1
			print ""
			while ((getline line <tables) > 0)
				print line
			print ""
		}' "$3" >"$1.document"
	cat "$1.document" >"$3"
	rm "$1.document"
}

[ ! -f "$1/peers.md" ] || put "$1/peers.md" peers "$document"
sed -n '/^<!-- peers: begin/,/^<!-- peers: end/p' "$document" >"$1/peers-said.md"
awk -f "$(dirname "$0")/bench-readme.awk" "$1/peers-said.md" "$1/bench.tsv" \
	>"$1/readme.md"
put "$1/bench.md" bench "$document"
put "$1/readme.md" bench README.md
cp "$1/bench.svg" docs/bench.svg
echo "$document, README.md, docs/bench.svg: changed"
