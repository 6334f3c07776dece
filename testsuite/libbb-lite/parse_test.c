/* SPDX-License-Identifier: MIT */
/* parse_test.c - parse.c and signal_names.c, word by word. */
#include "unit.h"

static void durations(void)
{
	static const struct {
		const char *word;
		int64_t ms;
	} good[] = {
		{ "500ms", 500 },
		{ "8s", 8000 },
		{ "1m30s", 90000 },
		{ "2h", 7200000 },
		{ "0.5", 500 },
		{ "0", 0 },
		{ "3", 3000 },
		{ "inf", DURATION_INF },
		{ "1h1m1s1ms", 3661001 },
		{ "0ms", 0 },
		{ "0.001", 1 },
		{ "0.0001", 1 },
		{ "1.0", 1000 },
		{ "0.0009", 1 },
		{ "007s", 7000 },
		{ "1.9999", 2000 },
		{ "9223372036854775", INT64_C(9223372036854775000) },
	};

	for (unsigned i = 0; i < ARRAY_LEN(good); i++) {
		int64_t ms = -1;

		printf("%s\n", good[i].word);
		CHECK(!parse_duration_ms(good[i].word, &ms));
		CHECK_INT(ms, good[i].ms);
	}
}

static void bad_durations(void)
{
	static const char *const bad[] = { "", "-1", "-1s", "+1", " 1", "1 ",
		"s", "ms", "1x", "1d", "s1", "1s1m", "1s1s", "1h2h", ".5", "5.",
		"1.5s", "0.5.5", "1,5", "INF", "infinite", "1S", "0x10", "1e3",
		"9223372036854775808", "18446744073709551616",
		"9223372036854776", "99999999999999999999ms", "1m30",
		"2562047788016h", "1\n" };

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t ms = -7;

		printf("%s\n", bad[i]);
		CHECK(parse_duration_ms(bad[i], &ms) != NULL);
		CHECK_INT(ms, -7);
	}
}

static void signals(void)
{
	static const struct {
		const char *word;
		int number;
	} good[] = {
		{ "TERM", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "15", 15 },
		{ "term", SIGTERM },
		{ "SigHup", SIGHUP },
		{ "RTMIN", 34 },
		{ "RTMIN+3", 37 },
		{ "SIGRTMIN+0", 34 },
		{ "RTMAX", 64 },
		{ "rtmax-1", 63 },
		{ "SIGRTMAX-30", 34 },
		{ "1", 1 },
		{ "64", 64 },
		{ "PWR", SIGPWR },
		{ "CHLD", SIGCHLD },
		{ "POLL", SIGIO },
		{ "WINCH", SIGWINCH },
		{ "32", 32 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(good); i++) {
		int number = -1;

		printf("%s\n", good[i].word);
		CHECK(!parse_signal(good[i].word, &number));
		CHECK_INT(number, good[i].number);
	}
}

static void bad_signals(void)
{
	static const char *const bad[] = { "", "0", "-1", "SIG", "TERMX",
		SIGNAL_MAX == 64 ? "65" : "128", "SIGSIGTERM", "RTMIN-1",
		"RTMIN+31", "RTMAX+1", "RTMAX-31", "RTMIN+", "RTMINX",
		"RTMIN+ 1", "15 ", "NULL", "SIG15" };

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		int number = -7;

		printf("%s\n", bad[i]);
		CHECK(parse_signal(bad[i], &number) != NULL);
		CHECK_INT(number, -7);
	}
}

static void signal_words(void)
{
	/* Every number has a word that reads back as that number. */
	for (int number = 1; number <= SIGNAL_MAX; number++) {
		char buffer[24];
		struct text text = TEXT_ON(buffer);
		int back = -1;

		text_signal(&text, number);
		if (strncmp(buffer, "signal ", 7) == 0) {
			CHECK(number == 32 || number == 33 ||
				number > SIGNAL_RTMAX);
			continue;
		}
		CHECK(!parse_signal(buffer, &back));
		CHECK_INT(back, number);
	}
}

static void numbers(void)
{
	uint64_t n = 7;

	CHECK(!parse_unsigned("0", 0, &n));
	CHECK_INT(n, 0);
	CHECK(!parse_unsigned("255", 255, &n));
	CHECK_INT(n, 255);
	CHECK(parse_unsigned("256", 255, &n) != NULL);
	CHECK(parse_unsigned("", 9, &n) != NULL);
	CHECK(parse_unsigned("-1", 9, &n) != NULL);
	CHECK(parse_unsigned("1a", 9, &n) != NULL);
	CHECK(parse_unsigned("18446744073709551616", UINT64_MAX, &n) != NULL);
	CHECK_INT(n, 255);
}

static void maps(void)
{
	struct signal_map map = { .to = { 0 } };

	CHECK(!parse_signal_map("TERM:QUIT", &map));
	CHECK_INT(map.to[SIGTERM], SIGQUIT);
	CHECK(!parse_signal_map("QUIT:TERM", &map)); /* a swap */
	CHECK(!parse_signal_map("HUP:0", &map));
	CHECK_INT(map.to[SIGHUP], -1);
	CHECK(!parse_signal_map("37:SIGRTMAX", &map));
	CHECK_INT(map.to[37], 64);
	CHECK(parse_signal_map("TERM:INT", &map) != NULL); /* twice */
	CHECK(parse_signal_map("TERM", &map) != NULL);
	CHECK(parse_signal_map("", &map) != NULL);
	CHECK(parse_signal_map(":", &map) != NULL);
	CHECK(parse_signal_map("USR1:", &map) != NULL);
	CHECK(parse_signal_map("USR1:NOPE", &map) != NULL);
	CHECK(parse_signal_map("KILL:TERM", &map) != NULL);
	CHECK(parse_signal_map("0:TERM", &map) != NULL);
	CHECK(parse_signal_map("AVERYLONGWORDTHATISNOSIGNAL:TERM", &map) !=
		NULL);
	CHECK_INT(map.to[SIGUSR1], 0);
}

static void words(void)
{
	const char *list = "one\0two\0three\0";

	CHECK_INT(word_index(list, "one"), 0);
	CHECK_INT(word_index(list, "three"), 2);
	CHECK_INT(word_index(list, "thre"), -1);
	CHECK_INT(word_index(list, "twoo"), -1);
	CHECK_INT(word_index(list, ""), -1);
	CHECK_INT(word_index("", "one"), -1);
	CHECK_STRING(word_at(list, 0), "one");
	CHECK_STRING(word_at(list, 2), "three");
	CHECK_STRING(word_at(list, 3), "");
}

static void beginnings(void)
{
	CHECK_STRING(behind("NAME=", "NAME=value"), "value");
	CHECK_STRING(behind("NAME=", "NAME="), "");
	CHECK_STRING(behind("", "NAME"), "NAME");
	CHECK(!behind("NAME=", "NAME"));
	CHECK(!behind("NAME", "name"));
	CHECK(!behind("NAME", ""));
}

static const struct unit_test tests[] = {
	{ "durations", durations },
	{ "bad_durations", bad_durations },
	{ "signals", signals },
	{ "bad_signals", bad_signals },
	{ "signal_words", signal_words },
	{ "numbers", numbers },
	{ "maps", maps },
	{ "words", words },
	{ "beginnings", beginnings },
};
UNIT_MAIN(tests)
