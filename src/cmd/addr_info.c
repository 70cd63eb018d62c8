/* SPDX-License-Identifier: MIT */
/*
 * addr_info.c - netipc addr info: an address in every form, and what is known of it
 *
 * The lecture's inet_pton(3) example prints one line an address; that line stays the
 * first of a block that shows the same address as text, as a number, in both byte
 * orders, what it is for, what is inside it, and how it lies in a struct sockaddr.
 */
#include "cmd/addr_info.h"

#include <string.h>

#include "cmd/addr_shared.h"

const struct opt addr_info_opts[] = {
	ADDR_READ_OPTS(addr_info_options),
	OPT_BOOL(0, "strict-zone", addr_info_options, strict_zone,
		 "refuse a zone that is no interface here"),
	OPT_STRS(0, "nat64", "PREFIX", addr_info_options, nat64,
		 "another prefix of NAT64 (RFC 6052)"),
	OPT_BOOL(0, "registry", addr_info_options, registry,
		 "print the registries of special addresses"),
	OPT_END,
};

const struct out_col addr_info_cols[ADDR_INFO_COLUMNS] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand", false },
	[COL_FORM] = { "form", OUT_STR, "the form that it was read in", true },
	[COL_KIND] = { "kind", OUT_STR, "address, prefix, range or unix", true },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4, ipv6 or unix", false },
	[COL_ADDRESS] = { "address", OUT_STR, "the address in its canonical form, with its zone",
			  false },
	[COL_ZONE] = { "zone", OUT_STR, "the IPv6 zone", true },
	[COL_PORT] = { "port", OUT_INT, "the port", false },
	[COL_PATH] = { "path", OUT_STR, "the path or abstract name of a UNIX address", true },
	[COL_LENGTH] = { "length", OUT_INT, "the length of a prefix", true },
	[COL_NETWORK] = { "network", OUT_STR, "the prefix without bits behind its length", true },
	[COL_NETMASK] = { "netmask", OUT_STR, "the netmask of a prefix", true },
	[COL_WILDCARD] = { "wildcard", OUT_STR, "the inverted netmask", true },
	[COL_FIRST] = { "first", OUT_STR, "the first address of a prefix or range", true },
	[COL_LAST] = { "last", OUT_STR, "the last address", true },
	[COL_COUNT] = { "count", OUT_INT, "how many addresses it has", true },
	[COL_FIRST_HOST] = { "first_host", OUT_STR, "the first that a host of a prefix may have",
			     true },
	[COL_LAST_HOST] = { "last_host", OUT_STR, "the last", true },
	[COL_HOSTS] = { "hosts", OUT_INT, "how many hosts may have", true },
	[COL_BROADCAST] = { "broadcast", OUT_STR, "the directed broadcast address of a prefix",
			    true },
	[COL_ENCLOSING] = { "enclosing", OUT_STR, "the smallest prefix around a range", true },
	[COL_PREFIXES] = { "prefixes", OUT_LIST, "the fewest prefixes that a range is", true },
	[COL_EXPANDED] = { "expanded", OUT_STR, "the address with every digit", true },
	[COL_INTEGER] = { "integer", OUT_INT, "the address as a decimal number", false },
	[COL_HEX] = { "hex", OUT_STR, "the lecture's number, 0x and every digit", true },
	[COL_HOST_ORDER] = { "host_order", OUT_LIST, "32-bit words as this machine reads them",
			     true },
	[COL_NETWORK_ORDER] = { "network_order", OUT_STR, "the bytes as they are sent", false },
	[COL_BLOCK] = { "block", OUT_STR, "the block of the registry that it is in", true },
	[COL_CLASS] = { "class", OUT_STR, "the block's name", false },
	[COL_RFC] = { "rfc", OUT_STR, "the document behind it", true },
	[COL_ALLOCATED] = { "allocated", OUT_STR, "the month of its allocation", true },
	[COL_TERMINATED] = { "terminated", OUT_STR, "the month in which it ended", true },
	[COL_SOURCE] = { "source", OUT_ANY, "valid as a source address", true },
	[COL_DESTINATION] = { "destination", OUT_ANY, "valid as a destination address", true },
	[COL_FORWARDABLE] = { "forwardable", OUT_ANY, "routers forward it", true },
	[COL_GLOBAL] = { "global", OUT_ANY, "globally reachable", true },
	[COL_RESERVED] = { "reserved", OUT_ANY, "reserved by protocol", true },
	[COL_REGISTRY] = { "registry", OUT_STR, "iana, multicast, deprecated or unicast", true },
	[COL_AS_OF] = { "as_of", OUT_STR, "the day of IANA's registry", true },
	[COL_CLASSES] = { "classes", OUT_LIST, "the names of all blocks that it touches", true },
	[COL_SETS] = { "sets", OUT_LIST, "the named sets that it is in", true },
	[COL_SCOPE] = { "scope", OUT_STR, "how far packets for it go", true },
	[COL_EMBEDDED] = { "embedded", OUT_LIST, "what is inside the address", true },
	[COL_EMBEDDED_IPV4] = { "embedded_ipv4", OUT_LIST, "the IPv4 addresses inside", true },
	[COL_EMBEDDED_CLASS] = { "embedded_class", OUT_LIST, "the classes of these", true },
	[COL_EMBEDDED_MAC] = { "embedded_mac", OUT_STR, "the MAC address inside", true },
	[COL_EMBEDDED_PREFIX] = { "embedded_prefix", OUT_STR, "the prefix of a multicast group",
				  true },
	[COL_TEREDO_SERVER] = { "teredo_server", OUT_STR, "the Teredo server", true },
	[COL_TEREDO_PORT] = { "teredo_port", OUT_INT, "the port of the Teredo client", true },
	[COL_TEREDO_FLAGS] = { "teredo_flags", OUT_STR, "the Teredo flags, 0x and four digits",
			       true },
	[COL_RENDEZVOUS_POINT] = { "rendezvous_point", OUT_STR,
				   "the rendezvous point of a multicast group", true },
	[COL_AUTONOMOUS_SYSTEM] = { "autonomous_system", OUT_INT,
				    "the autonomous system of a multicast group", true },
	[COL_SOLICITED_NODE] = { "solicited_node", OUT_STR, "the solicited-node group of it",
				 true },
	[COL_MULTICAST_FLAGS] = { "multicast_flags", OUT_LIST, "R, P and T where set", true },
	[COL_MULTICAST_MAC] = { "multicast_mac", OUT_STR, "the Ethernet group of it", true },
	[COL_SOCKADDR] = { "sockaddr", OUT_STR, "the bytes of the struct sockaddr in memory",
			   true },
	[COL_C] = { "c", OUT_STR, "the struct sockaddr as an initialiser in C", true },
	[COL_REVERSE] = { "reverse", OUT_STR, "the name of the PTR record, or of a zone of them",
			  true },
	[COL_ERROR] = { "error", OUT_STR, "what is wrong with the operand", true },
};

/* What goes through the operands. */
struct info {
	struct cli *cli;
	const struct addr_info_options *opt;
	struct embed_nat64s nat64s;
	struct out *o;
};

/* The registries' entries of all addresses of S, each once. */
static void find_entries(struct subject *s)
{
	const unsigned family = s->range.family;
	struct u128 at = s->range.first;

	do {
		const struct registry_entry *e = registry_find(family, at);
		size_t i = 0;

		while (i < s->entries.n && s->entries.v[i] != e)
			i++;
		if (i == s->entries.n)
			*vec_push(&s->entries) = e;
	} while (registry_next(family, at, &at) && !u128_less(s->range.last, at));
}

/* What is inside the address; of a prefix, as far as its length tells. */
static void find_embedded(struct info *info, struct subject *s)
{
	const bool is_host = !u128_eq(ip_num(&s->v.ep.ip), s->range.first);

	if (s->kind == SUBJECT_RANGE)
		return;
	s->nembeds = embed_find(&s->v.ep.ip, &info->nat64s, s->embeds);
	if (s->kind == SUBJECT_PREFIX && !is_host && s->v.length < (int)ip_bits(s->range.family))
		s->nembeds = s->nembeds && s->embeds[0].kind == EMBED_6TO4 && s->v.length >= 48;
}

/* Reads OPERAND to S. */
static int read_subject(struct info *info, struct subject *s, const struct cli_operand *operand,
			struct err *err)
{
	if (addr_read(&s->v, &info->opt->read, operand->text, operand->len, err) < 0)
		return -1;
	s->kind = s->v.ep.kind == ENDPOINT_UNIX ? SUBJECT_UNIX :
		  s->v.is_range                 ? SUBJECT_RANGE :
		  s->v.length >= 0              ? SUBJECT_PREFIX :
						  SUBJECT_ADDRESS;
	s->form = addr_read_form(&s->v, operand->text, operand->len);
	return 0;
}

/* What a read S is found out to be. */
static int learn(struct info *info, struct subject *s, const struct cli_operand *operand,
		 struct err *err)
{
	const unsigned family = s->v.ep.ip.family;
	char where[CLI_WHERE];

	addr_note_legacy(info->cli, cli_where(operand, where), &s->v.legacy);
	if (s->kind == SUBJECT_UNIX)
		return sa_from_endpoint(&s->sa, &s->v.ep, err);
	if (s->v.is_range)
		s->range =
			(struct range){ (uint8_t)family, ip_num(&s->v.ep.ip), ip_num(&s->v.last) };
	else
		s->range =
			range_of_prefix(family, ip_num(&s->v.ep.ip),
					s->v.length < 0 ? ip_bits(family) : (unsigned)s->v.length);
	find_entries(s);
	find_embedded(info, s);
	if (s->kind == SUBJECT_ADDRESS && sa_from_endpoint(&s->sa, &s->v.ep, err) < 0) {
		if (info->opt->strict_zone || err->kind == ERR_SYSTEM)
			return -1;
		cli_note(info->cli, "%s%s", where, err->text);
	}
	return 0;
}

/* Prints S in the command's own form: a block, or the lecture's line. */
static int print_text(struct info *info, const struct subject *s)
{
	struct buf b = { 0 };
	int rc;

	if (out_format(info->o) == OUT_CLASSIC) {
		subject_add_classic(&b, s);
	} else {
		if (out_rows(info->o))
			buf_addc(&b, '\n');
		subject_add_block(&b, s);
	}
	rc = out_text(info->o, b.data, b.len, &info->cli->err);
	buf_fini(&b);
	return rc;
}

static int one(struct info *info, const struct cli_operand *operand)
{
	struct subject s = { 0 };
	struct err err;
	int rc;

	out_bytes(info->o, COL_INPUT, operand->text, operand->len);
	if (read_subject(info, &s, operand, &err) < 0 || learn(info, &s, operand, &err) < 0) {
		rc = cli_refuse(info->cli, info->o, COL_ERROR, operand, &err);
	} else if (out_is_text(info->o)) {
		rc = print_text(info, &s);
	} else {
		subject_set_columns(info->o, &s);
		rc = out_row(info->o, &info->cli->err);
	}
	vec_fini(&s.entries);
	return rc;
}

static int read_nat64(struct info *info)
{
	const struct opt_strs *texts = &info->opt->nat64;

	for (size_t i = 0; i < texts->n; i++) {
		struct err *err = &info->cli->err;
		struct prefix p;

		if (prefix_parse(&p, texts->v[i], strlen(texts->v[i]), 0, PREFIX_STRICT, err) < 0 ||
		    embed_nat64_add(&info->nat64s, &p, err) < 0)
			return err_prefix(err, "--nat64: ");
	}
	return 0;
}

int addr_info_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct info info = { .cli = cli, .opt = options };
	struct cli_operand operand;
	int index = 0, rc;

	if (info.opt->registry)
		return cli_want(cli, argc, argv, 0, 0) < 0 ? -1 : addr_registry_run(cli);
	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	if (read_nat64(&info) < 0) {
		vec_fini(&info.nat64s);
		return -1;
	}
	info.o = cli_out(cli, false);
	if (!info.o) {
		vec_fini(&info.nat64s);
		return -1;
	}
	while ((rc = cli_next(cli, argc, argv, &index, &operand)) > 0) {
		rc = one(&info, &operand);
		if (rc < 0)
			break;
	}
	vec_fini(&info.nat64s);
	return out_close(info.o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_info = {
	.name = "info",
	.summary = "print all that is known of an address",
	.operands = "ADDRESS...",
	.opts = addr_info_opts,
	.cols = addr_info_cols,
	.ncols = ADDR_INFO_COLUMNS,
	.size = sizeof(struct addr_info_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.more = ADDR_READ_MORE,
	.run = addr_info_run,
};
