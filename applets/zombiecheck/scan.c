/* SPDX-License-Identifier: MIT */
/*
 * scan.c - find the zombies.
 *
 * State Z is not proof: a thread group's leader that has ended while other
 * threads run reads Z, too, and nobody can reap it. A zombie has one thread
 * (procfs.c, proc_is_dead).
 */
#include "zombiecheck.h"
#include <sys/mman.h>

#define FIRST_CAPACITY 1024

static int grow(struct scan *scan)
{
	size_t capacity = scan->capacity ? 2 * scan->capacity : FIRST_CAPACITY;
	void *memory;

	if (scan->zombies)
		memory = mremap(scan->zombies,
			scan->capacity * sizeof(*scan->zombies),
			capacity * sizeof(*scan->zombies), MREMAP_MAYMOVE);
	else
		memory = mmap(NULL, capacity * sizeof(*scan->zombies),
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	if (memory == MAP_FAILED)
		return -1;
	scan->zombies = memory;
	scan->capacity = capacity;
	return 0;
}

static int add_zombie(struct scan *scan, const struct proc_stat *stat)
{
	struct zombie *z;

	if (scan->count == scan->capacity && grow(scan) < 0)
		return -1;
	z = &scan->zombies[scan->count++];
	z->pid = stat->pid;
	z->ppid = stat->ppid;
	z->start_ticks = stat->start_ticks;
	strncpy(z->comm, stat->comm, sizeof(z->comm) - 1);
	z->comm[sizeof(z->comm) - 1] = '\0';
	return 0;
}

static int look(struct scan *scan, int proc_fd)
{
	struct proc_list list;
	struct proc_stat stat;
	pid_t pid;

	proc_list_begin(&list, proc_fd);
	while ((pid = proc_list_next(&list)) != 0) {
		if (proc_read_stat(proc_fd, pid, &stat) < 0) {
			if (errno == ENOENT || errno == ESRCH)
				continue; /* gone meanwhile */
			if (errno != EPERM && errno != EACCES &&
				errno != EINVAL)
				return -1; /* not its fault: ours */
			scan->processes++;
			scan->unreadable++;
			continue;
		}
		scan->processes++;
		if (stat.state != 'Z')
			continue;
		if (!proc_is_dead(&stat))
			scan->dead_leaders++;
		else if (add_zombie(scan, &stat) < 0)
			return -1;
	}
	errno = list.error;
	return errno ? -1 : 0;
}

/* Keep those that are the same zombie still; a new parent is noted. */
static void look_again(struct scan *scan, int proc_fd)
{
	size_t kept = 0;

	for (size_t i = 0; i < scan->count; i++) {
		struct zombie *z = &scan->zombies[i];
		struct proc_stat stat;

		if (proc_read_stat(proc_fd, z->pid, &stat) < 0 ||
			stat.start_ticks != z->start_ticks ||
			!proc_is_dead(&stat))
			continue;
		z->ppid = stat.ppid;
		scan->zombies[kept++] = *z;
	}
	scan->count = kept;
}

/* By parent, by name, by PID. */
static bool goes_before(const struct zombie *a, const struct zombie *b)
{
	int names = strcmp(a->comm, b->comm);

	if (a->ppid != b->ppid)
		return a->ppid < b->ppid;
	return names != 0 ? names < 0 : a->pid < b->pid;
}

/* Heap sort: no recursion, no memory, never quadratic. */
static void sift_down(struct zombie *z, size_t root, size_t end)
{
	for (size_t child; (child = 2 * root + 1) < end; root = child) {
		struct zombie swap;

		if (child + 1 < end && goes_before(&z[child], &z[child + 1]))
			child++;
		if (!goes_before(&z[root], &z[child]))
			return;
		swap = z[root];
		z[root] = z[child];
		z[child] = swap;
	}
}

static void sort_by_parent(struct scan *scan)
{
	struct zombie *z = scan->zombies;

	for (size_t root = scan->count / 2; root > 0; root--)
		sift_down(z, root - 1, scan->count);
	for (size_t end = scan->count; end > 1; end--) {
		struct zombie last = z[end - 1];

		z[end - 1] = z[0];
		z[0] = last;
		sift_down(z, 0, end - 1);
	}
}

int scan_run(struct scan *scan, int proc_fd, int64_t settle_ms)
{
	struct proc_stat init;

	if (look(scan, proc_fd) < 0)
		return -1;
	scan->init_hidden =
		proc_read_stat(proc_fd, 1, &init) < 0 && errno == ENOENT;
	if (scan->count > 0 && settle_ms > 0) {
		poll(NULL, 0,
			settle_ms > INT32_MAX ? INT32_MAX : (int)settle_ms);
		look_again(scan, proc_fd);
	}
	sort_by_parent(scan);
	return 0;
}
