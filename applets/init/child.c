/* SPDX-License-Identifier: MIT */
/*
 * child.c - an entry's surroundings, made in the child between fork and exec.
 *
 * Every open that may hang (a terminal, a log on a dead server, a FIFO) happens
 * here: it stalls one entry. Static memory is this process's own by now; the
 * parent's pages are copied only if they are written to.
 */
#include "init.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENVIRONMENT_MAX	  4096 /* variables */
#define ENVIRONMENT_BYTES (64 * 1024)
#define GROUPS_MAX	  256

struct surroundings {
	const struct child *child;
	struct spawn_failure *failure;
	char *variables[ENVIRONMENT_MAX + 1];
	unsigned count;
	struct text text; /* of variables that are ours */
	char bytes[ENVIRONMENT_BYTES];
	struct account account;
};

/* What an entry of an option failed at, with errno. */
static bool fail(struct surroundings *s, const char *what, const char *value)
{
	s->failure->error = errno;
	s->failure->what = what;
	s->failure->value = value;
	return false;
}

static bool write_number(const char *path, int n)
{
	char buffer[16];
	struct text text = TEXT_ON(buffer);
	int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	bool done;

	text_decimal(&text, n);
	done = fd >= 0 && write(fd, buffer, text.used) == (ssize_t)text.used;
	if (fd >= 0)
		close(fd);
	return done;
}

static bool set_limits(struct surroundings *s)
{
	const struct entry *e = s->child->entry;
	struct rlimit files = { (rlim_t)e->nofile, (rlim_t)e->nofile };

	if (e->umask != NOT_GIVEN)
		umask((mode_t)e->umask);
	if (e->nice != NOT_GIVEN && setpriority(PRIO_PROCESS, 0, e->nice) < 0)
		return fail(s, "nice", "cannot set");
	if (e->oom != NOT_GIVEN &&
		!write_number("/proc/self/oom_score_adj", e->oom))
		return fail(s, "oom", "cannot set");
	if (e->nofile == NOT_GIVEN ||
		prlimit(0, RLIMIT_NOFILE, &files, NULL) == 0)
		return true;
	return fail(s, "nofile", "cannot set");
}

static void make_stdio(int fd, int first)
{
	for (int to = first; to <= STDERR_FILENO; to++)
		dup2(fd, to);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* The entry's terminal becomes stdio and the controlling terminal. Opened
 * without waiting for a modem's carrier. */
static bool set_terminal(struct surroundings *s)
{
	const struct entry *e = s->child->entry;
	char buffer[INITTAB_LINE_BYTES];
	struct text path = TEXT_ON(buffer);
	int fd;

	if (names_terminal(e->id)) {
		text_raw(&path, "/dev/");
		text_raw(&path, e->id);
		fd = openat(AT_FDCWD, buffer, O_RDWR | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			return fail(s, "terminal", e->id);
		fcntl(fd, F_SETFL, O_RDWR); /* ours alone so far */
		make_stdio(fd, STDIN_FILENO);
	} else if (e->command[0] != '-') {
		return true;
	}
	ioctl(STDIN_FILENO, TIOCSCTTY, 0); /* not stolen from a session */
	return true;
}

static bool set_log(struct surroundings *s)
{
	const char *log = s->child->entry->log;
	int fd;

	if (!log)
		return true;
	fd = openat(
		AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0644);
	if (fd < 0)
		return fail(s, "log", log);
	make_stdio(fd, STDOUT_FILENO);
	return true;
}

/* ---- environment ----------------------------------------------------- */

/* Add "NAME=value", in place of what has that name. */
static bool put_variable(struct surroundings *s, char *variable)
{
	size_t length = strcspn(variable, "=") + 1;
	unsigned i = 0;

	while (i < s->count && strncmp(s->variables[i], variable, length) != 0)
		i++;
	if (i == ENVIRONMENT_MAX) {
		errno = E2BIG;
		return fail(s, "env", "too many variables");
	}
	s->variables[i] = variable;
	s->count += i == s->count;
	return true;
}

/* The same of a name with its "=" and a value, copied. */
static bool set_variable(
	struct surroundings *s, const char *name, const char *value)
{
	char *at = s->text.at + s->text.used;

	text_raw(&s->text, name);
	text_raw(&s->text, value);
	s->text.used++; /* keeps the NUL */
	if (s->text.used >= s->text.size) {
		errno = E2BIG;
		return fail(s, "env", "no room for what init adds");
	}
	return put_variable(s, at);
}

static char *read_environment(struct surroundings *s, const char *path)
{
	char *text = s->text.at + s->text.used;
	size_t room = s->text.size - s->text.used - 1;
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return NULL;
	while (room > 0 &&
		(n = read(fd, s->text.at + s->text.used, room)) > 0) {
		s->text.used += (size_t)n;
		room -= (size_t)n;
	}
	close(fd);
	if (n == 0 && memchr(text, '\0',
			      (size_t)(s->text.at + s->text.used - text))) {
		errno = EINVAL; /* it would hide the rest */
		n = -1;
	}
	s->text.at[s->text.used++] = '\0';
	errno = room == 0 ? E2BIG : errno;
	return n < 0 || room == 0 ? NULL : text;
}

/* NAME=value lines, taken literally; blank lines and # lines are none. */
static bool set_environment_file(struct surroundings *s)
{
	const char *path = s->child->entry->env;
	char *line = path ? read_environment(s, path) : NULL;

	if (path && !line)
		return fail(s, "env", path);
	while (line) {
		char *next = cut(line, '\n');

		line += strspn(line, " \t");
		if (strchr(line, '=') && *line != '#' && *line != '=' &&
			!put_variable(s, line))
			return false;
		line = next;
	}
	return true;
}

static bool copy_environment(struct surroundings *s, char **envp)
{
	s->text = (struct text)TEXT_ON(s->bytes);
	for (; *envp; envp++) {
		if (s->count == ENVIRONMENT_MAX) {
			errno = E2BIG;
			return fail(s, "env", "too many variables");
		}
		s->variables[s->count++] = *envp;
	}
	return true;
}

/* ---- user ------------------------------------------------------------ */

static bool find_user(struct surroundings *s)
{
	const struct entry *e = s->child->entry;
	struct account *a = &s->account;
	uint64_t number;

	a->uid = geteuid();
	a->gid = getegid();
	if (e->user && passwd_find("/etc/passwd", e->user, a) < 0) {
		if (parse_unsigned(e->user, UINT32_MAX - 1, &number))
			return fail(s, "user", e->user);
		/* A number that has no line: its group is the same number. */
		a->uid = a->gid = (uid_t)number;
		text_raw(&(struct text)TEXT_ON(a->name), e->user);
		text_raw(&(struct text)TEXT_ON(a->home), "/");
		text_raw(&(struct text)TEXT_ON(a->shell), "/bin/sh");
	}
	if (!e->group || group_find("/etc/group", e->group, &a->gid) == 0)
		return true;
	if (parse_unsigned(e->group, UINT32_MAX - 1, &number))
		return fail(s, "group", e->group);
	a->gid = (gid_t)number;
	return true;
}

static bool set_user_variables(struct surroundings *s)
{
	const struct account *a = &s->account;

	return !s->child->entry->user ||
	       (set_variable(s, "USER=", a->name) &&
		       set_variable(s, "LOGNAME=", a->name) &&
		       set_variable(s, "HOME=", a->home) &&
		       set_variable(s,
			       "SHELL=", a->shell[0] ? a->shell : "/bin/sh"));
}

static bool set_user(struct surroundings *s)
{
	const struct entry *e = s->child->entry;
	const struct account *a = &s->account;
	gid_t groups[GROUPS_MAX];
	unsigned count = 0;

	if (!e->user && !e->group)
		return true;
	/* Without rights, what we are already needs no call. */
	if (geteuid() != 0 && a->uid == geteuid() && a->gid == getegid())
		return true;
	groups[count++] = a->gid;
	if (e->user)
		count += group_list(
			"/etc/group", a->name, groups + 1, GROUPS_MAX - 1);
	if (identity_set_groups(groups, count) < 0)
		return fail(s, "group", e->group ? e->group : e->user);
	return identity_set_user(a->uid) == 0 || fail(s, "user", e->user);
}

static bool set_folder(struct surroundings *s)
{
	const char *dir = s->child->entry->dir;

	return !dir || chdir(dir) == 0 || fail(s, "dir", dir);
}

/* ---- all of it ------------------------------------------------------- */

/* askfirst: until Enter is pressed, or nobody is there (as BusyBox). */
static bool ask_first(struct surroundings *s)
{
	static const char question[] =
		"\nPlease press Enter to activate this console. ";
	ssize_t n;
	char c;

	if (s->child->entry->action != ACTION_ASKFIRST || !s->child->notify)
		return true;
	if (s->failure->report_fd > STDERR_FILENO)
		close(s->failure->report_fd);
	s->failure->report_fd = -1;
	write_all(STDOUT_FILENO, question, sizeof(question) - 1);
	do
		n = read(STDIN_FILENO, &c, 1);
	while (n == 1 && c != '\n' && c != '\r');
	return true;
}

bool child_prepare(
	const void *child, char ***envp, struct spawn_failure *failure)
{
	static struct surroundings surroundings;
	struct surroundings *s = &surroundings;

	s->child = child;
	s->failure = failure;
	if (!set_limits(s) || !set_terminal(s) || !set_log(s) ||
		!ask_first(s) || !copy_environment(s, *envp) || !find_user(s) ||
		!set_user_variables(s) || !set_environment_file(s))
		return false;
	if (s->child->notify && s->child->notify->socket[0] &&
		!set_variable(s, "NOTIFY_SOCKET=", s->child->notify->socket))
		return false;
	if (!set_user(s) || !set_folder(s))
		return false;
	*envp = s->variables;
	return true;
}

void child_warn(const struct speaker *who, const struct service *s,
	const struct spawn_failure *failure)
{
	char buffer[ENTRY_NAME_BYTES + 128];
	struct text text = TEXT_ON(buffer);
	bool shell = !s->hook && command_needs_shell(s->entry->command);
	const char *program = s->hook ? s->entry->finish
			      : shell ? "/bin/sh"
				      : s->entry->command;

	text_raw(&text, s->entry->name);
	if (s->hook)
		text_raw(&text, ": finish");
	if (failure->step == SPAWN_EXEC &&
		(s->hook || s->entry->named || shell)) {
		text_raw(&text, ": ");
		program += *program == '-';
		while (*program && !strchr(" \t", *program))
			text_char(&text, *program++);
	}
	warn_spawn(who, buffer, failure);
}
