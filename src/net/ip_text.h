/* SPDX-License-Identifier: MIT */
/*
 * ip_text.h - the text of addresses, read and written at full speed
 *
 * ip_parse() and ip_format() are made of these; what goes through millions of addresses uses
 * them as they are.  A reader takes the address that the text begins with and says how many
 * bytes that is; what may follow is the caller's business.  It gives no reason for a failure:
 * ip_parse() does.
 */
#ifndef NETIPC_NET_IP_TEXT_H
#define NETIPC_NET_IP_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/ip_num.h"

enum {
	/* Bytes from the start of a text that the readers for slack may look at. */
	IP4_SLACK = 16,
	IP6_SLACK = 48,
	/* Bytes from the start that a writer may touch; what is behind the end is of no use. */
	IP4_ROOM = 16,
	IP6_ROOM = 80,
};

/* "255." and how long that is. */
struct ip_octet {
	char text[5];
	uint8_t size;
};
extern const struct ip_octet ip_octets[256];

/* The value of each hexadecimal digit; other bytes have 255. */
extern const uint8_t ip_digits[256];

/*
 * The IPv4 address that S begins with, IP4_SLACK bytes being readable there, of which those
 * behind the text must not go on with it.  Returns its length, or 0 if there is none.  An
 * octet is all the digits in its place: 1.2.3.400 and 1.2.3.04 do not begin with an address.
 */
static inline size_t ip4_read_slack(const char *s, uint32_t *v)
{
	const char *at = s;
	uint32_t value = 0;

	for (unsigned i = 0;; i++) {
		unsigned octet = (unsigned char)*at - (unsigned)'0', digit;

		if (octet > 9)
			return 0;
		digit = (unsigned char)*++at - (unsigned)'0';
		if (digit <= 9) {
			if (octet == 0)
				return 0;
			octet = 10 * octet + digit;
			digit = (unsigned char)*++at - (unsigned)'0';
			if (digit <= 9) {
				octet = 10 * octet + digit;
				digit = (unsigned char)*++at - (unsigned)'0';
				if (octet > 255 || digit <= 9)
					return 0;
			}
		}
		value = value << 8 | octet;
		if (i == 3)
			break;
		if (*at++ != '.')
			return 0;
	}
	*v = value;
	return (size_t)(at - s);
}

/*
 * The IPv6 address that S begins with, IP6_SLACK bytes being readable there, of which those
 * behind the text must not go on with it.  Returns the length of the longest (RFC 4291
 * section 2.2), or 0 if there is none.  A group is all the digits in its place: in
 * "::12345" only "::" is an address, and what follows shows that it is none.
 */
size_t ip6_read_slack(const char *s, struct u128 *v);

/* The same with END behind the text. */
size_t ip6_read(const char *s, const char *end, struct u128 *v);

static inline size_t ip4_read(const char *s, const char *end, uint32_t *v)
{
	char copy[IP4_SLACK] = { 0 };

	if (end - s >= IP4_SLACK)
		return ip4_read_slack(s, v);
	if (s == end)
		return 0;
	memcpy(copy, s, (size_t)(end - s));
	return ip4_read_slack(copy, v);
}

/* Writes V to TO, where there are IP4_ROOM bytes, without a NUL; returns the end. */
static inline char *ip4_write(char *to, uint32_t v)
{
	for (unsigned shift = 32; shift;) {
		const struct ip_octet *octet = &ip_octets[v >> (shift -= 8) & 255];

		memcpy(to, octet->text, 4);
		to += octet->size;
	}
	return to - 1;
}

/*
 * Writes V to TO, where there are IP6_ROOM bytes, as RFC 5952 wants it (an IPv4-mapped
 * address ends with a dotted quad), without a NUL; returns the end.
 */
char *ip6_write(char *to, struct u128 v);

/*
 * Of a set of zero groups, a bit each, the first group's the lowest: those that "::" stands for,
 * the first of the longest runs of two or more (RFC 5952 section 4.2).
 */
extern const uint8_t ip6_gaps[256];

/*
 * Puts "::" in place of the groups GAP, of ip6_gaps and not zero: each group begins at one of
 * START and has a colon behind it, and the last is where they end.  Returns the end of the address.
 */
static inline char *ip6_shorten(char *const start[static 9], unsigned gap)
{
	const unsigned first = (unsigned)__builtin_ctz(gap);
	const unsigned behind = 32 - (unsigned)__builtin_clz(gap);
	char tail[32], *to = start[first]; /* of 6 groups at most */

	memcpy(tail, start[behind], sizeof(tail));
	if (first == 0)
		*to++ = ':';
	*to++ = ':';
	memcpy(to, tail, sizeof(tail));
	return to + (start[8] - start[behind]) - (behind < 8);
}

#endif
