# SPDX-License-Identifier: MIT
#
# Read the menu (Config.in) and an old .config, write the new .config, and on
# request what the build makes of it.  Runs with kconfig-text.awk (the words of
# the menu), kconfig-menu.awk (its statements), kconfig-choice.awk,
# kconfig-values.awk and kconfig-ask.awk (oldconfig), in any POSIX awk.
# Parameters come from the environment, since -v interprets backslashes:
#   MODE      defconfig, allnoconfig, allyesconfig, randconfig, olddefconfig,
#             oldconfig or savedefconfig
#   SEED      of randconfig
#   GEN, TOP  where sourced menus are looked for, in this order
#   OLD       the .config to start from; missing or empty: none
#   NEW       the .config to write
#   HEADERS   if not empty: the folder for autoconf.h, config_text.h, auto.conf
#
# The result is the one that kconfig-conf 4.11 writes for the same input; the
# tests in testsuite/build/kconfig.bats compare them.  Known differences:
# kconfig-conf hangs a symbol below an earlier one whose name its dependency
# mentions, and oldconfig then does not ask for it while the earlier one is out
# of view; we ask.  And the same seed gives other settings.  The subset of the
# language: mainmenu, menu, comment, if, choice (of bools, one of them on),
# source, config, menuconfig, bool, string, int, prompt, default, depends on,
# select, range, help.  All else is an error.
#
# Menu entries are numbered in the order of the text, so the children of entry
# n are found between n and last[n]:
#   kind[n], title[n], sym[n], dep[n] (all conditions around it included)
# Expressions are numbered too; 0 is the empty one, which is true:
#   op[e] is "word", "quoted", "=", "!=", "&&", "||", "!" or "choice"; l[e], r[e]
# What a config says is kept in order, in one list for each symbol s:
#   said[s] items; say[s, i] (prompt, default, range or selected-by),
#   what[s, i] expression or symbol, cond[s, i], entry_of[s, i] it was in and
#   said_at[s, i] FILE:LINE

function say_err(text) {
	print text | "cat 1>&2"
	close("cat 1>&2")
}

function fatal(text) {
	say_err(text)
	exit 1
}

function bad(text) { fatal(file ":" line_nr ": " text) }

function warn(text) { say_err(file ":" line_nr ": warning: " text) }

BEGIN {
	mode = ENVIRON["MODE"]
	root_menu = "Config.in"
	file = root_menu
	around = open_entry("root")
	current = 0
	age = 1	# of values: see compute()
	read_menu(root_menu)
	if (!has_title[1])
		fatal(root_menu ": no mainmenu")
	finish_menu()
	if (ENVIRON["OLD"] != "")
		read_config(ENVIRON["OLD"])
	if (mode ~ /^all/ || mode == "randconfig")
		set_rest()
	else if (mode != "defconfig")
		settle()
	if (mode == "oldconfig")
		do {
			asked = 0
			look_for_new(1)
		} while (asked)
	write_config(ENVIRON["NEW"])
	if (ENVIRON["HEADERS"] != "")
		write_headers(ENVIRON["HEADERS"])
}
