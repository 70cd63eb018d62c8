/* SPDX-License-Identifier: MIT */
/*
 * resolve.c - netipc resolve: what getaddrinfo(3) makes of a name and a service
 *
 * The lecture's example: its lines are the plain form, and each field of its hints is an
 * option.  The answer is libc's, in libc's order.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/commands.h"
#include "cmd/kinds.h"
#include "dns/gai.h"
#include "net/names.h"

/* One bit of an options field for each AI_ flag: a platform may not have the flag itself. */
enum {
	FLAG_PASSIVE,
	FLAG_CANONNAME,
	FLAG_NUMERICHOST,
	FLAG_NUMERICSERV,
	FLAG_V4MAPPED,
	FLAG_ALL,
	FLAG_ADDRCONFIG,
	FLAG_IDN,
	FLAG_CANONIDN,
};

static const char *const flag_names[] = {
	[FLAG_PASSIVE] = "AI_PASSIVE",         [FLAG_CANONNAME] = "AI_CANONNAME",
	[FLAG_NUMERICHOST] = "AI_NUMERICHOST", [FLAG_NUMERICSERV] = "AI_NUMERICSERV",
	[FLAG_V4MAPPED] = "AI_V4MAPPED",       [FLAG_ALL] = "AI_ALL",
	[FLAG_ADDRCONFIG] = "AI_ADDRCONFIG",   [FLAG_IDN] = "AI_IDN",
	[FLAG_CANONIDN] = "AI_CANONIDN",
};

struct resolve_options {
	bool only4, only6;
	int socktype, protocol;
	unsigned flags; /* 1U << FLAG_... */
};

/* clang-format off */
#define FLAG(l, bit, h) OPT_BITS(0, l, resolve_options, flags, 1U << (bit), h)

static const struct opt resolve_opts[] = {
	OPT_GROUP("Hints"),
	OPT_BOOL('4', "ipv4", resolve_options, only4, "ask for IPv4 addresses only"),
	OPT_BOOL('6', "ipv6", resolve_options, only6, "ask for IPv6 addresses only"),
	OPT_CHOICE(0, "socktype", "TYPE", resolve_options, socktype, kind_types, KIND_TYPES_HELP),
	OPT_CHOICE(0, "protocol", "PROTO", resolve_options, protocol, kind_protocols,
		   KIND_PROTOCOLS_HELP),
	OPT_GROUP("Flags of getaddrinfo(3)"),
	FLAG("passive", FLAG_PASSIVE, "addresses to bind a server to (AI_PASSIVE)"),
	FLAG("canonname", FLAG_CANONNAME, "the canonical name too (AI_CANONNAME)"),
	FLAG("numerichost", FLAG_NUMERICHOST, "NAME is an address, look nothing up"),
	FLAG("numericserv", FLAG_NUMERICSERV, "SERVICE is a port number"),
	FLAG("v4mapped", FLAG_V4MAPPED, "with -6, IPv4 as ::ffff:a.b.c.d if no IPv6"),
	FLAG("all", FLAG_ALL, "with --v4mapped, both kinds"),
	FLAG("addrconfig", FLAG_ADDRCONFIG, "only families that this machine has"),
	FLAG("idn", FLAG_IDN, "encode an international NAME (AI_IDN)"),
	FLAG("canonidn", FLAG_CANONIDN, "decode the canonical name (AI_CANONIDN)"),
	OPT_END,
};
/* clang-format on */

enum {
	COL_INPUT,
	COL_NAME,
	COL_SERVICE,
	COL_ADDRESS,
	COL_ZONE,
	COL_PORT,
	COL_FAMILY,
	COL_SOCKTYPE,
	COL_PROTO,
	COL_CANONNAME,
	COL_ERROR,
};

static const struct out_col resolve_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_ADDRESS] = { "address", OUT_STR, "an address of it, with its zone", false },
	[COL_ZONE] = { "zone", OUT_STR, "the address's IPv6 zone", true },
	[COL_PORT] = { "port", OUT_INT, "the service's port", false },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[COL_SOCKTYPE] = { "socktype", OUT_STR, "stream, dgram, raw, ...", false },
	[COL_PROTO] = { "proto", OUT_STR, "tcp, udp, ...; ip is any", false },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the canonical name, in libc's rows", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

/* The command line, and one question of it. */
struct resolve {
	struct cli *cli;
	struct out *o;
	struct gai_hints hints;
	bool canonname;
	const char *service; /* the operand: of each line that has none of its own */
};

struct query {
	char *name;    /* as it was written */
	char *service; /* NULL if none */
};

/* A copy of the next word of the text at *S, which moves behind it; NULL at the end. */
static char *next_word(const char **s)
{
	const char *start;

	while (str_is_space(**s))
		++*s;
	start = *s;
	while (**s && !str_is_space(**s))
		++*s;
	return *s == start ? NULL : xstrndup(start, (size_t)(*s - start));
}

/* "NAME [SERVICE]", a line of standard input. */
static int parse_line(struct query *q, const char *text, struct err *err)
{
	const char *line = text;
	char show[STR_SHOW], *extra;

	q->name = next_word(&line);
	q->service = next_word(&line);
	extra = next_word(&line);
	if (!extra)
		return 0;
	err_set(err, ERR_USAGE, "unexpected \"%s\" after the service", str_show(show, extra));
	free(extra);
	return err_prefix(err, "\"%s\": ", str_show(show, text));
}

static int parse(struct query *q, const struct resolve *r, const struct cli_operand *operand,
		 struct err *err)
{
	if (cli_operand_check(operand, err) < 0)
		return -1;
	if (operand->line == 0)
		q->name = xstrdup(operand->text);
	else if (parse_line(q, operand->text, err) < 0)
		return -1;
	if (!q->service && r->service)
		q->service = xstrdup(r->service);
	if (!*q->name)
		return err_set(err, ERR_USAGE, "the name is empty");
	if (q->service && !*q->service)
		return err_set(err, ERR_USAGE, "the service is empty");
	return 0;
}

/* "*" is no name and no service, as glibc has it. */
static const char *or_none(const char *text)
{
	return text && strcmp(text, "*") == 0 ? NULL : text;
}

/* The columns that each record of Q has. */
static void set_question(const struct resolve *r, const struct query *q,
			 const struct cli_operand *operand)
{
	out_bytes(r->o, COL_INPUT, operand->text, operand->len);
	out_str(r->o, COL_NAME, q->name);
	out_str(r->o, COL_SERVICE, q->service);
}

static void set_row(const struct resolve *r, const struct query *q, const struct gai_row *row)
{
	char text[NAMES_STRLEN], zone[SA_ZONE_STRLEN];
	struct buf address = { 0 };

	sa_add_host(&address, &row->sa);
	out_bytes(r->o, COL_ADDRESS, address.data, address.len);
	buf_fini(&address);
	out_str(r->o, COL_ZONE, sa_zone(&row->sa, zone));
	if (or_none(q->service))
		out_uint(r->o, COL_PORT, sa_port(&row->sa));
	out_str(r->o, COL_FAMILY, row->family == AF_INET ? "ipv4" : "ipv6");
	out_str(r->o, COL_SOCKTYPE, names_word(text, NAMES_SOCK, row->socktype));
	out_str(r->o, COL_PROTO, names_word(text, NAMES_IPPROTO, row->protocol));
	if (r->canonname)
		out_str(r->o, COL_CANONNAME, row->canonname);
}

/* The lecture's lines: one an address, or with CLASSIC one a row. */
static void put_lines(struct buf *b, const struct resolve *r, const struct query *q,
		      const struct gai_rows *rows)
{
	bool classic = out_format(r->o) == OUT_CLASSIC;
	char text[SA_STRLEN];

	if (r->canonname && !classic && rows->n && rows->v[0].canonname) {
		buf_adds(b, "canonical name ");
		str_safe(b, rows->v[0].canonname, strlen(rows->v[0].canonname));
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < rows->n; i++) {
		const struct sa *sa = &rows->v[i].sa;

		if (!classic && gai_is_repeated(rows, i))
			continue;
		buf_printf(b, "%s\n",
			   classic || or_none(q->service) ? sa_format(sa, text) :
							    sa_format_host(sa, text));
	}
}

static int print(struct resolve *r, const struct query *q, const struct cli_operand *operand,
		 const struct gai_rows *rows)
{
	struct buf b = { 0 };
	int rc = 0;

	if (out_is_text(r->o)) {
		put_lines(&b, r, q, rows);
		rc = out_text(r->o, b.data, b.len, &r->cli->err);
		buf_fini(&b);
		return rc;
	}
	for (size_t i = 0; i < rows->n && rc == 0; i++) {
		set_question(r, q, operand);
		set_row(r, q, &rows->v[i]);
		rc = out_row(r->o, &r->cli->err);
	}
	return rc;
}

/* An operand without an answer: a complaint, and its record. */
static int refuse(struct resolve *r, const struct query *q, const struct cli_operand *operand,
		  struct err *err)
{
	set_question(r, q, operand);
	return cli_refuse(r->cli, r->o, COL_ERROR, operand, err);
}

static int one(struct resolve *r, const struct cli_operand *operand)
{
	struct gai_rows rows = { 0 };
	struct query q = { 0 };
	struct err err;
	int rc;

	if (parse(&q, r, operand, &err) < 0) {
		rc = refuse(r, &q, operand, &err);
	} else if ((rc = cli_block_begin(r->cli, r->o)) == 0) {
		int found = gai_lookup(&rows, or_none(q.name), or_none(q.service), &r->hints, &err);

		cli_block_end();
		rc = found < 0 ? refuse(r, &q, operand, &err) : print(r, &q, operand, &rows);
	}
	gai_fini(&rows);
	free(q.name);
	free(q.service);
	return rc;
}

/* The hints that OPT asks for; in the classic form the lecture's are the default. */
static int set_hints(struct resolve *r, const struct resolve_options *opt)
{
	bool classic = out_format(r->o) == OUT_CLASSIC;

	r->hints.socktype = opt->socktype;
	r->hints.protocol = opt->protocol;
	if (opt->only4 != opt->only6)
		r->hints.family = opt->only4 ? AF_INET : AF_INET6;
	if (classic && !opt->only4 && !opt->only6)
		r->hints.family = AF_INET;
	if (classic && !opt->socktype)
		r->hints.socktype = SOCK_STREAM;
	r->canonname = opt->flags & 1U << FLAG_CANONNAME;
	return names_bits(&r->hints.flags, NAMES_AI, flag_names, opt->flags, &r->cli->err);
}

static int resolve_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct resolve_options *opt = options;
	struct resolve r = { .cli = cli };
	struct cli_operand operand;
	int index = 0, rc;

	if (opt->flags & (1U << FLAG_IDN | 1U << FLAG_CANONIDN))
		setlocale(LC_CTYPE, ""); /* of the names; a tenth of the time from start to exit */
	if (cli_want(cli, argc, argv, 1, 2) < 0)
		return -1;
	r.service = argc > 1 ? argv[1] : NULL;
	r.o = cli_out(cli, strcmp(argv[0], "-") == 0);
	if (!r.o)
		return -1;
	rc = set_hints(&r, opt);
	while (rc == 0 && (rc = cli_next(cli, 1, argv, &index, &operand)) > 0)
		rc = one(&r, &operand);
	return out_close(r.o, &cli->err) < 0 ? -1 : rc;
}

const struct command cmd_resolve = {
	.name = "resolve",
	.summary = "print the addresses of a name as getaddrinfo gives them",
	.operands = "NAME [SERVICE]",
	.opts = resolve_opts,
	.cols = resolve_cols,
	.ncols = ARRAY_SIZE(resolve_cols),
	.size = sizeof(struct resolve_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.run = resolve_run,
};
