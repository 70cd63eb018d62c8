/* SPDX-License-Identifier: MIT */
/*
 * registry.h - what IANA and the RFCs say an address is for
 *
 * The registries of special-purpose addresses (RFC 6890) as of registry_date(), and beside
 * them multicast, the deprecated prefixes of IPv6 and ordinary unicast, so that each address
 * has an entry.  Of the entries that an address is in, the one with the longest prefix tells
 * what it is: 192.0.0.9 is globally reachable inside 192.0.0.0/24, which is not.
 *
 * Classes are named sets of addresses made from the entries: "@global", "@private".  An
 * address is in a class if its entry is.
 */
#ifndef NETIPC_NET_REGISTRY_H
#define NETIPC_NET_REGISTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/prefix.h"

enum registry_origin {
	REGISTRY_IANA,       /* the registries of special-purpose addresses */
	REGISTRY_MULTICAST,  /* RFC 5771, RFC 4291 section 2.7 */
	REGISTRY_DEPRECATED, /* what RFC 3879 and RFC 4291 took away */
	REGISTRY_UNICAST,    /* the rest */
};

/* A column of the registries; only REGISTRY_YES is yes. */
enum registry_flag {
	REGISTRY_NO,
	REGISTRY_YES,
	REGISTRY_NA,    /* "N/A": 6to4 and Teredo are as reachable as the IPv4 address in them */
	REGISTRY_BLANK, /* nothing is said */
};

struct registry_entry {
	uint8_t origin; /* enum registry_origin */
	uint8_t family, length;
	/* enum registry_flag, RFC 6890 section 2.2.1 */
	uint8_t source, destination, forwardable, global, reserved;
	struct u128 first;
	char prefix[20];                    /* as the registry writes it */
	char name[52], rfc[48];             /* "RFC 1122 section 3.2.1.3" */
	char allocated[11], terminated[11]; /* "1981-09", or "" */
};

/* All entries, IANA's first, in their order; *N is how many. */
const struct registry_entry *registry_all(size_t *n);

/* The day of IANA's files: "2026-07-18". */
const char *registry_date(void);

/* The addresses of E. */
struct range registry_range(const struct registry_entry *e);

/* The entry with the longest prefix that ADDRESS is in; never NULL. */
const struct registry_entry *registry_find(unsigned family, struct u128 address);

/*
 * The first address behind ADDRESS whose entry may be another one; false if there is none,
 * and nothing is stored.
 */
bool registry_next(unsigned family, struct u128 address, struct u128 *next);

/*
 * Calls ADD(TO, range) for the ranges of the class that the LEN bytes at NAME are,
 * "@private": disjoint, not adjacent, in ascending order, IPv4 first.  ERR_USAGE for another
 * name, with the names that there are.
 */
int registry_class(const char *name, size_t len, void (*add)(void *to, const struct range *range),
		   void *to, struct err *err) MUST_CHECK;

/* The name of class I, from 0, without "@", and what it is in one line; NULL if there is none. */
const char *registry_class_name(size_t i);
const char *registry_class_help(size_t i);

/* E is in class I. */
bool registry_class_has(size_t i, const struct registry_entry *e);

#endif
