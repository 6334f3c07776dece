/* SPDX-License-Identifier: MIT */
/*
 * parse.c - words to numbers, durations and signals. Pure.
 */
//kbuild:obj-y += parse.o

#include "libbb.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *word_for_exec(const char *word)
{
	return (char *)(uintptr_t)word;
}

int word_index(const char *list, const char *word)
{
	for (int i = 0; *list; i++) {
		if (strcmp(list, word) == 0)
			return i;
		list += strlen(list) + 1;
	}
	return -1;
}

const char *word_at(const char *list, unsigned index)
{
	while (index-- > 0)
		list += strlen(list) + 1;
	return list;
}

const char *behind(const char *beginning, const char *text)
{
	size_t length = strlen(beginning);

	return strncmp(text, beginning, length) == 0 ? text + length : NULL;
}

/* Read digits into *n and return what follows them; NULL when there is no
 * digit or the number does not fit. */
static const char *read_digits(const char *s, uint64_t *n)
{
	if (!is_digit(*s))
		return NULL;
	for (*n = 0; is_digit(*s); s++)
		if (__builtin_mul_overflow(*n, 10u, n) ||
			__builtin_add_overflow(*n, (unsigned)(*s - '0'), n))
			return NULL;
	return s;
}

const char *parse_unsigned(const char *word, uint64_t max, uint64_t *out)
{
	uint64_t n;
	const char *end = read_digits(word, &n);

	if (!is_digit(*word) || (end && *end))
		return "not a number";
	if (!end || n > max)
		return "number out of range";
	*out = n;
	return NULL;
}

struct unit {
	char name[4];
	unsigned ms;
};

/* Largest first: in "1m30s" each unit may stand once, in this order. */
static const struct unit units[] = {
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

/* Whether s begins with this unit and not with a longer one ("m", "ms"). */
static const char *skip_unit(const char *s, const char *name)
{
	s = behind(name, s);
	return s && (*s == '\0' || is_digit(*s)) ? s : NULL;
}

static const char not_a_duration[] =
	"not a duration (500ms, 8s, 1m30s, 2h, a number of seconds, inf)";
static const char too_long[] = "duration too long";

/* The fraction of a bare number of seconds, s behind the point: thousandths,
 * rounded up, so that nothing asked for becomes 0. */
static const char *parse_fraction(const char *s, uint64_t *ms)
{
	unsigned scale = 100;

	if (!is_digit(*s))
		return not_a_duration;
	for (*ms = 0; is_digit(*s) && scale > 0; s++, scale /= 10)
		*ms += (unsigned)(*s - '0') * scale;
	for (bool more = false; is_digit(*s); s++) {
		if (*s != '0' && !more) {
			more = true;
			*ms += 1;
		}
	}
	return *s ? not_a_duration : NULL;
}

static const char *add_ms(uint64_t n, unsigned unit_ms, uint64_t *total)
{
	uint64_t ms;

	if (__builtin_mul_overflow(n, unit_ms, &ms) ||
		__builtin_add_overflow(*total, ms, total) ||
		*total >= DURATION_INF)
		return too_long;
	return NULL;
}

/* One number and its unit; *unit goes on behind the one that was used. */
static const char *parse_part(const char **s, unsigned *unit, uint64_t *total)
{
	uint64_t n, fraction;
	const char *end = read_digits(*s, &n), *why;

	if (!end)
		return is_digit(**s) ? too_long : not_a_duration;
	if (*unit == 0 && (*end == '\0' || *end == '.')) {
		fraction = 0;
		why = *end ? parse_fraction(end + 1, &fraction) : NULL;
		*s = "";
		*total = fraction;
		return why ? why : add_ms(n, 1000, total);
	}
	for (; *unit < ARRAY_LEN(units); ++*unit) {
		*s = skip_unit(end, units[*unit].name);
		if (*s)
			return add_ms(n, units[(*unit)++].ms, total);
	}
	return not_a_duration;
}

const char *parse_duration_ms(const char *word, int64_t *out)
{
	uint64_t total = 0;
	unsigned unit = 0;

	if (strcmp(word, "inf") == 0) {
		*out = DURATION_INF;
		return NULL;
	}
	do {
		const char *why = parse_part(&word, &unit, &total);

		if (why)
			return why;
	} while (*word);
	*out = (int64_t)total;
	return NULL;
}
