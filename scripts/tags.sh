#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the generated parts of the build from the tags in the sources; a file is
# replaced only when its content changes, so make rebuilds no more than it must.
# usage: [AWK=awk] sh scripts/tags.sh BUILD_DIR    (from the top of the tree)
set -eu
export LC_ALL=C

new=$1/gen/new
rm -rf "$new"
mkdir -p "$1/include" "$1/gen/applets" "$1/gen/libbb-lite" \
	"$new/applets" "$new/libbb-lite"
(cd "$new" && touch applets/Config.in libbb-lite/Config.in Kbuild applets.h)

# shellcheck disable=SC2046,SC2086 # no blanks in file names; AWK may be 2 words
NEW=$new ${AWK:-awk} -f scripts/tags.awk \
	$(find applets libbb-lite -name '*.c' | sort) /dev/null

NEW=$new ${AWK:-awk} -f scripts/squeeze.awk "$new/applets.h"
cd "$1"
replace() {
	cmp -s "gen/new/$1" "$2" || mv "gen/new/$1" "$2"
}
replace applets/Config.in gen/applets/Config.in
replace libbb-lite/Config.in gen/libbb-lite/Config.in
replace Kbuild gen/Kbuild
replace squeezed include/applets.h
replace help_pairs.h include/help_pairs.h
rm -rf gen/new
