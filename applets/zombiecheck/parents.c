/* SPDX-License-Identifier: MIT */
/*
 * parents.c - who should have reaped them: facts and groups.
 *
 * Invariant: when parents_find returns, scan.zombies holds those that the
 * filters let through, and the groups are consecutive runs of them.
 */
#include "zombiecheck.h"

#define SECOND_LOOKS_MAX 50 /* a second */

struct zombie *zombie_at(const struct check *c, size_t i)
{
	return (struct zombie *)c->scan.zombies.items + i;
}

struct parent *parent_at(const struct check *c, size_t i)
{
	return (struct parent *)c->parents.items + i;
}

int64_t zombie_age_s(const struct check *c, const struct zombie *z, bool *bound)
{
	*bound = z->first_seen_s == 0;
	if (!*bound)
		return c->now_s - z->first_seen_s;
	return c->now_ticks < z->start_ticks
		       ? 0
		       : (int64_t)((c->now_ticks - z->start_ticks) /
				   CLOCK_TICKS_PER_S);
}

int pids_percent(const struct pids_usage *p)
{
	int points = pids_basis_points(p);

	return points < 0 ? -1 : points / 100;
}

int pids_level(const struct check *c, const struct pids_usage *p)
{
	int64_t percent = pids_percent(p);

	return percent >= c->set->pids_crit ? 2 : percent >= c->set->pids_warn;
}

const struct pids_usage *worst_pids(const struct check *c)
{
	const struct pids_usage *worst = &c->pids;

	for (size_t i = 0; i < c->parents.count; i++)
		if (pids_basis_points(&parent_at(c, i)->pids) >
			pids_basis_points(worst))
			worst = &parent_at(c, i)->pids;
	return worst;
}

size_t zombies_in(const struct check *c, const struct pids_usage *p)
{
	size_t n = 0;

	for (size_t i = 0; i < c->parents.count; i++)
		if (strcmp(parent_at(c, i)->pids.path, p->path) == 0)
			n += parent_at(c, i)->count;
	return n;
}

enum cause told_cause(const struct parent *p)
{
	return p->cause == CAUSE_INIT_ADOPTED && p->orphans == 0
		       ? CAUSE_INIT_SAME_SESSION
		       : p->cause;
}

void advice_of(const struct check *c, const struct parent *p, struct text *t)
{
	const struct advice_context context = { p->comm, p->pid, p->other,
		c->kubernetes || p->owner.pod[0] };

	text_advice(t, told_cause(p), &context);
}

/* ---- facts ----------------------------------------------------------- */

/*
 * Whose zombie it is. Its parent's group tells; version 1's groups of the
 * zombie itself read "/". A parent outside of the container (the runtime, or
 * PPid 0) tells nothing: then the zombie's own path in version 2 does, or any
 * living process of the same PID namespace.
 */
static void find_owner(const struct check *c, struct parent *p,
	const struct zombie *z, struct cgroup_paths *paths)
{
	struct cgroup_paths other;
	struct proc_list list;
	uint64_t namespace;
	pid_t pid;

	if (p->cause != CAUSE_OUTSIDE && p->cause != CAUSE_RUNTIME)
		return;
	if (cgroup_paths_read(&other, c->proc_fd, z->pid) &&
		other.owner.id[0]) {
		*paths = other;
		return;
	}
	namespace = proc_pid_namespace(c->proc_fd, z->pid);
	proc_list_begin(&list, c->proc_fd);
	while (namespace && (pid = proc_list_next(&list)) != 0) {
		struct proc_stat stat;

		if (proc_pid_namespace(c->proc_fd, pid) == namespace &&
			proc_read_stat(c->proc_fd, pid, &stat) == 0 &&
			!proc_is_dead(&stat) &&
			cgroup_paths_read(&other, c->proc_fd, pid)) {
			*paths = other;
			return;
		}
	}
}

/* Who keeps a dying namespace from ending: in state D, or traced. */
static pid_t find_blocker(const struct check *c, pid_t init)
{
	uint64_t namespace = proc_pid_namespace(c->proc_fd, init);
	struct proc_list list;
	pid_t pid;

	proc_list_begin(&list, c->proc_fd);
	while (namespace && (pid = proc_list_next(&list)) != 0) {
		struct proc_stat stat;
		struct proc_status status;

		if (pid == init ||
			proc_pid_namespace(c->proc_fd, pid) != namespace ||
			proc_read_stat(c->proc_fd, pid, &stat) < 0 ||
			proc_read_status(c->proc_fd, pid, &status) < 0)
			continue;
		if (stat.state == 'D' || status.field[STATUS_TRACER])
			return pid;
	}
	return 0;
}

/* Both are also what a moment of a vfork, or of a signalfd's reader, looks like. */
static bool may_pass(const struct facts *f)
{
	return cause_in_parent(f) == CAUSE_PARENT_BLOCKED ||
	       cause_in_parent(f) == CAUSE_SIGCHLD_STUCK;
}

static bool read_facts(const struct check *c, struct facts *f)
{
	return proc_read_stat(c->proc_fd, f->ppid, &f->parent) == 0 &&
	       proc_read_status(c->proc_fd, f->ppid, &f->status) == 0;
}

/* Only what stays so for some looks counts; with many such parents the later
 * ones are believed. */
static bool read_steady_facts(struct check *c, struct facts *f)
{
	bool known = read_facts(c, f);

	for (int i = 1; i < SAMPLES && known && !c->recorded && may_pass(f) &&
			c->second_looks < SECOND_LOOKS_MAX;
		i++) {
		c->second_looks++;
		sleep_ms(SAMPLE_MS);
		known = read_facts(c, f);
	}
	return known;
}

/* What the parent of these zombies says of itself. */
static void read_parent(struct check *c, struct facts *f, struct parent *p,
	struct cgroup_paths *paths)
{
	*p = (struct parent){ .pid = f->ppid, .state = '?' };
	*paths = (struct cgroup_paths){ 0 };
	if (f->ppid == 0 || !read_steady_facts(c, f)) {
		f->parent.state = '\0'; /* whatever was read before */
		return;
	}
	p->state = f->parent.state;
	p->session = f->parent.session;
	p->start_ticks = f->parent.start_ticks;
	p->ns_pid = (pid_t)f->status.field[STATUS_NS_PID];
	memcpy(p->comm, f->parent.comm, sizeof(p->comm) - 1);
	proc_read_command(c->proc_fd, f->ppid, p->command, sizeof(p->command));
	cgroup_paths_read(paths, c->proc_fd, f->ppid);
	f->frozen = cgroup_is_frozen(&c->mounts, paths);
}

/* ---- groups ---------------------------------------------------------- */

static bool by_parent(const void *a, const void *b)
{
	const struct zombie *x = a, *y = b;

	return x->ppid != y->ppid ? x->ppid < y->ppid : x->pid < y->pid;
}

static bool by_cause(const void *a, const void *b)
{
	const struct zombie *x = a, *y = b;
	int names = strcmp(x->comm, y->comm);

	if (x->cause != y->cause)
		return x->cause < y->cause;
	return names != 0 ? names < 0 : x->pid < y->pid;
}

static bool by_count(const void *a, const void *b)
{
	const struct parent *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count;
	return x->pid != y->pid ? x->pid < y->pid : x->cause < y->cause;
}

/* The end of the run from `first` on: of the same parent, or cause. */
static size_t run_end(const struct array *zombies, size_t first, bool of_cause)
{
	const struct zombie *z = zombies->items;
	size_t end = first;

	while (end < zombies->count && z[end].ppid == z[first].ppid &&
		(!of_cause || z[end].cause == z[first].cause))
		end++;
	return end;
}

/* The zombies first..end-1 have one parent and one cause. */
static int add_group(struct check *c, const struct parent *base,
	struct cgroup_paths *paths, size_t first, size_t end)
{
	const struct zombie *z = zombie_at(c, first);
	struct parent p = *base, *room;

	p.cause = z->cause;
	p.first = first;
	p.count = end - first;
	for (size_t i = 0; i < p.count; i++)
		p.orphans += is_orphan(&z[i], p.session);
	p.other = z->tracer;
	if (p.cause == CAUSE_NS_EXITING)
		p.other = find_blocker(c, p.pid);
	find_owner(c, &p, z, paths);
	p.owner = paths->owner;
	/* runc names containers as it is told: the last part of the path. */
	if (!p.owner.id[0] && !p.owner.unit[0] && p.ns_pid != p.pid)
		cgroup_name_of(paths->path[CGROUP_UNIFIED], &p.owner);
	pids_read(&c->mounts, paths, &p.pids);
	if (!parent_wanted(c, &p))
		return 0;
	room = array_room(&c->parents, sizeof(p));
	if (room)
		*room = p;
	return room ? 0 : -1;
}

/*
 * The zombies first..end-1 have one parent. The wanted ones are kept, from
 * *kept on, which is not behind first.
 */
static int group_children(
	struct check *c, size_t first, size_t end, size_t *kept)
{
	struct array children = { zombie_at(c, *kept), 0, 0 };
	struct facts f = { .ppid = zombie_at(c, first)->ppid, .threads = 1 };
	struct cgroup_paths paths;
	struct parent base;

	read_parent(c, &f, &base, &paths);
	for (size_t i = first; i < end; i++) {
		struct zombie *z = zombie_at(c, i);

		f.tracer = z->tracer;
		f.session = z->session;
		f.pgrp = z->pgrp;
		z->cause = cause_of(&f);
		probe_note(c, z, base.session);
		if (zombie_wanted(c, z))
			*zombie_at(c, *kept + children.count++) = *z;
	}
	array_sort(&children, sizeof(struct zombie), by_cause);
	for (size_t i = 0, next; i < children.count; i = next) {
		next = run_end(&children, i, true);
		if (add_group(c, &base, &paths, *kept + i, *kept + next) < 0)
			return -1;
	}
	*kept += children.count;
	return 0;
}

/* A parent may have ended since its zombies were read: then they have a new one
 * now, or are gone. */
static void follow(struct check *c)
{
	struct array *zombies = &c->scan.zombies;
	struct proc_stat stat;
	bool alive = true;
	pid_t parent = 0;
	size_t kept = 0;

	for (size_t i = 0; i < zombies->count; i++) {
		struct zombie *z = zombie_at(c, i);

		if (z->ppid != parent) {
			parent = z->ppid;
			alive = parent == 0 || (proc_read_stat(c->proc_fd,
							parent, &stat) == 0 &&
						       !proc_is_dead(&stat));
		}
		if (alive || zombie_refresh(z, c->proc_fd))
			*zombie_at(c, kept++) = *z;
	}
	zombies->count = kept;
	array_sort(zombies, sizeof(struct zombie), by_parent);
}

int parents_find(struct check *c)
{
	struct array *zombies = &c->scan.zombies;
	size_t in_groups = 0, kept = 0, all;

	follow(c);
	all = zombies->count;
	c->parents.count = c->parent_pids = c->second_looks = 0;
	for (size_t i = 0, end; i < zombies->count; i = end) {
		size_t before = c->parents.count;

		end = run_end(zombies, i, false);
		if (group_children(c, i, end, &kept) < 0)
			return -1;
		c->parent_pids += c->parents.count > before;
	}
	zombies->count = kept;
	/* --container leaves out whole groups: their zombies do not count. */
	for (size_t i = 0; i < c->parents.count; i++)
		in_groups += parent_at(c, i)->count;
	c->zombie_count = in_groups;
	c->filtered = in_groups != all;
	array_sort(&c->parents, sizeof(struct parent), by_count);
	return 0;
}
