/* SPDX-License-Identifier: MIT */
/*
 * signals.c - masks and dispositions by the kernel's own calls.
 *
 * Not through libc: musl's sigset functions cannot name signals 32 to 34 and
 * clear them in what sigprocmask gives back; glibc does so with 32 and 33. A
 * signal that docker or podman sends must not depend on that.
 */
//kbuild:obj-y += signals.o

#include "libbb.h"
#include <sys/syscall.h>
#include <unistd.h>

#define BITS_PER_WORD (8 * sizeof(long))

void sigmask_add(struct sigmask *mask, int signal)
{
	unsigned bit = (unsigned)signal - 1;

	mask->word[bit / BITS_PER_WORD] |= 1UL << bit % BITS_PER_WORD;
}

bool sigmask_has(const struct sigmask *mask, int signal)
{
	unsigned bit = (unsigned)signal - 1;

	return mask->word[bit / BITS_PER_WORD] >> bit % BITS_PER_WORD & 1;
}

void signals_block_all(struct sigmask *old)
{
	struct sigmask all;

	memset(&all, 0xff, sizeof(all)); /* KILL and STOP stay as they are */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, sizeof(all));
}

void signals_set_mask(const struct sigmask *mask)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, NULL, sizeof(*mask));
}

bool signal_is_pending(int signal)
{
	struct sigmask pending = { { 0 } };

	syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	return sigmask_has(&pending, signal);
}

bool stop_self(void)
{
	struct sigmask mask;

	memset(&mask, 0xff, sizeof(mask));
	mask.word[(SIGTSTP - 1) / BITS_PER_WORD] &=
		~(1UL << (SIGTSTP - 1) % BITS_PER_WORD);
	kill(getpid(), SIGTSTP);
	signals_set_mask(&mask); /* here we stop */
	signals_block_all(NULL);
	return signal_is_pending(SIGCONT);
}

/* The kernel's struct sigaction: longs in an order of each architecture's own,
 * but all of them zero when the handler is SIG_DFL or SIG_IGN. */
struct kernel_action {
	unsigned long word[4 + sizeof(struct sigmask) / sizeof(long)];
};

static int call_sigaction(
	int signal, const struct kernel_action *to, struct kernel_action *now)
{
	return (int)syscall(
		SYS_rt_sigaction, signal, to, now, sizeof(struct sigmask));
}

bool signal_is_ignored(int signal)
{
	struct kernel_action now;

	return call_sigaction(signal, NULL, &now) == 0 &&
	       now.word[KERNEL_ACTION_HANDLER] == (unsigned long)SIG_IGN;
}

void signal_set_ignored(int signal, bool ignored)
{
	struct kernel_action to = { { 0 } };

	if (ignored)
		to.word[KERNEL_ACTION_HANDLER] = (unsigned long)SIG_IGN;
	call_sigaction(signal, &to, NULL);
}

void signals_ignore_none(void)
{
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		if (signal_is_ignored(signal))
			signal_set_ignored(signal, false);
}

int signal_send(pid_t pid, int signal)
{
	if (kill(pid, signal) == 0)
		return 0;
	return errno == ESRCH ? -1 : kill(pid, signal);
}

int signal_queue(pid_t pid, int signal, const siginfo_t *info)
{
	if (syscall(SYS_rt_sigqueueinfo, pid, signal, info) == 0)
		return 0;
	/* kill(2) marks the signal as pending also where the queue is full. */
	return errno == EAGAIN ? signal_send(pid, signal) : -1;
}
