# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# To be sourced by what compiles. Most of it is compiled many times: ccache,
# where it is, gives the object again, whatever folder is mapped to the tree's
# top (a test that looks at the mapping itself unsets CCACHE_IGNOREOPTIONS). Who
# is not bats has set CCACHE_DIR.
export CCACHE_DIR="${CCACHE_DIR:-$BATS_RUN_TMPDIR/ccache}"
export CCACHE_IGNOREOPTIONS='-ffile-prefix-map=*'
case $PATH in
/usr/lib/ccache:*) ;;
*) [ ! -d /usr/lib/ccache ] || PATH=/usr/lib/ccache:$PATH ;;
esac
