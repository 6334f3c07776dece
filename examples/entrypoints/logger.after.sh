#!/sbin/sigproxy /bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The server is told; tee is not, but reads to the end of what it writes.
app web 2>&1 | tee -a /out/logger.after.log
