/* SPDX-License-Identifier: MIT */
/* order_test.c - who starts and stops when; no process. */
#include "init.h"
#include "unit.h"

static struct inittab table;
static struct services all;
static char text[4096];

static void load(const char *lines)
{
	table = (struct inittab){ .count = 0 };
	strcpy(text, lines);
	inittab_parse(&table, text, strlen(text), "f", 1);
	inittab_finish(&table);
	all.count = table.count;
	for (unsigned i = 0; i < table.count; i++)
		service_init(&all.item[i], &table.entries[i], 0);
	order_update(&all, &table);
}

static void one_after_another(void)
{
	load("::respawn:r\n::sysinit:a\n::sysinit:b\n::shutdown:s\n");
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[1]);
	all.item[1].state = SERVICE_RUNNING; /* has to end first */
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[1]);
	all.item[1].state = SERVICE_ENDED;
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[2]);
	all.item[2].state = SERVICE_FAILED;
	CHECK(order_next(&all, ACTION_SYSINIT) == NULL);
	CHECK(!order_all_ended(&all));
	all.item[0].state = SERVICE_STOPPED; /* init start may come */
	CHECK(!order_all_ended(&all));
	all.item[0].state = SERVICE_ENDED;
	CHECK(order_all_ended(&all)); /* the shutdown entry does not count */
}

static void dependents_wait_and_go_first(void)
{
	struct service *db, *app;

	load(":name=app,after=db:respawn:a\n:name=db:respawn:b\n");
	app = &all.item[0];
	db = &all.item[1];
	CHECK(app->blocked && !app->doomed && !db->blocked);
	CHECK(db->needed); /* app is yet to come */
	db->state = SERVICE_RUNNING;
	order_update(&all, &table);
	CHECK(app->blocked); /* started is not ready */
	db->ready = true;
	app->state = SERVICE_RUNNING;
	order_update(&all, &table);
	CHECK(!app->blocked && db->needed && !app->needed);
	app->state = SERVICE_STOPPING;
	order_update(&all, &table);
	CHECK(db->needed);
	app->state = SERVICE_ENDED;
	order_update(&all, &table);
	CHECK(!db->needed);
}

static void failure_dooms_what_waits(void)
{
	load(":name=app,after=db,after=x:once:a\n:name=db:once:b\n"
	     ":name=x:respawn:x\n");
	all.item[1].state = SERVICE_BACKOFF;
	order_update(&all, &table);
	CHECK(all.item[0].blocked && !all.item[0].doomed);
	all.item[1].state = SERVICE_FAILED;
	order_update(&all, &table);
	CHECK(all.item[0].doomed);
	all.item[1].state = SERVICE_STOPPED; /* may be started again */
	order_update(&all, &table);
	CHECK(!all.item[0].doomed);
}

static void a_doomed_sysinit_holds_nobody_up(void)
{
	load(":name=a,after=b:sysinit:a\n:name=b:sysinit:b\n");
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[1]);
	all.item[1].state = SERVICE_FAILED;
	order_update(&all, &table);
	CHECK(order_next(&all, ACTION_SYSINIT) == &all.item[0]);
	CHECK(all.item[0].doomed);
}

static void statuses(void)
{
	load("::once:a\n:main:once:b\n::once:c\n");
	CHECK(order_main(&all) == &all.item[1]);
	CHECK_INT(order_failure(&all), 0);
	all.item[2].state = SERVICE_FAILED;
	all.item[2].ran = true;
	all.item[2].status = 9;
	CHECK_INT(order_failure(&all), 137);
	all.item[0].state = SERVICE_FAILED; /* never ran: has no status */
	CHECK_INT(order_failure(&all), 137);
	all.item[0].ran = true;
	all.item[0].status = 3 << 8;
	CHECK_INT(order_failure(&all), 3);
}

static void sorted(void)
{
	static const char *const want[] = { "s", "w", "db", "app", "web", "z" };
	unsigned short sequence[ENTRIES_MAX];

	load(":name=z:shutdown:x\n:name=web,after=app:respawn:x\n"
	     ":name=app,after=db,after=w:respawn:x\n:name=w:wait:x\n"
	     ":name=db:respawn:x\n:name=s:sysinit:x\n");
	CHECK_INT(table.error_count, 0);
	CHECK_INT(order_sort(&table, sequence), ARRAY_LEN(want));
	for (unsigned i = 0; i < ARRAY_LEN(want); i++)
		CHECK_STRING(table.entries[sequence[i]].name, want[i]);
}

static void circles_are_found(void)
{
	load(":name=a,after=b:once:x\n:name=b,after=c:once:x\n"
	     ":name=c,after=a:once:x\n:name=d:once:x\n");
	CHECK_INT(table.error_count, 3);
	CHECK(strstr(table.problems[0].why, "leads back") != NULL);
	CHECK(table.entries[0].left_out && !table.entries[3].left_out);
	load(":name=a,after=a:once:x\n");
	CHECK_INT(table.error_count, 1);
	load(":name=a,after=b:sysinit:x\n:name=b:respawn:x\n");
	CHECK_INT(table.error_count, 1);
	CHECK(strstr(table.problems[0].why, "starts later") != NULL);
}

static void order_holds_across_an_ended_one_shot(void)
{
	load(":name=db:respawn:d\n:name=migrate,after=db:once:m\n"
	     ":name=app,after=migrate:respawn:a\n");
	all.item[0].state = all.item[2].state = SERVICE_RUNNING;
	all.item[0].ready = all.item[1].ready = true;
	all.item[1].state = SERVICE_ENDED;
	order_update(&all, &table);
	CHECK(all.item[0].needed); /* app waited for what waited for it */
	all.item[2].state = SERVICE_ENDED;
	order_update(&all, &table);
	CHECK(!all.item[0].needed);
}

static const struct unit_test tests[] = {
	{ "one_after_another", one_after_another },
	{ "dependents_wait_and_go_first", dependents_wait_and_go_first },
	{ "order_holds_across_an_ended_one_shot",
		order_holds_across_an_ended_one_shot },
	{ "failure_dooms_what_waits", failure_dooms_what_waits },
	{ "a_doomed_sysinit_holds_nobody_up",
		a_doomed_sysinit_holds_nobody_up },
	{ "statuses", statuses },
	{ "sorted", sorted },
	{ "circles_are_found", circles_are_found },
};
UNIT_MAIN(tests)
