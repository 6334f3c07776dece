#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# make dist and scripts/release.sh: what a release is made of.

load helper

# small_clone DIR: a clone of one commit, of sources with reaper as the only
# applet: what is tried here takes as long as the builds in it.
small_clone() {
	copy_tree "$1"
	cd "$1" || return
	rm -r applets/init applets/sigproxy.c applets/zombiecheck
	git init -q .
	git add -A
	GIT_COMMITTER_DATE="2026-01-02 03:04:05 +0000" git -c user.name=t \
		-c user.email=t@localhost commit -qm one
}

version() {
	sed -n 's/^#define INITBOX_VERSION "\(.*\)"/\1/p' "$top/libbb-lite/libbb.h"
}

setup_file() {
	small_clone "$BATS_FILE_TMPDIR/clone"
	# a compiler for another machine, as far as names go
	mkdir "$BATS_FILE_TMPDIR/bin"
	cat >"$BATS_FILE_TMPDIR/bin/far-gcc" <<-'END'
		#!/bin/sh
		[ "$1" = -dumpmachine ] && echo far64-linux-gnu && exit
		exec gcc "$@"
	END
	printf '#!/bin/sh\nexec strip "$@"\n' >"$BATS_FILE_TMPDIR/bin/far-strip"
	chmod +x "$BATS_FILE_TMPDIR"/bin/*
	PATH=$BATS_FILE_TMPDIR/bin:$PATH make -j2 dist CROSS=far- \
		>"$BATS_FILE_TMPDIR/said" 2>&1
}

setup() {
	clone=$BATS_FILE_TMPDIR/clone
	dist=$clone/build/dist
	version=$(version)
	arch=$(uname -m)
}

@test "make dist: sources, binaries, also of CROSS=, archives for ADD, named by version, with sums" {
	cat "$BATS_FILE_TMPDIR/said"
	run ls "$dist"
	[ "$output" = "SHA256SUMS
initbox-$version-far64
initbox-$version-far64.tar.gz
initbox-$version-$arch
initbox-$version-$arch.tar.gz
initbox-$version.tar.gz
initbox-reaper-$version-far64
initbox-reaper-$version-$arch" ]
	cd "$dist"
	sha256sum -c SHA256SUMS
	[ "$(wc -l <SHA256SUMS)" = 7 ]
	# by their own names they are the door
	for machine in "$arch" far64; do
		run "./initbox-$version-$machine" --version
		[ "$output" = "initbox (initbox $version)" ]
		run "./initbox-reaper-$version-$machine" --list
		[ "$output" = reaper ]
	done
	tar -tzf "initbox-$version-far64.tar.gz" | grep -qx sbin/docker-init
	# nothing of it is left in the clone
	[ -z "$(git -C "$clone" status --porcelain)" ]
	[ ! -e "$clone/build/dist-work" ]
}

@test "make dist: the archive of sources has the commit's files and time, and no owner" {
	tar -tzf "$dist/initbox-$version.tar.gz" >"$BATS_TEST_TMPDIR/list"
	git -C "$clone" ls-files | sed "s|^|initbox-$version/|" |
		diff - "$BATS_TEST_TMPDIR/list"
	TZ=UTC tar -tvzf "$dist/initbox-$version.tar.gz" --numeric-owner |
		awk '{ print $1, $2, $4, $5 }' | sort -u >"$BATS_TEST_TMPDIR/kinds"
	diff "$BATS_TEST_TMPDIR/kinds" - <<-'END'
		-rw-r--r-- 0/0 2026-01-02 03:04
		-rwxr-xr-x 0/0 2026-01-02 03:04
	END
}

@test "make dist: unpacked elsewhere, with another umask, sources and binary come out the same" {
	umask 077
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR/elsewhere"
	tar -xzf "$dist/initbox-$version.tar.gz"
	cd "initbox-$version"
	make -j2
	cmp initbox "$dist/initbox-$version-$arch"
	# the archive is made before the first build, which fails here
	fails env MAKE=false sh scripts/dist.sh .
	cmp "build/dist/initbox-$version.tar.gz" "$dist/initbox-$version.tar.gz"
	# files of now: SOURCE_DATE_EPOCH says which time is meant
	find . -exec touch {} +
	fails env SOURCE_DATE_EPOCH=1767323045 MAKE=false sh scripts/dist.sh .
	cmp "build/dist/initbox-$version.tar.gz" "$dist/initbox-$version.tar.gz"
}

@test "make dist: the archive for ADD has the binary, a link for each name, and no folder" {
	# an entry for sbin would replace the link that Debian has there
	run tar -tzf "$dist/initbox-$version-$arch.tar.gz"
	[ "$(grep -c '/$' <<<"$output")" = 0 ]
	[ "$(grep -v '^sbin/initbox$' <<<"$output")" = \
		"$("$dist/initbox-$version-$arch" --list-full | sort)" ]
	mkdir -p "$BATS_TEST_TMPDIR/usr/sbin"
	ln -s usr/sbin "$BATS_TEST_TMPDIR/sbin"
	tar -xzf "$dist/initbox-$version-$arch.tar.gz" -C "$BATS_TEST_TMPDIR"
	[ -L "$BATS_TEST_TMPDIR/sbin" ]
	cmp "$BATS_TEST_TMPDIR/usr/sbin/tini" "$dist/initbox-$version-$arch"
	"$BATS_TEST_TMPDIR/sbin/reaper" true
}

@test "make dist: another tar than GNU's is refused in one line" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v busybox)" "$BATS_TEST_TMPDIR/bin/tar"
	cd "$clone"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run sh scripts/dist.sh "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	has "dist: tar: "
}

@test "make dist: without git a clone is refused in one line that says what is missing" {
	local bin=$BATS_TEST_TMPDIR/bin tool

	mkdir "$bin"
	for tool in sh dirname sed tar; do
		ln -s "$(type -P "$tool")" "$bin/$tool"
	done
	cd "$clone"
	PATH=$bin run sh scripts/dist.sh "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	has "dist: git: is not installed"
}

# ---- scripts/release.sh ----------------------------------------------------

# release ARG...: in a clone of its own; without its make dist, tried above.
release() {
	MAKE=true run sh scripts/release.sh "$@"
}

commit() {
	git -c user.name=t -c user.email=t@localhost commit -qam more
}

release_clone() {
	cp -r "$clone" "$BATS_TEST_TMPDIR/clone"
	cd "$BATS_TEST_TMPDIR/clone" || return
	git config user.name t
	git config user.email t@localhost
	# as if it were to be released
	sed -i "s/^## $version, .*/## $version, 2026-01-02/" CHANGELOG.md
	git diff --quiet || commit
}

@test "release: --dry-run looks at all and makes no tag; without it there is one" {
	release_clone
	release --dry-run
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$(git tag)" ]
	release
	[ "$status" -eq 0 ]
	[ "$(git tag)" = "v$version" ]
	[ "$(git cat-file -t "v$version")" = tag ]
	# the tag says what has changed
	[[ $(git tag -ln9 "v$version") == *"- \`initbox\`"* ]]
	release
	[ "$status" -eq 1 ]
	has "v$version: there is such a tag"
}

@test "release: names all that is not ready, and makes nothing" {
	release_clone
	sed -i "s/^## $version, .*/## $version, unreleased/" CHANGELOG.md
	sed -i 's/^pkgver=.*/pkgver=9.9.9/' packaging/alpine/APKBUILD
	sed -i '1s/(.*)/(9.9.8)/' debian/changelog
	sed -i 's/^This is [0-9.]*[0-9]/This is 9.9.7/' README.md
	sed -i 's/image: initbox:.*/image: initbox:9.9.6/' examples/kubernetes/pod.yaml
	release
	echo "$output"
	[ "$status" -eq 1 ]
	has "changes that are not committed"
	has "CHANGELOG.md: write \"## $version, 20"
	has "APKBUILD: has version 9.9.9"
	has "debian/changelog: has version 9.9.8"
	has "README.md: has version 9.9.7"
	has "pod.yaml: has version 9.9.6"
	[ -z "$(git tag)" ]
	# the version itself
	sed -i 's/\(INITBOX_VERSION\) .*/\1 "1.0"/' libbb-lite/libbb.h
	release
	has "1.0 is not MAJOR.MINOR.PATCH"
	has "not of 1.0"
	release --now
	[ "$status" -eq 1 ]
	has "usage: sh scripts/release.sh"
}

@test "release: the versions in the tree are one" {
	cd "$top"
	[ "$(sed -n 's/^pkgver=//p' packaging/alpine/APKBUILD)" = "$version" ]
	[ "$(sed -n '1s/^initbox (\(.*\)) .*/\1/p' debian/changelog)" = "$version" ]
	run cat examples/kubernetes/*.yaml
	[ "$(grep -o 'initbox:[0-9.]*' <<<"$output" | sort -u)" = "initbox:$version" ]
}
