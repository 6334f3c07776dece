#!/sbin/sigproxy /bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# java is told; the empty trap keeps the shell for what is to do afterwards.
trap : TERM
JAVA_OPTS=${JAVA_OPTS:--Xmx256m}
# shellcheck disable=SC2086 # words
java $JAVA_OPTS -jar /srv/app.jar
status=$?
echo "entrypoint: java ended with $status, dumps are kept"
exit $status
