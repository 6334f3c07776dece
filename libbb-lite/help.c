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

int print_help(const struct applet *self)
{
	char buffer[64];
	struct text head = TEXT_ON(buffer);
	int status;

	text_format(&head, "Usage: %s", self->name);
	status = print_text(self, buffer);
	return status ? status : print_text(self, self->usage);
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
