/* SPDX-License-Identifier: MIT */
/*
 * events.c - the one place that sleeps.
 *
 * Every signal is blocked and taken out of the queue here, so no handler runs
 * anywhere. Without a deadline the sleep has no end: an idle PID 1 wakes up
 * never.
 */
//kbuild:obj-y += events.o

#include "libbb.h"
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A refused wait is tried again this often; see signal_wait. */
#define RETRY_MS 100
/* Longer sleeps are cut: they must fit any kernel's time type. */
#define SLEEP_MAX_MS (24 * 3600 * 1000)

/* The timespec of the kernel call, which on 32-bit machines keeps its first,
 * 32-bit form: enough for a span of a day. */
struct kernel_span {
	long sec, nsec;
};

/* One rt_sigtimedwait(2) of at most span_ms: the signal, or -1 with errno. */
static int take_signal(int64_t span_ms, siginfo_t *info)
{
	struct kernel_span span = { (long)(span_ms / 1000),
		(long)(span_ms % 1000) * 1000000 };
	struct sigmask all;

	memset(&all, 0xff, sizeof(all));
	return (int)syscall(SYS_rt_sigtimedwait, &all, info,
		span_ms < 0 ? NULL : &span, sizeof(all));
}

/* How long to sleep until the deadline: -1 for ever, 0 when it has passed. */
static int64_t span_until(int64_t deadline_ms)
{
	int64_t span;

	if (deadline_ms == DURATION_INF)
		return -1;
	span = deadline_ms - clock_now_ms();
	return span < 0 ? 0 : span > SLEEP_MAX_MS ? SLEEP_MAX_MS : span;
}

/* The same without waiting where that call is refused: by a descriptor. */
static bool read_signal(siginfo_t *info)
{
	struct signalfd_siginfo from;
	int fd = signals_open();
	ssize_t got = fd < 0 ? -1 : read(fd, &from, sizeof(from));

	if (fd >= 0)
		close(fd);
	if (got != sizeof(from))
		return false;
	*info = (siginfo_t){ .si_signo = (int)from.ssi_signo,
		.si_code = from.ssi_code };
	info->si_pid = (pid_t)from.ssi_pid;
	info->si_uid = from.ssi_uid;
	info->si_value.sival_ptr = (void *)(uintptr_t)from.ssi_ptr;
	return true;
}

int signal_wait(int64_t deadline_ms, siginfo_t *info)
{
	for (;;) {
		int64_t span = span_until(deadline_ms);
		int signal = take_signal(span, info);

		if (signal > 0)
			return signal;
		if (errno == EAGAIN && span_until(deadline_ms) == 0)
			return 0;
		if (errno != EINTR)
			break; /* EAGAIN too: nothing was waited for */
	}
	if (read_signal(info))
		return info->si_signo;
	sleep_ms(RETRY_MS);
	*info = (siginfo_t){ .si_signo = SIGCHLD };
	return SIGCHLD;
}

bool signal_take(int signal, siginfo_t *info)
{
	const struct timespec at_once = { 0, 0 };
	struct sigmask one = { { 0 } };

	sigmask_add(&one, signal);
	return syscall(SYS_rt_sigtimedwait, &one, info, &at_once, sizeof(one)) >
	       0;
}

void sleep_us(int64_t span_us)
{
	struct kernel_span span = { (long)(span_us / 1000000),
		(long)(span_us % 1000000) * 1000 };

	syscall(SYS_nanosleep, &span, NULL);
}

void sleep_ms(int span_ms)
{
	sleep_us((int64_t)span_ms * 1000);
}

int signals_open(void)
{
	struct sigmask all;

	memset(&all, 0xff, sizeof(all));
	return (int)syscall(SYS_signalfd4, -1, &all, sizeof(all),
		SFD_CLOEXEC | SFD_NONBLOCK);
}

int events_wait(struct pollfd *fds, unsigned count, int64_t deadline_ms,
	siginfo_t *info)
{
	fds[0].revents = 0; /* of the call before */
	for (;;) {
		int64_t span = span_until(deadline_ms);
		int signal = take_signal(0, info), ready;

		if (signal > 0 ||
			(signal < 0 && fds[0].revents && read_signal(info)))
			return info->si_signo;
		if (fds[0].fd < 0 && (span < 0 || span > RETRY_MS))
			span = RETRY_MS;
		fds[0].events = POLLIN;
		ready = poll(fds, count, (int)span);
		/* cppcheck-suppress compareBoolExpressionWithInt ; 0 or 1 */
		if (ready > (fds[0].revents != 0))
			return 0;
		for (unsigned i = 0; ready < 0 && i < count; i++)
			fds[i].revents = 0; /* as they were before */
		if (ready < 0 && errno != EINTR)
			sleep_ms(RETRY_MS); /* ENOMEM, or too few descriptors */
		if (ready <= 0 && span_until(deadline_ms) == 0)
			return 0;
	}
}
