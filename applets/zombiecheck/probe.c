/* SPDX-License-Identifier: MIT */
/*
 * probe.c - prove that orphans are reaped here, by making one.
 *
 * Where they are not, the orphan stays as a zombie as long as the container
 * runs. So nothing is made where a zombie shows the answer already: at most one
 * is left, however often this is asked.
 */
#include "zombiecheck.h"
#include <unistd.h>

#define LATE_US 100000

/* Whether this is PID 1 or another ancestor of ours. */
static bool is_above_us(const struct check *c, pid_t pid)
{
	struct proc_stat stat = { .ppid = getpid() };

	if (pid <= 1)
		return pid == 1;
	do
		if (proc_read_stat(c->proc_fd, stat.ppid, &stat) < 0)
			return false;
	while (stat.ppid > 1 && stat.ppid != pid);
	return stat.ppid == pid;
}

/*
 * Whoever adopted an orphan and did not reap it adopts ours, too, if it is above
 * us: PID 1, or a subreaper, which /proc does not tell. A zombie of that name
 * elsewhere is of another probe. One that PID 1 may have started itself shows
 * nothing.
 */
void probe_note(struct check *c, const struct zombie *z, pid_t parent_session)
{
	if (!c->set->probe || !c->own_pids || c->probe_leftover.pid)
		return;
	if (strcmp(z->comm, PROBE_NAME) == 0
			? !is_above_us(c, z->ppid)
			: z->ppid != 1 || z->cause != CAUSE_INIT_ADOPTED ||
				  !is_orphan(z, parent_session))
		return;
	c->probe_leftover = *z;
}

/* It has as long as an orphan of ours: a PID 1 that looks once a second is late,
 * and not one that does not reap. */
static void confirm_leftover(struct check *c)
{
	for (int64_t ms = 0;
		c->probe_leftover.pid && ms < c->set->probe_timeout_ms;
		ms += SAMPLE_MS) {
		sleep_ms(SAMPLE_MS);
		if (!zombie_refresh(&c->probe_leftover, c->proc_fd))
			c->probe_leftover.pid = 0;
	}
}

void probe_run(struct check *c, struct orphan *o)
{
	c->probe = o;
	c->probe_runs = 0;
	confirm_leftover(c);
	if (c->probe_leftover.pid) {
		*o = (struct orphan){ .result = ORPHAN_LEFT,
			.adopter = c->probe_leftover.ppid };
		return;
	}
	do {
		orphan_probe(PROBE_NAME, c->set->probe_timeout_ms, o);
		c->probe_runs++;
	} while (o->result == ORPHAN_REAPED &&
		 c->probe_runs < c->set->probe_times);
}

static bool was_late(const struct check *c)
{
	return c->probe->took_us >= LATE_US;
}

const char *probe_result_name(const struct check *c)
{
	switch (c->probe->result) {
	case ORPHAN_FAILED:
	case ORPHAN_OURS:
		return "failed";
	case ORPHAN_LEFT:
		return "not-reaped";
	case ORPHAN_REAPED:
		break;
	}
	return was_late(c) ? "late" : "reaped";
}

static void text_adopter(struct text *t, const struct check *c)
{
	struct proc_stat stat;

	text_decimal(t, c->probe->adopter);
	if (c->own_pids &&
		proc_read_stat(c->proc_fd, c->probe->adopter, &stat) == 0)
		text_format(t, " (%s)", stat.comm);
}

static void text_reaped(struct text *t, const struct check *c)
{
	text_format(t, "orphan %d reaped by ", c->probe->pid);
	text_adopter(t, c);
	text_raw(t, was_late(c) ? " late, after " : " in ");
	text_tenths(t, c->probe->took_us / 100);
	text_raw(t, " ms");
	if (c->probe_runs > 1)
		text_format(t, ", the last of %d", c->probe_runs);
}

static void text_left(struct text *t, const struct check *c)
{
	if (c->probe_leftover.pid) {
		text_format(
			t, "zombie %d, not reaped by ", c->probe_leftover.pid);
		text_adopter(t, c);
		text_raw(t, ", shows it; no other orphan was made");
		return;
	}
	text_format(t, "orphan %d adopted by ", c->probe->pid);
	text_adopter(t, c);
	text_raw(t, ", still a zombie after ");
	text_decimal(t, c->probe->took_us / 1000);
	text_raw(t, " ms");
}

enum verdict probe_verdict(const struct check *c)
{
	switch (c->probe->result) {
	case ORPHAN_FAILED:
	case ORPHAN_OURS:
		return VERDICT_UNKNOWN;
	case ORPHAN_REAPED:
		return was_late(c) ? VERDICT_WARN : VERDICT_OK;
	case ORPHAN_LEFT:
		break;
	}
	return VERDICT_FAIL;
}

void text_probe(struct text *t, const struct check *c)
{
	switch (c->probe->result) {
	case ORPHAN_FAILED:
		text_raw(t, "could not be tried: ");
		text_errno(t, c->probe->error);
		break;
	case ORPHAN_OURS:
		text_raw(t, "could not be tried: zombiecheck is the init here; "
			    "use docker exec");
		break;
	case ORPHAN_REAPED:
		text_reaped(t, c);
		break;
	case ORPHAN_LEFT:
		text_left(t, c);
		break;
	}
}
