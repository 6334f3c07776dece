#!/bin/sh
# SPDX-License-Identifier: MIT
# No "exec", because there is something to do afterwards.  The shell is PID 1
# and gets no TERM, so there is no afterwards.
JAVA_OPTS=${JAVA_OPTS:--Xmx256m}
# shellcheck disable=SC2086 # words
java $JAVA_OPTS -jar /srv/app.jar
status=$?
echo "entrypoint: java ended with $status, dumps are kept"
exit $status
