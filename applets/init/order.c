/* SPDX-License-Identifier: MIT */
/*
 * order.c - which entry comes when. Pure.
 *
 * An edge says that an entry starts when another is ready, and stops before
 * that one does.
 */
#include "init.h"

/* Whoever is needed needs what it waited for, also when it has ended itself (a
 * one-shot between two services). True if that has changed anything. */
static bool pass_need_on(struct services *all, const struct inittab *t)
{
	bool changed = false;

	for (unsigned i = 0; i < t->edge_count; i++) {
		const struct service *s = &all->item[t->edges[i].entry];
		struct service *on = &all->item[t->edges[i].on];

		changed |= s->needed && !on->needed;
		on->needed |= s->needed;
	}
	return changed;
}

void order_update(struct services *all, const struct inittab *t)
{
	for (unsigned i = 0; i < all->count; i++)
		all->item[i].blocked = all->item[i].doomed =
			all->item[i].needed = false;
	for (unsigned i = 0; i < t->edge_count; i++) {
		struct service *s = &all->item[t->edges[i].entry];
		struct service *on = &all->item[t->edges[i].on];

		if (!on->ready) {
			s->blocked = true;
			s->doomed |= on->state >= SERVICE_ENDED;
		}
		on->needed |= !service_is_down(s);
	}
	while (pass_need_on(all, t))
		;
}

struct service *order_next(struct services *all, enum action action)
{
	struct service *first = NULL;

	for (unsigned i = 0; i < all->count; i++) {
		struct service *s = &all->item[i];

		if (s->entry->action != action)
			continue;
		if (s->state > SERVICE_NEW && s->state < SERVICE_STOPPED)
			return s;
		if (!first && s->state == SERVICE_NEW &&
			(!s->blocked || s->doomed))
			first = s;
	}
	return first;
}

bool order_all_down(const struct services *all)
{
	for (unsigned i = 0; i < all->count; i++)
		if (!service_is_down(&all->item[i]))
			return false;
	return true;
}

bool order_all_ended(const struct services *all)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].state == SERVICE_STOPPED)
			return false;
	return order_all_down(all);
}

const struct service *order_main(const struct services *all)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].entry->main)
			return &all->item[i];
	return NULL;
}

int order_failure(const struct services *all)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].state == SERVICE_FAILED && all->item[i].ran)
			return service_exit_status(&all->item[i]);
	return 0;
}

/* Whether all that entry `index` waits for has its place. */
static bool may_follow(
	const struct inittab *t, unsigned index, const bool *placed)
{
	for (unsigned i = 0; i < t->edge_count; i++)
		if (t->edges[i].entry == index && !placed[t->edges[i].on])
			return false;
	return true;
}

/* Place who can be placed of this stage; returns the new count. */
static unsigned place(const struct inittab *t, unsigned stage, bool *placed,
	unsigned short *sequence, unsigned count)
{
	for (unsigned i = 0; i < t->count; i++) {
		if (placed[i] || action_stage(t->entries[i].action) != stage ||
			!may_follow(t, i, placed))
			continue;
		placed[i] = true;
		sequence[count++] = (unsigned short)i;
	}
	return count;
}

unsigned order_sort(const struct inittab *t, unsigned short *sequence)
{
	bool placed[ENTRIES_MAX] = { false };
	unsigned count = 0, before;

	for (unsigned stage = 0; stage <= STAGE_OCCASION; stage++) {
		do {
			before = count;
			count = place(t, stage, placed, sequence, count);
		} while (count > before);
	}
	return count;
}
