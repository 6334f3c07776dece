#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Options, variables and usage errors of reaper, sigproxy and init --
# (the man pages): a table for each kind of value, over all options.

load ../helper
load reaper_helper

setup() {
	actor_setup
	PROXY=$(applet sigproxy)
	INIT=$(applet init)
	STARTED_FILE=$BATS_TEST_TMPDIR/started
}

# run_applet NAME OPTIONS... : with a command that leaves a trace
run_applet() {
	[ ! -e "$STARTED_FILE" ] || rm "$STARTED_FILE"
	case $1 in
	reaper) attempt "$REAPER" "${@:2}" touch "$STARTED_FILE" ;;
	sigproxy) attempt "$PROXY" "${@:2}" touch "$STARTED_FILE" ;;
	init) attempt "$INIT" "${@:2}" -- touch "$STARTED_FILE" ;;
	esac
}

# attempt COMMAND...: as try, but without a limit: for thousands of short runs
attempt() {
	status=0
	output=$("$@" 2>&1 3>&-) || status=$?
	lines=()
	[ -z "$output" ] || mapfile -t lines <<<"$output"
}

# refused NAME WHAT: the last try was a usage error of applet NAME: 125, a line
# "NAME: what: why", one that points to --help, and nothing was started.
refused() {
	same "$1 $2: status" "$status" 125
	same "$1 $2: lines ($output)" "${#lines[@]}" 2
	[[ ${lines[0]} == "$1: "*": "* ]] ||
		same "$1 $2" "${lines[0]}" "$1: what: why"
	[[ ${lines[1]} == "$1: "*--help* ]] ||
		same "$1 $2" "${lines[1]}" "a pointer to --help"
	[ ! -e "$STARTED_FILE" ] || same "$1 $2" started refused
}

accepted() {
	same "$1 $2" "$status:$output" 0:
	[ -e "$STARTED_FILE" ] || same "$1 $2" "not started" started
}

GOOD_DURATIONS="0 1 10 0.5 500ms 8s 1m30s 2h 1h2m3s 3m inf 0s 0ms 1.25 86400 1h30m"
BAD_DURATIONS=("" -1 -1s -0.5 +1 abc s ms 1x 1d 1S "1 s" " 1" "1 " 1s1 1.2.3 1,5
	1e3 0x10 . .s 1m-3s infinity "inf s" infs 5s5s5 nan
	99999999999999999999 99999999999999999999s 9223372036854775808
	9223372036854775807h 18446744073709551617 1s2x --1 ${EMPTY-} $'1\n')

@test "options: durations: every accepted form, for every option that takes one" {
	for d in $GOOD_DURATIONS; do
		run_applet reaper --kill-after "$d"
		accepted reaper "--kill-after $d"
	done
	for d in 500ms 1m30s 0.5 inf; do
		for name in reaper sigproxy init; do
			for option in -G --grace -k --kill-after; do
				run_applet $name $option "$d"
				accepted $name "$option $d"
			done
		done
	done
	no_faults
}

@test "options: durations: everything else is a usage error" {
	for d in "${BAD_DURATIONS[@]}"; do
		run_applet reaper --grace "$d"
		refused reaper "--grace '$d'"
	done
	for d in "" -1 1x 99999999999999999999; do
		for name in reaper sigproxy init; do
			for option in -G --grace -k --kill-after; do
				run_applet $name $option "$d"
				refused $name "$option '$d'"
			done
		done
	done
	no_faults
}

@test "options: durations: a bad one in a variable is as bad" {
	for d in -1 abc 1d "1 s" 99999999999999999999; do
		for variable in INITBOX_GRACE INITBOX_KILL_AFTER; do
			for name in reaper sigproxy init; do
				export "$variable=$d"
				run_applet $name
				unset "$variable"
				refused $name "$variable='$d'"
				[[ ${lines[0]} == *"$variable"* ]] || same "$name $variable" "${lines[0]}" "the variable's name"
			done
		done
	done
	no_faults
}

# What a duration means is seen by what it does; see reaper.bats for the rest.
@test "options: durations: each unit counts" {
	# a kid that ignores TERM: 0, 1 ms and the like end soon, with no mercy
	for d in 0s 1ms 0.01; do
		again
		begin pid1 "$REAPER" -G "$d" "$A" main -o 10:exit=3 -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		finish
		same "-G $d" "$status" 3
	done
	# these do not
	for d in 1h 2m 100 1m30s 3600000ms; do
		again
		begin pid1 "$REAPER" -G "$d" "$A" main -o 10:exit=3 -k '$A kid -o 15:stay -o 12:exit=0'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		logged "kid sig 15"
		sleep 0.1
		send "$(outer kid)" 12 || true
		finish
		same "-G $d" "$status:$(count 'kid end 0')" 3:1
	done
	no_faults
}


@test "options: signals: names in any case, with and without SIG, numbers, RTMIN+n, RTMAX-n" {
	for s in TERM SIGTERM term sigterm SigTerm 15 1 64 HUP INT QUIT ILL TRAP ABRT BUS \
		FPE USR1 SEGV USR2 PIPE ALRM STKFLT CHLD CONT TSTP TTIN TTOU URG XCPU XFSZ \
		VTALRM PROF WINCH IO PWR SYS RTMIN SIGRTMIN RTMIN+3 rtmin+30 SIGRTMIN+1 RTMAX \
		SIGRTMAX RTMAX-1 rtmax-30 RTMIN+0 RTMAX-0 34 37 32 33; do
		run_applet reaper --stop-signal "$s"
		accepted reaper "--stop-signal $s"
		run_applet sigproxy -m "$s:$s"
		accepted sigproxy "-m $s:$s"
	done
	for s in TERM sigusr1 15 RTMIN+3; do
		for option in "reaper -p" "reaper --parent-death" "sigproxy --stop-signal" \
			"init --stop-signal"; do
			run_applet $option "$s"
			accepted "${option% *}" "${option#* } $s"
		done
	done
	no_faults
}

@test "options: signals: anything else is a usage error" {
	for s in "" -1 0 65 100 999999999999999999999 FOO SIG SIGFOO SIGSIGTERM TERMX "TERM " " TERM" \
		RTMIN+31 RTMIN+ RTMIN-1 RTMAX+1 RTMAX-31 RTMAX- RTMIN+x 15x 0x0f 1.5 TERM,INT+ \
		RTMIN+99999999999 RTMIN3 $'TERM\n'; do
		run_applet reaper --stop-signal "$s"
		refused reaper "--stop-signal '$s'"
	done
	for s in KILL SIGKILL 9 stop 19; do
		for name in reaper sigproxy init; do
			run_applet $name --stop-signal "$s"
			refused $name "--stop-signal $s"
			[[ ${lines[0]} == *": KILL and STOP cannot be caught" ]] ||
				same "$name $s" "${lines[0]}" "why"
		done
	done
	for s in "" -1 0 65 FOO; do
		for option in "reaper -p" "reaper --parent-death" "sigproxy --stop-signal" \
			"init --stop-signal"; do
			run_applet $option "$s"
			refused "${option% *}" "${option#* } '$s'"
		done
	done
	no_faults
}

@test "options: signals: a bad one in a variable is as bad" {
	for s in FOO 65 RTMIN+31 QUIT,FOO; do
		for name in reaper sigproxy init; do
			export INITBOX_STOP_SIGNAL=$s
			run_applet $name
			refused $name "INITBOX_STOP_SIGNAL=$s"
			unset INITBOX_STOP_SIGNAL
		done
		[ "$s" = QUIT,FOO ] && continue
		export INITBOX_PARENT_DEATH=$s
		run_applet reaper
		refused reaper "INITBOX_PARENT_DEATH=$s"
		unset INITBOX_PARENT_DEATH
	done
	no_faults
}

@test "options: signals: each name means its number (--map makes it visible)" {
	local want

	begin pid1 "$PROXY" -m HUP:RTMIN -m QUIT:RTMAX -m USR1:RTMIN+3 -m USR2:RTMAX-1 \
		-m 34:STKFLT -m 64:IO -m 37:XFSZ -m 63:SYS "$A" main
	logged "main ready"
	for sig in 1 3 10 12 34 64 37 63; do
		send "$R" $sig
	done
	for want in 34 64 37 63 16 29 25 31; do
		logged "main sig $want " || same "signal $want" missing seen
	done
	no_faults
}

@test "options: codes: 0 to 255 are exit statuses, for every --expect" {
	for code in 0 1 9 42 99 100 128 143 254 255; do
		for name in reaper sigproxy init; do
			run_applet $name --expect $code
			accepted $name "--expect $code"
		done
		run_applet reaper -e $code
		accepted reaper "-e $code"
		run_applet sigproxy -e $code
		accepted sigproxy "-e $code"
	done
	no_faults
}

@test "options: codes: anything else is a usage error" {
	for code in "" -1 256 1000 99999999999999999999 a 1a 0x10 1.5 " 1" "1 " +1 1,2 4294967297; do
		for name in reaper sigproxy init; do
			run_applet $name --expect "$code"
			refused $name "--expect '$code'"
		done
	done
	for code in 256 -1 x 1,256 "1 2"; do
		for name in reaper sigproxy init; do
			export INITBOX_EXPECT=$code
			run_applet $name
			refused $name "INITBOX_EXPECT='$code'"
			unset INITBOX_EXPECT
		done
	done
	no_faults
}

@test "options: unknown options, missing values and missing commands are usage errors" {
	local name

	for name in reaper sigproxy init; do
		for option in -Z --bogus --gr --grac --verb --verbos -x --help=1 ---- -Z5 --no-grace -% \
			$'--\e[1m'; do
			run_applet $name "$option"
			refused $name "$option"
			[[ $output == *$'\e'* ]] && same "$name" "an escape" "\\xNN"
		done
	done
	for option in -G --grace -k --kill-after --stop-signal -e --expect -p --parent-death; do
		try "$REAPER" $option
		refused reaper "$option alone"
	done
	for option in -G -k --stop-signal -e -s --scope -m --map -r --rewrite; do
		try "$PROXY" $option
		refused sigproxy "$option alone"
	done
	no_faults
}

@test "options: no command is a usage error" {
	for name in reaper sigproxy; do
		for args in "" -- "-v" "-v --" "-G 1"; do
			try "$INITBOX" $name $args
			same "$name $args" "$status:${#lines[@]}" 125:2
			[[ ${lines[0]} == "$name: "* && ${lines[1]} == *--help* ]] || same "$name $args" "$output" "two lines"
		done
	done
	no_faults
}

@test "options: an empty value that is wrong can be seen in the message" {
	for words in "sigproxy -m" "zombiecheck --pid" "zombiecheck -w"; do
		# shellcheck disable=SC2086 # words
		run "$(applet ${words%% *})" ${words#* } ""
		[[ ${lines[0]} == "${words%% *}: '': "* ]] || same "$words" "${lines[0]}" "two quotes"
	done
	no_faults
}

@test "options: an empty command name is an error of its caller" {
	for name in reaper sigproxy; do
		try "$INITBOX" $name ""
		same "$name ''" "$status" 125
		try "$INITBOX" $name -- ""
		same "$name -- ''" "$status" 125
	done
	no_faults
}

@test "options: reaper's option table: each short and long form is known" {
	for options in -g --group -a --all -s --subreaper -w --warn-reaped -v --verbose "-v -v" -vv \
		"-G 1" "--grace 1" "-k 1" "--kill-after 1" "--stop-signal USR1" "-e 3" "--expect 3" \
		"-p TERM" "--parent-death TERM" "-g -a" "-e 3 -e 4 --expect 5" \
		"--stop-signal USR1 --stop-signal USR2"; do
		run_applet reaper $options
		same "$options" "$status" 0
		[ -e "$STARTED_FILE" ] || same "$options" "not started" started
	done
	no_faults
}

@test "options: sigproxy's option table: each short and long form is known" {
	for options in "-s child" "-s group" "-s all" "--scope all" -c --single-child "-m HUP:0" \
		"--map HUP:0" "-r HUP:0" "--rewrite HUP:0" "-G 1" "--grace 1" "-k 1" "--kill-after 1" \
		"--stop-signal USR1" "-e 3" "--expect 3" -v --verbose; do
		run_applet sigproxy $options
		same "$options" "$status" 0
		[ -e "$STARTED_FILE" ] || same "$options" "not started" started
	done
	no_faults
}

@test "options: parsing stops at the first non-option and at --" {
	for name in reaper sigproxy; do
		try "$INITBOX" $name echo -g --bogus -- -h
		same "$name" "$status:$output" "0:-g --bogus -- -h"
		try "$INITBOX" $name -- echo -- -h
		same "$name --" "$status:$output" "0:-- -h"
		try "$INITBOX" $name -- -h
		same "$name -- -h" "$status" 127
		try "$INITBOX" $name sh -c 'exit $#' sh -e 2 -v
		same "$name sh" "$status" 3
	done
	no_faults
}

@test "options: --help is on stdout with status 0, --version too, errors are on stderr" {
	for name in reaper sigproxy; do
		for option in -h --help -V --version; do
			status=0
			"$INITBOX" $name $option >stdout 2>stderr || status=$?
			same "$name $option" "$status:$(wc -c <stderr)" 0:0
			[ -s stdout ] || same "$name $option" nothing "text on stdout"
		done
		[[ $(cat stdout) =~ ^$name\ \(initbox\ [0-9]+\.[0-9]+\.[0-9]+\)$ ]] ||
			same "$name --version" "$(cat stdout)" "$name (initbox X.Y.Z)"
		status=0
		"$INITBOX" $name --bogus >stdout 2>stderr || status=$?
		same "$name --bogus" "$status:$(wc -c <stdout):$(wc -l <stderr)" 125:0:2
	done
	no_faults
}

@test "options: --help to a closed or full stdout does not hang" {
	for name in reaper sigproxy init zombiecheck; do
		"$INITBOX" $name --help >&- 2>/dev/null && status=0 || status=$?
		[ "$status" -lt 128 ] || same "$name closed" "$status" "no signal"
		"$INITBOX" $name --help >/dev/full 2>/dev/null && status=0 || status=$?
		[ "$status" -lt 128 ] || same "$name full" "$status" "no signal"
	done
	no_faults
}

@test "options: booleans: 1 and 0 in a variable, nothing else" {
	for variable in GROUP ALL SUBREAPER WARN_REAPED VERBOSE; do
		for value in 0 1; do
			export "INITBOX_$variable=$value"
			run_applet reaper
			unset "INITBOX_$variable"
			same "$variable=$value" "$status" 0
		done
		for value in "" 2x yes true on -1 "1 " x; do
			export "INITBOX_$variable=$value"
			run_applet reaper
			unset "INITBOX_$variable"
			refused reaper "INITBOX_$variable='$value'"
		done
	done
	try env INITBOX_PAUSE=0 "$REAPER" true
	same PAUSE=0 "$status" 0
	try env INITBOX_PAUSE=1 "$REAPER" true
	same "PAUSE=1 with a command" "$status" 125
	try env INITBOX_SINGLE_CHILD=1 "$PROXY" true
	same SINGLE_CHILD=1 "$status" 0
	try env INITBOX_SINGLE_CHILD=maybe "$PROXY" true
	same SINGLE_CHILD=maybe "$status" 125
	no_faults
}

@test "options: INITBOX_GROUP and INITBOX_ALL choose the scope" {
	for case in "GROUP=0 ALL=0:main" "GROUP=1 ALL=0:main kid" "GROUP=0 ALL=1:main kid loner"; do
		again
		read -r one two <<<"${case%:*}"
		begin pid1 env "INITBOX_$one" "INITBOX_$two" "$REAPER" "$A" main -k '$A kid' -k '$A loner -s'
		for who in main kid loner; do
			logged "$who ready"
		done
		kill -USR1 "$R"
		for who in ${case#*:}; do
			logged "$who sig 10" || same "$case $who" untold told
		done
		kill -TERM "$R"
		finish
		same "$case" "$(count '[a-z]* sig 10')" "$(wc -w <<<"${case#*:}")"
	done
	no_faults
}

@test "options: INITBOX_KILL_AFTER and INITBOX_GRACE work as their options; the command line wins" {
	for limit in $LIMITS; do
		again
		begin pid1 env INITBOX_KILL_AFTER=$limit "$REAPER" "$A" main -o 15:exit=5 -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		finish
		[ "$(count 'kid sig')" -eq 0 ] || break
	done
	same KILL_AFTER "$status:$(count 'kid sig 15')" 5:1
	again
	begin pid1 env INITBOX_KILL_AFTER=2h "$REAPER" -k 300ms "$A" main -o 15:stay
	logged "main ready"
	kill -TERM "$R"
	finish
	same "KILL_AFTER, -k" "$status" 137
	for limit in $LIMITS; do
		again
		begin pid1 env INITBOX_GRACE=$limit "$REAPER" "$A" main -o 10:exit=5 -k '$A kid -o 15:stay'
		logged "main ready"
		logged "kid ready"
		kill -USR1 "$R"
		finish
		[ "$(count 'kid sig')" -eq 0 ] || break
	done
	same GRACE "$status:$(count 'kid sig 15')" 5:1
	again
	begin pid1 env INITBOX_GRACE=0 "$REAPER" --grace inf "$A" main -o 10:exit=5 -k '$A kid -o 15:wait=go'
	logged "main ready"
	logged "kid ready"
	kill -USR1 "$R"
	logged "kid sig 15"
	touch go
	finish
	same "GRACE, --grace" "$status:$(count 'kid end 0')" 5:1
	no_faults
}

@test "options: repeatable options are comma lists in variables" {
	for code in 3 4 255; do
		try env INITBOX_EXPECT=3,4,255 "$REAPER" sh -c "exit $code"
		same "EXPECT=3,4,255 exit $code" "$status" 0
	done
	try env INITBOX_EXPECT=3,4 "$REAPER" sh -c "exit 5"
	same "EXPECT=3,4 exit 5" "$status" 5
	try env INITBOX_EXPECT=3 "$REAPER" sh -c "exit 3"
	same "EXPECT=3" "$status" 0
	for sig in 3 10; do
		again
		begin pid1 env INITBOX_STOP_SIGNAL=QUIT,usr1 "$REAPER" -G 0 "$A" main \
			-o $sig:exit=5 -k '$A kid -o 15:wait=go'
		if logged "main ready" && logged "kid ready"; then
			send "$R" $sig
			logged "kid sig 15" || same "STOP_SIGNAL $sig" untold told
			touch go
		fi
		finish
		same "STOP_SIGNAL=QUIT,usr1 $sig" "$status:$(count 'kid end 0')" 5:1
	done
	for list in "3,," ",3" "3,,4" "3, 4" ","; do
		try env "INITBOX_EXPECT=$list" "$REAPER" true
		same "EXPECT='$list'" "$status" 125
	done
	no_faults
}

@test "options: INITBOX_WARN_REAPED, INITBOX_PARENT_DEATH and INITBOX_VERBOSE work" {
	try env INITBOX_WARN_REAPED=1 "$REAPER" sh -c '$A --orphans 3; sleep 0.1'
	[ "${#lines[@]}" -ge 1 ] || same WARN_REAPED "$output" "lines"
	try env INITBOX_VERBOSE=1 "$REAPER" true
	[ "${#lines[@]}" -ge 1 ] || same VERBOSE "$output" "lines"
	begin sub sh -c '$A parent -k "env INITBOX_PARENT_DEATH=USR1 $REAPER \$A main"; exec $A after'
	logged "main ready"
	logged "parent ready"
	send "$(outer parent)" 9
	logged "main sig 10"
	no_faults
}

@test "options: reaper's own variables are removed from the command's environment" {
	set --
	for name in GROUP=0 ALL=0 GRACE=1 KILL_AFTER=1 STOP_SIGNAL=USR1 EXPECT=3 PARENT_DEATH=USR1 \
		SUBREAPER=1 WARN_REAPED=0 PAUSE=0 VERBOSE=0; do
		try env "INITBOX_$name" KEEP=me "$REAPER" sh -c 'env | grep -c "^INITBOX_"; echo $KEEP'
		same "$name" "$output" $'0\nme'
		set -- "$@" "INITBOX_$name"
	done
	try env "$@" "$REAPER" sh -c 'env | grep -c "^INITBOX_"'
	same "all of them" "$output" 0
	no_faults
}

@test "options: other INITBOX_ variables are ignored and passed on" {
	# Kubernetes makes some for a service called initbox
	for name in SERVICE_HOST=10.0.0.1 PORT=tcp://10.0.0.1:80 PORT_80_TCP=x SCOPE=shell MAP=x DELAY=bad \
		GRACE_=x GRAC=x grace=x FILE=x "" =; do
		try env "INITBOX_$name" "$REAPER" sh -c 'env | grep "^INITBOX_"'
		wanted=INITBOX_$name
		[[ $wanted == *=* ]] || wanted=
		[ -n "$wanted" ] && same "$name" "$status:$output" "0:$wanted"
	done
	no_faults
}

@test "options: init -- has them, too" {
	try env INITBOX_EXPECT=7 INITBOX_PORT=x INITBOX_KILL_AFTER=5 "$INIT" -- sh -c 'env | grep ^INITBOX_; exit 7'
	[ "$status" -eq 0 ]
	[ "$output" = INITBOX_PORT=x ]
	try "$INIT" -- sh -c 'exit 42'
	[ "$status" -eq 42 ]
	try "$INIT" -- no-such-command
	[ "$status" -eq 127 ]
	try "$INIT" -- "$A" --die 15
	[ "$status" -eq 143 ]
	try "$INIT" --
	[ "$status" -eq 125 ]
}

@test "options: variables that mean nothing to init's entries have to be right all the same" {
	for variable in SCOPE=foo SCOPE= MAP=garbage MAP=HUP:USR1,HUP KILL_AFTER=soon \
		STOP_SIGNAL=FOO EXPECT=256; do
		attempt env "INITBOX_$variable" "$INIT" -e "::once:touch $STARTED_FILE"
		refused init "$variable"
	done
	attempt env INITBOX_SCOPE=all INITBOX_MAP=HUP:USR1 INITBOX_KILL_AFTER=1 \
		INITBOX_EXPECT=3 "$INIT" -e "::once:touch $STARTED_FILE"
	accepted init "good ones"
	no_faults
}

@test "options: an empty argument list of the applet does not crash it" {
	cp "$INITBOX" reaper
	try "$A" --empty-argv ./reaper
	[ "$status" -lt 128 ]
}
