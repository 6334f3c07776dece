/* SPDX-License-Identifier: MIT */
/*
 * actor - a test's process: logs every signal it gets and does as it is told.
 *
 *	actor NAME [OPTIONS]	log to the file $LOG, one write a line:
 *		NAME ready PID | NAME sig N code C value V | NAME reaped STATUS
 *		NAME end STATUS
 *	-s	in a session of its own		-g	in a group of its own
 *	-d	double-forked			-n COMM	its process name
 *	-k CMD	start a child by sh -c "exec CMD" first (repeatable)
 *	-r FILE	do not say ready before FILE is there
 *	-o SIG:ACTION	at signal SIG:
 *		exit=N	end with N	stay	go on (the default but for TERM)
 *		wait=FILE	go on waiting for FILE, then end with 0
 *		run=CMD	run sh -c CMD, wait for it, then end with 0
 *		bg=CMD	start sh -c "exec CMD", end with 0 once it is ready
 *		die	die of the signal
 *	Without -o for TERM it ends with 0 at a TERM. Signals are numbers.
 *
 * Others, see main(): launchers and probes. All signal calls are the kernel's
 * own, because libcs hide 32 to 34.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SIGNALS 64

struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static const char *name = "actor";
static const char *actions[SIGNALS + 1];

static void fail(const char *what)
{
	fprintf(stderr, "actor: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static uint64_t set_mask(uint64_t mask)
{
	uint64_t old = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, 8);
	return old;
}

static void set_action(int sig, void (*handler)(int))
{
	struct kernel_sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.handler = handler;
	syscall(SYS_rt_sigaction, sig, &sa, NULL, 8);
}

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void wait_file(const char *file)
{
	while (access(file, F_OK) < 0)
		nap(5);
}

static void say(const char *format, long a, long b, long c)
{
	static int fd = -1;
	char line[256];
	int n;

	if (fd < 0) {
		const char *file = getenv("LOG");

		fd = open(file ? file : "log",
			O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0)
			fail("log");
	}
	n = snprintf(line, sizeof(line), "%s ", name);
	n += snprintf(line + n, sizeof(line) - n, format, a, b, c);
	line[n++] = '\n';
	if (write(fd, line, n) < 0)
		fail("write");
}

static void end(int status)
{
	say("end %ld", status, 0, 0);
	_exit(status);
}

static pid_t shell(const char *command, uint64_t mask)
{
	char text[2048];
	pid_t pid = fork();

	if (pid)
		return pid;
	snprintf(text, sizeof(text), "%s", command);
	set_mask(mask);
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(98);
}

static void act(int sig, uint64_t mask)
{
	const char *action = actions[sig];
	const char *value;

	if (!action)
		action = sig == SIGTERM ? "exit=0" : "stay";
	value = strchr(action, '=');
	if (value)
		value++;
	if (!strncmp(action, "exit=", 5)) {
		end(atoi(value));
	} else if (!strncmp(action, "wait=", 5)) {
		wait_file(value);
		end(0);
	} else if (!strncmp(action, "run=", 4)) {
		int status;
		pid_t pid = shell(value, mask);

		waitpid(pid, &status, 0);
		say("ran %ld", status, 0, 0);
		end(0);
	} else if (!strncmp(action, "bg=", 3)) {
		shell(value, mask);
		wait_file("bg");
		end(0);
	} else if (!strcmp(action, "die")) {
		set_action(sig, SIG_DFL);
		set_mask(0);
		kill(getpid(), sig);
		syscall(SYS_tgkill, getpid(), getpid(), sig);
		_exit(97);
	}
}

static void serve(uint64_t mask)
{
	uint64_t all = ~0ULL;
	siginfo_t info;

	for (;;) {
		int status;
		int sig = syscall(SYS_rt_sigtimedwait, &all, &info, NULL, 8);

		if (sig < 0)
			continue;
		if (sig == SIGCHLD && info.si_code > 0) {
			while (waitpid(-1, &status, WNOHANG) > 0)
				say("reaped %ld", status, 0, 0);
			continue;
		}
		say("sig %ld code %ld value %ld", sig, info.si_code,
			info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
		act(sig, mask);
	}
}

/* What comes back has its new parent already. */
static void double_fork(void)
{
	pid_t parent;

	if (fork())
		_exit(0);
	setsid();
	parent = getpid();
	if (fork())
		_exit(0);
	while (getppid() == parent)
		nap(1);
}

static int actor(int argc, char **argv)
{
	uint64_t mask = set_mask(~0ULL);
	const char *kids[64], *ready = NULL;
	int n_kids = 0, c;

	name = argv[1];
	argv++;
	argc--;
	while ((c = getopt(argc, argv, "+sgdn:k:r:o:")) != -1) {
		if (c == 's') {
			if (setsid() < 0 && (fork() || setsid() < 0))
				_exit(0);
		} else if (c == 'g') {
			setpgid(0, 0);
		} else if (c == 'd') {
			double_fork();
		} else if (c == 'n') {
			prctl(PR_SET_NAME, optarg);
		} else if (c == 'k') {
			kids[n_kids++] = optarg;
		} else if (c == 'r') {
			ready = optarg;
		} else if (c == 'o') {
			char *rest = strchr(optarg, ':');

			actions[atoi(optarg)] = rest + 1;
		} else {
			_exit(96);
		}
	}
	for (c = 0; c < n_kids; c++) {
		char text[2048];

		snprintf(text, sizeof(text), "exec %s", kids[c]);
		shell(text, mask);
	}
	if (ready)
		wait_file(ready);
	say("ready %ld", getpid(), 0, 0);
	serve(mask);
	return 0;
}

/* The mask and the ignored signals that we were started with. */
static int print_sets(void)
{
	uint64_t blocked = 0, ignored = 0;
	int sig;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &blocked, 8);
	for (sig = 1; sig <= SIGNALS; sig++) {
		struct kernel_sigaction sa;

		memset(&sa, 0, sizeof(sa));
		syscall(SYS_rt_sigaction, sig, NULL, &sa, 8);
		if (sa.handler == SIG_IGN)
			ignored |= 1ULL << (sig - 1);
	}
	printf("blocked %016llx ignored %016llx\n", (unsigned long long)blocked,
		(unsigned long long)ignored);
	return 0;
}

/* --with BLOCKED IGNORED PENDING COMMAND...: exec it so; sets in hex. */
static int with_sets(char **argv)
{
	uint64_t ignored = strtoull(argv[1], NULL, 16);
	uint64_t pending = strtoull(argv[2], NULL, 16);
	int sig;

	set_mask(strtoull(argv[0], NULL, 16));
	for (sig = 1; sig <= SIGNALS; sig++) {
		set_action(sig, ignored >> (sig - 1) & 1 ? SIG_IGN : SIG_DFL);
		if (pending >> (sig - 1) & 1)
			syscall(SYS_kill, getpid(), sig);
	}
	execvp(argv[3], argv + 3);
	fail(argv[3]);
	return 99;
}

/* --send PID SIG [VALUE]: kill, or sigqueue with VALUE. */
static int send_signal(char **argv)
{
	siginfo_t info;

	if (atoi(argv[0]) <= 0) /* never a group, never everyone */
		return 1;
	if (!argv[2])
		return syscall(SYS_kill, atoi(argv[0]), atoi(argv[1])) < 0;
	memset(&info, 0, sizeof(info));
	info.si_signo = atoi(argv[1]);
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = atoi(argv[2]);
	return syscall(SYS_rt_sigqueueinfo, atoi(argv[0]), info.si_signo,
		       &info) < 0;
}

/* --pelt PID SIG N: so many times to its first thread, not to the process. */
static int pelt(pid_t pid, int sig, int times)
{
	while (pid > 0 && times-- > 0)
		if (syscall(SYS_tgkill, pid, pid, sig) < 0)
			return 1;
	return pid <= 0;
}

/* --die SIG: of that signal, without a core. */
static int die_of(int sig)
{
	prctl(PR_SET_DUMPABLE, 0);
	set_action(sig, SIG_DFL);
	set_mask(0);
	syscall(SYS_kill, getpid(), sig);
	return 96;
}

/* --fds [FILE]: the open descriptors, and what they are, one a line. */
static int print_fds(const char *file)
{
	FILE *out = file ? fopen(file, "we") : stdout;
	int fd;

	for (fd = 0; fd < 1024; fd++) {
		char path[64], target[256];
		ssize_t n;

		if (fcntl(fd, F_GETFD) < 0 || (file && fd == fileno(out)))
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = 0;
		fprintf(out, "%d %s\n", fd, target);
	}
	fclose(out);
	return 0;
}

static void note_term(int sig)
{
	(void)sig;
	_exit(7);
}

/* --traceme HOW: let our parent trace us unasked. */
static int trace_me(const char *how)
{
	set_action(SIGTERM, SIG_DFL);
	signal(SIGTERM, note_term);
	name = "traced";
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		fail("PTRACE_TRACEME");
	if (!strcmp(how, "winch"))
		raise(SIGWINCH);
	if (!strcmp(how, "stop"))
		raise(SIGSTOP);
	if (!strcmp(how, "exec"))
		execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
	if (!strcmp(how, "term")) {
		say("ready %ld", getpid(), 0, 0);
		for (;;)
			pause();
	}
	return 9;
}

/* --orphans N: N processes that lose their parent, then end all at once. */
static int orphans(int n)
{
	int gate[2], up[2], i;
	char c;

	if (pipe(gate) < 0 || pipe(up) < 0)
		fail("pipe");
	if (fork() == 0) {
		for (i = 0; i < n; i++) {
			if (fork() == 0) {
				close(gate[1]);
				if (write(up[1], "x", 1) < 0 ||
					read(gate[0], &c, 1) < 0)
					_exit(1);
				_exit(0);
			}
		}
		_exit(0);
	}
	wait(NULL);
	for (i = 0; i < n; i++)
		if (read(up[0], &c, 1) != 1)
			fail("read");
	close(gate[1]);
	return 0;
}

/* --chain: a fork loop; one process at a time, deaf to all but KILL. */
static int chain(void)
{
	int sig;

	for (sig = 1; sig <= SIGNALS; sig++)
		set_action(sig, SIG_IGN);
	name = "chain";
	say("ready %ld", getpid(), 0, 0);
	for (;;) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0);
	}
}

static int as_shell_says(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/*
 * --stderr HOW COMMAND...: run it with a stderr that takes nothing (more);
 * then say whether somebody set O_NONBLOCK on it.
 */
static int bad_stderr(const char *how, char **argv)
{
	static char page[65536];
	int ends[2] = { -1, -1 }, status, room = 0;
	pid_t pid;

	memset(page, 'x', sizeof(page));
	if (!strncmp(how, "tty", 3)) {
		struct termios t;
		int all = 0, trial[2];

		memset(&t, 0, sizeof(t));
		cfmakeraw(&t);
		if (openpty(&trial[0], &trial[1], NULL, &t, NULL) < 0 ||
			openpty(&ends[0], &ends[1], NULL, &t, NULL) < 0)
			fail("openpty");
		fcntl(trial[1], F_SETFL, O_RDWR | O_NONBLOCK);
		while (write(trial[1], page, 1) == 1)
			all++;
		if (!strncmp(how, "tty-", 4))
			room = atoi(how + 4);
		fcntl(ends[1], F_SETFL, O_RDWR | O_NONBLOCK);
		while (all-- > room && write(ends[1], page, 1) == 1)
			;
		fcntl(ends[1], F_SETFL, O_RDWR);
		close(trial[0]);
		close(trial[1]);
	} else if (!strcmp(how, "socket")) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
			fail("socketpair");
		while (send(ends[1], page, 512, MSG_DONTWAIT) > 0)
			;
	} else {
		if (pipe(ends) < 0)
			fail("pipe");
		fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK);
		while (!strcmp(how, "full") && write(ends[1], page, 1) == 1)
			;
		fcntl(ends[1], F_SETFL, O_WRONLY);
		if (!strcmp(how, "closed")) {
			close(ends[0]);
			ends[0] = -1;
		}
	}
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 2);
		close(ends[1]);
		if (ends[0] >= 0)
			close(ends[0]);
		execvp(argv[0], argv);
		_exit(99);
	}
	printf("pid %d\n", (int)pid);
	fflush(stdout);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (fcntl(ends[1], F_GETFL) & O_NONBLOCK) {
			puts("nonblock");
			fflush(stdout);
			break;
		}
		nap(1);
	}
	if (fcntl(ends[1], F_GETFL) & O_NONBLOCK)
		puts("nonblock");
	return as_shell_says(status);
}

static int read_file(const char *format, pid_t pid, char *text, size_t size)
{
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), format, (int)pid, (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return 0;
}

/*
 * Has PID blocked all signals? A sleep in sigtimedwait shows an empty SigBlk:
 * then a child tells that it was blocked before.
 */
static int has_blocked(pid_t pid)
{
	char text[4096], *at;

	if (read_file("/proc/%d/status", pid, text, sizeof(text)) < 0)
		return 1;
	at = strstr(text, "SigBlk:");
	/* KILL and STOP cannot be blocked: fffffffffffbfeff */
	if (!at || !strncmp(at + 8, "fffffffffffbfe", 14) ||
		strstr(text, "State:\tZ"))
		return 1;
	return read_file("/proc/%d/task/%d/children", pid, text,
		       sizeof(text)) == 0 &&
	       text[0];
}

static void new_namespace(void)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
		fail("unshare");
	pid = fork();
	if (pid) { /* stand in for it: pass its PID up, then its status */
		dprintf(3, "%d\n", (int)pid);
		waitpid(pid, &status, 0);
		_exit(as_shell_says(status));
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("proc", "/proc", "proc", 0, NULL) < 0)
		fail("mount");
}

/*
 * --race N pid1|sub COMMAND...: N times, TERM at a random moment after the
 * first in which all was blocked. Prints how often each status came, and
 * "hung" for a run that did not end in 60 s.
 */
static int race(int n, const char *where, char **argv)
{
	int counts[256] = { 0 }, hung = 0, i;
	long widest = 0;

	srand(getpid());
	for (i = 0; i < n; i++) {
		int up[2], status, ms;
		char text[32];
		pid_t pid, told;
		volatile long spin;
		ssize_t got;

		if (pipe2(up, O_CLOEXEC) < 0)
			fail("pipe");
		pid = fork();
		if (pid == 0) {
			if (up[1] != 3) {
				dup2(up[1], 3);
				close(up[1]);
			}
			fcntl(3, F_SETFD, FD_CLOEXEC);
			if (!strcmp(where, "pid1"))
				new_namespace();
			close(3);
			execvp(argv[0], argv);
			_exit(99);
		}
		close(up[1]);
		got = read(up[0], text, sizeof(text) - 1);
		close(up[0]);
		text[got < 0 ? 0 : got] = 0;
		told = got > 0 ? atoi(text) : pid;
		while (!has_blocked(told))
			;
		widest = i < n / 2 ? 200000 : 3000000;
		for (spin = rand() % widest; spin > 0; spin--)
			;
		kill(told, SIGTERM);
		for (ms = 0; waitpid(pid, &status, WNOHANG) == 0; ms++) {
			if (ms == 60000) {
				hung++;
				kill(told, SIGKILL);
			}
			nap(1);
		}
		counts[as_shell_says(status)]++;
	}
	for (i = 0; i < 256; i++)
		if (counts[i])
			printf("status %d: %d\n", i, counts[i]);
	printf("hung %d\n", hung);
	return 0;
}

/*
 * --parent-dies COMMAND...: run it under a parent that dies exactly when the
 * command is about to ask for a parent-death signal. Its status is ours.
 */
static int parent_dies(char **argv)
{
#if defined(__x86_64__)
	int up[2], status;
	pid_t parent, pid, got;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(up, O_CLOEXEC) < 0)
		fail("pipe");
	parent = fork();
	if (parent == 0) {
		pid = fork();
		if (pid == 0) {
			raise(SIGSTOP);
			execvp(argv[0], argv);
			_exit(99);
		}
		if (write(up[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(up[0], &pid, sizeof(pid)) != sizeof(pid))
		fail("read");
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) < 0)
		fail("PTRACE_SEIZE");
	kill(pid, SIGCONT);
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	for (;;) {
		struct user_regs_struct regs;

		got = waitpid(pid, &status, __WALL);
		if (got != pid || !WIFSTOPPED(status)) {
			puts("never asked");
			kill(parent, SIGKILL);
			return as_shell_says(status);
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			ptrace(PTRACE_GETREGS, pid, 0, &regs);
			if (regs.orig_rax == SYS_prctl &&
				regs.rdi == PR_SET_PDEATHSIG)
				break;
		}
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
	}
	kill(parent, SIGKILL);
	waitpid(parent, &status, 0);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	while (waitpid(pid, &status, 0) != pid)
		;
	return as_shell_says(status);
#else
	(void)argv;
	puts("unsupported");
	return 0;
#endif
}

/* --empty-argv PROGRAM: start it without even a name. */
static int empty_argv(const char *program)
{
	char *none[] = { NULL };

	syscall(SYS_execve, program, none, environ);
	fail(program);
	return 99;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "--sets"))
		return print_sets();
	if (!strcmp(what, "--with"))
		return with_sets(argv + 2);
	if (!strcmp(what, "--send"))
		return send_signal(argv + 2);
	if (!strcmp(what, "--pelt"))
		return pelt(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	if (!strcmp(what, "--die"))
		return die_of(atoi(argv[2]));
	if (!strcmp(what, "--fds"))
		return print_fds(argv[2]);
	if (!strcmp(what, "--traceme"))
		return trace_me(argv[2]);
	if (!strcmp(what, "--orphans"))
		return orphans(atoi(argv[2]));
	if (!strcmp(what, "--chain"))
		return chain();
	if (!strcmp(what, "--stderr"))
		return bad_stderr(argv[2], argv + 3);
	if (!strcmp(what, "--race"))
		return race(atoi(argv[2]), argv[3], argv + 4);
	if (!strcmp(what, "--parent-dies"))
		return parent_dies(argv + 2);
	if (!strcmp(what, "--empty-argv"))
		return empty_argv(argv[2]);
	if (argc < 2 || what[0] == '-')
		return 96;
	return actor(argc, argv);
}
