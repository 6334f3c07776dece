/* SPDX-License-Identifier: MIT */
/*
 * range.c - thresholds in the notation of monitoring plugins. Pure.
 *
 * [@][START:][END]: an alarm is a value outside of START..END, with @ one
 * inside; START is 0 when left out and no limit as "~", END no limit.
 */
#include "zombiecheck.h"

static const char not_a_range[] =
	"not a range (10, 10:, ~:10, 5:10, @5:10; whole numbers)";

/* A number up to `end`; false if that is none. */
static bool bound(const char *from, const char *end, int64_t *out)
{
	char buffer[24];
	size_t length = (size_t)(end - from);
	bool negative = length > 0 && *from == '-';
	uint64_t n;

	from += negative;
	length -= negative;
	if (length >= sizeof(buffer))
		return false;
	memcpy(buffer, from, length);
	buffer[length] = '\0';
	if (parse_unsigned(buffer, INT64_MAX, &n))
		return false;
	*out = negative ? -(int64_t)n : (int64_t)n;
	return true;
}

const char *parse_range(const char *word, struct range *out)
{
	struct range r = { .from = 0, .to = INT64_MAX, .inside = *word == '@' };
	const char *at = word + r.inside, *colon = strchr(at, ':');
	const char *end = at + strlen(at);

	if (colon && colon == at + 1 && *at == '~')
		r.from = INT64_MIN;
	else if (colon && (colon > at || end == at + 1) &&
		 !bound(at, colon, &r.from))
		return not_a_range;
	if (colon)
		at = colon + 1;
	if ((at < end || !colon) && !bound(at, end, &r.to))
		return not_a_range;
	if (r.from > r.to)
		return "its start is greater than its end";
	*out = r;
	return NULL;
}

bool range_alarms(const struct range *r, int64_t n)
{
	return (n >= r->from && n <= r->to) == r->inside;
}
