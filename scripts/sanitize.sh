#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Run the tests of the applets, of drop-ins, races and load with a binary that
# AddressSanitizer and UBSan watch. (The unit tests always have them; who makes
# system calls fail would meet the sanitizers' own.)
#
# usage: sh scripts/sanitize.sh [NAME [PATTERN]]     (from the top of the tree)
#
# NAME: only the files whose path contains it; PATTERN: only tests whose name
# matches.  CC=clang instead of gcc.  The binary is built against the system's
# libc in build/sanitize and can be used by hand:
#   INITBOX=$PWD/build/sanitize/initbox bats testsuite/applets/FILE.bats
# What a sanitizer says lies in build/sanitize/reports.  A test that cannot hold
# there has the tag "unsanitized", and says why in a comment before it.
set -eu
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

out=${OUT:-build/sanitize}
cc=${CC:-gcc}
case $out in
/*) ;;
*) out=$PWD/$out ;;
esac
unset OUT # the tests have one of their own
reports=$out/reports
rm -rf "$reports"
mkdir -p "$reports"
chmod 1777 "$reports" # some tests are another user

# Their settings, where a test clears the environment, too. We allocate nothing
# that could leak, and who looks for leaks must not be traced. A signal that was
# ignored stays so.
cat >"$out/settings.c" <<END
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"
	       "handle_sigill=0:exitcode=99:log_path=$reports/asan";
}
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:log_path=$reports/ubsan";
}
END
"$cc" -c -o "$out/settings.o" "$out/settings.c"
make -s O="$out" defconfig
sed -i -e 's/^CONFIG_STATIC=y/# CONFIG_STATIC is not set/' \
	-e 's/^# CONFIG_DEBUG is not set/CONFIG_DEBUG=y/' "$out/.config"
make -s O="$out" olddefconfig
rm -f "$out/build/initbox_unstripped" # has them in it
make -s -j2 O="$out" CC="$cc" LDFLAGS="$out/settings.o" CFLAGS="-O1 -g \
-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

status=0
ran=
for file in testsuite/applets/*.bats testsuite/init/dropin.bats \
	testsuite/faults/races.bats testsuite/torture/torture.bats; do
	case $file in
	*"${1-}"*) ;;
	*) continue ;;
	esac
	echo "$file"
	ran=1
	INITBOX="$out/initbox" bats --filter-tags '!unsanitized' \
		-f "${2-.}" "$file" </dev/null || status=1
done
[ -n "$ran" ] || {
	echo "sanitize: no file has \"$1\" in its path" >&2
	status=1
}
if [ -n "$(ls "$reports")" ]; then
	head -n 30 "$reports"/*
	status=1
fi
exit "$status"
