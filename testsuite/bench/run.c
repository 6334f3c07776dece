/* SPDX-License-Identifier: MIT */
/*
 * run.c - start an init for a measurement, speak with what it runs, end it.
 */
#define _GNU_SOURCE
#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 64
#define TEXT_MAX  4096
#define LIMIT_MS  20000 /* whoever says nothing for so long never will */

static int up, down;
static long long began;

void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

/* For both directions, so that no opening waits and no end of file comes. */
static int open_fifo(const char *dir, const char *name)
{
	char path[TEXT_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

void open_fifos(const char *dir)
{
	up = open_fifo(dir, "up");
	down = open_fifo(dir, "down");
}

static int split(char *text, char **words, int n)
{
	char *word;

	for (word = strtok(text, " "); word && n < WORDS_MAX;
		word = strtok(NULL, " "))
		words[n++] = word;
	words[n] = NULL;
	return n;
}

/*
 * The next child is PID 1 of a new namespace. A process can unshare only once,
 * and fork only as long as that PID 1 lives; but it can come back before.
 */
static void renew_namespace(void)
{
	static int own = -1;

	if (own < 0)
		own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (own < 0 || setns(own, CLONE_NEWPID) < 0)
		return;
	unshare(CLONE_NEWPID);
}

long long run_began(void)
{
	return began;
}

static int take_all(int fd, char c)
{
	char text[TEXT_MAX];
	int count = 0;
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		while (n-- > 0)
			count += text[n] == c;
	return count;
}

/* By vfork, or what our own fork costs would hide what an init does. */
pid_t run_init(const char *init, const char *load, bool traced)
{
	static char init_text[TEXT_MAX], load_text[TEXT_MAX];
	static char *words[WORDS_MAX + 1];
	int n;
	pid_t pid;

	snprintf(init_text, sizeof(init_text), "%s", init);
	snprintf(load_text, sizeof(load_text), "%s", load);
	n = split(init_text, words, 0);
	if (n == 0 || !strcmp(words[n - 1], "--"))
		split(load_text, words, n);
	hear_rest(0); /* what the last one said too late, or did not hear */
	take_all(down, 0);
	renew_namespace();
	began = now_ns();
	pid = vfork();
	if (pid == 0) {
		if (traced)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(words[0], words);
		_exit(127);
	}
	if (pid < 0)
		fail("vfork");
	return pid;
}

bool hear(void *data, size_t n)
{
	char *to = data;

	while (n > 0) {
		struct pollfd p = { .fd = up, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, LIMIT_MS) <= 0)
			return false;
		got = read(up, to, n);
		if (got < 0)
			continue;
		to += got;
		n -= got;
	}
	return true;
}

bool hear_ready(int n)
{
	char c;

	while (n > 0) {
		if (!hear(&c, 1))
			return false;
		n -= c == 'r';
	}
	return true;
}

int hear_rest(char c)
{
	return take_all(up, c);
}

void tell(void)
{
	if (write(down, "g", 1) != 1)
		fail("write");
}

bool await_end(pid_t pid)
{
	struct pollfd p = { .events = POLLIN };
	int ready;

	p.fd = syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		fail("pidfd_open");
	ready = poll(&p, 1, LIMIT_MS);
	close(p.fd);
	end(pid);
	return ready > 0;
}

void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
