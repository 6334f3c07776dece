/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - start a child, and know which step failed.
 *
 * Invariant: every signal is blocked from before the fork until the child's
 * last step before exec, so none is lost: what arrives meanwhile stays pending
 * with the parent, or with the child, which then has its session, group and
 * terminal already. The child makes its group itself, before it runs anything;
 * vfork lets the parent go on only after that.
 */
//kbuild:obj-y += spawn.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LISTEN_PID "LISTEN_PID="

/*
 * Socket activation (sd_listen_fds(3)): descriptors are meant for the process
 * that LISTEN_PID names; where that is us, it has to be the child. Returns the
 * slot in envp that names us, or NULL. Not inline: its variables must not be
 * among those that vfork might clobber.
 */
__attribute__((noinline)) static char **find_listen_pid(char **envp)
{
	uint64_t pid;

	for (; *envp; envp++)
		if (**envp == *LISTEN_PID &&
			strncmp(*envp, LISTEN_PID, strlen(LISTEN_PID)) == 0 &&
			!parse_unsigned(
				*envp + strlen(LISTEN_PID), INT32_MAX, &pid) &&
			(pid_t)pid == getpid())
			return envp;
	return NULL;
}

/* In the child: let the slot name it, in text that lives until exec. */
static void take_listen_pid(char **slot, struct text *line)
{
	if (!slot)
		return;
	text_raw(line, LISTEN_PID);
	text_decimal(line, getpid());
	*slot = line->at;
}

/* The child's way from fork to exec. Returns only when a step failed. */
static void become(const struct spawn_plan *plan, struct spawn_failure *failure)
{
	char **envp = plan->envp;

	failure->step = SPAWN_SESSION;
	if (plan->own_session && setsid() < 0) {
		failure->error = errno;
		return;
	}
	if (plan->own_session)
		terminal_forget();
	if (plan->take_terminal)
		terminal_take();
	if (plan->own_group)
		setpgid(0, 0);
	if (plan->foreground)
		terminal_give(getpid());
	if (plan->ignore_chld)
		signal_set_ignored(SIGCHLD, true);
	signals_set_mask(plan->mask);
	failure->step = SPAWN_PREPARE;
	if (plan->prepare && !plan->prepare(plan->context, &envp, failure))
		return;
	failure->step = plan->argv ? SPAWN_EXEC : SPAWN_OK;
	if (!plan->argv)
		return;
	failure->error = exec_command(plan->argv[0] + plan->login, plan->argv,
		envp, &failure->interpreter_missing);
}

pid_t spawn_wait(const struct spawn_plan *plan, struct spawn_failure *failure)
{
	char line_buffer[sizeof(LISTEN_PID) + 10];
	struct text line = TEXT_ON(line_buffer);
	char **slot = find_listen_pid(plan->envp);
	char *before = slot ? *slot : NULL;
	volatile bool failed = false;
	pid_t pid;

	*failure = (struct spawn_failure){ .step = SPAWN_FORK };
	pid = vfork();
	if (pid == 0) {
		/* The parent's memory: it sees what is written here. */
		take_listen_pid(slot, &line);
		become(plan, failure);
		failed = true;
		_exit(spawn_exit_status(failure));
	}
	if (slot)
		*slot = before;
	if (pid < 0)
		failure->error = errno;
	else if (!failed)
		failure->step = SPAWN_OK; /* also if a signal ended it */
	return pid;
}

/*
 * Let the descriptor that the child is to have be there, and the report pipe
 * be none that is in its way. Returns the pipe.
 */
static int arrange_descriptors(const struct spawn_plan *plan, int report)
{
	if (plan->pass_fd > 0) {
		int above = fcntl(report, F_DUPFD_CLOEXEC, plan->pass_as + 1);

		/* Where that is the last one that may be, there are lower. */
		report = above < 0 ? fcntl(report, F_DUPFD_CLOEXEC, 0) : above;
		if (plan->pass_fd == plan->pass_as)
			fcntl(plan->pass_fd, F_SETFD, 0);
		else
			dup2(plan->pass_fd, plan->pass_as);
	}
	return report;
}

pid_t spawn_bare(void)
{
#ifdef SYS_fork
	return (pid_t)syscall(SYS_fork);
#else
	return (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
#endif
}

pid_t spawn_start(const struct spawn_plan *plan, int *report_fd,
	struct spawn_failure *failure)
{
	char line_buffer[sizeof(LISTEN_PID) + 10];
	struct text line = TEXT_ON(line_buffer);
	char **slot = find_listen_pid(plan->envp);
	int ends[2];
	pid_t pid;

	*failure = (struct spawn_failure){ .step = SPAWN_PIPE };
	/* Also the child's end: a pipe that is empty takes all it will say. */
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		failure->error = errno;
		return -1;
	}
	failure->step = SPAWN_FORK;
	pid = spawn_bare();
	if (pid == 0) {
		take_listen_pid(slot, &line);
		failure->report_fd = arrange_descriptors(plan, ends[1]);
		become(plan, failure);
		/* A pipe takes this much at once; nobody can do more here. */
		if (failure->step != SPAWN_OK &&
			write(failure->report_fd, failure, sizeof(*failure)) <
				0)
			failure->error = errno;
		_exit(spawn_exit_status(failure));
	}
	if (pid < 0)
		failure->error = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -1;
	}
	failure->step = SPAWN_OK;
	*report_fd = ends[0];
	return pid;
}

int spawn_exit_status(const struct spawn_failure *failure)
{
	if (failure->step == SPAWN_OK)
		return 0;
	if (failure->step != SPAWN_EXEC)
		return EXIT_FAILURE_OWN;
	if ((failure->error == ENOENT && !failure->interpreter_missing) ||
		failure->error == ENOTDIR)
		return EXIT_NOT_FOUND;
	return EXIT_NOT_EXECUTABLE;
}

void warn_spawn(const struct speaker *who, const char *command,
	const struct spawn_failure *failure)
{
	if (failure->step == SPAWN_PIPE)
		warn_errno(
			who, failure->error, "%s: cannot make a pipe", command);
	else if (failure->step == SPAWN_FORK)
		warn_errno(who, failure->error, "%s: cannot fork", command);
	else if (failure->step == SPAWN_SESSION)
		warn_errno(who, failure->error, "%s: cannot make a session",
			command);
	else if (failure->step == SPAWN_PREPARE)
		warn_errno(who, failure->error, "%s: %s: %s", command,
			failure->what, failure->value);
	else if (failure->interpreter_missing && failure->error == ENOENT)
		warn(who,
			"%s: cannot execute: the interpreter or loader that "
			"it names is not there",
			command);
	else if (failure->error == ENOENT)
		warn(who, "%s: not found", command);
	else
		warn_errno(who, failure->error, "%s: cannot execute", command);
}
