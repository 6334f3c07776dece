/* SPDX-License-Identifier: MIT */
/*
 * check.c - a run: open /proc, look, find causes, print, and the status.
 */
#include "zombiecheck.h"
#include <fcntl.h>
#include <unistd.h>

/* The machine's own (linux/proc_ns.h); a smaller number is a PID. */
#define NAMESPACES_FIRST 0xeffffffcu

void plugin_trouble(
	const struct speaker *who, const char *what, const char *why)
{
	char buffer[512];
	struct text line = TEXT_ON(buffer);

	text_format(&line, "ZOMBIES UNKNOWN - %s: %s\n", what, why);
	hide_bars(line.at);
	if (write_all(STDOUT_FILENO, line.at, line.used) < 0)
		warn_errno(who, errno, "stdout");
}

int check_trouble(const struct check *c, const char *what, const char *why)
{
	static const unsigned char statuses[] = { [FORMAT_HUMAN] = 2,
		[FORMAT_JSON] = 2,
		[FORMAT_PROMETHEUS] = 2,
		[FORMAT_NAGIOS] = STATUS_NAGIOS_UNKNOWN,
		[FORMAT_CHECK] = STATUS_FOUND };
	char reason_buffer[64];
	struct text reason = TEXT_ON(reason_buffer);

	if (!why) {
		text_errno(&reason, errno);
		why = reason.at;
	}
	if (c->watcher)
		watch_end_screen(c->watcher);
	warn(c->who, "%s: %s", what, why);
	if (c->set->format == FORMAT_NAGIOS && !c->set->quiet)
		plugin_trouble(c->who, what, why);
	return statuses[c->set->format];
}

/* The time in the unit of start times; of a recorded /proc, when that was. */
static uint64_t ticks_now(const struct check *c)
{
	char text[64];
	uint64_t seconds;

	if (!c->recorded ||
		file_read(c->proc_fd, "uptime", text, sizeof(text)) < 0)
		return clock_boot_ticks();
	text[strcspn(text, ".")] = '\0';
	return parse_unsigned(text, INT32_MAX, &seconds)
		       ? 0
		       : seconds * CLOCK_TICKS_PER_S;
}

/* Which namespace this /proc is of: that of its PID 1; where that link is not
 * for us to read, our own, if we are in it. */
static void find_namespace(struct check *c)
{
	char link[16];
	ssize_t n = readlinkat(c->proc_fd, "self", link, sizeof(link) - 1);
	uint64_t self = 0;

	link[n < 0 ? 0 : n] = '\0';
	if (!c->recorded && !parse_unsigned(link, INT32_MAX, &self))
		c->self = (pid_t)self;
	c->own_pids = c->self == getpid();
	c->namespace = proc_pid_namespace(c->proc_fd, 1);
	if (!c->namespace && c->own_pids)
		c->namespace = proc_pid_namespace(c->proc_fd, getpid());
}

/* --pidns: the inode. False if it cannot be found. */
static bool find_pidns(struct check *c, struct settings *s)
{
	uint64_t n;

	if (strcmp(s->pidns, "self") == 0)
		n = (uint64_t)c->self;
	else if (parse_unsigned(s->pidns, UINT32_MAX, &n))
		return false;
	s->pidns_inode = n >= NAMESPACES_FIRST
				 ? n
				 : proc_pid_namespace(c->proc_fd, (pid_t)n);
	return s->pidns_inode != 0;
}

/* --pid: the first that is not there; 0 for none. */
static pid_t find_missing(const struct check *c)
{
	const pid_t *list = c->set->pids.items;
	struct proc_stat stat;

	for (size_t i = 0; i < c->set->pids.count; i++)
		if (list[i] > 0 &&
			proc_read_stat(c->proc_fd, list[i], &stat) < 0 &&
			(errno == ENOENT || errno == ESRCH))
			return list[i];
	return 0;
}

int check_open(struct check *c, struct settings *s)
{
	char digits[12];
	struct text missing = TEXT_ON(digits);
	pid_t pid;

	c->proc_fd = proc_open(s->proc, &c->recorded);
	if (c->proc_fd < 0 && s->probe && !s->audit && s->format != FORMAT_JSON)
		return 0; /* it needs none */
	if (c->proc_fd < 0)
		return check_trouble(c, s->proc,
			errno == ENODEV ? "not a proc filesystem" : NULL);
	find_namespace(c);
	if (s->pidns && !find_pidns(c, s))
		return check_trouble(
			c, s->pidns, "no such PID namespace, or not readable");
	pid = find_missing(c);
	text_decimal(&missing, pid);
	if (pid)
		return check_trouble(c, digits, "no such process");
	cgroup_mounts_read(&c->mounts, c->proc_fd, c->recorded);
	c->kubernetes = environment_get(environ, "KUBERNETES_SERVICE_HOST");
	return 0;
}

/* Give each zombie the time when it was first seen, and keep all that are
 * there for the next time. */
static int remember(struct check *c)
{
	const char *path = c->set->state;
	int64_t boot_s =
		c->now_s - (int64_t)(c->now_ticks / CLOCK_TICKS_PER_S) - 1;

	if (!path && !c->set->watch)
		return 0;
	if (path && state_read(path, &c->seen, boot_s) < 0)
		return check_trouble(c, path, NULL);
	sort_by_pid(&c->scan.zombies);
	scan_remember(&c->scan.zombies, &c->seen, c->now_s);
	c->seen.count = 0;
	for (size_t i = 0; i < c->scan.zombies.count; i++) {
		struct zombie *room = array_room(&c->seen, sizeof(*room));

		if (!room)
			return check_trouble(c, "scan", NULL);
		*room = *zombie_at(c, i);
	}
	if (path && state_write(path, &c->seen) < 0)
		return check_trouble(c, path, NULL);
	return 0;
}

int check_look(struct check *c)
{
	struct cgroup_paths own;
	int status;

	c->now_s = clock_unix_s();
	if (c->proc_fd >= 0) {
		if (scan_run(&c->scan, c->proc_fd, c->own_pids,
			    c->set->settle_ms) < 0)
			return check_trouble(c, "scan", NULL);
		/* A folder of procfs, say. An audit says what it cannot see. */
		if (c->scan.processes == 0 && !c->set->audit)
			return check_trouble(
				c, c->set->proc, "no process is there");
		c->now_s = clock_unix_s();
		c->now_ticks = ticks_now(c);
		status = remember(c);
		if (status)
			return status;
		if (parents_find(c) < 0)
			return check_trouble(c, "scan", NULL);
		cgroup_paths_read(&own, c->proc_fd, 0);
		c->owner = own.owner;
		pids_read(&c->mounts, &own, &c->pids);
	}
	if (c->set->probe)
		probe_run(c, &c->probe_memory);
	if (!c->set->audit)
		return 0;
	c->audit = &c->audit_memory;
	/* PID 1, or the first of --pid */
	c->audit->pid = c->set->pids.count ? *(pid_t *)c->set->pids.items : 1;
	if (audit_run(c, c->audit) < 0)
		return check_trouble(c, "PID to audit",
			c->scan.init_hidden && c->audit->pid == 1
				? "hidden by hidepid= of /proc"
				: NULL);
	return 0;
}

static int nagios_status(const struct check *c)
{
	int level = pids_level(c, worst_pids(c));

	if (level == 2 ||
		range_alarms(&c->set->critical_range, (int64_t)c->zombie_count))
		return 2;
	if (level == 1 ||
		range_alarms(&c->set->warning_range, (int64_t)c->zombie_count))
		return 1;
	return c->set->strict && is_partial(c) ? STATUS_NAGIOS_UNKNOWN : 0;
}

static int status_of(const struct check *c)
{
	enum verdict worst = VERDICT_OK;

	if (c->set->format == FORMAT_NAGIOS)
		return nagios_status(c);
	if (c->set->format == FORMAT_PROMETHEUS)
		return STATUS_GOOD;
	if (c->audit)
		worst = c->audit->verdict;
	if (c->probe) {
		enum verdict probe = probe_verdict(c);

		worst = probe > worst ? probe : worst;
		if (probe == VERDICT_UNKNOWN && worst != VERDICT_FAIL)
			return c->set->format == FORMAT_CHECK ? STATUS_FOUND
							      : STATUS_TROUBLE;
	}
	if (!c->audit && !c->probe && c->zombie_count > 0)
		return STATUS_FOUND;
	if (c->set->strict && is_partial(c))
		return STATUS_FOUND;
	return worst >= (c->set->strict ? VERDICT_UNKNOWN : VERDICT_FAIL);
}

static void print(struct output *o, const struct check *c, int status)
{
	switch (c->set->format) {
	case FORMAT_HUMAN:
		human_print(o, c);
		break;
	case FORMAT_JSON:
		json_print(o, c);
		break;
	case FORMAT_PROMETHEUS:
		prometheus_print(o, c);
		break;
	case FORMAT_NAGIOS:
		nagios_print(o, c, status);
		break;
	case FORMAT_CHECK:
		check_print(o, c, status);
		break;
	}
}

int check_report(struct check *c)
{
	int status = status_of(c), fd = STDOUT_FILENO, written;
	struct replacement r;
	const char *path = c->set->output;

	if (c->set->quiet)
		return status;
	if (path)
		fd = replace_begin(&r, path);
	if (fd < 0)
		return check_trouble(c, path, NULL);
	output_begin(&c->out, fd);
	print(&c->out, c, status);
	written = output_end(&c->out);
	if (path)
		written = replace_end(&r, path, written == 0);
	if (written < 0)
		return check_trouble(c, path ? path : "stdout", NULL);
	return status;
}

int check_main(const struct speaker *who, struct settings *s)
{
	static struct check check;
	struct check *c = &check;
	int status;

	c->who = who;
	c->set = s;
	c->pids.current = c->pids.max = -1;
	status = check_open(c, s);
	if (status)
		return status;
	if (s->watch)
		return watch(c);
	status = check_look(c);
	return status ? status : check_report(c);
}
