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
	unsigned value = ip_digits[(unsigned char)s[0]], digit;
	size_t n;

	if (value > 15)
		return 0;
	for (n = 1; (digit = ip_digits[(unsigned char)s[n]]) <= 15; n++) {
		if (n == 4)
			return 0;
		value = value << 4 | digit;
	}
	*group = value;
	return n;
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

/* The eight groups of V, four digits each, the first in the highest byte. */
static inline void split_groups(struct u128 v, uint16_t value[static 8], uint32_t digits[static 8])
{
	const uint32_t words[] = { (uint32_t)(v.hi >> 32), (uint32_t)v.hi, (uint32_t)(v.lo >> 32),
				   (uint32_t)v.lo };

	for (unsigned i = 0; i < 4; i++) {
		uint64_t text = hex_digits(words[i]);

		value[2 * i] = (uint16_t)(words[i] >> 16);
		value[2 * i + 1] = (uint16_t)words[i];
		digits[2 * i] = (uint32_t)(text >> 32);
		digits[2 * i + 1] = (uint32_t)text;
	}
}

/* "567:" of the value 0x0567 and its digits. */
static inline char *write_group(char *to, unsigned value, uint32_t digits)
{
	/* Zero has one digit as 1 has. */
	unsigned zeros = (unsigned)__builtin_clz(value | 1) - 16;
	unsigned n = 4 - zeros / 4;

	digits <<= 8 * (4 - n);
	to[0] = (char)(digits >> 24);
	to[1] = (char)(digits >> 16);
	to[2] = (char)(digits >> 8);
	to[3] = (char)digits;
	to[n] = ':';
	return to + n + 1;
}

/* The first of the longest runs of zero groups; its length is at *LENGTH, 0 if under two. */
static inline unsigned longest_zeros(const uint16_t value[static 8], unsigned *length)
{
	unsigned zero = 0, run, first = 0;

	for (unsigned i = 0; i < 8; i++)
		zero |= (unsigned)(value[i] == 0) << i;
	*length = 0;
	/* A bit stays as long as as many zero groups follow it. */
	if (zero & zero >> 1)
		for (run = zero; run; run &= run >> 1) {
			first = (unsigned)__builtin_ctz(run);
			++*length;
		}
	return first;
}

static bool is_mapped(struct u128 v)
{
	return v.hi == 0 && v.lo >> 32 == 0xffff;
}

char *ip6_write(char *to, struct u128 v)
{
	uint16_t value[8];
	uint32_t digits[8];
	unsigned gap, length, i;

	if (is_mapped(v)) {
		memcpy(to, "::ffff:", 7);
		return ip4_write(to + 7, (uint32_t)v.lo);
	}
	split_groups(v, value, digits);
	gap = longest_zeros(value, &length);
	if (!length) {
		for (i = 0; i < 8; i++)
			to = write_group(to, value[i], digits[i]);
		return to - 1;
	}
	for (i = 0; i < gap; i++)
		to = write_group(to, value[i], digits[i]);
	if (gap == 0)
		*to++ = ':';
	*to++ = ':';
	if (gap + length == 8)
		return to;
	for (i = gap + length; i < 8; i++)
		to = write_group(to, value[i], digits[i]);
	return to - 1;
}
