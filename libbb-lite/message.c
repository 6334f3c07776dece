/* SPDX-License-Identifier: MIT */
/*
 * message.c - lines on stderr that can never stall or end PID 1.
 *
 * stderr may be a full pipe, a stopped terminal, a closed descriptor or a
 * socket, and others share it: O_NONBLOCK is not ours to set (it would change
 * their descriptor too).
 */
//kbuild:obj-y += message.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8 /* linux/fs.h; musl has no name for it */
#endif

#define LINE_BYTES 1024

/*
 * A terminal or a pipe says that it has room for a byte and then sleeps on the
 * rest of the line. A description of our own does not, and leaves the others' as
 * it is; false where it cannot be had (no /proc, or not our terminal or pipe).
 */
static bool write_by_ours(const struct text *line)
{
	int fd = openat(AT_FDCWD, "/proc/self/fd/2",
		O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (write(fd, line->at, line->used) < 0)
		errno = 0; /* full: the line is dropped */
	close(fd);
	return true;
}

/*
 * One write that does not block. RWF_NOWAIT (Linux 4.14) is atomic; terminals,
 * pipes and sockets (before 6.5) and some file systems do not know it: a socket has
 * a flag of its own, and what cannot be sought is opened anew. Where that cannot be
 * done either poll(2) has to say that there is room; what remains is the moment
 * between poll and write.
 */
static void write_without_waiting(const struct text *line)
{
	struct iovec iov = { .iov_base = line->at, .iov_len = line->used };
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };

	/* Both halves of the position -1: where the descriptor stands. */
	if (syscall(SYS_pwritev2, STDERR_FILENO, &iov, 1L, -1L, -1L,
		    RWF_NOWAIT) >= 0)
		return;
	if (send(STDERR_FILENO, line->at, line->used,
		    MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
		errno == EAGAIN)
		return;
	if (lseek(STDERR_FILENO, 0, SEEK_CUR) < 0 && write_by_ours(line))
		return;
	if (poll(&fd, 1, 0) == 1 && fd.revents == POLLOUT &&
		writev(STDERR_FILENO, &iov, 1) < 0)
		return; /* nobody is left to be told */
}

static void speak(
	const struct speaker *who, int error, const char *fmt, va_list args)
{
	char buffer[LINE_BYTES];
	struct text line = TEXT_ON(buffer);
	int saved = errno;

	line.size--; /* room for the newline, whatever is cut */
	text_raw(&line, who->name);
	text_raw(&line, ": ");
	text_vformat(&line, fmt, args);
	if (error != 0) {
		text_raw(&line, ": ");
		text_errno(&line, error);
	}
	line.size++;
	text_char(&line, '\n');
	write_without_waiting(&line);
	errno = saved;
}

void warn(const struct speaker *who, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(who, 0, fmt, args);
	va_end(args);
}

void warn_errno(const struct speaker *who, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	speak(who, error, fmt, args);
	va_end(args);
}

void note(const struct speaker *who, int level, const char *fmt, ...)
{
	va_list args;

	if (who->verbosity < level)
		return;
	va_start(args, fmt);
	speak(who, 0, fmt, args);
	va_end(args);
}

int usage_error(const struct speaker *who, int status, const char *what,
	const char *why)
{
	if (what)
		warn(who, "%s: %s", *what ? what : "''", why);
	else
		warn(who, "%s", why);
	warn(who, "'%s --help' shows how to use it", who->name);
	return status;
}

int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			length -= (size_t)n;
		}
	}
	return 0;
}
