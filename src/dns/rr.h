/* SPDX-License-Identifier: MIT */
/*
 * rr.h - DNS records as text: names of types, classes and codes, and the presentation form
 *
 * The form is the one of RFC 1035 section 5 and of the RFCs that define the types, with the
 * spaces, quotes and escapes of dig(1), and is ASCII that prints whatever the bytes are.
 */
#ifndef NETIPC_DNS_RR_H
#define NETIPC_DNS_RR_H

#include "dns/wire.h"

enum rr_set {
	RR_TYPE,   /* "MX", "TYPE65280" (RFC 3597) */
	RR_CLASS,  /* "IN", "CLASS32" */
	RR_RCODE,  /* "NXDOMAIN", "RCODE20"; the extended ones too */
	RR_OPCODE, /* "QUERY", "OPCODE3" */
	RR_OPTION, /* of EDNS: "NSID", "OPT65001" */
	RR_ERROR,  /* of RFC 8914: "Stale Answer", "EDE99" */
};

/* Types that the code asks for by name. */
enum {
	RR_A = 1,
	RR_NS = 2,
	RR_CNAME = 5,
	RR_SOA = 6,
	RR_PTR = 12,
	RR_MX = 15,
	RR_TXT = 16,
	RR_AAAA = 28,
	RR_SRV = 33,
	RR_DNAME = 39,
	RR_OPT = 41,
	RR_RRSIG = 46,
	RR_ANY = 255,
	RR_IN = 1, /* the class */
};

enum {
	RR_WORD = 48, /* bytes that rr_word() needs */
};

/* The name of NUMBER in SET, or its number behind the word that SET has for that.  Returns BUF. */
char *rr_word(char buf[static RR_WORD], enum rr_set set, unsigned number);

/* The number that TEXT names in SET, in either case; false if it names none. */
bool rr_number(enum rr_set set, const char *text, uint16_t *number);

/* The I-th name of SET from 0, for lists and suggestions; NULL behind the last. */
const char *rr_name_at(enum rr_set set, size_t i);

/*
 * Appends the rdata of RR, which lies in the LEN bytes at MSG, in presentation form; of a type
 * that rr.def has no form for, as RFC 3597 section 5: "\# 3 010203".  Rdata that is not what its
 * type demands is shown so too: then false is returned, else true.
 */
bool rr_text(struct buf *b, const uint8_t *msg, size_t len, const struct wire_rr *rr);

/*
 * Appends the rdata in wire form with its names not compressed, as if it stood alone; the bytes
 * as they are if rr_text() is false or its type has no form.
 */
void rr_plain(struct buf *b, const uint8_t *msg, size_t len, const struct wire_rr *rr);

/* An option of EDNS. */
struct rr_option {
	uint16_t code;
	const uint8_t *data; /* in the message */
	size_t len;
};

/*
 * The option at *AT of EDNS, from 0: fills OPTION and moves *AT behind it.  False at the end,
 * and if what is left is no option: then *AT is not EDNS->options_len.
 */
bool rr_option_next(struct rr_option *option, const uint8_t *msg, const struct wire_edns *edns,
		    size_t *at);

/*
 * Appends what OPTION says, without its name: NSID (RFC 5001) as text, a client's subnet
 * (RFC 7871) "192.0.2.0/24/0", an extended error (RFC 8914) "18 (Prohibited): (text)",
 * everything else, and what is malformed, in hexadecimal.
 */
void rr_option_text(struct buf *b, const struct rr_option *option);

#endif
