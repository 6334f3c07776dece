/* SPDX-License-Identifier: MIT */
/*
 * format.c - the one formatter: text in a fixed buffer, without stdio.
 *
 * Invariant: used < size, and behind a string that was appended, be it empty,
 * at[used] is NUL: a text is a string.
 */
//kbuild:obj-y += format.o

#include "libbb.h"

void text_char(struct text *t, char c)
{
	if (t->used + 1 >= t->size)
		return;
	t->at[t->used++] = c;
	t->at[t->used] = '\0';
}

/* A text is a string even where nothing is appended to it. */
static void text_end(struct text *t)
{
	if (t->used < t->size)
		t->at[t->used] = '\0';
}

void text_raw(struct text *t, const char *s)
{
	text_end(t);
	while (*s)
		text_char(t, *s++);
}

static void text_hex_byte(struct text *t, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	text_char(t, digits[c >> 4]);
	text_char(t, digits[c & 15]);
}

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

void text_decimal(struct text *t, int64_t n)
{
	char digits[20];
	unsigned count = 0;
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	if (n < 0)
		text_char(t, '-');
	do {
		digits[count++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	while (count > 0)
		text_char(t, digits[--count]);
}

/*
 * The length of the well-formed UTF-8 sequence that s begins with, 0 for none
 * (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF).
 */
static unsigned utf8_length(const unsigned char *s)
{
	unsigned length = *s < 0x80   ? 1
			  : *s < 0xc2 ? 0
			  : *s < 0xe0 ? 2
			  : *s < 0xf0 ? 3
			  : *s < 0xf5 ? 4
				      : 0;

	for (unsigned i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
		(*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

void text_escaped(struct text *t, const char *s)
{
	text_end(t);
	while (*s) {
		const unsigned char *c = (const void *)s;
		unsigned length = utf8_length(c);

		/* U+0080 to U+009F act on terminals, as escape sequences do. */
		if (is_control(*c) || (*c == 0xc2 && c[1] < 0xa0))
			length = 0;
		if (length == 0) {
			text_raw(t, "\\x");
			text_hex_byte(t, *c);
			s++;
		}
		/* No character is cut in two. */
		if (t->used + length >= t->size)
			return;
		while (length-- > 0)
			text_char(t, *s++);
	}
}

/* A string for inside of quotes; control_prefix stands before a control byte's
 * two digits. */
static void text_quoted(
	struct text *t, const char *s, const char *control_prefix)
{
	text_end(t);
	while (*s) {
		unsigned char c = (unsigned char)*s;
		unsigned length = utf8_length((const void *)s);
		bool control = is_control(c);

		/* U+0080 to U+009F, whose number is their second byte. */
		if (length == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0) {
			c = (unsigned char)*++s;
			control = true;
		}
		if (c == '"' || c == '\\')
			text_char(t, '\\');
		if (control) {
			text_raw(t, control_prefix);
			text_hex_byte(t, c);
			length = 0;
			s++;
		} else if (length == 0) {
			text_raw(t, "\xef\xbf\xbd");
			s++;
		}
		while (length-- > 0)
			text_char(t, *s++);
	}
}

void text_json(struct text *t, const char *s)
{
	text_quoted(t, s, "\\u00");
}

void text_label(struct text *t, const char *s)
{
	text_quoted(t, s, "\\\\x");
}

void text_pad(struct text *t, size_t column)
{
	while (t->used < column && t->used + 1 < t->size)
		text_char(t, ' ');
}

void text_vformat(struct text *t, const char *fmt, va_list args)
{
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			text_char(t, *fmt);
			continue;
		}
		switch (*++fmt) {
		case 's':
			text_escaped(t, va_arg(args, const char *));
			break;
		case 'd':
			text_decimal(t, va_arg(args, int));
			break;
		case 'u':
			text_decimal(t, va_arg(args, unsigned));
			break;
		case 'l':
			fmt += 2; /* "lld" is the only long form */
			text_decimal(t, va_arg(args, long long));
			break;
		case 'c':
			text_char(t, (char)va_arg(args, int));
			break;
		case '\0':
			return;
		default:
			text_char(t, *fmt);
		}
	}
}

void text_format(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_vformat(t, fmt, args);
	va_end(args);
}

void text_span(struct text *t, int64_t seconds)
{
	static const struct {
		unsigned seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	unsigned i = 0;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	text_decimal(t, seconds / units[i].seconds);
	text_char(t, units[i].unit);
	seconds %= units[i].seconds;
	/* The next smaller unit, where it tells something. */
	if (i < 2 && seconds >= units[i + 1].seconds) {
		text_decimal(t, seconds / units[i + 1].seconds);
		text_char(t, units[i + 1].unit);
	}
}
