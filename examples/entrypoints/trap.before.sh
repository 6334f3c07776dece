#!/bin/sh
# SPDX-License-Identifier: MIT
# Passes the signal on, but "wait" returns when a trap has run.  The script ends
# then, and PID 1 takes the server along in the middle of its cleanup.
trap 'kill "$web"; echo "entrypoint: told"' TERM
app web &
web=$!
wait "$web"
echo "entrypoint: ended"
