# SPDX-License-Identifier: MIT
#
# Part of kconfig.awk: oldconfig asks for what is new.

function shown(n) {
	if (n == 1)
		return 1
	if (!has_title[n])
		return kind[n] == "if"
	if (sym[n] == "")
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

function show_help(s) {
	printf("\n%s\n", s in help ? help[s] : "  There is no help.")
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
			show_help(s)
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
	if (kind[n] == "choice") {
		choose(n, sym[n])
		return
	}
	if (is_new(n))
		ask(n)
	for (i = n + 1; i <= last[n]; i = last[i] + 1)
		ask_in(i)
}

function is_new(n,    s) {
	s = sym[n]
	if (kind[n] == "choice")
		return choice_holds(s) && !(s in answered)
	return kind[n] == "config" && !(s in choice_of) && !(s in user) && \
		changeable(s)
}
