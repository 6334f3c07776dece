# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# faults_helper.bash - make system calls of a supervisor fail, one at a time.
#
# A life is what is run: an applet, its mode (pid1: PID 1 of a namespace; sub:
# not) and what its command does. It is recorded once; then it is run again for
# each call of the record and each error, the call's first use failing, and once
# more with every use failing. Nothing but the supervisor itself is traced.

ERRORS=(ENOSYS EPERM ENOMEM EAGAIN EMFILE)
declare -gA REASON=(
	[ENOSYS]="Function not implemented" [EPERM]="Operation not permitted"
	[ENOMEM]="Out of memory|Cannot allocate memory"
	[EAGAIN]="Resource temporarily unavailable|Try again"
	[EMFILE]="Too many open files|No file descriptors available"
)
# Made by libc before main or by gate.c, or they do not return.
NOT_OURS=" execve exit exit_group arch_prctl set_tid_address brk mmap munmap
	mprotect set_robust_list rseq prlimit64 getrandom rt_sigreturn flock "
# Cannot fail as we call them, says their man page: what a filter would have to
# do to make them fail leaves no other program alive either.
NEVER_FAIL=" getpid getppid rt_sigprocmask "
# One run takes well under a second; this is for a machine that is busy.
RUN_LIMIT=${RUN_LIMIT:-120}
LANES=${LANES:-4}

# What the command does. Its status is 7 in every life.
make_commands() {
	# ends by itself, and leaves an orphan behind
	cat >self <<-'END'
		#!/bin/sh
		echo up
		(sleep 1000 &)
		exit 7
	END
	# asks its supervisor to stop until it is told to, or TURNS times, with an
	# orphan that needs some time, and not before the file $1 is there. The
	# orphan of a supervisor that has said in the file SAID that it finds
	# nobody, and waits, ends by itself.
	cat >stop <<-'END'
		#!/bin/sh
		trap 'exit 7' TERM
		echo up
		until [ -e "${1:-/}" ]; do sleep 0.02; done
		(sh -c 'trap "sleep 0.05; exit 0" TERM
			until grep -qs "[n]ames unknown: /proc: " "$SAID"
			do sleep 0.1; done' &)
		turn=0
		until [ $((turn += 1)) = "${TURNS:-}" ]; do
			kill -TERM $PPID
			sleep 0.03
		done
		exit 7
	END
	chmod +x self stop
}

# life_command LIFE: sets COMMAND for APPLET-COMMAND-MODE, the applet being
# reaper, sigproxy, entries (init -e) or command (init --).
life_command() {
	local applet does

	IFS=- read -r applet does MODE <<<"$1"
	case $applet in
	entries)
		# files of its own: several lives run side by side. Whatever
		# fails, the first entry has come up before the stop.
		KEPT=$PWD/kept-$BASHPID
		COMMAND=("$INIT" -vv --grace 2s --stop-timeout 1m
			--control "$PWD/sock-$BASHPID"
			-e ":delay=100ms:respawn:sh -c ': >$KEPT; exec sleep 1000'"
			-e ":main:once:./$does $KEPT")
		;;
	command) COMMAND=("$INIT" -vv --grace 2s -- "./$does") ;;
	*) COMMAND=("$(applet "$applet")" -vv --grace 2s "./$does") ;;
	esac
}

# traced NAME OPTION...: run COMMAND with strace's options; the status in
# $run_status, what it said in NAME.out, the trace in NAME.trace. All that it
# leaves ends with its namespace, and after RUN_LIMIT s everything does.
traced() {
	local name=$1

	shift
	run_status=0
	rm -f "${KEPT:-}"
	if [ "$MODE" = pid1 ]; then
		traced_pid1 "$name" "$@"
	else
		# sh adopts what a supervisor that is no subreaper does not
		timeout -s KILL "$RUN_LIMIT" "${NS[@]}" sh -c '"$@"; exit $?' sh \
			strace -qq -o "$name.trace" "$@" -- "${COMMAND[@]}" \
			>"$name.out" 2>&1 </dev/null || run_status=$?
	fi 2>/dev/null # where bash says who was killed
}

# strace cannot start PID 1, so it attaches to it (see gate.c).
traced_pid1() {
	local name=$1 lock unshare tracer init=

	shift
	: >"$name.lock"
	: >"$name.out"
	exec {lock}<"$name.lock"
	flock "$lock"
	timeout -s KILL "$RUN_LIMIT" "${NS[@]}" "$GATE" "$name.lock" \
		"${COMMAND[@]}" >"$name.out" 2>&1 </dev/null {lock}<&- &
	unshare=$!
	wait_until has_line "$name.out" '^gate$'
	init=$(innermost "$unshare")
	strace -qq -o "$name.trace" "$@" -p "$init" 2>"$name.strace" {lock}<&- &
	tracer=$!
	wait_until attached "$init" "$tracer"
	exec {lock}<&- # all descriptors of it are closed: it is free
	wait "$unshare" || run_status=$?
	wait "$tracer"
	cat "$name.strace" >>"$name.out"
}

# innermost PID: the last of the chain of first children
innermost() {
	local pid=$1 next

	while read -r next _ <"/proc/$pid/task/$pid/children"; [ -n "$next" ]; do
		pid=$next
	done 2>/dev/null
	echo "$pid"
}

attached() {
	is_gone "$2" || grep -q '^TracerPid:.*[1-9]' "/proc/$1/status"
}

# record LIFE: sets CALLS to what its supervisor calls.
record() {
	local call

	life_command "$1"
	traced "record-$1"
	if [ "$MODE" = pid1 ] && grep -q 'attach.*not permitted' "record-$1.out"; then
		skip "the kernel does not let us trace (Yama's ptrace_scope)"
	fi
	echo "recorded $1: status $run_status"
	cat "record-$1.out"
	[ "$run_status" -eq 7 ] || return
	CALLS=()
	while read -r call; do
		[[ $NOT_OURS$NEVER_FAIL == *[[:space:]]"$call"[[:space:]]* ]] ||
			CALLS+=("$call")
	done < <(sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "record-$1.trace" |
		LC_ALL=C sort -u)
	[ "${#CALLS[@]}" -gt 15 ]
}

# What fails always is tried again some ten times a second, and a request makes
# some passes through /proc; more failures are of a supervisor that spins.
SPINS=1000
SPINS_PER_REQUEST=40

# fault LIFE CALL ERROR WHEN: the uses that WHEN says fail, "1" or "N+"; one line
# in a file of its own: "CALL ERROR WHEN good|waited|refused|BAD why".
fault() {
	local name=$1-$2-$3-$4 call=$2 error=$3 verdict
	local hung_from

	life_command "$1"
	if [ "$4" != 1 ]; then
		# who cannot be signalled, or found but by PID 1, ends all the same
		local -x TURNS=60 SAID=
		[ "$MODE" = pid1 ] || SAID=$PWD/$name.out
	fi
	# some calls are made only if an orphan is still there: try again
	for _ in 1 2 3 4 5; do
		hung_from=$((SECONDS + RUN_LIMIT))
		traced "$name" -e "trace=$call" \
			-e "inject=$call:error=$error:when=$4"
		! grep -q INJECTED "$name.trace" || break
	done
	verdict=$(judge "$name" "$call" "$error" "$4")
	echo "$call $error $4 $verdict" >"$name.verdict"
	[[ $verdict != BAD* ]] || {
		echo "--- $name: $verdict"
		sed 's/^/    /' "$name.out"
		sed 's/^/    trace: /' "$name.trace" | tail -n 12
	} >"$name.report"
	rm -f "$name.trace" "$name.lock" "$name.strace"
}

# always LIFE CALL ERROR: each use fails; where the start cannot do without, each
# but the first ones, so that the running supervisor meets it.
always() {
	local n when name

	for n in 1 2 3 4 5; do
		when=$n+
		name=$1-$2-$3-$when
		fault "$1" "$2" "$3" "$when"
		grep -q refused "$name.verdict" || break
	done
	# so often it is not used
	[ "$n" = 1 ] || ! grep -q 'BAD nothing' "$name.verdict" ||
		rm "$name.verdict" "$name.report"
}

# judge NAME CALL ERROR WHEN: is how it ended right?
judge() {
	local out=$1.out count spins

	spins=$((SPINS + SPINS_PER_REQUEST * $(grep -c 'received SIGTERM' "$out" || :)))
	count=$(grep -c INJECTED "$1.trace") || :
	if [ "$count" -eq 0 ]; then
		echo "BAD nothing was injected (status $run_status)"
	elif [ "$count" -gt "$spins" ]; then
		echo "BAD spins: $count times"
	elif [ "$run_status" -eq 7 ]; then
		if ! grep -q "names unknown" "$out"; then
			echo good
		elif grep -qE "names unknown: /proc: (${REASON[$3]})\$" "$out"; then
			echo waited
		else
			echo "BAD reason"
		fi
	elif [ "$run_status" -eq 125 ] && may_refuse "$@" &&
		grep -qE "^(reaper|init|sigproxy): .*(${REASON[$3]})\$" "$out"; then
		echo refused
	elif [ "$run_status" -eq 137 ] && [ "$SECONDS" -ge "$hung_from" ]; then
		echo "BAD hung for $RUN_LIMIT s"
	else
		echo "BAD status $run_status"
	fi
}

# may_refuse NAME CALL: 125 is for what has not begun, and for a status that no
# call can tell.
may_refuse() {
	! grep -qx up "$1.out" || [ "$2" = "$TELLERS" ]
}
TELLERS=wait4,waitid

# Several at once: most of the time each waits for something.
in_lanes() {
	while [ "$(jobs -pr | wc -l)" -ge "$LANES" ]; do
		wait -n || true
	done
	"$@" &
}

# tries N SHARE: whether the N-th case is one of this life's, SHARE of five. Once
# a life tries three of five errors for each call, shifted so that two lives with
# different SHIFT (0 and 2) try them all; always, one for an eighth of them.
# FAULTS=all: each life tries all.
tries() {
	[ "${FAULTS:-}" = all ] || [ $((($1 + SHIFT) % 5)) -lt "$2" ]
}

# try_faults LIFE SHIFT: its calls x errors, and the table of it.
try_faults() {
	local call bad SHIFT=$2 j cases=0 turn=${#1}

	record "$1"
	CALLS+=("$TELLERS")
	for call in "${CALLS[@]}"; do
		turn=$((turn + 1))
		for j in "${!ERRORS[@]}"; do
			# by the name: of the same call another life tries the rest
			if tries $((${#call} + j)) 3; then
				cases=$((cases + 1))
				in_lanes fault "$1" "$call" "${ERRORS[j]}" 1 3>&-
			fi
			if tries $((${#call} + j)) $((turn % 8 == 0)); then
				cases=$((cases + 1))
				in_lanes always "$1" "$call" "${ERRORS[j]}" 3>&-
			fi
		done
	done
	wait
	print_table "$1"
	bad=$(cat "$1"-*.report 2>/dev/null) || true
	echo "$bad"
	[ -z "$bad" ]
	# every case has its verdict
	[ "$(cat "$1"-*.verdict | wc -l)" -ge "$cases" ]
}

# A line per call, and for each error how it went once, always, and always but at
# the start: "." went on, "w" said why it can find nobody and waited, "r" refused
# with 125 and the reason, "X" wrong, "-" not tried.
print_table() {
	cat "$1"-*.verdict | awk -v life="$1" -v errors="${ERRORS[*]}" '
		function at(call, error, when) {
			key = call SUBSEP error SUBSEP when
			return key in cell ? cell[key] : "-"
		}
		{
			when = $3 == "1" || $3 == "1+" ? $3 : "late"
			cell[$1, $2, when] = $4 == "good" ? "." : \
				$4 == "BAD" ? "X" : substr($4, 1, 1)
			tried[$3 != "1"]++
		}
		!seen[$1]++ { calls[++n] = $1 }
		END {
			count = split(errors, error)
			printf "# %-22s", life
			for (i = 1; i <= count; i++) printf " %s", error[i]
			print ""
			for (c = 1; c <= n; c++) {
				printf "#   %-20s", calls[c]
				for (i = 1; i <= count; i++)
					printf " %s%s%-4s", at(calls[c], error[i], "1"),
						at(calls[c], error[i], "1+"),
						at(calls[c], error[i], "late")
				print ""
			}
			printf "# %s: %d calls, %d errors, %d cases once, %d always\n", \
				life, n, count, tried[0], tried[1]
		}' >&3
}
