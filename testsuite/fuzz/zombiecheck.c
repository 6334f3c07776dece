/* SPDX-License-Identifier: MIT */
/*
 * zombiecheck.c - a whole /proc, in the manner of testsuite/record-proc.sh, and
 * every output of it. The first line chooses settings.
 *
 * product: libbb-lite/procfs.c libbb-lite/procstatus.c libbb-lite/lines.c
 * product: libbb-lite/role.c libbb-lite/cgroup.c libbb-lite/cgroupfs.c
 * product: libbb-lite/memory.c libbb-lite/output.c
 * product: libbb-lite/exec.c
 * product: applets/zombiecheck/scan.c applets/zombiecheck/parents.c
 * product: applets/zombiecheck/cause.c applets/zombiecheck/filter.c
 * product: applets/zombiecheck/audit.c applets/zombiecheck/probe.c
 * product: applets/zombiecheck/check.c applets/zombiecheck/summary.c
 * product: applets/zombiecheck/human.c applets/zombiecheck/json.c
 * product: applets/zombiecheck/prometheus.c applets/zombiecheck/oneline.c
 * product: applets/zombiecheck/state.c applets/zombiecheck/range.c
 */
#include "zombiecheck.h"
#include "fuzz.h"
#include <unistd.h>

static struct check check;

void orphan_probe(const char *name, int64_t timeout_ms, struct orphan *out)
{
	HOLDS(name && timeout_ms >= 0);
	*out = (struct orphan){ .result = ORPHAN_REAPED };
}

int watch(struct check *c)
{
	return c->set->watch ? 0 : 1;
}

void watch_end_screen(struct watcher *w)
{
	(void)w;
}

static size_t count_of(char c)
{
	size_t n = 0;

	for (size_t i = 0; i < fuzz_out_length; i++)
		n += fuzz_out[i] == c;
	return n;
}

static void begin(struct output *o)
{
	fuzz_out_length = 0;
	output_begin(o, STDOUT_FILENO);
}

/* zombiecheck_NAME{LABELS} NUMBER: labels are quoted and nothing else is. */
static void check_metric(const char *line, size_t length)
{
	bool quoted = false;

	HOLDS(length > 0);
	HOLDS(*line == '#' || strncmp(line, "zombiecheck_", 12) == 0);
	for (size_t i = 0; *line != '#' && i < length; i++) {
		if (quoted && line[i] == '\\')
			i++;
		else if (line[i] == '"')
			quoted = !quoted;
		else
			HOLDS(quoted || !strchr("{", line[i]) || i > 12);
	}
	HOLDS(!quoted);
}

static void check_prometheus(const struct check *c, struct output *o)
{
	begin(o);
	prometheus_print(o, c);
	HOLDS(output_end(o) == 0);
	HOLDS(fuzz_is_text(fuzz_out, fuzz_out_length, false));
	for (size_t at = 0; at < fuzz_out_length;) {
		const char *end =
			memchr(fuzz_out + at, '\n', fuzz_out_length - at);

		HOLDS(end);
		check_metric(fuzz_out + at, (size_t)(end - fuzz_out) - at);
		at = (size_t)(end - fuzz_out) + 1;
	}
}

static void check_outputs(const struct check *c)
{
	static struct output o;

	begin(&o);
	human_print(&o, c);
	HOLDS(output_end(&o) == 0);
	HOLDS(fuzz_is_text(fuzz_out, fuzz_out_length, true));
	begin(&o);
	json_print(&o, c);
	HOLDS(output_end(&o) == 0);
	HOLDS(fuzz_is_json(fuzz_out, fuzz_out_length));
	check_prometheus(c, &o);
	begin(&o);
	nagios_print(&o, c, 0);
	HOLDS(output_end(&o) == 0);
	HOLDS(fuzz_is_text(fuzz_out, fuzz_out_length, true));
	HOLDS(count_of('\n') == 1 && count_of('|') == 1);
	begin(&o);
	check_print(&o, c, 1);
	HOLDS(output_end(&o) == 0);
	HOLDS(fuzz_is_text(fuzz_out, fuzz_out_length, true));
	HOLDS(count_of('\n') == 1);
}

/* Those of check.c's that its memory is kept for. */
static void reset(const struct speaker *who, struct settings *set)
{
	struct array zombies = check.scan.zombies, parents = check.parents;

	zombies.count = parents.count = 0;
	memset(&check, 0, offsetof(struct check, out));
	check.scan.zombies = zombies;
	check.parents = parents;
	check.who = who;
	check.set = set;
	check.recorded = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct speaker who = { .name = "zombiecheck" };
	struct settings set = { .proc = "recorded",
		.uid = -1,
		.limit = -1,
		.warning = "0",
		.critical = "50",
		.pids_warn = 80,
		.pids_crit = 95 };

	set.list = size > 0 && data[0] & 1;
	set.audit = size > 0 && data[0] & 2;
	set.no_ppid_label = size > 0 && data[0] & 4;
	set.comm = size > 0 && data[0] & 8 ? "[!a-c]*x?\\*" : NULL;
	reset(&who, &set);
	fuzz_files(data, size, true);
	check.proc_fd = fuzz_root();
	cgroup_mounts_read(&check.mounts, check.proc_fd, true);
	check.namespace = proc_pid_namespace(check.proc_fd, 1);
	if (check_look(&check) == 0)
		check_outputs(&check);
	close(check.proc_fd);
	return 0;
}
