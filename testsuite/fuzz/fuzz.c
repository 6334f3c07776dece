/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - the world around a target: its messages are looked at, its files
 * are parts of the input, and nothing it does reaches the machine.
 */
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>

char fuzz_out[FUZZ_OUT_BYTES];
size_t fuzz_out_length;
pid_t fuzz_pid = 1000;

void fuzz_finding(const char *file, int line, const char *what)
{
	fprintf(stderr, "FINDING: %s:%d: %s\n", file, line, what);
	fprintf(stderr, "output: %.*s\n",
		(int)(fuzz_out_length < 4000 ? fuzz_out_length : 4000),
		fuzz_out);
	abort();
}

char *fuzz_copy(const void *data, size_t size)
{
	char *copy = malloc(size + 1);

	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	return copy;
}

/* ---- in place of message.c ------------------------------------------- */

/* One line, fit for a terminal; it may be cut. */
static void say(const struct speaker *who, const char *fmt, va_list args)
{
	char buffer[1024];
	struct text line = TEXT_ON(buffer);

	HOLDS(who->name && *who->name);
	text_vformat(&line, fmt, args);
	HOLDS(!strchr(buffer, '\n'));
	HOLDS(fuzz_is_text(buffer, line.used, true));
}

void warn(const struct speaker *who, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(who, fmt, args);
	va_end(args);
}

void warn_errno(const struct speaker *who, int error, const char *fmt, ...)
{
	va_list args;

	(void)error;
	va_start(args, fmt);
	say(who, fmt, args);
	va_end(args);
}

void note(const struct speaker *who, int level, const char *fmt, ...)
{
	va_list args;

	(void)level;
	va_start(args, fmt);
	say(who, fmt, args);
	va_end(args);
}

int usage_error(const struct speaker *who, int status, const char *what,
	const char *why)
{
	HOLDS(why && *why);
	warn(who, "%s: %s", what ? what : "", why);
	return status;
}

int write_all(int fd, const char *data, size_t length)
{
	(void)fd;
	for (size_t i = 0; i < length && fuzz_out_length < FUZZ_OUT_BYTES; i++)
		fuzz_out[fuzz_out_length++] = data[i];
	return 0;
}

/* ---- in place of help.c, events.c, supervise.c and others ------------- */

int print_text(const struct applet *self, const char *text)
{
	HOLDS(self->name && text);
	return 0;
}

int options_answer(const struct options *o, enum options_outcome outcome,
	const struct applet *self, int usage_status)
{
	const struct speaker who = { .name = self->name };

	HOLDS(outcome != OPTIONS_OK);
	if (outcome == OPTIONS_BAD)
		usage_error(&who, usage_status, o->what, o->why);
	return outcome == OPTIONS_BAD ? usage_status : 0;
}

int signal_wait(int64_t deadline_ms, siginfo_t *info)
{
	(void)deadline_ms;
	(void)info;
	return SIGTERM;
}

int reap_next(struct reaped *out)
{
	HOLDS(out);
	return -1;
}

void sleep_ms(int span_ms)
{
	HOLDS(span_ms >= 0);
}

void supervisor_setup(void)
{
}

void descriptors_close_from(int first)
{
	HOLDS(first == 3);
}

void shell_init(struct shell *sh, const struct speaker *who)
{
	sh->who = who;
}

void hold_init(struct hold *h, const struct speaker *who)
{
	h->who = who;
}

/* The end of the way: what the options have come to. */
int supervise(struct supervisor *s, const struct supervise_plan *plan)
{
	(void)s;
	HOLDS(plan->argv[0] && plan->argv[0][0]);
	HOLDS(plan->policy.grace_ms >= 0);
	HOLDS(plan->policy.kill_after_ms >= 0);
	HOLDS(plan->scope <= SCOPE_SHELL);
	for (int i = 1; plan->map && i <= SIGNAL_MAX; i++)
		HOLDS(plan->map->to[i] >= -1 && plan->map->to[i] <= SIGNAL_MAX);
	HOLDS(!sigmask_has(plan->stop_signals, SIGKILL));
	return 0;
}

/* ---- words ----------------------------------------------------------- */

/* The input's lines, each in memory of its own; NULL-terminated. */
static char **split_lines(const uint8_t *data, size_t size, int *count)
{
	char **lines = calloc(size + 2, sizeof(*lines));

	*count = 0;
	while (size > 0) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t length = end ? (size_t)(end - data) : size;

		lines[(*count)++] = fuzz_copy(data, length);
		length += end != NULL;
		data += length;
		size -= length;
	}
	return lines;
}

int fuzz_applet(const struct applet *applet, const uint8_t *data, size_t size)
{
	char **before = environ, **argv, **lines;
	int count, words = 0, status;

	lines = split_lines(data, size, &count);
	while (lines[words] && *lines[words])
		words++;
	argv = calloc((size_t)words + 2, sizeof(*argv));
	argv[0] = fuzz_copy(applet->name, strlen(applet->name));
	memcpy(argv + 1, lines, (size_t)words * sizeof(*argv));
	environ = calloc((size_t)count + 1, sizeof(*environ));
	for (int i = words + 1, n = 0; i < count; i++)
		if (strchr(lines[i], '='))
			environ[n++] = lines[i];
	status = applet->main(applet, words + 1, argv);
	HOLDS(status >= 0 && status < 128);
	free(environ);
	environ = before;
	free(argv[0]);
	free(argv);
	while (count > 0)
		free(lines[--count]);
	free(lines);
	return status;
}
