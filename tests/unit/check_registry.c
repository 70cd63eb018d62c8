/* SPDX-License-Identifier: MIT */
#include "net/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/vec.h"
#include "unit.h"

struct ranges VEC(struct range);

static void add(void *to, const struct range *range)
{
	*vec_push((struct ranges *)to) = *range;
}

static struct u128 number(const char *text, unsigned *family)
{
	struct err err;
	struct ip ip;

	ck_assert_msg(ip_parse(&ip, text, strlen(text), 0, &err) == 0, "%s", err.text);
	*family = ip.family;
	return ip_num(&ip);
}

static const struct registry_entry *find(const char *text)
{
	unsigned family;
	struct u128 n = number(text, &family);

	return registry_find(family, n);
}

/* The ranges of NAME as "FIRST-LAST FIRST-LAST ...". */
static const char *class_text(const char *name, char *buf, size_t size)
{
	struct ranges ranges = { 0 };
	struct err err;
	size_t len = 0;

	ck_assert_int_eq(registry_class(name, strlen(name), add, &ranges, &err), 0);
	for (size_t i = 0; i < ranges.n; i++) {
		struct ip first = ip_from_num(ranges.v[i].family, ranges.v[i].first);
		struct ip last = ip_from_num(ranges.v[i].family, ranges.v[i].last);
		char a[IP_STRLEN], b[IP_STRLEN];

		len += (size_t)snprintf(buf + len, size - len, "%s%s-%s", i ? " " : "",
					ip_format(&first, a), ip_format(&last, b));
		ck_assert_uint_lt(len, size);
	}
	vec_fini(&ranges);
	return buf;
}

/* The three ways in which a row says its prefix agree, and no row is there twice. */
START_TEST(rows)
{
	size_t n;
	const struct registry_entry *all = registry_all(&n);

	ck_assert_uint_gt(n, 80);
	ck_assert_str_eq(registry_date(), "2026-07-18");
	for (size_t i = 0; i < n; i++) {
		const struct registry_entry *e = &all[i];
		char address[sizeof(e->prefix)];
		struct range range = registry_range(e);
		unsigned family, length;
		struct u128 first;
		char *slash;

		memcpy(address, e->prefix, sizeof(address));
		slash = strchr(address, '/');
		ck_assert_ptr_nonnull(slash);
		*slash = '\0';
		first = number(address, &family);
		length = (unsigned)strtoul(slash + 1, NULL, 10);
		ck_assert_msg(u128_eq(first, e->first) && family == e->family &&
				      length == e->length,
			      "%s", e->prefix);
		ck_assert_msg(u128_eq(u128_and(first, u128_ones(ip_bits(family) - length)),
				      u128_of(0)),
			      "%s has bits behind its length", e->prefix);
		ck_assert_msg(e->name[0] && strncmp(e->rfc, "RFC ", 4) == 0, "%s", e->prefix);
		ck_assert(u128_eq(range.first, first));
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(strcmp(all[k].prefix, e->prefix) != 0, "%s", e->prefix);
		/* The row is its own first address's, unless a longer one begins there too. */
		ck_assert_uint_ge(registry_find(family, first)->length, length);
	}
}
END_TEST

/* FLAGS in the order of the file: y, n, x for N/A, - for blank. */
static const struct {
	const char *address, *prefix, *name, *flags;
} found[] = {
	{ "0.0.0.0", "0.0.0.0/32", "This host on this network", "ynnny" },
	{ "0.1.2.3", "0.0.0.0/8", "This network", "ynnny" },
	{ "10.255.255.255", "10.0.0.0/8", "Private-Use", "yyynn" },
	{ "9.255.255.255", "0.0.0.0/0", "Global Unicast", "yyyyn" },
	{ "100.64.0.1", "100.64.0.0/10", "Shared Address Space", "yyynn" },
	{ "100.128.0.0", "0.0.0.0/0", "Global Unicast", "yyyyn" },
	{ "127.0.0.1", "127.0.0.0/8", "Loopback", "nnnny" },
	{ "169.254.1.1", "169.254.0.0/16", "Link Local", "yynny" },
	{ "172.31.255.255", "172.16.0.0/12", "Private-Use", "yyynn" },
	{ "172.32.0.0", "0.0.0.0/0", "Global Unicast", "yyyyn" },
	{ "192.0.0.255", "192.0.0.0/24", "IETF Protocol Assignments", "nnnnn" },
	{ "192.0.0.7", "192.0.0.0/29", "IPv4 Service Continuity Prefix", "yyynn" },
	{ "192.0.0.8", "192.0.0.8/32", "IPv4 dummy address", "ynnnn" },
	{ "192.0.0.9", "192.0.0.9/32", "Port Control Protocol Anycast", "yyyyn" },
	{ "192.0.0.10", "192.0.0.10/32", "Traversal Using Relays around NAT Anycast", "yyyyn" },
	{ "192.0.0.170", "192.0.0.170/32", "NAT64/DNS64 Discovery", "nnnny" },
	{ "192.0.0.171", "192.0.0.171/32", "NAT64/DNS64 Discovery", "nnnny" },
	{ "192.0.2.1", "192.0.2.0/24", "Documentation (TEST-NET-1)", "nnnnn" },
	{ "192.31.196.1", "192.31.196.0/24", "AS112-v4", "yyyyn" },
	{ "192.52.193.1", "192.52.193.0/24", "AMT", "yyyyn" },
	{ "192.88.99.1", "192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "-----" },
	{ "192.88.99.2", "192.88.99.2/32", "6a44-relay anycast address", "yyynn" },
	{ "192.168.1.1", "192.168.0.0/16", "Private-Use", "yyynn" },
	{ "192.175.48.1", "192.175.48.0/24", "Direct Delegation AS112 Service", "yyyyn" },
	{ "198.19.255.255", "198.18.0.0/15", "Benchmarking", "yyynn" },
	{ "198.51.100.1", "198.51.100.0/24", "Documentation (TEST-NET-2)", "nnnnn" },
	{ "203.0.113.1", "203.0.113.0/24", "Documentation (TEST-NET-3)", "nnnnn" },
	{ "240.0.0.1", "240.0.0.0/4", "Reserved", "nnnny" },
	{ "255.255.255.255", "255.255.255.255/32", "Limited Broadcast", "nynny" },
	{ "8.8.8.8", "0.0.0.0/0", "Global Unicast", "yyyyn" },
	{ "::1", "::1/128", "Loopback Address", "nnnny" },
	{ "::", "::/128", "Unspecified Address", "ynnny" },
	{ "::ffff:1.2.3.4", "::ffff:0:0/96", "IPv4-mapped Address", "nnnny" },
	{ "64:ff9b::c000:201", "64:ff9b::/96", "IPv4-IPv6 Translat.", "yyyyn" },
	{ "64:ff9b:1::1", "64:ff9b:1::/48", "IPv4-IPv6 Translat.", "yyynn" },
	{ "64:ff9b:2::1", "::/0", "Global Unicast (not allocated)", "yyyyn" },
	{ "100::1", "100::/64", "Discard-Only Address Block", "yyynn" },
	{ "100:0:0:1::1", "100:0:0:1::/64", "Dummy IPv6 Prefix", "ynnnn" },
	{ "2001:1ff::1", "2001::/23", "IETF Protocol Assignments", "nnnnn" },
	{ "2001::1", "2001::/32", "TEREDO", "yyyxn" },
	{ "2001:1::1", "2001:1::1/128", "Port Control Protocol Anycast", "yyyyn" },
	{ "2001:1::2", "2001:1::2/128", "Traversal Using Relays around NAT Anycast", "yyyyn" },
	{ "2001:1::3", "2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", "yyyyn" },
	{ "2001:1::4", "2001::/23", "IETF Protocol Assignments", "nnnnn" },
	{ "2001:2::1", "2001:2::/48", "Benchmarking", "yyynn" },
	{ "2001:3::1", "2001:3::/32", "AMT", "yyyyn" },
	{ "2001:4:112::1", "2001:4:112::/48", "AS112-v6", "yyyyn" },
	{ "2001:10::1", "2001:10::/28", "Deprecated (previously ORCHID)", "-----" },
	{ "2001:20::1", "2001:20::/28", "ORCHIDv2", "yyyyn" },
	{ "2001:30::1", "2001:30::/28", "Drone Remote ID Protocol Entity Tags (DETs) Prefix",
	  "yyyyn" },
	{ "2001:db8::1", "2001:db8::/32", "Documentation", "nnnnn" },
	{ "2001:200::1", "2000::/3", "Global Unicast", "yyyyn" },
	{ "2002::1", "2002::/16", "6to4", "yyyxn" },
	{ "2620:4f:8000::1", "2620:4f:8000::/48", "Direct Delegation AS112 Service", "yyyyn" },
	{ "3fff:fff::1", "3fff::/20", "Documentation", "nnnnn" },
	{ "3fff:1000::1", "2000::/3", "Global Unicast", "yyyyn" },
	{ "5f00::1", "5f00::/16", "Segment Routing (SRv6) SIDs", "yyynn" },
	{ "fdff::1", "fc00::/7", "Unique-Local", "yyynn" },
	{ "febf::1", "fe80::/10", "Link-Local Unicast", "yynny" },
	{ "fec0::1", "fec0::/10", "Deprecated (Site-Local Unicast)", "-----" },
	{ "::192.0.2.1", "::/96", "Deprecated (IPv4-Compatible)", "-----" },
	{ "::1:0:0:0", "::/0", "Global Unicast (not allocated)", "yyyyn" },
	{ "225.0.0.1", "224.0.0.0/4", "Multicast", "ny---" },
	{ "224.0.0.200", "224.0.0.0/24", "Multicast (Local Network Control)", "nynn-" },
	{ "224.0.0.251", "224.0.0.251/32", "Multicast (mDNS)", "nynn-" },
	{ "224.0.2.1", "224.0.0.0/16", "Multicast (AD-HOC Block I)", "nyy--" },
	{ "233.252.0.1", "233.252.0.0/24", "Documentation (MCAST-TEST-NET)", "nnnn-" },
	{ "239.255.1.1", "239.255.0.0/16", "Multicast (IPv4 Local Scope)", "nyyn-" },
	{ "ff02::1:ff12:3456", "ff02::1:ff00:0/104", "Multicast (Solicited-Node)", "nynn-" },
	{ "ff0e::1", "ff00::/8", "Multicast", "ny---" },
	{ "ff3e::1", "ff30::/12", "Multicast (Unicast-Prefix-Based)", "ny---" },
};

START_TEST(find_longest)
{
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		const struct registry_entry *e = find(found[i].address);
		const char letters[] = "nyx-";
		char flags[6] = { letters[e->source], letters[e->destination],
				  letters[e->forwardable], letters[e->global],
				  letters[e->reserved] };

		ck_assert_str_eq(e->prefix, found[i].prefix);
		ck_assert_str_eq(e->name, found[i].name);
		ck_assert_msg(strcmp(flags, found[i].flags) == 0, "%s: %s", e->prefix, flags);
	}
}
END_TEST

/* 0.0.0.0/0 and ::/0 without the rows that are not global, and those inside of them that are. */
static const char global_ranges[] =
	"1.0.0.0-9.255.255.255 11.0.0.0-100.63.255.255 "
	"100.128.0.0-126.255.255.255 128.0.0.0-169.253.255.255 "
	"169.255.0.0-172.15.255.255 172.32.0.0-191.255.255.255 "
	"192.0.0.9-192.0.0.10 192.0.1.0-192.0.1.255 "
	"192.0.3.0-192.88.98.255 192.88.100.0-192.167.255.255 "
	"192.169.0.0-198.17.255.255 198.20.0.0-198.51.99.255 "
	"198.51.101.0-203.0.112.255 203.0.114.0-223.255.255.255 "
	"::1:0:0-::fffe:ffff:ffff ::1:0:0:0-64:ff9b:0:ffff:ffff:ffff:ffff:ffff "
	"64:ff9b:2::-ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"100:0:0:2::-2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"2001:1::1-2001:1::3 2001:3::-2001:3:ffff:ffff:ffff:ffff:ffff:ffff "
	"2001:4:112::-2001:4:112:ffff:ffff:ffff:ffff:ffff "
	"2001:20::-2001:3f:ffff:ffff:ffff:ffff:ffff:ffff "
	"2001:200::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff "
	"2001:db9::-2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"2003::-3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"3fff:1000::-5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"5f01::-fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	"fe00::-fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

START_TEST(class_ranges)
{
	static const struct {
		const char *name, *ranges;
	} cases[] = {
		{ "@private", "10.0.0.0-10.255.255.255 172.16.0.0-172.31.255.255 "
			      "192.168.0.0-192.168.255.255 "
			      "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@shared", "100.64.0.0-100.127.255.255" },
		{ "@loopback", "127.0.0.0-127.255.255.255 ::1-::1" },
		{ "@link-local", "169.254.0.0-169.254.255.255 "
				 "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@multicast", "224.0.0.0-239.255.255.255 "
				"ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@unspecified", "0.0.0.0-0.0.0.0 ::-::" },
		{ "@this-network", "0.0.0.1-0.255.255.255" },
		{ "@broadcast", "255.255.255.255-255.255.255.255" },
		{ "@reserved", "240.0.0.0-255.255.255.254" },
		{ "@documentation", "192.0.2.0-192.0.2.255 198.51.100.0-198.51.100.255 "
				    "203.0.113.0-203.0.113.255 233.252.0.0-233.252.0.255 "
				    "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff "
				    "3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@benchmarking", "198.18.0.0-198.19.255.255 "
				   "2001:2::-2001:2:0:ffff:ffff:ffff:ffff:ffff" },
		{ "@deprecated", "192.88.99.0-192.88.99.1 192.88.99.3-192.88.99.255 "
				 "::2-::ffff:ffff "
				 "2001:10::-2001:1f:ffff:ffff:ffff:ffff:ffff:ffff "
				 "fec0::-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@discard", "100::-100::ffff:ffff:ffff:ffff" },
		{ "@mapped", "::ffff:0.0.0.0-::ffff:255.255.255.255" },
		{ "@nat64", "64:ff9b::-64:ff9b::ffff:ffff "
			    "64:ff9b:1::-64:ff9b:1:ffff:ffff:ffff:ffff:ffff" },
		{ "@6to4", "2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@teredo", "2001::-2001:0:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "@srv6", "5f00::-5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	char buf[4096];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(class_text(cases[i].name, buf, sizeof(buf)), cases[i].ranges);
	ck_assert_msg(strcmp(class_text("@global", buf, sizeof(buf)), global_ranges) == 0, "%.800s",
		      buf);
}
END_TEST

/* Index of the class NAME. */
static size_t class_index(const char *name)
{
	for (size_t i = 0; registry_class_name(i); i++)
		if (strcmp(registry_class_name(i), name) == 0)
			return i;
	ck_abort_msg("no class %s", name);
	return 0;
}

/*
 * What is not @global is @special, @multicast or @deprecated; what is no overview is in one
 * class at most, but for the multicast addresses of examples.
 */
START_TEST(classes_fit)
{
	size_t global = class_index("global"), special = class_index("special");
	size_t multicast = class_index("multicast"), gone = class_index("deprecated"), n;
	size_t examples = class_index("documentation");
	const struct registry_entry *all = registry_all(&n);

	for (size_t e = 0; e < n; e++) {
		unsigned classes = 0;

		ck_assert_msg(registry_class_has(global, &all[e]) ||
				      registry_class_has(special, &all[e]) ||
				      registry_class_has(multicast, &all[e]) ||
				      registry_class_has(gone, &all[e]),
			      "%s", all[e].prefix);
		for (size_t i = 0; registry_class_name(i); i++)
			classes += i != global && i != special && registry_class_has(i, &all[e]);
		if (registry_class_has(multicast, &all[e]) && registry_class_has(examples, &all[e]))
			classes--;
		ck_assert_msg(classes <= 1, "%s", all[e].prefix);
		ck_assert(!registry_class_has(global, &all[e]) ||
			  !registry_class_has(multicast, &all[e]));
	}
	for (size_t i = 0; registry_class_name(i); i++) {
		struct ranges ranges = { 0 };
		char name[40];
		struct err err;

		ck_assert_uint_gt(strlen(registry_class_help(i)), 0);
		snprintf(name, sizeof(name), "@%s", registry_class_name(i));
		ck_assert_int_eq(registry_class(name, strlen(name), add, &ranges, &err), 0);
		ck_assert_msg(ranges.n > 0, "%s is empty", name);
		for (size_t k = 0; k < ranges.n; k++) {
			const struct range *r = &ranges.v[k], *before = r - 1;

			ck_assert(!u128_less(r->last, r->first));
			if (k && before->family == r->family)
				ck_assert(u128_less(u128_add(before->last, u128_of(1)), r->first));
			ck_assert(k == 0 || before->family <= r->family);
		}
		vec_fini(&ranges);
	}
}
END_TEST

START_TEST(unknown_class)
{
	static const char *const bad[] = { "@",      "",         "global",   "@Global",
					   "@globa", "@global ", "@nonsense" };
	struct ranges ranges = { 0 };
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(registry_class(bad[i], strlen(bad[i]), add, &ranges, &err), -1);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_ptr_nonnull(
			strstr(err.text, "is no class of addresses; these are: @global,"));
		for (size_t k = 0; registry_class_name(k); k++)
			ck_assert_msg(strstr(err.text, registry_class_name(k)) != NULL, "%s",
				      registry_class_name(k));
	}
	ck_assert_uint_eq(ranges.n, 0);
}
END_TEST

UNIT_MAIN("registry", rows, find_longest, class_ranges, classes_fit, unknown_class)
