/* SPDX-License-Identifier: MIT */
/*
 * form.h - the forms that an address is read from and written in
 *
 *	canon     2001:db8::1, [2001:db8::1]:80, 192.0.2.0/24, 192.0.2.1-192.0.2.9
 *	full      2001:0db8:0000:0000:0000:0000:0000:0001
 *	int       3221225985
 *	hex       0xc0000201
 *	bin       0b11000000000000000000001000000001
 *	arpa      1.2.0.192.in-addr.arpa; 2.0.192.in-addr.arpa is 192.0.2.0/24
 *	mac       00:00:5e:00:53:01, which makes fe80::200:5eff:fe00:5301
 *	eui64     02-00-5e-ff-fe-00-53-01
 *	sockaddr  02 00 00 50 c0 00 02 01 00 00 00 00 00 00 00 00
 *	c         { .sin_family = AF_INET, .sin_port = htons(80), ... }
 *	unix      unix:/run/x.sock, unix:@abstract
 *
 * Read alone: text (canon and full however they are spelled), url (http://192.0.2.1:80/) and
 * legacy (what inet_aton(3) reads and inet_pton(3) does not).
 */
#ifndef NETIPC_NET_FORM_H
#define NETIPC_NET_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "net/endpoint.h"
#include "net/ip_legacy.h"

enum form {
	FORM_AUTO, /* whichever the text is in */
	FORM_TEXT,
	FORM_CANON,
	FORM_FULL,
	FORM_INT,
	FORM_HEX,
	FORM_BIN,
	FORM_ARPA,
	FORM_MAC,
	FORM_EUI64,
	FORM_SOCKADDR,
	FORM_C,
	FORM_UNIX,
	FORM_URL,
	FORM_LEGACY,
};

enum form_flags {
	FORM_TAKE_LEGACY = 1 << 0, /* FORM_AUTO and FORM_TEXT take FORM_LEGACY too */
	FORM_STRICT = 1 << 1,      /* refuse a prefix with bits behind its length */
	FORM_NUMBER_4 = 1 << 2,    /* a number is an IPv4 address, whatever its size */
	FORM_NUMBER_6 = 1 << 3,    /* a number is an IPv6 address, whatever its size */
};

/* What was read. */
struct form_value {
	enum form form;     /* what it was in: never FORM_AUTO */
	struct endpoint ep; /* the address, its zone and port; of a range the first */
	int length;         /* of a prefix, of which EP may have host bits set; else -1 */
	bool is_range;
	struct ip last;          /* of a range */
	struct ip_legacy legacy; /* of FORM_LEGACY: an address that only inet_aton(3) reads so */
};

/* The name of FORM, "canon". */
const char *form_name(enum form form);

/*
 * Reads the LEN bytes at TEXT, all of which must be one address, prefix or range in FORM;
 * FLAGS are of enum form_flags.  ERR_USAGE with the reason and the column, and with how
 * inet_aton(3) reads what FORM_TAKE_LEGACY would take.
 *
 * FORM_AUTO takes a number only with 0x or 0b and every digit; FORM_CANON and FORM_FULL take
 * a text only if form_write() writes it so.
 */
int form_read(struct form_value *v, enum form form, unsigned flags, const char *text, size_t len,
	      struct err *err) MUST_CHECK;

/*
 * Appends V in FORM.  int, hex, bin, arpa, mac and eui64 are of the address alone: port and
 * zone are left out.  The bytes of a zone or a UNIX name are not made safe to print.
 * FORM is none of those that are only read.  ERR_NEGATIVE if there is no such form of V;
 * nothing is appended then.
 */
int form_write(struct buf *b, const struct form_value *v, enum form form,
	       struct err *err) MUST_CHECK;

#endif
