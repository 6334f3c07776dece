/* SPDX-License-Identifier: MIT */
/*
 * sigproxy - put in front of a shell entrypoint, so that signals reach the
 * programs that it runs.
 *
 * Invariant: as in reaper, all signals are blocked from the first call on.
 */
//config:config SIGPROXY
//config:	bool "sigproxy: an entrypoint that is a shell script"
//config:	default y
//config:	help
//config:	  Run such a script so that a stop reaches the programs that it has
//config:	  started, and not only the shell; replace signals by others or hold
//config:	  them back for a while. Leaving it out saves about 0.8 KiB beside
//config:	  init, which has most of the code, too.
//config:config DUMB_INIT
//config:	bool "dumb-init: sigproxy by that name"
//config:	default y
//config:	help
//config:	  The name dumb-init, with its options; it ends as soon as its
//config:	  command has ended. Leaving it out saves about 0.4 KiB.
//kbuild:obj-$(CONFIG_SIGPROXY) += sigproxy.o
//kbuild:obj-$(CONFIG_DUMB_INIT) += sigproxy.o
//applet:IF_SIGPROXY(APPLET(sigproxy, SBIN))
//usage:sigproxy [OPTIONS] [--] COMMAND [ARG]...
//usage:Wrap an entrypoint so that signals reach the programs it runs.
//usage:
//usage:  -s, --scope SCOPE       who gets the signals: shell (default: through
//usage:                          shells, su and the like to the programs below),
//usage:                          child, group, session (its own) or all
//usage:  -c, --single-child      the same as --scope child
//usage:  -m, --map FROM:TO       send TO in place of FROM; FROM:0 drops it
//usage:  -r, --rewrite FROM:TO   the same (both repeatable)
//usage:  -d, --delay D           hold the first stop request back for D
//usage:  -o, --on-stop CMD       run CMD by sh first, forward when it has ended
//usage:  -G, --grace D           the command ended by itself: the others get
//usage:                          SIGTERM and D to end (default 10s, inf, 0)
//usage:  -k, --kill-after D      kill what is left D after a stop request
//usage:                          (default: never; the runtime decides)
//usage:      --stop-signal SIG   SIG is a stop request, too (repeatable)
//usage:  -e, --expect CODE       exit status CODE counts as 0 (repeatable)
//usage:  -v, --verbose; -h, --help; -V, --version
//usage:
//usage:Stop requests are TERM, INT, PWR and 37 (podman's SIGRTMIN+3). D is like
//usage:500ms, 8s, 1m30s. Options are variables, too: INITBOX_SCOPE=all.
//usage:As an interpreter: "#!/sbin/sigproxy /bin/bash" in a script's first line.
//usage:Exit status: the command's (a bash without a trap ends with 143: --expect
//usage:143 makes that 0); 128+N if signal N ended it; 127, 126; 125 our own.
//applet:IF_DUMB_INIT(ALIAS(dumb-init, sigproxy, SBIN))
//usage:dumb-init [OPTIONS] [--] COMMAND [ARG]...
//usage:As dumb-init: run one command in its own session, end with it.
//usage:
//usage:  -c, --single-child   signals go to the command alone
//usage:  -r, --rewrite S:R    send signal R in place of S; S:0 drops it (repeatable)
//usage:  -v, --verbose        say what is done
//usage:  -h, --help; -V, --version
//usage:
//usage:DUMB_INIT_SETSID=0 and DUMB_INIT_DEBUG=1 work as with dumb-init.
//usage:INITBOX_SCOPE (shell, child, group, session or all), INITBOX_GRACE=10s or
//usage:INITBOX_KILL_AFTER=8s make it end only after all processes have ended, as
//usage:sigproxy does. Exit status: the command's; 128+N if signal N ended it; 2 it
//usage:cannot be executed; 1 usage.
//test:testsuite/applets/sigproxy.bats
//test:testsuite/applets/shell.bats
//test:testsuite/applets/dumb_init.bats

#include "libbb.h"
#include <unistd.h>

/* What dumb-init ends with. */
#define DUMB_USAGE 1
#define DUMB_EXEC  2

/* What may be long stands first: the rest shares its page with what follows. */
struct sigproxy_options {
	const char *map_words[STRING_LIST_MAX];
	struct string_list maps;
	int scope; /* enum scope_kind */
	bool single_child;
	int verbosity;
	int64_t grace_ms, kill_after_ms, delay_ms;
	char *on_stop;
	struct sigmask stop_signals;
	struct code_set expect;
};

#define OPTION(letter, name, kind, member)                               \
	OPTION_SPEC(struct sigproxy_options, letter, name, kind, member, \
		OPTION_ANYWHERE)
#define ARGUMENT(letter, name, kind, member)                             \
	OPTION_SPEC(struct sigproxy_options, letter, name, kind, member, \
		OPTION_ARGV)
#define VARIABLE(name, kind, member)                                \
	OPTION_SPEC(struct sigproxy_options, 0, name, kind, member, \
		OPTION_ENVIRONMENT)

static const struct option_spec sigproxy_specs[] = {
	OPTION('s', "scope\0" SCOPE_CHOICES, OPTION_CHOICE, scope),
	OPTION('c', "single-child", OPTION_FLAG, single_child),
	OPTION('m', "map", OPTION_STRINGS, maps),
	OPTION('r', "rewrite", OPTION_STRINGS, maps),
	OPTION('d', "delay", OPTION_DURATION, delay_ms),
	OPTION('o', "on-stop", OPTION_STRING, on_stop),
	OPTION('G', "grace", OPTION_DURATION, grace_ms),
	OPTION('k', "kill-after", OPTION_DURATION, kill_after_ms),
	OPTION(0, "stop-signal", OPTION_SIGNALS, stop_signals),
	OPTION('e', "expect", OPTION_CODES, expect),
	OPTION('v', "verbose", OPTION_COUNT, verbosity),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

/* The three that turn the better behaviour on come first: BETTER_MASK. */
static const struct option_spec dumb_specs[] = {
	VARIABLE("scope\0" SCOPE_CHOICES, OPTION_CHOICE, scope),
	VARIABLE("grace", OPTION_DURATION, grace_ms),
	VARIABLE("kill-after", OPTION_DURATION, kill_after_ms),
	ARGUMENT('c', "single-child", OPTION_FLAG, single_child),
	ARGUMENT('r', "rewrite", OPTION_STRINGS, maps),
	ARGUMENT('v', "verbose", OPTION_COUNT, verbosity),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};
#define BETTER_MASK 7u

/* From the last one to the first in memory: what is written at start stands at
 * the end of `values`, in `hold` and at the beginning of `supervisor`, on one
 * page if it can, which idle memory is counted in. */
static struct supervisor supervisor;
static _Alignas(256) struct hold hold;
static struct sigproxy_options values; /* too large for a stack */
static struct shell shell;

static bool is_dumb(const struct applet *self)
{
	return strcmp(self->name, "dumb-init") == 0;
}

/* dumb-init's own variables. */
static void read_dumb_variables(void)
{
	const char *session = environment_get(environ, "DUMB_INIT_SETSID");
	const char *debug = environment_get(environ, "DUMB_INIT_DEBUG");

	values.single_child |= session && strcmp(session, "0") == 0;
	if (debug && strcmp(debug, "1") == 0)
		values.verbosity = 2;
}

/* What the words mean; false with what and why when one means nothing. */
static bool interpret(struct signal_map *map, struct options *o)
{
	o->why = parse_signal_maps(&values.maps, map, &o->what);
	if (values.single_child)
		values.scope = SCOPE_CHILD;
	return !o->why;
}

/* --help, --version or an error; dumb-init says all of them on stderr. */
static int answer(const struct applet *self, const struct options *o,
	enum options_outcome outcome)
{
	if (is_dumb(self))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	return options_answer(o, outcome, self,
		is_dumb(self) ? DUMB_USAGE : EXIT_FAILURE_OWN);
}

/* The differences that the other name makes. */
static void become_dumb(struct supervise_plan *plan, bool better)
{
	plan->policy.end_with_main = plan->farewell = !better;
	plan->verbatim = plan->suspend = true;
	plan->own_failure = DUMB_USAGE;
	plan->exec_failure = DUMB_EXEC;
}

static int run_command(const struct applet *self, char **argv,
	const struct signal_map *map, bool better, const struct sigmask *mask)
{
	const struct speaker who = { .name = self->name,
		/* dumb-init knows silent and all */
		.verbosity = is_dumb(self) && values.verbosity
				     ? 2
				     : values.verbosity };
	struct supervise_plan plan = {
		.who = &who,
		.argv = argv,
		.envp = environ,
		.mask = mask,
		.stop_signals = &values.stop_signals,
		.expect = &values.expect,
		.map = map,
		.policy = { .grace_ms = values.grace_ms,
			.kill_after_ms = values.kill_after_ms },
		.scope = (enum scope_kind)values.scope,
		.shell = &shell,
		.hold = &hold,
		.own_failure = EXIT_FAILURE_OWN,
	};

	if (is_dumb(self))
		become_dumb(&plan, better);
	if (!*argv || !**argv)
		return usage_error(
			&who, plan.own_failure, NULL, "no command given");
	shell_init(&shell, &who);
	hold_init(&hold, &who);
	hold.delay_ms = values.delay_ms;
	hold.command = values.on_stop;
	return supervise(&supervisor, &plan);
}

int sigproxy_main(const struct applet *self, int argc, char **argv)
{
	struct signal_map map = { .to = { 0 } };
	struct sigmask mask;
	struct options o = { .specs = sigproxy_specs,
		.count = ARRAY_LEN(sigproxy_specs),
		.values = &values };
	enum options_outcome outcome;

	signals_block_all(&mask);
	values.maps.item = values.map_words;
	values.grace_ms = GRACE_DEFAULT_MS;
	values.kill_after_ms = DURATION_INF;
	values.scope = SCOPE_SHELL;
	if (is_dumb(self)) {
		o.specs = dumb_specs;
		o.count = ARRAY_LEN(dumb_specs);
		values.scope = SCOPE_SESSION;
		map.last_counts = true;
		read_dumb_variables();
	}
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome == OPTIONS_OK && !interpret(&map, &o))
		outcome = OPTIONS_BAD;
	if (outcome != OPTIONS_OK)
		return answer(self, &o, outcome);
	return run_command(
		self, argv + o.next, &map, o.seen & BETTER_MASK, &mask);
}
