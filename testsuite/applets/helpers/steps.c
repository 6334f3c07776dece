/* SPDX-License-Identifier: MIT */
/*
 * steps.c - count a program's instructions from exec to its first
 * rt_sigprocmask(2), by single-stepping it (x86-64).
 *
 * usage: steps PROGRAM [ARG]...
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_INSTRUCTION 0x050f

int main(int argc, char **argv)
{
	unsigned long count = 0;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	for (int status; waitpid(pid, &status, 0) == pid; count++) {
		struct user_regs_struct regs;

		if (!WIFSTOPPED(status))
			return 1;
		ptrace(PTRACE_GETREGS, pid, NULL, &regs);
		if (regs.rax == SYS_rt_sigprocmask &&
			(ptrace(PTRACE_PEEKTEXT, pid, (void *)regs.rip, NULL) &
				0xffff) == SYSCALL_INSTRUCTION)
			break;
		ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("%lu\n", count);
	return 0;
}
