# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: choices, of which exactly one member is on when they are
# in view.  A choice is a symbol whose name no other can have, of type "choice",
# with the value "y" when one of its members is on, and
#   members[c], member[c, i]  in the order of the text; choice_of[s]: c
#   picked[c]                 what the user chose, perhaps out of view now
#   answered[c]               no member in view is new to the user
#   chosen[c], first_choice[c]  who is on; who would be without the user

# ---- in the menu text ---------------------------------------------------

# The choice that the next entry is in; if lies between, nothing else can.
function choice_around(    n) {
	for (n = around; kind[n] == "if"; n = parent[n])
		;
	return kind[n] == "choice" ? n : 0
}

function open_choice(    c) {
	open_block("choice")
	c = "choice at " where[current]
	open_symbol(c)
	type[c] = "choice"
	members[c] = 0
	answered[c] = 1
}

function choice_attribute(word, c,    a) {
	if (word == "prompt" || (word == "bool" && at < toks))
		set_prompt(c, text_arg(word))
	else if (word == "default") {
		a = node("word", symbol_arg(word))
		state(c, "default", a, if_arg())
	} else
		return word == "bool"
	return 1
}

function join_choice(c, s) {
	choice_of[s] = c
	member[c, ++members[c]] = s
}

function close_choice(c) {
	if (!has_title[around])
		bad("a choice needs a prompt")
	if (!members[c])
		bad("a choice needs members")
}

# ---- values -------------------------------------------------------------

function pick(c, s) {
	if (c in picked && picked[c] != s)
		warn(s " takes the place of " picked[c] " in their choice")
	picked[c] = s
	forget()
}

# As a condition around the members. While the choice looks at them to decide,
# they are in view if it is.
function choice_holds(c) {
	if (depth && chain[depth] == c)
		return visible[c]
	compute(c)
	return value[c] == "y"
}

function chosen_in_choice(s) {
	return visible[s] && chosen[choice_of[s]] == s ? "y" : "n"
}

function decide(c,    i, s, first, holds) {
	visible[c] = prompted(c)
	first = ""
	for (i = 1; i <= members[c]; i++) {
		s = member[c, i]
		in_view[s] = prompted(s)
		if (!in_view[s])
			continue
		if (first == "")
			first = s
		if (!(s in user))
			delete answered[c]
	}
	for (i = said[c]; i; i--) {
		holds = applies(c, i, "default")
		if (holds && in_view[l[what[c, i]]])
			first = l[what[c, i]]
	}
	first_choice[c] = first
	chosen[c] = (c in picked) && in_view[picked[c]] ? picked[c] : first
	value[c] = chosen[c] == "" ? "n" : "y"
}

# ---- oldconfig ----------------------------------------------------------

# What is in view has been seen, then; also where nothing was to be asked.
function choose(n, c,    i, s) {
	if (!choice_holds(c))
		return
	picked[c] = c in answered ? chosen[c] : ask_choice(n, c)
	for (i = 1; i <= members[c]; i++) {
		s = member[c, i]
		if (in_view[s] && !(s in user))
			set_user(s, "n")
	}
	answered[c] = 1
	set_user(picked[c], "y")
}

function ask_choice(n, c,    i, shown_as, count, which) {
	count = which = 0
	for (i = n + 1; i <= last[n]; i++)
		if (sym[i] != "" && in_view[sym[i]]) {
			shown_as[++count] = i
			if (sym[i] == chosen[c])
				which = count
		}
	for (;;) {
		print title[n]
		for (i = 1; i <= count; i++)
			print (i == which ? "> " : "  ") i ". " title[shown_as[i]] \
				" (" sym[shown_as[i]] ")"
		if (count == 1)
			break
		printf("choice [1-%d, now %d]: ", count, which)
		fflush()
		read_answer()
		gsub(/^[ \t]+|[ \t]+$/, "", answer)
		i = answer + 0
		if (answer == "?")
			show_help(c)
		else if (answer ~ /^[0-9]/ && i in shown_as && answer ~ /\?$/)
			show_help(sym[shown_as[i]])
		else if (answer ~ /^[0-9]/ && i in shown_as) {
			which = i
			break
		} else if (answer == "")
			break
		else
			print "  Answer with a number from 1 to " count "."
	}
	return sym[shown_as[which]]
}
