/* SPDX-License-Identifier: MIT */
/*
 * reap.c - the one place that waits.
 *
 * Nothing else in the tree calls wait(2) or its relatives. So until a caller
 * of reap_next has been told that a child has ended, that child's PID cannot
 * be given to anybody else.
 */
//kbuild:obj-y += reap.o

#include "libbb.h"
#include <sys/ptrace.h>
#include <sys/wait.h>

/* wait(2) has no other error than these two; should it fail all the same (a
 * seccomp filter), it is tried again, since nothing else brings the status. */
#define FAILURES_MAX 20
#define PAUSE_MS     10

/*
 * A child that called PTRACE_TRACEME made us its tracer: it stops at each
 * signal until we let it go. PTRACE_DETACH does, and hands the signal over;
 * on a child that we do not trace it fails (ESRCH) and the stop is an ordinary
 * one. SIGTRAP (after exec) and event stops carry no signal to hand over.
 */
static bool let_traced_go(pid_t pid, int status)
{
	long signal = WSTOPSIG(status);

	if (signal == SIGTRAP || status >> 16 != 0)
		signal = 0;
	return ptrace(PTRACE_DETACH, pid, NULL, (void *)signal) == 0;
}

int reap_next(struct reaped *out)
{
	unsigned failures = 0;

	for (;;) {
		out->pid = waitpid(-1, &out->status,
			WNOHANG | WUNTRACED | WCONTINUED | __WALL);
		if (out->pid == 0)
			return 0;
		if (out->pid < 0) {
			if (errno == ECHILD || ++failures > FAILURES_MAX)
				return -1;
			if (errno != EINTR)
				sleep_ms(PAUSE_MS);
			continue;
		}
		if (WIFSTOPPED(out->status) &&
			let_traced_go(out->pid, out->status))
			continue;
		return 1;
	}
}
