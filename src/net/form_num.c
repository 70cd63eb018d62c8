/* SPDX-License-Identifier: MIT */
/* form_num.c - addresses as numbers: decimal, hexadecimal, binary */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "net/form_impl.h"
#include "net/ip_num.h"

/* How a number is written. */
struct radix {
	const char *prefix;  /* "0x" */
	unsigned base, bits; /* bits of a digit, 0 for decimal ones */
	const char *digits;  /* "hexadecimal digit" */
};

static const struct radix decimal = { "", 10, 0, "a digit" };
static const struct radix hexadecimal = { "0x", 16, 4, "a hexadecimal digit" };
static const struct radix binary = { "0b", 2, 1, "a binary digit" };

static const char hex[] = "0123456789abcdef";

static int digit_value(const struct radix *r, char c)
{
	int digit = str_hex_digit(c);

	return digit < (int)r->base ? digit : -1;
}

/* N becomes N * BASE + DIGIT; false if that is over 2^128 - 1. */
static bool add_digit(struct u128 *n, unsigned base, unsigned digit)
{
	/* The four quarters of N, each times BASE, the carry going up. */
	uint64_t part[4] = { n->lo & UINT32_MAX, n->lo >> 32, n->hi & UINT32_MAX, n->hi >> 32 };
	uint64_t carry = digit;

	for (unsigned i = 0; i < 4; i++) {
		carry += part[i] * base;
		part[i] = carry & UINT32_MAX;
		carry >>= 32;
	}
	*n = (struct u128){ part[3] << 32 | part[2], part[1] << 32 | part[0] };
	return carry == 0;
}

/* Behind the prefix of R at S, or S. */
static const char *skip_prefix(const struct radix *r, const char *s, const char *end)
{
	if (r->prefix[0] && end - s > 2 && s[0] == '0' && str_lower(s[1]) == r->prefix[1])
		return s + 2;
	return s;
}

/*
 * A binary number may be written as the dotted quad and the groups are: 11000000.00000000...
 * S is behind so many DIGITS and before END.
 */
static bool is_separator(const struct radix *r, const char *s, const char *end, unsigned digits)
{
	if (r != &binary || digits == 0 || end - s < 2)
		return false;
	return digit_value(r, s[-1]) >= 0 && digit_value(r, s[1]) >= 0 &&
	       ((*s == '.' && digits % 8 == 0) || (*s == ':' && digits % 16 == 0));
}

/* The family of a number of so many digits; 0 with an error if it cannot be told. */
static unsigned family_of(const struct form_text *t, const struct radix *r, const char *s,
			  struct u128 n, unsigned digits)
{
	const unsigned fixed = t->flags & FORM_NUMBER_4 ? 4 : t->flags & FORM_NUMBER_6 ? 6 : 0;
	const bool small = n.hi == 0 && n.lo <= UINT32_MAX;

	if (fixed == 4 && !small)
		form_bad(t, s, "it is over 4294967295, the highest IPv4 address");
	else if (fixed)
		return fixed;
	else if (r == &decimal)
		return small ? 4 : 6;
	else if (digits == 32 / r->bits)
		return 4;
	else if (digits == 128 / r->bits)
		return 6;
	else
		form_bad(t, s, "%u digits; IPv4 has %u, IPv6 %u", digits, 32 / r->bits,
			 128 / r->bits);
	return 0;
}

/* The number at *S, which is moved behind it. */
static int read_number(const struct form_text *t, const struct radix *r, const char **s,
		       struct ip *ip)
{
	const char *at = *s, *start = skip_prefix(r, at, t->end);
	struct u128 n = { 0, 0 };
	unsigned digits = 0, family;
	char show[STR_SHOW];

	for (*s = start; *s < t->end && **s != '/' && **s != '-'; ++*s) {
		int digit = digit_value(r, **s);

		if (is_separator(r, *s, t->end, digits))
			continue;
		if (digit < 0)
			return form_bad(t, *s, "\"%s\" where %s should be", str_show_n(show, *s, 1),
					r->digits);
		if (!add_digit(&n, r->base, (unsigned)digit))
			return form_bad(t, at, "the number has more than 128 bits");
		digits++;
	}
	if (digits == 0)
		return form_bad(t, *s, "it ends where %s should be", r->digits);
	family = family_of(t, r, at, n, digits);
	if (!family)
		return -1;
	*ip = ip_from_num(family, n);
	return 0;
}

static int read_parts(const struct form_text *t, const struct radix *r, struct form_value *v)
{
	const char *s = t->start;

	if (read_number(t, r, &s, &v->ep.ip) < 0)
		return -1;
	if (s == t->end)
		return 0;
	if (*s == '/')
		return form_read_length(t, s + 1, v);
	v->is_range = true;
	s++;
	if (read_number(t, r, &s, &v->last) < 0)
		return -1;
	if (s < t->end)
		return form_bad(t, s, "more than a range");
	if (v->last.family != v->ep.ip.family || memcmp(v->last.b, v->ep.ip.b, 16) < 0)
		return form_bad(t, t->end, "it ends before it begins");
	return 0;
}

int form_read_int(const struct form_text *t, struct form_value *v)
{
	return read_parts(t, &decimal, v);
}

int form_read_hex(const struct form_text *t, struct form_value *v)
{
	return read_parts(t, &hexadecimal, v);
}

int form_read_bin(const struct form_text *t, struct form_value *v)
{
	return read_parts(t, &binary, v);
}

/* The number at S has exactly the digits of an address; what is behind it is not looked at. */
static bool has_every_digit(const struct radix *r, const char *s, const char *end)
{
	const char *start = s;
	unsigned digits;

	for (digits = 0; s < end && (digit_value(r, *s) >= 0 || is_separator(r, s, end, digits));
	     s++)
		digits += digit_value(r, *s) >= 0;
	return (digits == 32 / r->bits || digits == 128 / r->bits) && s > start &&
	       (s == end || *s == '/' || *s == '-');
}

bool form_is_hex(const char *s, const char *end)
{
	const char *digits = skip_prefix(&hexadecimal, s, end);

	return digits > s && has_every_digit(&hexadecimal, digits, end);
}

bool form_is_bin(const char *s, const char *end)
{
	const char *digits = skip_prefix(&binary, s, end);

	/* Without 0b it is one if it has separators: no octet and no group is that long. */
	if (digits == s && !memchr(s, '.', (size_t)(end - s)) && !memchr(s, ':', (size_t)(end - s)))
		return false;
	return has_every_digit(&binary, digits, end);
}

void form_write_number(struct buf *b, const struct ip *ip, enum form form)
{
	char text[IP_DECIMAL_STRLEN];
	const struct radix *r = form == FORM_HEX ? &hexadecimal : &binary;

	if (form == FORM_INT) {
		buf_adds(b, ip_format_decimal(ip, text));
		return;
	}
	buf_adds(b, r->prefix);
	for (unsigned at = 0; at < ip_bits(ip->family); at += r->bits) {
		unsigned digit = ip->b[at / 8] >> (8 - r->bits - at % 8) & (r->base - 1);

		buf_addc(b, hex[digit]);
	}
}

void form_write_bytes(struct buf *b, const void *data, size_t n, char separator)
{
	const uint8_t *bytes = data;
	char *to = buf_reserve(b, 3 * n + 1);

	for (size_t i = 0; i < n; i++) {
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
		*to++ = separator;
	}
	b->len += n ? 3 * n - 1 : 0;
}
