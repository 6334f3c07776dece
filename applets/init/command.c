/* SPDX-License-Identifier: MIT */
/*
 * command.c - from an entry's command to the words that are executed. Pure.
 */
#include "init.h"

/* BusyBox's list: any of these, and sh has to read the command. */
#define SHELL_CHARACTERS "~`!$^&*()=|\\{}[];\"'<>?"

bool command_needs_shell(const char *command)
{
	return strpbrk(command, SHELL_CHARACTERS) != NULL;
}

static char **shell_words(const char *command, char *buffer, char **words)
{
	static char shell[] = "/bin/sh", option[] = "-c";
	struct text text = { .at = buffer, .size = INITTAB_LINE_BYTES + 8 };

	text_raw(&text, "exec ");
	text_raw(&text, command);
	words[0] = shell;
	words[1] = option;
	words[2] = buffer;
	words[3] = NULL;
	return words;
}

char **command_words(
	const char *command, char *buffer, char *words[COMMAND_WORDS_MAX + 1])
{
	unsigned count = 0;

	if (command_needs_shell(command))
		return shell_words(command, buffer, words);
	memcpy(buffer, command, strlen(command) + 1);
	for (char *word = buffer; *word && count < COMMAND_WORDS_MAX;) {
		size_t length = strcspn(word, " \t");

		if (length > 0)
			words[count++] = word;
		word += length;
		if (*word)
			*word++ = '\0';
	}
	words[count] = NULL;
	return words;
}
