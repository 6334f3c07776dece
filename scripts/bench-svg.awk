# SPDX-License-Identifier: MIT
#
# The table of scripts/bench.sh from TSV to a picture: a panel of bars for each
# of some measures. Text is text, and colours follow the reader's light or dark
# mode.

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}

# A title as it stands in the table, for a picture.
function spelled_out(text) {
	sub(/: us of/, ": microseconds of", text)
	return toupper(substr(text, 1, 1)) substr(text, 2)
}

function is_ours(who) {
	return who ~ /^(reaper|sigproxy|init|zombiecheck)$/
}

# panel KEY TITLE PROGRAMS: at the next place of the grid
function panel(key, title, programs,    who, n, i, most, x, y, length_px, kind) {
	n = split(programs, who, "|")
	most = 0
	for (i = 1; i <= n; i++)
		if ((key, who[i]) in median && median[key, who[i]] + 0 > most)
			most = median[key, who[i]] + 0
	if (most == 0)
		return
	if (panels % 2 == 0)
		top = bottom + 14
	x = panels++ % 2 * 430 + 10
	y = top
	body = body sprintf("<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", \
		x, y + 14, escape(title))
	y += 24
	for (i = 1; i <= n; i++) {
		if (!((key, who[i]) in median))
			continue
		kind = is_ours(who[i]) ? "ours" : who[i] ~ /^floor/ ? "floor" : "peer"
		length_px = int(median[key, who[i]] / most * 230 + 0.5)
		body = body sprintf("<text class=\"name %s\" x=\"%d\" y=\"%d\">%s" \
			"</text>\n", kind, x + 104, y + 12, escape(who[i]))
		body = body sprintf("<rect class=\"%s\" x=\"%d\" y=\"%d\" " \
			"width=\"%d\" height=\"12\"/>\n", kind, x + 110, y + 2, \
			length_px < 1 ? 1 : length_px)
		body = body sprintf("<text x=\"%d\" y=\"%d\">%s</text>\n", \
			x + 116 + length_px, y + 12, median[key, who[i]])
		y += 17
	}
	if (y > bottom)
		bottom = y
}

BEGIN { FS = "\t" }

NR > 1 {
	median[$2, $5] = $6
	title_of[$2] = $3
}

END {
	inits = "floor|reaper|init|tini|tini-static|dumb-init|catatonit|" \
		"docker-init|BusyBox init|s6-svscan|runsvdir"
	panel("start", "Start, microseconds over none", inits)
	panel("memory", "Private memory of PID 1 when idle, kB", inits)
	panel("finished", spelled_out(title_of["finished"]), inits)
	panel("reap", spelled_out(title_of["reap"]), inits)
	panel("entries-start", title_of["entries-start"], \
		"floor|init|BusyBox init|s6-svscan|runsvdir|supervisord")
	panel("scan", title_of["scan"], "floor: each stat|zombiecheck|" \
		"ps and awk|pgrep -r Z|BusyBox ps")
	height = bottom + 10
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"" \
		height "\" viewBox=\"0 0 860 " height "\" role=\"img\">"
	print "<title>initbox beside its peers</title>"
	print "<style>"
	print "text { font: 11px sans-serif; fill: #24292f }"
	print ".title { font-size: 13px; font-weight: bold }"
	print ".name { text-anchor: end }"
	print "text.ours { font-weight: bold }"
	print "rect.ours { fill: #1a7f37 }"
	print "rect.peer { fill: #8c959f }"
	print "rect.floor { fill: #bf8700 }"
	print "@media (prefers-color-scheme: dark) {"
	print "text { fill: #e6edf3 }"
	print "rect.ours { fill: #3fb950 }"
	print "rect.peer { fill: #6e7681 }"
	print "rect.floor { fill: #d29922 }"
	print "}"
	print "</style>"
	printf "%s", body
	print "</svg>"
}
