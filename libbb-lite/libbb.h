/* SPDX-License-Identifier: MIT */
/*
 * libbb.h - the one header of libbb-lite, the small core under every applet.
 *
 * Everything here is mechanism on libc alone; nothing here knows an applet.
 * Unless a docstring says otherwise a function keeps no pointer it was given,
 * allocates nothing, and is not async-signal-safe.
 */
#ifndef LIBBB_H
#define LIBBB_H

#include "autoconf.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define INITBOX_VERSION "0.1.0"
#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* Exit statuses that users may rely on. */
enum {
	EXIT_FAILURE_OWN = 125,	   /* usage, fork, a bad file */
	EXIT_NOT_EXECUTABLE = 126, /* found, but cannot be executed */
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL_BASE = 128 /* plus the signal that ended the command */
};

/* How the door (applets/initbox.c) calls an applet: argv[0] is self->name. */
struct applet {
	const char *name;
	int (*main)(const struct applet *self, int argc, char **argv);
	const char *folder; /* below the root, where --install puts it */
	const char *usage;  /* what --help prints behind the name, from the
			     * tags: options of the synopsis, summary, text */
};

/* Signal numbers of the kernel, whatever the libc. */
#ifdef __mips__
#define SIGNAL_MAX	      127
#define KERNEL_ACTION_HANDLER 1 /* word of struct sigaction, behind the flags */
#else
#define SIGNAL_MAX	      64
#define KERNEL_ACTION_HANDLER 0
#endif
#define SIGNAL_RTMIN 34
#define SIGNAL_RTMAX 64

/* ---- format.c: the one formatter ------------------------------------- */

/* Text being built in a buffer of the caller's; what does not fit is cut.
 * NUL-terminated from the first string on that is appended, be it empty, if
 * size > 0. */
struct text {
	char *at;
	size_t used, size;
};
#define TEXT_ON(array)                               \
	{                                            \
		.at = (array), .size = sizeof(array) \
	}

/* Append: a byte; a string as it is; a string with every byte of a control
 * character (U+0080 to U+009F, too) or of what is not UTF-8 as \xNN (safe on a
 * terminal; done twice it changes nothing); a decimal number. */
void text_char(struct text *t, char c);
void text_raw(struct text *t, const char *s);
void text_escaped(struct text *t, const char *s);
void text_decimal(struct text *t, int64_t n);
/* A span in its one or two largest units: "12s", "4m", "2h14m", "9d3h". */
void text_span(struct text *t, int64_t seconds);
/* Append s for the inside of a JSON string: quotes and backslashes escaped,
 * control bytes as \u00NN, each byte that is not valid UTF-8 as U+FFFD. */
void text_json(struct text *t, const char *s);
/* Append s for the inside of a label's value in Prometheus' text format:
 * quotes and backslashes escaped, control bytes as an escaped backslash and xNN, each byte that is not valid UTF-8 as U+FFFD. */
void text_label(struct text *t, const char *s);
/* Append padding (blanks) until the text is `column` bytes long. */
void text_pad(struct text *t, size_t column);
/*
 * printf's small sister: %s (escaped as text_escaped), %d, %u, %lld, %c, %%;
 * no flags, no widths. Anything else is copied as it stands.
 */
void text_format(struct text *t, const char *fmt, ...) PRINTF(2, 3);
void text_vformat(struct text *t, const char *fmt, va_list args) PRINTF(2, 0);
/* The text of an errno value, "error N" for a rare one; static storage is not
 * used: the number is written into the text. */
void text_errno(struct text *t, int error);

/* ---- message.c: lines on stderr -------------------------------------- */

/* Who speaks: the applet's name as it was called, and how many -v it got. */
struct speaker {
	const char *name;
	int verbosity;
};

/*
 * One line "NAME: ..." on stderr in one write(2); cut at 1 KiB. Never blocks
 * and never fails: when stderr is full, closed or gone the line is dropped
 * (what hangs on a log must not hang PID 1). errno is kept.
 */
void warn(const struct speaker *who, const char *fmt, ...) PRINTF(2, 3);
/* The same with ": REASON" of errno value `error` behind it. */
void warn_errno(const struct speaker *who, int error, const char *fmt, ...)
	PRINTF(3, 4);
/* The same, only from verbosity `level` on (1 is -v, 2 is -vv). */
void note(const struct speaker *who, int level, const char *fmt, ...)
	PRINTF(3, 4);
/* A usage error: "NAME: WHAT: WHY" (WHAT may be NULL) and a line that points
 * to --help. Returns `status`, for `return usage_error(...)`. Only before the
 * first fork: afterwards nothing ends PID 1. */
int usage_error(const struct speaker *who, int status, const char *what,
	const char *why);
/* Write all of it to fd, restarting on EINTR and short writes. Blocks; for
 * stdout of --help and reports only. 0, or -1 with write(2)'s errno. */
int write_all(int fd, const char *data, size_t length);

/* ---- parse.c: words to values; pure ---------------------------------- */

#define DURATION_INF INT64_MAX

/*
 * Each returns NULL and sets *out, or returns why the word is no such value
 * (a static string for a message) and leaves *out alone.
 * parse_unsigned: decimal digits only, at most max.
 * parse_duration_ms: "500ms" "8s" "1m30s" "2h" "0.5" "0" "inf"; in ms,
 *   DURATION_INF for inf; a fraction of a ms counts as one.
 * parse_signal: a name with or without SIG in any case, RTMIN+N, RTMAX-N, or
 *   a number. RTMIN is 34 and RTMAX 64, the kernel's and glibc's, whatever the
 *   libc (musl's SIGRTMIN is 35): docker, podman and systemd mean these.
 */
const char *parse_unsigned(const char *word, uint64_t max, uint64_t *out);
const char *parse_duration_ms(const char *word, int64_t *out);
const char *parse_signal(const char *word, int *out);
/* "SIGTERM", "SIGRTMIN+3", else "signal N"; appended to t. */
void text_signal(struct text *t, int signal);
/* The part of path behind its last slash. */
const char *base_name(const char *path);
/*
 * A list is a string of words, each with a NUL: "a\0b\0". That takes less room
 * than pointers to them. Where a word stands in it, from 0 on, or -1; and the
 * word that stands there. Pure.
 */
int word_index(const char *list, const char *word);
/* The same word, for an argv or envp: their type says that it could be changed,
 * which nobody does. Initialized data that could be would take a page. */
char *word_for_exec(const char *word);
const char *word_at(const char *list, unsigned index);
/* What stands behind this beginning of a text; NULL where it begins otherwise.
 * Pure. */
const char *behind(const char *beginning, const char *text);

/* By signal: 0 as it is, -1 dropped, else what it becomes. */
struct signal_map {
	signed char to[SIGNAL_MAX + 1];
	bool last_counts; /* a signal may be mapped again */
};
/* Add one "FROM:TO" ("FROM:0" drops it); NULL, or what is wrong with it. */
const char *parse_signal_map(const char *word, struct signal_map *map);

/* A repeatable option's words, in order. */
#define STRING_LIST_MAX 512
/* item has room for STRING_LIST_MAX words; its owner sets it before parsing.
 * Apart from count, so that the counts of several lists share a page. */
struct string_list {
	unsigned count;
	const char **item;
};

/* Add each of the words; *what becomes the last one that was looked at. */
const char *parse_signal_maps(const struct string_list *words,
	struct signal_map *map, const char **what);

/* ---- signals.c: the kernel's own signal calls ------------------------ */

/* SIGRTMIN+3 as podman and systemd-nspawn send it: "stop", see systemd(1). */
#define SIGNAL_HALT 37

/* The kernel's sigset_t. libc's sigset functions are not used: musl's leave
 * out signals 32 to 34, glibc's 32 and 33. */
struct sigmask {
	unsigned long word[(SIGNAL_MAX + 1) / (8 * sizeof(long))];
};

void sigmask_add(struct sigmask *mask, int signal);
bool sigmask_has(const struct sigmask *mask, int signal);
/* Block every signal of this process, 32 to 34 included; *old (may be NULL)
 * gets what was blocked before. rt_sigprocmask(2); cannot fail. */
void signals_block_all(struct sigmask *old);
/* Set the blocked set. Async-signal-safe. */
void signals_set_mask(const struct sigmask *mask);
/*
 * Stop as ^Z does, until somebody continues us; all must be blocked, and the
 * SIGCONT stays pending. False if we were not stopped: the kernel drops a
 * SIGTSTP where no shell could continue us, that is in an orphaned process
 * group (setpgid(2)), the group of a lone session leader and of PID 1 among
 * them.
 */
bool stop_self(void);
/* Whether `signal`, which is blocked, has come and was not taken yet. */
bool signal_is_pending(int signal);
/* Whether `signal` is ignored now. */
bool signal_is_ignored(int signal);
/* Make `signal` default or ignored. Async-signal-safe. */
void signal_set_ignored(int signal, bool ignored);
/* Make every ignored signal default, for children that begin a life of their
 * own. All must be blocked, or one that is pending could act. */
void signals_ignore_none(void);
/* kill(2), tried once more when it fails for another reason than ESRCH. */
int signal_send(pid_t pid, int signal);
/* sigqueue(3) that hands on *info unchanged (rt_sigqueueinfo(2)): its si_code
 * must be negative. Into a queue that is full the signal goes without it. 0, or
 * -1 with errno. */
int signal_queue(pid_t pid, int signal, const siginfo_t *info);

/* ---- clock.c --------------------------------------------------------- */

/* CLOCK_MONOTONIC in ms; never 0. */
int64_t clock_now_ms(void);
/* CLOCK_MONOTONIC in us, and the time of day in s since 1970. */
int64_t clock_now_us(void);
int64_t clock_unix_s(void);
/* The unit of times in /proc, USER_HZ: 100 on every architecture we build for
 * (time(7)); sysconf(3) would only hand out the same constant. */
#define CLOCK_TICKS_PER_S 100
/* CLOCK_BOOTTIME in the unit of starttime in /proc/PID/stat (proc(5)). */
uint64_t clock_boot_ticks(void);
/* now + span, DURATION_INF where it does not fit or span is DURATION_INF. */
int64_t deadline_after(int64_t now_ms, int64_t span_ms);
/* The smaller one, of deadlines or spans. */
int64_t earlier(int64_t a, int64_t b);

/* ---- events.c: the one place that sleeps ----------------------------- */

/*
 * Sleep until a signal is there (all must be blocked) or the deadline
 * (clock_now_ms; DURATION_INF for none) has passed. Returns the signal with
 * *info filled in, or 0 at the deadline. Should the kernel refuse to wait, it
 * reads what is pending by signalfd(2), or else sleeps a tenth of a second and
 * returns SIGCHLD, so that the caller looks at its children and goes on.
 * rt_sigtimedwait(2).
 */
int signal_wait(int64_t deadline_ms, siginfo_t *info);
/*
 * The same with descriptors: fds[0] belongs to this function (fds[0].fd is a
 * descriptor of signals_open, or -1 when that failed: then it polls ten times
 * a second). Returns the signal, or 0 at the deadline or when a descriptor of
 * fds[1..count-1] is ready (revents say which).
 */
int events_wait(struct pollfd *fds, unsigned count, int64_t deadline_ms,
	siginfo_t *info);
/* Take this signal if it is pending; it must be blocked. Does not wait. */
bool signal_take(int signal, siginfo_t *info);
/* Sleep, for a call that failed and is to be tried again; for what changes
 * without an event. */
void sleep_ms(int span_ms);
void sleep_us(int64_t span_us);
/* A signalfd(2) for every signal, close-on-exec, or -1 with errno. */
int signals_open(void);

/* ---- wstatus.c: wait status to exit status and words; pure ----------- */

/* WEXITSTATUS, or 128 + the signal that ended it. */
int wstatus_to_exit(int status);
/* "exited with status 3", "killed by SIGTERM". */
void text_wstatus(struct text *t, int status);

/* ---- reap.c: the one place that waits -------------------------------- */

struct reaped {
	pid_t pid;
	int status; /* wait(2) status: ended, stopped or continued */
};

/*
 * Take one child's change of state without blocking, of whatever kind of
 * child (__WALL). Returns 1 with *out; 0 when no child has news; -1 with errno
 * when there is no child at all (ECHILD), or both wait(2) and waitid(2) fail
 * again and again. A ptrace stop nobody here asked for (a child that called
 * PTRACE_TRACEME) is undone by PTRACE_DETACH, its signal passed on, and not
 * reported; a job-control stop is. waitpid(2), waitid(2), ptrace(2).
 */
int reap_next(struct reaped *out);

/* ---- descriptors.c --------------------------------------------------- */

/* Open /dev/null, where that exists, on whichever of 0, 1, 2 is closed, so
 * that no later descriptor lands there. */
void stdio_fill(void);
/* Close every descriptor from `first` on: close_range(2), else /proc/self/fd,
 * else one by one up to 65,535. */
void descriptors_close_from(int first);
/* Whether fd is a pipe or FIFO. */
bool descriptor_is_pipe(int fd);

/* ---- spawn.c: a child, and which step failed ------------------------- */

enum spawn_step {
	SPAWN_OK,
	SPAWN_PIPE,
	SPAWN_FORK,
	SPAWN_SESSION,
	SPAWN_PREPARE,
	SPAWN_EXEC
};

struct spawn_failure {
	enum spawn_step step;	  /* SPAWN_OK: nothing failed so far */
	int error;		  /* errno of that step */
	const char *what, *value; /* SPAWN_PREPARE: which step of the caller's;
				   * the child's memory is a copy of ours, so
				   * what it points to is there in ours, too */
	bool interpreter_missing; /* the file is there, what it names is not */
	int report_fd; /* the pipe, in the child of spawn_start: one that has
			* to wait for a user may close it and set it to -1, as
			* if the exec went well */
};

/*
 * What a caller does in its child before exec, with the mask of the plan set
 * already: *envp may be replaced. False with failure->error, what and value
 * when it did not work. Async-signal-safe calls only.
 */
typedef bool (*spawn_prepare)(
	const void *context, char ***envp, struct spawn_failure *failure);

struct spawn_plan {
	char **argv; /* NULL: the child ends with 0 when it is prepared */
	char **envp;
	const struct sigmask *mask; /* blocked in the child at exec */
	bool ignore_chld;   /* SIGCHLD was ignored when we were entered */
	bool own_session;   /* setsid(2) */
	bool take_terminal; /* stdin becomes its controlling terminal */
	bool own_group;	    /* setpgid(2), kept when it fails */
	bool foreground;    /* its group becomes stdin's foreground group */
	bool login;	    /* argv[0] has a dash in front of the file's name */
	/* spawn_start only: */
	spawn_prepare prepare; /* NULL: none */
	const void *context;
	int pass_fd, pass_as; /* this descriptor, 0 for none, as that one */
};

/*
 * Start a child with vfork(2): returns when it has become plan->argv or has
 * ended, so that *failure is final. A step that must work and fails ends the
 * child with the status of spawn_exit_status. Returns the child's PID, also
 * when it failed after the fork (it must be reaped then), or -1 when there is
 * no child. Every signal must be blocked.
 */
pid_t spawn_wait(const struct spawn_plan *plan, struct spawn_failure *failure);
/*
 * The same with fork(2), not waiting for exec: *report_fd becomes a
 * close-on-exec, non-blocking pipe that is closed at exec (end of file: it
 * went well) or brings a struct spawn_failure. The caller closes it.
 */
pid_t spawn_start(const struct spawn_plan *plan, int *report_fd,
	struct spawn_failure *failure);
/* fork(2) as the kernel has it, without libc's handlers, locks and list of
 * threads, of which there are none here. */
pid_t spawn_bare(void);
/* 127 not found, 126 found but not executable, 125 any other step, 0 none. */
int spawn_exit_status(const struct spawn_failure *failure);
/* One line that says what failed and why: "NAME: COMMAND: not found". */
void warn_spawn(const struct speaker *who, const char *command,
	const struct spawn_failure *failure);

/* ---- exec.c: async-signal-safe --------------------------------------- */

/*
 * Become `file`, looked for in envp's PATH unless it holds a slash; a file
 * without "#!" that the kernel does not know is run by /bin/sh. Returns only
 * when that failed: the errno value that says why. *interpreter_missing: a
 * file was there, but what its first line or ELF header names was not.
 */
int exec_command(
	char *file, char **argv, char **envp, bool *interpreter_missing);
/* The value of NAME in envp, or NULL. */
const char *environment_get(char **envp, const char *name);

/* ---- passwd.c: users and groups, from files only --------------------- */

struct account {
	uid_t uid;
	gid_t gid;
	char name[64], home[256], shell[128]; /* cut */
};

/*
 * Look a user or group up by name, else by number, in a file like passwd(5) or
 * group(5); NSS is not asked. 0; or -1 with errno, ENOENT when the file is
 * there but has no such line. Lines that are none are passed over.
 * Async-signal-safe.
 */
int passwd_find(const char *path, const char *user, struct account *out);
int group_find(const char *path, const char *group, gid_t *out);
/* The groups that have `user` as a member, at most max; returns how many, also
 * none where the file cannot be read. Async-signal-safe. */
unsigned group_list(
	const char *path, const char *user, gid_t *list, unsigned max);
/* Become a member of these groups, list[0] being the first; become a user.
 * 0, or -1 with errno. In a process with one thread. Async-signal-safe.
 * setgroups(2), setgid(2), setuid(2). */
int identity_set_groups(const gid_t *list, unsigned count);
int identity_set_user(uid_t uid);

/* ---- procfs.c: /proc readers ----------------------------------------- */

struct proc_stat {
	pid_t pid, ppid, pgrp, session;
	unsigned flags;	      /* PF_ flags of the kernel */
	int threads;	      /* live threads */
	uint64_t start_ticks; /* since boot: with pid, the process's identity */
	int exit_code; /* wait status of a zombie; 0 where not readable */
	char state;    /* R S D T t Z X I, see proc(5) */
	char comm[64]; /* program name, at most 63 bytes of it */
};

/* Whether a process of this state has ended: Z or X without live threads (a
 * dead leader with living threads reads Z and is not dead). */
bool proc_is_dead(const struct proc_stat *stat);
/*
 * Parse the text of /proc/PID/stat. The name may hold anything, also blanks,
 * parentheses and newlines: fields are counted from the last ")". 0, or -1
 * with EINVAL for text that is no such line. Pure.
 */
int proc_parse_stat(const char *line, size_t length, struct proc_stat *out);
/* In a folder that was copied from a /proc to be looked at elsewhere; beside it
 * lies what was recorded of /sys. */
#define PROC_RECORDED ".initbox-recorded"
/* Open /proc; the caller closes it. -1 with errno, ENODEV if what is mounted
 * there is not a proc file system. Where recorded is not NULL a recorded folder
 * is taken, too, and *recorded says so. */
int proc_open(const char *folder, bool *recorded);
/* Read PID's stat. 0, or -1 with errno: ENOENT or ESRCH mean it is gone. */
int proc_read_stat(int proc_fd, pid_t pid, struct proc_stat *out);
/* Three ways to ask, the fastest first; one that was refused some times, which
 * a security module may log, is not gone any more. Zero at first. */
struct proc_look {
	bool own_pids; /* the PIDs of this /proc are those of our namespace */
	unsigned refusals[2];
};
enum { PROC_NO_MEMORY, PROC_MEMORY, PROC_REFUSED };
/*
 * Whether PID has memory: PROC_NO_MEMORY for zombies, dead leaders and kernel
 * threads, which only stat can tell apart; this answer also says that we have
 * the right to read exit_code (ptrace(2), access). PROC_REFUSED: no memory, or
 * gone, or hidden. move_pages(2), else /proc/PID/exe, else statm.
 */
int proc_has_memory(struct proc_look *look, int proc_fd, pid_t pid);
/* The inode of PID's pid namespace; 0 where it is not for us to read. It can be
 * read of a zombie, and exactly where its exit_code can (ptrace(2), access). */
uint64_t proc_pid_namespace(int proc_fd, pid_t pid);
/* Where PID's program is, cut, as it is; its length, 0 (and a kernel's own task
 * or a zombie has none), or -1 with errno: then "". */
ssize_t proc_read_exe(int proc_fd, pid_t pid, char *buffer, size_t size);
/* PID's command line with blanks between the words, cut, as it is (not
 * escaped); the number of bytes, 0 if it has none, or -1 with errno. */
ssize_t proc_read_command(int proc_fd, pid_t pid, char *buffer, size_t size);
/*
 * Read PID's command line with blanks between the words, or its name in
 * brackets where it has none, escaped and cut, into t. Appends "?" when
 * neither can be read.
 */
void text_command(struct text *t, int proc_fd, pid_t pid);
/* PID's command line: words, each with its NUL, cut to size bytes. Returns
 * their length, 0 when there is nothing to read. */
size_t proc_read_words(int proc_fd, pid_t pid, char *buffer, size_t size);
/* What proc_pipe says of a descriptor that is no pipe. */
enum { PIPE_NONE, PIPE_UNKNOWN, PIPE_TERMINAL, PIPE_LAST = PIPE_TERMINAL };
/* Which pipe or FIFO PID's descriptor is: a number above PIPE_LAST, the same
 * for both ends. PIPE_UNKNOWN: we may not look (ptrace(2), access mode). */
uint64_t proc_pipe(int proc_fd, pid_t pid, int fd);
/* Step through the PIDs of /proc in ascending order. */
struct proc_list {
	int fd;
	int error; /* errno when the list could not be read to its end */
	int length, at;
	char buffer[4096] __attribute__((aligned(8)));
};
/* fd is a descriptor of proc_open, rewound here. */
void proc_list_begin(struct proc_list *list, int fd);
/* The next PID, or 0 at the end. */
pid_t proc_list_next(struct proc_list *list);

/* ---- procstatus.c: /proc/PID/status ---------------------------------- */

/* Those from STATUS_PENDING on are signal masks: signal N is bit N - 1. */
enum proc_status_field {
	STATUS_TRACER,
	STATUS_UID,
	STATUS_THREADS,
	STATUS_NS_PID, /* the PID in its own, innermost namespace */
	STATUS_PENDING,
	STATUS_SHARED_PENDING,
	STATUS_BLOCKED,
	STATUS_IGNORED,
	STATUS_CAUGHT,
	STATUS_FIELDS
};

struct proc_status {
	uint64_t field[STATUS_FIELDS];
};

/* Read PID's status. 0, or -1 with errno, EINVAL if it ends too early. A field
 * that is not there is 0. */
int proc_read_status(int proc_fd, pid_t pid, struct proc_status *out);
/* Take one line of such a file. Pure. */
void proc_status_line(const char *line, struct proc_status *out);

/* ---- lines.c: small files, and large ones by line -------------------- */

/* Read a file in one read(2), as those of /proc and /sys are made to be, at most
 * size - 1 bytes, and end it with a NUL. The number of bytes, or -1 with errno
 * and nothing in the buffer. */
ssize_t file_read(int folder_fd, const char *path, char *buffer, size_t size);

struct lines {
	int fd;
	int error; /* errno when a read failed, which ends them, too */
	size_t at, length;
	char buffer[4096];
};
/* Begin to read a file by lines; a FIFO has none. 0, or -1 with errno and
 * nothing to close. */
int lines_open(struct lines *l, int folder_fd, const char *path);
/* The next line, without its newline, until the next call; NULL at the end.
 * Lines of 4 KiB and more are left out, and so is a last one without newline. */
char *lines_next(struct lines *l);
void lines_close(struct lines *l);

/* ---- cgroup.c: whose process, by the path of its group; pure --------- */

struct cgroup_owner {
	char id[72];   /* the container's id or name, "" if there is none */
	char pod[40];  /* uid of its Kubernetes pod, or "" */
	char unit[64]; /* systemd unit, "" if there is none or a container */
};

/* What the runtimes write into a path: the innermost container counts. */
void cgroup_owner_of(const char *path, struct cgroup_owner *out);
/* The last part of the path as the container's name, for who knows that it is a
 * container's (runc makes such groups). */
void cgroup_name_of(const char *path, struct cgroup_owner *out);
/* The path in a line of /proc/PID/cgroup if it is that controller's ("" for
 * version 2's), else NULL. */
const char *cgroup_line_path(const char *line, const char *controller);

/* ---- cgroupfs.c: limits and states of control groups ----------------- */

enum cgroup_kind { CGROUP_PIDS, CGROUP_FREEZER, CGROUP_UNIFIED, CGROUP_KINDS };

#define CGROUP_PATH_BYTES 512
#define CGROUP_MOUNTS_MAX 12

/* Which part (root) of which hierarchy is mounted where (point). */
struct cgroup_mount {
	enum cgroup_kind kind;
	char root[CGROUP_PATH_BYTES], point[CGROUP_PATH_BYTES];
};
struct cgroup_mounts {
	unsigned count;
	int proc_fd;
	bool recorded; /* mount points are beside that /proc */
	struct cgroup_mount mount[CGROUP_MOUNTS_MAX];
};
/* The control groups that this process can see; none without mountinfo. */
void cgroup_mounts_read(struct cgroup_mounts *m, int proc_fd, bool recorded);

/* Where a process is in them, "" for nowhere, and whose it is by that. */
struct cgroup_paths {
	char path[CGROUP_KINDS][CGROUP_PATH_BYTES];
	struct cgroup_owner owner;
};
/* PID's, or with 0 our own; false when they cannot be read. */
bool cgroup_paths_read(struct cgroup_paths *p, int proc_fd, pid_t pid);

/* -1 where there is none, or it cannot be read. */
struct pids_usage {
	int64_t current, max, peak;
	int64_t refused;	      /* forks that failed at the limit */
	char path[CGROUP_PATH_BYTES]; /* whose limit; "": the kernel's */
};
/* How far processes are from a limit on their number: of their group, those
 * above it and the kernel, the one with the least room. */
void pids_read(const struct cgroup_mounts *m, const struct cgroup_paths *paths,
	struct pids_usage *out);
/* current / max in 1/10,000; -1 without a limit, -2 when nothing is known. */
int pids_basis_points(const struct pids_usage *p);
/* Whether the group is frozen (docker pause). */
bool cgroup_is_frozen(
	const struct cgroup_mounts *m, const struct cgroup_paths *paths);

/* ---- memory.c: arrays that grow; not for PID 1 ------------------------ */

struct array {
	void *items;
	size_t count, bytes;
};
/* Add an item (zero in fresh memory) and return it; NULL with errno. Items may
 * move. The size must be the same each time. mremap(2). */
void *array_room(struct array *a, size_t item_bytes);
/* Sort in place, without memory. */
void array_sort(const struct array *a, size_t item_bytes,
	bool (*before)(const void *a, const void *b));

/* ---- output.c: long texts, and files replaced whole ------------------ */

/* Append to .text; output_room makes room for 4 KiB more. */
struct output {
	int fd; /* -1: what does not fit is cut */
	int error;
	struct text text;
	char buffer[16384];
};
/* Text goes to fd, which stays the caller's. output_room writes it out when it
 * is nearly full. output_end writes the rest: 0, or -1 with the first error;
 * EFBIG: some text found no room and was cut. */
void output_begin(struct output *o, int fd);
void output_room(struct output *o);
int output_end(struct output *o);

/* A new content for a file, until it is in its place. */
struct replacement {
	int fd;
	char name[1024];
};
/*
 * Begin a new content for the file at path: a descriptor to write it to, also
 * in r->fd, or -1 with errno (ENOTSUP, EISDIR: there is something else than a
 * file). What is there stays until replace_end, which closes the descriptor and,
 * with keep, puts the content in its place, mode 0644. 0, or -1 with errno;
 * without keep errno stays.
 */
int replace_begin(struct replacement *r, const char *path);
int replace_end(const struct replacement *r, const char *path, bool keep);

/* ---- orphan.c: who adopts an orphan, and is it reaped? --------------- */

enum orphan_result {
	ORPHAN_FAILED, /* it could not be tried: .error says why */
	ORPHAN_OURS,   /* it came to ourselves: says nothing about others */
	ORPHAN_REAPED, /* after .took_us */
	ORPHAN_LEFT    /* not within the time */
};

struct orphan {
	enum orphan_result result;
	int error;
	pid_t pid, adopter;
	int64_t took_us;
};

/*
 * Make a process named `name` whose parent has ended, let it end, and see
 * whether its new parent waits for it within timeout_ms. Needs no /proc. If the
 * answer is no, that process stays as a zombie. Only for a caller without other
 * children, since it reaps. Blocks.
 */
void orphan_probe(const char *name, int64_t timeout_ms, struct orphan *out);

/* ---- family.c: every process that is ours, and who was told ---------- */

enum relation { REL_UNKNOWN, REL_FOREIGN, REL_OUTSIDE, REL_OURS };

/* One living process in a snapshot. */
struct member {
	pid_t pid, ppid, pgrp, session;
	uint64_t start_ticks;
	char state;
	unsigned char relation; /* enum relation */
	bool told;		/* has had a stop signal from us */
	bool held;		/* below a told process that still lives */
	bool reached;		/* by a signal that is on its way (shell.c) */
	bool asked;		/* in this search of pipeline.c */
	bool pipes_known; /* what its descriptors 0 to 2 are (proc_pipe) */
	uint64_t pipe[3];
};

/* A snapshot beyond this many processes of ours is cut; those left out come into
 * view as others end. */
#define FAMILY_MAX 32768
/* Power of two, twice FAMILY_MAX: open addressing stays short. */
#define TOLD_SLOTS 65536

/* A process that was told; pid 0 is a free slot. One that has this PID later
 * has started after at_ticks. A PID has at most 22 bits (PID_MAX_LIMIT in
 * linux/threads.h), and 40 bits of ticks last for 348 years. */
struct told_slot {
	uint64_t pid : 24, at_ticks : 40;
};

/*
 * The record of a parent of many: large, but untouched pages cost nothing, so
 * it lives in an applet's static state. `self` is our PID (1: the whole PID
 * namespace is ours).
 */
struct family {
	const struct speaker *who; /* says at -v who is told */
	pid_t self;
	unsigned count;
	bool readable; /* the last snapshot could be made */
	int error;     /* ... or errno, why not */
	unsigned told_count;
	bool told_blindly;	/* by kill(-1), without /proc */
	uint64_t request_ticks; /* clock_boot_ticks when the stop was asked
				 * for, 0: not yet */
	struct member members[FAMILY_MAX];
	struct told_slot told[TOLD_SLOTS];
};

/*
 * Look at /proc and fill members[] with every living process that is ours
 * (descends from self; self and the dead left out), or, where self is 1, was
 * entered from outside (REL_OUTSIDE: docker exec, PPid 0, and what is below).
 * Ascending PIDs. Returns their number; 0 with readable false and the error
 * when there is no usable /proc, or it lists processes and tells of none.
 */
unsigned family_look(struct family *f);
/* Whether somebody in the last snapshot has this parent. */
bool family_has_child(const struct family *f, pid_t pid);
/* The member of this PID in the last snapshot, or NULL. */
struct member *family_find(struct family *f, pid_t pid);
/*
 * Remember that the process that had this PID at that time (clock_boot_ticks or
 * its own start) was told, or ask it of one that started at start_ticks. A
 * record that is half full takes no more PIDs: who is told then may be told
 * again.
 */
void family_mark_told(struct family *f, pid_t pid, uint64_t at_ticks);
bool family_was_told(const struct family *f, pid_t pid, uint64_t start_ticks);
/* Mark a child of ours that was not reaped yet, so that its PID is its own. */
void family_mark_child_told(struct family *f, pid_t pid);
/*
 * Signal a member only if it still is the process that was seen: through a
 * pidfd, or where there is none (before Linux 5.3), after its start time was
 * read once more. 0, or -1 with errno (ESRCH: gone).
 */
int family_signal(const struct member *m, int signal);
/*
 * The same for a signal that is passed on, unless m's group is had_it (-1: no
 * group), which has had it already. With `stop` m counts as told from then on, is
 * continued if it is stopped, and -v says so; else -vv does.
 */
int family_send(struct family *f, const struct member *m, int signal, bool stop,
	pid_t had_it);
/* The line "PID (COMMAND)" of a member. */
void text_member(struct text *t, pid_t pid);

/* ---- role.c: what a process is, by its command line; pure ------------ */

enum role {
	ROLE_PROGRAM,
	ROLE_SHELL,  /* runs a script or a -c command */
	ROLE_WRAPPER /* su, timeout, tini and their like */
};

/* words: NUL-terminated each, length bytes in all; terminal: its stdin is one
 * (a shell without a script that reads from a terminal is a program). */
enum role role_of_words(const char *words, size_t length, bool terminal);
/* The role of a process; ROLE_PROGRAM where its command line cannot be read. */
enum role proc_role(int proc_fd, pid_t pid);

/* ---- shell.c: through shells to what they run ------------------------ */

/* A signal on its way through shells. */
struct shell_order {
	pid_t root; /* from this process on; 0: from whichever of our children
		     * nobody has told */
	int signal;
	bool again;   /* no root: who was told gets it, too */
	bool stop;    /* whoever gets it counts as told */
	pid_t had_it; /* this group has it already; or -1 */
};

/* Who gets it later. Beyond this many it is sent at once. */
#define LATER_MAX 2048
struct later {
	pid_t pid;
	enum role role;
	uint64_t start_ticks;
	struct shell_order order;
	int64_t made_ms, since_ms; /* since when it waits for nobody else */
	int64_t told_below_ms;	   /* when a child of it was told last */
	unsigned idle_looks;	   /* a shell: without a child */
	bool due;		   /* it is its turn */
	bool held, was_held;	   /* by the writer of the pipe it reads */
};

/* The list of those; static in the applet, made by shell_init. */
struct shell {
	const struct speaker *who;
	/* Send an order on its way. 0, or -1 with errno of the last failure;
	 * where /proc is missing f->readable is false, and nothing is done. */
	int (*send)(struct shell *sh, struct family *f,
		const struct shell_order *order);
	/* To be called at next_ms: tell whose turn it is now. */
	void (*pass)(struct shell *sh, struct family *f);
	/* Whether m waits for a stop signal. */
	bool (*waits)(struct shell *sh, const struct member *m);
	int64_t next_ms; /* DURATION_INF: nobody waits */
	int64_t pass_every_ms;
	unsigned count;
	struct later later[LATER_MAX];
};

/* Pointers to functions, so that an applet without it does not link it. */
void shell_init(struct shell *sh, const struct speaker *who);

/* The entry of m in the list, from the one numbered `first` on, or NULL. */
struct later *shell_find_later(
	struct shell *sh, unsigned first, const struct member *m);

/* ---- pipeline.c: whose last words the reader of a pipe waits for ------ */

/* A snapshot of the processes, and who of them is told later. */
struct look {
	struct shell *shell;
	struct family *family;
	int proc_fd; /* a /proc */
};

/*
 * Whether somebody writes to the pipe that m has as stdin who was told, or will
 * be: m should not be told before. With stop false whoever writes to it counts.
 * A circle of readers does not wait for itself. What cannot be seen in /proc
 * does not hold.
 */
bool pipeline_holds(const struct look *look, struct member *m, bool stop);
/* proc_pipe of a member's descriptor 0 to 2 at the first look at it. */
uint64_t pipe_of(const struct look *look, struct member *m, int fd);
/* How many bytes wait in the pipe that is PID's stdin; 0 if unknown. */
int proc_pipe_bytes(int proc_fd, pid_t pid);

/* ---- scope.c: who a signal goes to ----------------------------------- */

enum scope_kind {
	SCOPE_CHILD,
	SCOPE_GROUP,
	SCOPE_ALL,
	SCOPE_SESSION,
	SCOPE_SHELL
};

/* Behind the name of an OPTION_CHOICE. */
#define SCOPE_CHOICES "child\0group\0all\0session\0shell\0"

struct scope {
	enum scope_kind kind;
	pid_t main_pid;	     /* 0 when it has been reaped */
	pid_t group;	     /* the main child's own process group, 0 if ours */
	pid_t session;	     /* the main child's own session, 0 if ours */
	struct shell *shell; /* for SCOPE_SHELL */
	bool main_stopped;   /* a job-control stop was reported */
	struct family *family;
};

/*
 * Send `signal` to the scope; info is what we received (its sigqueue payload
 * is kept in scope child). had_it: who is in this group has had it already and is
 * left out; -1 for none. stop: it is a stop request; who
 * gets it is recorded as told, and continued if stopped.
 * Returns 0, or -1 with the errno of the last failure.
 */
int scope_send(struct scope *s, int signal, const siginfo_t *info, pid_t had_it,
	bool stop);

/* ---- install.c: links to this binary --------------------------------- */

struct install_plan {
	const struct speaker *who;
	const struct applet *applets;
	unsigned count;
	const char *folder; /* the root they go below */
	bool symbolic;	    /* symlinks in place of hard links */
	bool force;	    /* replace files that are not ours */
};

/* Make a link for each applet at folder/applet.folder/applet.name, the parent
 * made where missing. What is a link to this binary already stays. Each failure
 * is reported; returns how many there were. */
unsigned install_links(const struct install_plan *plan);

/* ---- tty.c: controlling terminal; every failure is ignored ----------- */

struct terminal {
	bool handed; /* the child has its own group and the foreground */
};

/* Decide whether the child gets its own group and the foreground: only if
 * stdin is our controlling terminal and we lead the session, or are alone in a
 * group that is in the foreground. */
void terminal_look(struct terminal *t);
/* Make `group` the foreground group of stdin. Async-signal-safe. */
void terminal_give(pid_t group);
/* The child has ended or stopped: if the foreground was handed to its group and
 * still is there, make it ours again, so that ^C reaches us and a shell above
 * finds what it left. A shell that has put us into the background keeps it. */
void terminal_take_back(const struct terminal *t, pid_t group);
/* As a session's leader give up the controlling terminal, so that a child can
 * take it for a session of its own; all signals must be blocked. */
void terminal_leave(void);
/* In a child whose session is its own by now: drop what it got while it still
 * was in the group of a parent that called terminal_leave: HUP and CONT, which
 * come together from there only. Async-signal-safe. */
void terminal_forget(void);
/* Make stdin our controlling terminal. Async-signal-safe. */
void terminal_take(void);
/* Whether our own group is in the foreground of stdin. */
bool terminal_is_ours(void);
/* Whether we lead a session, or are PID 1, whatever it leads. */
bool terminal_leads_session(void);
/* Whether we have a controlling terminal at all (opens /dev/tty). */
bool terminal_exists(void);

/* ---- guard.c: the life of one main child; pure ----------------------- */

/* grace_ms unless --grace says otherwise. */
#define GRACE_DEFAULT_MS 10000

struct guard_policy {
	int64_t grace_ms;      /* main ended by itself: TERM, then this, KILL */
	int64_t kill_after_ms; /* from the first stop request to KILL */
	bool end_with_main;    /* as tini: exit as soon as main has ended */
};

enum guard_phase {
	GUARD_RUN,	/* main runs, nobody asked to stop */
	GUARD_STOPPING, /* main runs, a stop was asked for */
	GUARD_DRAIN,	/* main has ended after a request: wait for all */
	GUARD_GRACE,	/* main has ended by itself: the rest has its grace */
	GUARD_KILL,	/* whoever is left is killed */
	GUARD_DONE
};

enum guard_event {
	GUARD_EV_STOP, /* a stop request was received */
	GUARD_EV_MAIN_ENDED,
	GUARD_EV_CHILD_ENDED,  /* some other child was reaped */
	GUARD_EV_NONE_LEFT,    /* main has ended and nobody is left */
	GUARD_EV_OUTSIDE_LEFT, /* the same, but docker exec has processes */
	GUARD_EV_STUCK,	       /* a kill pass found nobody whom it can kill */
	GUARD_EV_TIME	       /* guard_deadline has come */
};

/* What the caller is to do, in this order. */
enum guard_action {
	GUARD_DO_NOTHING = 0,
	GUARD_DO_TELL = 1,    /* a pass of drain_tell */
	GUARD_DO_NOTICE = 2,  /* say whom we wait for */
	GUARD_DO_KILL = 4,    /* a pass of drain_kill */
	GUARD_DO_GIVE_UP = 8, /* name who could not be killed */
	GUARD_DO_EXIT = 16
};

struct guard {
	struct guard_policy policy;
	enum guard_phase phase;
	int64_t kill_at, notice_at, outside_until; /* DURATION_INF: not set */
	int64_t pass_at;    /* the next pass of telling or killing */
	int64_t pass_every; /* grows while nothing happens */
	int64_t pass_gap;   /* at least this between two, so that a storm of
			     * ends does not make a storm of passes */
	unsigned kill_passes, stuck_passes;
};

void guard_init(struct guard *g, const struct guard_policy *policy);
/* Let the kill come at `at_ms`, unless an earlier one is set. */
void guard_kill_by(struct guard *g, int64_t at_ms);
/* The life's one transition function; returns a set of guard_action. */
unsigned guard_step(struct guard *g, enum guard_event event, int64_t now_ms);
/* When GUARD_EV_TIME is due, DURATION_INF for never. */
int64_t guard_deadline(const struct guard *g);
/* A pass of telling ended at now_ms and took so long. */
void guard_pass_took(struct guard *g, int64_t now_ms, int64_t took_ms);

/* ---- drain.c: the end of everybody else ------------------------------ */

/* A guard, the family it is about, and who speaks for them. */
struct drain {
	const struct speaker *who;
	struct guard guard;
	struct shell *shell; /* NULL, or those in its way are told by it */
	struct family family;
};

/* Zero it, but for who and the policy. */
void drain_init(struct drain *d, const struct speaker *who,
	const struct guard_policy *policy);
/*
 * Give the guard an event and do what it answers: pass by pass tell those who
 * are due, name whom we wait for, at last kill. Due is who was not told and has
 * no living parent but us (drain.c, is_due). Without /proc only kill(-1) is
 * left, and only as PID 1. GUARD_DO_EXIT shows in guard.phase.
 */
void drain_step(struct drain *d, enum guard_event event);
/* wait(2) has no child left: step GUARD_EV_NONE_LEFT, or as PID 1
 * GUARD_EV_OUTSIDE_LEFT as long as docker exec has processes here. */
void drain_none_left(struct drain *d);
/* Whether processes that were entered from outside are alive; where /proc does
 * not tell, whether anybody is. */
bool drain_outside_left(struct drain *d);
/* Tell those now of whom is_due says yes and who are due as well, or, before a
 * stop, whose parent is none of them and was not told either. */
void drain_tell_if(struct drain *d,
	bool (*is_due)(const void *context, const struct member *m),
	const void *context);

/* ---- hold.c: a stop request that waits ------------------------------- */

/* In the applet's plan; who, command and delay are set by the applet. */
struct hold {
	const struct speaker *who;
	char *command;	  /* for /bin/sh -c; NULL: none */
	int64_t delay_ms; /* 0: none */
	/* Begin to wait. False if there is nothing to wait for. */
	bool (*begin)(struct hold *h, const struct spawn_plan *surroundings);
	bool active;	  /* the request below waits */
	siginfo_t info;	  /* it, as it was received */
	int64_t until_ms; /* the delay is over */
	pid_t pid;	  /* the command, 0 when it has ended */
};

/* A pointer, so that an applet without it does not link it. */
void hold_init(struct hold *h, const struct speaker *who);

/* ---- supervise.c: the loop around a guard ---------------------------- */

/* What an applet decides. Pointers stay the caller's, until supervise ends. */
struct supervise_plan {
	const struct speaker *who;
	char **argv, **envp;
	const struct sigmask *mask;	    /* as we were entered */
	const struct sigmask *stop_signals; /* stop requests beside the usual */
	const struct code_set *expect;	    /* these exit statuses become 0 */
	const struct signal_map *map;	    /* NULL: none */
	struct guard_policy policy;
	enum scope_kind scope;
	struct shell *shell; /* needed for SCOPE_SHELL */
	struct hold *hold;   /* NULL: forward stop requests at once */
	bool suspend;	     /* TSTP, TTIN and TTOU are forwarded and stop us,
			      * as they do in a scope of SCOPE_SESSION */
	bool farewell;	     /* ends with main: SIGTERM to the scope then */
	int exec_failure;    /* status when exec fails; 0: 127 or 126 */
	int own_failure;     /* status of any other failure of ours */
	bool verbatim;	  /* as the peers: PWR and 37 are forwarded as they are,
			   * a missing interpreter is "not found" */
	bool say_adopted; /* a line for each adopted process reaped */
};

/* Its memory; static in the applet, zero at first. */
struct supervisor {
	struct sigmask watched; /* see forward_init */
	const struct supervise_plan *plan;
	struct scope scope;
	struct terminal terminal;
	int main_status; /* wait status, when scope.main_pid is 0 */
	bool main_ended; /* ... and the guard has not heard of it yet */
	bool none_left;	 /* wait(2) knows no child of ours */
	bool tstp_forwarded;
	bool stop_forwarded; /* a stop request */
	unsigned adopted;    /* reaped so far */
	struct drain drain;  /* last: its tables would part us by many pages */
};

/* What every supervisor does first: fill missing stdio, and unless it is PID 1
 * become a child subreaper (silently). */
void supervisor_setup(void);
/*
 * Run the command of the plan as reaper(8) says and return our exit
 * status. Every signal must be blocked already. Reports to stderr.
 */
int supervise(struct supervisor *s, const struct supervise_plan *plan);

/* ---- forward.c: what a received signal means ------------------------- */

/* Note which signals have to be looked at closer, once plan and scope are known. */
void forward_init(struct supervisor *s);
/* Forward it, keep it to ourselves, or begin a stop, as reaper(8) says. */
void forward_signal(struct supervisor *s, const siginfo_t *info);
/* When the stop request that was held back is to go on, DURATION_INF as long as
 * there is none or its command runs; and let it. */
int64_t forward_deadline(const struct supervisor *s);
void forward_held(struct supervisor *s);
/* A child of ours was reaped: it may be that command. */
void forward_child_ended(struct supervisor *s, pid_t pid);

/* ---- options.c: argv and INITBOX_* to values ------------------------- */

enum option_kind {
	OPTION_FLAG,	 /* bool */
	OPTION_COUNT,	 /* int, counted */
	OPTION_DURATION, /* int64_t, ms */
	OPTION_SIGNAL,	 /* int */
	OPTION_SIGNALS,	 /* struct sigmask, added to */
	OPTION_CODES,	 /* struct code_set, added to; 0 to 255 */
	OPTION_STRING,	 /* const char * */
	OPTION_STRINGS,	 /* struct string_list, added to */
	OPTION_CHOICE,	 /* int: index of the choice */
	OPTION_NUMBER,	 /* int64_t: 0 to 4,294,967,295 */
	OPTION_OPTIONAL, /* const char *, "" when given without a value, which
			  * only "=" or, of a letter, a digit begins */
	OPTION_HELP,
	OPTION_VERSION
};

struct code_set {
	uint32_t word[8];
};
bool code_set_has(const struct code_set *set, int code);

/* Where an option may be given. */
enum option_place { OPTION_ANYWHERE, OPTION_ARGV, OPTION_ENVIRONMENT };

/* 16 bytes: there are a hundred of them. */
struct option_spec {
	/* NULL: short form only. That of an OPTION_CHOICE has the choices
	 * behind it: "NAME\0A\0B\0". */
	const char *name;
	unsigned short offset; /* of the value in the values struct */
	char letter;	       /* 0: long form only */
	unsigned char kind;    /* enum option_kind */
	unsigned char place;   /* enum option_place */
};

/* One of a table whose values are a `type`; help and version have none. */
#define OPTION_SPEC(type, letter, name, kind, member, place)        \
	{                                                           \
		name, offsetof(type, member), letter, (kind), place \
	}
#define OPTION_SPEC_HELP(letter, name)                    \
	{                                                 \
		name, 0, letter, OPTION_HELP, OPTION_ARGV \
	}
#define OPTION_SPEC_VERSION(letter, name)                    \
	{                                                    \
		name, 0, letter, OPTION_VERSION, OPTION_ARGV \
	}

enum options_outcome { OPTIONS_OK, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_BAD };

struct options {
	const struct option_spec *specs;
	unsigned count;
	void *values;
	bool lenient; /* pass over what is no option and what is wrong */
	/* results */
	int next;	  /* index of the first word that is no option */
	bool dashes;	  /* ... and "--" stands before it */
	const char *what; /* OPTIONS_BAD: the word ... */
	const char *why;  /* ... and what is wrong with it */
	uint64_t in_argv; /* bit i: specs[i] was on the command line ... */
	uint64_t seen;	  /* ... or in the environment */
};

/*
 * Parse argv[1..]: long and short options, unabbreviated, values attached or
 * in the next word, stopping at the first other word and behind "--". Then
 * envp's INITBOX_SOME_NAME for options that argv did not give (boolean 1/0,
 * repeatable: comma list); every variable that names an option is taken out
 * of envp (NULL: no environment). Pure but for that.
 */
enum options_outcome options_parse(
	struct options *o, int argc, char **argv, char **envp);
/* ---- help.c ---------------------------------------------------------- */

/* Print a text, the help or a version line on stdout; 0, or 125 with a message
 * when stdout fails. */
int print_text(const struct applet *self, const char *text);
int print_help(const struct applet *self);
int print_version(const struct applet *self);
/* The usual end of the three outcomes that are not OK: prints help, version
 * or the usage error and returns the exit status (usage_status for BAD). */
int options_answer(const struct options *o, enum options_outcome outcome,
	const struct applet *self, int usage_status);

#endif
