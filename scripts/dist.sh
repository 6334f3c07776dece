#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a release consists of, made afresh in OUTPUT_DIR/build/dist:
#
#   initbox-VERSION.tar.gz        the sources
#   initbox-VERSION-ARCH          the default build, static
#   initbox-VERSION-ARCH.tar.gz   the same and its links, below sbin, for ADD
#   initbox-reaper-VERSION-ARCH   reaper alone, static
#   SHA256SUMS                    of these
#
# usage: sh scripts/dist.sh OUTPUT_DIR      (from the top of the tree; make dist)
#
# CROSS="aarch64-linux-gnu- ..." adds the binaries of these cross compilers.
#
# The same sources give the same bytes: files in order, owner 0, one time, that
# of SOURCE_DATE_EPOCH, else of the last commit.  An unpacked archive of sources
# has that time in its files, and makes the same archive again.
set -eu
export LC_ALL=C
umask 022

dist=$1/build/dist
work=$1/build/dist-work
MAKE=${MAKE:-make}

die() {
	echo "dist: $*" >&2
	exit 1
}

version=$(sed -n 's/^#define INITBOX_VERSION "\(.*\)"$/\1/p' libbb-lite/libbb.h)
[ -n "$version" ] || die "libbb-lite/libbb.h: no INITBOX_VERSION"
case $(tar --version 2>&1) in
*'GNU tar'*) ;;
*) die "tar: is not GNU tar, whose archives are the same each time" ;;
esac

[ ! -e .git ] || command -v git >/dev/null ||
	die "git: is not installed; it knows which files of a clone are released"

# Of a clone what git knows; of an unpacked archive all but what .gitignore has.
sources() {
	if [ -e .git ]; then
		git ls-files
		return
	fi
	set --
	while read -r pattern; do
		case $pattern in
		/*) set -- "$@" -path ".${pattern%/}" -prune -o ;;
		*) set -- "$@" -name "$pattern" -o ;;
		esac
	done <.gitignore
	find . "$@" -type f -print | sed 's|^\./||'
}

# The time of all files: the last commit's, or that of the newest file.
time_of_sources() {
	if [ -e .git ]; then
		git log -1 --format=%ct
	else
		xargs stat -c %Y <"$work/sources" | sort -n | sed -n '$p'
	fi
}

# archive NAME PREFIX: of the paths on stdin.  There are no folders in it: ADD
# of one named sbin would replace an image's link from there to usr/sbin.
archive() {
	tar --create --format=ustar --no-recursion --files-from=- \
		--transform="s|^|$2|S" --owner=0 --group=0 --numeric-owner \
		--mode=u=rwX,go=rX --mtime="@$epoch" | gzip -n9 >"$1.tar.gz"
}

rm -rf "$dist" "$work"
mkdir -p "$dist" "$work"
# an absolute path: the binary's archive is made in its folder
dist=$(cd "$dist" && pwd)

sources | sort >"$work/sources"
[ -s "$work/sources" ] || die "git names no file here"
[ ! -e .git ] || [ -z "$(git status --porcelain)" ] ||
	echo "dist: there are changes that are not committed" >&2
epoch=${SOURCE_DATE_EPOCH:-$(time_of_sources)}
archive "$dist/initbox-$version" "initbox-$version/" <"$work/sources"

# build CONFIGURATION: by the compiler of $1, "" for the usual one
build() {
	$MAKE -s --no-print-directory O="$work/$2" "$2" all \
		${1:+"CROSS_COMPILE=$1"}
}

names=$(find applets -name '*.c' -exec sed -n \
	's|^//applet:.*(\([a-z_-]*\),.*|\1|p' {} + | sort)

for cross in "" ${CROSS-}; do
	rm -rf "$work/defconfig" "$work/reaper_defconfig"
	build "$cross" defconfig
	build "$cross" reaper_defconfig
	# the compiler's words stand in front of the flags
	compiler=$(sed -n '2s/ -std=.*//p' "$work/defconfig/build/flags")
	arch=$($compiler -dumpmachine)
	arch=${arch%%-*}
	cp "$work/defconfig/initbox" "$dist/initbox-$version-$arch"
	cp "$work/reaper_defconfig/initbox" "$dist/initbox-reaper-$version-$arch"
	root=$work/root-$arch
	mkdir -p "$root/sbin"
	cp "$work/defconfig/initbox" "$root/sbin"
	for name in $names; do
		ln -s initbox "$root/sbin/$name"
	done
	(cd "$root" && find sbin ! -type d | sort |
		archive "$dist/initbox-$version-$arch" "")
done

rm -rf "$work"
cd "$dist"
sha256sum -- * >SHA256SUMS
wc -c -- * | sed '$d'
