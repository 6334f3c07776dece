/* SPDX-License-Identifier: MIT */
/*
 * peak - run a command and print the most memory that it had, in KiB. Small
 * and static, since what a process had before exec counts, too.
 *
 *	peak COMMAND [ARG]...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage = { 0 };
	pid_t pid = fork();

	if (pid == 0 && argc > 1) {
		dup2(open("/dev/null", O_WRONLY), 1);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (wait4(pid, NULL, 0, &usage) != pid)
		return 1;
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}
