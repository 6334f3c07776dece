/* SPDX-License-Identifier: MIT */
/*
 * inittab.c - the inittab language, and the words that are executed.
 *
 * product: applets/init/inittab.c applets/init/entry.c applets/init/command.c
 * product: applets/init/order.c applets/init/service.c
 */
#include "fuzz.h"
#include "init.h"
#include <stdlib.h>

static struct inittab table;

static void check_words(const struct entry *e)
{
	char *buffer = malloc(COMMAND_TEXT_BYTES(e->command));
	char **words = malloc(COMMAND_WORDS(e->command) * sizeof(*words));

	command_words(e->command, buffer, words);
	HOLDS(words[0] && words[0][*words[0] == '-']);
	for (unsigned i = 0; words[i]; i++)
		HOLDS(i < COMMAND_WORDS_MAX);
	free(words);
	free(buffer);
}

/* What the rest of init counts on. */
static void check_entry(unsigned index)
{
	const struct entry *e = &table.entries[index];
	size_t length = strlen(e->name);

	HOLDS(length > 0 && length < ENTRY_NAME_BYTES);
	for (const char *s = e->name; *s; s++)
		HOLDS(is_name_character(*s));
	for (unsigned i = 0; i < index; i++)
		HOLDS(strcmp(e->name, table.entries[i].name) != 0);
	HOLDS(e->action <= ACTION_RESTART && action_word(e->action));
	HOLDS(e->restart <= RESTART_NO && e->kill <= 1 && e->scope <= 1);
	HOLDS(e->restarts <= RESTARTS_MAX || e->restarts == RESTARTS_INF);
	HOLDS(e->stop_signal > 0 && e->stop_signal <= SIGNAL_MAX);
	HOLDS(e->delay_ms >= 0 && e->delay_ms <= e->delay_max_ms);
	HOLDS(e->grace_ms >= NOT_GIVEN_MS && e->ready_timeout_ms >= 0);
	HOLDS(*e->command && strlen(e->command) <= INITTAB_LINE_BYTES);
	check_words(e);
}

static void check_table(void)
{
	unsigned short sequence[ENTRIES_MAX];
	unsigned placed = order_sort(&table, sequence), left_out = 0;

	HOLDS(table.count <= ENTRIES_MAX && table.edge_count <= EDGES_MAX);
	for (unsigned i = 0; i < table.edge_count; i++)
		HOLDS(table.edges[i].entry < table.count &&
			table.edges[i].on < table.count);
	for (unsigned i = 0; i < table.count; i++) {
		check_entry(i);
		left_out += table.entries[i].left_out;
	}
	HOLDS(placed + left_out >= table.count);
	HOLDS(table.error_count > 0 || left_out == 0);
	for (unsigned i = 0; i < table.problem_count && i < PROBLEMS_MAX; i++)
		HOLDS(*table.problems[i].why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > INITTAB_BYTES_MAX)
		return 0;
	text = fuzz_copy(data, size);
	memset(&table, 0, offsetof(struct inittab, entries));
	inittab_parse(&table, text, size, "f", 1);
	inittab_finish(&table);
	check_table();
	free(text);
	return 0;
}
