#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zombiecheck as a user sees it: the list, what counts, and when it cannot tell.
# Causes, outputs and PID 1 have files of their own. Each test makes its zombies in a PID namespace of its own, by
# helpers/zoo.c, so that nobody else's are counted.

load ../helper

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/zoo" \
		"$BATS_TEST_DIRNAME/helpers/zoo.c" -pthread
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# Another user must be able to come here and to execute it.
	chmod 755 "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	zoo=$BATS_FILE_TMPDIR/zoo
	check=$(applet zombiecheck)
	export check zoo
	unset "${!INITBOX_@}"
	export INITBOX
}

# try COMMAND...: as bats' run, but it ends: 124 after WAIT_LIMIT s.
try() {
	run timeout --foreground -k 1 "$WAIT_LIMIT" "$@" 3>&-
	echo "$*: $status"
	echo "$output"
}

# in_zoo SPEC... -- COMMAND...: in a new PID namespace
in_zoo() {
	ns_command
	try "${NS[@]}" "$zoo" "$@"
}

# in_zoo_sh TEXT SPEC...: the same with a shell text; $check is zombiecheck
in_zoo_sh() {
	local text=$1

	shift
	in_zoo "$@" -- bash -c "$text"
}

# between_looks: starts zombiecheck, which stands still when its first look is
# done, before it sleeps; look_again: the second one, and the end.
between_looks() {
	strace -qq -o trace -e trace=nanosleep \
		-e inject=nanosleep:signal=STOP:when=1 "$check" --settle 10ms &
	strace=$!
	wait_until has_line trace 'stopped by SIGSTOP'
}
look_again() {
	local stopped

	read -r stopped _ <"/proc/$strace/task/$strace/children" || :
	kill -CONT "$stopped"
	wait "$strace"
}
# has_no_child PID: for wait_until
has_no_child() {
	[ -z "$(cat "/proc/$1/task/$1/children")" ]
}
export -f between_looks look_again has_no_child wait_until pause matches has_line state_of is_gone
export WAIT_LIMIT

# has_text TEXT: $output contains it; lacks_text TEXT: it does not.
has_text() {
	[[ $output == *"$1"* ]] && return
	echo "not there: $1"
	return 1
}

lacks_text() {
	[[ $output != *"$1"* ]] && return
	echo "there: $1"
	return 1
}

# row NUMBER: the words of that row of the table, blanks squeezed. Whether a
# waiting process is seen running or sleeping is chance: state R is shown as S.
row() {
	printf '%s\n' "$output" | awk -v want="$1" '
		/^PARENT / { in_table = 1; next }
		in_table && NF == 0 { exit }
		in_table && ++n == want {
			$2 = $2 == "R" ? "S" : $2
			$NF = ""
			sub(/ $/, "")
			print
		}'
}

# names PARENT: what stands behind "names:" for that parent
names() {
	printf '%s\n' "$output" | awk -v want="$1" '
		$1 == want && /: / && !/^ / { found = 1 }
		found && sub(/^  names: /, "") { sub(/  oldest.*/, ""); print; exit }'
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: $1"
}

# ---- the list --------------------------------------------------------------

@test "zombiecheck: no zombies ends it with 0 and one line" {
	in_zoo -- sh -c 'readlink /proc/self/ns/pid; exec "$check"'
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	namespace=${lines[0]//[!0-9]/}
	[ "${lines[1]}" = "no zombies (2 processes, pid namespace $namespace)" ]
}

@test "zombiecheck: where it is alone it counts one process" {
	ns_command
	try "${NS[@]}" "$check"
	[ "$status" -eq 0 ]
	has_text "no zombies (1 process, pid namespace "
}

@test "zombiecheck: lists zombies by parent with counts and names, status 1" {
	in_zoo keeper='worker*2,job*1' other=task self='orphan*3' -- "$check"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} =~ ^"7 zombies, 3 parents (pid namespace "[0-9]+", scanned 11 processes)"$ ]]
	[[ $(row 1) == "1 S "*" 3 init-same-session" ]]
	[ "$(names 1)" = "orphan x3" ]
	[ "$(row 2)" = "2 S keeper 3 no-wait" ]
	[ "$(names 2)" = "worker x2, job x1" ]
	[ "$(row 3)" = "6 S other 1 no-wait" ]
	[ "$(names 6)" = "task x1" ]
	[ -z "$(row 4)" ]
}

@test "zombiecheck: --pidns self is ours, also in the /proc of another namespace" {
	in_zoo_sh 'unshare --pid --fork --kill-child "$check" --settle 0 --pidns self' keeper=worker
	[ "$status" -eq 0 ]
	has_text "no zombies"
	in_zoo_sh '"$check" --settle 0 --pidns self' keeper=worker
	[ "$status" -eq 1 ]
}

@test "zombiecheck: one that is reaped between two files that are read is none" {
	in_zoo_sh 'read -r zombie <"/proc/$ZOO_1/task/$ZOO_1/children"
		zombie=${zombie% *}
		strace -qq -o trace -P "$zombie/status" -e trace=openat -e inject=openat:signal=STOP:when=1 \
			"$check" --settle 0 & strace=$!
		wait_until has_line trace "stopped by SIGSTOP"
		kill -USR1 "$ZOO_1"
		wait_until has_no_child "$ZOO_1"
		look_again' keeper=worker
	[ "$status" -eq 0 ]
	has_text "no zombies"
}

@test "zombiecheck: one zombie of one parent is told in the singular" {
	in_zoo keeper=worker -- "$check"
	[ "$status" -eq 1 ]
	has_text "1 zombie, 1 parent (pid namespace "
}

@test "zombiecheck: the columns stand below their heads" {
	in_zoo keeper='worker*12' -- "$check" --settle 0
	[ "$status" -eq 1 ]
	# it has said that all are there, and may not sleep yet
	printf '%s\n' "$output" | sed -n '/^PARENT/,/^$/p' | sed '/^$/d; s/  R  /  S  /' >table
	cat >want <<-'END'
		PARENT  STATE  COMMAND            ZOMBIES  CAUSE          CONTAINER
		     2  S      keeper                  12  no-wait        -
	END
	diff want table
}

@test "zombiecheck: the columns stand where they do for names that are not ASCII, too" {
	in_zoo grüße='worker*12' -- "$check" --settle 0
	[ "$status" -eq 1 ]
	printf '%s\n' "$output" | sed -n 's/  R  /  S  /; /grüße  /p' >table
	echo "     2  S      grüße                   12  no-wait        -" | diff - table
}

@test "zombiecheck: each name stands once, whatever the order of the zombies" {
	in_zoo keeper=a,b,a,b,a -- "$check" --settle 0
	[ "$status" -eq 1 ]
	[ "$(row 1)" = "2 S keeper 5 no-wait" ]
	[ "$(names 2)" = "a x3, b x2" ]
}

@test "zombiecheck: no row is wider than 80 columns, however long the names" {
	in_zoo \
		"$(printf 'p%.0s' {1..90})=aaaaaaaaaaaaaaa,bbbbbbbbbbbbbbb,ccccccccccccccc,ddddd" \
		$'q=\e\e\e\e\e\e\e\e\e\e\e\e\e\e\e,\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r' \
		-- "$check" --settle 0
	[ "$status" -eq 1 ]
	[ "$(printf '%s\n' "$output" | awk '
		/^PARENT/ { on = 1 }
		NF == 0 && on { exit }
		on && length > 80' | wc -l)" -eq 0 ]
}

@test "zombiecheck: shows the state of a stopped parent" {
	in_zoo_sh 'kill -STOP "$ZOO_1"
		until grep -q "^State:.T" "/proc/$ZOO_1/status"; do :; done
		exec "$check" --settle 0' keeper=worker
	[ "$status" -eq 1 ]
	[ "$(row 1)" = "2 T keeper 1 parent-stopped" ]
}

@test "zombiecheck: a zombie whose parent is outside of the namespace has parent 0" {
	ns_start "$zoo" -- sleep 1000
	init=$NS_PID
	wait_until eval '[ "$(wc -w <"/proc/$init/task/$init/children")" -gt 0 ]'
	OUT=$PWD/outside start "$zoo" --outside "$init" foreign
	wait_until has_line outside ready
	user=()
	[ "$(id -u)" = 0 ] || user=(--user --preserve-credentials)
	try nsenter --target "$init" "${user[@]}" --pid --mount --root -- "$check" --settle 0
	[ "$status" -eq 1 ]
	[ "$(row 1)" = "0 ? (outside) 1 outside" ]
	[ "$(names 0)" = "foreign x1" ]
}

@test "zombiecheck: names as many zombies as it is asked to" {
	names=$(printf 'name%011d,' {1..1400})
	in_zoo keeper="${names%,}" -- "$check" --settle 0 --limit 2000
	[ "$status" -eq 1 ]
	[ "$(names 2 | grep -o 'name[0-9]* x1' | sort -u | wc -l)" -eq 1400 ]
	has_text "  fix: bug in keeper"
}

@test "zombiecheck: counts 2,000 zombies" {
	in_zoo keeper='worker*1500' other='task*500' -- "$check"
	[ "$status" -eq 1 ]
	has_text "2000 zombies, 2 parents"
	[ "$(row 1)" = "2 S keeper 1500 no-wait" ]
	[[ $(row 2) == *" S other 500 no-wait" ]]
}

# ---- what counts -----------------------------------------------------------

@test "zombiecheck: a dead leader with live threads is no zombie" {
	in_zoo leader=server -- "$check"
	[ "$status" -eq 0 ]
	has_text "no zombies (3 processes, "
	has_text "note: 1 process looks defunct but has live threads: 2 server (3 threads)"
}

@test "zombiecheck: a dead leader does not hide the true zombies beside it" {
	in_zoo leader=server leader=other keeper=worker -- "$check"
	[ "$status" -eq 1 ]
	has_text "1 zombie, 1 parent"
	has_text "note: 2 processes look defunct but have live threads: "
	[ "$(names 8)" = "worker x1" ]
}

@test "zombiecheck: the settle time leaves out who was reaped, and follows who got a new parent" {
	cat >look <<-'END'
		between_looks
		kill -USR1 "$ZOO_1"
		kill -KILL "$ZOO_2"
		wait_until has_no_child "$ZOO_1"
		wait_until is_gone "$ZOO_2"
		look_again
	END
	in_zoo_sh '. ./look' keeper='brief*3' goner=orphan slow=worker
	[ "$status" -eq 1 ]
	has_text "2 zombies, 2 parents"
	lacks_text "brief x"
	[ "$(names 1)" = "orphan x1" ]
	[[ $(row 2) == *" S slow 1 no-wait" ]]
	[ -z "$(row 3)" ]
}

@test "zombiecheck: a parent that ends during the look leaves all its zombies to their new one" {
	cat >look <<-'END'
		# it stops when it has found all of them
		strace -qq -o trace -P 3/status -e trace=openat \
			-e inject=openat:signal=STOP:when=1 "$check" --settle 0 &
		strace=$!
		wait_until has_line trace 'stopped by SIGSTOP'
		read -r stopped _ <"/proc/$strace/task/$strace/children" || :
		kill -KILL "$ZOO_1"
		wait_until is_gone "$ZOO_1"
		kill -CONT "$stopped"
		wait "$strace"
	END
	in_zoo_sh '. ./look' goner='orphan*3'
	[ "$status" -eq 1 ]
	has_text "3 zombies, 1 parent"
	[ "$(names 1)" = "orphan x3" ]
}

@test "zombiecheck: all reaped within the settle time means no zombies, status 0" {
	in_zoo_sh 'between_looks
		kill -USR1 "$ZOO_1"
		wait_until has_no_child "$ZOO_1"
		look_again' keeper='brief*3'
	[ "$status" -eq 0 ]
	has_text "no zombies ("
}

@test "zombiecheck: --settle 0 counts who is a zombie now, and does not sleep" {
	# A look that slept would never come back: 10 h are not waited for.
	in_zoo_sh '"$check" --settle 10h & pid=$!
		"$check" --settle 0; status=$?
		kill "$pid"
		exit "$status"' keeper='brief*3'
	[ "$status" -eq 1 ]
	has_text "3 zombies, 1 parent"
}

@test "zombiecheck: without zombies it does not wait for the settle time" {
	in_zoo -- "$check" --settle inf
	[ "$status" -eq 0 ]
	has_text "no zombies"
}

# ---- hostile names ---------------------------------------------------------

@test "zombiecheck: hostile names are counted, and printed with control bytes as \\xNN" {
	in_zoo keeper='a) Z 1 (' other=$'a) Z 1 (\n b' third=$'\e[2J\e[31mred' \
		fourth=$'tab\there' fifth=$'del\x7f\rx' sixth="%s%n\\" seventh=')' \
		eighth='(' -- "$check" --settle 0
	[ "$status" -eq 1 ]
	has_text "8 zombies, 8 parents"
	[ "$(names 2)" = 'a) Z 1 ( x1' ]
	[ "$(names 4)" = 'a) Z 1 (\x0a b x1' ]
	[ "$(names 6)" = '\x1b[2J\x1b[31mred x1' ]
	[ "$(names 8)" = 'tab\x09here x1' ]
	[ "$(names 10)" = 'del\x7f\x0dx x1' ]
	[ "$(names 12)" = "%s%n\\ x1" ]
	[ "$(names 14)" = ') x1' ]
	[ "$(names 16)" = '( x1' ]
	# 2 lines of heads; a row and three lines each; blank ones are left out
	[ "${#lines[@]}" -eq 34 ]
	[ "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" -eq 0 ]
}

@test "zombiecheck: so are hostile command lines of parents" {
	in_zoo $'evil\n99  S  fake\e]0;x\a=worker' -- "$check" --settle 0
	[ "$status" -eq 1 ]
	[[ $(row 1) == '2 S evil\x0a99 '*' 1 no-wait' ]]
	[ -z "$(row 2)" ]
}

@test "zombiecheck: a process of an empty name is counted" {
	in_zoo keeper='*2' -- "$check" --settle 0
	[ "$status" -eq 1 ]
	[ "$(row 1)" = "2 S keeper 2 no-wait" ]
}

# ---- when it cannot tell ---------------------------------------------------

@test "zombiecheck: --proc of a folder that is no procfs, or of none, ends with 2 and says why" {
	mkdir folder
	: >file
	while read -r dir why; do
		try "$check" --proc "$dir"
		[ "$status" -eq 2 ]
		[ "$output" = "zombiecheck: $dir: $why" ]
	done <<-'END'
		./folder not a proc filesystem
		/ not a proc filesystem
		./missing No such file or directory
		./file Not a directory
		/proc/self/status Not a directory
	END
	try "$check" --proc ''
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: : No such file or directory" ]
	try "$check" --proc=$'no\nsuch\e[m'
	[ "$status" -eq 2 ]
	[ "$output" = 'zombiecheck: no\x0asuch\x1b[m: No such file or directory' ]
}

@test "zombiecheck: --proc looks at another procfs" {
	ns_command
	mkdir other
	in_zoo_sh 'mount -t proc proc other && mount -t tmpfs none /proc &&
		"$check" --proc other --settle 0; a=$?
		"$check" --proc=./other/ --settle=0; b=$?
		INITBOX_PROC=other INITBOX_SETTLE=0 "$check"; c=$?
		exit $((a * 100 + b * 10 + c))' keeper='worker*2'
	[ "$status" -eq 111 ]
	[ "$(grep -c '2 zombies, 1 parent' <<<"$output")" -eq 3 ]
	[ "$(row 1)" = "2 S keeper 2 no-wait" ]
}

@test "zombiecheck: another namespace's procfs is named by its own namespace, or by ?" {
	need_root "to look into a foreign /proc"
	# /proc stays that of the outer namespace
	outer=$(readlink /proc/self/ns/pid)
	outer=${outer//[!0-9]/}
	try unshare --pid --fork --kill-child "$check" --settle 0
	[[ $output =~ "pid namespace "($outer|'?') ]]
}

# The sanitizers want a /proc, too, and say so.
# bats test_tags=unsanitized
@test "zombiecheck: without /proc it ends with 2" {
	ns_command
	# what /proc is then: an empty folder, or a folder of something else
	try "${NS[@]}" sh -c 'mount -t tmpfs none /proc && exec "$check"'
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: /proc: not a proc filesystem" ]
	make_image root zombiecheck
	try "${NS[@]}" chroot root /zombiecheck
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: /proc: No such file or directory" ]
}

@test "zombiecheck: a full, closed or abandoned stdout ends it with 2" {
	for spec in self=orphan leader=server; do
		in_zoo "$spec" -- sh -c 'exec "$check" --settle 0 >/dev/full'
		[ "$status" -eq 2 ]
		[ "$output" = "zombiecheck: stdout: No space left on device" ]
		in_zoo "$spec" -- sh -c 'exec "$check" --settle 0 >&-'
		[ "$status" -eq 2 ]
		[ "$output" = "zombiecheck: stdout: Bad file descriptor" ]
	done
	mkfifo pipe
	# 9 writes to a pipe that nobody reads any more
	in_zoo_sh 'exec 8<>pipe 9>pipe 8<&-; exec "$check" --settle 0 >&9' self=orphan
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: stdout: Broken pipe" ]
	# ... and one whose reader only takes the first line
	in_zoo_sh '"$check" --settle 0 | true; exit "${PIPESTATUS[0]}"' \
		keeper='worker*2'
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
	for words in --help --version; do
		try sh -c 'exec "$check" "$1" >/dev/full' sh $words
		[ "$status" -ne 0 ]
		has_text "No space left on device"
	done
}

@test "zombiecheck: a closed or full stderr changes no status" {
	for how in '2>&-' '2>/dev/full' '<&- >&- 2>&-'; do
		try sh -c 'exec "$check" --proc /nosuch '"$how"
		[ "$status" -eq 2 ]
	done
	in_zoo self=orphan -- sh -c 'exec "$check" --settle 0 <&- 2>&-'
	[ "$status" -eq 1 ]
	has_text "1 zombie, 1 parent"
}

@test "zombiecheck: what keeps it from looking ends it with 2, never with 0" {
	# no descriptor for /proc itself, and none for what is in it
	for limit in 3 4; do
		in_zoo self=orphan -- prlimit --nofile=$limit "$check" --settle 0
		[ "$status" -eq 2 ]
		has_text "Too many open files"
	done
}

@test "zombiecheck: a /proc that cannot be listed ends it with 2" {
	try strace -qq -o trace -e trace=getdents64 \
		-e inject=getdents64:error=ENOMEM:when=1 "$check" --settle 0
	grep -q INJECTED trace
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "zombiecheck: too little memory for the zombies ends it with 2" {
	in_zoo keeper='worker*1100' -- strace -qq -o trace -e trace=mremap \
		-e inject=mremap:error=ENOMEM "$check" --settle 0
	[ "$status" -eq 2 ]
	has_text "zombiecheck: scan: "
	grep -q INJECTED trace
}

# ---- other users -----------------------------------------------------------

@test "zombiecheck: needs no root" {
	need_root "to become another user"
	cp "$INITBOX" zombiecheck
	in_zoo keeper='worker*2' leader=server -- setpriv --reuid 65534 \
		--regid 65534 --clear-groups --no-new-privs --bounding-set -all \
		./zombiecheck --settle 0
	[ "$status" -eq 1 ]
	has_text "2 zombies, 1 parent"
	[ "$(row 1)" = "2 S keeper 2 no-wait" ]
	has_text "note: 1 process looks defunct"
	lacks_text unreadable
}

# hidden LEVEL SPEC...: zombiecheck as another user below such a /proc
hidden() {
	local level=$1

	shift
	need_root "to become another user"
	cp "$INITBOX" zombiecheck
	unshare --mount mount -t proc -o "hidepid=$level" proc /proc ||
		skip "the kernel knows no hidepid=$level"
	in_zoo_sh "mount -t proc -o hidepid=$level proc /proc &&"'
		exec setpriv --reuid 65534 --regid 65534 --clear-groups \
			./zombiecheck --settle 0' "$@"
}

@test "zombiecheck: hidepid=1: says how many it could not read" {
	hidden 1 keeper='worker*2'
	[ "$status" -eq 0 ]
	# the zoo, the keeper and two zombies
	has_text "note: 4 processes unreadable (hidepid or permissions): counts are a minimum"
}

@test "zombiecheck: hidepid=2: says that it does not see everybody" {
	hidden 2 keeper='worker*2'
	[ "$status" -eq 0 ]
	has_text "note: "
	has_text hidepid
}

@test "zombiecheck: hidepid=4: says that it does not see everybody" {
	hidden 4 keeper='worker*2'
	[ "$status" -eq 0 ]
	has_text "note: "
	has_text hidepid
}

@test "zombiecheck: subset=pid, which has only processes, is enough" {
	need_root "to mount"
	unshare --mount mount -t proc -o subset=pid proc /proc ||
		skip "the kernel knows no subset=pid"
	in_zoo_sh 'mount -t proc -o subset=pid proc /proc &&
		! [ -e /proc/uptime ] && exec "$check" --settle 0' keeper='worker*2'
	[ "$status" -eq 1 ]
	has_text "2 zombies, 1 parent"
	has_text "oldest <= "
	lacks_text note:
}

@test "zombiecheck: hidepid hides nothing from root" {
	need_root "to mount"
	in_zoo_sh 'mount -t proc -o hidepid=2 proc /proc && exec "$check" --settle 0' \
		keeper='worker*2'
	[ "$status" -eq 1 ]
	has_text "2 zombies, 1 parent"
	lacks_text note:
}

# ---- usage -----------------------------------------------------------------

@test "zombiecheck: usage errors end it with 2 and two lines" {
	while read -r bad words; do
		# shellcheck disable=SC2086
		try "$check" $words
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[0]} == "zombiecheck: $bad: "* ]]
		[ "${lines[1]}" = "zombiecheck: 'zombiecheck --help' shows how to use it" ]
	done <<-'END'
		--nope --nope
		-x -x
		word word
		word -- word
		word --settle 0 word
		--proc --proc
		--settle --settle
		soon --settle soon
		soon --settle=soon
		-1 --settle -1
		1x --settle 1x
		99999999999999999999h --settle 99999999999999999999h
		--help=1 --help=1
		--sett --sett 0
		--pro --pro /proc
	END
}

@test "zombiecheck: options come from the environment, the command line wins" {
	try env INITBOX_PROC=/nosuch "$check"
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: /nosuch: No such file or directory" ]
	in_zoo -- env INITBOX_PROC=/nosuch "$check" --proc /proc
	[ "$status" -eq 0 ]
	try env INITBOX_SETTLE=soon "$check"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == "zombiecheck: INITBOX_SETTLE=soon: "* ]]
	in_zoo -- env INITBOX_OTHER=x "$check"
	[ "$status" -eq 0 ]
}

@test "zombiecheck: --help and --version say themselves on stdout, status 0" {
	for option in -h --help; do
		try sh -c 'exec "$check" "$1" 2>/dev/null' sh $option
		[ "$status" -eq 0 ]
		[ "${lines[0]}" = "Usage: zombiecheck [ACTION] [FILTER] [OUTPUT]" ]
		has_text --settle
		has_text --proc
	done
	for option in -V --version; do
		try sh -c 'exec "$check" "$1" 2>/dev/null' sh $option
		[ "$status" -eq 0 ]
		[[ $output =~ ^"zombiecheck (initbox "[0-9.]+")"$ ]]
	done
}
