/* SPDX-License-Identifier: MIT */
/*
 * descriptors.c - the descriptors a supervisor has and those it must not keep.
 */
//kbuild:obj-y += descriptors.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where neither close_range nor /proc helps, close up to here. */
#define DESCRIPTOR_LIMIT 65536

void stdio_fill(void)
{
	struct pollfd fds[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	/* One call for all three: a closed one answers POLLNVAL. */
	if (poll(fds, 3, 0) <= 0)
		return;
	for (unsigned i = 0; i < 3; i++) {
		if (!(fds[i].revents & POLLNVAL))
			continue;
		/* The lowest free descriptor is this one: 0 to i-1 are open,
		 * unless there is no /dev/null, and then nothing is. */
		if (openat(AT_FDCWD, "/dev/null", O_RDWR) < 0)
			return;
	}
}

/* Without close_range (Linux 5.9). Apart, for its list is a page of stack: a
 * supervisor that never comes here has none of it. */
static void __attribute__((noinline)) close_one_by_one(int first)
{
	struct proc_list list;
	int fd = openat(
		AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		int open_fd;

		proc_list_begin(&list, fd);
		/* The list has positive numbers only: 0 is stdin. */
		while ((open_fd = proc_list_next(&list)) != 0)
			if (open_fd >= first && open_fd != fd)
				close(open_fd);
		close(fd);
		return;
	}
	for (fd = first; fd < DESCRIPTOR_LIMIT; fd++)
		close(fd);
}

void descriptors_close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
#endif
	close_one_by_one(first);
}

bool descriptor_is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}
