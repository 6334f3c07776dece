#!/bin/sh
# SPDX-License-Identifier: MIT
#
# See what initbox is for: build it, let it be PID 1 of four programs with bad
# habits, stop them as "docker stop" does, and compare with a shell as PID 1.
#
# usage: sh scripts/quickstart.sh
#
# Needs Debian or Alpine; as root, or as a user where the kernel allows user
# namespaces.  Takes about 15 s, of which 10 are the shell's.  What is shown are
# the notes that the programs made themselves (examples/quickstart), the log of
# init and /proc.
set -eu
export LC_ALL=C

[ $# -eq 0 ] || {
	echo "usage: sh scripts/quickstart.sh" >&2
	exit 1
}
cd "$(dirname "$0")/.."
work=$(mktemp -d)

# Ending the first process of a PID namespace ends all in it.
clean_up() {
	for file in "$work"/*/pid1; do
		[ ! -s "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || :
	done
	# Whoever is just being killed may still write there for a moment.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf "$work" 2>/dev/null && [ ! -e "$work" ] && return
		sleep 0.2 2>/dev/null || sleep 1
	done
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "quickstart: $*" >&2
	exit 1
}

# progress TEXT: what is waited for, to somebody who looks; gone when it is over.
progress() {
	[ ! -t 2 ] || printf '\r%-40s\r' "$*" >&2
}

bold='' good='' bad='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	escape=$(printf '\033')
	bold="${escape}[1m" good="${escape}[32m"
	bad="${escape}[31m" plain="${escape}[m"
fi

# ---- 1. what is missing, and make ------------------------------------------
build() {
	sh scripts/packages.sh build demo || exit 1
	# Somebody else's tree is built outside of it.
	out=.
	[ -w . ] || out=$work/out
	begin=$(centiseconds)
	progress "building ..."
	if ! make -j2 O="$out" >"$work/make.log" 2>&1; then
		cat "$work/make.log" >&2
		fail "make failed, for the reason above. If another make was at work in" \
			"this folder, wait for its end and run this again."
	fi
	progress
	has_applets
	libc="static, musl"
	if grep '^initbox:' "$work/make.log"; then libc="not musl"; fi
	awk -v t=$(($(centiseconds) - begin)) -v libc="$libc" -v out="$out" \
		-v size="$(wc -c <"$out/initbox")" 'BEGIN {
		printf "Built %s/initbox in %.1f s: %d KB (%s)\n", \
			out, t / 100, (size + 512) / 1024, libc }'
}

# A .config of somebody's own may leave out what is shown here, and so may a
# second make that writes into the same folder.
has_applets() {
	for applet in init zombiecheck; do
		"$out/initbox" $applet --version >"$work/error" 2>&1 ||
			fail "$out/initbox has no $applet: $(cat "$work/error")." \
				"Run \"make defconfig\", no other make beside it, and" \
				"then this again."
	done
}

# Without dates: busybox date may know no fractions of a second.
centiseconds() {
	read -r uptime _ </proc/uptime
	echo "${uptime%.*}${uptime#*.}"
}

# ---- 2. two namespaces -----------------------------------------------------
# in_namespace FOLDER COMMAND...: COMMAND is PID 1 of a new PID namespace, and
# its PID out here is in FOLDER/pid1, read while /proc still is the one of here.
# - Not unshare -f: that ends with 1, not 137, when PID 1 is killed.  The first
#   shell waits instead; PID 1 is its first child.
# - Not unshare --mount-proc: that wants / to be a mount point, which it is not
#   in a chroot.  The flags are find_namespace's.
in_namespace() {
	# shellcheck disable=SC2016,SC2086 # for the shells inside; words
	unshare $flags sh -c '
		sh -c "$@"
		exit $?' sh '
		read -r pid _ </proc/self/stat && echo "$pid" >"$0/pid1" &&
			mount --make-private /proc &&
			mount -t proc proc /proc && exec "$@"' "$@"
}

# A user needs a user namespace; so does root in a container without rights.
# busybox cannot leave the propagation of mounts as it is, and does not know
# --kill-child (clean_up stands in for that).
find_namespace() {
	mkdir "$work/try"
	for flags in "-m -p --propagation unchanged" "-m -p" \
		"-U -r -m -p --propagation unchanged" "-U -r -m -p"; do
		if in_namespace "$work/try" true >"$work/error" 2>&1; then
			rm "$work/try/pid1"
			return
		fi
		cat "$work/error" >>"$work/errors"
	done
	echo "quickstart: no PID namespace is to be had here:" >&2
	sed 's/^/  /' "$work/error" >&2
	explain_refusal >&2
	exit 1
}

setting() {
	[ "$(cat "/proc/sys/$1" 2>/dev/null)" = "$2" ]
}

explain_refusal() {
	if setting kernel/unprivileged_userns_clone 0; then
		echo "The kernel forbids them to users: run this as root, or set"
		echo "  sysctl kernel.unprivileged_userns_clone=1"
	elif setting kernel/apparmor_restrict_unprivileged_userns 1; then
		echo "AppArmor forbids them to users: run this as root, or set"
		echo "  sysctl kernel.apparmor_restrict_unprivileged_userns=0"
	elif setting user/max_user_namespaces 0; then
		echo "The kernel allows no user namespace: run this as root, or set"
		echo "  sysctl user.max_user_namespaces=1000"
	elif grep -q 'mount none on /' "$work/errors"; then
		echo "In a chroot, busybox's unshare is not enough: install util-linux."
	elif [ "$(id -u)" = 0 ]; then
		echo "In a container: start that one with more rights, as"
		echo "\"docker run --privileged\" does."
	else
		echo "Run this as root. In a container or chroot the kernel or the"
		echo "runtime keeps users from making namespaces."
	fi
}

# half NAME COMMAND...: run it as PID 1; notes and output are in $work/NAME.
half() {
	name=$1
	shift
	mkdir "$work/$name"
	EVENTS=$work/$name
	export EVENTS
	{
		status=0
		in_namespace "$EVENTS" "$@" >"$EVENTS/log" 2>&1 </dev/null ||
			status=$?
		# From here on the number may be somebody else's.
		rm -f "$EVENTS/pid1"
		name=runtime
		# Interrupted, we have removed the folder by now.
		[ ! -d "$EVENTS" ] || event "ended, exit status $status"
	} &
}

all_started() {
	for half in init shell; do
		for program in web db entrypoint leak; do
			[ -s "$work/$half/$program" ] || return
		done
	done
}

wait_for_start() {
	end=$(($(centiseconds) + 1000))
	until all_started; do
		if [ "$(centiseconds)" -gt "$end" ]; then
			cat "$work"/*/log >&2
			fail "the programs do not start"
		fi
		sleep 0.1
	done
	# Time for a few orphans, and for entrypoint.sh's jobs to end.
	sleep 1.5
}

# docker_stop NAME: TERM, 10 s of patience, KILL.
docker_stop() {
	EVENTS=$work/$1
	name=runtime
	pid=$(cat "$EVENTS/pid1")
	end=$(($(centiseconds) + 1000))
	event "SIGTERM to PID 1"
	kill -TERM "$pid"
	while kill -0 "$pid" 2>/dev/null; do
		if [ "$(centiseconds)" -ge "$end" ]; then
			event "SIGKILL to PID 1"
			kill -KILL "$pid"
			return
		fi
		sleep 0.05
	done
}

# ---- 3. what is to be seen -------------------------------------------------
# The /proc of a half, through its first process.
proc_of() {
	echo "/proc/$(cat "$work/$1/pid1")/root/proc"
}

# tree NAME: processes indented below their parent, with the PIDs of inside;
# siblings without children that look the same are one line.
tree() {
	proc=$(proc_of "$1")
	for folder in "$proc"/[0-9]*; do
		# Gone in between: no line.
		stat=$(cat "$folder/stat" 2>/dev/null) || continue
		words=$(tr '\0' ' ' <"$folder/cmdline" 2>/dev/null) || continue
		comm=${stat#*\(}
		# shellcheck disable=SC2086 # state and parent
		set -- ${stat##*) }
		echo "${folder##*/} $2 $1 ${words:-${comm%%)*}}"
	done | sort -n | awk '
		{
			pid = $1; parent = $2; state = $3
			sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
			sub(/ +$/, "")
			gsub(/examples\/quickstart\//, "")
			gsub(/(\/usr)?\/bin\//, "")
			text[pid] = $0 (state == "Z" ? " (zombie)" : "")
			children[parent] = children[parent] " " pid
		}
		function show(pid, indent,   list, n, i, same) {
			printf "%4d %s%s", pid, indent, text[pid]
			n = split(children[pid], list, " ")
			for (i = 1; i <= n; i++) {
				same = 1
				while (i < n && text[list[i]] == text[list[i + 1]] &&
					!(list[i] in children) &&
					!(list[i + 1] in children)) {
					same++
					i++
				}
				printf "\n"
				show(list[i], indent "  ")
				if (same > 1)
					printf " x %d", same
			}
		}
		END { show(1, ""); print "" }'
}

# side_by_side FILE FILE
side_by_side() {
	awk '
		FNR == 1 { file++ }
		{ line[file, FNR] = substr($0, 1, 38); if (FNR > n) n = FNR }
		END {
			for (i = 1; i <= n; i++) {
				text = sprintf("%-40s%s", line[1, i], line[2, i])
				sub(/ +$/, "", text)
				print text
			}
		}' "$1" "$2"
}

# The notes of one half as "SECONDS NAME TEXT", from SIGTERM on, in time; the
# clock is coarse, so of one hundredth the cause comes first, the end last.
timeline_of() {
	zero=$(sed -n 's/ SIGTERM.*//p' "$work/$1/runtime")
	for program in runtime web db; do
		sed "s/ / $program /" "$work/$1/$program"
	done | awk -v zero="$zero" '$1 >= zero {
		rank = / SIGTERM/ ? 0 : / ended/ ? 2 : 1
		$1 = sprintf("%.2f %d", $1 - zero, rank)
		print }' | sort -s -n -k 1,1 -k 2,2 | sed 's/ [012] / /'
}

# A row for each event, those of the same time next to each other.
timeline() {
	timeline_of init >"$work/left"
	timeline_of shell >"$work/right"
	awk -v good="$good" -v bad="$bad" -v plain="$plain" '
		function cell(who, text) {
			sub(/^told$/, "told to stop", text)
			if (who != "runtime")
				text = who ": " text
			return text
		}
		function colour(text, padded) {
			if (text ~ /cleaned|status 0$/)
				return good padded plain
			if (text ~ /SIGKILL|status [1-9]/)
				return bad padded plain
			return padded
		}
		{
			side = FILENAME ~ /left$/ ? 1 : 2
			n[side]++
			at[side, n[side]] = $1
			who = $2
			sub(/^[^ ]+ [^ ]+ /, "")
			what[side, n[side]] = cell(who, $0)
		}
		END {
			l = r = 1
			while (l <= n[1] || r <= n[2]) {
				left = right = ""
				tl = l <= n[1] ? at[1, l] : 1e9
				tr = r <= n[2] ? at[2, r] : 1e9
				time = tl < tr ? tl : tr
				if (tl - time < 0.05)
					left = what[1, l++]
				if (tr - time < 0.05)
					right = what[2, r++]
				printf "%6.2f s  %s%s\n", time, colour(left, \
					sprintf((right == "" ? "%s" : "%-30s"), \
					left)), colour(right, right)
			}
		}' "$work/left" "$work/right"
}

# A list of names in one line, or "nobody".
in_a_row() {
	awk '{ line = line (NR > 1 ? ", " : "") $0 }
		END { print NR ? line : "nobody" }'
}

summary() {
	row told \
		"$(sed -n 's/^init: \(.*\): sent SIGTERM to .*/\1/p' \
			"$work/init/log" | in_a_row)" \
		"$(awk '$3 == "told" { print $2 }' "$work/right" | in_a_row)"
	row reaped "$(grep -c ': reaped process' "$work/init/log") orphans" \
		"$shell_name keeps no count"
}

row() {
	printf '%8s  %-30s%s\n' "$1" "$2" "$3"
}

. examples/quickstart/events.sh
DEMO_SHELL=$(command -v bash || command -v sh)
export DEMO_SHELL
shell_name=${DEMO_SHELL##*/}

build
find_namespace

cat <<END
Two PID namespaces with the same four programs in each:
  web, db     told to stop (SIGTERM), they need 2 s to clean up
  entrypoint  ends in "exec tail": what it started before is never waited for
  leak        starts programs and forgets them: orphans, left to PID 1

END

half init "$out/initbox" init -vv -f examples/quickstart/inittab
half shell "$DEMO_SHELL" examples/quickstart/start-all.sh
wait_for_start

tree init >"$work/left"
tree shell >"$work/right"
printf '%s%-40s%s%s\n' "$bold" "PID 1 is init" "PID 1 is $shell_name" "$plain"
side_by_side "$work/left" "$work/right"

printf '\n%s%s%s\n' "$bold" "zombiecheck, looking into the left one:" "$plain"
"$out/initbox" zombiecheck --proc "$(proc_of init)" |
	sed -e '/^$/d' -e 's/^/  /'

docker_stop init &
docker_stop shell &
printf '\n%s%s%s\n' "$bold" "docker stop: SIGTERM, and SIGKILL after 10 s" "$plain"
progress "the shell is given its 10 s ..."
wait
progress

timeline
summary

if [ "$(grep -c 'cleaned up$' "$work/left")" != 2 ] ||
	! grep -q 'ended, exit status 0$' "$work/left"; then
	sed 's/^/  /' "$work/init/log" >&2
	fail "init did not do what it is for; above is its log"
fi
