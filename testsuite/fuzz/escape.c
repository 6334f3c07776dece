/* SPDX-License-Identifier: MIT */
/*
 * escape.c - text from outside, on its way to a terminal, to JSON, to labels.
 */
#include "fuzz.h"
#include <stdlib.h>

#define OUT_BYTES 65536

static char first[OUT_BYTES], second[OUT_BYTES];

static void check_terminal(const char *s)
{
	struct text once = TEXT_ON(first), twice = TEXT_ON(second);

	first[0] = second[0] = '\0';
	text_escaped(&once, s);
	HOLDS(fuzz_is_text(first, once.used, true));
	HOLDS(!strchr(first, '\n'));
	text_escaped(&twice, first);
	HOLDS(strcmp(first, second) == 0);
	text_format(&once, "%s|%d", s, -1);
	HOLDS(fuzz_is_text(first, once.used, true));
}

/* Cut anywhere it is still text. */
static void check_cut(const char *s, size_t room)
{
	struct text cut = { .at = first, .size = room };

	first[0] = '\0';
	text_escaped(&cut, s);
	HOLDS(cut.used < room && strlen(first) == cut.used);
	HOLDS(fuzz_is_text(first, cut.used, true));
}

static void check_quoted(const char *s)
{
	struct text json = TEXT_ON(first), label = TEXT_ON(second);

	text_char(&json, '"');
	text_json(&json, s);
	text_raw(&json, "\"\n");
	HOLDS(fuzz_is_json(first, json.used));
	second[0] = '\0';
	text_label(&label, s);
	HOLDS(fuzz_is_text(second, label.used, false));
	HOLDS(!strpbrk(second, "\n\r\033"));
	for (const char *c = second; *c; c++) {
		HOLDS(*c != '"');
		if (*c == '\\')
			HOLDS(*++c == '\\' || *c == '"');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s;

	if (size > OUT_BYTES / 8)
		return 0;
	s = fuzz_copy(data, size);
	check_terminal(s);
	check_quoted(s);
	for (size_t room = 1; room < 24; room++)
		check_cut(s, room);
	free(s);
	return 0;
}
