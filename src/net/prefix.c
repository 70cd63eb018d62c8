/* SPDX-License-Identifier: MIT */
#include "net/prefix.h"

#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/ip_bad.h"

/* The text being parsed. */
struct text {
	struct ip_source in;
	unsigned flags;
	struct ip_legacy legacy; /* see struct prefix */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

static struct u128 last_of_family(unsigned family)
{
	return u128_ones(ip_bits(family));
}

/* The address from S to END. */
static int parse_address(struct text *t, const char *s, const char *end, struct ip *ip)
{
	const char *zone = memchr(s, '%', (size_t)(end - s));
	struct ip_legacy legacy;

	if (zone && zone > s)
		return ip_bad(&t->in, zone, "a zone names an interface, which is no part of a set");
	if (ip_parse(ip, s, (size_t)(end - s), t->in.before + (size_t)(s - t->in.start),
		     t->in.err) == 0)
		return 0;
	if (!(t->flags & PREFIX_LEGACY)) {
		ip_legacy_hint(t->in.err, s, (size_t)(end - s));
		return -1;
	}
	if (!ip_legacy_read(&legacy, s, (size_t)(end - s)))
		return -1;
	*ip = ip_from_num(4, u128_of(legacy.aton));
	if (!t->legacy.text)
		t->legacy = legacy;
	return 0;
}

/* How many one bits MASK has at its lower end, or -1 if ones stand above a zero. */
static int low_ones(struct u128 mask)
{
	struct u128 above = u128_add(mask, u128_of(1));

	if (!u128_eq(u128_and(mask, above), u128_of(0)))
		return -1;
	return u128_eq(mask, u128_of(0)) ? 0 : 128 - (int)u128_clz(mask);
}

/* The mask from S on for an address of FAMILY. */
static int parse_mask(struct text *t, const char *s, unsigned family, struct prefix *p)
{
	const int bits = (int)ip_bits(family);
	int as_netmask, as_wildcard;
	char reason[160];
	struct u128 mask;
	struct ip ip;

	if (parse_address(t, s, t->in.end, &ip) < 0)
		return -1;
	if (ip.family != family) {
		snprintf(reason, sizeof(reason), "the mask of an IPv%u address is an IPv%u one",
			 family, ip.family);
		return ip_bad(&t->in, s, reason);
	}
	mask = ip_num(&ip);
	as_wildcard = low_ones(mask);
	as_netmask = low_ones(u128_xor(mask, last_of_family(family)));
	if (as_wildcard < 0 && as_netmask < 0)
		return ip_bad(&t->in, s, "the mask has zeros between ones");
	if (as_wildcard >= 0 && as_netmask >= 0) {
		snprintf(reason, sizeof(reason),
			 "this mask is /%d as a netmask and /%d as a wildcard: write the length",
			 bits - as_netmask, bits - as_wildcard);
		return ip_bad(&t->in, s, reason);
	}
	p->form = as_netmask >= 0 ? PREFIX_NETMASK : PREFIX_WILDCARD;
	p->length = bits - (as_netmask >= 0 ? as_netmask : as_wildcard);
	return 0;
}

static int parse_length(struct text *t, const char *s, unsigned family, struct prefix *p)
{
	const unsigned bits = ip_bits(family);
	char show[STR_SHOW], reason[160];
	const char *end = s;
	uint64_t length;

	while (end < t->in.end && str_is_digit(*end))
		end++;
	if (end < t->in.end &&
	    (memchr(s, '.', (size_t)(t->in.end - s)) || memchr(s, ':', (size_t)(t->in.end - s))))
		return parse_mask(t, s, family, p);
	if (end == s || end < t->in.end)
		return ip_bad_byte(&t->in, end, end == s ? "a length or a mask" : "the end");
	if (end - s > 1 && *s == '0')
		return ip_bad(&t->in, s, "a length with a leading zero");
	if (!scan_uint(s, end, bits, &length)) {
		snprintf(reason, sizeof(reason), "length %s is over %u",
			 str_show_n(show, s, (size_t)(end - s)), bits);
		return ip_bad(&t->in, s, reason);
	}
	p->form = PREFIX_LENGTH;
	p->length = (int)length;
	return 0;
}

/* What is behind the slash, or behind the blanks in place of it. */
static int parse_prefix(struct text *t, const char *s, struct prefix *p)
{
	const unsigned family = p->range.family;
	char reason[PREFIX_STRLEN + 80], net[PREFIX_STRLEN];

	if (*s == '/') {
		if (parse_length(t, ++s, family, p) < 0)
			return -1;
	} else {
		s = skip_blanks(s, t->in.end);
		if (parse_mask(t, s, family, p) < 0)
			return -1;
	}
	p->range = range_of_prefix(family, p->address, (unsigned)p->length);
	if (t->flags & PREFIX_STRICT && !u128_eq(p->range.first, p->address)) {
		snprintf(reason, sizeof(reason), "bits behind the length are set; the prefix is %s",
			 range_format(&p->range, net));
		return ip_bad(&t->in, s, reason);
	}
	return 0;
}

static int parse_last(struct text *t, const char *s, struct prefix *p)
{
	struct ip ip;

	p->form = PREFIX_RANGE;
	p->length = -1;
	s = skip_blanks(s, t->in.end);
	if (parse_address(t, s, t->in.end, &ip) < 0)
		return -1;
	if (ip.family != p->range.family)
		return ip_bad(&t->in, s, "one end is IPv4, the other IPv6");
	p->range.last = ip_num(&ip);
	if (u128_less(p->range.last, p->range.first))
		return ip_bad(&t->in, s, "it ends before it begins");
	return 0;
}

/*
 * The decimal digits from S to END as the number less one, from 0 to 2^128 - 1.  Returns 1,
 * 0 if the number is zero, -1 if it is over 2^128.
 */
static int scan_count(const char *s, const char *end, struct u128 *less_one)
{
	const struct u128 tenth = { UINT64_C(0x1999999999999999), UINT64_C(0x9999999999999999) };
	struct u128 n = { 0, 0 };
	bool full = false; /* it is 2^128, which in N is 0 */

	for (; s < end; s++) {
		uint64_t digit = (uint64_t)(*s - '0');
		int cmp = u128_cmp(n, tenth);

		if (full || cmp > 0 || (cmp == 0 && digit > 6))
			return -1;
		full = cmp == 0 && digit == 6;
		n = u128_add(u128_add(u128_shl(n, 3), u128_shl(n, 1)), u128_of(digit));
	}
	*less_one = u128_sub(n, u128_of(1));
	return full || !u128_eq(n, u128_of(0));
}

static int parse_count(const struct text *t, const char *s, struct prefix *p)
{
	const struct u128 max = last_of_family(p->range.family);
	char last[IP_STRLEN], reason[160];
	struct ip ip = ip_from_num(p->range.family, max);
	const char *end = s;
	struct u128 n;
	int got;

	p->form = PREFIX_COUNT;
	p->length = -1;
	while (end < t->in.end && str_is_digit(*end))
		end++;
	if (end == s || end < t->in.end)
		return ip_bad_byte(&t->in, end, end == s ? "a count" : "the end");
	got = scan_count(s, end, &n);
	if (got == 0)
		return ip_bad(&t->in, s, "the count is zero");
	if (got < 0 || u128_less(u128_sub(max, p->range.first), n)) {
		snprintf(reason, sizeof(reason), "the count goes past %s", ip_format(&ip, last));
		return ip_bad(&t->in, s, reason);
	}
	p->range.last = u128_add(p->range.first, n);
	return 0;
}

/* The mechanism of SPF that the text begins with: 4, 6, or 0. */
static unsigned spf_family(const char *s, size_t len)
{
	if (len < 4 || str_lower(s[0]) != 'i' || str_lower(s[1]) != 'p' || s[3] != ':')
		return 0;
	return s[2] == '4' ? 4 : s[2] == '6' ? 6 : 0;
}

/* Where the address that begins at S ends: at what separates it from the rest. */
static const char *address_end(const char *s, const char *end)
{
	while (s < end && *s != '/' && *s != '-' && *s != '+' && !is_blank(*s))
		s++;
	return s;
}

/* What is behind the first address, from END on. */
static int parse_rest(struct text *t, const char *end, struct prefix *p)
{
	const char *next = skip_blanks(end, t->in.end);

	if (next == t->in.end)
		return ip_bad_byte(&t->in, end, "the end");
	if (*next == '-') {
		t->in.what = "a range";
		return parse_last(t, next + 1, p);
	}
	if (*end == '+') {
		t->in.what = "a range";
		return parse_count(t, end + 1, p);
	}
	return parse_prefix(t, end, p);
}

int prefix_parse(struct prefix *p, const char *text, size_t len, size_t before, unsigned flags,
		 struct err *err)
{
	struct text t = { { text, text + len, before, "a prefix", err }, flags, { 0 } };
	const unsigned spf = spf_family(text, len);
	const char *s = text + (spf ? 4 : 0), *end = address_end(s, t.in.end);
	struct ip ip;

	if (end == s && end < t.in.end)
		return ip_bad_byte(&t.in, s, "an address");
	if (parse_address(&t, s, end, &ip) < 0)
		return -1;
	if (spf && spf != ip.family)
		return ip_bad(&t.in, s,
			      spf == 4 ? "\"ip4:\" before an IPv6 address" :
					 "\"ip6:\" before an IPv4 address");
	p->address = ip_num(&ip);
	p->range = (struct range){ ip.family, p->address, p->address };
	p->form = PREFIX_ADDRESS;
	p->length = (int)ip_bits(ip.family);
	if (end < t.in.end && parse_rest(&t, end, p) < 0)
		return -1;
	p->legacy = t.legacy;
	return 0;
}

int range_prefix_length(const struct range *r)
{
	struct u128 differ = u128_xor(r->first, r->last);
	int host = low_ones(differ);

	if (host < 0 || !u128_eq(u128_and(r->first, differ), u128_of(0)))
		return -1;
	return (int)ip_bits(r->family) - host;
}

struct range range_of_prefix(unsigned family, struct u128 address, unsigned length)
{
	struct u128 host = u128_ones(ip_bits(family) - length);

	return (struct range){
		.family = (uint8_t)family,
		.first = u128_and(address, u128_not(host)),
		.last = u128_or(address, host),
	};
}

char *range_format(const struct range *r, char buf[static PREFIX_STRLEN])
{
	struct ip first = ip_from_num(r->family, r->first), last = ip_from_num(r->family, r->last);
	int length = range_prefix_length(r);
	size_t n;

	ip_format(&first, buf);
	if (length == (int)ip_bits(r->family))
		return buf;
	n = strlen(buf);
	if (length >= 0) {
		snprintf(buf + n, PREFIX_STRLEN - n, "/%d", length);
	} else {
		buf[n] = '-';
		ip_format(&last, buf + n + 1);
	}
	return buf;
}
