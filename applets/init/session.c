/* SPDX-License-Identifier: MIT */
/*
 * session.c - all that is in an entry's session, also after its program's end.
 */
#include "init.h"
#include <unistd.h>

#define NAMED_MAX 32 /* of those killed in a session */
/* At least so long between two looks for what dead entries left behind. */
#define SWEEP_GAP_MS 5
/* So long until a look that nobody's end has asked for. */
#define SWEEP_SLOW_MS 1000

/* Whether m's session is not that of a dead service: the PID was given to
 * another leader, which the kernel does not do while anybody is in the old one.
 */
static bool has_new_leader(
	struct family *f, const struct service *s, const struct member *m)
{
	return s->pid == 0 && m->start_ticks > s->ended_ticks &&
	       family_find(f, m->session);
}

void session_say_killed(struct life *l, const struct service *s, pid_t pid)
{
	char buffer[160];
	struct text member = TEXT_ON(buffer);

	text_member(&member, pid);
	warn(l->plan->who, "%s: process %s killed: its grace is over",
		s->entry->name, buffer);
}

void session_signal(struct life *l, const struct service *s, int signal)
{
	struct family *f = &l->drain.family;
	bool leads = s->pid == 0;
	unsigned named = signal == SIGKILL ? 0 : NAMED_MAX;

	family_look(f);
	for (unsigned i = 0; i < f->count; i++) {
		struct member *m = &f->members[i];

		if (m->session != s->session || has_new_leader(f, s, m))
			continue;
		leads |= m->pid == s->pid;
		if (named++ < NAMED_MAX)
			session_say_killed(l, s, m->pid);
		family_send(f, m, signal, true, -1);
	}
	/* Without /proc there is its first process group. A child that has only
	 * just been made has neither group nor session of its own. */
	if (leads)
		return;
	if (signal == SIGKILL)
		session_say_killed(l, s, s->pid);
	if (!f->readable && kill(-s->pid, signal) == 0)
		return;
	family_mark_child_told(f, s->pid);
	signal_send(s->pid, signal);
}

void session_sweep_soon(struct life *l)
{
	int64_t at = clock_now_ms() + l->sweep_gap;

	if (at < l->sweep_at)
		l->sweep_at = at;
}

/* ---- what dead entries leave ----------------------------------------- */

/*
 * The dead service in whose session m was left behind, NULL for none. The PID
 * may lead another session by now: that one is younger. What a one-shot leaves
 * is its purpose (a script that starts a daemon), until init stops.
 */
static struct service *left_by(struct life *l, const struct member *m)
{
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->session != m->session || !service_is_dead(s))
			continue;
		return !has_new_leader(&l->drain.family, s, m) &&
				       (l->all_told || s->remains)
			       ? s
			       : NULL;
	}
	return NULL;
}

static bool was_left_behind(const void *context, const struct member *m)
{
	return left_by((struct life *)(uintptr_t)context, m) != NULL;
}

static bool waits_for_rest(const struct service *s)
{
	return s->remains && s->needed && s->state >= SERVICE_BACKOFF &&
	       s->state <= SERVICE_STOPPED;
}

/* Mark which sessions still have somebody (`needed` is order_update's, which
 * sets it anew); the others are clean. True if a restart, or the end of one that
 * was stopped, waits for that. */
static bool look_for_remains(struct life *l)
{
	struct family *f = &l->drain.family;
	bool waits = false;

	for (unsigned i = 0; i < l->services.count; i++)
		l->services.item[i].needed = false;
	for (unsigned i = 0; f->readable && i < f->count; i++) {
		struct service *s = left_by(l, &f->members[i]);

		if (s)
			s->needed = true;
	}
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		waits |= waits_for_rest(s);
		if (s->remains && !s->needed && service_is_dead(s))
			launch_step(l, s, SERVICE_EV_CLEANED);
	}
	return waits;
}

void session_sweep(struct life *l)
{
	int64_t began = clock_now_ms(), took;

	l->sweep_at = DURATION_INF;
	drain_tell_if(&l->drain, was_left_behind, l);
	l->rest_pending = look_for_remains(l);
	took = clock_now_ms() - began;
	l->sweep_gap = 4 * took > SWEEP_GAP_MS ? 4 * took : SWEEP_GAP_MS;
	/* Most of them become our children and say so by SIGCHLD; one whose
	 * parent lives elsewhere does not. */
	if (l->rest_pending && l->sweep_at == DURATION_INF)
		l->sweep_at = clock_now_ms() + SWEEP_SLOW_MS;
}
