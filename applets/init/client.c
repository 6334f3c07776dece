/* SPDX-License-Identifier: MIT */
/*
 * client.c - init status and its like: ask the init that runs.
 */
#include "init.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_BYTES 1024

static int fail(const struct speaker *who, const char *path)
{
	warn_errno(who, errno, "%s: init is not reachable", path);
	return EXIT_FAILURE_OWN;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct text text = TEXT_ON(address.sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	text_raw(&text, path);
	if (fd >= 0 && connect(fd, (const void *)&address, sizeof(address)) < 0)
		return -1;
	return fd;
}

/* One line of the answer; its status behind "=", else -1. */
static int take_line(const struct speaker *who, char *line)
{
	char buffer[4 * LINE_BYTES];
	struct text shown = TEXT_ON(buffer);
	uint64_t status;

	if (line[0] == '=' && !parse_unsigned(line + 1, 255, &status))
		return (int)status;
	if (line[0] == '!') {
		warn(who, "%s", line + 1);
		return -1;
	}
	/* Who knows whose socket --control names? */
	text_format(&shown, "%s\n", line);
	if (write_all(STDOUT_FILENO, buffer, shown.used) == 0)
		return -1;
	warn_errno(who, errno, "stdout");
	return EXIT_FAILURE_OWN;
}

/* Print the answer; its status, or -1 when it has no end. */
static int take_answer(const struct speaker *who, int fd)
{
	char line[LINE_BYTES];
	size_t used = 0;
	int status = -1;
	char c;

	while (status < 0 && read(fd, &c, 1) == 1) {
		if (c != '\n') {
			/* longer ones are not init's: cut */
			if (used < sizeof(line) - 1)
				line[used++] = c;
			continue;
		}
		line[used] = '\0';
		status = take_line(who, line);
		used = 0;
	}
	return status;
}

/* One of the words behind the first: a flag's letter or the name. */
static const char *take_word(
	bool is_status, const char *word, struct text *flags, const char **name)
{
	if (strcmp(word, "--json") == 0 && is_status)
		text_char(flags, 'j');
	else if (strcmp(word, "--check") == 0 && is_status)
		text_char(flags, 'c');
	else if (strcmp(word, "--no-wait") == 0 && !is_status)
		text_char(flags, 'n');
	else if (*name || word[0] == '-' || strpbrk(word, " \n") ||
		 strlen(word) >= ENTRY_NAME_BYTES)
		return "unexpected word";
	else
		*name = word;
	return NULL;
}

/* The request for these words; NULL, or what is wrong with *what. */
static const char *make_request(
	char **words, struct text *request, const char **what)
{
	char flag_buffer[8];
	struct text flags = TEXT_ON(flag_buffer);
	const char *name = NULL, *why;
	const char *verb = strcmp(words[0], "q") == 0 ? "reload" : words[0];
	int asked = verb_by_word(verb);
	bool is_status = asked == VERB_STATUS;
	bool takes_name = asked >= 0 && asked < VERB_STATUS;
	enum ending ending;

	*what = words[0];
	if (asked < 0 && !request_by_word(verb, &ending))
		return "unknown word (status, start, stop, restart, reload, "
		       "poweroff, halt, reboot, 0, 6, q); to run a command: "
		       "init -- COMMAND";
	text_char(&flags, '+');
	for (char **word = words + 1; *word; word++) {
		*what = *word;
		why = take_word(is_status, *word, &flags, &name);
		if (why)
			return why;
	}
	*what = words[0];
	if (takes_name && !name)
		return "which entry? give its name";
	if (name && !takes_name && !is_status)
		return "takes no name";
	text_format(request, "%s %s %s\n", verb, flag_buffer, name ? name : "");
	request->at[request->used - 1] = '\n';
	return NULL;
}

int client_run(const struct speaker *who, const char *path, char **words)
{
	char buffer[80];
	struct text request = TEXT_ON(buffer);
	const char *what, *why = make_request(words, &request, &what);
	int fd, status;

	if (why)
		return usage_error(who, EXIT_FAILURE_OWN, what, why);
	if (!path) {
		warn(who, "%s: --control none leaves no way to ask", words[0]);
		return EXIT_FAILURE_OWN;
	}
	fd = connect_to(path);
	if (fd < 0 || write_all(fd, buffer, request.used) < 0)
		return fail(who, path);
	status = take_answer(who, fd);
	close(fd);
	if (status < 0) {
		errno = ECONNRESET;
		return fail(who, path);
	}
	return status;
}
