/* SPDX-License-Identifier: MIT */
/*
 * prefix.h - what can be written where addresses are wanted: one, a prefix, a range
 *
 *	192.0.2.1                     one address
 *	192.0.2.0/24                  a prefix (RFC 4632, RFC 4291 section 2.3)
 *	192.0.2.0/255.255.255.0       with a netmask, or a blank in place of the slash
 *	192.0.2.0/0.0.0.255           with a wildcard (an inverted netmask)
 *	192.0.2.1-192.0.2.9           from the first to the last
 *	192.0.2.1+9                   nine addresses from the first on
 *	ip4:192.0.2.0/24              a mechanism of an SPF record (RFC 7208), ip6: likewise
 */
#ifndef NETIPC_NET_PREFIX_H
#define NETIPC_NET_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "net/ip_legacy.h"
#include "net/ip_num.h"

/* Addresses of one family from FIRST to LAST, both included; never empty. */
struct range {
	uint8_t family; /* 4 or 6 */
	struct u128 first, last;
};

enum prefix_form {
	PREFIX_ADDRESS,
	PREFIX_LENGTH,
	PREFIX_NETMASK,
	PREFIX_WILDCARD,
	PREFIX_RANGE,
	PREFIX_COUNT,
};

struct prefix {
	struct range range;  /* of a prefix: all of its addresses */
	struct u128 address; /* as it was written: bits behind the length may be set */
	int length;          /* of a prefix, an address included; -1 for a range or a count */
	enum prefix_form form;
	struct ip_legacy legacy; /* the first address that only inet_aton(3) reads so */
};

enum prefix_flags {
	PREFIX_STRICT = 1 << 0, /* refuse a prefix with bits behind its length */
	PREFIX_LEGACY = 1 << 1, /* addresses as inet_aton(3) reads them too */
};

enum {
	/* The longest text of a range: two addresses, a dash, a NUL. */
	PREFIX_STRLEN = 2 * IP_STRLEN,
};

/*
 * Parses the LEN bytes at TEXT, of which nothing may be left over.  FLAGS are of enum
 * prefix_flags.  ERR_USAGE with the reason and the column, from 1; BEFORE is how many bytes
 * of the user's text stand before TEXT.
 */
int prefix_parse(struct prefix *p, const char *text, size_t len, size_t before, unsigned flags,
		 struct err *err) MUST_CHECK;

/* The length of the prefix that R is, or -1 if it is none. */
int range_prefix_length(const struct range *r);

/* The prefix of LENGTH bits, 0 to ip_bits(FAMILY), that ADDRESS is in. */
struct range range_of_prefix(unsigned family, struct u128 address, unsigned length);

/* "192.0.2.0/24" for a prefix (a single address without "/32"), else "FIRST-LAST". */
char *range_format(const struct range *r, char buf[static PREFIX_STRLEN]);

#endif
