/* SPDX-License-Identifier: MIT */
/*
 * launch.c - the hands of a service: start, tell, kill and hear of it.
 *
 * Invariant: a service's pid and hook are cleared only where reap_next has
 * reported their end; so a signal cannot hit somebody else.
 */
#include "init.h"
#include <alloca.h>
#include <sys/stat.h>
#include <unistd.h>

static void say_end(const struct life *l, const struct service *s)
{
	const struct speaker *who = l->plan->who;
	char buffer[64];
	struct text status = TEXT_ON(buffer);

	text_wstatus(&status, s->status);
	if (s->state == SERVICE_BACKOFF && !s->repeats)
		warn(who, "%s: %s; starts again in %d %s", s->entry->name,
			buffer,
			(int)(s->delay_ms / (s->delay_ms % 1000 ? 1 : 1000)),
			s->delay_ms % 1000 ? "ms" : "s");
	else if (s->state == SERVICE_FAILED)
		warn(who, "%s: %s; failed", s->entry->name, buffer);
	else if (s->status != 0 && s->goal == GOAL_UP && !s->repeats)
		warn(who, "%s: %s", s->entry->name, buffer);
	else
		note(who, 1, "%s: %s", s->entry->name, buffer);
}

/* ---- start ----------------------------------------------------------- */

/* Fork; 0, or -1 when there is no process (said). Not inline: for size. */
__attribute__((noinline)) static pid_t spawn(struct life *l, struct service *s,
	const struct spawn_plan *plan, int *report_fd)
{
	struct spawn_failure failure;
	pid_t pid = spawn_start(plan, report_fd, &failure);

	if (pid < 0) {
		warn_spawn(l->plan->who, s->entry->name, &failure);
		return -1;
	}
	l->none_left = false; /* whatever wait(2) said before */
	return pid;
}

/* Where the terminal that it is to lead is ours, as under docker run -it, it can
 * have that only if we give it up: nothing takes it from a session that lives.
 */
static void give_terminal(const struct entry *e)
{
	char buffer[64];
	struct text path = TEXT_ON(buffer);
	struct stat its, ours;

	text_raw(&path, "/dev/");
	text_raw(&path, e->id);
	if (names_terminal(e->id) ? stat(buffer, &its) == 0 &&
					    fstat(STDIN_FILENO, &ours) == 0 &&
					    its.st_ino == ours.st_ino &&
					    its.st_dev == ours.st_dev
				  : e->command[0] == '-')
		terminal_leave();
}

static void spawn_service(struct life *l, struct service *s)
{
	const struct entry *e = s->entry;
	char *buffer = alloca(COMMAND_TEXT_BYTES(e->command));
	char **words = alloca(COMMAND_WORDS(e->command) * sizeof(*words));
	struct notify notify;
	struct child child = { .entry = e, .notify = &notify };
	struct spawn_plan plan = {
		.argv = command_words(e->command, buffer, words),
		.envp = l->plan->envp,
		.mask = l->plan->mask,
		.own_session = true,
		.login = e->command[0] == '-',
		.prepare = child_prepare,
		.context = &child,
		.pass_as = e->notify_fd,
	};

	notify_close(s);
	if (notify_open(s, &notify) < 0) {
		warn_errno(l->plan->who, errno, "%s: cannot listen", e->name);
		launch_ended(l, s, EXIT_FAILURE_OWN << 8);
		return;
	}
	plan.pass_fd = notify.child_fd > 0 ? notify.child_fd : 0;
	give_terminal(e);
	s->pid = spawn(l, s, &plan, &s->report_fd);
	if (notify.child_fd >= 0)
		close(notify.child_fd);
	if (s->pid < 0) {
		s->report_fd = -1;
		launch_ended(l, s, EXIT_FAILURE_OWN << 8);
		return;
	}
	s->session = s->pid;
	l->starting++;
	note(l->plan->who, 1, "%s: started as process %d", e->name, s->pid);
}

/* status, signal and name are the arguments of a finish= program, as s6's. */
static void spawn_hook(struct life *l, struct service *s)
{
	char status_buffer[12], signal_buffer[12];
	struct text status = TEXT_ON(status_buffer);
	struct text signal = TEXT_ON(signal_buffer);
	const bool killed = (s->status & 0x7f) != 0;
	char *words[] = { (char *)(uintptr_t)s->entry->finish, status_buffer,
		signal_buffer, (char *)(uintptr_t)s->entry->name, NULL };
	const struct child child = { .entry = s->entry };
	const struct spawn_plan plan = {
		.argv = words,
		.envp = l->plan->envp,
		.mask = l->plan->mask,
		.own_session = true,
		.prepare = child_prepare,
		.context = &child,
	};

	text_decimal(&status, killed ? 256 : s->status >> 8);
	text_decimal(&signal, killed ? s->status & 0x7f : 0);
	s->hook = spawn(l, s, &plan, &s->report_fd);
	if (s->hook > 0) {
		l->starting++;
		return;
	}
	s->hook = 0;
	s->report_fd = -1;
	launch_step(l, s, SERVICE_EV_FINISHED);
}

/* ---- tell and kill --------------------------------------------------- */

/* False without /proc: then the program itself gets it. */
static bool tell_through_shells(struct life *l, const struct service *s)
{
	const struct shell_order order = { .root = s->pid,
		.signal = s->entry->stop_signal,
		.stop = true,
		.had_it = -1 };

	if (l->shell.send(&l->shell, &l->drain.family, &order) < 0 &&
		l->drain.family.readable)
		warn_errno(l->plan->who, errno, "%s: cannot signal all of it",
			s->entry->name);
	return l->drain.family.readable;
}

/* The one place where an entry's stop signal goes out. */
static void tell_entry(struct life *l, const struct service *s)
{
	if (s->entry->kill) {
		session_signal(l, s, s->entry->stop_signal);
		return;
	}
	if (s->entry->scope && tell_through_shells(l, s))
		return;
	family_mark_child_told(&l->drain.family, s->pid);
	if (signal_send(s->pid, s->entry->stop_signal) < 0)
		warn_errno(l->plan->who, errno, "%s: cannot signal process %d",
			s->entry->name, s->pid);
	if (s->stopped)
		kill(s->pid, SIGCONT);
}

static void tell_service(struct life *l, const struct service *s)
{
	char buffer[24];
	struct text signal = TEXT_ON(buffer);

	tell_entry(l, s);
	text_signal(&signal, s->entry->stop_signal);
	note(l->plan->who, 1, "%s: sent %s to process %d", s->entry->name,
		buffer, s->pid);
}

static void kill_service(struct life *l, const struct service *s, pid_t pid)
{
	if (s->entry->kill && pid == s->pid) {
		session_signal(l, s, SIGKILL);
		return;
	}
	session_say_killed(l, s, pid);
	kill(pid, SIGKILL);
}

/* Without a program there is none of what it says either. */
static void forget_notify(struct service *s)
{
	if (s->state != SERVICE_RUNNING && s->state != SERVICE_STOPPING)
		notify_close(s);
}

void launch_step(struct life *l, struct service *s, enum service_event event)
{
	bool late = event == SERVICE_EV_TIME && s->state == SERVICE_RUNNING;
	enum service_action action = service_step(s, event, clock_now_ms());

	if (late)
		warn(l->plan->who, "%s: was not ready in time", s->entry->name);
	l->changed = true;
	forget_notify(s);
	if (s->remains &&
		(s->state == SERVICE_BACKOFF || s->state == SERVICE_CLEAN))
		session_sweep_soon(l); /* who was not waited for before */
	switch (action) {
	case SERVICE_DO_NOTHING:
		break;
	case SERVICE_DO_SPAWN:
		spawn_service(l, s);
		break;
	case SERVICE_DO_TELL:
		tell_service(l, s);
		break;
	case SERVICE_DO_KILL:
		kill_service(l, s, s->pid);
		break;
	case SERVICE_DO_FINISH:
		spawn_hook(l, s);
		break;
	case SERVICE_DO_KILL_HOOK:
		kill_service(l, s, s->hook);
		break;
	case SERVICE_DO_KILL_REST:
		session_signal(l, s, SIGKILL);
		session_sweep_soon(l);
		break;
	}
}

/* ---- ends ------------------------------------------------------------ */

void launch_ended(struct life *l, struct service *s, int status)
{
	s->ran = true;
	s->pid = 0;
	s->stopped = false;
	s->status = status;
	s->ended_ticks = clock_boot_ticks();
	launch_step(l, s, SERVICE_EV_ENDED);
	if (s->state != SERVICE_FINISH)
		say_end(l, s);
	session_sweep_soon(l);
}

void launch_finished(struct life *l, struct service *s, int status)
{
	char buffer[64];
	struct text text = TEXT_ON(buffer);

	text_wstatus(&text, status);
	if (status != 0)
		warn(l->plan->who, "%s: finish: %s", s->entry->name, buffer);
	s->hook = 0;
	launch_step(l, s, SERVICE_EV_FINISHED);
	say_end(l, s); /* of its process: what comes of it is known now */
}

/* A failure that comes again and again is said once. */
static bool is_same_failure(
	const struct spawn_failure *a, const struct spawn_failure *b)
{
	return a->error == b->error && a->step == b->step &&
	       a->what == b->what &&
	       a->interpreter_missing == b->interpreter_missing;
}

void launch_report(struct life *l, void *service)
{
	struct service *s = service;
	struct spawn_failure failure;
	ssize_t n;

	if (s->report_fd < 0)
		return;
	n = read(s->report_fd, &failure, sizeof(failure));
	/* A read that fails tells nothing, nor would it the next time. */
	if (n != (ssize_t)sizeof(failure))
		failure.error = 0;
	if (!s->hook) {
		s->repeats =
			failure.error && is_same_failure(&failure, &s->failure);
		s->failure = failure;
	}
	if (failure.error != 0 && !s->repeats)
		child_warn(l->plan->who, s, &failure);
	close(s->report_fd);
	s->report_fd = -1;
	l->starting--;
	if (failure.error == 0 && !s->hook)
		launch_step(l, s, SERVICE_EV_STARTED);
}
