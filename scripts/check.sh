#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Install what the tests need and run them.
#
# usage: sh scripts/check.sh [NAME]     NAME, and LONG=1: see testsuite/run.sh
#
# Without the right to install it says what is missing; the tests that need it
# are skipped, and say so.
set -eu

cd "$(dirname "$0")/.."
# A user's PATH leaves out where runc and dockerd are.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

# What is needed and missing ends testsuite/run.sh, with the closing line.
sh scripts/packages.sh build test ${LONG:+bench more} || :
exec sh testsuite/run.sh "$@"
