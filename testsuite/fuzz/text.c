/* SPDX-License-Identifier: MIT */
/*
 * text.c - what may be written: UTF-8, no control characters, JSON. Written
 * from the standards, not from format.c.
 */
#include "fuzz.h"

/* The character that s begins with, and its length; -1 if it is none. */
static long decode(
	const unsigned char *s, const unsigned char *end, unsigned *length)
{
	static const long smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned ones = 0;
	long c;

	while (ones < 8 && *s & 0x80 >> ones)
		ones++;
	*length = ones ? ones : 1;
	if (ones == 0)
		return *s;
	if (ones == 1 || ones > 4 || end - s < (long)ones)
		return -1;
	c = *s & (0x7f >> ones);
	for (unsigned i = 1; i < ones; i++) {
		if (s[i] >> 6 != 2)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c < smallest[ones] || c > 0x10ffff || c >> 11 == 0x1b ? -1 : c;
}

bool fuzz_is_text(const char *text, size_t length, bool terminal)
{
	const unsigned char *s = (const void *)text, *end = s + length;
	unsigned bytes;

	for (; s < end; s += bytes) {
		long c = decode(s, end, &bytes);

		if (c < 0 || (terminal && c != '\n' &&
				     (c < 0x20 || (c >= 0x7f && c < 0xa0))))
			return false;
	}
	return true;
}

/* ---- JSON (RFC 8259) ------------------------------------------------- */

struct json {
	const char *at, *end;
};

static bool value(struct json *j, int depth);

static void blanks(struct json *j)
{
	while (j->at < j->end && strchr(" \t\r\n", *j->at) && *j->at)
		j->at++;
}

static bool accept_char(struct json *j, char c)
{
	blanks(j);
	if (j->at == j->end || *j->at != c)
		return false;
	j->at++;
	return true;
}

static bool string(struct json *j)
{
	if (!accept_char(j, '"'))
		return false;
	for (; j->at < j->end && *j->at != '"'; j->at++) {
		if ((unsigned char)*j->at < 0x20)
			return false;
		if (*j->at != '\\')
			continue;
		if (++j->at == j->end)
			return false;
		if (*j->at == 'u') {
			for (int i = 0; i < 4; i++)
				if (++j->at >= j->end ||
					!strchr("0123456789abcdefABCDEF",
						*j->at))
					return false;
		} else if (!strchr("\"\\/bfnrt", *j->at)) {
			return false;
		}
	}
	return accept_char(j, '"');
}

/* What is between brackets: values, or names with values. */
static bool members(struct json *j, char close, int depth)
{
	if (accept_char(j, close))
		return true;
	do {
		if (close == '}' && (!string(j) || !accept_char(j, ':')))
			return false;
		if (!value(j, depth))
			return false;
	} while (accept_char(j, ','));
	return accept_char(j, close);
}

static bool digits(struct json *j)
{
	const char *first = j->at;

	while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
		j->at++;
	return j->at > first && (*first != '0' || j->at == first + 1);
}

static bool number(struct json *j)
{
	accept_char(j, '-');
	if (!digits(j))
		return false;
	if (j->at < j->end && *j->at == '.') {
		const char *first = ++j->at;

		while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
			j->at++;
		return j->at > first;
	}
	return true;
}

static bool word(struct json *j, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(j->end - j->at) < length ||
		strncmp(j->at, word, length) != 0)
		return false;
	j->at += length;
	return true;
}

static bool value(struct json *j, int depth)
{
	blanks(j);
	if (depth == 0 || j->at == j->end)
		return false;
	switch (*j->at) {
	case '{':
		j->at++;
		return members(j, '}', depth - 1);
	case '[':
		j->at++;
		return members(j, ']', depth - 1);
	case '"':
		return string(j);
	case 't':
		return word(j, "true");
	case 'f':
		return word(j, "false");
	case 'n':
		return word(j, "null");
	default:
		return number(j);
	}
}

bool fuzz_is_json(const char *text, size_t length)
{
	struct json j = { text, text + length };

	return length > 0 && text[length - 1] == '\n' && value(&j, 16) &&
	       j.at == j.end - 1 && fuzz_is_text(text, length, false);
}
