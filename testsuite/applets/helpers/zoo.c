/* SPDX-License-Identifier: MIT */
/*
 * zoo.c - PID 1 of a namespace with a known set of zombies, for the tests of
 * zombiecheck.
 *
 * usage: zoo SPEC... -- COMMAND [ARG]...
 *        zoo --outside NS_PID NAME
 *
 * A SPEC is PARENT=NAME*COUNT[,NAME*COUNT]...: a process of that command line
 * with so many zombies of those names; on SIGUSR1 it reaps them all. PARENT
 * "self" is the zoo. Or "leader=NAME": a thread group whose leader has ended
 * while two threads live. When all are there COMMAND runs, with the PIDs of
 * the SPECs' processes as ZOO_1, ZOO_2, ...; its exit status becomes ours, and
 * our end takes all with it. Names may hold any byte but * , = and NUL.
 *
 * --outside: make a zombie in NS_PID's PID namespace whose parent is not in
 * it, say "ready" and stay.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "zoo: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static pid_t fork_or_fail(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	return pid;
}

/* A zombie of that name, dead when this returns, not reaped. */
static void make_zombie(const char *name)
{
	siginfo_t info;
	pid_t pid = fork_or_fail();

	if (pid == 0) {
		prctl(PR_SET_NAME, name);
		_exit(0);
	}
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
		if (errno != EINTR)
			fail("waitid");
}

/* "NAME*COUNT,..."; the text is cut to pieces. */
static void make_zombies(char *list)
{
	for (char *item; (item = strsep(&list, ",")) != NULL;) {
		char *name = strsep(&item, "*");
		long count = item ? atol(item) : 1;

		while (count-- > 0)
			make_zombie(name);
	}
}

/* What a parent does after exec: its command line is its name alone. */
static void be_parent(const char *name, char *list, int ready)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_NAME, name);
	make_zombies(list);
	close(ready);
	for (;;) {
		sigwait(&set, &signal);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static int ready_fd;

/* Whether the leader of this process has ended. */
static int leader_is_dead(void)
{
	char line[512], *name_end;
	int fd = open("/proc/self/stat", O_RDONLY);
	ssize_t n = read(fd, line, sizeof(line) - 1);

	close(fd);
	line[n < 0 ? 0 : n] = '\0';
	name_end = strrchr(line, ')');
	return name_end && name_end[2] == 'Z';
}

static void *live_on(void *is_first)
{
	while (is_first && !leader_is_dead())
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	if (is_first)
		close(ready_fd);
	for (;;)
		pause();
	return NULL;
}

static void be_dead_leader(const char *name, int ready)
{
	pthread_t thread;

	prctl(PR_SET_NAME, name);
	ready_fd = ready;
	if (pthread_create(&thread, NULL, live_on, &ready_fd) ||
		pthread_create(&thread, NULL, live_on, NULL))
		fail("pthread_create");
	pthread_exit(NULL);
}

/* Start what a SPEC says, wait until it is there; its PID. */
static pid_t populate(char *spec)
{
	char *parent = strsep(&spec, "="), fd[16], byte;
	int ready[2];
	pid_t pid;

	if (!spec)
		fail(parent);
	if (strcmp(parent, "self") == 0) {
		make_zombies(spec);
		return getpid();
	}
	if (pipe(ready) < 0)
		fail("pipe");
	pid = fork_or_fail();
	if (pid == 0) {
		close(ready[0]);
		if (strcmp(parent, "leader") == 0)
			be_dead_leader(spec, ready[1]);
		snprintf(fd, sizeof(fd), "%d", ready[1]);
		setenv("ZOO_LIST", spec, 1);
		setenv("ZOO_READY", fd, 1);
		execl("/proc/self/exe", parent, (char *)NULL);
		fail("exec");
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 0)
		fail("read");
	close(ready[0]);
	return pid;
}

static void join_namespace(const char *pid, const char *kind)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, kind);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Ours already answers EINVAL. */
	if (fd < 0 || (setns(fd, 0) < 0 && errno != EINVAL))
		fail(path);
	close(fd);
}

static void be_outside(const char *pid, const char *name)
{
	join_namespace(pid, "user");
	join_namespace(pid, "pid");
	make_zombie(name);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static int run(char **command)
{
	int status;
	pid_t pid = fork_or_fail();

	if (pid == 0) {
		execvp(command[0], command);
		fail(command[0]);
	}
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	char *list = getenv("ZOO_LIST"), name[32], pid[16];

	if (list)
		be_parent(argv[0], list, atoi(getenv("ZOO_READY")));
	if (argc == 4 && strcmp(argv[1], "--outside") == 0)
		be_outside(argv[2], argv[3]);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return run(argv + i + 1);
		snprintf(name, sizeof(name), "ZOO_%d", i);
		snprintf(pid, sizeof(pid), "%d", (int)populate(argv[i]));
		setenv(name, pid, 1);
	}
	fputs("usage: zoo SPEC... -- COMMAND\n", stderr);
	return 99;
}
