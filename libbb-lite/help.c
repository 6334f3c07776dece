/* SPDX-License-Identifier: MIT */
/*
 * help.c - what --help, --version and a bad option print.
 */
//kbuild:obj-y += help.o

#include "libbb.h"
#include <unistd.h>

int print_text(const struct applet *self, const char *text)
{
	const struct speaker who = { .name = self->name };

	if (write_all(STDOUT_FILENO, text, strlen(text)) == 0)
		return 0;
	warn_errno(&who, errno, "stdout");
	return EXIT_FAILURE_OWN;
}

int print_version(const struct applet *self)
{
	char buffer[64];
	struct text line = TEXT_ON(buffer);

	text_format(&line, "%s (initbox " INITBOX_VERSION ")\n", self->name);
	return print_text(self, buffer);
}

/* Append what a byte of a usage text stands for (scripts/squeeze.awk). */
static void text_whole(struct text *t, unsigned char c)
{
	static const unsigned char pairs[][2] = {
#include "help_pairs.h"
	};

	if (ENABLE_FEATURE_HELP && c >= 128) {
		text_whole(t, pairs[c - 128][0]);
		text_whole(t, pairs[c - 128][1]);
		return;
	}
	text_char(t, (char)c);
}

int print_help(const struct applet *self)
{
	char buffer[2048]; /* half of it is more than a byte stands for */
	struct text part = TEXT_ON(buffer);
	int status = 0;

	text_format(&part, "Usage: %s", self->name);
	for (const char *at = self->usage; *at && !status; at++) {
		text_whole(&part, (unsigned char)*at);
		if (part.used < sizeof(buffer) / 2 && at[1])
			continue;
		status = print_text(self, buffer);
		part.used = 0;
	}
	return status;
}

int options_answer(const struct options *o, enum options_outcome outcome,
	const struct applet *self, int usage_status)
{
	const struct speaker who = { .name = self->name };

	if (outcome == OPTIONS_HELP)
		return print_help(self);
	if (outcome == OPTIONS_VERSION)
		return print_version(self);
	return usage_error(&who, usage_status, o->what, o->why);
}
