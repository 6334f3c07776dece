#!/bin/sh
# SPDX-License-Identifier: MIT
# The shell waits for the pipeline and gets no TERM.  With a trap it would be no
# better: "app" has no PID that the script knows.
app web 2>&1 | tee -a /out/logger.before.log
