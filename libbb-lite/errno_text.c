/* SPDX-License-Identifier: MIT */
/*
 * errno_text.c - words for the errors that our system calls can give.
 *
 * strerror(3) would bring libc's whole table and, on glibc, its locale code.
 */
//kbuild:obj-y += errno_text.o

#include "libbb.h"

struct errno_word {
	unsigned char error;
	const char *word;
};

static const struct errno_word words[] = {
	{ EPERM, "Operation not permitted" },
	{ ENOENT, "No such file or directory" },
	{ ESRCH, "No such process" },
	{ EIO, "Input/output error" },
	{ E2BIG, "Argument list too long" },
	{ ENOEXEC, "Exec format error" },
	{ EBADF, "Bad file descriptor" },
	{ ECHILD, "No child processes" },
	{ EAGAIN, "Resource temporarily unavailable" },
	{ ENOMEM, "Cannot allocate memory" },
	{ EACCES, "Permission denied" },
	{ EBUSY, "Device or resource busy" },
	{ EEXIST, "File exists" },
	{ EXDEV, "Invalid cross-device link" },
	{ ENXIO, "No such device or address" },
	{ ENODEV, "No such device" },
	{ ENOTDIR, "Not a directory" },
	{ EISDIR, "Is a directory" },
	{ EINVAL, "Invalid argument" },
	{ ENFILE, "Too many open files in system" },
	{ EMFILE, "Too many open files" },
	{ ENOTTY, "Not a terminal" },
	{ ETXTBSY, "Text file busy" },
	{ EFBIG, "File too large" },
	{ ENOSPC, "No space left on device" },
	{ EROFS, "Read-only file system" },
	{ EMLINK, "Too many links" },
	{ EPIPE, "Broken pipe" },
	{ ENAMETOOLONG, "File name too long" },
	{ ENOSYS, "Function not implemented" },
	{ EADDRINUSE, "Address already in use" },
	{ ENOTSUP, "Operation not supported" },
	{ ECONNRESET, "Connection reset by peer" },
	{ ECONNREFUSED, "Connection refused" },
	{ ELOOP, "Too many levels of symbolic links" },
};

void text_errno(struct text *t, int error)
{
	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i].error == error) {
			text_raw(t, words[i].word);
			return;
		}
	}
	text_format(t, "error %d", error);
}
