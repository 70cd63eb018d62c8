/* SPDX-License-Identifier: MIT */
/*
 * ip_sse.h - the text of an IPv4 address read with SSE4.1, without a branch an octet
 *
 * For *_x86.c only.  The sixteen bytes give a mask of what is no digit; up to the end of the
 * address it has the three dots and the end, which is one of 81 layouts.  The layout has a
 * shuffle that brings the digits of each octet to their places, where two multiplications
 * make the numbers.
 */
#ifndef NETIPC_NET_IP_SSE_H
#define NETIPC_NET_IP_SSE_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

/* A layout under its hash; one that is empty has no mask that a text can have. */
struct ip_layout {
	uint8_t shuffle[16]; /* octet N: hundreds, tens, ones in bytes 4N to 4N+2 */
	uint16_t mask;       /* of the dots and the end */
	uint16_t zeros;      /* bytes that are 0 only with a leading zero */
};
extern const struct ip_layout ip_layouts[256];

/* Different for each of the 81 masks. */
#define IP_LAYOUT_HASH(mask) ((uint32_t)(mask)*UINT32_C(0x00cf7800) >> 24)

/* As ip4_read_slack(), which it is equal to. */
static inline __attribute__((__always_inline__, __target__("sse4.1"))) size_t ip4_read_sse(
	const char *s, uint32_t *v)
{
	const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)s);
	const __m128i digits = _mm_sub_epi8(text, _mm_set1_epi8('0'));
	const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
	const __m128i is_dot = _mm_cmpeq_epi8(text, _mm_set1_epi8('.'));
	unsigned others = ~(unsigned)_mm_movemask_epi8(is_digit) & 0xffff;
	unsigned dots = (unsigned)_mm_movemask_epi8(is_dot), behind, mask, wrong;
	const struct ip_layout *layout;
	__m128i octets, zeros;

	dots &= dots - 1;
	dots &= dots - 1;                       /* without the first two */
	behind = others & ~(dots ^ (dots - 1)); /* what is no digit behind the third */
	if (!behind)
		return 0;
	mask = others & (behind ^ (behind - 1));
	layout = &ip_layouts[IP_LAYOUT_HASH(mask) & 255];
	octets = _mm_shuffle_epi8(digits,
				  _mm_loadu_si128((const __m128i *)(const void *)layout->shuffle));
	zeros = _mm_cmpeq_epi8(octets, _mm_setzero_si128());
	octets = _mm_maddubs_epi16(octets, _mm_set1_epi32(0x00010a64)); /* 100, 10, 1 */
	octets = _mm_madd_epi16(octets, _mm_set1_epi32(0x00010001));
	wrong = mask ^ layout->mask;
	wrong |= (unsigned)_mm_movemask_epi8(zeros) & layout->zeros;
	wrong |= !_mm_testz_si128(octets, _mm_set1_epi32(~255));
	if (wrong)
		return 0;
	octets = _mm_shuffle_epi8(octets, _mm_setr_epi8(12, 8, 4, 0, -1, -1, -1, -1, -1, -1, -1, -1,
							-1, -1, -1, -1));
	*v = (uint32_t)_mm_cvtsi128_si32(octets);
	return (size_t)__builtin_ctz(behind);
}

#endif
