/* SPDX-License-Identifier: MIT */
/*
 * folk - a process that chaos.c orders about. It logs each signal that it gets
 * to the file log.ID of the folder it was started in, and lives until it gets
 * TERM or INT; then it cleans up for a while and says so.
 *
 *	folk ENTRY STATUS MS [traced]	the first process of an entry
 *	folk --holder COMMAND...	a PID 1 around a supervisor that is none:
 *		its status, and a word about whoever is left
 *
 *	TIME born PARENT | sig N from PID | end WHY	(microseconds)
 */
#define _GNU_SOURCE
#include "chaos.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
	int id, status, clean_ms;
	int log, socket, signals;
	bool told;
} me = { .log = -1, .socket = -1 };

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void note(const char *format, int a, int b)
{
	char line[96];
	int n = snprintf(line, sizeof(line), "%lld ", now_us());

	n += snprintf(line + n, sizeof(line) - n, format, a, b);
	line[n++] = '\n';
	if (write(me.log, line, n) != n)
		_exit(97);
}

static void tell_driver(enum news_kind kind, int parent)
{
	struct news news = { kind, me.id, parent, getpid() };
	struct sockaddr_un to;
	socklen_t length = address(&to, DRIVER);

	/* Once we have been told the driver may be waiting for us only. */
	sendto(me.socket, &news, sizeof(news), me.told ? MSG_DONTWAIT : 0,
		(struct sockaddr *)&to, length);
}

static void open_socket(void)
{
	struct sockaddr_un mine;
	char name[32];

	snprintf(name, sizeof(name), "at.%d", me.id);
	unlink(name);
	me.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(me.socket, (struct sockaddr *)&mine, address(&mine, name)) < 0)
		_exit(96);
}

/* A log of its own; false if another process has this id. */
static bool open_log(int id, int more)
{
	char name[32];

	snprintf(name, sizeof(name), "log.%d", id);
	me.log = open(
		name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | more, 0666);
	return me.log >= 0;
}

static void be_born(int id, int parent)
{
	if (me.socket >= 0)
		close(me.socket);
	if (me.log >= 0)
		close(me.log);
	me.id = id;
	if (!open_log(id, O_EXCL))
		_exit(95);
	open_socket();
	note("born %d", parent, 0);
	tell_driver(NEWS_BORN, parent);
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
		if (WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, pid, 0,
				(void *)(long)WSTOPSIG(status));
}

static void end(const char *why, int status)
{
	char text[32];

	snprintf(text, sizeof(text), "end %s", why);
	note(text, 0, 0);
	_exit(status);
}

/* Log what has come within so many milliseconds (-1: the first). */
static void take_signals(int ms)
{
	struct signalfd_siginfo info;
	long long until = now_us() + ms * 1000LL;

	for (;;) {
		struct pollfd p = { .fd = me.signals, .events = POLLIN };
		long long left = (until - now_us() + 999) / 1000;

		if (poll(&p, 1, ms < 0 ? -1 : left < 0 ? 0 : (int)left) <= 0)
			return;
		if (read(me.signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo == SIGCHLD)
			reap();
		else
			note("sig %d from %d", (int)info.ssi_signo,
				(int)info.ssi_pid);
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			me.told = true;
		if (ms < 0)
			return;
	}
}

/* Half the time by a process of its own, as a trap's pg_dump would be. */
static void clean_up(void)
{
	pid_t helper = me.clean_ms > 5 ? fork() : -1;

	if (helper == 0) {
		close(me.log);
		if (!open_log(me.id + HELPER_ID, O_EXCL))
			_exit(95);
		note("born %d", me.id, 0);
		take_signals(me.clean_ms / 2);
		end("helped", 0);
	}
	take_signals(me.clean_ms);
	if (helper > 0)
		while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
			;
	take_signals(0);
	end("told", me.status);
}

/* ---- orders ------------------------------------------------------------ */

static void fork_member(const struct order *o)
{
	int parent = me.id, status = 0;
	pid_t pid = fork(), second;

	if (pid == 0 && o->kind == ORDER_DOUBLE) {
		second = fork();
		if (second != 0)
			_exit(second < 0);
	}
	if (pid == 0) {
		me.clean_ms = o->b;
		me.status = 0;
		be_born(o->a, parent);
		return; /* to the loop, as the new one */
	}
	if (pid > 0 && o->kind == ORDER_DOUBLE)
		waitpid(pid, &status, 0);
	tell_driver(NEWS_DONE, pid > 0 && status == 0);
}

static void trace(pid_t pid, int ms)
{
	struct timespec hold = { 0, ms * 1000000L };

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	waitpid(pid, NULL, __WALL);
	nanosleep(&hold, NULL);
	if (ptrace(PTRACE_DETACH, pid, 0, 0) < 0)
		waitpid(pid, NULL, __WALL | WNOHANG);
}

/* Up to n processes that wait until all are there, or until there is no room,
 * then end at once; whoever is their parent reaps them. */
static void crowd(int n, bool orphans)
{
	int gate[2];
	pid_t maker;
	char c;

	if (pipe2(gate, O_CLOEXEC) < 0)
		return;
	maker = orphans ? fork() : 0;
	if (maker == 0) {
		for (int i = 0; i < n; i++) {
			pid_t pid = fork();

			if (pid < 0)
				break;
			if (pid == 0) {
				close(gate[1]);
				while (read(gate[0], &c, 1) < 0)
					;
				_exit(0);
			}
		}
		if (orphans)
			_exit(0);
	}
	if (maker > 0)
		waitpid(maker, NULL, 0);
	close(gate[0]);
	close(gate[1]);
}

static void rename_self(unsigned number)
{
	static const char *const names[] = { "a) Z 1 (", "((", ")))", " ", "\n",
		"\x1b[2J", "\xff\xfe", "init", "sh", "kworker/0:0" };

	prctl(PR_SET_NAME, names[number % (sizeof(names) / sizeof(*names))]);
}

static void exec_self(void)
{
	char words[3][16];

	snprintf(words[0], 16, "%d", me.id);
	snprintf(words[1], 16, "%d", me.status);
	snprintf(words[2], 16, "%d", me.clean_ms);
	execl("/proc/self/exe", "folk", "--again", words[0], words[1], words[2],
		(char *)NULL);
}

static void obey(const struct order *o)
{
	switch ((enum order_kind)o->kind) {
	case ORDER_FORK:
	case ORDER_DOUBLE:
		fork_member(o);
		return; /* it has told already */
	case ORDER_SESSION:
		setsid();
		break;
	case ORDER_GROUP:
		setpgid(0, 0);
		break;
	case ORDER_RENAME:
		rename_self((unsigned)o->a);
		break;
	case ORDER_EXEC:
		exec_self();
		break;
	case ORDER_TRACE:
		trace(o->a, o->b);
		break;
	case ORDER_ORPHANS:
		crowd(o->a, true);
		break;
	case ORDER_FILL:
		crowd(5000, o->b);
		break;
	case ORDER_EXIT:
		end("ordered", o->a);
		break;
	case ORDER_KINDS:
		break;
	}
	tell_driver(NEWS_DONE, 0);
}

static void live(void)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = me.signals, .events = POLLIN },
			{ .fd = me.socket, .events = POLLIN } };
		struct order o;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			take_signals(-1);
		if (me.told)
			clean_up();
		if (fds[1].revents && recv(me.socket, &o, sizeof(o),
					      MSG_DONTWAIT) == sizeof(o))
			obey(&o);
	}
}

static int hold(char **command)
{
	int status, result = 1;
	pid_t pid = fork(), ended;
	sigset_t none;

	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execvp(command[0], command);
		_exit(127);
	}
	while ((ended = waitpid(-1, &status, 0)) > 0 && ended != pid)
		;
	if (ended == pid)
		result = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
					     : WEXITSTATUS(status);
	if (kill(-1, 0) == 0)
		puts("holder: somebody is left");
	return result;
}

int main(int argc, char **argv)
{
	sigset_t all;
	int id;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (argc > 2 && !strcmp(argv[1], "--holder"))
		return hold(argv + 2);
	if (argc < 4)
		return 98;
	me.signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (!strcmp(argv[1], "--again") && argc == 5) {
		id = atoi(argv[2]);
		me.id = id;
		me.status = atoi(argv[3]);
		me.clean_ms = atoi(argv[4]);
		open_log(id, 0);
		open_socket();
		tell_driver(NEWS_DONE, 0);
		live();
	}
	me.status = atoi(argv[2]);
	me.clean_ms = atoi(argv[3]);
	for (id = atoi(argv[1]) * ROOT_STRIDE; !open_log(id, O_EXCL); id++)
		if (errno != EEXIST)
			return 94;
	me.id = id;
	open_socket();
	if (argc > 4)
		ptrace(PTRACE_TRACEME, 0, 0, 0); /* nobody asked for it */
	note("born %d", 0, 0);
	tell_driver(NEWS_BORN, 0);
	live();
}
