/* SPDX-License-Identifier: MIT */
/*
 * worker - a program that needs time to clean up, and says what it is told.
 *
 *	worker NAME [UNTIL [FD]]
 *
 * Prints "NAME up", and with FD a newline to that descriptor, then for TERM
 * "NAME told" each time, waits UNTIL: so many seconds or, when that is no
 * number, for a file of that name; prints "NAME clean" and ends with 0. INT:
 * "NAME INT", and ends with 0. HUP: "NAME HUP".
 *
 * It is no shell script because in those a signal just before a read(2) or the
 * like is noticed only after it: here nothing is lost from the first line on.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void say(const char *name, const char *what)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "%s %s\n", name, what);

	if (write(STDOUT_FILENO, line, (size_t)n) < 0)
		_exit(99);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "worker";
	const char *until = argc > 2 ? argv[2] : "0";
	const struct timespec nap = { 0, 20000000 };
	double end = 0;
	int told = 0;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	say(name, "up");
	if (argc > 3 && write(atoi(argv[3]), "\n", 1) < 0)
		return 99;
	for (;;) {
		int signal = told ? sigtimedwait(&set, NULL, &nap)
				  : sigwaitinfo(&set, NULL);

		if (signal == SIGTERM) {
			say(name, "told");
			end = told++ ? end : seconds() + atof(until);
		} else if (signal == SIGHUP) {
			say(name, "HUP");
		} else if (signal == SIGINT && !told) {
			say(name, "INT");
			return 0;
		}
		if (told && (isdigit((unsigned char)*until)
					    ? seconds() >= end
					    : access(until, F_OK) == 0)) {
			say(name, "clean");
			return 0;
		}
	}
}
