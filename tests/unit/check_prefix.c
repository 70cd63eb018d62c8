/* SPDX-License-Identifier: MIT */
#include "net/prefix.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "unit.h"

/* The range that a text is; a NULL range: it is refused with REASON in the message. */
static const struct {
	const char *in, *range;
	int length;
	enum prefix_form form;
	const char *reason;
} texts[] = {
	{ "192.0.2.1", "192.0.2.1", 32, PREFIX_ADDRESS, NULL },
	{ "2001:DB8::1", "2001:db8::1", 128, PREFIX_ADDRESS, NULL },
	{ "192.0.2.0/24", "192.0.2.0/24", 24, PREFIX_LENGTH, NULL },
	{ "192.0.2.77/24", "192.0.2.0/24", 24, PREFIX_LENGTH, NULL },
	{ "192.0.2.1/32", "192.0.2.1", 32, PREFIX_LENGTH, NULL },
	{ "192.0.2.1/31", "192.0.2.0/31", 31, PREFIX_LENGTH, NULL },
	{ "192.0.2.1/0", "0.0.0.0/0", 0, PREFIX_LENGTH, NULL },
	{ "::/0", "::/0", 0, PREFIX_LENGTH, NULL },
	{ "2001:db8::1/64", "2001:db8::/64", 64, PREFIX_LENGTH, NULL },
	{ "2001:db8::1/65", "2001:db8::/65", 65, PREFIX_LENGTH, NULL },
	{ "::ffff:192.0.2.0/120", "::ffff:192.0.2.0/120", 120, PREFIX_LENGTH, NULL },
	{ "192.0.2.0/255.255.255.0", "192.0.2.0/24", 24, PREFIX_NETMASK, NULL },
	{ "192.0.2.0 255.255.255.0", "192.0.2.0/24", 24, PREFIX_NETMASK, NULL },
	{ "192.0.2.0 \t255.255.255.0", "192.0.2.0/24", 24, PREFIX_NETMASK, NULL },
	{ "192.0.2.0/0.0.0.255", "192.0.2.0/24", 24, PREFIX_WILDCARD, NULL },
	{ "192.0.2.0 0.0.0.1", "192.0.2.0/31", 31, PREFIX_WILDCARD, NULL },
	{ "200.0.0.0/128.0.0.0", "128.0.0.0/1", 1, PREFIX_NETMASK, NULL },
	{ "200.0.0.0/127.255.255.255", "128.0.0.0/1", 1, PREFIX_WILDCARD, NULL },
	{ "2001:db8::/ffff:ffff::", "2001:db8::/32", 32, PREFIX_NETMASK, NULL },
	{ "2001:db8::/::ffff", "2001:db8::/112", 112, PREFIX_WILDCARD, NULL },
	{ "192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9", -1, PREFIX_RANGE, NULL },
	{ "192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9", -1, PREFIX_RANGE, NULL },
	{ "192.0.2.0-192.0.2.255", "192.0.2.0/24", -1, PREFIX_RANGE, NULL },
	{ "192.0.2.1-192.0.2.1", "192.0.2.1", -1, PREFIX_RANGE, NULL },
	{ "0.0.0.0-255.255.255.255", "0.0.0.0/0", -1, PREFIX_RANGE, NULL },
	{ "::1-::f", "::1-::f", -1, PREFIX_RANGE, NULL },
	{ "192.0.2.1+1", "192.0.2.1", -1, PREFIX_COUNT, NULL },
	{ "192.0.2.1+9", "192.0.2.1-192.0.2.9", -1, PREFIX_COUNT, NULL },
	{ "192.0.2.1+009", "192.0.2.1-192.0.2.9", -1, PREFIX_COUNT, NULL },
	{ "0.0.0.0+4294967296", "0.0.0.0/0", -1, PREFIX_COUNT, NULL },
	{ "255.255.255.255+1", "255.255.255.255", -1, PREFIX_COUNT, NULL },
	{ "::+18446744073709551616", "::/64", -1, PREFIX_COUNT, NULL },
	{ "::+340282366920938463463374607431768211455",
	  "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", -1, PREFIX_COUNT, NULL },
	{ "::+340282366920938463463374607431768211456", "::/0", -1, PREFIX_COUNT, NULL },
	{ "ip4:192.0.2.0/24", "192.0.2.0/24", 24, PREFIX_LENGTH, NULL },
	{ "IP4:192.0.2.1", "192.0.2.1", 32, PREFIX_ADDRESS, NULL },
	{ "ip6:2001:db8::/32", "2001:db8::/32", 32, PREFIX_LENGTH, NULL },

	{ "", NULL, 0, 0, "\"\" is not an address: it is empty (column 5)" },
	{ "/24", NULL, 0, 0,
	  "\"/24\" is not a prefix: \"/\" where an address should be (column 5)" },
	{ "256.1.1.1/8", NULL, 0, 0, "octet 256 is over 255 (column 5)" },
	{ "1.2.3/24", NULL, 0, 0, "3 octets instead of four (column 10)" },
	{ "192.0.2.0/33", NULL, 0, 0,
	  "\"192.0.2.0/33\" is not a prefix: length 33 is over 32 (column 15)" },
	{ "::/129", NULL, 0, 0, "length 129 is over 128 (column 8)" },
	{ "::/99999999999999999999999", NULL, 0, 0, "is over 128 (column 8)" },
	{ "10.0.0.0/", NULL, 0, 0, "it ends where a length or a mask should be (column 14)" },
	{ "10.0.0.0/08", NULL, 0, 0, "a length with a leading zero (column 14)" },
	{ "10.0.0.0/8x", NULL, 0, 0, "\"x\" where the end should be (column 15)" },
	{ "10.0.0.0/x", NULL, 0, 0, "\"x\" where a length or a mask should be (column 14)" },
	{ "10.0.0.0/-8", NULL, 0, 0, "\"-\" where a length or a mask should be (column 14)" },
	{ "10.0.0.0/8/9", NULL, 0, 0, "\"/\" where the end should be (column 15)" },
	{ "10.0.0.0/255.0.255.0", NULL, 0, 0, "the mask has zeros between ones (column 14)" },
	{ "10.0.0.0/0.255.0.255", NULL, 0, 0, "the mask has zeros between ones (column 14)" },
	{ "10.0.0.0/0.0.0.0", NULL, 0, 0,
	  "this mask is /0 as a netmask and /32 as a wildcard: write the length (column 14)" },
	{ "10.0.0.0 255.255.255.255", NULL, 0, 0,
	  "this mask is /32 as a netmask and /0 as a wildcard: write the length (column 14)" },
	{ "::/::", NULL, 0, 0, "this mask is /0 as a netmask and /128 as a wildcard" },
	{ "10.0.0.0/255.255.256.0", NULL, 0, 0, "octet 256 is over 255 (column 22)" },
	{ "10.0.0.0/ffff::", NULL, 0, 0, "the mask of an IPv4 address is an IPv6 one (column 14)" },
	{ "::/255.0.0.0", NULL, 0, 0, "the mask of an IPv6 address is an IPv4 one (column 8)" },
	{ "10.0.0.0 24", NULL, 0, 0, "1 octet instead of four (column 16)" },
	{ "10.0.0.0 ", NULL, 0, 0, "\" \" where the end should be (column 13)" },
	{ " 10.0.0.0", NULL, 0, 0, "\" \" where an address should be (column 5)" },
	{ "192.0.2.9-192.0.2.1", NULL, 0, 0,
	  "\"192.0.2.9-192.0.2.1\" is not a range: it ends before it begins (column 15)" },
	{ "192.0.2.9-::1", NULL, 0, 0, "one end is IPv4, the other IPv6 (column 15)" },
	{ "192.0.2.9-", NULL, 0, 0, "it is empty (column 15)" },
	{ "192.0.2.1-9", NULL, 0, 0, "1 octet instead of four (column 16)" },
	{ "192.0.2.1-192.0.2.9/24", NULL, 0, 0, "\"/\" where the end should be (column 24)" },
	{ "192.0.2.1+", NULL, 0, 0, "it ends where a count should be (column 15)" },
	{ "192.0.2.1+0", NULL, 0, 0, "is not a range: the count is zero (column 15)" },
	{ "192.0.2.1+1k", NULL, 0, 0, "\"k\" where the end should be (column 16)" },
	{ "255.255.255.255+2", NULL, 0, 0, "the count goes past 255.255.255.255 (column 21)" },
	{ "0.0.0.0+4294967297", NULL, 0, 0, "the count goes past 255.255.255.255 (column 13)" },
	{ "::1+340282366920938463463374607431768211456", NULL, 0, 0,
	  "the count goes past ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff (column 9)" },
	{ "::+340282366920938463463374607431768211457", NULL, 0, 0, "the count goes past" },
	{ "::+3402823669209384634633746074317682114560", NULL, 0, 0, "the count goes past" },
	{ "ip4:2001:db8::/32", NULL, 0, 0, "\"ip4:\" before an IPv6 address (column 9)" },
	{ "ip6:192.0.2.1", NULL, 0, 0, "\"ip6:\" before an IPv4 address (column 9)" },
	{ "ip5:192.0.2.1", NULL, 0, 0, "is not an address" },
	{ "fe80::1%eth-0/64", NULL, 0, 0,
	  "a zone names an interface, which is no part of a set (column 12)" },
	{ "fe80::1%", NULL, 0, 0, "a zone names an interface" },
	{ "::1-fe80::1%lo", NULL, 0, 0, "a zone names an interface" },
	{ "a.example", NULL, 0, 0, "is not an address" },
};

START_TEST(forms)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *in = texts[i].in;
		char buf[PREFIX_STRLEN];
		struct prefix p;
		struct err err = { 0 };
		int rc = prefix_parse(&p, in, strlen(in), 4, 0, &err);

		if (!texts[i].range) {
			ck_assert_msg(rc < 0, "\"%s\" was taken", in);
			ck_assert_int_eq(err.kind, ERR_USAGE);
			ck_assert_msg(strstr(err.text, texts[i].reason) != NULL, "%s: %s", in,
				      err.text);
			continue;
		}
		ck_assert_msg(rc == 0, "\"%s\": %s", in, err.text);
		ck_assert_str_eq(range_format(&p.range, buf), texts[i].range);
		ck_assert_msg(p.length == texts[i].length, "%s: length %d", in, p.length);
		ck_assert_msg(p.form == texts[i].form, "%s: form %d", in, p.form);
	}
}
END_TEST

/* The text need not end in a NUL, and what stands behind it is not looked at. */
START_TEST(by_length)
{
	static const char *const whole[] = { "192.0.2.0/24", "192.0.2.0 0.0.0.255", "::1-::9",
					     "::1+99", "ip6:::1/128" };

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
		size_t n = strlen(whole[i]);

		for (size_t len = 0; len <= n; len++) {
			char *exact = malloc(len ? len : 1);
			struct prefix p, q;
			struct err err, other;
			char *z = strndup(whole[i], len);
			int rc;

			memcpy(exact, whole[i], len);
			rc = prefix_parse(&p, exact, len, 0, 0, &err);
			ck_assert_int_eq(rc, prefix_parse(&q, z, len, 0, 0, &other));
			if (rc < 0)
				ck_assert_str_eq(err.text, other.text);
			free(exact);
			free(z);
		}
	}
}
END_TEST

START_TEST(strict)
{
	struct prefix p;
	struct err err;

	ck_assert_int_eq(prefix_parse(&p, "10.0.0.0/24", 11, 0, PREFIX_STRICT, &err), 0);
	ck_assert_int_eq(prefix_parse(&p, "10.0.0.5", 8, 0, PREFIX_STRICT, &err), 0);
	ck_assert_int_lt(prefix_parse(&p, "10.0.0.5/24", 11, 0, PREFIX_STRICT, &err), 0);
	ck_assert_str_eq(err.text,
			 "\"10.0.0.5/24\" is not a prefix: bits behind the length are set; "
			 "the prefix is 10.0.0.0/24 (column 10)");
}
END_TEST

START_TEST(legacy)
{
	static const struct {
		const char *in, *range, *reason;
	} rows[] = {
		{ "1.2.3", "1.2.0.3", "; inet_aton reads 1.2.0.3, others read 1.2.3.0; --legacy" },
		{ "010.0.0.1", "8.0.0.1", "; inet_aton reads 8.0.0.1, others read 10.0.0.1;" },
		{ "0x7f.1", "127.0.0.1", "; inet_aton reads 127.0.0.1; --legacy takes it" },
		{ "10.1/16", "10.0.0.0/16", "; inet_aton reads 10.0.0.1" },
		{ "1.2-1.4", "1.0.0.2-1.0.0.4", "; inet_aton reads 1.0.0.2" },
		{ "::1", "::1", NULL },
		{ "192.0.2.1", "192.0.2.1", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *in = rows[i].in;
		char buf[PREFIX_STRLEN];
		struct err err = { 0 };
		struct prefix p;

		ck_assert_int_eq(prefix_parse(&p, in, strlen(in), 0, PREFIX_LEGACY, &err), 0);
		ck_assert_str_eq(range_format(&p.range, buf), rows[i].range);
		ck_assert_int_eq(prefix_parse(&p, in, strlen(in), 0, 0, &err),
				 rows[i].reason ? -1 : 0);
		if (rows[i].reason)
			ck_assert_msg(strstr(err.text, rows[i].reason) != NULL, "%s", err.text);
	}
}
END_TEST

/* Each prefix of each length is the range that it is made from. */
START_TEST(lengths)
{
	const struct u128 address = { UINT64_C(0x20010db8a5a5a5a5), UINT64_C(0x5a5a5a5ac0000201) };

	for (unsigned family = 4; family <= 6; family += 2) {
		struct u128 a = family == 4 ? u128_of(0xc0000201) : address;

		for (unsigned length = 0; length <= ip_bits(family); length++) {
			struct range r = range_of_prefix(family, a, length), wide = r;
			char buf[PREFIX_STRLEN];
			struct prefix p;
			struct err err;

			ck_assert_int_eq(range_prefix_length(&r), (int)length);
			range_format(&r, buf);
			ck_assert_int_eq(prefix_parse(&p, buf, strlen(buf), 0, 0, &err), 0);
			ck_assert(u128_eq(p.range.first, r.first) && u128_eq(p.range.last, r.last));
			if (length == ip_bits(family))
				continue;
			wide.last = u128_sub(wide.last, u128_of(1));
			ck_assert_int_eq(range_prefix_length(&wide),
					 length + 1 == ip_bits(family) ? (int)length + 1 : -1);
		}
	}
}
END_TEST

UNIT_MAIN("prefix", forms, by_length, strict, legacy, lengths)
