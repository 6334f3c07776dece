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

/* Whether the first word is among these, which have blanks around them. */
static bool first_word_among(const char *command, const char *list)
{
	size_t length = strcspn(command, " \t");

	for (const char *at = list; (at = strchr(at, ' ')) != NULL; at++)
		if (strncmp(at + 1, command, length) == 0 &&
			at[1 + length] == ' ' && length > 0)
			return true;
	return false;
}

/* Whether something stands behind the first program: ";", "&&", "||" or "&"
 * outside of quotes. */
static bool has_more(const char *command)
{
	char quote = '\0';

	for (const char *s = command; *s; s++) {
		if (*s == '\\' && quote != '\'' && s[1])
			s++;
		else if (quote)
			quote = *s == quote ? '\0' : quote;
		else if (*s == '\'' || *s == '"')
			quote = *s;
		else if (*s == ';' || (*s == '|' && s[1] == '|') ||
			 (*s == '&' && (s == command || !strchr("<>", s[-1])) &&
				 s[1] != '>'))
			return true;
	}
	return false;
}

const char *command_trap(const char *command)
{
	bool word = first_word_among(command,
		" cd export set unset ulimit umask . source eval exec trap "
		"if for while until case { ( ! [ [[ ");

	if (!command_needs_shell(command))
		return word ? "is no program, but the shell's; write sh -c "
			      "'...'"
			    : NULL;
	if (word || strchr("({", *command) ||
		command[strcspn(command, "= \t/'\"$")] == '=')
		return "fails: 'exec' is put in front of it; write sh -c '...'";
	if (has_more(command))
		return "ends with its first program: 'exec' is put in front "
		       "of it; write sh -c '...'";
	return NULL;
}

static char **shell_words(const char *command, char *buffer, char **words)
{
	struct text text = { .at = buffer,
		.size = COMMAND_TEXT_BYTES(command) };
	bool dash = command[0] == '-';

	text_raw(&text, "exec ");
	text_raw(&text, command + dash);
	words[0] = word_for_exec(&"-/bin/sh"[!dash]);
	words[1] = word_for_exec("-c");
	words[2] = buffer;
	words[3] = NULL;
	return words;
}

char **command_words(const char *command, char *buffer, char **words)
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
