/* SPDX-License-Identifier: MIT */
/*
 * options-reaper.c - reaper's words and variables, and those of tini,
 * catatonit and pause: the first line is the name.
 *
 * product: applets/reaper.c libbb-lite/options.c
 * product: libbb-lite/exec.c
 */
#include "fuzz.h"

int reaper_main(const struct applet *self, int argc, char **argv);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "reaper", "tini", "catatonit",
		"pause", "docker-init" };
	struct applet applet = { .name = names[0], .main = reaper_main };
	const uint8_t *newline = memchr(data, '\n', size);
	size_t length = newline ? (size_t)(newline - data) : 0;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (length == strlen(names[i]) &&
			memcmp(data, names[i], length) == 0)
			applet.name = names[i];
	if (newline)
		fuzz_applet(&applet, newline + 1, size - length - 1);
	return 0;
}
