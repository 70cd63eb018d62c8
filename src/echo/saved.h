/* SPDX-License-Identifier: MIT */
/*
 * saved.h - all that a measurement came to, as a line of text that loses nothing
 *
 * A line is an object of JSON, so that other programs can read it, and files of many are made by
 * putting them one behind the other.  Those that measured the same thing merge: counts are added,
 * histograms are as if all values had been added to one, and the time is from the earliest begin
 * to the latest end by the clocks of their machines.
 */
#ifndef NETIPC_ECHO_SAVED_H
#define NETIPC_ECHO_SAVED_H

#include "base/buf.h"
#include "echo/load.h"
#include "echo/ping.h"

enum saved_mode {
	SAVED_PING,
	SAVED_LOAD,
	SAVED_BULK,
	SAVED_CHURN,
	SAVED_MODES,
};

enum saved_kind {
	SAVED_TCP,
	SAVED_UDP,
	SAVED_UNIX,
	SAVED_DGRAM,
	SAVED_SEQPACKET,
	SAVED_KINDS,
};

/* About 180 KB; saved_fini() when it is not needed any more. */
struct saved {
	/* What was measured: those that differ in it do not merge. */
	uint64_t mode;  /* enum saved_mode */
	uint64_t kind;  /* enum saved_kind: of the sockets */
	uint64_t paced; /* 1: open loop, the load had a rate */
	uint64_t own;   /* 1: the ping had a connection for each probe */

	uint64_t runs; /* that were merged; 1 as it is measured */
	uint64_t size_min, size_max;
	uint64_t at_a_time; /* connections that were asked for */
	uint64_t rate;
	uint64_t begin_ns;   /* since 1970 */
	char *peer;          /* NULL: several */
	uint64_t error_kind; /* of LOAD.FAULT */
	char *error;

	struct load_result load; /* of the modes but SAVED_PING, whose result is PING */
	struct ping_result ping;
};

/* Appends S as a line. */
void saved_write(struct buf *b, const struct saved *s);

/*
 * Reads the LEN bytes at LINE into S.  ERR_USAGE if they are no such line, or if it says what no
 * measurement can have come to; S is empty then.
 */
int saved_read(struct saved *s, const char *line, size_t len, struct err *err) MUST_CHECK;

/*
 * Adds FROM to S.  ERR_USAGE if they did not measure the same thing, or if a count would be too
 * large; S is as it was then.
 */
int saved_merge(struct saved *s, const struct saved *from, struct err *err) MUST_CHECK;

void saved_fini(struct saved *s);

#endif
