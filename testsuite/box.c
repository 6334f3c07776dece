/* SPDX-License-Identifier: MIT */
/*
 * box - start a test's process as it should be. Small and static, because tests
 * start thousands: env, timeout and unshare cost more than what they start.
 *
 *	box -e COMMAND...	become it; SIGINT and SIGQUIT do what they do by
 *				default, which a shell's background takes away
 *	box [-t SECONDS] [-n] COMMAND...
 *		-t	its status, 128+N for signal N; after so long it is
 *			killed: 124
 *		-n	it is PID 1 of a namespace with a /proc of its own and dies
 *			with us; we end as it did. INT and TERM wait until then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t timed_out;

static void fail(const char *what)
{
	fprintf(stderr, "box: %s: %s\n", what, strerror(errno));
	_exit(125);
}

static void become(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "box: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void on_alarm(int signal)
{
	(void)signal;
	timed_out = 1;
	kill(child, SIGKILL);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static void map_ids(uid_t uid, gid_t gid)
{
	char line[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "0 %u 1", (unsigned)uid);
	write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof(line), "0 %u 1", (unsigned)gid);
	write_file("/proc/self/gid_map", line);
}

static void leave_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | (uid ? CLONE_NEWUSER : 0)) < 0)
		fail("unshare");
	if (uid)
		map_ids(uid, gid);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fail("mount /");
}

/* Wait for the child and end as it did. */
static int end_as_child(int in_namespace)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	if (timed_out)
		return 124;
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	if (in_namespace) {
		sigset_t none;

		sigemptyset(&none);
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_SETMASK, &none, NULL);
		kill(getpid(), WTERMSIG(status));
	}
	return 128 + WTERMSIG(status);
}

static void be_child(int in_namespace, const sigset_t *mask, char **command)
{
	if (in_namespace) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigprocmask(SIG_SETMASK, mask, NULL);
		if (mount("proc", "/proc", "proc",
			    MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
			fail("mount /proc");
	}
	become(command);
}

int main(int argc, char **argv)
{
	int option, in_namespace = 0;
	unsigned limit = 0;
	sigset_t waits, before;

	while ((option = getopt(argc, argv, "+et:n")) > 0) {
		if (option == 'e') {
			signal(SIGINT, SIG_DFL);
			signal(SIGQUIT, SIG_DFL);
			become(argv + optind);
		} else if (option == 't') {
			limit = (unsigned)atoi(optarg);
		} else if (option == 'n') {
			in_namespace = 1;
		} else {
			return 125;
		}
	}
	if (!argv[optind])
		return 125;
	sigemptyset(&waits);
	sigaddset(&waits, SIGINT);
	sigaddset(&waits, SIGTERM);
	if (in_namespace) {
		sigprocmask(SIG_BLOCK, &waits, &before);
		leave_namespaces();
	}
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0)
		be_child(in_namespace, &before, argv + optind);
	signal(SIGALRM, on_alarm);
	alarm(limit);
	return end_as_child(in_namespace);
}
