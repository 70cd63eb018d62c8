/* SPDX-License-Identifier: MIT */
#include "net/find_impl.h"

#if defined(__x86_64__)

#include "net/ip_sse.h"

#define FIND_TARGET __attribute__((__target__("avx2,bmi,popcnt")))

static inline FIND_TARGET uint64_t equal(const char *s, char c)
{
	const __m256i *block = (const void *)s, all = _mm256_set1_epi8(c);
	__m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256(block), all);
	__m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256(block + 1), all);

	return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 |
	       (uint32_t)_mm256_movemask_epi8(low);
}

#define read_quad ip4_read_sse
#include "net/find_block.h"

const struct find_kernel find_avx2 = { anywhere, starts, loose, count };

#endif
