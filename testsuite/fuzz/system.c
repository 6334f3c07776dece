/* SPDX-License-Identifier: MIT */
/*
 * system.c - the system calls of what is fuzzed: files are parts of the input,
 * the others fail or do nothing. scripts/fuzz.mk gives them these names.
 */
#include "fuzz.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 64
#define FDS_MAX	  256

struct file {
	const char *path;
	size_t path_length;
	const uint8_t *data;
	size_t size;
};

static struct {
	struct file files[FILES_MAX];
	unsigned count;
	bool same; /* every path is the one file */
	/* The path below the root that a descriptor stands for. */
	char folders[FDS_MAX][256];
} fake;

void fuzz_files(const uint8_t *data, size_t size, bool split)
{
	const uint8_t *end = data + size;
	struct file *last = NULL;

	fake.count = 0;
	fake.same = !split;
	if (!split)
		fake.files[fake.count++] = (struct file){ "", 0, data, size };
	while (split && data < end) {
		const uint8_t *newline =
			memchr(data, '\n', (size_t)(end - data));
		const uint8_t *next = newline ? newline + 1 : end;

		if (*data == '@' && fake.count < FILES_MAX) {
			last = &fake.files[fake.count++];
			last->path = (const char *)data + 1;
			last->path_length =
				(size_t)((newline ? newline : end) - data) - 1;
			last->data = next;
			last->size = 0;
		} else if (last) {
			last->size += (size_t)(next - data);
		}
		data = next;
	}
}

/* A descriptor with this content; or of a folder. */
static int new_descriptor(const void *data, size_t size, const char *folder)
{
	int fd = (int)syscall(SYS_memfd_create, "fuzz", 0);

	if (fd < 0 || fd >= FDS_MAX)
		abort(); /* a leak, here or in the product */
	if (write(fd, data, size) != (ssize_t)size)
		abort();
	lseek(fd, 0, SEEK_SET);
	strncpy(fake.folders[fd], folder, sizeof(fake.folders[fd]) - 1);
	return fd;
}

int fuzz_root(void)
{
	return new_descriptor("", 0, "");
}

/* The whole path of one below a folder; "" when it is too long. */
static void whole_path(struct text *t, int folder, const char *path)
{
	if (*path != '/' && folder >= 0 && folder < FDS_MAX &&
		fake.folders[folder][0]) {
		text_raw(t, fake.folders[folder]);
		text_char(t, '/');
	}
	text_raw(t, path);
}

static const struct file *find(const char *path)
{
	for (unsigned i = 0; i < fake.count; i++)
		if (fake.same || (fake.files[i].path_length == strlen(path) &&
					 memcmp(fake.files[i].path, path,
						 strlen(path)) == 0))
			return &fake.files[i];
	return NULL;
}

int fuzz_openat(int folder, const char *path, int flags, ...)
{
	char buffer[256];
	struct text whole = TEXT_ON(buffer);
	const struct file *file;

	whole_path(&whole, folder, path);
	if (flags & O_DIRECTORY)
		return new_descriptor("", 0, buffer);
	file = find(buffer);
	if (file)
		return new_descriptor(file->data, file->size, "");
	errno = ENOENT;
	return -1;
}

int fuzz_open(const char *path, int flags, ...)
{
	return fuzz_openat(AT_FDCWD, path, flags);
}

ssize_t fuzz_readlinkat(int folder, const char *path, char *buffer, size_t size)
{
	char path_buffer[256];
	struct text whole = TEXT_ON(path_buffer);
	const struct file *file;

	whole_path(&whole, folder, path);
	file = find(path_buffer);
	errno = ENOENT;
	if (!file)
		return -1;
	if (size > file->size)
		size = file->size;
	memcpy(buffer, file->data, size);
	return (ssize_t)size;
}

int fuzz_fstatat(int folder, const char *path, struct stat *out, int flags)
{
	(void)folder;
	(void)flags;
	*out = (struct stat){ .st_mode = S_IFIFO, .st_ino = strlen(path) };
	return 0;
}

/* The name of the n-th entry of a folder, in `name`; false behind the last. */
static bool entry_of(const char *folder, unsigned n, char *name, size_t size)
{
	size_t stem = strlen(folder) + (*folder != '\0');

	for (; n < fake.count; n++) {
		const struct file *f = &fake.files[n];
		size_t length = 0;

		if (f->path_length <= stem ||
			(stem && f->path[stem - 1] != '/') ||
			memcmp(f->path, folder, strlen(folder)) != 0)
			continue;
		while (stem + length < f->path_length && length < size - 1 &&
			f->path[stem + length] != '/') {
			name[length] = f->path[stem + length];
			length++;
		}
		name[length] = '\0';
		return true;
	}
	return false;
}

/* Of getdents64(2): one entry a call, in the order of the files, where one of
 * a folder stands for it. */
static long read_folder(int fd, void *out, size_t room)
{
	struct entry {
		uint64_t inode;
		int64_t next;
		unsigned short length;
		unsigned char type;
		char name[];
	} *entry = out;
	char name[100], before[100] = "";
	unsigned n = (unsigned)lseek(fd, 0, SEEK_CUR);

	if (n > 0)
		entry_of(fake.folders[fd], n - 1, before, sizeof(before));
	do
		if (!entry_of(fake.folders[fd], n++, name, sizeof(name)))
			return 0;
	while (strcmp(name, before) == 0);
	lseek(fd, n, SEEK_SET);
	HOLDS(room >= sizeof(*entry) + sizeof(name) + 8);
	entry->length = (unsigned short)((offsetof(struct entry, name) +
						 strlen(name) + 1 + 7) &
					 ~7u);
	memcpy(entry->name, name, strlen(name) + 1);
	return entry->length;
}

long fuzz_syscall(long number, ...)
{
	va_list args;
	int fd;
	void *out;

	errno = EPERM;
	if (number != SYS_getdents64)
		return -1;
	va_start(args, number);
	fd = va_arg(args, int);
	out = va_arg(args, void *);
	va_end(args);
	return read_folder(fd, out, 4096);
}

/* ---- what does nothing ------------------------------------------------ */

pid_t fuzz_getpid(void)
{
	return fuzz_pid;
}

int fuzz_chdir(const char *path)
{
	HOLDS(strcmp(path, "/") == 0);
	return 0;
}

int fuzz_prctl(int option, ...)
{
	(void)option;
	return 0;
}

int fuzz_dup2(int from, int to)
{
	(void)from;
	return to;
}
