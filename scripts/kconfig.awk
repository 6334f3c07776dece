# SPDX-License-Identifier: MIT
#
# Read the menu (Config.in) and an old .config, write the new .config, and on
# request what the build makes of it.  Works in any POSIX awk.  Parameters come
# from the environment, since -v would interpret backslashes:
#   MODE      defconfig, allnoconfig, allyesconfig, olddefconfig or oldconfig
#   GEN, TOP  where sourced menus are looked for, in this order
#   OLD       the .config to start from; missing or empty: none
#   NEW       the .config to write
#   HEADERS   if not empty: the folder for autoconf.h, config_text.h, auto.conf
#
# The result is the one that kconfig-conf writes for the same input; the tests
# in testsuite/build/kconfig.bats compare them.  The subset of the language:
# mainmenu, menu, comment, if, source, config, menuconfig, bool, string, int,
# prompt, default, depends on, select, range, help.  All else is an error.
#
# Menu entries are numbered in the order of the text, so the children of entry
# n are found between n and last[n]:
#   kind[n], title[n], sym[n], dep[n] (all conditions around it included)
# Expressions are numbered too; 0 is the empty one, which is true:
#   op[e] is "word", "quoted", "=", "!=", "&&", "||" or "!"; l[e], r[e]
# What a config says is kept in order, in one list for each symbol s:
#   said[s] items; say[s, i] (prompt, default, range or selected-by),
#   what[s, i] expression or symbol, cond[s, i], and the entry it was in

function say_err(text) {
	print text | "cat 1>&2"
	close("cat 1>&2")
}

function fatal(text) {
	say_err(text)
	dead = 1
	exit 1
}

function bad(text) { fatal(file ":" line_nr ": " text) }

function warn(text) { say_err(file ":" line_nr ": warning: " text) }

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

function both(a, b) { return a && b ? node("&&", a, b) : a + b }

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
		bad(kind[around] " at " where[around] " has no end")
	in_help = current = 0
	delete reading[path]
	file = outer
	line_nr = outer_nr
	file_id = outer_id
}

# Conditions of the blocks around an entry count for all that it says.
function finish_menu(    n, i, s, t) {
	last[1] = entries
	for (n = 2; n <= entries; n++)
		dep[n] = both(dep[parent[n]], dep[n])
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (!(s in type))
			fatal(root_menu ": " s " has no type")
		for (i = 1; i <= said[s]; i++) {
			if (say[s, i] == "selected-by")
				continue
			cond[s, i] = both(dep[entry_of[s, i]], cond[s, i])
			if (say[s, i] == "range" && type[s] != "int")
				fatal(where[entry_of[s, i]] ": range is for int")
			if (say[s, i] == "default" && type[s] != "bool" &&
			    op[what[s, i]] != "word" && op[what[s, i]] != "quoted")
				fatal(where[entry_of[s, i]] ": the default of a " \
					type[s] " must be one value")
			if (say[s, i] != "select")
				continue
			t = what[s, i]
			if (!(t in type) || type[t] != "bool" || type[s] != "bool")
				fatal(where[entry_of[s, i]] ": " s " selects " t \
					": both must be bool symbols")
			current = entry_of[s, i]
			state(t, "selected-by", s, cond[s, i])
		}
	}
	for (n = 2; n <= entries; n++)
		if (kind[n] == "config")
			own_dep[sym[n]] = (sym[n] in own_dep) && own_dep[sym[n]] && dep[n] ? \
				node("||", own_dep[sym[n]], dep[n]) : \
				(sym[n] in own_dep) ? 0 : dep[n]
}

# ---- values -------------------------------------------------------------
# A value is computed when first asked for and kept until one is changed:
# value[s] ("y" or "n" for a bool), visible[s], forced[s] (selected), and
# written[s]: it has a line in .config.

function forget() { age++ }

function truth(e,    a, b) {
	if (!e)
		return 1
	if (op[e] == "word" || op[e] == "quoted") {
		if (op[e] == "word" && l[e] in type)
			return text_of(e) == "y" && type[l[e]] == "bool"
		return l[e] == "y"
	}
	if (op[e] == "!")
		return !truth(l[e])
	if (op[e] == "=" || op[e] == "!=") {
		a = text_of(l[e])
		b = text_of(r[e])
		return ((a "") == (b "")) == (op[e] == "=")
	}
	# Both sides always: a circle must show itself in every configuration.
	a = truth(l[e])
	b = truth(r[e])
	return op[e] == "&&" ? a && b : a || b
}

function text_of(e) {
	if (op[e] == "word" && l[e] in type) {
		compute(l[e])
		return value[l[e]]
	}
	return l[e]
}

# The i-th thing said about s, if it holds; the first default wins.
function applies(s, i, k) { return say[s, i] == k && truth(cond[s, i]) }

function compute(s,    i, v, d, found, low, high) {
	if (computed[s] == age)
		return
	if (s in computing)
		fatal("circle of dependencies: " s " depends on itself")
	computing[s] = 1
	found = 0
	d = type[s] == "bool" ? "n" : ""
	forced[s] = visible[s] = 0
	low = high = ""
	for (i = 1; i <= said[s]; i++) {
		if (applies(s, i, "prompt"))
			visible[s] = 1
		if (say[s, i] == "selected-by") {
			compute(what[s, i])
			if (truth(cond[s, i]) && value[what[s, i]] == "y") {
				forced[s] = 1
				forced_by[s] = what[s, i]
			}
		}
		if (applies(s, i, "range") && low == "") {
			low = text_of(l[what[s, i]])
			high = text_of(r[what[s, i]])
		}
		if (say[s, i] == "default") {
			v = type[s] != "bool" ? text_of(what[s, i]) : \
				truth(what[s, i]) ? "y" : "n"
			if (truth(cond[s, i]) && !found) {
				d = v
				found = 1
			}
		}
	}
	allowed[s] = truth(own_dep[s])
	v = visible[s] && (s in user) ? user[s] : d
	if (forced[s])
		v = "y"
	if (low != "") {
		if (v + 0 < low + 0)
			v = low
		else if (v + 0 > high + 0)
			v = high
	}
	range_low[s] = low
	range_high[s] = high
	written[s] = visible[s] || forced[s] || found
	value[s] = v
	computed[s] = age
	delete computing[s]
}

function number(v) { return v ~ /^(0|-?[1-9][0-9]*|-0)$/ }

function fits(s, v) {
	if (type[s] == "int" && !number(v))
		return 0
	compute(s)
	return range_low[s] == "" || (v + 0 >= range_low[s] + 0 && v + 0 <= range_high[s] + 0)
}

# ---- .config in ---------------------------------------------------------

function set_user(s, v) {
	user[s] = v
	forget()
}

function unquote(v,    i, c, out) {
	if (substr(v, 1, 1) != "\"")
		return 0
	for (i = 2; (c = substr(v, i, 1)) != "\""; i++) {
		if (c == "")
			return 0
		if (c == "\\")
			c = substr(v, ++i, 1)
		out = out c
	}
	unquoted = out
	return 1
}

function config_line(text,    s, v) {
	sub(/\r$/, "", text)
	if (text ~ /^# CONFIG_[A-Za-z0-9_]+ is not set/) {
		s = substr(text, 10)
		sub(/ .*/, "", s)
		v = "n"
	} else if (text ~ /^#/ || text == "")
		return
	else if (text ~ /^CONFIG_[A-Za-z0-9_]+=/) {
		s = substr(text, 8)
		sub(/=.*/, "", s)
		v = substr(text, index(text, "=") + 1)
	} else {
		warn("not a setting: " text)
		return
	}
	if (!(s in type)) {
		warn("unknown symbol " s " is dropped")
		return
	}
	if (type[s] == "bool")
		v = v ~ /^y/ ? "y" : v ~ /^n/ ? "n" : ""
	if ((type[s] == "bool" && v == "") ||
	    (type[s] == "int" && !number(v)) ||
	    (type[s] == "string" && !unquote(v))) {
		warn("bad value for " s ": " text)
		return
	}
	if (s in user)
		warn(s " is set twice")
	set_user(s, type[s] == "string" ? unquoted : v)
}

function read_config(path,    text) {
	file = path
	sub(/.*\//, "", file)
	line_nr = 0
	while ((getline text < path) > 0) {
		line_nr++
		config_line(text)
	}
	close(path)
}

# A value that the old file has and the menu does not show counts as new once
# it is shown again, unless the file and the menu disagree anyway.
function settle(    n, s, disagree) {
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		compute(s)
		if ((s in user) && written[s])
			disagree += (user[s] "") != (value[s] "")
		else
			disagree += (s in user) || written[s]
	}
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (!(s in user))
			continue
		if (!visible[s] && !disagree)
			delete user[s]
		else if (!fits(s, user[s])) {
			delete user[s]
			disagree++
		}
	}
	forget()
}

# ---- oldconfig: ask for what is new -------------------------------------

function shown(n) {
	if (n == 1)
		return 1
	if (!has_title[n])
		return kind[n] == "if"
	if (kind[n] != "config")
		return truth(dep[n])
	return prompt_holds(n)
}

function prompt_holds(n,    i, s) {
	s = sym[n]
	for (i = 1; i <= said[s]; i++)
		if (say[s, i] == "prompt" && entry_of[s, i] == n)
			return truth(cond[s, i])
	return 0
}

function changeable(s) {
	compute(s)
	return visible[s] && !forced[s]
}

function read_answer() {
	if (!input_ended && (getline answer) > 0)
		return 1
	input_ended = 1
	print ""
	answer = ""
	return 0
}

# Set answer_value from the answer; 0: not acceptable, ask again.
function take_answer(s) {
	answer_value = value[s]
	if (type[s] != "bool") {
		if (answer != "")
			answer_value = answer
		return fits(s, answer_value) || input_ended
	}
	gsub(/^[ \t]+|[ \t]+$/, "", answer)
	if (answer ~ /^[yY](es)?$/)
		answer_value = "y"
	else if (answer ~ /^[nN]o?$/)
		answer_value = "n"
	else
		return answer == ""
	return 1
}

function ask(n,    s) {
	s = sym[n]
	for (;;) {
		compute(s)
		printf("%s (%s) [%s] ", title[n], s, type[s] != "bool" ? \
			value[s] : value[s] == "y" ? "Y/n/?" : "N/y/?")
		fflush()
		read_answer()
		if (answer == "?")
			printf("\n%s\n", s in help ? help[s] : "  There is no help.")
		else if (take_answer(s))
			break
		else
			print "  Not a value for " (type[s] == "bool" ? \
				"a yes/no setting; answer y or n" : "this " type[s] \
				(range_low[s] == "" ? "" : " from " range_low[s] \
				" to " range_high[s])) "."
	}
	set_user(s, answer_value)
}

# kconfig-conf walks the tree; at the first new symbol it goes through the
# whole menu around it, then on from there; all of it again until none is new.
function look_for_new(n,    i, m) {
	if (!shown(n))
		return
	if (is_new(n)) {
		asked++
		for (m = parent[n]; m > 1 && kind[m] != "menu"; m = parent[m])
			;
		ask_in(m)
	}
	for (i = n + 1; i <= last[n]; i = last[i] + 1)
		look_for_new(i)
}

function ask_in(n,    i) {
	if (!shown(n))
		return
	if (kind[n] == "menu" && !(n in announced)) {
		announced[n] = 1
		print "* " title[n]
	}
	if (is_new(n))
		ask(n)
	for (i = n + 1; i <= last[n]; i = last[i] + 1)
		ask_in(i)
}

function is_new(n) {
	return kind[n] == "config" && !(sym[n] in user) && changeable(sym[n])
}

# ---- .config and headers out --------------------------------------------

function quote(text,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		out = out (c == "\\" || c == "\"" ? "\\" c : c)
	}
	return "\"" out "\""
}

function setting(s) {
	if (type[s] == "bool" && value[s] != "y")
		return "# CONFIG_" s " is not set"
	return "CONFIG_" s "=" (type[s] == "string" ? quote(value[s]) : value[s])
}

function write_config(path,    n, s, done) {
	config_text = "#\n# Automatically generated file; DO NOT EDIT.\n# " \
		title[1] "\n#\n"
	for (n = 2; n <= entries; n++) {
		s = sym[n]
		if (kind[n] == "config") {
			compute(s)
			if (!written[s] || (s in done))
				continue
			done[s] = 1
			config_text = config_text setting(s) "\n"
		} else if (kind[n] != "if" && truth(dep[n]))
			config_text = config_text "\n#\n# " title[n] "\n#\n"
		if (kind[n] == "config" && forced[s] && !allowed[s])
			say_err("warning: " forced_by[s] " selects " s \
				", whose own dependencies are not met")
	}
	printf "%s", config_text > path
	close(path)
}

# A value that is out of view still needs a number or text to compile with.
function c_value(s) {
	if (type[s] == "string")
		return quote(value[s])
	return value[s] == "" ? 0 : value[s]
}

function write_headers(folder,    n, s, on, auto, v, lines) {
	auto = folder "/autoconf.h"
	printf "" > auto
	printf "" > (folder "/auto.conf")
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		on = value[s] == "y"
		if (type[s] == "bool") {
			print "#define ENABLE_" s " " on > auto
			print "#define IF_" s "(...)" (on ? " __VA_ARGS__" : "") > auto
			if (!on)
				continue
			print "#define CONFIG_" s " 1" > auto
		} else
			print "#define CONFIG_" s " " c_value(s) > auto
		v = value[s]
		gsub(/\$/, "$$", v)
		gsub(/#/, "\\#", v)
		print "CONFIG_" s " := " v > (folder "/auto.conf")
	}
	n = split(config_text, lines, "\n")
	printf "" > (folder "/config_text.h")
	for (s = 1; s < n; s++) {
		v = quote(lines[s])
		print substr(v, 1, length(v) - 1) "\\n\"" > (folder "/config_text.h")
	}
}

BEGIN {
	mode = ENVIRON["MODE"]
	root_menu = "Config.in"
	file = root_menu
	around = open_entry("root")
	current = 0
	age = 1
	read_menu(root_menu)
	if (!has_title[1])
		fatal(root_menu ": no mainmenu")
	finish_menu()
	if (ENVIRON["OLD"] != "")
		read_config(ENVIRON["OLD"])
	if (mode == "allnoconfig" || mode == "allyesconfig") {
		for (n = 1; n <= symbol_count; n++)
			if (type[symbols[n]] == "bool" && !(symbols[n] in user))
				set_user(symbols[n], mode == "allyesconfig" ? "y" : "n")
	} else
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
