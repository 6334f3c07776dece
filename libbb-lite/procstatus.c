/* SPDX-License-Identifier: MIT */
/*
 * procstatus.c - what /proc/PID/status says beyond stat (proc(5)).
 *
 * Line by line: the line "Groups:" stands before the signal masks and may be
 * longer than any buffer.
 */
//kbuild:obj-y += procstatus.o

#include "libbb.h"

/* In the order of enum proc_status_field. */
static const char names[][10] = { "TracerPid", "Uid", "Threads", "NSpid",
	"SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt" };

/* The digit's value, or 99. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

/* The first number of the text, or the last. */
static uint64_t number_in(const char *s, unsigned base, bool last)
{
	uint64_t n = 0;

	for (bool inside = false; *s; s++) {
		if (digit_value(*s) < base) {
			n = (inside ? n * base : 0) + digit_value(*s);
			inside = true;
		} else if (inside && !last) {
			break;
		} else {
			inside = false;
		}
	}
	return n;
}

void proc_status_line(const char *line, struct proc_status *out)
{
	const char *colon = strchr(line, ':');

	if (!colon)
		return;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		size_t length = (size_t)(colon - line);

		if (strncmp(names[i], line, length) == 0 &&
			names[i][length] == '\0')
			out->field[i] = number_in(colon + 1,
				i >= STATUS_PENDING ? 16 : 10,
				i == STATUS_NS_PID);
	}
}

int proc_read_status(int proc_fd, pid_t pid, struct proc_status *out)
{
	char path_buffer[32];
	struct text path = TEXT_ON(path_buffer);
	struct lines lines;
	const char *line;

	*out = (struct proc_status){ 0 };
	text_format(&path, "%d/status", pid);
	if (lines_open(&lines, proc_fd, path.at) < 0)
		return -1;
	/* Nothing of interest comes behind SigCgt; who ends meanwhile may have
	 * said half of it. */
	do {
		line = lines_next(&lines);
		if (line)
			proc_status_line(line, out);
	} while (line && !behind("SigCgt", line));
	lines_close(&lines);
	errno = lines.error ? lines.error : EINVAL;
	return line ? 0 : -1;
}
