/* SPDX-License-Identifier: MIT */
/*
 * role.c - what a command line says of its process: a program, a shell that
 * runs a script, or a wrapper around another command. Pure.
 */
//kbuild:obj-y += role.o

#include "libbb.h"

/* One name behind the other, an empty one at the end. */
static const char shells[] = "sh\0ash\0bash\0dash\0ksh\0mksh\0yash\0zsh\0";
/* They relay a signal, or die of it and leave what they run. Our own reaper,
 * sigproxy and init are none: they tell all that is below them by themselves. */
static const char wrappers[] =
	"su\0runuser\0sudo\0doas\0setpriv\0env\0nice\0timeout\0flock\0"
	"setsid\0unshare\0nsenter\0time\0"
	"tini\0dumb-init\0docker-init\0podman-init\0catatonit\0";

/* The words of a command line, each with its NUL. */
struct words {
	const char *at, *end;
};

/* The next one, or NULL. */
static const char *next_word(struct words *w)
{
	const char *word = w->at;

	if (word >= w->end)
		return NULL;
	w->at += strlen(word) + 1;
	return word;
}

/* What the options of a shell say of how it is used. */
struct shell_use {
	bool command, interactive, from_stdin;
};

/* Read one option word; skips the value that belongs to it. */
static void read_option(
	struct shell_use *use, const char *word, struct words *rest)
{
	size_t length = strlen(word);

	if (word[1] == '-') {
		if (strcmp(word, "--rcfile") == 0 ||
			strcmp(word, "--init-file") == 0)
			next_word(rest);
		return;
	}
	if (*word == '-') {
		use->command |= strchr(word, 'c') != NULL;
		use->interactive |= strchr(word, 'i') != NULL;
		use->from_stdin |= strchr(word, 's') != NULL;
	}
	/* -o pipefail, +o vi, -euo pipefail, bash's -O extglob */
	if (word[length - 1] == 'o' || word[length - 1] == 'O')
		next_word(rest);
}

static enum role shell_role(struct words w, bool terminal)
{
	struct shell_use use = { false, false, false };
	const char *word = next_word(&w);

	while (word && (*word == '-' || *word == '+')) {
		bool last = word[1] == '\0' || strcmp(word, "--") == 0;

		if (!last)
			read_option(&use, word, &w);
		word = next_word(&w);
		if (last)
			break;
	}
	if (use.interactive)
		return ROLE_PROGRAM;
	if (use.command || (word && !use.from_stdin))
		return ROLE_SHELL;
	return terminal ? ROLE_PROGRAM : ROLE_SHELL;
}

enum role role_of_words(const char *words, size_t length, bool terminal)
{
	struct words w = { words, words + length };
	const char *name = next_word(&w);

	if (!name)
		return ROLE_PROGRAM;
	name = base_name(name);
	name += *name == '-'; /* a login shell */
	if (strcmp(name, "busybox") == 0 || behind("initbox", name)) {
		name = next_word(&w);
		if (!name)
			return ROLE_PROGRAM;
	}
	if (word_index(shells, name) >= 0)
		return shell_role(w, terminal);
	return word_index(wrappers, name) >= 0 ? ROLE_WRAPPER : ROLE_PROGRAM;
}
