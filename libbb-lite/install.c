/* SPDX-License-Identifier: MIT */
/*
 * install.c - links to this binary, one for each applet.
 *
 * A link is made under a name of its own and renamed into place, so that at no
 * moment a /sbin/init is missing. On another file system there are no hard
 * links to the binary: the first is then a copy, the others are links to that.
 */
//kbuild:obj-$(CONFIG_FEATURE_INSTALLER) += install.o

#include "libbb.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct installer {
	const struct install_plan *plan;
	int root_fd;
	struct stat binary;	    /* what hard links are made to: this one, */
	int from_fd;		    /* ... or a copy, below this folder ... */
	char binary_path[PATH_MAX]; /* ... at this path */
	char target[PATH_MAX];	    /* what a symlink says */
};

static bool fail(const struct installer *in, const char *path)
{
	warn_errno(in->plan->who, errno, "%s", path);
	return false;
}

static bool find_binary(struct installer *in)
{
	ssize_t n = readlinkat(AT_FDCWD, "/proc/self/exe", in->binary_path,
		sizeof(in->binary_path) - 1);

	if (n < 0)
		return fail(in, "/proc/self/exe");
	in->binary_path[n] = '\0';
	if (stat(in->binary_path, &in->binary) < 0)
		return fail(in, in->binary_path);
	return true;
}

/* The path of an open folder into path; its length, 0 for "/", or -1. */
static ssize_t path_of(int fd, char path[static PATH_MAX])
{
	char link[32];
	struct text name = TEXT_ON(link);
	ssize_t n;

	text_format(&name, "/proc/self/fd/%d", fd);
	n = readlinkat(AT_FDCWD, link, path, PATH_MAX - 1);
	if (n == 1)
		n = 0; /* "/" itself */
	if (n >= 0)
		path[n] = '\0';
	return n;
}

/*
 * What a symlink in that folder says: as many folders up as its real place is
 * below the root (sbin may be a link to usr/sbin), then down to the binary,
 * where that lies below the root, too: such links are right inside and outside
 * of the image.
 */
static void choose_target(struct installer *in, const char *folder)
{
	char path[PATH_MAX];
	struct text target = TEXT_ON(in->target);
	ssize_t root = path_of(in->root_fd, path);
	bool below = root >= 0 &&
		     strncmp(in->binary_path, path, (size_t)root) == 0 &&
		     in->binary_path[root] == '/';
	int fd =
		openat(in->root_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!below || path_of(fd, path) < root ||
		strncmp(in->binary_path, path, (size_t)root + 1) != 0)
		root = 0;
	else
		for (const char *at = path + root; *at; at++)
			if (*at == '/')
				text_raw(&target,
					at == path + root ? ".." : "/..");
	text_raw(&target, in->binary_path + root);
	if (fd >= 0)
		close(fd);
}

/* Whether path is a link to this binary already, of either kind. */
static bool is_ours(const struct installer *in, const char *path)
{
	struct stat there;

	return fstatat(in->root_fd, path, &there, 0) == 0 &&
	       there.st_dev == in->binary.st_dev &&
	       there.st_ino == in->binary.st_ino;
}

/* All of `from`, then the mode: a file with fewer bytes never gets it. */
static bool copy_bytes(int to, int from, off_t left)
{
	while (left > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)left);

		if (n == 0)
			errno = EIO; /* it has become shorter */
		if (n <= 0)
			return false;
		left -= n;
	}
	return fchmod(to, 0755) == 0;
}

static bool make_copy(const struct installer *in, const char *path)
{
	int to, from = openat(AT_FDCWD, in->binary_path, O_RDONLY | O_CLOEXEC);
	bool good;

	if (from < 0)
		return false;
	to = openat(in->root_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);
	good = to >= 0 && copy_bytes(to, from, in->binary.st_size);
	/* Some file systems report a full disk only here. */
	if (to >= 0 && close(to) < 0)
		good = false;
	close(from);
	return good;
}

/* What is installed from now on is a link to the copy. */
static void adopt_copy(struct installer *in, const char *path)
{
	struct text from = TEXT_ON(in->binary_path);

	text_raw(&from, path);
	in->from_fd = in->root_fd;
	fstatat(in->root_fd, path, &in->binary, 0);
}

static bool make_link(struct installer *in, const char *folder,
	const char *path, bool *copied)
{
	*copied = false;
	if (in->plan->symbolic) {
		choose_target(in, folder);
		return symlinkat(in->target, in->root_fd, path) == 0;
	}
	if (linkat(in->from_fd, in->binary_path, in->root_fd, path, 0) == 0)
		return true;
	*copied = errno == EXDEV;
	return *copied && make_copy(in, path);
}

static bool install_one(struct installer *in, const struct applet *a)
{
	char path_buffer[128], new_buffer[128];
	struct text path = TEXT_ON(path_buffer), fresh = TEXT_ON(new_buffer);
	struct stat there;
	bool copied;

	text_format(&path, "%s/%s", a->folder, a->name);
	text_format(&fresh, "%s/.%s.initbox", a->folder, a->name);
	if (is_ours(in, path.at))
		return true;
	if (!in->plan->force && fstatat(in->root_fd, path.at, &there,
					AT_SYMLINK_NOFOLLOW) == 0) {
		warn(in->plan->who,
			"%s: is there and is not ours; --force replaces it",
			path.at);
		return false;
	}
	if (mkdirat(in->root_fd, a->folder, 0755) < 0 && errno != EEXIST)
		return fail(in, a->folder);
	unlinkat(in->root_fd, fresh.at, 0); /* of an interrupted run */
	if (!make_link(in, a->folder, fresh.at, &copied) ||
		renameat(in->root_fd, fresh.at, in->root_fd, path.at) < 0) {
		fail(in, path.at);
		unlinkat(in->root_fd, fresh.at, 0);
		return false;
	}
	if (copied)
		adopt_copy(in, path.at);
	return true;
}

unsigned install_links(const struct install_plan *plan)
{
	static struct installer in;
	unsigned failures = 0;

	in.plan = plan;
	in.from_fd = AT_FDCWD;
	umask(022); /* other users are to find it */
	in.root_fd = openat(
		AT_FDCWD, plan->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in.root_fd < 0) {
		fail(&in, plan->folder);
		return 1;
	}
	if (!find_binary(&in)) {
		close(in.root_fd);
		return 1;
	}
	for (unsigned i = 0; i < plan->count; i++)
		failures += !install_one(&in, &plan->applets[i]);
	close(in.root_fd);
	return failures;
}
