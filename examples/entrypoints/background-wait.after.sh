#!/sbin/sigproxy /bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
app web &
app worker &
wait
