/* SPDX-License-Identifier: MIT */
/*
 * service - a program of a container: logs "NAME up", at SIGTERM "NAME told",
 * cleans up for so many milliseconds, logs "NAME clean", ends with 0.
 *
 * usage: service LOG NAME MILLISECONDS
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec span;
	sigset_t set;
	char line[64];
	long ms;
	int fd, signal;

	if (argc != 4)
		return 2;
	ms = atol(argv[3]);
	span = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0644);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	dprintf(fd, "%s up\n", argv[2]);
	sigwait(&set, &signal);
	dprintf(fd, "%s told\n", argv[2]);
	nanosleep(&span, NULL);
	snprintf(line, sizeof(line), "%s clean\n", argv[2]);
	return write(fd, line, strlen(line)) < 0;
}
