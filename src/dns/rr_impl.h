/* SPDX-License-Identifier: MIT */
/* rr_impl.h - what the files of the presentation form share */
#ifndef NETIPC_DNS_RR_IMPL_H
#define NETIPC_DNS_RR_IMPL_H

#include "dns/rr.h"

/* What rdata is made of. */
enum rr_field {
	F_END,
	F_NAME,
	F_U8,
	F_U16,
	F_U32,
	F_TIME,    /* RFC 4034 section 3.1.5 */
	F_TYPE,    /* of a record */
	F_TYPES,   /* RFC 4034 section 4.1.2, to the end */
	F_STRING,  /* with its length before it */
	F_STRINGS, /* one or more, to the end */
	F_TAG,     /* letters and digits with their length before them */
	F_TEXT,    /* to the end */
	F_HEX,     /* to the end, not empty */
	F_BASE64,  /* to the end, not empty */
	F_SALT,    /* RFC 5155 section 3.3 */
	F_HASH,    /* base 32, with its length before it */
	F_IP4,
	F_IP6,
	F_LOCATOR, /* RFC 6742 section 2.1.1 */
	F_EUI48,
	F_EUI64,
	F_LOC,       /* RFC 1876, the whole rdata */
	F_SVCPARAMS, /* RFC 9460, to the end */
	F_MANY,
};

/* Rdata that is being read: from AT to END in the message, of which a name may need the rest. */
struct rdata {
	const uint8_t *msg;
	size_t len, at, end;
};

/* Appends the field at R->at and moves behind it; false if there is no such field. */
bool rr_print_field(struct buf *b, struct rdata *r, enum rr_field field);
bool rr_print_loc(struct buf *b, struct rdata *r);
bool rr_print_svcparams(struct buf *b, struct rdata *r);

/* The next N bytes, and moves behind them; NULL if there are no more that many. */
const uint8_t *rr_take(struct rdata *r, size_t n);
bool rr_take16(struct rdata *r, uint16_t *v);

/* Digits of N bytes: upper case. */
void rr_put_hex(struct buf *b, const uint8_t *s, size_t n);
void rr_put_base64(struct buf *b, const uint8_t *s, size_t n);

/* N bytes inside quotes: what would end them, and what does not print, is escaped. */
void rr_put_quoted(struct buf *b, const uint8_t *s, size_t n);

/* An address of 4 or 16 bytes. */
void rr_put_ip(struct buf *b, const uint8_t *s, size_t n);

#endif
