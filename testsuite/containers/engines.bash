# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# engines.bash - real containers for the tests: a root file system made of a
# static busybox and our binary, and docker, podman and runc on it.
#
# Everything lives in one short temp folder, $ENGINE_DIR (a socket's path may
# have 107 bytes), and in one cgroup named after it: what carries neither of
# the two marks is not ours and is left alone. engine_stop removes it all,
# also after a failure in between.

load ../helper

ENGINE_LIMIT=${ENGINE_LIMIT:-180} # s; a client that hangs is ended

# ---- one folder per bats file -------------------------------------------

# engine_start docker|podman|runc: for setup_file. (bats 1.8 does not know a
# skip there: setup, below, skips each test.)
engine_start() {
	[ -z "$(no_containers)" ] || return 0
	needs "$1" script
	ENGINE=$1
	ENGINE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/initbox.XXXXXX")
	ENGINE_MARK=${ENGINE_DIR##*/}
	export ENGINE ENGINE_DIR ENGINE_MARK
	# podman and runc as a user would have them; what the caller's own
	# configuration says about docker is not looked at
	export DOCKER_HOST=unix://$ENGINE_DIR/sock
	export DOCKER_CONFIG=$ENGINE_DIR/config
	unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
	watch_owner $$
	mkdir "$ENGINE_DIR/bin" "$ENGINE_DIR/config"
	echo '{}' >"$ENGINE_DIR/config/config.json"
	make_rootfs "$ENGINE_DIR/rootfs"
	cp "${INITBOX_BIN:-$INITBOX}" "$ENGINE_DIR/bin/docker-init"
	cp "${INITBOX_BIN:-$INITBOX}" "$ENGINE_DIR/bin/podman-init"
	"start_$ENGINE"
}

setup() {
	local why

	why=$(no_containers)
	[ -z "$why" ] || skip "$why"
}

# no_containers: why no container can be made here; nothing where one can.
no_containers() {
	if [ "$(id -u)" != 0 ]; then
		echo "needs root: namespaces, mounts, cgroups"
	elif ! grep -q '^[^ ]* /sys/fs/cgroup' /proc/mounts; then
		echo "needs control groups: none are mounted (a plain chroot)"
	fi
}

# watch_owner PID: clean up, too, when bats was killed before its teardown. In
# a process group of its own: what kills bats often kills bats' group.
watch_owner() {
	set -m
	(
		set +m
		trap '' HUP INT TERM
		while kill -0 "$1" 2>/dev/null; do
			sleep 1
		done
		WATCHER=
		engine_stop
	) >/dev/null 2>&1 3>&- 4>&- </dev/null &
	export WATCHER=$!
	disown "$WATCHER"
	set +m
}

# needs TOOL...: a missing tool is a failure; only rights may be missing.
needs() {
	local tool

	[ "$1" != docker ] || set -- dockerd "$@"
	for tool in "$@"; do
		type -P "$tool" >/dev/null || { # not our function
			echo "$tool is not installed" >&2
			return 1
		}
	done
}

# engine_stop: for teardown_file. Never fails, whatever is there still.
engine_stop() {
	[ -d "${ENGINE_DIR:-}" ] || return 0
	[ -z "$WATCHER" ] || kill -KILL "$WATCHER" || :
	"stop_$ENGINE" >"$ENGINE_DIR/stop.log" 2>&1 3>&- || :
	end_all TERM
	wait_until has_ended_all 2>/dev/null || :
	end_all KILL
	wait_until has_ended_all || :
	remove_mounts
	remove_cgroups
	rm -rf "$ENGINE_DIR"
}

# The processes with our mark: who has the folder in its command line (dockerd,
# containerd, shims, conmon, clients) or is in our cgroup (containers). grep
# gets the mark by its stdin, not to be one of them.
our_processes() {
	local file pid

	# shellcheck disable=SC2062 # no pattern: the files
	grep -l -a -F --file=- /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup \
		2>/dev/null <<<"$ENGINE_MARK" |
		while IFS=/ read -r _ _ pid file; do
			is_gone "$pid" || printf '%s\n' "$pid"
		done
}

end_all() {
	local pid

	for pid in $(our_processes); do
		kill "-$1" "$pid" 2>/dev/null || :
	done
}

has_ended_all() {
	[ -z "$(our_processes)" ]
}

remove_mounts() {
	local folder

	# the latest first: what is below goes before what is above
	awk -v "dir=$ENGINE_DIR/" 'index($5, dir) == 1 { print $5 }' \
		/proc/self/mountinfo | sort -r |
		while read -r folder; do
			umount -l "$folder" || :
		done
}

remove_cgroups() {
	local folder

	find /sys/fs/cgroup -depth -type d -path "*/$ENGINE_MARK*" 2>/dev/null |
		while read -r folder; do
			rmdir "$folder" 2>/dev/null || :
		done
}

# ---- the root file system ------------------------------------------------

# make_rootfs DIR: busybox, our binary under all its names, the programs that
# the tests run.
make_rootfs() {
	local root=$1 name

	mkdir -p "$root"/{bin,dev,etc,out,proc,root,run,sbin,srv,sys,tmp}
	chmod 1777 "$root/tmp" "$root/out"
	for name in busybox.static busybox; do
		name=$(command -v "$name") || continue
		cp -L "$name" "$root/bin/busybox"
		chroot "$root" /bin/busybox true 2>/dev/null && break
	done
	chroot "$root" /bin/busybox true || {
		echo "no static busybox (package busybox-static)" >&2
		return 1
	}
	for name in $("$root/bin/busybox" --list); do
		case $name in
		busybox | init | linuxrc) ;;
		*) ln -s busybox "$root/bin/$name" ;;
		esac
	done
	# a peer given by INITBOX_BIN stands in for our binary
	cp "${INITBOX_BIN:-$INITBOX}" "$root/sbin/initbox"
	chroot "$root" /sbin/initbox --version >/dev/null || {
		echo "$INITBOX: not static, or does not run" >&2
		return 1
	}
	for name in $("$INITBOX" --list); do
		ln -s initbox "$root/sbin/$name"
	done
	echo "not a program" >"$root/etc/plain"
	make_programs "$root/bin"
}

# program PATH: a shell script from stdin.
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$1"
	chmod 755 "$1"
}

make_programs() {
	# slow NAME [SECONDS [FILE]]: cleans up for 2 s when told to stop
	program "$1/slow" <<-'END'
		exec >>"${3:-/dev/stdout}"
		trap 'kill $! 2>/dev/null
			echo "$1: told"
			sleep "${2:-2}"
			echo "$1: cleaned"
			exit 0' TERM
		echo "$1: ready"
		while :; do sleep 1000 & wait $!; done
	END
	# leave NAME SECONDS FILE: starts slow with the same arguments in a
	# session of its own; ends at once when told, or with $LEAVE_NOW soon
	program "$1/leave" <<-'END'
		trap 'exit 0' TERM
		setsid slow "$@" &
		if [ -n "$LEAVE_NOW" ]; then
			until grep -q ready "${3:-/dev/null}"; do sleep 0.05; done
			exit 0
		fi
		wait
	END
	# signals: says which it got; TERM ends it with 3
	program "$1/signals" <<-'END'
		for s in HUP USR1 USR2 QUIT WINCH 40; do
			trap "echo got-$s" "$s"
		done
		trap 'echo got-TERM; exit 3' TERM
		echo ready
		while :; do sleep 0.1; done
	END
	# orphans N: N processes that end after their parent has; built-ins
	# only, so that each costs two forks and no exec. However busy the
	# machine is, only zombies can pile up (the substitution ends with the
	# orphan), and 40 of them at most: then PID 1 has to have reaped.
	program "$1/orphans" <<-'END'
		i=0
		while [ "$i" -lt "$1" ]; do
			: "$( (:) & )"
			i=$((i + 1))
			[ $((i % 40)) -gt 0 ] ||
				until [ "$(zombies)" -eq 0 ]; do sleep 0.01; done
		done
		echo "made $i orphans"
	END
	# zombies: how many there are in this PID namespace
	program "$1/zombies" <<-'END'
		cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' |
			grep -c '^Z '
	END
	# job: for a terminal (where ^C or ^Z is not to throw away its answer)
	program "$1/job" <<-'END'
		stty noflsh
		trap 'echo "job continued"' CONT
		trap 'echo "job interrupted"; exit 5' INT
		echo "job started"
		while :; do sleep 0.1; done
	END
	# dies SIGNAL
	program "$1/dies" <<-'END'
		kill -"$1" $$
	END
}

# image NAME [CHANGE]...: $BATS_TEST_TMPDIR/top over the root file system.
image() {
	local name=$1 change words=() folder

	shift
	for change in "$@"; do
		words+=(--change "$change")
	done
	# an archive with a path in it twice is refused: merge first
	folder=$(mktemp -d "$ENGINE_DIR/image.XXXXXX")
	cp -a "$ENGINE_DIR/rootfs/." "$folder"
	[ ! -d "$BATS_TEST_TMPDIR/top" ] ||
		cp -a "$BATS_TEST_TMPDIR/top/." "$folder"
	tar -c -C "$folder" . | engine import "${words[@]}" - "$name" >/dev/null
	rm -rf "$folder"
}

# inittab: the image's /etc/inittab, from stdin.
inittab() {
	mkdir -p "$BATS_TEST_TMPDIR/top/etc"
	cat >"$BATS_TEST_TMPDIR/top/etc/inittab"
}

# try COMMAND...: its status in $status, what it prints in $output and $lines.
# (bats' run warns of a status of 127, which is one of ours.)
try() {
	status=0
	output=$("$@" 2>&1) || status=$?
	mapfile -t lines <<<"$output"
	[ -n "$output" ] || lines=()
	printf '%s: %s\n' "$status" "$output"
}

# snippets LANGUAGE DIR: README's fences of it as the files DIR/1, DIR/2, ...
snippets() {
	mkdir -p "$2"
	awk -v start="\`\`\`$1" -v dir="$2" '
		/^```/ { inside = !inside && $0 == start; n += inside; next }
		inside { print >(dir "/" n) }' "$TOP/README.md"
}

# lacks COMMAND...: it fails. (A "!" would not be seen but in the last line.)
lacks() {
	if "$@"; then
		return 1
	fi
}

# ---- docker and podman ---------------------------------------------------

engine() {
	"$ENGINE" "$@" 3>&-
}

docker() {
	timeout --foreground -k 5 "$ENGINE_LIMIT" docker "$@"
}

podman() {
	timeout --foreground -k 5 "$ENGINE_LIMIT" podman \
		--storage-driver=vfs --root "$ENGINE_DIR/data" \
		--runroot "$ENGINE_DIR/run" "$@"
}

# DAEMON_JSON: the file that dockerd is to read; "@" in it is our docker-init.
start_docker() {
	local init=(--init-path "$ENGINE_DIR/bin/docker-init")

	if [ -n "${DAEMON_JSON-}" ]; then
		printf '%s\n' "${DAEMON_JSON//@/$ENGINE_DIR/bin/docker-init}" \
			>"$ENGINE_DIR/daemon.json"
		init=(--config-file "$ENGINE_DIR/daemon.json")
	fi
	dockerd "${init[@]}" \
		--iptables=false --ip6tables=false --bridge=none \
		--storage-driver=vfs --data-root "$ENGINE_DIR/data" \
		--exec-root "$ENGINE_DIR/exec" --pidfile "$ENGINE_DIR/pid" \
		--cgroup-parent "/$ENGINE_MARK" \
		-H "$DOCKER_HOST" \
		>"$ENGINE_DIR/dockerd.log" 2>&1 3>&- </dev/null &
	wait_until docker version >/dev/null 2>&1 || {
		tail -n 20 "$ENGINE_DIR/dockerd.log" >&2
		return 1
	}
	image base
}

stop_docker() {
	local pid

	pid=$(cat "$ENGINE_DIR/pid")
	docker ps -aq | xargs -r timeout 60 docker rm -f -v
	# with its containerd, in order; what does not heed it, end_all ends
	kill -TERM "$pid" && wait_until is_gone "$pid"
}

start_podman() {
	export CONTAINERS_CONF=$ENGINE_DIR/containers.conf

	cat >"$CONTAINERS_CONF" <<-END
		[containers]
		log_driver = "k8s-file"
		netns = "none"
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		lock_type = "file"
		runtime = "runc"
		tmp_dir = "$ENGINE_DIR/tmp"
	END
	image base
}

stop_podman() {
	podman rm -f -a -t 0
}

# run_rm OPTIONS... IMAGE COMMAND...: wait for its end, leave nothing.
run_rm() {
	local own=()

	[ "$ENGINE" = docker ] || own=(--cgroup-parent "/$ENGINE_MARK")
	engine run --rm --pull never --network none "${own[@]}" "$@"
}

# up OPTIONS... IMAGE COMMAND...: in the background; its ID in $ID.
up() {
	local own=()

	[ "$ENGINE" = docker ] || own=(--cgroup-parent "/$ENGINE_MARK")
	ID=$(engine run -d --pull never --network none "${own[@]}" "$@")
	CONTAINERS="${CONTAINERS:-} $ID"
}

# has_log PATTERN: for wait_until.
has_log() {
	engine logs "$ID" 2>&1 | grep -q -e "$1"
}

logs() {
	engine logs "$ID" 2>&1
}

# down: stop $ID with a limit that none of our cases should need, print the
# time; its exit status in $status, its log in $output.
down() {
	local begin=${EPOCHREALTIME/[.,]/}

	engine stop -t 60 "$ID" >/dev/null
	timeline "$ENGINE stop" $((${EPOCHREALTIME/[.,]/} - begin))
	ended
}

# timeline WHAT MICROSECONDS
timeline() {
	printf '# %s: %d.%02d s\n' "$1" $(($2 / 1000000)) \
		$(($2 / 10000 % 100)) >&3
}

# ended: wait for the end of $ID; $status and $output as in down.
ended() {
	status=$(engine wait "$ID")
	output=$(logs)
	printf '%s: %s\n' "$status" "$output"
}

# has_zombies NUMBER: for wait_until; counted inside of $ID.
has_zombies() {
	[ "$(engine exec "$ID" zombies)" -eq "$1" ]
}

remove_containers() {
	# shellcheck disable=SC2086
	[ -z "${CONTAINERS:-}" ] || engine rm -f $CONTAINERS >/dev/null 2>&1 ||
		:
}

# ---- runc ----------------------------------------------------------------

start_runc() {
	mkdir "$ENGINE_DIR/bundle"
	mv "$ENGINE_DIR/rootfs" "$ENGINE_DIR/bundle/rootfs"
	(cd "$ENGINE_DIR/bundle" && runc spec && mv config.json spec.json)
}

stop_runc() {
	local id

	for id in $(runc list -q); do
		runc delete -f "$id"
	done
}

runc() {
	timeout --foreground -k 5 "$ENGINE_LIMIT" runc \
		--root "$ENGINE_DIR/state" "$@"
}

# json_words WORD...: "WORD", "WORD"
json_words() {
	local word list=

	for word in "$@"; do
		word=${word//\\/\\\\}
		word=${word//\"/\\\"}
		word=${word//$'\n'/\\n}
		word=${word//$'\t'/\\t}
		list+="${list:+, }\"$word\""
	done
	printf '%s\n' "$list"
}

# bundle ID COMMAND...: a bundle whose process is this; its folder in $BUNDLE.
# The root file system is shared and read-only, as in runc's own template.
bundle() {
	BUNDLE=$ENGINE_DIR/$1
	ID=$1
	shift
	mkdir "$BUNDLE"
	ln -s ../bundle/rootfs "$BUNDLE/rootfs"
	words=$(json_words "$@") awk -v "path=/$ENGINE_MARK/$ID" '
		/"args": \[/ {
			print "\"args\": [" ENVIRON["words"] "],"
			skipping = 1
		}
		!skipping {
			sub(/"terminal": true/, "\"terminal\": false")
			sub(/"path": "rootfs"/,
				"\"path\": \"'"$ENGINE_DIR/bundle/rootfs"'\"")
			sub(/"linux": \{/,
				"\"linux\": { \"cgroupsPath\": \"" path "\",")
			print
		}
		/\]/ { skipping = 0 }
	' "$ENGINE_DIR/bundle/spec.json" >"$BUNDLE/config.json"
}

# runc_run ID COMMAND...: wait for its end.
runc_run() {
	bundle "$@"
	runc run --bundle "$BUNDLE" "$ID" </dev/null 3>&-
}

# runc_start ID COMMAND...: in the background, as start in helper.bash, until
# the other commands of runc find it: it notes the state after the start.
runc_start() {
	bundle "$@"
	OUT=$BATS_TEST_TMPDIR/$ID.out
	start env runc --root "$ENGINE_DIR/state" run --bundle "$BUNDLE" "$ID"
	wait_until is_running
}

is_running() {
	runc state "$ID" 2>/dev/null 3>&- | grep -q '"status": "running"'
}

# ---- terminals -----------------------------------------------------------

# tty_run COMMAND...: run it on a terminal of its own; what it shows is in
# $TTY_LOG, type_in types.
tty_run() {
	local line

	TTY_LOG=$BATS_TEST_TMPDIR/terminal
	mkfifo "$BATS_TEST_TMPDIR/keys"
	printf -v line '%q ' "$@"
	SHELL=/bin/bash script -qfec "$line" "$TTY_LOG" \
		<"$BATS_TEST_TMPDIR/keys" >/dev/null 2>&1 3>&- &
	PID=$!
	STARTED="${STARTED:-} $PID"
	exec 8>"$BATS_TEST_TMPDIR/keys"
}

# type_in TEXT: printf's escapes are understood.
type_in() {
	# shellcheck disable=SC2059
	printf "$1" >&8
}

# shows PATTERN [NUMBER]: wait until so many lines of the terminal do.
shows() {
	wait_until shows_or_ended "$@" || :
	counts "$@" || {
		echo "does not show $*:" >&2
		cat -v "$TTY_LOG" >&2
		return 1
	}
}

shows_or_ended() {
	counts "$@" || is_gone "$PID"
}

counts() {
	[ "$(grep -c -e "$1" "$TTY_LOG" 2>/dev/null)" -ge "${2:-1}" ]
}

# tty_finish: wait for its end; exit status in $status.
tty_finish() {
	status=0
	wait "$PID" || status=$?
	exec 8>&-
}
