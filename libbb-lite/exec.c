/* SPDX-License-Identifier: MIT */
/*
 * exec.c - become a command: the PATH search and the shell's rules.
 *
 * libc's execvp is not used: musl's does not run a script without "#!" by
 * sh, glibc's does, and tini's users rely on that; and we want to tell "not
 * found" from "its interpreter was not found". Everything here runs between
 * fork and exec and is async-signal-safe.
 */
//kbuild:obj-y += exec.o

#include "libbb.h"
#include <alloca.h>
#include <limits.h>
#include <unistd.h>

/* What container runtimes give where an image sets no PATH. */
#define DEFAULT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const char *environment_get(char **envp, const char *name)
{
	size_t length = strlen(name);

	for (; *envp; envp++)
		if (**envp == *name && strncmp(*envp, name, length) == 0 &&
			(*envp)[length] == '=')
			return *envp + length + 1;
	return NULL;
}

/* A text file without "#!" is a shell script (POSIX, execvp). The stack holds
 * as many words as the kernel let us have. */
static void exec_by_shell(char *path, char **argv, char **envp)
{
	size_t count = 0;
	char **words;

	while (argv[count])
		count++;
	words = alloca((count + 2) * sizeof(*words));
	words[0] = argv[0];
	words[1] = path;
	/* argv[1..count-1] and the NULL behind them */
	memcpy(words + 2, argv + 1, count * sizeof(*words));
	execve("/bin/sh", words, envp);
}

/* Returns only when it failed, with errno. */
static void exec_file(char *path, char **argv, char **envp)
{
	execve(path, argv, envp);
	if (errno == ENOEXEC) {
		exec_by_shell(path, argv, envp);
		errno = ENOEXEC;
	}
}

/* "FOLDER/NAME" of a PATH entry that ends at `end`; false if it is too long. */
static bool join_path(
	char *out, const char *entry, const char *end, const char *name)
{
	size_t entry_length = (size_t)(end - entry);
	size_t name_length = strlen(name);

	if (entry_length + name_length + 2 > PATH_MAX)
		return false;
	memcpy(out, entry, entry_length);
	/* An empty entry is the working directory. */
	if (entry_length > 0)
		out[entry_length++] = '/';
	memcpy(out + entry_length, name, name_length + 1);
	return true;
}

/* Step through the PATH: the next candidate for name in out; false at its
 * end. *entry moves on, NULL behind the last. */
static bool next_candidate(const char **entry, const char *name, char *out)
{
	while (*entry) {
		const char *colon = strchr(*entry, ':');
		const char *end = colon ? colon : *entry + strlen(*entry);
		bool fits = join_path(out, *entry, end, name);

		*entry = colon ? colon + 1 : NULL;
		if (fits)
			return true;
	}
	return false;
}

static int exec_by_path(
	const char *file, char **argv, char **envp, const char *entry)
{
	/* Not all of PATH_MAX: it is the stack of a supervisor, who spawns by
	 * vfork, and a page that nobody touches is none of its memory. */
	size_t bytes = strlen(entry) + strlen(file) + 2; /* "/", NUL */
	char *path = alloca(bytes < PATH_MAX ? bytes : PATH_MAX);
	int error = ENOENT;

	while (next_candidate(&entry, file, path)) {
		exec_file(path, argv, envp);
		/* Found, unless further on there is a better one. A folder
		 * that we may not search says EACCES, too: nothing found. */
		if (errno == EACCES) {
			if (access(path, F_OK) == 0)
				error = EACCES;
			continue;
		}
		if (errno != ENOENT && errno != ENOTDIR)
			return errno;
	}
	return error;
}

/* execve said ENOENT: is there a file after all? Apart, for its page of stack is
 * none of those who find their command. */
static bool __attribute__((noinline))
is_there(const char *name, const char *entry)
{
	char path[PATH_MAX];

	if (strchr(name, '/'))
		return access(name, F_OK) == 0;
	while (next_candidate(&entry, name, path))
		if (access(path, F_OK) == 0)
			return true;
	return false;
}

int exec_command(
	char *file, char **argv, char **envp, bool *interpreter_missing)
{
	const char *entry = environment_get(envp, "PATH");
	int error;

	if (!entry)
		entry = DEFAULT_PATH;
	*interpreter_missing = false;
	if (file[0] == '\0')
		return ENOENT;
	if (strchr(file, '/')) {
		exec_file(file, argv, envp);
		error = errno;
	} else {
		error = exec_by_path(file, argv, envp, entry);
	}
	if (error == ENOENT)
		*interpreter_missing = is_there(file, entry);
	return error;
}
