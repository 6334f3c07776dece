/* SPDX-License-Identifier: MIT */
/*
 * inittab.c - the inittab language: BusyBox's, with options in the field that
 * BusyBox ignores. Pure.
 *
 * Nothing stops at the first error: whoever mends a file wants to see all.
 */
#include "init.h"

struct word_meaning {
	const char *word;
	int meaning;
};

enum { MEANS_NOTHING = -1, MEANS_LATER = -2 };

static const struct word_meaning actions[] = {
	{ "sysinit", ACTION_SYSINIT },
	{ "wait", ACTION_WAIT },
	{ "once", ACTION_ONCE },
	{ "respawn", ACTION_RESPAWN },
	{ "shutdown", ACTION_SHUTDOWN },
	/* SysV's */
	{ "boot", ACTION_ONCE },
	{ "bootwait", ACTION_WAIT },
	{ "initdefault", MEANS_NOTHING },
	{ "off", MEANS_NOTHING },
	{ "ondemand", MEANS_NOTHING },
	{ "kbrequest", MEANS_NOTHING },
	{ "powerokwait", MEANS_NOTHING },
	{ "powerfailnow", MEANS_NOTHING },
	{ "askfirst", MEANS_LATER },
	{ "ctrlaltdel", MEANS_LATER },
	{ "restart", MEANS_LATER },
	{ "powerfail", MEANS_LATER },
	{ "powerwait", MEANS_LATER },
};

/* What the specification has beyond this version: refused, never ignored. */
static const char *const later_options[] = { "after", "notify-fd",
	"notify-socket", "ready-timeout", "must", "kill", "scope", "delay",
	"delay-max", "restarts", "restart", "finish", "user", "group", "dir",
	"env", "umask", "nice", "oom", "nofile", "log" };

/* Where we are in a text. */
struct cursor {
	struct inittab *table;
	const char *file;
	unsigned line;
};

static void add_problem(const struct cursor *at, bool is_warning,
	const char *what, const char *why)
{
	struct inittab *t = at->table;
	struct problem *p;
	struct text text;

	t->error_count += !is_warning;
	if (t->problem_count++ >= PROBLEMS_MAX)
		return;
	p = &t->problems[t->problem_count - 1];
	*p = (struct problem){ .file = at->file,
		.line = at->line,
		.is_warning = is_warning,
		.why = why };
	text = (struct text)TEXT_ON(p->what);
	text_escaped(&text, what);
}

static void error_at(const struct cursor *at, const char *what, const char *why)
{
	add_problem(at, false, what, why);
}

static char *trim(char *s)
{
	char *end;

	while (*s == ' ' || *s == '\t')
		s++;
	end = s + strlen(s);
	while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return s;
}

/* Cut s at its first `separator`; returns what follows, NULL at the end. */
static char *cut(char *s, char separator)
{
	char *at = strchr(s, separator);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* SysV run levels may stand where our options do: "2345", "S". */
static bool is_run_levels(const char *word)
{
	return strspn(word, "0123456789sSaAbBcC") == strlen(word);
}

static bool is_later_option(const char *key)
{
	for (unsigned i = 0; i < ARRAY_LEN(later_options); i++)
		if (strcmp(key, later_options[i]) == 0)
			return true;
	return false;
}

static const char *set_name(struct entry *e, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length >= ENTRY_NAME_BYTES)
		return "a name has 1 to 31 characters";
	for (const char *s = value; *s; s++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			    "wxyz0123456789._@+-",
			    *s))
			return "a name has letters, digits and . _ @ + - only";
	memcpy(e->name, value, length + 1);
	e->named = true;
	return NULL;
}

/* One option; NULL, or what is wrong with it. */
static const char *parse_option(struct entry *e, char *word)
{
	char *value = cut(word, '=');

	if (strcmp(word, "main") == 0) {
		if (value)
			return "takes no value";
		e->main = true;
		return NULL;
	}
	if (is_later_option(word))
		return "this option is not in this version";
	if (strcmp(word, "name") != 0 && strcmp(word, "stop") != 0 &&
		strcmp(word, "grace") != 0)
		return "unknown option (name=, stop=, grace=, main)";
	if (!value)
		return "needs a value";
	if (word[0] == 'n')
		return set_name(e, value);
	if (word[0] == 's')
		return parse_signal(value, &e->stop_signal);
	return parse_duration_ms(value, &e->grace_ms);
}

static void parse_options(const struct cursor *at, struct entry *e, char *field)
{
	char copy[128];

	for (char *word = field; word;) {
		char *next = cut(word, ',');
		struct text shown = TEXT_ON(copy);
		const char *why = NULL;

		word = trim(word);
		text_raw(&shown, word);
		if (!is_run_levels(word))
			why = parse_option(e, word);
		if (why)
			error_at(at, copy, why);
		word = next;
	}
}

/* The action's number, or a negative one when the entry is not to be. */
static int parse_action(const struct cursor *at, const char *word)
{
	for (unsigned i = 0; i < ARRAY_LEN(actions); i++) {
		if (strcmp(word, actions[i].word) != 0)
			continue;
		if (actions[i].meaning == MEANS_LATER)
			error_at(
				at, word, "this action is not in this version");
		return actions[i].meaning;
	}
	error_at(at, word,
		"unknown action (sysinit, wait, once, respawn, shutdown)");
	return MEANS_LATER;
}

static void check_command(const struct cursor *at, const char *command)
{
	unsigned words = 1;

	if (*command == '\0')
		error_at(at, "", "no command behind the third colon");
	else if (*command == '-')
		error_at(at, command,
			"a login shell ('-') is not in this version");
	else if (!command_needs_shell(command))
		for (const char *s = command; *s; s++)
			words += (*s == ' ' || *s == '\t');
	if (words > COMMAND_WORDS_MAX)
		error_at(at, "", "more than 256 words in a command");
}

static bool same_line(const struct entry *a, const struct entry *b)
{
	return !a->named && !b->named && a->action == b->action &&
	       strcmp(a->id, b->id) == 0 &&
	       strcmp(a->options, b->options) == 0 &&
	       strcmp(a->command, b->command) == 0;
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
		if (fresh->main && e->main)
			error_at(at, "main", "another entry is main already");
	}
	if (t->count == ENTRIES_MAX) {
		error_at(at, "", "too many entries (see INIT_MAX_ENTRIES)");
		return;
	}
	t->entries[t->count++] = *fresh;
}

/* Whether an id means a device below /dev; any other is a SysV id. */
static bool names_terminal(const char *id)
{
	static const char *const prefixes[] = { "tty", "console", "pts/", "hvc",
		"hvsi", "null", "vcs", "vport" };

	for (unsigned i = 0; i < ARRAY_LEN(prefixes); i++)
		if (strncmp(id, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* id:options:action:command */
static void parse_entry(const struct cursor *at, char *line)
{
	struct entry e = { .file = at->file,
		.line = at->line,
		.stop_signal = SIGTERM,
		.grace_ms = DURATION_INF };
	char *options = cut(line, ':');
	char *action = options ? cut(options, ':') : NULL;
	char *command = action ? cut(action, ':') : NULL;
	int meaning;

	if (!command) {
		error_at(at, line,
			"missing field, want id:options:action:command");
		return;
	}
	e.id = trim(line);
	e.options = options;
	e.command = trim(command);
	meaning = parse_action(at, trim(action));
	if (meaning == MEANS_NOTHING)
		return; /* "id:3:initdefault:" has no command */
	parse_options(at, &e, options);
	check_command(at, e.command);
	if (meaning < 0)
		return;
	e.action = (enum action)meaning;
	if (e.main &&
		(e.action == ACTION_SYSINIT || e.action == ACTION_SHUTDOWN))
		error_at(at, "main", "goes with wait, once and respawn only");
	if (e.main && e.action == ACTION_RESPAWN)
		add_problem(at, true, "main",
			"a respawn entry never ends for good in this version");
	if (names_terminal(e.id))
		error_at(at, e.id, "a terminal is not in this version");
	add_entry(at, &e);
}

/* A comment ends the line wherever it begins, also inside of a command. */
static void cut_comment(const struct cursor *at, char *line)
{
	char *hash = strchr(line, '#');

	if (!hash)
		return;
	*hash = '\0';
	if (*trim(line) != '\0' && strchr(line, ':'))
		add_problem(at, true, "#",
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
		if (!newline)
			newline = end;
		*newline = '\0';
		parse_line(&at, text, (size_t)(newline - text));
		text = newline + 1;
		at.line += 1 + joined;
	}
}

static bool name_is_taken(const struct inittab *t, const struct entry *self)
{
	for (unsigned i = 0; i < t->count; i++)
		if (&t->entries[i] != self &&
			strcmp(t->entries[i].name, self->name) == 0)
			return true;
	return false;
}

/* The basename of the command's first word, "-2" and so on behind it if that
 * is taken. */
static void make_name(const struct inittab *t, struct entry *e)
{
	char first[INITTAB_LINE_BYTES + 1];
	size_t length = strcspn(e->command, " \t");

	memcpy(first, e->command, length);
	first[length] = '\0';
	for (int number = 1; number == 1 || name_is_taken(t, e); number++) {
		struct text name = TEXT_ON(e->name);

		name.size -= number > 1 ? 5 : 0; /* room for the number */
		text_escaped(&name, base_name(first));
		name.size = sizeof(e->name);
		if (number > 1)
			text_format(&name, "-%d", number);
	}
}

void inittab_finish(struct inittab *t)
{
	for (unsigned i = 0; i < t->count; i++)
		if (!t->entries[i].named)
			make_name(t, &t->entries[i]);
}
