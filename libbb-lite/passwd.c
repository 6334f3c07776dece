/* SPDX-License-Identifier: MIT */
/*
 * passwd.c - user and group files (passwd(5), group(5)).
 *
 * libc's getpwnam would link stdio and NSS, allocate, and perhaps ask a server.
 * A group's line has any length, so nothing here holds a whole one.
 */
//kbuild:obj-y += passwd.o

#include "libbb.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where IDs once had 16 bits, the calls of today have other names. */
#ifdef SYS_setuid32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETGID    SYS_setgid32
#define CALL_SETUID    SYS_setuid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETGID    SYS_setgid
#define CALL_SETUID    SYS_setuid
#endif

/* A file read byte by byte. */
struct stream {
	int fd;
	int at, length;
	char buffer[512];
};

/* The next byte, or -1 at the end. */
static int next_byte(struct stream *s)
{
	if (s->at >= s->length) {
		s->length = (int)read(s->fd, s->buffer, sizeof(s->buffer));
		s->at = 0;
		if (s->length <= 0)
			return -1;
	}
	return (unsigned char)s->buffer[s->at++];
}

/* Read up to one of `ends` or a newline, cut at size; returns which, or -1. */
static int next_field(
	struct stream *s, const char *ends, char *field, size_t size)
{
	struct text text = { .at = field, .size = size };
	int c;

	field[0] = '\0';
	while ((c = next_byte(s)) >= 0 && c != '\n' &&
		(c == '\0' || !strchr(ends, c)))
		text_char(&text, (char)c);
	return c;
}

static int skip_line(struct stream *s, int last)
{
	while (last >= 0 && last != '\n')
		last = next_byte(s);
	return last;
}

static int open_stream(struct stream *s, const char *path)
{
	s->fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	s->at = s->length = 0;
	return s->fd;
}

/* A number that fits an ID; (uid_t)-1 means "unchanged" to the kernel. */
static bool parse_id(const char *word, unsigned *out)
{
	uint64_t n;

	if (parse_unsigned(word, UINT32_MAX - 1, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

/* name:password:uid:gid:comment:home:shell */
static int next_account(struct stream *s, struct account *a, bool *good)
{
	char skipped[2], uid[12], gid[12];
	const struct {
		char *field;
		size_t size;
	} fields[] = { { a->name, sizeof(a->name) },
		{ skipped, sizeof(skipped) }, { uid, sizeof(uid) },
		{ gid, sizeof(gid) }, { skipped, sizeof(skipped) },
		{ a->home, sizeof(a->home) }, { a->shell, sizeof(a->shell) } };
	unsigned i = 0;
	int end;

	do
		end = next_field(s, ":", fields[i].field, fields[i].size);
	while (end == ':' && ++i < ARRAY_LEN(fields));
	*good = i == ARRAY_LEN(fields) - 1 && parse_id(uid, &a->uid) &&
		parse_id(gid, &a->gid);
	return skip_line(s, end);
}

int passwd_find(const char *path, const char *user, struct account *out)
{
	struct stream s;
	unsigned id = 0;
	bool by_number = parse_id(user, &id), good, found = false;
	int end;

	if (open_stream(&s, path) < 0)
		return -1;
	do {
		struct account a;

		end = next_account(&s, &a, &good);
		if (!good)
			continue;
		if (strcmp(a.name, user) == 0) {
			*out = a;
			found = true;
			break; /* a name counts before a number */
		}
		if (by_number && !found && a.uid == id) {
			*out = a;
			found = true;
		}
	} while (end >= 0);
	close(s.fd);
	errno = ENOENT;
	return found ? 0 : -1;
}

/* name:password:gid: of a group's line; what follows is the members. */
static int next_group(struct stream *s, char *name, size_t size, gid_t *gid)
{
	char skipped[2], number[12];
	int end = next_field(s, ":", name, size);

	if (end == ':')
		end = next_field(s, ":", skipped, sizeof(skipped));
	if (end == ':')
		end = next_field(s, ":", number, sizeof(number));
	if (end != ':' || !parse_id(number, gid))
		name[0] = '\0';
	return end;
}

int group_find(const char *path, const char *group, gid_t *out)
{
	struct stream s;
	unsigned id = 0;
	bool by_number = parse_id(group, &id), found = false;
	char name[64];
	gid_t gid = 0;
	int end;

	if (open_stream(&s, path) < 0)
		return -1;
	do {
		end = next_group(&s, name, sizeof(name), &gid);
		if (name[0] && strcmp(name, group) == 0) {
			*out = gid;
			found = true;
			break;
		}
		if (name[0] && by_number && gid == id) {
			*out = gid;
			found = true;
		}
		end = skip_line(&s, end);
	} while (end >= 0);
	close(s.fd);
	errno = ENOENT;
	return found ? 0 : -1;
}

unsigned group_list(
	const char *path, const char *user, gid_t *list, unsigned max)
{
	struct stream s;
	unsigned count = 0;
	int end;

	if (open_stream(&s, path) < 0)
		return 0;
	do {
		char word[64];
		gid_t gid = 0;
		bool member = false, good;

		end = next_group(&s, word, sizeof(word), &gid);
		good = word[0] != '\0';
		while (end == ':' || end == ',') {
			end = next_field(&s, ",", word, sizeof(word));
			member |= strcmp(word, user) == 0;
		}
		if (good && member && count < max)
			list[count++] = gid;
	} while (end >= 0);
	close(s.fd);
	return count;
}

/* libc's calls tell all threads, with much code; there are none here. */
int identity_set_groups(const gid_t *list, unsigned count)
{
	if (syscall(CALL_SETGROUPS, (long)count, list) < 0)
		return -1;
	return (int)syscall(CALL_SETGID, list[0]);
}

int identity_set_user(uid_t uid)
{
	return (int)syscall(CALL_SETUID, uid);
}
