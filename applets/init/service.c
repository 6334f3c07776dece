/* SPDX-License-Identifier: MIT */
/*
 * service.c - the life of one entry, as a pure state machine.
 *
 *   NEW ─start─> RUNNING ─stop, down, again, not ready─> STOPPING
 *                   └──────────ended──────────┬────────ended─┘
 *                                          (FINISH)
 *        by goal and action: BACKOFF ─time─> (CLEAN) ─> RUNNING
 *                            STOPPED, ENDED or FAILED
 *
 * docs/design.md has the table; each case here is one of its cells.
 */
#include "init.h"

#define GRACE_MS       10000 /* of init stop and restart */
#define FINISH_MS      10000
#define DELAY_FLOOR_MS 100 /* of the second restart: no storm by delay=0 */

void service_init(struct service *s, const struct entry *entry, int64_t now_ms)
{
	*s = (struct service){
		.entry = entry,
		.since_ms = now_ms,
		.report_fd = -1,
		.notify_fd = -1,
		.due_ms = DURATION_INF,
		.state = entry->left_out ? SERVICE_ENDED : SERVICE_NEW,
	};
}

bool service_is_down(const struct service *s)
{
	return s->state >= SERVICE_STOPPED ||
	       (s->state == SERVICE_NEW &&
		       action_is_occasion(s->entry->action));
}

bool service_is_dead(const struct service *s)
{
	return s->session != 0 && s->pid == 0;
}

int service_exit_status(const struct service *s)
{
	int status = s->ran ? wstatus_to_exit(s->status) : 0;

	return status == 0 && s->state == SERVICE_FAILED ? EXIT_FAILURE_OWN
							 : status;
}

/* From now on it is what the files say since they were read again. */
static void take_next(struct service *s)
{
	if (!s->next)
		return;
	s->entry = s->next;
	s->next = NULL;
}

/* How long it, or what it leaves, has until KILL. */
static int64_t grace_of(const struct service *s, int64_t by_default)
{
	return s->entry->grace_ms == NOT_GIVEN_MS ? by_default
						  : s->entry->grace_ms;
}

/* Not inline: for size. */
__attribute__((noinline)) static enum service_action go_to(
	struct service *s, enum service_state state, int64_t now_ms)
{
	s->state = state;
	s->since_ms = now_ms;
	s->due_ms = DURATION_INF;
	if (state >= SERVICE_STOPPED) {
		if (s->remains)
			s->due_ms = deadline_after(s->ended_ms,
				grace_of(s, s->goal == GOAL_DOWN
						    ? GRACE_MS
						    : DURATION_INF));
		take_next(s);
	}
	return SERVICE_DO_NOTHING;
}

/* Budget and delay of restarts, and what was said, count from anew. */
static void begin_anew(struct service *s)
{
	memset(s->restart_at, 0, sizeof(s->restart_at));
	s->delayed = false;
	s->failure.error = 0;
}

void service_renew(struct service *s, int64_t now_ms)
{
	if (s->state < SERVICE_BACKOFF || s->state == SERVICE_STOPPED ||
		s->entry->left_out)
		return;
	s->goal = GOAL_UP;
	s->ready = false;
	begin_anew(s);
	go_to(s, SERVICE_NEW, now_ms);
}

static enum service_action start(struct service *s, int64_t now_ms)
{
	take_next(s);
	go_to(s, SERVICE_RUNNING, now_ms);
	s->goal = GOAL_UP;
	s->ready = false;
	s->started_ms = now_ms;
	s->due_ms = deadline_after(now_ms, s->entry->ready_timeout_ms);
	return SERVICE_DO_SPAWN;
}

static enum service_action start_when_clean(struct service *s, int64_t now_ms)
{
	if (!s->remains)
		return start(s, now_ms);
	go_to(s, SERVICE_CLEAN, now_ms);
	s->due_ms = deadline_after(s->ended_ms, grace_of(s, GRACE_MS));
	return SERVICE_DO_NOTHING;
}

static void set_goal(struct service *s, enum service_goal goal)
{
	if (s->goal != GOAL_GONE)
		s->goal = goal;
}

/* In a requested stop nobody is killed, unless grace= says so. */
static void set_kill_time(struct service *s)
{
	s->due_ms = deadline_after(s->told_ms,
		grace_of(s, s->goal == GOAL_GONE ? DURATION_INF : GRACE_MS));
}

static enum service_action tell(
	struct service *s, enum service_goal goal, int64_t now_ms)
{
	go_to(s, SERVICE_STOPPING, now_ms);
	set_goal(s, goal);
	s->ready = false;
	s->told_ms = now_ms;
	set_kill_time(s);
	return SERVICE_DO_TELL;
}

/* More than N restarts in any D: the N-th last one is younger than that. */
static bool restarts_are_used_up(struct service *s, int64_t now_ms)
{
	unsigned limit = s->entry->restarts;
	int64_t *oldest;

	if (limit == RESTARTS_INF)
		return false;
	if (limit == 0)
		return true;
	oldest = &s->restart_at[s->restarts % limit];
	if (*oldest != 0 && now_ms - *oldest <= s->entry->restarts_in_ms)
		return true;
	*oldest = now_ms;
	return false;
}

static int64_t restart_at(const struct service *s)
{
	return deadline_after(s->ended_ms, s->delay_ms);
}

/* The delay doubles with each restart, and begins anew after a long run. */
static enum service_action back_off(struct service *s, int64_t now_ms)
{
	const struct entry *e = s->entry;

	if (!s->delayed || s->ended_ms - s->started_ms >= e->delay_max_ms)
		s->delay_ms = e->delay_ms;
	else if (s->delay_ms < DELAY_FLOOR_MS)
		s->delay_ms = DELAY_FLOOR_MS;
	else if (s->delay_ms < e->delay_max_ms)
		s->delay_ms *= 2;
	if (s->delay_ms > e->delay_max_ms)
		s->delay_ms = e->delay_max_ms;
	s->delayed = true;
	s->restarts++;
	go_to(s, SERVICE_BACKOFF, now_ms);
	s->due_ms = restart_at(s);
	if (s->remains)
		s->due_ms = earlier(s->due_ms,
			deadline_after(s->ended_ms, grace_of(s, GRACE_MS)));
	return SERVICE_DO_NOTHING;
}

/* It ended by itself: again, or for good? */
static enum service_action end_by_itself(struct service *s, int64_t now_ms)
{
	bool failed = s->status != 0;

	if (action_is_kept(s->entry->action) &&
		(s->entry->restart == RESTART_ALWAYS ||
			(s->entry->restart == RESTART_FAILURE && failed)))
		return restarts_are_used_up(s, now_ms)
			       ? go_to(s, SERVICE_FAILED, now_ms)
			       : back_off(s, now_ms);
	s->ready = !failed;
	return go_to(s, failed ? SERVICE_FAILED : SERVICE_ENDED, now_ms);
}

static enum service_action settle(struct service *s, int64_t now_ms)
{
	if (s->last && s->goal != GOAL_FAIL &&
		(s->goal == GOAL_AGAIN || action_is_kept(s->entry->action)))
		s->goal = GOAL_GONE;
	switch (s->goal) {
	case GOAL_UP:
		return end_by_itself(s, now_ms);
	case GOAL_AGAIN:
		/* A changed one may come after others now. */
		return s->next ? go_to(s, SERVICE_NEW, now_ms)
			       : start_when_clean(s, now_ms);
	case GOAL_DOWN:
		return go_to(s, SERVICE_STOPPED, now_ms);
	case GOAL_FAIL:
		return go_to(s, SERVICE_FAILED, now_ms);
	case GOAL_GONE:
		break;
	}
	return go_to(s, SERVICE_ENDED, now_ms);
}

static enum service_action ended(struct service *s, int64_t now_ms)
{
	s->ready = false;
	s->ended_ms = now_ms;
	/* where no start ever came to a process, no session is its own */
	s->remains = action_is_kept(s->entry->action) && s->session != 0;
	if (!s->entry->finish)
		return settle(s, now_ms);
	go_to(s, SERVICE_FINISH, now_ms);
	s->due_ms = now_ms + FINISH_MS;
	return SERVICE_DO_FINISH;
}

static enum service_action become_ready(struct service *s)
{
	s->ready = true;
	s->due_ms = DURATION_INF;
	return SERVICE_DO_NOTHING;
}

/* The goal that an event of the outside sets; GOAL_UP for none. */
static enum service_goal goal_of(enum service_event event)
{
	return event == SERVICE_EV_STOP	   ? GOAL_GONE
	       : event == SERVICE_EV_DOWN  ? GOAL_DOWN
	       : event == SERVICE_EV_AGAIN ? GOAL_AGAIN
					   : GOAL_UP;
}

static enum service_action step_running(
	struct service *s, enum service_event event, int64_t now_ms)
{
	const struct entry *e = s->entry;

	if (event == SERVICE_EV_ENDED)
		return ended(s, now_ms);
	if (event == SERVICE_EV_READY ||
		(event == SERVICE_EV_STARTED && action_is_kept(e->action) &&
			e->notify_fd == NOT_GIVEN && !e->notify_socket))
		return become_ready(s);
	if (event == SERVICE_EV_TIME)
		return tell(s, GOAL_FAIL, now_ms);
	if (goal_of(event) != GOAL_UP)
		return tell(s, goal_of(event), now_ms);
	/* Its occasion has come again: once more, when this run has ended. */
	if (event == SERVICE_EV_START && action_is_occasion(e->action))
		s->goal = GOAL_AGAIN;
	return SERVICE_DO_NOTHING;
}

static enum service_action step_stopping(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_ENDED)
		return ended(s, now_ms);
	if (event == SERVICE_EV_TIME) {
		s->due_ms = DURATION_INF;
		return SERVICE_DO_KILL;
	}
	if (event == SERVICE_EV_START)
		event = SERVICE_EV_AGAIN;
	if (goal_of(event) != GOAL_UP) {
		set_goal(s, goal_of(event));
		set_kill_time(s);
	}
	return SERVICE_DO_NOTHING;
}

static enum service_action step_finish(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_FINISHED)
		return settle(s, now_ms);
	if (event == SERVICE_EV_TIME) {
		s->due_ms = DURATION_INF;
		return SERVICE_DO_KILL_HOOK;
	}
	if (event == SERVICE_EV_START)
		event = SERVICE_EV_AGAIN;
	if (goal_of(event) != GOAL_UP)
		set_goal(s, goal_of(event));
	return SERVICE_DO_NOTHING;
}

/* No process, and what the outside wants happens at once. */
static enum service_action step_idle(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_AGAIN || event == SERVICE_EV_START)
		return start_when_clean(s, now_ms);
	if (event != SERVICE_EV_STOP && event != SERVICE_EV_DOWN)
		return SERVICE_DO_NOTHING;
	s->goal = goal_of(event);
	return go_to(s,
		event == SERVICE_EV_STOP ? SERVICE_ENDED : SERVICE_STOPPED,
		now_ms);
}

/* Its time has come, or that of what it left. */
static enum service_action step_backoff(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event != SERVICE_EV_TIME)
		return step_idle(s, event, now_ms);
	if (now_ms >= restart_at(s))
		return start_when_clean(s, now_ms);
	s->due_ms = restart_at(s);
	return s->remains ? SERVICE_DO_KILL_REST : SERVICE_DO_NOTHING;
}

static enum service_action step_clean(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_CLEANED)
		return start(s, now_ms);
	if (event == SERVICE_EV_TIME) {
		s->due_ms = DURATION_INF;
		return SERVICE_DO_KILL_REST;
	}
	if (event == SERVICE_EV_AGAIN || event == SERVICE_EV_START)
		return SERVICE_DO_NOTHING; /* as soon as it can be */
	return step_idle(s, event, now_ms);
}

/* It stays as it is, unless init start or restart calls it up. */
static enum service_action step_down(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_STOP) {
		s->goal = GOAL_GONE;
		return go_to(s, s->state, now_ms); /* due by another time */
	}
	if (event == SERVICE_EV_TIME) {
		s->due_ms = DURATION_INF;
		return s->remains ? SERVICE_DO_KILL_REST : SERVICE_DO_NOTHING;
	}
	if (s->goal == GOAL_GONE ||
		(event != SERVICE_EV_START && event != SERVICE_EV_AGAIN))
		return SERVICE_DO_NOTHING;
	return start_when_clean(s, now_ms);
}

enum service_action service_step(
	struct service *s, enum service_event event, int64_t now_ms)
{
	if (event == SERVICE_EV_CLEANED)
		s->remains = false;
	if (event == SERVICE_EV_START || event == SERVICE_EV_AGAIN)
		begin_anew(s); /* by request, or its line has changed */
	switch (s->state) {
	case SERVICE_NEW:
		if (event == SERVICE_EV_DOOMED)
			return go_to(s, SERVICE_FAILED, now_ms);
		return step_idle(s, event, now_ms);
	case SERVICE_RUNNING:
		return step_running(s, event, now_ms);
	case SERVICE_STOPPING:
		return step_stopping(s, event, now_ms);
	case SERVICE_FINISH:
		return step_finish(s, event, now_ms);
	case SERVICE_BACKOFF:
		return step_backoff(s, event, now_ms);
	case SERVICE_CLEAN:
		return step_clean(s, event, now_ms);
	case SERVICE_STOPPED:
	case SERVICE_ENDED:
	case SERVICE_FAILED:
		return step_down(s, event, now_ms);
	}
	return SERVICE_DO_NOTHING;
}
