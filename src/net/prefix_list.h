/* SPDX-License-Identifier: MIT */
/*
 * prefix_list.h - addresses at equal distances, as many and as fast as can be written
 *
 *	struct ip_series s;
 *	ip_series_init(&s, &range, step, "/24");
 *	while (!s.done) {
 *		b.len = 0;
 *		ip_series_write(&s, &b, size);
 *		...
 *	}
 *
 * A series needs no memory, however long it is.
 */
#ifndef NETIPC_NET_PREFIX_LIST_H
#define NETIPC_NET_PREFIX_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "net/prefix.h"

enum {
	IP_SERIES_TAIL = 8, /* bytes behind an address, their NUL included */
};

struct ip_series {
	uint8_t family;
	bool done;
	struct u128 next; /* if not DONE */
	struct u128 last, step;
	char tail[IP_SERIES_TAIL]; /* behind the address: "/24\n" */
	size_t tail_len;
};

/*
 * The first address of R, and each that is a multiple of STEP behind it, to the last of R.
 * STEP is not zero.  LENGTH is written behind each, -1 for none.
 */
void ip_series_init(struct ip_series *s, const struct range *r, struct u128 step, int length);

/* No more than N addresses. */
void ip_series_limit(struct ip_series *s, struct u128 n);

/* Stores the next address; false if there is none. */
bool ip_series_next(struct ip_series *s, struct u128 *address);

/* Appends lines of addresses to B until there are SIZE bytes or no more of them. */
void ip_series_write(struct ip_series *s, struct buf *b, size_t size);

#endif
