/* SPDX-License-Identifier: MIT */
/*
 * hold.c - a stop request that waits for a delay and for a command.
 */
//kbuild:obj-y += hold.o

#include "libbb.h"

static bool begin(struct hold *h, const struct spawn_plan *surroundings)
{
	static const char shell[] = "/bin/sh";
	char *argv[] = { word_for_exec(shell), word_for_exec("-c"), h->command,
		NULL };
	struct spawn_plan plan = *surroundings;
	struct spawn_failure failure;

	if (!h->command && h->delay_ms == 0)
		return false;
	note(h->who, 1, "the stop is held back");
	h->until_ms = deadline_after(clock_now_ms(), h->delay_ms);
	if (!h->command)
		return true;
	plan.argv = argv;
	plan.own_session = true; /* a terminal could stop it */
	h->pid = spawn_wait(&plan, &failure);
	if (failure.step != SPAWN_OK) {
		warn_spawn(h->who, shell, &failure);
		h->pid = 0; /* one that failed after the fork is reaped as any
			     * other child */
	}
	return h->pid != 0 || h->delay_ms > 0;
}

void hold_init(struct hold *h, const struct speaker *who)
{
	h->who = who;
	h->begin = begin;
}
