/* SPDX-License-Identifier: MIT */
/*
 * floor - the least an init can do: start a command, forward, reap, and at a
 * TERM tell everybody and wait for all. What "make bench" compares with: it
 * checks nothing, has no option, and no answer to anything that goes wrong.
 *
 *	floor -- COMMAND [ARG]...
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uint64_t all = ~0ULL, old;
	int sig, status, code = 0, stopping = 0;
	pid_t child, pid;

	(void)argc;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8);
	child = vfork();
	if (child == 0) {
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8);
		execve(argv[2], argv + 2, environ);
		_exit(127);
	}
	for (;;) {
		sig = syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, 8);
		if (sig == SIGTERM) {
			stopping = 1;
			kill(getpid() == 1 ? -1 : child, SIGTERM);
		} else if (sig != SIGCHLD) {
			kill(child, sig);
		}
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == child)
				child = 0, code = WEXITSTATUS(status);
		if (child == 0 && (pid < 0 || !stopping))
			return code;
	}
}
