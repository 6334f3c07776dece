/* SPDX-License-Identifier: MIT */
/*
 * orphan.c - find out by trying whether orphans are reaped here.
 *
 * We fork a middle process, which forks the orphan and ends. The orphan waits
 * until it has a new parent, says which, and then blocks on a pipe: it cannot
 * end before it has been adopted. When we close the pipe it ends, and from then
 * on kill(2) finds it until somebody has waited for it.
 *
 * The one place beside spawn.c that forks, and like there a child ends by
 * _exit.
 */
//kbuild:obj-y += orphan.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

/* At first a look each FAST_US, for the answer that takes a third of a ms. */
#define FAST_US		 200
#define FAST_PHASE_US	 5000
#define SLOW_US		 5000
#define LIFE_MS		 60000 /* for what only a frozen one never does */
#define ADOPTION_STEP_US 200

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* What the orphan writes, at once since it is small. */
struct birth {
	pid_t pid, adopter;
};

static void be_orphan(const char *name, pid_t middle, int report, int life)
{
	struct birth birth = { .pid = getpid() };
	char byte;

	prctl(PR_SET_NAME, name);
	while (getppid() == middle)
		sleep_us(ADOPTION_STEP_US);
	birth.adopter = getppid();
	if (write(report, &birth, sizeof(birth)) == (ssize_t)sizeof(birth))
		while (read(life, &byte, 1) < 0 && errno == EINTR)
			;
}

/* The middle process: its exit status is errno of the fork that failed. */
static int be_middle(const char *name, const int *report, const int *life)
{
	pid_t middle = getpid(), pid;

	/* The orphan must see the end of file when we close ours. */
	close(life[1]);
	pid = spawn_bare();
	if (pid == 0) {
		be_orphan(name, middle, report[1], life[0]);
		_exit(0);
	}
	return pid < 0 ? errno : 0;
}

/* Wait for our child, the middle one: its exit status. */
static int reap_middle(pid_t middle)
{
	struct reaped r;

	for (;;) {
		int n = reap_next(&r);

		if (n < 0)
			return 0;
		if (n > 0 && r.pid == middle)
			return wstatus_to_exit(r.status);
		if (n == 0)
			sleep_us(FAST_US);
	}
}

static void wait_until_reaped(int64_t timeout_ms, struct orphan *out)
{
	int64_t began = clock_now_us();

	do {
		out->took_us = clock_now_us() - began;
		if (kill(out->pid, 0) < 0 && errno == ESRCH) {
			out->result = ORPHAN_REAPED;
			return;
		}
		sleep_us(out->took_us < FAST_PHASE_US ? FAST_US : SLOW_US);
	} while (
		timeout_ms == DURATION_INF || out->took_us / 1000 < timeout_ms);
	out->result = ORPHAN_LEFT;
}

/*
 * What the orphan says: its birth, and with NULL its end, when the last
 * descriptor of the pipe is closed. So however busy the machine is, the clock
 * starts when it is dead. False if it does not come.
 */
static bool hear(int report, struct birth *birth)
{
	int64_t until = clock_now_us() + LIFE_MS * 1000;
	ssize_t want = birth ? (ssize_t)sizeof(*birth) : 0;
	struct birth none;

	do {
		if (read(report, birth ? birth : &none, sizeof(none)) == want)
			return true;
		sleep_us(FAST_US);
	} while (clock_now_us() < until);
	return false;
}

static void probe(const char *name, int64_t timeout_ms, int *report, int *life,
	struct orphan *out)
{
	pid_t middle = spawn_bare();
	struct birth birth = { 0 };
	struct reaped r;

	if (middle == 0)
		_exit(be_middle(name, report, life));
	out->error = middle < 0 ? errno : reap_middle(middle);
	close_end(&report[1]);
	if (!out->error && !hear(report[0], &birth))
		out->error = ETIMEDOUT;
	close_end(&life[1]); /* it ends now */
	if (!out->error && !hear(report[0], NULL))
		out->error = ETIMEDOUT;
	if (out->error)
		return;
	out->pid = birth.pid;
	out->adopter = birth.adopter;
	if (birth.adopter != getpid()) {
		wait_until_reaped(timeout_ms, out);
		return;
	}
	out->result = ORPHAN_OURS;
	while (reap_next(&r) == 0)
		sleep_us(FAST_US);
}

void orphan_probe(const char *name, int64_t timeout_ms, struct orphan *out)
{
	int report[2] = { -1, -1 }, life[2] = { -1, -1 };

	*out = (struct orphan){ .result = ORPHAN_FAILED };
	if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0 ||
		pipe2(life, O_CLOEXEC) < 0) {
		out->error = errno;
	} else {
		/* Ignored, the kernel would reap the middle one without its
		 * status. */
		signal_set_ignored(SIGCHLD, false);
		probe(name, timeout_ms, report, life, out);
	}
	close_end(&report[0]);
	close_end(&report[1]);
	close_end(&life[0]);
	close_end(&life[1]);
}
