#!/sbin/sigproxy /bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The same, with sigproxy as the interpreter: the server is told first; what it
# leaves behind is told then, and waited for.
app worker &
exec app web
