#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Below a real dockerd, which this file starts and ends itself.

load engines
load cases

setup_file() {
	engine_start docker
}

teardown_file() {
	engine_stop
}

teardown() {
	stop_started
	remove_containers
}

# ---- docker stop ---------------------------------------------------------

@test "docker: stop lets both services of an inittab clean up for 2 s, status 0" {
	case_inittab
}

@test "docker: stop lets entries of the image's CMD clean up" {
	image cmd-entries \
		'CMD ["init", "-e", ":name=a:respawn:slow a", "-e", ":name=b:respawn:slow b"]'
	up cmd-entries
	wait_until has_log '^a: ready'
	wait_until has_log '^b: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* && $output == *"b: cleaned"* ]]
}

@test "docker: stop waits under init -- for what the command left in a session of its own" {
	up base init -- leave a 1
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "docker: stop waits under reaper for what the command left in a session of its own" {
	up base reaper leave a 1
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "docker: stop by QUIT waits for all when --stop-signal says what it is" {
	up --stop-signal QUIT base reaper --stop-signal QUIT \
		sh -c 'trap "exit 0" QUIT; setsid slow a 1 & wait'
	wait_until has_log '^a: ready'
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
}

@test "docker: a main entry that ends by itself ends the container with its status" {
	try run_rm -v "$BATS_TEST_TMPDIR:/out" base \
		init -e ':name=a:respawn:slow a 0 /out/a' \
		-e ':main:once:sh -c "until grep -q ready /out/a; do sleep 0.1; done; exit 42"'
	[ "$status" -eq 42 ]
	has_line "$BATS_TEST_TMPDIR/a" 'a: cleaned'
}

@test "docker: processes entered by exec are told at a stop and do not hold it up" {
	up -v "$BATS_TEST_TMPDIR:/out" base init -e ':name=a:respawn:slow a 0'
	wait_until has_log '^a: ready'
	# one that cleans up within the 2 s that it has, one that never ends
	engine exec -d "$ID" slow polite 0.2 /out/polite
	engine exec -d "$ID" sh -c 'trap "echo told >>/out/stubborn" TERM
		echo ready >>/out/stubborn
		while :; do sleep 1000 & wait $!; done'
	wait_until has_line "$BATS_TEST_TMPDIR/polite" ready
	wait_until has_line "$BATS_TEST_TMPDIR/stubborn" ready
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
	has_line "$BATS_TEST_TMPDIR/polite" 'polite: cleaned'
	has_line "$BATS_TEST_TMPDIR/stubborn" told
}

# ---- docker run --init ---------------------------------------------------

@test "docker: info and version understand the version line of our docker-init" {
	read -r _ _ version < <("$INITBOX" docker-init --version)
	[ -n "$version" ]
	try engine version -f \
		'{{range .Server.Components}}{{.Name}} {{.Version}}{{"\n"}}{{end}}'
	[[ $output == *"docker-init $version"* ]]
	# what it cannot read it calls N/A there (a commit, if the line has one)
	try engine info
	[[ $output == *"init version: "* ]]
	[[ $output != *"init version: N/A"* ]]
}

@test "docker: run --init passes the statuses 0, 42, 127, 126, 137, 143 on" {
	case_statuses --init --
}

@test "docker: run --init forwards each signal, and the status comes back" {
	up --init base signals
	wait_until has_log '^ready'
	for signal in HUP USR1 USR2 QUIT WINCH 40; do
		engine kill -s "$signal" "$ID"
		wait_until has_log "^got-$signal"
	done
	down
	[ "$status" -eq 3 ]
	[[ $output == *got-TERM ]]
	[ "$(sort <<<"$output" | uniq -d)" = "" ]
}

@test "docker: run --init reaps orphans" {
	up --init base sh -c 'orphans 200; slow a 0'
	wait_until has_log '^a: ready'
	wait_until has_zombies 0
	down
	[ "$status" -eq 0 ]
}

@test "docker: run --init ends with the command, as tini, until INITBOX_GRACE says to wait" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/out"
	out=$BATS_TEST_TMPDIR/out

	up --init -v "$out:/out" base leave a 1 /out/plain
	wait_until has_line "$out/plain" ready
	down
	[ "$status" -eq 0 ]
	lacks has_line "$out/plain" cleaned

	up --init -e INITBOX_GRACE=50s -v "$out:/out" base leave a 1 /out/grace
	wait_until has_line "$out/grace" ready
	down
	[ "$status" -eq 0 ]
	has_line "$out/grace" cleaned

	# without a stop: the rest has the grace
	try run_rm --init -e INITBOX_GRACE=30s -e LEAVE_NOW=1 -v "$out:/out" \
		base leave a 1 /out/alone
	[ "$status" -eq 0 ]
	has_line "$out/alone" cleaned
}

@test "docker: run --init with INITBOX_ALL tells every process" {
	up --init -e INITBOX_ALL=1 -v "$BATS_TEST_TMPDIR:/out" base \
		sh -c 'trap : TERM; setsid slow a 1 /out/all & wait; wait'
	wait_until has_line "$BATS_TEST_TMPDIR/all" ready
	down
	has_line "$BATS_TEST_TMPDIR/all" cleaned
}

@test "docker: run --init keeps a bad INITBOX_ variable from starting anything" {
	try run_rm --init -e INITBOX_GRACE=soon base echo started
	[ "$status" -eq 1 ]
	[[ $output != *started* ]]
	[[ $output == *GRACE*soon* ]]
}

# ---- exit statuses, surroundings -----------------------------------------

@test "docker: reaper as PID 1 ends with 0, 42, 127, 126, 137, 143" {
	case_statuses -- reaper
}

@test "docker: init -- as PID 1 ends with 0, 42, 127, 126, 137, 143" {
	case_statuses -- init --
}

@test "docker: a container is started in its WORKDIR, and so are our programs" {
	image workdir 'WORKDIR /srv'
	for words in 'init --' reaper sigproxy; do
		# shellcheck disable=SC2086
		try run_rm workdir $words pwd
		[ "$output" = /srv ]
		[ "$status" -eq 0 ]
	done
	try run_rm workdir init -e '::once:pwd'
	[ "$output" = /srv ]
	[ "$status" -eq 0 ]
}

@test "docker: the image's and the run's environment reach entries unchanged" {
	image environment 'ENV PATH=/bin:/sbin:/srv' 'ENV COLOUR=blue'
	try run_rm -e SIZE='a b' environment init -e '::once:env'
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $'\n'$output$'\n' == *$'\nPATH=/bin:/sbin:/srv\n'* ]]
	[[ $'\n'$output$'\n' == *$'\nCOLOUR=blue\n'* ]]
	[[ $'\n'$output$'\n' == *$'\nSIZE=a b\n'* ]]
}

@test "docker: a bad inittab ends the container with 125 and starts nothing" {
	inittab <<-'END'
		::sysinit:echo started
		::sysinit:echo started > /out/started
		::respwan:slow a
		:nope=1:once:echo started
	END
	image bad-inittab 'CMD ["/sbin/init"]'
	try run_rm -v "$BATS_TEST_TMPDIR:/out" bad-inittab
	[ "$status" -eq 125 ]
	[ ! -e "$BATS_TEST_TMPDIR/started" ]
	[[ $output != *$'\nstarted'* && $output != started* ]]
	[[ $output == *"/etc/inittab:3: "* ]]
	[[ $output == *"/etc/inittab:4: "* ]]
}

@test "docker: a bad entry in CMD, a bare word and a bad option end with 125, nothing started" {
	try run_rm base init -e '::once:echo started' -e '::nope:true'
	[ "$status" -eq 125 ]
	[[ $output != started* && $output == *nope* ]]
	try run_rm base init word
	[ "$status" -eq 125 ]
	[[ $output == *"init -- "* ]]
	try run_rm base init --nope -- echo started
	[ "$status" -eq 125 ]
	[[ $output != started* ]]
	try run_rm base init
	[ "$status" -eq 125 ]
}

# ---- few rights, few processes -------------------------------------------

@test "docker: init -e runs read-only, without capabilities, as a user, and says nothing" {
	case_restricted init -e ':name=a:respawn:slow a 0'
}

@test "docker: init -- runs read-only, without capabilities, as a user, and says nothing" {
	case_restricted init -- slow a 0
}

@test "docker: reaper runs read-only, without capabilities, as a user, and says nothing" {
	case_restricted reaper -- slow a 0
}

@test "docker: 1,000 orphans under init -- fit into --pids-limit 64, no zombie is left" {
	case_orphans init --
}

@test "docker: 1,000 orphans under reaper fit into --pids-limit 64, no zombie is left" {
	case_orphans reaper
}

# ---- pause ---------------------------------------------------------------

@test "docker: pause alone in an image reaps for a container that joins its PID namespace" {
	mkdir "$BATS_TEST_TMPDIR/scratch"
	cp "${INITBOX_BIN:-$INITBOX}" "$BATS_TEST_TMPDIR/scratch/pause"
	tar -c -C "$BATS_TEST_TMPDIR/scratch" pause |
		engine import --change 'CMD ["/pause"]' - scratch-pause >/dev/null
	up scratch-pause
	pause=$ID
	up --pid "container:$pause" base \
		sh -c 'orphans 200; setsid sh -c "orphans 100" & wait; slow a 0'
	wait_until has_log '^a: ready'
	logs
	wait_until has_zombies 0
	[ "$(engine exec "$ID" cat /proc/1/comm)" = pause ]
	down
	[ "$status" -eq 0 ]
	[[ $output == *"a: cleaned"* ]]
	ID=$pause
	down
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "docker: pause is not ended by other signals than TERM and INT" {
	up base reaper --pause
	# before it takes signals none reaches a PID 1
	wait_until takes INT
	for signal in HUP USR1 USR2 QUIT WINCH 40; do
		engine kill -s "$signal" "$ID"
	done
	engine exec "$ID" true
	engine kill -s INT "$ID"
	ended
	[ "$status" -eq 0 ]
}

# takes SIGNAL: for wait_until; by what zombiecheck sees of PID 1
takes() {
	engine exec "$ID" zombiecheck -A --stop-signal "$1" 2>/dev/null |
		grep -q "^  SIG$1 *ok "
}

# ---- docker run -it ------------------------------------------------------

@test "docker: run -it init -- sh has job control, ^C, ^Z and fg" {
	case_terminal_shell base init -- sh
}

@test "docker: run -it reaper sh has job control, ^C, ^Z and fg" {
	case_terminal_shell base reaper sh
}

@test "docker: run -it --init sh has job control, ^C, ^Z and fg" {
	case_terminal_shell --init base sh
}

@test "docker: run -it init -- continues a command that ^Z stopped" {
	case_terminal_stop base init --
}

@test "docker: run -it reaper continues a command that ^Z stopped" {
	case_terminal_stop base reaper
}

@test "docker: run -it init -e passes ^C on as a stop, and all clean up" {
	tty_engine base init -e ':name=a:respawn:slow a 0' \
		-e ':name=b:respawn:slow b 0'
	shows 'a: ready'
	shows 'b: ready'
	type_in '\003'
	tty_finish
	cat -v "$TTY_LOG"
	[ "$status" -eq 0 ]
	has_line "$TTY_LOG" 'a: cleaned'
	has_line "$TTY_LOG" 'b: cleaned'
}

# ---- HEALTHCHECK ---------------------------------------------------------

# dockerd's answer to a check that takes too long is SIGKILL for the program
# of the check alone. It reaches reaper without a warning, so --kill-after has
# nothing to count from: a check that may hang needs a limit of its own that
# is below --timeout, and then nothing is left of it under any PID 1.

@test "docker: a health check that reaper ends in time leaves no process and no zombie" {
	mkdir -p "$BATS_TEST_TMPDIR/top/bin"
	# PID 1 never reaps; some end by TERM, one ignores it, one is in
	# another session
	program "$BATS_TEST_TMPDIR/top/bin/check.sh" <<-'END'
		orphans 5
		sleep 2001 &
		setsid sleep 2002 &
		(trap '' TERM; exec sleep 2003) &
		echo check >>/out/checks
		sleep 2004
	END
	image health-in-time 'HEALTHCHECK --interval=1s --timeout=60s --retries=1 CMD ["initbox", "reaper", "--grace", "1s", "--kill-after", "5s", "--", "timeout", "1", "check.sh"]' \
		'CMD ["sleep", "1000"]'
	up -v "$BATS_TEST_TMPDIR:/out" health-in-time
	wait_until has_health unhealthy
	engine inspect -f '{{json .State.Health}}' "$ID"
	wait_until has_line "$BATS_TEST_TMPDIR/checks" check
	wait_until leaves_nothing || { cat "$BATS_TEST_TMPDIR/top.txt"; false; }
}

# leaves_nothing: for wait_until. The next check may have begun: at most one of
# each is there, and its zombies go; what a check has left stays for good.
leaves_nothing() {
	local program

	engine top "$ID" -o pid,ppid,stat,args >"$BATS_TEST_TMPDIR/top.txt"
	for program in 2001 2002 2003 2004; do
		[ "$(grep -c "sleep $program" "$BATS_TEST_TMPDIR/top.txt")" -le 1 ] ||
			return
	done
	lacks grep -q -e defunct -e ' Z' "$BATS_TEST_TMPDIR/top.txt"
}

@test "docker: a health check that Docker kills leaves no zombie below our PID 1" {
	mkdir -p "$BATS_TEST_TMPDIR/top/bin"
	program "$BATS_TEST_TMPDIR/top/bin/check.sh" <<-'END'
		orphans 5
		echo check >>/out/checks
		sleep 2
	END
	image health-killed 'HEALTHCHECK --interval=1s --timeout=1s --retries=1 CMD ["initbox", "reaper", "--kill-after", "5s", "--", "check.sh"]' \
		'CMD ["init", "-e", ":name=a:respawn:slow a 0"]'
	up -v "$BATS_TEST_TMPDIR:/out" health-killed
	wait_until has_health unhealthy
	engine inspect -f '{{json .State.Health}}' "$ID"
	wait_until has_checks 3
	wait_until has_zombies 0
	down
	[ "$status" -eq 0 ]
}

has_health() {
	[ "$(engine inspect -f '{{.State.Health.Status}}' "$ID")" = "$1" ]
}

has_checks() {
	[ "$(wc -l <"$BATS_TEST_TMPDIR/checks")" -ge "$1" ]
}

# ---- zombiecheck ---------------------------------------------------------

@test "docker: zombiecheck names the container of zombies, from the host and inside" {
	case_zombies
}

@test "docker: zombiecheck knows a paused container" {
	up base sleep 1000
	engine exec "$ID" sh -c 'sleep 0.1 &'
	wait_until has_orphans 1 "$ID"
	engine pause "$ID"
	from_host --container "$ID"
	engine unpause "$ID"
	jq -e '.parents[0].cause == "frozen"' <<<"$output"
}

@test "docker: a HEALTHCHECK by zombiecheck turns unhealthy, and healthy again" {
	# a shell that reads reaps nobody until its next command has ended
	up --health-cmd 'zombiecheck --check' --health-interval 1s --health-retries 1 \
		base sh -c 'mkfifo /tmp/go; while :; do read line <>/tmp/go; sleep 0; done'
	wait_until has_health healthy
	engine exec "$ID" sh -c 'sleep 0.1 &'
	wait_until has_health unhealthy
	[[ $(engine inspect -f '{{json .State.Health.Log}}' "$ID") == *"FAIL: 1 zombie under 1 (sh)"* ]]
	engine exec "$ID" sh -c 'echo >/tmp/go'
	wait_until has_health healthy
}
