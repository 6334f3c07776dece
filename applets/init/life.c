/* SPDX-License-Identifier: MIT */
/*
 * life.c - the life of the container: start, run, stop.
 *
 *   SYSINIT ─> WAIT ─> RUN ──────────> SHUTDOWN ─> ENDING ─> DRAIN
 *      └─────────┴──stop request─────────^
 *
 * SHUTDOWN runs the shutdown entries, ENDING tells the entries, dependents
 * first, and waits for them, DRAIN (libbb-lite/drain.c) tells and waits for
 * everybody else. A stop request wins in every phase. One budget,
 * order_wait_ms, bounds SHUTDOWN and ENDING: then all that are left are told,
 * and nobody is held up by a slow one.
 */
#include "init.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* So many children at most are reaped before signals get their turn. */
#define REAP_BATCH 1024
#define PAGE_BYTES 4096

const struct inittab *life_table(const struct life *l)
{
	return &l->tables[l->current];
}

/* ---- stop ------------------------------------------------------------ */

void life_stop(struct life *l, bool requested, enum ending ending)
{
	int64_t now = clock_now_ms();

	if (l->phase >= PHASE_SHUTDOWN)
		return;
	l->phase = PHASE_SHUTDOWN;
	l->requested = requested;
	l->ending = l->plan->origin->machine || ending == END_RESTART
			    ? ending
			    : END_EXIT;
	l->changed = true;
	l->order_until = deadline_after(now, l->plan->order_wait_ms);
	l->drain.family.request_ticks = clock_boot_ticks();
	drain_step(&l->drain, GUARD_EV_STOP);
	note(l->plan->who, 1, "stopping");
	/* No more starts; who runs is told when its turn has come. A shutdown
	 * entry that somebody has tried out has its own still to come. */
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->entry->action == ACTION_SHUTDOWN ||
			s->entry->action == ACTION_POWERFAIL)
			service_renew(s, now);
		else
			s->last = true;
		if (action_is_occasion(s->entry->action))
			continue;
		if (s->pid == 0)
			launch_step(l, s, SERVICE_EV_STOP);
	}
}

/* Tell who is up and has nobody up that comes after it; all, once the time is
 * over. Where nobody asked for a stop they have until `grace`. True when
 * everybody was told. */
static bool tell_entries(struct life *l, bool late, int64_t grace)
{
	bool all = true;

	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (service_is_down(s) || s->goal == GOAL_GONE)
			continue;
		if (s->needed && !late) {
			all = false;
			continue;
		}
		launch_step(l, s, SERVICE_EV_STOP);
		if (!l->requested && s->state == SERVICE_STOPPING)
			s->due_ms = earlier(s->due_ms, grace);
	}
	return all;
}

static bool run_in_turn(struct life *l, enum action action);

/* True when all have ended. */
static bool run_stop_entries(struct life *l)
{
	return (!l->power_failed || run_in_turn(l, ACTION_POWERFAIL)) &&
	       run_in_turn(l, ACTION_SHUTDOWN);
}

static void advance_stop(struct life *l)
{
	int64_t now = clock_now_ms();
	int64_t grace = deadline_after(now, l->plan->grace_ms);
	bool late = now >= l->order_until;

	if (l->phase == PHASE_SHUTDOWN && (run_stop_entries(l) || late))
		l->phase = PHASE_ENDING;
	if (l->phase == PHASE_ENDING && !l->all_told &&
		tell_entries(l, late, grace)) {
		l->all_told = true;
		session_sweep_soon(l);
		if (!l->requested)
			guard_kill_by(&l->drain.guard, grace);
	}
	if (l->phase == PHASE_ENDING && l->all_told &&
		(order_all_down(&l->services) || late)) {
		l->phase = PHASE_DRAIN;
		drain_step(&l->drain, GUARD_EV_MAIN_ENDED);
	}
}

/* ---- start ----------------------------------------------------------- */

static void doom(struct life *l, struct service *s)
{
	warn(l->plan->who, "%s: not started: what it waits for has failed",
		s->entry->name);
	launch_step(l, s, SERVICE_EV_DOOMED);
}

/* Entries of this action run one after another; true when all have ended. */
static bool run_in_turn(struct life *l, enum action action)
{
	struct service *s;

	while ((s = order_next(&l->services, action)) != NULL) {
		if (s->state != SERVICE_NEW)
			return false;
		if (s->doomed)
			doom(l, s);
		else
			launch_step(l, s, SERVICE_EV_START);
		order_update(&l->services, life_table(l));
	}
	return true;
}

/* The others run side by side, each when what it waits for is ready; as many
 * at a time as may be between fork and exec. */
static void start_the_rest(struct life *l)
{
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (l->starting >= STARTING_MAX)
			return;
		if (s->state != SERVICE_NEW ||
			action_is_occasion(s->entry->action))
			continue;
		if (s->doomed)
			doom(l, s);
		else if (!s->blocked)
			launch_step(l, s, SERVICE_EV_START);
	}
}

/* An end that ends the container: main's for good, or must's failure. */
static bool end_is_near(struct life *l)
{
	for (unsigned i = 0; i < l->services.count; i++) {
		const struct service *s = &l->services.item[i];

		if (s->entry->left_out)
			continue;
		if (s->entry->main && s->state >= SERVICE_ENDED)
			return true;
		if (s->entry->must && s->state == SERVICE_FAILED) {
			l->end_status = service_exit_status(s);
			return true;
		}
	}
	return false;
}

/* Go on with whatever can go on now. */
static void advance_once(struct life *l)
{
	order_update(&l->services, life_table(l));
	if (l->phase == PHASE_SYSINIT && run_in_turn(l, ACTION_SYSINIT)) {
		l->phase = PHASE_WAIT;
		control_open(l); /* sysinit may have mounted /run */
	}
	if (l->phase == PHASE_WAIT && run_in_turn(l, ACTION_WAIT))
		l->phase = PHASE_RUN;
	if (l->phase < PHASE_SHUTDOWN && end_is_near(l))
		life_stop(l, false, END_POWEROFF);
	if (l->phase == PHASE_RUN) {
		reread_apply(l);
		start_the_rest(l);
	}
	/* Nothing can run again and nobody is left: a stop that is quick. */
	if (l->phase == PHASE_RUN && l->none_left && !l->plan->keep &&
		order_all_ended(&l->services))
		life_stop(l, false, END_EXIT);
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
	control_update(l);
	if (l->phase == PHASE_DRAIN && l->none_left)
		drain_none_left(&l->drain);
}

/* ---- children -------------------------------------------------------- */

static struct service *find_service(struct life *l, pid_t pid)
{
	for (unsigned i = 0; i < l->services.count; i++)
		if (l->services.item[i].pid == pid ||
			l->services.item[i].hook == pid)
			return &l->services.item[i];
	return NULL;
}

static void on_other_ended(struct life *l, const struct reaped *child)
{
	note(l->plan->who, 2, "reaped process %d", child->pid);
	if (child->pid == l->reader)
		reread_ended(l, child->status);
	if (l->rest_pending)
		session_sweep_soon(l);
	if (l->phase == PHASE_DRAIN)
		drain_step(&l->drain, GUARD_EV_CHILD_ENDED);
}

static void on_child(struct life *l, const struct reaped *child)
{
	struct service *s = find_service(l, child->pid);

	if (WIFSTOPPED(child->status) || WIFCONTINUED(child->status)) {
		if (s)
			s->stopped = WIFSTOPPED(child->status);
		/* It may have stopped just before it was told. */
		if (s && s->stopped && s->state == SERVICE_STOPPING)
			kill(s->pid, SIGCONT);
		return;
	}
	if (!s) {
		on_other_ended(l, child);
		return;
	}
	launch_report(l, s); /* it is complete now */
	if (s->hook == child->pid)
		launch_finished(l, s, child->status);
	else
		launch_ended(l, s, child->status);
}

/*
 * No call tells who has ended any more. Nobody can be looked after then: all
 * who run are told at once, count as ended, and so does everything.
 */
static void lose_statuses(struct life *l, int error)
{
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];
		bool is_hook = s->pid <= 0;
		pid_t pid = is_hook ? s->hook : s->pid;

		if (pid <= 0)
			continue;
		warn_errno(l->plan->who, error,
			"%s: the exit status of process %d is lost",
			s->entry->name, pid);
		l->end_status = EXIT_FAILURE_OWN;
		life_stop(l, false, END_POWEROFF);
		launch_step(l, s, SERVICE_EV_STOP);
		if (is_hook)
			launch_finished(l, s, EXIT_FAILURE_OWN << 8);
		else
			launch_ended(l, s, EXIT_FAILURE_OWN << 8);
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
	if (l->none_left)
		lose_statuses(l, errno);
	return more > 0;
}

/* ---- time and descriptors -------------------------------------------- */

/* Not inline: for size. */
__attribute__((noinline)) static unsigned watch(struct life *l, unsigned count,
	int fd, void (*ready)(struct life *, void *), void *item)
{
	if (fd < 0)
		return count;
	l->fds[count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	l->watches[count] = (struct watch){ ready, item };
	return count + 1;
}

/* Fill fds[1..]; returns how many there are in all. */
static unsigned collect_descriptors(struct life *l)
{
	unsigned count = control_watch(l, 1);

	count = watch(l, count, l->reader_fd, reread_more, NULL);
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		count = watch(l, count, s->report_fd, launch_report, s);
		count = watch(l, count, s->notify_fd, notify_read, s);
	}
	return count;
}

/* A restart may have to wait for a free place between fork and exec. */
static bool may_step_on_time(const struct life *l, const struct service *s)
{
	return s->state != SERVICE_BACKOFF || l->starting < STARTING_MAX;
}

static int64_t next_deadline(const struct life *l)
{
	int64_t at = earlier(l->sweep_at, guard_deadline(&l->drain.guard));

	at = earlier(at, l->shell.next_ms);
	at = earlier(at, control_deadline(l));
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

	/* First who kills all, and names them. */
	if (guard_deadline(&l->drain.guard) <= now)
		drain_step(&l->drain, GUARD_EV_TIME);
	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		/* Where /proc does not show them, ours are known all the
		 * same. Their own times are over. */
		if (l->drain.guard.phase >= GUARD_KILL && s->pid > 0) {
			kill(s->pid, SIGKILL);
			s->due_ms = DURATION_INF;
		} else if (s->due_ms <= now && may_step_on_time(l, s)) {
			launch_step(l, s, SERVICE_EV_TIME);
		}
	}
	if (l->shell.next_ms <= now)
		l->shell.pass(&l->shell, &l->drain.family);
	if (l->sweep_at <= now)
		session_sweep(l);
}

static void run(struct life *l)
{
	siginfo_t info;
	int signal = 0;

	for (;;) {
		bool more = reap_batch(l);
		unsigned count;

		on_time(l);
		advance(l);
		if (l->drain.guard.phase == GUARD_DONE)
			return;
		count = collect_descriptors(l);
		/* A flood of signals leaves each descriptor its turn. */
		if (signal > 0 && poll(l->fds + 1, count - 1, 0) > 0)
			signal = 0;
		else
			signal = events_wait(l->fds, count,
				more ? 0 : next_deadline(l), &info);
		if (signal > 0)
			on_signal(l, &info);
		for (unsigned i = 1; i < count; i++)
			if (signal == 0 && l->fds[i].revents)
				l->watches[i].ready(l, l->watches[i].item);
	}
}

static int exit_status(const struct life *l)
{
	const struct service *s = order_main(&l->services);

	if (l->end_status >= 0)
		return l->end_status;
	if (s && s->pid > 0)
		return EXIT_SIGNAL_BASE + SIGKILL; /* killed, but stuck */
	if (s && s->ran)
		return service_exit_status(s);
	return l->requested ? 0 : order_failure(&l->services);
}

/*
 * From services up to tables is what no child needs: forks leave it out. With
 * 500 entries that is a third of the time that their start takes. Where pages
 * are larger the kernel refuses, and nothing is lost.
 */
static void keep_from_children(struct life *l)
{
	uintptr_t begin = ((uintptr_t)&l->services + PAGE_BYTES - 1) &
			  ~(uintptr_t)(PAGE_BYTES - 1);
	uintptr_t end = (uintptr_t)&l->tables & ~(uintptr_t)(PAGE_BYTES - 1);

	madvise((void *)begin, end - begin, MADV_DONTFORK);
}

int life_run(struct life *l, const struct life_plan *plan)
{
	const struct guard_policy policy = {
		.grace_ms = DURATION_INF,
		.kill_after_ms = plan->stop_timeout_ms,
	};

	keep_from_children(l);
	l->plan = plan;
	l->end_status = l->reader_fd = l->control.fd = -1;
	l->sweep_at = DURATION_INF;
	l->services.count = life_table(l)->count;
	for (unsigned i = 0; i < l->services.count; i++)
		service_init(&l->services.item[i], &life_table(l)->entries[i],
			clock_now_ms());
	drain_init(&l->drain, plan->who, &policy);
	shell_init(&l->shell, plan->who);
	l->drain.shell = &l->shell;
	l->fds[0].fd = signals_open();
	run(l);
	control_close(l);
	return exit_status(l);
}
