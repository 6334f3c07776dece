/* SPDX-License-Identifier: MIT */
/*
 * traced_loop.c - so many orphans that ask to be traced by their parent, PID 1, and
 * stop at a signal, again and again; "ready" when they do.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void loop(void)
{
	pid_t parent = getppid();

	if (fork() != 0)
		_exit(0);
	while (getppid() == parent || getppid() > 1)
		usleep(1000);
	for (;;) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGUSR1);
	}
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;

	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < count; i++)
		if (fork() == 0)
			loop();
	while (wait(NULL) > 0)
		;
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
