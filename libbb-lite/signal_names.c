/* SPDX-License-Identifier: MIT */
/*
 * signal_names.c - signals by name, both ways. Pure.
 */
//kbuild:obj-y += signal_names.o

#include "libbb.h"
#include <strings.h>

struct signal_name {
	char name[7];
	unsigned char number;
};

static const struct signal_name names[] = {
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "ILL", SIGILL },
	{ "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT },
	{ "BUS", SIGBUS },
	{ "FPE", SIGFPE },
	{ "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },
	{ "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM },
	{ "TERM", SIGTERM },
	{ "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },
	{ "IO", SIGIO },
	{ "POLL", SIGIO },
	{ "IOT", SIGABRT },
	{ "CLD", SIGCHLD },
	{ "PWR", SIGPWR },
	{ "SYS", SIGSYS },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
#ifdef SIGEMT
	{ "EMT", SIGEMT },
#endif
};

static const char not_a_signal[] = "unknown signal";

/* What follows "RTMIN+" or "RTMAX-", or nothing: the distance. */
static const char *parse_realtime(
	const char *tail, char sign, int from, int *out)
{
	uint64_t distance = 0;

	if (*tail) {
		if (*tail != sign ||
			parse_unsigned(tail + 1, SIGNAL_RTMAX - SIGNAL_RTMIN,
				&distance))
			return not_a_signal;
	}
	*out = sign == '+' ? from + (int)distance : from - (int)distance;
	return NULL;
}

const char *parse_signal(const char *word, int *out)
{
	uint64_t number;

	if (!parse_unsigned(word, SIGNAL_MAX, &number)) {
		if (number == 0)
			return not_a_signal;
		*out = (int)number;
		return NULL;
	}
	if (strncasecmp(word, "SIG", 3) == 0)
		word += 3;
	if (strncasecmp(word, "RTMIN", 5) == 0)
		return parse_realtime(word + 5, '+', SIGNAL_RTMIN, out);
	if (strncasecmp(word, "RTMAX", 5) == 0)
		return parse_realtime(word + 5, '-', SIGNAL_RTMAX, out);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(word, names[i].name) == 0) {
			*out = names[i].number;
			return NULL;
		}
	}
	return not_a_signal;
}

void text_signal(struct text *t, int signal)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].number == signal) {
			text_raw(t, "SIG");
			text_raw(t, names[i].name);
			return;
		}
	}
	if (signal == SIGNAL_RTMIN)
		text_raw(t, "SIGRTMIN");
	else if (signal > SIGNAL_RTMIN && signal <= SIGNAL_RTMAX)
		text_format(t, "SIGRTMIN+%d", signal - SIGNAL_RTMIN);
	else
		text_format(t, "signal %d", signal);
}

const char *parse_signal_map(const char *word, struct signal_map *map)
{
	char from[16];
	const char *colon = strchr(word, ':');
	size_t length = colon ? (size_t)(colon - word) : sizeof(from);
	const char *why;
	int signal, to = -1;

	if (length >= sizeof(from))
		return "not FROM:TO";
	memcpy(from, word, length);
	from[length] = '\0';
	why = parse_signal(from, &signal);
	if (!why && strcmp(colon + 1, "0") != 0)
		why = parse_signal(colon + 1, &to);
	if (why)
		return why;
	if (signal == SIGKILL || signal == SIGSTOP)
		return "KILL and STOP cannot be caught";
	if (map->to[signal] != 0 && !map->last_counts)
		return "this signal is mapped twice";
	map->to[signal] = (signed char)to;
	return NULL;
}

const char *parse_signal_maps(const struct string_list *words,
	struct signal_map *map, const char **what)
{
	const char *why = NULL;

	for (unsigned i = 0; !why && i < words->count; i++) {
		*what = words->item[i];
		why = parse_signal_map(*what, map);
	}
	return why;
}
