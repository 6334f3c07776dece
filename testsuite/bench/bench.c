/* SPDX-License-Identifier: MIT */
/*
 * bench - take the measurements of scripts/bench.sh (INIT, LOAD: bench.h; LOAD
 * is a command of testsuite/bench/load.c). Times are in nanoseconds; a line
 * begins with the number of the INIT, from 0.
 *
 *	bench start DIR LOAD ROUNDS SECONDS INIT...	TIME from exec to LOAD's
 *		main(); so many rounds of all, fewer of one that took so long
 *	bench signal DIR LOAD ROUNDS INIT...	TIME from the signal to the init to
 *		LOAD's handler
 *	bench idle DIR LOAD SECONDS INIT...	KB WAKEUPS: private dirty memory, and
 *		how often it ran in so many seconds
 *	bench reap DIR LOAD INIT	TIME MOST: of the processor for all zombies;
 *		how many there were at once
 *	bench stop DIR LOAD N INIT	FINISHED TIME: N processes that clean up
 *	bench entries DIR LOAD N INIT	FINISHED START STOP: N programs
 *	bench calls DIR LOAD SECONDS INIT	OWN ALL: system calls until LOAD's
 *		exec, if that comes in time
 *	bench steps DIR LOAD SECONDS INIT	OWN ALL: instructions until then
 */
#define _GNU_SOURCE
#include "bench.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INITS_MAX	  32
#define WARM_UP		  3 /* rounds that fill the caches and do not count */
#define ROUNDS_MIN	  3
#define SIGNALS_IN_A_LIFE 100

/* What all measurements get from the command line. */
struct job {
	const char *load;
	long first, second; /* numbers */
	int count;
	char **inits;
};

/* The number behind the first KEY of a file of /proc/PID; -1 if none. */
static long long number(pid_t pid, const char *file, const char *key)
{
	char path[64], text[8192], *at;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	at = strstr(text, key);
	return at ? atoll(at + strlen(key)) : -1;
}

/*
 * The turns of a round, in an order by chance: the end of one program is still
 * on its way when the next one begins, and who always came after one with
 * little to end would look quicker than he is.
 */
static void shuffle(int *turns, int count)
{
	static unsigned long long x = 1; /* the same orders each time */
	int i;

	for (i = 0; i < count; i++) {
		int other;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		other = (int)((x >> 33) % (unsigned)(i + 1));
		if (other != i)
			turns[i] = turns[other];
		turns[other] = i;
	}
}

static int measure_start(const struct job *job)
{
	long long spent[INITS_MAX] = { 0 }, end_ns;
	long taken[INITS_MAX] = { 0 }, round;
	bool silent[INITS_MAX] = { false };
	int turns[INITS_MAX], turn;

	for (round = -WARM_UP; round < job->first; round++) {
		shuffle(turns, job->count);
		for (turn = 0; turn < job->count; turn++) {
			int i = turns[turn];
			pid_t pid;

			if (silent[i] ||
				(taken[i] >= ROUNDS_MIN &&
					spent[i] > job->second * 1000000000))
				continue;
			pid = run_init(job->inits[i], job->load, false);
			silent[i] = !hear(&end_ns, sizeof(end_ns));
			spent[i] += now_ns() - run_began();
			end(pid);
			if (silent[i] || round < 0)
				continue;
			printf("%d %lld\n", i, end_ns - run_began());
			taken[i]++;
		}
	}
	return 0;
}

/* All run, started in an order by chance, and get so many signals each. */
static void signal_all(const struct job *job, long rounds)
{
	pid_t pids[INITS_MAX];
	long long begin, end_ns;
	int turns[INITS_MAX], turn, i;
	long round;

	shuffle(turns, job->count);
	for (turn = 0; turn < job->count; turn++) {
		i = turns[turn];
		pids[i] = run_init(job->inits[i], job->load, false);
		if (!hear_ready(1))
			fail(job->inits[i]);
	}
	for (round = -WARM_UP; round < rounds; round++) {
		shuffle(turns, job->count);
		for (turn = 0; turn < job->count; turn++) {
			i = turns[turn];
			begin = now_ns();
			kill(pids[i], SIGUSR1);
			if (!hear(&end_ns, sizeof(end_ns)))
				fail(job->inits[i]);
			if (round >= 0)
				printf("%d %lld\n", i, end_ns - begin);
		}
	}
	for (i = 0; i < job->count; i++)
		end(pids[i]);
}

/*
 * Who was started first is up to a microsecond quicker all his life, and two
 * that run the same program differ by half of one: what counts is many lives.
 */
static int measure_signal(const struct job *job)
{
	long left;

	for (left = job->first; left > 0; left -= SIGNALS_IN_A_LIFE)
		signal_all(job,
			left < SIGNALS_IN_A_LIFE ? left : SIGNALS_IN_A_LIFE);
	return 0;
}

static long long switches(pid_t pid)
{
	return number(pid, "status", "\nvoluntary_ctxt_switches:");
}

static int measure_idle(const struct job *job)
{
	pid_t pids[INITS_MAX];
	long long before[INITS_MAX];
	int i;

	for (i = 0; i < job->count; i++) {
		pids[i] = run_init(job->inits[i], job->load, false);
		if (hear_ready(1))
			continue;
		end(pids[i]);
		pids[i] = 0;
	}
	sleep_ms(1500); /* what they do after the start is not meant */
	for (i = 0; i < job->count; i++)
		before[i] = pids[i] ? switches(pids[i]) : 0;
	sleep_ms(job->first * 1000);
	for (i = 0; i < job->count; i++)
		if (pids[i])
			printf("%d %lld %lld\n", i,
				number(pids[i], "smaps_rollup",
					"\nPrivate_Dirty:"),
				switches(pids[i]) - before[i]);
	for (i = 0; i < job->count; i++)
		if (pids[i])
			end(pids[i]);
	return 0;
}

/* From the first batch that is ready until the last one has been reaped. */
static int measure_reap(const struct job *job)
{
	pid_t pid = run_init(job->inits[0], job->load, false);
	long long before = -1, now;
	int most;
	char c;

	do {
		if (!hear(&c, 1))
			fail("the zombies stay");
		now = number(pid, "schedstat", "");
		if (now < 0)
			fail("schedstat");
		if (before < 0)
			before = now;
		if (c == 'b')
			tell();
	} while (c == 'b');
	if (!hear(&most, sizeof(most)))
		fail("the count of zombies");
	printf("%lld %d\n", now - before, most);
	end(pid);
	return 0;
}

static int measure_stop(const struct job *job)
{
	pid_t pid = run_init(job->inits[0], job->load, false);
	long long begin;
	bool ended;

	if (!hear_ready(job->first))
		fail("not all have started");
	begin = now_ns();
	kill(pid, SIGTERM);
	ended = await_end(pid);
	begin = now_ns() - begin;
	printf("%d %lld\n", hear_rest('f'), ended ? begin : -1);
	return 0;
}

static int measure_entries(const struct job *job)
{
	pid_t pid = run_init(job->inits[0], job->load, false);
	long long begin, up_ns;
	bool ended;

	if (!hear_ready(job->first))
		fail("not all have started");
	up_ns = now_ns() - run_began();
	sleep_ms(
		200); /* what it has to do after their start is not the stop's */
	begin = now_ns();
	kill(pid, SIGTERM);
	ended = await_end(pid);
	begin = now_ns() - begin;
	printf("%d %lld %lld\n", hear_rest('f'), up_ns, ended ? begin : -1);
	return 0;
}

static int measure_calls(const struct job *job)
{
	return measure_trace(false, job->first, job->load, job->inits[0]);
}

static int measure_steps(const struct job *job)
{
	return measure_trace(true, job->first, job->load, job->inits[0]);
}

static const struct measurement {
	const char *name;
	int numbers;
	int (*take)(const struct job *job);
} measurements[] = {
	{ "start", 2, measure_start },
	{ "signal", 1, measure_signal },
	{ "idle", 1, measure_idle },
	{ "reap", 0, measure_reap },
	{ "stop", 1, measure_stop },
	{ "entries", 1, measure_entries },
	{ "calls", 1, measure_calls },
	{ "steps", 1, measure_steps },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0;
		argc > 1 && i < sizeof(measurements) / sizeof(*measurements);
		i++) {
		const struct measurement *m = &measurements[i];
		int first = 4 + m->numbers;
		struct job job = { .count = argc - first };

		if (strcmp(argv[1], m->name) != 0)
			continue;
		if (job.count < 1 || job.count > INITS_MAX)
			return 2;
		job.load = argv[3];
		job.first = m->numbers > 0 ? atol(argv[4]) : 0;
		job.second = m->numbers > 1 ? atol(argv[5]) : 0;
		job.inits = argv + first;
		open_fifos(argv[2]);
		return m->take(&job);
	}
	return 2;
}
