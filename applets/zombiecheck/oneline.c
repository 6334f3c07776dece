/* SPDX-License-Identifier: MIT */
/*
 * oneline.c - a line for monitoring plugins, and one for HEALTHCHECK.
 */
#include "zombiecheck.h"

static void text_pids(struct text *t, const struct check *c)
{
	const struct pids_usage *pids = worst_pids(c);

	if (pids->current < 0)
		return;
	text_format(t, ", pids %lld/", (long long)pids->current);
	if (pids->max >= 0)
		text_decimal(t, pids->max);
	else
		text_raw(t, "max");
	text_pids_owner(t, c, pids);
}

static void text_partial(struct text *t, const struct check *c)
{
	if (is_partial(c))
		text_raw(t, "; not everything is readable: a minimum");
}

/* "zombies=7;0;50;0 parents=2;;;0 pids_used=96%;80;95;0;100" */
static void text_performance(struct text *t, const struct check *c)
{
	int percent = pids_percent(worst_pids(c));

	text_format(t, " | zombies=%d;%s;%s;0 parents=%d;;;0",
		(int)c->zombie_count, c->set->warning, c->set->critical,
		(int)c->parent_pids);
	if (percent >= 0)
		text_format(t, " pids_used=%d%%;%lld;%lld;0;100", percent,
			(long long)c->set->pids_warn,
			(long long)c->set->pids_crit);
}

void hide_bars(char *s)
{
	while ((s = strchr(s, '|')) != NULL)
		*s = '_';
}

void nagios_print(struct output *o, const struct check *c, int status)
{
	const char *word =
		word_at("OK\0WARNING\0CRITICAL\0UNKNOWN\0", (unsigned)status);
	struct text *t = &o->text;
	char *from = t->at + t->used;

	text_format(t, "ZOMBIES %s - ", word);
	text_summary(t, c);
	text_worst(t, c);
	if (pids_level(c, worst_pids(c)) > 0)
		text_pids(t, c);
	text_partial(t, c);
	hide_bars(from);
	text_performance(t, c);
	text_char(t, '\n');
}

void check_print(struct output *o, const struct check *c, int status)
{
	struct text *t = &o->text;

	text_raw(t, status ? "FAIL: " : "ok: ");
	if (c->audit)
		text_format(t, "audit of PID %d (%s) %s", c->audit->pid,
			c->audit->comm, verdict_name(c->audit->verdict));
	if (c->probe) {
		text_raw(t, c->audit ? ", " : "");
		text_probe(t, c);
	}
	if (!c->audit && !c->probe) {
		text_count(t, (int64_t)c->zombie_count, "zombie", "zombies");
		if (c->parents.count > 0)
			text_format(t, " under %d (%s)", parent_at(c, 0)->pid,
				parent_at(c, 0)->comm);
		if (c->parent_pids > 1)
			text_format(t, " and %d more", (int)c->parent_pids - 1);
	}
	text_pids(t, c);
	text_partial(t, c);
	text_char(t, '\n');
}
