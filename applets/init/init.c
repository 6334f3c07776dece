/* SPDX-License-Identifier: MIT */
/*
 * init - PID 1 of a container with one or several programs.
 *
 * Three ways in: entries of an inittab, entries on the command line, or one
 * command behind "--" (libbb-lite/supervise.c). Nothing is started before
 * every word and every line was found good.
 */
//config:config INIT
//config:	bool "init: several programs, from an inittab or -e"
//config:	default y
//config:	help
//config:	  Run several programs in one container, in an order, started again
//config:	  when they end, and stop them all well; or one program behind "--".
//config:	  Also the init of a whole machine. Leaving it out saves
//config:	  about 38 KiB.
//config:config INIT_MAX_ENTRIES
//config:	int "Most entries that init's inittab may have"
//config:	range 1 4096
//config:	default 512
//config:	depends on INIT
//config:	help
//config:	  An entry is a line of the inittab that is neither empty nor a
//config:	  comment. init asks for no memory once it runs, so its table has a
//config:	  fixed size. Each entry costs about 2 KiB of memory that is touched
//config:	  only when used, and nothing in the file.
//kbuild:obj-$(CONFIG_INIT) += init.o life.o request.o reread.o launch.o session.o
//kbuild:obj-$(CONFIG_INIT) += child.o notify.o service.o order.o source.o
//kbuild:obj-$(CONFIG_INIT) += inittab.o entry.o command.o machine.o
//kbuild:obj-$(CONFIG_INIT) += control.o reply.o client.o
//applet:IF_INIT(APPLET(init, SBIN))
//usage:init [OPTIONS] [-f FILE]... [-e ENTRY]... | -- COMMAND [ARG]... | REQUEST
//usage:Start all programs of a container, stop them well, reap all.
//usage:
//usage:  -e, --entry ENTRY       "id:options:action:command" (repeatable), as
//usage:                          inittab(5) says: ":name=web,main:respawn:nginx"
//usage:  -f, --file FILE         read FILE (repeatable; default /etc/inittab)
//usage:      --check             only say what is wrong; with -v also the order
//usage:      --order-wait D      in a stop entries wait for others, but D at most (5s)
//usage:      --stop-timeout D    kill what is left D after a stop (inf; machine 30s)
//usage:      --keep              stay when nothing can run again
//usage:      --control PATH      socket for requests (/run/init.sock), or none
//usage:  -G, --grace D           main ended, nobody asked: the others have D (10s)
//usage:  -v, --verbose           say what is done; twice: signals, too
//usage:  -q; -h, --help; -V, --version
//usage:With "--" only, as sigproxy(8) says:
//usage:  -s, --scope SCOPE       one of: shell (default), child, group, session or all
//usage:  -m, --map FROM:TO       send TO in place of FROM; FROM:0 drops it
//usage:  -k, --kill-after D      kill what is left D after a stop request (inf)
//usage:      --stop-signal SIG   SIG is a stop request, too
//usage:      --expect CODE       exit status CODE counts as 0
//usage:REQUEST, not as PID 1: status [NAME] [--json] [--check]; start, stop or restart
//usage:NAME [--no-wait]; reload or q [--no-wait]; -q; poweroff, halt, reboot; 0, 6.
//usage:Exit status: main's, or that of the must entry that failed, else 0 after a stop
//usage:request; if nothing can run again, the first failed entry's; 125 our own.
//test:testsuite/applets/init.bats

#include "init.h"
#include <alloca.h>
#include <unistd.h>

#define DEFAULT_FILE	   "/etc/inittab"
#define DEFAULT_SOCKET	   "/run/init.sock"
#define ORDER_DEFAULT_MS   5000
#define MACHINE_TIMEOUT_MS 30000

struct init_options {
	bool check, keep, reload;
	int verbosity;
	int64_t grace_ms, order_wait_ms, stop_timeout_ms, kill_after_ms;
	const char *control;
	struct sigmask stop_signals;
	struct code_set expect;
	int scope;	       /* enum scope_kind */
	struct signal_map map; /* what maps means */
	struct string_list entries, files, maps;
	/* Last, for they are long. */
	const char *entry_words[STRING_LIST_MAX];
	const char *file_words[STRING_LIST_MAX];
	const char *map_words[STRING_LIST_MAX];
};

#define OPTION(letter, name, kind, member)                           \
	OPTION_SPEC(struct init_options, letter, name, kind, member, \
		OPTION_ANYWHERE)
#define WORD(letter, name, kind, member) \
	OPTION_SPEC(                     \
		struct init_options, letter, name, kind, member, OPTION_ARGV)

/* Those that go with "--" only come first: COMMAND_MASK; the next ones go
 * with entries only: ENTRIES_MASK. As variables they may be set for a whole
 * fleet and count where they mean something. */
static const struct option_spec specs[] = {
	OPTION('s', "scope\0" SCOPE_CHOICES, OPTION_CHOICE, scope),
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
	OPTION(0, "control", OPTION_STRING, control),
	OPTION('G', "grace", OPTION_DURATION, grace_ms),
	OPTION('v', "verbose", OPTION_COUNT, verbosity),
	WORD('q', NULL, OPTION_FLAG, reload),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};
#define COMMAND_MASK 0x1fu
#define ENTRIES_MASK 0xfe0u

static struct init_options values;
static struct life life;
static struct supervisor supervisor;
static struct shell shell;

/* NULL for none. */
static const char *control_path(void)
{
	return strcmp(values.control, "none") == 0 ? NULL : values.control;
}

/* ---- one command ----------------------------------------------------- */

static int run_command(
	const struct speaker *who, char **argv, const struct sigmask *mask)
{
	shell_init(&shell, who);
	return supervise(&supervisor,
		&(struct supervise_plan){
			.who = who,
			.argv = argv,
			.envp = environ,
			.mask = mask,
			.stop_signals = &values.stop_signals,
			.expect = &values.expect,
			.map = &values.map,
			.policy = { .grace_ms = values.grace_ms,
				.kill_after_ms = values.kill_after_ms },
			.scope = (enum scope_kind)values.scope,
			.shell = &shell,
			.own_failure = EXIT_FAILURE_OWN,
		});
}

/* ---- entries --------------------------------------------------------- */

/* PATH, HOME and TERM where the container did not set them. `room` has space
 * for three more than environ. */
static char **fill_environment(char **room)
{
	size_t count = 0;

	for (; environ[count]; count++)
		room[count] = environ[count];
	if (!environment_get(environ, "PATH"))
		room[count++] = word_for_exec(
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			"/usr/bin:/sbin:/bin");
	if (!environment_get(environ, "HOME"))
		room[count++] = word_for_exec("HOME=/");
	if (!environment_get(environ, "TERM"))
		room[count++] = word_for_exec("TERM=linux");
	room[count] = NULL;
	return room;
}

/* QUIT and a restart entry: its command takes our place, everybody else has
 * ended. Returns only when that failed. */
static int become_successor(
	const struct life_plan *plan, const struct sigmask *mask)
{
	const struct inittab *t = life_table(&life);
	struct spawn_failure failure = { .step = SPAWN_PREPARE };
	const struct entry *e;
	char buffer[INITTAB_LINE_BYTES + 8], *words[COMMAND_WORDS_MAX + 1];
	char **envp = plan->envp;
	unsigned i = 0;

	while (i < t->count && (t->entries[i].action != ACTION_RESTART ||
				       t->entries[i].left_out))
		i++;
	if (i == t->count)
		return EXIT_FAILURE_OWN; /* a reread has removed it */
	e = &t->entries[i];
	command_words(e->command, buffer, words);
	if (child_prepare(&(struct child){ .entry = e }, &envp, &failure)) {
		signals_set_mask(mask);
		failure.step = SPAWN_EXEC;
		failure.error = exec_command(words[0] + (e->command[0] == '-'),
			words, envp, &failure.interpreter_missing);
		signals_block_all(NULL);
	}
	warn_spawn(plan->who, e->name, &failure);
	return spawn_exit_status(&failure);
}

static int run_entries(const struct origin *origin, const struct sigmask *mask)
{
	const struct sigmask nothing = { { 0 } };
	struct life_plan plan = {
		.who = origin->who,
		.origin = origin,
		.mask = &nothing,
		.control = control_path(),
		.order_wait_ms = values.order_wait_ms,
		.stop_timeout_ms = values.stop_timeout_ms,
		.grace_ms = values.grace_ms,
		.keep = values.keep || origin->machine,
	};
	size_t count = 4;
	int status;

	for (char **e = environ; *e; e++)
		count++;
	plan.envp = fill_environment(alloca(count * sizeof(char *)));
	if (plan.stop_timeout_ms < 0)
		plan.stop_timeout_ms =
			origin->machine ? MACHINE_TIMEOUT_MS : DURATION_INF;
	supervisor_setup();
	descriptors_close_from(STDERR_FILENO + 1);
	/* Programs begin as a service manager's do: nothing ignored, nothing
	 * blocked. And without SIGCHLD's default no exit status would come. */
	signals_ignore_none();
	status = life_run(&life, &plan);
	if (life.ending == END_RESTART)
		status = become_successor(&plan, mask);
	if (origin->machine)
		machine_end(origin->who, life.ending);
	return status;
}

/* A machine has to come up: what cannot be read is replaced. */
static bool read_entries(const struct origin *origin, bool single)
{
	struct source *source = &life.sources[0];
	struct inittab *t = &life.tables[0];

	if (!single && source_read(origin, source)) {
		source_parse(origin, source, t);
		if (source_check(origin, t))
			return true;
	}
	if (origin->machine)
		source_defaults(source, t, single);
	return origin->machine;
}

static int enter_entries(const struct speaker *who, bool machine, bool single,
	const struct sigmask *mask)
{
	bool given = values.files.count + values.entries.count > 0, good;
	const struct origin origin = { .who = who,
		.files = &values.files,
		.entries = &values.entries,
		.machine = machine };

	if (!given)
		values.files.item[values.files.count++] = DEFAULT_FILE;
	good = read_entries(&origin, single);
	if (values.check) {
		if (good && values.verbosity > 0)
			say_plan(who, &life.tables[0]);
		return !good;
	}
	if (good)
		return run_entries(&origin, mask);
	if (!given)
		warn(who, "give it entries (an inittab, or init -e "
			  "'::respawn:COMMAND'), or one command: init -- "
			  "COMMAND");
	return EXIT_FAILURE_OWN;
}

/* ---- which way in ---------------------------------------------------- */

/* What the words mean: also as variables that mean nothing here they have to
 * be right. */
static enum options_outcome interpret(struct options *o)
{
	o->why = parse_signal_maps(&values.maps, &values.map, &o->what);
	if (!o->why && strlen(values.control) - 1 >= CONTROL_PATH_MAX) {
		o->what = "--control";
		o->why = "a socket's path has 1 to 107 bytes"; /* 0 wraps */
	}
	return o->why ? OPTIONS_BAD : OPTIONS_OK;
}

/* What of the options does not go together; NULL for nothing. */
static const char *conflict(const struct options *o, char **argv)
{
	bool given = values.entries.count + values.files.count > 0;

	if (values.reload &&
		(o->dashes || *argv || given || values.check || getpid() == 1))
		return "-q asks the init that runs: not as PID 1, not with "
		       "-e, -f, --check, -- or a word";
	if (!o->dashes && *argv && getpid() != 1 && (given || values.check))
		return "a request does not go with -e, -f and --check";
	if (o->dashes && (o->in_argv & ENTRIES_MASK))
		return "a command does not go with -e, -f, --check, "
		       "--order-wait, --stop-timeout, --keep and --control";
	if (o->dashes && (!*argv || !**argv))
		return "no command given";
	if (!o->dashes && (o->in_argv & COMMAND_MASK))
		return "--scope, --map, --kill-after, --stop-signal and "
		       "--expect go with '-- COMMAND'";
	if (!o->dashes && !*argv && getpid() != 1 && !values.check && !given &&
		!values.reload)
		return "not PID 1: say what to run with -e, -f or --";
	return NULL;
}

static int bare_word(
	const struct speaker *who, char **words, struct sigmask *mask)
{
	char *reload_words[] = { word_for_exec("reload"), NULL };
	char buffer[256];
	struct text why = TEXT_ON(buffer);

	if (getpid() != 1) {
		sigmask_add(mask, SIGPIPE); /* init may be gone: said */
		signals_set_mask(mask);
		words = values.reload ? reload_words : words;
		return client_run(who, control_path(), words);
	}
	text_format(
		&why, "unexpected word; to run a command: init -- %s", *words);
	return usage_error(who, EXIT_FAILURE_OWN, *words, why.at);
}

/* As the first process of a machine: nothing ends us, nothing is an error. */
static int enter_machine(struct speaker *who, struct options *o, int argc,
	char **argv, const struct sigmask *mask)
{
	o->lenient = true;
	options_parse(o, argc, argv, environ);
	interpret(o);
	who->verbosity = values.verbosity;
	if (o->dashes && argv[o->next]) {
		run_command(who, argv + o->next, mask);
		machine_end(who, END_POWEROFF);
	}
	return enter_entries(who, true, machine_wants_single(argv + 1), mask);
}

int init_main(const struct applet *self, int argc, char **argv)
{
	struct sigmask mask;
	struct speaker who = { .name = self->name };
	struct options o = {
		.specs = specs, .count = ARRAY_LEN(specs), .values = &values
	};
	enum options_outcome outcome;
	const char *why;

	signals_block_all(&mask);
	values.grace_ms = GRACE_DEFAULT_MS;
	values.order_wait_ms = ORDER_DEFAULT_MS;
	values.stop_timeout_ms = -1;
	values.kill_after_ms = DURATION_INF;
	values.control = DEFAULT_SOCKET;
	values.scope = SCOPE_SHELL;
	values.entries.item = values.entry_words;
	values.files.item = values.file_words;
	values.maps.item = values.map_words;
	if (machine_is())
		return enter_machine(&who, &o, argc, argv, &mask);
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome == OPTIONS_OK)
		outcome = interpret(&o);
	if (outcome != OPTIONS_OK)
		return options_answer(&o, outcome, self, EXIT_FAILURE_OWN);
	who.verbosity = values.verbosity;
	why = conflict(&o, argv + o.next);
	if (why)
		return usage_error(&who, EXIT_FAILURE_OWN, NULL, why);
	if (o.dashes)
		return run_command(&who, argv + o.next, &mask);
	if (argv[o.next] || values.reload)
		return bare_word(&who, argv + o.next, &mask);
	return enter_entries(&who, false, false, &mask);
}
