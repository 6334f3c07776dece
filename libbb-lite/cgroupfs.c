/* SPDX-License-Identifier: MIT */
/*
 * cgroupfs.c - limits and states of a process's control groups, versions 1 and
 * 2 and both at once.
 *
 * /proc/PID/cgroup names a group by its path in the hierarchy, mountinfo says
 * which part of which hierarchy is mounted where. Inside of a container that
 * part is the container's own.
 */
//kbuild:obj-y += cgroupfs.o

#include "libbb.h"
#include <fcntl.h>
#include <unistd.h>

#define FULL 10000 /* basis points */

/* The controllers whose groups we look into; "" is version 2's hierarchy. */
static const char controllers[CGROUP_KINDS][8] = { [CGROUP_PIDS] = "pids",
	[CGROUP_FREEZER] = "freezer",
	[CGROUP_UNIFIED] = "" };

/* Where the word'th word of a line of mountinfo begins; NULL if too few. */
static char *word_of(char *line, unsigned word)
{
	while (word-- > 0) {
		line = strchr(line, ' ');
		if (!line)
			return NULL;
		line++;
	}
	return line;
}

static void keep_word(char *to, const char *word)
{
	size_t length = strcspn(word, " ");

	if (length >= CGROUP_PATH_BYTES)
		length = 0;
	memcpy(to, word, length);
	to[length] = '\0';
}

/* The same of a word of mountinfo, where a blank is written as \040. */
static void keep_escaped(char *to, const char *word)
{
	char *from = to;

	keep_word(to, word);
	for (; *from; from++, to++) {
		*to = *from;
		if (*from == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)((from[1] - '0') * 64 +
				     (from[2] - '0') * 8 + from[3] - '0');
			from += 3;
		}
	}
	*to = '\0';
}

/* Where word begins in text, or NULL. strstr(3) weighs more than this file. */
static char *find(char *text, const char *word)
{
	for (; *text; text++)
		if (behind(word, text))
			return text;
	return NULL;
}

/* Whether these super block options, "rw,pids", have that controller. */
static bool has_controller(char *options, const char *controller)
{
	const char *at = find(options, controller);
	size_t length = strlen(controller);

	return at && at > options && at[-1] == ',' &&
	       (at[length] == '\0' || at[length] == ',');
}

/* See proc_pid_mountinfo(5): root and mount point are words 3 and 4, behind
 * the dash stand type, source and options. */
static void note_mount(struct cgroup_mounts *m, char *line)
{
	char *tail = find(line, " - cgroup"), *root = word_of(line, 3);
	char *point = word_of(line, 4);
	char *options = tail ? word_of(tail, 4) : NULL;

	if (!options || !point)
		return;
	for (int kind = 0; kind < CGROUP_KINDS; kind++) {
		struct cgroup_mount *mount = &m->mount[m->count];

		if (m->count == CGROUP_MOUNTS_MAX)
			return;
		if (tail[strlen(" - cgroup")] == '2'
				? kind != CGROUP_UNIFIED
				: kind == CGROUP_UNIFIED ||
					  !has_controller(
						  options, controllers[kind]))
			continue;
		mount->kind = kind;
		keep_escaped(mount->root, root);
		keep_escaped(mount->point, point);
		m->count++;
	}
}

void cgroup_mounts_read(struct cgroup_mounts *m, int proc_fd, bool recorded)
{
	struct lines lines;
	char *line;

	m->count = 0;
	m->proc_fd = proc_fd;
	m->recorded = recorded;
	if (lines_open(&lines, proc_fd, "self/mountinfo") < 0)
		return;
	while ((line = lines_next(&lines)) != NULL)
		note_mount(m, line);
	lines_close(&lines);
}

/* The rest of path below the mount's root; NULL when it is not below, as what
 * begins with ".." never is: it is outside of our cgroup namespace. */
static const char *below(const struct cgroup_mount *mount, const char *path)
{
	size_t length = strcmp(mount->root, "/") ? strlen(mount->root) : 0;

	if (strncmp(path, mount->root, length) != 0)
		return NULL;
	path += length;
	return (*path == '/' || *path == '\0') && !behind("/..", path) ? path
								       : NULL;
}

/* Read a file of a group; false when it is not there. */
static bool read_group_file(const struct cgroup_mounts *m,
	const struct cgroup_mount *mount, const char *rest, const char *name,
	char *buffer, size_t size)
{
	char path_buffer[2 * CGROUP_PATH_BYTES + 32];
	struct text path = TEXT_ON(path_buffer);

	text_raw(&path, m->recorded ? ".." : "");
	text_raw(&path, mount->point);
	text_raw(&path, rest);
	text_char(&path, '/');
	text_raw(&path, name);
	return file_read(m->proc_fd, path.at, buffer, size) >= 0;
}

static bool read_group(const struct cgroup_mounts *m, enum cgroup_kind kind,
	const char *path, const char *name, char *buffer, size_t size)
{
	for (unsigned i = 0; i < m->count; i++) {
		const struct cgroup_mount *mount = &m->mount[i];
		const char *rest;

		if (mount->kind != kind)
			continue;
		rest = below(mount, path);
		if (rest && read_group_file(m, mount, rest, name, buffer, size))
			return true;
	}
	return false;
}

bool cgroup_paths_read(struct cgroup_paths *p, int proc_fd, pid_t pid)
{
	char name_buffer[32];
	struct text name = TEXT_ON(name_buffer);
	struct lines lines;
	char *line;

	*p = (struct cgroup_paths){ 0 };
	if (pid)
		text_format(&name, "%d/cgroup", pid);
	else
		text_raw(&name, "self/cgroup");
	if (lines_open(&lines, proc_fd, name.at) < 0)
		return false;
	while ((line = lines_next(&lines)) != NULL) {
		struct cgroup_owner owner;

		for (int kind = 0; kind < CGROUP_KINDS; kind++) {
			const char *path =
				cgroup_line_path(line, controllers[kind]);

			if (path)
				keep_word(p->path[kind], path);
		}
		line = strchr(line, '/');
		cgroup_owner_of(line ? line : "", &owner);
		if (!p->owner.id[0] && (owner.id[0] || owner.unit[0]))
			p->owner = owner;
	}
	lines_close(&lines);
	return lines.error == 0; /* it may have ended meanwhile */
}

/* The number behind `key` in a file of the group, -1 for "max" or no file. */
static int64_t read_number(const struct cgroup_mounts *m, enum cgroup_kind kind,
	const char *path, const char *name, const char *key)
{
	char buffer[64];
	const char *value;
	uint64_t n;

	if (!read_group(m, kind, path, name, buffer, sizeof(buffer)))
		return -1;
	value = behind(key, buffer);
	buffer[strcspn(buffer, "\n")] = '\0';
	if (!value || parse_unsigned(value, INT64_MAX / FULL, &n))
		return -1;
	return (int64_t)n;
}

int pids_basis_points(const struct pids_usage *p)
{
	if (p->current < 0)
		return -2;
	if (p->max < 0)
		return -1;
	return p->max == 0
		       ? FULL
		       : (int)earlier(p->current * FULL / p->max, INT32_MAX);
}

static void keep_tighter(struct pids_usage *out, const struct pids_usage *other,
	const char *path)
{
	if (pids_basis_points(other) <= pids_basis_points(out))
		return;
	*out = *other;
	keep_word(out->path, path);
}

/* What fork(2) fails at without any group: see sysctl/kernel.rst. */
static void look_at_kernel(int proc_fd, struct pids_usage *out)
{
	static const char *const files[] = { "sys/kernel/pid_max",
		"sys/kernel/threads-max" };
	struct pids_usage all = { .max = -1, .peak = -1, .refused = -1 };
	char buffer[64], *slash;
	uint64_t n;

	if (file_read(proc_fd, "loadavg", buffer, sizeof(buffer)) < 0)
		return;
	slash = strchr(buffer, '/'); /* "0.00 0.01 0.05 1/123 4567" */
	if (!slash)
		return;
	slash[1 + strcspn(slash + 1, " ")] = '\0';
	if (parse_unsigned(slash + 1, INT32_MAX, &n))
		return;
	all.current = (int64_t)n;
	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		if (file_read(proc_fd, files[i], buffer, sizeof(buffer)) < 0)
			continue;
		buffer[strcspn(buffer, "\n")] = '\0';
		if (!parse_unsigned(buffer, INT32_MAX, &n) &&
			(all.max < 0 || (int64_t)n < all.max))
			all.max = (int64_t)n;
	}
	if (all.max > 0)
		keep_tighter(out, &all, "");
}

void pids_read(const struct cgroup_mounts *m, const struct cgroup_paths *paths,
	struct pids_usage *out)
{
	enum cgroup_kind kind =
		paths->path[CGROUP_PIDS][0] ? CGROUP_PIDS : CGROUP_UNIFIED;
	char path[CGROUP_PATH_BYTES];

	*out = (struct pids_usage){ .current = -1, .max = -1, .peak = -1 };
	keep_word(path, paths->path[kind]);
	for (char *slash = path; slash;) {
		struct pids_usage here = { 0 };

		here.current = read_number(m, kind, path, "pids.current", "");
		here.max = read_number(m, kind, path, "pids.max", "");
		here.peak = read_number(m, kind, path, "pids.peak", "");
		here.refused =
			read_number(m, kind, path, "pids.events", "max ");
		keep_tighter(out, &here, *path ? path : "/");
		slash = *path ? strrchr(path, '/') : NULL;
		/* What is left of "/.." is our own root, and none of its. */
		if (slash && behind("/..", slash))
			break;
		if (slash)
			*slash = '\0';
	}
	look_at_kernel(m->proc_fd, out);
}

bool cgroup_is_frozen(
	const struct cgroup_mounts *m, const struct cgroup_paths *paths)
{
	char buffer[256];

	if (read_group(m, CGROUP_FREEZER, paths->path[CGROUP_FREEZER],
		    "freezer.state", buffer, sizeof(buffer)) &&
		behind("FROZEN", buffer))
		return true;
	return read_group(m, CGROUP_UNIFIED, paths->path[CGROUP_UNIFIED],
		       "cgroup.events", buffer, sizeof(buffer)) &&
	       find(buffer, "frozen 1") != NULL;
}
