/* SPDX-License-Identifier: MIT */
/*
 * control.c - the socket over which init is asked and told (unix(7)).
 *
 * A client sends one line, gets lines and "=STATUS", and is closed. Nothing
 * here waits: who does not read or write in time is dropped, and as many as
 * there is room for are served at a time; the others wait in the kernel.
 */
#include "init.h"
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENT_TIME_MS 5000 /* to ask, and to take each piece of the answer */
#define CLOSED_TIME_MS 1000
#define BACKLOG	       64

/* ---- the socket ------------------------------------------------------- */

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Only a refusal says that nobody listens: a socket of another kind, or one
 * that is not for us, is somebody's. */
static bool is_dead(const struct sockaddr_un *address)
{
	int fd = new_socket();
	bool dead = fd >= 0 &&
		    connect(fd, (const void *)address, sizeof(*address)) < 0 &&
		    errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return dead;
}

/* Bind; a socket that nobody listens to is replaced, nothing else is. */
static int bind_socket(int fd, const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
		is_dead(address))
		unlink(address->sun_path);
	return bind(fd, (const void *)address, sizeof(*address));
}

static bool is_ours(const struct life *l)
{
	struct stat st;

	return l->control.fd >= 0 && lstat(l->plan->control, &st) == 0 &&
	       st.st_ino == l->control.inode && st.st_dev == l->control.device;
}

static void remember(struct control *c, const char *path, int fd)
{
	struct stat st = { 0 };

	lstat(path, &st);
	c->fd = fd;
	c->inode = st.st_ino;
	c->device = st.st_dev;
}

void control_open(struct life *l)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = l->plan->control;
	mode_t before;
	int fd;

	if (!path || is_ours(l))
		return;
	if (l->control.fd >= 0)
		close(l->control.fd); /* it was removed or replaced */
	l->control.fd = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		note(l->plan->who, 1, "no control: %s: too long", path);
		return;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	before = umask(0177);
	fd = new_socket();
	if (fd >= 0 && bind_socket(fd, &address) == 0 &&
		listen(fd, BACKLOG) == 0) {
		umask(before);
		remember(&l->control, path, fd);
		return;
	}
	if (l->plan->who->verbosity > 0)
		warn_errno(l->plan->who, errno, "no control: %s", path);
	umask(before);
	if (fd >= 0)
		close(fd);
}

/* ---- clients ---------------------------------------------------------- */

static void drop(struct life *l, struct client *c)
{
	close(c->fd);
	c->fd = -1;
	l->control.count--;
}

static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* The clients' slots count from the first accept on: -1 is free. */
static struct client *free_slot(struct control *control)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (control->count == 0 || control->clients[i].fd < 0)
			return &control->clients[i];
	return NULL;
}

static void accept_client(struct life *l, void *unused)
{
	int fd = accept4(
		l->control.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *c = free_slot(&l->control);

	(void)unused;
	if (fd < 0) {
		/* The queue stays readable: no loop around a full table. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			l->control.closed_until_ms =
				clock_now_ms() + CLOSED_TIME_MS;
		return;
	}
	if (!c || !may_ask(fd)) {
		close(fd);
		return;
	}
	for (unsigned i = 0; l->control.count == 0 && i < CLIENTS_MAX; i++)
		l->control.clients[i].fd = -1;
	*c = (struct client){ .fd = fd,
		.until_ms = clock_now_ms() + CLIENT_TIME_MS };
	c->out = (struct text)TEXT_ON(c->buffer);
	l->control.count++;
}

/* Send what there is; false when the client is gone. */
static bool send_some(struct client *c)
{
	ssize_t n = send(c->fd, c->buffer + c->sent, c->out.used - c->sent,
		MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->sent += (unsigned)n;
	c->until_ms = clock_now_ms() + CLIENT_TIME_MS;
	return true;
}

static void flush(struct life *l, struct client *c)
{
	while (c->fd >= 0) {
		unsigned before = c->sent;

		if (c->sent == c->out.used) {
			c->sent = 0;
			c->out.used = 0;
			if (!reply_continue(l, c)) {
				if (c->answered)
					drop(l, c);
				return;
			}
		}
		if (!send_some(c)) {
			drop(l, c);
			return;
		}
		if (c->sent == before)
			return; /* full: until POLLOUT */
	}
}

static bool is_waiting(const struct client *c)
{
	return (c->name[0] || c->reload) && !c->answered;
}

bool control_has_room(const struct life *l)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		waiting += l->control.clients[i].fd >= 0 &&
			   is_waiting(&l->control.clients[i]);
	return waiting <= WAITING_MAX; /* who asks is one of them */
}

/* More of a request, or a client that has gone while it waits. */
static void serve_client(struct life *l, void *item)
{
	struct client *c = item;
	ssize_t n;
	char *newline;

	if (c->answered) {
		flush(l, c);
		return;
	}
	n = recv(c->fd, c->request + c->got, sizeof(c->request) - 1 - c->got,
		MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || is_waiting(c)) {
		drop(l, c);
		return;
	}
	c->got += (unsigned)n;
	c->request[c->got] = '\0';
	newline = strchr(c->request, '\n');
	if (newline) {
		*newline = '\0';
		reply_request(l, c);
		c->until_ms = is_waiting(c) ? DURATION_INF
					    : clock_now_ms() + CLIENT_TIME_MS;
		flush(l, c);
	} else if (c->got == sizeof(c->request) - 1) {
		drop(l, c);
	}
}

unsigned control_watch(struct life *l, unsigned count)
{
	struct control *control = &l->control;

	if (control->fd >= 0 && control->count < CLIENTS_MAX &&
		control->closed_until_ms == 0) {
		l->fds[count] = (struct pollfd){ control->fd, POLLIN, 0 };
		l->watches[count++] = (struct watch){ accept_client, NULL };
	}
	for (unsigned i = 0; control->count > 0 && i < CLIENTS_MAX; i++) {
		struct client *c = &control->clients[i];

		if (c->fd < 0)
			continue;
		l->fds[count] = (struct pollfd){ c->fd,
			c->answered ? POLLOUT : POLLIN, 0 };
		l->watches[count++] = (struct watch){ serve_client, c };
	}
	return count;
}

int64_t control_deadline(const struct life *l)
{
	int64_t at = DURATION_INF;

	if (l->control.closed_until_ms != 0)
		at = l->control.closed_until_ms;
	for (unsigned i = 0; l->control.count > 0 && i < CLIENTS_MAX; i++)
		if (l->control.clients[i].fd >= 0 &&
			l->control.clients[i].until_ms < at)
			at = l->control.clients[i].until_ms;
	return at;
}

void control_update(struct life *l)
{
	int64_t now = clock_now_ms();

	if (l->control.closed_until_ms <= now)
		l->control.closed_until_ms = 0;
	for (unsigned i = 0; l->control.count > 0 && i < CLIENTS_MAX; i++) {
		struct client *c = &l->control.clients[i];

		if (c->fd < 0)
			continue;
		if (is_waiting(c) && reply_if_done(l, c))
			flush(l, c);
		else if (c->until_ms <= now)
			drop(l, c);
	}
}

void control_close(struct life *l)
{
	if (l->control.fd < 0)
		return;
	if (is_ours(l))
		unlink(l->plan->control);
	close(l->control.fd);
	l->control.fd = -1;
}
