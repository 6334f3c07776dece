#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tags in the sources: what the generator makes of them, and its errors.

load helper

setup() {
	setup_tree
}

# An applet in one file, under the name NAME, to be dropped into the tree.
write_applet() {
	cat >"applets/$1.c" <<-END
		/* $1 - say hello. */
		//config:config ${1^^}
		//config:	bool "$1"
		//config:	default y
		//config:	help
		//config:	  Say hello. Leaving it out saves 100 bytes.
		//config:config ${1^^}_TIMES
		//config:	int "How often"
		//config:	default 3
		//config:	depends on ${1^^}
		//config:	help
		//config:	  Leaving it out changes nothing.
		//applet:IF_${1^^}(APPLET($1, SBIN))
		//applet:IF_${1^^}(ALIAS($1-too, $1, SBIN))
		//kbuild:obj-\$(CONFIG_${1^^}) += $1.o
		//usage:$1 [-n] "A\\B" %s
		//usage:Say hello.
		//usage:
		//usage:  -n   100% "quoted" \\n
		#include "libbb.h"
		#include <unistd.h>
		int $1_main(int argc, char **argv);
		int $1_main(int argc, char **argv)
		{
			(void)argv;
			for (int i = 0; ENABLE_${1^^} && i < CONFIG_${1^^}_TIMES; i++)
				if (write(1, "hello\n", 6) != 6)
					return argc;
			return 7;
		}
	END
}

# bad_tag LINE MESSAGE: LINE alone in a source stops make with file:1: MESSAGE
bad_tag() {
	echo "$1" >applets/wrong.c
	for awk in "${awks[@]}"; do
		run make AWK="$awk"
		[ "$status" -ne 0 ]
		has "applets/wrong.c:1: $2"
	done
}

@test "tags: a new applet is one new file" {
	make -j2
	write_applet greet
	make -j2
	run ./initbox greet
	[ "$status" -eq 7 ]
	[ "$output" = $'hello\nhello\nhello' ]
	run ./initbox greet-too
	[ "$status" -eq 7 ]
	grep -qx CONFIG_GREET_TIMES=3 .config
}

@test "tags: deleting the file removes the applet" {
	write_applet greet
	make -j2
	rm applets/greet.c
	make -j2
	run ./initbox --list
	lacks greet
	run sh -c './initbox greet; [ $? -eq 127 ]'
	[ "$status" -eq 0 ]
	run cat .config
	lacks GREET
}

@test "tags: a new applet can be a folder" {
	mkdir applets/greet
	write_applet greet
	mv applets/greet.c applets/greet/
	make -j2
	run ./initbox greet
	[ "$status" -eq 7 ]
}

@test "tags: the help text comes out as it was written, under each name" {
	write_applet greet
	sed -i '/^int greet_main/,$d' applets/greet.c
	cat >>applets/greet.c <<-'END'
		int greet_main(const struct applet *self, int argc, char **argv);
		int greet_main(const struct applet *self, int argc, char **argv)
		{
			(void)argc, (void)argv;
			return print_help(self);
		}
	END
	make -j2
	for name in greet greet-too; do
		run ./initbox $name
		[ "$output" = "Usage: $name"$' [-n] "A\\B" %s\nSay hello.\n\n  -n   100% "quoted" \\n' ]
	done
}

@test "tags: help texts are ASCII" {
	write_applet greet
	sed -i 's/^.*usage:Say hello./&\xc3\xa9/' applets/greet.c
	run make
	[ "$status" -ne 0 ]
	has "applet greet: its //usage: lines have something else than ASCII's characters"
}

@test "tags: the applet table is sorted by name, one line an applet" {
	make tags
	cut -d'"' -f2 build/include/applets.h | sort -c
	run make -s O=out
	[ "$(wc -l <build/include/applets.h)" = "$(grep -hc '^//applet:' applets/*.c applets/*/*.c | awk '{n += $1} END {print n}')" ]
}

@test "tags: every awk makes the same files" {
	for awk in "${awks[@]}"; do
		make sync O="out-${awk%% *}" AWK="$awk"
		diff -r out-mawk "out-${awk%% *}"
	done
}

@test "tags: nothing is written when nothing has changed" {
	make sync
	find build .config -type f -exec stat -c '%n %y %i' {} + | sort >before
	make sync
	find build .config -type f -exec stat -c '%n %y %i' {} + | sort | diff before -
}

@test "tags: an unknown tag is an error with file and line" {
	bad_tag '//conifg:config X' 'unknown tag //conifg:'
}

@test "tags: a bad //applet: line is an error" {
	bad_tag '//applet:greet' 'want IF_SYMBOL(APPLET(name, SBIN))'
	bad_tag '//applet:IF_X(APPLET(a-b, SBIN))' 'want IF_SYMBOL'
	bad_tag '//applet:IF_X(APPLET(ab, ROOT))' 'want IF_SYMBOL'
}

@test "tags: an applet without usage, a usage without applet" {
	bad_tag '//applet:IF_X(APPLET(x, SBIN))' 'applet x needs //usage: lines'
	bad_tag '//usage:x' '//usage: without an //applet: before it'
}

@test "tags: a usage of one line lacks the summary" {
	printf '//applet:IF_X(APPLET(x, SBIN))\n//usage:x\n' >applets/wrong.c
	run make
	[ "$status" -ne 0 ]
	has "applets/wrong.c:1: applet x needs"
}

@test "tags: an applet name used twice is an error that names both places" {
	bad_tag '//applet:IF_X(ALIAS(reaper, init, SBIN))' \
		'applet reaper is already defined at applets/reaper.c:'
}

@test "tags: a bad //kbuild: line, an object without a source" {
	bad_tag '//kbuild:obj-$(X) += wrong.o' 'want obj-y += NAME.o'
	bad_tag '//kbuild:wrong.o' 'want obj-y += NAME.o'
	bad_tag '//kbuild:obj-y += missing.o' 'missing.o has no source file in applets/'
}

@test "tags: a //test: file that is not there is an error" {
	bad_tag '//test:testsuite/none.bats' 'no such test file: testsuite/none.bats'
}

@test "tags: an error in //config: text names the source and its line" {
	write_applet greet
	sed -i 's|^//config:	int "How often"|//config:	integer "How often"|' applets/greet.c
	run make
	[ "$status" -ne 0 ]
	has "applets/greet.c:8: unknown keyword: integer"
}

@test "tags: an object named twice is built once" {
	echo '//kbuild:obj-y += initbox.o' >>applets/initbox.c
	run make -j2
	[ "$status" -eq 0 ]
	[ "$(grep -c 'CC      applets/initbox.o' <<<"$output")" = 1 ]
}

@test "tags: the generator has less than 150 lines" {
	[ "$(cat scripts/tags.* | wc -l)" -lt 150 ]
}
