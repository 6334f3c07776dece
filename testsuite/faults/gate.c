/* SPDX-License-Identifier: MIT */
/*
 * gate.c - execute a command when a lock is free: time for a tracer to attach
 * to what shall be PID 1 of a namespace, before it makes its first system call.
 *
 * usage: gate LOCK COMMAND [ARG]...
 *
 * Says "gate" on stdout when nothing but flock(2) and execve(2) is to come.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int lock = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (lock < 0 || write(STDOUT_FILENO, "gate\n", 5) != 5)
		return 99;
	while (flock(lock, LOCK_EX) < 0)
		;
	execv(argv[2], argv + 2);
	return 99;
}
