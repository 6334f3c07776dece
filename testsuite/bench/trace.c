/* SPDX-License-Identifier: MIT */
/*
 * trace.c - count an init's system calls or instructions from its exec to that
 * of its command, by ptrace(2): needs no performance counters, which virtual
 * machines lack, and sees only what runs outside of the kernel.
 */
#define _GNU_SOURCE
#include "bench.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_INFO  0x420e /* PTRACE_GET_SYSCALL_INFO (ptrace(2)) */
#define SYSCALL_ENTRY 1

#define SLOTS 64 /* processes that are told apart, by their number */

struct count {
	pid_t init;
	long own, all;
	/* As it was at the last call or instruction of each process: when one
	 * has executed something, its parent's vfork(2) has returned, and may
	 * have gone on. */
	struct {
		pid_t pid;
		long own, all;
	} at[SLOTS];
};

/* Whether it runs the file that LOAD begins with. */
static bool runs(pid_t pid, const char *load)
{
	char path[64], file[4096];
	size_t length = strcspn(load, " ");
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, file, sizeof(file));
	return n == (ssize_t)length && !memcmp(file, load, length);
}

static bool enters_call(pid_t pid)
{
	unsigned char info[128];

	return ptrace(SYSCALL_INFO, pid, (void *)sizeof(info), info) > 0 &&
	       info[0] == SYSCALL_ENTRY;
}

/* A string instruction stops after each of its rounds and counts once. */
static bool steps_on(pid_t pid)
{
#ifdef __x86_64__
	static pid_t last_pid;
	static long last_at;
	long at = ptrace(PTRACE_PEEKUSER, pid,
		(void *)offsetof(struct user_regs_struct, rip), NULL);
	bool on = pid != last_pid || at != last_at;

	last_pid = pid;
	last_at = at;
	return on;
#else
	(void)pid;
	return true;
#endif
}

/* One stop: count it, and return the signal to go on with. */
static int on_stop(struct count *c, pid_t pid, int status, bool steps)
{
	int number = WSTOPSIG(status);
	bool counts;

	if (status >> 16)
		return 0;
	if (number == (SIGTRAP | 0x80))
		counts = enters_call(pid);
	else if (number == SIGTRAP)
		counts = steps && steps_on(pid);
	else
		return number == SIGSTOP ? 0 : number; /* a new child begins */
	if (!counts)
		return 0;
	c->all++;
	c->own += pid == c->init;
	c->at[pid % SLOTS].pid = pid;
	c->at[pid % SLOTS].own = c->own;
	c->at[pid % SLOTS].all = c->all;
	return 0;
}

static int say_count(const struct count *c, pid_t pid)
{
	bool known = c->at[pid % SLOTS].pid == pid;

	printf("%ld %ld\n", known ? c->at[pid % SLOTS].own : c->own,
		known ? c->at[pid % SLOTS].all : c->all);
	return 0;
}

/* Our end is the end of whom we trace, too. */
static void on_alarm(int number)
{
	(void)number;
	_exit(0);
}

int measure_trace(bool steps, int seconds, const char *load, const char *init)
{
	struct count c = { .init = run_init(init, load, true) };
	int request = steps ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, status;
	pid_t pid;

	signal(SIGALRM, on_alarm); /* by default PID 1 does not hear it */
	alarm(seconds);
	if (waitpid(c.init, &status, 0) != c.init || !WIFSTOPPED(status))
		return 1;
	ptrace(PTRACE_SETOPTIONS, c.init, NULL,
		(void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
	ptrace(request, c.init, NULL, NULL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		long number;

		if (!WIFSTOPPED(status))
			continue;
		if (status >> 16 == PTRACE_EVENT_EXEC && runs(pid, load))
			return say_count(&c, pid);
		number = on_stop(&c, pid, status, steps);
		ptrace(request, pid, NULL, (void *)number);
	}
	return 1;
}
