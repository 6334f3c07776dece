/* SPDX-License-Identifier: MIT */
/*
 * stat.c - the line of /proc/PID/stat.
 *
 * product: libbb-lite/procfs.c libbb-lite/lines.c libbb-lite/role.c
 */
#include "fuzz.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proc_stat stat;
	char *line = malloc(size ? size : 1); /* without a NUL */

	if (size > 0)
		memcpy(line, data, size);
	if (proc_parse_stat(line, size, &stat) == 0) {
		HOLDS(stat.pid >= 0);
		HOLDS(memchr(line, '(', size) && memchr(line, ')', size));
	} else {
		HOLDS(errno == EINVAL);
	}
	HOLDS(memchr(stat.comm, '\0', sizeof(stat.comm)));
	proc_is_dead(&stat);
	free(line);
	return 0;
}
