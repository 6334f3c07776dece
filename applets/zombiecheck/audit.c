/* SPDX-License-Identifier: MIT */
/*
 * audit.c - what PID 1 does with the stop signal and with orphans, by its masks.
 *
 * Masks mislead in both directions. While a process waits in sigtimedwait the
 * kernel takes the awaited signals out of its blocked set: tini looks as if it
 * had no handler. And Node's handler does nothing at PID 1: it sets the default
 * action and raises the signal again, which PID 1 ignores.
 */
#include "zombiecheck.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *verdict_name(enum verdict v)
{
	static const char names[][5] = { "ok", "?", "warn", "FAIL" };

	return names[v];
}

const char *verdict_word(enum verdict v)
{
	static const char names[][8] = { "ok", "unknown", "warn", "fail" };

	return names[v];
}

void text_audit_part(struct text *t, const struct audit *a, unsigned part)
{
	static const char names[][8] = { "", "SIGCHLD", "reaping", "pids" };

	if (part == AUDIT_STOP)
		text_signal(t, a->stop_signal);
	else
		text_raw(t, names[part]);
}

/* What a thread sleeps in: 1 sigtimedwait, 0 something else or it has ended, -1
 * not told. */
static int task_waits(int tasks_fd, pid_t task)
{
	struct proc_stat stat;
	char path_buffer[32], text[64], number[24];
	struct text path = TEXT_ON(path_buffer), nr = TEXT_ON(number);
	size_t stem;

	text_format(&path, "%d/", task);
	stem = path.used;
	text_raw(&path, "wchan");
	if (file_read(tasks_fd, path.at, text, sizeof(text)) > 0 &&
		text[0] != '0')
		/* a compiler may add ".isra.0" */
		return behind("do_sigtimedwait", text) != NULL;
	path.used = stem;
	text_raw(&path, "syscall");
	if (file_read(tasks_fd, path.at, text, sizeof(text)) <= 0)
		return -(proc_read_stat(tasks_fd, task, &stat) == 0);
	text_decimal(&nr, SYS_rt_sigtimedwait);
	text_char(&nr, ' ');
	return behind(number, text) != NULL;
}

/* Which signals a process takes in sigtimedwait. */
struct waits {
	uint64_t signals;
	bool unknown; /* a thread did not tell */
};

/* A thread that waits for some signals only may have the others blocked: what
 * is still blocked while it waits it does not wait for. */
static void look_at_threads(int proc_fd, pid_t pid, struct waits *w)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);
	struct proc_list tasks;
	struct proc_status status;
	pid_t task;
	int fd;

	text_format(&path, "%d/task", pid);
	fd = openat(proc_fd, path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w->unknown = fd < 0;
	if (fd < 0)
		return;
	proc_list_begin(&tasks, fd);
	while ((task = proc_list_next(&tasks)) != 0) {
		int waits = task_waits(fd, task);

		if (waits > 0 && proc_read_status(fd, task, &status) == 0)
			w->signals |= ~status.field[STATUS_BLOCKED];
		w->unknown |= waits < 0;
	}
	close(fd);
}

/* What was seen in some looks: between two waits it does something else. */
static struct waits waits_of(int proc_fd, pid_t pid, uint64_t wanted)
{
	struct waits w = { 0, false };

	look_at_threads(proc_fd, pid, &w);
	for (int i = 1; i < SAMPLES && (wanted & ~w.signals) && !w.unknown;
		i++) {
		sleep_ms(SAMPLE_MS);
		look_at_threads(proc_fd, pid, &w);
	}
	return w;
}

/* What the masks say of a signal. */
struct disposition {
	bool ignored, caught, blocked, pending;
	int waits; /* 1 in sigtimedwait, 0 it does not, -1 unknown */
	bool node, shell;
	bool init; /* PID 1: the default action is none */
};

static void judge(struct finding *f, enum verdict verdict, const char *why)
{
	struct text t = TEXT_ON(f->why);

	f->verdict = verdict;
	text_raw(&t, why);
}

static const char in_sigtimedwait[] = "waits in sigtimedwait";
static const char by_signalfd[] =
	"blocked: taken by signalfd or sigwait, likely";

static void judge_stop(struct finding *f, const struct disposition *d)
{
	if (d->ignored)
		judge(f, VERDICT_FAIL, "ignored");
	else if (d->blocked && d->pending)
		judge(f, VERDICT_FAIL, "blocked and queued: never read");
	else if (d->waits > 0)
		judge(f, VERDICT_OK, in_sigtimedwait);
	else if (d->caught && d->node && d->init)
		judge(f, VERDICT_WARN,
			"handler installed, but Node's built-in one does "
			"nothing at PID 1");
	else if (d->caught)
		judge(f, VERDICT_OK,
			"handler installed (no proof that it ends)");
	else if (d->blocked)
		judge(f, VERDICT_OK, by_signalfd);
	else if (!d->init)
		judge(f, VERDICT_OK, "no handler: ended by it");
	else if (d->waits == 0)
		judge(f, VERDICT_FAIL,
			d->shell ? "no handler: ignored at PID 1; use the exec "
				   "form, or exec the program"
				 : "no handler: ignored at PID 1");
	else
		judge(f, VERDICT_UNKNOWN, "");
}

static void judge_chld(struct finding *f, const struct disposition *d)
{
	if (d->ignored)
		judge(f, VERDICT_OK, "ignored: the kernel reaps");
	else if (d->blocked && d->pending)
		judge(f, VERDICT_WARN, "blocked and queued: not read so far");
	else if (d->waits > 0)
		judge(f, VERDICT_OK, in_sigtimedwait);
	else if (d->blocked)
		judge(f, VERDICT_OK, by_signalfd);
	else if (d->caught && d->node)
		judge(f, VERDICT_WARN,
			"handler installed, but Node's reaps its own children "
			"only");
	else if (d->caught)
		judge(f, VERDICT_OK,
			"handler installed (no proof that it reaps)");
	else if (d->waits == 0)
		judge(f, VERDICT_WARN, "no handler");
	else
		judge(f, VERDICT_UNKNOWN, "");
}

/* The reason of those that cannot be known. */
static void say_unknown(struct audit *a)
{
	for (unsigned i = AUDIT_STOP; i <= AUDIT_CHLD; i++) {
		struct text t = TEXT_ON(a->part[i].why);

		if (a->part[i].verdict != VERDICT_UNKNOWN)
			continue;
		text_format(&t,
			"default action or sigwait; cannot tell as uid %u ",
			(unsigned)geteuid());
		if (geteuid() == 0)
			text_raw(&t, "without CAP_SYS_PTRACE");
		else
			text_format(
				&t, "(run as root or PID %d's uid)", a->pid);
	}
}

static void judge_reaping(struct check *c, struct audit *a)
{
	struct text t = TEXT_ON(a->part[AUDIT_REAPING].why);

	if (c->probe && c->own_pids && c->probe->adopter == a->pid) {
		a->part[AUDIT_REAPING].verdict = probe_verdict(c);
		text_probe(&t, c);
		return;
	}
	a->part[AUDIT_REAPING].verdict = VERDICT_UNKNOWN;
	/* Where orphans go to somebody else, that is no answer. */
	if (c->probe)
		text_probe(&t, c);
	else
		text_raw(&t, "not tried (--probe)");
	for (size_t i = 0; i < c->parents.count; i++) {
		const struct parent *p = parent_at(c, i);

		if (p->pid != a->pid || p->cause != CAUSE_INIT_ADOPTED)
			continue;
		t.used = 0;
		a->doubtful = p->orphans == 0;
		if (a->doubtful)
			text_count(&t, (int64_t)p->count, "zombie", "zombies");
		else
			text_count(
				&t, (int64_t)p->orphans, "orphan", "orphans");
		text_raw(&t, " not reaped");
		a->part[AUDIT_REAPING].verdict = VERDICT_FAIL;
	}
}

static void judge_pids(struct check *c, struct audit *a)
{
	static const enum verdict verdicts[] = { VERDICT_OK, VERDICT_WARN,
		VERDICT_FAIL };
	struct text t = TEXT_ON(a->part[AUDIT_PIDS].why);
	const struct pids_usage *p = &a->pids;

	a->part[AUDIT_PIDS].verdict = verdicts[pids_level(c, p)];
	if (p->current < 0) {
		judge(&a->part[AUDIT_PIDS], VERDICT_UNKNOWN, "cannot be read");
		return;
	}
	text_decimal(&t, p->current);
	if (p->max >= 0)
		text_format(&t, " of %lld (%d%%)", (long long)p->max,
			pids_percent(p));
	else
		text_raw(&t, ", no limit");
	if (!p->path[0])
		text_raw(&t, " of the machine");
	if (p->refused >= 0)
		text_format(&t, ", %lld refused", (long long)p->refused);
	if (p->peak >= 0)
		text_format(&t, ", peak %lld", (long long)p->peak);
}

static uint64_t bit_of(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

/* By what it runs, or by its name, which it may have changed: a script has its
 * own, and Node's process.title is one. */
static bool is_program(const struct audit *a, const char *list)
{
	return word_index(list, a->comm) >= 0 ||
	       word_index(list, base_name(a->exe)) >= 0;
}

/* Not by what it runs: BusyBox is what it is called as. A script has a name of
 * its own, but the command line begins with who reads it. */
static bool is_shell(const struct audit *a)
{
	static const char shells[] = "sh\0ash\0bash\0dash\0ksh\0zsh\0busybox\0";
	char first[sizeof(a->command)];

	memcpy(first, a->command, sizeof(first));
	first[strcspn(first, " ")] = '\0';
	return word_index(shells, a->comm) >= 0 ||
	       word_index(shells, base_name(first)) >= 0;
}

static struct disposition disposition_of(const struct audit *a,
	const struct proc_status *s, int signal, const struct waits *w)
{
	static const char nodes[] = "node\0nodejs\0MainThread\0npm\0";
	const uint64_t bit = bit_of(signal), *f = s->field;

	return (struct disposition){ .ignored = f[STATUS_IGNORED] & bit,
		.caught = f[STATUS_CAUGHT] & bit,
		.blocked = f[STATUS_BLOCKED] & bit,
		.pending = (f[STATUS_PENDING] | f[STATUS_SHARED_PENDING]) & bit,
		.waits = w->signals & bit ? 1 : -w->unknown,
		.node = is_program(a, nodes),
		.shell = is_shell(a),
		.init = f[STATUS_NS_PID] == 1 };
}

/* A shell blocks everything for the moment of a fork, and what a signalfd takes
 * is pending until it is read; only what stays so counts. */
static int read_steady_status(int proc_fd, pid_t pid, struct proc_status *s)
{
	struct proc_status later;

	if (proc_read_status(proc_fd, pid, s) < 0)
		return -1;
	for (int i = 1; i < SAMPLES && s->field[STATUS_BLOCKED] != 0; i++) {
		sleep_ms(SAMPLE_MS);
		if (proc_read_status(proc_fd, pid, &later) < 0)
			return -1;
		for (int field = STATUS_PENDING; field <= STATUS_BLOCKED;
			field++)
			s->field[field] &= later.field[field];
	}
	return 0;
}

static uint64_t stop_signals(const struct settings *set)
{
	uint64_t bits = 0;

	for (int signal = 1; signal <= SIGNAL_RTMAX; signal++)
		if (sigmask_has(&set->stop_signals, signal))
			bits |= bit_of(signal);
	return bits ? bits : bit_of(SIGTERM);
}

/* Of several stop signals the one is told that does worst. */
static void judge_signals(
	struct check *c, struct audit *a, const struct proc_status *status)
{
	const uint64_t stops = stop_signals(c->set);
	const struct waits w =
		waits_of(c->proc_fd, a->pid, stops | bit_of(SIGCHLD));
	struct finding *worst = &a->part[AUDIT_STOP], f;
	struct disposition d;

	for (int signal = 1; signal <= SIGNAL_RTMAX; signal++) {
		if (!(stops & bit_of(signal)))
			continue;
		d = disposition_of(a, status, signal, &w);
		judge_stop(&f, &d);
		if (a->stop_signal && f.verdict <= worst->verdict)
			continue;
		a->stop_signal = signal;
		*worst = f;
	}
	d = disposition_of(a, status, SIGCHLD, &w);
	judge_chld(&a->part[AUDIT_CHLD], &d);
	say_unknown(a);
}

int audit_run(struct check *c, struct audit *a)
{
	struct proc_stat stat;
	struct proc_status status;
	struct cgroup_paths paths;

	if (proc_read_stat(c->proc_fd, a->pid, &stat) < 0 ||
		read_steady_status(c->proc_fd, a->pid, &status) < 0)
		return -1;
	memcpy(a->comm, stat.comm, sizeof(a->comm) - 1);
	a->uid = (uint32_t)status.field[STATUS_UID];
	a->init = status.field[STATUS_NS_PID] == 1;
	proc_read_command(c->proc_fd, a->pid, a->command, sizeof(a->command));
	proc_read_exe(c->proc_fd, a->pid, a->exe, sizeof(a->exe));
	judge_signals(c, a, &status);
	judge_reaping(c, a);
	cgroup_paths_read(&paths, c->proc_fd, a->pid);
	pids_read(&c->mounts, &paths, &a->pids);
	judge_pids(c, a);
	for (unsigned i = 0; i < AUDIT_PARTS; i++)
		if (a->part[i].verdict > a->verdict)
			a->verdict = a->part[i].verdict;
	return 0;
}
