/* SPDX-License-Identifier: MIT */
/*
 * initbox - the door of the multicall binary: find the applet and enter it.
 *
 * The table comes from the tags of the applets; nothing here names one.
 */
//kbuild:obj-y += initbox.o
//test:testsuite/applets/initbox.bats

#include "libbb.h"

#define APPLET(name, prefix, folder, usage) \
	int prefix##_main(const struct applet *, int, char **);
#include "applets.h"
#undef APPLET

#define APPLET(name, prefix, folder, usage) \
	{ name, prefix##_main, folder, usage },
static const struct applet applets[] = {
#include "applets.h"
	{ NULL, NULL, NULL, NULL } /* a build without applets is one, too */
};

#define APPLET_COUNT (ARRAY_LEN(applets) - 1)
#define DOOR	     "initbox"

static const struct applet door = { .name = DOOR };

/* The configuration that initbox --config prints. */
static const char config_text[] =
#if ENABLE_FEATURE_CONFIG_DUMP
#include "config_text.h"
#else
	""
#endif
	;

static const struct applet *find_applet(const char *name)
{
	for (const struct applet *a = applets; a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

static int enter(const struct applet *applet, int argc, char **argv)
{
	return applet->main(applet, argc, argv);
}

static int not_found(const char *name)
{
	const struct speaker who = { .name = DOOR };

	warn(&who, "%s: applet not found", name);
	return EXIT_NOT_FOUND;
}

/* Print one line an applet: its name, its path, or its name and summary (the
 * second line of its usage). */
enum list_kind { LIST_NAMES, LIST_PATHS, LIST_SUMMARIES };

static int list_applets(enum list_kind kind)
{
	int status = 0;

	for (const struct applet *a = applets; a->name && status == 0; a++) {
		char buffer[256];
		struct text line = TEXT_ON(buffer);
		const char *summary = strchr(a->usage, '\n');

		if (kind == LIST_SUMMARIES)
			text_raw(&line, "  ");
		if (kind == LIST_PATHS)
			text_format(&line, "%s/", a->folder);
		text_raw(&line, a->name);
		if (kind == LIST_SUMMARIES && summary) {
			text_pad(&line, 16);
			while (*++summary && *summary != '\n')
				text_char(&line, *summary);
		}
		text_char(&line, '\n');
		status = print_text(&door, line.at);
	}
	return status;
}

static int print_overview(void)
{
	static const char head[] = DOOR
		" " INITBOX_VERSION
		": PID 1 for containers: starts, stops and reaps everything.\n"
		"Usage: " DOOR " APPLET [ARG]...   (or call it by the applet's "
		"name)\n"
		"       " DOOR " APPLET --help    its options\n"
		"       " DOOR " --list           the applets; --list-full: "
		"their paths\n"
#if ENABLE_FEATURE_INSTALLER
		"       " DOOR " --install [DIR]  links to it below DIR "
		"(/); -s: symbolic ones,\n"
		"                               --force: also over other "
		"files\n"
#endif
#if ENABLE_FEATURE_CONFIG_DUMP
		"       " DOOR " --config         the .config it was built "
		"from\n"
#endif
		"       " DOOR " --version\n"
		"\nApplets:\n";
	int status = print_text(&door, head);

	return status ? status : list_applets(LIST_SUMMARIES);
}

struct door_options {
	bool list, list_full, config, install, symbolic, force;
};

#define DOOR_FLAG(letter, name, member)                                     \
	OPTION_SPEC(struct door_options, letter, name, OPTION_FLAG, member, \
		OPTION_ARGV)
static const struct option_spec door_specs[] = {
	OPTION_SPEC_HELP('h', "help"),
	OPTION_SPEC_VERSION('V', "version"),
	DOOR_FLAG(0, "list", list),
	DOOR_FLAG(0, "list-full", list_full),
#if ENABLE_FEATURE_CONFIG_DUMP
	DOOR_FLAG(0, "config", config),
#endif
#if ENABLE_FEATURE_INSTALLER
	DOOR_FLAG(0, "install", install),
	DOOR_FLAG('s', NULL, symbolic),
	DOOR_FLAG(0, "force", force),
#endif
};

static int install(const struct door_options *values, const char *folder)
{
	const struct speaker who = { .name = DOOR };
	const struct install_plan plan = {
		.who = &who,
		.applets = applets,
		.count = APPLET_COUNT,
		.folder = folder ? folder : "/",
		.symbolic = values->symbolic,
		.force = values->force,
	};

	return install_links(&plan) > 0;
}

static int door_main(int argc, char **argv)
{
	const struct speaker who = { .name = DOOR };
	struct door_options values = { 0 };
	struct options o = { .specs = door_specs,
		.count = ARRAY_LEN(door_specs),
		.values = &values };
	enum options_outcome outcome = options_parse(&o, argc, argv, NULL);
	const char *word = argv[o.next];

	if (outcome == OPTIONS_HELP)
		return print_overview();
	if (outcome != OPTIONS_OK)
		return options_answer(&o, outcome, &door, EXIT_FAILURE_OWN);
	if (ENABLE_FEATURE_INSTALLER && values.install) {
		if (word && argv[o.next + 1])
			return usage_error(&who, EXIT_FAILURE_OWN,
				argv[o.next + 1], "one folder is enough");
		return install(&values, word);
	}
	if (values.symbolic || values.force)
		return usage_error(&who, EXIT_FAILURE_OWN, NULL,
			"-s and --force go with --install");
	if (o.seen && word)
		return usage_error(
			&who, EXIT_FAILURE_OWN, word, "unexpected word");
	if (values.list)
		return list_applets(LIST_NAMES);
	if (values.list_full)
		return list_applets(LIST_PATHS);
	if (values.config)
		return print_text(&door, config_text);
	if (!word)
		return print_overview();
	return not_found(word);
}

int main(int argc, char **argv)
{
	const struct applet *applet;
	const char *name = argc > 0 ? base_name(argv[0]) : DOOR;
	bool at_door;

	if (*name == '-')
		name++; /* a login shell's mark */
	at_door = behind(DOOR, name) != NULL;
	if (at_door && argc > 1) {
		applet = find_applet(argv[1]);
		if (applet)
			return enter(applet, argc - 1, argv + 1);
	}
	if (at_door)
		return door_main(argc, argv);
	applet = find_applet(name);
	if (!applet)
		return not_found(name);
	return enter(applet, argc, argv);
}
