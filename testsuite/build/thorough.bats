#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# The same as in make.bats and product.bats, once more in other ways.

load helper

setup_file() {
	build_template
}

setup() {
	setup_tree
}

@test "make: -j2 and one job at a time give the same bytes" {
	export CCACHE_DISABLE=1
	tiny_tree
	make -j2
	mv initbox "$BATS_TEST_TMPDIR"
	rm -rf build
	make
	cmp initbox "$BATS_TEST_TMPDIR/initbox"
}

@test "make: two folders and O= give the same bytes, with -g" {
	local other=$BATS_TEST_TMPDIR/a/longer/name

	export CCACHE_DISABLE=1
	copy_tree "$other"
	make tiny_defconfig
	for folder in "$other" "$BATS_TEST_TMPDIR/out" relative; do
		mkdir -p "$folder"
		cp .config "$folder"
	done
	make -j2 CFLAGS=-g
	(cd "$other" && make -j2 CFLAGS=-g)
	make -j2 CFLAGS=-g O="$BATS_TEST_TMPDIR/out"
	make -j2 CFLAGS=-g O=relative
	cmp initbox "$other/initbox"
	cmp initbox "$BATS_TEST_TMPDIR/out/initbox"
	cmp initbox relative/initbox
	cmp build/initbox_unstripped "$other/build/initbox_unstripped"
	cmp build/initbox_unstripped \
		"$BATS_TEST_TMPDIR/out/build/initbox_unstripped"
	run grep -c "$BATS_TEST_TMPDIR" build/initbox_unstripped
	[ "$output" = 0 ]
}

@test "make: BusyBox's sh, awk and tools are enough beside make and the compiler" {
	local bin=$BATS_TEST_TMPDIR/bin tool

	PATH=${PATH//"/usr/lib/ccache:"/}
	mkdir "$bin"
	for tool in $(busybox --list); do
		ln -s "$(command -v busybox)" "$bin/$tool"
	done
	for tool in make musl-gcc gcc "$(gcc -dumpmachine)-gcc" as ld strip; do
		ln -sf "$(command -v "$tool")" "$bin/$tool"
	done
	tiny_tree INSTALLER
	make -j2
	mv initbox "$BATS_TEST_TMPDIR"
	make clean
	PATH=$bin make -j2 SHELL="$bin/sh"
	cmp initbox "$BATS_TEST_TMPDIR/initbox"
	PATH=$bin make -s SHELL="$bin/sh" size compile_commands.json
	PATH=$bin make -s SHELL="$bin/sh" install DESTDIR="$BATS_TEST_TMPDIR/root"
	"$BATS_TEST_TMPDIR/root/sbin/reaper" true
}

@test "make check-configs: configurations build and run, with a line each" {
	# by itself it builds some 20; these tell apart most
	run make check-configs CONFIGS="allno only-docker-init random-1 random-2"
	[ "$status" -eq 0 ] || show_output "make check-configs failed"
	has "ok    allno "
	has "ok    only-docker-init "
	[ "$(grep -c '^ok    random-' <<<"$output")" -eq 2 ]
	lacks FAIL
	[ ! -e initbox ]
}

@test "make check-configs: a warning is a failure, and the other configurations still run" {
	echo 'static int unused_thing(void) { return 1; }' >>applets/reaper.c
	run make check-configs CONFIGS="only-reaper allno"
	[ "$status" -ne 0 ]
	has "FAIL  only-reaper: does not build"
	has "unused_thing"
	has "ok    allno "
}

@test "figures: what helps say of sizes is so" {
	# FIGURES= (nothing): all of it, and README's; each symbol is a build
	built_tree
	IN=$tree run sh scripts/figures.sh check ${FIGURES-INIT FEATURE_HELP}
	[ "$status" -eq 0 ] || show_output "sh scripts/figures.sh write"
	fails sh scripts/figures.sh
	has "usage: sh scripts/figures.sh"
}

@test "make size-diff: shows what changed since the last commit, and only that" {
	git init -q .
	git add -A
	git -c user.name=t -c user.email=t@localhost commit -qm one
	run make -j2 size-diff
	[ "$status" -eq 0 ]
	lacks "reaper "
	has "file        initbox"
	sed -i 's|^//usage:reaper .*|& with a longer synopsis than before|' applets/reaper.c
	run make -j2 size-diff
	[ "$status" -eq 0 ]
	[[ $output =~ applets\ +initbox\ .*\+[0-9]+ ]]
	lacks "sigproxy "
}
