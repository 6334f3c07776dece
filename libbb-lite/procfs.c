/* SPDX-License-Identifier: MIT */
/*
 * procfs.c - /proc readers (proc(5)).
 *
 * A process may vanish between any two calls: that is ENOENT or ESRCH and no
 * error of anybody's.
 */
//kbuild:obj-y += procfs.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_MAGIC 0x9fa0 /* f_type of statfs(2) */
/* A stat line has about 50 numbers behind a name of at most 64 bytes. */
#define STAT_LINE_BYTES 1024
#define COMMAND_BYTES	128
/* Each may be a line in the log of a security module. */
#define REFUSALS_MAX 32

bool proc_is_dead(const struct proc_stat *stat)
{
	return (stat->state == 'Z' || stat->state == 'X') && stat->threads <= 1;
}

/* One blank and one decimal number, with or without a sign; *at moves behind
 * it. False when there is none. */
static bool next_number(const char **at, const char *end, int64_t *out)
{
	const char *s = *at;
	bool negative;
	uint64_t n = 0;

	if (s >= end || *s++ != ' ')
		return false;
	negative = s < end && *s == '-';
	s += negative;
	if (s >= end || *s < '0' || *s > '9')
		return false;
	for (; s < end && *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (unsigned)(*s - '0');
	*out = (int64_t)(negative ? 0 - n : n);
	*at = s;
	return true;
}

/* Positions in the line, counted from 1 as proc(5) does. */
enum {
	FIELD_PPID = 4,
	FIELD_PGRP = 5,
	FIELD_SESSION = 6,
	FIELD_FLAGS = 9,
	FIELD_THREADS = 20,
	FIELD_START = 22,
	FIELD_EXIT_CODE = 52
};

static void set_field(struct proc_stat *out, int field, int64_t n)
{
	switch (field) {
	case FIELD_PPID:
		out->ppid = (pid_t)n;
		break;
	case FIELD_PGRP:
		out->pgrp = (pid_t)n;
		break;
	case FIELD_SESSION:
		out->session = (pid_t)n;
		break;
	case FIELD_FLAGS:
		out->flags = (unsigned)n;
		break;
	case FIELD_THREADS:
		out->threads = (int)n;
		break;
	case FIELD_START:
		out->start_ticks = (uint64_t)n;
		break;
	case FIELD_EXIT_CODE:
		out->exit_code = (int)n;
		break;
	}
}

/* "PID (NAME" up to the last parenthesis; returns what follows, or NULL. */
static const char *parse_name(
	const char *line, size_t length, struct proc_stat *out)
{
	const char *close = memrchr(line, ')', length);
	const char *open = memchr(line, '(', length);
	size_t name_length;

	if (!open || !close || open < line + 2 || close < open)
		return NULL;
	for (const char *s = line; s < open - 1; s++) {
		if (*s < '0' || *s > '9' || out->pid > INT32_MAX / 10 - 1)
			return NULL;
		out->pid = out->pid * 10 + (*s - '0');
	}
	name_length = (size_t)(close - open) - 1;
	if (name_length >= sizeof(out->comm))
		name_length = sizeof(out->comm) - 1;
	memcpy(out->comm, open + 1, name_length);
	out->comm[name_length] = '\0';
	return close + 1;
}

int proc_parse_stat(const char *line, size_t length, struct proc_stat *out)
{
	const char *end = line + length, *at;
	int64_t n;
	int field = FIELD_PPID;

	*out = (struct proc_stat){ 0 };
	at = parse_name(line, length, out);
	errno = EINVAL;
	if (!at || end - at < 2 || at[0] != ' ')
		return -1;
	out->state = at[1];
	/* A letter; others have meanings of ours, or of a terminal's. */
	if ((at[1] | 0x20) < 'a' || (at[1] | 0x20) > 'z')
		return -1;
	for (at += 2; next_number(&at, end, &n); field++)
		set_field(out, field, n);
	/* Old kernels end earlier than FIELD_EXIT_CODE. One field more than is
	 * needed says that the last one needed was not cut short. */
	return field > FIELD_START + 1 ? 0 : -1;
}

int proc_open(const char *folder, bool *recorded)
{
	struct statfs fs;
	char byte;
	int error = ENODEV;
	int fd = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (recorded)
		*recorded = false;
	if (fstatfs(fd, &fs) < 0)
		error = errno;
	else if (fs.f_type == PROC_MAGIC)
		return fd;
	if (recorded && file_read(fd, PROC_RECORDED, &byte, 1) >= 0) {
		*recorded = true;
		return fd;
	}
	close(fd);
	errno = error;
	return -1;
}

/* file_read of /proc/PID/NAME */
static ssize_t read_file_of(
	int proc_fd, pid_t pid, const char *name, char *buffer, size_t size)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);

	text_format(&path, "%d/%s", pid, name);
	return file_read(proc_fd, path.at, buffer, size);
}

int proc_read_stat(int proc_fd, pid_t pid, struct proc_stat *out)
{
	char line[STAT_LINE_BYTES];
	ssize_t n = read_file_of(proc_fd, pid, "stat", line, sizeof(line));

	if (n < 0)
		return -1;
	return proc_parse_stat(line, (size_t)n, out);
}

size_t proc_read_words(int proc_fd, pid_t pid, char *buffer, size_t size)
{
	ssize_t n = read_file_of(proc_fd, pid, "cmdline", buffer, size);

	if (n <= 0)
		return 0;
	if (buffer[n - 1] != '\0')
		buffer[n++] = '\0'; /* cut, or written by the process */
	return (size_t)n;
}

enum role proc_role(int proc_fd, pid_t pid)
{
	char words[4096];
	size_t length = proc_read_words(proc_fd, pid, words, sizeof(words));

	return role_of_words(words, length,
		proc_pipe(proc_fd, pid, STDIN_FILENO) == PIPE_TERMINAL);
}

/* What statx(2) fills in, as far as we look (linux/stat.h). */
struct kernel_statx {
	uint32_t mask_to_gid[7];
	uint16_t mode, pad;
	uint64_t inode, size_to_mtime[11];
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t rest[14];
};
#define STATX_WANTED 0x101  /* type, inode */
#define NOT_SYNCED   0x4000 /* AT_STATX_DONT_SYNC */
#ifndef SYS_statx
#define SYS_statx -1
#endif

/* What is known of a file without asking a server, which may be gone for good:
 * 0, or -1 with errno. Kernels before 4.11 ask. */
static int stat_known(int folder, const char *path, struct kernel_statx *to)
{
	struct stat file;

	if (syscall(SYS_statx, folder, path, NOT_SYNCED, STATX_WANTED, to) == 0)
		return 0;
	if ((errno != ENOSYS && errno != EPERM) ||
		fstatat(folder, path, &file, 0) < 0)
		return -1;
	*to = (struct kernel_statx){ .mode = (uint16_t)file.st_mode,
		.inode = file.st_ino,
		.dev_minor = (uint32_t)file.st_dev,
		.rdev_major = major(file.st_rdev) };
	return 0;
}

uint64_t proc_pipe(int proc_fd, pid_t pid, int fd)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);
	struct kernel_statx file;

	text_format(&path, "%d/fd/%d", pid, fd);
	if (stat_known(proc_fd, path.at, &file) < 0)
		return errno == EACCES || errno == EPERM ? PIPE_UNKNOWN
							 : PIPE_NONE;
	if (S_ISFIFO(file.mode))
		return ((uint64_t)file.dev_minor << 40) + (file.inode << 2) +
		       PIPE_LAST + 1;
	/* Of the character devices those of major 1 are null, zero and the
	 * like (null(4)); of the others the terminals come as somebody's stdin. */
	return S_ISCHR(file.mode) && file.rdev_major != 1 ? PIPE_TERMINAL
							  : PIPE_NONE;
}

ssize_t proc_read_command(int proc_fd, pid_t pid, char *buffer, size_t size)
{
	ssize_t n = read_file_of(proc_fd, pid, "cmdline", buffer, size);

	/* Each word ends with a NUL; a cut one does not, and who changed its
	 * title (setproctitle(3)) has many behind it. */
	while (n > 0 && buffer[n - 1] == '\0')
		n--;
	for (ssize_t i = 0; i < n; i++)
		if (buffer[i] == '\0')
			buffer[i] = ' ';
	return n;
}

uint64_t proc_pid_namespace(int proc_fd, pid_t pid)
{
	char path_buffer[32], link[64];
	struct text path = TEXT_ON(path_buffer);
	uint64_t inode;
	ssize_t n;

	text_format(&path, "%d/ns/pid", pid);
	n = readlinkat(proc_fd, path.at, link, sizeof(link) - 1);
	if (n <= (ssize_t)strlen("pid:["))
		return 0;
	link[n - 1] = '\0'; /* "pid:[4026531836]" */
	return parse_unsigned(link + strlen("pid:["), UINT32_MAX, &inode)
		       ? 0
		       : inode;
}

/*
 * move_pages(2) for no pages at all does nothing but look for the process's
 * memory: EINVAL says that it has none. That takes a fraction of the time of
 * anything in /proc, which has to make two directory entries first.
 */
static int ask_kernel(pid_t pid)
{
	if (syscall(SYS_move_pages, pid, 0L, NULL, NULL, NULL, 0) == 0)
		return PROC_MEMORY;
	return errno == EINVAL ? PROC_NO_MEMORY : PROC_REFUSED;
}

ssize_t proc_read_exe(int proc_fd, pid_t pid, char *buffer, size_t size)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);
	ssize_t n;

	text_format(&path, "%d/exe", pid);
	n = readlinkat(proc_fd, path.at, buffer, size - 1);
	buffer[n < 0 ? 0 : n] = '\0';
	return n;
}

static int ask_exe(int proc_fd, pid_t pid)
{
	char bytes[2];

	if (proc_read_exe(proc_fd, pid, bytes, sizeof(bytes)) > 0)
		return PROC_MEMORY;
	return errno == ENOENT ? PROC_NO_MEMORY : PROC_REFUSED;
}

int proc_has_memory(struct proc_look *look, int proc_fd, pid_t pid)
{
	int answer = PROC_REFUSED;
	char digit[2];

	if (look->own_pids && look->refusals[0] < REFUSALS_MAX) {
		answer = ask_kernel(pid);
		look->refusals[0] += answer == PROC_REFUSED && errno != ESRCH;
	}
	if (answer == PROC_REFUSED && look->refusals[1] < REFUSALS_MAX) {
		answer = ask_exe(proc_fd, pid);
		look->refusals[1] += answer == PROC_REFUSED && errno == EACCES;
	}
	if (answer == PROC_REFUSED &&
		read_file_of(proc_fd, pid, "statm", digit, sizeof(digit)) ==
			1 &&
		digit[0] != '0')
		answer = PROC_MEMORY;
	return answer;
}

void text_command(struct text *t, int proc_fd, pid_t pid)
{
	char buffer[COMMAND_BYTES + 1];
	struct proc_stat stat;

	if (proc_read_command(proc_fd, pid, buffer, sizeof(buffer)) > 0) {
		text_escaped(t, buffer);
	} else if (proc_read_stat(proc_fd, pid, &stat) == 0) {
		text_format(t, "[%s]", stat.comm);
	} else {
		text_char(t, '?');
	}
}

void proc_list_begin(struct proc_list *list, int fd)
{
	lseek(fd, 0, SEEK_SET);
	list->fd = fd;
	list->length = list->at = list->error = 0;
}

/* What getdents64(2) fills the buffer with. */
struct kernel_entry {
	uint64_t inode;
	int64_t next;
	unsigned short length;
	unsigned char type;
	char name[];
};

pid_t proc_list_next(struct proc_list *list)
{
	for (;;) {
		const struct kernel_entry *entry;
		uint64_t pid;

		if (list->at >= list->length) {
			list->length = (int)syscall(SYS_getdents64, list->fd,
				list->buffer, sizeof(list->buffer));
			list->at = 0;
			if (list->length < 0)
				list->error = errno;
			if (list->length <= 0)
				return 0;
		}
		entry = (const void *)(list->buffer + list->at);
		list->at += entry->length;
		if (!parse_unsigned(entry->name, INT32_MAX, &pid) && pid > 0)
			return (pid_t)pid;
	}
}
