/* SPDX-License-Identifier: MIT */
/*
 * options.c - argv and INITBOX_* to values, by a table.
 *
 * Stricter than getopt_long: long names are never abbreviated, words are never
 * moved, and the same table serves the environment.
 */
//kbuild:obj-y += options.o

#include "libbb.h"

#define ENVIRONMENT_PREFIX "INITBOX_"

static const char unknown_option[] = "unknown option";
static const char needs_value[] = "needs a value";

bool code_set_has(const struct code_set *set, int code)
{
	return set->word[code / 32 & 7] >> code % 32 & 1;
}

static bool takes_value(unsigned kind)
{
	return kind != OPTION_FLAG && kind != OPTION_COUNT &&
	       kind != OPTION_HELP && kind != OPTION_VERSION;
}

static const char *set_code(struct code_set *set, const char *word)
{
	uint64_t code;
	const char *why = parse_unsigned(word, 255, &code);

	if (!why)
		set->word[code / 32] |= 1U << code % 32;
	return why ? "not an exit status (0 to 255)" : NULL;
}

static const char *set_choice(const char *names, int *out, const char *word)
{
	/* The option's name stands before them. */
	int choice = word_index(word_at(names, 1), word);

	if (choice < 0)
		return "not one of the choices that --help lists";
	*out = choice;
	return NULL;
}

static const char *set_number(int64_t *out, const char *word)
{
	uint64_t n;
	const char *why = parse_unsigned(word, UINT32_MAX, &n);

	if (!why)
		*out = (int64_t)n;
	return why;
}

static const char *add_string(struct string_list *list, const char *word)
{
	if (list->count == STRING_LIST_MAX)
		return "given too often";
	list->item[list->count++] = word;
	return NULL;
}

/* Set the option's value from a word; NULL, or why it is no such value. */
static const char *set_value(const struct options *o,
	const struct option_spec *spec, const char *word)
{
	void *value = (char *)o->values + spec->offset;
	const char *why;
	int signal;

	switch ((enum option_kind)spec->kind) {
	case OPTION_FLAG:
		*(bool *)value = true;
		return NULL;
	case OPTION_COUNT:
		++*(int *)value;
		return NULL;
	case OPTION_DURATION:
		return parse_duration_ms(word, value);
	case OPTION_SIGNAL:
		return parse_signal(word, value);
	case OPTION_SIGNALS:
		why = parse_signal(word, &signal);
		if (!why && (signal == SIGKILL || signal == SIGSTOP))
			why = "KILL and STOP cannot be caught";
		if (!why)
			sigmask_add(value, signal);
		return why;
	case OPTION_CODES:
		return set_code(value, word);
	case OPTION_STRING:
		*(const char **)value = word;
		return NULL;
	case OPTION_STRINGS:
		return add_string(value, word);
	case OPTION_CHOICE:
		return set_choice(spec->name, value, word);
	case OPTION_NUMBER:
		return set_number(value, word);
	case OPTION_OPTIONAL:
		*(const char **)value = word ? word : "";
		return NULL;
	case OPTION_HELP:
	case OPTION_VERSION:
		break; /* ended the parsing already */
	}
	return NULL;
}

static enum options_outcome bad(
	struct options *o, const char *what, const char *why)
{
	o->what = what;
	o->why = why;
	return OPTIONS_BAD;
}

/* The outcome of one option that was recognised. */
static enum options_outcome accept_option(struct options *o,
	const struct option_spec *spec, const char *word, const char *value)
{
	const char *why;

	if (spec->kind == OPTION_HELP)
		return OPTIONS_HELP;
	if (spec->kind == OPTION_VERSION)
		return OPTIONS_VERSION;
	why = set_value(o, spec, value);
	if (why)
		return bad(o, value && *value ? value : word, why);
	o->in_argv |= (uint64_t)1 << (spec - o->specs);
	o->seen = o->in_argv;
	return OPTIONS_OK;
}

static const struct option_spec *find_long(
	const struct options *o, const char *name, size_t length)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->specs[i].name &&
			o->specs[i].place != OPTION_ENVIRONMENT &&
			strncmp(o->specs[i].name, name, length) == 0 &&
			o->specs[i].name[length] == '\0')
			return &o->specs[i];
	return NULL;
}

static enum options_outcome parse_long(struct options *o, char **argv)
{
	char *word = argv[o->next++];
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
	const struct option_spec *spec = find_long(o, word + 2, length);
	const char *value = equals ? equals + 1 : NULL;

	if (!spec)
		return bad(o, word, unknown_option);
	if (!takes_value(spec->kind)) {
		if (value)
			return bad(o, word, "takes no value");
	} else if (!value && spec->kind != OPTION_OPTIONAL) {
		value = argv[o->next];
		if (!value)
			return bad(o, word, needs_value);
		o->next++;
	}
	return accept_option(o, spec, word, value);
}

static const struct option_spec *find_letter(
	const struct options *o, char letter)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->specs[i].letter == letter &&
			o->specs[i].place != OPTION_ENVIRONMENT)
			return &o->specs[i];
	return NULL;
}

/* "-vgk5s": letters, the last of which may take the rest or the next word. */
static enum options_outcome parse_letters(struct options *o, char **argv)
{
	char *word = argv[o->next++];

	for (const char *at = word + 1; *at; at++) {
		const struct option_spec *spec = find_letter(o, *at);
		const char *value = NULL;
		enum options_outcome outcome;

		if (!spec)
			return bad(o, word, unknown_option);
		if (spec->kind == OPTION_OPTIONAL) {
			if (at[1] >= '0' && at[1] <= '9')
				value = at + 1;
		} else if (takes_value(spec->kind)) {
			value = at[1] ? at + 1 : argv[o->next];
			if (!value)
				return bad(o, word, needs_value);
			if (!at[1])
				o->next++;
		}
		outcome = accept_option(o, spec, word, value);
		if (outcome != OPTIONS_OK || value)
			return outcome;
	}
	return OPTIONS_OK;
}

/* Whether NAME of "NAME=..." is the option's name in capitals, "_" for "-". */
static bool names_option(const char *variable, const char *name)
{
	for (; *name; name++, variable++) {
		char c = *name;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (*variable != (c == '-' ? '_' : c))
			return false;
	}
	return *variable == '=';
}

static const struct option_spec *find_variable(
	const struct options *o, const char *variable)
{
	if (*variable != *ENVIRONMENT_PREFIX)
		return NULL;
	variable = behind(ENVIRONMENT_PREFIX, variable);
	for (unsigned i = 0; variable && i < o->count; i++)
		if (o->specs[i].name && o->specs[i].place != OPTION_ARGV &&
			names_option(variable, o->specs[i].name))
			return &o->specs[i];
	return NULL;
}

/* The value of a variable; a list is cut at its commas, in place. */
static const char *set_from_variable(
	struct options *o, const struct option_spec *spec, char *value)
{
	const char *why = NULL;
	uint64_t count;

	switch ((enum option_kind)spec->kind) {
	case OPTION_FLAG:
		*(bool *)((char *)o->values + spec->offset) = *value == '1';
		return (*value == '1' || *value == '0') && value[1] == '\0'
			       ? NULL
			       : "not 1 or 0";
	case OPTION_COUNT:
		why = parse_unsigned(value, 9, &count);
		if (!why)
			*(int *)((char *)o->values + spec->offset) = (int)count;
		return why;
	case OPTION_SIGNALS:
	case OPTION_CODES:
	case OPTION_STRINGS:
		while (value && !why) {
			char *comma = strchr(value, ',');

			if (comma)
				*comma = '\0';
			why = set_value(o, spec, value);
			/* Whole again for a message, but a list keeps what it
			 * was given. */
			if (comma && spec->kind != OPTION_STRINGS)
				*comma = ',';
			value = comma ? comma + 1 : NULL;
		}
		return why;
	default:
		return set_value(o, spec, value);
	}
}

/* Whether it was given on the command line, by whichever of its names. */
static bool is_in_argv(const struct options *o, const struct option_spec *spec)
{
	for (unsigned i = 0; i < o->count; i++)
		if ((o->in_argv >> i & 1) && o->specs[i].kind == spec->kind &&
			o->specs[i].offset == spec->offset)
			return true;
	return false;
}

static enum options_outcome parse_environment(struct options *o, char **envp)
{
	char **kept = envp;
	enum options_outcome outcome = OPTIONS_OK;

	for (; *envp; envp++) {
		const struct option_spec *spec = find_variable(o, *envp);
		const char *why = NULL;

		if (!spec) {
			*kept++ = *envp;
			continue;
		}
		/* The command line wins. */
		if (!(o->seen >> (spec - o->specs) & 1) && !is_in_argv(o, spec))
			why = set_from_variable(
				o, spec, strchr(*envp, '=') + 1);
		if (why && outcome == OPTIONS_OK)
			outcome = bad(o, *envp, why);
		o->seen |= (uint64_t)1 << (spec - o->specs);
	}
	*kept = NULL;
	return outcome;
}

enum options_outcome options_parse(
	struct options *o, int argc, char **argv, char **envp)
{
	o->next = 1;
	while (o->next < argc) {
		const char *word = argv[o->next];
		enum options_outcome outcome;

		if (word[0] != '-' || word[1] == '\0') {
			if (!o->lenient)
				break;
			o->next++;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			o->next++;
			o->dashes = true;
			break;
		}
		outcome = word[1] == '-' ? parse_long(o, argv)
					 : parse_letters(o, argv);
		if (outcome != OPTIONS_OK && !o->lenient)
			return outcome;
	}
	return envp ? parse_environment(o, envp) : OPTIONS_OK;
}
