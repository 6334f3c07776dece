# SPDX-License-Identifier: MIT
#
# Print compile_commands.json (JSON Compilation Database).
# Arguments: FOLDER SOURCE... -- COMPILER FLAG...

function json(text,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		out = out (c == "\\" || c == "\"" ? "\\" c : c)
	}
	return "\"" out "\""
}

BEGIN {
	for (sources = 2; ARGV[sources] != "--"; sources++)
		;
	for (i = sources + 1; i < ARGC; i++)
		flags = flags json(ARGV[i]) ", "
	print "["
	for (i = 2; i < sources; i++)
		print "  {\"directory\": " json(ARGV[1]) ", \"file\": " json(ARGV[i]) \
			",\n   \"arguments\": [" flags "\"-c\", " json(ARGV[i]) "]}" \
			(i < sources - 1 ? "," : "")
	print "]"
}
