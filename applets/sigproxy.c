/* SPDX-License-Identifier: MIT */
/*
 * sigproxy - put in front of a shell entrypoint, so that signals reach the
 * programs that it runs.
 *
 * Invariant: as in reaper, all signals are blocked from the first call on.
 */
//config:config SIGPROXY
//config:	bool "sigproxy"
//config:	default y
//config:	help
//config:	  Wrap an entrypoint script: rewrite, delay or widen the signals it
//config:	  gets. Leaving it out saves about 3 KiB.
//kbuild:obj-$(CONFIG_SIGPROXY) += sigproxy.o
//applet:IF_SIGPROXY(APPLET(sigproxy, SBIN))
//usage:sigproxy [OPTIONS] [--] COMMAND [ARG]...
//usage:Wrap an entrypoint so that signals reach the programs it runs.
//usage:
//usage:  -s, --scope SCOPE       who gets the signals: child (default), group or
//usage:                          all
//usage:  -c, --single-child      the same as --scope child
//usage:  -m, --map FROM:TO       send TO in place of FROM; FROM:0 drops it
//usage:                          (repeatable; -r, --rewrite is the same)
//usage:  -G, --grace D           the command ended by itself: the others get
//usage:                          SIGTERM and D to end (default 10s, inf, 0)
//usage:  -k, --kill-after D      kill what is left D after a stop request
//usage:                          (default: never; the runtime decides)
//usage:      --stop-signal SIG   SIG is a stop request, too (repeatable)
//usage:  -e, --expect CODE       exit status CODE counts as 0 (repeatable)
//usage:  -v, --verbose           say what is done; twice: signals, too
//usage:  -h, --help; -V, --version
//usage:
//usage:Stop requests are TERM, INT, PWR and 37 (podman's SIGRTMIN+3). D is like
//usage:500ms, 8s, 1m30s. Options are variables, too: INITBOX_SCOPE=all.
//usage:As an interpreter: "#!/sbin/sigproxy /bin/bash" in a script's first line.
//usage:Exit status: the command's (a bash without a trap ends with 143: --expect
//usage:143 makes that 0); 128+N if signal N ended it; 127 not found, 126 not
//usage:executable, 125 any failure of our own.
//test:testsuite/applets/sigproxy.bats

#include "libbb.h"
#include <unistd.h>

#define GRACE_DEFAULT_MS 10000

struct sigproxy_options {
	const char *scope;
	bool single_child;
	int verbosity;
	int64_t grace_ms, kill_after_ms;
	struct sigmask stop_signals;
	struct code_set expect;
	struct string_list maps;
};

#define OPTION(letter, name, kind, member)                                     \
	{                                                                      \
		letter, name, kind, offsetof(struct sigproxy_options, member), \
			OPTION_ANYWHERE, NULL                                  \
	}

static const struct option_spec specs[] = {
	OPTION('s', "scope", OPTION_STRING, scope),
	OPTION('c', "single-child", OPTION_FLAG, single_child),
	OPTION('m', "map", OPTION_STRINGS, maps),
	OPTION('r', "rewrite", OPTION_STRINGS, maps),
	OPTION('G', "grace", OPTION_DURATION, grace_ms),
	OPTION('k', "kill-after", OPTION_DURATION, kill_after_ms),
	OPTION(0, "stop-signal", OPTION_SIGNALS, stop_signals),
	OPTION('e', "expect", OPTION_CODES, expect),
	OPTION('v', "verbose", OPTION_COUNT, verbosity),
	OPTION('d', "delay", OPTION_LATER, scope),
	OPTION('o', "on-stop", OPTION_LATER, scope),
	{ 'h', "help", OPTION_HELP, 0, OPTION_ARGV, NULL },
	{ 'V', "version", OPTION_VERSION, 0, OPTION_ARGV, NULL },
};

static struct supervisor supervisor;

/* What the words mean; false with *what and *why when one means nothing. */
static bool interpret(const struct sigproxy_options *values,
	enum scope_kind *scope, struct signal_map *map, struct options *o)
{
	o->what = values->scope;
	o->why = values->scope ? parse_scope(values->scope, scope) : NULL;
	for (unsigned i = 0; !o->why && i < values->maps.count; i++) {
		o->what = values->maps.item[i];
		o->why = parse_signal_map(o->what, map);
	}
	return !o->why;
}

int sigproxy_main(const struct applet *self, int argc, char **argv)
{
	static struct sigproxy_options values; /* too large for a stack */
	struct signal_map map = { { 0 } };
	struct sigmask mask;
	struct speaker who = { .name = self->name };
	struct options o = {
		.specs = specs, .count = ARRAY_LEN(specs), .values = &values
	};
	enum scope_kind scope = SCOPE_CHILD;
	enum options_outcome outcome;

	signals_block_all(&mask);
	values.grace_ms = GRACE_DEFAULT_MS;
	values.kill_after_ms = DURATION_INF;
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome == OPTIONS_OK && !interpret(&values, &scope, &map, &o))
		outcome = OPTIONS_BAD;
	if (outcome != OPTIONS_OK)
		return options_answer(&o, outcome, self, EXIT_FAILURE_OWN);
	who.verbosity = values.verbosity;
	if (!argv[o.next] || !*argv[o.next])
		return usage_error(
			&who, EXIT_FAILURE_OWN, NULL, "no command given");
	return supervise(&supervisor,
		&(struct supervise_plan){
			.who = &who,
			.argv = argv + o.next,
			.envp = environ,
			.mask = &mask,
			.stop_signals = &values.stop_signals,
			.expect = &values.expect,
			.map = &map,
			.policy = { .grace_ms = values.grace_ms,
				.kill_after_ms = values.kill_after_ms },
			.scope = values.single_child ? SCOPE_CHILD : scope,
			.own_failure = EXIT_FAILURE_OWN,
		});
}
