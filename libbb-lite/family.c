/* SPDX-License-Identifier: MIT */
/*
 * family.c - every process that is ours, and who of them was told to stop.
 *
 * A PID alone names nobody: it may have been given to another process since it
 * was read. Identity here is PID and start time.
 */
//kbuild:obj-y += family.o

#include "libbb.h"
#include <sys/syscall.h>
#include <unistd.h>

/* Parents nearly always have lower PIDs, so one round settles nearly all; a
 * chain of PIDs that runs backwards takes more. What is open after these is
 * settled by the next look. */
#define RELATION_ROUNDS 64
/* A thread of the kernel's own (linux/sched.h): on a machine they are there,
 * have PPid 0 or 2, and are nobody's business. */
#define PF_KTHREAD 0x00200000

struct member *family_find(struct family *f, pid_t pid)
{
	unsigned low = 0, high = f->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (f->members[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->count && f->members[low].pid == pid ? &f->members[low]
							    : NULL;
}

static void add_member(struct family *f, const struct proc_stat *stat)
{
	f->members[f->count++] = (struct member){
		.pid = stat->pid,
		.ppid = stat->ppid,
		.pgrp = stat->pgrp,
		.session = stat->session,
		.start_ticks = stat->start_ticks,
		.state = stat->state,
		.told = family_was_told(f, stat->pid, stat->start_ticks),
	};
}

/* Settle what m is if that can be said yet. */
static bool settle(struct family *f, struct member *m)
{
	struct member *parent;

	if (m->ppid == f->self) {
		m->relation = REL_OURS;
		return true;
	}
	if (m->ppid == 0) {
		m->relation = f->self == 1 ? REL_OUTSIDE : REL_FOREIGN;
		return true;
	}
	parent = family_find(f, m->ppid);
	if (!parent) {
		/* Ended meanwhile, or hidden. PID 1 has nobody else's. */
		m->relation = f->self == 1 ? REL_OURS : REL_FOREIGN;
		return true;
	}
	if (parent->relation == REL_UNKNOWN)
		return false;
	m->relation = parent->relation;
	m->held = parent->told || parent->held;
	return true;
}

static void settle_relations(struct family *f)
{
	unsigned open = f->count;

	for (unsigned round = 0; open > 0 && round < RELATION_ROUNDS; round++) {
		open = 0;
		for (unsigned i = 0; i < f->count; i++)
			if (f->members[i].relation == REL_UNKNOWN)
				open += !settle(f, &f->members[i]);
	}
}

static void keep_ours(struct family *f)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < f->count; i++)
		if (f->members[i].relation >= REL_OUTSIDE)
			f->members[kept++] = f->members[i];
	f->count = kept;
}

/* Not that something may not be seen, but that we have no means to look. */
static bool is_shortage(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE;
}

/* Below another PID 1 most are not ours. */
static void make_room(struct family *f)
{
	settle_relations(f);
	keep_ours(f);
}

/* 0, or why nothing is known: the list of processes could not be read to its
 * end, or of nobody in it what he is. Whoever has ended meanwhile is no error. */
static int read_everybody(struct family *f, int proc_fd)
{
	struct proc_list list;
	struct proc_stat stat;
	int error = 0;
	bool any = false;
	pid_t pid;

	f->count = 0;
	proc_list_begin(&list, proc_fd);
	while ((pid = proc_list_next(&list)) != 0) {
		if (pid == f->self)
			continue;
		if (proc_read_stat(proc_fd, pid, &stat) < 0) {
			if (errno != ENOENT && errno != ESRCH)
				error = errno;
			if (is_shortage(errno))
				return errno;
			continue;
		}
		any = true;
		if (proc_is_dead(&stat) || (stat.flags & PF_KTHREAD))
			continue;
		if (f->count == FAMILY_MAX)
			make_room(f);
		if (f->count == FAMILY_MAX)
			return 0;
		add_member(f, &stat);
	}
	if (list.error || any)
		return list.error;
	return error;
}

/* Numbers in another PID namespace's /proc name other people's processes: 0, or
 * the errno value that says why /proc is of no use. */
static int check_namespace(const struct family *f, int proc_fd)
{
	char link[16];
	ssize_t n = readlinkat(proc_fd, "self", link, sizeof(link) - 1);
	uint64_t pid;

	if (n < 0)
		return errno;
	link[n] = '\0';
	return !parse_unsigned(link, INT32_MAX, &pid) && (pid_t)pid == f->self
		       ? 0
		       : ENODEV;
}

unsigned family_look(struct family *f)
{
	int proc_fd = proc_open("/proc", NULL);

	f->error = proc_fd < 0 ? errno : check_namespace(f, proc_fd);
	/* tried twice: what is half known misleads */
	if (f->error == 0 && read_everybody(f, proc_fd) != 0)
		f->error = read_everybody(f, proc_fd);
	f->readable = f->error == 0;
	if (!f->readable)
		f->count = 0;
	if (proc_fd >= 0)
		close(proc_fd);
	settle_relations(f);
	keep_ours(f);
	return f->count;
}

bool family_has_child(const struct family *f, pid_t pid)
{
	for (unsigned i = 0; i < f->count; i++)
		if (f->members[i].ppid == pid)
			return true;
	return false;
}

/* The slot of this PID, or the free one where it belongs. Neighbouring PIDs lie
 * side by side, so a short record touches few pages. */
static unsigned find_slot(const struct family *f, pid_t pid)
{
	unsigned at = (unsigned)pid % TOLD_SLOTS;

	while (f->told[at].pid != 0 && f->told[at].pid != (unsigned)pid)
		at = (at + 1) % TOLD_SLOTS;
	return at;
}

void family_mark_told(struct family *f, pid_t pid, uint64_t at_ticks)
{
	struct told_slot *slot = &f->told[find_slot(f, pid)];

	if (slot->pid == 0) {
		/* Half full is the limit: a search must find a free slot soon. */
		if (f->told_count >= TOLD_SLOTS / 2)
			return;
		slot->pid = (unsigned)pid;
		f->told_count++;
	}
	slot->at_ticks = at_ticks;
}

void family_mark_child_told(struct family *f, pid_t pid)
{
	family_mark_told(f, pid, clock_boot_ticks());
}

bool family_was_told(const struct family *f, pid_t pid, uint64_t start_ticks)
{
	const struct told_slot *slot = &f->told[find_slot(f, pid)];

	return slot->pid != 0 && start_ticks <= slot->at_ticks;
}

/* Whether PID still is the process that was seen: 0, or an errno value, ESRCH if it
 * is not. A child of ours that was not reaped since is, whatever /proc says. */
static int check_identity(const struct member *m)
{
	struct proc_stat now;
	int proc_fd, error = 0;

	if (m->ppid == getpid())
		return 0;
	proc_fd = proc_open("/proc", NULL);
	if (proc_fd < 0)
		return errno;
	if (proc_read_stat(proc_fd, m->pid, &now) < 0)
		error = errno == ENOENT ? ESRCH : errno;
	else if (now.start_ticks != m->start_ticks)
		error = ESRCH;
	close(proc_fd);
	return error;
}

/* To a process whose identity has just been checked: by the pidfd, and where
 * pidfds are missing or filtered by number, as good as it gets there. */
static int send_checked(int fd, pid_t pid, int signal)
{
	if (fd >= 0) {
		if (syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0)
			return 0;
		if (errno == ESRCH)
			return -1;
	}
	return kill(pid, signal);
}

int family_signal(const struct member *m, int signal)
{
	int result = -1, saved;
	int fd = (int)syscall(SYS_pidfd_open, m->pid, 0);

	if (fd < 0 && errno == ESRCH)
		return -1;
	/* The descriptor holds on to one process; this check says that it is
	 * the right one. */
	saved = check_identity(m);
	if (saved == 0) {
		result = send_checked(fd, m->pid, signal);
		saved = errno;
	}
	if (fd >= 0)
		close(fd);
	errno = saved;
	return result;
}

int family_send(struct family *f, const struct member *m, int signal, bool stop,
	pid_t had_it)
{
	char buffer[256];
	struct text line = TEXT_ON(buffer);
	bool speaks = m->pgrp != had_it && f->who->verbosity + stop > 1;

	if (speaks) { /* before it ends */
		text_raw(&line, "sent ");
		text_signal(&line, signal);
		text_raw(&line, " to ");
		text_member(&line, m->pid);
	}
	if (m->pgrp != had_it && family_signal(m, signal) < 0)
		return -1;
	if (speaks)
		warn(f->who, "%s", buffer);
	if (stop) {
		family_mark_told(f, m->pid, m->start_ticks);
		if (m->state == 'T')
			family_signal(m, SIGCONT);
	}
	return 0;
}

void text_member(struct text *t, pid_t pid)
{
	int proc_fd = proc_open("/proc", NULL);

	text_format(t, "%d (", pid);
	if (proc_fd >= 0) {
		text_command(t, proc_fd, pid);
		close(proc_fd);
	} else {
		text_char(t, '?');
	}
	text_char(t, ')');
}
