/* SPDX-License-Identifier: MIT */
/*
 * pipeline.c - whose last words the reader of a pipe has to wait for.
 */
//kbuild:obj-y += pipeline.o

#include "libbb.h"
#include <unistd.h>

#define CHAIN_MAX 16 /* pipelines longer than this are a circle */

/* Who is in the list waits, if for a writer, until that one ends. */
static bool is_waiting_reader(const struct look *look, const struct member *m)
{
	return !m->told && shell_find_later(look->shell, 0, m);
}

/* Whether the reader n waits for m, directly or by what others wait for. */
static bool waits_for(const struct look *look, const struct member *n,
	const struct member *m, unsigned chain)
{
	uint64_t pipe = proc_pipe(look->proc_fd, n->pid, STDIN_FILENO);
	struct family *f = look->family;

	if (chain == 0)
		return true;
	for (unsigned i = 0; pipe > PIPE_LAST && i < f->count; i++) {
		const struct member *x = &f->members[i];

		if (x->pid == n->pid ||
			!proc_writes_to(look->proc_fd, x->pid, pipe))
			continue;
		if (x->pid == m->pid ||
			(is_waiting_reader(look, x) &&
				waits_for(look, x, m, chain - 1)))
			return true;
	}
	return false;
}

/* Whether n is one for whose last words the reader m waits: it was told, or
 * will be. */
static bool counts_as_writer(const struct look *look, const struct member *n,
	const struct member *m, bool stop)
{
	if (!stop || n->told || n->reached)
		return true;
	return shell_find_later(look->shell, 0, n) &&
	       !(is_waiting_reader(look, n) &&
		       waits_for(look, n, m, CHAIN_MAX));
}

bool pipeline_holds(const struct look *look, const struct member *m, bool stop)
{
	uint64_t pipe = proc_pipe(look->proc_fd, m->pid, STDIN_FILENO);
	struct family *f = look->family;

	for (unsigned i = 0; pipe > PIPE_LAST && i < f->count; i++) {
		const struct member *n = &f->members[i];

		if (n->pid != m->pid &&
			proc_writes_to(look->proc_fd, n->pid, pipe) &&
			counts_as_writer(look, n, m, stop))
			return true;
	}
	return false;
}
