/* SPDX-License-Identifier: MIT */
/*
 * zombiecheck.h - what the files of the zombiecheck applet share.
 */
#ifndef ZOMBIECHECK_H
#define ZOMBIECHECK_H

#include "libbb.h"

/* ---- scan.c: what /proc says ----------------------------------------- */

struct zombie {
	uint64_t start_ticks;
	pid_t pid, ppid;
	char comm[16];
};

struct scan {
	struct zombie *zombies; /* grown by mmap; ordered by parent and name */
	size_t count, capacity;
	unsigned processes;    /* seen, zombies included */
	unsigned unreadable;   /* seen, but hidden from us */
	unsigned dead_leaders; /* look like zombies, but have live threads */
	bool init_hidden;      /* PID 1 is not shown: hidepid */
};

/*
 * List every zombie below an open /proc. After settle_ms (0: at once) each is
 * looked at again and only those that still are the same zombie stay: one that
 * its parent reaps a moment later is none. 0, or -1 with errno (ENOMEM).
 */
int scan_run(struct scan *scan, int proc_fd, int64_t settle_ms);

/* ---- report.c: what the user sees ------------------------------------ */

/* Print the list, grouped by parent. 0, or -1 with errno of stdout. */
int report_print(const struct scan *scan, int proc_fd);

#endif
