# SPDX-License-Identifier: MIT
#
# README's table of initbox beside its peers: the cases of "make peers" and the
# figures of "make bench", from peers.md and then bench.tsv. Without the latter
# the rows without figures only. What was not tested or measured is a dash.

# row TITLE CELL...: of initbox, tini, dumb-init, catatonit, s6, supervisord and
# BusyBox init
function row(title, a, b, c, d, e, f, g) {
	print "| " title " | " a " | " b " | " c " | " d " | " e " | " f " | " \
		g " |"
}

# behaviour CASE: as it is called there
function behaviour(case_) {
	if (!((case_, "reaper") in seen)) {
		print "bench-readme: peers.md has no case: " case_ | "cat 1>&2"
		failed = 1
		return
	}
	row(case_, said(case_, "reaper"), said(case_, "tini"), \
		said(case_, "dumb-init"), said(case_, "catatonit"), dash, dash, dash)
}

function said(case_, who,    cell) {
	cell = seen[case_, who]
	return cell == "-" ? dash : cell == "yes" ? "yes" : "no"
}

# pair KEY KEY UNIT PROGRAM: two figures, or one if the second has no name
function pair(one, two, unit, who) {
	if (!((one, who) in figure))
		return dash
	return shown(one, who) (two == "" ? "" : ", " shown(two, who)) unit
}

function shown(key, who) {
	return key == "size-all" ? commas(int(figure[key, who] / 1000 + 0.5)) : \
		key ~ /^(memory|calls)/ ? commas(figure[key, who]) : figure[key, who]
}

function commas(n) {
	return n < 1000 ? n : commas(int(n / 1000)) sprintf(",%03d", n % 1000)
}

# both KEY: reaper's, and init's, which is more
function both(key) {
	return pair(key, "", "", "reaper") "; `init` " pair(key, "", "", "init")
}

function figures(title, ours, one, two, unit) {
	row(title, ours, pair(one, two, unit, "tini"), \
		pair(one, two, unit, "dumb-init"), \
		pair(one, two, unit, "catatonit"), \
		pair(one, two, unit, "s6-svscan"), \
		pair(one, two, unit, "supervisord"), \
		pair(one, two, unit, "BusyBox init"))
}

# ran PROGRAM HOW: it had all five of the services up, or they could not be stopped
function ran(who, how) {
	return ("services-stop", who) in figure ? how : dash
}

BEGIN { dash = "–" }

# the cases: the first row has the names
FNR == NR && /^\|/ {
	n = split($0, cell, / *\| */)
	for (i = 3; i < n; i++)
		if (!named)
			name[i] = cell[i]
		else
			seen[cell[2], name[i]] = cell[i]
	named = 1
}

FNR != NR && FNR > 1 {
	split($0, cell, "\t")
	figure[cell[2], cell[5]] = cell[6]
	title_of[cell[2]] = cell[3]
}

END {
	row("", "initbox", "tini", "dumb-init", "catatonit", "s6-svscan", \
		"supervisord", "BusyBox init")
	print "|---|:-:|:-:|:-:|:-:|:-:|:-:|:-:|"
	behaviour("A stop: it ends once all of ten descendants have cleaned up")
	behaviour("The command ends by itself: what is left is told and finishes")
	behaviour("TERM is forwarded to the command")
	behaviour("500 orphans that end at once leave no zombie")
	behaviour("Its exit status is the command's")
	row("initbox takes its place by a link", "", "yes", "yes", "yes", dash, \
		dash, "yes")
	row("Starts a program when another one is ready", "yes", dash, dash, \
		dash, dash, dash, dash)
	if (("services-stop", "init") in figure) {
		row("Runs five programs", ran("init", "yes"), \
			ran("tini", "by a script"), \
			ran("dumb-init", "by a script"), dash, \
			ran("s6-svscan", "yes"), ran("supervisord", "yes"), \
			ran("BusyBox init", "yes"))
		figures("Stop of these, the slowest cleans up for 300 ms: told, " \
			"finished", pair("services-told", "services-finished", \
			"", "init"), "services-told", "services-finished", "")
		figures("... exit status, ms until it ended", \
			pair("services-status", "services-stop", " ms", "init"), \
			"services-status", "services-stop", " ms")
		figures("S" substr(title_of["finished"], 2) ", ms until it ended", \
			pair("finished", "stop", " ms", "reaper"), \
			"finished", "stop", " ms")
		figures("File with its libraries, kB", \
			pair("size-all", "", "", "reaper"), "size-all")
		figures("Private memory when idle, kB", both("memory"), "memory")
		figures("System calls until the command's exec", \
			both("calls-all"), "calls-all")
	}
	if (failed)
		exit 1
}
