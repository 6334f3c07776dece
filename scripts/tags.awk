# SPDX-License-Identifier: MIT
# Read the tags of all sources, write what is generated from them into $NEW:
#   //config: menu text, //kbuild: objects, //applet: table entries with their
#   //usage: help text (shared by the //applet: lines directly before it);
#   //test: names a file that must exist.  Works in any POSIX awk.

function fail(where, what) {
	print where ": " what | "cat 1>&2"
	failed = 1
	exit 1
}

function exists(path,    line, got) {
	got = (getline line < path)
	close(path)
	return got >= 0
}

function quote(text,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		out = out (c == "\\" || c == "\"" ? "\\" c : c)
	}
	return out "\\n"
}

# A run of //applet: lines and the usage below it is complete: one line each,
# the name in front for sort. The text is without it, so that aliases share it.
function end_group(    i, j, text) {
	for (i = 1; i <= members; i++) {
		if (usage_lines < 2)
			fail(defined_at[name[i]], "applet " name[i] " needs " \
				"//usage: lines: synopsis, then summary")
		sub(/^[^ ]+/, "", usage[1])
		text = "\"" quote(usage[1]) quote(usage[2]) "\" IF_FEATURE_HELP(\""
		for (j = 3; j <= usage_lines; j++)
			text = text quote(usage[j])
		print name[i] "\t" symbol[i] "(APPLET(\"" name[i] "\", " prefix[i] \
			", \"sbin\", " text "\")))" | sort_applets
	}
	members = usage_lines = 0
}

# IF_SYMBOL(APPLET(name, SBIN)) or IF_SYMBOL(ALIAS(name, applet, SBIN))
function applet(text,    p, n) {
	if (text !~ /^IF_[A-Z0-9_]+\(APPLET\([a-z][a-z0-9_]*, SBIN\)\)$/ &&
	    text !~ /^IF_[A-Z0-9_]+\(ALIAS\([a-z][a-z0-9_-]*, [a-z][a-z0-9_]*, SBIN\)\)$/)
		fail(here, "want IF_SYMBOL(APPLET(name, SBIN)) or " \
			"IF_SYMBOL(ALIAS(name, applet, SBIN)), got: " text)
	if (usage_lines)
		end_group()
	split(text, p, /[(), ]+/)
	if (p[3] in defined_at)
		fail(here, "applet " p[3] " is already defined at " defined_at[p[3]])
	defined_at[p[3]] = here
	symbol[++members] = p[1]
	name[members] = p[3]
	prefix[members] = p[2] == "ALIAS" ? p[4] : p[3]
}

# Objects are named relative to the folder of the file that carries the tag.
function kbuild(text,    p, n, i) {
	if (text !~ /^obj-(y|\$\(CONFIG_[A-Z0-9_]+\)) \+= [^ ]+\.o( [^ ]+\.o)*$/)
		fail(here, "want obj-y += NAME.o or " \
			"obj-$(CONFIG_SYMBOL) += NAME.o, got: " text)
	n = split(text, p, " ")
	for (i = 3; i <= n; i++) {
		if (!exists(folder substr(p[i], 1, length(p[i]) - 1) "c"))
			fail(here, p[i] " has no source file in " folder)
		print p[1], "+=", folder p[i] > (new "/Kbuild")
	}
}

# The marker lets scripts/kconfig.awk name the file and line of the tag.
function config(text,    menu) {
	menu = new "/" substr(folder, 1, index(folder, "/")) "Config.in"
	if (config_file != FILENAME || config_line != FNR - 1)
		print "\n# " here > menu
	config_file = FILENAME
	config_line = FNR
	print text > menu
}

BEGIN {
	new = ENVIRON["NEW"]
	sort_applets = "sort | cut -f2- >" new "/applets.h"
}

{ here = FILENAME ":" FNR }

FNR == 1 {
	end_group()
	folder = FILENAME
	sub(/[^\/]*$/, "", folder)
}

/^\/\/[A-Za-z]+:/ {
	tag = substr($0, 3, index($0, ":") - 3)
	text = substr($0, index($0, ":") + 1)
	if (tag == "config")
		config(text)
	else if (tag == "applet")
		applet(text)
	else if (tag == "kbuild")
		kbuild(text)
	else if (tag == "test" && !exists(text))
		fail(here, "no such test file: " text)
	else if (tag == "usage" && !members)
		fail(here, "//usage: without an //applet: before it")
	else if (tag == "usage")
		usage[++usage_lines] = text
	else if (tag != "test")
		fail(here, "unknown tag //" tag ":")
}

END {
	if (!failed)
		end_group()
	close(sort_applets)
}
