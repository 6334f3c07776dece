/* SPDX-License-Identifier: MIT */
/*
 * reread.c - SIGHUP and init reload: the files again, while everything runs.
 *
 * A child reads them, since a file system may hang, and says what is wrong;
 * only a text that is good all over is taken over. There are two tables: as
 * long as an entry that was removed or changed still runs by the other one,
 * the reading has to wait.
 */
#include "init.h"
#include <fcntl.h>
#include <unistd.h>

/* In the child: read, hand the texts over, look whether they are good, and hand
 * over whom that leaves out. */
static bool read_and_check(
	const void *context, char ***envp, struct spawn_failure *failure)
{
	struct life *l = (struct life *)(uintptr_t)context;
	struct source *source = &l->sources[!l->current];
	struct inittab *t = &l->tables[!l->current];
	const struct origin *o = l->plan->origin;
	unsigned char left_out[LEFT_OUT_BYTES] = { 0 };

	(void)envp;
	failure->what = "files";
	failure->value = "not good";
	if (!source_read(o, source) ||
		write_all(STDERR_FILENO + 1, (const char *)source,
			offsetof(struct source, text) + source->used) < 0)
		return false;
	source_parse(o, source, t);
	if (!source_check(o, t))
		return false;
	for (unsigned i = 0; i < t->count; i++)
		left_out[i / 8] |= t->entries[i].left_out << i % 8;
	return write_all(STDERR_FILENO + 1, (const char *)left_out,
		       sizeof(left_out)) == 0;
}

/* All that the child hands over. */
static bool is_whole(const struct life *l)
{
	const struct source *source = &l->sources[!l->current];
	size_t header = offsetof(struct source, text);

	return l->reader_got >= header &&
	       l->reader_got == header + source->used + LEFT_OUT_BYTES;
}

/* Make the table of what was read. */
static void parse_again(struct life *l)
{
	struct source *source = &l->sources[!l->current];
	struct inittab *t = &l->tables[!l->current];
	unsigned char left_out[LEFT_OUT_BYTES];

	/* behind the files' texts, where parsing puts those of -e */
	memcpy(left_out, source->text + source->used, sizeof(left_out));
	source_parse(l->plan->origin, source, t);
	for (unsigned i = 0; i < t->count; i++)
		t->entries[i].left_out |= left_out[i / 8] >> i % 8 & 1;
}

static bool is_in(const struct inittab *t, const struct entry *e)
{
	return e >= t->entries && e < t->entries + ENTRIES_MAX;
}

/* Somebody runs by the table that is to be overwritten. */
static bool other_table_is_needed(const struct life *l)
{
	for (unsigned i = 0; i < l->services.count; i++)
		if (is_in(&l->tables[!l->current], l->services.item[i].entry))
			return true;
	return false;
}

static bool start_reader(struct life *l, int *report)
{
	struct spawn_failure failure;
	int ends[2];
	struct spawn_plan plan = {
		.envp = l->plan->envp,
		.mask = l->plan->mask,
		.own_session = true,
		.prepare = read_and_check,
		.context = l,
		.pass_as = STDERR_FILENO + 1,
	};

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	plan.pass_fd = ends[1];
	l->reader = spawn_start(&plan, report, &failure);
	close(ends[1]);
	if (l->reader > 0) {
		l->reader_fd = ends[0];
		return true;
	}
	l->reader = 0;
	close(ends[0]);
	return false;
}

static void begin_to_read(struct life *l)
{
	int report;

	if (l->reader != 0 || other_table_is_needed(l))
		return;
	l->reread_wanted = false;
	l->reader_got = 0;
	l->reread_failed = !start_reader(l, &report);
	if (l->reread_failed) {
		warn_errno(l->plan->who, errno, "cannot read the files again");
		return;
	}
	close(report); /* its exit status says all */
	l->none_left = false;
}

const char *reread_begin(struct life *l)
{
	if (l->phase != PHASE_RUN)
		return "the files are not read again during start and stop";
	l->reread_wanted = l->changed = true;
	return NULL;
}

bool reread_done(const struct life *l)
{
	return !l->reread_wanted && l->reader == 0 && !l->reread_due;
}

void reread_more(struct life *l, void *unused)
{
	char *at = (char *)&l->sources[!l->current];
	ssize_t n = 1;

	(void)unused;
	while (l->reader_fd >= 0 && n > 0) {
		n = read(l->reader_fd, at + l->reader_got,
			sizeof(struct source) - l->reader_got);
		if (n > 0)
			l->reader_got += (unsigned)n;
	}
	if (n == 0) {
		close(l->reader_fd);
		l->reader_fd = -1;
	}
}

void reread_ended(struct life *l, int status)
{
	l->reader = 0;
	reread_more(l, NULL);
	if (l->reader_fd >= 0)
		close(l->reader_fd);
	l->reader_fd = -1;
	l->changed = true;
	if (status != 0 || !is_whole(l)) {
		warn(l->plan->who, "the files have errors: nothing is changed");
		l->reread_failed = true;
		return;
	}
	l->reread_due = true;
}

/* ---- from one table to the next --------------------------------------- */

static bool is_same(const struct entry *a, const struct entry *b)
{
	return a->hash == b->hash && a->left_out == b->left_out &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->command, b->command) == 0;
}

/* The old service that entry e goes on as: the same line, else the same name.
 * One that was taken already has no entry. */
static struct service *find_old(
	struct services *old, const struct entry *e, bool by_name)
{
	for (unsigned i = 0; i < old->count; i++) {
		struct service *s = &old->item[i];
		const struct entry *was;

		if (!s->entry)
			continue;
		was = s->next ? s->next : s->entry;
		if (by_name ? strcmp(was->name, e->name) == 0 : is_same(was, e))
			return s;
	}
	return NULL;
}

/* s goes on as entry e. A changed one that runs keeps its old entry until its
 * restart: that says how to stop it. */
static void go_on(struct life *l, struct service *s, const struct entry *e)
{
	bool same = is_same(s->next ? s->next : s->entry, e);
	bool kept = action_is_kept(e->action);

	if (!same)
		note(l->plan->who, 1, "%s: has changed", e->name);
	if (!same && e->left_out && s->pid == 0 && s->hook == 0) {
		service_init(s, e, clock_now_ms());
		return;
	}
	if (same || !kept || (s->pid == 0 && s->hook == 0))
		s->entry = e;
	s->next = s->entry == e ? NULL : e;
	if (same || !kept || s->state == SERVICE_NEW ||
		s->state == SERVICE_STOPPED)
		return;
	if (e->left_out)
		launch_step(l, s, SERVICE_EV_DOWN);
	else if (s->pid == 0 && s->hook == 0)
		service_renew(s, clock_now_ms()); /* in its turn */
	else if (s->goal != GOAL_DOWN) /* else somebody has just stopped it */
		launch_step(l, s, SERVICE_EV_AGAIN);
}

/* New one-shots are not run any more, and hold nobody up. */
static void begin_new(struct life *l, struct service *s, const struct entry *e)
{
	service_init(s, e, clock_now_ms());
	if (action_is_kept(e->action) || action_is_occasion(e->action))
		return;
	s->state = SERVICE_ENDED;
	s->ready = true;
	warn(l->plan->who, "%s: is new, and not run before the next start",
		e->name);
}

/* Put the services of the new table in its order; the old ones are in spare. */
static void match(struct life *l, const struct inittab *t, bool by_name)
{
	for (unsigned i = 0; i < t->count; i++) {
		struct service *s = &l->services.item[i];
		struct service *was;

		if (s->entry)
			continue; /* found in the round before */
		was = find_old(&l->spare, &t->entries[i], by_name);
		if (!was)
			continue;
		*s = *was;
		was->entry = NULL;
	}
}

/* Those that no line names any more come last, until they have ended. */
static void keep_removed(struct life *l)
{
	for (unsigned i = 0; i < l->spare.count; i++) {
		struct service *s = &l->spare.item[i];

		if (!s->entry || s->state == SERVICE_NEW ||
			s->state >= SERVICE_STOPPED)
			continue;
		note(l->plan->who, 1, "%s: is removed", s->entry->name);
		l->services.item[l->services.count++] = *s;
		launch_step(l, &l->services.item[l->services.count - 1],
			SERVICE_EV_DOWN);
	}
}

static void take_over(struct life *l)
{
	const struct inittab *t = life_table(l);

	memcpy(l->spare.item, l->services.item,
		l->services.count * sizeof(l->services.item[0]));
	l->spare.count = l->services.count;
	for (unsigned i = 0; i < t->count; i++)
		l->services.item[i].entry = NULL;
	l->services.count = t->count;
	match(l, t, false);
	match(l, t, true);
	for (unsigned i = 0; i < t->count; i++) {
		struct service *s = &l->services.item[i];

		if (s->entry)
			go_on(l, s, &t->entries[i]);
		else
			begin_new(l, s, &t->entries[i]);
	}
	keep_removed(l);
}

/* Removed services leave the list when they and all they left have ended. */
static void forget_ended(struct life *l)
{
	unsigned kept = life_table(l)->count;

	for (unsigned i = kept; i < l->services.count; i++)
		if (!service_is_down(&l->services.item[i]) ||
			l->services.item[i].remains)
			l->services.item[kept++] = l->services.item[i];
	l->services.count = kept;
}

void reread_apply(struct life *l)
{
	forget_ended(l);
	if (!l->reread_due && l->reread_wanted)
		begin_to_read(l);
	if (!l->reread_due)
		return;
	l->reread_due = false;
	parse_again(l); /* the child has looked whether it is good */
	l->current = !l->current;
	take_over(l);
	order_update(&l->services, life_table(l));
	note(l->plan->who, 1, "read the files again");
}
