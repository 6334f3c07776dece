/* SPDX-License-Identifier: MIT */
/*
 * load - much of everything, for torture.sh.
 *
 * Commands below the PID 1 under test:
 *	load orphans N		N processes that lose their parent, most of them
 *		when they have ended; "on" now and then, "done" once none is
 *		left; ends with 0 at TERM
 *	load crowd N MS FILE	N processes that clean up for MS ms when told and
 *		count that in FILE; "up"; ends with 0 at TERM
 *	load sink FILE		counts in FILE what "load senders" sends
 * From outside:
 *	load counts FILE	"N told, N twice, N cleaned up" of a crowd
 *	load senders PID SENDERS N FILE		N signals in all, with payloads
 *	load starts N COMMAND...	N times a PID namespace of its own: TERM when
 *		the command says "up"; "STATUS COUNT" a line
 *	load flood SOCKET CLIENTS N		so many clients, N connections in all
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH	    500 /* orphans of one parent */
#define TEAM	    10	/* of a crowd's members, one is the others' parent */
#define SENDERS_MAX 64
#define LIMIT_S	    120	  /* what takes longer hangs */
#define ROOM	    20000 /* so many on their way leave room for more */
#define STORM	    45	  /* a realtime signal that means nothing */

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void nap(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void say(const char *word)
{
	if (write(1, word, strlen(word)) < 0)
		fail("stdout");
}

/* One TERM, waited for so long at most (-1: for ever). */
static int take_term(long long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return sigtimedwait(&term, NULL, ms < 0 ? NULL : &t) == SIGTERM;
}

static void wait_for_term(void)
{
	while (!take_term(-1))
		;
}

/* ---- orphans ----------------------------------------------------------- */

static void make_orphans(int n)
{
	pid_t maker = fork();

	if (maker < 0)
		fail("fork");
	if (maker == 0) {
		for (int i = 0; i < n; i++) {
			/* The last ones may outlive us. The others end before
			 * us, without a copy of our memory: where that is
			 * virtual twice, a copy takes 20 times as long. */
			pid_t pid = i < n - n / 50 ? vfork() : fork();

			if (pid == 0)
				_exit(0);
			if (pid < 0) /* no room: some will end */
				i--;
		}
		_exit(0);
	}
	waitpid(maker, NULL, 0);
}

static void wait_for_none(void)
{
	while (kill(-1, 0) == 0)
		nap(1000);
}

static int orphans(long n)
{
	int batches = 0;

	block_all();
	say("up\n");
	for (long left = n; left > 0; left -= BATCH) {
		make_orphans(left < BATCH ? (int)left : BATCH);
		if (++batches % 20 != 0)
			continue;
		/* Not even a zombie may be left to pile up. */
		wait_for_none();
		say("on\n");
	}
	wait_for_none();
	say("done\n");
	wait_for_term();
	return 0;
}

/* ---- a crowd ----------------------------------------------------------- */

struct slot {
	unsigned char up, told, cleaned;
};

static void *map_file(const char *file, size_t size)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *at;

	if (fd < 0 || (size && ftruncate(fd, (off_t)size) < 0))
		fail(file);
	if (!size)
		size = (size_t)lseek(fd, 0, SEEK_END);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		fail(file);
	close(fd);
	return at;
}

static void be_member(struct slot *s, int ms)
{
	long long until;

	s->up = 1;
	wait_for_term();
	s->told++;
	until = now_ms() + ms;
	while (now_ms() < until)
		s->told += take_term(until - now_ms());
	s->cleaned = 1;
	_exit(0);
}

/* The first of a team is its parent; teams are children, or orphans, or lead a
 * session. */
static void be_team(struct slot *s, int n, int ms, int kind)
{
	if (kind == 1)
		setsid();
	if (kind == 2 && fork() != 0)
		_exit(0);
	for (int i = 1; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0)
			be_member(s + i, ms);
	}
	be_member(s, ms);
}

static int crowd(int n, int ms, const char *file)
{
	struct slot *slots = map_file(file, (size_t)n * sizeof(*slots));
	int up = 0;

	block_all();
	for (int i = 0; i < n; i += TEAM) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0)
			be_team(slots + i, n - i < TEAM ? n - i : TEAM, ms,
				i / TEAM % 3);
	}
	while (up < n) {
		while (up < n && slots[up].up)
			up++;
		nap(1000);
	}
	say("up\n");
	wait_for_term();
	return 0;
}

static int counts(const char *file)
{
	struct stat st;
	struct slot *s = map_file(file, 0);
	long told = 0, twice = 0, cleaned = 0;

	if (stat(file, &st) < 0)
		fail(file);
	for (size_t i = 0; i < (size_t)st.st_size / sizeof(*s); i++) {
		told += s[i].told > 0;
		twice += s[i].told > 1;
		cleaned += s[i].cleaned;
	}
	printf("%ld told, %ld twice, %ld cleaned up\n", told, twice, cleaned);
	return 0;
}

/* ---- a storm ----------------------------------------------------------- */

struct storm {
	volatile long arrived, overtaken, others, sent, retries;
};

static int sink(const char *file)
{
	struct storm *s = map_file(file, sizeof(*s));
	int next[SENDERS_MAX] = { 0 };
	sigset_t all;

	block_all();
	sigfillset(&all);
	say("up\n");
	for (;;) {
		siginfo_t info;
		int signal = sigwaitinfo(&all, &info);

		if (signal == SIGTERM)
			return 0;
		if (signal == STORM && info.si_code == SI_QUEUE) {
			int from = info.si_value.sival_int >> 24 & 63;
			int number = info.si_value.sival_int & 0xffffff;

			s->overtaken += number < next[from];
			next[from] = number + 1;
		}
		if (signal == STORM)
			s->arrived++;
		else if (signal > 0)
			s->others++;
	}
}

static void send_storm(pid_t to, int from, int n, struct storm *s)
{
	for (int i = 0; i < n; i++) {
		union sigval value = { .sival_int = from << 24 | i };

		if (i % 100 == 0)
			kill(to, i % 200 ? SIGUSR1 : SIGHUP);
		__atomic_fetch_add(&s->sent, 1, __ATOMIC_SEQ_CST);
		while (sigqueue(to, STORM, value) < 0) {
			if (errno != EAGAIN)
				fail("sigqueue");
			__atomic_fetch_add(&s->retries, 1, __ATOMIC_SEQ_CST);
			nap(50);
		}
		/* Where there is much room, keep some. */
		while (s->retries == 0 && s->sent - s->arrived > ROOM)
			nap(50);
	}
	_exit(0);
}

static int senders(pid_t to, int count, int n, const char *file)
{
	struct storm *s = map_file(file, 0);
	long long until = now_ms() + LIMIT_S * 1000LL, still = 0;
	long before = -1;

	for (int i = 0; i < count; i++)
		if (fork() == 0)
			send_storm(to, i, n / count, s);
	while (wait(NULL) > 0)
		;
	/* until all have arrived, or nothing has for a second */
	while (s->arrived < s->sent && now_ms() < until && still < 1000) {
		still = s->arrived == before ? still + 1 : 0;
		before = s->arrived;
		nap(1000);
	}
	printf("%ld sent, %ld arrived, %ld overtaken, %ld tries without room\n",
		s->sent, s->arrived, s->overtaken, s->retries);
	return s->arrived != s->sent || s->overtaken;
}

/* ---- starts ------------------------------------------------------------ */

static int start_once(char **command)
{
	int out[2], status;
	char text[256];
	ssize_t n;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		fail("pipe");
	pid = (pid_t)syscall(
		SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		fail("clone");
	if (pid == 0) {
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
		mount("proc", "/proc", "proc", 0, NULL);
		dup2(out[1], 1);
		execvp(command[0], command);
		_exit(127);
	}
	close(out[1]);
	n = read(out[0], text, sizeof(text));
	if (n < 3 || memcmp(text, "up\n", 3) != 0)
		fail("the command is not up");
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0)
		;
	close(out[0]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static int starts(int n, char **command)
{
	int counts[256] = { 0 };

	for (int i = 0; i < n; i++)
		counts[start_once(command)]++;
	for (int i = 0; i < 256; i++)
		if (counts[i])
			printf("%d %d\n", i, counts[i]);
	return 0;
}

/* ---- a flood ----------------------------------------------------------- */

static void one_client(const char *path, unsigned kind)
{
	static const char *const words[] = { "status + \n", "status",
		"\n\n\n\n", "stop + nobody\n", "reload - \nreload - \n",
		"\0\xff\x01" };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	static char junk[65536];
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
		fail(path);
	if (kind % 8 == 7) {
		memset(junk, 'a' + (int)(kind % 26), sizeof(junk));
		send(s, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT);
	} else if (kind % 8 < 6) {
		const char *word = words[kind % 8];

		send(s, word, kind % 8 == 5 ? 3 : strlen(word), MSG_NOSIGNAL);
		if (kind % 3 == 0) {
			shutdown(s, SHUT_WR);
			while (read(s, junk, sizeof(junk)) > 0)
				;
		}
	}
	close(s);
}

static int flood(const char *path, int clients, int n)
{
	int status, bad = 0;

	for (int i = 0; i < clients; i++) {
		if (fork() != 0)
			continue;
		for (int k = i; k < n; k += clients)
			one_client(path, (unsigned)k / (unsigned)clients);
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	printf("%d connections of %d clients\n", n, clients);
	return bad;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "orphans") && argc == 3)
		return orphans(atol(argv[2]));
	if (!strcmp(what, "crowd") && argc == 5)
		return crowd(atoi(argv[2]), atoi(argv[3]), argv[4]);
	if (!strcmp(what, "counts") && argc == 3)
		return counts(argv[2]);
	if (!strcmp(what, "sink") && argc == 3)
		return sink(argv[2]);
	if (!strcmp(what, "senders") && argc == 6 && atoi(argv[2]) > 0)
		return senders(
			atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), argv[5]);
	if (!strcmp(what, "starts") && argc > 3)
		return starts(atoi(argv[2]), argv + 3);
	if (!strcmp(what, "flood") && argc == 5)
		return flood(argv[2], atoi(argv[3]), atoi(argv[4]));
	fprintf(stderr, "load: see load.c\n");
	return 2;
}
