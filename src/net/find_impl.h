/* SPDX-License-Identifier: MIT */
/*
 * find_impl.h - what the parts of find share: find.c has the rules of borders, find_block.h
 * the way through a text, which find_scalar.c and find_x86.c make for their instructions.
 */
#ifndef NETIPC_NET_FIND_IMPL_H
#define NETIPC_NET_FIND_IMPL_H

#include "net/find.h"

enum {
	FIND_BLOCK = 64,  /* bytes that the masks of a block cover */
	FIND_STEP = 48,   /* of which these can begin what leads to an address */
	FIND_BEFORE = 4,  /* bytes before the first dot of an IPv4 address that are looked at */
	FIND_BEHIND = 17, /* from the first dot or digit on */
};

struct find_kernel {
	size_t (*anywhere)(const struct find *f, struct find_text *t, struct find_hit *hits);
	size_t (*starts)(const struct find *f, struct find_text *t, struct find_hit *hits);
	size_t (*loose)(const struct find *f, struct find_text *t, struct find_hit *hits);
	size_t (*count)(const char *text, size_t len, char c);
};

extern const struct find_kernel find_scalar, find_sse41, find_avx2;

/*
 * By the rules of grepcidr 3: the token at *AT, a digit or a colon, which moves behind what
 * ends it; HIT->at is counted from where it was.
 */
bool find_loose_token(const char **at, const char *end, struct find_hit *hit);
size_t find_loose_starts(const struct find *f, struct find_text *t, struct find_hit *hits);

/* The best that this processor has, or NULL. */
const struct find_kernel *find_x86(void);

/* Bits of find_class[byte]. */
enum {
	FIND_WORD = 1, /* ASCII letters and digits, "_" */
	FIND_DOT = 2,
	FIND_ESCAPE = 4, /* what an escape may begin with: %20 #011 \\011 */
	FIND_HEX = 8,    /* hexadecimal digits */
	FIND_COLON = 16,
};

extern const uint8_t find_class[256];

static inline unsigned find_class_of(char c)
{
	return find_class[(unsigned char)c];
}

/*
 * By the rules of borders: the IPv4 address whose first dot is at X; the IPv6 address of
 * whose run of digits and colons the colon at X is; the address that begins at X.
 */
bool find_v4(const struct find_text *t, size_t x, struct find_hit *hit);
bool find_v6(struct find_text *t, size_t x, struct find_hit *hit);
bool find_at(const struct find_text *t, size_t x, struct find_hit *hit);

#endif
