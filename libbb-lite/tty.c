/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the controlling terminal and its foreground group.
 *
 * SIGTTOU is blocked with all others, so a call from the background neither
 * stops us nor fails (tcsetpgrp(3)).
 */
//kbuild:obj-y += tty.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * Whether nobody else is in our group. A pipe on stdout says that more of a
 * pipeline is to come: an interactive dash or ash starts us before the rest of
 * it, so counting alone would be a race. Without /proc a leader counts as
 * alone.
 */
static bool is_alone_in_group(void)
{
	struct proc_list list;
	struct proc_stat stat;
	pid_t self = getpid(), group = getpgrp(), pid;
	bool alone = group == self && !descriptor_is_pipe(STDOUT_FILENO);
	int fd;

	if (!alone)
		return false;
	fd = proc_open("/proc", NULL);
	if (fd < 0)
		return true;
	proc_list_begin(&list, fd);
	while (alone && (pid = proc_list_next(&list)) != 0)
		alone = pid == self || proc_read_stat(fd, pid, &stat) < 0 ||
			stat.pgrp != group || proc_is_dead(&stat);
	close(fd);
	return alone;
}

void terminal_look(struct terminal *t)
{
	/* Answers only for our own controlling terminal: ENOTTY else. */
	pid_t foreground = tcgetpgrp(STDIN_FILENO);

	*t = (struct terminal){ 0 };
	if (foreground < 0)
		return;
	t->handed = getsid(0) == getpid() ||
		    (foreground == getpgrp() && is_alone_in_group());
}

void terminal_give(pid_t group)
{
	tcsetpgrp(STDIN_FILENO, group);
}

void terminal_take_back(const struct terminal *t, pid_t group)
{
	if (t->handed && tcgetpgrp(STDIN_FILENO) == group)
		terminal_give(getpgrp());
}

void terminal_leave(void)
{
	siginfo_t info;

	if (getsid(0) != getpid() || ioctl(STDIN_FILENO, TIOCNOTTY) < 0)
		return;
	/* The foreground group, and so we, get HUP and CONT for it, which say
	 * that they are from us (tty_ioctl(4)); what was there before is put
	 * back. */
	if (signal_take(SIGHUP, &info) && info.si_code != SI_KERNEL &&
		info.si_pid != getpid())
		signal_queue(getpid(), SIGHUP, &info);
}

void terminal_forget(void)
{
	siginfo_t info;

	if (signal_take(SIGCONT, &info))
		signal_take(SIGHUP, &info);
}

void terminal_take(void)
{
	ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

bool terminal_is_ours(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

bool terminal_leads_session(void)
{
	return getpid() == 1 || getsid(0) == getpid();
}

bool terminal_exists(void)
{
	int fd = openat(AT_FDCWD, "/dev/tty",
		O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}
