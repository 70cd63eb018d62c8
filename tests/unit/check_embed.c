/* SPDX-License-Identifier: MIT */
#include "net/embed.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

static struct ip parse(const char *text)
{
	struct err err;
	struct ip ip;

	ck_assert_msg(ip_parse(&ip, text, strlen(text), 0, &err) == 0, "%s", err.text);
	return ip;
}

static int add_nat64(struct embed_nat64s *nat64s, const char *text, struct err *err)
{
	struct prefix prefix;

	ck_assert_msg(prefix_parse(&prefix, text, strlen(text), 0, 0, err) == 0, "%s", err->text);
	return embed_nat64_add(nat64s, &prefix, err);
}

/* What is inside TEXT, in words: "6to4 192.0.2.4; isatap 192.0.2.1". */
static char *found_in(const char *text, const struct embed_nat64s *nat64s, struct buf *b)
{
	struct ip ip = parse(text);
	struct embed found[EMBED_MAX];
	size_t n = embed_find(&ip, nat64s, found);

	ck_assert_uint_le(n, EMBED_MAX);
	b->len = 0;
	for (size_t i = 0; i < n; i++) {
		const struct embed *e = &found[i];
		char a[IP_STRLEN], mac[EMBED_MAC_STRLEN];

		buf_printf(b, "%s%s", i ? "; " : "", embed_name(e->kind));
		if (e->kind == EMBED_EUI64)
			buf_printf(b, " %s", embed_mac_format(e->mac, mac));
		else if (e->kind == EMBED_AS)
			buf_printf(b, " %u", e->number);
		else
			buf_printf(b, " %s", ip_format(&e->ip, a));
		if (e->length)
			buf_printf(b, "/%u", e->length);
		if (e->kind == EMBED_TEREDO)
			buf_printf(b, ":%u server %s flags %04x", e->port, ip_format(&e->server, a),
				   e->flags);
	}
	buf_str(b);
	return b->data;
}

static const struct {
	const char *address, *found;
} cases[] = {
	{ "192.0.2.1", "" },
	{ "2001:db8::1", "" },
	{ "::", "" },
	{ "::1", "" },
	{ "::2", "ipv4-compatible 0.0.0.2" },
	{ "::192.0.2.1", "ipv4-compatible 192.0.2.1" },
	{ "::1:c000:201", "" },
	{ "::ffff:192.0.2.1", "ipv4-mapped 192.0.2.1" },
	{ "::fffe:c000:201", "" },
	{ "::ffff:0:c000:201", "" },
	{ "64:ff9b::192.0.2.33", "nat64 192.0.2.33/96" },
	{ "64:ff9b::1:c000:221", "" },
	{ "64:ff9b:1::192.0.2.33", "" },
	/* RFC 3056 */
	{ "2002:c000:204::1", "6to4 192.0.2.4" },
	{ "2003:c000:204::1", "" },
	/* RFC 4380: the parts in which bits are inverted */
	{ "2001:0:4136:e378:8000:63bf:3fff:fdd2",
	  "teredo 192.0.2.45:40000 server 65.54.227.120 flags 8000" },
	{ "2001:0:4136:e378:0:63bf:3fff:5efe",
	  "teredo 192.0.161.1:40000 server 65.54.227.120 flags 0000" },
	{ "2001:1::", "" },
	/* RFC 5214, local and universal */
	{ "fe80::5efe:192.0.2.143", "isatap 192.0.2.143" },
	{ "2001:db8::200:5efe:192.0.2.143", "isatap 192.0.2.143" },
	{ "2001:db8::300:5efe:192.0.2.143", "" },
	{ "2001:db8::5eff:192.0.2.143", "" },
	{ "::5efe:192.0.2.143", "" },
	{ "2002:c000:204::5efe:10.0.0.1", "6to4 192.0.2.4; isatap 10.0.0.1" },
	/* RFC 4291 appendix A: 34-56-78-9A-BC-DE; RFC 2464 section 4 */
	{ "fe80::3656:78ff:fe9a:bcde", "eui-64 34:56:78:9a:bc:de" },
	{ "fe80::3456:78ff:fe9a:bcde", "eui-64 36:56:78:9a:bc:de" },
	{ "2002:c000:204::200:5eff:fe00:5301", "6to4 192.0.2.4; eui-64 00:00:5e:00:53:01" },
	{ "fe80::3756:78ff:fe9a:bcde", "" },
	{ "fe80::3656:78ff:ff9a:bcde", "" },
	{ "fe80::3656:78fe:fe9a:bcde", "" },
	{ "::3656:78ff:fe9a:bcde", "" },
	/* RFC 4291 section 2.7.1 */
	{ "ff02::1:ff0e:8c6c", "solicited-node ::e:8c6c" },
	{ "ff02::1:fe0e:8c6c", "" },
	{ "ff05::1:ff0e:8c6c", "" },
	/* RFC 3306 section 6: of a prefix, source-specific; T and P alone do not tell */
	{ "ff3e:30:3ffe:ffff:1::1", "unicast-prefix 3ffe:ffff:1::/48" },
	{ "ff3e:40:2001:db8:0:1:0:7", "unicast-prefix 2001:db8:0:1::/64" },
	{ "ff3e:20:2001:db8:ffff::7", "unicast-prefix 2001:db8::/32" },
	{ "ff3e::8000:1", "" },
	{ "ff3e:41:2001:db8::7", "" },
	{ "ff1e:30:2001:db8:1::1", "" },
	/* RFC 4489 */
	{ "ff32:ff:200:5eff:fe00:5301:0:1", "interface-id ::200:5eff:fe00:5301" },
	/* RFC 3956 section 5 */
	{ "ff7e:120:2001:db8::1", "embedded-rp 2001:db8::1/32" },
	{ "ff7e:f40:2001:db8:beef:feed::1234", "embedded-rp 2001:db8:beef:feed::f/64" },
	{ "ff7e:130:2001:db8:beef:feed::1", "embedded-rp 2001:db8:beef::1/48" },
	{ "ff7e:20:2001:db8::1", "" },
	{ "ff7e:141:2001:db8::1", "" },
	{ "ff7e:100:2001:db8::1", "" },
	{ "ff5e:120:2001:db8::1", "" },
	/* RFC 3180, RFC 6034, RFC 6676 */
	{ "233.22.30.1", "glop 5662" },
	{ "233.252.0.1", "" },
	{ "234.198.51.100", "unicast-prefix 198.51.100.0/24" },
	{ "235.198.51.100", "" },
};

START_TEST(found)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(strcmp(found_in(cases[i].address, NULL, &b), cases[i].found) == 0,
			      "%s: %s", cases[i].address, b.data);
	buf_fini(&b);
}
END_TEST

/* RFC 6052 section 2.4: 192.0.2.33 behind a prefix of each length. */
START_TEST(nat64_of_each_length)
{
	static const struct {
		const char *prefix, *address;
		unsigned length;
	} rfc[] = {
		{ "2001:db8::/32", "2001:db8:c000:221::", 32 },
		{ "2001:db8:100::/40", "2001:db8:1c0:2:21::", 40 },
		{ "2001:db8:122::/48", "2001:db8:122:c000:2:2100::", 48 },
		{ "2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::", 56 },
		{ "2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::", 64 },
		{ "2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33", 96 },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rfc); i++) {
		struct embed_nat64s nat64s = { 0 };
		struct ip ip = parse(rfc[i].address);
		uint32_t ipv4[EMBED_IPV4_MAX];
		char want[64];
		struct err err;

		ck_assert_int_eq(add_nat64(&nat64s, rfc[i].prefix, &err), 0);
		snprintf(want, sizeof(want), "nat64 192.0.2.33/%u", rfc[i].length);
		ck_assert_str_eq(found_in(rfc[i].address, &nat64s, &b), want);
		ck_assert_uint_eq(embed_ipv4(ip_num(&ip), &nat64s, ipv4), 1);
		ck_assert_uint_eq(ipv4[0], 0xc0000221);
		ck_assert_str_eq(found_in("2001:db9::1", &nat64s, &b), "");
		if (rfc[i].length < 96) { /* bits 64 to 71 are not zero: no such address */
			ip.b[8] = 1;
			ck_assert_uint_eq(embed_ipv4(ip_num(&ip), &nat64s, ipv4), 0);
		}
		vec_fini(&nat64s);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(nat64_prefixes)
{
	static const char *const bad[] = { "192.0.2.0/32",           "2001:db8::/33",
					   "2001:db8::/128",         "2001:db8::/0",
					   "2001:db8::-2001:db8::7", "64:ff9b::/95" };
	struct embed_nat64s nat64s = { 0 };
	struct buf b = { 0 };
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(add_nat64(&nat64s, bad[i], &err), -1);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_ptr_nonnull(strstr(err.text, "32, 40, 48, 56, 64 or 96"));
	}
	ck_assert_uint_eq(nat64s.n, 0);
	/* The longest counts, in whatever order they stand. */
	ck_assert_int_eq(add_nat64(&nat64s, "2001:db8::/32", &err), 0);
	ck_assert_int_eq(add_nat64(&nat64s, "2001:db8:0:1::/96", &err), 0);
	ck_assert_int_eq(add_nat64(&nat64s, "2001:db8::/48", &err), 0);
	ck_assert_str_eq(found_in("2001:db8:0:1::1.2.3.4", &nat64s, &b), "nat64 1.2.3.4/96");
	ck_assert_str_eq(found_in("2001:db8:0:102:3:400::", &nat64s, &b), "nat64 1.2.3.4/48");
	ck_assert_str_eq(found_in("64:ff9b::1.2.3.4", &nat64s, &b), "nat64 1.2.3.4/96");
	vec_fini(&nat64s);
	buf_fini(&b);
}
END_TEST

/* embed_ipv4() and embed_find() see the same addresses. */
START_TEST(ipv4_alone)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ip ip = parse(cases[i].address);
		struct embed e[EMBED_MAX];
		size_t n = embed_find(&ip, NULL, e), k = 0, got;
		uint32_t ipv4[EMBED_IPV4_MAX];

		if (ip.family == 4)
			continue;
		got = embed_ipv4(ip_num(&ip), NULL, ipv4);
		for (size_t j = 0; j < n; j++)
			if (e[j].kind <= EMBED_ISATAP) {
				ck_assert_uint_lt(k, got);
				ck_assert_msg(ip_num(&e[j].ip).lo == ipv4[k], "%s",
					      cases[i].address);
				k++;
			}
		ck_assert_msg(got == k, "%s: %zu", cases[i].address, got);
	}
}
END_TEST

START_TEST(groups)
{
	static const struct {
		const char *address, *mac;
	} macs[] = {
		{ "224.0.0.1", "01:00:5e:00:00:01" },
		{ "239.255.255.250", "01:00:5e:7f:ff:fa" },
		{ "ff02::1", "33:33:00:00:00:01" },
		{ "ff02::1:ff0e:8c6c", "33:33:ff:0e:8c:6c" },
	};
	struct ip ip = parse("4037::01:800:200E:8C6C"); /* RFC 4291 section 2.7.1 */
	char text[IP_STRLEN];

	ip = embed_solicited_node(&ip);
	ck_assert_str_eq(ip_format(&ip, text), "ff02::1:ff0e:8c6c");
	for (size_t i = 0; i < ARRAY_SIZE(macs); i++) {
		char mac_text[EMBED_MAC_STRLEN];
		uint8_t mac[6];

		ip = parse(macs[i].address);
		ck_assert(embed_is_multicast(&ip));
		embed_multicast_mac(&ip, mac);
		ck_assert_str_eq(embed_mac_format(mac, mac_text), macs[i].mac);
	}
	ip = parse("ff7e::");
	ck_assert_uint_eq(embed_multicast_flags(&ip), EMBED_FLAG_R | EMBED_FLAG_P | EMBED_FLAG_T);
}
END_TEST

START_TEST(scope)
{
	static const struct {
		const char *address, *scope;
	} of[] = {
		{ "0.0.0.0", NULL },
		{ "127.0.0.1", "link-local" },
		{ "169.254.0.1", "link-local" },
		{ "10.0.0.1", "global" },
		{ "192.0.2.1", "global" },
		{ "224.0.0.255", "link-local" },
		{ "224.0.1.0", "global" },
		{ "239.1.2.3", "administrative" },
		{ "239.192.0.1", "organization-local" },
		{ "239.195.255.255", "organization-local" },
		{ "239.196.0.0", "administrative" },
		{ "239.255.0.1", "local" },
		{ "255.255.255.255", "link-local" },
		{ "255.255.255.254", "global" },
		{ "::", NULL },
		{ "::1", "link-local" },
		{ "::2", "global" },
		{ "::ffff:127.0.0.1", "link-local" },
		{ "::ffff:192.0.2.1", "global" },
		{ "fe80::1", "link-local" },
		{ "febf::1", "link-local" },
		{ "fec0::1", "site-local" },
		{ "fd00::1", "global" },
		{ "ff00::1", "reserved" },
		{ "ff01::1", "interface-local" },
		{ "ff02::1", "link-local" },
		{ "ff03::1", "realm-local" },
		{ "ff04::1", "admin-local" },
		{ "ff05::1", "site-local" },
		{ "ff06::1", "unassigned" },
		{ "ff08::1", "organization-local" },
		{ "ff0e::1", "global" },
		{ "ff3e::1", "global" },
		{ "ff0f::1", "reserved" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		struct ip ip = parse(of[i].address);

		ck_assert_pstr_eq(embed_scope(&ip), of[i].scope);
	}
	for (unsigned s = 0; s < 16; s++) {
		struct ip ip = { 6, { 0xff, (uint8_t)s } };

		ck_assert_ptr_nonnull(embed_scope(&ip));
	}
}
END_TEST

UNIT_MAIN("embed", found, nat64_of_each_length, nat64_prefixes, ipv4_alone, groups, scope)
