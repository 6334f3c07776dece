/* SPDX-License-Identifier: MIT */
/*
 * launch.c - the hands of a service: start, tell, kill and hear of it.
 *
 * Invariant: a service's pid is cleared in launch_ended only, which is called
 * when reap_next has reported its end; so a signal cannot hit somebody else.
 */
#include "init.h"
#include <unistd.h>

static void say_end(const struct life *l, const struct service *s)
{
	const struct speaker *who = l->plan->who;
	char buffer[64];
	struct text status = TEXT_ON(buffer);

	text_wstatus(&status, s->status);
	if (s->state == SERVICE_BACKOFF && !s->repeats)
		warn(who, "%s: %s; starts again in %d s", s->entry->name,
			buffer, (int)(s->delay_ms / 1000));
	else if (s->status != 0 && !l->entries_told && !s->repeats)
		warn(who, "%s: %s", s->entry->name, buffer);
	else
		note(who, 1, "%s: %s", s->entry->name, buffer);
}

void launch_ended(struct life *l, struct service *s, int status)
{
	s->pid = 0;
	s->stopped = false;
	s->ran = true;
	s->status = status;
	s->ended_ticks = clock_boot_ticks();
	l->changed = true;
	service_step(s, SERVICE_EV_ENDED, clock_now_ms());
	/* Nothing is started again once a stop has begun. */
	if (l->phase >= PHASE_SHUTDOWN && s->state == SERVICE_BACKOFF)
		service_step(s, SERVICE_EV_STOP, clock_now_ms());
	say_end(l, s);
	if (l->entries_told && l->sweep_at == DURATION_INF)
		l->sweep_at = clock_now_ms() + l->sweep_gap;
}

static void spawn_service(struct life *l, struct service *s)
{
	char buffer[INITTAB_LINE_BYTES + 8], *words[COMMAND_WORDS_MAX + 1];
	struct spawn_failure failure;
	struct spawn_plan plan = {
		.argv = command_words(s->entry->command, buffer, words),
		.envp = l->plan->envp,
		.mask = l->plan->mask,
		.own_session = true,
	};

	s->pid = spawn_start(&plan, &s->report_fd, &failure);
	if (s->pid < 0) {
		warn_spawn(l->plan->who, s->entry->name, &failure);
		s->report_fd = -1;
		launch_ended(l, s, EXIT_FAILURE_OWN << 8);
		return;
	}
	s->session = s->pid;
	l->starting++;
	l->none_left = false; /* whatever wait(2) said before */
	note(l->plan->who, 1, "%s: started as process %d", s->entry->name,
		s->pid);
}

static void tell_service(struct life *l, const struct service *s)
{
	char buffer[24];
	struct text signal = TEXT_ON(buffer);

	family_mark_child_told(&l->drain.family, s->pid);
	if (signal_send(s->pid, s->entry->stop_signal) < 0)
		warn_errno(l->plan->who, errno, "%s: cannot signal process %d",
			s->entry->name, s->pid);
	if (s->stopped)
		kill(s->pid, SIGCONT);
	text_signal(&signal, s->entry->stop_signal);
	note(l->plan->who, 1, "%s: sent %s to process %d", s->entry->name,
		buffer, s->pid);
}

void launch_step(struct life *l, struct service *s, enum service_event event)
{
	switch (service_step(s, event, clock_now_ms())) {
	case SERVICE_DO_NOTHING:
		break;
	case SERVICE_DO_SPAWN:
		spawn_service(l, s);
		break;
	case SERVICE_DO_TELL:
		tell_service(l, s);
		break;
	case SERVICE_DO_KILL:
		warn(l->plan->who, "%s: process %d killed: its grace is over",
			s->entry->name, s->pid);
		kill(s->pid, SIGKILL);
		break;
	}
}

/* A failure that comes again and again is said once. */
void launch_report(struct life *l, struct service *s)
{
	struct spawn_failure failure;
	ssize_t n = read(s->report_fd, &failure, sizeof(failure));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(failure))
		failure.error = 0;
	s->repeats = failure.error != 0 && failure.error == s->said_error;
	s->said_error = failure.error;
	if (failure.error != 0 && !s->repeats)
		warn_spawn(l->plan->who, s->entry->name, &failure);
	close(s->report_fd);
	s->report_fd = -1;
	l->starting--;
}
