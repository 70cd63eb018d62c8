/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/find_impl.h"
#include "net/ip_text.h"

/* A bit for each of the eight bytes of WORD, the first in its lowest byte, that is 0. */
static inline uint64_t zeros(uint64_t word)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t high = ~(((word & low) + low) | word | low);

	/* Bit 8N + 7 becomes bit N of the highest byte. */
	return (high >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t equal(const char *s, char c)
{
	const uint64_t all = UINT64_C(0x0101010101010101) * (unsigned char)c;
	uint64_t bits = 0;

	for (unsigned i = 0; i < FIND_BLOCK; i += 8) {
		uint64_t word;

		memcpy(&word, s + i, sizeof(word));
		if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
			word = __builtin_bswap64(word);
		bits |= zeros(word ^ all) << i;
	}
	return bits;
}

#define FIND_TARGET
#define read_quad ip4_read_slack
#include "net/find_block.h"

const struct find_kernel find_scalar = { anywhere, starts, loose, count };
