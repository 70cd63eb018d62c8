/* SPDX-License-Identifier: MIT */
/*
 * addr_info.c - netipc addr info: an address in every form
 *
 * The lecture's inet_pton(3) example prints one line an address; that line stays the
 * first of a block that shows the same address as text, as a number, in both byte
 * orders, and as it lies in a struct sockaddr.
 */
#include "cmd/addr_info.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "cmd/addr_shared.h"
#include "net/sa.h"

const struct opt addr_info_opts[] = {
	OPT_BOOL('4', "ipv4", addr_info_options, only4, "refuse what is not IPv4"),
	OPT_BOOL('6', "ipv6", addr_info_options, only6, "refuse what is not IPv6"),
	OPT_END,
};

const struct out_col addr_info_cols[ADDR_INFO_COLUMNS] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand", false },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4, ipv6 or unix", false },
	[COL_ADDRESS] = { "address", OUT_STR, "the address in its canonical form, with its zone",
			  false },
	[COL_ZONE] = { "zone", OUT_STR, "the IPv6 zone", true },
	[COL_PORT] = { "port", OUT_INT, "the port", false },
	[COL_PATH] = { "path", OUT_STR, "the path or abstract name of a UNIX address", true },
	[COL_EXPANDED] = { "expanded", OUT_STR, "the address with every digit", true },
	[COL_INTEGER] = { "integer", OUT_INT, "the address as a decimal number", false },
	[COL_HEX] = { "hex", OUT_STR, "the lecture's number, 0x and every digit", true },
	[COL_HOST_ORDER] = { "host_order", OUT_LIST, "32-bit words as this machine reads them",
			     true },
	[COL_NETWORK_ORDER] = { "network_order", OUT_STR, "the bytes as they are sent", false },
	[COL_SOCKADDR] = { "sockaddr", OUT_STR, "the bytes of the struct sockaddr in memory",
			   true },
	[COL_REVERSE] = { "reverse", OUT_STR, "the name of the PTR record", true },
	[COL_ERROR] = { "error", OUT_STR, "what is wrong with the operand", true },
};

/* One operand, parsed. */
struct subject {
	const struct cli_operand *operand;
	struct endpoint ep;
	struct sa sa;
};

/* Appends N bytes in hexadecimal with SEPARATOR between. */
static void put_hex(struct buf *b, const void *bytes, size_t n, const char *separator)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%02x", i ? separator : "", ((const uint8_t *)bytes)[i]);
}

/* Word I of the address as the machine reads it from memory. */
static uint32_t host_word(const struct ip *ip, size_t i)
{
	uint32_t word;

	memcpy(&word, ip->b + 4 * i, sizeof(word));
	return word;
}

static const char *family_name(const struct subject *s)
{
	if (s->ep.kind == ENDPOINT_UNIX)
		return "unix";
	return s->ep.ip.family == 4 ? "ipv4" : "ipv6";
}

/* The lecture's line: "IPv4: 0x8c710101". */
static void put_classic(struct buf *b, const struct subject *s)
{
	if (s->ep.kind == ENDPOINT_UNIX) {
		buf_printf(b, "UNIX: %s", s->ep.abstract ? "@" : "");
		str_safe(b, s->ep.path, s->ep.path_len);
	} else {
		buf_printf(b, "IPv%u: 0x", s->ep.ip.family);
		put_hex(b, s->ep.ip.b, ip_size(&s->ep.ip), "");
	}
	buf_addc(b, '\n');
}

/* The canonical form, with the zone; safe to print. */
static void put_address(struct buf *b, const struct subject *s)
{
	char text[IP_STRLEN];

	buf_adds(b, ip_format(&s->ep.ip, text));
	if (s->ep.zone[0]) {
		buf_addc(b, '%');
		str_safe(b, s->ep.zone, strlen(s->ep.zone));
	}
}

/* "label        " */
static void put_label(struct buf *b, const char *label)
{
	buf_printf(b, "%-14s", label);
}

/* A line of both byte orders: the number, its bytes on the wire, what a plain load gives. */
static void put_orders(struct buf *b, const struct subject *s)
{
	const struct ip *ip = &s->ep.ip;

	for (size_t i = 0; i < ip_size(ip) / 4; i++) {
		put_label(b, i ? "" : "byte order");
		buf_printf(b, "host 0x%08" PRIx32 "  network ", ntohl(host_word(ip, i)));
		put_hex(b, ip->b + 4 * i, 4, " ");
		buf_printf(b, "  unconverted 0x%08" PRIx32 "\n", host_word(ip, i));
	}
	if (s->ep.has_port) {
		uint16_t port = htons(s->ep.port);

		put_label(b, "port");
		buf_printf(b, "host 0x%04x %u  network ", s->ep.port, s->ep.port);
		put_hex(b, &port, sizeof(port), " ");
		buf_printf(b, "  unconverted 0x%04x\n", port);
	}
}

/* What the bytes of FIELD mean, in words. */
static void put_meaning(struct buf *b, const struct subject *s, const char *field)
{
	char text[SA_STRLEN];
	const char *part = strchr(field, '_') + 1;

	if (strcmp(part, "family") == 0) {
		buf_printf(b, "AF_%s %d",
			   strcmp(family_name(s), "unix") == 0 ? "UNIX" :
			   s->ep.ip.family == 4                ? "INET" :
								 "INET6",
			   s->sa.u.sa.sa_family);
	} else if (strcmp(part, "port") == 0) {
		buf_printf(b, "%u", s->ep.port);
	} else if (strcmp(part, "addr") == 0) {
		buf_adds(b, ip_format(&s->ep.ip, text));
	} else if (strcmp(part, "scope_id") == 0) {
		buf_printf(b, "%u ", (unsigned)s->sa.u.in6.sin6_scope_id);
		str_safe(b, s->ep.zone, strlen(s->ep.zone));
	} else if (strcmp(part, "path") == 0) {
		buf_adds(b, sa_format_host(&s->sa, text));
	}
}

static void put_sockaddr(struct buf *b, const struct subject *s)
{
	const struct sa_field *fields;
	size_t n = sa_fields(&s->sa, &fields);

	put_label(b, "sockaddr");
	buf_printf(b, "struct %s, %u bytes\n", sa_struct(&s->sa), (unsigned)s->sa.len);
	for (size_t i = 0; i < n; i++) {
		size_t end = fields[i].offset + fields[i].size, start = b->len;

		if (end > s->sa.len) /* of sun_path only what the length covers */
			end = s->sa.len;
		buf_printf(b, "  %-14s", fields[i].name);
		put_hex(b, (const char *)&s->sa.u + fields[i].offset, end - fields[i].offset, " ");
		if (b->len - start < 41)
			buf_fill(b, ' ', 41 - (b->len - start));
		buf_adds(b, "  ");
		put_meaning(b, s, fields[i].name);
		while (b->data[b->len - 1] == ' ')
			b->len--;
		buf_addc(b, '\n');
	}
}

/* The block of one address. */
static void put_block(struct buf *b, const struct subject *s)
{
	char text[IP_ARPA_STRLEN];
	const struct ip *ip = &s->ep.ip;

	put_classic(b, s);
	if (s->ep.kind == ENDPOINT_IP) {
		put_label(b, "canonical");
		put_address(b, s);
		buf_addc(b, '\n');
		put_label(b, "expanded");
		buf_printf(b, "%s\n", ip_format_full(ip, text));
		put_label(b, "integer");
		buf_printf(b, "%s\n", ip_format_decimal(ip, text));
		put_orders(b, s);
		put_label(b, "reverse");
		buf_printf(b, "%s\n", ip_format_arpa(ip, text));
	}
	put_sockaddr(b, s);
}

/* A number in JSON where a number can be exact, else a string. */
static void set_integer(struct out *o, const struct ip *ip)
{
	char text[IP_DECIMAL_STRLEN];
	uint64_t v;

	ip_format_decimal(ip, text);
	if (scan_uint(text, text + strlen(text), UINT64_MAX, &v))
		out_uint(o, COL_INTEGER, v);
	else
		out_str(o, COL_INTEGER, text);
}

static void set_ip_columns(struct out *o, const struct subject *s)
{
	const struct ip *ip = &s->ep.ip;
	char text[IP_ARPA_STRLEN];
	struct buf b = { 0 };

	buf_printf(&b, "%s%s%s", ip_format(ip, text), s->ep.zone[0] ? "%" : "", s->ep.zone);
	out_bytes(o, COL_ADDRESS, b.data, b.len);
	b.len = 0;
	if (s->ep.zone[0])
		out_str(o, COL_ZONE, s->ep.zone);
	if (s->ep.has_port)
		out_uint(o, COL_PORT, s->ep.port);
	out_str(o, COL_EXPANDED, ip_format_full(ip, text));
	set_integer(o, ip);
	buf_adds(&b, "0x");
	put_hex(&b, ip->b, ip_size(ip), "");
	out_bytes(o, COL_HEX, b.data, b.len);
	for (size_t i = 0; i < ip_size(ip) / 4; i++) {
		snprintf(text, sizeof(text), "0x%08" PRIx32, host_word(ip, i));
		out_item(o, COL_HOST_ORDER, text);
	}
	b.len = 0;
	put_hex(&b, ip->b, ip_size(ip), " ");
	out_bytes(o, COL_NETWORK_ORDER, b.data, b.len);
	out_str(o, COL_REVERSE, ip_format_arpa(ip, text));
	buf_fini(&b);
}

static void set_columns(struct out *o, const struct subject *s)
{
	struct buf b = { 0 };

	out_str(o, COL_FAMILY, family_name(s));
	if (s->ep.kind == ENDPOINT_IP) {
		set_ip_columns(o, s);
	} else {
		buf_adds(&b, s->ep.abstract ? "@" : "");
		buf_add(&b, s->ep.path, s->ep.path_len);
		out_bytes(o, COL_PATH, b.data, b.len);
		buf_fini(&b);
		buf_adds(&b, s->ep.abstract ? "unix:@" : "unix:");
		buf_add(&b, s->ep.path, s->ep.path_len);
		out_bytes(o, COL_ADDRESS, b.data, b.len);
	}
	b.len = 0;
	put_hex(&b, &s->sa.u, s->sa.len, " ");
	out_bytes(o, COL_SOCKADDR, b.data, b.len);
	buf_fini(&b);
}

static int parse(const struct addr_info_options *opt, struct subject *s, struct err *err)
{
	char show[STR_SHOW];

	if (endpoint_parse(&s->ep, s->operand->text, s->operand->len, err) < 0)
		return -1;
	if ((opt->only4 || opt->only6) &&
	    (s->ep.kind != ENDPOINT_IP ||
	     (s->ep.ip.family == 4 ? opt->only6 && !opt->only4 : opt->only4 && !opt->only6)))
		return err_set(err, ERR_NEGATIVE, "\"%s\" is not %s",
			       str_show(show, s->operand->text),
			       opt->only4 && opt->only6 ? "IP" :
			       opt->only4               ? "IPv4" :
							  "IPv6");
	return 0;
}

/* Prints S in the command's own form: a block, or the lecture's line. */
static int print_text(struct cli *cli, struct out *o, const struct subject *s)
{
	struct buf b = { 0 };
	int rc;

	if (out_format(o) == OUT_CLASSIC) {
		put_classic(&b, s);
	} else {
		if (out_rows(o))
			buf_addc(&b, '\n');
		put_block(&b, s);
	}
	rc = out_text(o, b.data, b.len, &cli->err);
	buf_fini(&b);
	return rc;
}

static int one(struct cli *cli, const struct addr_info_options *opt, struct out *o,
	       const struct cli_operand *operand)
{
	struct subject s = { .operand = operand };
	struct err err;

	out_bytes(o, COL_INPUT, operand->text, operand->len);
	if (parse(opt, &s, &err) < 0)
		return cli_refuse(cli, o, COL_ERROR, operand, &err);
	if (sa_from_endpoint(&s.sa, &s.ep, &err) < 0) { /* the zone is no interface here */
		out_str(o, COL_ERROR, err.text);
		cli_complain_at(cli, operand, &err);
	}
	if (out_is_text(o))
		return print_text(cli, o, &s);
	set_columns(o, &s);
	return out_row(o, &cli->err);
}

int addr_info_run(struct cli *cli, const void *options, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;
	struct out *o;

	if (cli_want(cli, argc, argv, 1, argc) < 0)
		return -1;
	o = cli_out(cli, false);
	if (!o)
		return -1;
	while ((rc = cli_next(cli, argc, argv, &index, &operand)) > 0) {
		rc = one(cli, options, o, &operand);
		if (rc < 0)
			break;
	}
	return out_close(o, &cli->err) < 0 ? -1 : rc;
}

const struct command addr_verb_info = {
	.name = "info",
	.summary = "print an address as text, number and sockaddr",
	.operands = "ADDRESS...",
	.opts = addr_info_opts,
	.cols = addr_info_cols,
	.ncols = ADDR_INFO_COLUMNS,
	.size = sizeof(struct addr_info_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.run = addr_info_run,
};
