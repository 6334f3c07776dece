/* SPDX-License-Identifier: MIT */
/*
 * scope.c - who a signal goes to.
 *
 * fork(2) starts anew when a group signal is pending, so kill(-pgid) and
 * kill(-1) reach everybody who is there, also against a fork going on. A walk
 * through /proc can miss a process that is just being made; it is repeated
 * until it finds nobody new.
 */
//kbuild:obj-y += scope.o

#include "libbb.h"
#include <unistd.h>

#define WALK_PASSES 100

/* One signal on its way. */
struct delivery {
	int signal;
	bool stop;	      /* whoever gets it counts as told */
	pid_t had_it;	      /* this group has it already, or -1 (0 is a group
			       * outside of our namespace) */
	uint64_t began_ticks; /* when the first one was told */
	int result;
};

static bool in_scope(const struct scope *s, const struct member *m)
{
	if (s->kind == SCOPE_ALL)
		return true;
	if (m->relation != REL_OURS)
		return false;
	if (s->kind == SCOPE_SESSION)
		return m->session == s->session;
	return m->pgrp == (s->group ? s->group : getpgrp());
}

static void wake_if_stopped(const struct member *m)
{
	if (m->state == 'T')
		family_signal(m, SIGCONT);
}

/* True if m has got it, now or from the terminal. */
static bool deliver(struct scope *s, struct delivery *d, struct member *m)
{
	if (family_send(s->family, m, d->signal, d->stop, d->had_it) == 0)
		return true;
	if (errno != ESRCH)
		d->result = -1;
	return false;
}

/* Whether a later look at m still owes it the signal: not if it is younger
 * than our telling and its parent was told, for then it is that parent's
 * clean-up. */
static bool was_missed(const struct delivery *d, const struct member *m)
{
	return !m->told && !(m->held && m->start_ticks >= d->began_ticks);
}

/*
 * A walk through /proc: whoever was seen before the first signal went out gets
 * it. A stop is owed to everybody, so the walk is repeated until nobody new is
 * found that was being made meanwhile.
 */
static int send_walk(struct scope *s, struct delivery *d)
{
	struct family *f = s->family;
	bool found = true;

	d->began_ticks = clock_boot_ticks();
	for (unsigned pass = 0; found && pass < WALK_PASSES; pass++) {
		family_look(f);
		found = false;
		for (unsigned i = 0; i < f->count; i++) {
			struct member *m = &f->members[i];

			if (!in_scope(s, m) || (pass > 0 && !was_missed(d, m)))
				continue;
			if (deliver(s, d, m))
				found = d->stop;
		}
	}
	return d->result;
}

/* Mark everybody in the scope as told who was there before `before_ticks`. */
static void mark_scope(struct scope *s, uint64_t before_ticks)
{
	struct family *f = s->family;

	family_look(f);
	for (unsigned i = 0; i < f->count; i++)
		if (in_scope(s, &f->members[i]) &&
			f->members[i].start_ticks < before_ticks)
			family_mark_told(f, f->members[i].pid,
				f->members[i].start_ticks);
}

/*
 * A single kill(2), to a group or with -1 to everybody: it goes to whoever is
 * there now, so they are marked as told before. A look that took long may have
 * missed somebody who was made meanwhile and gets the signal, too: they are
 * older than the signal.
 */
static int send_at_once(struct scope *s, pid_t to, const struct delivery *d)
{
	struct family *f = s->family;
	uint64_t began = clock_boot_ticks(), sent;
	int result;

	f->count = 0;
	if (d->stop)
		mark_scope(s, UINT64_MAX);
	sent = clock_boot_ticks();
	result = kill(to, d->signal);
	if (d->stop && sent != began)
		mark_scope(s, sent);
	for (unsigned i = 0; i < f->count; i++)
		if (in_scope(s, &f->members[i]))
			wake_if_stopped(&f->members[i]);
	if (d->stop && !f->readable)
		kill(to, SIGCONT);
	return result;
}

static int send_child(
	struct scope *s, const struct delivery *d, const siginfo_t *info)
{
	int result;

	if (s->main_pid == 0)
		return 0;
	/* It may have left our group meanwhile; its PID is still its own. */
	if (d->had_it >= 0 && getpgid(s->main_pid) == d->had_it)
		result = 0;
	else if (info->si_code == SI_QUEUE)
		result = signal_queue(s->main_pid, d->signal, info);
	else
		result = signal_send(s->main_pid, d->signal);
	if (d->stop && result == 0) {
		family_mark_child_told(s->family, s->main_pid);
		if (s->main_stopped)
			kill(s->main_pid, SIGCONT);
	}
	return result;
}

/* What one kill(2) reaches the whole scope with: -1, a negated group, or 0
 * where there is none. Our own group would get us a copy; a group whose leader
 * was reaped may have lost its number to another. */
static pid_t one_target(const struct scope *s, const struct delivery *d)
{
	if (d->had_it >= 0)
		return 0;
	if (s->kind == SCOPE_ALL && s->family->self == 1)
		return -1;
	if (s->kind == SCOPE_GROUP && s->main_pid != 0)
		return -s->group;
	return 0;
}

static int send_through_shells(struct scope *s, const struct delivery *d)
{
	const struct shell_order order = { .root = s->main_pid,
		.signal = d->signal,
		.again = true,
		.stop = d->stop,
		.had_it = d->had_it };

	return s->shell->send(s->shell, s->family, &order);
}

int scope_send(struct scope *s, int signal, const siginfo_t *info, pid_t had_it,
	bool stop)
{
	struct delivery d = {
		.signal = signal, .stop = stop, .had_it = had_it
	};
	pid_t target;
	int result;

	if (s->kind == SCOPE_CHILD)
		return send_child(s, &d, info);
	target = one_target(s, &d);
	if (target != 0)
		return send_at_once(s, target, &d);
	if (s->kind == SCOPE_SHELL)
		result = send_through_shells(s, &d);
	else
		result = send_walk(s, &d);
	if (s->family->readable)
		return result;
	/* Without /proc nobody else is known, but for a group. */
	if (s->kind >= SCOPE_SESSION && s->group != 0 && s->main_pid != 0)
		return send_at_once(s, -s->group, &d);
	return send_child(s, &d, info);
}
