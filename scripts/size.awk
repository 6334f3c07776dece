# SPDX-License-Identifier: MIT
#
# Who takes how much: read a link map of GNU ld, print for each applet, each
# file of libbb-lite and the libc as a whole
#   GROUP NAME TEXT DATA BSS
# in bytes; read-only data counts as text.  BUILD is the build folder, as it
# stands in the map.  What the linker threw away has address 0.

function hex(text,    i, n) {
	text = tolower(substr(text, 3))
	for (i = 1; i <= length(text); i++)
		n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n + 0
}

function owner(path,    part) {
	if (index(path, build "/") != 1)
		return path ~ /libc\.a\(/ ? "libc libc" : "libc start-up"
	path = substr(path, length(build) + 2)
	split(path, part, "/")
	sub(/\.o$/, "", part[2])
	return part[1] " " part[2] (part[1] == "applets" ? "" : ".c")
}

function column(section) {
	if (section ~ /^(\.bss|COMMON)/)
		return "bss"
	return section ~ /^\.(data|got|init_array|fini_array|tdata)/ ? "data" \
		: "text"
}

# What the others have for an address is their place among their like.
function is_loaded(section) {
	return section !~ /^\.(comment|debug|gnu|note|stab)/
}

BEGIN { build = ENVIRON["BUILD"] }

/^Linker script and memory map/ { in_map = 1 }
!in_map { next }

# A long section name stands on a line of its own.
/^ [.C][^ ]*$/ { section = $1; next }
/^ [.C][^ ]* / { section = $1; $1 = "" ; $0 = $0 }
/^ *0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ && section != "" {
	if (hex($1) > 0 && hex($2) > 0 && is_loaded(section)) {
		who = owner($3)
		seen[who] = 1
		bytes[who, column(section)] += hex($2)
	}
	section = ""
}

END {
	for (who in seen)
		print who, bytes[who, "text"] + 0, bytes[who, "data"] + 0, \
			bytes[who, "bss"] + 0
}
