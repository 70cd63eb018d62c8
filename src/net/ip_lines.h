/* SPDX-License-Identifier: MIT */
/*
 * ip_lines.h - runs of lines that are addresses
 *
 * Most lines of most files are addresses in their canonical form already: those are only
 * looked at, with the instructions that this machine has.  The others are read and written
 * anew; what is no plain address at all is left to the caller.
 */
#ifndef NETIPC_NET_IP_LINES_H
#define NETIPC_NET_IP_LINES_H

#include <stddef.h>
#include <stdint.h>

enum {
	/* Bytes behind the last line that must be readable and be delimiters. */
	IP_LINES_SLACK = 64,
	/* Bytes that may be touched behind what is written. */
	IP_LINES_ROOM = 128,
};

/* A run of lines of any spelling. */
struct ip_lines {
	const char *at, *end; /* what is left to read */
	char *to;             /* the end of what is written */
	uint64_t lines;       /* that were read */
	char delimiter;
};

/* What goes through lines with the instructions that a machine has. */
struct ip_kernel {
	const char *name; /* "sse4.1" */

	/*
	 * The bytes from AT on that are lines of nothing but an address as ip_format() writes it,
	 * each with DELIMITER behind it; 0 if the first line is none.  Not every such line is
	 * known: IPv6 addresses that are rare or take long to tell end the run too.  *LINES grows
	 * by their number.  The last line may have its delimiter behind END, which is counted
	 * then.
	 */
	size_t (*pass)(const char *at, const char *end, char delimiter, uint64_t *lines);

	/*
	 * Writes the canonical form of the lines from L->at on, a CR before the delimiter left
	 * out, until one is no address or MAX are done; moves the pointers and counts.  At L->to
	 * there is room for twice the bytes up to L->end and IP_LINES_ROOM more.
	 */
	void (*rewrite)(struct ip_lines *l, unsigned max);
};

/* The one for INDEX of those that this machine has, the best first; NULL behind the last. */
const struct ip_kernel *ip_lines_kernel(unsigned index);

#endif
