# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: read the menu text.

function open_entry(k) {
	kind[++entries] = k
	parent[entries] = around
	last[entries] = entries
	title[entries] = sym[entries] = ""
	dep[entries] = has_title[entries] = 0
	where[entries] = file ":" line_nr
	return current = entries
}

function close_block(k) {
	if (kind[around] != k || opened_in[around] != file_id)
		bad("end" k " without " k)
	if (k == "choice")
		close_choice(sym[around])
	last[around] = entries
	around = parent[around]
	current = 0
}

function open_block(k) {
	around = open_entry(k)
	opened_in[around] = file_id
}

function state(s, k, w, c) {
	say[s, ++said[s]] = k
	what[s, said[s]] = w
	cond[s, said[s]] = c
	entry_of[s, said[s]] = current
	said_at[s, said[s]] = file ":" line_nr
}

# The open entry is about s, perhaps for the first time.
function open_symbol(s) {
	sym[current] = s
	if (!(s in said)) {
		said[s] = 0
		symbols[++symbol_count] = s
		first_at[s] = where[current]
	}
}

function open_config(k,    s, c) {
	s = symbol_arg(k)
	if (s == "y" || s == "n" || s == "m")
		bad("not a name for a symbol: " s)
	c = choice_around()
	if ((s in choice_of) || (c && (s in said)))
		bad(s " is in a choice, so it can have this one place only")
	open_entry("config")
	open_symbol(s)
	if (c)
		join_choice(sym[c], s)
}

function set_type(s, t) {
	if (s in type && type[s] != t)
		bad(s " is already of type " type[s])
	type[s] = t
}

function set_prompt(s, text) {
	if (has_title[current])
		bad(s " already has a prompt")
	title[current] = text
	has_title[current] = 1
	state(s, "prompt", 0, if_arg())
}

# One line below config, menu or comment; returns 0 if it is none of these.
function attribute(word,    s, a) {
	if (word == "depends") {
		if (!accept("on"))
			bad("depends needs on")
		dep[current] = both(dep[current], either())
		return 1
	}
	if (kind[current] == "choice")
		return choice_attribute(word, sym[current])
	if (kind[current] != "config")
		return 0
	s = sym[current]
	if (word == "bool" || word == "string" || word == "int") {
		set_type(s, word)
		if (at < toks)
			set_prompt(s, text_arg(word))
	} else if (word == "prompt")
		set_prompt(s, text_arg(word))
	else if (word == "default") {
		if (s in choice_of)
			bad("the default is the choice's to say, not its member's")
		a = either()
		state(s, "default", a, if_arg())
	} else if (word == "range") {
		a = operand()
		a = node("range", a, operand())
		state(s, "range", a, if_arg())
	} else if (word == "select") {
		a = symbol_arg(word)
		state(s, "select", a, if_arg())
	} else
		return 0
	return 1
}

# What kconfig-conf knows and we do not.
function unsupported_words() {
	return " tristate hex def_bool def_tristate imply option visible " \
		"optional ---help--- "
}

function statement(word) {
	if (word == "mainmenu") {
		if (entries > 1 || has_title[1])
			bad("mainmenu must be the first statement")
		title[1] = text_arg(word)
		has_title[1] = 1
	} else if ((word == "menu" || word == "choice") && choice_around())
		bad(word " inside a choice")
	else if (word == "choice")
		open_choice()
	else if (word == "menu") {
		open_block(word)
		title[current] = text_arg(word)
		has_title[current] = 1
	} else if (word == "if") {
		open_block(word)
		dep[current] = either()
		current = 0
	} else if (word == "endmenu" || word == "endif" || word == "endchoice")
		close_block(substr(word, 4))
	else if (word == "comment") {
		open_entry(word)
		title[current] = text_arg(word)
		has_title[current] = 1
	} else if (word == "config" || word == "menuconfig")
		open_config(word)
	else if (word == "source") {
		current = 0
		word = text_arg(word)
		end_of_line()
		read_menu(word)
	} else
		bad((index(unsupported_words(), " " word " ") ? \
			"not supported here: " : "unknown keyword: ") word)
}

function indent_of(text,    i, n, c) {
	for (i = 1; (c = substr(text, i, 1)) == " " || c == "\t"; i++)
		n += c == " " ? 1 : 8 - n % 8
	return n + 0
}

# A help text ends at the first line that is indented less than its first one.
function in_help_text(text) {
	if (text ~ /^[ \t]*$/)
		return 1
	if (help_indent < 0)
		help_indent = indent_of(text)
	if (help_indent == 0 || indent_of(text) < help_indent)
		return 0
	sub(/^[ \t]+/, "", text)
	help[sym[current]] = help[sym[current]] "  " text "\n"
	return 1
}

function menu_line(text,    word) {
	if (in_help && in_help_text(text))
		return
	in_help = 0
	# scripts/tags.awk leaves these marks where a source's own text begins.
	if (text ~ /^# [^ ]+\.c:[0-9]+$/) {
		word = text
		sub(/^# /, "", word)
		line_nr = word
		sub(/.*:/, "", line_nr)
		line_nr--
		sub(/:[0-9]+$/, "", word)
		file = word
		return
	}
	split_line(text)
	if (!toks)
		return
	at = 1
	word = tok[1]
	if (quoted[1])
		bad("a statement is expected, not a text")
	if (word == "help" && current && sym[current] != "") {
		in_help = 1
		help_indent = -1
	} else if (!current || !attribute(word))
		statement(word)
	if (word != "source")
		end_of_line()
}

function read_menu(name,    path, text, got, outer, outer_nr, outer_id,
    block) {
	path = ENVIRON["GEN"] "/" name
	if (ENVIRON["GEN"] == "" || (got = (getline text < path)) < 0) {
		path = ENVIRON["TOP"] "/" name
		got = (getline text < path)
	}
	if (got < 0)
		bad("cannot read " name)
	if (path in reading)
		bad(name " includes itself")
	reading[path] = 1
	outer = file
	outer_nr = line_nr
	outer_id = file_id
	file = name
	line_nr = 0
	file_id = ++files
	block = around
	for (; got > 0; got = (getline text < path)) {
		line_nr++
		menu_line(text)
	}
	close(path)
	if (around != block)
		fatal(where[around] ": " kind[around] " without end" kind[around])
	in_help = current = 0
	delete reading[path]
	file = outer
	line_nr = outer_nr
	file_id = outer_id
}

# Conditions of the blocks around an entry count for all that it says.
function finish_menu(    n, i, s) {
	last[1] = entries
	for (n = 2; n <= entries; n++)
		dep[n] = both(kind[parent[n]] == "choice" ? \
			node("choice", sym[parent[n]]) : dep[parent[n]], dep[n])
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (!(s in type))
			fatal(first_at[s] ": " s " has no type")
		for (i = 1; i <= said[s]; i++)
			if (say[s, i] != "selected-by")
				finish_item(s, i, said_at[s, i] ": ")
	}
	for (n = 2; n <= entries; n++) {
		s = sym[n]
		if (s in choice_of && (!has_title[n] || type[s] != "bool"))
			fatal(where[n] ": " s ": a choice is between bools with prompts")
		if (kind[n] == "config")
			own_dep[s] = s in own_dep ? any(own_dep[s], dep[n]) : dep[n]
	}
}

function finish_item(s, i, at,    t) {
	t = what[s, i]
	cond[s, i] = both(dep[entry_of[s, i]], cond[s, i])
	if (say[s, i] == "range" && type[s] != "int")
		fatal(at "range is for int")
	if (type[s] == "choice" && say[s, i] == "default" &&
	    choice_of[l[t]] != s)
		fatal(at l[t] " is not in this choice")
	if (say[s, i] == "default" && type[s] != "bool" &&
	    op[t] != "word" && op[t] != "quoted")
		fatal(at "the default of type " type[s] " must be one value")
	if (say[s, i] != "select")
		return
	if (!(t in type))
		fatal(at s " selects " t ", which is not there")
	if (type[t] != "bool" || type[s] != "bool")
		fatal(at s " selects " t ": both must be bool")
	if (t in choice_of)
		fatal(at s " selects " t ", which is in a choice")
	state(t, "selected-by", s, cond[s, i])
}
