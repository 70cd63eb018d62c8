/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "cmd/addr_info.h"
#include "net/prefix_math.h"

/* "ipv4", "ipv6" or "unix". */
static const char *family_name(const struct subject *s)
{
	if (s->kind == SUBJECT_UNIX)
		return "unix";
	return s->v.ep.ip.family == 4 ? "ipv4" : "ipv6";
}

bool subject_is_in(const struct subject *s, size_t i)
{
	for (size_t k = 0; k < s->entries.n; k++)
		if (!registry_class_has(i, s->entries.v[k]))
			return false;
	return s->entries.n > 0;
}

const char *subject_scope(const struct subject *s)
{
	struct ip first = ip_from_num(s->range.family, s->range.first);
	struct ip last = ip_from_num(s->range.family, s->range.last);

	if (first.family == 6 && embed_is_multicast(&first))
		return first.b[1] == last.b[1] ? embed_scope(&first) : NULL;
	return s->entries.n == 1 ? embed_scope(&first) : NULL;
}

bool subject_reverse(const struct subject *s, char buf[static IP_ARPA_STRLEN])
{
	const unsigned label = s->v.ep.ip.family == 4 ? 8 : 4; /* bits of one */
	unsigned left;
	char *zone = buf;
	struct ip ip;

	if (s->kind == SUBJECT_UNIX || s->kind == SUBJECT_RANGE)
		return false;
	left = s->kind == SUBJECT_PREFIX ? ip_bits(s->range.family) - (unsigned)s->v.length : 0;
	if (left % label)
		return false;
	ip = ip_from_num(s->range.family, s->range.first);
	ip_format_arpa(&ip, buf);
	for (; left; left -= label)
		zone = strchr(zone, '.') + 1;
	memmove(buf, zone, strlen(zone) + 1);
	return true;
}

void subject_add_address(struct buf *b, const struct subject *s)
{
	const struct endpoint *ep = &s->v.ep;
	char text[IP_STRLEN];

	if (s->kind == SUBJECT_UNIX) {
		buf_adds(b, ep->abstract ? "unix:@" : "unix:");
		buf_add(b, ep->path, ep->path_len);
		return;
	}
	buf_printf(b, "%s%s%s", ip_format(&ep->ip, text), ep->zone[0] ? "%" : "", ep->zone);
	if (s->kind == SUBJECT_PREFIX)
		buf_printf(b, "/%d", s->v.length);
	if (s->kind == SUBJECT_RANGE)
		buf_printf(b, "-%s", ip_format(&s->v.last, text));
}

void subject_add_hex(struct buf *b, const void *bytes, size_t n, const char *separator)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		uint8_t byte = ((const uint8_t *)bytes)[i];

		buf_adds(b, i ? separator : "");
		buf_addc(b, digits[byte >> 4]);
		buf_addc(b, digits[byte & 15]);
	}
}

uint32_t subject_host_word(const struct ip *ip, size_t i)
{
	uint32_t word;

	memcpy(&word, ip->b + 4 * i, sizeof(word));
	return word;
}

/* A number in JSON where a number can be exact, else a string. */
static void set_number(struct out *o, unsigned col, const char *text)
{
	uint64_t v = 0;

	if (scan_uint(text, text + strlen(text), UINT64_MAX, &v))
		out_uint(o, col, v);
	else
		out_str(o, col, text);
}

static void set_address(struct out *o, unsigned col, unsigned family, struct u128 n)
{
	struct ip ip = ip_from_num(family, n);
	char text[IP_STRLEN];

	out_str(o, col, ip_format(&ip, text));
}

static void set_bytes(struct out *o, unsigned col, const char *before, const void *bytes, size_t n,
		      const char *separator)
{
	struct buf b = { 0 };

	buf_adds(&b, before);
	subject_add_hex(&b, bytes, n, separator);
	out_bytes(o, col, b.data, b.len);
	buf_fini(&b);
}

static void set_extent(struct out *o, const struct subject *s)
{
	const struct range *r = &s->range;
	char count[IPCOUNT_STRLEN];

	set_address(o, COL_FIRST, r->family, r->first);
	set_address(o, COL_LAST, r->family, r->last);
	set_number(o, COL_COUNT, ipcount_format(range_count(r), count));
}

static void set_prefix(struct out *o, const struct subject *s)
{
	const struct range *r = &s->range, hosts = range_of_hosts(r);
	const unsigned bits = ip_bits(r->family);
	const struct u128 wildcard = u128_ones(bits - (unsigned)s->v.length);
	struct ip first = ip_from_num(r->family, r->first);
	char text[PREFIX_STRLEN], network[IP_STRLEN], count[IPCOUNT_STRLEN];

	snprintf(text, sizeof(text), "%s/%d", ip_format(&first, network), s->v.length);
	out_str(o, COL_NETWORK, text);
	out_int(o, COL_LENGTH, s->v.length);
	set_address(o, COL_NETMASK, r->family, u128_xor(u128_ones(bits), wildcard));
	set_address(o, COL_WILDCARD, r->family, wildcard);
	set_address(o, COL_FIRST_HOST, r->family, hosts.first);
	set_address(o, COL_LAST_HOST, r->family, hosts.last);
	set_number(o, COL_HOSTS, ipcount_format(range_count(&hosts), count));
	if (!u128_eq(hosts.last, r->last))
		set_address(o, COL_BROADCAST, r->family, r->last);
}

static void set_range(struct out *o, const struct subject *s)
{
	struct range rest = s->range, prefix, around = range_enclosing(&s->range);
	char text[PREFIX_STRLEN];
	bool more;

	out_str(o, COL_ENCLOSING, range_format(&around, text));
	do {
		more = range_next_prefix(&rest, &prefix);
		out_item(o, COL_PREFIXES, range_format(&prefix, text));
	} while (more);
}

static void set_class(struct out *o, const struct subject *s)
{
	if (s->entries.n == 1)
		addr_registry_set(o, s->entries.v[0]);
	for (size_t i = 0; i < s->entries.n; i++)
		out_item(o, COL_CLASSES, s->entries.v[i]->name);
	out_list(o, COL_SETS);
	for (size_t i = 0; registry_class_name(i); i++)
		if (subject_is_in(s, i))
			out_item(o, COL_SETS, registry_class_name(i));
	out_str(o, COL_SCOPE, subject_scope(s));
}

static void set_embed(struct out *o, const struct embed *e)
{
	char text[IP_STRLEN], prefix[PREFIX_STRLEN], mac[EMBED_MAC_STRLEN];

	out_item(o, COL_EMBEDDED, embed_name(e->kind));
	ip_format(&e->ip, text);
	switch (e->kind) {
	case EMBED_TEREDO:
		out_uint(o, COL_TEREDO_PORT, e->port);
		set_address(o, COL_TEREDO_SERVER, 4, ip_num(&e->server));
		snprintf(prefix, sizeof(prefix), "0x%04x", e->flags);
		out_str(o, COL_TEREDO_FLAGS, prefix);
		break;
	case EMBED_EUI64:
		out_str(o, COL_EMBEDDED_MAC, embed_mac_format(e->mac, mac));
		return;
	case EMBED_PREFIX:
		snprintf(prefix, sizeof(prefix), "%s/%u", text, e->length);
		out_str(o, COL_EMBEDDED_PREFIX, prefix);
		return;
	case EMBED_RP:
		out_str(o, COL_RENDEZVOUS_POINT, text);
		return;
	case EMBED_AS:
		out_uint(o, COL_AUTONOMOUS_SYSTEM, e->number);
		return;
	case EMBED_SOLICITED:
	case EMBED_INTERFACE:
		return;
	case EMBED_MAPPED:
	case EMBED_COMPATIBLE:
	case EMBED_6TO4:
	case EMBED_NAT64:
	case EMBED_ISATAP:
		break;
	}
	out_item(o, COL_EMBEDDED_IPV4, text);
	out_item(o, COL_EMBEDDED_CLASS, registry_find(4, ip_num(&e->ip))->name);
}

static void set_groups(struct out *o, const struct subject *s)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = { { EMBED_FLAG_R, "R" }, { EMBED_FLAG_P, "P" }, { EMBED_FLAG_T, "T" } };
	const struct ip *ip = &s->v.ep.ip;
	char text[EMBED_MAC_STRLEN];
	struct ip group;
	uint8_t mac[6];

	if (embed_is_multicast(ip)) {
		embed_multicast_mac(ip, mac);
		out_str(o, COL_MULTICAST_MAC, embed_mac_format(mac, text));
		if (ip->family == 6)
			out_list(o, COL_MULTICAST_FLAGS);
		for (size_t i = 0; ip->family == 6 && i < ARRAY_SIZE(flags); i++)
			if (embed_multicast_flags(ip) & flags[i].flag)
				out_item(o, COL_MULTICAST_FLAGS, flags[i].name);
	} else if (ip->family == 6 && !u128_eq(ip_num(ip), u128_of(0))) {
		group = embed_solicited_node(ip);
		set_address(o, COL_SOLICITED_NODE, 6, ip_num(&group));
	}
}

/* The address itself; of a prefix as it was written, of a range the first. */
static void set_ip(struct out *o, const struct subject *s)
{
	const struct endpoint *ep = &s->v.ep;
	const struct ip *ip = &ep->ip;
	char text[IP_ARPA_STRLEN];

	if (ep->zone[0])
		out_str(o, COL_ZONE, ep->zone);
	if (ep->has_port)
		out_uint(o, COL_PORT, ep->port);
	if (subject_reverse(s, text))
		out_str(o, COL_REVERSE, text);
	if (s->kind == SUBJECT_RANGE)
		return;
	out_str(o, COL_EXPANDED, ip_format_full(ip, text));
	set_number(o, COL_INTEGER, ip_format_decimal(ip, text));
	set_bytes(o, COL_HEX, "0x", ip->b, ip_size(ip), "");
	for (size_t i = 0; i < ip_size(ip) / 4; i++) {
		snprintf(text, sizeof(text), "0x%08" PRIx32, subject_host_word(ip, i));
		out_item(o, COL_HOST_ORDER, text);
	}
	set_bytes(o, COL_NETWORK_ORDER, "", ip->b, ip_size(ip), " ");
}

static void set_sockaddr(struct out *o, const struct subject *s)
{
	struct buf b = { 0 };
	struct err err;

	set_bytes(o, COL_SOCKADDR, "", &s->sa.u, s->sa.len, " ");
	if (form_write(&b, &s->v, FORM_C, &err) == 0)
		out_bytes(o, COL_C, b.data, b.len);
	buf_fini(&b);
}

void subject_set_columns(struct out *o, const struct subject *s)
{
	static const char *const kinds[] = {
		[SUBJECT_ADDRESS] = "address",
		[SUBJECT_PREFIX] = "prefix",
		[SUBJECT_RANGE] = "range",
		[SUBJECT_UNIX] = "unix",
	};
	const struct endpoint *ep = &s->v.ep;
	struct buf b = { 0 };

	out_str(o, COL_FORM, s->form);
	out_str(o, COL_KIND, kinds[s->kind]);
	out_str(o, COL_FAMILY, family_name(s));
	subject_add_address(&b, s);
	out_bytes(o, COL_ADDRESS, b.data, b.len);
	if (s->kind == SUBJECT_UNIX) {
		b.len = 0;
		buf_adds(&b, ep->abstract ? "@" : "");
		buf_add(&b, ep->path, ep->path_len);
		out_bytes(o, COL_PATH, b.data, b.len);
	} else {
		set_ip(o, s);
		set_class(o, s);
		for (size_t i = 0; i < s->nembeds; i++)
			set_embed(o, &s->embeds[i]);
	}
	buf_fini(&b);
	if (s->kind == SUBJECT_PREFIX || s->kind == SUBJECT_RANGE)
		set_extent(o, s);
	if (s->kind == SUBJECT_PREFIX)
		set_prefix(o, s);
	if (s->kind == SUBJECT_RANGE)
		set_range(o, s);
	if (s->kind == SUBJECT_ADDRESS)
		set_groups(o, s);
	if (s->kind == SUBJECT_ADDRESS || s->kind == SUBJECT_UNIX)
		set_sockaddr(o, s);
}
