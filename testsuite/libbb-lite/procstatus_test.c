/* SPDX-License-Identifier: MIT */
/* procstatus_test.c - lines of /proc/PID/status, and of any file. */
#include "unit.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void fields(void)
{
	struct proc_status s = { 0 };

	proc_status_line("Name:\tUid: 77", &s);
	proc_status_line("TracerPid:\t42", &s);
	proc_status_line("Uid:\t1000\t0\t0\t0", &s);
	proc_status_line("Threads:\t5", &s);
	proc_status_line("NSpid:\t16679\t15\t1", &s);
	proc_status_line("SigBlk:\tfffffffe7ffbfeff", &s);
	proc_status_line("SigCgt:\t0000000000014602", &s);
	proc_status_line("no colon", &s);
	proc_status_line("", &s);
	proc_status_line("SigBlkX:\t1", &s);
	CHECK_INT(s.field[STATUS_TRACER], 42);
	CHECK_INT(s.field[STATUS_UID], 1000);
	CHECK_INT(s.field[STATUS_THREADS], 5);
	CHECK_INT(s.field[STATUS_NS_PID], 1);
	CHECK(s.field[STATUS_BLOCKED] == 0xfffffffe7ffbfeff);
	CHECK_INT(s.field[STATUS_CAUGHT], 0x14602);
	CHECK_INT(s.field[STATUS_IGNORED], 0);
}

/* A file of that content, open for lines. */
static void content(struct lines *l, const char *text, size_t length)
{
	char name[] = "/tmp/lines.XXXXXX";
	int fd = mkstemp(name);

	CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	close(fd);
	CHECK_INT(lines_open(l, AT_FDCWD, name), 0);
	unlink(name);
}

static void lines_of_any_length(void)
{
	static char text[20000];
	struct lines l;
	size_t n = 0;

	n += (size_t)sprintf(text, "first\n\n");
	memset(text + n, 'x', 9000); /* as "Groups:" may be */
	n += 9000;
	n += (size_t)sprintf(text + n, "\nafter\n");
	memset(text + n, 'y', 4000);
	n += 4000;
	n += (size_t)sprintf(text + n, "\nlast");
	content(&l, text, n);
	CHECK_STRING(lines_next(&l), "first");
	CHECK_STRING(lines_next(&l), "");
	CHECK_STRING(lines_next(&l), "after");
	CHECK_INT(strlen(lines_next(&l)), 4000);
	CHECK(lines_next(&l) == NULL); /* "last" has no newline */
	lines_close(&l);
}

/* What a status file with that content is read as; *out as it was read. */
static int status_of(const char *content, struct proc_status *out)
{
	char name[] = "/tmp/status.XXXXXX";
	int folder, fd, result;

	CHECK(mkdtemp(name) != NULL);
	folder = open(name, O_RDONLY | O_DIRECTORY);
	mkdirat(folder, "5", 0700);
	if (content) {
		fd = openat(folder, "5/status", O_WRONLY | O_CREAT, 0600);
		dprintf(fd, "%s", content);
		close(fd);
	} else {
		mkdirat(folder, "5/status", 0700); /* cannot be read */
	}
	result = proc_read_status(folder, 5, out);
	fd = errno;
	unlinkat(folder, "5/status", content ? 0 : AT_REMOVEDIR);
	unlinkat(folder, "5", AT_REMOVEDIR);
	rmdir(name);
	close(folder);
	errno = fd;
	return result;
}

static void half_a_status(void)
{
	struct proc_status s;

	CHECK_INT(status_of("Threads:\t2\nSigBlk:\t8\nSigCgt:\t4\n", &s), 0);
	CHECK_INT(s.field[STATUS_THREADS], 2);
	CHECK_INT(s.field[STATUS_CAUGHT], 4);
	CHECK_INT(status_of("Threads:\t2\nSigBlk:\t8\n", &s), -1);
	CHECK_INT(errno, EINVAL);
	CHECK_INT(status_of("", &s), -1);
	CHECK_INT(errno, EINVAL);
	CHECK_INT(status_of(NULL, &s), -1);
	CHECK_INT(errno, EISDIR);
}

static const struct unit_test tests[] = {
	{ "fields", fields },
	{ "half_a_status", half_a_status },
	{ "lines_of_any_length", lines_of_any_length },
};
UNIT_MAIN(tests)
