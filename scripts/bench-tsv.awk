# SPDX-License-Identifier: MIT
#
# Samples "KEY<tab>PROGRAM<tab>VALUE", sorted by value, to the table of
# scripts/bench.sh as TSV: median, quartiles, how many samples, ratio to the
# floor. What was measured and who it was measured on stands here, in the order
# in which it is shown; the variables are the numbers in the titles.

function measure(key, table, title, unit, format, scale) {
	keys[++measures] = key
	table_of[key] = table
	title_of[key] = title
	unit_of[key] = unit
	format_of[key] = format
	scale_of[key] = scale
}

function at(key, program, q,    n) {
	n = count[key, program]
	return sprintf(format_of[key], \
		sample[key, program, int((n - 1) * q + 1.5)] * scale_of[key])
}

function is_floor(program) {
	return program ~ /^floor/
}

BEGIN {
	FS = OFS = "\t"
	measure("size", "init", "file, bytes", "bytes", "%d", 1)
	measure("size-all", "init", "... with its libraries", "bytes", "%d", 1)
	measure("memory", "init", "private dirty memory when idle, kB", "kB", \
		"%d", 1)
	measure("calls", "init", "system calls to the command's exec, its own", \
		"calls", "%d", 1)
	measure("calls-all", "init", "... with its children's", "calls", "%d", 1)
	measure("instructions", "init", \
		"user instructions to the command's exec, its own", \
		"instructions", "%d", 1)
	measure("instructions-all", "init", "... with its children's", \
		"instructions", "%d", 1)
	measure("start", "init", "start over none, us", "us", "%.0f", 0.001)
	measure("wakeups", "init", "wakeups in " idle " s idle", "wakeups", \
		"%d", 1)
	measure("signal", "init", "signal to the command's handler, us", "us", \
		"%.1f", 0.001)
	measure("reap", "init", orphans " orphans, " batch \
		" at once: us of CPU each", "us", "%.2f", 0.001)
	measure("zombies", "init", "... most zombies at once", "zombies", "%d", 1)
	measure("finished", "init", "stop of " workers " that clean up for " \
		cleanup " ms: finished", "processes", "%d", 1)
	measure("stop", "init", "... ms until it ended", "ms", "%.0f", 0.000001)
	measure("entries-start", "init", entries " entries: ms until all run", \
		"ms", "%.0f", 0.000001)
	measure("entries-stop", "init", "... ms until it ended at a stop", "ms", \
		"%.0f", 0.000001)
	measure("entries-finished", "init", "... of them ended by themselves", \
		"processes", "%d", 1)
	measure("scan", "scan", processes " processes, a tenth zombies: " \
		"ms of CPU", "ms", "%.0f", 1)
	measure("scan-memory", "scan", "... memory at most, KiB", "KiB", "%d", 1)
	measure("services-stop", "services", "stop of 5 services, the slowest " \
		"cleans up for 300 ms: ms", "ms", "%.0f", 1)
	measure("services-told", "services", "... told", "services", "%d", 1)
	measure("services-finished", "services", "... finished", "services", \
		"%d", 1)
	measure("services-status", "services", "... exit status", "status", \
		"%d", 1)
	measure("services-rss", "services", "20 services: RSS of PID 1, kB", \
		"kB", "%d", 1)
	measure("services-private", "services", "... private, kB", "kB", "%d", 1)

	programs = split("floor|floor: each stat|reaper|sigproxy|init|" \
		"tini|tini-static|dumb-init|catatonit|docker-init|BusyBox init|" \
		"s6-svscan|runsvdir|supervisord|bash|zombiecheck|" \
		"zombiecheck --json|ps and awk|pgrep -r Z|BusyBox ps", name, "|")
}

{
	sample[$1, $2, ++count[$1, $2]] = $3
}

END {
	print "table", "key", "measure", "unit", "program", "median", "lower", \
		"upper", "samples", "ratio"
	for (m = 1; m <= measures; m++) {
		key = keys[m]
		base = 0
		for (p = 1; p <= programs; p++) {
			who = name[p]
			if (!count[key, who])
				continue
			if (is_floor(who))
				base = at(key, who, 0.5)
			median = at(key, who, 0.5)
			ratio = base > 0 ? sprintf("%.2f", median / base) : "-"
			print table_of[key], key, title_of[key], unit_of[key], \
				who, median, at(key, who, 0.25), \
				at(key, who, 0.75), count[key, who], ratio
		}
	}
}
