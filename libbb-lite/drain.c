/* SPDX-License-Identifier: MIT */
/*
 * drain.c - the end of everybody else: told once, waited for, at last killed.
 */
//kbuild:obj-y += drain.o

#include "libbb.h"
#include <unistd.h>

/* How many processes a message names, and how many lines name the killed. */
#define NAMES_MAX   8
#define KILLED_MAX  32
#define STOP_PASSES 100

/*
 * Whether m gets its stop signal now (reaper(8), ENDING): whoever has no living
 * parent but us. All others are their parent's business, be it a master with
 * its workers or a clean-up with its helpers; they come to us when it has
 * ended, and are due then. A process of docker exec is told if it was there at
 * the request.
 */
static bool is_due(const struct family *f, const struct member *m)
{
	if (m->told)
		return false;
	if (m->relation == REL_OUTSIDE)
		return m->ppid == 0 && m->start_ticks <= f->request_ticks;
	return m->ppid == f->self;
}

/* Who cannot be told is gone, or it is tried again in the next pass. */
static void tell_member(struct family *f, const struct member *m)
{
	family_send(f, m, SIGTERM, true, -1);
}

static void tell_blindly(struct family *f)
{
	if (f->self != 1 || f->told_blindly)
		return;
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	f->told_blindly = true;
}

/* Each child of ours that was not told yet, and through shells beyond. */
static const struct shell_order all_children = {
	.root = 0, .signal = SIGTERM, .stop = true, .had_it = -1
};

static void tell(struct drain *d)
{
	struct family *f = &d->family;
	int64_t began = clock_now_ms(), ended;

	family_look(f);
	if (!f->readable)
		tell_blindly(f);
	for (unsigned i = 0; i < f->count; i++) {
		const struct member *m = &f->members[i];

		if (is_due(f, m) && (!d->shell || m->relation != REL_OURS))
			tell_member(f, m);
	}
	if (d->shell && f->readable)
		d->shell->send(d->shell, f, &all_children);
	ended = clock_now_ms();
	guard_pass_took(&d->guard, ended, ended - began);
}

/*
 * Before a stop is_due says yes of those only who would be killed if they did
 * not end. A parent that is none of them is not told, so m cannot wait for its
 * end: it left the session that m is in.
 */
static bool is_forsaken(struct family *f, const struct member *m,
	bool (*due)(const void *context, const struct member *m),
	const void *context)
{
	const struct member *parent = family_find(f, m->ppid);

	return f->request_ticks == 0 && m->relation == REL_OURS && !m->told &&
	       !m->held && parent && !due(context, parent);
}

void drain_tell_if(struct drain *d,
	bool (*due)(const void *context, const struct member *m),
	const void *context)
{
	struct family *f = &d->family;

	family_look(f);
	for (unsigned i = 0; i < f->count; i++) {
		const struct member *m = &f->members[i];

		if (due(context, m) &&
			(is_due(f, m) || is_forsaken(f, m, due, context)) &&
			!(d->shell && d->shell->waits(d->shell, m)))
			tell_member(f, m);
	}
}

static bool may_signal(const struct member *m)
{
	/* Signal 0 asks for permission only, so a reused PID does no harm. */
	return kill(m->pid, 0) == 0 || errno != EPERM;
}

/* Stop everybody, again and again until nobody is left to stop: what is stopped
 * cannot fork. */
static void stop_everybody(struct family *f)
{
	unsigned running = 1;

	for (unsigned pass = 0; running > 0 && pass < STOP_PASSES; pass++) {
		running = 0;
		family_look(f);
		for (unsigned i = 0; i < f->count; i++) {
			const struct member *m = &f->members[i];

			if (m->state != 'T' && m->state != 'D')
				running += family_signal(m, SIGSTOP) == 0;
		}
	}
}

static void say_killed(const struct speaker *who, pid_t pid)
{
	char buffer[256];
	struct text name = TEXT_ON(buffer);

	text_member(&name, pid);
	warn(who, "%s: killed: it did not end in time", buffer);
}

/*
 * One pass of killing, numbered from 0: everybody gets SIGKILL; the first pass
 * names them, later ones first stop everybody, which ends a fork loop. Returns
 * how many were alive whom SIGKILL ends.
 */
static unsigned kill_pass(
	struct family *f, unsigned pass, const struct speaker *who)
{
	unsigned mortal = 0;

	if (pass > 0 && f->self != 1)
		stop_everybody(f);
	else
		family_look(f);
	for (unsigned i = 0; i < f->count; i++) {
		const struct member *m = &f->members[i];

		if (pass == 0 && i < KILLED_MAX && may_signal(m))
			say_killed(who, m->pid);
		/* Also in state D: it ends when it leaves that. */
		if (f->self != 1)
			family_signal(m, SIGKILL);
		mortal += m->state != 'D' && may_signal(m);
	}
	if (pass == 0 && f->count > KILLED_MAX)
		warn(who, "killed %u more", f->count - KILLED_MAX);
	/* As PID 1 one call reaches all, also whom /proc does not show. */
	if (f->self == 1)
		kill(-1, SIGKILL);
	return mortal;
}

/* One line: "WHAT: 12 (sleep 9), 15 (nginx)". */
static void say_members(
	struct family *f, const struct speaker *who, const char *what)
{
	char buffer[768];
	struct text names = TEXT_ON(buffer);
	unsigned named = f->count < NAMES_MAX ? f->count : NAMES_MAX;

	for (unsigned i = 0; i < named; i++) {
		text_raw(&names, i ? ", " : "");
		text_member(&names, f->members[i].pid);
	}
	if (named < f->count)
		text_format(&names, " and %u more", f->count - named);
	if (!f->readable)
		warn_errno(who, f->error, "%s: names unknown: /proc", what);
	else if (named > 0)
		warn(who, "%s: %s", what, buffer);
}

void drain_init(struct drain *d, const struct speaker *who,
	const struct guard_policy *policy)
{
	d->who = who;
	d->family.who = who;
	d->family.self = getpid();
	guard_init(&d->guard, policy);
}

static void perform(struct drain *d, unsigned actions)
{
	if (actions & GUARD_DO_TELL)
		tell(d);
	if (actions & GUARD_DO_NOTICE) {
		family_look(&d->family);
		say_members(&d->family, d->who, "still waiting for");
	}
	if (actions & GUARD_DO_KILL) {
		if (kill_pass(&d->family, d->guard.kill_passes - 1, d->who) ==
			0)
			drain_step(d, GUARD_EV_STUCK);
	}
	if (actions & GUARD_DO_GIVE_UP)
		say_members(&d->family, d->who, "cannot be killed");
}

void drain_step(struct drain *d, enum guard_event event)
{
	perform(d, guard_step(&d->guard, event, clock_now_ms()));
}

bool drain_outside_left(struct drain *d)
{
	/* kill(-1) knows without /proc whether we are alone. */
	if (d->family.self != 1 || (kill(-1, 0) < 0 && errno == ESRCH))
		return false;
	family_look(&d->family);
	if (!d->family.readable)
		return true;
	for (unsigned i = 0; i < d->family.count; i++)
		if (d->family.members[i].relation == REL_OUTSIDE)
			return true;
	return false;
}

void drain_none_left(struct drain *d)
{
	drain_step(d, drain_outside_left(d) ? GUARD_EV_OUTSIDE_LEFT
					    : GUARD_EV_NONE_LEFT);
}
