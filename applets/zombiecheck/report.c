/* SPDX-License-Identifier: MIT */
/*
 * report.c - the list for people: 80 columns, a line a parent.
 */
#include "zombiecheck.h"
#include <fcntl.h>
#include <unistd.h>

#define COLUMN_STATE   8
#define COLUMN_COMMAND 15
#define COLUMN_ZOMBIES 50

static int put(const struct text *line)
{
	return write_all(STDOUT_FILENO, line->at, line->used);
}

/* Append the number so that its last digit stands before `column`. */
static void right_aligned(struct text *t, int64_t n, size_t column)
{
	char digits[24];
	struct text number = TEXT_ON(digits);

	text_decimal(&number, n);
	if (number.used < column)
		text_pad(t, column - number.used);
	text_raw(t, digits);
}

static void text_plural(
	struct text *t, size_t n, const char *one, const char *many)
{
	text_decimal(t, (int64_t)n);
	text_char(t, ' ');
	text_raw(t, n == 1 ? one : many);
}

/* "pid namespace 4026531836" of this /proc, whose PID 1 is in it; where that
 * link is not for us to read, our own, if the /proc is of our namespace. */
static void text_namespace(struct text *t, int proc_fd)
{
	char link[64];
	uint64_t self = 0;
	ssize_t n = readlinkat(proc_fd, "1/ns/pid", link, sizeof(link) - 1);

	if (n < 0) {
		n = readlinkat(proc_fd, "self", link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = '\0';
		n = -1;
		if (!parse_unsigned(link, INT32_MAX, &self) &&
			(pid_t)self == getpid())
			n = readlinkat(
				proc_fd, "self/ns/pid", link, sizeof(link) - 1);
	}
	text_raw(t, "pid namespace ");
	if (n < 7) {
		text_char(t, '?');
		return;
	}
	link[n - 1] = '\0'; /* "pid:[4026531836]" */
	text_raw(t, link + strlen("pid:["));
}

static size_t count_parents(const struct scan *scan)
{
	size_t parents = 0;

	for (size_t i = 0; i < scan->count; i++)
		parents += i == 0 ||
			   scan->zombies[i].ppid != scan->zombies[i - 1].ppid;
	return parents;
}

static int print_head(const struct scan *scan, int proc_fd)
{
	char buffer[256];
	struct text line = TEXT_ON(buffer);

	if (scan->count == 0) {
		text_raw(&line, "no zombies (");
		text_plural(&line, scan->processes, "process, ", "processes, ");
		text_namespace(&line, proc_fd);
		text_raw(&line, ")\n");
		return put(&line);
	}
	text_plural(&line, scan->count, "zombie, ", "zombies, ");
	text_plural(&line, count_parents(scan), "parent (", "parents (");
	text_namespace(&line, proc_fd);
	text_raw(&line, ", scanned ");
	text_plural(&line, scan->processes, "process", "processes");
	text_raw(&line, ")\n\n");
	return put(&line);
}

static int print_columns(void)
{
	char buffer[96];
	struct text line = TEXT_ON(buffer);

	text_raw(&line, "PARENT");
	text_pad(&line, COLUMN_STATE);
	text_raw(&line, "STATE");
	text_pad(&line, COLUMN_COMMAND);
	text_raw(&line, "COMMAND");
	text_pad(&line, COLUMN_ZOMBIES - strlen("ZOMBIES"));
	text_raw(&line, "ZOMBIES  NAMES\n");
	return put(&line);
}

/* The names of a parent's zombies, first[0..count-1], cut where the line would
 * be wider than 80 columns. */
static void text_names(struct text *t, const struct zombie *first, size_t count)
{
	char buffer[80 - COLUMN_ZOMBIES - 1];
	struct text names = TEXT_ON(buffer);

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && strcmp(first[i].comm, first[i - 1].comm) == 0)
			continue;
		text_raw(&names, i ? ", " : "");
		text_escaped(&names, first[i].comm);
	}
	if (names.used == names.size - 1)
		memcpy(buffer + names.used - 3, "...", sizeof("..."));
	text_raw(t, buffer);
}

static int print_parent(const struct zombie *first, size_t count, int proc_fd)
{
	char buffer[256], command_buffer[COLUMN_ZOMBIES - COLUMN_COMMAND - 9];
	struct text line = TEXT_ON(buffer), command = TEXT_ON(command_buffer);
	struct proc_stat stat = { .state = '?' };

	right_aligned(&line, first->ppid, strlen("PARENT"));
	if (first->ppid == 0)
		text_raw(&command, "(outside this namespace)");
	else if (proc_read_stat(proc_fd, first->ppid, &stat) == 0)
		text_command(&command, proc_fd, first->ppid);
	else
		text_raw(&command, "(cannot be read)");
	text_pad(&line, COLUMN_STATE);
	text_char(&line, stat.state);
	text_pad(&line, COLUMN_COMMAND);
	text_raw(&line, command.at);
	right_aligned(&line, (int64_t)count, COLUMN_ZOMBIES);
	text_raw(&line, "  ");
	text_names(&line, first, count);
	text_char(&line, '\n');
	return put(&line);
}

static int print_notes(const struct scan *scan)
{
	char buffer[512];
	struct text line = TEXT_ON(buffer);

	if (scan->dead_leaders > 0) {
		text_raw(&line, "note: ");
		text_plural(&line, scan->dead_leaders, "process looks",
			"processes look");
		text_raw(&line, " defunct but live threads are left: no "
				"zombie\n");
	}
	if (scan->init_hidden)
		text_raw(&line, "note: PID 1 is hidden (hidepid): others may "
				"be, too; counts are a minimum\n");
	if (scan->unreadable > 0) {
		text_raw(&line, "note: ");
		text_plural(&line, scan->unreadable, "process", "processes");
		text_raw(&line, " unreadable (hidepid or permissions): counts "
				"are a minimum\n");
	}
	return put(&line);
}

int report_print(const struct scan *scan, int proc_fd)
{
	if (print_head(scan, proc_fd) < 0)
		return -1;
	if (scan->count > 0 && print_columns() < 0)
		return -1;
	for (size_t i = 0, end; i < scan->count; i = end) {
		for (end = i + 1;
			end < scan->count &&
			scan->zombies[end].ppid == scan->zombies[i].ppid;)
			end++;
		if (print_parent(&scan->zombies[i], end - i, proc_fd) < 0)
			return -1;
	}
	return print_notes(scan);
}
