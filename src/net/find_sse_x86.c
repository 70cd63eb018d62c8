/* SPDX-License-Identifier: MIT */
#include "net/find_impl.h"

#if defined(__x86_64__)

#include "net/ip_sse.h"

#define FIND_TARGET __attribute__((__target__("sse4.1,popcnt")))

static inline FIND_TARGET uint64_t equal(const char *s, char c)
{
	const __m128i *block = (const void *)s, all = _mm_set1_epi8(c);
	uint64_t bits = 0;

	for (unsigned i = 4; i-- > 0;)
		bits = bits << 16 |
		       (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(block + i), all));
	return bits;
}

#define read_quad ip4_read_sse
#include "net/find_block.h"

const struct find_kernel find_sse41 = { anywhere, starts, loose, count };

#endif
