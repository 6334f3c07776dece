/* SPDX-License-Identifier: MIT */
/*
 * summary.c - the words and numbers that several outputs share.
 */
#include "zombiecheck.h"
#include <stddef.h>

void text_count(struct text *t, int64_t n, const char *one, const char *many)
{
	text_decimal(t, n);
	text_char(t, ' ');
	text_raw(t, n == 1 ? one : many);
}

void text_tenths(struct text *t, int64_t tenths)
{
	text_decimal(t, tenths / 10);
	text_char(t, '.');
	text_decimal(t, tenths % 10);
}

/* It is our own, or in a parent. */
void text_pids_owner(
	struct text *t, const struct check *c, const struct pids_usage *p)
{
	const char *parent = (const char *)p - offsetof(struct parent, pids);

	if (!p->path[0])
		text_raw(t, " of the machine");
	else if (strcmp(p->path, c->pids.path) != 0)
		text_format(t, " of %d's group",
			((const struct parent *)parent)->pid);
	else if (zombies_in(c, p) != c->zombie_count)
		text_raw(t, " of our group");
}

bool is_partial(const struct check *c)
{
	return c->scan.unreadable > 0 || c->scan.init_hidden;
}

void text_summary(struct text *t, const struct check *c)
{
	text_count(t, (int64_t)c->zombie_count, "zombie", "zombies");
	if (c->zombie_count > 0) {
		text_raw(t, ", ");
		text_count(t, (int64_t)c->parent_pids, "parent", "parents");
	}
}

void text_worst(struct text *t, const struct check *c)
{
	const struct parent *p;

	if (c->parents.count == 0)
		return;
	p = parent_at(c, 0);
	text_format(t, "; worst %d (%s) x%d ", p->pid, p->comm, (int)p->count);
	text_raw(t, cause_name(p->cause));
}
