/* SPDX-License-Identifier: MIT */
/*
 * ip_legacy.h - what inet_aton(3) reads and inet_pton(3) does not
 *
 * One to four numbers, decimal, octal behind 0 or hexadecimal behind 0x, the last of which
 * fills the bytes that are left: 010.0.0.1, 1.2.3, 0x7f.1, 2130706433.  Programs do not agree
 * on what they mean, so nothing reads them that was not asked to, and both readings are shown.
 */
#ifndef NETIPC_NET_IP_LEGACY_H
#define NETIPC_NET_IP_LEGACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct ip_legacy {
	const char *text; /* what was read, of the caller's text; NULL if nothing was */
	size_t len;
	uint32_t aton;    /* the address as inet_aton(3) reads it */
	uint32_t decimal; /* as others do: all numbers decimal, absent octets zero at the end */
	bool has_decimal; /* they can read it at all */
};

/* Reads the LEN bytes at TEXT, of which nothing may be left over; false if they are no such form.
 */
bool ip_legacy_read(struct ip_legacy *l, const char *text, size_t len);

/*
 * Appends to ERR, the reason why TEXT was refused, how others read it:
 * "; inet_aton reads 8.0.0.1, others read 10.0.0.1; --legacy takes the first".  Does nothing
 * if they do not.
 */
void ip_legacy_hint(struct err *err, const char *text, size_t len);

/* Takes the option off the end of ERR, if such a hint is there: for a command without it. */
void ip_legacy_hint_bare(struct err *err);

/*
 * Appends how L was read, which a user must see:
 * ""010.0.0.1" is read as 8.0.0.1, as inet_aton does; others read 10.0.0.1".
 */
void ip_legacy_note(struct buf *b, const struct ip_legacy *l);

#endif
