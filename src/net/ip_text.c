/* SPDX-License-Identifier: MIT */
#include "net/ip_text.h"

#include <stdbool.h>

/* clang-format off */
#define OCTET(text) { text, sizeof(text) - 1 }
#define SIX(ten) \
	OCTET(#ten "0."), OCTET(#ten "1."), OCTET(#ten "2."), \
	OCTET(#ten "3."), OCTET(#ten "4."), OCTET(#ten "5.")
#define TEN(ten) \
	SIX(ten), \
	OCTET(#ten "6."), OCTET(#ten "7."), OCTET(#ten "8."), OCTET(#ten "9.")

const struct ip_octet ip_octets[256] = {
	TEN(), TEN(1), TEN(2), TEN(3), TEN(4), TEN(5), TEN(6), TEN(7), TEN(8), TEN(9),
	TEN(10), TEN(11), TEN(12), TEN(13), TEN(14), TEN(15), TEN(16), TEN(17), TEN(18), TEN(19),
	TEN(20), TEN(21), TEN(22), TEN(23), TEN(24), SIX(25),
};

#define NO 255
const uint8_t ip_digits[256] = {
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO, NO, NO, NO, NO, NO,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
const uint8_t ip6_gaps[256] = {
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x00, 0x00, 0x00, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x18, 0x18, 0x18, 0x03, 0x1c, 0x1c, 0x1e, 0x1f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x00, 0x00, 0x00, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x30, 0x30, 0x30, 0x03, 0x30, 0x30, 0x06, 0x07, 0x38, 0x38, 0x38, 0x38, 0x3c, 0x3c, 0x3e, 0x3f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x00, 0x00, 0x00, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x18, 0x18, 0x18, 0x03, 0x1c, 0x1c, 0x1e, 0x1f,
	0x60, 0x60, 0x60, 0x03, 0x60, 0x60, 0x06, 0x07, 0x60, 0x60, 0x60, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x70, 0x07, 0x78, 0x78, 0x78, 0x78, 0x7c, 0x7c, 0x7e, 0x7f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x00, 0x00, 0x00, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x18, 0x18, 0x18, 0x03, 0x1c, 0x1c, 0x1e, 0x1f,
	0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x06, 0x07, 0x00, 0x00, 0x00, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0x30, 0x30, 0x30, 0x03, 0x30, 0x30, 0x06, 0x07, 0x38, 0x38, 0x38, 0x38, 0x3c, 0x3c, 0x3e, 0x3f,
	0xc0, 0xc0, 0xc0, 0x03, 0xc0, 0xc0, 0x06, 0x07, 0xc0, 0xc0, 0xc0, 0x03, 0x0c, 0x0c, 0x0e, 0x0f,
	0xc0, 0xc0, 0xc0, 0x03, 0xc0, 0xc0, 0x06, 0x07, 0x18, 0x18, 0x18, 0x03, 0x1c, 0x1c, 0x1e, 0x1f,
	0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0x07, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0x0e, 0x0f,
	0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf8, 0xf8, 0xf8, 0xf8, 0xfc, 0xfc, 0xfe, 0xff,
};
/* clang-format on */

/* The groups that were read: behind "::" they are counted anew. */
struct groups {
	struct u128 value;  /* of those behind "::", or of all */
	struct u128 before; /* of those before "::" */
	unsigned n;         /* groups in VALUE */
	unsigned n_before;
	bool gap; /* there is "::" */
};

static void add_group(struct groups *g, unsigned group)
{
	g->value.hi = g->value.hi << 16 | g->value.lo >> 48;
	g->value.lo = g->value.lo << 16 | group;
	g->n++;
}

/* "::" was read. */
static void open_gap(struct groups *g)
{
	g->gap = true;
	g->before = g->value;
	g->n_before = g->n;
	g->value = u128_of(0);
	g->n = 0;
}

/* How many more groups there may be; "::" stands for one at least (RFC 4291 section 2.2). */
static unsigned room(const struct groups *g)
{
	return g->gap ? 7 - g->n_before - g->n : 8 - g->n;
}

/* One group at S of one to four digits; its length, or 0. */
static inline size_t read_group(const char *s, unsigned *group)
{
	unsigned a = ip_digits[(unsigned char)s[0]], b = ip_digits[(unsigned char)s[1]];
	unsigned c = ip_digits[(unsigned char)s[2]], d = ip_digits[(unsigned char)s[3]];

	if ((a | b | c | d) < 16) { /* most have four */
		*group = a << 12 | b << 8 | c << 4 | d;
		return ip_digits[(unsigned char)s[4]] < 16 ? 0 : 4;
	}
	if (a > 15)
		return 0;
	*group = a;
	if (b > 15)
		return 1;
	*group = a << 4 | b;
	if (c > 15)
		return 2;
	*group = a << 8 | b << 4 | c;
	return 3;
}

/* A dotted quad that ends the address; its length, or 0. */
static size_t read_quad(const char *s, struct groups *g)
{
	size_t n;
	uint32_t quad;

	if (room(g) < 2)
		return 0;
	n = ip4_read_slack(s, &quad);
	if (n) {
		add_group(g, quad >> 16);
		add_group(g, quad & 0xffff);
	}
	return n;
}

/* Reads the groups; returns the end of the longest text that could be an address. */
static const char *read_groups(const char *s, struct groups *g)
{
	const char *end = s;

	if (s[0] == ':') {
		if (s[1] != ':')
			return s;
		open_gap(g);
		end = s += 2;
	}
	while (room(g)) {
		unsigned group;
		size_t n = read_group(s, &group);

		if (n && s[n] == '.') {
			size_t quad = read_quad(s, g);

			if (quad)
				return s + quad;
		}
		if (!n)
			break;
		add_group(g, group);
		end = s += n;
		if (*s++ != ':')
			break;
		if (*s == ':') {
			if (g->gap || !room(g))
				break;
			open_gap(g);
			end = ++s;
		}
	}
	return end;
}

size_t ip6_read_slack(const char *s, struct u128 *v)
{
	struct groups g = { 0 };
	const char *end = read_groups(s, &g);

	if (g.gap)
		*v = u128_or(u128_shl(g.before, 16 * (8 - g.n_before)), g.value);
	else if (g.n == 8)
		*v = g.value;
	else
		return 0;
	return (size_t)(end - s);
}

size_t ip6_read(const char *s, const char *end, struct u128 *v)
{
	char copy[IP6_SLACK] = { 0 };

	if (end - s >= IP6_SLACK)
		return ip6_read_slack(s, v);
	if (s == end)
		return 0;
	memcpy(copy, s, (size_t)(end - s));
	return ip6_read_slack(copy, v);
}

/* The eight digits of V, the first in the highest byte. */
static inline uint64_t hex_digits(uint32_t v)
{
	uint64_t x = v;

	x = (x << 16 | x) & 0x0000ffff0000ffff;
	x = (x << 8 | x) & 0x00ff00ff00ff00ff;
	x = (x << 4 | x) & 0x0f0f0f0f0f0f0f0f;
	/* A byte over 9 carries into bit 4, which becomes the way from ':' to 'a'. */
	return x + 0x3030303030303030 +
	       ((x + 0x0606060606060606) >> 4 & 0x0101010101010101) * ('a' - ':');
}

/* Which of the four groups of V are zero, a bit each, the first group's the lowest. */
static inline unsigned zero_groups(uint64_t v)
{
	const uint64_t low = 0x7fff7fff7fff7fff;
	uint64_t zero = ~(((v & low) + low) | v) & ~low;

	return (unsigned)((zero >> 15) * 0x0008000400020001 >> 48 & 15);
}

/* The eight bytes of V, the highest first. */
static inline void put64(char *to, uint64_t v)
{
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		v = __builtin_bswap64(v);
	memcpy(to, &v, sizeof(v));
}

/* The group of the four bytes DIGITS and a colon, without leading zeros. */
static inline char *write_group(char *to, uint64_t group, uint64_t digits)
{
	unsigned zeros = (unsigned)(__builtin_clzll(group | 1) - 48) / 4;

	put64(to, (digits << 32 | (uint64_t)':' << 24) << 8 * zeros);
	return to + 5 - zeros;
}

/* The four groups of V, each with a colon behind it; where each of them ends goes to END. */
static inline char *write_half(char *to, uint64_t v, char *end[static 4])
{
	const uint64_t first = hex_digits((uint32_t)(v >> 32)), second = hex_digits((uint32_t)v);

	end[0] = write_group(to, v >> 48 & 0xffff, first >> 32);
	end[1] = write_group(end[0], v >> 32 & 0xffff, first);
	end[2] = write_group(end[1], v >> 16 & 0xffff, second >> 32);
	return end[3] = write_group(end[2], v & 0xffff, second);
}

static bool is_mapped(struct u128 v)
{
	return v.hi == 0 && v.lo >> 32 == 0xffff;
}

char *ip6_write(char *to, struct u128 v)
{
	char *start[9] = { to };
	unsigned gap;

	if (is_mapped(v)) {
		memcpy(to, "::ffff:", 7);
		return ip4_write(to + 7, (uint32_t)v.lo);
	}
	gap = ip6_gaps[zero_groups(v.hi) | zero_groups(v.lo) << 4];
	write_half(write_half(to, v.hi, start + 1), v.lo, start + 5);
	return gap ? ip6_shorten(start, gap) : start[8] - 1;
}
