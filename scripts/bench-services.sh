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
# INITBOX: the binary (./initbox); TURNS: how many stops each (20).
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
	'busybox init')
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

# stop_times NAME: the medians of TURNS stops of 5 services, of who was told and
# who finished, and the last status
stop_times() {
	local turn began status

	prepare "$1" 5
	for ((turn = 0; turn < ${TURNS:-20}; turn++)); do
		begin 5 || return
		began=$(microseconds)
		kill -TERM "$INNER"
		status=0
		# docker stop would not wait for longer
		(sleep 10 && kill -KILL "$INNER") 2>/dev/null &
		wait "$OUTER" 2>/dev/null || status=$?
		echo "$((($(microseconds) - began) / 1000)) $(grep -c told log) $(grep -c clean log) $status"
		kill "$!" 2>/dev/null
		wait "$!" 2>/dev/null
	done | sort -n | awk -v slowest="$SLOWEST" '
		{ t[NR] = $1; told[NR] = $2; clean[NR] = $3; status = $4 }
		END {
			m = int((NR + 1) / 2)
			printf "%9d %9d %6d/5 %6d/5 %7d", t[m], t[m] - slowest,
				told[m], clean[m], status
		}'
}

# memory NAME: RSS and private memory of PID 1 with 20 services, in kB
memory() {
	prepare "$1" 20
	begin 20 || return
	awk '/^Rss/ { rss = $2 } /^Private/ { private += $2 }
		END { printf "%9d %9d", rss, private }' "/proc/$INNER/smaps_rollup"
	end_now
}

echo "bench: services, ${TURNS:-20} stops of each program" >&2
printf '%-14s %9s %9s %8s %8s %7s %9s %9s\n' '' 'stop ms' '- slowest' told \
	finished status 'RSS kB' private
for name in init 'busybox init' s6-svscan supervisord tini dumb-init bash; do
	if [ "$name" != init ] && ! type -P "${name%% *}" >/dev/null; then
		continue
	fi
	printf '%-14s %s %s\n' "$name" "$(stop_times "$name")" "$(memory "$name")"
done
