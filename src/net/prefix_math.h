/* SPDX-License-Identifier: MIT */
/*
 * prefix_math.h - subnet arithmetic: counts, neighbours, covers, free space, samples
 *
 * A range may hold 2^128 addresses, which is more than a struct u128 can say: so its size is
 * told as its span, the addresses less one.  ipset.h has its cover and its count.
 */
#ifndef NETIPC_NET_PREFIX_MATH_H
#define NETIPC_NET_PREFIX_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "net/ipset.h"

/* Numbers */

/* Stores A * B; false if it is over 2^128 - 1. */
bool u128_mul(struct u128 a, struct u128 b, struct u128 *product);

/* A / B, which is not zero; stores the rest at REST unless that is NULL. */
struct u128 u128_div(struct u128 a, struct u128 b, struct u128 *rest);

/* A scanner as those of scan.h: decimal digits, at most 2^128 - 1. */
size_t u128_scan(const char *s, const char *end, struct u128 *value);

/* Ranges */

/* How many addresses R has, less one. */
static inline struct u128 range_span(const struct range *r)
{
	return u128_sub(r->last, r->first);
}

/* INNER has no address that OUTER does not have. */
bool range_contains(const struct range *outer, const struct range *inner);

/* The smallest prefix that has all addresses of R. */
struct range range_enclosing(const struct range *r);

/*
 * Moves R by N times its own size, up or BACK; false, and R stays, if that is not in the
 * address space.
 */
bool range_move(struct range *r, struct u128 n, bool back);

/*
 * Stores the address with number I of R, from 0 on, or with FROM_END from -1, the last, as
 * I = 1 on; false if R is too small.
 */
bool range_nth(const struct range *r, struct u128 i, bool from_end, struct u128 *address);

/* The prefixes of LENGTH that lie whole in R, as one range; false if there is none. */
bool range_aligned(const struct range *r, unsigned length, struct range *aligned);

/* Hosts */

/* The addresses of prefix R that hosts may have: IPv4 loses two in less than a /31 (RFC 3021). */
struct range range_of_hosts(const struct range *prefix);

/* The length of the smallest prefix that has addresses for N hosts; -1 if there is none. */
int prefix_length_for_hosts(unsigned family, struct u128 n);

/* Free space as prefixes, in the order of their addresses.  Zero it first. */
struct prefix_pool VEC(struct range);

/* Adds the prefixes of R, which lies behind all that POOL has. */
void prefix_pool_add(struct prefix_pool *pool, const struct range *r);

/*
 * Takes a prefix of LENGTH out of POOL, from the smallest of its prefixes that has room, the
 * first of several; false if none has.  If no prefix is taken after a longer one, what does
 * not fit could not have been placed in any other way either.
 */
bool prefix_pool_take(struct prefix_pool *pool, unsigned length, struct range *taken);

#endif
