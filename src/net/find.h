/* SPDX-License-Identifier: MIT */
/*
 * find.h - the addresses that stand anywhere in a text: a line of a log, a block of lines
 *
 *	struct find_text t = { .text = line, .len = n };
 *	struct find_hit hits[FIND_BATCH];
 *	struct find f;
 *
 *	find_init(&f, 0);
 *	while ((n = find_next(&f, &t, hits)) > 0)
 *		for each of the N hits: hits[i].at, .len, .family, .value
 *
 * What is found is what ip_parse() takes: no leading zeros in an octet, and IPv6 in each form
 * of RFC 4291 section 2.2, with a dotted quad at its end too.  The address is a token of its
 * own.  A word byte is a letter or digit of ASCII or "_"; then
 *
 * - Before it there is no word byte, and no dot behind a word byte: not in x1.2.3.4,
 *   5.1.2.3.4, www.1.2.3.4.  Punctuation is no matter: key=1.2.3.4, host/1.2.3.4, user@1.2.3.4.
 * - Behind it there is no word byte, and no dot before a word byte: not in 1.2.3.4.5,
 *   1.2.3.4.example.net, 1.2.3.400.  "1.2.3.4.", "1.2.3.4:80", "1.2.3.4/24", "1.2.3.4-9" have it.
 * - A byte over 127 is no word byte, so that text without blanks between words has them.
 * - An escape is no word, although it ends with a letter or digit: \n and the like, \x22,
 *   \u003e, \011, #011 as syslog writes it, %20, and the colours of a terminal.  It counts
 *   only if it stands for a byte that is no word byte.
 *
 * For IPv6 also:
 *
 * - It is a whole run of hexadecimal digits and colons, without a colon that only ends it
 *   ("::1: refused") or only begins it ("client:2001:db8::1").  So nothing is found in a time,
 *   a MAC address, or a fingerprint.  Eight groups of two digits each are an EUI-64 or a WWN.
 * - A label before it, joined by a colon, may end with hexadecimal digits: IPv6:2001:db8::1.
 *   Two colons are no such joint: nothing is in std::dead, Space::1.
 * - "::" by itself separates words more often than it is the unspecified address: it is
 *   found in brackets and before a prefix length only, [::] and ::/0.
 * - Behind "%" is a zone (RFC 4007 section 11) of 1 to 15 letters, digits, ".", "_" and "-";
 *   "%25" in brackets before a letter is RFC 6874's "%".  What is no zone is only not part of
 *   the address.
 * - A dot and a port may follow, as tcpdump(1) writes it: 2001:db8::1.443.
 *
 * With FIND_LOOSE the rules are those of grepcidr 3, which reads byte by byte and needs no
 * borders: x1.2.3.4, 1.2.3.4.5, 001.2.3.4, std::dead have addresses; "::" has none.  Only
 * what it makes of octets of ten digits and more, which overflow, is not copied.
 */
#ifndef NETIPC_NET_FIND_H
#define NETIPC_NET_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "net/ip_num.h"

enum {
	FIND_BATCH = 256, /* hits at once, so that looking them up can be done side by side */
	FIND_SLACK = 64,
};

enum find_flags {
	FIND_LOOSE = 1 << 0, /* the rules of grepcidr 3 */
	FIND_START = 1 << 1, /* only what a line begins with, blanks before it left out */
	FIND_PLAIN = 1 << 2, /* without the instructions that this processor may have */
};

struct find_hit {
	size_t at;      /* where it begins in the text; a bracket before it is not of it */
	uint32_t len;   /* bytes, the zone included */
	uint8_t family; /* 4 or 6 */
	uint8_t zone;   /* bytes of the zone, the last of LEN; 0 if there is none */
	bool dotted;    /* IPv6 that ends with a dotted quad */
	struct u128 value;
};

/* A text of any bytes, and how far it was gone through. */
struct find_text {
	const char *text;
	size_t len;
	bool slack;  /* FIND_SLACK bytes on both sides can be read, whatever they are: faster */
	size_t at;   /* private from here */
	size_t last; /* the end of the last hit */
	size_t dead; /* no address has a colon before this */
};

struct find {
	/* What this processor and the flags want. */
	size_t (*next)(const struct find *f, struct find_text *t, struct find_hit *hits);
	size_t (*count)(const char *text, size_t len, char c);
	char delimiter; /* of lines, for FIND_START: '\n' or '\0' */
};

/* Makes F ready for texts; FLAGS are of enum find_flags.  There is nothing to be freed. */
void find_init(struct find *f, unsigned flags);

/*
 * Stores the next addresses of T, in their order, and returns how many: 0 at the end.
 * Hits do not overlap.
 */
size_t find_next(const struct find *f, struct find_text *t,
		 struct find_hit hits[static FIND_BATCH]);

/* How many delimiters of lines are in the text. */
size_t find_lines(const struct find *f, const char *text, size_t len);

#endif
