/* SPDX-License-Identifier: MIT */
/*
 * load - what the inits of scripts/bench.sh run.
 *
 *	load stamp DIR		tells when its main() began
 *	load wait DIR		ready; ends at TERM
 *	load handle DIR		ready; tells when its handler of USR1 began
 *	load backlog DIR BATCHES N	zombies that come N at once; see below
 *	load workers DIR N MS	N processes, every second one in a session of its
 *		own, that clean up for MS ms when they get TERM
 *	load entry DIR		one program of many: ready; ends at TERM
 *	load many DIR N		starts N of these and ends them: a floor
 *
 * It speaks over the FIFOs "up" and "down" in DIR. An init that runs a file
 * without arguments gets one that begins with "#!FILE stamp DIR": the kernel
 * makes one argument of that, which is taken apart here.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int up;
static const char *self;
static const char *dir;

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

static int open_fifo(const char *name, int mode)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, mode | O_CLOEXEC);
	if (fd < 0)
		_exit(3);
	return fd;
}

static void say(char c)
{
	if (write(up, &c, 1) != 1)
		_exit(1);
}

static void say_time(long long t)
{
	if (write(up, &t, sizeof(t)) != sizeof(t))
		_exit(1);
}

static void block_term(sigset_t *term)
{
	sigemptyset(term);
	sigaddset(term, SIGTERM);
	sigprocmask(SIG_BLOCK, term, NULL);
}

static int run_wait(char last)
{
	sigset_t term;

	block_term(&term);
	say('r');
	sigwaitinfo(&term, NULL);
	if (last)
		say(last);
	return 0;
}

static void on_signal(int signal)
{
	(void)signal;
	say_time(now_ns());
}

static _Noreturn void run_handle(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	say('r');
	for (;;)
		pause();
}

static int processes(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return info.procs; /* zombies, too */
}

struct batch {
	int most;
	pid_t pids[];
};

/* Make N zombies, ask for leave, and end: that gives all of them to PID 1. */
static void run_batch(struct batch *b, int n, int before, int down)
{
	char c;
	int i, now;

	for (i = 0; i < n; i++) {
		b->pids[i] = vfork();
		if (b->pids[i] == 0)
			_exit(0);
		if (b->pids[i] < 0)
			_exit(1); /* a limit: no measurement */
	}
	now = processes() - before - 1; /* not us */
	if (now > b->most)
		b->most = now;
	say('b');
	_exit(read(down, &c, 1) != 1);
}

/*
 * BATCHES times N. While a batch is ready and held back PID 1 should have reaped
 * the one before: zombies at once are N then, or else those it left, too.
 */
static int run_backlog(int batches, int n)
{
	struct batch *b = mmap(NULL, sizeof(*b) + n * sizeof(pid_t),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int before = processes(), down = open_fifo("down", O_RDONLY), status;

	if (b == MAP_FAILED)
		return 1;
	while (batches-- > 0) {
		if (fork() == 0)
			run_batch(b, n, before, down);
		if (wait(&status) < 0 || status != 0)
			return 1;
	}
	while (n-- > 0)
		while (kill(b->pids[n], 0) == 0)
			sleep_ms(1);
	say('d');
	return write(up, &b->most, sizeof(b->most)) < 0;
}

static int run_workers(int n, int ms)
{
	sigset_t term;
	int i;

	block_term(&term);
	for (i = 0; i < n; i++) {
		if (fork())
			continue;
		if (i % 2)
			setsid();
		say('r');
		sigwaitinfo(&term, NULL);
		sleep_ms(ms);
		say('f');
		_exit(0);
	}
	sigwaitinfo(&term, NULL);
	return 0;
}

static int run_many(int n)
{
	char *words[] = { (char *)self, "entry", (char *)dir, NULL };
	pid_t *pids = malloc(n * sizeof(*pids));
	sigset_t term, old;
	int i;

	if (!pids)
		return 1;
	sigprocmask(SIG_BLOCK, NULL, &old);
	block_term(&term);
	for (i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			sigprocmask(SIG_SETMASK, &old, NULL);
			execv(self, words);
			_exit(127);
		}
	}
	sigwaitinfo(&term, NULL);
	for (i = 0; i < n; i++)
		kill(pids[i], SIGTERM);
	while (wait(NULL) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	char *words[6] = { NULL }, *word;
	long long began = now_ns();
	int n = 0, i;

	self = argv[0];
	for (i = 1; i < argc; i++)
		for (word = strtok(argv[i], " "); word && n < 4;
			word = strtok(NULL, " "))
			words[n++] = word;
	if (n < 2)
		return 2;
	dir = words[1];
	up = open_fifo("up", O_WRONLY);
	if (!strcmp(words[0], "stamp"))
		say_time(began);
	else if (!strcmp(words[0], "wait"))
		return run_wait(0);
	else if (!strcmp(words[0], "entry"))
		return run_wait('f');
	else if (!strcmp(words[0], "handle"))
		run_handle();
	else if (!strcmp(words[0], "backlog") && n > 3)
		return run_backlog(atoi(words[2]), atoi(words[3]));
	else if (!strcmp(words[0], "workers") && n > 3)
		return run_workers(atoi(words[2]), atoi(words[3]));
	else if (!strcmp(words[0], "many") && n > 2)
		return run_many(atoi(words[2]));
	return 0;
}
