/* SPDX-License-Identifier: MIT */
/*
 * output.c - long texts through a short buffer, and files that are replaced
 * whole or not at all.
 */
//kbuild:obj-y += output.o

#include "libbb.h"
#include <fcntl.h>
#include <stdio.h> /* rename(2) is declared here */
#include <sys/stat.h>
#include <unistd.h>

/* More than any one piece that is appended between two calls. */
#define ROOM_BYTES 4096

void output_begin(struct output *o, int fd)
{
	o->fd = fd;
	o->error = 0;
	o->text = (struct text){ .at = o->buffer, .size = sizeof(o->buffer) };
	o->buffer[0] = '\0';
}

static void flush(struct output *o)
{
	if (o->error == 0 && write_all(o->fd, o->text.at, o->text.used) < 0)
		o->error = errno;
	/* Full is cut, or as good as. */
	if (o->error == 0 && o->text.used + 1 >= o->text.size)
		o->error = EFBIG;
	o->text.used = 0;
}

void output_room(struct output *o)
{
	if (o->fd >= 0 && o->text.used + ROOM_BYTES > o->text.size)
		flush(o);
}

int output_end(struct output *o)
{
	if (o->text.used > 0)
		flush(o);
	errno = o->error;
	return o->error ? -1 : 0;
}

/* "PATH.tmpPID": in the same folder, so that rename(2) can do its work. */
static void name_temporary(struct text *t, const char *path)
{
	text_raw(t, path);
	text_raw(t, ".tmp");
	text_decimal(t, getpid());
}

int replace_begin(const char *path)
{
	char name_buffer[REPLACE_PATH_BYTES];
	struct text name = TEXT_ON(name_buffer);
	struct stat old;
	mode_t mask;
	int fd;

	/* /dev/null must stay what it is. */
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) {
		errno = S_ISDIR(old.st_mode) ? EISDIR : ENOTSUP;
		return -1;
	}
	name_temporary(&name, path);
	if (name.used + 1 >= name.size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* One of an earlier life of our PID, which was killed. */
	unlink(name.at);
	mask = umask(022);
	fd = openat(AT_FDCWD, name.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0644);
	umask(mask);
	return fd;
}

int replace_end(const char *path, int fd, bool keep)
{
	char name_buffer[REPLACE_PATH_BYTES];
	struct text name = TEXT_ON(name_buffer);
	int error = keep ? 0 : errno;

	name_temporary(&name, path);
	/* Some file systems report a full disk only here. */
	if (close(fd) < 0 && !error)
		error = errno;
	if (!error && rename(name.at, path) < 0)
		error = errno;
	if (error)
		unlink(name.at);
	errno = error;
	return error ? -1 : 0;
}
