/* SPDX-License-Identifier: MIT */
/*
 * unit.h - a unit test program: a table of named tests, one run a call.
 *
 * The bats file beside it compiles FILE_test.c with the sources under test and
 * the sanitizers, and calls it once for each test.
 */
#ifndef UNIT_H
#define UNIT_H

#include "libbb.h"
#include <stdio.h>
#include <stdlib.h>

struct unit_test {
	const char *name;
	void (*run)(void);
};

/* Says which check failed, with both values, and ends the test. */
#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			exit(1);                                               \
		}                                                              \
	} while (0)
#define CHECK_INT(got, want)                                               \
	do {                                                               \
		long long got_ = (got), want_ = (want);                    \
		if (got_ != want_) {                                       \
			printf("%s:%d: %s is %lld, want %lld\n", __FILE__, \
				__LINE__, #got, got_, want_);              \
			exit(1);                                           \
		}                                                          \
	} while (0)
#define CHECK_STRING(got, want)                                                \
	do {                                                                   \
		const char *got_ = (got), *want_ = (want);                     \
		if (strcmp(got_, want_) != 0) {                                \
			printf("%s:%d: %s is \"%s\", want \"%s\"\n", __FILE__, \
				__LINE__, #got, got_, want_);                  \
			exit(1);                                               \
		}                                                              \
	} while (0)

#define UNIT_MAIN(tests)                                                \
	int main(int argc, char **argv)                                 \
	{                                                               \
		for (unsigned i = 0; i < ARRAY_LEN(tests); i++) {       \
			if (argc < 2)                                   \
				puts(tests[i].name);                    \
			else if (strcmp(argv[1], tests[i].name) == 0) { \
				tests[i].run();                         \
				return 0;                               \
			}                                               \
		}                                                       \
		return argc < 2 ? 0 : 2;                                \
	}

#endif
