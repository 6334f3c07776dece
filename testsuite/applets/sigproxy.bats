#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sigproxy (sigproxy(8)) the scopes child, group and all, --map. The
# scope shell is in shell.bats. What it shares with reaper is tested for both where it is
# cheap, else in reaper.bats.

load ../helper
load reaper_helper

BOTH="pid1 sub"

setup() {
	actor_setup
	PROXY=$(applet sigproxy)
	export PROXY
}

@test "sigproxy: exit statuses are the command's, 128+N, 127, 126" {
	echo 'exit 3' >plain
	for flag in "" "-s child" "-s group" "-s all" -c --single-child; do
		for code in 0 1 42 255; do
			try "$PROXY" $flag sh -c "exit $code"
			same "'$flag' $code" "$status:$output" "$code:"
		done
		for sig in 1 6 9 15 34 64; do
			try "$PROXY" $flag "$A" --die $sig
			same "'$flag' signal $sig" "$status" $((128 + sig))
		done
		try "$PROXY" $flag no-such-command
		same "'$flag' not found" "$status:${#lines[@]}" 127:1
		try "$PROXY" $flag ./plain
		same "'$flag' not executable" "$status:${#lines[@]}" 126:1
	done
	no_faults
}

@test "sigproxy: scope child tells the child, group its group, all everyone" {
	for mode in $BOTH; do
		for case in "-c:main" "--scope child:main" "-s group:main kid" \
			"-s all:main kid loner"; do
			again
			begin $mode "$PROXY" ${case%:*} "$A" main -k '$A kid' -k '$A loner -s'
			for who in main kid loner; do
				logged "$who ready"
			done
			for sig in 1 10 34 64; do
				"$A" --send "$R" $sig
			done
			for who in ${case#*:}; do
				logged "$who sig 64" || same "$mode ${case%:*} $who" untold told
			done
			"$A" --send "$R" 12
			for who in main kid loner; do
				n=0
				[[ " ${case#*:} " == *" $who "* ]] && n=5
				[ $n = 0 ] || logged "$who sig 12" || true
				same "$mode '${case%:*}' $who" "$(count "$who sig")" $n
			done
			kill -TERM "$R"
			finish
			same "$mode '${case%:*}'" "$status:$(count '[a-z]* sig 15')" 0:3
		done
	done
	no_faults
}

@test "sigproxy: INITBOX_SCOPE chooses the scope; the command line wins" {
	for case in "child::main" "group::main kid" "all::main kid loner" \
		"all:-s child:main" "child:-s group:main kid" "all:-c:main"; do
		IFS=: read -r variable flag who <<<"$case"
		again
		begin sub env INITBOX_SCOPE=$variable "$PROXY" $flag "$A" main \
			-o 10:stay -k '$A kid' -k '$A loner -s'
		for name in main kid loner; do
			logged "$name ready"
		done
		"$A" --send "$R" 10
		for name in $who; do
			logged "$name sig 10" || same "$case" untold told
		done
		kill -TERM "$R"
		finish
		same "$case" "$status:$(count '[a-z]* sig 10')" "0:$(wc -w <<<"$who")"
	done
	no_faults
}

@test "sigproxy: an unknown scope is a usage error" {
	for scope in "" nobody Child childs 0 "child,group"; do
		try "$PROXY" -s "$scope" true
		same "$scope" "$status:${#lines[@]}" 125:2
	done
	no_faults
}

# map OPTIONS SENT SEEN: the child gets SEEN (0: nothing) for SENT
@test "sigproxy: --map sends TO instead of FROM, by names and numbers, repeatedly" {
	while read -r options sent seen; do
		again
		begin pid1 "$PROXY" ${options//_/ } "$A" main -o 15:stay -o 12:exit=0
		logged "main ready"
		"$A" --send "$R" "$sent"
		"$A" --send "$R" 64 # a fence: it comes after all others
		logged "main sig 64"
		got=$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | grep -v '^64$' || true)
		same "$options, $sent" "$got" "${seen#0}"
		quit_now
	done <<-'END'
		-m_HUP:USR1 1 10
		--map_HUP:USR1 1 10
		-r_hup:sigusr1 1 10
		--rewrite_1:10 1 10
		-m_TERM:QUIT 15 3
		-m_15:3_-m_2:1 15 3
		-m_15:3_-m_2:1 2 1
		-m_15:3_-m_2:1 10 10
		-m_USR1:0 10 0
		-m_HUP:0_-m_USR1:RTMIN+3 1 0
		-m_RTMAX-1:HUP 63 1
		-m_PWR:PWR 30 30
		-m_37:37 37 37
		-m_RTMIN+3:INT 37 2
		-m_PWR:0 30 0
		-m_TERM:0 15 0
		-m_HUP:USR1_-m_USR1:HUP 1 10
		-m_HUP:USR1_-m_USR1:HUP 10 1
		-m_WINCH:34 28 34
		-m_32:33 32 33
	END
	no_faults
}

@test "sigproxy: INITBOX_MAP is a comma list of maps" {
	begin pid1 env INITBOX_MAP=HUP:USR1,USR1:0,TERM:INT "$PROXY" "$A" main -o 2:exit=3
	logged "main ready"
	"$A" --send "$R" 10 # dropped
	"$A" --send "$R" 1
	logged "main sig 10" # before the lower number that ends it
	"$A" --send "$R" 15
	finish
	[ "$status" -eq 3 ]
	[ "$(sed -n 's/^main sig \([0-9]*\) .*/\1/p' "$LOG" | sort -n | paste -sd,)" = 2,10 ]
}

@test "sigproxy: a stop request is judged on the signal received, before --map" {
	# with --grace 0 only a stop request makes it wait for the kid
	for mode in $BOTH; do
		again
		begin $mode "$PROXY" -G 0 -m TERM:QUIT "$A" main -o 3:exit=5 -k '$A kid -o 15:wait=go'
		logged "main ready"
		logged "kid ready"
		kill -TERM "$R"
		logged "kid sig 15"
		touch go
		finish
		same "$mode TERM:QUIT" "$status:$(count 'kid end 0'):$(count 'main sig 15')" 5:1:0
		again
		begin $mode "$PROXY" -G 0 -m HUP:TERM "$A" main -o 15:exit=5 -k '$A kid -o 15:wait=never'
		logged "main ready"
		logged "kid ready"
		kill -HUP "$R"
		finish
		same "$mode HUP:TERM is none" "$status" 5
	done
	no_faults
}

@test "sigproxy: a signal mapped to 0 is no stop request" {
	for mode in $BOTH; do
		for sig in TERM:15 INT:2 PWR:30 37:37; do
			again
			begin $mode "$PROXY" -k 0 -G 0 -m "${sig%:*}:0" "$A" main -o 10:exit=5
			logged "main ready"
			"$A" --send "$R" "${sig#*:}"
			"$A" --send "$R" 10
			finish
			same "$mode $sig" "$status" 5
		done
	done
	no_faults
}

@test "sigproxy: bad maps are usage errors" {
	for map in "" : TERM TERM: :TERM TERM:FOO FOO:TERM 0:TERM 65:1 1:65 TERM:-1 \
		TERM:INT:QUIT "TERM INT" KILL:TERM STOP:TERM 1:2x; do
		try "$PROXY" -m "$map" touch started
		same "'$map'" "$status:${#lines[@]}" 125:2
		try env "INITBOX_MAP=$map" "$PROXY" touch started
		[ -z "$map" ] || same "INITBOX_MAP='$map'" "$status:${#lines[@]}" 125:2
	done
	[ ! -e started ]
	no_faults
}

@test "sigproxy: --kill-after, --grace, --stop-signal and --expect work as reaper's" {
	begin pid1 "$PROXY" -k 300ms "$A" main -o 15:exit=5 -k '$A kid -s -o 15:stay'
	logged "main ready"
	logged "kid ready"
	kill -TERM "$R"
	finish
	same kill-after "$status:$(count 'kid sig 15')" 5:1
	again
	begin pid1 "$PROXY" -G 300ms "$A" main -o 10:exit=5 -k '$A kid -s -o 15:stay'
	logged "main ready"
	logged "kid ready"
	kill -USR1 "$R"
	finish
	same grace "$status:$(count 'kid sig 15')" 5:1
	again
	begin pid1 "$PROXY" -G 0 --stop-signal QUIT -e 5 "$A" main -o 3:exit=5 -k '$A kid -o 15:wait=go'
	logged "main ready"
	logged "kid ready"
	kill -QUIT "$R"
	logged "kid sig 15"
	touch go
	finish
	same "stop-signal, expect" "$status:$(count 'kid end 0')" 0:1
	no_faults
}

@test "sigproxy: every descendant is told once and waited for after a stop request" {
	for mode in $BOTH; do
		for scope in child group all; do
			again
			begin $mode "$PROXY" -s $scope "$A" main -o 15:exit=6 \
				-k '$A kid -o 15:wait=go' -k '$A loner -s -o 15:wait=go' \
				-k '$A daemon -d -o 15:wait=go'
			for who in main kid loner daemon; do
				logged "$who ready"
			done
			kill -TERM "$R"
			for who in kid loner daemon; do
				logged "$who sig 15" || same "$mode $scope $who" untold told
			done
			touch go
			finish
			same "$mode $scope" "$status:$(count '[a-z]* sig 15')" 6:4
		done
	done
	no_faults
}

@test "sigproxy: an interpreter line works; the script's arguments are never options" {
	printf '#!%s /bin/sh\necho "$# $*"\nexit 7\n' "$PROXY" >script
	chmod +x script
	try ./script a b
	same "arguments" "$status:$output" "7:2 a b"
	for args in -h --version "-s all" "-m HUP:0" -- "-- -h" "-G 5" --bogus; do
		try ./script $args
		same "$args" "$status:$output" "7:$(wc -w <<<"$args") $args"
	done
	try ./script
	same "no arguments" "$status:$output" "7:0 "
	no_faults
}

@test "sigproxy: an interpreter line with a path that has no directory before it works" {
	printf '#!%s /bin/sh\ntrap "exit 9" TERM\n$A kid & while :; do wait; done\n' "$PROXY" >script
	chmod +x script
	begin pid1 ./script
	logged "kid ready"
	kill -TERM "$R"
	finish
	[ "$status" -eq 9 ]
	[ "$(count 'kid sig 15')" -eq 1 ]
	[ "$(count 'kid end 0')" -eq 1 ]
}

@test "sigproxy: no TERM is lost at start-up, in any scope" {
	for scope in child group all; do
		for where in $BOTH; do
			try_ns "$A" --race 40 $where "$PROXY" -s $scope sleep 1000
			same "$scope $where" "$output" $'status 143: 40\nhung 0'
		done
	done
	no_faults
}

@test "sigproxy: removes its own variables from the command's environment only" {
	try env INITBOX_SCOPE=child INITBOX_MAP=HUP:0 INITBOX_GRACE=1 INITBOX_SERVICE_HOST=x \
		INITBOX_PORT=y INITBOX_WARN_REAPED=z INITBOX_PARENT_DEATH=w \
		"$PROXY" sh -c 'env | grep ^INITBOX_ | sort | paste -sd" "'
	[ "$status" -eq 0 ]
	[ "$output" = "INITBOX_PARENT_DEATH=w INITBOX_PORT=y INITBOX_SERVICE_HOST=x INITBOX_WARN_REAPED=z" ]
}
