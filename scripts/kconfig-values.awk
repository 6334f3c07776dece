# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: values of symbols, .config in and out, headers.

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
	if (op[e] == "choice")
		return choice_holds(l[e])
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

function compute(s) {
	if (computed[s] == age)
		return
	if (s in computing)
		circle(s)
	computing[s] = 1
	chain[++depth] = s
	if (type[s] == "choice")
		decide(s)
	else
		evaluate(s)
	computed[s] = age
	delete computing[s]
	depth--
}

# A prompt of s is in view.
function prompted(s,    i, yes) {
	for (i = 1; i <= said[s]; i++)
		if (applies(s, i, "prompt"))
			yes = 1
	return yes + 0
}

function evaluate(s,    i, v, d, found, low, high) {
	found = 0
	d = type[s] == "bool" ? "n" : ""
	visible[s] = prompted(s)
	forced[s] = 0
	low = high = ""
	for (i = 1; i <= said[s]; i++) {
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
	v = s in choice_of ? chosen_in_choice(s) : \
		visible[s] && (s in user) ? user[s] : d
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
	by_default[s] = d
	value[s] = v
}

function circle(s,    i, text) {
	for (i = depth; chain[i] != s; i--)
		text = " -> " chain[i] text
	fatal(first_at[s] ": circle of dependencies: " s text " -> " s)
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
	if (s in choice_of && v == "y")
		pick(choice_of[s], s)
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
		if (type[s] == "choice")
			continue
		if ((s in user) && written[s])
			disagree += (user[s] "") != (value[s] "")
		else
			disagree += (s in user) || written[s]
	}
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (type[s] == "choice" && !visible[s] && !disagree)
			delete answered[s]
		if (!(s in user) || s in choice_of)
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

# For allnoconfig, allyesconfig and randconfig: what the file does not say.
function set_rest(    n, s) {
	for (n = 1; n <= symbol_count; n++) {
		s = symbols[n]
		if (type[s] == "bool" && !(s in user))
			set_user(s, mode == "allyesconfig" || \
				(mode == "randconfig" && random(2)) ? "y" : "n")
		else if (mode == "randconfig" && type[s] == "choice" && \
		    !(s in picked))
			pick(s, member[s, random(members[s]) + 1])
	}
}

# From 0 to n - 1: the same sequence in every awk, unlike rand().
function random(n) {
	if (!dice) {
		dice = ENVIRON["SEED"] % 2147483647 * 7919 % 2147483646 + 1
		for (rolls = 0; rolls < 10; rolls++)
			dice = dice * 16807 % 2147483647
	}
	dice = dice * 16807 % 2147483647
	return dice % n
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

# savedefconfig: what defconfig would set without a word from us.
function needless(s) {
	if (!changeable(s) || (value[s] "") == (by_default[s] ""))
		return 1
	return s in choice_of && first_choice[choice_of[s]] == s
}

function write_config(path,    n, s, done, short) {
	short = mode == "savedefconfig"
	if (!short)
		config_text = "#\n# Automatically generated file; DO NOT EDIT.\n# " \
			title[1] "\n#\n"
	for (n = 2; n <= entries; n++) {
		s = sym[n]
		if (kind[n] == "config") {
			compute(s)
			if (!written[s] || (s in done))
				continue
			done[s] = 1
			if (!short || !needless(s))
				config_text = config_text setting(s) "\n"
		} else if (!short && (kind[n] == "menu" || kind[n] == "comment") &&
		    truth(dep[n]))
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
		if (type[s] == "choice")
			continue
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
