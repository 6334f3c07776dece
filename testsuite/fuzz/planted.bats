#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# long
# Do the fuzz targets see anything? Copies of the tree with faults planted.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup() {
	export OPT=-O0
	. "$TOP/testsuite/ccache.sh"
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE O V T CFLAGS CPPFLAGS \
		LDFLAGS CC AWK OUT RUNS
	mkdir "$BATS_TEST_TMPDIR/tree"
	cd "$TOP" || return
	cp -R applets configs libbb-lite scripts testsuite Makefile Config.in Kbuild \
		"$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return
}

# plant FILE EXPRESSION: what sed makes of it, which must be something else
plant() {
	cp "$1" before
	sed -i "$2" "$1"
	! cmp -s before "$1" || {
		echo "nothing was planted: $1: $2"
		return 1
	}
}

# sees FILE EXPRESSION TARGET...: each of these finds that fault, alone
sees() {
	plant "$1" "$2"
	RUNS=20000 run sh scripts/fuzz.sh short "${@:3}"
	echo "$output" | cut -c 1-160
	[ "$status" -ne 0 ]
	for target in "${@:3}"; do
		grep -q "^$target: .*/s, [1-9][0-9]* findings" <<<"$output"
		echo "$target" >>seen
	done
	mv before "$1"
	touch "$1" # make compares times
}

@test "planted: each target finds a fault in what it drives" {
	sees applets/init/inittab.c \
		's/newline > text && newline\[-1\]/newline[-1]/' inittab
	sees applets/init/control.c \
		's/sizeof(c->request) - 1 - c->got,/sizeof(c->request) - c->got,/' control
	sees applets/init/client.c 's/line + 1, 255/line + 1, 999/' client
	sees applets/zombiecheck/json.c 's/text_json(t, s)/text_raw(t, s)/' zombiecheck
	sees libbb-lite/procfs.c "s/for (; s < end \&\& \*s >= '0'/for (; *s >= '0'/" stat
	sees libbb-lite/cgroup.c \
		's/p->length < size ? p->length : size - 1/p->length/' files
	sees libbb-lite/format.c 's/\*s < 0xc2 ? 0/*s < 0xc0 ? 0/' escape
	sees libbb-lite/options.c 's/if (!value)$/if (false)/' \
		options-{init,reaper,sigproxy,zombiecheck}
	sees libbb-lite/signal_names.c \
		's/length >= sizeof(from)/length > sizeof(from)/' words
	[ "$(sort seen)" = "$(sh scripts/fuzz.sh list | sort)" ]
}

@test "planted: a byte that is read and that nobody wrote is found" {
	plant libbb-lite/format.c 's/^\ttext_end(t);$//'
	run sh scripts/fuzz.sh memory client
	echo "$output" | cut -c 1-160
	[ "$status" -ne 0 ]
	[[ $output == *use-of-uninitialized-value* ]]
}

# finds WORD SEEDS: the reader with so many seeds; of some the finding is WORD
finds() {
	FINDINGS=$PWD/kept run sh testsuite/fuzz/kconfig.sh 1 "$2"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$1"* ]]
	compgen -G "kept/kconfig-*/Config.in"
}

@test "planted: a Kconfig reader that gives up without a word is found" {
	plant scripts/kconfig.awk \
		's/^function bad(text) { fatal(/function bad(text) { exit 1; (/'
	finds "not one line" 40
}

@test "planted: a Kconfig reader that hangs is found" {
	plant scripts/kconfig.awk \
		's/^function bad(text) { fatal(/function bad(text) { while (1); (/'
	finds "ended with 137" 2
}
