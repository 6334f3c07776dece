#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Put what "make bench" has written into the documents: the tables between two
# marks in docs/performance.md, and docs/bench.svg.
#
# usage: sh scripts/bench-docs.sh OUTPUT_DIR     (from the top of the tree)
#
# A bench of some parts only would lose the others, and is refused.
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
awk -v tables="$1/bench.md" '
	/^<!-- bench: end/ { within = 0 }
	!within
	/^<!-- bench: begin/ {
		within = 1
		print ""
		while ((getline line <tables) > 0)
			print line
		print ""
	}' "$document" >"$1/performance.md"
cat "$1/performance.md" >"$document"
cp "$1/bench.svg" docs/bench.svg
echo "$document, docs/bench.svg: changed"
