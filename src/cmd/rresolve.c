/* SPDX-License-Identifier: MIT */
/*
 * rresolve.c - netipc rresolve: what getnameinfo(3) makes of an address and a port
 *
 * The lecture's example, whose line "host:service" is the plain form.  Each flag of the
 * call is an option.
 */
#include <locale.h>
#include <netdb.h>
#include <string.h>

#include "base/str.h"
#include "cmd/commands.h"
#include "dns/gai.h"
#include "net/names.h"

/* One bit of an options field for each NI_ flag: a platform may not have the flag itself. */
enum {
	FLAG_DGRAM,
	FLAG_NAMEREQD,
	FLAG_NOFQDN,
	FLAG_NUMERICHOST,
	FLAG_NUMERICSERV,
	FLAG_IDN,
};

static const char *const flag_names[] = {
	[FLAG_DGRAM] = "NI_DGRAM",
	[FLAG_NAMEREQD] = "NI_NAMEREQD",
	[FLAG_NOFQDN] = "NI_NOFQDN",
	[FLAG_NUMERICHOST] = "NI_NUMERICHOST",
	[FLAG_NUMERICSERV] = "NI_NUMERICSERV",
	[FLAG_IDN] = "NI_IDN",
};

struct rresolve_options {
	unsigned flags; /* 1U << FLAG_... */
};

/* clang-format off */
#define FLAG(l, bit, h) OPT_BITS(0, l, rresolve_options, flags, 1U << (bit), h)

static const struct opt rresolve_opts[] = {
	OPT_GROUP("Flags of getnameinfo(3)"),
	FLAG("dgram", FLAG_DGRAM, "the service is of UDP, not TCP (NI_DGRAM)"),
	FLAG("namereqd", FLAG_NAMEREQD, "an address without a name is an error"),
	FLAG("nofqdn", FLAG_NOFQDN, "a local host without its domain (NI_NOFQDN)"),
	FLAG("numerichost", FLAG_NUMERICHOST, "print the address, look no name up"),
	FLAG("numericserv", FLAG_NUMERICSERV, "print the port, look no service up"),
	FLAG("idn", FLAG_IDN, "decode an international name (NI_IDN)"),
	OPT_END,
};
/* clang-format on */

enum {
	COL_INPUT,
	COL_ADDRESS,
	COL_ZONE,
	COL_PORT,
	COL_HOST,
	COL_SERVICE,
	COL_ERROR,
};

static const struct out_col rresolve_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[COL_ADDRESS] = { "address", OUT_STR, "the address of it, with its zone", false },
	[COL_ZONE] = { "zone", OUT_STR, "its IPv6 zone", true },
	[COL_PORT] = { "port", OUT_INT, "its port", false },
	[COL_HOST] = { "host", OUT_STR, "the name, or the address if it has none", false },
	[COL_SERVICE] = { "service", OUT_STR, "the port's service, or the port", false },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

/* The command line, and one question of it. */
struct rresolve {
	struct cli *cli;
	struct out *o;
	int flags;        /* NI_ bits */
	const char *port; /* the operand: of each line that has none of its own */
};

struct query {
	struct endpoint ep;
	struct sa sa; /* scope 0 if EP's zone is no interface here */
	bool known;   /* EP is right: the operand was an address */
};

/* Bytes of the word of OPERAND that begins at AT, and of the blanks that do. */
static size_t word_length(const struct cli_operand *operand, size_t at)
{
	size_t end = at;

	while (end < operand->len && !str_is_space(operand->text[end]))
		end++;
	return end - at;
}

static size_t blanks(const struct cli_operand *operand, size_t at)
{
	size_t end = at;

	while (end < operand->len && str_is_space(operand->text[end]))
		end++;
	return end - at;
}

/* A port beside Q's address, which must not have one too. */
static int set_port(struct query *q, const char *port, size_t len, size_t before, struct err *err)
{
	if (q->ep.kind != ENDPOINT_IP)
		return err_set(err, ERR_USAGE, "a UNIX address has no port");
	if (q->ep.has_port)
		return err_set(err, ERR_USAGE, "the address has a port already: %u", q->ep.port);
	if (endpoint_parse_port(&q->ep.port, port, len, before, err) < 0)
		return -1;
	q->ep.has_port = true;
	return 0;
}

/* The port of a line, the word from AT on, behind which nothing stands. */
static int set_own_port(struct query *q, const struct cli_operand *line, size_t at, struct err *err)
{
	size_t len = word_length(line, at), rest = at + len + blanks(line, at + len);
	char show[STR_SHOW];

	if (rest < line->len)
		return err_set(err, ERR_USAGE, "unexpected \"%s\" after the port",
			       str_show_n(show, line->text + rest, word_length(line, rest)));
	return set_port(q, line->text + at, len, at, err);
}

/*
 * "ADDRESS [PORT]" of standard input, or ADDRESS of the command line.  The operand PORT
 * is the port of an operand, and of a line that has none.
 */
static int parse(struct query *q, const struct rresolve *r, const struct cli_operand *operand,
		 struct err *err)
{
	bool is_line = operand->line != 0;
	size_t len = operand->len, port;
	char show[STR_SHOW];
	int rc = 0;

	/* A path may have blanks. */
	if (is_line && !str_starts(operand->text, "unix:"))
		len = word_length(operand, 0);
	if (endpoint_parse(&q->ep, operand->text, len, err) < 0)
		return -1;
	port = len + blanks(operand, len);
	if (port < operand->len)
		rc = set_own_port(q, operand, port, err);
	else if (r->port && !(is_line && (q->ep.has_port || q->ep.kind == ENDPOINT_UNIX)))
		rc = set_port(q, r->port, strlen(r->port), 0, err);
	if (rc == 0) {
		q->known = true;
		rc = sa_from_endpoint(&q->sa, &q->ep, err);
	}
	if (rc < 0)
		return err_prefix(err, "\"%s\": ", str_show_n(show, operand->text, operand->len));
	return 0;
}

/* The columns of a record that say what was asked. */
static void set_question(const struct rresolve *r, const struct query *q,
			 const struct cli_operand *operand)
{
	char zone_text[SA_ZONE_STRLEN];
	const char *zone = sa_zone(&q->sa, zone_text);
	struct buf address = { 0 };

	out_bytes(r->o, COL_INPUT, operand->text, operand->len);
	if (!q->known)
		return;
	sa_add_host(&address, &q->sa);
	/* A zone that is no interface here is only in the text. */
	if (!zone && q->ep.zone[0]) {
		zone = q->ep.zone;
		buf_printf(&address, "%%%s", zone);
	}
	out_bytes(r->o, COL_ADDRESS, address.data, address.len);
	buf_fini(&address);
	out_str(r->o, COL_ZONE, zone);
	if (q->ep.has_port)
		out_uint(r->o, COL_PORT, q->ep.port);
}

/* The lecture's line, "host:service"; an IPv6 address in brackets, as everywhere. */
static void put_line(struct buf *b, const struct rresolve *r, const struct query *q,
		     const struct gai_name *name)
{
	bool is_v6 = strchr(name->host, ':') != NULL, service = *name->service != '\0';

	if (out_format(r->o) != OUT_CLASSIC && q->ep.kind == ENDPOINT_IP)
		service = q->ep.has_port;
	buf_adds(b, is_v6 && service ? "[" : "");
	str_safe(b, name->host, strlen(name->host));
	buf_adds(b, is_v6 && service ? "]" : "");
	buf_adds(b, service ? ":" : "");
	if (service)
		str_safe(b, name->service, strlen(name->service));
	buf_addc(b, '\n');
}

static int print(struct rresolve *r, const struct query *q, const struct cli_operand *operand,
		 const struct gai_name *name)
{
	struct buf b = { 0 };
	int rc;

	if (out_is_text(r->o)) {
		put_line(&b, r, q, name);
		rc = out_text(r->o, b.data, b.len, &r->cli->err);
		buf_fini(&b);
		return rc;
	}
	set_question(r, q, operand);
	out_str(r->o, COL_HOST, name->host);
	if (q->ep.has_port || q->ep.kind == ENDPOINT_UNIX)
		out_str(r->o, COL_SERVICE, name->service);
	return out_row(r->o, &r->cli->err);
}

/* An operand without an answer: a complaint, and its record. */
static int refuse(struct rresolve *r, const struct query *q, const struct cli_operand *operand,
		  struct err *err)
{
	set_question(r, q, operand);
	return cli_refuse(r->cli, r->o, COL_ERROR, operand, err);
}

static int one(struct rresolve *r, const struct cli_operand *operand)
{
	struct gai_name name;
	struct query q = { 0 };
	struct err err;
	int flags = r->flags, found;

	if (parse(&q, r, operand, &err) < 0)
		return refuse(r, &q, operand, &err);
	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	if (!q.ep.has_port && out_format(r->o) != OUT_CLASSIC)
		flags |= NI_NUMERICSERV; /* nobody asks for the service: spare the look-up */
	found = gai_reverse(&name, &q.sa, flags, &err);
	cli_block_end();
	return found < 0 ? refuse(r, &q, operand, &err) : print(r, &q, operand, &name);
}

static int rresolve_run(struct cli *cli, const void *options, int argc, char **argv)
{
	const struct rresolve_options *opt = options;
	struct rresolve r = { .cli = cli };
	struct cli_operand operand;
	int index = 0, rc;

	if (opt->flags & 1U << FLAG_IDN)
		setlocale(LC_CTYPE, ""); /* of the names; a tenth of the time from start to exit */
	if (cli_want(cli, argc, argv, 1, 2) < 0)
		return -1;
	r.port = argc > 1 ? argv[1] : NULL;
	r.o = cli_out(cli, strcmp(argv[0], "-") == 0);
	if (!r.o)
		return -1;
	rc = names_bits(&r.flags, NAMES_NI, flag_names, opt->flags, &cli->err);
	while (rc == 0 && (rc = cli_next(cli, 1, argv, &index, &operand)) > 0)
		rc = one(&r, &operand);
	return out_close(r.o, &cli->err) < 0 ? -1 : rc;
}

const struct command cmd_rresolve = {
	.name = "rresolve",
	.summary = "print the name of an address as getnameinfo gives it",
	.operands = "ADDRESS [PORT]",
	.opts = rresolve_opts,
	.cols = rresolve_cols,
	.ncols = ARRAY_SIZE(rresolve_cols),
	.size = sizeof(struct rresolve_options),
	.flags = COMMAND_RECORDS | COMMAND_CLASSIC | COMMAND_BATCH,
	.run = rresolve_run,
};
