/* SPDX-License-Identifier: MIT */
/*
 * order.c - which entry comes when. Pure.
 */
#include "init.h"

struct service *order_next(struct services *all, enum action action)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].entry->action == action &&
			all->item[i].state != SERVICE_ENDED)
			return &all->item[i];
	return NULL;
}

bool order_all_ended(const struct services *all)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->item[i].entry->action != ACTION_SHUTDOWN &&
			all->item[i].state != SERVICE_ENDED)
			return false;
	return true;
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
		if (all->item[i].ran && all->item[i].status != 0)
			return wstatus_to_exit(all->item[i].status);
	return 0;
}
