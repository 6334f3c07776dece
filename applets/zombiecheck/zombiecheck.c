/* SPDX-License-Identifier: MIT */
/*
 * zombiecheck - which zombies there are and who should have reaped them.
 *
 * Only reads; sends no signal, starts nothing.
 */
//config:config ZOMBIECHECK
//config:	bool "zombiecheck"
//config:	default y
//config:	help
//config:	  List zombies by the parent that should reap them. Leaving it out
//config:	  saves about 3 KiB.
//kbuild:obj-$(CONFIG_ZOMBIECHECK) += zombiecheck.o scan.o report.o
//applet:IF_ZOMBIECHECK(APPLET(zombiecheck, SBIN))
//usage:zombiecheck [OPTIONS]
//usage:List zombies, grouped by the parent that should reap them.
//usage:
//usage:      --proc DIR          look there (default /proc), for example at a
//usage:                          host's /proc mounted into a container
//usage:      --settle D          look twice, D apart; only who is a zombie both
//usage:                          times counts (default 200ms, 0: look once)
//usage:  -h, --help; -V, --version
//usage:
//usage:A thread group's leader that has ended while threads live is no zombie.
//usage:Exit status: 0 no zombie, 1 zombies found, 2 cannot tell (usage, no /proc).
//test:testsuite/applets/zombiecheck.bats

#include "zombiecheck.h"
#include <unistd.h>

#define SETTLE_DEFAULT_MS 200
#define STATUS_FOUND	  1
#define STATUS_TROUBLE	  2

struct zombiecheck_options {
	const char *proc;
	int64_t settle_ms;
};

#define OPTION(name, kind, member)                                           \
	{                                                                    \
		0, name, kind, offsetof(struct zombiecheck_options, member), \
			OPTION_ANYWHERE, NULL                                \
	}

static const struct option_spec specs[] = {
	OPTION("proc", OPTION_STRING, proc),
	OPTION("settle", OPTION_DURATION, settle_ms),
	{ 'h', "help", OPTION_HELP, 0, OPTION_ARGV, NULL },
	{ 'V', "version", OPTION_VERSION, 0, OPTION_ARGV, NULL },
};

static int trouble(const struct speaker *who, const char *what)
{
	warn_errno(who, errno, "%s", what);
	return STATUS_TROUBLE;
}

static int check(
	const struct speaker *who, const struct zombiecheck_options *values)
{
	struct scan scan = { 0 };
	int proc_fd = proc_open(values->proc);

	if (proc_fd < 0 && errno == ENODEV) {
		warn(who, "%s: not a proc filesystem", values->proc);
		return STATUS_TROUBLE;
	}
	if (proc_fd < 0)
		return trouble(who, values->proc);
	if (scan_run(&scan, proc_fd, values->settle_ms) < 0)
		return trouble(who, "scan");
	if (report_print(&scan, proc_fd) < 0)
		return trouble(who, "stdout");
	return scan.count > 0 ? STATUS_FOUND : 0;
}

int zombiecheck_main(const struct applet *self, int argc, char **argv)
{
	const struct speaker who = { .name = self->name };
	struct zombiecheck_options values = { .proc = "/proc",
		.settle_ms = SETTLE_DEFAULT_MS };
	struct options o = {
		.specs = specs, .count = ARRAY_LEN(specs), .values = &values
	};
	enum options_outcome outcome;

	/* A reader that goes away is an error on stdout, status 2. */
	signal_set_ignored(SIGPIPE, true);
	outcome = options_parse(&o, argc, argv, environ);
	if (outcome == OPTIONS_OK && argv[o.next]) {
		o.what = argv[o.next];
		o.why = "unexpected word";
		outcome = OPTIONS_BAD;
	}
	if (outcome != OPTIONS_OK)
		return options_answer(&o, outcome, self, STATUS_TROUBLE);
	return check(&who, &values);
}
