/* SPDX-License-Identifier: MIT */
/*
 * cause.c - from facts to the cause and the cure. Pure.
 */
#include "zombiecheck.h"

#define PF_EXITING 0x4 /* linux/sched.h; in the flags of stat */

static bool has_signal(
	const struct facts *f, enum proc_status_field field, int signal)
{
	return f->status.field[field] >> (signal - 1) & 1;
}

static bool is_stuck(const struct facts *f)
{
	return has_signal(f, STATUS_BLOCKED, SIGCHLD) &&
	       (has_signal(f, STATUS_PENDING, SIGCHLD) ||
		       has_signal(f, STATUS_SHARED_PENDING, SIGCHLD));
}

/* The processes that containers are children of. */
static bool is_runtime(const char *comm)
{
	return word_index("conmon\0dockerd\0runc\0crun\0kubelet\0", comm) >=
		       0 ||
	       behind("containerd-shim", comm);
}

/* A zombie in another session than init was started by docker exec, a health
 * check, or made a session of its own: most likely init is not the one who
 * started it. In the same one it may be init's own child, or not. */
static enum cause cause_below_init(const struct facts *f)
{
	return f->session != f->parent.session || f->pgrp != f->parent.pgrp
		       ? CAUSE_INIT_ADOPTED
		       : CAUSE_INIT_SAME_SESSION;
}

/* A child has its parent's session, or by setsid(2) one of its own, as Python's
 * start_new_session gives it: in somebody else's it had another parent. One that
 * began outside of the namespace (0) may be PID 1's before it made its own. */
bool is_orphan(const struct zombie *z, pid_t parent_session)
{
	return z->session != parent_session && z->session != z->pid &&
	       z->session != 0;
}

enum cause cause_in_parent(const struct facts *f)
{
	if (f->parent.state == '\0')
		return CAUSE_UNKNOWN;
	if (f->parent.state == 'T' || f->parent.state == 't')
		return CAUSE_PARENT_STOPPED;
	if (f->parent.state == 'D')
		return CAUSE_PARENT_BLOCKED;
	if (f->parent.state == 'Z')
		return CAUSE_PARENT_LEADER_DEAD;
	/* An init waits in exit for all of its namespace. */
	if (f->parent.flags & PF_EXITING && f->status.field[STATUS_NS_PID] == 1)
		return CAUSE_NS_EXITING;
	if (is_stuck(f))
		return CAUSE_SIGCHLD_STUCK;
	if (is_runtime(f->parent.comm))
		return CAUSE_RUNTIME;
	if (f->status.field[STATUS_NS_PID] == 1)
		return cause_below_init(f);
	if (has_signal(f, STATUS_IGNORED, SIGCHLD))
		return CAUSE_IGNORE_LATE;
	return CAUSE_NO_WAIT;
}

enum cause cause_of(const struct facts *f)
{
	if (f->threads > 1)
		return CAUSE_THREADS_ALIVE;
	if (f->tracer != 0 && f->tracer != f->ppid)
		return f->tracer > 0 ? CAUSE_TRACED : CAUSE_UNKNOWN;
	if (f->ppid == 0)
		return CAUSE_OUTSIDE;
	if (f->frozen)
		return CAUSE_FROZEN;
	return cause_in_parent(f);
}

/* In advice $n is the parent's name, $p its PID, $o the other's PID. */
struct cause_text {
	const char *name; /* behind it what is the matter */
	const char *advice;
};

static const struct cause_text texts[CAUSES] = {
	[CAUSE_THREADS_ALIVE] = { "threads-alive\0has live threads", "" },
	[CAUSE_TRACED] = { "traced\0cannot reap what is traced",
		"detach tracer $o: only it can let the zombie go" },
	[CAUSE_OUTSIDE] = { "outside\0the container's runtime does not reap",
		"container runtime bug or hung shim: look on the host" },
	[CAUSE_FROZEN] = { "frozen\0is frozen", "unpause the container" },
	[CAUSE_PARENT_STOPPED] = { "parent-stopped\0is stopped",
		"kill -CONT $p (if a debugger stopped it: detach that)" },
	[CAUSE_PARENT_BLOCKED] = { "parent-blocked\0hangs in the kernel (state "
				   "D)",
		"unblock $p (vfork, storage, NFS or GPU); an init at PID 1 "
		"will not help" },
	[CAUSE_PARENT_LEADER_DEAD] = { "parent-leader-dead\0its main thread "
				       "has ended, others run on",
		"bug in $n; an init at PID 1 will not help. Gone when $p "
		"exits." },
	[CAUSE_NS_EXITING] = { "ns-exiting\0is ending and waits for who cannot "
			       "end",
		"container already dying; unblock $o (D: storage, NFS, GPU; "
		"or traced)" },
	[CAUSE_SIGCHLD_STUCK] = { "sigchld-stuck\0blocks SIGCHLD and does not "
				  "look at it",
		"bug in $n; an init at PID 1 will not help. Gone when $p "
		"exits." },
	[CAUSE_RUNTIME] = { "runtime\0the runtime does not reap",
		"container runtime bug or hung shim: look at $p on the host" },
	[CAUSE_INIT_ADOPTED] = { "init-adopted\0adopts orphans and does not "
				 "reap them",
		"put an init at PID 1 (docker run --init, or ENTRYPOINT "
		"initbox init --)" },
	[CAUSE_INIT_SAME_SESSION] = { "init-same-session\0does not reap; "
				      "orphans or own children",
		"zombiecheck --probe in the container tells. An init helps "
		"with orphans only." },
	[CAUSE_IGNORE_LATE] = { "ignore-late\0ignores SIGCHLD, but did so too "
				"late",
		"bug in $n; an init at PID 1 will not help. Gone when $p "
		"exits." },
	[CAUSE_UNKNOWN] = { "unknown\0is hidden from us",
		"run zombiecheck as root or as the user of $p" },
	[CAUSE_NO_WAIT] = { "no-wait\0does not wait for its own children",
		"bug in $n; an init at PID 1 will not help. Gone when $p "
		"exits." },
};

const char *cause_name(enum cause cause)
{
	return texts[cause].name;
}

void text_matter(struct text *t, enum cause cause)
{
	text_raw(t, word_at(texts[cause].name, 1));
}

static void text_other(struct text *t, pid_t pid)
{
	if (pid)
		text_decimal(t, pid);
	else
		text_raw(t, "who is left in it");
}

void text_advice(
	struct text *t, enum cause cause, const struct advice_context *context)
{
	const char *at = texts[cause].advice;

	if (cause == CAUSE_INIT_ADOPTED && context->kubernetes)
		at = "put an init at PID 1 (ENTRYPOINT initbox init --, or "
		     "shareProcessNamespace)";
	for (; *at; at++) {
		if (*at != '$')
			text_char(t, *at);
		else if (*++at == 'n')
			text_raw(t, context->parent_name);
		else if (*at == 'p')
			text_decimal(t, context->parent);
		else
			text_other(t, context->other);
	}
}
