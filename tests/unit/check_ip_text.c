/* SPDX-License-Identifier: MIT */
#include "net/ip_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "net/ip_legacy.h"
#include "unit.h"

/* How much of a text is an address, whatever follows. */
START_TEST(longest)
{
	static const struct {
		const char *text;
		size_t v4, v6;
	} rows[] = {
		{ "1.2.3.4", 7, 0 },
		{ "1.2.3.4:80", 7, 0 },
		{ "1.2.3.4.5", 7, 0 },
		{ "255.255.255.255 and more of it", 15, 0 },
		{ "1.2.3.400", 0, 0 },
		{ "1.2.3.1000", 0, 0 },
		{ "1.2.3.04", 0, 0 },
		{ "1.2.3.256", 0, 0 },
		{ "1.2.3", 0, 0 },
		{ "1.2.3.", 0, 0 },
		{ "", 0, 0 },
		{ ":", 0, 0 },
		{ "::", 0, 2 },
		{ ":::", 0, 2 },
		{ "::1", 0, 3 },
		{ "::1:", 0, 3 },
		{ "::1::", 0, 3 },
		{ "1::", 0, 3 },
		{ "1::2::3", 0, 4 },
		{ "::12345", 0, 2 },
		{ "1::12345", 0, 3 },
		{ "1::2:12345", 0, 4 },
		{ "12345::", 0, 0 },
		{ "1:2:3:4:5:6:7", 0, 0 },
		{ "1:2:3:4:5:6:7:8", 0, 15 },
		{ "1:2:3:4:5:6:7:8:9", 0, 15 },
		{ "1:2:3:4:5:6:7:8::", 0, 15 },
		{ "1:2:3:4:5:6:7::", 0, 15 },
		{ "1:2:3:4:5:6:7::8", 0, 15 },
		{ "::2:3:4:5:6:7:8", 0, 15 },
		{ "::2:3:4:5:6:7:8:9", 0, 15 },
		{ "::1.2.3.4", 0, 9 },
		{ "::1.2.3.4.5", 0, 9 },
		{ "::1.2.3.400", 0, 3 },
		{ "::1.2.3", 0, 3 },
		{ "1:2:3:4:5:6:1.2.3.4", 0, 19 },
		{ "1:2:3:4:5:6:7:1.2.3.4", 0, 15 },
		{ "1:2:3:4:5:6::1.2.3.4", 0, 14 },
		{ "1:2:3:4:5::1.2.3.4", 0, 18 },
		{ "1:2:3:4:5:1.2.3.4", 0, 0 },
		{ "0000:0000:0000:0000:0000:0000:255.255.255.255", 0, 45 },
		{ "fe80::1%eth0", 0, 7 },
		{ "2001:db8::/32", 0, 10 },
		{ "2001:DB8::G", 0, 10 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = rows[i].text;
		char exact[64]; /* nothing is read behind it: the sanitizer sees to that */
		size_t len = strlen(text);
		struct u128 v6;
		uint32_t v4;

		memcpy(exact + sizeof(exact) - len, text, len);
		text = exact + sizeof(exact) - len;
		ck_assert_msg(ip4_read(text, text + len, &v4) == rows[i].v4, "%s", rows[i].text);
		ck_assert_msg(ip6_read(text, text + len, &v6) == rows[i].v6, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(every_octet)
{
	for (unsigned i = 0; i < 256; i++) {
		uint32_t v = i << 24 | (255 - i) << 16 | i << 8 | i;
		char text[IP4_ROOM + 1], want[INET_ADDRSTRLEN];
		struct in_addr in = { htonl(v) };

		*ip4_write(text, v) = '\0';
		ck_assert_str_eq(text, inet_ntop(AF_INET, &in, want, sizeof(want)));
	}
}
END_TEST

/* What inet_aton(3) reads in a text, and others. */
START_TEST(legacy)
{
	static const struct {
		const char *text;
		const char *aton, *decimal; /* NULL: not read */
	} rows[] = {
		{ "1.2.3", "1.2.0.3", "1.2.3.0" },
		{ "127.1", "127.0.0.1", "127.1.0.0" },
		{ "010.0.0.1", "8.0.0.1", "10.0.0.1" },
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.010", "192.0.2.8", "192.0.2.10" },
		{ "0x7f.1", "127.0.0.1", NULL },
		{ "0X7F000001", "127.0.0.1", NULL },
		{ "2130706433", "127.0.0.1", NULL },
		{ "017700000001", "127.0.0.1", NULL },
		{ "4294967295", "255.255.255.255", NULL },
		{ "1.16777215", "1.255.255.255", NULL },
		{ "1.2.65535", "1.2.255.255", NULL },
		{ "7", "0.0.0.7", "7.0.0.0" },
		{ "0", "0.0.0.0", "0.0.0.0" },
		{ "4294967296", NULL, NULL },
		{ "040000000000", NULL, NULL },
		{ "1.16777216", NULL, NULL },
		{ "1.2.65536", NULL, NULL },
		{ "1.2.3.256", NULL, NULL },
		{ "1.2.3.4.5", NULL, NULL },
		{ "256.1", NULL, NULL },
		{ "08.1", NULL, NULL },
		{ "0x", NULL, NULL },
		{ "0x.1", NULL, NULL },
		{ "1.", NULL, NULL },
		{ ".1", NULL, NULL },
		{ "", NULL, NULL },
		{ "1.2.3.4 ", NULL, NULL },
		{ "-1", NULL, NULL },
		{ "+1", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = rows[i].text;
		char got[IP4_ROOM];
		struct ip_legacy l;
		bool ok = ip_legacy_read(&l, text, strlen(text));

		ck_assert_msg(ok == (rows[i].aton != NULL), "\"%s\"", text);
		if (!ok)
			continue;
		*ip4_write(got, l.aton) = '\0';
		ck_assert_str_eq(got, rows[i].aton);
		*ip4_write(got, l.decimal) = '\0';
		ck_assert_msg(l.has_decimal == (rows[i].decimal != NULL), "\"%s\"", text);
		if (l.has_decimal)
			ck_assert_str_eq(got, rows[i].decimal);
	}
}
END_TEST

/* Exactly what libc reads; a blank behind it, which libc passes over, is never made. */
START_TEST(legacy_same_as_inet_aton)
{
	static const char alphabet[] = "0123456789.........0x0xafAF7";
	uint32_t state = 1;
	unsigned taken = 0;

	for (unsigned i = 0; i < 100000; i++) {
		char text[16];
		size_t n = 0;
		struct in_addr in;
		struct ip_legacy l;
		bool ok;

		for (unsigned left = 1 + i % 14; left; left--) {
			state = state * 1664525U + 1013904223U;
			text[n++] = alphabet[(state >> 8) % (sizeof(alphabet) - 1)];
		}
		text[n] = '\0';
		ok = ip_legacy_read(&l, text, n);
		ck_assert_msg(ok == (inet_aton(text, &in) != 0), "\"%s\"", text);
		ck_assert_msg(!ok || l.aton == ntohl(in.s_addr), "\"%s\"", text);
		taken += ok;
	}
	ck_assert_uint_gt(taken, 5000);
}
END_TEST

START_TEST(legacy_hint)
{
	static const struct {
		const char *text, *hint, *bare;
	} rows[] = {
		{ "1.2.3",
		  "bad; inet_aton reads 1.2.0.3, others read 1.2.3.0; "
		  "--legacy takes the first",
		  "bad; inet_aton reads 1.2.0.3, others read 1.2.3.0" },
		{ "0x7f.1", "bad; inet_aton reads 127.0.0.1; --legacy takes it",
		  "bad; inet_aton reads 127.0.0.1" },
		{ "256.1.1.1", "bad", "bad" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { .text = "bad" };

		ip_legacy_hint(&err, rows[i].text, strlen(rows[i].text));
		ck_assert_str_eq(err.text, rows[i].hint);
		ip_legacy_hint_bare(&err);
		ck_assert_str_eq(err.text, rows[i].bare);
	}
}
END_TEST

UNIT_MAIN("ip_text", longest, every_octet, legacy, legacy_same_as_inet_aton, legacy_hint)
