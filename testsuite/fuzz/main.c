/* SPDX-License-Identifier: MIT */
/*
 * main.c - a target without libFuzzer: replay the files that are named, else
 * what stands on stdin; for AFL++ one input after the other.
 */
#include "fuzz.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INPUT_BYTES (1 << 20)

#ifdef __AFL_FUZZ_TESTCASE_LEN
__AFL_FUZZ_INIT();
#endif

static void replay(int fd)
{
	uint8_t *data = malloc(INPUT_BYTES);
	size_t size = 0;
	ssize_t n;

	while (size < INPUT_BYTES &&
		(n = read(fd, data + size, INPUT_BYTES - size)) > 0)
		size += (size_t)n;
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int main(int argc, char **argv)
{
#ifdef __AFL_FUZZ_TESTCASE_LEN
	__AFL_INIT();
	const uint8_t *data = __AFL_FUZZ_TESTCASE_BUF;

	while (__AFL_LOOP(10000))
		LLVMFuzzerTestOneInput(data, __AFL_FUZZ_TESTCASE_LEN);
#endif
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		if (fd < 0) {
			perror(argv[i]);
			return 1;
		}
		replay(fd);
		close(fd);
	}
	if (argc == 1)
		replay(STDIN_FILENO);
	return 0;
}
