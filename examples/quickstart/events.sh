# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Sourced by the programs of the demonstration.  event WORD... notes what has
# happened, with the time, in a file of $name's own: "SECONDS WORD...".
# The time is the kernel's uptime, since busybox date may know no fractions.

event() {
	read -r uptime _ </proc/uptime
	# shellcheck disable=SC2154 # set by who sources this
	echo "$uptime $*" >>"$EVENTS/$name"
}
