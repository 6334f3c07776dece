#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Several programs in one container: how much longer a stop takes than the
# slowest program's clean-up, who got to finish it, and what PID 1 costs with 20
# services. init beside BusyBox init, s6-svscan, supervisord, and tini, dumb-init
# and bash with a script that starts them in the background. Part of
# scripts/bench.sh.
#
# usage: bash scripts/bench-services.sh     (from the top of the tree)
#
# Prints samples, "KEY<tab>PROGRAM<tab>VALUE". INITBOX: the binary (./initbox);
# TURNS: how many stops each (5; no further one after 8 s).
set -u
export LC_ALL=C

INITBOX=$(realpath -m "${INITBOX:-./initbox}")
SLOWEST=300
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cc=musl-gcc
command -v musl-gcc >/dev/null || cc=${CC:-cc}
"$cc" -std=c11 -O2 -static -o "$work/service" testsuite/bench/service.c || exit
ln -s "$INITBOX" "$work/init"
cd "$work" || exit

# services COUNT: lines "NAME MILLISECONDS", the last one the slowest
services() {
	local i

	for ((i = 1; i < $1; i++)); do
		echo "s$i $((i * 10 % 100))"
	done
	echo "slow $SLOWEST"
}

# make_script COUNT: the way without a supervisor
make_script() {
	echo '#!/bin/bash'
	services "$1" | while read -r name ms; do
		echo "./service log $name $ms &"
	done
	echo wait
}

# prepare NAME COUNT: sets COMMAND to what runs as PID 1
prepare() {
	local name ms

	COMMAND=()
	rm -rf scan run.sh
	make_script "$2" >run.sh
	chmod +x run.sh
	case $1 in
	init)
		COMMAND=(./init --control none)
		while read -r name ms; do
			COMMAND+=(-e ":name=$name:respawn:$work/service $work/log $name $ms")
		done < <(services "$2")
		;;
	'BusyBox init')
		services "$2" | while read -r name ms; do
			echo "::respawn:$work/service $work/log $name $ms"
		done >inittab
		# it reads /etc/inittab and nothing else
		# shellcheck disable=SC2016
		COMMAND=(sh -c 'mount -t tmpfs none /etc && cp "$1" /etc/inittab &&
			exec busybox init' sh "$work/inittab")
		;;
	s6-svscan)
		services "$2" | while read -r name ms; do
			mkdir -p "scan/$name"
			printf '#!/bin/sh\nexec %s/service %s/log %s %s\n' \
				"$work" "$work" "$name" "$ms" >"scan/$name/run"
			chmod +x "scan/$name/run"
		done
		COMMAND=(s6-svscan scan)
		;;
	supervisord)
		{
			printf '[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s/pid\nuser=root\n' "$work"
			services "$2" | while read -r name ms; do
				printf '[program:%s]\ncommand=%s/service %s/log %s %s\n' \
					"$name" "$work" "$work" "$name" "$ms"
			done
		} >supervisord.conf
		COMMAND=(supervisord -c supervisord.conf)
		;;
	tini) COMMAND=(tini -- ./run.sh) ;;
	dumb-init) COMMAND=(dumb-init ./run.sh) ;;
	bash) COMMAND=(./run.sh) ;;
	esac
}

# logged NUMBER WORD: for so many lines that end so, at most 20 s
logged() {
	local i

	for ((i = 0; i < 400; i++)); do
		[ "$(grep -c "$2\$" log)" -lt "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

# begin COUNT: sets OUTER (unshare) and INNER (PID 1) when all are up
begin() {
	: >log
	unshare --pid --fork --mount-proc --kill-child "${COMMAND[@]}" \
		</dev/null >/dev/null 2>&1 &
	OUTER=$!
	logged "$1" up || return
	# no newline ends that file
	read -r INNER _ <"/proc/$OUTER/task/$OUTER/children" || [ -n "$INNER" ]
}

microseconds() {
	echo "${EPOCHREALTIME//[.,]/}"
}

# end_now: however it is
end_now() {
	kill -KILL "$INNER"
	wait "$OUTER"
} 2>/dev/null

# sample KEY VALUE: of PROGRAM
sample() {
	printf 'services-%s\t%s\t%s\n' "$1" "$PROGRAM" "$2"
}

# stop_once: 5 services, in milliseconds; who was told, who finished, and status
stop_once() {
	local began status=0

	begin 5 || return
	began=$(microseconds)
	kill -TERM "$INNER"
	# docker stop would not wait for longer
	(sleep 10 && kill -KILL "$INNER") 2>/dev/null &
	wait "$OUTER" 2>/dev/null || status=$?
	sample stop "$((($(microseconds) - began) / 1000))"
	sample told "$(grep -c told log)"
	sample finished "$(grep -c clean log)"
	sample status "$status"
	kill "$!" 2>/dev/null
	wait "$!" 2>/dev/null
}

# memory: of PID 1 with 20 services, in kB
memory() {
	begin 20 || return
	awk '/^Rss/ { rss = $2 } /^Private/ { private += $2 }
		END { print rss, private }' "/proc/$INNER/smaps_rollup" >memory
	read -r rss private <memory
	sample rss "$rss"
	sample private "$private"
	end_now
}

names=()
candidates=(init 'BusyBox init' s6-svscan supervisord tini dumb-init bash)
[ -z "${BENCH_QUICK:-}" ] || candidates=(init tini)
for name in "${candidates[@]}"; do
	program=${name% init}
	if [ "$name" = init ] || type -P "${program,,}" >/dev/null; then
		names+=("$name")
	fi
done
declare -A spent
for ((turn = 0; turn < ${TURNS:-5}; turn++)); do
	for PROGRAM in "${names[@]}"; do
		[ "${spent[$PROGRAM]:-0}" -lt 8 ] || continue
		since=$SECONDS
		prepare "$PROGRAM" 5
		stop_once
		spent[$PROGRAM]=$((${spent[$PROGRAM]:-0} + SECONDS - since))
	done
done
for PROGRAM in "${names[@]}"; do
	prepare "$PROGRAM" 20
	memory
done
