/* SPDX-License-Identifier: MIT */
#include "net/ip_lines_impl.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>

/*
 * A dotted quad has one of 81 layouts: one to three digits, four times.  A layout is the set of
 * the places of its dots and its end; a multiplication makes of each another number of eight bits.
 */
struct layout {
	uint8_t shuffle[16]; /* brings each octet to four bytes: hundreds, tens, ones, zero */
	uint16_t places;
	uint16_t leading; /* the places, shuffled, of digits that must not be zero */
};

enum {
	LAYOUT_HASH = 0x00cf7800,
	NOTHING = 0x80, /* a byte that the shuffle makes zero */
};

/* clang-format off */
#define PLACES(a, b, c, d) \
	(1U << (a) | 1U << ((a) + (b) + 1) | 1U << ((a) + (b) + (c) + 2) | \
	 1U << ((a) + (b) + (c) + (d) + 3))
#define OCTET(at, n) \
	(n) > 2 ? (at) : NOTHING, (n) > 1 ? (at) + (n) - 2 : NOTHING, (at) + (n) - 1, NOTHING
#define LEADING(i, n) ((n) == 1 ? 0 : 1U << (4 * (i) + 3 - (n)))
#define LAYOUT(a, b, c, d) \
	[PLACES(a, b, c, d) * LAYOUT_HASH >> 24 & 255] = { \
		{ OCTET(0, a), OCTET((a) + 1, b), OCTET((a) + (b) + 2, c), \
		  OCTET((a) + (b) + (c) + 3, d) }, \
		PLACES(a, b, c, d), \
		LEADING(0, a) | LEADING(1, b) | LEADING(2, c) | LEADING(3, d) },
#define LAYOUTS_D(a, b, c) LAYOUT(a, b, c, 1) LAYOUT(a, b, c, 2) LAYOUT(a, b, c, 3)
#define LAYOUTS_C(a, b) LAYOUTS_D(a, b, 1) LAYOUTS_D(a, b, 2) LAYOUTS_D(a, b, 3)
#define LAYOUTS_B(a) LAYOUTS_C(a, 1) LAYOUTS_C(a, 2) LAYOUTS_C(a, 3)

static const struct layout layouts[256] = { LAYOUTS_B(1) LAYOUTS_B(2) LAYOUTS_B(3) };
/* clang-format on */

#define TARGET __attribute__((target("sse4.1,popcnt")))

/* The bytes from S to S + 16 that are LOW to LOW + RANGE. */
TARGET static inline unsigned between(__m128i x, char low, char range)
{
	__m128i y = _mm_sub_epi8(x, _mm_set1_epi8(low));

	return (unsigned)_mm_movemask_epi8(
		_mm_cmpeq_epi8(_mm_min_epu8(y, _mm_set1_epi8(range)), y));
}

TARGET static inline unsigned equal(__m128i x, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(c)));
}

TARGET static inline __m128i load(const void *p)
{
	return _mm_loadu_si128(p);
}

/* The length of the dotted quad at S, or 0. */
TARGET static inline size_t quad(const char *s)
{
	__m128i x = load(s), digits = _mm_sub_epi8(x, _mm_set1_epi8('0')), octets;
	unsigned is_digit = (unsigned)_mm_movemask_epi8(
		_mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits));
	unsigned is_dot = equal(x, '.');
	unsigned end = ~(is_digit | is_dot) & 0xffff;
	unsigned stop = end & (0U - end);
	unsigned places = (is_dot & (stop - 1)) | stop;
	const struct layout *l = &layouts[places * LAYOUT_HASH >> 24 & 255];

	x = _mm_shuffle_epi8(digits, load(l->shuffle));
	octets =
		_mm_madd_epi16(_mm_maddubs_epi16(x, _mm_set1_epi32(0x00010a64)), _mm_set1_epi16(1));
	octets = _mm_cmpgt_epi32(octets, _mm_set1_epi32(255));
	/* One branch for all that can be wrong. */
	if ((equal(x, 0) & l->leading) | (places ^ l->places) |
	    (unsigned)_mm_movemask_epi8(octets) | (stop == 0))
		return 0;
	return (size_t)__builtin_ctz(stop);
}

/* Where in the 48 bytes at S are which; bit N is byte N. */
struct places {
	uint64_t hex, colon, zero;
};

TARGET static inline struct places find(const char *s)
{
	struct places p = { 0, 0, 0 };

	for (unsigned i = 0; i < 48; i += 16) {
		__m128i x = load(s + i);

		p.hex |= (uint64_t)(between(x, '0', 9) | between(x, 'a', 5)) << i;
		p.colon |= (uint64_t)equal(x, ':') << i;
		p.zero |= (uint64_t)equal(x, '0') << i;
	}
	return p;
}

/*
 * The length of the IPv6 address at S if it is canonical (RFC 5952); 0 if it is not, or if that
 * is not told here: it begins with "::", or has runs of zero groups beside "::".
 */
TARGET static inline size_t groups(const char *s)
{
	struct places p = find(s);
	uint64_t end = ~(p.hex | p.colon), stop = end & (0 - end), in = stop - 1;
	uint64_t hex = p.hex & in, colon = p.colon & in;
	uint64_t start = hex & ~(hex << 1), zero = p.zero & start;
	uint64_t gap = colon & colon >> 1;
	uint64_t zero_group = zero & ~(hex >> 1);
	unsigned n = (unsigned)__builtin_popcountll(start);
	uint64_t bad;

	bad = hex & hex >> 1 & hex >> 2 & hex >> 3 & hex >> 4; /* five digits */
	bad |= zero & hex >> 1;                                /* a leading zero */
	bad |= gap & (gap - 1);                                /* "::" twice, or ":::" */
	bad |= colon & 1;
	bad |= zero_group & zero_group >> 2;              /* "0:0" */
	bad |= (zero_group << 1 | zero_group >> 2) & gap; /* "0::" or "::0" */
	bad |= (stop >> 1 & colon & ~(gap << 1));         /* a single colon at the end */
	bad |= gap ? n > 6 : n != 8;
	return bad ? 0 : (size_t)__builtin_ctzll(stop);
}

TARGET static size_t lines_sse41(const char *at, const char *end, char delimiter, uint64_t *lines)
{
	const char *start = at, *before;
	uint64_t count = 0;
	size_t n;

	do {
		before = at;
		for (; at < end && (n = quad(at)) && at[n] == delimiter; at += n + 1)
			count++;
		for (; at < end && (n = groups(at)) && at[n] == delimiter; at += n + 1)
			count++;
	} while (at > before);
	*lines += count;
	return (size_t)(at - start);
}

ip_lines_fn *ip_lines_x86(unsigned index)
{
	return index == 0 && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("popcnt") ?
		       lines_sse41 :
		       NULL;
}

#else

ip_lines_fn *ip_lines_x86(unsigned index)
{
	(void)index;
	return NULL;
}

#endif
