#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Build one configuration, with warnings as errors, and run the result.
#
# usage: sh scripts/check-config.sh NAME OUTPUT_DIR     (from the top of the tree)
#
# NAME: allno, allyes, only-APPLET, or random-SEED.  The applet table comes from
# OUTPUT_DIR/build; the build itself goes to a temporary folder.
set -eu
export LC_ALL=C

name=$1
table=$2/build/include/applets.h
make="${MAKE:-make} --no-print-directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "FAIL  $name: $*" >&2
	[ ! -s "$work/log" ] || grep -v '^  [A-Z]* ' "$work/log" >&2
	echo "      only this: make check-configs CONFIGS=$name" >&2
	exit 1
}

symbol_of() {
	sed -n "s/^IF_\([A-Z0-9_]*\)(APPLET(\"$1\",.*/\1/p" "$table"
}

wanted=
: >"$work/settings"
case $name in
allno | allyes)
	target=${name}config
	;;
only-*)
	target=allnoconfig
	wanted=${name#only-}
	printf 'CONFIG_STATIC=y\nCONFIG_%s=y\n' "$(symbol_of "$wanted")" \
		>"$work/settings"
	;;
random-*)
	target=randconfig
	export KCONFIG_SEED="${name#random-}"
	;;
*)
	fail "unknown configuration"
	;;
esac
echo CONFIG_WERROR=y >>"$work/settings"

KCONFIG_ALLCONFIG=$work/settings $make O="$work" "$target" >"$work/log" 2>&1 ||
	fail "$target failed"
$make O="$work" all >"$work/log" 2>&1 || fail "does not build"
! grep -v -e '^  [A-Z]* ' -e '^initbox: no musl-gcc' "$work/log" >"$work/noise" ||
	fail "the build says more than it should"
"$work/initbox" --list >"$work/list" 2>"$work/log" || fail "--list failed"
[ -z "$wanted" ] || [ "$(cat "$work/list")" = "$wanted" ] ||
	fail "--list says: $(cat "$work/list")"
printf 'ok    %-20s %7d bytes  %s\n' "$name" "$(wc -c <"$work/initbox")" \
	"$(tr '\n' ' ' <"$work/list")"
