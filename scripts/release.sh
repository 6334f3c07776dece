#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Release the version that the sources have: look whether all is ready, make
# what is released (make dist), tag the commit.
#
# usage: sh scripts/release.sh [--dry-run]     (from the top of a clone)
#
# --dry-run: everything but the tag.  All that is not ready is named; then
# nothing is made.  Pushing the tag and the files in build/dist stays yours.
set -eu
export LC_ALL=C

dry=
case ${1-} in
'') ;;
--dry-run) dry=yes ;;
*)
	sed -n 's/^# \{0,1\}//p' "$0" | sed -n '/^usage/,/^$/p' >&2
	exit 1
	;;
esac

status=0
wrong() {
	echo "release: $*" >&2
	status=1
}

# says FILE PATTERN: each version in the file that the pattern names is ours
says() {
	found=$(sed -n "s|$2|\\1|p" "$1" | sort -u)
	[ "$found" = "$version" ] ||
		wrong "$1: has version ${found:-none}, the sources have $version"
}

version=$(sed -n 's/^#define INITBOX_VERSION "\(.*\)"$/\1/p' libbb-lite/libbb.h)
tag=v$version
echo "$version" |
	grep -qE '^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?$' ||
	wrong "libbb-lite/libbb.h: $version is not MAJOR.MINOR.PATCH"

[ -z "$(git status --porcelain)" ] ||
	wrong "the tree has changes that are not committed (git status)"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null ||
	wrong "$tag: there is such a tag; raise INITBOX_VERSION in libbb-lite/libbb.h"

# The entry on top: "## VERSION, YYYY-MM-DD", and at least a line below it.
entry=$(sed -n '/^## /{s/^## //p;q;}' CHANGELOG.md)
case $entry in
"$version, "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]) ;;
"$version"*) wrong "CHANGELOG.md: write \"## $version, $(date +%Y-%m-%d)\" on top" ;;
*) wrong "CHANGELOG.md: the entry on top is \"$entry\", not of $version" ;;
esac
changes=$(awk '/^## / { n++; next } n == 1' CHANGELOG.md)
echo "$changes" | grep -q '^- ' || wrong "CHANGELOG.md: the entry names no change"

says packaging/alpine/APKBUILD '^pkgver=\(.*\)'
says debian/changelog '^initbox (\([^)]*\)).*'
says README.md '^This is \([0-9][^ ,]*\),.*'
for file in README.md examples/kubernetes/*.yaml; do
	! grep -q 'initbox:[0-9]' "$file" ||
		says "$file" '.*initbox:\([0-9][0-9A-Za-z.-]*[0-9A-Za-z]\).*'
done

[ "$status" -eq 0 ] || exit
"${MAKE:-make}" dist
if [ -n "$dry" ]; then
	echo "release: all is ready; without --dry-run this makes the tag $tag"
else
	git tag -a --cleanup=whitespace "$tag" -m "initbox $version" -m "$changes"
	echo "release: made the tag $tag; to publish it: git push origin $tag"
fi
