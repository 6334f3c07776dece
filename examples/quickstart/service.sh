#!/bin/sh
# SPDX-License-Identifier: MIT
#
# service.sh NAME - a program as databases and web servers are: told to stop, it
# needs 2 s to finish what it has begun and to write down what it knows.
# shellcheck disable=SC2034 # for events.sh
name=$1
. "${0%/*}/events.sh"

stop() {
	event told
	kill "$work"
	sleep 2
	event cleaned up
	exit 0
}
trap stop TERM

# "wait" ends at once when the signal comes; behind a sleep in the foreground
# the shell would see it only when the sleep has ended.
sleep 1000 &
work=$!
event started
wait "$work"
