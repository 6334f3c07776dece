# SPDX-License-Identifier: MIT
#
# What the functions of C files call, as text in the layout that clang-format
# gives it: a body begins with "{" and ends with "}" in the first column.
#
# output, a line each:  FILE LINE FUNCTION call NAME    NAME(...) is called
#                       FILE LINE FUNCTION lines N      the body, with braces
#                       FILE LINE - directive NAME      #if and its relatives
#                       FILE LINES - file -             at the end of the file
# For syscall(SYS_x, ...) the call is named SYS_x.

function end_of_file() {
	if (file != "")
		print file, last, "-", "file", "-"
}

# The line without comments and the insides of strings.
function strip(text,    out, at) {
	gsub(/\\./, "", text)
	gsub(/'[^']*'/, "0", text)
	for (;;) {
		if (in_comment) {
			at = index(text, "*/")
			if (!at)
				return out
			text = substr(text, at + 2)
			in_comment = 0
		}
		if (!match(text, /"|\/\*|\/\//))
			return out text
		out = out substr(text, 1, RSTART - 1)
		if (RLENGTH == 1) {
			text = substr(text, RSTART + 1)
			at = index(text, "\"")
			text = at ? substr(text, at + 1) : ""
			out = out "\"\""
		} else if (substr(text, RSTART, 2) == "//") {
			return out
		} else {
			text = substr(text, RSTART + 2)
			in_comment = 1
		}
	}
}

FNR == 1 {
	end_of_file()
	file = FILENAME
	name = "-"
	in_body = in_comment = 0
}

{
	last = FNR
	code = strip($0)
}

code ~ /^#[ \t]*(if|ifdef|ifndef|elif)/ {
	word = code
	gsub(/^#[ \t]*[a-z]+[ \t]*/, "", word)
	gsub(/[^A-Za-z0-9_]+/, "-", word)
	print file, FNR, "-", "directive", word
}

code ~ /^#/ { next }

# A head: the name is what stands before the first parenthesis.
!in_body && code ~ /^[A-Za-z_].*\(/ && code !~ /;$/ {
	name = substr(code, 1, index(code, "(") - 1)
	sub(/.*[^A-Za-z0-9_]/, "", name)
}

!in_body && code ~ /^[{]/ {
	in_body = FNR
	next
}

in_body && code ~ /^[}]/ {
	print file, in_body, name, "lines", FNR - in_body + 1
	in_body = 0
	name = "-"
	next
}

in_body {
	while (match(code, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		word = substr(code, RSTART, RLENGTH - 1)
		code = substr(code, RSTART + RLENGTH)
		if (word == "syscall" && match(code, /^SYS_[a-z0-9_]*/))
			word = substr(code, 1, RLENGTH)
		if (word !~ /^(if|while|for|switch|return|sizeof|do)[ \t]*$/)
			print file, FNR, name, "call", word
	}
}

END { end_of_file() }
