/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cmd/addr_info.h"
#include "net/prefix_math.h"

enum {
	LABEL_WIDTH = 14,
};

static void add_label(struct buf *b, const char *label)
{
	size_t start = b->len;

	buf_adds(b, label);
	if (b->len - start < LABEL_WIDTH)
		buf_fill(b, ' ', LABEL_WIDTH - (b->len - start));
}

/* "label        value" */
static void add_line(struct buf *b, const char *label, const char *value)
{
	add_label(b, label);
	buf_adds(b, value);
	buf_addc(b, '\n');
}

static void add_number_line(struct buf *b, const char *label, unsigned family, struct u128 n)
{
	struct ip ip = ip_from_num(family, n);
	char text[IP_STRLEN];

	add_line(b, label, ip_format(&ip, text));
}

void subject_add_classic(struct buf *b, const struct subject *s)
{
	const struct endpoint *ep = &s->v.ep;

	if (s->kind == SUBJECT_UNIX) {
		buf_printf(b, "UNIX: %s", ep->abstract ? "@" : "");
		str_safe(b, ep->path, ep->path_len);
	} else {
		buf_printf(b, "IPv%u: 0x", ep->ip.family);
		subject_add_hex(b, ep->ip.b, ip_size(&ep->ip), "");
	}
	buf_addc(b, '\n');
}

static void add_names(struct buf *b, const struct subject *s)
{
	char text[IP_DECIMAL_STRLEN > IP_FULL_STRLEN ? IP_DECIMAL_STRLEN : IP_FULL_STRLEN];
	struct buf address = { 0 };

	add_line(b, "form", s->form);
	if (s->kind == SUBJECT_UNIX)
		return;
	add_label(b, "canonical");
	subject_add_address(&address, s);
	str_safe(b, address.data, address.len);
	buf_addc(b, '\n');
	buf_fini(&address);
	if (s->kind == SUBJECT_RANGE)
		return;
	add_line(b, "expanded", ip_format_full(&s->v.ep.ip, text));
	add_line(b, "integer", ip_format_decimal(&s->v.ep.ip, text));
}

/* "LABEL  256, 192.0.2.0 to 192.0.2.255" */
static void add_extent(struct buf *b, const char *label, const struct range *r)
{
	struct ip first = ip_from_num(r->family, r->first), last = ip_from_num(r->family, r->last);
	char count[IPCOUNT_STRLEN], a[IP_STRLEN], z[IP_STRLEN];

	add_label(b, label);
	buf_printf(b, "%s, %s to %s\n", ipcount_format(range_count(r), count), ip_format(&first, a),
		   ip_format(&last, z));
}

static void add_prefix(struct buf *b, const struct subject *s)
{
	const unsigned family = s->range.family, bits = ip_bits(family);
	const struct u128 wildcard = u128_ones(bits - (unsigned)s->v.length);
	const struct range hosts = range_of_hosts(&s->range);
	char text[PREFIX_STRLEN], network[IP_STRLEN];
	struct ip first = ip_from_num(family, s->range.first);

	snprintf(text, sizeof(text), "%s/%d", ip_format(&first, network), s->v.length);
	add_line(b, "network", text);
	add_number_line(b, "netmask", family, u128_xor(u128_ones(bits), wildcard));
	add_number_line(b, "wildcard", family, wildcard);
	add_extent(b, "addresses", &s->range);
	if (family == 4)
		add_extent(b, "hosts", &hosts);
	if (!u128_eq(hosts.last, s->range.last))
		add_number_line(b, "broadcast", family, s->range.last);
}

static void add_range(struct buf *b, const struct subject *s)
{
	struct range rest = s->range, prefix, around = range_enclosing(&s->range);
	const char *label = "prefixes";
	char text[PREFIX_STRLEN];
	bool more;

	add_extent(b, "addresses", &s->range);
	add_line(b, "enclosing", range_format(&around, text));
	do {
		more = range_next_prefix(&rest, &prefix);
		add_line(b, label, range_format(&prefix, text));
		label = "";
	} while (more);
}

/* "source yes, destination no": the flags that somebody gives. */
static void add_flags(struct buf *b, const struct registry_entry *e)
{
	static const char *const values[] = {
		[REGISTRY_NO] = "no", [REGISTRY_YES] = "yes", [REGISTRY_NA] = "n/a"
	};
	const struct {
		const char *name;
		unsigned flag;
	} flags[] = {
		{ "source", e->source },           { "destination", e->destination },
		{ "forwardable", e->forwardable }, { "global", e->global },
		{ "reserved", e->reserved },
	};
	const char *comma = "";

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flags[i].flag == REGISTRY_BLANK)
			continue;
		if (!*comma)
			add_label(b, "");
		buf_adds(b, comma);
		buf_adds(b, flags[i].name);
		buf_addc(b, ' ');
		buf_adds(b, values[flags[i].flag]);
		comma = ", ";
	}
	if (*comma)
		buf_addc(b, '\n');
}

static void add_class(struct buf *b, const struct subject *s)
{
	const char *scope = subject_scope(s), *label = "class";
	bool any = false;

	for (size_t i = 0; i < s->entries.n; i++) {
		const struct registry_entry *e = s->entries.v[i];

		add_label(b, label);
		buf_printf(b, "%s, %s, %s%s%s\n", e->name, e->prefix, e->rfc,
			   e->terminated[0] ? ", ended " : "", e->terminated);
		label = "";
	}
	if (s->entries.n == 1)
		add_flags(b, s->entries.v[0]);
	for (size_t i = 0; registry_class_name(i); i++) {
		if (!subject_is_in(s, i))
			continue;
		if (!any)
			add_label(b, "sets");
		buf_adds(b, any ? ", @" : "@");
		buf_adds(b, registry_class_name(i));
		any = true;
	}
	if (any)
		buf_addc(b, '\n');
	if (scope)
		add_line(b, "scope", scope);
}

/* What one of an address's parts is, behind its kind. */
static void add_part(struct buf *b, const struct embed *e)
{
	char text[IP_STRLEN], mac[EMBED_MAC_STRLEN];

	switch (e->kind) {
	case EMBED_MAPPED:
	case EMBED_COMPATIBLE:
	case EMBED_6TO4:
	case EMBED_TEREDO:
	case EMBED_NAT64:
	case EMBED_ISATAP:
		buf_printf(b, "%s, %s", ip_format(&e->ip, text),
			   registry_find(4, ip_num(&e->ip))->name);
		break;
	case EMBED_EUI64:
		buf_printf(b, "%s, %s", embed_mac_format(e->mac, mac),
			   e->mac[0] & 2 ? "locally administered" : "universal");
		break;
	case EMBED_PREFIX:
		buf_printf(b, "%s/%u", ip_format(&e->ip, text), e->length);
		break;
	case EMBED_SOLICITED:
		buf_printf(b, "of addresses that end in %02x:%02x%02x", e->ip.b[13], e->ip.b[14],
			   e->ip.b[15]);
		break;
	case EMBED_AS:
		buf_printf(b, "AS%u", e->number);
		break;
	case EMBED_INTERFACE:
	case EMBED_RP:
		buf_adds(b, ip_format(&e->ip, text));
		break;
	}
	if (e->kind == EMBED_TEREDO)
		buf_printf(b, "; port %u, server %s, flags 0x%04x", e->port,
			   ip_format(&e->server, text), e->flags);
}

static void add_embedded(struct buf *b, const struct subject *s)
{
	for (size_t i = 0; i < s->nembeds; i++) {
		add_label(b, i ? "" : "embedded");
		buf_printf(b, "%s ", embed_name(s->embeds[i].kind));
		add_part(b, &s->embeds[i]);
		buf_addc(b, '\n');
	}
}

/* What is told of a single address. */
static void add_groups(struct buf *b, const struct subject *s)
{
	const struct ip *ip = &s->v.ep.ip;
	char text[IP_STRLEN];
	struct ip group;
	uint8_t mac[6];

	if (!embed_is_multicast(ip)) {
		if (ip->family == 6 && !u128_eq(ip_num(ip), u128_of(0))) {
			group = embed_solicited_node(ip);
			add_line(b, "solicited", ip_format(&group, text));
		}
		return;
	}
	if (ip->family == 6 && embed_multicast_flags(ip)) {
		unsigned flags = embed_multicast_flags(ip);

		add_label(b, "flags");
		buf_printf(b, "0x%x%s%s%s\n", flags, flags & EMBED_FLAG_R ? " R" : "",
			   flags & EMBED_FLAG_P ? " P" : "", flags & EMBED_FLAG_T ? " T" : "");
	}
	embed_multicast_mac(ip, mac);
	add_line(b, "ethernet", embed_mac_format(mac, text));
}

/* A line of both byte orders: the number, its bytes on the wire, what a plain load gives. */
static void add_orders(struct buf *b, const struct endpoint *ep)
{
	const struct ip *ip = &ep->ip;

	for (size_t i = 0; i < ip_size(ip) / 4; i++) {
		add_label(b, i ? "" : "byte order");
		buf_printf(b, "host 0x%08" PRIx32 "  network ", ntohl(subject_host_word(ip, i)));
		subject_add_hex(b, ip->b + 4 * i, 4, " ");
		buf_printf(b, "  unconverted 0x%08" PRIx32 "\n", subject_host_word(ip, i));
	}
	if (ep->has_port) {
		uint16_t port = htons(ep->port);

		add_label(b, "port");
		buf_printf(b, "host 0x%04x %u  network ", ep->port, ep->port);
		subject_add_hex(b, &port, sizeof(port), " ");
		buf_printf(b, "  unconverted 0x%04x\n", port);
	}
}

/* What the bytes of FIELD mean, in words. */
static void add_meaning(struct buf *b, const struct subject *s, const char *field)
{
	const struct endpoint *ep = &s->v.ep;
	char text[SA_STRLEN];
	const char *part = strchr(field, '_') + 1;

	if (strcmp(part, "family") == 0) {
		buf_printf(b, "AF_%s %d",
			   s->kind == SUBJECT_UNIX ? "UNIX" :
			   ep->ip.family == 4      ? "INET" :
						     "INET6",
			   s->sa.u.sa.sa_family);
	} else if (strcmp(part, "port") == 0) {
		buf_printf(b, "%u", ep->port);
	} else if (strcmp(part, "addr") == 0) {
		buf_adds(b, ip_format(&ep->ip, text));
	} else if (strcmp(part, "scope_id") == 0) {
		buf_printf(b, "%u ", (unsigned)s->sa.u.in6.sin6_scope_id);
		str_safe(b, ep->zone, strlen(ep->zone));
	} else if (strcmp(part, "path") == 0) {
		buf_adds(b, sa_format_host(&s->sa, text));
	}
}

static void add_sockaddr(struct buf *b, const struct subject *s)
{
	const struct sa_field *fields;
	size_t n = sa_fields(&s->sa, &fields);

	add_label(b, "sockaddr");
	buf_printf(b, "struct %s, %u bytes\n", sa_struct(&s->sa), (unsigned)s->sa.len);
	for (size_t i = 0; i < n; i++) {
		size_t end = fields[i].offset + fields[i].size, start = b->len;

		if (end > s->sa.len) /* of sun_path only what the length covers */
			end = s->sa.len;
		buf_adds(b, "  ");
		add_label(b, fields[i].name);
		subject_add_hex(b, (const char *)&s->sa.u + fields[i].offset,
				end - fields[i].offset, " ");
		if (b->len - start < 41)
			buf_fill(b, ' ', 41 - (b->len - start));
		buf_adds(b, "  ");
		add_meaning(b, s, fields[i].name);
		while (b->data[b->len - 1] == ' ')
			b->len--;
		buf_addc(b, '\n');
	}
}

static void add_initialiser(struct buf *b, const struct subject *s)
{
	struct buf text = { 0 };
	struct err err;

	if (form_write(&text, &s->v, FORM_C, &err) == 0) {
		add_label(b, "C");
		str_safe(b, text.data, text.len);
		buf_addc(b, '\n');
	}
	buf_fini(&text);
}

void subject_add_block(struct buf *b, const struct subject *s)
{
	char reverse[IP_ARPA_STRLEN];

	subject_add_classic(b, s);
	add_names(b, s);
	if (s->kind == SUBJECT_PREFIX)
		add_prefix(b, s);
	if (s->kind == SUBJECT_RANGE)
		add_range(b, s);
	if (s->kind != SUBJECT_UNIX) {
		add_class(b, s);
		add_embedded(b, s);
	}
	if (s->kind == SUBJECT_ADDRESS) {
		add_groups(b, s);
		add_orders(b, &s->v.ep);
	}
	if (subject_reverse(s, reverse))
		add_line(b, "reverse", reverse);
	if (s->kind == SUBJECT_ADDRESS || s->kind == SUBJECT_UNIX) {
		add_sockaddr(b, s);
		add_initialiser(b, s);
	}
}
