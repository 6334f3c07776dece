/* SPDX-License-Identifier: MIT */
/* guard_test.c - the life of one main child, state by state, no process. */
#include "unit.h"

static struct guard guard(int64_t grace_ms, int64_t kill_after_ms)
{
	struct guard_policy policy = { .grace_ms = grace_ms,
		.kill_after_ms = kill_after_ms };
	struct guard g;

	guard_init(&g, &policy);
	return g;
}

static void idle_has_no_deadline(void)
{
	struct guard g = guard(10000, 8000);

	CHECK_INT(g.phase, GUARD_RUN);
	CHECK_INT(guard_deadline(&g), DURATION_INF);
}

static void requested_stop_waits_for_ever(void)
{
	struct guard g = guard(10000, DURATION_INF);

	CHECK_INT(guard_step(&g, GUARD_EV_STOP, 1000), GUARD_DO_NOTHING);
	CHECK_INT(g.phase, GUARD_STOPPING);
	CHECK_INT(guard_deadline(&g), DURATION_INF);
	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 2000), GUARD_DO_TELL);
	CHECK_INT(g.phase, GUARD_DRAIN);
	for (int64_t now = guard_deadline(&g); now < 3600000;
		now = guard_deadline(&g))
		CHECK(!(guard_step(&g, GUARD_EV_TIME, now) &
			(GUARD_DO_KILL | GUARD_DO_EXIT)));
	CHECK_INT(guard_step(&g, GUARD_EV_NONE_LEFT, 3600001), GUARD_DO_EXIT);
	CHECK_INT(g.phase, GUARD_DONE);
}

static void own_end_gives_grace(void)
{
	struct guard g = guard(10000, DURATION_INF);
	unsigned actions = 0;
	int64_t now;

	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 1000), GUARD_DO_TELL);
	CHECK_INT(g.phase, GUARD_GRACE);
	while (!(actions & GUARD_DO_KILL)) {
		now = guard_deadline(&g);
		CHECK(now <= 11000);
		actions = guard_step(&g, GUARD_EV_TIME, now);
	}
	CHECK_INT(now, 11000);
	CHECK_INT(g.phase, GUARD_KILL);
}

static void no_grace_exits_at_once(void)
{
	struct guard g = guard(0, DURATION_INF);

	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 1), GUARD_DO_EXIT);
	/* ... but a requested stop has no grace of ours */
	g = guard(0, DURATION_INF);
	guard_step(&g, GUARD_EV_STOP, 1);
	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 2), GUARD_DO_TELL);
}

static void endless_grace(void)
{
	struct guard g = guard(DURATION_INF, DURATION_INF);

	guard_step(&g, GUARD_EV_MAIN_ENDED, 1);
	CHECK_INT(g.phase, GUARD_GRACE);
	CHECK_INT(g.kill_at, DURATION_INF);
}

static void kill_after_counts_from_the_first_request(void)
{
	struct guard g = guard(10000, 8000);

	guard_step(&g, GUARD_EV_STOP, 1000);
	guard_step(&g, GUARD_EV_STOP, 5000);
	CHECK_INT(guard_deadline(&g), 9000);
	CHECK_INT(guard_step(&g, GUARD_EV_TIME, 9000), GUARD_DO_KILL);
	/* main ends by the kill: the others go on being killed */
	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 9001), GUARD_DO_NOTHING);
	CHECK_INT(g.phase, GUARD_KILL);
}

static void request_during_grace(void)
{
	struct guard g = guard(10000, 3000);

	guard_step(&g, GUARD_EV_MAIN_ENDED, 1000);
	guard_step(&g, GUARD_EV_STOP, 2000);
	CHECK_INT(g.phase, GUARD_GRACE);
	CHECK_INT(g.kill_at, 5000); /* the earlier of the two */
}

static void peers_end_with_main(void)
{
	struct guard_policy policy = { .grace_ms = 10000,
		.kill_after_ms = DURATION_INF,
		.end_with_main = true };
	struct guard g;

	guard_init(&g, &policy);
	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 1), GUARD_DO_EXIT);
	guard_init(&g, &policy);
	guard_step(&g, GUARD_EV_STOP, 1);
	CHECK_INT(guard_step(&g, GUARD_EV_MAIN_ENDED, 2), GUARD_DO_EXIT);
}

static void notice_comes_once(void)
{
	struct guard g = guard(DURATION_INF, DURATION_INF);
	unsigned notices = 0;

	guard_step(&g, GUARD_EV_STOP, 0);
	guard_step(&g, GUARD_EV_MAIN_ENDED, 0);
	for (int64_t now; (now = guard_deadline(&g)) < 60000;)
		if (guard_step(&g, GUARD_EV_TIME, now) & GUARD_DO_NOTICE) {
			notices++;
			CHECK_INT(now, 5000);
		}
	CHECK_INT(notices, 1);
}

static void ends_do_not_storm(void)
{
	struct guard g = guard(DURATION_INF, DURATION_INF);
	unsigned passes = 0;

	guard_step(&g, GUARD_EV_STOP, 0);
	guard_step(&g, GUARD_EV_MAIN_ENDED, 0);
	/* 10,000 ends in one second, a pass takes 50 ms */
	for (int64_t now = 0; now < 1000; now++) {
		for (int i = 0; i < 10; i++)
			CHECK_INT(guard_step(&g, GUARD_EV_CHILD_ENDED, now),
				GUARD_DO_NOTHING);
		if (now >= guard_deadline(&g)) {
			guard_step(&g, GUARD_EV_TIME, now);
			guard_pass_took(&g, now, 50);
			passes++;
		}
	}
	CHECK(passes >= 2 && passes <= 6);
}

static void an_end_is_looked_at_soon(void)
{
	struct guard g = guard(DURATION_INF, DURATION_INF);

	guard_step(&g, GUARD_EV_STOP, 0);
	guard_step(&g, GUARD_EV_MAIN_ENDED, 0);
	for (int64_t now; (now = guard_deadline(&g)) < 60000;)
		guard_step(&g, GUARD_EV_TIME, now);
	guard_step(&g, GUARD_EV_CHILD_ENDED, 60100);
	CHECK(guard_deadline(&g) <= 60120);
}

static void killing_gives_up(void)
{
	struct guard g = guard(1000, DURATION_INF);
	unsigned passes = 0, actions = 0;

	guard_step(&g, GUARD_EV_MAIN_ENDED, 0);
	while (!(actions & GUARD_DO_EXIT)) {
		actions = guard_step(&g, GUARD_EV_TIME, guard_deadline(&g));
		passes += !!(actions & GUARD_DO_KILL);
		CHECK(passes <= 100);
	}
	CHECK_INT(passes, 100);
	CHECK(actions & GUARD_DO_GIVE_UP);
}

static void stuck_ones_are_given_up_sooner(void)
{
	struct guard g = guard(1000, DURATION_INF);
	unsigned passes = 0, actions = 0;

	guard_step(&g, GUARD_EV_MAIN_ENDED, 0);
	while (!(actions & GUARD_DO_EXIT)) {
		actions = guard_step(&g, GUARD_EV_TIME, guard_deadline(&g));
		if (actions & GUARD_DO_KILL) {
			passes++;
			actions |= guard_step(&g, GUARD_EV_STUCK, 2000);
		}
	}
	CHECK_INT(passes, 20);
	CHECK(actions & GUARD_DO_GIVE_UP);
}

static void outside_gets_two_seconds(void)
{
	struct guard g = guard(DURATION_INF, DURATION_INF);

	guard_step(&g, GUARD_EV_STOP, 0);
	guard_step(&g, GUARD_EV_MAIN_ENDED, 1000);
	CHECK_INT(
		guard_step(&g, GUARD_EV_OUTSIDE_LEFT, 1000), GUARD_DO_NOTHING);
	CHECK(guard_deadline(&g) < 1100); /* no signal tells of their end */
	CHECK_INT(
		guard_step(&g, GUARD_EV_OUTSIDE_LEFT, 2999), GUARD_DO_NOTHING);
	CHECK_INT(guard_step(&g, GUARD_EV_OUTSIDE_LEFT, 3000), GUARD_DO_EXIT);
}

static void clock_at_its_end(void)
{
	struct guard g = guard(INT64_MAX - 1, INT64_MAX - 1);

	guard_step(&g, GUARD_EV_STOP, 5000);
	CHECK_INT(g.kill_at, DURATION_INF); /* no overflow */
}

static const struct unit_test tests[] = {
	{ "idle_has_no_deadline", idle_has_no_deadline },
	{ "requested_stop_waits_for_ever", requested_stop_waits_for_ever },
	{ "own_end_gives_grace", own_end_gives_grace },
	{ "no_grace_exits_at_once", no_grace_exits_at_once },
	{ "endless_grace", endless_grace },
	{ "kill_after_counts_from_the_first_request",
		kill_after_counts_from_the_first_request },
	{ "request_during_grace", request_during_grace },
	{ "peers_end_with_main", peers_end_with_main },
	{ "notice_comes_once", notice_comes_once },
	{ "ends_do_not_storm", ends_do_not_storm },
	{ "an_end_is_looked_at_soon", an_end_is_looked_at_soon },
	{ "killing_gives_up", killing_gives_up },
	{ "stuck_ones_are_given_up_sooner", stuck_ones_are_given_up_sooner },
	{ "outside_gets_two_seconds", outside_gets_two_seconds },
	{ "clock_at_its_end", clock_at_its_end },
};
UNIT_MAIN(tests)
