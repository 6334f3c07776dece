/* SPDX-License-Identifier: MIT */
/*
 * init.h - what the files of the init applet share.
 */
#ifndef INIT_H
#define INIT_H

#include "libbb.h"

/* Named limits: init allocates nothing. */
#define ENTRIES_MAX	   CONFIG_INIT_MAX_ENTRIES
#define ENTRY_NAME_BYTES   32
#define INITTAB_BYTES_MAX  (128 * 1024)
#define INITTAB_LINE_BYTES 4096
#define COMMAND_WORDS_MAX  256
#define PROBLEMS_MAX	   64

/* ---- inittab.c: the language; pure ----------------------------------- */

enum action {
	ACTION_SYSINIT,
	ACTION_WAIT,
	ACTION_ONCE,
	ACTION_RESPAWN,
	ACTION_SHUTDOWN
};

/* One line of an inittab. The words point into the text that was parsed. */
struct entry {
	char name[ENTRY_NAME_BYTES];
	bool named; /* by name=, not after its command */
	const char *id, *options, *command;
	enum action action;
	bool main; /* its end ends the container */
	int stop_signal;
	int64_t grace_ms; /* stop signal to KILL; DURATION_INF: never */
	const char *file;
	unsigned line;
};

struct problem {
	const char *file;
	unsigned line;
	bool is_warning;
	char what[64]; /* may be empty */
	const char *why;
};

struct inittab {
	struct entry entries[ENTRIES_MAX];
	unsigned count;
	struct problem problems[PROBLEMS_MAX];
	unsigned problem_count, error_count; /* also those that did not fit */
};

/*
 * Parse a text in place (it must stay, and text[length] be writable) and add
 * its entries and problems. `file` and the line number stand in messages; the
 * first line counts as `first_line`. Pure.
 */
void inittab_parse(struct inittab *t, char *text, size_t length,
	const char *file, unsigned first_line);
/* Give the unnamed entries their names; call once, behind the last parse. */
void inittab_finish(struct inittab *t);
/* Whether sh has to run the command (BusyBox's rule). */
bool command_needs_shell(const char *command);
/*
 * The words to execute for a command; buffer (INITTAB_LINE_BYTES + 8) is what
 * they point into. Returns words, NULL-terminated.
 */
char **command_words(
	const char *command, char *buffer, char *words[COMMAND_WORDS_MAX + 1]);

/* ---- service.c: the life of one entry; pure -------------------------- */

enum service_state {
	SERVICE_NEW, /* not started yet */
	SERVICE_RUNNING,
	SERVICE_BACKOFF,  /* ended; starts again at due_ms */
	SERVICE_STOPPING, /* was told; killed at due_ms */
	SERVICE_ENDED	  /* and never starts again */
};

enum service_event {
	SERVICE_EV_START,
	SERVICE_EV_ENDED, /* its process was reaped, or could not be made */
	SERVICE_EV_STOP,
	SERVICE_EV_TIME /* due_ms has come */
};

enum service_action {
	SERVICE_DO_NOTHING,
	SERVICE_DO_SPAWN,
	SERVICE_DO_TELL,
	SERVICE_DO_KILL
};

struct service {
	const struct entry *entry;
	enum service_state state;
	pid_t pid;     /* 0: none */
	pid_t session; /* of its last process */
	uint64_t ended_ticks;
	int report_fd;	  /* of spawn_start, -1: exec is through */
	bool stopped;	  /* by a job-control signal */
	bool ran;	  /* status is one */
	int status;	  /* wait status of the last end */
	int said_error;	  /* errno of the last exec failure, 0: none */
	bool repeats;	  /* ... which was the one before, too: say no more */
	int64_t since_ms; /* when it was started */
	int64_t due_ms;	  /* DURATION_INF: nothing is due */
	int64_t delay_ms; /* before the next restart, 0: the first one */
};

/* The one transition function; returns what the caller is to do. */
enum service_action service_step(
	struct service *s, enum service_event event, int64_t now_ms);

/* ---- order.c: who comes when; pure ----------------------------------- */

struct services {
	struct service item[ENTRIES_MAX];
	unsigned count;
};

/* The first service of this action that has not ended, NULL for none: entries
 * of sysinit, wait and shutdown run one after another. */
struct service *order_next(struct services *all, enum action action);
/* Whether nobody of them can run again (shutdown entries do not count). */
bool order_all_ended(const struct services *all);
/* The service whose end is the container's, NULL for none. */
const struct service *order_main(const struct services *all);
/* The exit status of the first entry in the file that failed, else 0. */
int order_failure(const struct services *all);

/* ---- life.c: start, run, stop ---------------------------------------- */

struct life_plan {
	const struct speaker *who;
	const struct inittab *table;
	const struct sigmask *mask; /* for the children */
	char **envp;
	int64_t order_wait_ms, stop_timeout_ms, grace_ms;
	bool keep; /* stay when nothing can run again */
};

/* Entries in flight between fork and exec: each needs a descriptor. */
#define STARTING_MAX 16

enum phase {
	PHASE_SYSINIT,
	PHASE_WAIT,
	PHASE_RUN,
	PHASE_SHUTDOWN,
	PHASE_ENDING,
	PHASE_DRAIN
};

struct life {
	const struct life_plan *plan;
	enum phase phase;
	bool requested;	     /* somebody asked; else an entry's end did it */
	bool entries_told;   /* the stop signals are out */
	int64_t order_until; /* end of the order_wait budget */
	int64_t sweep_at;    /* look for what dead entries left, or INF */
	int64_t sweep_gap;
	bool changed;	   /* an entry ended: look what can go on */
	bool none_left;	   /* wait(2) knows no child */
	unsigned starting; /* services with a report descriptor */
	struct pollfd fds[1 + STARTING_MAX];
	struct service *fd_of[1 + STARTING_MAX];
	struct services services;
	struct drain drain;
};

/* Start, run and stop everything; returns init's exit status. Every signal
 * must be blocked. */
int life_run(const struct life_plan *plan);

/* ---- launch.c: do what service_step says ----------------------------- */

/* Give a service an event and carry the answer out. */
void launch_step(struct life *l, struct service *s, enum service_event event);
/* Its process was reaped with this wait status, or could not be made. */
void launch_ended(struct life *l, struct service *s, int status);
/* Its exec pipe has news: a failure, or the end of file of a good start. */
void launch_report(struct life *l, struct service *s);

#endif
