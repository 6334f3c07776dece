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

/* "PATH.tmpPID-TIME": in the same folder, so that rename(2) can do its work; PIDs
 * alone are the same in every container that shares the folder. */
static bool name_temporary(struct replacement *r, const char *path)
{
	struct text name = TEXT_ON(r->name);

	text_raw(&name, path);
	text_raw(&name, ".tmp");
	text_decimal(&name, getpid());
	text_char(&name, '-');
	text_decimal(&name, clock_now_us());
	return name.used + 1 < name.size;
}

int replace_begin(struct replacement *r, const char *path)
{
	struct stat old;
	char link[6];
	mode_t mask;
	bool special = readlink(path, link, sizeof(link)) == sizeof(link) &&
		       memcmp(link, "/proc/", sizeof(link)) == 0;

	/* /dev/null and /dev/stdout must stay what they are. */
	if (special || (stat(path, &old) == 0 && !S_ISREG(old.st_mode))) {
		errno = !special && S_ISDIR(old.st_mode) ? EISDIR : ENOTSUP;
		return -1;
	}
	if (!name_temporary(r, path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	mask = umask(022);
	r->fd = openat(AT_FDCWD, r->name,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	umask(mask);
	return r->fd;
}

int replace_end(const struct replacement *r, const char *path, bool keep)
{
	int error = keep ? 0 : errno;

	/* Some file systems report a full disk only here. */
	if (close(r->fd) < 0 && !error)
		error = errno;
	if (!error && rename(r->name, path) < 0)
		error = errno;
	if (error)
		unlink(r->name);
	errno = error;
	return error ? -1 : 0;
}
