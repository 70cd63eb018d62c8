/* SPDX-License-Identifier: MIT */
/*
 * ipset.h - sets of addresses of both families
 *
 *	struct ipset s = { 0 };          empty
 *	ipset_add(&s, &range);           in any order, overlaps allowed
 *	ipset_seal(&s);                  sorted, disjoint, nothing adjacent
 *	ipset_index(&s);                 if there will be many look-ups
 *	ipset_has4(&s, 0xc0000201)       is 192.0.2.1 in it?
 *	ipset_fini(&s);
 *
 * A sealed set is one sorted array of ranges a family.  A look-up takes the upper 16 bits of
 * the address to an index of where in the array to search:
 *
 *	index   [ 0 | 0 | 2 | 2 | ... | n ]     65537 numbers
 *	          |       |
 *	ranges  [ 10.0.0.0-10.0.0.9 | 10.0.1.0-10.0.1.255 | 10.2.0.0-... ]
 *
 * All but the functions that add and ipset_seal() want a sealed set.
 */
#ifndef NETIPC_NET_IPSET_H
#define NETIPC_NET_IPSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "net/prefix.h"

/* From FIRST to LAST, both included, in host order. */
struct range4 {
	uint32_t first, last;
};

struct range6 {
	struct u128 first, last;
};

struct ipset4 VEC(struct range4);
struct ipset6 VEC(struct range6);

struct ipset {
	struct ipset4 v4;
	struct ipset6 v6;
	uint32_t *index4, *index6; /* private */
};

/* Frees what S holds and makes it empty. */
void ipset_fini(struct ipset *s);

/* Adds a range; S is then no longer sealed. */
static inline void ipset_add4(struct ipset *s, uint32_t first, uint32_t last)
{
	*vec_push(&s->v4) = (struct range4){ first, last };
}

static inline void ipset_add6(struct ipset *s, struct u128 first, struct u128 last)
{
	*vec_push(&s->v6) = (struct range6){ first, last };
}

void ipset_add(struct ipset *s, const struct range *r);

/* A line of a list of networks. */
struct ipset_line {
	struct prefix prefix;
	const char *label; /* what stands behind the first blank; a part of the line */
	size_t label_len;
};

/*
 * Reads the LEN bytes at TEXT as a line of a list: what prefix_parse() takes, and a label
 * behind a blank.  Blanks at both ends and a CR are left out, and "#" or ";" begins a comment;
 * a comment behind the network is its label.  FLAGS are those of prefix_parse().  Returns 1,
 * 0 if there is nothing in the line, -1 with ERR_USAGE and the column.
 *
 *	192.0.2.0/24 the office      labelled "the office"
 *	192.0.2.0 255.255.255.0      a mask
 *	192.0.2.1 - 192.0.2.9        a range
 */
int ipset_line_read(struct ipset_line *line, const char *text, size_t len, unsigned flags,
		    struct err *err) MUST_CHECK;

/*
 * Adds what the lines in the LEN bytes at DATA name, as long as they are plain: an address or a
 * prefix with a length, a label that cannot be part of it, and DELIMITER.  Returns the bytes of
 * those lines, and adds their number to *LINES; the line behind is for ipset_line_read().
 * IPSET_SLACK bytes behind DATA can be read and are delimiters (struct io_blocks).
 */
size_t ipset_add_lines(struct ipset *s, const char *data, size_t len, char delimiter,
		       unsigned flags, uint64_t *lines);

enum {
	IPSET_SLACK = 64,
};

/* TEXT names a network, or "@class" a class of net/registry.h, whose addresses are added. */
int ipset_add_text(struct ipset *s, const char *text, size_t len, size_t before, unsigned flags,
		   struct err *err) MUST_CHECK;

/* Sorts the ranges and joins those that overlap or touch. */
void ipset_seal(struct ipset *s);

/* How many ranges of FAMILY there are, and range I of them. */
size_t ipset_ranges(const struct ipset *s, unsigned family);
struct range ipset_range(const struct ipset *s, unsigned family, size_t i);

/* Both have the same addresses. */
bool ipset_equal(const struct ipset *a, const struct ipset *b);

/*
 * Makes look-ups fast, for 256 KiB a family that has ranges.  Without it they are right but
 * search the whole array.  Adding or sealing drops it.
 */
void ipset_index(struct ipset *s);

#define IPSET_NONE UINT32_MAX

/* The number of the range that ADDRESS is in, for ipset_range(); IPSET_NONE if in none. */
uint32_t ipset_find4(const struct ipset *s, uint32_t address);
uint32_t ipset_find6(const struct ipset *s, struct u128 address);

/* ADDRESS is in the set. */
static inline bool ipset_has4(const struct ipset *s, uint32_t address)
{
	return ipset_find4(s, address) != IPSET_NONE;
}

static inline bool ipset_has6(const struct ipset *s, struct u128 address)
{
	return ipset_find6(s, address) != IPSET_NONE;
}

/*
 * Look-ups of N addresses at once, some hundred for the best speed: the loads of all are
 * under way together.  FOUND has room for N.
 */
void ipset_find4_batch(const struct ipset *s, const uint32_t *address, uint32_t *found, size_t n);
void ipset_find6_batch(const struct ipset *s, const struct u128 *address, uint32_t *found,
		       size_t n);

/*
 * How an address is in the result, by how it is in A and B: bit 0 stands for in neither,
 * bit 1 for in A alone, bit 2 for in B alone, bit 3 for in both.
 */
enum ipset_op {
	IPSET_UNION = 0xe,
	IPSET_INTERSECTION = 0x8,
	IPSET_DIFFERENCE = 0x2, /* in A but not in B */
	IPSET_REVERSE = 0x4,    /* in B but not in A */
	IPSET_SYMMETRIC = 0x6,  /* in one but not in both */
	IPSET_COMPLEMENT = 0x5, /* not in A */
};

/* OUT, which is empty before and neither of the others, becomes A OP B, sealed. */
void ipset_combine(struct ipset *out, const struct ipset *a, const struct ipset *b,
		   enum ipset_op op);

/* Every address of FAMILY, 4 or 6. */
struct range range_all(unsigned family);

/* Makes the prefixes of FAMILY that are longer than LENGTH that long; S is sealed again. */
void ipset_widen(struct ipset *s, unsigned family, unsigned length);

static inline unsigned range4_first_length(struct range4 r)
{
	unsigned aligned = r.first ? (unsigned)__builtin_ctz(r.first) : 32;
	unsigned fits = 63 - (unsigned)__builtin_clzll((uint64_t)r.last - r.first + 1);

	return 32 - (aligned < fits ? aligned : fits);
}

static inline unsigned range6_first_length(struct range6 r)
{
	struct u128 size = u128_add(u128_sub(r.last, r.first), u128_of(1)); /* 0 for all */
	unsigned aligned = u128_ctz(r.first);
	unsigned fits = size.hi | size.lo ? 127 - u128_clz(size) : 128;

	return 128 - (aligned < fits ? aligned : fits);
}

/*
 * Takes the first of the fewest prefixes off REST and stores it in PREFIX; false, and REST
 * is as it was, if that was all of it:
 *
 *	do {
 *		more = range_next_prefix(&rest, &prefix);
 *		...
 *	} while (more);
 */
bool range_next_prefix(struct range *rest, struct range *prefix);

/* How many addresses: up to 2^128 of IPv6 and 2^32 of IPv4, and sums of some such. */
struct ipcount {
	uint64_t over; /* times 2^128 */
	struct u128 low;
};

enum {
	IPCOUNT_STRLEN = 60,
};

struct ipcount range_count(const struct range *r);
struct ipcount ipset_count(const struct ipset *s, unsigned family);
struct ipcount ipcount_add(struct ipcount a, struct ipcount b);

/* In decimal; returns BUF. */
char *ipcount_format(struct ipcount n, char buf[static IPCOUNT_STRLEN]);

/*
 * Networks that may lie in each other, each with a number: after ipnets_seal() the ranges of
 * SET are disjoint, those of different networks are not joined, and NET4 and NET6 have for
 * each range the number of the smallest network around it.  Of equal networks the one that
 * was added first counts.
 *
 *	i = ipset_find4(&nets.set, address);
 *	if (i != IPSET_NONE)
 *		net = nets.net4[i];
 */
struct ipnets {
	struct ipset set;
	uint32_t *net4, *net6;

	struct ipnets_added VEC(struct ipnet {
		struct range range;
		uint32_t net;
	}) added; /* private */
};

void ipnets_add(struct ipnets *nets, const struct range *r, uint32_t net);
void ipnets_seal(struct ipnets *nets);
void ipnets_fini(struct ipnets *nets);

#endif
