/* SPDX-License-Identifier: MIT */
/*
 * inittab.c - the inittab language: BusyBox's, with options in the field that
 * BusyBox ignores. Pure.
 *
 * Nothing stops at the first error: whoever mends a file wants to see all.
 */
#include "init.h"

#define MEANS_NOTHING (-1)

#define ACTIONS(X)                         \
	X("sysinit", ACTION_SYSINIT)       \
	X("wait", ACTION_WAIT)             \
	X("once", ACTION_ONCE)             \
	X("respawn", ACTION_RESPAWN)       \
	X("askfirst", ACTION_ASKFIRST)     \
	X("shutdown", ACTION_SHUTDOWN)     \
	X("ctrlaltdel", ACTION_CTRLALTDEL) \
	X("restart", ACTION_RESTART)       \
	/* SysV's */                       \
	X("boot", ACTION_ONCE)             \
	X("bootwait", ACTION_WAIT)         \
	X("powerfail", ACTION_POWERFAIL)   \
	X("powerwait", ACTION_POWERFAIL)   \
	X("initdefault", MEANS_NOTHING)    \
	X("off", MEANS_NOTHING)            \
	X("ondemand", MEANS_NOTHING)       \
	X("kbrequest", MEANS_NOTHING)      \
	X("powerokwait", MEANS_NOTHING)    \
	X("powerfailnow", MEANS_NOTHING)

#define WORD(word, meaning)    word "\0"
#define MEANING(word, meaning) meaning,
static const char action_words[] = ACTIONS(WORD);
static const signed char meanings[] = { ACTIONS(MEANING) };

enum stage action_stage(enum action action)
{
	return action == ACTION_SYSINIT	    ? STAGE_SYSINIT
	       : action == ACTION_WAIT	    ? STAGE_WAIT
	       : action_is_occasion(action) ? STAGE_OCCASION
					    : STAGE_RUN;
}

bool action_is_occasion(enum action action)
{
	return action >= ACTION_SHUTDOWN;
}

bool action_is_kept(enum action action)
{
	return action == ACTION_RESPAWN || action == ACTION_ASKFIRST;
}

const char *action_word(enum action action)
{
	unsigned i = 0;

	while (meanings[i] != (int)action)
		i++;
	return word_at(action_words, i);
}

bool is_name_character(char c)
{
	return c != '\0' &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
		      "stuvwxyz0123456789._@+-",
		       c) != NULL;
}

void add_problem(const struct cursor *at, enum problem_level level,
	const char *what, const char *why)
{
	struct inittab *t = at->table;
	struct problem *p;
	struct text text;

	t->error_count += level == PROBLEM_ERROR;
	if (t->problem_count++ >= PROBLEMS_MAX)
		return;
	p = &t->problems[t->problem_count - 1];
	*p = (struct problem){
		.file = at->file, .line = at->line, .level = level, .why = why
	};
	text = (struct text)TEXT_ON(p->what);
	text_escaped(&text, what);
}

void error_at(const struct cursor *at, const char *what, const char *why)
{
	add_problem(at, PROBLEM_ERROR, what, why);
}

char *trim(char *s)
{
	char *end;

	while (*s == ' ' || *s == '\t')
		s++;
	end = s + strlen(s);
	while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return s;
}

char *cut(char *s, char separator)
{
	char *at = strchr(s, separator);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* The action's number, MEANS_NOTHING when the entry is not to be. */
static int parse_action(const struct cursor *at, const char *word)
{
	int i = word_index(action_words, word);

	if (i >= 0) {
		if (meanings[i] == MEANS_NOTHING)
			add_problem(at, PROBLEM_NOTE, word,
				"this action does nothing here");
		return meanings[i];
	}
	error_at(at, word,
		"unknown action (sysinit, wait, once, respawn, askfirst, "
		"shutdown, ctrlaltdel, restart, powerfail; SysV's others "
		"are accepted)");
	return MEANS_NOTHING;
}

static void check_command(const struct cursor *at, const char *command)
{
	unsigned words = 1;
	const char *trap;

	command += *command == '-';
	if (strchr(" \t", *command))
		error_at(at, "", "no command behind the third colon");
	else if (!command_needs_shell(command))
		for (const char *s = command; *s; s++)
			words += (*s == ' ' || *s == '\t');
	if (words > COMMAND_WORDS_MAX)
		error_at(at, "", "more than 256 words in a command");
	trap = command_trap(command);
	if (trap)
		add_problem(at, PROBLEM_WARNING, command, trap);
}

static bool same_line(const struct entry *a, const struct entry *b)
{
	return !a->named && !b->named && a->hash == b->hash &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->command, b->command) == 0;
}

static void add_entry(const struct cursor *at, const struct entry *fresh)
{
	struct inittab *t = at->table;

	for (unsigned i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];

		if (same_line(e, fresh))
			return; /* as BusyBox: one entry */
		if (fresh->named && e->named &&
			strcmp(e->name, fresh->name) == 0) {
			error_at(at, fresh->name, "this name is used twice");
			return;
		}
		if (fresh->main && e->main) {
			error_at(at, "main", "another entry is main already");
			return;
		}
	}
	if (t->count == ENTRIES_MAX) {
		error_at(at, "", "too many entries (see INIT_MAX_ENTRIES)");
		return;
	}
	t->entries[t->count++] = *fresh;
}

/* FNV-1a, so that a reread knows a line again whose words were cut.
 * Not inline: for size. */
__attribute__((noinline)) static uint64_t hash_of(const char *s)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3;
	return hash;
}

/* id:options:action:command */
static void parse_entry(const struct cursor *at, char *line)
{
	struct inittab *t = at->table;
	unsigned errors = t->error_count, edges = t->edge_count,
		 count = t->count;
	char *options, *action, *command;
	struct entry e;
	int meaning;

	entry_defaults(&e);
	e.file = at->file;
	e.line = at->line;
	options = cut(line, ':');
	action = options ? cut(options, ':') : NULL;
	command = action ? cut(action, ':') : NULL;
	if (!command) {
		error_at(at, line,
			"missing field, want id:options:action:command");
		return;
	}
	line = trim(line);
	e.id = behind("/dev/", line);
	if (!e.id)
		e.id = line;
	e.command = trim(command);
	action = trim(action);
	meaning = parse_action(at, action);
	if (meaning == MEANS_NOTHING && t->error_count == errors)
		return; /* "id:3:initdefault:" has no command */
	e.action = meaning < 0 ? ACTION_ONCE : (unsigned char)meaning;
	e.scope = command_needs_shell(e.command);
	e.hash = hash_of(options) + 31 * (hash_of(e.command) + e.action);
	entry_options(at, &e, options);
	check_command(at, e.command);
	if (t->error_count == errors)
		add_entry(at, &e);
	if (t->count == count)
		t->edge_count = edges;
}

/* A comment ends the line wherever it begins, also inside of a command. */
static void cut_comment(const struct cursor *at, char *line)
{
	char *hash = strchr(line, '#');

	if (!hash)
		return;
	*hash = '\0';
	if (*trim(line) != '\0' && strchr(line, ':'))
		add_problem(at, PROBLEM_WARNING, "#",
			"begins a comment, also inside of a command");
}

static void parse_line(const struct cursor *at, char *line, size_t length)
{
	if (memchr(line, '\0', length)) {
		error_at(at, "", "a NUL byte in the line");
	} else if (length > INITTAB_LINE_BYTES) {
		error_at(at, "", "line is longer than 4096 bytes");
	} else if (length > 0 && line[length - 1] == '\r') {
		error_at(at, "", "line ends with a carriage return (DOS file)");
	} else {
		cut_comment(at, line);
		line = trim(line);
		if (*line)
			parse_entry(at, line);
	}
}

void inittab_parse(struct inittab *t, char *text, size_t length,
	const char *file, unsigned first_line)
{
	struct cursor at = { .table = t, .file = file, .line = first_line };
	char *end = text + length;

	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		error_at(&at, "", "begins with a byte order mark");
	while (text < end) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		unsigned joined = 0;

		/* A backslash at its end joins the next line to this one. */
		while (newline && newline > text && newline[-1] == '\\') {
			newline[-1] = newline[0] = ' ';
			newline =
				memchr(newline, '\n', (size_t)(end - newline));
			joined++;
		}
		if (!newline) {
			newline = end;
			if (end[-1] == '\\')
				end[-1] = ' '; /* and no line follows */
		}
		*newline = '\0';
		if (joined && text[strspn(text, " \t")] == '#')
			add_problem(&at, PROBLEM_WARNING, "#",
				"its backslash makes the next line a comment");
		parse_line(&at, text, (size_t)(newline - text));
		text = newline + 1;
		at.line += 1 + joined;
	}
}

/* Another entry that has this one's name, NULL for none. */
static struct entry *find_namesake(struct inittab *t, const struct entry *self)
{
	for (unsigned i = 0; i < t->count; i++)
		if (&t->entries[i] != self &&
			strcmp(t->entries[i].name, self->name) == 0)
			return &t->entries[i];
	return NULL;
}

/* The basename of the command's first word, from 2 on with its number. */
static void put_name(struct entry *e, const char *first, int number)
{
	struct text name = TEXT_ON(e->name);

	name.size -= number > 1 ? 5 : 0; /* room for the number */
	text_raw(&name, base_name(first));
	if (name.used == 0)
		text_char(&name, '_'); /* "/bin/" */
	name.size = sizeof(e->name);
	if (number > 1)
		text_format(&name, "-%d", number);
	for (char *s = e->name; *s; s++)
		if (!is_name_character(*s))
			*s = '_';
}

/* The first of its names that is free. Whoever has the one without a number
 * knows how far the others came: 500 of one program take no longer to name. */
static void make_name(struct inittab *t, struct entry *e)
{
	char first[INITTAB_LINE_BYTES + 1];
	const char *command = e->command + (e->command[0] == '-');
	size_t length = strcspn(command, " \t");
	struct entry *namesake;

	memcpy(first, command, length);
	first[length] = '\0';
	put_name(e, first, 1);
	namesake = find_namesake(t, e);
	while (namesake && find_namesake(t, e))
		put_name(e, first, ++namesake->namesakes + 1);
}

/* Where an edge points; an error leaves its entry out. */
static void resolve(struct inittab *t, struct edge *edge)
{
	struct entry *e = &t->entries[edge->entry];
	const struct cursor at = { t, e->file, e->line };
	const char *why = "after: there is no entry of this name";

	for (unsigned i = 0; i < t->count; i++) {
		const struct entry *on = &t->entries[i];

		if (strcmp(on->name, edge->name) != 0)
			continue;
		edge->on = (unsigned short)i;
		if (action_stage(on->action) <= action_stage(e->action))
			return;
		why = "after: starts later than this entry can";
	}
	error_at(&at, edge->name, why);
	e->left_out = true;
	edge->on = edge->entry; /* never */
}

static void find_cycles(struct inittab *t)
{
	unsigned short sequence[ENTRIES_MAX];
	bool placed[ENTRIES_MAX] = { false };
	unsigned count = order_sort(t, sequence);

	while (count > 0)
		placed[sequence[--count]] = true;
	for (unsigned i = 0; i < t->count; i++) {
		struct entry *e = &t->entries[i];
		const struct cursor at = { t, e->file, e->line };

		if (placed[i] || e->left_out)
			continue;
		error_at(&at, e->name,
			"its after= leads back to itself, or to such an entry");
		e->left_out = true;
	}
}

void inittab_finish(struct inittab *t)
{
	for (unsigned i = 0; i < t->count; i++)
		if (!t->entries[i].named)
			make_name(t, &t->entries[i]);
	for (unsigned i = 0; i < t->edge_count; i++)
		resolve(t, &t->edges[i]);
	find_cycles(t);
}
