#!/sbin/sigproxy /bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# No PIDs to keep: the server is told without our help and waited for.  The trap
# is left for what this script itself has to do.
trap 'echo "entrypoint: told"; wait; echo "entrypoint: ended"; exit 0' TERM
app web &
wait
