/* SPDX-License-Identifier: MIT */
/*
 * cgroup.c - whose process it is, by the path of its control group. Pure.
 *
 * Runtimes write the container's id, and Kubernetes the pod's uid, into that
 * path, each in a manner of its own. In nested containers there are several:
 * the last one is the innermost.
 */
//kbuild:obj-y += cgroup.o

#include "libbb.h"

#define ID_LENGTH  64
#define POD_LENGTH 32 /* of a UID, without what divides it */

/* One component of a path, without its ending. */
struct part {
	const char *at;
	size_t length;
};

/* Drop this beginning; false when there is another, or nothing behind it. */
static bool drop_beginning(struct part *p, const char *with)
{
	const char *rest = behind(with, p->at);

	if (!rest || p->length <= strlen(with))
		return false;
	p->length -= strlen(with);
	p->at = rest;
	return true;
}

static bool equals(const struct part *p, const char *word)
{
	return p->length == strlen(word) &&
	       strncmp(p->at, word, p->length) == 0;
}

static bool drop_ending(struct part *p, const char *ending)
{
	size_t length = strlen(ending);

	if (p->length <= length ||
		strncmp(p->at + p->length - length, ending, length) != 0)
		return false;
	p->length -= length;
	return true;
}

static void copy(char *to, size_t size, const struct part *p)
{
	size_t length = p->length < size ? p->length : size - 1;

	memcpy(to, p->at, length);
	to[length] = '\0';
}

/* Whether p has so many hexadecimal digits and nothing else but `between`. */
static bool has_digits(const struct part *p, size_t count, const char *between)
{
	size_t digits = 0;

	for (size_t i = 0; i < p->length; i++) {
		if (strchr(between, p->at[i]))
			continue;
		if (!strchr("0123456789abcdef", p->at[i]))
			return false;
		digits++;
	}
	return digits == count;
}

static bool is_id(const struct part *p)
{
	return has_digits(p, ID_LENGTH, "");
}

/* Whether the part holds a container's name, above it being what is above it,
 * and above that: then it is cut down to that name. */
static bool find_id(
	struct part *p, const struct part *above, const struct part *above_that)
{
	const char *prefix = "docker-\0cri-containerd-\0crio-\0libpod-\0"
			     "nerdctl-\0";
	bool scope = drop_ending(p, ".scope");

	for (; *prefix; prefix = word_at(prefix, 1)) {
		struct part rest = *p;

		if (drop_beginning(&rest, prefix) && is_id(&rest)) {
			*p = rest;
			return true;
		}
	}
	return drop_beginning(p, "lxc.payload.") ||
	       (scope && drop_beginning(p, "machine-")) || is_id(p) ||
	       equals(above, "lxc") || equals(above, "garden") ||
	       equals(above_that, "ecs");
}

/* "pod<uid>", or systemd's "kubepods-burstable-pod<uid with _>.slice". */
static void find_pod(struct part p, struct cgroup_owner *out)
{
	bool slice = drop_ending(&p, ".slice");
	const char *dash;

	if (slice)
		drop_beginning(&p, "kubelet-"); /* kind's */
	if (slice && drop_beginning(&p, "kubepods-")) {
		dash = memrchr(p.at, '-', p.length);
		if (dash) {
			p.length -= (size_t)(dash - p.at) + 1;
			p.at = dash + 1;
		}
	}
	if (!drop_beginning(&p, "pod"))
		return;
	if (!has_digits(&p, POD_LENGTH, "-_"))
		return;
	copy(out->pod, sizeof(out->pod), &p);
	for (char *c = out->pod; *c; c++)
		if (*c == '_')
			*c = '-';
}

void cgroup_owner_of(const char *path, struct cgroup_owner *out)
{
	struct part above = { "", 0 }, above_that = { "", 0 };

	*out = (struct cgroup_owner){ 0 };
	while (*path) {
		struct part p = { path, strcspn(path, "/:") }, name;

		path += p.length + (path[p.length] != '\0');
		if (*path == '\0')
			drop_ending(&p, " (deleted)");
		if (p.length == 0)
			continue;
		name = p;
		find_pod(p, out);
		if (find_id(&name, &above, &above_that)) {
			copy(out->id, sizeof(out->id), &name);
			out->unit[0] = '\0';
		} else if (name.length < p.length ||
			   drop_ending(&name, ".service")) {
			copy(out->unit, sizeof(out->unit), &p);
		}
		above_that = above;
		above = p;
	}
}

void cgroup_name_of(const char *path, struct cgroup_owner *out)
{
	struct part name = { base_name(path), strlen(base_name(path)) };

	copy(out->id, sizeof(out->id), &name);
}

const char *cgroup_line_path(const char *line, const char *controller)
{
	const char *list = strchr(line, ':'), *path;
	size_t length = strlen(controller);

	path = list ? strchr(++list, ':') : NULL;
	if (!path)
		return NULL;
	if (length == 0)
		return list == path ? path + 1 : NULL;
	while (list < path) {
		size_t word = strcspn(list, ",:");

		if (word == length && strncmp(list, controller, length) == 0)
			return path + 1;
		list += word + 1;
	}
	return NULL;
}
