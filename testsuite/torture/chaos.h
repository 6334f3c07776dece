/* SPDX-License-Identifier: MIT */
/*
 * chaos.h - what chaos.c, outside, and folk.c, inside, say to each other:
 * datagrams between the sockets "driver" and "at.ID" in their folder.
 */
#ifndef CHAOS_H
#define CHAOS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define DRIVER	    "driver"
#define ROOT_STRIDE 1000    /* root N of an entry E has the id E * this + N */
#define FIRST_ID    100000  /* those of forks begin here */
#define HELPER_ID   1000000 /* a member's clean-up has its id and this */

enum order_kind {
	ORDER_FORK,   /* a member with the id .a that takes .b ms to clean up */
	ORDER_DOUBLE, /* the same, its parent gone */
	ORDER_SESSION, /* setsid */
	ORDER_GROUP,   /* setpgid */
	ORDER_RENAME,  /* to awkward name number .a */
	ORDER_EXEC,    /* the program anew */
	ORDER_TRACE,   /* the process .a for .b ms */
	ORDER_ORPHANS, /* .a processes that lose their parent and end */
	ORDER_FILL,    /* fork until that fails; if .b, they become orphans */
	ORDER_EXIT,    /* with status .a */
	ORDER_KINDS
};

struct order {
	int kind, a, b;
};

enum news_kind { NEWS_BORN, NEWS_DONE }; /* DONE: .parent: a birth follows */

struct news {
	int kind, id, parent, pid; /* pid as it is inside */
};

static inline socklen_t address(struct sockaddr_un *to, const char *name)
{
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	snprintf(to->sun_path, sizeof(to->sun_path), "%s", name);
	return sizeof(*to);
}

#endif
