# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the tests that use it
# shell_helper.bash - what the files about sigproxy's scope shell share.

# SHELLS: fewer of them, for a quick look. What does not depend on the shell is
# tried with a large and a small one.
FEW_SHELLS=${SHELLS:-bash ash}
SHELLS=${SHELLS:-bash dash ash mksh zsh}

setup_file() {
	local name

	cc -O1 -static -o "$BATS_FILE_TMPDIR/actor" \
		"$BATS_TEST_DIRNAME/helpers/actor.c" -lutil
	mkdir "$BATS_FILE_TMPDIR/shells"
	for name in bash dash mksh zsh; do
		ln -s "$(type -P $name)" "$BATS_FILE_TMPDIR/shells/$name"
	done
	ln -s "$(type -P busybox.static || type -P busybox)" \
		"$BATS_FILE_TMPDIR/shells/ash"
}

setup() {
	actor_setup
	PROXY=$(applet sigproxy)
	SH=$(command -v sh)
	export PROXY SH HOME=$BATS_TEST_TMPDIR # nobody's profile
}

# use SHELL: the one that script writes for; forget the last turn's log.
use() {
	again
	rm -f go2 go3 seen lines
	SH=$BATS_FILE_TMPDIR/shells/$1
	[ -x "$SH" ] || {
		echo "$1 is not installed" >&2
		return 1
	}
}

# script FILE: an executable script for that shell, from stdin.
script() {
	{
		echo "#!$SH"
		cat
	} >"$1"
	chmod +x "$1"
}

# shell_has_died: wait for the end of $shell_pid, which had no trap, so that time
# has passed since the program was told. mksh takes a TERM only when its program
# in the foreground has ended.
shell_has_died() {
	[ "${SH##*/}" = mksh ] || wait_until is_gone "$shell_pid"
}

# died_of_term: 143; from mksh also 0, because it may not have had its TERM yet.
died_of_term() {
	case ${SH##*/}:$status in
	*:143 | mksh:0) ;;
	*) same "${TURN:-}, status" "$status" 143 ;;
	esac
}

# told N NAME: this actor got N TERMs in all; for after the end.
told() {
	same "${TURN:-}: TERMs to $2" "$(count "$2 sig 15")" "$1"
}

# proxy_for_all: $PROXY becomes a copy that other users may run.
proxy_for_all() {
	cp "$PROXY" "$BATS_FILE_TMPDIR/sigproxy"
	PROXY=$BATS_FILE_TMPDIR/sigproxy
	chmod 755 "$PROXY"
}

# term COMMAND... -- STEP...: see helpers/term.py
term() {
	status=0
	output=$(python3 "$BATS_TEST_DIRNAME/helpers/term.py" "$@" 2>&1 3>&-) || status=$?
	echo "status $status, output: $output"
}
