/* SPDX-License-Identifier: MIT */
/*
 * notify.c - how a program says that it is ready: a newline on a descriptor
 * (as s6), or READY=1 in a datagram (sd_notify(3)).
 *
 * Each entry has a socket of its own, so that the kernel says who speaks, also
 * when that process has ended meanwhile. The kernel chooses its name, which is
 * in no file system (unix(7), autobind). Anybody in the network namespace could
 * write to such a name: who does is looked at.
 */
#include "init.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int open_socket(struct notify *n)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = sizeof(address);
	struct text name = TEXT_ON(n->socket);
	const int on = 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
		bind(fd, (void *)&address, sizeof(address.sun_family)) < 0 ||
		getsockname(fd, (void *)&address, &length) < 0) {
		close(fd);
		return -1;
	}
	length -= offsetof(struct sockaddr_un, sun_path);
	text_char(&name, '@');
	for (unsigned i = 1; i < length; i++)
		text_char(&name, address.sun_path[i]);
	return fd;
}

static int open_pipe(struct notify *n)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	n->child_fd = ends[1];
	return ends[0];
}

int notify_open(struct service *s, struct notify *n)
{
	const struct entry *e = s->next ? s->next : s->entry;

	*n = (struct notify){ .child_fd = -1 };
	s->said[0] = '\0';
	s->listens = e->notify_socket; /* a reread may change what e says */
	if (e->notify_socket)
		s->notify_fd = open_socket(n);
	else if (e->notify_fd != NOT_GIVEN)
		s->notify_fd = open_pipe(n);
	else
		return 0;
	return s->notify_fd < 0 ? -1 : 0;
}

void notify_close(struct service *s)
{
	if (s->notify_fd >= 0)
		close(s->notify_fd);
	s->notify_fd = -1;
}

/* Whether a program runs as this user. */
static bool runs_as(pid_t pid, uid_t uid)
{
	char buffer[24];
	struct text path = TEXT_ON(buffer);
	struct stat st;

	text_format(&path, "/proc/%d", pid);
	return stat(buffer, &st) == 0 && st.st_uid == uid;
}

/* Whether the sender may speak for the service: root, we, its user (who may have
 * ended: a script's systemd-notify), or one of its session, whoever that is. */
static bool may_speak(const struct service *s, struct msghdr *message)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct ucred from;

	if (!control || control->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(&from, CMSG_DATA(control), sizeof(from));
	return from.pid > 0 && (from.uid == 0 || from.uid == geteuid() ||
				       getsid(from.pid) == s->session ||
				       runs_as(s->pid, from.uid));
}

/* One datagram: lines NAME=value. */
static void read_lines(struct life *l, struct service *s, char *line)
{
	while (line) {
		char *next = cut(line, '\n');
		struct text said = TEXT_ON(s->said);
		const char *status = behind("STATUS=", line);

		if (strcmp(line, "READY=1") == 0)
			launch_step(l, s, SERVICE_EV_READY);
		else if (status)
			text_raw(&said, status);
		line = next;
	}
}

static void read_socket(struct life *l, struct service *s)
{
	char buffer[1024], control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec part = { buffer, sizeof(buffer) - 1 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	/* Descriptors that come along do not fit, and are closed. */
	ssize_t n = recvmsg(s->notify_fd, &message, MSG_CMSG_CLOEXEC);

	if (n <= 0 || !may_speak(s, &message))
		return;
	buffer[n] = '\0';
	read_lines(l, s, buffer);
}

void notify_read(struct life *l, void *service)
{
	struct service *s = service;
	char buffer[256];
	ssize_t n;

	if (s->notify_fd < 0)
		return;
	if (s->listens) {
		read_socket(l, s);
		return;
	}
	n = read(s->notify_fd, buffer, sizeof(buffer));
	if (n < 0)
		return;
	if (n > 0 && memchr(buffer, '\n', (size_t)n))
		launch_step(l, s, SERVICE_EV_READY);
	if (n == 0 || s->ready)
		notify_close(s);
}
