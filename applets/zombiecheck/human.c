/* SPDX-License-Identifier: MIT */
/*
 * human.c - the report for people: 80 columns, a line a parent, then what is
 * the matter with each.
 */
#include "zombiecheck.h"

#define COLUMN_STATE	 8
#define COLUMN_COMMAND	 15
#define COLUMN_ZOMBIES	 41 /* its last digit stands before it */
#define COLUMN_CAUSE	 43
#define COLUMN_CONTAINER 58
#define COMMAND_WIDTH	 19
#define CONTAINER_WIDTH	 22
#define ID_WIDTH	 12 /* as docker shows them */
#define NAMES_DEFAULT	 3

/* A word in the colour of its meaning: 0 green, 1 yellow, 2 red. */
static void text_colored(
	struct text *t, const struct check *c, const char *word, int level)
{
	static const char codes[][6] = { "\033[32m", "\033[33m", "\033[31m" };

	if (!c->set->colored) {
		text_raw(t, word);
		return;
	}
	for (unsigned i = 0; i < 5; i++)
		text_char(t, codes[level][i]);
	text_raw(t, word);
	text_raw(t, "\033[0m");
}

/* At most `width` bytes of s, control bytes escaped; how many of them take no
 * column: the later ones of a character. */
static size_t text_cut(struct text *t, const char *s, size_t width)
{
	char buffer[COMMAND_WIDTH + CONTAINER_WIDTH];
	struct text cut = { .at = buffer, .size = width + 1 };

	size_t more = 0;

	text_escaped(&cut, s);
	text_raw(t, buffer);
	for (s = buffer; *s; s++)
		more += (*s & 0xc0) == 0x80;
	return more;
}

/* Append the number so that its last digit stands before `column`, counted
 * from where the line begins. */
static void text_right(struct text *t, size_t line, int64_t n, size_t column)
{
	char digits[24];
	struct text number = TEXT_ON(digits);

	text_decimal(&number, n);
	if (number.used < column)
		text_pad(t, line + column - number.used);
	text_raw(t, digits);
}

static const char *name_of(const struct parent *p)
{
	return p->pid == 0	 ? "(outside)"
	       : p->state == '?' ? "(hidden)"
	       : p->command[0]	 ? p->command
				 : p->comm;
}

static void print_row(struct text *t, const struct parent *p)
{
	const struct cgroup_owner *owner = &p->owner;
	size_t line = t->used;

	text_right(t, line, p->pid, strlen("PARENT"));
	text_pad(t, line + COLUMN_STATE);
	text_char(t, p->state);
	text_pad(t, line + COLUMN_COMMAND);
	line += text_cut(t, name_of(p), COMMAND_WIDTH);
	text_right(t, line, (int64_t)p->count, COLUMN_ZOMBIES);
	text_pad(t, line + COLUMN_CAUSE);
	text_raw(t, cause_name(p->cause));
	text_raw(t, "  ");
	text_pad(t, line + COLUMN_CONTAINER);
	if (owner->id[0])
		text_cut(t, owner->id,
			strlen(owner->id) == 64 ? ID_WIDTH
						: CONTAINER_WIDTH - 6);
	else
		text_cut(t, owner->unit[0] ? owner->unit : "-",
			CONTAINER_WIDTH - 6);
	text_char(t, '\n');
}

/* " (exit 3)", " (SIGKILL)", " (exit ?)" if all of them say so; nothing for
 * the ordinary end with 0. */
static void text_ends(struct text *t, const struct zombie *z, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (z[i].exit_code != z->exit_code ||
			z[i].exit_known != z->exit_known)
			return;
	if (!z->exit_known) {
		text_raw(t, " (exit ?)");
	} else if (z->exit_code & 0x7f) {
		text_raw(t, " (");
		text_signal(t, z->exit_code & 0x7f);
		text_char(t, ')');
	} else if (z->exit_code) {
		text_format(t, " (exit %d)", z->exit_code >> 8);
	}
}

/* The number of zombies from z on that have the same name. */
static size_t same_name(const struct zombie *z, size_t count)
{
	size_t n = 1;

	while (n < count && strcmp(z[n].comm, z->comm) == 0)
		n++;
	return n;
}

/* "chrome x4, sh x2": the most frequent names first; equal ones by name. */
static void print_names(
	struct output *o, const struct zombie *z, size_t count, int64_t limit)
{
	struct text *t = &o->text;
	size_t below = SIZE_MAX, after = 0;

	for (int64_t shown = 0;; shown++) {
		size_t best = 0, best_at = 0;

		output_room(o);
		for (size_t i = 0, n; i < count; i += n) {
			n = same_name(z + i, count - i);
			if (n > best &&
				(n < below || (n == below && i > after))) {
				best = n;
				best_at = i;
			}
		}
		if (best == 0)
			return;
		text_raw(t, shown ? ", " : "");
		if (shown == limit) {
			text_raw(t, "...");
			return;
		}
		text_escaped(t, z[best_at].comm);
		text_format(t, " x%d", (int)best);
		text_ends(t, z + best_at, best);
		below = best;
		after = best_at;
	}
}

/* "oldest <= 2h14m", or how long it is known to be there. */
static void text_oldest(struct text *t, const struct check *c,
	const struct zombie *z, size_t count)
{
	int64_t oldest = -1;
	bool bound = false;

	for (size_t i = 0; i < count; i++) {
		bool b;
		int64_t age = zombie_age_s(c, &z[i], &b);

		if (age > oldest) {
			oldest = age;
			bound = b;
		}
	}
	text_raw(t, bound ? "oldest <= " : "oldest seen for ");
	text_span(t, oldest);
}

static void print_zombie(
	struct text *t, const struct check *c, const struct zombie *z)
{
	bool bound;
	int64_t age = zombie_age_s(c, z, &bound);

	text_format(t, "  %d %s (uid ", z->pid, z->comm);
	if (z->uid < 0)
		text_char(t, '?');
	else
		text_decimal(t, z->uid);
	text_format(t, ")  %s ", bound ? "<=" : "seen for");
	text_span(t, age);
	text_ends(t, z, 1);
	if (z->tracer > 0)
		text_format(t, "  traced by %d", z->tracer);
	text_char(t, '\n');
}

/* Advice names the parent as it is: JSON escapes in its own way. */
static void text_fix(
	struct text *t, const struct check *c, const struct parent *p)
{
	char buffer[ADVICE_BYTES];
	struct text advice = TEXT_ON(buffer);

	advice_of(c, p, &advice);
	text_escaped(t, buffer);
}

static void print_details(
	struct output *o, const struct check *c, const struct parent *p)
{
	const struct zombie *z = zombie_at(c, p->first);
	struct text *t = &o->text;
	size_t shown = c->set->limit >= 0 ? (size_t)c->set->limit : SIZE_MAX;

	text_format(t, "%d %s: ", p->pid, name_of(p));
	text_matter(t, told_cause(p));
	text_raw(t, "\n  names: ");
	print_names(o, z, p->count,
		c->set->limit >= 0 ? c->set->limit : NAMES_DEFAULT);
	text_raw(t, "  ");
	text_oldest(t, c, z, p->count);
	if (p->cause == CAUSE_INIT_ADOPTED && z->session != p->session)
		text_raw(t, "  session: exec, health check, setsid?");
	text_raw(t, "\n  fix: ");
	text_fix(t, c, p);
	text_char(t, '\n');
	for (size_t i = 0; c->set->list && i < p->count && i < shown; i++) {
		print_zombie(t, c, &z[i]);
		output_room(o);
	}
}

static void print_pids(struct text *t, const struct check *c)
{
	const struct pids_usage *p = worst_pids(c);
	static const char *const words[] = { "WARNING", "CRITICAL" };
	int level = pids_level(c, p);

	/* The kernel's own limit, far away, is no news. */
	if (p->max < 0 || (!p->path[0] && level == 0))
		return;
	text_raw(t, "pids");
	text_pids_owner(t, c, p);
	text_format(t, ": %lld of %lld used (%d%%)", (long long)p->current,
		(long long)p->max, pids_percent(p));
	if (c->zombie_count > 0 && p->path[0] && !c->filtered)
		text_format(
			t, ", %lld by zombies", (long long)zombies_in(c, p));
	if (p->refused > 0) {
		text_raw(t, "; ");
		text_count(t, p->refused, "fork refused", "forks refused");
	}
	if (level > 0) {
		text_raw(t, "   ");
		text_colored(t, c, words[level - 1], level);
	}
	text_char(t, '\n');
}

static void print_notes(struct text *t, const struct check *c)
{
	const struct scan *scan = &c->scan;

	if (scan->dead_leaders > 0) {
		text_raw(t, "note: ");
		text_count(t, scan->dead_leaders,
			"process looks defunct but has live threads: ",
			"processes look defunct but have live threads: ");
		text_format(t, "%d %s (%d threads)%s\n", scan->leader.pid,
			scan->leader.comm, scan->leader.threads,
			scan->dead_leaders > 1 ? ", ..." : "");
	}
	if (c->proc_fd >= 0 && !c->own_pids && !c->recorded)
		text_raw(t, "note: this /proc is another PID namespace's: its "
			    "PIDs, not ours\n");
	if (scan->init_hidden)
		text_raw(t, "note: PID 1 is hidden (hidepid): others may be, "
			    "too; counts are a minimum\n");
	if (scan->unreadable > 0) {
		text_raw(t, "note: ");
		text_count(t, scan->unreadable, "process", "processes");
		text_raw(t, " unreadable (hidepid or permissions): counts are "
			    "a minimum\n");
	}
}

/* "pid namespace 4026532181" */
static void text_namespace(struct text *t, const struct check *c)
{
	text_raw(t, "pid namespace ");
	if (c->namespace)
		text_decimal(t, (int64_t)c->namespace);
	else
		text_char(t, '?');
}

static void print_scan(struct output *o, const struct check *c)
{
	struct text *t = &o->text;

	if (c->zombie_count == 0) {
		text_raw(t, "no zombies (");
		text_count(t, c->scan.processes, "process", "processes");
		text_raw(t, ", ");
		text_namespace(t, c);
		text_raw(t, ")\n");
	} else {
		text_summary(t, c);
		text_raw(t, " (");
		text_namespace(t, c);
		text_raw(t, ", scanned ");
		text_count(t, c->scan.processes, "process", "processes");
		text_raw(t, ")\n\nPARENT  STATE  COMMAND            ZOMBIES  "
			    "CAUSE          CONTAINER\n");
	}
	for (size_t i = 0; i < c->parents.count; i++) {
		print_row(t, parent_at(c, i));
		output_room(o);
	}
	text_raw(t, c->parents.count ? "\n" : "");
	for (size_t i = 0; i < c->parents.count; i++) {
		print_details(o, c, parent_at(c, i));
		output_room(o);
	}
	if (c->zombie_count > 0 || pids_level(c, worst_pids(c)) > 0)
		print_pids(t, c);
	print_notes(t, c);
}

/* What helps follows from what failed; an init is the cure of a PID 1 only. */
static void print_cure(struct text *t, const struct audit *a)
{
	const struct finding *part = a->part;
	const char *before = "  ";

	if (a->init && part[AUDIT_STOP].verdict != VERDICT_FAIL &&
		a->doubtful) {
		text_raw(t, before);
		text_advice(t, CAUSE_INIT_SAME_SESSION, NULL);
		before = " ";
	} else if (a->init &&
		   (part[AUDIT_STOP].verdict == VERDICT_FAIL ||
			   part[AUDIT_REAPING].verdict == VERDICT_FAIL)) {
		text_raw(t, "  put an init at PID 1");
		before = "; ";
	}
	if (part[AUDIT_PIDS].verdict == VERDICT_FAIL) {
		text_raw(t, before);
		text_raw(t, "raise the pids limit, or find what leaks");
	}
}

static void print_audit(struct text *t, const struct check *c)
{
	const struct audit *a = c->audit;
	static const int levels[] = { 0, 1, 1, 2 };

	text_format(t, "PID %d: %s (uid %u)\n", a->pid,
		a->command[0] ? a->command : a->comm, a->uid);
	for (unsigned i = 0; i < AUDIT_PARTS; i++) {
		const char *word = verdict_name(a->part[i].verdict);
		size_t line = t->used;

		text_raw(t, "  ");
		text_audit_part(t, a, i);
		text_char(t, ' '); /* behind SIGRTMIN+3, too */
		text_pad(t, line + 11);
		text_colored(t, c, word, levels[a->part[i].verdict]);
		text_pad(t, t->used + 9 - strlen(word));
		text_raw(t, a->part[i].why);
		text_char(t, '\n');
	}
	text_raw(t, "verdict: ");
	text_colored(t, c, verdict_name(a->verdict), levels[a->verdict]);
	print_cure(t, a);
	text_char(t, '\n');
}

void human_print(struct output *o, const struct check *c)
{
	if (c->audit) {
		print_audit(&o->text, c);
	} else if (c->probe) {
		text_probe(&o->text, c);
		text_char(&o->text, '\n');
	} else {
		print_scan(o, c);
		return;
	}
	print_notes(&o->text, c);
}
