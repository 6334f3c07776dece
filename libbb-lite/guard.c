/* SPDX-License-Identifier: MIT */
/*
 * guard.c - the life of one main child, as a pure state machine.
 *
 *   RUN ──stop──> STOPPING ──main ended──> DRAIN ──┐
 *    └──main ended──> GRACE ──grace over──> KILL ──┴─nobody left─> DONE
 *                     (kill-after leads from any of them to KILL)
 *
 * Nothing here makes a system call: events and the time come in, what to do
 * goes out.
 */
//kbuild:obj-y += guard.o

#include "libbb.h"

#define NOTICE_AFTER_MS	 5000
#define OUTSIDE_MS	 2000 /* docker exec gets this, and no SIGCHLD */
#define OUTSIDE_EVERY_MS 20
#define PASS_FIRST_MS	 100
#define PASS_SLOWEST_MS	 1000
#define PASS_GAP_MS	 5
#define KILL_EVERY_MS	 50
#define KILL_PASSES	 100
#define STUCK_PASSES	 20

void guard_init(struct guard *g, const struct guard_policy *policy)
{
	*g = (struct guard){
		.policy = *policy,
		.phase = GUARD_RUN,
		.kill_at = DURATION_INF,
		.notice_at = DURATION_INF,
		.outside_until = DURATION_INF,
		.pass_at = DURATION_INF,
		.pass_every = PASS_FIRST_MS,
		.pass_gap = PASS_GAP_MS,
	};
}

void guard_kill_by(struct guard *g, int64_t at_ms)
{
	g->kill_at = earlier(g->kill_at, at_ms);
}

static unsigned on_stop(struct guard *g, int64_t now_ms)
{
	if (g->phase == GUARD_RUN)
		g->phase = GUARD_STOPPING;
	else if (g->phase != GUARD_GRACE)
		return GUARD_DO_NOTHING; /* not the first one */
	guard_kill_by(g, deadline_after(now_ms, g->policy.kill_after_ms));
	return GUARD_DO_NOTHING;
}

static unsigned finish(struct guard *g)
{
	g->phase = GUARD_DONE;
	return GUARD_DO_EXIT;
}

static unsigned begin_telling(
	struct guard *g, enum guard_phase phase, int64_t now_ms)
{
	g->phase = phase;
	g->notice_at = now_ms + NOTICE_AFTER_MS;
	g->pass_at = now_ms + g->pass_every;
	return GUARD_DO_TELL;
}

static unsigned on_main_ended(struct guard *g, int64_t now_ms)
{
	if (g->policy.end_with_main)
		return finish(g);
	switch (g->phase) {
	case GUARD_RUN:
		if (g->policy.grace_ms == 0)
			return finish(g);
		g->kill_at = deadline_after(now_ms, g->policy.grace_ms);
		return begin_telling(g, GUARD_GRACE, now_ms);
	case GUARD_STOPPING:
		return begin_telling(g, GUARD_DRAIN, now_ms);
	case GUARD_DRAIN:
	case GUARD_GRACE:
	case GUARD_KILL:
	case GUARD_DONE:
		break; /* main ends once; killed, the rest goes on */
	}
	return GUARD_DO_NOTHING;
}

/* Somebody may have lost its parent and be due for telling. */
static unsigned on_child_ended(struct guard *g, int64_t now_ms)
{
	if (g->phase != GUARD_DRAIN && g->phase != GUARD_GRACE)
		return GUARD_DO_NOTHING;
	g->pass_every = PASS_FIRST_MS;
	g->pass_at = earlier(g->pass_at, now_ms + g->pass_gap);
	return GUARD_DO_NOTHING;
}

static unsigned on_outside_left(struct guard *g, int64_t now_ms)
{
	if (g->outside_until == DURATION_INF)
		g->outside_until = now_ms + OUTSIDE_MS;
	if (now_ms >= g->outside_until || g->phase == GUARD_KILL)
		return finish(g);
	g->pass_at = now_ms + OUTSIDE_EVERY_MS;
	return GUARD_DO_NOTHING;
}

static unsigned give_up(struct guard *g)
{
	return finish(g) | GUARD_DO_GIVE_UP;
}

static unsigned on_stuck(struct guard *g)
{
	if (g->phase != GUARD_KILL || ++g->stuck_passes < STUCK_PASSES)
		return GUARD_DO_NOTHING;
	return give_up(g);
}

static unsigned next_kill_pass(struct guard *g, int64_t now_ms)
{
	g->phase = GUARD_KILL;
	g->kill_at = g->notice_at = DURATION_INF;
	if (g->kill_passes == KILL_PASSES)
		return give_up(g);
	g->kill_passes++;
	g->pass_at = now_ms + KILL_EVERY_MS;
	return GUARD_DO_KILL;
}

static unsigned on_time(struct guard *g, int64_t now_ms)
{
	unsigned actions = GUARD_DO_NOTHING;

	if (now_ms >= g->kill_at ||
		(g->phase == GUARD_KILL && now_ms >= g->pass_at))
		return next_kill_pass(g, now_ms);
	if (now_ms >= g->notice_at) {
		g->notice_at = DURATION_INF;
		actions |= GUARD_DO_NOTICE;
	}
	if (now_ms >= g->pass_at) {
		g->pass_every = earlier(2 * g->pass_every, PASS_SLOWEST_MS);
		g->pass_at = now_ms + g->pass_every;
		actions |= GUARD_DO_TELL;
	}
	return actions;
}

unsigned guard_step(struct guard *g, enum guard_event event, int64_t now_ms)
{
	switch (event) {
	case GUARD_EV_STOP:
		return on_stop(g, now_ms);
	case GUARD_EV_MAIN_ENDED:
		return on_main_ended(g, now_ms);
	case GUARD_EV_CHILD_ENDED:
		return on_child_ended(g, now_ms);
	case GUARD_EV_NONE_LEFT:
		return finish(g);
	case GUARD_EV_OUTSIDE_LEFT:
		return on_outside_left(g, now_ms);
	case GUARD_EV_STUCK:
		return on_stuck(g);
	case GUARD_EV_TIME:
		return on_time(g, now_ms);
	}
	return GUARD_DO_NOTHING;
}

int64_t guard_deadline(const struct guard *g)
{
	return earlier(g->kill_at, earlier(g->notice_at, g->pass_at));
}

void guard_pass_took(struct guard *g, int64_t now_ms, int64_t took_ms)
{
	int64_t gap = 4 * took_ms;

	g->pass_gap = gap > PASS_GAP_MS ? gap : PASS_GAP_MS;
	if (g->pass_at < now_ms + g->pass_gap)
		g->pass_at = now_ms + g->pass_gap;
}
