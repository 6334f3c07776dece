#!/bin/sh
# SPDX-License-Identifier: MIT
# The worker in the background, the server by "exec": the server is PID 1 now
# and gets the signal.  The worker hears nothing and dies with PID 1.
app worker &
exec app web
