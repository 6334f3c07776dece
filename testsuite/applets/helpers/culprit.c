/* SPDX-License-Identifier: MIT */
/*
 * culprit.c - PID 1 of a namespace with a parent that has a zombie and does not
 * reap it for a certain cause, for the tests of zombiecheck.
 *
 * usage: culprit CAUSE COMMAND [ARG]...
 *
 * When the situation is there COMMAND runs, with the parent's PID in $CULPRIT;
 * its exit status becomes ours, and our end takes all with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ready_fd;

static void fail(const char *what)
{
	fprintf(stderr, "culprit: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static pid_t fork_or_fail(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	return pid;
}

static void say_ready(void)
{
	if (write(ready_fd, "r", 1) != 1)
		fail("write");
}

static void stay(void)
{
	for (;;)
		pause();
}

/* The state letter of a process. */
static char state_of(pid_t pid)
{
	char path[64], line[512], *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n < 0 ? 0 : n] = '\0';
	end = strrchr(line, ')');
	return end ? end[2] : '?';
}

static void wait_for_state(pid_t pid, char state)
{
	while (state_of(pid) != state)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* A child that has ended with status 3, not reaped. */
static pid_t make_zombie(void)
{
	pid_t pid = fork_or_fail();

	if (pid == 0) {
		prctl(PR_SET_NAME, "victim");
		_exit(3);
	}
	wait_for_state(pid, 'Z');
	return pid;
}

static void traced(void)
{
	int hold[2], seized[2];
	char byte;
	pid_t victim;

	if (pipe(hold) < 0 || pipe(seized) < 0)
		fail("pipe");
	victim = fork_or_fail();
	if (victim == 0) {
		close(hold[1]);
		close(seized[0]);
		close(seized[1]);
		prctl(PR_SET_NAME, "victim");
		_exit((int)read(hold[0], &byte, 1));
	}
	if (fork_or_fail() == 0) {
		close(hold[1]);
		prctl(PR_SET_NAME, "tracer");
		if (ptrace(PTRACE_SEIZE, victim, 0, 0) < 0)
			fail("ptrace");
		close(seized[0]);
		close(seized[1]);
		stay();
	}
	close(seized[1]);
	if (read(seized[0], &byte, 1) != 0)
		fail("tracer");
	close(hold[1]);
	wait_for_state(victim, 'Z');
}

static void *outlive(void *leader)
{
	wait_for_state(*(pid_t *)leader, 'Z');
	say_ready();
	stay();
	return NULL;
}

static void leader_dead(void)
{
	static pid_t self;
	pthread_t thread;

	self = getpid();
	make_zombie();
	if (pthread_create(&thread, NULL, outlive, &self))
		fail("pthread_create");
	pthread_exit(NULL);
}

static void in_vfork(void)
{
	make_zombie();
	if (vfork() == 0) {
		say_ready();
		stay();
	}
}

static void be_culprit(const char *cause)
{
	sigset_t set;

	prctl(PR_SET_NAME,
		strcmp(cause, "runtime") ? "culprit" : "containerd-shim");
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (strcmp(cause, "sigchld-stuck") == 0)
		sigprocmask(SIG_BLOCK, &set, NULL);
	if (strcmp(cause, "traced") == 0)
		traced();
	else if (strcmp(cause, "parent-leader-dead") == 0)
		leader_dead();
	else if (strcmp(cause, "parent-blocked") == 0)
		in_vfork();
	else
		make_zombie();
	if (strcmp(cause, "ignore-late") == 0)
		signal(SIGCHLD, SIG_IGN);
	say_ready();
	if (strcmp(cause, "parent-stopped") == 0)
		raise(SIGSTOP);
	stay();
}

/* An orphan of PID 1 in a session of another, or in ours. */
static void make_orphan(int other_session)
{
	int pids[2];
	pid_t middle, orphan;

	if (pipe(pids) < 0)
		fail("pipe");
	middle = fork_or_fail();
	if (middle == 0) {
		pid_t self = getpid();

		if (other_session)
			setsid();
		orphan = fork_or_fail();
		if (orphan == 0) {
			prctl(PR_SET_NAME, "victim");
			while (getppid() == self)
				nanosleep(&(struct timespec){ .tv_nsec =
								      1000000 },
					NULL);
			_exit(3);
		}
		_exit(write(pids[1], &orphan, sizeof(orphan)) < 0);
	}
	if (waitpid(middle, NULL, 0) != middle ||
		read(pids[0], &orphan, sizeof(orphan)) != sizeof(orphan))
		fail("orphan");
	wait_for_state(orphan, 'Z');
}

/* PID 1's own child, in a session of its own. */
static void make_detached(void)
{
	pid_t pid = fork_or_fail();

	if (pid == 0) {
		prctl(PR_SET_NAME, "victim");
		setsid();
		_exit(3);
	}
	wait_for_state(pid, 'Z');
}

static pid_t start_culprit(const char *cause)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		fail("pipe");
	ready_fd = ready[1];
	pid = fork_or_fail();
	if (pid == 0)
		be_culprit(cause);
	if (read(ready[0], &byte, 1) != 1)
		fail("read");
	if (strcmp(cause, "parent-stopped") == 0)
		wait_for_state(pid, 'T');
	if (strcmp(cause, "parent-blocked") == 0)
		wait_for_state(pid, 'D');
	return pid;
}

int main(int argc, char **argv)
{
	pid_t culprit = 1, pid;
	char number[16];
	int status;

	if (argc < 3)
		return 99;
	setsid(); /* as the first process of a container */
	if (strcmp(argv[1], "init-detached") == 0)
		make_detached();
	else if (strncmp(argv[1], "init-", 5) == 0)
		make_orphan(strcmp(argv[1], "init-adopted") == 0);
	else
		culprit = start_culprit(argv[1]);
	snprintf(number, sizeof(number), "%d", (int)culprit);
	setenv("CULPRIT", number, 1);
	pid = fork_or_fail();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fail(argv[2]);
	}
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
