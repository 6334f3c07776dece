/* SPDX-License-Identifier: MIT */
/*
 * crowd - PID 1 of a namespace with so many processes, each tenth a zombie,
 * while a command runs; its exit status becomes ours.
 *
 *	crowd NUMBER COMMAND [ARG]...
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3)
		return 99;
	for (long i = 0; i < atol(argv[1]); i++) {
		pid = fork();
		if (pid < 0)
			return 98;
		if (pid == 0 && i % 10 == 0)
			_exit(0);
		if (pid == 0)
			for (;;)
				pause();
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(97);
	}
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 96;
}
