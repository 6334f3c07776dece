/* SPDX-License-Identifier: MIT */
/*
 * watch.c - look again and again: what changed, how fast, how long it can last.
 *
 * On a terminal it draws on the second screen and takes keys at once; whatever
 * ends it, the terminal gets back what it had. Signals are blocked and taken
 * from the queue, so nothing can end it in between.
 */
#include "zombiecheck.h"
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define HISTORY	     64 /* looks that the rate is made of */
#define SCREEN_BEGIN "\033[?1049h\033[?25l"
#define SCREEN_END   "\033[?25h\033[?1049l"
#define LINE_END     "\033[K\r\n"

struct watcher {
	struct check *c;
	bool screen;
	struct termios before;
	struct pollfd fds[2]; /* signals, keys */
	unsigned looks;
	int64_t at_ms[HISTORY];
	size_t zombies[HISTORY];
};

static void put(const char *text)
{
	/* What fails here is a terminal that has gone: that ends us soon. */
	if (write_all(STDOUT_FILENO, text, strlen(text)) < 0)
		return;
}

static void screen_begin(struct watcher *w)
{
	struct termios raw = w->before;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	put(SCREEN_BEGIN);
}

static void screen_end(struct watcher *w)
{
	put(SCREEN_END);
	tcsetattr(STDIN_FILENO, TCSANOW, &w->before);
}

void watch_end_screen(struct watcher *w)
{
	if (w->screen)
		screen_end(w);
	w->screen = false;
}

/* How many more since the oldest look we remember, and how long ago that was. */
static int64_t growth(const struct watcher *w, int64_t *span_ms)
{
	unsigned last = (w->looks - 1) % HISTORY;
	unsigned first = w->looks > HISTORY ? w->looks % HISTORY : 0;

	*span_ms = w->at_ms[last] - w->at_ms[first];
	return *span_ms <= 0
		       ? 0
		       : (int64_t)w->zombies[last] - (int64_t)w->zombies[first];
}

static int64_t change(const struct watcher *w)
{
	if (w->looks < 2)
		return 0;
	return (int64_t)w->zombies[(w->looks - 1) % HISTORY] -
	       (int64_t)w->zombies[(w->looks - 2) % HISTORY];
}

/* "7 zombies, 2 parents (+3, 1.5/s); pids 48/50, full in 1m20s". These do not fill
 * a limit that is not theirs. */
static void text_change(struct text *t, const struct watcher *w)
{
	const struct pids_usage *p = worst_pids(w->c);
	int64_t span_ms, grown = growth(w, &span_ms), delta = change(w);
	int64_t tenths = grown == 0 ? 0 : grown * 10000 / span_ms;

	text_summary(t, w->c);
	text_raw(t, delta < 0 ? " (" : " (+");
	text_decimal(t, delta);
	text_raw(t, tenths < 0 ? ", -" : ", ");
	text_tenths(t, tenths < 0 ? -tenths : tenths);
	text_raw(t, "/s)");
	if (p->current < 0)
		return;
	text_format(t, "; pids %lld/", (long long)p->current);
	if (p->max < 0)
		text_raw(t, "max");
	else
		text_decimal(t, p->max);
	text_pids_owner(t, w->c, p);
	if (!w->c->filtered && zombies_in(w->c, p) == w->c->zombie_count &&
		grown > 0 && p->max >= p->current) {
		text_raw(t, ", full in ");
		text_span(t, (p->max - p->current) * span_ms / grown / 1000);
	}
}

/* How many bytes of the line fill at most so many columns: colours take none,
 * and neither do the later bytes of a character. */
static size_t visible(const char *line, size_t length, size_t columns)
{
	size_t at = 0;

	for (bool escape = false; at < length; at++) {
		escape |= line[at] == '\033';
		if (!escape && (line[at] & 0xc0) != 0x80 && columns-- == 0)
			break;
		if (line[at] == 'm')
			escape = false;
	}
	return at;
}

/* A frame: lines as long and as many as the window has room for. */
static void draw(struct watcher *w)
{
	struct winsize size = { 0 };
	struct output *o = &w->c->out;
	char *line = o->buffer;

	/* A serial line does not know its size. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	output_begin(o, -1);
	text_raw(&o->text, "zombiecheck, every ");
	text_tenths(&o->text, w->c->set->watch_ms / 100);
	text_raw(&o->text, " s; q ends\n");
	text_change(&o->text, w);
	text_raw(&o->text, "\n\n");
	human_print(o, w->c);
	put("\033[H");
	for (unsigned row = 1; *line && row < size.ws_row; row++) {
		size_t length = strcspn(line, "\n");
		size_t shown = visible(line, length, size.ws_col);

		if (write_all(STDOUT_FILENO, line, shown) < 0)
			return;
		put(w->c->set->colored ? "\033[0m" LINE_END : LINE_END);
		line += length + (line[length] == '\n');
	}
	put("\033[J");
}

static int print_line(struct watcher *w)
{
	struct output *o = &w->c->out;

	output_begin(o, STDOUT_FILENO);
	text_change(&o->text, w);
	text_worst(&o->text, w->c);
	text_char(&o->text, '\n');
	if (output_end(o) < 0)
		return check_trouble(w->c, "stdout", NULL);
	return w->c->zombie_count > 0;
}

/* One look and what it shows. */
static int look(struct watcher *w)
{
	int status = check_look(w->c);

	if (status)
		return status;
	w->at_ms[w->looks % HISTORY] = clock_now_ms();
	w->zombies[w->looks % HISTORY] = w->c->zombie_count;
	w->looks++;
	if (w->screen) {
		draw(w);
		return w->c->zombie_count > 0;
	}
	if (w->c->set->format == FORMAT_HUMAN && !w->c->set->output &&
		!w->c->set->quiet)
		return print_line(w);
	return check_report(w->c);
}

/* ^Z: the terminal as it was, stop, and once we go on a new frame. */
static void suspend(struct watcher *w)
{
	if (w->screen)
		screen_end(w);
	signal_send(getpid(), SIGSTOP);
	if (w->screen)
		screen_begin(w);
}

/* Wait until it is time for the next look; true when it is to end instead. */
static bool wait_for(struct watcher *w, int64_t until_ms)
{
	for (;;) {
		siginfo_t info;
		char key = 0;
		int signal =
			events_wait(w->fds, w->screen ? 2 : 1, until_ms, &info);

		if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP ||
			signal == SIGQUIT)
			return true;
		if (signal == SIGTSTP)
			suspend(w);
		if (w->screen && (signal == SIGWINCH || signal == SIGTSTP))
			draw(w);
		if (signal)
			continue;
		if (clock_now_ms() >= until_ms)
			return false;
		/* a key, or the terminal has gone */
		if (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' ||
			key == 'Q')
			return true;
	}
}

int watch(struct check *c)
{
	struct watcher w = { .c = c };
	int64_t next = clock_now_ms();
	int status;

	w.screen = c->set->format == FORMAT_HUMAN && !c->set->output &&
		   !c->set->quiet && !terminal_is_dumb() &&
		   isatty(STDOUT_FILENO) &&
		   tcgetattr(STDIN_FILENO, &w.before) == 0;
	c->watcher = &w;
	signals_block_all(NULL);
	w.fds[0].fd = signals_open();
	w.fds[1] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	if (w.screen)
		screen_begin(&w);
	do {
		status = look(&w);
		if (status >= STATUS_TROUBLE ||
			(int64_t)w.looks == c->set->watch_count)
			break;
		next = deadline_after(next, c->set->watch_ms);
		if (next < clock_now_ms())
			next = clock_now_ms();
	} while (!wait_for(&w, next));
	watch_end_screen(&w);
	return status;
}
