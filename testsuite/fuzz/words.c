/* SPDX-License-Identifier: MIT */
/*
 * words.c - durations, numbers, signals, signal maps, ranges; one a line.
 *
 * product: applets/zombiecheck/range.c
 */
#include "fuzz.h"
#include "zombiecheck.h"
#include <stdlib.h>

static void check_signal(const char *word)
{
	char buffer[24];
	struct text name = TEXT_ON(buffer);
	int signal = 0, again = 0;

	if (parse_signal(word, &signal))
		return;
	HOLDS(signal > 0 && signal <= SIGNAL_MAX);
	text_signal(&name, signal);
	HOLDS(strncmp(buffer, "signal ", 7) == 0 ||
		(!parse_signal(buffer, &again) && again == signal));
}

/* A number of seconds and as many "s" are the same. */
static void check_duration(const char *word)
{
	int64_t ms = -1, again = -1;
	char buffer[40];
	struct text with_unit = TEXT_ON(buffer);

	if (parse_duration_ms(word, &ms)) {
		HOLDS(ms == -1);
		return;
	}
	HOLDS(ms >= 0);
	HOLDS(strpbrk(word, "123456789") || ms == 0 || ms == DURATION_INF);
	if (ms == DURATION_INF || strlen(word) > 30 || strpbrk(word, "hms."))
		return;
	text_raw(&with_unit, word);
	text_char(&with_unit, 's');
	HOLDS(!parse_duration_ms(buffer, &again) && again == ms);
}

static void check_number(const char *word)
{
	uint64_t n = 0, again = 1;
	char buffer[24];
	struct text digits = TEXT_ON(buffer);

	if (parse_unsigned(word, INT64_MAX, &n))
		return;
	text_decimal(&digits, (int64_t)n);
	HOLDS(!parse_unsigned(buffer, INT64_MAX, &again) && again == n);
	HOLDS(parse_unsigned(word, n, &again) == NULL);
	HOLDS(n == 0 || parse_unsigned(word, n - 1, &again));
}

static void check_range(const char *word)
{
	struct range r;

	if (parse_range(word, &r))
		return;
	HOLDS(r.from <= r.to);
	HOLDS(range_alarms(&r, r.from) == r.inside);
	HOLDS(range_alarms(&r, r.to) == r.inside);
}

static void check_map(const char *word, struct signal_map *map)
{
	parse_signal_map(word, map);
	for (int i = 0; i <= SIGNAL_MAX; i++)
		HOLDS(map->to[i] >= -1 && map->to[i] <= SIGNAL_MAX);
	HOLDS(!map->to[0] && !map->to[SIGKILL] && !map->to[SIGSTOP]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct signal_map map = { .last_counts = size % 2 };
	const uint8_t *end = data + size;

	while (data < end) {
		const uint8_t *newline =
			memchr(data, '\n', (size_t)(end - data));
		size_t length = (size_t)((newline ? newline : end) - data);
		char *word = fuzz_copy(data, length);

		check_signal(word);
		check_duration(word);
		check_number(word);
		check_range(word);
		check_map(word, &map);
		free(word);
		data += length + (newline != NULL);
	}
	return 0;
}
