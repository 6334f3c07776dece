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

/* wait(2) has no other error than these two; should it and waitid(2) fail all the
 * same (a seccomp filter), they are tried again: nothing else brings the status. */
#define FAILURES_MAX 20
#define PAUSE_MS     10

#define STATUS_CONTINUED 0xffff /* what WIFCONTINUED(3) looks for */

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

/* What waitid(2) tells, as a wait status. */
static int status_of(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED:
		return (info->si_status & 0xff) << 8;
	case CLD_KILLED:
		return info->si_status;
	case CLD_DUMPED:
		return info->si_status | 0x80;
	case CLD_CONTINUED:
		return STATUS_CONTINUED;
	}
	return info->si_status << 8 | 0x7f; /* stopped, perhaps by an event */
}

/* waitpid(2), or where that is refused the other call that can tell. */
static pid_t take_news(int *status)
{
	siginfo_t info;
	pid_t pid =
		waitpid(-1, status, WNOHANG | WUNTRACED | WCONTINUED | __WALL);

	if (pid >= 0 || errno == ECHILD || errno == EINTR)
		return pid;
	info.si_pid = 0; /* where nobody has ended it may be left as it is */
	if (waitid(P_ALL, 0, &info,
		    WNOHANG | WEXITED | WSTOPPED | WCONTINUED | __WALL) < 0)
		return -1;
	*status = status_of(&info);
	return info.si_pid;
}

int reap_next(struct reaped *out)
{
	unsigned failures = 0;

	for (;;) {
		out->pid = take_news(&out->status);
		if (out->pid == 0)
			return 0;
		if (out->pid < 0) {
			if (errno == ECHILD || ++failures > FAILURES_MAX)
				return -1;
			if (errno != EINTR)
				sleep_ms(PAUSE_MS);
			continue;
		}
		/* One that stops again and again must not keep us here. */
		if (WIFSTOPPED(out->status) &&
			let_traced_go(out->pid, out->status))
			out->status = STATUS_CONTINUED;
		return 1;
	}
}
