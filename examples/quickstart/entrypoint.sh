#!/bin/sh
# SPDX-License-Identifier: MIT
#
# entrypoint.sh - what many images have: a shell script that starts jobs in the
# background and ends in "exec".  The program that it becomes never asks how the
# jobs ended, so they stay as zombies for as long as it lives.
# shellcheck disable=SC2034 # for events.sh
name=entrypoint
. "${0%/*}/events.sh"

sleep 0.1 &
sleep 0.2 &
sleep 0.3 &
event started
exec tail -f /dev/null
