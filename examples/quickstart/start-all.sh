#!/bin/sh
# SPDX-License-Identifier: MIT
#
# start-all.sh - several programs in one container without an init: a script
# starts them and waits.  As PID 1 the shell gets no SIGTERM (the kernel drops
# what PID 1 has no handler for), and so nobody else hears of it either.
here=${0%/*}

sh "$here/service.sh" web &
sh "$here/service.sh" db &
"$DEMO_SHELL" "$here/entrypoint.sh" &
sh "$here/leak.sh" &
wait
