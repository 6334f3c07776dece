# SPDX-License-Identifier: MIT
#
# Functions that a header declares in a group without a comment above it. A
# group ends with a blank line, and where a struct or an enum ends.
#
# output: FILE:LINE: NAME

/^$/ || /^[}];?$/ { covered = 0 }
/^\/\*/ || /^ \*/ { covered = !/^\/\* ----/ }
/^(extern )?[a-z_].*\(/ && !/^(typedef|struct [a-z_]* [{])/ {
	name = substr($0, 1, index($0, "(") - 1)
	sub(/.*[^A-Za-z0-9_]/, "", name)
	if (!covered)
		print FILENAME ":" FNR ": " name
}
