/* SPDX-License-Identifier: MIT */
#include "net/ip_lines_impl.h"

#if defined(__x86_64__)
#include <stdbool.h>

#include "net/ip_sse.h"
#include "net/ip_text.h"

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
	const struct ip_layout *l = &ip_layouts[IP_LAYOUT_HASH(places) & 255];

	x = _mm_shuffle_epi8(digits, load(l->shuffle));
	octets =
		_mm_madd_epi16(_mm_maddubs_epi16(x, _mm_set1_epi32(0x00010a64)), _mm_set1_epi16(1));
	octets = _mm_cmpgt_epi32(octets, _mm_set1_epi32(255));
	/* One branch for all that can be wrong. */
	if ((equal(x, 0) & l->zeros) | (places ^ l->mask) | (unsigned)_mm_movemask_epi8(octets) |
	    (stop == 0))
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

/* The LEN bytes at S are a dotted quad; what is behind them is not looked at. */
TARGET static inline bool is_quad(const char *s, size_t len)
{
	__m128i x = load(s), digits = _mm_sub_epi8(x, _mm_set1_epi8('0')), octets;
	unsigned stop = 1U << (len & 31), is_dot = equal(x, '.');
	unsigned places = (is_dot & (stop - 1)) | stop;
	const struct ip_layout *l = &ip_layouts[IP_LAYOUT_HASH(places) & 255];
	__m128i bad;

	x = _mm_shuffle_epi8(digits, load(l->shuffle));
	octets =
		_mm_madd_epi16(_mm_maddubs_epi16(x, _mm_set1_epi32(0x00010a64)), _mm_set1_epi16(1));
	bad = _mm_or_si128(_mm_cmpgt_epi32(octets, _mm_set1_epi32(255)),
			   _mm_subs_epu8(x, _mm_set1_epi8(9)));
	return !((equal(x, 0) & l->zeros) | (places ^ l->mask) |
		 (unsigned)!_mm_testz_si128(bad, bad) | (len > 15));
}

/* Where the 64 bytes at S are C; bit N is byte N. */
TARGET static inline uint64_t find_byte(const char *s, char c)
{
	return (uint64_t)(equal(load(s), c) | equal(load(s + 16), c) << 16) |
	       (uint64_t)(equal(load(s + 32), c) | equal(load(s + 48), c) << 16) << 32;
}

/*
 * The lines of dotted quads from AT on.  The ends of lines are found first, 64 bytes at a time, so
 * that no line has to wait for the length of the one before it.
 */
TARGET static inline const char *pass_quads(const char *at, const char *end, char delimiter,
					    uint64_t *count)
{
	for (const char *block = at; block < end; block += 64) {
		uint64_t ends = find_byte(block, delimiter);

		for (; ends; ends &= ends - 1) {
			const char *stop = block + __builtin_ctzll(ends);

			if (!is_quad(at, (size_t)(stop - at)))
				return at;
			at = stop + 1;
			++*count;
		}
	}
	return at;
}

TARGET static size_t pass_sse41(const char *at, const char *end, char delimiter, uint64_t *lines)
{
	const char *start = at, *before;
	uint64_t count = 0;
	size_t n;

	do {
		before = at;
		at = pass_quads(at, end, delimiter, &count);
		for (; at < end && (n = groups(at)) && at[n] == delimiter; at += n + 1)
			count++;
	} while (at > before);
	*lines += count;
	return (size_t)(at - start);
}

/* The values of the hexadecimal digits among the bytes X; at COLONS there must be colons. */
TARGET static inline __m128i nibbles(__m128i x, unsigned colons, unsigned *bad)
{
	__m128i digit = _mm_sub_epi8(x, _mm_set1_epi8('0'));
	__m128i letter = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
	__m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);

	*bad |= equal(x, ':') ^ colons;
	*bad |= (unsigned)_mm_movemask_epi8(_mm_or_si128(is_digit, is_letter)) ^ colons ^ 0xffff;
	return _mm_blendv_epi8(_mm_add_epi8(letter, _mm_set1_epi8(10)), digit, is_digit);
}

/* The address of which S has every digit, in network order; false if it has not. */
TARGET static inline unsigned full(const char *s, __m128i *v)
{
	const __m128i pairs = _mm_set1_epi16(0x0110);
	unsigned bad = 0;
	/* Groups 0 to 2, 3 to 5, and 6 and 7 behind a part of 4 and 5. */
	__m128i a = nibbles(load(s), 0x4210, &bad);
	__m128i b = nibbles(load(s + 15), 0x4210, &bad);
	__m128i c = nibbles(load(s + 23), 0x0842, &bad);

	a = _mm_or_si128(_mm_shuffle_epi8(a, _mm_setr_epi8(0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13,
							   -1, -1, -1, -1)),
			 _mm_shuffle_epi8(b, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
							   -1, -1, 0, 1, 2, 3)));
	b = _mm_or_si128(_mm_shuffle_epi8(b, _mm_setr_epi8(5, 6, 7, 8, 10, 11, 12, 13, -1, -1, -1,
							   -1, -1, -1, -1, -1)),
			 _mm_shuffle_epi8(c, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, 7, 8, 9,
							   10, 12, 13, 14, 15)));
	*v = _mm_packus_epi16(_mm_maddubs_epi16(a, pairs), _mm_maddubs_epi16(b, pairs));
	return !bad;
}

/* Two groups without leading zeros: which of the eight digits there are, and colons. */
struct pair {
	uint8_t shuffle[14];
	uint8_t first, size; /* bytes of the first group and its colon, of both */
};

/* clang-format off */
#define DIGIT(at, zeros, i) ((i) < 4 - (zeros) ? (at) + (zeros) + (i) : 8)
#define BYTE(a, b, i) \
	((i) < 5 - (a) ? DIGIT(0, a, i) : DIGIT(4, b, (i) - 5 + (a)))
#define PAIR(a, b) { \
	{ BYTE(a, b, 0), BYTE(a, b, 1), BYTE(a, b, 2), BYTE(a, b, 3), BYTE(a, b, 4), \
	  BYTE(a, b, 5), BYTE(a, b, 6), BYTE(a, b, 7), BYTE(a, b, 8), BYTE(a, b, 9) }, \
	5 - (a), 10 - (a) - (b) }
#define PAIRS(b) PAIR(0, b), PAIR(1, b), PAIR(2, b), PAIR(3, b)

/* By the leading zeros of the first, and of the second group. */
static const struct pair pairs[16] = { PAIRS(0), PAIRS(1), PAIRS(2), PAIRS(3) };

#define ZEROS(z) ((z) & 1 ? (z) & 2 ? (z) & 4 ? 3 : 2 : 1 : 0)
#define INDEX(z) (ZEROS(z) | ZEROS((z) >> 4) << 2)
#define INDEX4(z) INDEX(z), INDEX((z) + 1), INDEX((z) + 2), INDEX((z) + 3)
#define INDEX16(z) INDEX4(z), INDEX4((z) + 4), INDEX4((z) + 8), INDEX4((z) + 12)
#define INDEX64(z) INDEX16(z), INDEX16((z) + 16), INDEX16((z) + 32), INDEX16((z) + 48)

/* By which of the eight digits are zero, the index of the pair. */
static const uint8_t pair_index[256] = {
	INDEX64(0), INDEX64(64), INDEX64(128), INDEX64(192),
};
/* clang-format on */

/* The groups of the eight digits and eight colons X, of which ZERO are 0. */
TARGET static inline char *put_pair(char *to, __m128i x, unsigned zero, char *end[static 2])
{
	const struct pair *p = &pairs[pair_index[zero & 255]];

	_mm_storeu_si128((void *)to, _mm_shuffle_epi8(x, load(p->shuffle)));
	end[0] = to + p->first;
	return end[1] = to + p->size;
}

/* Writes the address V, in network order; as ip6_write(). */
TARGET static char *put_groups(char *to, __m128i v)
{
	const __m128i low = _mm_set1_epi8(15), colons = _mm_set1_epi8(':');
	const __m128i hex = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a',
					  'b', 'c', 'd', 'e', 'f');
	const __m128i zeros = _mm_setzero_si128();
	__m128i h = _mm_and_si128(_mm_srli_epi16(v, 4), low), l = _mm_and_si128(v, low);
	__m128i a = _mm_unpacklo_epi8(h, l), b = _mm_unpackhi_epi8(h, l);
	unsigned zero_a = equal(a, 0), zero_b = equal(b, 0);
	unsigned gap =
		ip6_gaps[_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(v, zeros), zeros))];
	char *start[9] = { to };

	a = _mm_shuffle_epi8(hex, a);
	b = _mm_shuffle_epi8(hex, b);
	to = put_pair(to, _mm_unpacklo_epi64(a, colons), zero_a, start + 1);
	to = put_pair(to, _mm_unpackhi_epi64(a, colons), zero_a >> 8, start + 3);
	to = put_pair(to, _mm_unpacklo_epi64(b, colons), zero_b, start + 5);
	to = put_pair(to, _mm_unpackhi_epi64(b, colons), zero_b >> 8, start + 7);
	return gap ? ip6_shorten(start, gap) : to - 1;
}

/* The groups from 0 to 4 are zero: it may be IPv4-mapped, which ends otherwise. */
TARGET static inline unsigned is_low(__m128i v)
{
	return (_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) & 0x3ff) == 0x3ff;
}

TARGET static inline size_t one_sse41(const char *s, char **to)
{
	size_t n = quad(s);
	struct u128 v6;
	__m128i v;

	if (n) {
		_mm_storeu_si128((void *)*to, load(s));
		*to += n;
		return n;
	}
	if (full(s, &v) && !is_low(v)) {
		*to = put_groups(*to, v);
		return 39;
	}
	n = ip6_read_slack(s, &v6);
	if (!n)
		return 0;
	if (v6.hi == 0) {
		*to = ip6_write(*to, v6);
	} else {
		v = _mm_set_epi64x((long long)__builtin_bswap64(v6.lo),
				   (long long)__builtin_bswap64(v6.hi));
		*to = put_groups(*to, v);
	}
	return n;
}

TARGET static void rewrite_sse41(struct ip_lines *l, unsigned max)
{
	ip_lines_rewrite(l, max, one_sse41);
}

static const struct ip_kernel sse41 = { "sse4.1", pass_sse41, rewrite_sse41 };

const struct ip_kernel *ip_lines_x86(unsigned index)
{
	if (index || !__builtin_cpu_supports("sse4.1") || !__builtin_cpu_supports("popcnt"))
		return NULL;
	return &sse41;
}

#else

const struct ip_kernel *ip_lines_x86(unsigned index)
{
	(void)index;
	return NULL;
}

#endif
