# SPDX-License-Identifier: MIT
#
# The table of scripts/bench.sh from TSV to Markdown, with a list of the goals.

# table TITLE NAME PROGRAMS: a row for each measure that one of these has
function table(title, name, programs,    who, n, i, m, cells, line, rule) {
	n = split(programs, who, "|")
	for (i = 1; i <= n; i++)
		if (!seen[name, who[i]])
			who[i] = ""
	line = "| " title " |"
	rule = "|---|"
	for (i = 1; i <= n; i++)
		if (who[i] != "") {
			line = line " " who[i] " |"
			rule = rule "--:|"
		}
	if (rule == "|---|")
		return
	print line "\n" rule
	for (m = 1; m <= measures; m++) {
		if (table_of[m] != name)
			continue
		line = "| " title_of[m] " |"
		cells = 0
		for (i = 1; i <= n; i++) {
			if (who[i] == "")
				continue
			line = line " " cell(key_of[m], who[i]) " |"
			if (who[i] != "floor" && (key_of[m], who[i]) in median)
				cells++
		}
		if (cells > 0)
			print line
	}
	print ""
}

function cell(key, who,    text) {
	if (!((key, who) in median))
		return "-"
	text = median[key, who]
	if (lower[key, who] != upper[key, who])
		text = text " (" lower[key, who] "-" upper[key, who] ")"
	if (who !~ /^floor/ && ratio[key, who] != "-" && key !~ /^size|finished/)
		text = text " " ratio[key, who] "x"
	return text
}

# goal TEXT KEY PROGRAM VALUE LIMIT: met if the value is that at most
function goal(text, key, who, value, limit) {
	if (value == "" || value == "-")
		return
	if (!goals++)
		print "| goal | limit | measured | met |\n|---|--:|--:|---|"
	print "| " text ": " who " | " limit " | " value " | " \
		(value + 0 <= limit + 0 ? "yes" : "no") " |"
}

function goal_ratio(text, key, who, limit) {
	goal(text, key, who, ratio[key, who], limit)
}

function goal_value(text, key, who, limit) {
	goal(text, key, who, median[key, who], limit)
}

BEGIN { FS = "\t" }

NR == 1 { next }

!(($1, $2) in known) {
	known[$1, $2] = 1
	title_of[++measures] = $3
	key_of[measures] = $2
	table_of[measures] = $1
}

{
	seen[$1, $5] = 1
	median[$2, $5] = $6
	lower[$2, $5] = $7
	upper[$2, $5] = $8
	ratio[$2, $5] = $10
}

END {
	table("one command", "init", \
		"floor|reaper|sigproxy|tini|tini-static|dumb-init|catatonit|docker-init")
	table("several programs", "init", \
		"floor|init|BusyBox init|s6-svscan|runsvdir|supervisord")
	table("who are the zombies?", "scan", "floor: each stat|zombiecheck|" \
		"zombiecheck --json|ps and awk|pgrep -r Z|BusyBox ps")
	table("services", "services", "init|BusyBox init|s6-svscan|supervisord|" \
		"tini|dumb-init|bash")

	goal_value("private dirty memory, kB", "memory", "reaper", 28)
	goal_value("private dirty memory, kB", "memory", "sigproxy", 28)
	goal_ratio("start, x floor", "start", "reaper", 1.3)
	goal_value("start, system calls", "calls-all", "reaper", 15)
	goal_value("start, user instructions", "instructions-all", "reaper", 5000)
	goal_value("wakeups", "wakeups", "reaper", 0)
	goal_value("wakeups", "wakeups", "sigproxy", 0)
	goal_value("wakeups", "wakeups", "init", 0)
	goal_ratio("signal to handler, x floor", "signal", "reaper", "1.00")
	goal_ratio("backlog, per zombie, x floor", "reap", "reaper", "1.00")
	goal_ratio("most zombies at once, x floor", "zombies", "reaper", "1.00")
	goal_ratio("finished at a stop, x floor (not less)", "finished", \
		"reaper", "1.00")
	goal_ratio("stop, x floor", "stop", "reaper", "1.10")
	goal_ratio("500 entries, start all, x floor", "entries-start", "init", \
		"1.50")
	goal_ratio("500 entries, stop all, x floor", "entries-stop", "init", \
		"1.50")
	goal_ratio("scan, x floor", "scan", "zombiecheck", 0.95)
	if (median["scan", "zombiecheck"] > 0)
		goal("scan, x time of ps and awk", "scan", "ps and awk", \
			sprintf("%.2f", median["scan", "zombiecheck"] / \
			median["scan", "ps and awk"]), "0.20")
}
