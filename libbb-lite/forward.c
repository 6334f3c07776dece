/* SPDX-License-Identifier: MIT */
/*
 * forward.c - what a signal that we received means for the command.
 */
//kbuild:obj-y += forward.o

#include "libbb.h"
#include <unistd.h>

static bool is_fault(int signal)
{
	return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE ||
	       signal == SIGILL || signal == SIGTRAP || signal == SIGSYS;
}

/* Whether it stops the child's session, which has no shell that could, and us,
 * for the shell above; where there is none nobody would continue the child. */
static bool suspends(const struct supervisor *s, int signal)
{
	return (s->plan->suspend || (s->scope.kind == SCOPE_SESSION &&
					    s->drain.family.self != 1)) &&
	       (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU);
}

/* What is our own affair and goes to nobody (reaper(8), SIGNALS). */
static bool is_private(
	const struct supervisor *s, int signal, const siginfo_t *info)
{
	if (signal == SIGCHLD)
		return true;
	if (signal == SIGTTIN || signal == SIGTTOU)
		return !suspends(s, signal);
	if (is_fault(signal) && info->si_code > 0)
		return true;
	return info->si_pid == s->drain.family.self && info->si_code <= 0 &&
	       (signal == SIGPIPE || signal == SIGXFSZ || signal == SIGHUP ||
		       signal == SIGCONT);
}

static bool is_stop_request(
	const struct supervisor *s, int signal, const siginfo_t *info)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGPWR ||
	       signal == SIGNAL_HALT ||
	       (signal == SIGHUP && info->si_code == SI_KERNEL) ||
	       sigmask_has(s->plan->stop_signals, signal);
}

/* What is sent on for it; -1 for nothing. */
static int translate(const struct supervisor *s, int signal)
{
	const struct supervise_plan *plan = s->plan;

	if (plan->map && plan->map->to[signal] != 0)
		return plan->map->to[signal];
	if (s->scope.kind == SCOPE_SESSION && suspends(s, signal))
		return SIGSTOP;
	/* Both kill a program that does not know them. */
	if (!plan->verbatim && (signal == SIGPWR || signal == SIGNAL_HALT))
		return SIGTERM;
	return signal;
}

/*
 * Whether the terminal sent it to our whole group, and so to the child, which
 * is in it, too. A hangup is told to the session's leader alone; an alarm of
 * ours is the kernel's, too, but nobody else has it.
 */
static bool had_from_terminal(
	const struct supervisor *s, int signal, const siginfo_t *info)
{
	return s->scope.group == 0 && info->si_code == SI_KERNEL &&
	       (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP ||
		       signal == SIGCONT || signal == SIGWINCH ||
		       (signal == SIGHUP && !terminal_leads_session()));
}

/* fg gave us the foreground: hand it on and wake the child's whole group; true
 * if that is done. */
static bool resume_job(struct supervisor *s)
{
	if (!s->terminal.handed || s->scope.main_pid == 0)
		return false;
	if (terminal_is_ours())
		terminal_give(s->scope.group);
	return kill(-s->scope.group, SIGCONT) == 0;
}

static void say_signal(
	const struct supervisor *s, int signal, int sent, int result, bool stop)
{
	const struct speaker *who = s->plan->who;
	char from_buffer[24], to_buffer[24];
	struct text from = TEXT_ON(from_buffer), to = TEXT_ON(to_buffer);
	int error = errno;

	if (who->verbosity == 0 || (who->verbosity + stop < 2 && result == 0))
		return;
	text_signal(&from, signal);
	text_signal(&to, sent);
	if (result < 0)
		warn_errno(who, error, "cannot forward %s", to_buffer);
	else
		warn(who, "received %s, forwarded %s", from_buffer, to_buffer);
}

static void forward(
	struct supervisor *s, int signal, const siginfo_t *info, bool stop)
{
	int sent = translate(s, signal);
	pid_t had_it = -1;
	int result;

	if (sent < 0) {
		note(s->plan->who, 2, "dropped signal %d", signal);
		return;
	}
	if (sent == SIGCONT && resume_job(s))
		had_it = s->scope.group;
	else if (sent == signal && had_from_terminal(s, signal, info))
		had_it = getpgrp();
	/* A stop that somebody asked us for is not ^Z's. */
	if (sent == SIGTSTP || sent == SIGSTOP || sent == SIGCONT)
		s->tstp_forwarded = sent != SIGCONT;
	/* A stop takes back what stopped it before. */
	if (stop)
		s->tstp_forwarded = false;
	s->stop_forwarded |= stop;
	errno = 0;
	result = scope_send(&s->scope, sent, info, had_it, stop);
	say_signal(s, signal, sent, result, stop);
}

/* The first stop request waits: for a command and a delay. */
static bool hold_back(struct supervisor *s, const siginfo_t *info)
{
	const struct supervise_plan *plan = s->plan;
	struct hold *h = plan->hold;

	if (!h || !h->begin(h, &(struct spawn_plan){ .envp = plan->envp,
				       .mask = plan->mask }))
		return false;
	h->active = true;
	h->info = *info;
	/* It is ours, and no business of the drain's. */
	if (h->pid != 0)
		family_mark_child_told(&s->drain.family, h->pid);
	return true;
}

static bool is_holding(const struct supervisor *s)
{
	return s->plan->hold && s->plan->hold->active;
}

int64_t forward_deadline(const struct supervisor *s)
{
	const struct hold *h = s->plan->hold;

	return is_holding(s) && h->pid == 0 ? h->until_ms : DURATION_INF;
}

void forward_child_ended(struct supervisor *s, pid_t pid)
{
	if (is_holding(s) && pid == s->plan->hold->pid)
		s->plan->hold->pid = 0;
}

void forward_held(struct supervisor *s)
{
	struct hold *h = s->plan->hold;

	h->active = false;
	/* When main has ended meanwhile the drain has told all. */
	if (s->scope.main_pid != 0)
		forward(s, h->info.si_signo, &h->info, true);
}

static void on_stop_request(struct supervisor *s, const siginfo_t *info)
{
	bool first = s->drain.family.request_ticks == 0;

	if (first)
		s->drain.family.request_ticks = clock_boot_ticks();
	drain_step(&s->drain, GUARD_EV_STOP);
	if (is_holding(s)) { /* asked again: enough waited */
		bool owed = s->scope.main_pid != 0;

		forward_held(s);
		if (owed && s->plan->hold->info.si_signo == info->si_signo)
			return;
	} else if (first && hold_back(s, info)) {
		return;
	}
	forward(s, info->si_signo, info, true);
}

/* Those that any function here takes for more than something to pass on. A fault
 * and what the terminal sends need not stand here: si_code tells them. */
static const unsigned char watched[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM,
	SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ, SIGPWR,
	SIGNAL_HALT };

void forward_init(struct supervisor *s)
{
	const struct supervise_plan *plan = s->plan;

	s->watched = *plan->stop_signals;
	for (unsigned i = 0; i < ARRAY_LEN(watched); i++)
		sigmask_add(&s->watched, watched[i]);
	if (s->scope.kind != SCOPE_CHILD || plan->map || plan->who->verbosity)
		memset(&s->watched, 0xff, sizeof(s->watched));
}

/* Our own stop would discard a CONT that has come meanwhile (signal(7)), and
 * does so even as PID 1, which does not stop. */
void forward_signal(struct supervisor *s, const siginfo_t *info)
{
	int signal = info->si_signo;

	/* All of the long way is cold when a signal wakes us up, and the
	 * command waits for each line of it (docs/performance.md). */
	if (info->si_code <= 0 && info->si_code != SI_QUEUE &&
		!sigmask_has(&s->watched, signal) && s->scope.main_pid != 0) {
		signal_send(s->scope.main_pid, signal);
		return;
	}
	if (is_private(s, signal, info))
		return;
	if (is_stop_request(s, signal, info) && translate(s, signal) >= 0)
		on_stop_request(s, info);
	else
		forward(s, signal, info, false);
	if (suspends(s, signal) && s->drain.family.self != 1 &&
		!signal_is_pending(SIGCONT))
		kill(s->drain.family.self, SIGSTOP);
}
