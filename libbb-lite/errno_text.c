/* SPDX-License-Identifier: MIT */
/*
 * errno_text.c - words for the errors that our system calls can give.
 *
 * strerror(3) would bring libc's whole table and, on glibc, its locale code.
 */
//kbuild:obj-y += errno_text.o

#include "libbb.h"

#define ERRORS(X)                                     \
	X(EPERM, "Operation not permitted")           \
	X(ENOENT, "No such file or directory")        \
	X(ESRCH, "No such process")                   \
	X(EIO, "Input/output error")                  \
	X(E2BIG, "Argument list too long")            \
	X(ENOEXEC, "Exec format error")               \
	X(EBADF, "Bad file descriptor")               \
	X(ECHILD, "No child processes")               \
	X(EAGAIN, "Resource temporarily unavailable") \
	X(ENOMEM, "Cannot allocate memory")           \
	X(EACCES, "Permission denied")                \
	X(EBUSY, "Device or resource busy")           \
	X(EEXIST, "File exists")                      \
	X(EXDEV, "Invalid cross-device link")         \
	X(ENXIO, "No such device or address")         \
	X(ENODEV, "No such device")                   \
	X(ENOTDIR, "Not a directory")                 \
	X(EISDIR, "Is a directory")                   \
	X(EINVAL, "Invalid argument")                 \
	X(ENFILE, "Too many open files in system")    \
	X(EMFILE, "Too many open files")              \
	X(ENOTTY, "Not a terminal")                   \
	X(ETXTBSY, "Text file busy")                  \
	X(EFBIG, "File too large")                    \
	X(ENOSPC, "No space left on device")          \
	X(EROFS, "Read-only file system")             \
	X(EMLINK, "Too many links")                   \
	X(EPIPE, "Broken pipe")                       \
	X(ENAMETOOLONG, "File name too long")         \
	X(ENOSYS, "Function not implemented")         \
	X(EADDRINUSE, "Address already in use")       \
	X(ENOTSUP, "Operation not supported")         \
	X(ECONNRESET, "Connection reset by peer")     \
	X(ECONNREFUSED, "Connection refused")         \
	X(ELOOP, "Too many levels of symbolic links")

#define NUMBER(error, word) error,
#define WORD(error, word)   word "\0"
static const unsigned char numbers[] = { ERRORS(NUMBER) };
static const char words[] = ERRORS(WORD);

void text_errno(struct text *t, int error)
{
	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++) {
		if (numbers[i] == error) {
			text_raw(t, word_at(words, i));
			return;
		}
	}
	text_format(t, "error %d", error);
}
