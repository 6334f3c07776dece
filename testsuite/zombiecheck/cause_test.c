/* SPDX-License-Identifier: MIT */
/* cause_test.c - facts to causes, and the notation of ranges. */
#include "unit.h"
#include "zombiecheck.h"

#define CHLD ((uint64_t)1 << (SIGCHLD - 1))

/* A child of an ordinary parent that does not wait. */
static struct facts plain(void)
{
	struct facts f = { .threads = 1,
		.ppid = 50,
		.session = 7,
		.pgrp = 7,
		.parent = { .state = 'S', .session = 7, .pgrp = 7 } };

	f.status.field[STATUS_NS_PID] = 50;
	strcpy(f.parent.comm, "app");
	return f;
}

static void each_fact_has_its_cause(void)
{
	struct facts f = plain();

	CHECK_INT(cause_of(&f), CAUSE_NO_WAIT);
	f.status.field[STATUS_IGNORED] = CHLD;
	CHECK_INT(cause_of(&f), CAUSE_IGNORE_LATE);
	f.status.field[STATUS_NS_PID] = 1;
	CHECK_INT(cause_of(&f), CAUSE_INIT_SAME_SESSION);
	f.session = 8;
	CHECK_INT(cause_of(&f), CAUSE_INIT_ADOPTED);
	strcpy(f.parent.comm, "conmon");
	CHECK_INT(cause_of(&f), CAUSE_RUNTIME);
	f.status.field[STATUS_BLOCKED] = CHLD;
	CHECK_INT(cause_of(&f), CAUSE_RUNTIME);
	f.status.field[STATUS_SHARED_PENDING] = CHLD;
	CHECK_INT(cause_of(&f), CAUSE_SIGCHLD_STUCK);
	f.parent.flags = 0x4;
	CHECK_INT(cause_of(&f), CAUSE_NS_EXITING);
	f.parent.state = 'Z';
	CHECK_INT(cause_of(&f), CAUSE_PARENT_LEADER_DEAD);
	f.parent.state = 'D';
	CHECK_INT(cause_of(&f), CAUSE_PARENT_BLOCKED);
	f.parent.state = 'T';
	CHECK_INT(cause_of(&f), CAUSE_PARENT_STOPPED);
	f.parent.state = 't';
	CHECK_INT(cause_of(&f), CAUSE_PARENT_STOPPED);
	f.frozen = true;
	CHECK_INT(cause_of(&f), CAUSE_FROZEN);
	f.ppid = 0;
	CHECK_INT(cause_of(&f), CAUSE_OUTSIDE);
	f.tracer = 9;
	CHECK_INT(cause_of(&f), CAUSE_TRACED);
	f.tracer = -1;
	CHECK_INT(cause_of(&f), CAUSE_UNKNOWN);
	/* A debugger that is the parent has to wait as any other. */
	f.tracer = f.ppid = 9;
	CHECK_INT(cause_of(&f), CAUSE_FROZEN);
	f.tracer = -1;
	f.threads = 2;
	CHECK_INT(cause_of(&f), CAUSE_THREADS_ALIVE);
}

static void a_group_of_its_own_is_adopted_too(void)
{
	struct facts f = plain();

	f.status.field[STATUS_NS_PID] = 1;
	f.pgrp = 9;
	CHECK_INT(cause_of(&f), CAUSE_INIT_ADOPTED);
}

static void an_orphan_has_a_session_that_is_not_its_own(void)
{
	struct zombie z = { .pid = 30, .session = 20 };

	CHECK(is_orphan(&z, 1));
	CHECK(is_orphan(&z, 0));
	/* That a child of PID 1 can have, too. */
	CHECK(!is_orphan(&z, 20));
	z.session = 30;
	CHECK(!is_orphan(&z, 1));
	z.session = 0;
	CHECK(!is_orphan(&z, 1));
}

static void only_an_init_ends_a_namespace(void)
{
	struct facts f = plain();

	f.parent.flags = 0x4;
	CHECK_INT(cause_of(&f), CAUSE_NO_WAIT);
	f.status.field[STATUS_NS_PID] = 1;
	CHECK_INT(cause_of(&f), CAUSE_NS_EXITING);
}

static void a_hidden_parent_is_unknown(void)
{
	struct facts f = plain();

	f.parent.state = '\0';
	CHECK_INT(cause_of(&f), CAUSE_UNKNOWN);
}

static void runtimes_by_name(void)
{
	static const char *const names[] = { "containerd-shim",
		"containerd-shim-", "conmon", "dockerd", "runc", "crun",
		"kubelet" };
	struct facts f = plain();

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		strcpy(f.parent.comm, names[i]);
		CHECK_INT(cause_of(&f), CAUSE_RUNTIME);
	}
	strcpy(f.parent.comm, "runcd");
	CHECK_INT(cause_of(&f), CAUSE_NO_WAIT);
}

static void every_cause_has_its_words(void)
{
	const struct advice_context context = { "app", 50, 51, false };

	for (int cause = 0; cause < CAUSES; cause++) {
		char buffer[256];
		struct text t = TEXT_ON(buffer);

		CHECK(cause_name((enum cause)cause)[0]);
		text_advice(&t, (enum cause)cause, &context);
		CHECK(cause == CAUSE_THREADS_ALIVE || t.used > 0);
		CHECK(!memchr(buffer, '$', t.used));
		CHECK(t.used <= 78);
	}
}

static void ranges(void)
{
	static const struct {
		const char *word;
		const char *alarms; /* of -2, 0, 4, 5, 10, 11 */
	} rows[] = {
		{ "0", "101111" },
		{ "10", "100001" },
		{ "10:", "111100" },
		{ "~:10", "000001" },
		{ "5:10", "111001" },
		{ "@5:10", "000110" },
		{ "-3:4", "000111" },
	};
	static const int values[] = { -2, 0, 4, 5, 10, 11 };

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct range r;

		printf("%s\n", rows[i].word);
		CHECK(parse_range(rows[i].word, &r) == NULL);
		for (unsigned j = 0; j < ARRAY_LEN(values); j++)
			CHECK_INT(range_alarms(&r, values[j]),
				rows[i].alarms[j] == '1');
	}
}

static void words_that_are_no_range(void)
{
	static const char *const bad[] = { "", "@", "x", "1:2:3", "10:5", "~",
		"5:~", "1.5", "--1", "99999999999999999999999999", "1 ", ":" };
	struct range r;

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		printf("%s\n", bad[i]);
		CHECK(parse_range(bad[i], &r) != NULL);
	}
}

static const struct unit_test tests[] = {
	{ "each_fact_has_its_cause", each_fact_has_its_cause },
	{ "a_group_of_its_own_is_adopted_too",
		a_group_of_its_own_is_adopted_too },
	{ "an_orphan_has_a_session_that_is_not_its_own",
		an_orphan_has_a_session_that_is_not_its_own },
	{ "only_an_init_ends_a_namespace", only_an_init_ends_a_namespace },
	{ "a_hidden_parent_is_unknown", a_hidden_parent_is_unknown },
	{ "runtimes_by_name", runtimes_by_name },
	{ "every_cause_has_its_words", every_cause_has_its_words },
	{ "ranges", ranges },
	{ "words_that_are_no_range", words_that_are_no_range },
};
UNIT_MAIN(tests)
