/* SPDX-License-Identifier: MIT */
/* options_test.c - the option table, from argv and from the environment. */
#include "unit.h"

struct values {
	bool flag;
	int count, signal, choice;
	int64_t wait_ms;
	struct sigmask signals;
	struct code_set codes;
	const char *word;
	struct string_list words;
};

#define OPTION(letter, name, kind, member, place) \
	OPTION_SPEC(struct values, letter, name, kind, member, place)
static const struct option_spec specs[] = {
	OPTION('f', "flag", OPTION_FLAG, flag, OPTION_ANYWHERE),
	OPTION('v', "verbose", OPTION_COUNT, count, OPTION_ANYWHERE),
	OPTION('p', "signal", OPTION_SIGNAL, signal, OPTION_ANYWHERE),
	OPTION('w', "wait-ms", OPTION_DURATION, wait_ms, OPTION_ANYWHERE),
	OPTION(0, "signals", OPTION_SIGNALS, signals, OPTION_ANYWHERE),
	OPTION('e', "codes", OPTION_CODES, codes, OPTION_ANYWHERE),
	OPTION('s', "word", OPTION_STRING, word, OPTION_ARGV),
	OPTION('l', "words", OPTION_STRINGS, words, OPTION_ANYWHERE),
	OPTION('c', "colour\0red\0blue\0", OPTION_CHOICE, choice,
		OPTION_ANYWHERE),
	OPTION(0, "quiet", OPTION_FLAG, flag, OPTION_ENVIRONMENT),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

static struct values values;
static struct options o;

/* Parse argv[0..count-1] (and envp) with everything new. */
static enum options_outcome parse(int count, char **argv, char **envp)
{
	static const char *words[STRING_LIST_MAX];

	values = (struct values){ .choice = -1, .words.item = words };
	o = (struct options){
		.specs = specs, .count = ARRAY_LEN(specs), .values = &values
	};
	return options_parse(&o, count, argv, envp);
}
#define PARSE(envp, ...)                                   \
	parse((int)ARRAY_LEN(((char *[]){ __VA_ARGS__ })), \
		(char *[]){ __VA_ARGS__, NULL }, envp)

static void command_line(void)
{
	CHECK(PARSE(NULL, "x", "-fvv", "-p", "HUP", "--wait-ms=2s", "-e7", "-e",
		      "8", "--signals", "37", "--signals", "QUIT", "-sword",
		      "--words", "a", "-l", "b", "--colour=blue", "cmd",
		      "-v") == OPTIONS_OK);
	CHECK(values.flag);
	CHECK_INT(values.count, 2);
	CHECK_INT(values.signal, SIGHUP);
	CHECK_INT(values.wait_ms, 2000);
	CHECK(code_set_has(&values.codes, 7) && code_set_has(&values.codes, 8));
	CHECK(!code_set_has(&values.codes, 9));
	CHECK(sigmask_has(&values.signals, 37));
	CHECK(sigmask_has(&values.signals, SIGQUIT));
	CHECK(!sigmask_has(&values.signals, SIGHUP));
	CHECK_STRING(values.word, "word");
	CHECK_INT(values.words.count, 2);
	CHECK_STRING(values.words.item[1], "b");
	CHECK_INT(values.choice, 1);
	CHECK_INT(o.next, 18);
	CHECK(!o.dashes);
}

static void where_it_stops(void)
{
	CHECK(PARSE(NULL, "x", "-v", "--", "-v") == OPTIONS_OK);
	CHECK_INT(o.next, 3);
	CHECK(o.dashes);
	CHECK(PARSE(NULL, "x", "-", "-v") == OPTIONS_OK);
	CHECK_INT(o.next, 1);
	CHECK(PARSE(NULL, "x", "", "-v") == OPTIONS_OK);
	CHECK_INT(o.next, 1);
	CHECK(PARSE(NULL, "x") == OPTIONS_OK);
	CHECK_INT(o.next, 1);
	/* "--" as a value is no end */
	CHECK(PARSE(NULL, "x", "-s", "--", "-v") == OPTIONS_OK);
	CHECK_INT(o.next, 4);
	CHECK(!o.dashes);
}

static void bad_words(void)
{
	CHECK(PARSE(NULL, "x", "-x") == OPTIONS_BAD);
	CHECK_STRING(o.what, "-x");
	CHECK(PARSE(NULL, "x", "--verb") == OPTIONS_BAD); /* abbreviated */
	CHECK(PARSE(NULL, "x", "--verbose2") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "--flag=1") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "--signal") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "-vp") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "-p", "NOPE") == OPTIONS_BAD);
	CHECK_STRING(o.what, "NOPE");
	CHECK(PARSE(NULL, "x", "-e", "256") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "-e", "-1") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "--wait-ms=soon") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "-c", "green") == OPTIONS_BAD);
	CHECK(PARSE(NULL, "x", "--quiet") == OPTIONS_BAD); /* a variable only */
	CHECK(PARSE(NULL, "x", "--=") == OPTIONS_BAD);
}

static void help_and_version(void)
{
	CHECK(PARSE(NULL, "x", "-v", "-h", "-x") == OPTIONS_HELP);
	CHECK(PARSE(NULL, "x", "--version") == OPTIONS_VERSION);
}

static void environment(void)
{
	char verbose[] = "INITBOX_VERBOSE=2", codes[] = "INITBOX_CODES=3,4";
	char wait[] = "INITBOX_WAIT_MS=5s", path[] = "PATH=/bin";
	char other[] = "INITBOX_PORT=tcp://x", word[] = "INITBOX_WORD=no";
	char quiet[] = "INITBOX_QUIET=1";
	char *envp[] = { path, verbose, codes, other, wait, word, quiet, NULL };

	/* The command line wins; the others count; ours are taken out. */
	CHECK(PARSE(envp, "x", "-w", "1s") == OPTIONS_OK);
	CHECK_INT(values.wait_ms, 1000);
	CHECK_INT(values.count, 2);
	CHECK(values.flag);
	CHECK(code_set_has(&values.codes, 3) && code_set_has(&values.codes, 4));
	CHECK(!values.word);
	CHECK_STRING(envp[0], "PATH=/bin");
	CHECK_STRING(envp[1], "INITBOX_PORT=tcp://x");
	CHECK_STRING(envp[2], "INITBOX_WORD=no");
	CHECK(!envp[3]);
}

static void bad_environment(void)
{
	static const char *const bad[] = { "INITBOX_FLAG=yes",
		"INITBOX_FLAG=", "INITBOX_FLAG=11",
		"INITBOX_WAIT_MS=", "INITBOX_CODES=3,,4", "INITBOX_CODES=3,999",
		"INITBOX_VERBOSE=-1", "INITBOX_SIGNAL=TERM,INT",
		"INITBOX_SIGNALS=TERM,NOPE" };

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		char copy[64];
		char *envp[] = { strcpy(copy, bad[i]), NULL };

		printf("%s\n", bad[i]);
		CHECK(PARSE(envp, "x") == OPTIONS_BAD);
		CHECK_STRING(o.what, bad[i]);
		CHECK(!envp[0]);
	}
}

static void boolean_zero(void)
{
	char flag[] = "INITBOX_FLAG=0";
	char *envp[] = { flag, NULL };

	CHECK(PARSE(envp, "x") == OPTIONS_OK);
	CHECK(!values.flag);
}

static void too_many(void)
{
	char *argv[2 * STRING_LIST_MAX + 4] = { "x" };
	char option[] = "-l", word[] = "w";
	int count = 1;

	for (unsigned i = 0; i <= STRING_LIST_MAX; i++) {
		argv[count++] = option;
		argv[count++] = word;
	}
	CHECK(parse(count, argv, NULL) == OPTIONS_BAD);
	CHECK_INT(values.words.count, STRING_LIST_MAX);
}

static const struct unit_test tests[] = {
	{ "command_line", command_line },
	{ "where_it_stops", where_it_stops },
	{ "bad_words", bad_words },
	{ "help_and_version", help_and_version },
	{ "environment", environment },
	{ "bad_environment", bad_environment },
	{ "boolean_zero", boolean_zero },
	{ "too_many", too_many },
};
UNIT_MAIN(tests)
