/* SPDX-License-Identifier: MIT */
/*
 * options-zombiecheck.c - zombiecheck's words and variables.
 *
 * product: libbb-lite/options.c libbb-lite/memory.c
 * product: libbb-lite/exec.c applets/zombiecheck/range.c
 * product: applets/zombiecheck/filter.c
 */
#include "../../applets/zombiecheck/zombiecheck.c"
#include "fuzz.h"

/* filter.c's, not called here */
int64_t zombie_age_s(const struct check *c, const struct zombie *z, bool *bound)
{
	*bound = c && z;
	return 0;
}

uint64_t proc_pid_namespace(int proc_fd, pid_t pid)
{
	return (uint64_t)proc_fd + (uint64_t)pid;
}

void plugin_trouble(
	const struct speaker *who, const char *what, const char *why)
{
	HOLDS(who->name && what && why);
}

int check_main(const struct speaker *who, struct settings *s)
{
	HOLDS(who->name);
	HOLDS(s->watch_ms > 0 && s->min_age_ms >= 0 && s->settle_ms >= 0);
	HOLDS(s->uid >= -1 && s->limit >= -1 && s->probe_timeout_ms >= 0);
	HOLDS(s->probe_times >= 1 && s->probe_times <= 1000);
	HOLDS(s->color >= 0 && s->color <= 2 && s->proc);
	HOLDS(s->pids.count == 0 || s->pid_list);
	HOLDS(s->format <= FORMAT_CHECK);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings before; /* as they are when it starts */
	const struct applet applet = { .name = "zombiecheck",
		.main = zombiecheck_main };

	if (!before.proc)
		before = settings;
	fuzz_applet(&applet, data, size);
	before.pids = settings.pids; /* its memory is used again */
	before.pids.count = 0;
	settings = before;
	return 0;
}
