/* SPDX-License-Identifier: MIT */
/* hammer.h - the parts of hammer, a client of the tests that treats servers badly */
#ifndef NETIPC_TESTS_HAMMER_H
#define NETIPC_TESTS_HAMMER_H

#include <stdbool.h>
#include <stdint.h>

#include "net/sa.h"

/* What each of the streams does; hammer.c tells of each member. */
struct hammer {
	struct sa sa;
	uint64_t n, deaf, bytes, size, late_ms, most, timeout_ms;
	uint64_t buffer, hold;
};

/* Ends the program with status 3: WHAT, and errno. */
void hammer_die(const char *what);

/* Runs the streams and prints how they ended: 0 if all that were not deaf have been echoed. */
int hammer_streams(const struct hammer *h);

/* Sends one datagram of N bytes from FROM, which need not be ours (raw(7)), to TO: both IPv4. */
void hammer_forge(const struct sa *from, const struct sa *to, size_t n);

#endif
