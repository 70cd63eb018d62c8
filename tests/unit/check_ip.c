/* SPDX-License-Identifier: MIT */
#include "net/ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/endpoint.h"
#include "net/sa.h"
#include "unit.h"

static const struct {
	const char *in, *out; /* out is NULL where the parse must fail */
	const char *reason;   /* then this is in the message */
} forms[] = {
	{ "192.0.2.1", "192.0.2.1", NULL },
	{ "255.255.255.255", "255.255.255.255", NULL },
	{ "0.0.0.0", "0.0.0.0", NULL },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1", NULL },
	{ "::", "::", NULL },
	{ "::1", "::1", NULL },
	{ "1::", "1::", NULL },
	{ "1:0:0:2:0:0:0:3", "1:0:0:2::3", NULL },
	{ "1:0:0:2:0:0:3:4", "1::2:0:0:3:4", NULL },
	{ "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7", NULL },
	{ "0:0:0:0:0:0:0:0", "::", NULL },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", NULL },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", NULL },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", NULL },
	{ "::192.0.2.1", "::c000:201", NULL },
	{ "64:ff9b::192.0.2.1", "64:ff9b::c000:201", NULL },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", NULL },
	{ "192.0.2.01", NULL, "leading zero, which some read as octal (column 9)" },
	{ "010.0.0.1", NULL, "(column 1)" },
	{ "192.0.2", NULL, "3 octets instead of four (column 8)" },
	{ "1", NULL, "1 octet instead of four (column 2)" },
	{ "192.0.2.1.5", NULL, "(column 10)" },
	{ "256.1.1.1", NULL, "octet 256 is over 255 (column 1)" },
	{ "1.99999999999999999999.1.1", NULL, "is over 255 (column 3)" },
	{ "1..2.3", NULL, "\".\" where an octet should be (column 3)" },
	{ "1.2.3.", NULL, "it ends where an octet should be (column 7)" },
	{ "1.2.3.4 ", NULL, "\" \" where the end should be (column 8)" },
	{ "example", NULL, "(column 1)" },
	{ "", NULL, "it is empty" },
	{ "::1 ", NULL, "\" \" where a colon should be (column 4)" },
	{ ":", NULL, "single colon (column 1)" },
	{ ":1", NULL, "begins with a single colon (column 1)" },
	{ "1:2:3:4:5:6:7:", NULL, "ends with a single colon" },
	{ ":::", NULL, "\"::\" more than once (column 3)" },
	{ "1::2::3", NULL, "\"::\" more than once (column 6)" },
	{ "12345::1", NULL, "more than four digits (column 5)" },
	{ "1:2:3:4:5:6:7", NULL, "7 groups instead of eight" },
	{ "1:2:3:4:5:6:7:8:9", NULL, "more than eight groups (column 17)" },
	{ "1:2:3:4:5:6:7::8", NULL, "stands for none" },
	{ "::1:2:3:4:5:6:7:8", NULL, "stands for none" },
	{ "1:2:3:4:5:6:7:1.2.3.4", NULL, "no room" },
	{ "::1.2.3", NULL, "3 octets" },
	{ "::ffff:1.2.3.256", NULL, "octet 256 is over 255 (column 14)" },
	{ "1.2.3.4::", NULL, "(column 8)" },
	{ "g::", NULL, "\"g\" where a hexadecimal digit should be (column 1)" },
};

START_TEST(parse_and_format)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct err err = { 0 };
		char buf[IP_STRLEN];
		struct ip ip;
		int rc = ip_parse(&ip, forms[i].in, strlen(forms[i].in), 0, &err);

		if (!forms[i].out) {
			ck_assert_msg(rc < 0, "\"%s\" was taken", forms[i].in);
			ck_assert_int_eq(err.kind, ERR_USAGE);
			ck_assert_msg(strstr(err.text, forms[i].reason) != NULL, "%s: %s",
				      forms[i].in, err.text);
			continue;
		}
		ck_assert_msg(rc == 0, "\"%s\": %s", forms[i].in, err.text);
		ck_assert_str_eq(ip_format(&ip, buf), forms[i].out);
	}
}
END_TEST

/* A small generator of texts near an address; the same on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

static void mutate(char *text, size_t size, uint32_t *state)
{
	static const char alphabet[] = "0123456789abcdefABCDEF:::...% gx";
	size_t len = strlen(text), at = next_random(state) % (len + 1);
	char c = alphabet[next_random(state) % (sizeof(alphabet) - 1)];

	switch (next_random(state) % 3) {
	case 0:
		if (at < len)
			text[at] = c;
		break;
	case 1:
		if (at < len)
			memmove(text + at, text + at + 1, len - at);
		break;
	default:
		if (len + 2 < size) {
			memmove(text + at + 1, text + at, len - at + 1);
			text[at] = c;
		}
	}
}

/* RFC 5952 sections 4 and 5, word for word; returns how many longest runs of zeros there are. */
static unsigned write_slowly(const struct ip *ip, char to[static IP_STRLEN])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned first = 8, best = 1, run = 0, n = 0, runs = 0;

	if (memcmp(ip->b, mapped, 12) == 0) {
		snprintf(to, IP_STRLEN, "::ffff:%u.%u.%u.%u", ip->b[12], ip->b[13], ip->b[14],
			 ip->b[15]);
		return 1;
	}
	for (unsigned i = 0; i < 8; i++) {
		run = ip->b[2 * i] || ip->b[2 * i + 1] ? 0 : run + 1;
		if (run > best) {
			best = run;
			first = i + 1 - run;
			runs = 0;
		}
		runs += run == best && best > 1;
	}
	for (unsigned i = 0; i < 8; i += i == first ? best : 1) {
		unsigned group = (unsigned)ip->b[2 * i] << 8 | ip->b[2 * i + 1];

		if (i == first)
			n += (unsigned)snprintf(to + n, IP_STRLEN - n, "%s", i ? ":" : "::");
		else
			n += (unsigned)snprintf(to + n, IP_STRLEN - n, "%x%s", group,
						i < 7 ? ":" : "");
	}
	return runs;
}

/*
 * inet_ntop(3) writes IP as TEXT; but IPv4-compatible addresses, which RFC 5952 does not except,
 * and what musl does of two runs of zeros.
 */
static bool same_as_inet_ntop(const struct ip *ip, const char *text)
{
	char want[INET6_ADDRSTRLEN], slow[IP_STRLEN];
	unsigned runs;

	inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->b, want, sizeof(want));
	if (ip->family == 4)
		return strcmp(text, want) == 0;
	runs = write_slowly(ip, slow);
	return strcmp(text, slow) == 0 && (strcmp(text, want) == 0 || runs > 1 ||
					   (strncmp(want, "::", 2) == 0 && strchr(want, '.')));
}

/* TEXT is taken by both or by none, and means the same. */
static bool same(const char *text, unsigned *taken)
{
	uint8_t want[16] = { 0 };
	char again[IP_STRLEN];
	struct err err;
	struct ip ip, back;
	int pton = inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, want);

	err.kind = ERR_NONE;
	if (ip_parse(&ip, text, strlen(text), 0, &err) < 0)
		return pton != 1 && err.kind == ERR_USAGE;
	++*taken;
	ip_format(&ip, again);
	return pton == 1 && memcmp(ip.b, want, ip_size(&ip)) == 0 &&
	       ip_parse(&back, again, strlen(again), 0, &err) == 0 &&
	       memcmp(&back, &ip, sizeof(ip)) == 0 && same_as_inet_ntop(&ip, again);
}

/* An emulator runs a twentieth of what a machine does. */
static unsigned rounds(unsigned n)
{
	const char *exec = getenv("NETIPC_EXEC");

	return exec && *exec ? n / 20 : n;
}

/* inet_pton(3) takes exactly what ip_parse() takes, and means the same bytes. */
START_TEST(same_as_libc)
{
	static const char *const seeds[] = {
		"192.0.2.1",       "2001:db8::1",
		"::ffff:10.0.0.1", "1:2:3:4:5:6:7:8",
		"fe80::",          "::",
		"255.255.255.255", "2001:db8:0:0:1:0:0:1",
		"10.20.30.40",     "abcd:ef01:2345:6789::",
	};
	unsigned taken = 0, all = rounds(1000000);
	uint32_t state = 1;

	for (unsigned i = 0; i < all; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", seeds[i % ARRAY_SIZE(seeds)]);
		for (unsigned n = next_random(&state) % 4; n; n--)
			mutate(text, sizeof(text), &state);
		if (!same(text, &taken))
			ck_abort_msg("\"%s\"", text);
	}
	ck_assert_uint_gt(taken, all / 4);
}
END_TEST

/* Each set of zero groups, and groups of each length. */
START_TEST(zero_groups)
{
	uint32_t state = 1;

	for (unsigned i = 0; i < 256 * 64; i++) {
		struct ip ip = { .family = 6 };
		char text[IP_STRLEN];

		for (unsigned g = 0; g < 8; g++) {
			unsigned group = next_random(&state) & 0xffff;

			group >>= next_random(&state) % 4 * 4;
			group = i >> g & 1 ? 0 : group ? group : 1;
			ip.b[2 * g] = (uint8_t)(group >> 8);
			ip.b[2 * g + 1] = (uint8_t)group;
		}
		ip_format(&ip, text);
		if (!same_as_inet_ntop(&ip, text))
			ck_abort_msg("%s", text);
	}
}
END_TEST

START_TEST(numbers_and_names)
{
	static const struct {
		const char *in, *full, *decimal, *arpa;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", "3221225985", "1.2.0.192.in-addr.arpa" },
		{ "0.0.0.0", "0.0.0.0", "0", "0.0.0.0.in-addr.arpa" },
		{ "::", "0000:0000:0000:0000:0000:0000:0000:0000", "0", NULL },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "340282366920938463463374607431768211455", NULL },
		{ "2001:db8::567:89ab", "2001:0db8:0000:0000:0000:0000:0567:89ab",
		  "42540766411282592856903984951744498091", /* RFC 3596 section 2.5's example */
		  "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[IP_ARPA_STRLEN];
		struct err err;
		struct ip ip;

		ck_assert_int_eq(ip_parse(&ip, rows[i].in, strlen(rows[i].in), 0, &err), 0);
		ck_assert_str_eq(ip_format_full(&ip, buf), rows[i].full);
		ck_assert_str_eq(ip_format_decimal(&ip, buf), rows[i].decimal);
		if (rows[i].arpa)
			ck_assert_str_eq(ip_format_arpa(&ip, buf), rows[i].arpa);
	}
}
END_TEST

static const struct {
	const char *in, *out; /* out is sa_format()'s, NULL where the parse must fail */
	const char *reason;
} endpoints[] = {
	{ "192.0.2.1", "192.0.2.1:0", NULL },
	{ "192.0.2.1:80", "192.0.2.1:80", NULL },
	{ "192.0.2.1:65535", "192.0.2.1:65535", NULL },
	{ "2001:db8::1", "[2001:db8::1]:0", NULL },
	{ "[2001:db8::1]", "[2001:db8::1]:0", NULL },
	{ "[2001:DB8::1]:443", "[2001:db8::1]:443", NULL },
	{ "fe80::1%lo", "[fe80::1%lo]:0", NULL },
	{ "[fe80::1%lo]:22", "[fe80::1%lo]:22", NULL },
	{ "fe80::1%77777", "[fe80::1%77777]:0", NULL },
	{ "unix:/run/x.sock", "unix:/run/x.sock", NULL },
	{ "unix:@name", "unix:@name", NULL },
	{ "192.0.2.1:65536", NULL, "not a number from 0 to 65535 (column 11)" },
	{ "192.0.2.1:", NULL, "port \"\"" },
	{ "192.0.2.1:00", NULL, "leading zero, which some read as octal (column 11)" },
	{ "192.0.2.1:0", "192.0.2.1:0", NULL },
	{ "192.0.2.1:http", NULL, "port \"http\"" },
	{ "[192.0.2.1]:80", NULL, "brackets are for IPv6" },
	{ "192.0.2.1%lo", NULL, "a zone is for IPv6 (column 10)" },
	{ "[::1", NULL, "without \"]\"" },
	{ "[::1]80", NULL, "(column 6)" },
	{ "[::1]:", NULL, "port \"\"" },
	{ "[]:80", NULL, "it is empty (column 2)" },
	{ ":80", NULL, "no address before the port" },
	{ "fe80::1%", NULL, "is empty (column 8)" },
	{ "fe80::1%a b", NULL, "is no interface name (column 10)" },
	{ "fe80::1%0123456789abcdef", NULL, "more than 15 bytes" },
	{ "unix:", NULL, "the name is empty (column 6)" },
	{ "unix:@", NULL, "the name is empty (column 7)" },
};

START_TEST(endpoint_forms)
{
	for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
		const char *in = endpoints[i].in;
		struct err err = { 0 };
		char buf[SA_STRLEN];
		struct endpoint ep;
		struct sa sa;
		int rc = endpoint_parse(&ep, in, strlen(in), &err);

		if (!endpoints[i].out) {
			ck_assert_msg(rc < 0, "\"%s\" was taken", in);
			ck_assert_msg(strstr(err.text, endpoints[i].reason) != NULL, "%s: %s", in,
				      err.text);
			continue;
		}
		ck_assert_msg(rc == 0, "\"%s\": %s", in, err.text);
		ck_assert_msg(sa_from_endpoint(&sa, &ep, &err) == 0, "%s", err.text);
		ck_assert_str_eq(sa_format(&sa, buf), endpoints[i].out);
	}
}
END_TEST

/* What endpoint_parse() takes beyond an address is refused here. */
START_TEST(address_and_zone)
{
	static const struct {
		const char *in, *zone, *reason;
	} rows[] = {
		{ "192.0.2.1", "", NULL },
		{ "fe80::1%lo", "lo", NULL },
		{ "192.0.2.1:80", NULL, "(column 14)" },
		{ "[::1]", NULL, "(column 5)" },
		{ "unix:/x", NULL, "(column 5)" },
		{ "fe80::1%", NULL, "\"fe80::1%\": the zone behind \"%\" is empty (column 12)" },
		{ "192.0.2.1%lo", NULL, "a zone is for IPv6 (column 14)" },
		{ "", NULL, "it is empty" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *in = rows[i].in;
		struct err err = { 0 };
		struct endpoint ep;
		int rc = endpoint_parse_address(&ep, in, strlen(in), 4, &err);

		ck_assert_msg((rc == 0) == (rows[i].zone != NULL), "\"%s\": %s", in, err.text);
		if (rows[i].zone)
			ck_assert_str_eq(ep.zone, rows[i].zone);
		else
			ck_assert_msg(strstr(err.text, rows[i].reason) != NULL, "%s: %s", in,
				      err.text);
	}
}
END_TEST

START_TEST(unix_lengths)
{
	char text[5 + ENDPOINT_PATH_MAX + 1] = "unix:";
	struct endpoint ep;
	struct err err;
	struct sa sa;

	memset(text + 5, 'p', ENDPOINT_PATH_MAX);
	ck_assert_int_lt(endpoint_parse(&ep, text, 5 + ENDPOINT_PATH_MAX, &err), 0);
	ck_assert_int_eq(endpoint_parse(&ep, text, 5 + ENDPOINT_PATH_MAX - 1, &err), 0);
	ck_assert_int_eq(sa_from_endpoint(&sa, &ep, &err), 0);
	ck_assert_uint_eq(sa.len, sizeof(struct sockaddr_un));
	text[5] = '@';
	text[6] = '\0'; /* an abstract name may hold any byte */
	ck_assert_int_eq(endpoint_parse(&ep, text, 8, &err), 0);
	ck_assert_int_eq(sa_from_endpoint(&sa, &ep, &err), 0);
	ck_assert_uint_eq(sa.len, offsetof(struct sockaddr_un, sun_path) + 3);
}
END_TEST

/* A record has the bytes of the name, a text only what is safe to print. */
START_TEST(raw_and_safe)
{
	static const struct {
		const char *in, *raw, *host, *zone; /* a NULL zone: there is none */
	} rows[] = {
		{ "192.0.2.1:80", "192.0.2.1", "192.0.2.1", NULL },
		{ "[2001:db8::1]:80", "2001:db8::1", "2001:db8::1", NULL },
		{ "fe80::1%lo", "fe80::1%lo", "fe80::1%lo", "lo" },
		{ "fe80::1%4294967295", "fe80::1%4294967295", "fe80::1%4294967295", "4294967295" },
		{ "unix:/a\033b", "unix:/a\033b", "unix:/a\\x1bb", NULL },
		{ "unix:@a\377b", "unix:@a\377b", "unix:@a\\xffb", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[SA_STRLEN], zone[SA_ZONE_STRLEN];
		struct buf b = { 0 };
		struct endpoint ep;
		struct err err;
		struct sa sa;

		ck_assert_int_eq(endpoint_parse(&ep, rows[i].in, strlen(rows[i].in), &err), 0);
		ck_assert_int_eq(sa_from_endpoint(&sa, &ep, &err), 0);
		sa_add_host(&b, &sa);
		ck_assert_str_eq(buf_str(&b), rows[i].raw);
		ck_assert_str_eq(sa_format_host(&sa, text), rows[i].host);
		ck_assert_pstr_eq(sa_zone(&sa, zone), rows[i].zone);
		buf_fini(&b);
	}
}
END_TEST

/* What no call gives, and what a caller may still have: nothing is written beyond the text. */
START_TEST(longest_text)
{
	struct sa sa = { .u.un.sun_family = AF_UNIX, .len = sizeof(sa.u) };
	char text[SA_STRLEN];

	memset((char *)&sa.u + offsetof(struct sockaddr_un, sun_path), 1,
	       sizeof(sa.u) - offsetof(struct sockaddr_un, sun_path));
	ck_assert_uint_eq(strlen(sa_format(&sa, text)), 5 + 4 * sizeof(sa.u.un.sun_path));
	sa = (struct sa){ 0 };
	ck_assert_str_eq(sa_format_host(&sa, text), "family 0");
}
END_TEST

START_TEST(unknown_zone)
{
	struct endpoint ep;
	struct err err;
	struct sa sa;

	ck_assert_int_eq(endpoint_parse(&ep, "fe80::1%nosuch0", 15, &err), 0);
	ck_assert_int_lt(sa_from_endpoint(&sa, &ep, &err), 0);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_uint_eq(sa.u.in6.sin6_scope_id, 0);
}
END_TEST

START_TEST(bytes_in_memory)
{
	static const uint8_t port_and_addr[] = { 0x00, 0x50, 192, 0, 2, 1 };
	const struct sa_field *fields;
	struct sa sa, other;
	struct err err;
	struct ip ip;

	ck_assert_int_eq(ip_parse(&ip, "192.0.2.1", 9, 0, &err), 0);
	sa_from_ip(&sa, &ip, 80);
	ck_assert_mem_eq((char *)&sa.u + 2, port_and_addr, sizeof(port_and_addr));
	ck_assert_uint_eq(sa_port(&sa), 80);
	ck_assert_uint_ge(sa_fields(&sa, &fields), 4);
	sa_from_raw(&other, &sa.u, sa.len);
	ck_assert(sa_equal(&sa, &other));
	sa_set_port(&other, 81);
	ck_assert(!sa_equal(&sa, &other));
}
END_TEST

UNIT_MAIN("ip", parse_and_format, same_as_libc, zero_groups, numbers_and_names, endpoint_forms,
	  address_and_zone, unix_lengths, raw_and_safe, longest_text, unknown_zone, bytes_in_memory)
