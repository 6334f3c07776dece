/* SPDX-License-Identifier: MIT */
/*
 * source.c - where entries come from: files, -e, BusyBox's defaults; and what
 * is said about them.
 */
#include "init.h"
#include <fcntl.h>
#include <unistd.h>

/* Read a whole file behind what is there already; NULL, or why not. */
static const char *read_file(
	struct source *source, const char *path, unsigned *length, int *error)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned room = INITTAB_BYTES_MAX - source->used;
	ssize_t n = 0;

	*length = 0;
	*error = errno;
	if (fd < 0)
		return "cannot open";
	/* A FIFO without a writer is empty; where there is one we wait for it,
	 * as in "-f <(generate)". */
	fcntl(fd, F_SETFL, 0);
	while (*length < room &&
		(n = read(fd, source->text + source->used + *length,
			 room - *length)) > 0)
		*length += (unsigned)n;
	*error = n < 0 ? errno : 0;
	close(fd);
	if (n < 0)
		return "cannot read";
	return *length == room ? "larger than 128 KiB" : NULL;
}

bool source_read(const struct origin *o, struct source *source)
{
	source->used = 0;
	for (unsigned i = 0; i < o->files->count; i++) {
		const char *path = o->files->item[i];
		int error;
		const char *why =
			read_file(source, path, &source->length[i], &error);

		if (why && error)
			warn_errno(o->who, error, "%s", path);
		else if (why)
			warn(o->who, "%s: %s", path, why);
		if (why)
			return false;
		source->used += source->length[i];
		source->text[source->used++] = '\0';
	}
	return true;
}

/* Room for a copy of a text, NULL when there is none. */
static char *append(struct source *source, const char *text, size_t length)
{
	char *at = source->text + source->used;

	if (length >= INITTAB_BYTES_MAX - source->used)
		return NULL;
	memcpy(at, text, length + 1);
	source->used += (unsigned)length + 1;
	return at;
}

void source_parse(
	const struct origin *o, struct source *source, struct inittab *t)
{
	char *at = source->text;

	t->count = t->edge_count = t->problem_count = t->error_count = 0;
	for (unsigned i = 0; i < o->files->count; i++) {
		inittab_parse(t, at, source->length[i], o->files->item[i], 1);
		at += source->length[i] + 1;
	}
	for (unsigned i = 0; i < o->entries->count; i++) {
		const char *entry = o->entries->item[i];
		const struct cursor cursor = { t, "-e", i + 1 };
		size_t length = strlen(entry);
		char *copy = append(source, entry, length);

		if (copy)
			inittab_parse(t, copy, length, "-e", i + 1);
		else
			error_at(
				&cursor, "", "entries are larger than 128 KiB");
	}
	inittab_finish(t);
}

void source_defaults(struct source *source, struct inittab *t, bool single)
{
	static const char shell[] = "::respawn:-/bin/sh";
	static const char defaults[] =
		"::sysinit:/etc/init.d/rcS\n::askfirst:-/bin/sh\n"
		"tty2::askfirst:-/bin/sh\ntty3::askfirst:-/bin/sh\n"
		"tty4::askfirst:-/bin/sh\n::ctrlaltdel:reboot\n"
		"::shutdown:swapoff -a\n::shutdown:umount -a -r\n"
		"::restart:init\n";
	const char *text = single ? shell : defaults;
	char *copy;

	*t = (struct inittab){ .count = 0 };
	source->used = 0;
	copy = append(source, text, strlen(text)); /* analyzer: it has room */
	inittab_parse(t, copy, strlen(copy), "defaults", 1);
	inittab_finish(t);
}

/* ---- what is wrong ---------------------------------------------------- */

static void say_problems(const struct speaker *who, const struct inittab *t)
{
	for (unsigned i = 0; i < t->problem_count; i++) {
		const struct problem *p = &t->problems[i];

		if (i == PROBLEMS_MAX) {
			warn(who, "%u more", t->problem_count - i);
			break;
		}
		if (p->level == PROBLEM_NOTE && who->verbosity == 0)
			continue;
		warn(who, "%s:%u: %s%s%s%s", p->file, p->line,
			p->level == PROBLEM_WARNING ? "warning: " : "", p->what,
			p->what[0] ? ": " : "", p->why);
	}
}

static void leave_out(
	struct inittab *t, struct entry *e, const char *what, const char *why)
{
	const struct cursor at = { t, e->file, e->line };

	error_at(&at, what, why);
	e->left_out = true;
}

/* Numbers need no line in the files. */
static void check_user(struct inittab *t, struct entry *e)
{
	struct account account;
	uint64_t number;
	gid_t gid;

	if (e->user && parse_unsigned(e->user, UINT32_MAX - 1, &number) &&
		passwd_find("/etc/passwd", e->user, &account) < 0)
		leave_out(t, e, e->user,
			"user: not in /etc/passwd; create it, or give a "
			"number");
	if (e->group && parse_unsigned(e->group, UINT32_MAX - 1, &number) &&
		group_find("/etc/group", e->group, &gid) < 0)
		leave_out(t, e, e->group,
			"group: not in /etc/group; create it, or give a "
			"number");
}

/* In a container stock files name terminals that are not there: one notice. */
static void check_terminals(const struct origin *o, struct inittab *t)
{
	char buffer[256], path_buffer[64];
	struct text names = TEXT_ON(buffer);

	buffer[0] = '\0';
	for (unsigned i = 0; i < t->count; i++) {
		struct entry *e = &t->entries[i];
		struct text path = TEXT_ON(path_buffer);

		text_raw(&path, "/dev/");
		text_raw(&path, e->id);
		if (!names_terminal(e->id) || access(path_buffer, F_OK) == 0)
			continue;
		e->left_out = true;
		text_format(&names, " %s", e->id);
	}
	if (names.used > 0)
		warn(o->who,
			"entries are left out, since their terminals are not "
			"here:%s",
			buffer);
}

static unsigned count_of_good(const struct inittab *t)
{
	unsigned count = 0;

	for (unsigned i = 0; i < t->count; i++)
		count += !t->entries[i].left_out;
	return count;
}

bool source_check(const struct origin *o, struct inittab *t)
{
	for (unsigned i = 0; i < t->count; i++)
		check_user(t, &t->entries[i]);
	say_problems(o->who, t);
	if (!o->machine)
		check_terminals(o, t);
	if (t->error_count > 0 && !o->machine)
		return false;
	if (count_of_good(t) > 0)
		return true;
	warn(o->who, "there is no entry to run");
	return false;
}

/* ---- the plan --------------------------------------------------------- */

/* "WHEN: ACTION NAME after A B: COMMAND"; at the stop "before A B". */
static void say_entry(const struct speaker *who, const struct inittab *t,
	unsigned index, bool stop)
{
	const struct entry *e = &t->entries[index];
	char buffer[256];
	struct text others = TEXT_ON(buffer);

	buffer[0] = '\0';
	for (unsigned i = 0; i < t->edge_count; i++) {
		if (t->edges[i].entry != index)
			continue;
		text_format(&others, "%s %s",
			others.used ? ""
			: stop	    ? " before"
				    : " after",
			t->entries[t->edges[i].on].name);
	}
	if (!e->left_out)
		warn(who, "%s: %s %s%s: %s", stop ? "stop" : "start",
			action_word(e->action), e->name, buffer, e->command);
}

void say_plan(const struct speaker *who, const struct inittab *t)
{
	unsigned short sequence[ENTRIES_MAX];
	unsigned count = order_sort(t, sequence);

	for (unsigned i = 0; i < count; i++)
		if (!action_is_occasion(t->entries[sequence[i]].action))
			say_entry(who, t, sequence[i], false);
	for (unsigned i = 0; i < t->count; i++)
		if (t->entries[i].action == ACTION_SHUTDOWN)
			say_entry(who, t, i, true);
	while (count > 0)
		if (action_stage(t->entries[sequence[--count]].action) ==
			STAGE_RUN)
			say_entry(who, t, sequence[count], true);
}
