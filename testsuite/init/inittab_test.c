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
	CHECK_INT(table.error_count, 0);
	CHECK_INT(table.problem_count, 2);
	CHECK_INT(table.problems[1].level, PROBLEM_NOTE);
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
	CHECK_INT(table.entries[2].grace_ms, NOT_GIVEN_MS);
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

static void nameless_commands(void)
{
	parse("::once:/bin/\n::once:/sbin/ x\n");
	CHECK_INT(table.error_count, 0);
	CHECK_STRING(table.entries[0].name, "_");
	CHECK_STRING(table.entries[1].name, "_-2");
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
	CHECK_INT(table.problems[0].level, PROBLEM_WARNING);
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
		{ ":foo:once:x", "foo", "unknown option" },
		{ ":after=a:once:x", "a", "no entry of this name" },
		{ ":name=:once:x", "name=", "needs a value" },
		{ ":name=a23456789b123456789c123456789d12:once:x",
			"name=a23456789b123456789c123456789d12", "1 to 31" },
		{ ":name=a b:once:x", "name=a b", "letters" },
		{ ":name:once:x", "name", "needs a value" },
		{ ":main=1:once:x", "main=1", "takes no value" },
		{ ":stop=FOO:once:x", "stop=FOO", "unknown signal" },
		{ ":grace=soon:once:x", "grace=soon", "not a duration" },
		{ ":main:sysinit:x", "main",
			"wait, once, respawn and askfirst" },
		{ ":main:shutdown:x", "main", "goes with" },
		{ ":must:respawn:x", "must", "sysinit, wait and once only" },
		{ ":restarts=1/1s:once:x", "restarts=1/1s",
			"goes with respawn and askfirst only" },
		{ ":after=x:shutdown:x", "after=x", "respawn and askfirst" },
		{ ":restart=maybe:respawn:x", "restart=maybe",
			"want always|failure|no" },
		{ ":restarts=1:respawn:x", "restarts=1", "N/DURATION" },
		{ ":restarts=21/1s:respawn:x", "restarts=21/1s", "0 to 20" },
		{ ":kill=all:once:x", "kill=all", "want main|session" },
		{ ":scope=group:once:x", "scope=group", "want child|shell" },
		{ ":umask=8:once:x", "umask=8", "octal" },
		{ ":umask=1000:once:x", "umask=1000", "octal" },
		{ ":nice=20:once:x", "nice=20", "from -20 to 19" },
		{ ":oom=-1001:once:x", "oom=-1001", "from -1000 to 1000" },
		{ ":nofile=0:once:x", "nofile=0", "from 1 to" },
		{ ":notify-fd=2:once:x", "notify-fd=2", "from 3 to 1023" },
		{ ":notify-fd=3,notify-socket:once:x", "notify-fd",
			"only one" },
		{ ":delay-max=1ms:respawn:x", "delay-max", "at least 100ms" },
		{ ":delay=1m:respawn:x", "delay", "longer than delay-max" },
		{ "::once:-", "", "no command" },
		{ "::once:- x", "", "no command" },
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

static void every_option_is_read(void)
{
	const struct entry *e = &table.entries[0];

	parse(":name=a,main,kill=session,scope=shell,delay=2s,delay-max=5s,"
	      "restart=failure,restarts=3/1m,notify-fd=4,ready-timeout=7s,"
	      "finish=/f,user=u,group=g,dir=/d,env=/e,log=/l,umask=027,"
	      "nice=-5,oom=-100,nofile=64:respawn:x\n");
	CHECK_INT(table.problem_count, 0);
	CHECK(e->main && e->kill == 1 && e->scope == 1);
	CHECK_INT(e->delay_ms, 2000);
	CHECK_INT(e->delay_max_ms, 5000);
	CHECK_INT(e->restart, RESTART_FAILURE);
	CHECK_INT(e->restarts, 3);
	CHECK_INT(e->restarts_in_ms, 60000);
	CHECK_INT(e->notify_fd, 4);
	CHECK_INT(e->ready_timeout_ms, 7000);
	CHECK_STRING(e->finish, "/f");
	CHECK_STRING(e->user, "u");
	CHECK_STRING(e->group, "g");
	CHECK_STRING(e->dir, "/d");
	CHECK_STRING(e->env, "/e");
	CHECK_STRING(e->log, "/l");
	CHECK_INT(e->umask, 027);
	CHECK_INT(e->nice, -5);
	CHECK_INT(e->oom, -100);
	CHECK_INT(e->nofile, 64);
	parse("::respawn:x\n:scope=child:respawn:sh x\n::once:sh x\n"
	      ":must,notify-socket:once:y 'z'\n");
	CHECK_INT(table.problem_count, 0);
	CHECK_INT(e->restarts, RESTARTS_INF);
	CHECK_INT(e->notify_fd, NOT_GIVEN);
	CHECK_INT(e->scope, 0);
	CHECK_INT(table.entries[1].scope, 0);
	CHECK_INT(table.entries[2].scope, 0); /* its own sh */
	CHECK_INT(table.entries[3].scope, 1);
	CHECK(table.entries[3].must && table.entries[3].notify_socket);
}

static void actions_and_ids(void)
{
	parse("tty1::askfirst:-/bin/sh\n/dev/tty2::respawn:getty\n"
	      "::ctrlaltdel:reboot\n::restart:init\npf::powerwait:x\n"
	      "si:S:boot:y\n");
	CHECK_INT(table.problem_count, 0);
	CHECK_INT(table.entries[0].action, ACTION_ASKFIRST);
	CHECK_STRING(table.entries[0].name, "sh");
	CHECK_STRING(table.entries[1].id, "tty2");
	CHECK_INT(table.entries[2].action, ACTION_CTRLALTDEL);
	CHECK_INT(table.entries[3].action, ACTION_RESTART);
	CHECK_INT(table.entries[4].action, ACTION_POWERFAIL);
	CHECK_INT(table.entries[5].action, ACTION_ONCE);
	CHECK(names_terminal("tty1") && names_terminal("console") &&
		names_terminal("pts/0") && names_terminal("hvc0"));
	CHECK(!names_terminal("1") && !names_terminal("si") &&
		!names_terminal(""));
}

static void traps_are_warned_about(void)
{
	static const struct {
		const char *command, *why;
	} traps[] = {
		{ "cd /srv && ./run", "fails" },
		{ "FOO=1 ./run", "fails" },
		{ "if true; then x; fi", "fails" },
		{ "(sleep 1)", "fails" },
		{ "./a && ./b", "ends with its first program" },
		{ "./a; ./b", "ends with its first program" },
		{ "./a &", "ends with its first program" },
		{ "sh -c 'cd /srv && ./run'", NULL },
		{ "./run >log 2>&1", NULL },
		{ "./run &>log", NULL },
		{ "./a | ./b", NULL },
		{ "cd", "is no program" }, /* run directly: not found */
		{ "./run a=1", NULL },
		{ "echo \"a && b\" \\; c", NULL },
	};

	for (unsigned i = 0; i < ARRAY_LEN(traps); i++) {
		const char *why = command_trap(traps[i].command);

		printf("%s\n", traps[i].command);
		CHECK(!why == !traps[i].why);
		CHECK(!why ||
			strncmp(why, traps[i].why, strlen(traps[i].why)) == 0);
	}
}

static void bad_entries_are_left_out(void)
{
	parse("::nope:a\n:name=x:once:a\n:name=y,foo:once:b\n"
	      ":name=z,after=nobody:once:c\n:name=v,after=x:once:d\n");
	CHECK_INT(table.error_count, 3);
	CHECK_INT(table.count, 3);
	CHECK_STRING(table.entries[0].name, "x");
	CHECK(table.entries[1].left_out); /* z */
	CHECK(!table.entries[2].left_out);
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
	char buffer[2048], *words[1024];

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
	char buffer[2048], *words[1024];

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

/* With the sanitizer right behind the room that a command is said to need. */
static void room_of_commands(void)
{
	static const char *const commands[] = { "x", "xy", "x y", "x y z", " x",
		"a b c d e f g", "-sh", "-", "-a b", "$", "-$", "a;b",
		"; ; ; ;" };

	for (unsigned i = 0; i < ARRAY_LEN(commands); i++) {
		char *buffer = malloc(COMMAND_TEXT_BYTES(commands[i]));
		char **words =
			malloc(COMMAND_WORDS(commands[i]) * sizeof(*words));
		unsigned count = 0;

		command_words(commands[i], buffer, words);
		while (words[count])
			CHECK(*words[count++] != '\0');
		CHECK(count > 0);
		free(words);
		free(buffer);
	}
}

static const struct unit_test tests[] = {
	{ "plain_lines", plain_lines },
	{ "names_are_made", names_are_made },
	{ "nameless_commands", nameless_commands },
	{ "equal_lines_are_one", equal_lines_are_one },
	{ "joined_lines", joined_lines },
	{ "no_newline_at_the_end", no_newline_at_the_end },
	{ "comments", comments },
	{ "bad_lines", bad_lines },
	{ "every_error_is_listed", every_error_is_listed },
	{ "names_used_twice", names_used_twice },
	{ "every_option_is_read", every_option_is_read },
	{ "actions_and_ids", actions_and_ids },
	{ "traps_are_warned_about", traps_are_warned_about },
	{ "bad_entries_are_left_out", bad_entries_are_left_out },
	{ "nul_bytes", nul_bytes },
	{ "long_lines", long_lines },
	{ "too_many_words", too_many_words },
	{ "too_many_entries", too_many_entries },
	{ "many_problems", many_problems },
	{ "commands", commands },
	{ "room_of_commands", room_of_commands },
};
UNIT_MAIN(tests)
