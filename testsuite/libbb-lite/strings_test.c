/* SPDX-License-Identifier: MIT */
/* strings.c says what libc says, of whose functions it takes the place. */
#include "unit.h"
#include <string.h>
#include <strings.h>

size_t __wrap_strlen(const char *text);
void *__wrap_memchr(const void *from, int byte, size_t bytes);
void *__wrap_memrchr(const void *from, int byte, size_t bytes);
char *__wrap_strchr(const char *text, int letter);
char *__wrap_strrchr(const char *text, int letter);
int __wrap_strncmp(const char *a, const char *b, size_t most);
int __wrap_strcmp(const char *a, const char *b);
int __wrap_strncasecmp(const char *a, const char *b, size_t most);
int __wrap_strcasecmp(const char *a, const char *b);

static const char *const texts[] = { "", "a", "b", "ab", "abc", "aBC", "ABD",
	"@[", "`{", "sigterm", "SIGTERM", "term", " \t", "\xff", "\x7f",
	"a\xe4", "a\xc4" };

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_one(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = texts[i];
		size_t length = strlen(text);

		CHECK_INT(__wrap_strlen(text), length);
		for (int letter = -1; letter < 256; letter++) {
			CHECK(__wrap_strchr(text, letter) ==
				strchr(text, letter));
			CHECK(__wrap_strrchr(text, letter) ==
				strrchr(text, letter));
			CHECK(__wrap_memrchr(text, letter, length) ==
				memrchr(text, letter, length));
			CHECK(__wrap_memchr(text, letter, length) ==
				memchr(text, letter, length));
		}
	}
}

static void test_two(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(texts) * ARRAY_LEN(texts); i++) {
		const char *a = texts[i % ARRAY_LEN(texts)];
		const char *b = texts[i / ARRAY_LEN(texts)];

		CHECK_INT(sign(__wrap_strcmp(a, b)), sign(strcmp(a, b)));
		CHECK_INT(
			sign(__wrap_strcasecmp(a, b)), sign(strcasecmp(a, b)));
		for (size_t most = 0; most < 5; most++) {
			CHECK_INT(sign(__wrap_strncmp(a, b, most)),
				sign(strncmp(a, b, most)));
			CHECK_INT(sign(__wrap_strncasecmp(a, b, most)),
				sign(strncasecmp(a, b, most)));
		}
	}
}

static const struct unit_test tests[] = {
	{ "one", test_one },
	{ "two", test_two },
};

UNIT_MAIN(tests)
