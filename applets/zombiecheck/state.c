/* SPDX-License-Identifier: MIT */
/*
 * state.c - when each zombie was first seen, kept in a file between runs.
 *
 * /proc has no time of death. A line is "PID STARTTIME FIRST_SEEN": ticks since
 * boot, and seconds since 1970.
 */
#include "zombiecheck.h"
#include <fcntl.h>

/* Three numbers with a blank between them. */
static bool parse_line(char *line, struct zombie *z)
{
	uint64_t n[3];

	for (unsigned i = 0; i < ARRAY_LEN(n); i++) {
		size_t length = strcspn(line, " ");
		bool last = line[length] == '\0';

		line[length] = '\0';
		if (last != (i == 2) || parse_unsigned(line, INT64_MAX, &n[i]))
			return false;
		line += length + 1;
	}
	z->pid = (pid_t)n[0];
	z->start_ticks = n[1];
	z->first_seen_s = (int64_t)n[2];
	return n[0] <= INT32_MAX;
}

int state_read(const char *path, struct array *zombies, int64_t boot_s)
{
	struct lines lines;
	struct zombie seen = { 0 }, *z;
	char *line;
	int error;

	zombies->count = 0;
	if (lines_open(&lines, AT_FDCWD, path) < 0)
		return errno == ENOENT ? 0 : -1;
	while ((line = lines_next(&lines)) != NULL) {
		/* Start times of before the last boot mean nothing now. */
		if (!parse_line(line, &seen) || seen.first_seen_s < boot_s)
			continue;
		z = array_room(zombies, sizeof(*z));
		if (!z)
			break;
		*z = seen;
	}
	/* Half of it would be written back. */
	error = line ? errno : lines.error;
	lines_close(&lines);
	sort_by_pid(zombies);
	errno = error;
	return error ? -1 : 0;
}

int state_write(const char *path, const struct array *zombies)
{
	const struct zombie *z = zombies->items;
	struct replacement r;
	struct output o;
	int written;

	if (replace_begin(&r, path) < 0)
		return -1;
	output_begin(&o, r.fd);
	for (size_t i = 0; i < zombies->count; i++) {
		output_room(&o);
		text_format(&o.text, "%d %lld %lld\n", z[i].pid,
			(long long)z[i].start_ticks,
			(long long)z[i].first_seen_s);
	}
	written = output_end(&o);
	return replace_end(&r, path, written == 0);
}
