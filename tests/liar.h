/* SPDX-License-Identifier: MIT */
/* liar.h - an echo server that lies, in the process that calls it: for liar.c and unit tests */
#ifndef NETIPC_TESTS_LIAR_H
#define NETIPC_TESTS_LIAR_H

#include <stdbool.h>
#include <stdint.h>

#include "net/sa.h"

/* Each is told in liar.c. */
enum lie {
	LIE_HONEST,
	LIE_WRONG,
	LIE_MISSING,
	LIE_EXTRA,
	LIE_DUPLICATE,
	LIE_REORDERED,
	LIE_LATE,
	LIE_NEVER,
	LIE_CLOSES,
	LIE_RESETS,
	LIE_TAIL,
	LIE_ENDLESS,
	LIE_URGENT,
	LIE_GROWS,
	LIE_STARVES,
	LIE_NAGLE,
	LIE_ELSEWHERE,
	LIE_FOREIGN,
	LIES,
};

struct liar {
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	enum lie lie;
	uint64_t where;
	uint64_t late_ms;
};

/* The lie of that name, or LIES. */
enum lie liar_lie(const char *name);

/* A socket for LIAR on 127.0.0.1; its address in SA.  -1 with errno. */
int liar_open(const struct liar *liar, struct sa *sa);

/* Serves on FD for ever, but ends the process when its parent has ended. */
void liar_serve(const struct liar *liar, int fd);

#endif
