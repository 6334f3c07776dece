/* SPDX-License-Identifier: MIT */
/*
 * prometheus.c - metrics for the textfile collector of the node exporter.
 *
 * A series is written once: where labels do not tell parents apart (same name,
 * container and cause, without --no-ppid-label the PID does) they are summed.
 */
#include "zombiecheck.h"

#define PARENTS_DEFAULT 20
#define PREFIX		"zombiecheck_"

static void head(struct text *t, const char *name, const char *help)
{
	text_raw(t, "# HELP " PREFIX);
	text_raw(t, name);
	text_char(t, ' ');
	text_raw(t, help);
	text_raw(t, "\n# TYPE " PREFIX);
	text_raw(t, name);
	text_raw(t, " gauge\n");
}

static void single(
	struct text *t, const char *name, const char *help, int64_t value)
{
	head(t, name, help);
	text_raw(t, PREFIX);
	text_raw(t, name);
	text_char(t, ' ');
	text_decimal(t, value);
	text_char(t, '\n');
}

static void label(
	struct text *t, char before, const char *name, const char *value)
{
	text_char(t, before);
	text_raw(t, name);
	text_raw(t, "=\"");
	text_label(t, value);
	text_char(t, '"');
}

static void value(struct text *t, int64_t n)
{
	text_raw(t, "} ");
	text_decimal(t, n);
	text_char(t, '\n');
}

/* What a parent's container is called in labels. */
static const char *owner_name(const struct cgroup_owner *owner)
{
	return owner->id[0] ? owner->id : owner->unit;
}

static bool same_container(const struct parent *a, const struct parent *b)
{
	return strcmp(owner_name(&a->owner), owner_name(&b->owner)) == 0;
}

static bool same_labels(
	const struct check *c, const struct parent *a, const struct parent *b)
{
	return same_container(a, b) && strcmp(a->comm, b->comm) == 0 &&
	       a->cause == b->cause &&
	       strcmp(a->owner.pod, b->owner.pod) == 0 &&
	       (c->set->no_ppid_label || a->pid == b->pid);
}

/* Sum of the zombies of all who are the same as parent i, or -1 if one before
 * it is, so that it has been written. */
static int64_t sum_of(const struct check *c, size_t i, bool by_container)
{
	const struct parent *p = parent_at(c, i);
	int64_t sum = 0;

	for (size_t j = 0; j < c->parents.count; j++) {
		const struct parent *other = parent_at(c, j);

		if (!(by_container ? same_container(p, other)
				   : same_labels(c, p, other)))
			continue;
		if (j < i)
			return -1;
		sum += (int64_t)other->count;
	}
	return sum;
}

static void parent_series(struct text *t, const struct check *c,
	const struct parent *p, int64_t sum)
{
	char digits[24];
	struct text ppid = TEXT_ON(digits);

	text_decimal(&ppid, p->pid);
	text_raw(t, PREFIX "parent_zombies");
	label(t, '{', "container", owner_name(&p->owner));
	label(t, ',', "pod", p->owner.pod);
	if (!c->set->no_ppid_label)
		label(t, ',', "ppid", p->count ? digits : "");
	label(t, ',', "comm", p->comm);
	label(t, ',', "cause", p->count ? cause_name(p->cause) : "");
	value(t, sum);
}

static void parents(struct output *o, const struct check *c)
{
	int64_t limit = c->set->limit >= 0 ? c->set->limit : PARENTS_DEFAULT;
	struct parent rest = { .comm = "other" };
	int64_t others = 0, shown = 0;

	head(&o->text, "parent_zombies", "Zombies by who should reap them.");
	for (size_t i = 0; i < c->parents.count; i++) {
		int64_t sum = sum_of(c, i, false);

		if (sum >= 0 && shown++ < limit)
			parent_series(&o->text, c, parent_at(c, i), sum);
		else if (sum >= 0)
			others += sum;
		output_room(o);
	}
	if (others > 0)
		parent_series(&o->text, c, &rest, others);
}

/* What there is of each container. */
enum series { SERIES_ZOMBIES, SERIES_CURRENT, SERIES_MAX };

/* One series for each container that has zombies; but for SERIES_ZOMBIES our own
 * group's, too. The machine's limit is no container's: it is told once, where we
 * have no other. */
static void containers(struct output *o, const struct check *c,
	enum series series, const char *name, const char *help)
{
	struct parent own = { .owner = c->owner, .pids = c->pids };
	bool own_written = series == SERIES_ZOMBIES;

	if (!own.pids.path[0])
		memcpy(own.owner.id, "machine", sizeof("machine"));
	head(&o->text, name, help);
	for (size_t i = 0; i <= c->parents.count; i++) {
		bool last = i == c->parents.count;
		const struct parent *p = last ? &own : parent_at(c, i);
		int64_t sum = last ? 0 : sum_of(c, i, true);
		int64_t n = series == SERIES_ZOMBIES   ? sum
			    : series == SERIES_CURRENT ? p->pids.current
						       : p->pids.max;

		if (sum < 0 ||
			(last ? own_written
			      : series != SERIES_ZOMBIES && !p->pids.path[0]))
			continue;
		own_written |= same_container(p, &own);
		if (n < 0)
			continue;
		text_raw(&o->text, PREFIX);
		text_raw(&o->text, name);
		label(&o->text, '{', "container", owner_name(&p->owner));
		value(&o->text, n);
		output_room(o);
	}
}

void prometheus_print(struct output *o, const struct check *c)
{
	struct text *t = &o->text;

	single(t, "zombies", "Confirmed zombie processes.",
		(int64_t)c->zombie_count);
	parents(o, c);
	containers(o, c, SERIES_ZOMBIES, "container_zombies",
		"Zombies by container.");
	containers(o, c, SERIES_CURRENT, "pids_current",
		"Processes and threads under the tightest pids limit.");
	containers(
		o, c, SERIES_MAX, "pids_max", "That limit; none, no series.");
	single(t, "leader_dead_threads_alive",
		"Look like zombies, but have live threads.",
		c->scan.dead_leaders);
	single(t, "processes", "Processes seen.", c->scan.processes);
	single(t, "unreadable_processes",
		"Processes hidden from the scan: counts are a minimum.",
		c->scan.unreadable);
	single(t, "partial",
		"1 if the scan did not see everything: counts are a minimum.",
		is_partial(c));
	head(t, "scan_duration_seconds", "How long the scan took.");
	text_raw(t, PREFIX "scan_duration_seconds ");
	text_decimal(t, c->scan.took_us / 1000000);
	text_char(t, '.');
	/* the leading 1 keeps the zeros, and makes way for the point */
	text_decimal(t, 1000000 + c->scan.took_us % 1000000);
	memmove(t->at + t->used - 7, t->at + t->used - 6, 7);
	t->used--;
	text_char(t, '\n');
	single(t, "last_run_timestamp_seconds", "When this was written.",
		c->now_s);
}
