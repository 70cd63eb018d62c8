/* SPDX-License-Identifier: MIT */
/*
 * buf.h - a growing byte buffer
 *
 * Every text and wire builder appends to one.  DATA may be NULL while LEN is 0;
 * it may move at each append.  A zeroed struct buf is an empty buffer.
 */
#ifndef NETIPC_BASE_BUF_H
#define NETIPC_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct buf {
	char *data;
	size_t len, cap;
};

/* Frees what B holds and makes it empty. */
void buf_fini(struct buf *b);

/* Makes room for N more bytes; LEN does not change. */
void buf_grow(struct buf *b, size_t n);

/* The same, and returns where they go. */
static inline char *buf_reserve(struct buf *b, size_t n)
{
	if (n > b->cap - b->len)
		buf_grow(b, n);
	return b->data + b->len;
}

static inline void buf_addc(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->len++;
}

/* Appends N bytes, a string, N equal bytes, a formatted text; buf_addc() one byte. */
void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_fill(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Appends V in decimal, or in hexadecimal with LEAST digits (16 at most) or more; buf_printf()
 * takes some times as long.
 */
void buf_uint(struct buf *b, uint64_t v);
void buf_hex(struct buf *b, uint64_t v, size_t least);

/* Drops the first N bytes (N <= LEN), keeping the rest. */
void buf_consume(struct buf *b, size_t n);

/* The contents as a string: a NUL is put behind the last byte, not counted in LEN. */
const char *buf_str(struct buf *b);

/* What is left of a message that is read; BAD once it was not what it should be. */
struct buf_rest {
	const char *p, *end;
	bool bad;
};

/* The next N bytes of R, borrowed.  NULL if R is bad, or has fewer: then it is. */
const void *buf_take(struct buf_rest *r, size_t n);

#endif
