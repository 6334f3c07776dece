/* SPDX-License-Identifier: MIT */
/*
 * json.c - everything, for programs; docs/zombiecheck.schema.json describes it.
 */
#include "zombiecheck.h"

/* "KEY": with a comma before it, unless it is the first of its object. */
static void key(struct text *t, const char *name)
{
	if (t->used == 0 || !strchr("{[", t->at[t->used - 1]))
		text_char(t, ',');
	if (!name)
		return;
	text_char(t, '"');
	text_raw(t, name);
	text_raw(t, "\":");
}

static void number(struct text *t, const char *name, int64_t n)
{
	key(t, name);
	text_decimal(t, n);
}

/* A number that is null when it is negative, a string that is when empty. */
static void number_or_null(struct text *t, const char *name, int64_t n)
{
	key(t, name);
	if (n < 0)
		text_raw(t, "null");
	else
		text_decimal(t, n);
}

static void string(struct text *t, const char *name, const char *s)
{
	key(t, name);
	text_char(t, '"');
	text_json(t, s);
	text_char(t, '"');
}

static void string_or_null(struct text *t, const char *name, const char *s)
{
	if (s && *s) {
		string(t, name, s);
		return;
	}
	key(t, name);
	text_raw(t, "null");
}

/* Begin an object that is null when it is not there. */
static bool object(struct text *t, const char *name, bool there)
{
	key(t, name);
	text_raw(t, there ? "{" : "null");
	return there;
}

static void put_zombie(
	struct text *t, const struct check *c, const struct zombie *z)
{
	int signal = z->exit_code & 0x7f;
	struct zombie unseen = *z;
	bool bound;

	unseen.first_seen_s = 0;
	object(t, NULL, true);
	number(t, "pid", z->pid);
	string(t, "comm", z->comm);
	number_or_null(t, "uid", z->uid);
	number(t, "start_age_s", zombie_age_s(c, &unseen, &bound));
	number_or_null(t, "observed_s",
		z->first_seen_s ? zombie_age_s(c, z, &bound) : -1);
	number_or_null(
		t, "exit", z->exit_known && !signal ? z->exit_code >> 8 : -1);
	number_or_null(t, "signal", z->exit_known && signal ? signal : -1);
	number_or_null(t, "tracer", z->tracer);
	number(t, "sid", z->session);
	text_char(t, '}');
}

static void put_pids(
	struct text *t, const char *name, const struct pids_usage *p)
{
	if (!object(t, name, p->current >= 0))
		return;
	number(t, "current", p->current);
	number_or_null(t, "max", p->max);
	number_or_null(t, "peak", p->peak);
	number_or_null(t, "refused", p->refused);
	string_or_null(t, "cgroup", p->path);
	text_char(t, '}');
}

static void put_parent(
	struct output *o, const struct check *c, const struct parent *p)
{
	char advice_buffer[ADVICE_BYTES], state[2] = { p->state, '\0' };
	struct text *t = &o->text, advice = TEXT_ON(advice_buffer);
	size_t shown = c->set->limit >= 0 ? (size_t)c->set->limit : SIZE_MAX;

	advice_of(c, p, &advice);
	object(t, NULL, true);
	number(t, "pid", p->pid);
	number_or_null(t, "ns_pid", p->ns_pid ? p->ns_pid : -1);
	string(t, "comm", p->comm);
	string(t, "cmdline", p->command);
	string(t, "state", state);
	string_or_null(t, "container", p->owner.id);
	string_or_null(t, "pod", p->owner.pod);
	string_or_null(t, "unit", p->owner.unit);
	string(t, "cause", cause_name(p->cause));
	string(t, "advice", advice.at);
	output_room(o);
	put_pids(t, "pids", &p->pids);
	number(t, "count", (int64_t)p->count);
	key(t, "zombies");
	text_char(t, '[');
	for (size_t i = 0; i < p->count && i < shown; i++) {
		put_zombie(t, c, zombie_at(c, p->first + i));
		output_room(o);
	}
	text_raw(t, "]}");
}

static void put_audit(struct text *t, const struct check *c)
{
	/* In the order of enum audit_part. */
	static const char names[] = "stop_signal\0sigchld\0reaping\0pids\0";
	const struct audit *a = c->audit;

	if (!object(t, "audit", a != NULL))
		return;
	number(t, "pid", a->pid);
	number(t, "uid", a->uid);
	string(t, "comm", a->comm);
	string(t, "cmdline", a->command);
	key(t, "signal");
	text_char(t, '"');
	text_audit_part(t, a, AUDIT_STOP);
	text_char(t, '"');
	for (unsigned i = 0; i < AUDIT_PARTS; i++) {
		object(t, word_at(names, i), true);
		string(t, "verdict", verdict_word(a->part[i].verdict));
		string(t, "why", a->part[i].why);
		text_char(t, '}');
	}
	string(t, "verdict", verdict_word(a->verdict));
	text_char(t, '}');
}

static void put_probe(struct text *t, const struct check *c)
{
	const struct orphan *p = c->probe;

	if (!object(t, "probe", p != NULL))
		return;
	string(t, "result", probe_result_name(c));
	key(t, "ms");
	if (p->result == ORPHAN_FAILED || c->probe_leftover.pid)
		text_raw(t, "null");
	else
		text_tenths(t, p->took_us / 100);
	number_or_null(t, "adopter", p->adopter ? p->adopter : -1);
	number_or_null(t, "orphan", p->pid ? p->pid : -1);
	number(t, "runs", c->probe_runs);
	text_char(t, '}');
}

void json_print(struct output *o, const struct check *c)
{
	struct text *t = &o->text;

	text_char(t, '{');
	number(t, "schema", 1);
	number(t, "time", c->now_s);
	number_or_null(t, "pidns", c->namespace ? (int64_t)c->namespace : -1);
	number(t, "processes", c->scan.processes);
	number(t, "unreadable", c->scan.unreadable);
	key(t, "partial");
	text_raw(t, is_partial(c) ? "true" : "false");
	number(t, "zombies", (int64_t)c->zombie_count);
	number(t, "leaders_with_threads", c->scan.dead_leaders);
	key(t, "parents");
	text_char(t, '[');
	for (size_t i = 0; i < c->parents.count; i++) {
		output_room(o);
		put_parent(o, c, parent_at(c, i));
	}
	text_char(t, ']');
	output_room(o);
	put_pids(t, "pids", &c->pids);
	output_room(o);
	put_audit(t, c);
	put_probe(t, c);
	text_raw(t, "}\n");
}
