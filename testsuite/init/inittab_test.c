/* SPDX-License-Identifier: MIT */
/* inittab_test.c - the language, good and bad. */
#include "init.h"
#include "unit.h"

static struct inittab table;
static char text[INITTAB_BYTES_MAX + 1];

static void parse_bytes(const char *bytes, size_t length)
{
	table = (struct inittab){ .count = 0 };
	memcpy(text, bytes, length);
	inittab_parse(&table, text, length, "f", 1);
	inittab_finish(&table);
}

static void parse(const char *lines)
{
	parse_bytes(lines, strlen(lines));
}

static void plain_lines(void)
{
	parse("# a comment\n"
	      "\n"
	      "::sysinit:/bin/mount -a\n"
	      "  :name=web,stop=INT,grace=2s,main:once: nginx -g 'x;' \n"
	      ":2345:respawn:getty 38400\n"
	      "x1:S:wait:true\n"
	      "id:3:initdefault:\n"
	      "::off:x\n");
	CHECK_INT(table.problem_count, 0);
	CHECK_INT(table.count, 4);
	CHECK_INT(table.entries[0].action, ACTION_SYSINIT);
	CHECK_STRING(table.entries[0].name, "mount");
	CHECK_STRING(table.entries[0].command, "/bin/mount -a");
	CHECK_INT(table.entries[0].line, 3);
	CHECK_STRING(table.entries[1].name, "web");
	CHECK_INT(table.entries[1].stop_signal, SIGINT);
	CHECK_INT(table.entries[1].grace_ms, 2000);
	CHECK(table.entries[1].main);
	CHECK_STRING(table.entries[1].command, "nginx -g 'x;'");
	CHECK_INT(table.entries[2].stop_signal, SIGTERM);
	CHECK_INT(table.entries[2].grace_ms, DURATION_INF);
}

static void names_are_made(void)
{
	parse("::once:slow 1\n::once:/bin/slow 2\n:name=slow-2:once:x\n"
	      "::once:slow 3\n");
	CHECK_INT(table.problem_count, 0);
	CHECK_STRING(table.entries[0].name, "slow");
	CHECK_STRING(table.entries[1].name, "slow-3");
	CHECK_STRING(table.entries[2].name, "slow-2");
	CHECK_STRING(table.entries[3].name, "slow-4");
}

static void equal_lines_are_one(void)
{
	parse("::respawn:a b\n::respawn:a b\n::respawn:a c\n");
	CHECK_INT(table.count, 2);
	parse(":name=x:respawn:a\n:name=y:respawn:a\n");
	CHECK_INT(table.count, 2);
}

static void joined_lines(void)
{
	parse("::once:echo a \\\n  b\\\n c\n::once:z\n");
	CHECK_INT(table.problem_count, 0);
	CHECK_INT(table.count, 2);
	CHECK(strstr(table.entries[0].command, "echo a") ==
		table.entries[0].command);
	CHECK_INT(table.entries[0].line, 1);
	CHECK_INT(table.entries[1].line, 4);
}

static void no_newline_at_the_end(void)
{
	parse("::once:a\n::once:b");
	CHECK_INT(table.error_count, 0);
	CHECK_INT(table.count, 2);
	CHECK_STRING(table.entries[1].command, "b");
	parse("::once:a \\");
	CHECK_INT(table.count, 1);
}

static void comments(void)
{
	parse("::once:echo a # b\n#x\n  # y\n");
	CHECK_INT(table.error_count, 0);
	CHECK_INT(table.problem_count, 1); /* a warning */
	CHECK(table.problems[0].is_warning);
	CHECK_STRING(table.entries[0].command, "echo a");
	parse(":name=a#b:once:x\n");
	CHECK_INT(table.error_count, 1);
}

static void bad_lines(void)
{
	static const struct {
		const char *line, *what, *why;
	} bad[] = {
		{ "foo", "foo", "missing field" },
		{ "::once", "", "missing field" },
		{ "::once:", "", "no command" },
		{ "::once:  ", "", "no command" },
		{ "::nope:x", "nope", "unknown action" },
		{ "::ONCE:x", "ONCE", "unknown action" },
		{ "::askfirst:x", "askfirst", "not in this version" },
		{ ":foo:once:x", "foo", "unknown option" },
		{ ":after=a:once:x", "after=a", "not in this version" },
		{ ":name=:once:x", "name=", "1 to 31" },
		{ ":name=a b:once:x", "name=a b", "letters" },
		{ ":name:once:x", "name", "needs a value" },
		{ ":main=1:once:x", "main=1", "takes no value" },
		{ ":stop=FOO:once:x", "stop=FOO", "unknown signal" },
		{ ":grace=soon:once:x", "grace=soon", "not a duration" },
		{ ":main:sysinit:x", "main", "goes with" },
		{ "tty1::once:x", "tty1", "not in this version" },
		{ "::once:-/bin/sh", "-/bin/sh", "not in this version" },
		{ "::once:x\r", "", "carriage return" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		printf("%s\n", bad[i].line);
		parse(bad[i].line);
		CHECK_INT(table.error_count, 1);
		CHECK_STRING(table.problems[0].what, bad[i].what);
		CHECK(strstr(table.problems[0].why, bad[i].why) != NULL);
		CHECK_INT(table.problems[0].line, 1);
	}
}

static void every_error_is_listed(void)
{
	parse("foo\n::once:good\n:x=1,y=2:nope:\n");
	CHECK_INT(table.error_count, 5);
	CHECK_INT(table.problems[1].line, 3);
}

static void names_used_twice(void)
{
	parse(":name=a:once:x\n:name=a:once:y\n");
	CHECK_INT(table.error_count, 1);
	CHECK_STRING(table.problems[0].why, "this name is used twice");
	CHECK_INT(table.problems[0].line, 2);
	parse(":main:once:x\n:main:once:y\n");
	CHECK_INT(table.error_count, 1);
}

static void nul_bytes(void)
{
	static const char line[] = "::once:a\0b\n::once:c\n";

	parse_bytes(line, sizeof(line) - 1);
	CHECK_INT(table.error_count, 1);
	CHECK(strstr(table.problems[0].why, "NUL") != NULL);
	CHECK_INT(table.count, 1);
}

static void long_lines(void)
{
	static char line[INITTAB_LINE_BYTES + 64];

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "::once:", 7);
	line[INITTAB_LINE_BYTES] = '\0';
	parse(line);
	CHECK_INT(table.error_count, 0);
	CHECK_INT(strlen(table.entries[0].command), INITTAB_LINE_BYTES - 7);
	line[INITTAB_LINE_BYTES] = 'x';
	parse(line);
	CHECK_INT(table.error_count, 1);
}

static void too_many_words(void)
{
	static char line[1024] = "::once:x";
	char buffer[INITTAB_LINE_BYTES + 8], *words[COMMAND_WORDS_MAX + 1];

	for (unsigned i = 1; i < COMMAND_WORDS_MAX; i++)
		strcat(line, " y");
	parse(line);
	CHECK_INT(table.error_count, 0);
	command_words(table.entries[0].command, buffer, words);
	CHECK(words[COMMAND_WORDS_MAX - 1] && !words[COMMAND_WORDS_MAX]);
	strcat(line, " y");
	parse(line);
	CHECK_INT(table.error_count, 1);
}

static void too_many_entries(void)
{
	static char lines[ENTRIES_MAX * 32];
	size_t used = 0;

	for (unsigned i = 0; i <= ENTRIES_MAX; i++)
		used += (size_t)sprintf(lines + used, "::once:x %u\n", i);
	parse(lines);
	CHECK_INT(table.count, ENTRIES_MAX);
	CHECK_INT(table.error_count, 1);
	CHECK(strstr(table.problems[0].why, "INIT_MAX_ENTRIES") != NULL);
	CHECK_STRING(table.entries[ENTRIES_MAX - 1].name, "x-512");
}

static void many_problems(void)
{
	static char lines[8 * 200];

	for (unsigned i = 0; i < 200; i++)
		strcat(lines, "foo\n");
	parse(lines);
	CHECK_INT(table.error_count, 200); /* counted, though not all kept */
}

static void commands(void)
{
	char buffer[INITTAB_LINE_BYTES + 8], *words[COMMAND_WORDS_MAX + 1];

	command_words("  /bin/ls  -l\t/tmp ", buffer, words);
	CHECK_STRING(words[0], "/bin/ls");
	CHECK_STRING(words[1], "-l");
	CHECK_STRING(words[2], "/tmp");
	CHECK(!words[3]);
	command_words("echo $HOME", buffer, words);
	CHECK_STRING(words[0], "/bin/sh");
	CHECK_STRING(words[1], "-c");
	CHECK_STRING(words[2], "exec echo $HOME");
	CHECK(!words[3]);
	/* BusyBox's list, each of them */
	for (const char *c = "~`!$^&*()=|\\{}[];\"'<>?"; *c; c++)
		CHECK(command_needs_shell((char[]){ 'a', *c, 'b', '\0' }));
	CHECK(!command_needs_shell("a-b/c.d,e+f@g%h:i"));
}

static const struct unit_test tests[] = {
	{ "plain_lines", plain_lines },
	{ "names_are_made", names_are_made },
	{ "equal_lines_are_one", equal_lines_are_one },
	{ "joined_lines", joined_lines },
	{ "no_newline_at_the_end", no_newline_at_the_end },
	{ "comments", comments },
	{ "bad_lines", bad_lines },
	{ "every_error_is_listed", every_error_is_listed },
	{ "names_used_twice", names_used_twice },
	{ "nul_bytes", nul_bytes },
	{ "long_lines", long_lines },
	{ "too_many_words", too_many_words },
	{ "too_many_entries", too_many_entries },
	{ "many_problems", many_problems },
	{ "commands", commands },
};
UNIT_MAIN(tests)
