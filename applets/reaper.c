/* SPDX-License-Identifier: MIT */
/*
 * reaper - one command under a PID 1 that reaps.
 *
 * Invariant: all signals are blocked from reaper_main's first call on; only
 * supervise and pause take them, one by one.
 */
//config:config REAPER
//config:	bool "reaper: one command"
//config:	default y
//config:	help
//config:	  Run one command as PID 1: pass signals on to it, reap every orphan,
//config:	  end only when all that it started has ended. Leaving it out saves
//config:	  about 0.6 KiB, more if no other applet that runs commands is chosen.
//config:config TINI
//config:	bool "tini: reaper by that name"
//config:	default y
//config:	help
//config:	  The name tini, with tini's options; it ends as soon as its command
//config:	  has ended. Leaving it out saves about 0.1 KiB. docker-init and
//config:	  podman-init have the same code, which stays as long as one does.
//config:config DOCKER_INIT
//config:	bool "docker-init: what docker run --init starts"
//config:	default y
//config:	help
//config:	  tini under the name by which dockerd runs it. Leaving it out saves
//config:	  about 0.1 KiB beside tini or podman-init.
//config:config PODMAN_INIT
//config:	bool "podman-init: what podman run --init starts"
//config:	default y
//config:	help
//config:	  tini under a name for podman. Leaving it out saves about 0.1 KiB
//config:	  beside tini or docker-init.
//config:config CATATONIT
//config:	bool "catatonit: reaper by that name"
//config:	default y
//config:	help
//config:	  The name catatonit, with its options; it ends as soon as its
//config:	  command has ended. Leaving it out saves about 0.2 KiB.
//config:config PAUSE
//config:	bool "pause: the pause container of a pod"
//config:	default y
//config:	help
//config:	  The name pause: no command, only wait, reap orphans and end when
//config:	  told to. Leaving it out saves about 0.1 KiB.
//kbuild:obj-$(CONFIG_REAPER) += reaper.o
//kbuild:obj-$(CONFIG_TINI) += reaper.o
//kbuild:obj-$(CONFIG_DOCKER_INIT) += reaper.o
//kbuild:obj-$(CONFIG_PODMAN_INIT) += reaper.o
//kbuild:obj-$(CONFIG_CATATONIT) += reaper.o
//kbuild:obj-$(CONFIG_PAUSE) += reaper.o
//applet:IF_REAPER(APPLET(reaper, SBIN))
//usage:reaper [OPTIONS] [--] COMMAND [ARG]...
//usage:Run one command; pass signals on, reap, end when all have ended.
//usage:
//usage:  -g, --group             signals go to the command's process group
//usage:  -a, --all               signals go to every descendant
//usage:  -G, --grace D           the command ended by itself: the others get
//usage:                          SIGTERM and D to end (default 10s, inf, 0)
//usage:  -k, --kill-after D      kill what is left D after a stop request
//usage:                          (default: never; the runtime decides)
//usage:      --stop-signal SIG   SIG is a stop request, too (repeatable)
//usage:  -e, --expect CODE       exit status CODE counts as 0 (repeatable)
//usage:  -p, --parent-death SIG  get SIG when our own parent dies
//usage:  -s, --subreaper         accepted for tini; always on
//usage:  -w, --warn-reaped       a line for each adopted process reaped
//usage:  -P, --pause             no command: reap until SIGTERM or SIGINT
//usage:  -v, --verbose           say what is done; twice: signals, too
//usage:  -h, --help; -V, --version
//usage:
//usage:Stop requests are TERM, INT, PWR and 37 (podman's SIGRTMIN+3). D is like
//usage:500ms, 8s, 1m30s. Options are variables, too: INITBOX_KILL_AFTER=8s.
//usage:Exit status: the command's; 128+N if signal N ended it; 127 not found,
//usage:126 not executable, 125 any failure of our own.
//applet:IF_TINI(ALIAS(tini, reaper, SBIN))
//applet:IF_DOCKER_INIT(ALIAS(docker-init, reaper, SBIN))
//applet:IF_PODMAN_INIT(ALIAS(podman-init, reaper, SBIN))
//usage:tini [OPTIONS] [--] COMMAND [ARG]...
//usage:As tini: run one command, end with it.
//usage:
//usage:  -g         signals go to the command's process group
//usage:  -s         accepted; always on
//usage:  -p SIG     get SIG when our own parent dies
//usage:  -e CODE    exit status CODE counts as 0 (repeatable)
//usage:  -w         a line for each adopted process reaped
//usage:  -v         say what is done; twice: signals, too
//usage:  -l         show the licence
//usage:  -h; --version
//usage:
//usage:TINI_SUBREAPER, TINI_KILL_PROCESS_GROUP and TINI_VERBOSITY work as with
//usage:tini. INITBOX_GRACE=10s, INITBOX_KILL_AFTER=8s or INITBOX_ALL=1 make it end
//usage:only after all processes have ended, as reaper does. Exit status: the
//usage:command's; 128+N if signal N ended it; 127, 126; 1 any failure of our own.
//applet:IF_CATATONIT(ALIAS(catatonit, reaper, SBIN))
//usage:catatonit [OPTIONS] [--] COMMAND [ARG]...
//usage:As catatonit: run one command, end with it.
//usage:
//usage:  -g             signals go to the command's process group
//usage:  -P             no command: reap until SIGTERM or SIGINT
//usage:  -L             show the licence
//usage:  -h; -V, --version
//usage:
//usage:INITBOX_GRACE, INITBOX_KILL_AFTER and INITBOX_ALL as with tini. Exit status:
//usage:the command's; 128+N if signal N ended it; 1 any failure of our own.
//applet:IF_PAUSE(ALIAS(pause, reaper, SBIN))
//usage:pause [-h | -V]
//usage:Run nothing; reap until SIGTERM or SIGINT.
//usage:
//usage:The first process of a pod or of a shared PID namespace.
//test:testsuite/applets/reaper.bats
//test:testsuite/applets/aliases.bats
//test:testsuite/applets/ending.bats
//test:testsuite/applets/terminal.bats

#include "libbb.h"
#include <sys/prctl.h>
#include <unistd.h>

#define PEER_FAILURE 1 /* what the peers end with */

struct reaper_options {
	bool group, all, subreaper, warn_reaped, pause, licence;
	int parent_death;
	int verbosity;
	int64_t grace_ms, kill_after_ms;
	struct sigmask stop_signals;
	struct code_set expect;
};

#define OPTION(letter, name, kind, member)                             \
	OPTION_SPEC(struct reaper_options, letter, name, kind, member, \
		OPTION_ANYWHERE)
#define LETTER(letter, kind, member)                                   \
	OPTION_SPEC(struct reaper_options, letter, NULL, kind, member, \
		OPTION_ARGV)
#define VARIABLE(name, kind, member)                              \
	OPTION_SPEC(struct reaper_options, 0, name, kind, member, \
		OPTION_ENVIRONMENT)

static const struct option_spec reaper_specs[] = {
	OPTION('g', "group", OPTION_FLAG, group),
	OPTION('a', "all", OPTION_FLAG, all),
	OPTION('G', "grace", OPTION_DURATION, grace_ms),
	OPTION('k', "kill-after", OPTION_DURATION, kill_after_ms),
	OPTION(0, "stop-signal", OPTION_SIGNALS, stop_signals),
	OPTION('e', "expect", OPTION_CODES, expect),
	OPTION('p', "parent-death", OPTION_SIGNAL, parent_death),
	OPTION('s', "subreaper", OPTION_FLAG, subreaper),
	OPTION('w', "warn-reaped", OPTION_FLAG, warn_reaped),
	OPTION('P', "pause", OPTION_FLAG, pause),
	OPTION('v', "verbose", OPTION_COUNT, verbosity),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

/* The three that turn the better behaviour on come first: BETTER_MASK. */
#define BETTER_VARIABLES                                                \
	VARIABLE("grace", OPTION_DURATION, grace_ms),                   \
		VARIABLE("kill-after", OPTION_DURATION, kill_after_ms), \
		VARIABLE("all", OPTION_FLAG, all)
#define BETTER_MASK 3u /* the third one's value decides */

static const struct option_spec tini_specs[] = {
	BETTER_VARIABLES,
	LETTER('g', OPTION_FLAG, group),
	LETTER('s', OPTION_FLAG, subreaper),
	LETTER('p', OPTION_SIGNAL, parent_death),
	LETTER('e', OPTION_CODES, expect),
	LETTER('w', OPTION_FLAG, warn_reaped),
	LETTER('v', OPTION_COUNT, verbosity),
	LETTER('l', OPTION_FLAG, licence),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION(0, "version"),
};

static const struct option_spec catatonit_specs[] = {
	BETTER_VARIABLES,
	LETTER('g', OPTION_FLAG, group),
	LETTER('P', OPTION_FLAG, pause),
	LETTER('L', OPTION_FLAG, licence),
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

static const struct option_spec pause_specs[] = {
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
};

/* Whom we are, by the name we are called. */
struct persona {
	const char *name;
	const struct option_spec *specs;
	unsigned char count; /* of specs */
	bool peer;	     /* ends with its command, forwards verbatim */
	bool tini;	     /* TINI_ variables */
	bool pause;	     /* needs no option for it */
	unsigned char own_failure; /* statuses, see struct supervise_plan */
	unsigned char exec_failure;
};

#define SPECS(table) .specs = (table), .count = ARRAY_LEN(table)

static const struct persona personas[] = {
	{ "tini", SPECS(tini_specs), .peer = true, .tini = true,
		.own_failure = PEER_FAILURE },
	{ "docker-init", SPECS(tini_specs), .peer = true, .tini = true,
		.own_failure = PEER_FAILURE },
	{ "podman-init", SPECS(tini_specs), .peer = true, .tini = true,
		.own_failure = PEER_FAILURE },
	{ "catatonit", SPECS(catatonit_specs), .peer = true,
		.own_failure = PEER_FAILURE, .exec_failure = PEER_FAILURE },
	{ "pause", SPECS(pause_specs), .pause = true,
		.own_failure = EXIT_FAILURE_OWN },
	{ "reaper", SPECS(reaper_specs), .own_failure = EXIT_FAILURE_OWN },
};

static const char peer_version[] = "tini version " INITBOX_VERSION "_initbox\n";
static const char licence[] =
	"initbox " INITBOX_VERSION ", MIT licence: use, copy, change and pass "
	"it on freely, with this\nnotice; it comes without any warranty.\n";

static struct supervisor supervisor;

/*
 * Ask for a signal when our parent dies. It may have died before we asked:
 * then nothing would ever come, so we send it ourselves (prctl(2)).
 */
static void watch_parent(int signal, pid_t parent)
{
	/* Not as ours: what we sent ourselves would be taken for a side effect
	 * and kept from the command. */
	const siginfo_t info = { .si_code = SI_QUEUE };

	prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
	if (getppid() != parent)
		signal_queue(getpid(), signal, &info);
}

/* No command: reap until TERM or INT. */
static int pause_and_reap(const struct speaker *who)
{
	struct reaped child;
	siginfo_t info;

	if (chdir("/") < 0)
		note(who, 1, "cannot change to /");
	supervisor_setup();
	descriptors_close_from(STDERR_FILENO + 1);
	signal_set_ignored(SIGCHLD, false);
	for (bool more = false;;) {
		int signal = signal_wait(more ? 0 : DURATION_INF, &info);

		if (signal == SIGTERM || signal == SIGINT)
			return 0;
		more = reap_next(&child) > 0;
		if (more)
			note(who, 2, "reaped process %d", child.pid);
	}
}

static const struct persona *find_persona(const char *name)
{
	const struct persona *p = personas;

	/* The last one is reaper: whatever else the table calls us. */
	while (p < &personas[ARRAY_LEN(personas) - 1] &&
		strcmp(p->name, name) != 0)
		p++;
	return p;
}

/* tini's own variables: their presence counts, or a number from 0. */
static void read_tini_variables(struct reaper_options *values)
{
	const char *level = environment_get(environ, "TINI_VERBOSITY");
	uint64_t n;

	if (environment_get(environ, "TINI_KILL_PROCESS_GROUP"))
		values->group = true;
	/* tini's 1 is our 0: quiet unless something is wrong. */
	if (level && !parse_unsigned(level, 9, &n) && n > 0)
		values->verbosity += (int)n - 1;
}

static int run_command(const struct persona *persona, const struct speaker *who,
	char **argv, const struct reaper_options *values, bool better,
	const struct sigmask *mask)
{
	const struct supervise_plan plan = {
		.who = who,
		.argv = argv,
		.envp = environ,
		.mask = mask,
		.stop_signals = &values->stop_signals,
		.expect = &values->expect,
		.policy = {
			.grace_ms = values->grace_ms,
			.kill_after_ms = values->kill_after_ms,
			.end_with_main = persona->peer && !better,
		},
		.scope = values->all ? SCOPE_ALL
			: values->group ? SCOPE_GROUP : SCOPE_CHILD,
		.own_failure = persona->own_failure,
		.exec_failure = persona->exec_failure,
		.verbatim = persona->peer,
		.say_adopted = values->warn_reaped,
	};

	return supervise(&supervisor, &plan);
}

/* --help, --version, the licence or a bad option. */
static int answer(const struct applet *self, const struct persona *persona,
	const struct options *o, enum options_outcome outcome)
{
	int status = outcome == OPTIONS_OK ? print_text(self, licence)
		     : outcome == OPTIONS_VERSION && persona->peer
			     ? print_text(self, peer_version)
			     : options_answer(o, outcome, self, 1);

	return status ? persona->own_failure : 0;
}

int reaper_main(const struct applet *self, int argc, char **argv)
{
	struct sigmask mask;
	pid_t parent;
	const struct persona *persona;
	struct reaper_options values = { .grace_ms = GRACE_DEFAULT_MS,
		.kill_after_ms = DURATION_INF };
	struct speaker who = { .name = self->name };
	struct options o = { .values = &values };
	enum options_outcome outcome;

	signals_block_all(&mask);
	parent = getppid();
	persona = find_persona(self->name);
	o.specs = persona->specs;
	o.count = persona->count;
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome != OPTIONS_OK || values.licence)
		return answer(self, persona, &o, outcome);
	if (persona->tini)
		read_tini_variables(&values);
	who.verbosity = values.verbosity;
	values.pause |= persona->pause;
	argv += o.next;
	/* A peer's words are ignored, as it does. */
	if (values.pause && *argv && !persona->pause && !persona->peer)
		return usage_error(
			&who, persona->own_failure, *argv, "takes no command");
	if (!values.pause && (!*argv || !**argv))
		return usage_error(
			&who, persona->own_failure, NULL, "no command given");
	if (values.parent_death)
		watch_parent(values.parent_death, parent);
	if (values.pause)
		return pause_and_reap(&who);
	return run_command(persona, &who, argv, &values,
		(o.seen & BETTER_MASK) || values.all, &mask);
}
