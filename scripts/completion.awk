# SPDX-License-Identifier: MIT
# Write completion for bash, zsh and fish to the folder $OUT: the frames in
# scripts/completion, filled from the tags that make the help (names and
# //usage: lines of the applets), the options of the door and the signals' table.
#
# Reads auto.conf first: only what is selected there is completed; then all
# sources. Works in any POSIX awk.
#
# An option line of the help begins with two or six blanks and "-"; its text
# starts after two blanks or at "(", and goes on in lines of ten blanks or more.

# The parts of text between from, with to in between; from is no blank.
function replace(text, from, to,    part, n, i, out) {
	n = split(text, part, from)
	out = part[1]
	for (i = 2; i <= n; i++)
		out = out to part[i]
	return out
}

# "who: one (that is ...), two or three, as said": "one two three"; else "".
function choices(text,    word, n, i, out) {
	sub(/^.*: /, "", text)
	n = split(text, word, / *, *| or /)
	for (i = 1; i <= n && word[i] ~ /^[a-z]+$/; i++)
		out = out (i > 1 ? " " : "") word[i]
	return i > 2 ? out : ""
}

# What completes the value that the help calls value: FILE, DIR, SIG, COMMAND,
# "= CHOICE...", or "-", nothing.
function kind_of(value, text) {
	if (value == "" || value == "FILE" || value == "DIR" || value == "SIG")
		return value
	if (value == "PATH")
		return "FILE"
	if (value == "CMD")
		return "COMMAND"
	if (value ~ /:/)
		return "SIG"
	text = value ~ /^[A-Z]$/ ? "" : choices(text)
	return text == "" ? "-" : "= " text
}

function add(name, option, kind, text,    n) {
	if ((name, option) in known)
		return
	known[name, option] = 1
	n = ++count[name]
	options[name, n] = option
	kinds[name, n] = kind
	texts[name, n] = text
}

# "-G, --grace D; -v": a value belongs to both names, "[N]" and "[=N]" to none.
function add_line(name, spec, text,    part, parts, item, items, i, j, kind) {
	gsub(/ *\([^)]*\)/, "", text)
	parts = split(spec, part, "; ")
	for (i = 1; i <= parts; i++) {
		items = split(part[i], item, ", ")
		for (j = items; j > 0; j--) {
			sub(/\[.*/, "", item[j])
			if (item[j] ~ / /) {
				kind = kind_of(substr(item[j], index(item[j], " ") + 1), text)
				sub(/ .*/, "", item[j])
			} else if (item[j] ~ /^--/)
				kind = ""
			kind_for[j] = kind
		}
		for (j = 1; j <= items; j++)
			add(name, item[j], kind_for[j], brief(text, kind_for[j]))
		kind = ""
	}
}

# The text of an option in one line. Choices say nothing of its neighbour.
function brief(text, kind) {
	sub(/; .*/, "", text)
	if (kind == "" && choices(text) != "")
		return ""
	if (kind ~ /^=/)
		sub(/: .*/, "", text)
	sub(/^\.\.\. /, "", text)
	sub(/ \.\.\.$/, "", text)
	return text
}

# "status [NAME] [--json]; start, stop or restart NAME [--no-wait]; 0, 6."
# A request is completed like a name of its own.
function add_requests(name, text,    part, parts, word, words, i, j, k) {
	sub(/\.$/, "", text)
	parts = split(text, part, "; ")
	for (i = 1; i <= parts; i++) {
		words = split(part[i], word, /,? /)
		for (j = 1; j <= words; j++) {
			if (word[j] !~ /^[a-z][a-z]+$/ || word[j] == "or")
				continue
			first[name] = first[name] " " word[j]
			all[++total] = word[j]
			request_of[word[j]] = name
			for (k = j + 1; k <= words; k++)
				if (word[k] ~ /^\[--/)
					add(word[j], substr(word[k], 2, length(word[k]) - 2), "", "")
		}
	}
}

function read_usage(name,    i, line, at, spec, text, requests, word, n) {
	for (i = 1; i <= lines + 1; i++) {
		line = usage[i]
		if (spec != "" && line ~ /^          /) {
			sub(/^ */, " ", line)
			text = text line
			continue
		}
		if (spec != "")
			add_line(name, spec, text)
		spec = text = ""
		if (line ~ /^(  |      )-/) {
			sub(/^ */, "", line)
			at = match(line, /  | \(/)
			spec = at ? substr(line, 1, at - 1) : line
			text = at ? substr(line, at) : ""
			sub(/^ */, "", text)
		} else if (line ~ /^REQUEST, / || requests != "") {
			sub(/^REQUEST, .*: /, "", line)
			requests = requests " " line
			if (line ~ /\.$/) {
				add_requests(name, substr(requests, 2))
				requests = ""
			}
		}
	}
	n = split(usage[1], word, /[^A-Za-z-]+/)
	for (i = 1; i <= n; i++)
		if (word[i] ~ /^-[A-Za-z]$/)
			add(name, word[i], "", "")
	if (usage[1] ~ /\[--\] COMMAND/)
		first[name] = "COMMAND"
	else if (first[name] != "")
		first[name] = "NAME" first[name]
	dashes[name] = usage[1] ~ /--\]? COMMAND/
}

# The //applet: lines of a group share the //usage: lines below them.
function end_group(    i) {
	for (i = 1; i <= members; i++) {
		names = names " " member[i]
		all[++total] = member[i]
		read_usage(member[i])
	}
	for (; lines > 0; lines--)
		delete usage[lines]
	members = 0
}

# ---- what is written: for each shell the lines that replace @TABLE@ --------

function bash_table(name,    i) {
	print name, ".", first[name] > file
	if (dashes[name])
		print name, "-- COMMAND" > file
	for (i = 1; i <= count[name]; i++)
		print name, options[name, i], kinds[name, i] > file
}

function zsh_table(name,    i, option, kind, value, text) {
	printf "%s)\n\t_arguments -s -S : \\\n", name > file
	for (i = 1; i <= count[name]; i++) {
		option = options[name, i]
		kind = kinds[name, i]
		text = replace(replace(texts[name, i], "]", "\\]"), "'", "'\\''")
		value = ""
		if (kind != "") {
			option = option (option ~ /^--/ ? "=" : "+")
			value = kind == "FILE" ? "_files" : kind == "DIR" ? "_directories" : \
				kind == "SIG" ? "_initbox_signals" : \
				kind == "COMMAND" ? "_cmdstring" : \
				kind ~ /^=/ ? "(" substr(kind, 3) ")" : " "
			value = ": :" value
		}
		if (text != "")
			text = "[" text "]"
		printf "\t\t'*%s%s%s' \\\n", option, text, value > file
	}
	if (first[name] ~ /^NAME/)
		printf "\t\t'(-)1: :_initbox_first %s' '*:: :_initbox_rest'", \
			substr(first[name], 6) > file
	else if (first[name] == "COMMAND")
		printf "\t\t'(-)1: :_command_names -e' '*:: :_initbox_command'" > file
	print "\n\t;;" > file
}

function fish_table(name,    i, option, kind, text, command) {
	command = "complete -c " (name in request_of ? request_of[name] : name)
	if (!(name in request_of))
		print command, "-f" > file
	for (i = 1; i <= count[name]; i++) {
		option = options[name, i]
		kind = kinds[name, i]
		text = replace(texts[name, i], "'", "\\'")
		option = (option ~ /^--/ ? "-l " substr(option, 3) : "-s " substr(option, 2))
		if (kind == "FILE")
			option = option " -r -F"
		else if (kind != "")
			option = option " -x" (kind == "-" ? "" : " -a '" ( \
				kind == "DIR" ? "(__fish_complete_directories)" : \
				kind == "SIG" ? "(__initbox_signals)" : \
				kind == "COMMAND" ? "(__fish_complete_command)" : \
				substr(kind, 3)) "'")
		print command, "-n '__initbox_at " (name in request_of ? \
			request_of[name] " " : "") name "'", option \
			(text == "" ? "" : " -d '" text "'") > file
	}
	if (first[name] ~ /^NAME/)
		print command, "-n '__initbox_first " name "' -x -a '" \
			substr(first[name], 6) "'" > file
	if (dashes[name])
		print command, (first[name] ~ /^NAME/ ? "-n __initbox_dashes " : "") \
			"-x -a '(__initbox_command " name ")'" > file
}

# For fish: the options of each name that take the next word.
function fish_valued(name,    i, list) {
	for (i = 1; i <= count[name]; i++)
		if (kinds[name, i] != "")
			list = list " " options[name, i]
	if (list != "")
		print "\t\tcase " name "\n\t\t\tprintf '%s\\n'" list > file
}

function write(shell, product,    frame, line, i) {
	frame = "scripts/completion/" product
	file = ENVIRON["OUT"] "/" product
	while ((getline line < frame) > 0) {
		if (line == "@VALUED@") {
			for (i = 1; i <= total; i++)
				fish_valued(all[i])
			continue
		}
		if (line != "@TABLE@") {
			print replace(replace(line, "@NAMES@", names), "@SIGNALS@", signals) > file
			continue
		}
		for (i = 1; i <= total; i++)
			if (shell == "bash")
				bash_table(all[i])
			else if (shell == "zsh")
				zsh_table(all[i])
			else
				fish_table(all[i])
	}
	close(file)
}

BEGIN { all[++total] = "initbox" }

/^CONFIG_[A-Z0-9_]+ := y$/ { selected[substr($1, 8)] = 1 }

FNR == 1 {
	end_group()
	off = 0
}

/^#if ENABLE_/ { off = !(substr($2, 8) in selected) }
/^#endif/ { off = 0 }

# OPTION_SPEC_HELP('h', "help"), DOOR_FLAG('s', NULL, symbolic),
FILENAME == "applets/initbox.c" && !off &&
/^\t(DOOR_FLAG|OPTION_SPEC_HELP|OPTION_SPEC_VERSION)\(/ {
	split($0, p, /[^A-Za-z0-9_-]+/)
	if (p[3] != "0")
		add("initbox", "-" p[3], "", "")
	if (p[4] != "NULL")
		add("initbox", "--" p[4], "", "")
}

FILENAME == "libbb-lite/signal_names.c" && /^\t\{ "[A-Z0-9]+", SIG[A-Z0-9]+ \},$/ {
	split($0, p, /[^A-Z0-9]+/)
	if (p[3] == "SIG" p[2])
		signals = signals " " p[2]
}

/^\/\/applet:/ {
	if (lines)
		end_group()
	split($0, p, /[(), ]+/)
	if (substr(p[1], 13) in selected)
		member[++members] = p[3]
}

/^\/\/usage:/ { usage[++lines] = substr($0, 9) }

END {
	end_group()
	first["initbox"] = "NAME" names
	names = substr(names, 2)
	signals = substr(signals, 2)
	write("bash", "initbox.bash")
	write("zsh", "_initbox")
	write("fish", "initbox.fish")
}
