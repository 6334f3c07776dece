/* SPDX-License-Identifier: MIT */
/*
 * pipeline.c - whose last words the reader of a pipe has to wait for.
 */
//kbuild:obj-y += pipeline.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CHAIN_MAX 16 /* pipelines longer than this are a circle */

uint64_t pipe_of(const struct look *look, struct member *m, int fd)
{
	for (int i = 0; !m->pipes_known && i < 3; i++)
		m->pipe[i] = proc_pipe(look->proc_fd, m->pid, i);
	m->pipes_known = true;
	return m->pipe[fd];
}

static bool writes_to(const struct look *look, struct member *m, uint64_t pipe)
{
	return pipe_of(look, m, STDOUT_FILENO) == pipe ||
	       pipe_of(look, m, STDERR_FILENO) == pipe;
}

/* Who is in the list waits, if for a writer, until that one ends. */
static bool is_waiting_reader(const struct look *look, const struct member *m)
{
	return !m->told && shell_find_later(look->shell, 0, m);
}

/* Whether the reader n waits for m, directly or by what others wait for. Each is
 * asked once in a search: the ways through wide pipelines are too many. */
static bool waits_for(const struct look *look, struct member *n,
	const struct member *m, unsigned chain)
{
	uint64_t pipe = pipe_of(look, n, STDIN_FILENO);
	struct family *f = look->family;

	if (chain == 0)
		return true;
	n->asked = true;
	for (unsigned i = 0; pipe > PIPE_LAST && i < f->count; i++) {
		struct member *x = &f->members[i];

		if (x == n || !writes_to(look, x, pipe))
			continue;
		if (x == m || (!x->asked && is_waiting_reader(look, x) &&
				      waits_for(look, x, m, chain - 1)))
			return true;
	}
	return false;
}

/* Whether n is one for whose last words the reader m waits: it was told, or
 * will be. */
static bool counts_as_writer(const struct look *look, struct member *n,
	const struct member *m, bool stop)
{
	struct family *f = look->family;

	if (!stop || n->told || n->reached)
		return true;
	if (!shell_find_later(look->shell, 0, n))
		return false;
	for (unsigned i = 0; i < f->count; i++)
		f->members[i].asked = false;
	return !waits_for(look, n, m, CHAIN_MAX);
}

bool pipeline_holds(const struct look *look, struct member *m, bool stop)
{
	uint64_t pipe = pipe_of(look, m, STDIN_FILENO);
	struct family *f = look->family;

	for (unsigned i = 0; pipe > PIPE_LAST && i < f->count; i++) {
		struct member *n = &f->members[i];

		if (n != m && writes_to(look, n, pipe) &&
			counts_as_writer(look, n, m, stop))
			return true;
	}
	return false;
}

int proc_pipe_bytes(int proc_fd, pid_t pid)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);
	int bytes = 0, fd;

	text_format(&path, "%d/fd/%d", pid, STDIN_FILENO);
	fd = openat(
		proc_fd, path.at, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (ioctl(fd, FIONREAD, &bytes) < 0)
		bytes = 0;
	close(fd);
	return bytes;
}
