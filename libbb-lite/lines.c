/* SPDX-License-Identifier: MIT */
/*
 * lines.c - read a file line by line, in memory of a fixed size.
 *
 * Invariant: buffer[at..length-1] was read and not handed out yet.
 */
//kbuild:obj-y += lines.o

#include "libbb.h"
#include <fcntl.h>
#include <unistd.h>

/* One read(2), interrupted or not. */
static ssize_t read_some(int fd, char *buffer, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buffer, size);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t file_read(int folder_fd, const char *path, char *buffer, size_t size)
{
	/* A FIFO in a file's place is empty, not a place to wait for ever. */
	int fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read_some(fd, buffer, size - 1);

	buffer[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
	return n;
}

int lines_open(struct lines *l, int folder_fd, const char *path)
{
	l->at = l->length = 0;
	l->error = 0;
	l->fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return l->fd < 0 ? -1 : 0;
}

/* Move what is left to the front and read more: false at the end. */
static bool refill(struct lines *l)
{
	ssize_t n;

	memmove(l->buffer, l->buffer + l->at, l->length - l->at);
	l->length -= l->at;
	l->at = 0;
	n = read_some(l->fd, l->buffer + l->length,
		sizeof(l->buffer) - 1 - l->length);
	if (n < 0)
		l->error = errno;
	if (n <= 0)
		return false;
	l->length += (size_t)n;
	return true;
}

char *lines_next(struct lines *l)
{
	bool skip = false;

	for (;;) {
		char *line = l->buffer + l->at;
		char *end = memchr(line, '\n', l->length - l->at);

		if (end) {
			*end = '\0';
			l->at = (size_t)(end - l->buffer) + 1;
			if (!skip)
				return line;
			skip = false;
		} else {
			if (l->length - l->at == sizeof(l->buffer) - 1) {
				skip = true;
				l->at = l->length;
			}
			if (!refill(l))
				return NULL;
		}
	}
}

void lines_close(struct lines *l)
{
	close(l->fd);
}
