/* SPDX-License-Identifier: MIT */
/*
 * app - a stand-in for a server in the examples of entrypoints: it says when it
 * is ready, and when it is told to stop, and a second later that it has cleaned
 * up. A program, not a script, because scripts are shells to sigproxy.
 *
 *	app NAME [0]	0: a job that ends at once
 *	java|node ...	the same by its own name
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	sigset_t stops;
	int sig;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(name, "app"))
		name = argc > 1 ? argv[1] : "app";
	if (argc > 2 && !strcmp(argv[2], "0")) {
		printf("%s: done\n", name);
		return 0;
	}
	printf("%s: ready\n", name);
	sigwait(&stops, &sig);
	printf("%s: told\n", name);
	sleep(1);
	printf("%s: cleaned\n", name);
	return 0;
}
