/* SPDX-License-Identifier: MIT */
/*
 * options-sigproxy.c - sigproxy's words and variables, with --map; and those of
 * dumb-init, if the first byte is an odd one.
 *
 * product: libbb-lite/options.c libbb-lite/scope.c
 * product: libbb-lite/family.c libbb-lite/procfs.c libbb-lite/lines.c
 * product: libbb-lite/role.c libbb-lite/exec.c
 */
#include "../../applets/sigproxy.c"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct applet applet = { .name = "sigproxy", .main = sigproxy_main };

	if (size == 0)
		return 0;
	if (data[0] & 1)
		applet.name = "dumb-init";
	values = (struct sigproxy_options){ 0 };
	fuzz_applet(&applet, data + 1, size - 1);
	return 0;
}
