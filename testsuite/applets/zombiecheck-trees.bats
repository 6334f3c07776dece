#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# zombiecheck on machines that are not this one: recorded trees of /proc and
# /sys through --proc, as testsuite/record-proc.sh makes them. The layouts of
# Kubernetes, CRI-O, podman and systemd are written down here.

load ../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	check=$(applet zombiecheck)
	unset "${!INITBOX_@}" KUBERNETES_SERVICE_HOST
	id=$(printf 'a1b2c3d4%.0s' {1..8})
	other=$(printf '0f9e8d7c%.0s' {1..8})
	uid=12345678-1234-1234-1234-123456789abc
}

# process PID PPID STATE COMM NS_PID CGROUP [STATUS_LINE]...: CGROUP is the
# text of its file
process() {
	local pid=$1 dir=tree/proc/$1 flags=${FLAGS:-4194560}

	mkdir -p "$dir/ns" "$dir/task/$pid"
	printf '%s (%s) %s %s %s %s 0 -1 %s 0 0 0 0 0 0 0 0 20 0 1 0 1000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 768\n' \
		"$pid" "$4" "$3" "$2" "${SID:-$pid}" "${SID:-$pid}" "$flags" >"$dir/stat"
	printf 'Name:\t%s\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nThreads:\t1\nNSpid:\t%s\t%s\n' \
		"$4" "$pid" "$5" >"$dir/status"
	printf '%s\n' "$6" >"$dir/cgroup"
	ln -s "pid:[${NS_INODE:-4026532500}]" "$dir/ns/pid"
	printf '%s\0' "$4" >"$dir/cmdline"
	if [ "$3" = Z ]; then
		echo "0 0 0 0 0 0 0" >"$dir/statm"
		: >"$dir/cmdline"
	else
		echo "1 1 1 0 0 1 0" >"$dir/statm"
		ln -s /bin/program "$dir/exe"
	fi
	shift 6
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$dir/status"
	printf 'SigCgt:\t0\n' >>"$dir/status"
}

# machine v1|v2|hybrid: what is there beside processes
machine() {
	mkdir -p tree/proc/self tree/proc/sys/kernel
	touch tree/proc/.initbox-recorded
	echo "100.00 100.00" >tree/proc/uptime
	echo "0::/" >tree/proc/self/cgroup
	case $1 in
	v2) echo '30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw' ;;
	*)
		echo '31 20 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids'
		echo '32 20 0:28 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer'
		[ "$1" = v1 ] ||
			echo '33 20 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
		;;
	esac >tree/proc/self/mountinfo
	process 1 0 S systemd 1 "0::/init.scope"
}

# limit FOLDER CURRENT MAX [REFUSED]
limit() {
	mkdir -p "tree/sys/fs/cgroup/$1"
	echo "$2" >"tree/sys/fs/cgroup/$1/pids.current"
	echo "$3" >"tree/sys/fs/cgroup/$1/pids.max"
	echo "max ${4:-0}" >"tree/sys/fs/cgroup/$1/pids.events"
}

# look OPTION...: the tree as JSON
look() {
	run "$check" --proc tree/proc --settle 0 --json "$@"
	echo "$output"
}

# owned CGROUP EXPRESSION: whom a zombie belongs to whose parent is there
owned() {
	rm -rf tree
	machine "${KIND:-v2}"
	process 500 1 S app 1 "$1"
	process 501 500 Z worker 9 "0::/"
	look
	[ "$status" -eq 1 ]
	jq -e ".parents[0] | $2" <<<"$output"
}

@test "trees: Kubernetes with containerd, systemd and version 2" {
	owned "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid//-/_}.slice/cri-containerd-$id.scope" \
		".container == \"$id\" and .pod == \"$uid\" and .unit == null"
}

@test "trees: Kubernetes with cgroupfs" {
	owned "0::/kubepods/besteffort/pod$uid/$id" \
		".container == \"$id\" and .pod == \"$uid\""
	owned "0::/kubepods/pod$uid/$id" ".container == \"$id\" and .pod == \"$uid\""
}

@test "trees: kind's kubelet has slices of its own" {
	owned "0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${uid//-/_}.slice/cri-containerd-$id.scope" \
		".container == \"$id\" and .pod == \"$uid\""
}

@test "trees: what only begins like a pod is none" {
	owned "0::/system.slice/podman-auto-update.service" ".pod == null and .unit == \"podman-auto-update.service\""
	owned "0::/lxc/podcast-server01" '.pod == null and .container == "podcast-server01"'
	owned "0::/user.slice/podman-pause-7f2a1b3c.scope" ".pod == null"
}

@test "trees: containerd with a systemd name below cgroupfs" {
	owned "0::/system.slice/containerd.service/kubepods-pod${uid//-/_}.slice:cri-containerd:$id" \
		".container == \"$id\" and .pod == \"$uid\""
}

@test "trees: CRI-O, and its conmon which is no container" {
	owned "0::/kubepods.slice/kubepods-pod${uid//-/_}.slice/crio-$id.scope" \
		".container == \"$id\" and .pod == \"$uid\""
	owned "0::/kubepods.slice/kubepods-pod${uid//-/_}.slice/crio-conmon-$id.scope" \
		".container == null and .unit == \"crio-conmon-$id.scope\"[0:63]"
}

@test "trees: docker, podman, nerdctl, LXC, nspawn, ECS, Garden" {
	owned "0::/system.slice/docker-$id.scope" ".container == \"$id\""
	owned "0::/docker/$id" ".container == \"$id\""
	owned "0::/machine.slice/libpod-$id.scope/container" ".container == \"$id\""
	owned "0::/system.slice/nerdctl-$id.scope" ".container == \"$id\""
	owned "0::/default/$id" ".container == \"$id\""
	owned "0::/lxc.payload.web" '.container == "web"'
	owned "0::/lxc/web" '.container == "web"'
	owned "0::/machine.slice/machine-web.scope" '.container == "web"'
	owned "0::/ecs/0123456789abcdef/0123456789abcdef-42" \
		'.container == "0123456789abcdef-42"'
	owned "0::/garden/1a2b3c4d-0000" '.container == "1a2b3c4d-0000"'
}

@test "trees: of nested containers the inner one counts" {
	owned "0::/docker/$other/kubepods/pod$uid/$id" ".container == \"$id\""
	owned "0::/docker/$id/docker/$other" ".container == \"$other\""
}

@test "trees: without a container the systemd unit is named" {
	owned "0::/system.slice/cron.service" \
		'.container == null and .unit == "cron.service"'
	owned "0::/user.slice/session-3.scope" '.unit == "session-3.scope"'
}

@test "trees: version 1, where a zombie's own groups say nothing" {
	KIND=v1 owned "$(printf '5:pids:/docker/%s\n4:freezer:/docker/%s\n0::/' "$id" "$id")" \
		".container == \"$id\""
}

@test "trees: version 1 and 2 at once" {
	KIND=hybrid owned "$(printf '5:cpu,pids:/system.slice/docker-%s.scope\n0::/system.slice/docker-%s.scope' "$id" "$id")" \
		".container == \"$id\""
}

@test "trees: a zombie of docker exec is its container's, not the runtime's" {
	machine v2
	process 400 1 S containerd-shim 400 "0::/system.slice/containerd.service"
	NS_INODE=4026532700 process 450 400 S app 1 "0::/docker/$id"
	NS_INODE=4026532700 process 451 400 Z check 9 "0::/"
	NS_INODE=4026532700 process 452 0 Z lost 10 "0::/docker/$id (deleted)"
	look
	jq -e --arg id "$id" '[.parents[] | [.cause, .container]] ==
		[["outside", $id], ["runtime", $id]]' <<<"$output"
}

@test "trees: a process whose group cannot be read tells nothing, the next one does" {
	machine v2
	process 400 1 S containerd-shim 400 "0::/system.slice/containerd.service"
	for pid in 440 441; do
		NS_INODE=4026532700 process $pid 400 S app 1 "0::/"
		rm "tree/proc/$pid/cgroup"
	done
	mkdir tree/proc/440/cgroup # it is opened, and a read fails
	NS_INODE=4026532700 process 451 400 Z check 9 "0::/"
	look
	jq -e '.parents[0] | .container == null and .unit == "containerd.service"' \
		<<<"$output"
	NS_INODE=4026532700 process 452 400 S app 1 "0::/docker/$id"
	look
	jq -e --arg id "$id" '.parents[0].container == $id' <<<"$output"
}

@test "trees: the tightest limit on the way up counts, in version 2" {
	machine v2
	limit "kubepods.slice/pod1/$id" 10 1000
	limit kubepods.slice/pod1 48 50 3
	limit kubepods.slice 60 max
	process 500 1 S app 1 "0::/kubepods.slice/pod1/$id"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e '.parents[0].pids | .current == 48 and .max == 50 and
		.refused == 3 and .cgroup == "/kubepods.slice/pod1"' <<<"$output"
	run "$check" --proc tree/proc --settle 0
	echo "$output"
	[[ $output == *"pids of 500's group: 48 of 50 used (96%), 1 by zombies; 3 forks refused   CRITICAL"* ]]
	run "$check" --proc tree/proc --settle 0 --nagios
	[ "$status" -eq 2 ]
	[[ $output == *" pids_used=96%;80;95;0;100" ]]
	run "$check" --proc tree/proc --settle 0 --nagios --pids-warn 97 --pids-crit 99
	[ "$status" -eq 1 ]
	# who sets only the higher alarm, and below the other's default
	run "$check" --proc tree/proc --settle 0 --nagios --pids-warn 99 --pids-crit 50
	[ "$status" -eq 2 ]
}

@test "trees: it is said whose limit it is, where the zombies are elsewhere" {
	machine v2
	limit "docker/$id" 10 1000
	limit "docker/$other" 48 50
	process 500 1 S many 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	process 502 500 Z worker 10 "0::/"
	process 600 1 S few 1 "0::/docker/$other"
	process 601 600 Z worker 9 "0::/"
	run "$check" --proc tree/proc --settle 0
	echo "$output"
	[[ $output == *"
pids of 600's group: 48 of 50 used (96%), 1 by zombies   CRITICAL"* ]]
	run "$check" --proc tree/proc --settle 0 --check
	[ "$output" = "FAIL: 3 zombies under 500 (many) and 1 more, pids 48/50 of 600's group" ]
	run "$check" --proc tree/proc --settle 0 --nagios
	echo "$output"
	[[ $output == *"; worst 500 (many) x2 init-adopted, pids 48/50 of 600's group | "* ]]
	# another's zombies do not fill it
	"$check" --proc tree/proc --settle 0 --watch=100ms >lines &
	watch=$!
	wait_until has_line lines .
	process 503 500 Z worker 11 "0::/"
	wait_until has_line lines '^4 zombies.* (+1, '
	kill "$watch"
	wait "$watch" || :
	cat lines
	[ "$(grep -c 'full in' lines || :)" -eq 0 ]
	grep -q "^4 zombies.* (+1, .*; pids 48/50 of 600's group; worst 500 " lines
	# our own is none of theirs
	limit own 99 100
	echo "0::/own" >tree/proc/self/cgroup
	run "$check" --proc tree/proc --settle 0 --check
	[[ $output == *", pids 99/100 of our group" ]]
}

@test "trees: the time left is that of a limit that all the zombies have" {
	machine v2
	limit "docker/$id" 10 1000
	process 500 1 S app 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	for filter in --settle=0 --uid=0 --comm=worker; do
		process 600 1 S other 600 "0::/docker/$id"
		process 601 600 Z neighbour 601 "0::/docker/$id"
		"$check" --proc tree/proc --settle 0 --watch=100ms "$filter" >lines &
		watch=$!
		wait_until has_line lines .
		process 502 500 Z worker 10 "0::/"
		wait_until has_line lines ' (+1, '
		kill "$watch"
		wait "$watch" || :
		cat lines
		case $filter in
		--comm*) [ "$(grep -c 'full in' lines || :)" -eq 0 ] ;;
		*) grep -q "; pids 10/1000 of [56]00's group, full in " lines ;;
		esac
		rm -r tree/proc/502 tree/proc/60?
	done
}

@test "trees: with a filter nothing is said of how much is by zombies" {
	machine v2
	limit "docker/$id" 9 50
	process 500 1 S app 1 "0::/docker/$id"
	for pid in 501 502 503; do process $pid 500 Z sleep 9 "0::/"; done
	process 504 500 Z sh 9 "0::/"
	run "$check" --proc tree/proc --settle 0
	[[ $output == *": 9 of 50 used (18%), 4 by zombies"* ]]
	run "$check" --proc tree/proc --settle 0 --comm sh
	echo "$output"
	[[ $output == *": 9 of 50 used (18%)" ]]
}

@test "trees: without a limit the machine's is not told as a container's" {
	machine v2
	echo "0.00 0.01 0.05 1/123 4567" >tree/proc/loadavg
	echo 4000 >tree/proc/sys/kernel/pid_max
	echo "0::/docker/$id" >tree/proc/self/cgroup
	process 500 1 S app 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	process 600 1 S app 1 "0::/docker/$other"
	process 601 600 Z worker 9 "0::/"
	"$check" --proc tree/proc --settle 0 --prometheus >metrics
	cat metrics
	promtool check metrics <metrics
	grep -qx 'zombiecheck_pids_current{container="machine"} 123' metrics
	grep -qx 'zombiecheck_pids_max{container="machine"} 4000' metrics
	[ "$(grep -c '^zombiecheck_pids_[a-z]*{' metrics || :)" -eq 2 ]
	[ "$(grep -c '^zombiecheck_container_zombies{container="[0-9a-f]*"} 1$' metrics || :)" -eq 2 ]
	run "$check" --proc tree/proc --settle 0 --check
	[[ $output == *", pids 123/4000 of the machine" ]]
	run "$check" --proc tree/proc --settle 0 --pids-warn 3
	[[ $output == *"
pids of the machine: 123 of 4000 used (3%)   WARNING"* ]]
	run "$check" --proc tree/proc --settle 0 -A --pid 500
	[[ $output == *"  pids     ok       123 of 4000 (3%) of the machine"* ]]
	# a container that has one keeps it
	limit "docker/$other" 48 50
	"$check" --proc tree/proc --settle 0 --prometheus >metrics
	grep -qx "zombiecheck_pids_max{container=\"$other\"} 50" metrics
	[ "$(grep -c '^zombiecheck_pids_max{' metrics || :)" -eq 2 ]
}

@test "trees: a group outside of our cgroup namespace has no limit of ours" {
	machine v2
	# what --proc of the host shows in a container
	limit . 8 9
	process 500 1 S app 1 "0::/../../system.slice/docker-$id.scope"
	process 501 500 Z worker 9 "0::/"
	process 600 1 S other 1 "0::/../docker-$other.scope"
	process 601 600 Z worker 9 "0::/"
	look
	jq -e --arg id "$id" '(.pids | .current == 8 and .max == 9) and
		([.parents[].pids] == [null, null]) and .parents[0].container == $id' \
		<<<"$output"
	run "$check" --proc tree/proc --settle 0
	echo "$output"
	[[ $output == *"
pids of our group: 8 of 9 used (88%), 0 by zombies   WARNING"* ]]
	"$check" --proc tree/proc --settle 0 --prometheus >metrics
	cat metrics
	[ "$(grep '^zombiecheck_pids_max{' metrics)" = 'zombiecheck_pids_max{container=""} 9' ]
	# where the host's groups are mounted, too, theirs is read
	echo '34 20 0:26 /../.. /host/cgroup rw - cgroup2 cgroup2 rw' \
		>>tree/proc/self/mountinfo
	mkdir -p "tree/host/cgroup/system.slice/docker-$id.scope"
	echo 48 >"tree/host/cgroup/system.slice/docker-$id.scope/pids.current"
	echo 50 >"tree/host/cgroup/system.slice/docker-$id.scope/pids.max"
	look
	jq -e '.parents[0].pids | .current == 48 and .max == 50' <<<"$output"
}

@test "trees: metrics have our own limit, also where a parent of no container has none" {
	machine v2
	echo "0.00 0.01 0.05 1/123 4567" >tree/proc/loadavg
	echo 4000 >tree/proc/sys/kernel/pid_max
	echo "0::/own" >tree/proc/self/cgroup
	limit own 8 9
	process 500 1 S app 500 "0::/"
	process 501 500 Z worker 501 "0::/"
	"$check" --proc tree/proc --settle 0 --prometheus >metrics
	cat metrics
	promtool check metrics <metrics
	[ "$(grep '^zombiecheck_pids_current{' metrics)" = 'zombiecheck_pids_current{container=""} 8' ]
	[ "$(grep '^zombiecheck_pids_max{' metrics)" = 'zombiecheck_pids_max{container=""} 9' ]
}

@test "trees: where the limit alone is near, an init is no cure" {
	machine v2
	limit "docker/$id" 48 50
	process 500 1 S app 1 "0::/docker/$id" "SigCgt:	4000"
	run "$check" --proc tree/proc --settle 0 -A --pid 500
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"  SIGTERM  ok "*"  pids     FAIL     48 of 50 (96%)"* ]]
	[ "${lines[-1]}" = "verdict: FAIL  raise the pids limit, or find what leaks" ]
	# both
	sed -i 's/^SigCgt.*4000/SigIgn:	4000/' tree/proc/500/status
	run "$check" --proc tree/proc --settle 0 -A --pid 500
	echo "$output"
	[ "${lines[-1]}" = "verdict: FAIL  put an init at PID 1; raise the pids limit, or find what leaks" ]
}

@test "trees: the same in version 1" {
	machine v1
	limit "pids/docker/$id" 48 50 1
	process 500 1 S app 1 "5:pids:/docker/$id"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e '.parents[0].pids | .max == 50 and .refused == 1' <<<"$output"
}

@test "trees: paths may be long, and mount points have blanks" {
	long=$(printf '/a-folder-of-40-bytes-and-so-are-the-others%.0s' {1..10})
	machine v2
	echo '30 20 0:26 / /sys/fs/my\040\134cgroup rw - cgroup2 cgroup2 rw' \
		>tree/proc/self/mountinfo
	limit "../my \\cgroup$long/$id" 48 50 1
	process 500 1 S app 1 "0::$long/$id"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e --arg path "$long/$id" '.parents[0].pids | .max == 50 and
		.refused == 1 and .cgroup == $path' <<<"$output"
}

@test "trees: frozen, in version 1 and 2" {
	machine v1
	mkdir -p "tree/sys/fs/cgroup/freezer/docker/$id"
	echo FROZEN >"tree/sys/fs/cgroup/freezer/docker/$id/freezer.state"
	process 500 1 D app 1 "4:freezer:/docker/$id"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e '.parents[0] | .cause == "frozen" and (.advice | test("unpause"))' <<<"$output"
	rm -rf tree
	machine v2
	mkdir -p "tree/sys/fs/cgroup/docker/$id"
	printf 'populated 1\nfrozen 1\n' >"tree/sys/fs/cgroup/docker/$id/cgroup.events"
	process 500 1 S app 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e '.parents[0].cause == "frozen"' <<<"$output"
	# both are there, and version 1 is not who froze it
	rm -rf tree
	machine hybrid
	mkdir -p tree/sys/fs/cgroup/freezer/box tree/sys/fs/cgroup/unified/box
	echo THAWED >tree/sys/fs/cgroup/freezer/box/freezer.state
	printf 'populated 1\nfrozen 1\n' >tree/sys/fs/cgroup/unified/box/cgroup.events
	process 500 1 S app 1 "$(printf '4:freezer:/box\n0::/box')"
	process 501 500 Z worker 9 "0::/"
	look
	jq -e '.parents[0].cause == "frozen"' <<<"$output"
}

@test "trees: a dying init waits for a process in state D, which is named" {
	machine v2
	FLAGS=4194564 process 500 1 S app 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	process 502 500 D stuck 10 "0::/docker/$id"
	look
	jq -e '.parents[0] | .cause == "ns-exiting" and
		(.advice | test("unblock 502"))' <<<"$output"
}

@test "trees: filters by container, unit, namespace, name, user and parent" {
	machine v2
	process 500 1 S app 1 "0::/docker/$id"
	process 501 500 Z worker 9 "0::/"
	NS_INODE=4026532701 process 600 1 S cron 1 "0::/system.slice/cron.service"
	NS_INODE=4026532701 process 601 600 Z job 9 "0::/"
	set -f # these stars are for zombiecheck
	while read -r want words; do
		# shellcheck disable=SC2086
		look $words
		[ "$(jq -c '[.parents[].zombies[].pid] | sort' <<<"$output")" = "$want" ]
		[ "$status" -eq "$([ "$want" = "[]" ]; echo $?)" ]
	done <<-END
		[501,601]
		[501] --container a1b2
		[501] --container $id
		[601] --container cron.service
		[] --container beef
		[501] --pidns 500
		[601] --pidns 4026532701
		[601] --comm j*
		[501] --comm [v-x]orker
		[501,601] --comm *o*
		[] --comm orker
		[501] --comm wor?er
		[601] --comm [!w]*
		[601] --pid 600
		[501,601] --pid 500,600
		[601] --pid 0600,1
		[501,601] --uid 0
		[] --uid 1
		[501,601] --min-age 80s
		[501,601] --min-age 90s
		[] --min-age 90500ms
		[] --min-age 2m
	END
}

@test "trees: an age is the process's, and at most that" {
	machine v2
	process 500 1 S app 1 "0::/"
	process 501 500 Z worker 9 "0::/"
	look
	# uptime 100 s, started 1,000 ticks after the boot
	jq -e '.parents[0].zombies[0] | .start_age_s == 90 and .observed_s == null' <<<"$output"
	run "$check" --proc tree/proc --settle 0 --list
	[[ $output == *"oldest <= 1m"* ]]
	[[ $output == *"  501 worker (uid 0)  <= 1m (exit 3)"* ]]
}

@test "trees: stat lines that are none are skipped and counted" {
	machine v2
	process 500 1 S app 1 "0::/"
	process 501 500 Z worker 9 "0::/"
	n=600
	for text in '' ')' '600 (x' '601 (x) Z 500' '602 (x) Z 500 1 1 0 -1 0 0'; do
		mkdir -p "tree/proc/$n"
		printf '%s' "$text" >"tree/proc/$n/stat"
		n=$((n + 1))
	done
	look
	[ "$status" -eq 1 ]
	jq -e '.zombies == 1 and .unreadable == 5 and .partial' <<<"$output"
	run "$check" --proc tree/proc --settle 0 --strict --comm nobody
	[ "$status" -eq 1 ]
	[[ $output == *"note: 5 processes unreadable"* ]]
}

@test "trees: a state is a letter, else the line is none and nothing of it is shown" {
	local states=($'\e' $'\x9b' $'\xc2' '?' '1' '"' '|' '[' '@' '`' '{') n=600

	machine v2
	for state in "${states[@]}"; do
		process $n 1 "$state" "parent" 1 "0::/"
		process $((n + 100)) $n Z worker 9 "0::/"
		n=$((n + 1))
	done
	look
	[ "$status" -eq 1 ]
	jq -e ".zombies == ${#states[@]} and
		(.parents | length) == ${#states[@]} and
		all(.parents[]; .state == \"?\" and .comm == \"\" and
			.cause == \"unknown\")" <<<"$output"
	for way in --list --nagios --prometheus --check; do
		"$check" --proc tree/proc --settle 0 $way >said || [ $? -eq 1 ]
		LC_ALL=C grep -q . said
		LC_ALL=C run grep -n '[^[:print:]]' said
		[ "$status" -eq 1 ] || { echo "$way: $output"; false; }
	done
	# All that a kernel writes, or wrote, is one.
	n=600
	for state in R S D T t X x K W P I; do
		rm -rf "tree/proc/$n"
		process $n 1 "$state" "parent" 1 "0::/"
		n=$((n + 1))
	done
	look
	jq -e '[.parents[].state] | unique | length == 11' <<<"$output"
}

@test "trees: nothing is guessed from half a parent" {
	machine v2
	for n in 600 601 602; do
		process $n 1 S parent $n "0::/"
		process $((n + 100)) $n Z worker 9 "0::/"
	done
	printf '600 (parent) S 1 600' >tree/proc/600/stat
	rm tree/proc/601/status
	look
	[ "$status" -eq 1 ]
	jq -e 'all(.parents[] | select(.pid < 602); .cause == "unknown" and
			.state == "?" and .comm == "" and
			.advice == "run zombiecheck as root or as the user of \(.pid)") and
		any(.parents[]; .pid == 602 and .cause == "no-wait")' <<<"$output"
}

@test "trees: nothing is guessed of a zombie that hides its status" {
	machine v2
	process 500 1 S app 1 "0::/"
	process 510 500 Z worker 9 "0::/"
	process 511 500 Z worker 9 "0::/"
	: >tree/proc/510/status
	look
	jq -e '[.parents[] | {cause, z: .zombies[]}] | sort_by(.z.pid) |
		.[0].cause == "unknown" and .[0].z.uid == null and
		.[0].z.tracer == null and .[1].cause != "unknown" and
		.[1].z.uid == 0 and .[1].z.tracer == 0' <<<"$output"
	look -u 0
	jq -e '.zombies == 1 and .parents[0].zombies[0].pid == 511' <<<"$output"
	run "$check" --proc tree/proc --settle 0 --list
	[ "$status" -eq 1 ]
	[[ $output == *"510 worker (uid ?)  "* && $output == *"511 worker (uid 0)  "* ]]
	[[ $output != *"traced by"* ]]
}

@test "trees: a FIFO in a file's place is empty and holds nobody up" {
	machine v2
	process 500 1 S app 1 "0::/"
	process 501 500 Z worker 9 "0::/"
	process 502 1 S other 1 "0::/"
	for file in 502/stat 502/statm 500/comm 500/cgroup uptime loadavg; do
		rm -f "tree/proc/$file"
		mkfifo "tree/proc/$file"
	done
	run timeout 60 "$check" --proc tree/proc --settle 0 --json
	[ "$status" -eq 1 ]
	jq -e '.zombies == 1' <<<"$output"
}

@test "trees: names from outside are escaped in each output" {
	machine v2
	process 500 1 S 'a|b"\' 1 "0::/"
	process 501 500 Z $'x\e"\\\xff' 9 "0::/"
	look
	jq -e '.parents[0].comm == "a|b\"\\" and
		.parents[0].zombies[0].comm == "x\u001b\"\\\ufffd"' <<<"$output"
	run "$check" --proc tree/proc --settle 0 --nagios
	[[ $output == *"worst 500 (a_b\"\\) x1"*" | zombies=1"* ]]
	process 510 1 S $'p\e[2J\xc2\x9b' 510 "0::/"
	process 511 510 Z $'\x9b2J' 9 "0::/"
	look
	jq -e '.parents[] | select(.pid == 510) |
		.advice == "bug in p\u001b[2J\u009b; an init at PID 1 will not help. Gone when 510 exits."' \
		<<<"$output"
	run "$check" --proc tree/proc --settle 0 --list
	echo "$output"
	[[ $output == *"  names: \x9b2J x1"* ]]
	[[ $output == *"  fix: bug in p\x1b[2J\xc2\x9b; an init"* ]]
	"$check" --proc tree/proc --settle 0 --prometheus >metrics
	grep -F 'comm="a|b\"\\"' metrics
	promtool check metrics <metrics
}

@test "trees: a folder without the mark of a recorded one is refused" {
	machine v2
	rm tree/proc/.initbox-recorded
	look
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: tree/proc: not a proc filesystem" ]
}

@test "trees: a recorded namespace reads as the living one" {
	cc -O1 -o zoo "$BATS_TEST_DIRNAME/helpers/zoo.c" -pthread
	ns_command
	run "${NS[@]}" ./zoo keeper='worker*2,job' leader=server -- sh -c '
		sh "$1/testsuite/record-proc.sh" tree && exec "$2" --settle 0 --json' \
		sh "$TOP" "$check" 3>&-
	[ "$status" -eq 1 ]
	filter='[.zombies, .leaders_with_threads, [.parents[] |
		[.pid, .comm, .cause, .count, [.zombies[].pid]]]]'
	live=$(jq -c "$filter" <<<"${lines[-1]}")
	look
	[ "$(jq -c "$filter" <<<"$output")" = "$live" ]
	[[ $live == "[3,1,[[2,"* ]]
}

@test "trees: a PID 1 that is hidden is said to be" {
	machine v2
	rm -rf tree/proc/1
	run "$check" --proc tree/proc --settle 0 -A
	echo "$output"
	[ "$status" -eq 2 ]
	[ "$output" = "zombiecheck: PID to audit: hidden by hidepid= of /proc" ]
}

@test "trees: --container takes a unit's whole name, however long" {
	unit=a-service-that-has-a-name-of-more-than-sixty-three-bytes-in-all.service
	machine v2
	process 500 1 S app 1 "0::/system.slice/$unit"
	process 501 500 Z worker 9 "0::/"
	run "$check" --proc tree/proc --settle 0 --container "$unit"
	[ "$status" -eq 1 ]
	run "$check" --proc tree/proc --settle 0 --container "${unit#a}"
	[ "$status" -eq 0 ]
}
