/* SPDX-License-Identifier: MIT */
/*
 * wstatus.c - what a wait status means. Pure.
 */
//kbuild:obj-y += wstatus.o

#include "libbb.h"
#include <sys/wait.h>

int wstatus_to_exit(int status)
{
	if (WIFSIGNALED(status))
		return EXIT_SIGNAL_BASE + WTERMSIG(status);
	return WEXITSTATUS(status);
}

void text_wstatus(struct text *t, int status)
{
	if (WIFSIGNALED(status)) {
		text_raw(t, "killed by ");
		text_signal(t, WTERMSIG(status));
	} else {
		text_format(t, "exited with status %d", WEXITSTATUS(status));
	}
}
