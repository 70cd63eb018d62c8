/* SPDX-License-Identifier: MIT */
/*
 * fault.h - what a test server does wrong on purpose
 *
 * For other people's clients: delays, loss, repetition, wrong order, wrong bytes, short writes,
 * resets.  A seed makes each run the same: what happens to a unit, a datagram or what one read of a
 * stream brings, depends on the seed and the number of the unit alone.
 */
#ifndef NETIPC_ECHO_FAULT_H
#define NETIPC_ECHO_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FAULT_WHOLE = 1000000, /* a share of 1: shares are in millionths */
};

/* How a connection ends that the client did not end. */
enum fault_end {
	FAULT_NEVER,
	FAULT_RESET, /* RST: what is on its way is lost */
	FAULT_CLOSE, /* FIN, behind what came before */
	FAULT_STALL, /* it stays open, and nothing more is read or sent */
};

/* Zeroed: no fault. */
struct fault_config {
	uint64_t seed;
	uint64_t delay_ns, jitter_ns;               /* before each unit: DELAY +- JITTER */
	uint32_t loss, duplicate, reorder, corrupt; /* shares of units, in millionths */
	uint64_t chunk;     /* bytes of a stream sent at once at most; 0: all */
	enum fault_end end; /* of each connection ... */
	uint64_t end_after; /* ... when so many bytes of it have come */
};

/* How often each was done. */
struct fault_counters {
	uint64_t units, delayed, lost, duplicated, reordered, corrupted, resets, closes, stalls;
};

/* What happens to one unit. */
struct fault_plan {
	uint64_t delay_ns;
	bool lose, duplicate;
	bool reorder; /* it goes out behind the next one */
	bool corrupt;
	size_t at;      /* the byte that is changed ... */
	uint8_t change; /* ... by this, which is not 0: byte ^ CHANGE */
};

/* Nothing to be done wrong: the fast path may be taken. */
bool fault_none(const struct fault_config *config);

/* Plans unit NUMBER, of LEN bytes, and counts it; a unit that is lost has no other fault. */
void fault_plan(struct fault_plan *plan, const struct fault_config *config, uint64_t number,
		size_t len, struct fault_counters *counters);

/*
 * TEXT is a share: "5%", "0.1%", "0.05" or "1/20"; MILLIONTHS is set, false if it is none or
 * over 1.
 */
bool fault_share(const char *text, uint32_t *millionths);

#endif
