/* SPDX-License-Identifier: MIT */
/*
 * supervise.c - the loop around a guard: one main child, and everybody below.
 *
 * Invariant: main_pid is only set to 0 where reap_next reported its end, so a
 * kill(main_pid) can never hit a PID that was given to somebody else.
 */
//kbuild:obj-y += supervise.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many children at most are reaped before signals get their turn, and so many
 * signals that tell of no child are passed on before it is looked who has ended. */
#define REAP_BATCH   1024
#define SIGNAL_BATCH 16

/* ---- children -------------------------------------------------------- */

/*
 * The main child was stopped from the terminal. Its shell waits for us to stop
 * as well. Where no shell could continue us (PID 1 of docker run -it, or a
 * group whose shell has gone) nobody could continue the child, so we do.
 */
static void on_main_stopped(struct supervisor *s, int signal)
{
	bool asked = s->tstp_forwarded;

	s->scope.main_stopped = true;
	s->tstp_forwarded = false;
	if (signal == SIGSTOP || s->plan->suspend || !terminal_exists()) {
		/* It may have stopped just before the request reached it. */
		if (s->stop_forwarded && !asked)
			kill(s->scope.main_pid, SIGCONT);
		return;
	}
	/* fg came first, and a shell that knows of no stop sends no CONT. */
	if (signal != SIGTSTP && s->scope.group == 0 && terminal_is_ours()) {
		kill(0, SIGCONT);
		return;
	}
	if (!terminal_leads_session()) {
		terminal_take_back(&s->terminal, s->scope.group);
		if (stop_self())
			return; /* the CONT is forwarded like any other */
		if (s->terminal.handed && terminal_is_ours())
			terminal_give(s->scope.group);
	}
	/* ^Z stopped the whole group, not only its leader. */
	if (signal == SIGTSTP && !asked)
		kill(s->scope.group ? -s->scope.group : s->scope.main_pid,
			SIGCONT);
}

/* The guard hears of it when the batch is through: mostly nobody is left. */
static void on_main_ended(struct supervisor *s, int status)
{
	s->scope.main_pid = 0;
	s->main_status = status;
	s->main_ended = true;
	terminal_take_back(&s->terminal, s->scope.group);
	if (s->drain.family.request_ticks == 0)
		s->drain.family.request_ticks = clock_boot_ticks();
}

static void say_reaped(
	const struct supervisor *s, const struct reaped *child, bool adopted)
{
	char buffer[64];
	struct text status = TEXT_ON(buffer);

	if (s->plan->who->verbosity < 1 + adopted &&
		!(adopted && s->plan->say_adopted))
		return;
	text_wstatus(&status, child->status);
	warn(s->plan->who, "reaped %s process %d: %s",
		adopted ? "adopted" : "main", child->pid, buffer);
}

static void on_child(struct supervisor *s, const struct reaped *child)
{
	bool is_main = child->pid == s->scope.main_pid;

	if (WIFSTOPPED(child->status)) {
		if (is_main)
			on_main_stopped(s, WSTOPSIG(child->status));
	} else if (WIFCONTINUED(child->status)) {
		if (is_main)
			s->scope.main_stopped = false;
	} else {
		say_reaped(s, child, !is_main);
		forward_child_ended(s, child->pid);
		if (is_main)
			on_main_ended(s, child->status);
		else
			s->adopted++;
	}
}

/* Take what has ended; true if more may be waiting. */
static bool reap_batch(struct supervisor *s)
{
	unsigned before = s->adopted;
	struct reaped child;
	int more = 1, error = 0;

	for (unsigned i = 0; i < REAP_BATCH && more > 0; i++) {
		more = reap_next(&child);
		error = errno;
		if (more > 0)
			on_child(s, &child);
	}
	s->none_left = more < 0;
	if (s->none_left && s->scope.main_pid != 0) {
		/* Somebody else took its status; nothing tells it any more. */
		warn_errno(s->plan->who, error,
			"the exit status of process %d is lost",
			s->scope.main_pid);
		on_main_ended(s, s->plan->own_failure << 8);
	}
	if (s->adopted != before)
		drain_step(&s->drain, GUARD_EV_CHILD_ENDED);
	return more > 0;
}

/* Tell the guard what the batch has shown: main's end only if somebody is left
 * whom it could matter to. */
static void after_batch(struct supervisor *s)
{
	struct drain *d = &s->drain;
	bool main_ended = s->main_ended;

	s->main_ended = false;
	if (main_ended && (!s->none_left || drain_outside_left(d)))
		drain_step(d, GUARD_EV_MAIN_ENDED);
	if (s->none_left && d->guard.phase != GUARD_DONE)
		drain_none_left(d);
}

/* ---- the life -------------------------------------------------------- */

static void on_time(struct supervisor *s)
{
	drain_step(&s->drain, GUARD_EV_TIME);
	/* Where /proc does not show it, it is known all the same. */
	if (s->drain.guard.phase == GUARD_KILL && s->scope.main_pid != 0)
		kill(s->scope.main_pid, SIGKILL);
}

/* Whether whoever waits for a signal is still to get it. */
static bool is_killing(const struct supervisor *s)
{
	return s->drain.guard.phase >= GUARD_KILL;
}

static int64_t next_deadline(const struct supervisor *s)
{
	const struct shell *sh = s->scope.shell;
	int64_t at = guard_deadline(&s->drain.guard);

	if (is_killing(s))
		return at;
	at = earlier(at, forward_deadline(s));
	return sh ? earlier(at, sh->next_ms) : at;
}

/* Serve whose time has come; the guard last, since it may end lives. Whether
 * there was anybody. */
static bool on_deadlines(struct supervisor *s)
{
	int64_t next = next_deadline(s), now;
	struct shell *sh = s->scope.shell;

	if (next == DURATION_INF)
		return false; /* mostly, and a look at the clock takes time */
	now = clock_now_ms();
	if (now < next)
		return false;
	if (!is_killing(s) && sh && now >= sh->next_ms)
		sh->pass(sh, &s->drain.family);
	if (!is_killing(s) && now >= forward_deadline(s))
		forward_held(s);
	if (now >= guard_deadline(&s->drain.guard))
		on_time(s);
	return true;
}

/* A signal that was passed on sends us back to sleep at once: where the command
 * has our CPU, its handler waits for that. */
static void run(struct supervisor *s)
{
	unsigned passed = SIGNAL_BATCH;
	bool more = true; /* who ended before our exec tells us nothing */

	while (s->drain.guard.phase != GUARD_DONE) {
		siginfo_t info;
		int64_t deadline = more ? 0 : next_deadline(s);
		int signal = signal_wait(deadline, &info);
		bool served;

		if (signal > 0)
			forward_signal(s, &info);
		served = on_deadlines(s);
		if (s->drain.guard.phase == GUARD_DONE)
			break;
		if (signal > 0 && signal != SIGCHLD && !more && !served &&
			passed++ < SIGNAL_BATCH)
			continue;
		passed = 0;
		more = reap_batch(s);
		after_batch(s);
	}
}

void supervisor_setup(void)
{
	stdio_fill();
	/* PID 1 gets every orphan anyway; elsewhere this may fail silently. */
	if (getpid() != 1)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* Only /proc knows what a shell runs. */
static void prepare_shell(struct supervisor *s)
{
	int fd = proc_open("/proc", NULL);

	if (fd < 0) {
		note(s->plan->who, 1, "no /proc: signals go to the group");
		s->scope.kind = SCOPE_GROUP;
		return;
	}
	close(fd);
	s->scope.shell = s->drain.shell = s->plan->shell;
}

static void prepare(struct supervisor *s, const struct supervise_plan *plan)
{
	s->plan = plan;
	drain_init(&s->drain, plan->who, &plan->policy);
	s->scope.family = &s->drain.family;
	s->scope.kind = plan->scope;
	supervisor_setup();
	if (plan->scope == SCOPE_SESSION)
		terminal_leave();
	else
		terminal_look(&s->terminal);
	if (plan->scope == SCOPE_SHELL)
		prepare_shell(s);
	forward_init(s);
}

/* 0, or the exit status with which we end at once. */
static int start_main(struct supervisor *s)
{
	const struct supervise_plan *plan = s->plan;
	struct spawn_failure failure;
	struct spawn_plan child = {
		.argv = plan->argv,
		.envp = plan->envp,
		.mask = plan->mask,
		.ignore_chld = signal_is_ignored(SIGCHLD),
		.own_session = s->scope.kind == SCOPE_SESSION,
		.take_terminal = s->scope.kind == SCOPE_SESSION,
		.own_group = s->terminal.handed,
		.foreground = s->terminal.handed,
	};
	pid_t pid;

	/* A scope of its own needs a group of its own; where the terminal
	 * decides that the child stays in ours, scope.c finds the members.
	 * tini's and catatonit's commands expect to lead one in any scope. */
	if (s->scope.kind == SCOPE_GROUP ? tcgetpgrp(STDIN_FILENO) < 0
					 : plan->verbatim && !plan->suspend &&
						   !terminal_exists())
		child.own_group = true;
	if (child.ignore_chld)
		signal_set_ignored(SIGCHLD, false); /* or no status comes */
	pid = spawn_wait(&child, &failure);
	if (failure.step != SPAWN_OK) {
		terminal_take_back(&s->terminal, pid);
		warn_spawn(plan->who, plan->argv[0], &failure);
		if (failure.step != SPAWN_EXEC)
			return plan->own_failure;
		failure.interpreter_missing &= !plan->verbatim;
		return plan->exec_failure ? plan->exec_failure
					  : spawn_exit_status(&failure);
	}
	s->scope.main_pid = pid;
	s->scope.group = child.own_group || child.own_session ? pid : 0;
	s->scope.session = child.own_session ? pid : 0;
	note(plan->who, 1, "started %s as process %d", plan->argv[0], pid);
	return 0;
}

/* "#!/sbin/sigproxy" without a shell behind it: then the command is that script,
 * which is us again, without an end. AT_EXECFN: what was executed to start us
 * (getauxval(3)). */
static bool is_own_script(const char *command)
{
	const char *started = (const char *)getauxval(AT_EXECFN);
	char beginning[3];

	return started && strcmp(started, command) == 0 &&
	       file_read(AT_FDCWD, command, beginning, sizeof(beginning)) > 0 &&
	       strcmp(beginning, "#!") == 0;
}

int supervise(struct supervisor *s, const struct supervise_plan *plan)
{
	int status;

	if (is_own_script(*plan->argv)) {
		warn(plan->who,
			"%s: its first line needs a shell behind our name",
			*plan->argv);
		return plan->own_failure;
	}
	prepare(s, plan);
	status = start_main(s);
	if (status != 0)
		return status;
	if (chdir("/") < 0)
		note(plan->who, 1, "cannot change to /");
	descriptors_close_from(STDERR_FILENO + 1);
	run(s);
	if (plan->farewell)
		scope_send(&s->scope, SIGTERM, &(siginfo_t){ 0 }, -1, true);
	if (s->scope.main_pid != 0)
		reap_batch(s); /* given up, but perhaps just now ... */
	if (s->scope.main_pid != 0)
		return EXIT_SIGNAL_BASE + SIGKILL; /* killed, but stuck */
	status = wstatus_to_exit(s->main_status);
	if (s->adopted > 0)
		note(plan->who, 1, "reaped %u adopted process%s", s->adopted,
			s->adopted == 1 ? "" : "es");
	return code_set_has(plan->expect, status) ? 0 : status;
}
