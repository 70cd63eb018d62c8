/* SPDX-License-Identifier: MIT */
#include "net/embed.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
	[EMBED_MAPPED] = "ipv4-mapped",         /* RFC 4291 */
	[EMBED_COMPATIBLE] = "ipv4-compatible", /* RFC 4291 */
	[EMBED_6TO4] = "6to4",                  /* RFC 3056 */
	[EMBED_TEREDO] = "teredo",              /* RFC 4380 */
	[EMBED_NAT64] = "nat64",                /* RFC 6052 */
	[EMBED_ISATAP] = "isatap",              /* RFC 5214 */
	[EMBED_EUI64] = "eui-64",               /* RFC 4291 */
	[EMBED_SOLICITED] = "solicited-node",   /* RFC 4291 */
	[EMBED_PREFIX] = "unicast-prefix",      /* RFC 3306 */
	[EMBED_INTERFACE] = "interface-id",     /* RFC 4489 */
	[EMBED_RP] = "embedded-rp",             /* RFC 3956 */
	[EMBED_AS] = "glop",                    /* RFC 3180 */
};

/* The scopes of IPv6 multicast, RFC 4291 section 2.7 and RFC 7346 section 2. */
static const char *const scopes[16] = {
	[0] = "reserved",    [1] = "interface-local",    [2] = "link-local",  [3] = "realm-local",
	[4] = "admin-local", [5] = "site-local",         [6] = "unassigned",  [7] = "unassigned",
	[9] = "unassigned",  [8] = "organization-local", [10] = "unassigned", [11] = "unassigned",
	[12] = "unassigned", [13] = "unassigned",        [14] = "global",     [15] = "reserved",
};

/* IPv4 prefixes whose scope is not global; the longest comes first. */
static const struct {
	uint32_t first;
	unsigned length;
	const char *scope;
} scopes_v4[] = {
	{ 0xffffffff, 32, "link-local" },         { 0xe0000000, 24, "link-local" },
	{ 0xa9fe0000, 16, "link-local" },         { 0xefff0000, 16, "local" },
	{ 0xefc00000, 14, "organization-local" }, { 0x7f000000, 8, "link-local" },
	{ 0xef000000, 8, "administrative" },
};

static const struct embed_nat64 well_known = { { UINT64_C(0x64ff9b00000000), 0 }, 96 };

const char *embed_name(enum embed_kind kind)
{
	return kinds[kind];
}

static struct ip from_v4(uint32_t v4)
{
	return ip_from_num(4, u128_of(v4));
}

int embed_nat64_add(struct embed_nat64s *nat64s, const struct prefix *p, struct err *err)
{
	static const int lengths[] = { 32, 40, 48, 56, 64, 96 };
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		if (p->range.family != 6 || p->length != lengths[i])
			continue;
		*vec_push(nat64s) = (struct embed_nat64){ p->range.first, (unsigned)p->length };
		return 0;
	}
	return err_set(
		err, ERR_USAGE,
		"\"%s\" is no prefix of NAT64, which is IPv6 of length 32, 40, 48, 56, 64 or 96",
		range_format(&p->range, text));
}

static bool is_in(struct u128 n, const struct embed_nat64 *p)
{
	return u128_eq(u128_shr(u128_xor(n, p->first), 128 - p->length), u128_of(0));
}

/* The longest prefix of NAT64 that N is in and has an IPv4 address behind it, or NULL. */
static const struct embed_nat64 *find_nat64(struct u128 n, const struct embed_nat64s *nat64s)
{
	const struct embed_nat64 *found = is_in(n, &well_known) ? &well_known : NULL;

	for (size_t i = 0; nat64s && i < nat64s->n; i++) {
		const struct embed_nat64 *p = &nat64s->v[i];

		if (is_in(n, p) && (!found || p->length > found->length) &&
		    (p->length == 96 || n.lo >> 56 == 0)) /* bits 64 to 71 must be zero */
			found = p;
	}
	return found;
}

/* The IPv4 address behind LENGTH bits of N; it goes around bits 64 to 71. */
static uint32_t nat64_ipv4(struct u128 n, unsigned length)
{
	struct u128 behind;

	if (length == 96)
		return (uint32_t)n.lo;
	/* The 8 bits between the halves are cut out. */
	behind = (struct u128){ n.hi, n.lo << 8 };
	return (uint32_t)(u128_shl(behind, length).hi >> 32);
}

/* N has an interface identifier: unicast that does not begin with three zero bits. */
static bool has_interface_id(struct u128 n)
{
	return n.hi >> 61 != 0 && n.hi >> 56 != 0xff && n.hi >> 32 != UINT64_C(0x20010000);
}

static bool is_isatap(struct u128 n)
{
	return ((n.lo >> 32) & ~UINT64_C(0x02000000)) == 0x5efe && has_interface_id(n);
}

size_t embed_ipv4(struct u128 n, const struct embed_nat64s *nat64s,
		  uint32_t ipv4[static EMBED_IPV4_MAX])
{
	const struct embed_nat64 *nat64 = find_nat64(n, nat64s);
	size_t found = 0;

	if (n.hi == 0 && (n.lo >> 32 == 0xffff || (n.lo >> 32 == 0 && n.lo > 1)))
		ipv4[found++] = (uint32_t)n.lo;
	else if (n.hi >> 48 == 0x2002)
		ipv4[found++] = (uint32_t)(n.hi >> 16);
	else if (n.hi >> 32 == UINT64_C(0x20010000))
		ipv4[found++] = ~(uint32_t)n.lo;
	if (nat64)
		ipv4[found++] = nat64_ipv4(n, nat64->length);
	if (is_isatap(n))
		ipv4[found++] = (uint32_t)n.lo;
	return found;
}

/* An interface identifier of a MAC: ff:fe in its middle, and it is the MAC of one station. */
static bool find_eui64(const struct ip *ip, struct embed *e)
{
	const uint8_t *id = ip->b + 8;

	if (!has_interface_id(ip_num(ip)) || id[3] != 0xff || id[4] != 0xfe || id[0] & 1)
		return false;
	e->kind = EMBED_EUI64;
	memcpy(e->mac, id, 3);
	memcpy(e->mac + 3, id + 5, 3);
	e->mac[0] ^= 2;
	return true;
}

static size_t find_unicast(const struct ip *ip, const struct embed_nat64s *nat64s,
			   struct embed found[static EMBED_MAX])
{
	const struct u128 n = ip_num(ip);
	const struct embed_nat64 *nat64 = find_nat64(n, nat64s);
	size_t i = 0;

	if (n.hi == 0 && n.lo >> 32 == 0xffff)
		found[i++] = (struct embed){ .kind = EMBED_MAPPED, .ip = from_v4((uint32_t)n.lo) };
	else if (n.hi == 0 && n.lo >> 32 == 0 && n.lo > 1)
		found[i++] =
			(struct embed){ .kind = EMBED_COMPATIBLE, .ip = from_v4((uint32_t)n.lo) };
	else if (n.hi >> 48 == 0x2002)
		found[i++] =
			(struct embed){ .kind = EMBED_6TO4, .ip = from_v4((uint32_t)(n.hi >> 16)) };
	else if (n.hi >> 32 == UINT64_C(0x20010000))
		found[i++] = (struct embed){
			.kind = EMBED_TEREDO,
			.ip = from_v4(~(uint32_t)n.lo),
			.server = from_v4((uint32_t)n.hi),
			.flags = (uint16_t)(n.lo >> 48),
			.port = (uint16_t) ~(n.lo >> 32),
		};
	if (nat64)
		found[i++] = (struct embed){ .kind = EMBED_NAT64,
					     .ip = from_v4(nat64_ipv4(n, nat64->length)),
					     .length = nat64->length };
	if (is_isatap(n))
		found[i++] = (struct embed){ .kind = EMBED_ISATAP, .ip = from_v4((uint32_t)n.lo) };
	else if (find_eui64(ip, &found[i]))
		i++;
	return i;
}

/* The prefix that bits 32 to 95 of N hold, of LENGTH bits. */
static struct u128 prefix_in(struct u128 n, unsigned length)
{
	struct u128 prefix = { u128_shl(n, 32).hi, 0 };

	return u128_and(prefix, u128_not(u128_ones(128 - length)));
}

static size_t find_multicast(const struct ip *ip, struct embed *e)
{
	const struct u128 n = ip_num(ip);
	unsigned flags = embed_multicast_flags(ip), length = ip->b[3], id = ip->b[2] & 15;

	if (n.hi == UINT64_C(0xff02000000000000) && n.lo >> 24 == 0x1ff) {
		*e = (struct embed){ .kind = EMBED_SOLICITED };
		e->ip = ip_from_num(6, u128_of(n.lo & 0xffffff));
		return 1;
	}
	if (!(flags & EMBED_FLAG_P))
		return 0;
	if (flags & EMBED_FLAG_R) {
		struct u128 rp = prefix_in(n, length > 64 ? 64 : length);

		if (length == 0 || length > 64 || id == 0)
			return 0;
		*e = (struct embed){ .kind = EMBED_RP, .length = length };
		e->ip = ip_from_num(6, u128_or(rp, u128_of(id)));
		return 1;
	}
	if (length == 255) {
		*e = (struct embed){ .kind = EMBED_INTERFACE };
		e->ip = ip_from_num(6, u128_of(prefix_in(n, 64).hi));
		return 1;
	}
	if (length == 0 || length > 64) /* 0: source-specific, of no prefix */
		return 0;
	*e = (struct embed){ .kind = EMBED_PREFIX, .length = length };
	e->ip = ip_from_num(6, prefix_in(n, length));
	return 1;
}

/* IPv4 has it in multicast alone. */
static size_t find_v4(const struct ip *ip, struct embed *e)
{
	if (ip->b[0] == 233 && ip->b[1] < 252) {
		*e = (struct embed){ .kind = EMBED_AS,
				     .number = (unsigned)ip->b[1] << 8 | ip->b[2] };
		return 1;
	}
	if (ip->b[0] != 234)
		return 0;
	*e = (struct embed){ .kind = EMBED_PREFIX, .length = 24 };
	e->ip = (struct ip){ 4, { ip->b[1], ip->b[2], ip->b[3], 0 } };
	return 1;
}

size_t embed_find(const struct ip *ip, const struct embed_nat64s *nat64s,
		  struct embed found[static EMBED_MAX])
{
	memset(found, 0, EMBED_MAX * sizeof(*found));
	if (ip->family == 4)
		return find_v4(ip, found);
	if (embed_is_multicast(ip))
		return find_multicast(ip, found);
	return find_unicast(ip, nat64s, found);
}

bool embed_is_multicast(const struct ip *ip)
{
	return ip->family == 4 ? ip->b[0] >> 4 == 14 : ip->b[0] == 0xff;
}

struct ip embed_solicited_node(const struct ip *ip)
{
	struct ip group = { 6, { [0] = 0xff, [1] = 2, [11] = 1, [12] = 0xff } };

	memcpy(group.b + 13, ip->b + 13, 3);
	return group;
}

void embed_multicast_mac(const struct ip *ip, uint8_t mac[static 6])
{
	static const uint8_t v4[3] = { 0x01, 0x00, 0x5e }, v6[2] = { 0x33, 0x33 };

	if (ip->family == 4) {
		memcpy(mac, v4, sizeof(v4));
		memcpy(mac + 3, ip->b + 1, 3);
		mac[3] &= 0x7f;
	} else {
		memcpy(mac, v6, sizeof(v6));
		memcpy(mac + 2, ip->b + 12, 4);
	}
}

char *embed_mac_format(const uint8_t mac[static 6], char buf[static EMBED_MAC_STRLEN])
{
	snprintf(buf, EMBED_MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	return buf;
}

unsigned embed_multicast_flags(const struct ip *ip)
{
	return ip->b[1] >> 4;
}

static const char *scope_v4(uint32_t v4)
{
	if (v4 == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(scopes_v4); i++)
		if ((v4 ^ scopes_v4[i].first) >> (32 - scopes_v4[i].length) == 0)
			return scopes_v4[i].scope;
	return "global";
}

const char *embed_scope(const struct ip *ip)
{
	const struct u128 n = ip_num(ip);

	if (ip->family == 4 || (n.hi == 0 && n.lo >> 32 == 0xffff))
		return scope_v4((uint32_t)n.lo);
	if (embed_is_multicast(ip))
		return scopes[ip->b[1] & 15];
	if (n.hi == 0 && n.lo == 0)
		return NULL;
	if (n.hi >> 54 == 0xfe80 >> 6 || (n.hi == 0 && n.lo == 1))
		return "link-local";
	return n.hi >> 54 == 0xfec0 >> 6 ? "site-local" : "global";
}
