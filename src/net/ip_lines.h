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
};

/*
 * The bytes from AT on that are lines of nothing but an address as ip_format() writes it, each
 * with DELIMITER behind it; 0 if the first line is none.  Not every such line is known: IPv6
 * addresses that are rare or take long to tell end the run too.  *LINES grows by their number.
 * The last line may have its delimiter behind END, which is counted then.
 */
typedef size_t ip_lines_fn(const char *at, const char *end, char delimiter, uint64_t *lines);

/* The fastest for this machine, and the one that runs on all of them. */
ip_lines_fn *ip_lines_best(void);
size_t ip_lines_scalar(const char *at, const char *end, char delimiter, uint64_t *lines);

/* The one for INDEX of those that this machine has, from 0; NULL behind the last.  For tests. */
ip_lines_fn *ip_lines_get(unsigned index);

/* A run of lines of any spelling. */
struct ip_lines {
	const char *at, *end; /* what is left to read */
	char *to;             /* the end of what is written */
	uint64_t lines;       /* that were read */
	char delimiter;
};

/*
 * Writes the canonical form of the lines from L->at on, a CR before the delimiter left out, until
 * one is no address or MAX are done; moves the pointers and counts.  At L->to there is room
 * for twice the bytes up to L->end and IP_LINES_SLACK more.
 */
void ip_lines_rewrite(struct ip_lines *l, unsigned max);

#endif
