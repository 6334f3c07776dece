/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the targets share.
 *
 * A target is one file NAME.c with LLVMFuzzerTestOneInput; its comment says
 * which files of the product it needs (scripts/fuzz.mk). All are compiled so
 * that the calls which would leave the process end in fuzz.c.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "libbb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to be true of any input; else this one is a finding. */
#define HOLDS(condition) \
	((condition) ? (void)0 : fuzz_finding(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_finding(const char *file, int line, const char *what);

/* A copy of exactly that size and a NUL behind it, so that a read beyond it is
 * seen; the caller frees it. */
char *fuzz_copy(const void *data, size_t size);

/* ---- text ------------------------------------------------------------ */

/* What the product wrote to stdout and sent: fuzz_out[0..fuzz_out_length-1]. */
#define FUZZ_OUT_BYTES (1 << 20)
extern char fuzz_out[FUZZ_OUT_BYTES];
extern size_t fuzz_out_length;
/* Whether it is UTF-8; with `terminal` also no control character in it but
 * newlines. */
bool fuzz_is_text(const char *text, size_t length, bool terminal);
/* Whether it is one JSON value and a newline. */
bool fuzz_is_json(const char *text, size_t length);

/* ---- files ----------------------------------------------------------- */

/* The files that the product opens: with `split` a line "@PATH" begins one,
 * else the input is what is in each. The data stays the caller's. */
void fuzz_files(const uint8_t *data, size_t size, bool split);
/* The folder of all of them; the caller closes it. */
int fuzz_root(void);

/* ---- words ----------------------------------------------------------- */

/* The input's lines are the words behind `name`, and behind an empty line the
 * environment. The applet is called with them. */
int fuzz_applet(const struct applet *applet, const uint8_t *data, size_t size);
/* What getpid(2) says. */
extern pid_t fuzz_pid;

#endif
