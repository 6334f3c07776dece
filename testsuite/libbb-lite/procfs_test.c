/* SPDX-License-Identifier: MIT */
/* procfs_test.c - /proc/PID/stat lines, true and hostile. */
#include "unit.h"

#define TAIL " 1 2 3 34817 2 4194560 10 20 30 40 1 2 3 4 20 0 5 0 987654 0 0"

static int parse(const char *line, struct proc_stat *out)
{
	/* Without the NUL, and with the sanitizer right behind the end. */
	size_t length = strlen(line);
	char *copy = malloc(length + !length);
	int result;

	memcpy(copy, line, length);
	result = proc_parse_stat(copy, length, out);
	free(copy);
	return result;
}

static void an_ordinary_line(void)
{
	struct proc_stat s;

	CHECK_INT(parse("4711 (nginx) S" TAIL "\n", &s), 0);
	CHECK_INT(s.pid, 4711);
	CHECK_STRING(s.comm, "nginx");
	CHECK_INT(s.state, 'S');
	CHECK_INT(s.ppid, 1);
	CHECK_INT(s.pgrp, 2);
	CHECK_INT(s.session, 3);
	CHECK_INT(s.flags, 4194560);
	CHECK_INT(s.threads, 5);
	CHECK_INT(s.start_ticks, 987654);
}

static void strange_names(void)
{
	static const char *const names[] = { "", "a) Z 1 (", ") R 1 2 3", "((",
		"))", "a b", "new\nline", "\x1b[31m", ")" };

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		char line[256];
		struct proc_stat s;

		snprintf(line, sizeof(line), "5 (%s) Z" TAIL "\n", names[i]);
		CHECK_INT(parse(line, &s), 0);
		CHECK_STRING(s.comm, names[i]);
		CHECK_INT(s.state, 'Z');
		CHECK_INT(s.ppid, 1);
	}
}

static void an_overlong_name_is_cut(void)
{
	char line[600], name[300];
	struct proc_stat s;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(line, sizeof(line), "5 (%s) S" TAIL, name);
	CHECK_INT(parse(line, &s), 0);
	CHECK_INT(strlen(s.comm), sizeof(s.comm) - 1);
	CHECK_INT(s.ppid, 1);
}

static void truncated_lines(void)
{
	static const char full[] = "4711 (nginx) S" TAIL " 0";
	struct proc_stat s;
	int good = 0;

	/* Every prefix is either refused or complete up to the start time. */
	for (size_t length = 0; length <= strlen(full); length++) {
		char line[sizeof(full)];

		memcpy(line, full, length);
		line[length] = '\0';
		if (parse(line, &s) < 0)
			continue;
		good++;
		CHECK(strstr(line, " 987654 ") != NULL);
	}
	CHECK(good > 0);
}

static void nonsense(void)
{
	static const char *const bad[] = { "", "\n", ")", "(", "()", "1", "1 (",
		"1 (a", "1 (a)", "1 (a) ", "(a) S 1", "x (a) S" TAIL,
		"1(a) S" TAIL, "99999999999 (a) S" TAIL, "1 (a)S" TAIL,
		"1 (a) S 1 2 x 3 4 5", "1 (a) \xc2" TAIL, "1 (a) \x1b" TAIL,
		"1 (a) ?" TAIL, "1 (a) @" TAIL, "1 (a) [" TAIL, "1 (a) {" TAIL,
		"1 (a) \xe1" TAIL };

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		struct proc_stat s;

		printf("%s\n", bad[i]);
		CHECK_INT(parse(bad[i], &s), -1);
		CHECK_INT(errno, EINVAL);
	}
}

static void numbers_beyond_all_bounds(void)
{
	struct proc_stat s;

	CHECK_INT(parse("2147483649 (a) S" TAIL, &s), -1);
	CHECK_INT(parse("1 (a) S -9223372036854775808 -2 99999999999999999999 0"
			" 0 0 0 0 0 0 0 0 0 0 0 0 1 0 7 0",
			  &s),
		0);
	CHECK_INT(s.pgrp, -2);
	CHECK_INT(s.start_ticks, 7);
}

static void who_is_dead(void)
{
	CHECK(proc_is_dead(&(struct proc_stat){ .state = 'Z', .threads = 1 }));
	CHECK(!proc_is_dead(&(struct proc_stat){ .state = 'Z', .threads = 3 }));
	CHECK(!proc_is_dead(&(struct proc_stat){ .state = 'S', .threads = 1 }));
	CHECK(proc_is_dead(&(struct proc_stat){ .state = 'X', .threads = 0 }));
}

static const struct unit_test tests[] = {
	{ "an_ordinary_line", an_ordinary_line },
	{ "strange_names", strange_names },
	{ "an_overlong_name_is_cut", an_overlong_name_is_cut },
	{ "truncated_lines", truncated_lines },
	{ "nonsense", nonsense },
	{ "numbers_beyond_all_bounds", numbers_beyond_all_bounds },
	{ "who_is_dead", who_is_dead },
};
UNIT_MAIN(tests)
