# SPDX-License-Identifier: MIT
# Common to the tests of the build. Each test works in a copy of the tree of
# its own, $tree, and bats removes it.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
tree=$BATS_TEST_TMPDIR/tree
awks=(mawk gawk "gawk --posix" "busybox awk" original-awk)

# What a make around us, or the user's environment, would hand down.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE O V T CC CFLAGS CPPFLAGS \
	LDFLAGS CROSS_COMPILE STRIP AWK DESTDIR PREFIX KCONFIG_ALLCONFIG \
	KCONFIG_SEED 	KCONFIG_CONFIG srctree
export LC_ALL=C

. "$top/testsuite/ccache.sh"

# copy_tree DIR: the sources as they are now, nothing that was built
copy_tree() {
	mkdir -p "$1"
	tar -C "$top" --exclude=./.git --exclude=./build --exclude=./initbox \
		--exclude=./.config --exclude=./compile_commands.json -cf - . |
		tar -C "$1" -xf -
}

# In most tests: start in a fresh copy.
setup_tree() {
	copy_tree "$tree"
	cd "$tree" || return
}

# build_template: for setup_file; and built_tree: start in a copy of what that
# built by make -j2. All such copies have one path, which is in the flags. All of
# it is an hour old: what is touched is newer, no second has to pass.
build_template() {
	copy_tree "$BATS_FILE_TMPDIR/tree"
	make -C "$BATS_FILE_TMPDIR/tree" -j2
	find "$BATS_FILE_TMPDIR/tree" -exec touch -h -d '1 hour ago' {} +
	cp -a "$BATS_FILE_TMPDIR/tree" "$BATS_FILE_TMPDIR/template"
}

built_tree() {
	tree=$BATS_FILE_TMPDIR/tree
	rm -rf "$tree"
	cp -a "$BATS_FILE_TMPDIR/template" "$tree"
	cd "$tree" || return
}

# tiny_tree [FEATURE...]: configured for a small build, with these beside
tiny_tree() {
	make -s tiny_defconfig
	for feature; do
		sed -i "s/^# \(CONFIG_FEATURE_$feature\) is not set/\1=y/" .config
	done
}

# within_budget NAME: ./initbox of that configuration is no larger than agreed
within_budget() {
	local bytes limit

	bytes=$(wc -c <initbox)
	limit=$(awk -v name="$1" '$1 == name { print $2 }' configs/budget.txt)
	[ "$bytes" -le "${limit:-0}" ] && return
	echo "$1: $bytes bytes, and ${limit:-no} in configs/budget.txt"
	return 1
}

# fails COMMAND...: it must fail; as the last command of a test "!" is not seen
fails() {
	run "$@"
	[ "$status" -ne 0 ]
}

# has TEXT, lacks TEXT: $output contains it or not; else show $output's last lines
has() {
	[[ $output == *"$1"* ]] || show_output "not there: $1"
}

lacks() {
	[[ $output != *"$1"* ]] || show_output "there: $1"
}

show_output() {
	printf '%s\n' "$1, in:" "$(tail -n 20 <<<"$output" | cut -c 1-200)"
	return 1
}

# kconfig_conf TARGET: what kconfig-frontends makes of ./.config (on stdin:
# answers). Sourced menus are found as in scripts/kconfig.sh.
kconfig_conf() (
	export srctree=$PWD KCONFIG_CONFIG=$PWD/.config
	cd build/gen && kconfig-conf "--$1" "$srctree/Config.in" 2>&1
)

# path_without TOOL: a folder for PATH that has all tools but this
path_without() {
	local dir=$BATS_TEST_TMPDIR/bin-without-$1

	mkdir "$dir"
	ln -s /usr/bin/* "$dir"
	ln -sf /bin/* /usr/local/bin/* "$dir" 2>/dev/null || :
	rm -f "$dir/$1"
	echo "$dir"
}
