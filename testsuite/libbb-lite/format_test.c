/* SPDX-License-Identifier: MIT */
/* format_test.c - the formatter, with hostile input and small buffers. */
#include "unit.h"
#include <unistd.h>

static void numbers(void)
{
	char buffer[64];
	struct text t = TEXT_ON(buffer);

	text_decimal(&t, 0);
	text_char(&t, ' ');
	text_decimal(&t, INT64_MIN);
	text_char(&t, ' ');
	text_decimal(&t, INT64_MAX);
	CHECK_STRING(buffer, "0 -9223372036854775808 9223372036854775807");
}

static void control_bytes(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "a\x1b[31m\n\x7f\xc3\xa4\\",
			"a\\x1b[31m\\x0a\\x7f\xc3\xa4\\" },
		/* U+009B begins an escape sequence, U+00A0 is a blank */
		{ "\xc2\x9b"
		  "2J\xc2\x80\xc2\xa0",
			"\\xc2\\x9b2J\\xc2\\x80\xc2\xa0" },
		{ "\x9b"
		  "2J\xff\xc3",
			"\\x9b2J\\xff\\xc3" },
		{ "\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x82x",
			"\xe2\x82\xac\xf0\x9f\x98\x80\\xe2\\x82x" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char buffer[64], again[64];
		struct text t = TEXT_ON(buffer), twice = TEXT_ON(again);

		text_escaped(&t, cases[i].in);
		CHECK_STRING(buffer, cases[i].out);
		text_escaped(&twice, buffer);
		CHECK_STRING(again, buffer);
	}
}

static void json(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "\"q\" \\", "\\\"q\\\" \\\\" },
		{ "\n\x01", "\\u000a\\u0001" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\x1b\xc2\x9b\xc2\xa0", "\\u001b\\u009b\xc2\xa0" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xc3", "\xef\xbf\xbd" },		    /* cut short */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" }, /* overlong */
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80",
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82x", "\xef\xbf\xbd\xef\xbf\xbdx" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		char buffer[64];
		struct text t = TEXT_ON(buffer);

		text_json(&t, cases[i].in);
		CHECK_STRING(t.used ? buffer : "", cases[i].out);
	}
}

static void small_buffers(void)
{
	/* Whatever is appended, at most size - 1 bytes and a NUL are there. */
	for (size_t size = 1; size < 40; size++) {
		char *buffer = malloc(size); /* the sanitizer guards its end */
		struct text t = { .at = buffer, .size = size };

		buffer[0] = '\0';
		text_format(
			&t, "%s %d %u %lld %c%%", "\x01name", -5, 7u, 9ll, 'c');
		text_json(&t, "\x02\xff");
		text_pad(&t, 100);
		text_errno(&t, ENOENT);
		CHECK(t.used == size - 1);
		CHECK(strlen(buffer) == size - 1);
		free(buffer);
	}
}

static void no_character_is_cut(void)
{
	static const char *const shown[] = { "", "a", "a", "a", "a\xe2\x82\xac",
		"a\xe2\x82\xac", "a\xe2\x82\xac\xc3\xa4" };

	for (size_t size = 1; size <= ARRAY_LEN(shown); size++) {
		char buffer[16] = "";
		struct text t = { .at = buffer, .size = size };

		text_escaped(&t, "a\xe2\x82\xac\xc3\xa4");
		CHECK_STRING(buffer, shown[size - 1]);
	}
}

/* A buffer is not clean before: a text is a string all the same. */
static void nothing_appended(void)
{
	char buffer[4][8];
	struct text t[] = { TEXT_ON(buffer[0]), TEXT_ON(buffer[1]),
		TEXT_ON(buffer[2]), TEXT_ON(buffer[3]) };

	memset(buffer, '#', sizeof(buffer));
	text_raw(&t[0], "");
	text_format(&t[1], "%s%s", "", "");
	text_json(&t[2], "");
	text_label(&t[3], "");
	for (unsigned i = 0; i < ARRAY_LEN(t); i++)
		CHECK_STRING(buffer[i], "");
	/* Behind what is there already, nothing is lost. */
	text_raw(&t[0], "kept");
	text_escaped(&t[0], "");
	CHECK_STRING(buffer[0], "kept");
	/* No room at all: no byte is written. */
	buffer[1][0] = '#';
	t[1].size = 0;
	text_raw(&t[1], "");
	text_raw(&t[1], "x");
	CHECK(buffer[1][0] == '#');
}

static void formats(void)
{
	char buffer[64];
	struct text t = TEXT_ON(buffer);

	text_format(&t, "%s=%d %u %lld %c 100%%", "x", -1, 4000000000u,
		1ll << 40, '!');
	CHECK_STRING(buffer, "x=-1 4000000000 1099511627776 ! 100%");
}

static void errors(void)
{
	char buffer[64];
	struct text t = TEXT_ON(buffer);

	text_errno(&t, EACCES);
	text_char(&t, '|');
	text_errno(&t, 4095);
	CHECK_STRING(buffer, "Permission denied|error 4095");
}

static void cut_output(void)
{
	static struct output o;
	int pipe_fds[2];
	char sink[32768];

	CHECK_INT(pipe(pipe_fds), 0);
	for (int rooms = 1; rooms >= 0; rooms--) {
		output_begin(&o, pipe_fds[1]);
		for (int i = 0; i < 5000; i++) {
			if (rooms)
				output_room(&o);
			text_raw(&o.text, "text");
		}
		CHECK_INT(output_end(&o), rooms ? 0 : -1);
		CHECK(rooms || errno == EFBIG);
		CHECK_INT(read(pipe_fds[0], sink, sizeof(sink)),
			rooms ? 20000 : (int)sizeof(o.buffer) - 1);
	}
}

static const struct unit_test tests[] = {
	{ "numbers", numbers },
	{ "control_bytes", control_bytes },
	{ "json", json },
	{ "small_buffers", small_buffers },
	{ "no_character_is_cut", no_character_is_cut },
	{ "cut_output", cut_output },
	{ "nothing_appended", nothing_appended },
	{ "formats", formats },
	{ "errors", errors },
};
UNIT_MAIN(tests)
