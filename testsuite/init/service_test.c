/* SPDX-License-Identifier: MIT */
/* service_test.c - the life of one entry and the order of all; no process. */
#include "init.h"
#include "unit.h"

static struct entry entries[4];
static struct services all;

static struct service *service(enum action action)
{
	entries[0] =
		(struct entry){ .action = action, .grace_ms = DURATION_INF };
	all.item[0] = (struct service){ .entry = &entries[0],
		.due_ms = DURATION_INF };
	return &all.item[0];
}

static void once_runs_once(void)
{
	struct service *s = service(ACTION_ONCE);

	CHECK_INT(service_step(s, SERVICE_EV_START, 5), SERVICE_DO_SPAWN);
	CHECK_INT(s->state, SERVICE_RUNNING);
	CHECK_INT(service_step(s, SERVICE_EV_ENDED, 6), SERVICE_DO_NOTHING);
	CHECK_INT(s->state, SERVICE_ENDED);
	CHECK_INT(service_step(s, SERVICE_EV_START, 7), SERVICE_DO_NOTHING);
	CHECK_INT(service_step(s, SERVICE_EV_STOP, 7), SERVICE_DO_NOTHING);
	CHECK_INT(s->due_ms, DURATION_INF);
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
		CHECK_INT(service_step(s, SERVICE_EV_ENDED, now),
			SERVICE_DO_NOTHING);
		CHECK_INT(s->state, SERVICE_BACKOFF);
		CHECK_INT(s->due_ms - now, delays[i]);
		now = s->due_ms;
		CHECK_INT(service_step(s, SERVICE_EV_TIME, now),
			SERVICE_DO_SPAWN);
	}
	/* A long run makes it quick again. */
	now += 30000;
	service_step(s, SERVICE_EV_ENDED, now);
	CHECK_INT(s->due_ms - now, 1000);
}

static void stop_wins_in_every_state(void)
{
	struct service *s = service(ACTION_RESPAWN);

	CHECK_INT(service_step(s, SERVICE_EV_STOP, 1), SERVICE_DO_NOTHING);
	CHECK_INT(s->state, SERVICE_ENDED); /* never started: never will be */
	s = service(ACTION_RESPAWN);
	service_step(s, SERVICE_EV_START, 1);
	service_step(s, SERVICE_EV_ENDED, 2);
	CHECK_INT(service_step(s, SERVICE_EV_STOP, 3), SERVICE_DO_NOTHING);
	CHECK_INT(s->state, SERVICE_ENDED); /* no restart is left over */
	CHECK_INT(s->due_ms, DURATION_INF);
	s = service(ACTION_RESPAWN);
	service_step(s, SERVICE_EV_START, 1);
	CHECK_INT(service_step(s, SERVICE_EV_STOP, 2), SERVICE_DO_TELL);
	CHECK_INT(service_step(s, SERVICE_EV_STOP, 3), SERVICE_DO_NOTHING);
	CHECK_INT(s->due_ms, DURATION_INF); /* grace inf: no KILL of ours */
	service_step(s, SERVICE_EV_ENDED, 9);
	CHECK_INT(s->state, SERVICE_ENDED);
}

static void grace_ends_in_one_kill(void)
{
	struct service *s = service(ACTION_ONCE);

	entries[0].grace_ms = 500;
	service_step(s, SERVICE_EV_START, 1);
	service_step(s, SERVICE_EV_STOP, 1000);
	CHECK_INT(s->due_ms, 1500);
	CHECK_INT(service_step(s, SERVICE_EV_TIME, 1500), SERVICE_DO_KILL);
	CHECK_INT(s->due_ms, DURATION_INF);
	service_step(s, SERVICE_EV_ENDED, 1501);
	CHECK_INT(s->state, SERVICE_ENDED);
}

static void order_of_four(void)
{
	static const enum action actions[] = { ACTION_RESPAWN, ACTION_SYSINIT,
		ACTION_SYSINIT, ACTION_SHUTDOWN };

	all.count = ARRAY_LEN(actions);
	for (unsigned i = 0; i < all.count; i++) {
		entries[i] = (struct entry){ .action = actions[i] };
		all.item[i] = (struct service){ .entry = &entries[i] };
	}
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[1]);
	all.item[1].state = SERVICE_ENDED;
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[2]);
	all.item[2].state = SERVICE_RUNNING; /* has to end first */
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[2]);
	all.item[2].state = SERVICE_ENDED;
	CHECK(order_next(&all, ACTION_SYSINIT) == NULL);
	CHECK(!order_all_ended(&all));
	all.item[0].state = SERVICE_ENDED;
	CHECK(order_all_ended(&all)); /* the shutdown entry does not count */
	CHECK(order_main(&all) == NULL);
	entries[0].main = true;
	CHECK(order_main(&all) == &all.item[0]);
	CHECK_INT(order_failure(&all), 0);
	all.item[2].ran = true;
	all.item[2].status = 3 << 8;
	CHECK_INT(order_failure(&all), 3);
}

static const struct unit_test tests[] = {
	{ "once_runs_once", once_runs_once },
	{ "respawn_backs_off", respawn_backs_off },
	{ "stop_wins_in_every_state", stop_wins_in_every_state },
	{ "grace_ends_in_one_kill", grace_ends_in_one_kill },
	{ "order_of_four", order_of_four },
};
UNIT_MAIN(tests)
