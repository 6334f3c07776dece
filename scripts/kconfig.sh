#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Make or update .config, with nothing but sh and awk.
#
# usage: sh scripts/kconfig.sh TARGET OUTPUT_DIR    (from the top of the tree)
#
# TARGET is one of
#   defconfig allnoconfig allyesconfig      start afresh
#   randconfig                              the same with dice
#   alldefconfig                            defconfig, but see below
#   olddefconfig oldconfig                  bring .config up to date; the
#                                           latter asks for what is new
#   NAME_defconfig                          all off but what configs/NAME.config
#                                           says
#   menuconfig nconfig                      kconfig-frontends' menus
#   savedefconfig                           write what .config has other than
#                                           defconfig to the file defconfig
#   sync                                    for the build: olddefconfig, then
#                                           the headers made from it
# AWK= chooses the awk.  KCONFIG_ALLCONFIG=FILE: settings that all...config and
# randconfig leave as FILE has them; 1: allno.config and so on or all.config,
# here.  KCONFIG_SEED=NUMBER: randconfig's dice fall as they did before.
set -eu
export LC_ALL=C

target=$1
out=$2
config=$out/.config
gen=$out/build/gen
work=$gen/kconfig
mkdir -p "$work" "$out/build/include"
seed=
trap 'rm -rf "$work"' EXIT

fail() {
	echo "$target: $*" >&2
	exit 1
}

# run MODE OLD: write $work/.config, from the settings in OLD if there are any
run() {
	# shellcheck disable=SC2086 # AWK may be two words: busybox awk
	MODE=$1 OLD=$2 NEW=$work/.config HEADERS=$work GEN=$gen TOP=. \
		SEED=$seed ${AWK:-awk} -f scripts/kconfig-text.awk \
		-f scripts/kconfig-menu.awk -f scripts/kconfig-choice.awk \
		-f scripts/kconfig-values.awk -f scripts/kconfig-ask.awk \
		-f scripts/kconfig.awk
}

# settings NAME: set $settings to the file that KCONFIG_ALLCONFIG asks for
settings() {
	settings=${KCONFIG_ALLCONFIG-}
	case ${KCONFIG_ALLCONFIG-none} in
	none) ;;
	'' | 1)
		settings=$1.config
		[ -f "$settings" ] || settings=all.config
		[ -f "$settings" ] ||
			fail "KCONFIG_ALLCONFIG is set, and neither $1.config" \
				"nor all.config is here"
		;;
	*)
		[ -r "$settings" ] ||
			fail "cannot read $settings, which KCONFIG_ALLCONFIG names"
		;;
	esac
}

# Who finds a bad configuration has to get at it again.
roll() {
	seed=${KCONFIG_SEED:-$(date +%s)}
	case $seed in
	*[!0-9]* | ???????????*)
		fail "KCONFIG_SEED=$seed: a number of up to 10 digits is needed"
		;;
	esac
	[ -n "${KCONFIG_SEED-}" ] ||
		echo "randconfig: again by KCONFIG_SEED=$seed"
}

# replace NAME FILE: put it in place, touching FILE only if it changes
replace() {
	cmp -s "$work/$1" "$2" || mv "$work/$1" "$2"
}

# kconfig-frontends look for sourced files below the current folder first, then
# below $srctree: so the generated menus are found without being in the tree.
frontend() {
	command -v "$1" >/dev/null ||
		fail "needs $1: install kconfig-frontends, or edit $config" \
			"and run make oldconfig"
	case $config in
	/*) ;;
	*) config=$PWD/$config ;;
	esac
	top=$PWD
	cd "$gen"
	KCONFIG_CONFIG=$config srctree=$top "$1" "$top/Config.in"
}

case $target in
menuconfig)
	frontend kconfig-mconf
	exit
	;;
nconfig)
	frontend kconfig-nconf
	exit
	;;
defconfig)
	run defconfig ''
	;;
alldefconfig)
	settings alldef
	run defconfig "$settings"
	;;
allnoconfig | allyesconfig)
	settings "${target%config}"
	run "$target" "$settings"
	;;
randconfig)
	settings allrandom
	roll
	run randconfig "$settings"
	;;
savedefconfig)
	[ -f "$config" ] || fail "there is no $config: make defconfig"
	run savedefconfig "$config"
	config=$out/defconfig
	;;
oldconfig | olddefconfig)
	run "$target" "$config"
	;;
sync)
	[ -f "$config" ] || echo "  DEFCONFIG $config"
	run olddefconfig "$config"
	;;
*_defconfig)
	fragment=configs/${target%_defconfig}.config
	[ -f "$fragment" ] || fail "there is no $fragment; there are:" \
		"$(cd configs && echo *.config)"
	run allnoconfig "$fragment"
	;;
*)
	fail "unknown target; make help has them"
	;;
esac

if [ "$target" = sync ]; then
	replace auto.conf "$gen/auto.conf"
	replace autoconf.h "$out/build/include/autoconf.h"
	replace config_text.h "$out/build/include/config_text.h"
fi
replace .config "$config"
