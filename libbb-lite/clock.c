/* SPDX-License-Identifier: MIT */
/*
 * clock.c - time that no administrator can set.
 */
//kbuild:obj-y += clock.o

#include "libbb.h"
#include <time.h>

int64_t clock_now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	/* At boot of a microVM the clock may still read 0. */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

int64_t clock_now_us(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_unix_s(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

uint64_t clock_boot_ticks(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * CLOCK_TICKS_PER_S +
	       (uint64_t)now.tv_nsec / (1000000000 / CLOCK_TICKS_PER_S);
}

int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t deadline_after(int64_t now_ms, int64_t span_ms)
{
	int64_t deadline;

	if (__builtin_add_overflow(now_ms, span_ms, &deadline))
		return DURATION_INF;
	return deadline;
}
