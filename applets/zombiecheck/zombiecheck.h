/* SPDX-License-Identifier: MIT */
/*
 * zombiecheck.h - what the files of the zombiecheck applet share.
 *
 * A run is: settings (options) -> check (what was found out) -> one output.
 * cause.c and range.c are pure; scan.c, parents.c, audit.c, probe.c look,
 * filter.c chooses; human.c, json.c, prometheus.c, oneline.c print with
 * summary.c; watch.c repeats.
 */
#ifndef ZOMBIECHECK_H
#define ZOMBIECHECK_H

#include "libbb.h"

enum {
	STATUS_GOOD,
	STATUS_FOUND,
	STATUS_TROUBLE,	      /* usage, no /proc, stdout */
	STATUS_NAGIOS_UNKNOWN /* the plugins' word for trouble */
};

/* The name of the process that --probe leaves where nobody reaps. */
#define PROBE_NAME "zombieprobe"

/* What may be so for a moment only is looked at so often. */
#define SAMPLES	  3
#define SAMPLE_MS 20

/* ---- options --------------------------------------------------------- */

/* Inside of from..to is good, or with `inside` bad; see range.c. */
struct range {
	int64_t from, to;
	bool inside;
};

enum format {
	FORMAT_HUMAN,
	FORMAT_JSON,
	FORMAT_PROMETHEUS,
	FORMAT_NAGIOS,
	FORMAT_CHECK
};

/* Numbers that were not given are -1, words NULL. */
struct settings {
	bool audit, list, quiet, strict, no_color, no_ppid_label;
	bool outputs[FORMAT_CHECK + 1]; /* which of the flags were given */
	enum format format;
	const char *probe, *watch; /* as given, "" without a value */
	int64_t probe_times, watch_ms, watch_count;
	const char *pid_list, *container, *pidns, *comm, *proc, *state, *output;
	struct array pids; /* pid_t; of pid_list, none: all */
	int64_t uid, min_age_ms, settle_ms, limit, probe_timeout_ms;
	int64_t pids_warn, pids_crit;
	int color; /* auto, always, never */
	bool colored;
	struct sigmask stop_signals; /* none: SIGTERM */
	const char *warning, *critical;
	struct range warning_range, critical_range;
	uint64_t pidns_inode; /* of --pidns */
};

/* ---- cause.c: why is it still there? pure ---------------------------- */

/* In the order of the rules: the first that fits wins. */
enum cause {
	CAUSE_THREADS_ALIVE,
	CAUSE_TRACED,
	CAUSE_OUTSIDE,
	CAUSE_FROZEN,
	CAUSE_PARENT_STOPPED,
	CAUSE_PARENT_BLOCKED,
	CAUSE_PARENT_LEADER_DEAD,
	CAUSE_NS_EXITING,
	CAUSE_SIGCHLD_STUCK,
	CAUSE_RUNTIME,
	CAUSE_INIT_ADOPTED,
	CAUSE_INIT_SAME_SESSION,
	CAUSE_IGNORE_LATE,
	CAUSE_NO_WAIT,
	CAUSE_UNKNOWN, /* its parent, or who traces it, is hidden from us */
	CAUSES
};

struct facts {
	/* of the zombie */
	int threads;
	pid_t tracer; /* -1: not known */
	pid_t ppid, session, pgrp;
	/* of its parent */
	struct proc_stat parent;
	struct proc_status status;
	bool frozen;
};

enum cause cause_of(const struct facts *f);
/* What the parent is up to, once the zombie itself explains nothing. */
enum cause cause_in_parent(const struct facts *f);
const char *cause_name(enum cause cause);
/* What is the matter, for behind "PID COMMAND: ". */
void text_matter(struct text *t, enum cause cause);

/* What advice names. */
struct advice_context {
	const char *parent_name;
	pid_t parent, other; /* other: the tracer, or who blocks; 0 unknown */
	bool kubernetes;
};
/* As names are, not escaped; ADVICE_BYTES have room for it. */
#define ADVICE_BYTES 192
void text_advice(
	struct text *t, enum cause cause, const struct advice_context *context);

/* ---- scan.c: what /proc says ----------------------------------------- */

struct zombie {
	uint64_t start_ticks;
	int64_t first_seen_s; /* since 1970; 0: not seen before */
	int64_t uid;	      /* -1: not known, and so for the tracer */
	pid_t pid, ppid, session, pgrp, tracer;
	uint16_t exit_code; /* wait status */
	bool exit_known;    /* else exit_code is no answer */
	unsigned char cause;
	char comm[16];
};
/* Whether a child that was adopted, by its cause, was so for certain. */
bool is_orphan(const struct zombie *z, pid_t parent_session);

struct scan {
	struct array zombies;  /* struct zombie; by parent, cause, name, PID */
	unsigned processes;    /* seen, zombies included */
	unsigned unreadable;   /* seen, but hidden from us */
	unsigned dead_leaders; /* look like zombies, but have live threads */
	struct proc_stat leader; /* the first of them */
	bool init_hidden;	 /* PID 1 is not shown: hidepid */
	struct proc_look look;
	int64_t took_us; /* the first look */
};

/*
 * List every zombie below an open /proc (own_pids: of our own namespace). After settle_ms (0: at once) each is
 * looked at again and only those that still are the same zombie stay: one that
 * its parent reaps a moment later is none. 0, or -1 with errno (ENOMEM).
 */
int scan_run(struct scan *scan, int proc_fd, bool own_pids, int64_t settle_ms);
/* Read once more who its parent is; false when it is gone. */
bool zombie_refresh(struct zombie *z, int proc_fd);
/* Take over when those that are in old, too, were first seen; the others were
 * at now_s. Both in ascending order of PIDs. */
void scan_remember(
	struct array *zombies, const struct array *old, int64_t now_s);
void sort_by_pid(const struct array *zombies);

/* ---- state.c: --state ------------------------------------------------ */

/* Fill with what the file says; none if there is none. -1 with errno. */
int state_read(const char *path, struct array *zombies, int64_t boot_s);
int state_write(const char *path, const struct array *zombies);

/* ---- parents.c: who should have reaped them -------------------------- */

/* Zombies of one parent that are there for one cause. */
struct parent {
	uint64_t start_ticks;
	size_t first, count; /* in scan.zombies */
	size_t orphans;	     /* that are so for certain, if init-adopted */
	pid_t pid, ns_pid;
	pid_t session;
	enum cause cause;
	pid_t other; /* see advice_context */
	char state;
	char comm[16];
	struct cgroup_owner owner;
	char command[96];
	struct pids_usage pids;
};

/* ---- audit.c: what PID 1 does with signals and orphans --------------- */

enum verdict { VERDICT_OK, VERDICT_UNKNOWN, VERDICT_WARN, VERDICT_FAIL };
enum audit_part {
	AUDIT_STOP,
	AUDIT_CHLD,
	AUDIT_REAPING,
	AUDIT_PIDS,
	AUDIT_PARTS
};

struct finding {
	enum verdict verdict;
	char why[112];
};

struct audit {
	pid_t pid;
	uint32_t uid;
	bool init;	      /* PID 1 of its namespace */
	bool doubtful;	      /* what it does not reap may be its own */
	int stop_signal;      /* the one that AUDIT_STOP is about */
	enum verdict verdict; /* of all parts */
	char comm[16], command[96];
	struct finding part[AUDIT_PARTS];
	struct pids_usage pids;
	char exe[256];
};

/* All that was found out. */
struct check {
	const struct settings *set;
	const struct speaker *who;
	struct audit *audit;	 /* NULL: not asked for */
	struct orphan *probe;	 /* so is this one */
	struct watcher *watcher; /* NULL: it looks once */
	int proc_fd;
	bool recorded;
	bool kubernetes;
	bool own_pids; /* this /proc is of our own namespace */
	pid_t self;    /* we in this /proc; 0: not there */
	int probe_runs;
	unsigned second_looks;
	int64_t now_s;
	uint64_t now_ticks, namespace;
	size_t parent_pids;   /* different parents */
	bool filtered;	      /* there are other zombies, not asked for */
	size_t zombie_count;  /* in their groups */
	struct array parents; /* struct parent; most zombies first */
	struct array seen;    /* struct zombie: of the last look, or --state */
	struct scan scan;
	/* One that shows the answer, so the probe is not made; PID 0: none. */
	struct zombie probe_leftover;
	struct cgroup_owner owner; /* of ourselves */
	struct pids_usage pids;	   /* our own group's */
	struct audit audit_memory;
	struct orphan probe_memory;
	struct cgroup_mounts mounts;
	struct output out;
};

/* Find causes, filter, group. 0, or -1 with errno. */
int parents_find(struct check *c);
struct zombie *zombie_at(const struct check *c, size_t i);
struct parent *parent_at(const struct check *c, size_t i);
/* Seconds since it was first seen; or with *bound since its process began,
 * which is at most so long ago that it died. */
int64_t zombie_age_s(
	const struct check *c, const struct zombie *z, bool *bound);
/* The one whose words are said: where nothing proves that they were adopted,
 * that they may be PID 1's own, too. */
enum cause told_cause(const struct parent *p);
void advice_of(const struct check *c, const struct parent *p, struct text *t);
/* The fullest of our own group and those of the parents. */
const struct pids_usage *worst_pids(const struct check *c);
/* How many zombies are in the group that this is about. */
size_t zombies_in(const struct check *c, const struct pids_usage *p);
/* Used part of the limit in %, -1 without one. */
int pids_percent(const struct pids_usage *p);
/* 0 good, 1 from --pids-warn on, 2 from --pids-crit on. */
int pids_level(const struct check *c, const struct pids_usage *p);

/* ---- filter.c: which of them are asked for --------------------------- */

/* Append the numbers of "12,34"; false if it is no such list. */
bool read_pids(const char *list, struct array *pids);
bool zombie_wanted(const struct check *c, const struct zombie *z);
bool parent_wanted(const struct check *c, const struct parent *p);

/* ---- audit.c ----------------------------------------------------------- */

/* "ok", "?", "warn", "FAIL"; for programs "ok", "unknown", "warn", "fail". */
const char *verdict_name(enum verdict v);
const char *verdict_word(enum verdict v);

/* The name that goes before a part, "SIGTERM" or what --stop-signal says. */
void text_audit_part(struct text *t, const struct audit *a, unsigned part);
/* Look at a->pid. The reaping part is set by zombies and probe. 0, or -1 with
 * errno: it cannot be looked at. */
int audit_run(struct check *c, struct audit *a);

/* ---- probe.c --------------------------------------------------------- */

/* Note a zombie, its cause known, that shows what a probe would. */
void probe_note(struct check *c, const struct zombie *z, pid_t parent_session);
/* Try it with orphans, unless such a zombie was noted. */
void probe_run(struct check *c, struct orphan *o);
const char *probe_result_name(const struct check *c);
enum verdict probe_verdict(const struct check *c);
/* "orphan 53 reaped by 1 (tini) in 0.3 ms" */
void text_probe(struct text *t, const struct check *c);

/* ---- outputs --------------------------------------------------------- */

void human_print(struct output *o, const struct check *c);
void json_print(struct output *o, const struct check *c);
void prometheus_print(struct output *o, const struct check *c);
/* What stands behind a bar is data to the reader of a plugin's line. */
void hide_bars(char *s);
void nagios_print(struct output *o, const struct check *c, int status);
void check_print(struct output *o, const struct check *c, int status);

/* ---- summary.c: what they share -------------------------------------- */

/* "7 zombies, 2 parents", "; worst 1 (node) x6 init-adopted" */
void text_summary(struct text *t, const struct check *c);
void text_worst(struct text *t, const struct check *c);
/* Not everything was to be seen: counts are a minimum. */
bool is_partial(const struct check *c);
/* " of 16's group", " of the machine": whose limit it is that worst_pids has told;
 * nothing where it is our own group's, and all zombies are there. */
void text_pids_owner(
	struct text *t, const struct check *c, const struct pids_usage *p);
void text_count(struct text *t, int64_t n, const char *one, const char *many);
/* "1.5" of 15 tenths. */
void text_tenths(struct text *t, int64_t tenths);

/* ---- range.c: -w and -c as in monitoring plugins; pure --------------- */

/* "10", "10:", "~:10", "5:10", "@5:10". NULL, or why it is no range. */
const char *parse_range(const char *word, struct range *out);
/* Whether n is a reason for alarm. */
bool range_alarms(const struct range *r, int64_t n);

/* ---- check.c --------------------------------------------------------- */

/* All of it, once the options are read; the exit status. */
int check_main(const struct speaker *who, struct settings *s);
/* Say what went wrong (why NULL: by errno); the status that this has in the
 * output that was asked for. */
int check_trouble(const struct check *c, const char *what, const char *why);
/* The same for a plugin's reader, who takes its words from stdout. */
void plugin_trouble(
	const struct speaker *who, const char *what, const char *why);
/* Look once, filter, audit, probe. 0, or the status of a trouble. */
int check_look(struct check *c);
/* Print it as the settings say; the exit status. */
int check_report(struct check *c);

/* ---- zombiecheck.c --------------------------------------------------- */

/* Whether a terminal would show the codes for colours and places as text. */
bool terminal_is_dumb(void);

/* ---- watch.c: --watch ------------------------------------------------ */

int watch(struct check *c);
/* Give the terminal back its own screen, for what is to stay there. */
void watch_end_screen(struct watcher *w);

#endif
