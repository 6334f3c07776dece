#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# CONTRIBUTING.md's example of a new applet: one file more, and all is there.

load helper

@test "applet: CONTRIBUTING's, as printed there, builds, runs, and is in help, list, menu and completion" {
	setup_tree
	find . -type f -exec cksum {} + | sort >"$BATS_TEST_TMPDIR/before"
	awk '/^```/ { inside = $0 == "```c"; next } inside' CONTRIBUTING.md \
		>applets/hello.c
	clang-format --dry-run -Werror applets/hello.c
	make -s tiny_defconfig
	grep -qx '# CONFIG_HELLO is not set' .config
	sed -i -e 's/# \(CONFIG_HELLO\) is not set/\1=y/' \
		-e 's/# \(CONFIG_FEATURE_HELP\) is not set/\1=y/' \
		-e 's/# \(CONFIG_WERROR\) is not set/\1=y/' .config
	make -s -j2
	[ "$(./initbox hello)" = hello ]
	[ "$(./initbox --list)" = $'hello\nreaper' ]
	run ./initbox
	has "  hello         Print a greeting."
	run ./initbox hello --help
	[ "$status" -eq 0 ]
	has "Print a greeting."
	has "-V, --version"
	run ./initbox hello --nope
	[ "$status" -eq 125 ]
	has "hello: "
	make -s completion
	run bash --norc -c '
		. build/completion/initbox.bash
		COMP_WORDS=(initbox hello --) COMP_CWORD=2
		_initbox
		echo "${COMPREPLY[@]}"'
	has "--help"
	has "--version"
	# no other file was edited, and without the file all is as before
	rm applets/hello.c
	make -s
	[ "$(./initbox --list)" = reaper ]
	make -s distclean
	find . -type f -exec cksum {} + | sort | diff "$BATS_TEST_TMPDIR/before" -
}
