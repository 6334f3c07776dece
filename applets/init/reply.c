/* SPDX-License-Identifier: MIT */
/*
 * reply.c - what a client of the control socket is told.
 *
 * A request is "WORD +FLAGS NAME"; flags are j (JSON), c (check) and n (do not
 * wait). In an answer a line with "!" in front is an error, "=N" the end.
 */
#include "init.h"

#define NO_ROW UINT32_MAX /* no table, or it is through */

static void end_reply(struct client *c, int status)
{
	text_format(&c->out, "=%d\n", status);
	c->answered = true;
	c->row = NO_ROW;
}

static void refuse(struct client *c, const char *name, const char *why)
{
	text_format(&c->out, "!%s%s%s\n", name, *name ? ": " : "", why);
	end_reply(c, 1);
}

static struct service *find(struct life *l, const char *name)
{
	for (unsigned i = 0; i < l->services.count; i++)
		if (strcmp(l->services.item[i].entry->name, name) == 0)
			return &l->services.item[i];
	return NULL;
}

/* ---- status ----------------------------------------------------------- */

/* In the order of enum service_state. */
static const char *state_name(const struct service *s)
{
	return word_at("waiting\0running\0stopping\0finishing\0backoff\0"
		       "cleaning\0stopped\0ended\0failed\0",
		s->state);
}

static void next_column(struct text *t, size_t begin, size_t column)
{
	text_char(t, ' ');
	text_pad(t, begin + column);
}

static void text_number_or_dash(struct text *t, bool known, int64_t n)
{
	if (known)
		text_decimal(t, n);
	else
		text_char(t, '-');
}

static void write_row(struct text *t, const struct service *s)
{
	size_t begin = t->used;
	pid_t pid = s->pid ? s->pid : s->hook;

	text_escaped(t, s->entry->name);
	next_column(t, begin, 20);
	text_raw(t, state_name(s));
	next_column(t, begin, 30);
	text_raw(t, s->ready ? "yes" : "no");
	next_column(t, begin, 36);
	text_number_or_dash(t, pid > 0, pid);
	next_column(t, begin, 44);
	text_span(t, (clock_now_ms() - s->since_ms) / 1000);
	next_column(t, begin, 52);
	text_decimal(t, s->restarts);
	next_column(t, begin, 61);
	text_number_or_dash(t, s->ran, wstatus_to_exit(s->status));
	if (s->said[0])
		text_format(t, "  %s", s->said);
	text_char(t, '\n');
}

static void write_json(struct text *t, const struct service *s, bool first)
{
	text_raw(t, first ? "[" : ",\n ");
	text_raw(t, "{\"name\":\"");
	text_json(t, s->entry->name);
	text_format(t, "\",\"state\":\"%s\",\"ready\":%s,\"pid\":%d,",
		state_name(s), s->ready ? "true" : "false",
		s->pid ? s->pid : s->hook);
	text_format(t, "\"since\":%lld,\"restarts\":%u,\"status\":",
		(long long)(clock_now_ms() - s->since_ms) / 1000, s->restarts);
	if (s->ran)
		text_decimal(t, wstatus_to_exit(s->status));
	else
		text_raw(t, "null");
	text_raw(t, ",\"said\":\"");
	text_json(t, s->said);
	text_raw(t, "\"}");
}

/* Whether it has a row: it was not left out, and occasions only once had. */
static bool is_shown(const struct client *c, const struct service *s)
{
	return !s->entry->left_out &&
	       !(s->state == SERVICE_NEW &&
		       action_is_occasion(s->entry->action)) &&
	       (!c->name[0] || strcmp(c->name, s->entry->name) == 0);
}

/* The table is made row by row, as the client takes it; meanwhile a reload may
 * have made it shorter or longer. */
bool reply_continue(struct life *l, struct client *c)
{
	if (!c->answered || c->row == NO_ROW)
		return false;
	for (; c->row < l->services.count; c->row++) {
		const struct service *s = &l->services.item[c->row];

		if (!is_shown(c, s))
			continue;
		if (c->json)
			write_json(&c->out, s, !c->check);
		else
			write_row(&c->out, s);
		c->check = true; /* here: not the first one */
		c->row++;
		return true;
	}
	c->row = NO_ROW;
	if (c->json)
		text_raw(&c->out, c->check ? "]\n" : "[]\n");
	text_raw(&c->out, "=0\n");
	return true;
}

static void begin_table(struct client *c)
{
	c->answered = true;
	c->row = 0;
	c->check = false;
	if (!c->json)
		text_raw(&c->out, "NAME                STATE     READY PID     "
				  "SINCE   RESTARTS STATUS\n");
}

/* A health check: who is not ready? */
static void check_all(struct life *l, struct client *c)
{
	bool all = true;

	for (unsigned i = 0; i < l->services.count; i++) {
		const struct service *s = &l->services.item[i];

		if (!is_shown(c, s) || s->ready ||
			action_is_occasion(s->entry->action))
			continue;
		if (c->out.used + ENTRY_NAME_BYTES + 20 < c->out.size)
			text_format(
				&c->out, "!%s: not ready\n", s->entry->name);
		all = false;
	}
	end_reply(c, !all);
}

static void status(struct life *l, struct client *c)
{
	if (c->name[0] && !find(l, c->name))
		refuse(c, c->name, "there is no such entry");
	else if (c->check)
		check_all(l, c);
	else
		begin_table(c);
}

/* ---- start, stop, restart --------------------------------------------- */

static bool has_ended(const struct service *s)
{
	return s->state >= SERVICE_STOPPED;
}

static void say_result(struct client *c, const struct service *s, bool good)
{
	char buffer[64];
	struct text last = TEXT_ON(buffer);

	buffer[0] = '\0';
	if (s->ran && s->state != SERVICE_RUNNING) {
		text_raw(&last, ": ");
		text_wstatus(&last, s->status);
	}
	text_format(&c->out, "%s%s: %s%s\n", good ? "" : "!", s->entry->name,
		s->state == SERVICE_RUNNING ? "ready" : state_name(s), buffer);
	end_reply(c, !good);
}

static bool reload_if_done(const struct life *l, struct client *c)
{
	if (l->phase != PHASE_RUN)
		refuse(c, "", "init is stopping");
	else if (!reread_done(l))
		return false;
	else if (l->reread_failed)
		refuse(c, "",
			"nothing is changed; init's own messages say what is "
			"wrong with the files");
	else
		end_reply(c, 0);
	return true;
}

bool reply_if_done(struct life *l, struct client *c)
{
	const struct service *s = find(l, c->name);

	if (c->reload)
		return reload_if_done(l, c);
	if (!s) {
		text_format(&c->out, "%s: removed\n", c->name);
		end_reply(c, c->want_up);
		return true;
	}
	if (!c->want_up) {
		if (s->state == SERVICE_STOPPING || s->state == SERVICE_FINISH)
			return false;
		if (has_ended(s))
			say_result(c, s, true);
		else
			refuse(c, c->name, "was started again");
		return true;
	}
	if (!has_ended(s) && s->state != SERVICE_BACKOFF &&
		!(s->state == SERVICE_RUNNING && s->ready))
		return false;
	say_result(c, s, s->ready);
	return true;
}

/* Why an entry in this state is not started or stopped, NULL if it is. */
static const char *reason_against(
	const struct life *l, const struct service *s, enum service_event event)
{
	if (s->entry->left_out)
		return "was left out";
	if (event == SERVICE_EV_DOWN)
		return service_is_down(s) ? "is not running" : NULL;
	if (s >= &l->services.item[life_table(l)->count])
		return "was removed, and is being stopped";
	if (s->state == SERVICE_NEW && !action_is_occasion(s->entry->action))
		return "waits for its turn";
	if (event == SERVICE_EV_START && s->state == SERVICE_RUNNING)
		return "runs already";
	if (s->blocked)
		return "what it comes after is not ready";
	return NULL;
}

static const char too_many[] = "too many requests wait (try --no-wait)";

static void change(
	struct life *l, struct client *c, enum service_event event, bool wait)
{
	struct service *s = find(l, c->name);
	const char *why = !s ? "there is no such entry"
			  : l->phase >= PHASE_SHUTDOWN ? "init is stopping"
			  : wait && !control_has_room(l)
				  ? too_many
				  : reason_against(l, s, event);

	if (why) {
		refuse(c, c->name, why);
		return;
	}
	launch_step(l, s, event);
	c->want_up = event != SERVICE_EV_DOWN;
	if (!wait)
		end_reply(c, 0);
	else
		reply_if_done(l, c);
}

static void reload(struct life *l, struct client *c, bool wait)
{
	const char *why;

	c->reload = wait;
	why = control_has_room(l) ? reread_begin(l) : too_many;
	if (why)
		refuse(c, "", why);
	else if (!wait)
		end_reply(c, 0);
}

void reply_request(struct life *l, struct client *c)
{
	static const unsigned char events[] = {
		[VERB_START] = SERVICE_EV_START,
		[VERB_STOP] = SERVICE_EV_DOWN,
		[VERB_RESTART] = SERVICE_EV_AGAIN,
	};
	char *flags = cut(c->request, ' ');
	char *name = flags ? cut(flags, ' ') : NULL;
	struct text text = TEXT_ON(c->name);
	const char *word = c->request;
	enum ending ending;
	bool wait;
	int verb;

	if (name)
		text_raw(&text, name);
	c->json = flags && strchr(flags, 'j');
	c->check = flags && strchr(flags, 'c');
	wait = !flags || !strchr(flags, 'n');
	note(l->plan->who, 2, "asked: %s %s", word, c->name);
	verb = verb_by_word(word);
	if (verb == VERB_STATUS) {
		status(l, c);
	} else if (verb == VERB_RELOAD) {
		reload(l, c, wait);
	} else if (verb >= 0) {
		change(l, c, events[verb], wait);
	} else if (request_by_word(word, &ending)) {
		life_stop(l, true, ending);
		end_reply(c, 0);
	} else {
		refuse(c, word, "unknown request");
	}
}
