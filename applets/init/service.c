/* SPDX-License-Identifier: MIT */
/*
 * service.c - the life of one entry, as a pure state machine.
 *
 *   NEW ─start─> RUNNING ─ended─> BACKOFF ─time─> RUNNING   (respawn)
 *                   │    └─ended─> ENDED                    (everything else)
 *                   └─stop─> STOPPING ─time─> (kill) ─ended─> ENDED
 *   stop in NEW and BACKOFF leads to ENDED at once.
 */
#include "init.h"

#define DELAY_FIRST_MS 1000
#define DELAY_MAX_MS   30000

static enum service_action start(struct service *s, int64_t now_ms)
{
	s->state = SERVICE_RUNNING;
	s->since_ms = now_ms;
	s->due_ms = DURATION_INF;
	return SERVICE_DO_SPAWN;
}

static enum service_action end(struct service *s)
{
	s->state = SERVICE_ENDED;
	s->due_ms = DURATION_INF;
	return SERVICE_DO_NOTHING;
}

/* The delay doubles with each restart, and begins anew after a long run. */
static enum service_action back_off(struct service *s, int64_t now_ms)
{
	if (s->delay_ms == 0 || now_ms - s->since_ms >= DELAY_MAX_MS)
		s->delay_ms = DELAY_FIRST_MS;
	else if (s->delay_ms < DELAY_MAX_MS)
		s->delay_ms *= 2;
	if (s->delay_ms > DELAY_MAX_MS)
		s->delay_ms = DELAY_MAX_MS;
	s->state = SERVICE_BACKOFF;
	s->due_ms = deadline_after(now_ms, s->delay_ms);
	return SERVICE_DO_NOTHING;
}

static enum service_action step_running(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_ENDED)
		return s->entry->action == ACTION_RESPAWN ? back_off(s, now_ms)
							  : end(s);
	if (event == SERVICE_EV_STOP) {
		s->state = SERVICE_STOPPING;
		s->due_ms = deadline_after(now_ms, s->entry->grace_ms);
		return SERVICE_DO_TELL;
	}
	return SERVICE_DO_NOTHING;
}

static enum service_action step_stopping(
	struct service *s, enum service_event event)
{
	if (event == SERVICE_EV_ENDED)
		return end(s);
	if (event == SERVICE_EV_TIME) {
		s->due_ms = DURATION_INF;
		return SERVICE_DO_KILL;
	}
	return SERVICE_DO_NOTHING;
}

enum service_action service_step(
	struct service *s, enum service_event event, int64_t now_ms)
{
	switch (s->state) {
	case SERVICE_NEW:
		if (event == SERVICE_EV_START)
			return start(s, now_ms);
		if (event == SERVICE_EV_STOP)
			return end(s);
		break;
	case SERVICE_RUNNING:
		return step_running(s, event, now_ms);
	case SERVICE_BACKOFF:
		if (event == SERVICE_EV_TIME)
			return start(s, now_ms);
		if (event == SERVICE_EV_STOP)
			return end(s);
		break;
	case SERVICE_STOPPING:
		return step_stopping(s, event);
	case SERVICE_ENDED:
		break;
	}
	return SERVICE_DO_NOTHING;
}
