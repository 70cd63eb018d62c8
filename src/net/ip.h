/* SPDX-License-Identifier: MIT */
/*
 * ip.h - IP addresses as values: parse, print
 *
 * The parser is strict: what inet_pton(3) takes and nothing else, with the column and
 * the reason of an error.  Leading zeros, short forms and numbers, which inet_aton(3)
 * and others read in different ways, are refused.
 */
#ifndef NETIPC_NET_IP_H
#define NETIPC_NET_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	IP_STRLEN = 46,      /* the longest canonical text and its NUL */
	IP_FULL_STRLEN = 40, /* eight groups of four digits */
	IP_DECIMAL_STRLEN = 40,
	IP_ARPA_STRLEN = 74,
};

struct ip {
	uint8_t family; /* 4 or 6 */
	uint8_t b[16];  /* network order; the first four are used if FAMILY is 4 */
};

/* Bytes of the address: 4 or 16. */
size_t ip_size(const struct ip *ip);

/*
 * Parses the LEN bytes at TEXT, which must be one address and nothing else (RFC 4291
 * section 2.2; dotted decimal).  ERR_USAGE names the text, the reason and the column,
 * from 1; BEFORE is how many bytes of the user's text stand before TEXT.
 */
int ip_parse(struct ip *ip, const char *text, size_t len, size_t before,
	     struct err *err) MUST_CHECK;

/* The same, without a reason: most of what is read is expected to be no address. */
bool ip_read(struct ip *ip, const char *text, size_t len);

/* Writes the canonical text (RFC 5952) and returns BUF. */
char *ip_format(const struct ip *ip, char buf[static IP_STRLEN]);

/* IPv6 with every digit of every group; IPv4 as ip_format(). */
char *ip_format_full(const struct ip *ip, char buf[static IP_FULL_STRLEN]);

/* The address as one decimal number. */
char *ip_format_decimal(const struct ip *ip, char buf[static IP_DECIMAL_STRLEN]);

/* The name that has its PTR record: in-addr.arpa (RFC 1035), ip6.arpa (RFC 3596). */
char *ip_format_arpa(const struct ip *ip, char buf[static IP_ARPA_STRLEN]);

#endif
