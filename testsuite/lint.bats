#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How our code reads (CONTRIBUTING.md), as far as a machine can see it. A rule is
# a function that names each offence; it must find the one in a bad sample, and
# none in the tree but the exceptions that are named with it.
# shellcheck disable=SC2046 # no blanks in our file names

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKE O V T CFLAGS CPPFLAGS \
		LDFLAGS CROSS_COMPILE
	# objects of the default configuration, and the generated headers
	export OBJECTS=$BATS_FILE_TMPDIR/out
	mkdir "$OBJECTS"
	make -s O="$OBJECTS" defconfig
	make -s -j2 O="$OBJECTS"
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	export LC_ALL=C
	bad=$BATS_TEST_TMPDIR
}

# What git knows and will know; of an unpacked archive all there is.
sources() {
	if git rev-parse --show-toplevel >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	else
		find . -path ./build -prune -o -path ./initbox -prune -o -type f -print
	fi | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

c_files() {
	sources | grep -E '^(\./)?(applets|libbb-lite)/.*\.c$'
}

# sample FILE: a bad one, from stdin
sample() {
	mkdir -p "$(dirname "$bad/$1")"
	cat >"$bad/$1"
}

# finds TEXT RULE ARG...: the rule names this offence
finds() {
	local text=$1

	shift
	run "$@"
	[[ $output == *"$text"* ]] && return
	echo "$1 does not find '$text', but: $output"
	return 1
}

# holds RULE ARG...: no offence
holds() {
	run "$@"
	[ -z "$output" ] && return
	printf 'against the rule:\n%s\n' "$output"
	return 1
}

# c_matching PATTERN: the C files that match it; there must be some
c_matching() {
	c_files | grep -E "$1" || echo "no-file-matches-$1"
}

calls() {
	awk -f testsuite/lint/calls.awk "$@"
}

# ---- size ------------------------------------------------------------------

# Longer than 60 lines; NAME_main longer than 40, but for init_main, whose three
# ways in are told apart there.
long_functions() {
	calls "$@" | awk '$4 == "lines" {
		limit = $3 ~ /_main$/ && $3 != "init_main" && \
			$3 !~ /^(on|order)_/ ? 40 : 60
		if ($5 > limit) print $1 ":" $2 ": " $3 ": " $5 " lines"
	}'
}

# "quantile QUANTILE LIMIT": more than LIMIT lines are needed to hold that part.
quantile() {
	local part=$1 limit=$2

	shift 2
	calls "$@" | awk '$4 == "lines" { print $5 }' | sort -n |
		awk -v part="$part" -v limit="$limit" '{ n[NR] = $1 }
			END { value = n[int(NR * part + 0.5)]
				if (value > limit)
					print part " of the functions: " value " lines" }'
}

@test "lint: no function is longer than 60 lines, NAME_main than 40" {
	{
		echo 'int half_main(void)'
		echo '{'
		yes '	half();' | head -n 39
		echo '}'
		echo 'int full(void)'
		echo '{'
		yes '	full();' | head -n 59
		echo '}'
	} | sample long.c
	finds "long.c:2: half_main: 41 lines" long_functions "$bad/long.c"
	finds "long.c:44: full: 61 lines" long_functions "$bad/long.c"
	holds long_functions $(c_files)
}

@test "lint: half of the functions have 15 lines or less, nine of ten 40" {
	{
		for i in 1 2 3 4; do
			printf 'int f(void)\n{\n'
			yes '	f();' | head -n 45
			echo '}'
		done
	} | sample all-long.c
	finds "0.5 of the functions: 47 lines" quantile 0.5 15 "$bad/all-long.c"
	holds quantile 0.5 15 $(c_files)
	holds quantile 0.9 40 $(c_files)
}

# More than 400 lines. life.c holds what init.md calls one life.
long_files() {
	calls "$@" | awk '$4 == "file" {
		limit = $1 ~ /applets\/init\/life\.c$/ ? 500 : 400
		if ($2 > limit) print $1 ": " $2 " lines"
	}'
}

@test "lint: no file has more than 400 lines" {
	yes 'int f(void);' | head -n 401 | sample long.c
	finds "long.c: 401 lines" long_files "$bad/long.c"
	holds long_files $(c_files)
}

# ---- what may be called where ----------------------------------------------

# forbidden PATTERN FILE...: calls of what the pattern has
forbidden() {
	local pattern=$1

	shift
	calls "$@" | awk -v pattern="^($pattern)\$" '
		$4 == "call" && $5 ~ pattern { print $1 ":" $2 ": " $3 ": " $5 }'
}

ends='exit|_exit|_Exit|quick_exit|abort|assert|raise|SYS_exit(_group)?'
ends+='|die.*|x[a-z][a-z_]*|errx?|verrx?'
waits='wait|waitpid|wait3|wait4|waitid|SYS_wait.*'
sleeps='p?poll|p?select|epoll_p?wait2?|(clock_)?nanosleep|u?sleep|pause'
sleeps+='|sigwait(info)?|sigtimedwait|sigsuspend|alarm|setitimer|timer_.*'
sleeps+='|SYS_(p?poll|p?select.*|epoll_.*wait.*|.*nanosleep|pause|rt_sigtimedwait.*|rt_sigsuspend)'
forks='fork|vfork|_Fork|clone|posix_spawnp?|system|popen|daemon|SYS_(v?fork|clone3?)'

@test "lint: after the first fork nothing ends this process" {
	sample supervise.c <<-'END'
		static int wait_for_it(void)
		{
			/* not exit(1) */
			note("exit(2)");
			if (lost)
				die_errno("waitpid");
			return xopen("/dev/null");
		}

		void
		usage(void)
		{
			exit(usage_error(NULL));
		}
	END
	run forbidden "$ends|usage_error|options_answer" "$bad/supervise.c"
	[ "$output" = "$bad/supervise.c:6: wait_for_it: die_errno
$bad/supervise.c:7: wait_for_it: xopen
$bad/supervise.c:13: usage: exit
$bad/supervise.c:13: usage: usage_error" ]
	after="(supervise|drain|scope|guard|family|reap|events|tty|signals|procfs|clock)"
	holds forbidden "$ends|usage_error|options_answer" \
		$(c_matching "libbb-lite/$after\.c\$") \
		$(c_matching 'applets/init/(life|service|order|command)\.c$')
}

@test "lint: only spawn.c and orphan.c make processes, and only their children end by _exit" {
	sample fork.c <<-'END'
		int f(void)
		{
			if (vfork() == 0)
				_exit(1);
			return syscall(SYS_clone3, &args);
		}
	END
	finds "fork.c:3: f: vfork" forbidden "$forks" "$bad/fork.c"
	finds "fork.c:4: f: _exit" forbidden "$ends" "$bad/fork.c"
	finds "fork.c:5: f: SYS_clone3" forbidden "$forks" "$bad/fork.c"
	holds forbidden "$forks" $(c_files | grep -vE 'libbb-lite/(spawn|orphan)\.c$')
	holds forbidden "$ends" $(c_files | grep -vE 'libbb-lite/(spawn|orphan)\.c$')
	run forbidden "$ends" libbb-lite/spawn.c libbb-lite/orphan.c
	[ "$(awk '{ print $2, $3 }' <<<"$output" | sort -u)" = \
		$'be_middle: _exit\nprobe: _exit\nspawn_start: _exit\nspawn_wait: _exit' ]
}

@test "lint: only reap.c waits for children" {
	sample wait.c <<-'END'
		int f(void)
		{
			return waitpid(-1, NULL, 0) + WIFEXITED(0);
		}
	END
	finds "wait.c:3: f: waitpid" forbidden "$waits" "$bad/wait.c"
	holds forbidden "$waits" $(c_files | grep -vE 'libbb-lite/(reap|calls)\.c$')
	[ -n "$(forbidden "$waits" libbb-lite/reap.c)" ]
}

# Calls that sleep. Exception: a poll(2) of 0 ms does not.
sleepers() {
	forbidden "$sleeps" "$@" | while IFS=: read -r file line rest; do
		sed -n "${line}p" "$file" | grep -qE 'poll\([^()]*, 0\)' ||
			echo "$file:$line:$rest"
	done
}

@test "lint: only events.c sleeps" {
	sample sleep.c <<-'END'
		int f(void)
		{
			poll(&fd, 1, 0);
			poll(&fd, 1, 10);
			sleep(1);
			return syscall(SYS_rt_sigtimedwait, &all, info, NULL, 8);
		}
	END
	run sleepers "$bad/sleep.c"
	[ "$(awk '{ print $3 }' <<<"$output")" = $'poll\nsleep\nSYS_rt_sigtimedwait' ]
	holds sleepers $(c_files | grep -vE 'libbb-lite/(events|calls)\.c$')
	[ -n "$(sleepers libbb-lite/events.c)" ]
}

# #if and its relatives. In an applet only the door has them: for what Kconfig
# leaves out of the text of its own help. In libbb-lite: what a libc's headers
# lack.
conditions() {
	calls "$@" | awk '
		$4 != "directive" { next }
		$1 ~ /applets\/initbox\.c$/ && \
			$5 ~ /^ENABLE_FEATURE_(CONFIG_DUMP|INSTALLER)$/ { next }
		$1 ~ /libbb-lite\// && $5 ~ /^(SYS_|RWF_|SIGSTKFLT|SIGEMT|MSG_|__NR_)/ { next }
		{ print $1 ":" $2 ": #if " $5 }'
}

@test "lint: configurations are told apart by if, not by #if" {
	sample applets/cond.c <<-'END'
		#if ENABLE_REAPER
		int f;
		#endif
		#  ifdef SYS_pidfd_open
		#endif
	END
	finds "cond.c:1: #if ENABLE_REAPER" conditions "$bad/applets/cond.c"
	finds "cond.c:4: #if SYS_pidfd_open" conditions "$bad/applets/cond.c"
	holds conditions $(c_files)
}

# ---- what the objects say --------------------------------------------------

# symbols TYPES OBJECT...: "OBJECT NAME" of those types (see nm(1))
symbols() {
	local types=$1

	shift
	nm -A "$@" | awk -v types="^[$types]\$" '
		$(NF - 1) ~ types { sub(/:.*/, "", $1); print $1, $NF }'
}

compile() {
	cc -std=c11 -w -c -o "$bad/${1%.c}.o" "$bad/$1"
}

# Variables that change. Exceptions: the table that install.c moves the names of
# links through is too large for the stack; one of libc's own stands in calls.c.
variables() {
	symbols bdBDC "$@" | awk '
		$1 ~ /libbb-lite\/install\.o$/ && $2 ~ /^in(\.[0-9]+)?$/ { next }
		$1 ~ /libbb-lite\/calls\.o$/ && $2 == "__default_stacksize" { next }
		{ print $1 ": " $2 }'
}

@test "lint: libbb-lite has no variable at file scope" {
	sample counter.c <<-'END'
		static int counter;
		int shared = 1;
		const int fixed = 2;
		int next(void)
		{
			static char text[9];
			return counter++ + shared + fixed + text[counter]++;
		}
	END
	compile counter.c
	run variables "$bad/counter.o"
	[ "${#lines[@]}" -eq 3 ]
	[[ $output == *"counter.o: counter"* && $output == *"counter.o: shared"* ]]
	holds variables "$OBJECTS"/build/libbb-lite/*.o
}

# What an applet shows to others beside its main function: of a file of its own
# every external symbol, of a folder those that somebody outside uses.
external_symbols() {
	local folder=$1 object name

	for object in "$folder"/*.o; do
		symbols TDBRC "$object" | awk -v want="$(basename "$object" .o)_main" '
			$2 != want && !($2 == "main" && want == "initbox_main")'
	done
	for object in "$folder"/*/; do
		[ -d "$object" ] || continue
		name=$(basename "$object")
		symbols TDBRC "$object"*.o | awk '{ print $2 }' | sort -u \
			>"$bad/defined"
		find "$(dirname "$folder")" -name '*.o' ! -path "$object*" >"$bad/others"
		xargs nm <"$bad/others" | awk '$1 == "U" { print $2 }' | sort -u |
			comm -12 - "$bad/defined" | grep -vx "${name}_main" |
			sed "s|^|$name: |" || :
	done
}

@test "lint: NAME_main is an applet's one external symbol outside of its folder" {
	mkdir -p "$bad/tree/applets/part" "$bad/tree/libbb-lite"
	sample one.c <<<'int one_main(void) { return helper() + part_main(); } int other(void) { return 1; }'
	sample part.c <<<'int part_main(void) { return 0; } int helper(void) { return 1; } int inner(void) { return 2; }'
	compile one.c
	compile part.c
	mv "$bad/one.o" "$bad/tree/applets"
	mv "$bad/part.o" "$bad/tree/applets/part"
	run external_symbols "$bad/tree/applets"
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == *"one.o other" ]]
	[ "${lines[1]}" = "part: helper" ]
	holds external_symbols "$OBJECTS/build/applets"
}

# Libc functions that cost kilobytes or keep state (testsuite/build/product.bats
# looks at what the link takes in beside these).
heavy() {
	symbols U "$@" | awk '$2 ~ /^(malloc|calloc|realloc|free|strdup|setenv|\
unsetenv|putenv|getopt.*|getpw.*|getgr.*|initgroups|setlocale|.*printf|.*scanf|\
fopen|fdopen|fwrite|fread|fputs|fgets|puts|putchar|perror|strerror.*|strsignal|\
qsort|sleep|syslog|atexit|signal|setjmp|longjmp)$/ { print $1 ": " $2 }'
}

@test "lint: no object uses stdio, getopt, passwd, locale or malloc" {
	sample heavy.c <<<'int f(void) { return puts(getopt_long() + malloc(strlen(setenv()))); }'
	compile heavy.c
	for name in puts getopt_long malloc setenv; do
		finds "heavy.o: $name" heavy "$bad/heavy.o"
	done
	holds heavy "$OBJECTS"/build/libbb-lite/*.o "$OBJECTS"/build/applets/*.o \
		"$OBJECTS"/build/applets/*/*.o
}

# ---- headers ---------------------------------------------------------------

# Exceptions: the name says it all.
undocumented() {
	awk -f testsuite/lint/docstrings.awk "$@" |
		grep -vE ': (sigmask_add|sigmask_has|code_set_has|guard_init)$' || :
}

@test "lint: every function of libbb.h has a docstring above its group" {
	sample lib.h <<-'END'
		/* ---- part.c: not a docstring ---- */

		int first(void);
		/* It does. */
		int second(void);
		const char *third(int a,
		    int b);

		int fourth(void);
		struct it {
		    int (*method)(void);
		};
		bool fifth(void);
	END
	run undocumented "$bad/lib.h"
	[ "$(awk '{ print $2 }' <<<"$output")" = $'first\nfourth\nfifth' ]
	holds undocumented libbb-lite/libbb.h
}

# Function bodies and variables in headers
definitions() {
	calls "$@" | awk '$4 == "lines" { print $1 ":" $2 ": body of " $3 }'
	grep -nE '^(static |extern )?[a-z][a-z0-9_ ]*[ *][a-z][a-z0-9_]*(\[.*\])?( = .*)?;$' \
		"$@" /dev/null | grep -v ':typedef ' || :
}

@test "lint: headers have no function bodies and no variables" {
	sample def.h <<-'END'
		static inline int f(void)
		{
			return 1;
		}
		extern int counter;
	END
	finds "def.h:2: body of f" definitions "$bad/def.h"
	finds "def.h:5:extern int counter" definitions "$bad/def.h"
	holds definitions $(sources | grep -E '(applets|libbb-lite)/.*\.h$')
}

# ---- every file ------------------------------------------------------------

# The SPDX line is among the first three.
unlicensed() {
	for file; do
		sed 3q "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
	done
}

@test "lint: every source has its SPDX line" {
	printf '#!/bin/sh\n#\n#\n# SPDX-License-Identifier: MIT\n' | sample late.sh
	finds late.sh unlicensed "$bad/late.sh"
	mapfile -t files < <(sources | grep -E -e '\.(c|h|sh|awk|bats|bash|mk|py|8)$' \
		-e '(^|/)(Makefile|Kbuild|Config\.in)$' -e '^(\./)?\.ci/')
	[ "${#files[@]}" -gt 60 ]
	holds unlicensed "${files[@]}"
}

# Unfinished work that no issue knows of
unfinished() {
	grep -nwE 'TODO|FIXME|XXX|HACK' "$@" /dev/null |
		grep -vE '(TODO|FIXME|XXX|HACK)[ (:]*#[0-9]+' || :
}

@test "lint: unfinished work names its issue" {
	printf '/* %s: later */\n/* %s #12: later */\n' "TO""DO" "TO""DO" | sample todo.c
	finds "todo.c:1:" unfinished "$bad/todo.c"
	[ "${#lines[@]}" -eq 1 ]
	holds unfinished $(sources | grep -v '^\(\./\)\?testsuite/lint\.bats$')
}

# Paths of the machine this was written on, and hosts that packages or images
# come from: the system's own package manager knows where.
machine_paths() {
	grep -nIE -e '(^|[^A-Za-z0-9_.}"$)])/(work|root|home)/[a-z]' \
		-e "(^|[^A-Za-z0-9_])$PWD/" "$@" /dev/null || :
}
hosts() {
	grep -nIE -e 'https?://' -e '(quay|ghcr|gcr|docker|pypi|k8s)\.(io|org)/' \
		-e '(registry|mirror|index|hub|dl-cdn|deb)[a-z0-9-]*\.[a-z]+\.[a-z]+' \
		-e 'pypi\.org|npmjs|crates\.io|github\.com|gitlab\.com' \
		"$@" /dev/null | grep -vE "$identifiers" || :
}
# That look like addresses and name a format; nobody goes there. And what a
# packager fills in.
identifiers='://www\.w3\.org/2000/svg|Format: https://www\.debian\.org/doc/'
identifiers+='packaging-manuals/copyright-format/|https?://example\.org/'

@test "lint: no path of a machine of ours, no registry's name" {
	echo "cd /home/me/src && curl https://example.com; pull quay.io/x" |
		sample path.sh
	finds "path.sh:1:" machine_paths "$bad/path.sh"
	finds "path.sh:1:" hosts "$bad/path.sh"
	mapfile -t files < <(sources | grep -vE '^(\./)?testsuite/(lint|docs)\.bats$')
	holds machine_paths "${files[@]}"
	holds hosts "${files[@]}"
}

# Scripts whose name does not say so are not found by make lint.
nameless_scripts() {
	sources | grep -vE '\.(sh|bash|bats|py|c|h)$' | while read -r file; do
		if sed 1q "$file" | grep -qE '^#!.*(sh|bash)$'; then echo "$file"; fi
	done
}

@test "lint: make lint finds nothing: layout, shell scripts, likely bugs" {
	run sh scripts/lint.sh "$OBJECTS"
	echo "$output" | head -n 60
	[ "$status" -eq 0 ]
}

@test "lint: scripts whose name has no ending are clean, too" {
	printf '#!/bin/sh\necho $1\n' | sample script
	run shellcheck "$bad/script"
	[ "$status" -ne 0 ]
	mapfile -t files < <(nameless_scripts)
	[ "${#files[@]}" -gt 0 ]
	shellcheck -e SC1091,SC2016,SC2317 "${files[@]}"
}

# ---- applets ---------------------------------------------------------------

# An applet tells everything about itself, the test that checks it included.
untold() {
	local file name tag

	for file; do
		grep -q '^//applet:.*APPLET(' "$file" || continue
		name=$(sed -n 's/.*APPLET(\([a-z0-9-]*\),.*/\1/p' "$file")
		for tag in config kbuild usage test; do
			grep -q "^//$tag:" "$file" || echo "$file: no //$tag:"
		done
		sed -n 's|^//test:||p' "$file" | while read -r test; do
			[ -s "$test" ] || echo "$file: $test is not there, or empty"
		done
		grep -q "^int ${name}_main(const struct applet" "$file" ||
			echo "$file: no ${name}_main"
	done
}

@test "lint: every applet has its tags, and tests that are there" {
	printf '//applet:IF_X(APPLET(x, SBIN))\n//usage:x\n//test:nosuch.bats\n' |
		sample x.c
	for text in "no //config:" "no //kbuild:" "nosuch.bats is not there" "no x_main"; do
		finds "$text" untold "$bad/x.c"
	done
	holds untold $(c_files)
}
