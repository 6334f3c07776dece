/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what the parts of testsuite/bench/bench.c share.
 *
 * An INIT and a LOAD are one string each: words with blanks between. The LOAD
 * follows an INIT that ends in "--"; any other is told what to run by a file.
 * An empty INIT is none at all: the LOAD runs by itself.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

_Noreturn void fail(const char *what);

long long now_ns(void);
void sleep_ms(long ms);

/* Take the FIFOs "up" and "down" in DIR, over which a LOAD speaks. */
void open_fifos(const char *dir);

/* Each init is PID 1 of a PID namespace of its own, where that is allowed. */
pid_t run_init(const char *init, const char *load, bool traced);

/* When the last run_init began, in ns. */
long long run_began(void);

/* So many bytes from the LOAD; false if they take too long. */
bool hear(void *data, size_t n);

/* For so many processes that are ready. */
bool hear_ready(int n);

/* Take all that is there; how many of it are c. */
int hear_rest(char c);
void tell(void);

/* Wait for its own end; false, and the end is ours, if that takes too long. */
bool await_end(pid_t pid);
void end(pid_t pid);

/* trace.c: print how much an init does from its exec to that of LOAD, unless it
 * takes longer: an interpreter's instructions cannot be counted so. */
int measure_trace(bool steps, int seconds, const char *load, const char *init);
