/* SPDX-License-Identifier: MIT */
/*
 * life.c - the life of the container: start, run, stop.
 *
 *   SYSINIT ─> WAIT ─> RUN ──────────> SHUTDOWN ─> ENDING ─> DRAIN
 *      └─────────┴──stop request─────────^
 *
 * SHUTDOWN runs the shutdown entries, ENDING waits for the entries that were
 * told, DRAIN (libbb-lite/drain.c) tells and waits for everybody else. A stop
 * request wins in every phase. One budget, order_wait_ms, bounds SHUTDOWN and
 * ENDING: then all that are left are told, and nobody is held up by a slow one.
 */
#include "init.h"
#include <sys/wait.h>
#include <unistd.h>

/* So many children at most are reaped before signals get their turn. */
#define REAP_BATCH 1024
/* At least so long between two looks for what dead entries left behind. */
#define SWEEP_GAP_MS 5

/* ---- stop ------------------------------------------------------------ */

static void begin_stop(struct life *l, bool requested)
{
	int64_t now = clock_now_ms();

	if (l->phase >= PHASE_SHUTDOWN)
		return;
	l->phase = PHASE_SHUTDOWN;
	l->requested = requested;
	l->order_until = deadline_after(now, l->plan->order_wait_ms);
	l->drain.family.request_ticks = clock_boot_ticks();
	drain_step(&l->drain, GUARD_EV_STOP);
	note(l->plan->who, 1, "stopping");
	/* No more starts; who runs is told when its turn has come. */
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->pid == 0 && s->entry->action != ACTION_SHUTDOWN)
			launch_step(l, s, SERVICE_EV_STOP);
	}
}

static void tell_entries(struct life *l)
{
	l->phase = PHASE_ENDING;
	l->entries_told = true;
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->state != SERVICE_ENDED)
			launch_step(l, s, SERVICE_EV_STOP);
	}
	if (!l->requested)
		guard_kill_by(&l->drain.guard,
			deadline_after(clock_now_ms(), l->plan->grace_ms));
}

/* Whether m was left behind in the session of an entry that has ended. The
 * PID may lead another session by now: that one is younger. */
static bool was_left_behind(const void *context, const struct member *m)
{
	const struct services *all = context;

	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].session == m->session && all->item[i].pid == 0)
			return m->start_ticks <= all->item[i].ended_ticks;
	return false;
}

static void sweep(struct life *l)
{
	int64_t began = clock_now_ms(), took;

	l->sweep_at = DURATION_INF;
	drain_tell_if(&l->drain, was_left_behind, &l->services);
	took = clock_now_ms() - began;
	l->sweep_gap = 4 * took > SWEEP_GAP_MS ? 4 * took : SWEEP_GAP_MS;
}

/* ---- the phases ------------------------------------------------------ */

/* Entries of this action run one after another; true when all have ended. */
static bool run_in_turn(struct life *l, enum action action)
{
	struct service *s;

	while ((s = order_next(&l->services, action)) != NULL) {
		if (s->state != SERVICE_NEW)
			return false;
		launch_step(l, s, SERVICE_EV_START);
	}
	return true;
}

/* once and respawn run side by side, as many at a time as may be between fork
 * and exec. */
static void start_the_rest(struct life *l)
{
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (l->starting == STARTING_MAX)
			return;
		if (s->state == SERVICE_NEW &&
			s->entry->action != ACTION_SHUTDOWN)
			launch_step(l, s, SERVICE_EV_START);
	}
}

static bool main_has_ended(const struct life *l)
{
	const struct service *s = order_main(&l->services);

	return s && s->state == SERVICE_ENDED;
}

static void advance_stop(struct life *l)
{
	bool late = clock_now_ms() >= l->order_until;

	if (l->phase == PHASE_SHUTDOWN &&
		(run_in_turn(l, ACTION_SHUTDOWN) || late))
		tell_entries(l);
	if (l->phase == PHASE_ENDING &&
		(order_all_ended(&l->services) || late)) {
		l->phase = PHASE_DRAIN;
		drain_step(&l->drain, GUARD_EV_MAIN_ENDED);
	}
}

/* Go on with whatever can go on now. */
static void advance_once(struct life *l)
{
	if (l->phase == PHASE_SYSINIT && run_in_turn(l, ACTION_SYSINIT))
		l->phase = PHASE_WAIT;
	if (l->phase == PHASE_WAIT && run_in_turn(l, ACTION_WAIT))
		l->phase = PHASE_RUN;
	if (l->phase < PHASE_SHUTDOWN && main_has_ended(l))
		begin_stop(l, false);
	if (l->phase == PHASE_RUN)
		start_the_rest(l);
	/* Nothing can run again and nobody is left: a stop that is quick. */
	if (l->phase == PHASE_RUN && l->none_left && !l->plan->keep &&
		order_all_ended(&l->services))
		begin_stop(l, false);
	if (l->phase >= PHASE_SHUTDOWN)
		advance_stop(l);
}

/* An entry that could not even be started has ended on the spot, which may let
 * others go on, and no signal will come to say so. */
static void advance(struct life *l)
{
	do {
		l->changed = false;
		advance_once(l);
	} while (l->changed);
	if (l->phase == PHASE_DRAIN && l->none_left)
		drain_none_left(&l->drain);
}

/* ---- events ---------------------------------------------------------- */

static void on_signal(struct life *l, int signal)
{
	char buffer[24];
	struct text name = TEXT_ON(buffer);

	if (signal == SIGCHLD)
		return;
	text_signal(&name, signal);
	note(l->plan->who, 2, "received %s", buffer);
	switch (signal) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
	case SIGUSR1:
	case SIGUSR2:
	case SIGPWR:
	case SIGNAL_HALT:
	case SIGNAL_HALT + 1:
	case SIGNAL_HALT + 2:
		begin_stop(l, true);
		break;
	case SIGHUP:
		warn(l->plan->who, "SIGHUP: rereading the inittab is not in "
				   "this version");
		break;
	}
}

static struct service *find_service(struct life *l, pid_t pid)
{
	for (unsigned i = 0; i < l->services.count; i++)
		if (l->services.item[i].pid == pid)
			return &l->services.item[i];
	return NULL;
}

static void on_child(struct life *l, const struct reaped *child)
{
	struct service *s = find_service(l, child->pid);

	if (WIFSTOPPED(child->status) || WIFCONTINUED(child->status)) {
		if (s)
			s->stopped = WIFSTOPPED(child->status);
		return;
	}
	if (s) {
		if (s->report_fd >= 0)
			launch_report(l, s); /* it is complete now */
		launch_ended(l, s, child->status);
	} else {
		note(l->plan->who, 2, "reaped process %d", child->pid);
		if (l->phase == PHASE_DRAIN)
			drain_step(&l->drain, GUARD_EV_CHILD_ENDED);
	}
}

/* Take what has ended; true if more may be waiting. */
static bool reap_batch(struct life *l)
{
	struct reaped child;
	int more = 1;

	for (unsigned i = 0; i < REAP_BATCH && more > 0; i++) {
		more = reap_next(&child);
		if (more > 0)
			on_child(l, &child);
	}
	l->none_left = more < 0;
	return more > 0;
}

/* Fill fds[1..] with the exec pipes; returns how many there are in all. */
static unsigned collect_descriptors(struct life *l)
{
	unsigned count = 1;

	for (unsigned i = 0; i < l->services.count && l->starting > 0; i++) {
		struct service *s = &l->services.item[i];

		if (s->report_fd < 0 || count > STARTING_MAX)
			continue;
		l->fds[count] =
			(struct pollfd){ .fd = s->report_fd, .events = POLLIN };
		l->fd_of[count++] = s;
	}
	return count;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A restart may have to wait for a free place between fork and exec. */
static bool may_step_on_time(const struct life *l, const struct service *s)
{
	return s->state != SERVICE_BACKOFF || l->starting < STARTING_MAX;
}

static int64_t next_deadline(const struct life *l)
{
	int64_t at = earlier(l->sweep_at, guard_deadline(&l->drain.guard));

	if (l->phase == PHASE_SHUTDOWN || l->phase == PHASE_ENDING)
		at = earlier(at, l->order_until);
	for (unsigned i = 0; i < l->services.count; i++)
		if (may_step_on_time(l, &l->services.item[i]))
			at = earlier(at, l->services.item[i].due_ms);
	return at;
}

static void on_time(struct life *l)
{
	int64_t now = clock_now_ms();

	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->due_ms <= now && may_step_on_time(l, s))
			launch_step(l, s, SERVICE_EV_TIME);
	}
	if (l->sweep_at <= now)
		sweep(l);
	if (guard_deadline(&l->drain.guard) > now)
		return;
	drain_step(&l->drain, GUARD_EV_TIME);
	/* Where /proc does not show them, ours are known all the same. */
	for (unsigned i = 0; i < l->services.count; i++)
		if (l->drain.guard.phase == GUARD_KILL &&
			l->services.item[i].pid > 0)
			kill(l->services.item[i].pid, SIGKILL);
}

static void run(struct life *l)
{
	for (;;) {
		bool more = reap_batch(l);
		unsigned count;
		siginfo_t info;
		int signal;

		on_time(l);
		advance(l);
		if (l->drain.guard.phase == GUARD_DONE)
			return;
		count = collect_descriptors(l);
		signal = events_wait(
			l->fds, count, more ? 0 : next_deadline(l), &info);
		if (signal > 0)
			on_signal(l, signal);
		for (unsigned i = 1; i < count; i++)
			if (signal == 0 && l->fds[i].revents)
				launch_report(l, l->fd_of[i]);
	}
}

static int exit_status(const struct life *l)
{
	const struct service *s = order_main(&l->services);

	if (s && s->pid > 0)
		return EXIT_SIGNAL_BASE + SIGKILL; /* killed, but stuck */
	if (s)
		return s->ran ? wstatus_to_exit(s->status) : 0;
	return l->requested ? 0 : order_failure(&l->services);
}

int life_run(const struct life_plan *plan)
{
	static struct life life;
	const struct guard_policy policy = {
		.grace_ms = DURATION_INF,
		.kill_after_ms = plan->stop_timeout_ms,
	};
	struct life *l = &life;

	l->plan = plan;
	l->sweep_at = DURATION_INF;
	l->sweep_gap = SWEEP_GAP_MS;
	l->services.count = plan->table->count;
	for (unsigned i = 0; i < l->services.count; i++)
		l->services.item[i] = (struct service){
			.entry = &plan->table->entries[i],
			.report_fd = -1,
			.due_ms = DURATION_INF,
		};
	drain_init(&l->drain, plan->who, &policy);
	l->fds[0].fd = signals_open();
	run(l);
	return exit_status(l);
}
