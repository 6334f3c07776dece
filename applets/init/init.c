/* SPDX-License-Identifier: MIT */
/*
 * init - PID 1 of a container with one or several programs.
 *
 * Three ways in: entries of an inittab, entries on the command line, or one
 * command behind "--" (libbb-lite/supervise.c). Nothing is started before
 * every word and every line was found good.
 */
//config:config INIT
//config:	bool "init"
//config:	default y
//config:	help
//config:	  Start every program of a container, pass a stop on to all, end
//config:	  only when all have ended. Leaving it out saves about 9 KiB.
//config:config INIT_MAX_ENTRIES
//config:	int "Entries that init can have"
//config:	range 1 4096
//config:	default 512
//config:	depends on INIT
//config:	help
//config:	  init allocates nothing, so its table has a fixed size. Each entry
//config:	  costs about 250 bytes of memory that is touched only when used,
//config:	  and nothing in the file.
//kbuild:obj-$(CONFIG_INIT) += init.o life.o service.o order.o inittab.o
//kbuild:obj-$(CONFIG_INIT) += launch.o command.o
//applet:IF_INIT(APPLET(init, SBIN))
//usage:init [OPTIONS] [-f FILE]... [-e ENTRY]... | -- COMMAND [ARG]...
//usage:Start every program of a container, stop them all well, reap all.
//usage:
//usage:  -e, --entry ENTRY       an inittab line (repeatable)
//usage:  -f, --file FILE         read FILE (repeatable; default /etc/inittab)
//usage:      --check             only say what is wrong with the lines; with
//usage:                          -v also the order of start and of stop
//usage:      --order-wait D      shutdown entries and entries have D to end
//usage:                          before all others are told to stop, too (5s)
//usage:      --stop-timeout D    kill what is left D after a stop request (inf)
//usage:      --keep              stay when nothing can run again
//usage:  -G, --grace D           nobody asked to stop, but the main entry (or
//usage:                          the command) ended: the others have D (10s)
//usage:  -v, --verbose           say what is done; twice: signals, too
//usage:  -h, --help; -V, --version
//usage:With "--" only:
//usage:  -s, --scope SCOPE       who gets the signals: child (default), group or
//usage:                          all
//usage:  -m, --map FROM:TO       send TO in place of FROM; FROM:0 drops it
//usage:  -k, --kill-after D      kill what is left D after a stop request (inf)
//usage:      --stop-signal SIG   SIG is a stop request, too
//usage:      --expect CODE       exit status CODE counts as 0
//usage:
//usage:ENTRY is "id:options:action:command", id mostly empty; the actions are
//usage:sysinit, wait, once, respawn and shutdown, the options name=WORD,
//usage:stop=SIGNAL, grace=D and main: ":name=web,main:once:nginx -g 'daemon off;'"
//usage:TERM, INT, QUIT, USR1, USR2, PWR and 37 to 39 (podman's SIGRTMIN+3 and the two
//usage:behind it) stop the container. Options are variables, too: INITBOX_ORDER_WAIT=2s.
//usage:Exit status: the main entry's, else 0 after a stop request; when nothing can run
//usage:again, that of the first entry that failed, else 0; 1 from --check if a line is
//usage:bad; 125 any failure of our own. With "--" as reaper's.
//test:testsuite/applets/init.bats

#include "init.h"
#include <alloca.h>
#include <fcntl.h>
#include <sys/reboot.h>
#include <unistd.h>

#define DEFAULT_FILE	 "/etc/inittab"
#define GRACE_DEFAULT_MS 10000
#define ORDER_DEFAULT_MS 5000

struct init_options {
	bool check, keep;
	int verbosity;
	int64_t grace_ms, order_wait_ms, stop_timeout_ms, kill_after_ms;
	struct string_list entries, files, maps;
	const char *scope;
	struct sigmask stop_signals;
	struct code_set expect;
};

#define OPTION(letter, name, kind, member)                                 \
	{                                                                  \
		letter, name, kind, offsetof(struct init_options, member), \
			OPTION_ANYWHERE, NULL                              \
	}
#define WORD(letter, name, kind, member)                                   \
	{                                                                  \
		letter, name, kind, offsetof(struct init_options, member), \
			OPTION_ARGV, NULL                                  \
	}

/* Those that go with "--" only come first: COMMAND_MASK; the next ones go
 * with entries only: ENTRIES_MASK. As variables they may be set for a whole
 * fleet and count where they mean something. */
static const struct option_spec specs[] = {
	OPTION('s', "scope", OPTION_STRING, scope),
	OPTION('m', "map", OPTION_STRINGS, maps),
	OPTION('k', "kill-after", OPTION_DURATION, kill_after_ms),
	OPTION(0, "stop-signal", OPTION_SIGNALS, stop_signals),
	OPTION(0, "expect", OPTION_CODES, expect),
	WORD('e', "entry", OPTION_STRINGS, entries),
	WORD('f', "file", OPTION_STRINGS, files),
	WORD(0, "check", OPTION_FLAG, check),
	OPTION(0, "order-wait", OPTION_DURATION, order_wait_ms),
	OPTION(0, "stop-timeout", OPTION_DURATION, stop_timeout_ms),
	OPTION(0, "keep", OPTION_FLAG, keep),
	OPTION('G', "grace", OPTION_DURATION, grace_ms),
	OPTION('v', "verbose", OPTION_COUNT, verbosity),
	{ 'h', "help", OPTION_HELP, 0, OPTION_ARGV, NULL },
	{ 'V', "version", OPTION_VERSION, 0, OPTION_ARGV, NULL },
};
#define COMMAND_MASK 0x1fu
#define ENTRIES_MASK 0x7e0u

static struct init_options values;
static struct inittab table;
static struct supervisor supervisor;
static char file_text[INITTAB_BYTES_MAX + 1];

/* ---- one command ----------------------------------------------------- */

static int run_command(const struct applet *self, const struct speaker *who,
	char **argv, struct options *o, const struct sigmask *mask)
{
	enum scope_kind scope = SCOPE_CHILD;
	struct signal_map map = { .to = { 0 } };

	o->what = values.scope;
	o->why = values.scope ? parse_scope(values.scope, &scope) : NULL;
	for (unsigned i = 0; !o->why && i < values.maps.count; i++) {
		o->what = values.maps.item[i];
		o->why = parse_signal_map(o->what, &map);
	}
	if (o->why)
		return options_answer(o, OPTIONS_BAD, self, EXIT_FAILURE_OWN);
	return supervise(&supervisor,
		&(struct supervise_plan){
			.who = who,
			.argv = argv,
			.envp = environ,
			.mask = mask,
			.stop_signals = &values.stop_signals,
			.expect = &values.expect,
			.map = &map,
			.policy = { .grace_ms = values.grace_ms,
				.kill_after_ms = values.kill_after_ms },
			.scope = scope,
			.own_failure = EXIT_FAILURE_OWN,
		});
}

/* ---- entries --------------------------------------------------------- */

/* Read a whole file behind what is in file_text already; NULL, or why not. */
static const char *read_file(
	const char *path, size_t used, size_t *length, int *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t room = INITTAB_BYTES_MAX - used;
	ssize_t n = 0;

	*length = 0;
	*error = errno;
	if (fd < 0)
		return "cannot open";
	while (*length < room &&
		(n = read(fd, file_text + used + *length, room - *length)) > 0)
		*length += (size_t)n;
	*error = n < 0 ? errno : 0;
	close(fd);
	if (n < 0)
		return "cannot read";
	return *length == room ? "larger than 128 KiB" : NULL;
}

/* Read all files and entries into the table; false when one cannot be read. */
static bool read_entries(const struct speaker *who)
{
	size_t used = 0, length;

	if (values.files.count + values.entries.count == 0)
		values.files.item[values.files.count++] = DEFAULT_FILE;
	for (unsigned i = 0; i < values.files.count; i++) {
		const char *path = values.files.item[i];
		int error;
		const char *why = read_file(path, used, &length, &error);

		if (why && error)
			warn_errno(who, error, "%s", path);
		else if (why)
			warn(who, "%s: %s", path, why);
		if (why)
			return false;
		inittab_parse(&table, file_text + used, length, path, 1);
		used += length + (used + length < INITTAB_BYTES_MAX);
	}
	for (unsigned i = 0; i < values.entries.count; i++) {
		const char *entry = values.entries.item[i];

		length = strlen(entry);
		if (used + length >= INITTAB_BYTES_MAX) {
			warn(who, "-e: entries are larger than 128 KiB");
			return false;
		}
		memcpy(file_text + used, entry, length + 1);
		inittab_parse(&table, file_text + used, length, "-e", i + 1);
		used += length + 1;
	}
	inittab_finish(&table);
	return true;
}

static void say_problems(const struct speaker *who)
{
	for (unsigned i = 0; i < table.problem_count; i++) {
		const struct problem *p = &table.problems[i];

		if (i == PROBLEMS_MAX) {
			warn(who, "%u more", table.problem_count - i);
			break;
		}
		warn(who, "%s:%u: %s%s%s%s", p->file, p->line,
			p->is_warning ? "warning: " : "", p->what,
			p->what[0] ? ": " : "", p->why);
	}
}

static void say_action(
	const struct speaker *who, enum action action, const char *when)
{
	for (unsigned i = 0; i < table.count; i++)
		if (table.entries[i].action == action)
			warn(who, "%s %s: %s", when, table.entries[i].name,
				table.entries[i].command);
}

static void say_plan(const struct speaker *who)
{
	say_action(who, ACTION_SYSINIT, "start, alone:");
	say_action(who, ACTION_WAIT, "start, alone:");
	say_action(who, ACTION_ONCE, "start, once:");
	say_action(who, ACTION_RESPAWN, "start, kept running:");
	say_action(who, ACTION_SHUTDOWN, "stop, alone:");
	say_action(who, ACTION_RESPAWN, "stop, together:");
	say_action(who, ACTION_ONCE, "stop, together:");
}

/* PATH, HOME and TERM where the container did not set them. `room` has space
 * for three more than environ. */
static char **fill_environment(char **room)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			     "/usr/bin:/sbin:/bin";
	static char home[] = "HOME=/", term[] = "TERM=linux";
	size_t count = 0;

	for (; environ[count]; count++)
		room[count] = environ[count];
	if (!environment_get(environ, "PATH"))
		room[count++] = path;
	if (!environment_get(environ, "HOME"))
		room[count++] = home;
	if (!environment_get(environ, "TERM"))
		room[count++] = term;
	room[count] = NULL;
	return room;
}

static int run_entries(const struct speaker *who)
{
	const struct sigmask nothing = { { 0 } };
	struct life_plan plan = {
		.who = who,
		.table = &table,
		.mask = &nothing,
		.order_wait_ms = values.order_wait_ms,
		.stop_timeout_ms = values.stop_timeout_ms,
		.grace_ms = values.grace_ms,
		.keep = values.keep,
	};
	size_t count = 4;

	for (char **e = environ; *e; e++)
		count++;
	plan.envp = fill_environment(alloca(count * sizeof(char *)));
	supervisor_setup();
	descriptors_close_from(STDERR_FILENO + 1);
	/* Programs begin as a service manager's do: nothing ignored, nothing
	 * blocked. And without SIGCHLD's default no exit status would come. */
	signals_ignore_none();
	return life_run(&plan);
}

static int enter_entries(const struct speaker *who)
{
	bool given = values.files.count + values.entries.count > 0;
	bool good = read_entries(who);

	say_problems(who);
	if (table.error_count > 0)
		good = false;
	if (good && table.count == 0) {
		warn(who, "there is no entry to run");
		good = false;
	}
	if (values.check) {
		if (good && values.verbosity > 0)
			say_plan(who);
		return !good;
	}
	if (good)
		return run_entries(who);
	if (!given)
		warn(who, "give it entries (an inittab, or init -e "
			  "'::respawn:COMMAND'), or one command: init -- "
			  "COMMAND");
	return EXIT_FAILURE_OWN;
}

/* ---- where we are ---------------------------------------------------- */

/* Whether we are a machine's first process: the kernel lets only that one turn
 * ctrl-alt-del into a signal (reboot(2)); in a container it says EINVAL, or
 * EPERM without the capability. */
static bool is_machine(void)
{
	return getpid() == 1 && reboot(RB_DISABLE_CAD) == 0;
}

static int bare_word(const struct speaker *who, const char *word)
{
	warn(who, "%s: %s", word,
		getpid() == 1 ? "unexpected word; to run a command: init -- "
				"COMMAND"
			      : "control commands are not in this version");
	return EXIT_FAILURE_OWN;
}

int init_main(const struct applet *self, int argc, char **argv)
{
	struct sigmask mask;
	struct speaker who = { .name = self->name };
	struct options o = {
		.specs = specs, .count = ARRAY_LEN(specs), .values = &values
	};
	enum options_outcome outcome;

	signals_block_all(&mask);
	values.grace_ms = GRACE_DEFAULT_MS;
	values.order_wait_ms = ORDER_DEFAULT_MS;
	values.stop_timeout_ms = values.kill_after_ms = DURATION_INF;
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome != OPTIONS_OK)
		return options_answer(&o, outcome, self, EXIT_FAILURE_OWN);
	who.verbosity = values.verbosity;
	argv += o.next;
	if (!o.dashes && *argv)
		return bare_word(&who, *argv);
	if (o.dashes && (o.in_argv & ENTRIES_MASK))
		return usage_error(&who, EXIT_FAILURE_OWN, "--",
			"a command does not go with -e, -f, --check, "
			"--order-wait, --stop-timeout and --keep");
	if (o.dashes && (!*argv || !**argv))
		return usage_error(
			&who, EXIT_FAILURE_OWN, NULL, "no command given");
	if (!o.dashes && (o.in_argv & COMMAND_MASK))
		return usage_error(&who, EXIT_FAILURE_OWN, NULL,
			"--scope, --map, --kill-after, --stop-signal and "
			"--expect go with '-- COMMAND'");
	if (!o.dashes && getpid() != 1 && !values.check &&
		values.entries.count + values.files.count == 0)
		return usage_error(&who, EXIT_FAILURE_OWN, NULL,
			"not PID 1: say what to run with -e, -f or --");
	if (!values.check && is_machine()) {
		warn(&who, "a machine's first process is not in this version");
		return EXIT_FAILURE_OWN;
	}
	if (o.dashes)
		return run_command(self, &who, argv, &o, &mask);
	return enter_entries(&who);
}
