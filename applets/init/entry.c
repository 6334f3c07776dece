/* SPDX-License-Identifier: MIT */
/*
 * entry.c - the options of an entry, in the field that BusyBox ignores. Pure.
 */
#include "init.h"

enum word_kind {
	WORD_FLAG,
	WORD_NAME,
	WORD_AFTER,
	WORD_SIGNAL,
	WORD_DURATION,
	WORD_RESTARTS, /* N/D */
	WORD_CHOICE,   /* one of those in `want` */
	WORD_TEXT,
	WORD_NUMBER /* from low to high; WORD_OCTAL the same */
};

/* Actions that an option goes with. */
#define ON(action) (1U << (action))
#define ONE_SHOTS  (ON(ACTION_SYSINIT) | ON(ACTION_WAIT) | ON(ACTION_ONCE))
#define KEPT	   (ON(ACTION_RESPAWN) | ON(ACTION_ASKFIRST))
#define REGULAR	   (ONE_SHOTS | KEPT)
#define ANY	   0xffffU

struct entry_word {
	/* That of a choice or a number has behind it what is wanted, for a
	 * message: "kill\0want main|session". */
	const char *word;
	unsigned char kind;
	unsigned short actions, offset; /* in struct entry */
	int low, high;
};

#define MEMBER(member) offsetof(struct entry, member)
#define WORD(word, kind, actions, member)                 \
	{                                                 \
		word, kind, actions, MEMBER(member), 0, 0 \
	}
#define CHOICE(word, actions, member, choices)                                \
	{                                                                     \
		word "\0want " choices, WORD_CHOICE, actions, MEMBER(member), \
			0, 0                                                  \
	}
#define NUMBER(word, actions, member, low, high)                             \
	{                                                                    \
		word "\0want a number from " #low " to " #high, WORD_NUMBER, \
			actions, MEMBER(member), low, high                   \
	}

static const struct entry_word words[] = {
	WORD("name", WORD_NAME, ANY, name),
	WORD("after", WORD_AFTER, REGULAR, name),
	WORD("main", WORD_FLAG, KEPT | ON(ACTION_WAIT) | ON(ACTION_ONCE), main),
	WORD("must", WORD_FLAG, ONE_SHOTS, must),
	WORD("stop", WORD_SIGNAL, ANY, stop_signal),
	WORD("grace", WORD_DURATION, ANY, grace_ms),
	CHOICE("kill", ANY, kill, "main|session"),
	CHOICE("scope", ANY, scope, "child|shell"),
	WORD("delay", WORD_DURATION, KEPT, delay_ms),
	WORD("delay-max", WORD_DURATION, KEPT, delay_max_ms),
	CHOICE("restart", KEPT, restart, "always|failure|no"),
	WORD("restarts", WORD_RESTARTS, KEPT, restarts),
	NUMBER("notify-fd", REGULAR, notify_fd, 3, 1023),
	WORD("notify-socket", WORD_FLAG, REGULAR, notify_socket),
	WORD("ready-timeout", WORD_DURATION, REGULAR, ready_timeout_ms),
	WORD("finish", WORD_TEXT, ANY, finish),
	WORD("user", WORD_TEXT, ANY, user),
	WORD("group", WORD_TEXT, ANY, group),
	WORD("dir", WORD_TEXT, ANY, dir),
	WORD("env", WORD_TEXT, ANY, env),
	WORD("log", WORD_TEXT, ANY, log),
	NUMBER("umask", ANY, umask, 0, 0777),
	NUMBER("nice", ANY, nice, -20, 19),
	NUMBER("oom", ANY, oom, -1000, 1000),
	NUMBER("nofile", ANY, nofile, 1, 1000000000),
};

static const char unknown_option[] =
	"unknown option (name=, after=, main, stop=, grace=, user=, env=, "
	"log=, ...: inittab(5) has them all)";

void entry_defaults(struct entry *e)
{
	*e = (struct entry){ .stop_signal = SIGTERM,
		.grace_ms = NOT_GIVEN_MS,
		.ready_timeout_ms = DURATION_INF,
		.delay_ms = 1000,
		.delay_max_ms = 30000,
		.restarts = RESTARTS_INF,
		.notify_fd = NOT_GIVEN,
		.umask = NOT_GIVEN,
		.nice = NOT_GIVEN,
		.oom = NOT_GIVEN,
		.nofile = NOT_GIVEN };
}

static const char *set_name(struct entry *e, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length >= ENTRY_NAME_BYTES)
		return "a name has 1 to 31 characters";
	for (const char *s = value; *s; s++)
		if (!is_name_character(*s))
			return "a name has letters, digits and . _ @ + - only";
	memcpy(e->name, value, length + 1);
	e->named = true;
	return NULL;
}

static const char *add_edge(struct inittab *t, const char *value)
{
	if (t->edge_count == EDGES_MAX)
		return "too many after= in all (see INIT_MAX_ENTRIES)";
	t->edges[t->edge_count++] = (struct edge){ .name = value,
		.entry = (unsigned short)t->count };
	return NULL;
}

static const char *set_restarts(struct entry *e, char *value)
{
	char *span = cut(value, '/');
	uint64_t count;

	if (strcmp(value, "inf") == 0 && !span)
		return NULL;
	if (!span || parse_unsigned(value, RESTARTS_MAX, &count))
		return "want N/DURATION, N from 0 to 20, or inf";
	e->restarts = (unsigned char)count;
	return parse_duration_ms(span, &e->restarts_in_ms);
}

/* "want a|b|c": which of them */
static const char *set_choice(
	unsigned char *out, const char *value, const char *want)
{
	const char *at = want + strlen("want ");
	size_t length = strlen(value);

	for (unsigned char i = 0; at; i++, at = strchr(at, '|')) {
		at += *at == '|';
		if (strcspn(at, "|") == length &&
			strncmp(at, value, length) == 0) {
			*out = i;
			return NULL;
		}
	}
	return want;
}

static const char *set_octal(int *out, const char *value)
{
	int n = 0;

	for (const char *s = value; *s; s++)
		n = *s >= '0' && *s <= '7' && n <= 0777 ? n * 8 + *s - '0'
							: 01000;
	if (n > 0777 || !*value)
		return "want an octal number up to 777";
	*out = n;
	return NULL;
}

static const char *set_number(
	const struct entry_word *w, int *out, const char *value)
{
	bool negative = *value == '-';
	uint64_t digits;
	int n;

	if (w->high == 0777)
		return set_octal(out, value);
	if (parse_unsigned(value + negative, 1000000000, &digits))
		return word_at(w->word, 1);
	n = negative ? -(int)digits : (int)digits;
	if (n < w->low || n > w->high)
		return word_at(w->word, 1);
	*out = n;
	return NULL;
}

static const char *set_value(const struct cursor *at, struct entry *e,
	const struct entry_word *w, char *value)
{
	void *out = (char *)e + w->offset;

	switch ((enum word_kind)w->kind) {
	case WORD_FLAG:
		*(bool *)out = true;
		return NULL;
	case WORD_NAME:
		return set_name(e, value);
	case WORD_AFTER:
		return add_edge(at->table, value);
	case WORD_SIGNAL:
		return parse_signal(value, out);
	case WORD_DURATION:
		return parse_duration_ms(value, out);
	case WORD_RESTARTS:
		return set_restarts(e, value);
	case WORD_CHOICE:
		return set_choice(out, value, word_at(w->word, 1));
	case WORD_TEXT:
		*(const char **)out = value;
		return NULL;
	case WORD_NUMBER:
		return set_number(w, out, value);
	}
	return NULL;
}

/* One option; NULL, or what is wrong with it. */
static const char *parse_option(
	const struct cursor *at, struct entry *e, char *word)
{
	char *value = cut(word, '=');

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		const struct entry_word *w = &words[i];

		if (strcmp(word, w->word) != 0)
			continue;
		if (!(w->actions & ON(e->action)))
			return w->actions == KEPT
				       ? "goes with respawn and askfirst only"
			       : w->actions == ONE_SHOTS
				       ? "goes with sysinit, wait and once only"
			       : w->actions == REGULAR
				       ? "goes with sysinit, wait, once, "
					 "respawn and askfirst only"
				       : "goes with wait, once, respawn and "
					 "askfirst only";
		if (w->kind == WORD_FLAG)
			return value ? "takes no value"
				     : set_value(at, e, w, value);
		if (!value || !*value)
			return "needs a value";
		return set_value(at, e, w, value);
	}
	return unknown_option;
}

/* SysV run levels may stand where our options do: "2345", "S". */
static bool is_run_levels(const char *word)
{
	return strspn(word, "0123456789sSaAbBcC") == strlen(word);
}

void entry_options(const struct cursor *at, struct entry *e, char *field)
{
	char copy[128];

	for (char *word = field; word;) {
		char *next = cut(word, ',');
		struct text shown = TEXT_ON(copy);
		const char *why = NULL;

		word = trim(word);
		text_raw(&shown, word);
		if (!is_run_levels(word))
			why = parse_option(at, e, word);
		if (why)
			error_at(at, copy, why);
		word = next;
	}
	if (e->delay_max_ms < 100)
		error_at(at, "delay-max", "want at least 100ms");
	else if (e->delay_ms > e->delay_max_ms)
		error_at(at, "delay", "is longer than delay-max");
	if (e->notify_fd != NOT_GIVEN && e->notify_socket)
		error_at(at, "notify-fd",
			"want only one of notify-fd= and "
			"notify-socket");
}

bool names_terminal(const char *id)
{
	const char *beginning = "tty\0console\0pts/\0hvc\0hvsi\0xvc\0vc/\0"
				"null\0vport\0lp\0";

	while (*beginning && !behind(beginning, id))
		beginning = word_at(beginning, 1);
	return *beginning;
}
