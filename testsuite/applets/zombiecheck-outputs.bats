#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zombiecheck's outputs, read by those they are for: jq and a JSON schema,
# promtool, node exporter and Prometheus, a plugin's reader, a terminal.

load ../helper

setup_file() {
	cc -O1 -static -o "$BATS_FILE_TMPDIR/zoo" \
		"$BATS_TEST_DIRNAME/helpers/zoo.c" -pthread
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PATH:/usr/sbin
	zoo=$BATS_FILE_TMPDIR/zoo
	# python3 may be a script that looks for the right one
	python=$(python3 -c 'import sys; print(sys.executable)')
	check=$(applet zombiecheck)
	export check
	unset "${!INITBOX_@}" KUBERNETES_SERVICE_HOST NO_COLOR
}

# in_zoo_sh TEXT SPEC...: a shell text in a new PID namespace with those zombies
in_zoo_sh() {
	local text=$1

	shift
	ns_command
	run timeout --foreground -k 1 "$WAIT_LIMIT" "${NS[@]}" "$zoo" "$@" -- \
		bash -c "$text" 3>&-
	echo "$text: $status"
	echo "$output"
}

# ---- JSON --------------------------------------------------------------------

@test "outputs: JSON is what the schema says, empty, full and with audit and probe" {
	in_zoo_sh '"$check" --settle 0 --json >full
		"$check" --settle 0 --json -A -P --probe-timeout 100ms >all
		"$check" --settle 0 --json --comm nobody >empty
		"$check" --settle 0 --json --limit 1 >cut' \
		keeper='worker*3' self=orphan leader=server $'q"\e\\=x'
	for file in full all empty cut; do
		python3 - "$TOP/docs/zombiecheck.schema.json" "$file" <<-'END'
			import json, sys
			import jsonschema
			schema, found = (json.load(open(name)) for name in sys.argv[1:])
			jsonschema.Draft7Validator.check_schema(schema)
			jsonschema.validate(found, schema)
		END
		[ "$(wc -l <"$file")" -eq 1 ]
	done
	jq -e '.zombies == 5 and .leaders_with_threads == 1 and .audit == null' full
	jq -e '.parents[0] | .count == 3 and (.zombies | length) == 1' cut
	jq -e '.zombies == 0 and .parents == []' empty
	jq -e '.probe.result == "not-reaped" and .audit.verdict == "fail"' all
}

# ---- status and output file --------------------------------------------------

@test "outputs: --quiet tells by its status alone" {
	in_zoo_sh '"$check" -q --settle 0; a=$?; "$check" -q --comm nobody; exit $((a * 10 + $?))' self=x
	[ "$status" -eq 10 ]
	[ -z "$output" ]
}

@test "outputs: --quiet does not leave a file or a format as it was without a word" {
	echo old >file
	for options in "-o file" "--json" "--prometheus -o file"; do
		# shellcheck disable=SC2086 # words
		run "$check" -q $options
		[ "$status" -eq 2 ]
		[ "${lines[0]}" = "zombiecheck: --quiet: not with --output, --json or --prometheus" ]
	done
	[ "$(cat file)" = old ]
	run "$check" -q --check --comm nobody
	[ "$status" -eq 0 ]
}

@test "outputs: --output leaves /dev/stdout the link that it is" {
	ln -s /proc/self/fd/1 out
	run sh -c '"$check" -o out >file'
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: out: Operation not supported" ]
	[ -L out ]
	run sh -c '"$check" --state out >file'
	[ "$status" -eq 2 ]
	[ -L out ]
}

@test "outputs: a folder of procfs that shows no process is no clean answer" {
	run "$check" --proc /proc/self
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: /proc/self: no process is there" ]
}

@test "outputs: --check has 0 and 1 only, a line in either case" {
	in_zoo_sh '"$check" --check --settle 0' keeper='worker*2' self=x
	[ "$status" -eq 1 ]
	[[ $output =~ ^"FAIL: 3 zombies under 2 (keeper) and 1 more, pids "[0-9]+/([0-9]+|max)(" of the machine")?$ ]]
	in_zoo_sh '"$check" --check' leader=server
	[ "$status" -eq 0 ]
	[[ $output =~ ^"ok: 0 zombies, pids "[0-9]+/([0-9]+|max)(" of the machine")?$ ]]
	run "$check" --check --proc /nosuch
	[ "$status" -eq 1 ]
	run "$check" --nope --check
	[ "$status" -eq 1 ]
}

@test "outputs: a usage error has the status of the output, however that was asked for" {
	while read -r want variable words; do
		# shellcheck disable=SC2086
		run env "INITBOX_$variable" "$check" $words
		echo "$variable $words: $status $output"
		[ "$status" -eq "$want" ]
		[[ ${lines[1]} == *--help* ]]
	done <<-'END'
		1 CHECK=1 --nope
		1 CHECK=1 word
		1 CHECK=1 --settle x
		1 CHECK=yes
		1 X= --check=1
		3 NAGIOS=1 --nope
		3 NAGIOS=1 -w x
		3 NAGIOS=1 --json
		3 NAGIOS=yes
		3 X= --nagios=1
		2 CHECK=0 --nope
		2 NAGIOS=0 --nagiosx
		2 PROMETHEUS=1 --nope
	END
	run env INITBOX_CHECK=1 INITBOX_SETTLE=x "$check"
	[ "$status" -eq 1 ]
}

@test "outputs: a plugin's reader hears of a usage error on stdout" {
	while IFS=: read -r words want; do
		# shellcheck disable=SC2086
		output=$("$check" $words 2>said) || status=$?
		echo "$words: $output"
		[ "$status" -eq 3 ]
		[ "$output" = "ZOMBIES UNKNOWN - $want" ]
		[ "zombiecheck: $want" = "$(head -n 1 said | tr '|' _)" ]
	done <<-'END'
		--json --nagios:outputs: more than one was asked for
		-A --nagios:--audit, --probe: not with --prometheus or --nagios
		--nope --nagios:--nope: unknown option
		--nagios wo|rd:wo_rd: unexpected word
	END
	output=$(INITBOX_NAGIOS=1 INITBOX_SETTLE=x "$check" 2>said) || status=$?
	[ "$status" -eq 3 ]
	[[ $output == "ZOMBIES UNKNOWN - "* ]]
	# where it was not asked for, or nothing was, stdout stays empty
	for words in "--json --nope" "--check --nope" "-q --nagios --nope"; do
		# shellcheck disable=SC2086
		[ -z "$("$check" $words 2>said)" ]
	done
}

@test "outputs: a help that cannot be printed has the status of the output, too" {
	while read -r want words; do
		# shellcheck disable=SC2016
		run sh -c '"$@" >/dev/full' sh "$check" $words
		[ "$status" -eq "$want" ]
		[ "$output" = "zombiecheck: stdout: No space left on device" ]
	done <<-'END'
		2 --help
		2 --version
		1 --check --help
		3 -V --nagios
	END
}

@test "outputs: --nagios has the plugins' statuses, also for trouble" {
	while read -r want words; do
		in_zoo_sh "\"\$check\" --nagios --settle 0 $words" keeper='worker*3'
		[ "$status" -eq "$want" ]
		[[ $output == "ZOMBIES "*" - 3 zombies, 1 parent; worst 2 (keeper) x3 no-wait | zombies=3;"* ]]
	done <<-'END'
		1
		0 -w 3
		2 -w 1 -c 2
		2 -c @3:3
		0 -w 2: -c '~:9'
	END
	run "$check" --nagios --proc /nosuch
	[ "$status" -eq 3 ]
	[[ $output == *"ZOMBIES UNKNOWN - /nosuch: No such file or directory"* ]]
	for words in "-w x" "-c 9:1" "--nope" "--json"; do
		# shellcheck disable=SC2086
		run "$check" --nagios $words
		[ "$status" -eq 3 ]
	done
}

@test "outputs: a file is replaced whole, readable for all, or stays as it was" {
	umask 077
	in_zoo_sh '"$check" --settle 0 --json -o file; echo "$?"' self=x
	[ "$output" = 1 ]
	jq -e '.zombies == 1' file
	[ "$(stat -c %a file)" = 644 ]
	echo before >kept
	for path in /nosuch/file . /dev/null; do
		run "$check" --prometheus -o "$path"
		[ "$status" -eq 2 ]
		[[ $output == "zombiecheck: $path: "* ]]
	done
	[ "$output" = "zombiecheck: /dev/null: Operation not supported" ]
	[ -c /dev/null ]
	run bash -c 'ulimit -f 0; trap "" XFSZ; exec "$check" --settle 0 --prometheus -o kept'
	[ "$status" -eq 2 ]
	[ "$(ls kept*)" = kept ]
}

@test "outputs: what does not go together is a usage error that names it" {
	while read -r what words; do
		# shellcheck disable=SC2086
		run "$check" $words
		echo "$words: $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[0]} == "zombiecheck: $what"* ]]
	done <<-'END'
		outputs --json --prometheus
		--audit --prometheus -A
		--watch --watch -P
		--count --count 3
		--count --watch --count 0
		1,x --pid 1,x
		, --pid ,
		99999999999 --pid 99999999999
		abc --container abc
		x -w x
		x --probe=x
		--probe --probe=0
		--probe -P0
		1001 --probe=1001
		x --watch=x
		--watch --watch=0
		x --min-age x
		x --uid x
		x --color x
	END
	run "$check" --pid 1,999999999
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: 999999999: no such process" ]
	run "$check" --pidns x
	[ "$status" -eq 2 ]
	# the machine's own, of all the smallest; it need not be readable
	run "$check" --pidns 4026531836 --comm nosuch --settle 0
	[ "$status" -eq 0 ]
}

# ---- Prometheus --------------------------------------------------------------

@test "outputs: promtool accepts the metrics, with and without zombies" {
	in_zoo_sh '"$check" --settle 0 --prometheus >full
		"$check" --settle 0 --prometheus --comm nobody >empty
		"$check" --settle 0 --prometheus --limit 1 >cut
		"$check" --settle 0 --prometheus --no-ppid-label >merged' \
		$'a"\\\n\xff=x*2' same=x same=y third='z*3' leader=l
	[ "$status" -eq 0 ]
	for file in full empty cut merged; do
		promtool check metrics <"$file"
		[ "$(grep -c '^# TYPE' "$file")" -eq 11 ]
	done
	grep -qx 'zombiecheck_zombies 7' full
	grep -qx 'zombiecheck_zombies 0' empty
	grep -qx 'zombiecheck_leader_dead_threads_alive 1' full
	[ "$(grep -c '^zombiecheck_parent_zombies{' full)" -eq 4 ]
	grep -qE '^zombiecheck_parent_zombies\{container="[^"]*",pod="",ppid="[0-9]+",comm="third",cause="no-wait"\} 3$' full
	grep -qE 'comm="other",cause=""\} 4$' cut
	grep -qE '\{container="[^"]*",pod="",comm="same",cause="no-wait"\} 2$' merged
}

# free_port: one that nobody listens on now
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# query EXPRESSION: what Prometheus answers
query() {
	python3 - "$prometheus_port" "$1" <<-'END'
		import json, sys, urllib.parse, urllib.request
		url = "http:" + "//127.0.0.1:%s/api/v1/query?query=%s" % (
		    sys.argv[1], urllib.parse.quote(sys.argv[2]))
		answer = json.load(urllib.request.urlopen(url, timeout=10))
		print(*(r["value"][1] for r in answer["data"]["result"]))
	END
}

answers() {
	[ "$(query "$1" 2>/dev/null)" = "$2" ]
}

@test "outputs: Prometheus scrapes them through the node exporter's textfile collector" {
	mkdir textfiles data
	in_zoo_sh '"$check" --settle 0 --prometheus -o textfiles/zombies.prom' \
		keeper='worker*3' other=x
	[ "$status" -eq 0 ]
	exporter_port=$(free_port)
	OUT=$PWD/exporter start prometheus-node-exporter \
		--web.listen-address="127.0.0.1:$exporter_port" \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$PWD/textfiles"
	prometheus_port=$(free_port)
	cat >prometheus.yml <<-END
		global: { scrape_interval: 1s }
		scrape_configs:
		  - job_name: node
		    static_configs: [{ targets: ["127.0.0.1:$exporter_port"] }]
	END
	OUT=$PWD/prometheus start prometheus --config.file=prometheus.yml \
		--storage.tsdb.path=data --web.listen-address="127.0.0.1:$prometheus_port"
	wait_until answers zombiecheck_zombies 4 || { tail -n 5 exporter prometheus; false; }
	wait_until answers 'zombiecheck_parent_zombies{comm="keeper",cause="no-wait"}' 3
	wait_until answers 'sum(zombiecheck_parent_zombies)' 4
	wait_until answers node_textfile_scrape_error 0
}

# ---- ages --------------------------------------------------------------------

@test "outputs: --state remembers when a zombie was first seen" {
	in_zoo_sh '"$check" --settle 0 --state state --json >first
		awk "{ \$3 -= 100; print }" state >older && mv older state
		cp state had
		"$check" --settle 0 --state state --json >second
		"$check" --settle 0 --state state --min-age 90s -q; a=$?
		"$check" --settle 0 --state state --min-age 10m -q; exit $((a * 10 + $?))' \
		keeper='worker*2'
	[ "$status" -eq 10 ]
	jq -e '[.parents[0].zombies[].observed_s] | all(. == 0)' first
	# the namespace is younger than that, so it is of before the boot only if
	# the machine is, too
	jq -e '[.parents[0].zombies[].observed_s] | all(. >= 100 and . < 600)' second
	[ "$(wc -l <state)" -eq 2 ]
	grep -qE '^[0-9]+ [0-9]+ [0-9]{10}$' state
}

@test "outputs: a zombie first seen in the future was first seen now" {
	in_zoo_sh '"$check" --settle 0 --state state -q
		awk "{ \$3 += 100000; print }" state >later && mv later state
		"$check" --settle 0 --state state --min-age 0 --json' keeper=worker
	[ "$status" -eq 1 ]
	jq -e '.parents[0].zombies[0].observed_s == 0' <<<"$output"
	[ "$(cut -d " " -f 3 state)" -le "$(date +%s)" ]
}

@test "outputs: a state file that is none is no reason to lie, one not writable is trouble" {
	printf 'x\n1 2\n1 2 3 4\n-1 2 3\n99999999999999999999 1 1\n3 4 5' >state
	in_zoo_sh '"$check" --settle 0 --state state -q' keeper=worker
	[ "$status" -eq 1 ]
	[ "$(wc -l <state)" -eq 1 ]
	run "$check" --settle 0 --state /nosuch/state
	[ "$status" -eq 2 ]
	# one that cannot be read stays as it was
	cp state before
	in_zoo_sh 'strace -qq -o trace -P state -e trace=read \
		-e inject=read:error=EIO "$check" --settle 0 --state state -q' keeper=worker
	[ "$status" -eq 2 ]
	[ "${lines[-1]}" = "zombiecheck: state: Input/output error" ]
	cmp before state
}

# ---- watch -------------------------------------------------------------------

@test "outputs: --watch prints a line for each look when it is piped" {
	in_zoo_sh '"$check" --watch=50ms --count 3 --settle 0 | cat; exit "${PIPESTATUS[0]}"' \
		keeper='worker*2'
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} =~ ^"2 zombies, 1 parent (+0, 0.0/s)".*"; worst 2 (keeper) x2 no-wait"$ ]]
}

@test "outputs: --watch shows what changes" {
	in_zoo_sh 'mkfifo lines
		"$check" --watch=300ms --settle 0 >lines & pid=$!
		exec 9<lines
		read -r first <&9
		kill -USR1 "$ZOO_1"
		while read -r line <&9 && [[ $line != "0 zombies (-1, -"* ]]; do :; done
		echo "$first"; echo "$line"
		kill "$pid"; wait "$pid"; echo "$?"' keeper=worker # one: a look may come between two
	[[ ${lines[0]} == "1 zombie, "* ]]
	[[ ${lines[1]} == "0 zombies (-1, -"* ]]
	[ "${lines[2]}" = 0 ]
}

@test "outputs: --watch with --json is an object a line, with --prometheus a new file each time" {
	in_zoo_sh '"$check" --watch=50ms --count 2 --settle 0 --json' keeper=worker
	[ "$(jq -s 'length' <<<"$output")" = 2 ]
	in_zoo_sh '"$check" --watch=50ms --settle 0 --prometheus -o file & pid=$!
		until [ -s file ]; do sleep 0.02; done
		inode=$(stat -c %i file)
		until [ "$(stat -c %i file)" != "$inode" ]; do :; done
		kill "$pid"; wait "$pid"; echo "$?"' keeper=worker
	[ "$output" = 0 ]
	promtool check metrics <file
}

@test "outputs: --watch looks again where the kernel refuses to wait" {
	in_zoo_sh 'strace -qq -o trace -e trace=poll,ppoll \
		-e inject=poll,ppoll:error=ENOMEM:when=1..200 \
		"$check" --watch=50ms --count 3 --settle 0' keeper=worker
	grep -q INJECTED trace
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	[ "$(wc -l <trace)" -lt 200 ]
}

@test "outputs: --watch on a terminal ends on q and on ^C and leaves it as it was" {
	for keys in q '\x03'; do
		in_zoo_sh "TERM=xterm exec $python \"$BATS_TEST_DIRNAME/helpers/on_pty.py\" \
			no-wait '$keys' log \"\$check\" --watch=100ms --settle 0" keeper='worker*2'
		[ "$output" = "changed restored 1" ]
		# the second screen and back, the cursor hidden and shown
		grep -q $'\e\[?1049h\e\[?25l.*zombiecheck, every 0.1 s; q ends' log
		grep -q $'\e\[?25h\e\[?1049l' log
		grep -q '2 zombies, 1 parent (+0, 0.0/s)' log
		grep -q 'no-wait' log
	done
}

@test "outputs: what ends --watch is said on the screen that stays" {
	in_zoo_sh "TERM=xterm exec $python \"$BATS_TEST_DIRNAME/helpers/on_pty.py\" \
		none '' log \"\$check\" --watch --settle 0 --state /nosuch/state" keeper=worker
	[ "$output" = "unchanged restored 2" ]
	[[ $(cat log) == *$'\e[?1049l'*"zombiecheck: /nosuch/state: No such file or directory"* ]]
	[[ $(cat log) != *$'\e[?1049l'*$'\e[?1049l'* ]]
}

# ---- colours -----------------------------------------------------------------

@test "outputs: colours only where they are wanted, and only on words of state" {
	in_zoo_sh '"$check" -A --color=always; "$check" -A; "$check" -A --color=always --no-color'
	[ "$(grep -c $'\e\[31mFAIL\e\[0m' <<<"$output")" -eq 2 ]
	[ "$(grep -c 'FAIL' <<<"$output")" -eq 6 ]
	for set in TERM=xterm TERM=dumb "TERM=xterm NO_COLOR=1" "TERM=xterm NO_COLOR="; do
		in_zoo_sh "env $set $python \"$BATS_TEST_DIRNAME/helpers/on_pty.py\" none '' log \"\$check\" -A"
		found=$(grep -c $'\e\[3' log || :)
		case $set in
		*dumb | *=1) [ "$found" -eq 0 ] ;;
		*) [ "$found" -gt 0 ] ;;
		esac
	done
}

@test "outputs: --watch has no colours with NO_COLOR, and on a dumb terminal lines only" {
	for set in TERM=xterm "TERM=xterm NO_COLOR=1" TERM=dumb; do
		in_zoo_sh "env $set $python \"$BATS_TEST_DIRNAME/helpers/on_pty.py\" \
			none '' log \"\$check\" --watch=50ms --count 2 --settle 0 --pids-warn 0" \
			keeper=worker
		[ "$output" = "unchanged restored 1" ]
		cat -v log
		looks=$(grep -c '^1 zombie, ' log) || :
		colours=$(grep -c $'\e\[[0-9]*m' log) || :
		escapes=$(grep -c $'\e' log) || :
		case $set in
		TERM=xterm) # where the kernel counts processes: that is in yellow or red
			[ "$colours" -gt 0 ] || [ "$(grep -c '^pids: ' log)" -eq 0 ]
			;;
		*=1) [ "$escapes" -gt 0 ]; [ "$colours" -eq 0 ] ;;
		*) [ "$looks" -eq 2 ]; [ "$escapes" -eq 0 ] ;;
		esac
	done
}
