# SPDX-License-Identifier: MIT
# Make the help texts of applets.h about half as long: two bytes that are often
# side by side become one from 128 on, again and again (byte pair encoding).
# help.c makes them whole again. Writes $NEW/squeezed and $NEW/help_pairs.h.
# Works in any POSIX awk; texts are ASCII.

# Append the bytes of a C string's inside to t[], and a 0.
function take(text,    i, c) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\") {
			c = substr(text, ++i, 1)
			if (c == "n")
				c = "\n"
		}
		t[++n] = code[c]
	}
	t[++n] = 0
}

# Turn the most frequent pairs into bytes, at most eight at a time: they may
# have no byte in common. False when none is worth it.
function squeeze_once(    i, key, count, best, used, byte_of, made, kept) {
	for (i = 1; i < n; i++)
		if (t[i] && t[i + 1])
			count[t[i] * 256 + t[i + 1]]++
	for (made = 0; made < 8 && next_byte < 256; made++) {
		best = 0
		for (key in count) {
			if (int(key / 256) in used || key % 256 in used)
				continue
			if (!best || count[key] > count[best] ||
			    (count[key] == count[best] && key + 0 < best + 0))
				best = key
		}
		if (!best || count[best] < 4)
			break
		used[int(best / 256)] = used[best % 256] = 1
		first[next_byte] = int(best / 256)
		second[next_byte] = best % 256
		byte_of[best] = next_byte++
	}
	for (i = 1; i <= n; i++) {
		key = t[i] * 256 + t[i + 1]
		if (made && i < n && key in byte_of) {
			t[++kept] = byte_of[key]
			i++
		} else {
			t[++kept] = t[i]
		}
	}
	n = kept
	return made
}

function literal(b) {
	if (b == 10)
		return "\\n"
	if (b >= 128)
		return sprintf("\\%03o", b)
	return (b == 34 || b == 92 ? "\\" : "") sprintf("%c", b)
}

BEGIN {
	for (i = 1; i < 128; i++)
		code[sprintf("%c", i)] = i
	next_byte = 128
	new = ENVIRON["NEW"]
	printf "" >(new "/squeezed")
	start = " IF_FEATURE_HELP(\""
}

{
	at = index($0, start) + length(start)
	head[NR] = substr($0, 1, at - 1)
	text = substr($0, at)
	tail[NR] = substr(text, length(text) - 3) # '")))'
	text = substr(text, 1, length(text) - 4)
	if (/[^ -~]/) {
		split($0, name, "\"")
		print "applet " name[2] ": its //usage: lines have something" \
			" else than ASCII's characters" | "cat 1>&2"
		failed = 1
		exit 1
	}
	if (!(text in number)) {
		number[text] = ++texts
		take(text)
	}
	of[NR] = number[text]
}

END {
	if (failed)
		exit 1
	while (squeeze_once())
		;
	for (i = 1; i <= n; i++) {
		if (t[i])
			out[done + 1] = out[done + 1] literal(t[i])
		else
			done++
	}
	for (i = 1; i <= NR; i++)
		print head[i] out[of[i]] tail[i] >(new "/squeezed")
	pairs = new "/help_pairs.h"
	printf "" >pairs
	for (i = 128; i < next_byte; i++)
		print "{ " first[i] ", " second[i] " }," >pairs
}
