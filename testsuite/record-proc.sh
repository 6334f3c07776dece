#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Record what zombiecheck reads of this machine, to look at it elsewhere:
#   zombiecheck --proc DIR/proc
#
# usage: sh testsuite/record-proc.sh DIR
#
# DIR/proc gets the processes, DIR/sys the pids limits and states of their
# control groups.  What cannot be read is left out, as zombiecheck would see it.
# Command lines may hold secrets: look before you hand it on.
set -u
export LC_ALL=C

if [ $# -ne 1 ] || ! mkdir -p "$1/proc/sys/kernel"; then
	echo "usage: sh testsuite/record-proc.sh DIR" >&2
	exit 1
fi
proc=$1/proc

# text FROM TO: these files say that they are empty, so that cp may believe it
text() {
	cat "$1" >"$2" 2>/dev/null || rm -f "$2"
}

# link FROM TO: what it points to need not be there
link() {
	target=$(readlink "$1" 2>/dev/null) && ln -sf "$target" "$2"
}

record_process() {
	mkdir -p "$2/ns"
	for file in stat status statm cmdline cgroup wchan; do
		text "$1/$file" "$2/$file"
	done
	link "$1/exe" "$2/exe"
	link "$1/ns/pid" "$2/ns/pid"
	for task in "$1"/task/[0-9]*; do
		to=$2/task/${task##*/}
		mkdir -p "$to"
		text "$task/wchan" "$to/wchan"
		text "$task/syscall" "$to/syscall"
		text "$task/status" "$to/status"
	done
	# gone meanwhile
	[ -s "$2/stat" ] || rm -rf "$2"
}

for process in /proc/[0-9]*; do
	record_process "$process" "$proc/${process##*/}"
done
mkdir -p "$proc/self"
for file in mountinfo cgroup; do
	text "/proc/self/$file" "$proc/self/$file"
done
for file in uptime loadavg sys/kernel/pid_max sys/kernel/threads-max; do
	text "/proc/$file" "$proc/$file"
done
: >"$proc/.initbox-recorded"

# The groups of all processes in all hierarchies, and those above them.
awk '/ - cgroup/ { print $5 }' /proc/self/mountinfo | while read -r mount; do
	mount=$(printf %b "$mount") # a blank is \040
	cat "$proc"/[0-9]*/cgroup "$proc/self/cgroup" 2>/dev/null |
		sed 's/^[^:]*:[^:]*://' | sort -u | while read -r path; do
		while :; do
			for file in pids.current pids.max pids.peak pids.events \
				freezer.state cgroup.events; do
				from=$mount$path/$file
				if [ ! -f "$from" ] || [ -f "$1$from" ]; then
					continue
				fi
				mkdir -p "$1$mount$path"
				text "$from" "$1$from"
			done
			case $path in
			/?*) path=${path%/*} ;;
			*) break ;;
			esac
		done
	done
done
