/* SPDX-License-Identifier: MIT */
/* role_test.c - role.c, command line by command line. */
#include "unit.h"

struct line {
	const char *text; /* words with blanks between */
	enum role role;
};

/* The role of the words of `text`. */
static enum role role_of(const char *text, bool terminal)
{
	char words[256];
	size_t length = strlen(text) + 1;

	memcpy(words, text, length);
	for (char *at = words; *at; at++)
		if (*at == ' ')
			*at = '\0';
	return role_of_words(words, length, terminal);
}

static void check(const struct line *lines, unsigned count, bool terminal)
{
	for (unsigned i = 0; i < count; i++) {
		enum role role = role_of(lines[i].text, terminal);

		if (role != lines[i].role)
			printf("%s: %d\n", lines[i].text, (int)role);
		CHECK(role == lines[i].role);
	}
}

static void scripts(void)
{
	static const struct line lines[] = {
		{ "sh -c x", ROLE_SHELL },
		{ "/bin/bash /entrypoint.sh", ROLE_SHELL },
		{ "bash -euo pipefail script", ROLE_SHELL },
		{ "bash -O extglob +o vi script", ROLE_SHELL },
		{ "bash --norc --rcfile file script -i", ROLE_SHELL },
		{ "dash -- script", ROLE_SHELL },
		{ "dash - script", ROLE_SHELL }, { "ash -ec x", ROLE_SHELL },
		{ "-zsh -c x", ROLE_SHELL },
		{ "-/bin/mksh script", ROLE_SHELL },
		{ "ksh script", ROLE_SHELL }, { "yash script", ROLE_SHELL },
		{ "busybox sh script", ROLE_SHELL },
		{ "/opt/initbox-arm timeout 5 x", ROLE_WRAPPER },
		{ "/bin/busybox ash -c x", ROLE_SHELL },
		{ "bash -s", ROLE_SHELL },
		{ "sh", ROLE_SHELL }, /* its script comes through a pipe */
	};

	check(lines, ARRAY_LEN(lines), false);
	/* With a terminal on stdin, too, as long as there is a script. */
	CHECK_INT(role_of("bash script", true), ROLE_SHELL);
	CHECK_INT(role_of("bash -c x", true), ROLE_SHELL);
}

static void interactive(void)
{
	static const struct line lines[] = {
		{ "bash", ROLE_PROGRAM },
		{ "-bash", ROLE_PROGRAM },
		{ "sh -l", ROLE_PROGRAM },
		{ "bash -s", ROLE_PROGRAM },
		{ "bash --rcfile file", ROLE_PROGRAM },
		{ "busybox sh", ROLE_PROGRAM },
		{ "bash -i -c x", ROLE_PROGRAM },
		{ "bash -ic x", ROLE_PROGRAM },
		{ "bash -i script", ROLE_PROGRAM },
	};

	check(lines, ARRAY_LEN(lines), true);
	CHECK_INT(role_of("bash -i", false), ROLE_PROGRAM);
}

static void wrappers(void)
{
	static const struct line lines[] = {
		{ "su -c x app", ROLE_WRAPPER },
		{ "/usr/bin/sudo -u app x", ROLE_WRAPPER },
		{ "runuser -u app x", ROLE_WRAPPER },
		{ "doas x", ROLE_WRAPPER },
		{ "setpriv x", ROLE_WRAPPER },
		{ "env x", ROLE_WRAPPER },
		{ "nice x", ROLE_WRAPPER },
		{ "timeout 5 x", ROLE_WRAPPER },
		{ "flock file x", ROLE_WRAPPER },
		{ "/sbin/tini -- x", ROLE_WRAPPER },
		{ "dumb-init x", ROLE_WRAPPER },
		{ "/dev/init x", ROLE_PROGRAM },
	};

	check(lines, ARRAY_LEN(lines), false);
	check(lines, ARRAY_LEN(lines), true);
}

static void programs(void)
{
	static const struct line lines[] = {
		{ "java -jar x", ROLE_PROGRAM },
		{ "python3 sh -c x", ROLE_PROGRAM },
		{ "shh -c x", ROLE_PROGRAM },
		{ "s", ROLE_PROGRAM },
		{ "busybox", ROLE_PROGRAM },
		{ "busybox httpd", ROLE_PROGRAM },
		/* They tell everybody below them by themselves. */
		{ "reaper bash script", ROLE_PROGRAM },
		{ "sigproxy bash script", ROLE_PROGRAM },
		{ "init -e :respawn:x", ROLE_PROGRAM },
		{ "postgres: writer process", ROLE_PROGRAM },
		{ "-", ROLE_PROGRAM },
		{ "", ROLE_PROGRAM },
	};

	check(lines, ARRAY_LEN(lines), false);
}

static void odd_lines(void)
{
	CHECK_INT(role_of_words("", 0, false), ROLE_PROGRAM);
	CHECK_INT(role_of_words("sh\0-o", 6, false), ROLE_SHELL);
	CHECK_INT(role_of_words("sh\0--rcfile", 12, true), ROLE_PROGRAM);
	CHECK_INT(role_of_words("sh\0\0\0", 5, false), ROLE_SHELL);
}

static const struct unit_test tests[] = {
	{ "scripts", scripts },
	{ "interactive", interactive },
	{ "wrappers", wrappers },
	{ "programs", programs },
	{ "odd_lines", odd_lines },
};
UNIT_MAIN(tests)
