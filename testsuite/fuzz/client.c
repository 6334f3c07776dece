/* SPDX-License-Identifier: MIT */
/*
 * client.c - init's client: the first line is what it was called with (words
 * end with tabs), the rest is what somebody answers.
 */
#include "fuzz.h"
#include "init.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const uint8_t *input, *input_end;
static char request[200];
static size_t request_length;

#define SOCKET 3

int verb_by_word(const char *word)
{
	return word_index("start\0stop\0restart\0status\0reload\0", word);
}

bool request_by_word(const char *word, enum ending *ending)
{
	*ending = END_HALT;
	return strcmp(word, "halt") == 0 || strcmp(word, "6") == 0;
}

static int connect_fake(int fd, const void *address, socklen_t length)
{
	HOLDS(fd == SOCKET && address && length > 0);
	return 0;
}

static ssize_t read_fake(int fd, void *byte, size_t size)
{
	HOLDS(fd == SOCKET && size == 1);
	if (input == input_end)
		return 0;
	*(uint8_t *)byte = *input++;
	return 1;
}

static int write_fake(int fd, const char *data, size_t length)
{
	if (fd == SOCKET) {
		HOLDS(request_length + length < sizeof(request));
		memcpy(request + request_length, data, length);
		request_length += length;
		return 0;
	}
	HOLDS(fd == STDOUT_FILENO);
	HOLDS(fuzz_is_text(data, length, true));
	HOLDS(length > 0 && data[length - 1] == '\n');
	return 0;
}

#define connect	    connect_fake
#define read	    read_fake
#define write_all   write_fake
#define socket(...) SOCKET
#define close(fd)   (void)(fd)
#include "../../applets/init/client.c"

/* A line that reply.c reads as it was meant. */
static void check_request(char **words)
{
	HOLDS(request_length > 1 && request_length < 80);
	HOLDS(memchr(request, '\n', request_length) ==
		request + request_length - 1);
	HOLDS(!memchr(request, '\0', request_length));
	HOLDS(strcmp(words[0], "q") == 0 ||
		strncmp(request, words[0], strlen(words[0])) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct speaker who = { .name = "init" };
	const uint8_t *newline = memchr(data, '\n', size);
	char line[200], *words[20];
	size_t length = newline ? (size_t)(newline - data) : 0;
	unsigned count = 0;
	int status;

	if (length == 0 || length >= sizeof(line) || !data[0])
		return 0;
	memcpy(line, data, length);
	line[length] = '\0';
	for (char *at = line; at && count < ARRAY_LEN(words) - 1;) {
		words[count++] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
	}
	words[count] = NULL;
	input = newline + 1;
	input_end = data + size;
	request_length = 0;
	status = client_run(&who, "/s", words);
	HOLDS(status >= 0 && status <= 255);
	if (request_length > 0)
		check_request(words);
	return 0;
}
