/* SPDX-License-Identifier: MIT */
/*
 * chaos - random processes below a PID 1, and then its end, looked at from
 * outside. Each process (folk.c) logs what it gets to a file of its own; what
 * must never happen (docs/design.md, "Who was told") is looked for there.
 *
 *	chaos OPTIONS COMMAND...	in an empty folder, which keeps the logs
 *		-s SEED, -n STEPS	the same orders for the same numbers
 *		-r N	there are N first processes (1)
 *		-e N	the exit status of COMMAND in the end (0)
 *		-i	COMMAND is init with entries: it starts them again, and a
 *			second stop request changes nothing
 *		-a	each stop request goes to everybody
 *		-b	COMMAND is below another PID 1 (folk --holder)
 *		-m N	no PIDs above N (needs Linux 6.14)
 */
#define _GNU_SOURCE
#include "chaos.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMBERS_MAX 20000
#define ALIVE_MAX   90
#define LIMIT_MS    60000 /* longer than this nothing takes: it hangs */

struct member {
	int id, pid, fd; /* pid inside; a pidfd */
	pid_t outer;
	bool gone, killed, left, stopped, pending, busy;
};

static struct {
	unsigned long long seed, random;
	int steps, roots, status, pid_max;
	bool init, all, below;
	int socket;
	pid_t first, supervisor; /* PID 1, and who is tested */
	struct member member[MEMBERS_MAX];
	int count, next_id, births_due, roots_due;
	int sent[65], got[65], requests, unrecorded;
	long signals, orphans;
	bool failed;
} c = { .steps = 100, .roots = 1, .seed = 1 };

static void fault(const char *format, ...)
{
	va_list values;

	printf("chaos: FAIL (SEED=%llu STEPS=%d): ", c.seed, c.steps);
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	putchar('\n');
	c.failed = true;
}

static void give_up(const char *what)
{
	fault("%s: %s", what, strerror(errno));
	exit(1); /* PID 1 dies with us */
}

static unsigned chance(unsigned n)
{
	c.random ^= c.random << 13;
	c.random ^= c.random >> 7;
	c.random ^= c.random << 17;
	return (unsigned)(c.random >> 33) % n;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* ---- the container ----------------------------------------------------- */

static void limit_pids(void)
{
	struct utsname kernel;
	int major = 0, minor = 0, fd;
	char text[16];

	/* Older ones have one limit for the whole machine: hands off. */
	uname(&kernel);
	sscanf(kernel.release, "%d.%d", &major, &minor);
	if (!c.pid_max || major < 6 || (major == 6 && minor < 14))
		return;
	fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
	snprintf(text, sizeof(text), "%d", c.pid_max);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up("pid_max");
	close(fd);
}

static void start(char **command)
{
	int out;

	if (unshare(CLONE_NEWPID) < 0)
		give_up("unshare");
	fflush(stdout);
	c.first = fork();
	if (c.first < 0)
		give_up("fork");
	if (c.first > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNS) < 0 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("proc", "/proc", "proc", 0, NULL) < 0)
		give_up("mount");
	limit_pids();
	out = open("out", O_WRONLY | O_CREAT | O_APPEND, 0666);
	dup2(out, 1);
	dup2(out, 2);
	out = open("/dev/null", O_RDONLY);
	dup2(out, 0);
	closefrom(3);
	execvp(command[0], command);
	_exit(127);
}

static pid_t first_child(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%d", &child) != 1)
		child = 0;
	if (f)
		fclose(f);
	return child;
}

static char state_of(pid_t pid)
{
	char path[64], text[512] = "", *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fread(text, 1, sizeof(text) - 1, f) == 0)
		text[0] = 0;
	fclose(f);
	at = strrchr(text, ')');
	return at && at[1] ? at[2] : 0;
}

static int zombies(void)
{
	char path[64];
	int n = 0, child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", c.supervisor,
		c.supervisor);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		n += state_of(child) == 'Z';
	if (f)
		fclose(f);
	return n;
}

/* Waits for all to be reaped, so that one that is not shows as a failure. */
static void look_for_zombies(void)
{
	long long until = now_ms() + LIMIT_MS;

	while (zombies() > 0) {
		if (now_ms() > until) {
			fault("a zombie is never reaped");
			return;
		}
		usleep(1000);
	}
}

/* ---- news -------------------------------------------------------------- */

static struct member *find(int id)
{
	for (int i = 0; i < c.count; i++)
		if (c.member[i].id == id)
			return &c.member[i];
	return NULL;
}

static void welcome(const struct news *n, pid_t outer)
{
	struct member *m = &c.member[c.count];

	if (c.count == MEMBERS_MAX)
		give_up("too many members");
	c.count++;
	*m = (struct member){ .id = n->id, .pid = n->pid, .outer = outer };
	m->fd = (int)syscall(SYS_pidfd_open, outer, 0);
	m->gone = m->fd < 0;
	if (n->id < FIRST_ID)
		c.roots_due--;
	else
		c.births_due--;
}

/* One piece of news, waited for so long; false if there was none. The kernel
 * says who sent it by the number that it has out here. */
static bool take_news(int ms)
{
	struct news n;
	char control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec part = { &n, sizeof(n) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct pollfd p = { .fd = c.socket, .events = POLLIN };
	struct ucred who = { 0 };
	struct member *from;

	if (poll(&p, 1, ms) <= 0 ||
		recvmsg(c.socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) !=
			sizeof(n))
		return false;
	if (CMSG_FIRSTHDR(&m))
		memcpy(&who, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(who));
	if (n.kind == NEWS_BORN) {
		welcome(&n, who.pid);
		return true;
	}
	from = find(n.id);
	if (from)
		from->pending = false;
	c.births_due += n.parent;
	return true;
}

static void look_who_is_gone(void)
{
	for (int i = 0; i < c.count; i++) {
		struct member *m = &c.member[i];
		struct pollfd p = { .fd = m->fd, .events = POLLIN };

		if (m->gone || poll(&p, 1, 0) <= 0)
			continue;
		m->gone = true;
		close(m->fd);
		if (c.init && m->id < FIRST_ID)
			c.roots_due++;
	}
}

static bool is_settled(void)
{
	for (int i = 0; i < c.count; i++)
		if (c.member[i].pending && !c.member[i].gone)
			return false;
	return c.births_due <= 0 && c.roots_due <= 0;
}

/* Until everybody has answered, or has ended instead. */
static void settle(void)
{
	long long until = now_ms() + LIMIT_MS;

	for (;;) {
		while (take_news(0))
			;
		look_who_is_gone();
		if (is_settled())
			break;
		take_news(5);
		if (now_ms() > until || state_of(c.first) == 'Z') {
			fault("no answer: births due %d, roots due %d, PID 1 "
			      "%c",
				c.births_due, c.roots_due, state_of(c.first));
			exit(1);
		}
	}
	for (int i = 0; i < c.count; i++)
		c.member[i].pending = c.member[i].busy = false;
}

/* ---- steps ------------------------------------------------------------- */

static int alive(void)
{
	int n = 0;

	for (int i = 0; i < c.count; i++)
		n += !c.member[i].gone;
	return n;
}

/* Somebody who can be asked now; NULL if nobody was found. */
static struct member *pick(bool root_too)
{
	for (int tries = 0; tries < 200; tries++) {
		struct member *m = &c.member[chance((unsigned)c.count)];

		if (!m->gone && !m->stopped && !m->busy && !m->killed &&
			(root_too || m->id >= FIRST_ID))
			return m;
	}
	return NULL;
}

static void signal_member(struct member *m, int signal)
{
	if (!m->gone)
		syscall(SYS_pidfd_send_signal, m->fd, signal, NULL, 0);
}

static void ask(struct member *m, int kind, int a, int b)
{
	struct order o = { kind, a, b };
	struct sockaddr_un to;
	char name[32];
	socklen_t length;

	snprintf(name, sizeof(name), "at.%d", m->id);
	length = address(&to, name);
	m->busy = true;
	if (sendto(c.socket, &o, sizeof(o), MSG_DONTWAIT,
		    (struct sockaddr *)&to, length) == sizeof(o))
		m->pending = true;
}

static void ask_randomly(void)
{
	struct member *m = pick(true), *other;
	unsigned kind = chance(100);

	if (!m)
		return;
	if (kind < 50 && alive() > ALIVE_MAX)
		kind = 60 + chance(40);
	if (kind < 28) {
		ask(m, ORDER_FORK, c.next_id++, (int)chance(40));
	} else if (kind < 50) {
		ask(m, ORDER_DOUBLE, c.next_id++, (int)chance(40));
	} else if (kind < 56) {
		ask(m, ORDER_SESSION, 0, 0);
	} else if (kind < 62) {
		ask(m, ORDER_GROUP, 0, 0);
	} else if (kind < 68) {
		ask(m, ORDER_RENAME, (int)chance(100), 0);
	} else if (kind < 74) {
		ask(m, ORDER_EXEC, 0, 0);
	} else if (kind < 80) {
		m->busy = true;
		other = pick(true);
		if (other)
			other->busy = true;
		ask(m, ORDER_TRACE, other ? other->pid : 1, (int)chance(10));
	} else if (kind < 90) {
		unsigned n = 1 + chance(40);

		ask(m, ORDER_ORPHANS, (int)n, 0);
		c.orphans += n;
	} else if (kind < 91) {
		ask(m, ORDER_FILL, 0, (int)chance(2));
	} else if (c.init || m->id >= FIRST_ID) {
		m->left = true;
		ask(m, ORDER_EXIT, (int)chance(256), 0);
	}
}

static void stop_somebody(void)
{
	struct member *m = pick(true);

	if (!m)
		return;
	m->stopped = true;
	signal_member(m, SIGSTOP);
	/* A group that was orphaned is continued by the kernel at once. */
	for (int i = 0; i < 1000 && state_of(m->outer) == 'S'; i++)
		usleep(100);
}

static void continue_all(void)
{
	for (int i = 0; i < c.count; i++) {
		if (c.member[i].stopped)
			signal_member(&c.member[i], SIGCONT);
		c.member[i].stopped = false;
	}
}

static void kill_somebody(void)
{
	struct member *m = pick(c.init);

	if (!m)
		return;
	m->killed = true;
	signal_member(m, SIGKILL);
	/* init may only start it again once it is seen to have gone */
	for (int i = 0; i < 10000 && !m->gone; i++) {
		look_who_is_gone();
		usleep(100);
	}
}

static void signal_supervisor(void)
{
	/* Those that ask init for nothing, and those that stop nobody. */
	static const int quiet[] = { SIGWINCH, SIGALRM, SIGURG, 45, 50 };
	static const int forwarded[] = { SIGWINCH, SIGALRM, SIGHUP, SIGUSR1,
		SIGUSR2, SIGQUIT, 34, 50, 64 };
	int signal = c.init ? quiet[chance(5)] : forwarded[chance(9)];

	if (kill(c.supervisor, signal) == 0)
		c.sent[signal]++;
}

static void step(void)
{
	unsigned kind = chance(100);

	if (kind < 60) {
		ask_randomly();
	} else if (kind < 70) {
		for (unsigned n = 2 + chance(9); n > 0; n--)
			ask_randomly();
		if (chance(3) == 0)
			kill_somebody();
	} else if (kind < 76) {
		stop_somebody();
	} else if (kind < 82) {
		continue_all();
	} else if (kind < 87) {
		kill_somebody();
	} else if (kind < 92) {
		struct member *m = pick(true);

		if (m)
			signal_member(m, SIGIO); /* no other sends it */
	} else {
		signal_supervisor();
	}
	settle();
}

/* ---- the end ----------------------------------------------------------- */

static void request_stop(void)
{
	static const int of_init[] = { SIGTERM, SIGUSR1, SIGUSR2, 37, 38, 39,
		SIGPWR, SIGINT, SIGQUIT };
	static const int of_others[] = { SIGTERM, SIGINT, SIGPWR, 37 };

	kill(c.supervisor, c.init ? of_init[chance(9)] : of_others[chance(4)]);
	c.requests++;
}

/* Its exit status as a shell says it; -1 if it does not end. */
static int wait_for_end(long long until)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(c.first, &status, WNOHANG)) == 0) {
		if (now_ms() > until)
			return -1;
		take_news(5); /* some wait for a place in the queue */
	}
	if (pid < 0)
		give_up("wait");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void show_who_is_left(void)
{
	look_who_is_gone();
	for (int i = 0; i < c.count; i++)
		if (!c.member[i].gone)
			printf("chaos: %d is left: inside %d, state %c\n",
				c.member[i].id, c.member[i].pid,
				state_of(c.member[i].outer));
}

static void stop_all(void)
{
	bool suspend = chance(3) == 0;
	int status;

	for (unsigned n = chance(12); n > 0; n--)
		ask_randomly();
	usleep(chance(3000));
	if (suspend)
		kill(c.supervisor, SIGSTOP);
	request_stop();
	for (unsigned n = chance(3); n > 0; n--) {
		usleep(chance(20000));
		request_stop();
	}
	if (suspend)
		kill(c.supervisor, SIGCONT);
	status = wait_for_end(now_ms() + LIMIT_MS);
	if (status < 0) {
		fault("it does not end");
		show_who_is_left();
		exit(1);
	}
	if (status != c.status)
		fault("exit status %d, and not %d", status, c.status);
}

/* ---- the logs ---------------------------------------------------------- */

struct record {
	int stops; /* TERM and INT */
	bool ended, helped, ordered;
};

static void read_log(int id, struct record *r)
{
	char name[32], line[128], why[32];
	int signal, from;
	FILE *f;

	snprintf(name, sizeof(name), "log.%d", id);
	*r = (struct record){ 0 };
	f = fopen(name, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s sig %d from %d", &signal, &from) == 2) {
			r->stops += signal == SIGTERM || signal == SIGINT;
			c.signals++;
			if (id / ROOT_STRIDE == 1 && id < FIRST_ID && from > 0)
				c.got[signal & 63 ? signal & 63 : 64]++;
		} else if (sscanf(line, "%*s end %31s", why) == 1) {
			r->ended = true;
			r->helped = !strcmp(why, "helped");
			r->ordered = !strcmp(why, "ordered");
		}
	}
	if (f)
		fclose(f);
}

static void judge(int id)
{
	struct member *m = find(id);
	bool helper = id >= HELPER_ID, repeats;
	struct record r;

	read_log(id, &r);
	if (helper)
		m = find(id - HELPER_ID);
	/* What came from outside again goes on again, to whom it goes at all. */
	repeats = c.all || (!c.init && id < FIRST_ID);
	/* Whom a fork makes in the very tick of kill(-1) is not on record. */
	if (c.all && r.stops == c.requests + 1 && c.unrecorded < c.requests)
		c.unrecorded++;
	else if (r.stops > (repeats ? c.requests : 1))
		fault("%d was told %d times, for %d requests", id, r.stops,
			c.requests);
	if (helper && r.stops > (c.all ? c.requests - 1 : 0) &&
		!(m && m->killed))
		fault("%d is a clean-up and was told", id);
	if ((m && m->killed) || r.ordered)
		return;
	if (!helper && r.stops == 0)
		fault("%d was never told", id);
	if (!r.ended)
		fault("%d was killed while it cleaned up", id);
}

static void judge_all(void)
{
	DIR *d = opendir(".");
	struct dirent *e;
	char line[256];
	FILE *f;

	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, "log.", 4))
			judge(atoi(e->d_name + 4));
	closedir(d);
	f = fopen("out", "re");
	while (f && fgets(line, sizeof(line), f))
		if ((strstr(line, "kill") && !strstr(line, "killed by")) ||
			strstr(line, "lost") || strstr(line, "is left"))
			fault("it says: %s", line);
	for (int s = 1; !c.init && s <= 64; s++)
		if ((s != SIGCONT && c.got[s] > c.sent[s] + c.requests) ||
			(c.sent[s] > 0 && c.got[s] == 0) ||
			(s >= 34 && c.got[s] < c.sent[s]))
			fault("signal %d: sent %d times, arrived %d times", s,
				c.sent[s], c.got[s]);
}

static void read_options(int argc, char **argv)
{
	int o;

	while ((o = getopt(argc, argv, "+s:n:r:e:m:iab")) > 0) {
		if (o == 's')
			c.seed = strtoull(optarg, NULL, 10);
		else if (o == 'n')
			c.steps = atoi(optarg);
		else if (o == 'r')
			c.roots = atoi(optarg);
		else if (o == 'e')
			c.status = atoi(optarg);
		else if (o == 'm')
			c.pid_max = atoi(optarg);
		else if (o == 'i')
			c.init = true;
		else if (o == 'a')
			c.all = true;
		else if (o == 'b')
			c.below = true;
		else
			exit(2);
	}
	if (optind >= argc)
		exit(2);
}

int main(int argc, char **argv)
{
	struct sockaddr_un mine;
	const int on = 1;
	long long began;

	read_options(argc, argv);
	c.random = c.seed * 0x9E3779B97F4A7C15ULL + 1;
	c.next_id = FIRST_ID;
	c.roots_due = c.roots;
	c.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (setsockopt(c.socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) <
			0 ||
		bind(c.socket, (struct sockaddr *)&mine,
			address(&mine, DRIVER)) < 0)
		give_up(DRIVER);
	start(argv + optind);
	settle();
	c.supervisor = c.below ? first_child(c.first) : c.first;
	for (int i = 0; i < c.steps; i++) {
		step();
		if (i % 16 == 0)
			look_for_zombies();
	}
	began = now_ms();
	stop_all();
	judge_all();
	printf("chaos: seed %llu, %d steps: %d processes, %ld orphans, "
	       "%ld signals, %d requests, end after %lld ms: %s\n",
		c.seed, c.steps, c.count, c.orphans, c.signals, c.requests,
		now_ms() - began, c.failed ? "FAILED" : "good");
	return c.failed;
}
