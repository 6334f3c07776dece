/* SPDX-License-Identifier: MIT */
/*
 * options-init.c - init's words and variables, with --map; as PID 1, if the
 * first byte is an odd one, of a machine, if its next bit is set.
 *
 * product: libbb-lite/options.c libbb-lite/scope.c
 * product: libbb-lite/family.c libbb-lite/procfs.c libbb-lite/lines.c
 * product: libbb-lite/role.c libbb-lite/exec.c
 */
#include "../../applets/init/init.c"
#include "fuzz.h"

static bool is_machine;

bool machine_is(void)
{
	return is_machine;
}

bool machine_wants_single(char **argv)
{
	size_t bytes = 0;

	for (; *argv; argv++)
		bytes += strlen(*argv);
	return bytes % 2;
}

void machine_end(const struct speaker *who, enum ending ending)
{
	HOLDS(who->name && ending <= END_RESTART);
}

bool source_read(const struct origin *o, struct source *source)
{
	(void)source;
	HOLDS(o->files->count <= STRING_LIST_MAX);
	HOLDS(o->entries->count <= STRING_LIST_MAX);
	for (unsigned i = 0; i < o->files->count; i++)
		HOLDS(o->files->item[i]);
	return false;
}

void source_parse(
	const struct origin *o, struct source *source, struct inittab *t)
{
	(void)o;
	(void)source;
	t->count = 0;
}

bool source_check(const struct origin *o, struct inittab *t)
{
	return o && t->count > 0;
}

void source_defaults(struct source *source, struct inittab *t, bool single)
{
	(void)source;
	t->count = single;
}

void say_plan(const struct speaker *who, const struct inittab *t)
{
	HOLDS(who->name && t);
}

int life_run(struct life *l, const struct life_plan *plan)
{
	(void)l;
	HOLDS(plan->order_wait_ms >= 0 && plan->grace_ms >= 0);
	HOLDS(plan->stop_timeout_ms >= 0);
	HOLDS(!plan->control || strlen(plan->control) <= CONTROL_PATH_MAX ||
		is_machine);
	return 0;
}

const struct inittab *life_table(const struct life *l)
{
	return &l->tables[0];
}

bool child_prepare(
	const void *child, char ***envp, struct spawn_failure *failure)
{
	(void)envp;
	(void)failure;
	return child == NULL;
}

char **command_words(const char *command, char *buffer, char **words)
{
	(void)command;
	(void)buffer;
	return words;
}

void warn_spawn(const struct speaker *who, const char *command,
	const struct spawn_failure *failure)
{
	HOLDS(who->name && command && failure);
}

int spawn_exit_status(const struct spawn_failure *failure)
{
	return failure ? EXIT_FAILURE_OWN : 0;
}

int client_run(const struct speaker *who, const char *path, char **words)
{
	HOLDS(who->name && *words);
	HOLDS(!path || strlen(path) <= CONTROL_PATH_MAX);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct applet applet = { .name = "init", .main = init_main };

	if (size == 0)
		return 0;
	is_machine = (data[0] & 3) == 3;
	fuzz_pid = data[0] & 1 ? 1 : 1000;
	values = (struct init_options){ 0 };
	fuzz_applet(&applet, data + 1, size - 1);
	return 0;
}
