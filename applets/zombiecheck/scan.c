/* SPDX-License-Identifier: MIT */
/*
 * scan.c - find the zombies.
 *
 * State Z is not proof: a thread group's leader that has ended while other
 * threads run reads Z, too, and nobody can reap it. A zombie has one thread
 * (procfs.c, proc_is_dead).
 *
 * What has memory is no zombie, and that is one short system call to know,
 * where stat is three and more work for the kernel. Only the others' stat is read.
 */
#include "zombiecheck.h"

static int add_zombie(
	struct scan *scan, const struct proc_stat *stat, bool exit_known)
{
	struct zombie *z = array_room(&scan->zombies, sizeof(*z));

	if (!z)
		return -1;
	*z = (struct zombie){ .start_ticks = stat->start_ticks,
		.pid = stat->pid,
		.ppid = stat->ppid,
		.session = stat->session,
		.pgrp = stat->pgrp,
		.exit_code = (uint16_t)stat->exit_code,
		.exit_known = exit_known || stat->exit_code != 0 };
	memcpy(z->comm, stat->comm, sizeof(z->comm) - 1);
	return 0;
}

/* Nothing to see there, but it is not our failure: gone, or hidden. Else -1. */
static int look_away(struct scan *scan)
{
	if (errno == ENOENT || errno == ESRCH)
		return 0;
	if (errno != EPERM && errno != EACCES && errno != EINVAL)
		return -1;
	scan->processes++;
	scan->unreadable++;
	return 0;
}

static int look_at(struct scan *scan, int proc_fd, pid_t pid)
{
	struct proc_stat stat;
	int memory = proc_has_memory(&scan->look, proc_fd, pid);

	if (memory == PROC_MEMORY) {
		scan->processes++;
		return 0;
	}
	if (proc_read_stat(proc_fd, pid, &stat) < 0)
		return look_away(scan);
	scan->processes++;
	if (stat.state != 'Z')
		return 0;
	if (proc_is_dead(&stat))
		return add_zombie(scan, &stat, memory == PROC_NO_MEMORY);
	if (scan->dead_leaders++ == 0)
		scan->leader = stat;
	return 0;
}

static int look(struct scan *scan, int proc_fd)
{
	struct proc_list list;
	pid_t pid;

	proc_list_begin(&list, proc_fd);
	while ((pid = proc_list_next(&list)) != 0)
		if (look_at(scan, proc_fd, pid) < 0)
			return -1;
	errno = list.error;
	return errno ? -1 : 0;
}

bool zombie_refresh(struct zombie *z, int proc_fd)
{
	struct proc_stat stat;

	if (proc_read_stat(proc_fd, z->pid, &stat) < 0 ||
		stat.start_ticks != z->start_ticks || !proc_is_dead(&stat))
		return false;
	z->ppid = stat.ppid;
	return true;
}

/* What stat does not say; false if it is gone. */
static bool look_closer(struct zombie *z, int proc_fd)
{
	struct proc_status status;

	z->tracer = -1;
	z->uid = -1;
	if (proc_read_status(proc_fd, z->pid, &status) == 0) {
		z->tracer = (pid_t)status.field[STATUS_TRACER];
		z->uid = (uint32_t)status.field[STATUS_UID];
	} else if (!zombie_refresh(z, proc_fd)) {
		return false;
	}
	if (!z->exit_known)
		z->exit_known = proc_pid_namespace(proc_fd, z->pid) != 0;
	return true;
}

/* Keep those of whom this is true. */
static void keep(struct scan *scan, int proc_fd,
	bool (*is_there)(struct zombie *, int proc_fd))
{
	struct zombie *zombies = scan->zombies.items;
	size_t kept = 0;

	for (size_t i = 0; i < scan->zombies.count; i++)
		if (is_there(&zombies[i], proc_fd))
			zombies[kept++] = zombies[i];
	scan->zombies.count = kept;
}

int scan_run(struct scan *scan, int proc_fd, bool own_pids, int64_t settle_ms)
{
	int64_t began = clock_now_us();
	struct array zombies = scan->zombies;
	struct proc_stat init;

	zombies.count = 0; /* its memory is used again */
	*scan = (struct scan){ .zombies = zombies, .look.own_pids = own_pids };
	if (look(scan, proc_fd) < 0)
		return -1;
	scan->init_hidden =
		proc_read_stat(proc_fd, 1, &init) < 0 && errno == ENOENT;
	scan->took_us = clock_now_us() - began;
	if (scan->zombies.count > 0 && settle_ms > 0) {
		sleep_ms(settle_ms > INT32_MAX ? INT32_MAX : (int)settle_ms);
		keep(scan, proc_fd, zombie_refresh);
	}
	keep(scan, proc_fd, look_closer);
	return 0;
}

static bool by_pid(const void *a, const void *b)
{
	return ((const struct zombie *)a)->pid <
	       ((const struct zombie *)b)->pid;
}

void sort_by_pid(const struct array *zombies)
{
	array_sort(zombies, sizeof(struct zombie), by_pid);
}

void scan_remember(
	struct array *zombies, const struct array *old, int64_t now_s)
{
	struct zombie *z = zombies->items;
	const struct zombie *before = old->items;
	size_t at = 0;

	for (size_t i = 0; i < zombies->count; i++) {
		while (at < old->count && before[at].pid < z[i].pid)
			at++;
		z[i].first_seen_s = now_s;
		/* Seen in the future: the clock was set back. */
		if (at < old->count && before[at].pid == z[i].pid &&
			before[at].start_ticks == z[i].start_ticks &&
			before[at].first_seen_s < now_s)
			z[i].first_seen_s = before[at].first_seen_s;
	}
}
