/* SPDX-License-Identifier: MIT */
/* seven.c - a command that needs nothing: says "up" and ends with 7. */
#include <unistd.h>

int main(void)
{
	return write(STDOUT_FILENO, "up\n", 3) == 3 ? 7 : 8;
}
