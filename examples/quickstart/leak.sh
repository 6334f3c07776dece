#!/bin/sh
# SPDX-License-Identifier: MIT
#
# leak.sh - starts programs and forgets them.  Their parent, the subshell, ends
# first: they are orphans, which are PID 1's to look after.
# shellcheck disable=SC2034 # for events.sh
name=leak
. "${0%/*}/events.sh"

while :; do
	(sleep 0.3 &)
	event orphan
	sleep 0.1
done
