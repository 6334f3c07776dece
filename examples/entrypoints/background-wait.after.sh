#!/sbin/sigproxy /bin/sh
# shellcheck shell=sh
app web &
app worker &
wait
