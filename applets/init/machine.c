/* SPDX-License-Identifier: MIT */
/*
 * machine.c - what only the first process of a machine does (reboot(2)).
 */
#include "init.h"
#include <sys/reboot.h>
#include <unistd.h>

/* A disk that hangs keeps a machine up no longer than this. */
#define SYNC_MS 30000

/* Only there does the kernel let us turn ctrl-alt-del into a signal; in a
 * container it says EINVAL, or EPERM without the capability. */
bool machine_is(void)
{
	return getpid() == 1 && reboot(RB_DISABLE_CAD) == 0;
}

static bool write_caches(
	const void *unused, char ***envp, struct spawn_failure *failure)
{
	(void)unused;
	(void)envp;
	(void)failure;
	sync();
	return true;
}

static bool end_machine(
	const void *command, char ***envp, struct spawn_failure *failure)
{
	(void)envp;
	reboot(*(const int *)command);
	failure->error = errno;
	failure->what = "reboot";
	failure->value = "failed";
	return false;
}

/* Do it in a child, which may hang, and wait so long for that. */
static void in_child(const struct speaker *who, spawn_prepare task,
	const void *context, int64_t until_ms)
{
	struct sigmask nothing = { { 0 } };
	char *none[] = { NULL };
	const struct spawn_plan plan = { .envp = none,
		.mask = &nothing,
		.prepare = task,
		.context = context };
	struct spawn_failure failure;
	struct reaped child = { 0 };
	siginfo_t info;
	int report;
	pid_t pid = spawn_start(&plan, &report, &failure);

	if (pid < 0) {
		warn_spawn(who, "machine", &failure);
		task(context, NULL, &failure);
	}
	while (pid > 0 && child.pid != pid && clock_now_ms() < until_ms) {
		signal_wait(until_ms, &info);
		while (reap_next(&child) > 0 && child.pid != pid)
			;
	}
	if (pid > 0 && child.pid == pid &&
		read(report, &failure, sizeof(failure)) ==
			(ssize_t)sizeof(failure))
		warn_spawn(who, "machine", &failure);
}

void machine_end(const struct speaker *who, enum ending ending)
{
	/* A child does it: the kernel ends who calls with RB_HALT_SYSTEM, and
	 * the end of PID 1 is a panic. */
	const int command = ending == END_REBOOT     ? RB_AUTOBOOT
			    : ending == END_POWEROFF ? RB_POWER_OFF
						     : RB_HALT_SYSTEM;

	in_child(who, write_caches, NULL, clock_now_ms() + SYNC_MS);
	in_child(who, end_machine, &command, DURATION_INF);
	/* It did not work; a machine without its first process is no better. */
	for (;;) {
		siginfo_t info;
		struct reaped child;

		signal_wait(DURATION_INF, &info);
		while (reap_next(&child) > 0)
			;
	}
}

bool machine_wants_single(char **argv)
{
	for (; *argv; argv++)
		if (word_index("single\0-s\0"
			       "1\0",
			    *argv) >= 0)
			return true;
	return false;
}
