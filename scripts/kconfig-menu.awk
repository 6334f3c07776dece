# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: read the menu text.

# ---- the menu text: words of a line -------------------------------------

# Split text into tok[1..toks]; quoted[i] tells "y" from y.
function split_line(text,    c, i, quote, word) {
	toks = at = 0
	while (text != "") {
		c = substr(text, 1, 1)
		if (c == " " || c == "\t") {
			text = substr(text, 2)
			continue
		}
		if (c == "#")
			break
		if (c == "\"" || c == "'") {
			quote = c
			word = ""
			for (i = 2; (c = substr(text, i, 1)) != quote; i++) {
				if (c == "")
					bad("missing closing quote")
				if (c == "$")
					bad("$ in a text is not supported")
				if (c == "\\")
					c = substr(text, ++i, 1)
				word = word c
			}
			quoted[++toks] = 1
			tok[toks] = word
			text = substr(text, i + 1)
			continue
		}
		if (match(text, /^[A-Za-z0-9_.\/-]+/) ||
		    match(text, /^(&&|\|\||!=|[!=()])/)) {
			quoted[++toks] = 0
			tok[toks] = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
			continue
		}
		bad("unexpected character: " c)
	}
	tok[toks + 1] = ""
	quoted[toks + 1] = 0
}

function is(word) { return tok[at + 1] == word && !quoted[at + 1] && at < toks }

function accept(word) { return is(word) ? ++at : 0 }

function text_arg(name) {
	if (at >= toks || !quoted[at + 1])
		bad(name " needs a text in quotes")
	return tok[++at]
}

function symbol_arg(name) {
	if (at >= toks || quoted[at + 1] || tok[at + 1] !~ /^[A-Za-z0-9_]+$/)
		bad(name " needs the name of a symbol")
	return tok[++at]
}

function end_of_line() {
	if (at < toks)
		bad("unexpected: " tok[at + 1])
}

# ---- the menu text: expressions -----------------------------------------

function node(o, a, b) {
	op[++nodes] = o
	l[nodes] = a
	r[nodes] = b
	return nodes
}

# Of two conditions that may be empty, which means true.
function both(a, b) { return a && b ? node("&&", a, b) : a + b }

function any(a, b) { return a && b ? node("||", a, b) : 0 }

function operand() {
	if (at >= toks || (!quoted[at + 1] && tok[at + 1] !~ /^[A-Za-z0-9_.\/-]/))
		bad("an expression is expected" (at < toks ? \
			", not: " tok[at + 1] : ""))
	at++
	if (!quoted[at] && tok[at] == "m")
		bad("there are no modules here, only y and n")
	return node(quoted[at] ? "quoted" : "word", tok[at])
}

function unary(    e, o) {
	if (accept("!")) {
		e = unary()
		return node("!", e)
	}
	if (accept("(")) {
		e = either()
		if (!accept(")"))
			bad("missing )")
		return e
	}
	e = operand()
	if (is("=") || is("!=")) {
		o = tok[++at]
		e = node(o, e, operand())
		compared(l[e])
		compared(r[e])
	}
	return e
}

# kconfig-conf compares 010 and 0x8 as numbers; we compare texts, so refuse.
function compared(e) {
	if (l[e] ~ /^-?0[0-9xX]/)
		bad("write numbers without a leading 0: " l[e])
}

function conjunction(    e) {
	e = unary()
	while (accept("&&"))
		e = node("&&", e, unary())
	return e
}

function either(    e) {
	e = conjunction()
	while (accept("||"))
		e = node("||", e, conjunction())
	return e
}

function if_arg() { return accept("if") ? either() : 0 }

# ---- the menu text: statements ------------------------------------------

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

function open_config(k,    s) {
	s = symbol_arg(k)
	if (s == "y" || s == "n" || s == "m")
		bad("not a name for a symbol: " s)
	open_entry("config")
	sym[current] = s
	if (!(s in said)) {
		said[s] = 0
		symbols[++symbol_count] = s
		first_at[s] = where[current]
	}
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

function statement(word) {
	if (word == "mainmenu") {
		if (entries > 1 || has_title[1])
			bad("mainmenu must be the first statement")
		title[1] = text_arg(word)
		has_title[1] = 1
	} else if (word == "menu") {
		open_block(word)
		title[current] = text_arg(word)
		has_title[current] = 1
	} else if (word == "if") {
		open_block(word)
		dep[current] = either()
		current = 0
	} else if (word == "endmenu" || word == "endif")
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
		bad("unknown keyword: " word)
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
	if (word == "help" && current && kind[current] == "config") {
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
		dep[n] = both(dep[parent[n]], dep[n])
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (!(s in type))
			fatal(first_at[s] ": " s " has no type")
		for (i = 1; i <= said[s]; i++)
			if (say[s, i] != "selected-by")
				finish_item(s, i, said_at[s, i] ": ")
	}
	for (n = 2; n <= entries; n++)
		if (kind[n] == "config")
			own_dep[sym[n]] = sym[n] in own_dep ? \
				any(own_dep[sym[n]], dep[n]) : dep[n]
}

function finish_item(s, i, at,    t) {
	t = what[s, i]
	cond[s, i] = both(dep[entry_of[s, i]], cond[s, i])
	if (say[s, i] == "range" && type[s] != "int")
		fatal(at "range is for int")
	if (say[s, i] == "default" && type[s] != "bool" &&
	    op[t] != "word" && op[t] != "quoted")
		fatal(at "the default of type " type[s] " must be one value")
	if (say[s, i] != "select")
		return
	if (!(t in type))
		fatal(at s " selects " t ", which is not there")
	if (type[t] != "bool" || type[s] != "bool")
		fatal(at s " selects " t ": both must be bool")
	state(t, "selected-by", s, cond[s, i])
}
