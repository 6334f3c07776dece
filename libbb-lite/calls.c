/* SPDX-License-Identifier: MIT */
/*
 * calls.c - system calls in libc's place. The linker puts __wrap_NAME where NAME
 * is called (ld(1), --wrap), in a static link alone: libc's own do without what
 * Linux has had since 2.6.28 or look at what nobody here hands over, and weigh
 * ten times as much. Contracts: NAME(2), NAME(3).
 */
//kbuild:obj-y += calls.o

#include "libbb.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Where a long has 32 bits. */
#ifdef SYS_mmap2
#undef SYS_mmap
#define SYS_mmap SYS_mmap2
#endif
#ifdef SYS_fcntl64
#undef SYS_fcntl
#define SYS_fcntl SYS_fcntl64
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat -1
#endif

#ifndef SYS_poll
#define SYS_poll -1
#endif
#ifndef SYS_wait4
#define SYS_wait4 -1
#endif

/* A libc's struct stat is what this call fills in where a long has 64 bits, but
 * on MIPS, whose calls have numbers from 4000 on. */
#define STAT_IS_KERNELS (SYS_newfstatat > 0 && SYS_newfstatat < 4000)

/* How much stack a thread gets, says libc; there is none. Here it begins as 0, and
 * no data of the file have to be mapped to be written. */
size_t __default_stacksize;

int __wrap_ioctl(int fd, int request, void *argument)
{
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

int __wrap_isatty(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0;
}

pid_t __wrap_tcgetpgrp(int fd)
{
	int group;

	return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

int __wrap_tcsetpgrp(int fd, pid_t group)
{
	return ioctl(fd, TIOCSPGRP, &group);
}

int __wrap_prctl(int option, unsigned long value)
{
	return (int)syscall(SYS_prctl, option, value, 0, 0, 0);
}

long __wrap_ptrace(int request, pid_t pid, void *at, void *value)
{
	return syscall(SYS_ptrace, request, pid, at, value);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return (int)syscall(SYS_fchmod, fd, mode);
}

int __wrap_close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

ssize_t __wrap_read(int fd, void *to, size_t bytes)
{
	return syscall(SYS_read, fd, to, bytes);
}

ssize_t __wrap_write(int fd, const void *from, size_t bytes)
{
	return syscall(SYS_write, fd, from, bytes);
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
	return syscall(SYS_writev, fd, parts, count);
}

int __real_clock_gettime(clockid_t clock, struct timespec *to);

/* Not by the vDSO: finding it takes 900 bytes, more pages and longer than most of
 * us ask for the time. Where a long has 32 bits libc knows which calls there are. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *to)
{
	if (sizeof(long) < sizeof(int64_t))
		return __real_clock_gettime(clock, to);
	return (int)syscall(SYS_clock_gettime, clock, to);
}

int __real_poll(struct pollfd *fds, nfds_t count, int span_ms);

int __wrap_poll(struct pollfd *fds, nfds_t count, int span_ms)
{
	if (SYS_poll < 0)
		return __real_poll(fds, count, span_ms);
	return (int)syscall(SYS_poll, fds, count, span_ms);
}

pid_t __real_waitpid(pid_t pid, int *status, int options);

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	if (SYS_wait4 < 0)
		return __real_waitpid(pid, status, options);
	return (pid_t)syscall(SYS_wait4, pid, status, options, NULL);
}

int __wrap_waitid(int kind, pid_t id, void *info, int options)
{
	return (int)syscall(SYS_waitid, kind, id, info, options, NULL);
}

int __wrap_pipe2(int ends[2], int flags)
{
	return (int)syscall(SYS_pipe2, ends, flags);
}

ssize_t __wrap_readlinkat(int folder, const char *path, char *to, size_t bytes)
{
	return syscall(SYS_readlinkat, folder, path, to, bytes);
}

int __wrap_socket(int domain, int type, int protocol)
{
	return (int)syscall(SYS_socket, domain, type, protocol);
}

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t bytes)
{
	return (int)syscall(SYS_connect, fd, to, bytes);
}

ssize_t __wrap_send(int fd, const void *from, size_t bytes, int flags)
{
	return syscall(SYS_sendto, fd, from, bytes, flags, NULL, 0);
}

ssize_t __wrap_recv(int fd, void *to, size_t bytes, int flags)
{
	return syscall(SYS_recvfrom, fd, to, bytes, flags, NULL, NULL);
}

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *bytes, int flags)
{
	return (int)syscall(SYS_accept4, fd, from, bytes, flags);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	return syscall(SYS_recvmsg, fd, message, flags);
}

int __wrap_fcntl(int fd, int command, long argument)
{
	return (int)syscall(SYS_fcntl, fd, command, argument);
}

int __wrap_openat(int folder, const char *path, int flags, mode_t mode)
{
	return (int)syscall(
		SYS_openat, folder, path, flags | O_LARGEFILE, mode);
}

void *__wrap_mmap(
	void *at, size_t bytes, int may, int flags, int fd, off_t offset)
{
	return (void *)syscall(SYS_mmap, at, bytes, may, flags, fd, offset);
}

void *__wrap_mremap(void *at, size_t bytes, size_t wanted, int flags)
{
	return (void *)syscall(SYS_mremap, at, bytes, wanted, flags);
}

int __real_fstatat(int folder, const char *path, struct stat *to, int flags);

int __wrap_fstatat(int folder, const char *path, struct stat *to, int flags)
{
	if (STAT_IS_KERNELS)
		return (int)syscall(SYS_newfstatat, folder, path, to, flags);
	return __real_fstatat(folder, path, to, flags);
}

int __wrap_fstat(int fd, struct stat *to)
{
	return fstatat(fd, "", to, AT_EMPTY_PATH);
}
