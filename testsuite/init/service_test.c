/* SPDX-License-Identifier: MIT */
/* service_test.c - the life of one entry, cell by cell of the table in
 * docs/design.md; no process. */
#include "init.h"
#include "unit.h"

static struct entry entry;
static struct service item;

static struct service *service(enum action action)
{
	entry_defaults(&entry);
	entry.action = (unsigned char)action;
	service_init(&item, &entry, 0);
	return &item;
}

/* One in this state, as it gets there. */
static struct service *in_state(enum service_state state, enum action action)
{
	struct service *s = service(action);

	if (state == SERVICE_NEW)
		return s;
	service_step(s, SERVICE_EV_START, 1);
	s->pid = s->session = 7;
	s->ran = true;
	if (state == SERVICE_RUNNING)
		return s;
	if (state == SERVICE_STOPPING || state == SERVICE_STOPPED)
		service_step(s, SERVICE_EV_DOWN, 2);
	if (state == SERVICE_STOPPING)
		return s;
	if (state == SERVICE_FINISH)
		entry.finish = "/f";
	if (state == SERVICE_FAILED)
		entry.restart = RESTART_NO;
	if (state == SERVICE_ENDED)
		entry.restart = RESTART_NO;
	s->status = state == SERVICE_ENDED ? 0 : 256;
	s->pid = 0;
	service_step(s, SERVICE_EV_ENDED, 3);
	if (state == SERVICE_CLEAN)
		service_step(s, SERVICE_EV_TIME, 1003);
	return s;
}

#define SAME (-1)

static void every_cell_of_the_table(void)
{
	static const struct {
		enum service_state from;
		enum service_event event;
		enum service_action action;
		int to;
	} cells[] = {
		{ SERVICE_NEW, SERVICE_EV_START, SERVICE_DO_SPAWN,
			SERVICE_RUNNING },
		{ SERVICE_NEW, SERVICE_EV_DOOMED, 0, SERVICE_FAILED },
		{ SERVICE_NEW, SERVICE_EV_AGAIN, SERVICE_DO_SPAWN,
			SERVICE_RUNNING },
		{ SERVICE_NEW, SERVICE_EV_DOWN, 0, SERVICE_STOPPED },
		{ SERVICE_NEW, SERVICE_EV_STOP, 0, SERVICE_ENDED },
		{ SERVICE_NEW, SERVICE_EV_TIME, 0, SAME },
		{ SERVICE_RUNNING, SERVICE_EV_START, 0, SAME },
		{ SERVICE_RUNNING, SERVICE_EV_STARTED, 0, SAME },
		{ SERVICE_RUNNING, SERVICE_EV_READY, 0, SAME },
		{ SERVICE_RUNNING, SERVICE_EV_ENDED, 0, SERVICE_BACKOFF },
		{ SERVICE_RUNNING, SERVICE_EV_AGAIN, SERVICE_DO_TELL,
			SERVICE_STOPPING },
		{ SERVICE_RUNNING, SERVICE_EV_DOWN, SERVICE_DO_TELL,
			SERVICE_STOPPING },
		{ SERVICE_RUNNING, SERVICE_EV_STOP, SERVICE_DO_TELL,
			SERVICE_STOPPING },
		{ SERVICE_RUNNING, SERVICE_EV_TIME, SERVICE_DO_TELL,
			SERVICE_STOPPING },
		{ SERVICE_STOPPING, SERVICE_EV_START, 0, SAME },
		{ SERVICE_STOPPING, SERVICE_EV_READY, 0, SAME },
		{ SERVICE_STOPPING, SERVICE_EV_ENDED, 0, SERVICE_STOPPED },
		{ SERVICE_STOPPING, SERVICE_EV_DOWN, 0, SAME },
		{ SERVICE_STOPPING, SERVICE_EV_STOP, 0, SAME },
		{ SERVICE_STOPPING, SERVICE_EV_TIME, SERVICE_DO_KILL, SAME },
		{ SERVICE_FINISH, SERVICE_EV_FINISHED, 0, SERVICE_BACKOFF },
		{ SERVICE_FINISH, SERVICE_EV_STOP, 0, SAME },
		{ SERVICE_FINISH, SERVICE_EV_TIME, SERVICE_DO_KILL_HOOK, SAME },
		{ SERVICE_BACKOFF, SERVICE_EV_CLEANED, 0, SAME },
		{ SERVICE_BACKOFF, SERVICE_EV_TIME, 0, SERVICE_CLEAN },
		{ SERVICE_BACKOFF, SERVICE_EV_START, 0, SERVICE_CLEAN },
		{ SERVICE_BACKOFF, SERVICE_EV_DOWN, 0, SERVICE_STOPPED },
		{ SERVICE_BACKOFF, SERVICE_EV_STOP, 0, SERVICE_ENDED },
		{ SERVICE_CLEAN, SERVICE_EV_CLEANED, SERVICE_DO_SPAWN,
			SERVICE_RUNNING },
		{ SERVICE_CLEAN, SERVICE_EV_AGAIN, 0, SAME },
		{ SERVICE_CLEAN, SERVICE_EV_DOWN, 0, SERVICE_STOPPED },
		{ SERVICE_CLEAN, SERVICE_EV_STOP, 0, SERVICE_ENDED },
		{ SERVICE_CLEAN, SERVICE_EV_TIME, SERVICE_DO_KILL_REST, SAME },
		{ SERVICE_STOPPED, SERVICE_EV_START, 0, SERVICE_CLEAN },
		{ SERVICE_STOPPED, SERVICE_EV_STOP, 0, SAME },
		{ SERVICE_ENDED, SERVICE_EV_START, 0, SERVICE_CLEAN },
		{ SERVICE_ENDED, SERVICE_EV_DOWN, 0, SAME },
		{ SERVICE_ENDED, SERVICE_EV_STOP, 0, SAME },
		{ SERVICE_FAILED, SERVICE_EV_AGAIN, 0, SERVICE_CLEAN },
		{ SERVICE_FAILED, SERVICE_EV_STOP, 0, SAME },
		{ SERVICE_STOPPED, SERVICE_EV_TIME, SERVICE_DO_KILL_REST,
			SAME },
		{ SERVICE_ENDED, SERVICE_EV_TIME, SERVICE_DO_KILL_REST, SAME },
		{ SERVICE_FAILED, SERVICE_EV_TIME, SERVICE_DO_KILL_REST, SAME },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cells); i++) {
		struct service *s = in_state(cells[i].from, ACTION_RESPAWN);

		printf("state %d, event %d\n", cells[i].from, cells[i].event);
		CHECK_INT(s->state, cells[i].from);
		CHECK_INT(
			service_step(s, cells[i].event, 2000), cells[i].action);
		CHECK_INT(s->state,
			cells[i].to == SAME ? (int)cells[i].from : cells[i].to);
	}
}

static void once_runs_once(void)
{
	struct service *s = service(ACTION_ONCE);

	CHECK_INT(service_step(s, SERVICE_EV_START, 5), SERVICE_DO_SPAWN);
	CHECK_INT(service_step(s, SERVICE_EV_STARTED, 5), SERVICE_DO_NOTHING);
	CHECK(!s->ready); /* ready is: ended with 0 */
	CHECK_INT(service_step(s, SERVICE_EV_ENDED, 6), SERVICE_DO_NOTHING);
	CHECK_INT(s->state, SERVICE_ENDED);
	CHECK(s->ready);
	CHECK_INT(s->due_ms, DURATION_INF);
	s = service(ACTION_ONCE);
	entry.main = true; /* as main, too */
	service_step(s, SERVICE_EV_START, 5);
	service_step(s, SERVICE_EV_STARTED, 5);
	CHECK(!s->ready);
	s = service(ACTION_ONCE);
	service_step(s, SERVICE_EV_START, 5);
	s->status = 256;
	service_step(s, SERVICE_EV_ENDED, 6);
	CHECK_INT(s->state, SERVICE_FAILED);
	CHECK(!s->ready);
}

/* Ended at `now`, its session empty. */
static void end_clean(struct service *s, int64_t now)
{
	service_step(s, SERVICE_EV_ENDED, now);
	service_step(s, SERVICE_EV_CLEANED, now);
}

static void respawn_backs_off(void)
{
	static const int64_t delays[] = { 1000, 2000, 4000, 8000, 16000, 30000,
		30000 };
	struct service *s = service(ACTION_RESPAWN);
	int64_t now = 100;

	service_step(s, SERVICE_EV_START, now);
	for (unsigned i = 0; i < ARRAY_LEN(delays); i++) {
		now += 10;
		end_clean(s, now);
		CHECK_INT(s->state, SERVICE_BACKOFF);
		CHECK_INT(s->due_ms - now, delays[i]);
		now = s->due_ms;
		CHECK_INT(service_step(s, SERVICE_EV_TIME, now),
			SERVICE_DO_SPAWN);
	}
	CHECK_INT(s->restarts, ARRAY_LEN(delays));
	/* A long run makes it quick again. */
	now += 30000;
	end_clean(s, now);
	CHECK_INT(s->due_ms - now, 1000);
}

/* There was no session whose end a restart could wait for. */
static void a_start_without_a_process_is_tried_again(void)
{
	struct service *s = service(ACTION_RESPAWN);

	for (int64_t now = 1, tries = 0; tries < 3; tries++) {
		CHECK_INT(service_step(s,
				  tries ? SERVICE_EV_TIME : SERVICE_EV_START,
				  now),
			SERVICE_DO_SPAWN);
		s->status = 125 << 8;
		service_step(s, SERVICE_EV_ENDED, now);
		CHECK_INT(s->state, SERVICE_BACKOFF);
		now = s->due_ms;
	}
}

/* What it has left is killed in its own time, not when the restart is due. */
static void what_is_left_has_its_own_time(void)
{
	struct service *s = service(ACTION_RESPAWN);

	entry.delay_ms = entry.delay_max_ms = 5000;
	entry.grace_ms = 300;
	s->session = 7;
	service_step(s, SERVICE_EV_START, 1);
	service_step(s, SERVICE_EV_ENDED, 100);
	CHECK_INT(s->due_ms, 400);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, 400), SERVICE_DO_KILL_REST);
	CHECK_INT(s->due_ms, 5100);
	service_step(s, SERVICE_EV_CLEANED, 410);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, 5100), SERVICE_DO_SPAWN);
	/* gone before its time: nothing is killed */
	service_step(s, SERVICE_EV_ENDED, 6000);
	service_step(s, SERVICE_EV_CLEANED, 6001);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, s->due_ms),
		SERVICE_DO_NOTHING);
	CHECK_INT(
		service_step(s, SERVICE_EV_TIME, s->due_ms), SERVICE_DO_SPAWN);
}

static void delay_of_nothing_is_no_storm(void)
{
	static const int64_t delays[] = { 0, 100, 200, 250, 250 };
	struct service *s = service(ACTION_RESPAWN);

	entry.delay_ms = 0;
	entry.delay_max_ms = 250;
	service_step(s, SERVICE_EV_START, 1);
	for (unsigned i = 0; i < ARRAY_LEN(delays); i++) {
		end_clean(s, 2);
		CHECK_INT(s->due_ms, 2 + delays[i]);
		service_step(s, SERVICE_EV_TIME, s->due_ms);
	}
}

static void restart_policies(void)
{
	static const struct {
		enum restart_policy policy;
		int status;
		enum service_state state;
		bool ready;
	} ends[] = {
		{ RESTART_ALWAYS, 0, SERVICE_BACKOFF, false },
		{ RESTART_ALWAYS, 9, SERVICE_BACKOFF, false },
		{ RESTART_FAILURE, 0, SERVICE_ENDED, true },
		{ RESTART_FAILURE, 256, SERVICE_BACKOFF, false },
		{ RESTART_NO, 0, SERVICE_ENDED, true },
		{ RESTART_NO, 9, SERVICE_FAILED, false },
	};

	for (unsigned i = 0; i < ARRAY_LEN(ends); i++) {
		struct service *s = service(ACTION_RESPAWN);

		entry.restart = (unsigned char)ends[i].policy;
		service_step(s, SERVICE_EV_START, 1);
		s->status = ends[i].status;
		end_clean(s, 2);
		CHECK_INT(s->state, ends[i].state);
		CHECK_INT(s->ready, ends[i].ready);
	}
}

static void restarts_are_counted_in_time(void)
{
	struct service *s = service(ACTION_RESPAWN);

	entry.delay_ms = 0;
	entry.delay_max_ms = 0;
	entry.restarts = 2;
	entry.restarts_in_ms = 10000;
	service_step(s, SERVICE_EV_START, 1);
	for (int64_t now = 1000; now <= 2000; now += 1000) {
		end_clean(s, now);
		CHECK_INT(s->state, SERVICE_BACKOFF);
		service_step(s, SERVICE_EV_TIME, now);
	}
	/* The third, but the first is 10.001 s ago. */
	end_clean(s, 11001);
	CHECK_INT(s->state, SERVICE_BACKOFF);
	service_step(s, SERVICE_EV_TIME, 11001);
	end_clean(s, 12000); /* 2000, 11001: one more within 10 s */
	CHECK_INT(s->state, SERVICE_FAILED);
	/* init start gives it all of them again */
	CHECK_INT(service_step(s, SERVICE_EV_START, 12001), SERVICE_DO_SPAWN);
	end_clean(s, 12002);
	CHECK_INT(s->state, SERVICE_BACKOFF);
	s = service(ACTION_RESPAWN);
	entry.restarts = 0;
	service_step(s, SERVICE_EV_START, 1);
	end_clean(s, 2);
	CHECK_INT(s->state, SERVICE_FAILED);
}

static void readiness(void)
{
	struct service *s = service(ACTION_RESPAWN);

	service_step(s, SERVICE_EV_START, 1);
	CHECK(!s->ready);
	service_step(s, SERVICE_EV_STARTED, 2);
	CHECK(s->ready); /* started is ready */
	s = service(ACTION_RESPAWN);
	entry.notify_fd = 3;
	entry.ready_timeout_ms = 500;
	service_step(s, SERVICE_EV_START, 1);
	service_step(s, SERVICE_EV_STARTED, 2);
	CHECK(!s->ready);
	CHECK_INT(s->due_ms, 501);
	service_step(s, SERVICE_EV_READY, 3);
	CHECK(s->ready);
	CHECK_INT(s->due_ms, DURATION_INF);
	/* not in time: told, and failed when it has ended */
	s = service(ACTION_RESPAWN);
	entry.notify_socket = true;
	entry.ready_timeout_ms = 500;
	service_step(s, SERVICE_EV_START, 1);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, 501), SERVICE_DO_TELL);
	CHECK_INT(s->due_ms, 10501);
	service_step(s, SERVICE_EV_ENDED, 600);
	CHECK_INT(s->state, SERVICE_FAILED);
}

static void stop_wins_in_every_state(void)
{
	for (int state = SERVICE_NEW; state <= SERVICE_FAILED; state++) {
		struct service *s = in_state(state, ACTION_RESPAWN);

		printf("state %d\n", state);
		service_step(s, SERVICE_EV_STOP, 2000);
		CHECK_INT(s->goal, GOAL_GONE);
		/* in a requested stop nobody is killed */
		if (s->state == SERVICE_STOPPING)
			CHECK_INT(s->due_ms, DURATION_INF);
		if (s->state == SERVICE_FINISH)
			service_step(s, SERVICE_EV_FINISHED, 2100);
		else
			service_step(s, SERVICE_EV_ENDED, 2100);
		CHECK(s->state >= SERVICE_STOPPED);
		CHECK_INT(s->due_ms, DURATION_INF);
		CHECK_INT(service_step(s, SERVICE_EV_START, 2200),
			SERVICE_DO_NOTHING);
		CHECK_INT(service_step(s, SERVICE_EV_AGAIN, 2200),
			SERVICE_DO_NOTHING);
	}
}

static void graces(void)
{
	struct service *s = in_state(SERVICE_STOPPING, ACTION_ONCE);

	CHECK_INT(s->due_ms, 10002); /* init stop: 10 s */
	service_step(s, SERVICE_EV_STOP, 5000);
	CHECK_INT(s->due_ms, DURATION_INF);
	s = in_state(SERVICE_RUNNING, ACTION_ONCE);
	entry.grace_ms = 500;
	service_step(s, SERVICE_EV_STOP, 1000);
	CHECK_INT(s->due_ms, 1500);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, 1500), SERVICE_DO_KILL);
	CHECK_INT(s->due_ms, DURATION_INF);
	/* what it left: KILL after grace, else 10 s */
	s = in_state(SERVICE_CLEAN, ACTION_RESPAWN);
	CHECK_INT(s->due_ms, 10003);
}

static void goals_while_stopping(void)
{
	struct service *s = in_state(SERVICE_RUNNING, ACTION_RESPAWN);

	service_step(s, SERVICE_EV_AGAIN, 10);
	service_step(s, SERVICE_EV_ENDED, 20);
	CHECK_INT(s->state, SERVICE_CLEAN);
	CHECK_INT(service_step(s, SERVICE_EV_CLEANED, 21), SERVICE_DO_SPAWN);
	CHECK_INT(s->restarts, 0); /* it was asked for */
	service_step(s, SERVICE_EV_DOWN, 30);
	service_step(s, SERVICE_EV_START, 31); /* init start meanwhile */
	service_step(s, SERVICE_EV_ENDED, 32);
	CHECK_INT(s->state, SERVICE_CLEAN);
}

static void an_occasion_that_comes_again_is_not_lost(void)
{
	struct service *s = in_state(SERVICE_RUNNING, ACTION_CTRLALTDEL);

	CHECK_INT(service_step(s, SERVICE_EV_START, 10), 0);
	CHECK_INT(service_step(s, SERVICE_EV_START, 11), 0);
	CHECK_INT(service_step(s, SERVICE_EV_ENDED, 20), SERVICE_DO_SPAWN);
	service_step(s, SERVICE_EV_ENDED, 30);
	CHECK_INT(s->state, SERVICE_ENDED);
	s = in_state(SERVICE_RUNNING, ACTION_CTRLALTDEL);
	service_step(s, SERVICE_EV_START, 10);
	service_step(s, SERVICE_EV_STOP, 11);
	service_step(s, SERVICE_EV_ENDED, 12);
	CHECK_INT(s->state, SERVICE_ENDED);
}

static void finish_comes_after_every_end(void)
{
	struct service *s = in_state(SERVICE_RUNNING, ACTION_RESPAWN);

	entry.finish = "/f";
	CHECK_INT(service_step(s, SERVICE_EV_ENDED, 100), SERVICE_DO_FINISH);
	CHECK_INT(s->due_ms, 10100);
	service_step(s, SERVICE_EV_FINISHED, 600);
	CHECK_INT(s->due_ms, 1100); /* the delay counts from the end */
	s = in_state(SERVICE_STOPPING, ACTION_ONCE);
	entry.finish = "/f";
	CHECK_INT(service_step(s, SERVICE_EV_ENDED, 100), SERVICE_DO_FINISH);
	service_step(s, SERVICE_EV_FINISHED, 600);
	CHECK_INT(s->state, SERVICE_STOPPED);
}

static void a_changed_entry_counts_from_the_next_start(void)
{
	static struct entry changed;
	struct service *s = in_state(SERVICE_RUNNING, ACTION_RESPAWN);

	changed = entry;
	s->next = &changed;
	service_step(s, SERVICE_EV_AGAIN, 10);
	CHECK(s->entry == &entry); /* its stop= stops it */
	service_step(s, SERVICE_EV_ENDED, 20);
	service_step(s, SERVICE_EV_CLEANED, 20);
	CHECK_INT(s->state, SERVICE_NEW); /* it may come after others now */
	service_step(s, SERVICE_EV_START, 30);
	CHECK_INT(s->state, SERVICE_RUNNING);
	CHECK(s->entry == &changed && !s->next);
}

static const struct unit_test tests[] = {
	{ "every_cell_of_the_table", every_cell_of_the_table },
	{ "once_runs_once", once_runs_once },
	{ "respawn_backs_off", respawn_backs_off },
	{ "a_start_without_a_process_is_tried_again",
		a_start_without_a_process_is_tried_again },
	{ "what_is_left_has_its_own_time", what_is_left_has_its_own_time },
	{ "delay_of_nothing_is_no_storm", delay_of_nothing_is_no_storm },
	{ "restart_policies", restart_policies },
	{ "restarts_are_counted_in_time", restarts_are_counted_in_time },
	{ "readiness", readiness },
	{ "stop_wins_in_every_state", stop_wins_in_every_state },
	{ "graces", graces },
	{ "goals_while_stopping", goals_while_stopping },
	{ "finish_comes_after_every_end", finish_comes_after_every_end },
	{ "an_occasion_that_comes_again_is_not_lost",
		an_occasion_that_comes_again_is_not_lost },
	{ "a_changed_entry_counts_from_the_next_start",
		a_changed_entry_counts_from_the_next_start },
};
UNIT_MAIN(tests)
