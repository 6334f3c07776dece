/* SPDX-License-Identifier: MIT */
/*
 * init.h - what the files of the init applet share.
 */
#ifndef INIT_H
#define INIT_H

#include "libbb.h"

/* Named limits: init allocates nothing. */
#define ENTRIES_MAX	   CONFIG_INIT_MAX_ENTRIES
#define SERVICES_MAX	   (2 * ENTRIES_MAX) /* with those that a reread removed */
#define EDGES_MAX	   (4 * ENTRIES_MAX) /* after= options */
#define ENTRY_NAME_BYTES   32
#define INITTAB_BYTES_MAX  (128 * 1024)
#define LEFT_OUT_BYTES	   ((ENTRIES_MAX + 7) / 8) /* a bit for each entry */
#define INITTAB_LINE_BYTES 4096
#define COMMAND_WORDS_MAX  256
#define PROBLEMS_MAX	   64
#define RESTARTS_MAX	   20  /* N of restarts=N/D */
#define CLIENTS_MAX	   16  /* of the control socket */
#define WAITING_MAX	   12  /* of them, for a start, a stop or a reload */
#define CONTROL_PATH_MAX   107 /* sun_path (unix(7)) without its NUL */
#define STARTING_MAX	   64  /* entries between fork and exec */

/* ---- inittab.c, entry.c: the language; pure --------------------------- */

enum action {
	ACTION_SYSINIT,
	ACTION_WAIT,
	ACTION_ONCE,
	ACTION_RESPAWN,
	ACTION_ASKFIRST, /* a respawn that waits for Enter */
	/* On an occasion only: */
	ACTION_SHUTDOWN,
	ACTION_CTRLALTDEL,
	ACTION_POWERFAIL,
	ACTION_RESTART /* becomes init's successor */
};

enum restart_policy { RESTART_ALWAYS, RESTART_FAILURE, RESTART_NO };

#define NOT_GIVEN    (-10000) /* of a number */
#define NOT_GIVEN_MS (-1)     /* of a duration */
#define RESTARTS_INF 255

/* One line of an inittab. The words point into the text that was parsed. */
struct entry {
	char name[ENTRY_NAME_BYTES];
	unsigned short namesakes; /* how many others are named after it */
	unsigned char action;	  /* enum action */
	unsigned char restart;	  /* enum restart_policy */
	unsigned char kill;	  /* 0 the program, 1 its session */
	unsigned char scope;	  /* 1: shell, as sigproxy(8) */
	unsigned char restarts;	  /* RESTARTS_INF: no limit */
	bool named;		  /* by name=, not after its command */
	bool main;		  /* its end ends the container */
	bool must;		  /* so does its failure */
	bool notify_socket;
	bool left_out; /* a bad line or a missing terminal: never runs */
	const char *id, *command;
	const char *finish, *user, *group, *dir, *env, *log;
	const char *file;
	unsigned line;
	uint64_t hash; /* of options, action and command as they were written */
	int64_t grace_ms, ready_timeout_ms;
	int64_t delay_ms, delay_max_ms, restarts_in_ms;
	int stop_signal, notify_fd, umask, nice, oom, nofile;
};

/* `entry` starts after `on`, by index; the name until inittab_finish. */
struct edge {
	const char *name;
	unsigned short entry, on;
};

enum problem_level { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE };

struct problem {
	const char *file;
	unsigned line;
	enum problem_level level;
	char what[64]; /* may be empty */
	const char *why;
};

struct inittab {
	unsigned count, edge_count;
	unsigned problem_count, error_count; /* also those that did not fit */
	struct entry entries[ENTRIES_MAX];
	struct edge edges[EDGES_MAX];
	struct problem problems[PROBLEMS_MAX];
};

/* Where we are in a text. */
struct cursor {
	struct inittab *table;
	const char *file;
	unsigned line;
};

void add_problem(const struct cursor *at, enum problem_level level,
	const char *what, const char *why);
void error_at(const struct cursor *at, const char *what, const char *why);
/* Take blanks off both ends, in place. */
char *trim(char *s);
/* Cut s at its first `separator`; returns what follows, NULL at the end. */
char *cut(char *s, char separator);
/*
 * Parse a text in place (it must stay, and text[length] be writable) and add
 * its entries and problems. `file` and the line number stand in messages; the
 * first line counts as `first_line`. Pure.
 */
void inittab_parse(struct inittab *t, char *text, size_t length,
	const char *file, unsigned first_line);
/* Give the unnamed entries their names, resolve after=, find cycles; call
 * once, behind the last parse. */
void inittab_finish(struct inittab *t);
/* An entry with every option at its default. */
void entry_defaults(struct entry *e);
/* The options field of an entry. */
void entry_options(const struct cursor *at, struct entry *e, char *field);
/* Letters, digits and . _ @ + - */
bool is_name_character(char c);
/* Whether an id means a device below /dev; any other is a SysV id. */
bool names_terminal(const char *id);
/* In this order they start. */
enum stage { STAGE_SYSINIT, STAGE_WAIT, STAGE_RUN, STAGE_OCCASION };
enum stage action_stage(enum action action);
/* Whether it runs on an occasion only; whether it is kept running. */
bool action_is_occasion(enum action action);
bool action_is_kept(enum action action);
/* Its word in an inittab. */
const char *action_word(enum action action);

/* ---- command.c: pure ------------------------------------------------- */

/* Whether sh has to run the command (BusyBox's rule). */
bool command_needs_shell(const char *command);
/* What is wrong with a command that sh gets with "exec " in front of it, NULL
 * for nothing. */
const char *command_trap(const char *command);
/*
 * The words to execute for a command; buffer (COMMAND_TEXT_BYTES) is what they
 * point into, words has room for COMMAND_WORDS. A login shell's ("-") first
 * word keeps its dash. Returns words, NULL-terminated.
 */
char **command_words(const char *command, char *buffer, char **words);
/* What this command needs: with "exec " and NUL; with NULL, and three words for
 * sh. For alloca: room for the longest is pages of stack that an idle init would
 * keep. No word is shorter than a letter and a blank. */
#define COMMAND_TEXT_BYTES(command) (strlen(command) + sizeof("exec "))
#define COMMAND_WORDS(command)                                             \
	(strlen(command) / 2 < COMMAND_WORDS_MAX ? strlen(command) / 2 + 4 \
						 : COMMAND_WORDS_MAX + 1)

/* ---- service.c: the life of one entry; pure -------------------------- */

enum service_state {
	SERVICE_NEW, /* not started yet */
	SERVICE_RUNNING,
	SERVICE_STOPPING, /* was told; killed at due_ms */
	SERVICE_FINISH,	  /* ended; its finish= program runs until due_ms */
	SERVICE_BACKOFF,  /* ended; starts again at due_ms */
	SERVICE_CLEAN,	  /* starts when its session is empty; killed at due */
	SERVICE_STOPPED,  /* by init stop; init start runs it again */
	SERVICE_ENDED,	  /* for good */
	SERVICE_FAILED	  /* for good, and not well */
};

/* What is to become of it when its process has ended. */
enum service_goal {
	GOAL_UP,    /* what its action says */
	GOAL_AGAIN, /* start at once */
	GOAL_DOWN,  /* init stop */
	GOAL_FAIL,  /* not ready in time */
	GOAL_GONE   /* init stops; nothing changes that any more */
};

enum service_event {
	SERVICE_EV_START,
	SERVICE_EV_STARTED,  /* the exec is through */
	SERVICE_EV_READY,    /* it says so */
	SERVICE_EV_ENDED,    /* its process was reaped, or could not be made */
	SERVICE_EV_FINISHED, /* so was its finish= program */
	SERVICE_EV_CLEANED,  /* its session is empty */
	SERVICE_EV_DOOMED,   /* what it waits for has failed */
	SERVICE_EV_AGAIN,    /* init restart */
	SERVICE_EV_DOWN,     /* init stop */
	SERVICE_EV_STOP,     /* init itself stops */
	SERVICE_EV_TIME	     /* due_ms has come */
};

enum service_action {
	SERVICE_DO_NOTHING,
	SERVICE_DO_SPAWN,
	SERVICE_DO_TELL,
	SERVICE_DO_KILL,
	SERVICE_DO_FINISH,    /* run the finish= program */
	SERVICE_DO_KILL_HOOK, /* ... kill it */
	SERVICE_DO_KILL_REST  /* kill what is left in its session */
};

struct service {
	const struct entry *entry;
	const struct entry *next; /* replaces it at the next start, or NULL */
	enum service_state state;
	enum service_goal goal;
	pid_t pid;     /* 0: none */
	pid_t session; /* of its last process */
	pid_t hook;    /* finish= program, 0: none */
	int report_fd; /* of spawn_start, -1: exec is through */
	int notify_fd; /* says that it is ready, -1: no more, or never */
	bool listens;  /* ... which is a socket, not a pipe */
	bool ready;    /* what waits for it may start */
	bool remains;  /* somebody may be left in its session */
	bool stopped;  /* by a job-control signal */
	bool ran;      /* status is one */
	bool repeats;  /* the exec failed as the one before: say no more */
	bool blocked;  /* order.c: waits for another */
	bool doomed;   /* ... which has failed */
	bool needed;   /* another that is up comes after it */
	int status;    /* wait status of the last end */
	unsigned restarts;
	uint64_t ended_ticks;
	int64_t since_ms; /* when its state began, for people */
	int64_t started_ms, told_ms, ended_ms;
	int64_t due_ms;	  /* DURATION_INF: nothing is due */
	int64_t delay_ms; /* before the next restart; first_delay: none yet */
	bool delayed;	  /* delay_ms is one */
	bool last; /* init stops: its end, when that comes, is for good */
	int64_t restart_at[RESTARTS_MAX];
	struct spawn_failure failure; /* the last one; error 0: none */
	char said[48];		      /* STATUS= of its notify socket */
};

/* A service of this entry that was not started yet. */
void service_init(struct service *s, const struct entry *entry, int64_t now_ms);
/* One without a process is as if it had not been started; what was stopped or
 * left out stays so. */
void service_renew(struct service *s, int64_t now_ms);
/* The one transition function; returns what the caller is to do. */
enum service_action service_step(
	struct service *s, enum service_event event, int64_t now_ms);
/* What its end means to a parent: its program's status, or 125 where that ended
 * well, but too late or too often. */
int service_exit_status(const struct service *s);
/* Whether it has no process and gets none by itself. */
bool service_is_down(const struct service *s);
/* Whether its process has ended and the session is a dead one's. */
bool service_is_dead(const struct service *s);

/* ---- order.c: who comes when; pure ----------------------------------- */

struct services {
	unsigned count; /* those of the table, by its indices, then removed */
	struct service item[SERVICES_MAX];
};

/* Set blocked, doomed and needed from what the states are. */
void order_update(struct services *all, const struct inittab *t);
/* Of the entries of this action, which run one after another: the one that
 * runs, else the first that can be started, else NULL. */
struct service *order_next(struct services *all, enum action action);
/* Whether nobody of them runs, or will by itself. */
bool order_all_down(const struct services *all);
/* ... and whether nobody can run again either, by init start after init stop. */
bool order_all_ended(const struct services *all);
/* The service whose end is the container's, NULL for none. */
const struct service *order_main(const struct services *all);
/* The exit status of the first entry in the file that failed, else 0. */
int order_failure(const struct services *all);
/*
 * The indices of the entries in an order in which they can be started: by
 * stage, each behind all that it waits for. Returns how many; fewer than
 * t->count when after= goes in a circle: those in it, and behind it, are not
 * among them.
 */
unsigned order_sort(const struct inittab *t, unsigned short *sequence);

/* ---- source.c: what is read ------------------------------------------ */

/* Texts of all files, one behind the other with a byte between. */
struct source {
	unsigned used;
	unsigned length[STRING_LIST_MAX];
	char text[INITTAB_BYTES_MAX + 1 + LEFT_OUT_BYTES];
};

/* The words of the command line. */
struct origin {
	const struct speaker *who;
	const struct string_list *files, *entries;
	bool machine;
	bool checking; /* nothing will be started */
};

/* Read the files; false (said) when one cannot be read. */
bool source_read(const struct origin *o, struct source *source);
/* Parse files and entries into a table that begins empty. Pure. */
void source_parse(
	const struct origin *o, struct source *source, struct inittab *t);
/* Leave out entries without a terminal; see that users exist; say what is
 * wrong. False when nothing must be started. */
bool source_check(const struct origin *o, struct inittab *t);
/* BusyBox's entries for a machine without an inittab; or a single shell. */
void source_defaults(struct source *source, struct inittab *t, bool single);
/* Entries in the order of start and of stop (--check -v). */
void say_plan(const struct speaker *who, const struct inittab *t);

/* ---- life.c: start, run, stop ---------------------------------------- */

/* How init ends; the first request decides. */
enum ending { END_EXIT, END_HALT, END_POWEROFF, END_REBOOT, END_RESTART };

struct life_plan {
	const struct speaker *who;
	const struct origin *origin;
	const struct sigmask *mask; /* for the children */
	const char *control;	    /* path of the socket, NULL: none */
	char **envp;
	int64_t order_wait_ms, stop_timeout_ms, grace_ms;
	bool keep; /* stay when nothing can run again */
};

enum phase {
	PHASE_SYSINIT,
	PHASE_WAIT,
	PHASE_RUN,
	PHASE_SHUTDOWN,
	PHASE_ENDING,
	PHASE_DRAIN
};

/* One who asks over the control socket. */
struct client {
	int fd; /* -1: free */
	unsigned got, sent;
	unsigned row; /* of a table, the next one */
	int status;
	int64_t until_ms; /* not done by then: dropped */
	struct text out;
	bool want_up; /* what it waits for is to be up, else down */
	bool reload;  /* it waits for the files to be read */
	bool json, check, answered;
	char name[ENTRY_NAME_BYTES]; /* the service it waits for, or "" */
	char request[80];
	char buffer[640];
};

struct control {
	struct client clients[CLIENTS_MAX];
	/* Last, beside life's first descriptors. */
	int fd; /* -1: none */
	uint64_t device, inode;
	int64_t closed_until_ms; /* nobody is let in: no descriptor is free */
	unsigned count;
};

#define WATCHES_MAX (3 + CLIENTS_MAX + 2 * SERVICES_MAX)

struct life {
	const struct life_plan *plan;
	enum phase phase;
	enum ending ending;
	bool requested;		/* somebody asked; else an entry's end did it */
	bool all_told;		/* the stop signals are out */
	bool power_failed;	/* by SIGPWR: powerfail entries come first */
	int end_status;		/* of a must entry that failed, or -1 */
	int64_t order_until;	/* end of the order_wait budget */
	int64_t interrupted_ms; /* the last ^C, 0: none */
	int64_t sweep_at;	/* look for what dead entries left, or INF */
	int64_t sweep_gap;
	bool rest_pending; /* a restart waits for what the last run left */
	bool changed;	   /* an entry's state: look what can go on */
	bool none_left;	   /* wait(2) knows no child */
	unsigned starting; /* services with a report descriptor */
	unsigned current;  /* which of the two tables counts */
	/* Reading the files again, in a child that may get stuck. */
	pid_t reader;
	int reader_fd;
	unsigned reader_got;
	bool reread_wanted;	  /* as soon as nobody needs the other table */
	bool reread_due;	  /* it has been read and is good */
	bool reread_failed;	  /* the last time */
	struct services services; /* from here, see keep_from_children */
	struct control control;
	struct pollfd fds[WATCHES_MAX];
	/* ... and what is done when a descriptor has news */
	struct watch {
		void (*ready)(struct life *l, void *item);
		void *item;
	} watches[WATCHES_MAX];
	struct services spare;	  /* while a reread moves them */
	struct inittab tables[2]; /* ... up to here */
	struct source sources[2];
	struct drain drain;
	struct shell shell;
};

/* Start, run and stop everything of l->tables[0]; returns init's exit status.
 * Every signal must be blocked. */
int life_run(struct life *l, const struct life_plan *plan);
/* Begin to stop, if that has not begun. */
void life_stop(struct life *l, bool requested, enum ending ending);
const struct inittab *life_table(const struct life *l);

/* ---- request.c: what a signal or a client wants ---------------------- */

void on_signal(struct life *l, const siginfo_t *info);

/* ---- reread.c -------------------------------------------------------- */

/* Let the files be read again; NULL, or why not. */
const char *reread_begin(struct life *l);
/* Whether all that was wanted has been read; reread_failed says how. */
bool reread_done(const struct life *l);
/* The reader has written something. */
void reread_more(struct life *l, void *unused);
/* The reader has ended. */
void reread_ended(struct life *l, int status);
/* Begin to read when it is wanted and can be, or take over what was read. */
void reread_apply(struct life *l);

/* ---- launch.c: do what service_step says ----------------------------- */

/* Give a service an event and carry the answer out. */
void launch_step(struct life *l, struct service *s, enum service_event event);
/* Its process was reaped with this wait status, or could not be made. */
void launch_ended(struct life *l, struct service *s, int status);
/* Its finish= program was reaped. */
void launch_finished(struct life *l, struct service *s, int status);
/* Its exec pipe has news: a failure, or the end of file of a good start. */
void launch_report(struct life *l, void *service);

/* ---- session.c: what is in an entry's session, also after its end ------ */

/* Say of a process that is about to be killed whose it is. */
void session_say_killed(struct life *l, const struct service *s, pid_t pid);
/* To all that is in the service's session, and continue what is stopped. Who
 * is killed is named. */
void session_signal(struct life *l, const struct service *s, int signal);
/* Look for what dead entries left in their sessions; or do so soon. */
void session_sweep_soon(struct life *l);
void session_sweep(struct life *l);

/* ---- notify.c: readiness --------------------------------------------- */

/* What a child that is about to be made needs to say that it is ready. */
struct notify {
	int child_fd;	 /* becomes notify-fd= in the child, or -1 */
	char socket[32]; /* NOTIFY_SOCKET=..., or empty */
};
/* Open it; s->notify_fd is our end. 0, or -1 with errno. */
int notify_open(struct service *s, struct notify *n);
/* Its descriptor has news. */
void notify_read(struct life *l, void *service);
void notify_close(struct service *s);

/* ---- child.c: between fork and exec ---------------------------------- */

/* What the child needs to know. */
struct child {
	const struct entry *entry;
	const struct notify *notify; /* NULL: not the entry's own program */
};
/* A spawn_prepare: terminal, log, limits, environment, user, folder. */
bool child_prepare(
	const void *child, char ***envp, struct spawn_failure *failure);
/* Say that its program or finish= could not be started: whose it is, and which
 * program where the name does not tell. */
void child_warn(const struct speaker *who, const struct service *s,
	const struct spawn_failure *failure);

/* ---- control.c, reply.c: the socket ---------------------------------- */

/* Make the socket unless it is there. */
void control_open(struct life *l);
void control_close(struct life *l);
/* Whether one more may wait; others are to be heard all the same. */
bool control_has_room(const struct life *l);
/* Add the descriptors; returns the new count. */
unsigned control_watch(struct life *l, unsigned count);
int64_t control_deadline(const struct life *l);
/* Answer those whose service has got where they wanted it; drop the slow. */
void control_update(struct life *l);
/* What a client asks for. */
void reply_request(struct life *l, struct client *c);
/* More of a table while there is room; false when there is nothing more. */
bool reply_continue(struct life *l, struct client *c);
/* Whether the service that c waits for is where c wants it: then say so. */
bool reply_if_done(struct life *l, struct client *c);
/* What is asked of a running init, beside its end; those about an entry first. */
enum verb { VERB_START, VERB_STOP, VERB_RESTART, VERB_STATUS, VERB_RELOAD };
/* An enum verb, or -1. */
int verb_by_word(const char *word);
/* What a stop request means where we are. */
bool request_by_word(const char *word, enum ending *ending);

/* ---- client.c -------------------------------------------------------- */

/* init WORD...: ask the init at `path`; returns the exit status. */
int client_run(const struct speaker *who, const char *path, char **words);

/* ---- machine.c ------------------------------------------------------- */

/* Whether we are a machine's first process. */
bool machine_is(void);
/* The kernel hands init whatever it does not know itself; three of these words
 * mean a single shell, as in BusyBox. */
bool machine_wants_single(char **argv);
/* Write out what is cached and end the machine; returns only on failure. */
void machine_end(const struct speaker *who, enum ending ending);

#endif
