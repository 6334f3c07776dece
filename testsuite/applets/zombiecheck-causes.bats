#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zombiecheck's causes: each situation is made for real, by helpers/culprit.c in
# a PID namespace of its own, and read for people, as JSON and by its status.
# Frozen containers are in testsuite/containers, recorded trees in
# zombiecheck-trees.bats.

load ../helper

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/culprit" \
		"$BATS_TEST_DIRNAME/helpers/culprit.c" -pthread
	cc -O1 -static -o "$BATS_FILE_TMPDIR/zoo" \
		"$BATS_TEST_DIRNAME/helpers/zoo.c" -pthread
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	culprit=$BATS_FILE_TMPDIR/culprit
	check=$(applet zombiecheck)
	export check
	unset "${!INITBOX_@}" KUBERNETES_SERVICE_HOST
}

# caused CAUSE ADVICE [SITUATION]: the situation, if not of that name, is told so
# in every output.
caused() {
	ns_command
	run timeout --foreground -k 1 "$WAIT_LIMIT" "${NS[@]}" "$culprit" "${3-$1}" sh -c '
		"$check" --settle 0 >human; a=$?
		"$check" --settle 0 --json >json; b=$?
		"$check" --settle 0 --check >line; c=$?
		"$check" --settle 0 --nagios >plugin; d=$?
		printf "%s" "$CULPRIT" >pid
		exit "$a$b$c$d"' 3>&-
	cat human line plugin json
	echo "$output"
	[ "$status" -eq $((1111 % 256)) ]
	pid=$(cat pid)
	jq -e --arg cause "$1" --argjson pid "$pid" '.zombies == 1 and
		(.parents | length) == 1 and .parents[0].cause == $cause and
		.parents[0].pid == $pid and .parents[0].count == 1 and
		.parents[0].zombies[0].comm == "victim"' json
	# shellcheck disable=SC2053 # a pattern
	[[ $(jq -r '.parents[0].advice' json) == $2 ]]
	grep -q "^ *$pid  [A-Z]  .* 1  $1 " human
	grep -q "^  fix: $(jq -r '.parents[0].advice' json)" human
	grep -q "^FAIL: 1 zombie under $pid (" line
	grep -q "^ZOMBIES WARNING - 1 zombie, 1 parent; worst $pid (.*) x1 $1 | zombies=1;0;50;0 parents=1;;;0" plugin
}

@test "zombiecheck: no-wait: an init will not help, and says so" {
	caused no-wait 'bug in culprit; an init at PID 1 will not help. Gone when * exits.'
	grep -q 'does not wait for its own children' human
	grep -q 'names: victim x1 (exit 3)' human
	jq -e '.parents[0].zombies[0] | .exit == 3 and .signal == null' json
}

@test "zombiecheck: init-adopted: an init at PID 1 is the cure" {
	caused init-adopted 'put an init at PID 1 (docker run --init, *'
	grep -q '^1 .*: adopts orphans and does not reap them' human
	grep -q '  session: exec, health check, setsid?$' human
}

@test "zombiecheck: init-adopted: in a pod the advice is Kubernetes'" {
	export KUBERNETES_SERVICE_HOST=here
	caused init-adopted 'put an init at PID 1 (*shareProcessNamespace)'
}

@test "zombiecheck: init-same-session: may be an orphan or PID 1's own child" {
	caused init-same-session 'zombiecheck --probe in the container tells.*'
}

@test "zombiecheck: init-adopted: what PID 1 gave a session of its own may be its child" {
	caused init-adopted 'zombiecheck --probe in the container tells. An init helps with orphans only.' \
		init-detached
	grep -q '^1 .*: does not reap; orphans or own children' human
}

@test "zombiecheck: traced: names the tracer that has to let go" {
	caused traced 'detach tracer *: only it can let the zombie go'
	tracer=$(jq '.parents[0].zombies[0].tracer' json)
	[ "$tracer" -gt 1 ]
	grep -q "detach tracer $tracer:" human
}

@test "zombiecheck: parent-stopped: SIGCONT is the cure" {
	caused parent-stopped 'kill -CONT *'
	grep -q '^ *[0-9]*  T  ' human
}

@test "zombiecheck: parent-blocked: the parent hangs in vfork, state D" {
	caused parent-blocked 'unblock *; an init at PID 1 will not help'
}

@test "zombiecheck: parent-leader-dead: the parent's main thread has ended" {
	caused parent-leader-dead 'bug in culprit; *'
	jq -e '.leaders_with_threads == 1' json
	grep -q '^note: 1 process looks defunct but has live threads: ' human
}

@test "zombiecheck: sigchld-stuck: blocked and pending" {
	caused sigchld-stuck 'bug in culprit; *'
}

@test "zombiecheck: ignore-late: SIGCHLD was ignored after the child's end" {
	caused ignore-late 'bug in culprit; *'
}

@test "zombiecheck: runtime: the parent is a container's runtime" {
	caused runtime 'container runtime bug or hung shim: *'
}

@test "zombiecheck: SIGCHLD ignored in time leaves no zombie" {
	ns_command
	run timeout -k 1 "$WAIT_LIMIT" "${NS[@]}" python3 -c '
import os, signal, subprocess, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0: os._exit(0)
try: os.wait() # until there is no child any more
except ChildProcessError: pass
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
sys.exit(subprocess.call([os.environ["check"]]))' 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "no zombies ("* ]]
}

@test "zombiecheck: zombies of one parent for two causes are two groups" {
	ns_command
	# the culprit's zombie is traced; it gets a plain one of a reaper's kind
	run timeout -k 1 "$WAIT_LIMIT" "${NS[@]}" "$BATS_FILE_TMPDIR/zoo" \
		keeper='a*2' self='b' -- "$check" --settle 0 --json 3>&-
	[ "$status" -eq 1 ]
	jq -e '[.parents[] | [.cause, .count]] ==
		[["no-wait", 2], ["init-same-session", 1]]' <<<"$output"
}

@test "zombiecheck: an exit status that cannot be read is ? and null, never 0" {
	[ "$(id -u)" = 0 ] || skip "needs root: to become another user"
	cp "$INITBOX" zombiecheck
	chmod 755 . "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	ns_command
	run "${NS[@]}" "$culprit" no-wait sh -c '
		as() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
		as ./zombiecheck --settle 0; as ./zombiecheck --settle 0 --json' 3>&-
	echo "$output"
	[[ $output == *"names: victim x1 (exit ?)"* ]]
	jq -e '.parents[0].zombies[0] | .exit == null and .signal == null' \
		<<<"${lines[-1]}"
}
