/* SPDX-License-Identifier: MIT */
/*
 * shell.c - signals through shells to the programs that they run.
 *
 * Programs get a signal at once. Who has to wait for somebody else stands in
 * the list `later`: a shell, so that its traps fire and its loops end after
 * its program was told; a wrapper, which would relay the signal or die and
 * leave what it runs; the reader of a pipe, which must not lose what the
 * writer still has to say. What a shell starts while it stands there is told,
 * too; what it starts after it was told is its clean-up.
 */
//kbuild:obj-y += shell.o

#include "libbb.h"
#include <unistd.h>

#define SHELL_WAITS_MS	100  /* for what it runs */
#define READER_WAITS_MS 100  /* for the end of file to end it */
#define READER_LIMIT_MS 2000 /* ... and to work its pipe off */
#define IDLE_LOOKS	3    /* a shell has no child in so many: it runs none */
#define CHILD_SLOW_MS	50   /* a told child that lives so long cleans up */
#define PASS_SOON_MS	2
#define PASS_FIRST_MS	10
#define PASS_SLOWEST_MS 500

/* What one pass needs. */
struct walk {
	struct look look;
	int64_t began_ms, now_ms;
	int error; /* errno of the last signal that failed, 0 */
	bool soon; /* somebody is to be looked at again at once */
};

static bool is_entry(const struct later *l, const struct member *m)
{
	return l->pid == m->pid && l->start_ticks == m->start_ticks;
}

struct later *shell_find_later(
	struct shell *sh, unsigned first, const struct member *m)
{
	for (unsigned i = first; i < sh->count; i++)
		if (is_entry(&sh->later[i], m))
			return &sh->later[i];
	return NULL;
}

static struct member *entry_member(struct walk *w, const struct later *l)
{
	struct member *m = family_find(w->look.family, l->pid);

	return m && is_entry(l, m) ? m : NULL;
}

/* The pipe that m reads from, or 0. */
static uint64_t pipe_read(struct walk *w, struct member *m)
{
	uint64_t pipe = pipe_of(&w->look, m, STDIN_FILENO);

	if (pipe == PIPE_UNKNOWN)
		note(w->look.shell->who, 1,
			"cannot see what process %d reads from: it does not "
			"wait for the writer",
			m->pid);
	return pipe > PIPE_LAST ? pipe : 0;
}

static void send_now(
	struct walk *w, struct member *m, const struct shell_order *o)
{
	if (family_send(w->look.family, m, o->signal, o->stop, o->had_it) < 0) {
		if (errno != ESRCH)
			w->error = errno;
		return;
	}
	if (!o->stop)
		return;
	m->told = true;
	for (unsigned i = 0; i < w->look.shell->count; i++)
		if (w->look.shell->later[i].pid == m->ppid)
			w->look.shell->later[i].told_below_ms = w->now_ms;
}

/* m has come within reach: it is sent soon (see send_reached), or noted down
 * for later. */
static void reach(struct walk *w, struct member *m, const struct shell_order *o)
{
	struct shell *sh = w->look.shell;
	enum role role = proc_role(w->look.proc_fd, m->pid);

	if ((role == ROLE_PROGRAM && !pipe_read(w, m)) ||
		sh->count == LATER_MAX) {
		m->reached = true;
		return;
	}
	/* Who is stopped reads nothing, and reports no end. */
	if (m->state == 'T' && role != ROLE_SHELL &&
		(o->stop || o->signal == SIGCONT))
		family_signal(m, SIGCONT);
	sh->later[sh->count++] = (struct later){
		.pid = m->pid,
		.start_ticks = m->start_ticks,
		.order = *o,
		.made_ms = w->now_ms,
		.since_ms = w->now_ms,
		.role = role,
	};
}

/* Reach what the entry numbered `at` runs. Who stands in the list from `first`
 * on is left alone, and so is who was told, unless the order is a new one. */
static void reach_below(struct walk *w, unsigned at, unsigned first, bool fresh)
{
	const struct later l = w->look.shell->later[at];
	struct family *f = w->look.family;

	if (l.role == ROLE_PROGRAM)
		return;
	for (unsigned i = 0; i < f->count; i++) {
		struct member *m = &f->members[i];

		if (m->ppid == l.pid && (fresh || !m->told) &&
			!shell_find_later(w->look.shell, first, m))
			reach(w, m, &l.order);
	}
}

/* Tell whoever was reached and need not wait. First it is seen which of the
 * readers, in the list from `first` on, have a writer: that one may end before
 * we look again. */
static void send_reached(
	struct walk *w, unsigned first, const struct shell_order *o)
{
	struct shell *sh = w->look.shell;
	struct family *f = w->look.family;

	for (unsigned i = first; i < sh->count; i++) {
		struct member *m = entry_member(w, &sh->later[i]);

		sh->later[i].held = m && pipeline_holds(&w->look, m, o->stop);
	}
	for (unsigned i = 0; i < f->count; i++) {
		if (f->members[i].reached)
			send_now(w, &f->members[i], o);
		f->members[i].reached = false;
	}
}

/* The same for what the entry numbered `at` has started since. */
static void send_below(struct walk *w, unsigned at)
{
	const struct shell_order o = w->look.shell->later[at].order;
	unsigned first = w->look.shell->count;

	reach_below(w, at, 0, false);
	send_reached(w, first, &o);
}

/* ---- who has to wait ------------------------------------------------- */

/* A reader that is about to end by itself. Its time begins with the first look
 * that finds no writer; one that is at work may just have emptied its pipe. */
static bool is_finishing(struct walk *w, struct later *l, struct member *m)
{
	bool held = pipeline_holds(&w->look, m, l->order.stop);
	int64_t waited;

	if (held || l->held)
		l->since_ms = w->now_ms;
	l->was_held |= held || l->held;
	l->held = held;
	waited = w->now_ms - l->since_ms;
	if (held || !l->was_held || waited < READER_WAITS_MS)
		return l->was_held;
	return waited < READER_LIMIT_MS &&
	       (m->state == 'R' || m->state == 'D' ||
		       proc_pipe_bytes(w->look.proc_fd, m->pid) > 0);
}

/*
 * A shell is told while it waits for a program, not while it may be about to
 * start one: its trap would fire only after that one's end, and to us that one
 * would look like the trap's clean-up. So its turn comes when it has a child
 * that was not told (it is, right afterwards), or when the told ones do not
 * seem to end soon, or when it has had none for a while.
 */
static bool is_waiting_shell(
	struct walk *w, struct later *l, const struct member *m)
{
	const struct later *below; /* due: it is told in this pass */
	struct family *f = w->look.family;
	bool child = false;

	for (unsigned i = 0; i < f->count; i++) {
		if (f->members[i].ppid != m->pid)
			continue;
		child = true;
		below = shell_find_later(w->look.shell, 0, &f->members[i]);
		if (!f->members[i].told && !(below && below->due))
			return true;
	}
	w->soon = true;
	l->idle_looks = child ? 0 : l->idle_looks + 1;
	return child ? w->now_ms - l->told_below_ms >= CHILD_SLOW_MS
		     : l->idle_looks >= IDLE_LOOKS;
}

static bool is_due(struct walk *w, struct later *l, struct member *m)
{
	if (m->pgrp == l->order.had_it)
		return true;
	/* It may have become another program. */
	l->role = proc_role(w->look.proc_fd, m->pid);
	if (is_finishing(w, l, m))
		return false;
	switch (l->role) {
	case ROLE_SHELL:
		/* One that seems to run nothing does not need the time. */
		return (w->now_ms - l->since_ms >= SHELL_WAITS_MS ||
			       !family_has_child(w->look.family, m->pid)) &&
		       is_waiting_shell(w, l, m);
	case ROLE_WRAPPER:
		/* Without a child it ends by itself. */
		if (family_has_child(w->look.family, m->pid))
			l->since_ms = w->now_ms;
		return w->now_ms - l->since_ms >= SHELL_WAITS_MS;
	case ROLE_PROGRAM:
		break;
	}
	return true;
}

/*
 * Whose turn is it? From below to above, so that a shell is not told in the
 * pass that tells its child. What a shell starts meanwhile is reached with it:
 * a loop's turns may work on a pipe's last lines.
 */
static void choose(struct walk *w)
{
	struct shell *sh = w->look.shell;

	for (unsigned i = sh->count; i-- > 0;) {
		struct later *l = &sh->later[i];
		struct member *m = entry_member(w, l);

		l->due = m && is_due(w, l, m);
	}
	for (unsigned i = 0; i < sh->count; i++)
		if (!sh->later[i].due && sh->later[i].order.stop &&
			sh->later[i].role == ROLE_WRAPPER)
			send_below(w, i);
}

/* True if the entry numbered `at` has to stay in the list. Only a stop waits for
 * others' ends; another signal is not sent to who has to, so late it could only
 * harm. A shell is told before what it has started since. */
static bool serve(struct walk *w, unsigned at)
{
	struct later *l = &w->look.shell->later[at];
	struct member *m = entry_member(w, l);

	if (!m)
		return false;
	if (!l->due)
		return l->order.stop ||
		       (l->role == ROLE_SHELL && !l->was_held) ||
		       w->now_ms - l->made_ms < SHELL_WAITS_MS;
	send_now(w, m, &l->order);
	if (l->order.stop)
		send_below(w, at);
	return false;
}

/* Who was reached last stands lowest: it is served first. */
static void serve_all(struct walk *w)
{
	struct shell *sh = w->look.shell;
	unsigned kept = 0;

	for (unsigned i = sh->count; i-- > 0;)
		if (!serve(w, i))
			sh->later[i].pid = 0;
	for (unsigned i = 0; i < sh->count; i++)
		if (sh->later[i].pid != 0)
			sh->later[kept++] = sh->later[i];
	sh->count = kept;
}

static bool walk_begin(struct walk *w, struct shell *sh, struct family *f)
{
	*w = (struct walk){ .look = { .shell = sh, .family = f },
		.began_ms = clock_now_ms() };
	family_look(f);
	w->look.proc_fd = f->readable ? proc_open("/proc", NULL) : -1;
	f->readable = w->look.proc_fd >= 0;
	w->now_ms = clock_now_ms();
	return w->look.proc_fd >= 0;
}

static void walk_end(struct walk *w)
{
	struct shell *sh = w->look.shell;
	int64_t now, gap;

	choose(w);
	serve_all(w);
	close(w->look.proc_fd);
	now = clock_now_ms();
	gap = 4 * (now - w->began_ms);
	if (w->soon)
		gap += PASS_SOON_MS;
	else if (gap < sh->pass_every_ms)
		gap = sh->pass_every_ms;
	sh->next_ms = sh->count > 0 ? now + gap : DURATION_INF;
}

static void pass(struct shell *sh, struct family *f)
{
	struct walk w;

	sh->pass_every_ms = earlier(sh->pass_every_ms * 5 / 4, PASS_SLOWEST_MS);
	sh->next_ms = clock_now_ms() + PASS_SLOWEST_MS;
	if (walk_begin(&w, sh, f))
		walk_end(&w);
}

static int send(struct shell *sh, struct family *f, const struct shell_order *o)
{
	unsigned first = sh->count;
	struct walk w;

	if (!walk_begin(&w, sh, f))
		return -1;
	sh->pass_every_ms = PASS_FIRST_MS;
	for (unsigned i = 0; i < f->count; i++) {
		struct member *m = &f->members[i];

		if (o->root ? m->pid == o->root
			    : m->ppid == f->self && (o->again || !m->told) &&
					m->relation == REL_OURS &&
					!shell_find_later(sh, 0, m))
			reach(&w, m, o);
	}
	/* Not in sight (a list that was cut, or hidepid), but ours. */
	if (o->root && !family_find(f, o->root) &&
		signal_send(o->root, o->signal) < 0 && errno != ESRCH)
		w.error = errno;
	for (unsigned i = first; i < sh->count; i++)
		reach_below(&w, i, first, o->root != 0 || o->again);
	send_reached(&w, first, o);
	walk_end(&w);
	errno = w.error;
	return w.error ? -1 : 0;
}

static bool waits(struct shell *sh, const struct member *m)
{
	const struct later *l = shell_find_later(sh, 0, m);

	return l && l->order.stop;
}

void shell_init(struct shell *sh, const struct speaker *who)
{
	sh->who = who;
	sh->send = send;
	sh->pass = pass;
	sh->waits = waits;
	sh->next_ms = DURATION_INF;
}
