/* SPDX-License-Identifier: MIT */
/*
 * bench - take the measurements of scripts/bench.sh.
 *
 * An INIT is one argument: the words that start it, up to its command. Times
 * are in nanoseconds. Everything but "start" needs the right to make PID
 * namespaces; each init is PID 1 of its own.
 *
 *	bench start ROUNDS INIT...	"INDEX TIME" a line: exec to the command's
 *		main(); INDEX from 1, 0 without any init; one of each in turn
 *	bench idle SECONDS INIT...	"INDEX KB WAKEUPS": private dirty memory, and
 *		how often it ran in so many seconds
 *	bench reap N INIT	processor time for reaping N zombies that come at once
 *	bench stop N MS INIT	"FINISHED TIME": N processes, every second one in a
 *		session of its own, that clean up for MS ms when they get TERM
 *
 * Commands that the inits run: stamp, wait, backlog, workers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_INITS 32
#define MAX_WORDS 32

/* What every command gets as descriptors: to us, and from us. */
enum { UP = 8, DOWN = 9 };

static const char *self;

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

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

/* ---- commands --------------------------------------------------------- */

static void say(char c)
{
	if (write(UP, &c, 1) != 1)
		_exit(1);
}

static void hear(void)
{
	char c;

	if (read(DOWN, &c, 1) != 1)
		_exit(1);
}

static int command_stamp(void)
{
	long long t = now_ns();

	return write(UP, &t, sizeof(t)) != sizeof(t);
}

static void block_term(sigset_t *term)
{
	sigemptyset(term);
	sigaddset(term, SIGTERM);
	sigprocmask(SIG_BLOCK, term, NULL);
}

static int command_wait(void)
{
	sigset_t term;

	block_term(&term);
	say('r');
	sigwaitinfo(&term, NULL);
	return 0;
}

/*
 * N zombies whose parent dies: that moves all of them to PID 1 in one step, so
 * it finds a backlog. Nobody but the two of us left: the backlog is gone.
 */
static int command_backlog(int n)
{
	int gate[2], i;
	char c;
	pid_t pid, parent;

	if (pipe(gate) < 0)
		return 1;
	parent = fork();
	if (parent == 0) {
		for (i = 0; i < n; i++) {
			pid = fork();
			if (pid == 0)
				_exit(0);
			if (pid < 0)
				_exit(1); /* a limit: no measurement */
		}
		say('r');
		close(gate[1]);
		if (read(gate[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(gate[0]);
	hear();
	close(gate[1]);
	waitpid(parent, NULL, 0);
	while (kill(-1, 0) == 0)
		sleep_ms(5);
	say('d');
	hear();
	return 0;
}

static int command_workers(int n, int ms)
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

/* ---- running inits ---------------------------------------------------- */

struct run {
	pid_t pid;
	int up;	  /* what its command says */
	int down; /* and hears */
};

static void exec_init(const char *init, char *const command[])
{
	static char text[4096];
	char *words[MAX_WORDS + 8], *word;
	int n = 0;

	snprintf(text, sizeof(text), "%s", init);
	for (word = strtok(text, " "); word && n < MAX_WORDS;
		word = strtok(NULL, " "))
		words[n++] = word;
	while (*command)
		words[n++] = *command++;
	words[n] = NULL;
	execv(words[0], words);
	_exit(127);
}

/* Both ends move above UP and DOWN first, so that none hides another. */
static void make_pipe(int ends[2])
{
	int i, fd;

	if (pipe(ends) < 0)
		fail("pipe");
	for (i = 0; i < 2; i++) {
		fd = fcntl(ends[i], F_DUPFD_CLOEXEC, 20);
		if (fd < 0)
			fail("dup");
		close(ends[i]);
		ends[i] = fd;
	}
}

/* Start it as PID 1 of a new namespace. */
static struct run run_init(const char *init, char *const command[])
{
	struct run r;
	int up[2], down[2];

	make_pipe(up);
	make_pipe(down);
	/* unshare(2) would do it once only; no thread, so no libc is needed */
	r.pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, 0);
	if (r.pid < 0)
		fail("clone");
	if (r.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(up[1], UP);
		dup2(down[0], DOWN);
		exec_init(init, command);
	}
	close(up[1]);
	close(down[0]);
	r.up = up[0];
	r.down = down[1];
	return r;
}

static void expect(struct run *r, int n)
{
	char c;

	while (n-- > 0)
		if (read(r->up, &c, 1) != 1)
			fail("the command ended early");
}

static void tell(struct run *r)
{
	if (write(r->down, "g", 1) != 1)
		fail("write");
}

static void end(struct run *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	close(r->up);
	close(r->down);
}

/* The number behind the first KEY of a file of /proc/PID; -1 if none. */
static long long number(pid_t pid, const char *file, const char *key)
{
	char path[64], text[8192], *at;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	at = strstr(text, key);
	return at ? atoll(at + strlen(key)) : -1;
}

static long long switches(pid_t pid)
{
	return number(pid, "status", "\nvoluntary_ctxt_switches:");
}

/* ---- measurements ----------------------------------------------------- */

/*
 * Run one init and its command without waiting in between, as a shell would:
 * a vfork, or the cost of our own fork would hide theirs.
 */
static long long start_once(char *const words[])
{
	long long begin, end = 0;
	int up[2];
	pid_t pid;

	make_pipe(up);
	begin = now_ns();
	pid = vfork();
	if (pid == 0) {
		dup2(up[1], UP);
		execv(words[0], words);
		_exit(127);
	}
	if (pid < 0)
		fail("vfork");
	if (read(up[0], &end, sizeof(end)) != sizeof(end))
		fail(words[0]);
	waitpid(pid, NULL, 0);
	close(up[0]);
	close(up[1]);
	return end - begin;
}

static int measure_start(int rounds, int n, char **inits)
{
	char *words[MAX_INITS][MAX_WORDS + 3], *word;
	int i, round, count;

	for (i = 0; i <= n; i++) {
		count = 0;
		word = i ? strtok(inits[i - 1], " ") : NULL;
		for (; word && count < MAX_WORDS; word = strtok(NULL, " "))
			words[i][count++] = word;
		words[i][count++] = (char *)self;
		words[i][count++] = "stamp";
		words[i][count] = NULL;
	}
	for (round = -5; round < rounds; round++) { /* files into the cache */
		for (i = 0; i <= n; i++) {
			long long time = start_once(words[i]);

			if (round >= 0)
				printf("%d %lld\n", i, time);
		}
	}
	return 0;
}

static int measure_idle(int seconds, int n, char **inits)
{
	char *command[] = { (char *)self, "wait", NULL };
	struct run runs[MAX_INITS];
	long long before[MAX_INITS];
	int i;

	for (i = 0; i < n; i++) {
		runs[i] = run_init(inits[i], command);
		expect(&runs[i], 1);
	}
	sleep_ms(500); /* what they do after the start is not meant */
	for (i = 0; i < n; i++)
		before[i] = switches(runs[i].pid);
	sleep_ms(seconds * 1000L);
	for (i = 0; i < n; i++)
		printf("%d %lld %lld\n", i + 1,
			number(runs[i].pid, "smaps_rollup", "\nPrivate_Dirty:"),
			switches(runs[i].pid) - before[i]);
	for (i = 0; i < n; i++)
		end(&runs[i]);
	return 0;
}

static int measure_reap(char *n, const char *init)
{
	char *command[] = { (char *)self, "backlog", n, NULL };
	struct run r = run_init(init, command);
	long long before, after;

	expect(&r, 1);
	before = number(r.pid, "schedstat", "");
	tell(&r);
	expect(&r, 1);
	after = number(r.pid, "schedstat", "");
	if (before < 0)
		fail("schedstat");
	printf("%lld\n", after - before);
	end(&r);
	return 0;
}

static int measure_stop(char *n, char *ms, const char *init)
{
	char *command[] = { (char *)self, "workers", n, ms, NULL };
	struct run r = run_init(init, command);
	int finished = 0;
	long long begin;
	char c;

	expect(&r, atoi(n));
	begin = now_ns();
	kill(r.pid, SIGTERM);
	waitpid(r.pid, NULL, 0);
	begin = now_ns() - begin;
	while (read(r.up, &c, 1) == 1)
		finished++;
	printf("%d %lld\n", finished, begin);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	self = argv[0];
	if (!strcmp(what, "stamp"))
		return command_stamp();
	if (!strcmp(what, "wait"))
		return command_wait();
	if (!strcmp(what, "backlog"))
		return command_backlog(atoi(argv[2]));
	if (!strcmp(what, "workers"))
		return command_workers(atoi(argv[2]), atoi(argv[3]));
	if (argc - 3 > MAX_INITS - 1)
		return 2;
	if (!strcmp(what, "start") && argc > 2)
		return measure_start(atoi(argv[2]), argc - 3, argv + 3);
	if (!strcmp(what, "idle") && argc > 2)
		return measure_idle(atoi(argv[2]), argc - 3, argv + 3);
	if (!strcmp(what, "reap") && argc > 3)
		return measure_reap(argv[2], argv[3]);
	if (!strcmp(what, "stop") && argc > 4)
		return measure_stop(argv[2], argv[3], argv[4]);
	return 2;
}
