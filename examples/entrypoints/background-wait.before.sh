#!/bin/sh
# SPDX-License-Identifier: MIT
# Two servers in the background.  The shell is PID 1, has no trap, and so gets
# no TERM; nor does anybody else.
app web &
app worker &
wait
