/* SPDX-License-Identifier: MIT */
/*
 * request.c - which signal means what, in a container and on a machine.
 */
#include "init.h"

/* A second ^C within this time kills. */
#define IMPATIENT_MS 2000

/* What a stop signal asks of a machine; a container just stops. */
static bool is_stop_signal(int signal, enum ending *ending)
{
	static const struct {
		unsigned char signal, ending;
	} stops[] = {
		{ SIGTERM, END_REBOOT }, /* BusyBox's reboot(8) sends it */
		{ SIGUSR1, END_HALT },
		{ SIGUSR2, END_POWEROFF },
		{ SIGNAL_HALT, END_HALT },
		{ SIGNAL_HALT + 1, END_POWEROFF },
		{ SIGNAL_HALT + 2, END_REBOOT },
		{ SIGPWR, END_POWEROFF },
	};

	for (unsigned i = 0; i < ARRAY_LEN(stops); i++) {
		if (stops[i].signal == signal) {
			*ending = (enum ending)stops[i].ending;
			return true;
		}
	}
	return false;
}

int verb_by_word(const char *word)
{
	return word_index("start\0stop\0restart\0status\0reload\0", word);
}

bool request_by_word(const char *word, enum ending *ending)
{
	static const unsigned char endings[] = { END_POWEROFF, END_HALT,
		END_REBOOT, END_POWEROFF, END_REBOOT };
	int i = word_index("poweroff\0halt\0reboot\0"
			   "0\0"
			   "6\0",
		word);

	if (i < 0)
		return false;
	*ending = endings[i];
	return true;
}

/* Whether there are entries of this action. With `start` they are started; who
 * still runs is started once more when it has ended, as under BusyBox. */
static bool have_entries(struct life *l, enum action action, bool start)
{
	bool found = false;

	for (unsigned i = 0; i < l->services.count; i++) {
		struct service *s = &l->services.item[i];

		if (s->entry->action != action || s->entry->left_out)
			continue;
		found = true;
		if (start)
			launch_step(l, s, SERVICE_EV_START);
	}
	return found;
}

/* ctrl-alt-del, or ^C: entries say what it does. From the terminal, a second
 * one while we stop means that somebody has no time. */
static void on_interrupt(struct life *l, const siginfo_t *info)
{
	bool machine = l->plan->origin->machine;
	bool typed = !machine && info->si_code == SI_KERNEL;
	int64_t now = clock_now_ms(), last = l->interrupted_ms;

	l->interrupted_ms = typed ? now : 0;
	if (l->phase < PHASE_SHUTDOWN) {
		if (!have_entries(l, ACTION_CTRLALTDEL, true) && !machine)
			life_stop(l, true, END_EXIT);
	} else if (typed && last != 0 && now - last <= IMPATIENT_MS) {
		warn(l->plan->who, "^C again: everybody left is killed");
		guard_kill_by(&l->drain.guard, now);
		l->order_until = now;
	}
}

static void on_power(struct life *l)
{
	bool machine = l->plan->origin->machine;

	if (l->phase >= PHASE_SHUTDOWN)
		return;
	if (machine && have_entries(l, ACTION_POWERFAIL, true))
		return; /* they decide */
	l->power_failed = !machine;
	life_stop(l, true, END_POWEROFF);
}

static void on_quit(struct life *l)
{
	if (have_entries(l, ACTION_RESTART, false))
		life_stop(l, true, END_RESTART);
	else if (!l->plan->origin->machine)
		life_stop(l, true, END_EXIT);
}

static void on_hangup(struct life *l)
{
	const char *why = reread_begin(l);

	if (why)
		warn(l->plan->who, "SIGHUP: %s", why);
	control_open(l);
}

void on_signal(struct life *l, const siginfo_t *info)
{
	char buffer[24];
	struct text name = TEXT_ON(buffer);
	int signal = info->si_signo;
	enum ending ending;

	if (signal == SIGCHLD)
		return;
	text_signal(&name, signal);
	note(l->plan->who, 2, "received %s", buffer);
	if (signal == SIGINT)
		on_interrupt(l, info);
	else if (signal == SIGPWR)
		on_power(l);
	else if (signal == SIGQUIT)
		on_quit(l);
	else if (signal == SIGHUP)
		on_hangup(l);
	else if (is_stop_signal(signal, &ending))
		life_stop(l, true, ending);
}
