/* SPDX-License-Identifier: MIT */
/*
 * zombiecheck - who does not reap, why, and whether an init would help.
 *
 * Only reads, but for --probe, which makes an orphan; sends no signal.
 */
//config:config ZOMBIECHECK
//config:	bool "zombiecheck: who leaves zombies, and why"
//config:	default y
//config:	help
//config:	  List zombie processes, who should have reaped them, why that did
//config:	  not happen and what helps; say whether PID 1 stops and reaps. For
//config:	  people, Prometheus, Nagios and HEALTHCHECK. Leaving it out saves
//config:	  about 37 KiB.
//kbuild:obj-$(CONFIG_ZOMBIECHECK) += zombiecheck.o check.o scan.o state.o filter.o parents.o cause.o audit.o probe.o range.o
//kbuild:obj-$(CONFIG_ZOMBIECHECK) += human.o json.o prometheus.o oneline.o summary.o watch.o
//applet:IF_ZOMBIECHECK(APPLET(zombiecheck, SBIN))
//usage:zombiecheck [ACTION] [FILTER] [OUTPUT]
//usage:Name zombies, who should reap them, the cause and the cure.
//usage:
//usage:Actions; the default lists zombies by parent
//usage:  -A, --audit             does PID 1 heed the stop signal, does it reap?
//usage:  -P[N], --probe[=N]      prove it with an orphan; N times (to 1000)
//usage:  -W[D], --watch[=D]      again each D (2s): changes, rate, time left
//usage:      --count N           ... so many times
//usage:Filters
//usage:      --pid PID[,PID]     these parents; for --audit, the first one
//usage:      --container ID      its first digits (4 or more), or systemd unit
//usage:      --pidns WHAT        PID namespace: of a PID, an inode, or self
//usage:  -u, --uid N             zombies of this user
//usage:      --comm GLOB         zombies of such names
//usage:      --min-age D         zombies for so long; see --state
//usage:      --settle D          zombies still D later (200ms; 0: look once)
//usage:Outputs; the default is for people
//usage:      --json, --prometheus, --nagios, --check (a line for HEALTHCHECK)
//usage:  -q, --quiet             status only
//usage:  -l, --list              every zombie
//usage:  -n, --limit N           names (3), zombies (all), metrics' parents (20)
//usage:  -o, --output FILE       there, whole or not at all
//usage:      --color WHEN, --no-color    auto, always, never
//usage:      --no-ppid-label     metrics: no series for each parent's PID
//usage:Others
//usage:      --proc DIR          look there (/proc), as at a host's /proc
//usage:      --state FILE        remember since when; exact ages, also for cron
//usage:      --stop-signal SIG   what --audit looks at (TERM; repeatable)
//usage:      --probe-timeout D   wait so long for the orphan's end (2s)
//usage:  -w, --warning RANGE     --nagios warns of more zombies (0) ...
//usage:  -c, --critical RANGE    ... or is critical (50)
//usage:      --pids-warn PCT, --pids-crit PCT    used part of the limit (80, 95)
//usage:      --strict            a partial view, warn and ? count as found
//usage:  -h, --help; -V, --version
//usage:
//usage:Status: 0 none or good; 1 found; 2 cannot tell. --check: 0, 1. --nagios: 0
//usage:to 3. --prometheus: 0, 2.
//test:testsuite/applets/zombiecheck.bats

#include "zombiecheck.h"
#include <unistd.h>

#define OPTION(letter, name, kind, member) \
	OPTION_SPEC(                       \
		struct settings, letter, name, kind, member, OPTION_ANYWHERE)

static const struct option_spec specs[] = {
	OPTION('A', "audit", OPTION_FLAG, audit),
	OPTION('P', "probe", OPTION_OPTIONAL, probe),
	OPTION('W', "watch", OPTION_OPTIONAL, watch),
	OPTION(0, "count", OPTION_NUMBER, watch_count),
	OPTION(0, "pid", OPTION_STRING, pid_list),
	OPTION(0, "container", OPTION_STRING, container),
	OPTION(0, "pidns", OPTION_STRING, pidns),
	OPTION('u', "uid", OPTION_NUMBER, uid),
	OPTION(0, "comm", OPTION_STRING, comm),
	OPTION(0, "min-age", OPTION_DURATION, min_age_ms),
	OPTION(0, "settle", OPTION_DURATION, settle_ms),
	OPTION(0, "json", OPTION_FLAG, outputs[FORMAT_JSON]),
	OPTION(0, "prometheus", OPTION_FLAG, outputs[FORMAT_PROMETHEUS]),
	OPTION(0, "nagios", OPTION_FLAG, outputs[FORMAT_NAGIOS]),
	OPTION(0, "check", OPTION_FLAG, outputs[FORMAT_CHECK]),
	OPTION('q', "quiet", OPTION_FLAG, quiet),
	OPTION('l', "list", OPTION_FLAG, list),
	OPTION('n', "limit", OPTION_NUMBER, limit),
	OPTION('o', "output", OPTION_STRING, output),
	OPTION(0, "color\0auto\0always\0never\0", OPTION_CHOICE, color),
	OPTION(0, "no-color", OPTION_FLAG, no_color),
	OPTION(0, "no-ppid-label", OPTION_FLAG, no_ppid_label),
	OPTION(0, "proc", OPTION_STRING, proc),
	OPTION(0, "state", OPTION_STRING, state),
	OPTION(0, "stop-signal", OPTION_SIGNALS, stop_signals),
	OPTION(0, "probe-timeout", OPTION_DURATION, probe_timeout_ms),
	OPTION('w', "warning", OPTION_STRING, warning),
	OPTION('c', "critical", OPTION_STRING, critical),
	OPTION(0, "pids-warn", OPTION_NUMBER, pids_warn),
	OPTION(0, "pids-crit", OPTION_NUMBER, pids_crit),
	OPTION(0, "strict", OPTION_FLAG, strict),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

/* What is wrong with the word of an option; NULL for nothing. */
struct complaint {
	const char *what, *why;
};

/* Values that only this applet knows how to read. */
static struct complaint read_values(struct settings *s)
{
	uint64_t n = 1;
	const char *why;

	if (s->probe && *s->probe && (why = parse_unsigned(s->probe, 1000, &n)))
		return (struct complaint){ s->probe, why };
	s->probe_times = (int64_t)n;
	if (n == 0)
		return (struct complaint){ "--probe", "needs 1 time or more" };
	if (s->watch && *s->watch &&
		(why = parse_duration_ms(s->watch, &s->watch_ms)))
		return (struct complaint){ s->watch, why };
	if (s->watch && s->watch_ms == 0)
		return (struct complaint){ "--watch", "needs a duration" };
	if (s->pid_list && !read_pids(s->pid_list, &s->pids))
		return (struct complaint){ s->pid_list, "not a list of PIDs" };
	if (s->container && strlen(s->container) < 4)
		return (struct complaint){ s->container,
			"too short (4 digits or more of an id)" };
	if ((why = parse_range(s->warning, &s->warning_range)))
		return (struct complaint){ s->warning, why };
	if ((why = parse_range(s->critical, &s->critical_range)))
		return (struct complaint){ s->critical, why };
	return (struct complaint){ NULL, NULL };
}

/* Which output it is, and what does not go together. */
static struct complaint read_output(struct settings *s)
{
	for (int i = FORMAT_HUMAN; i <= FORMAT_CHECK; i++) {
		if (!s->outputs[i])
			continue;
		if (s->format != FORMAT_HUMAN)
			return (struct complaint){ "outputs",
				"more than one was asked for" };
		s->format = (enum format)i;
	}
	if (s->quiet && (s->output || s->format == FORMAT_JSON ||
				s->format == FORMAT_PROMETHEUS))
		return (struct complaint){ "--quiet",
			"not with --output, --json or --prometheus" };
	if ((s->audit || s->probe) &&
		(s->format == FORMAT_PROMETHEUS || s->format == FORMAT_NAGIOS))
		return (struct complaint){ "--audit, --probe",
			"not with --prometheus or --nagios" };
	if (s->watch && (s->audit || s->probe || s->format >= FORMAT_NAGIOS))
		return (struct complaint){ "--watch",
			"not with --audit, --probe, --nagios or --check" };
	if (s->watch_count >= 0 && !s->watch)
		return (struct complaint){ "--count", "needs --watch" };
	if (s->watch_count == 0)
		return (struct complaint){ "--count", "must be 1 or more" };
	return (struct complaint){ NULL, NULL };
}

bool terminal_is_dumb(void)
{
	const char *term = environment_get(environ, "TERM");

	return !term || strcmp(term, "dumb") == 0;
}

/* Colours are for terminals whose user did not refuse them. */
static bool wants_color(const struct settings *s)
{
	const char *no = environment_get(environ, "NO_COLOR");

	if (s->no_color || s->color == 2)
		return false;
	return s->color == 1 ||
	       (!s->output && (!no || !*no) && !terminal_is_dumb() &&
		       isatty(STDOUT_FILENO));
}

/* Whether an output was asked for, however wrongly: "--nagios=1". */
static bool wants(char **argv, const char *option, const char *variable)
{
	const char *value = environment_get(environ, variable);
	size_t length = strlen(option);

	for (; *argv; argv++)
		if (strncmp(*argv, option, length) == 0 &&
			((*argv)[length] == '\0' || (*argv)[length] == '='))
			return true;
	return value && strcmp(value, "0") != 0;
}

/* The status of a usage error, whether the parser came to that word or not;
 * to be asked for before it takes the variables away. */
static int usage_status(char **argv)
{
	if (wants(argv, "--nagios", "INITBOX_NAGIOS"))
		return STATUS_NAGIOS_UNKNOWN;
	return wants(argv, "--check", "INITBOX_CHECK") ? STATUS_FOUND
						       : STATUS_TROUBLE;
}

static enum options_outcome read_options(
	struct options *o, int argc, char **argv, struct settings *s)
{
	enum options_outcome outcome = options_parse(o, argc, argv, environ);
	struct complaint bad = { NULL, NULL };

	if (outcome != OPTIONS_OK)
		return outcome;
	if (argv[o->next])
		bad = (struct complaint){ argv[o->next], "unexpected word" };
	if (!bad.why)
		bad = read_values(s);
	if (!bad.why)
		bad = read_output(s);
	o->what = bad.what;
	o->why = bad.why;
	s->colored = wants_color(s);
	return bad.why ? OPTIONS_BAD : OPTIONS_OK;
}

static struct settings settings;

/* At run time: most of them are zero, and need no room in the file. */
static void set_defaults(struct settings *s)
{
	s->watch_ms = 2000;
	s->watch_count = -1;
	s->uid = -1;
	s->settle_ms = 200;
	s->limit = -1;
	s->proc = "/proc";
	s->probe_timeout_ms = 2000;
	s->pids_warn = 80;
	s->pids_crit = 95;
	s->warning = "0";
	s->critical = "50";
}

int zombiecheck_main(const struct applet *self, int argc, char **argv)
{
	const struct speaker who = { .name = self->name };
	struct options o = {
		.specs = specs, .count = ARRAY_LEN(specs), .values = &settings
	};
	enum options_outcome outcome;
	int trouble = usage_status(argv), status;

	/* A reader that goes away is an error on stdout, status 2. */
	signal_set_ignored(SIGPIPE, true);
	set_defaults(&settings);
	outcome = read_options(&o, argc, argv, &settings);
	if (outcome == OPTIONS_OK)
		return check_main(&who, &settings);
	status = options_answer(&o, outcome, self, trouble);
	if (outcome == OPTIONS_BAD && trouble == STATUS_NAGIOS_UNKNOWN &&
		!settings.quiet)
		plugin_trouble(&who, o.what, o.why);
	return status == 0 ? status : trouble;
}
