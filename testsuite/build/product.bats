#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the build makes: its link, with every compiler, and its size reports.

load helper

setup_file() {
	build_template
}

setup() {
	setup_tree
}

# builds_clean ARG...: without a word beside the steps, warnings among them (no
# -Werror: the cache says them again)
builds_clean() {
	make -s defconfig
	make -s clean
	run make -j2 "$@"
	[ "$status" -eq 0 ] || show_output "make $* failed"
	[ "$(grep -v -e '^  CC ' -e '^  LINK ' <<<"$output")" = "" ] ||
		show_output "make $* says more"
	./initbox --list | grep -qx init
}

@test "product: the static musl link has no stdio, getopt, passwd, locale or malloc code" {
	built_tree
	run sed -n 's/^.*libc\.a(\([^)]*\)\.l\{0,1\}o).*/\1/p' build/initbox.map
	[ "${#lines[@]}" -gt 10 ]
	while read -r member; do
		case $member in
		*printf* | *scanf* | *getopt* | getpw* | getgr* | *locale* | \
			initgroups | nss* | fopen* | fclose* | fread* | fwrite* | \
			fputs* | fgets* | puts | perror | stdin | stdout | stderr | \
			__stdio* | __stdout* | mbrtowc | wcrtomb | iconv* | \
			strerror* | strsignal | malloc | calloc | realloc | \
			lite_malloc | dlstart | dlopen | getaddrinfo | syslog)
			echo "linked in: $member"
			grep -A 1 "libc\.a($member\." build/initbox.map | head -2
			false
			;;
		esac
	done < <(sort -u <<<"$output")
}

@test "product: musl-gcc, gcc and clang build it without a warning, static" {
	for cc in musl-gcc gcc clang; do
		builds_clean CC=$cc
		run readelf -lW initbox
		lacks INTERP
	done
}

@test "product: so do gcc and the C library of the system, dynamically" {
	make -s defconfig
	sed -i 's/^CONFIG_STATIC=y/# CONFIG_STATIC is not set/' .config
	run make -j2 CC=gcc
	[ "$(grep -v -e '^  CC ' -e '^  LINK ' <<<"$output")" = "" ] ||
		show_output "make says more"
	run readelf -lW initbox
	has INTERP
	./initbox --list | grep -qx reaper
}

@test "product: -O2 builds without a warning too" {
	builds_clean CFLAGS=-O2
}

@test "product: it has no path of the machine that built it, with or without -g" {
	unset CCACHE_IGNOREOPTIONS # or a wrong one could come from elsewhere
	make tiny_defconfig
	for flags in -Os -g; do
		make -j2 CFLAGS=$flags
		run grep -c -a -e "$tree" -e "$top" build/initbox_unstripped
		[ "$output" = 0 ]
	done
}

@test "product: without FEATURE_HELP the help is synopsis and summary only" {
	make reaper_defconfig
	make -j2
	./initbox reaper --help >long
	sed -i 's/^CONFIG_FEATURE_HELP=y/# CONFIG_FEATURE_HELP is not set/' .config
	make -j2
	./initbox reaper --help >short
	[ "$(wc -l <short)" -lt 6 ]
	[ "$(wc -l <long)" -gt "$(wc -l <short)" ]
	fails grep -e '--grace' short
}

@test "product: --config prints .config" {
	built_tree
	./initbox --config | cmp - .config
}

# as_in_readme NAME: ./initbox is as large as README's row of that name says, by a
# fiftieth; not each has one
as_in_readme() {
	local bytes said

	bytes=$(wc -c <initbox)
	said=$(sed -n "s/^| \`$1\`.* | \([0-9,]*\) |\$/\1/p" README.md | tr -d ,)
	[ -z "$said" ] || [ $((bytes > said ? bytes - said : said - bytes)) -le $((said / 50)) ] ||
		{ echo "$1: $bytes bytes; sh scripts/figures.sh write"; false; }
}

# writes_at_most VARIABLES STACK COMMAND...: what it has of its own while it waits for
# its child, in kB; the child ./ask says so. The stack begins anywhere on a page: in
# one of many runs it is no more than that.
writes_at_most() {
	local variables=$1 stack=$2 run

	cat >ask <<-'EOF'
		#!/bin/sh
		until grep -q '^State:.S' /proc/$PPID/status; do :; done
		awk '/^[0-9a-f]+-/ { stack = /\[stack\]/ }
			/^Anonymous:/ { kb[stack] += $2 }
			END { print kb[0] + 0, kb[1] + 0 }' /proc/$PPID/smaps
	EOF
	chmod +x ask
	for run in {1..100}; do
		run env -i "PATH=$PWD:/usr/bin:/bin" "${@:3}"
		[[ $output =~ ^[1-9][0-9]*\ [1-9][0-9]*$ ]] || break
		[ "${output% *}" -le "$variables" ] || break
		[ "${output#* }" -gt "$stack" ] || return 0
	done
	echo "${*:3}: variables and stack, kB: $output"
	return 1
}

@test "product: a reaper writes one page of variables, and less than one of stack" {
	[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "a page has $(getconf PAGESIZE) bytes"
	built_tree
	writes_at_most 4 4 ./initbox reaper -- ask
	# Wherever on its page the data begin.
	for bytes in {100..4100..250}; do
		printf 'const char pad_%s[%s] = { 1 };\n' "$bytes" "$bytes" >pad.c
		musl-gcc -c pad.c
		make -s LDFLAGS="-Wl,-u,pad_$bytes pad.o"
		writes_at_most 4 4 ./initbox reaper -- ask
	done
}

@test "product: sigproxy and an init with an entry write few pages, too" {
	[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "a page has $(getconf PAGESIZE) bytes"
	built_tree
	writes_at_most 12 4 ./initbox sigproxy -- ask
	ln -sf initbox init
	writes_at_most 44 8 ./init --control none -e ::once:ask
}

@test "product: every ready configuration builds and has the applet it promises" {
	for file in configs/*.config; do
		name=${file##*/}
		name=${name%.config}
		make -s "${name}_defconfig"
		make -s -j2
		want=$name
		[ "$name" != tiny ] || want=reaper
		[ "$(./initbox --list)" = "$want" ]
		within_budget "$name"
		as_in_readme "$name"
		ln -sf initbox "$want"
		case $name in reaper | docker-init | tiny) writes_at_most 4 4 "./$want" -- ask ;; esac
		mv initbox "$BATS_TEST_TMPDIR/$name"
	done
	cd "$BATS_TEST_TMPDIR"
	[ "$(wc -c <tiny)" -lt "$(wc -c <reaper)" ]
	[ "$(wc -c <reaper)" -lt "$(wc -c <init)" ]
}

@test "figures: a figure that is off is named with file and line, or put right" {
	printf '%s\n' 'help TINI 1300' 'help PAUSE 40' 'file default 123456' \
		'file reaper 999' >measured
	printf '//config:%s\n' 'config TINI' '  saves about 9 KiB, about 3 KiB' \
		'config PAUSE' '  saves about 0.1 KiB.' 'config INIT' ' about 7 KiB' >a.c
	printf '| %s |\n' 'default: all | 1,000' '`reaper` | 1,001' '`x` | 7' >README
	echo 'they have 1,000 and 2 bytes.' >performance
	for awk in "${awks[@]}"; do
		for file in a.c README performance; do
			MODE=write FOUND=found $awk -f scripts/figures.awk measured $file
		done >out
		diff out - <<-END
			//config:config TINI
			//config:  saves about 1.3 KiB, about 3 KiB
			//config:config PAUSE
			//config:  saves about 0.1 KiB.
			//config:config INIT
			//config: about 7 KiB
			| default: all | 123,456 |
			| \`reaper\` | 999 |
			| \`x\` | 7 |
			they have 123,456 and 999 bytes.
		END
		MODE=check FOUND=found fails $awk -f scripts/figures.awk measured a.c
		has "a.c:2: says 9, is 1.3"
		lacks "a.c:4"
	done
	printf '%s\n' TINI PAUSE >both
	sort -u found | diff - <(sort both)
}

@test "make size: the parts add up, the last lines are the files' sizes" {
	built_tree
	run make size
	[ "$status" -eq 0 ]
	[[ ${lines[-2]} =~ ^initbox\ +$(wc -c <initbox)\ bytes$ ]]
	[[ ${lines[-1]} =~ ^reaper\ alone\ +[0-9]+\ bytes$ ]]
	for part in init reaper sigproxy zombiecheck reap.c supervise.c libc; do
		has "  $part "
	done
	# All sections that are loaded, but for alignment between them; the map
	# counts some strings twice that the linker has merged.
	total=$(awk '$1 == "total" {print $2 + $3}' <<<"$output")
	real=$(size build/initbox_unstripped | awk 'NR == 2 {print $1 + $2}')
	[ $((total - real)) -lt 500 ]
	[ $((real - total)) -lt 1500 ]
	sum=$(awk '$1 != "total" && NF == 4 && $2 ~ /^[0-9]+$/ {n += $2 + $3} END {print n}' <<<"$output")
	[ "$sum" -eq "$total" ]
}

@test "make size: every awk counts the same" {
	built_tree
	for awk in "${awks[@]}"; do
		BUILD=./build $awk -f scripts/size.awk build/initbox.map | sort \
			>"$BATS_TEST_TMPDIR/${awk%% *}"
		cmp "$BATS_TEST_TMPDIR/mawk" "$BATS_TEST_TMPDIR/${awk%% *}"
	done
}

@test "make size-diff: without a commit it says so" {
	git init -q .
	run make -j2 size-diff
	[ "$status" -ne 0 ]
	has "no commit to compare with"
}

@test "make lint: names file and line of bad layout, shell faults and likely bugs" {
	# Only what the test brings is looked at: that is quick.
	find applets libbb-lite testsuite examples docs .ci -type f -delete
	find scripts -name '*.sh' ! -name 'lint.sh' ! -name 'tags.sh' ! -name 'kconfig.sh' -delete
	printf '//kbuild:obj-y += good.o\nint main(void)\n{\n\treturn 0;\n}\n' \
		>applets/good.c
	run make lint
	[ "$status" -eq 0 ] || show_output "finds fault with nothing"
	printf 'int   wide(void);\n' >>applets/good.c
	printf '#!/bin/sh\necho $1\n' >scripts/bad.sh
	printf '#include <string.h>\nint f(char *s);\nint f(char *s)\n{\n\tif (strcmp(s, "a") || s == 0)\n\t\treturn *s;\n\treturn sizeof(s + 1);\n}\n' >applets/bug.c
	run make lint
	[ "$status" -ne 0 ]
	has "applets/good.c:6: not laid out"
	has "scripts/bad.sh line 2"
	has "applets/bug.c:"
	has "bugprone"
}
