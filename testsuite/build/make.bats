#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make, as somebody with a clone uses it.

load helper

setup_file() {
	build_template
}

setup() {
	setup_tree
}

# Objects compiled and links done by the make that was run last.
compiled() {
	grep -c '^  CC ' <<<"$output"
}

@test "make: builds ./initbox from a fresh copy of the tree" {
	run make
	[ "$status" -eq 0 ]
	has "DEFCONFIG"
	./initbox --list | grep -qx reaper
	[ "$(./initbox reaper -- echo hello)" = hello ]
}

@test "make: the default is static, stripped, and small" {
	built_tree
	run readelf -lW initbox
	lacks INTERP
	run readelf -SW initbox
	lacks .symtab
	lacks .comment
	within_budget default
}

@test "make: a packager's -flto links, and runs" {
	run make CFLAGS="-Os -flto"
	[ "$status" -eq 0 ]
	run ./initbox reaper sh -c 'exit 7'
	[ "$status" -eq 7 ]
	run ./initbox init status --control ./nosuch
	[ "$status" -eq 1 ] || [ "$status" -eq 125 ]
}

@test "make: says nothing and rebuilds nothing when nothing has changed" {
	built_tree
	find . -type f -exec stat -c '%n %Y %i' {} + | sort >"$BATS_TEST_TMPDIR/before"
	run make
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	find . -type f -exec stat -c '%n %Y %i' {} + | sort |
		grep -v -e /build/flags -e /build/link >"$BATS_TEST_TMPDIR/after"
	grep -v -e /build/flags -e /build/link "$BATS_TEST_TMPDIR/before" |
		diff - "$BATS_TEST_TMPDIR/after"
}

@test "make: O=DIR makes DIR and leaves the source folder as it was" {
	find . | sort >"$BATS_TEST_TMPDIR/before"
	make O="$BATS_TEST_TMPDIR/new/out" tiny_defconfig
	make -j2 O="$BATS_TEST_TMPDIR/new/out"
	"$BATS_TEST_TMPDIR/new/out/initbox" --list | grep -qx reaper
	[ -f "$BATS_TEST_TMPDIR/new/out/.config" ]
	find . | sort | diff "$BATS_TEST_TMPDIR/before" -
}

@test "make: O= with a blank in it, or a start from elsewhere, is refused" {
	run make O="a b"
	[ "$status" -ne 0 ]
	has "without blanks"
	cd /
	run make -f "$tree/Makefile"
	[ "$status" -ne 0 ]
	has "make -C DIR"
}

@test "make: a touched source rebuilds its object, a touched header all that includes it" {
	built_tree
	touch applets/reaper.c
	run make
	[ "$(compiled)" = 1 ]
	has "CC      applets/reaper.o"
	has "LINK"
	touch applets/init/init.h
	run make
	has "CC      applets/init/init.o"
	lacks "CC      applets/reaper.o"
	setup_tree
	tiny_tree
	make -j2
	find . -exec touch -h -d '1 hour ago' {} +
	touch libbb-lite/libbb.h
	run make
	has "CC      applets/reaper.o"
	has "CC      libbb-lite/reap.o"
}

@test "make: a header that is gone does not stop the build" {
	built_tree
	sed -i '1i #include "extra.h"' applets/reaper.c
	echo '/* nothing */' >applets/extra.h
	make -j2
	rm applets/extra.h
	sed -i 1d applets/reaper.c
	make
}

@test "make: a changed symbol in .config changes the binary" {
	tiny_tree
	make -j2
	./initbox reaper --help >short
	sed -i 's/^# \(CONFIG_FEATURE_HELP\) is not set/\1=y/' .config
	make -j2
	./initbox reaper --help >long
	[ "$(wc -l <short)" -lt "$(wc -l <long)" ]
	sed -i '/FEATURE_HELP/d' .config # its default is y
	make -j2
	./initbox reaper --help | cmp - long
}

@test "make: a changed //usage: tag changes --help and compiles two files" {
	built_tree
	sed -i 's|^//usage:\(reaper .*\)|//usage:\1 CHANGED|' applets/reaper.c
	run make
	[ "$(compiled)" = 2 ]
	run ./initbox reaper --help
	has "CHANGED"
}

@test "make: a changed //config: tag brings .config up to date without a question" {
	tiny_tree
	make -j2
	sed -i '0,/^\/\/applet/s//\/\/config:config BRAND_NEW\n&/' applets/sigproxy.c
	sed -i 's|^//config:config BRAND_NEW|&\n//config:\tbool "new"\n//config:\tdefault y\n//config:\thelp\n//config:\t  New.|' applets/sigproxy.c
	make -j2 </dev/null
	grep -qx CONFIG_BRAND_NEW=y .config
	grep -q 'define ENABLE_BRAND_NEW 1' build/include/autoconf.h
}

@test "make: changed flags or another compiler rebuild all, the same flags nothing" {
	make tiny_defconfig
	make -j2
	run make -j2 CFLAGS=-O1
	has "CC      applets/reaper.o"
	run make CFLAGS=-O1
	[ "$output" = "" ]
	run make -j2 CFLAGS=-O1 CC=gcc
	has "CC      libbb-lite/reap.o"
	run make CC=gcc CFLAGS=-O1 LDFLAGS=-Wl,-O1
	lacks "CC      "
	has LINK
}

@test "make: V=1 shows the commands; CFLAGS replaces -Oz and no more" {
	make tiny_defconfig
	run make -j2 V=1
	[ "$status" -eq 0 ]
	[[ $output == *" -O"[sz]" "* ]]
	has "-c -o build/applets/reaper.o"
	run make -n V=1 CFLAGS=-O2 LDFLAGS=-Wl,-O1
	has " -O2"
	[[ $output != *" -O"[sz]" "* ]]
	has " -ffunction-sections "
	has " -Wl,--gc-sections "
	has " -Wl,-O1"
}

@test "make: CFLAGS of the environment and EXTRA_CFLAGS of .config count" {
	tiny_tree CONFIG_DUMP
	sed -i 's/^CONFIG_EXTRA_CFLAGS=.*/CONFIG_EXTRA_CFLAGS="-DSAY=\\"a$b#c\\" -O3"/' .config
	CFLAGS=-O1 run make -j2 V=1
	[ "$status" -eq 0 ]
	has " -O1 -DSAY="
	has " -O3"
	run ./initbox --config
	has 'CONFIG_EXTRA_CFLAGS="-DSAY=\"a$b#c\" -O3"'
}

@test "make: DEBUG=y keeps symbols and line numbers" {
	make tiny_defconfig
	sed -i 's/# CONFIG_DEBUG is not set/CONFIG_DEBUG=y/' .config
	make -j2
	run readelf -SW initbox
	has .debug_line
	has .symtab
}

@test "make: takes musl-gcc if it is there, CC= and CROSS_COMPILE= before it" {
	make -s tiny_defconfig
	run make V=1 tags sync
	run make -n V=1
	has "
musl-gcc "
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in gcc strip; do
		printf '#!/bin/sh\nexec %s "$@"\n' "$tool" >"$BATS_TEST_TMPDIR/bin/far-$tool"
	done
	chmod +x "$BATS_TEST_TMPDIR"/bin/far-*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run make -n V=1 CROSS_COMPILE=far-
	has "
far-gcc "
	has "
far-strip "
	run make -n V=1 CC=gcc
	has "
gcc "
}

@test "make: without musl-gcc cc builds a static binary and one line says so" {
	make -s tiny_defconfig
	PATH=$(path_without musl-gcc)
	make -j2 2>"$BATS_TEST_TMPDIR/err"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ]
	grep -q 'install musl-tools' "$BATS_TEST_TMPDIR/err"
	run readelf -lW initbox
	lacks INTERP
	./initbox --list | grep -qx reaper
}

@test "make: a cc that is musl's own needs no warning" {
	make -s tiny_defconfig
	PATH=$(path_without musl-gcc)
	rm "$PATH/cc"
	cat >"$PATH/cc" <<-'END'
		#!/bin/sh
		[ "$1" = -dumpmachine ] && echo x86_64-alpine-linux-musl && exit
		exec /usr/bin/musl-gcc "$@"
	END
	chmod +x "$PATH/cc"
	make -j2 2>"$BATS_TEST_TMPDIR/err"
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
	./initbox --list | grep -qx reaper
}

@test "make: -s says nothing" {
	make -s tiny_defconfig
	run make -s -j2
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
}

@test "make: a compiler error stops make and leaves no ./initbox" {
	make tiny_defconfig
	echo 'int broken(' >>applets/reaper.c
	fails make -j2
	[ ! -e initbox ]
}

@test "make install: DESTDIR gets the binary, its links and the man pages, twice" {
	local dir=$BATS_TEST_TMPDIR/root

	built_tree
	make install DESTDIR="$dir"
	make install DESTDIR="$dir"
	cmp initbox "$dir/sbin/initbox"
	for name in $(./initbox --list); do
		cmp initbox "$dir/sbin/$name"
	done
	for page in docs/man/*.[58]; do
		[ -f "$page" ] || continue
		cmp "$page" "$dir/usr/share/man/man${page##*.}/${page##*/}"
	done
	# completion, by name where the shell looks for one
	for name in $(./initbox --list) initbox; do
		cmp build/completion/initbox.bash \
			"$dir/usr/share/bash-completion/completions/$name"
		cmp build/completion/initbox.fish \
			"$dir/usr/share/fish/vendor_completions.d/$name.fish"
	done
	cmp build/completion/_initbox "$dir/usr/share/zsh/site-functions/_initbox"
	run "$dir/sbin/reaper" --version
	has "reaper (initbox"
	# pages of what is there only, also by another name of it
	rm -r "$dir"
	make docker-init_defconfig
	sed -i 's/^# CONFIG_FEATURE_INSTALLER is not set/CONFIG_FEATURE_INSTALLER=y/' .config
	make install DESTDIR="$dir"
	run ls "$dir/usr/share/man/man8" "$dir"/usr/share/man/man5
	[ "$(grep '\.[58]$' <<<"$output" | tr '\n' ' ')" = "initbox.8 reaper.8 " ]
}

@test "make install: PREFIX moves the man pages; a newer binary replaces an older" {
	tiny_tree INSTALLER
	local dir=$BATS_TEST_TMPDIR/root

	mkdir -p docs/man
	[ -f docs/man/reaper.8 ] || echo .Dd >docs/man/reaper.8
	# what another package has put there stays
	mkdir -p "$dir/opt/box/share/fish/vendor_completions.d"
	echo theirs >"$dir/opt/box/share/fish/vendor_completions.d/reaper.fish"
	make install -j2 DESTDIR="$dir" PREFIX=/opt/box
	[ -f "$dir/opt/box/share/man/man8/reaper.8" ]
	[ -L "$dir/opt/box/share/bash-completion/completions/reaper" ]
	grep -qx theirs "$dir/opt/box/share/fish/vendor_completions.d/reaper.fish"
	[ ! -e "$dir/usr" ]
	make -j2 install DESTDIR="$dir" CFLAGS=-O2
	cmp initbox "$dir/sbin/initbox"
	cmp initbox "$dir/sbin/reaper"
	# What is in the way stays, and the message has the command that does it.
	rm "$dir/sbin/reaper"
	echo theirs >"$dir/sbin/reaper"
	run make install DESTDIR="$dir" CFLAGS=-O2
	[ "$status" -ne 0 ]
	grep -qx theirs "$dir/sbin/reaper"
	has "run $dir/sbin/initbox --install --force $dir/ and then make install again"
	"$dir/sbin/initbox" --install --force "$dir/"
	make install DESTDIR="$dir" CFLAGS=-O2
	cmp initbox "$dir/sbin/reaper"
}

@test "make install: without FEATURE_INSTALLER it says why it cannot" {
	make tiny_defconfig
	run make install DESTDIR="$BATS_TEST_TMPDIR/root"
	[ "$status" -ne 0 ]
	has "FEATURE_INSTALLER"
	has "make menuconfig puts it in"
	[ ! -e "$BATS_TEST_TMPDIR/root" ]
}

@test "make clean: removes what was built, distclean .config too" {
	find . | sort >"$BATS_TEST_TMPDIR/before"
	built_tree
	make -j2 all compile_commands.json
	make clean
	[ -f .config ]
	[ ! -e build ] && [ ! -e initbox ]
	make distclean
	find . | sort | diff "$BATS_TEST_TMPDIR/before" -
}

@test "make help: fits on one screen" {
	run make help
	[ "$status" -eq 0 ]
	has "make check"
	[ "${#lines[@]}" -le 24 ]
	[ "$(wc -L <<<"$output")" -le 80 ]
}

@test "make compile_commands.json: valid JSON for every object, with every awk" {
	for awk in "${awks[@]}"; do
		make compile_commands.json AWK="$awk" CFLAGS='-O2 -DX=\"q\"'
		jq -e 'length > 20 and all(.[]; .directory == "'"$tree"'"
			and (.arguments | index("-DX=\"q\"")))' compile_commands.json
		jq -r '.[].file' compile_commands.json | xargs ls >/dev/null
		cp compile_commands.json "$BATS_TEST_TMPDIR/first" 2>/dev/null || :
		cmp compile_commands.json "$BATS_TEST_TMPDIR/first"
	done
}
