/* SPDX-License-Identifier: MIT */
/*
 * filter.c - which zombies and parents are asked for.
 */
#include "zombiecheck.h"

bool read_pids(const char *list, struct array *pids)
{
	for (;; list++) {
		pid_t *room = array_room(pids, sizeof(*room));
		uint64_t n = 0;
		const char *first = list;

		for (; *list >= '0' && *list <= '9' && n <= INT32_MAX; list++)
			n = n * 10 + (unsigned)(*list - '0');
		if (!room || list == first || n > INT32_MAX ||
			(*list && *list != ','))
			return false;
		*room = (pid_t)n;
		if (*list == '\0')
			return true;
	}
}

static bool pid_wanted(const struct array *pids, pid_t pid)
{
	const pid_t *list = pids->items;

	for (size_t i = 0; i < pids->count; i++)
		if (list[i] == pid)
			return true;
	return pids->count == 0;
}

/* "[a-z]" or "[!a]" at the pattern: whether c is in it; *end behind it. */
static bool in_set(const char *pattern, char c, const char **end)
{
	bool negated = *++pattern == '!' || *pattern == '^', found = false;
	const char *first = pattern += negated;

	for (; *pattern && (*pattern != ']' || pattern == first); pattern++) {
		char from = *pattern;

		if (pattern[1] == '-' && pattern[2] && pattern[2] != ']')
			pattern += 2;
		found |= c >= from && c <= *pattern;
	}
	*end = pattern + (*pattern == ']');
	return found != negated;
}

/* fnmatch(3) without its tables of characters: * ? [ ] and \. */
static bool glob_matches(const char *pattern, const char *s)
{
	const char *star = NULL, *retry = NULL, *next;

	while (*s || *pattern) {
		next = pattern + 1;
		if (*pattern == '*') {
			star = pattern++;
			retry = s;
			continue;
		}
		if (*s && *pattern == '\\' && pattern[1])
			next = pattern[1] == *s ? pattern + 2 : NULL;
		else if (*s && *pattern == '[')
			next = in_set(pattern, *s, &next) ? next : NULL;
		else if (!*s || (*pattern != '?' && *pattern != *s))
			next = NULL;
		if (next) {
			pattern = next;
			s++;
		} else if (star && *retry) {
			s = ++retry;
			pattern = star + 1;
		} else {
			return false;
		}
	}
	return true;
}

bool zombie_wanted(const struct check *c, const struct zombie *z)
{
	const struct settings *set = c->set;
	uint64_t inode;
	bool bound;

	if ((set->uid >= 0 && z->uid != set->uid) ||
		(set->comm && !glob_matches(set->comm, z->comm)) ||
		!pid_wanted(&set->pids, z->ppid) ||
		zombie_age_s(c, z, &bound) * 1000 < set->min_age_ms)
		return false;
	if (!set->pidns)
		return true;
	inode = proc_pid_namespace(c->proc_fd, z->pid);
	if (!inode)
		inode = proc_pid_namespace(c->proc_fd, z->ppid);
	return inode == set->pidns_inode;
}

bool parent_wanted(const struct check *c, const struct parent *p)
{
	const char *want = c->set->container;

	return !want || behind(want, p->owner.id) ||
	       /* as much of it as we keep */
	       strncmp(p->owner.unit, want, sizeof(p->owner.unit) - 1) == 0;
}
