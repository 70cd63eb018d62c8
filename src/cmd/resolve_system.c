/* SPDX-License-Identifier: MIT */
/* resolve_system.c - one name, as getaddrinfo(3) answers: a row an address */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/resolve_impl.h"
#include "net/names.h"

const struct out_col resolve_cols[RESOLVE_NCOLS] = {
	[RESOLVE_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[RESOLVE_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[RESOLVE_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[RESOLVE_ADDRESS] = { "address", OUT_STR, "an address of it, with its zone", false },
	[RESOLVE_ZONE] = { "zone", OUT_STR, "the address's IPv6 zone", true },
	[RESOLVE_PORT] = { "port", OUT_INT, "the service's port", false },
	[RESOLVE_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[RESOLVE_SOCKTYPE] = { "socktype", OUT_STR, "stream, dgram, raw, ...", false },
	[RESOLVE_PROTO] = { "proto", OUT_STR, "tcp, udp, ...; ip is any", false },
	[RESOLVE_CANONNAME] = { "canonname", OUT_STR, "the canonical name, in libc's rows", true },
	[RESOLVE_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

/* Appends the next word of the text at *S, which moves behind it; false at the end. */
static bool next_word(struct buf *b, const char **s)
{
	const char *start;

	while (str_is_space(**s))
		++*s;
	start = *s;
	while (**s && !str_is_space(**s))
		++*s;
	if (*s == start)
		return false;
	buf_add(b, start, (size_t)(*s - start));
	buf_addc(b, '\0');
	return true;
}

static int too_many(const char *text, const char *extra, struct err *err)
{
	char show[STR_SHOW];

	err_set(err, ERR_USAGE, "unexpected \"%s\" after the service", str_show(show, extra));
	return err_prefix(err, "\"%s\": ", str_show(show, text));
}

int resolve_parse(struct resolve_query *q, struct buf *mem, const struct resolve *r,
		  const struct cli_operand *operand, struct err *err)
{
	const char *text = operand->text;
	size_t service;

	*q = (struct resolve_query){ 0 };
	mem->len = 0;
	if (cli_operand_check(operand, err) < 0)
		return -1;
	if (operand->line == 0 && !r->pairs)
		buf_add(mem, text, operand->len + 1);
	else if (!next_word(mem, &text))
		buf_addc(mem, '\0');
	service = mem->len;
	if ((operand->line || r->pairs) && next_word(mem, &text)) {
		size_t extra = mem->len;

		if (next_word(mem, &text))
			return too_many(operand->text, mem->data + extra, err);
	} else if (r->service) {
		buf_add(mem, r->service, strlen(r->service) + 1);
	}
	q->name = mem->data;
	if (mem->len > service)
		q->service = mem->data + service;
	if (!*q->name)
		return err_set(err, ERR_USAGE, "the name is empty");
	if (q->service && !*q->service)
		return err_set(err, ERR_USAGE, "the service is empty");
	return 0;
}

int resolve_next_pair(struct resolve *r, struct cli_operand *operand)
{
	if (r->npairs == 0)
		return 0;
	r->pair.len = 0;
	buf_adds(&r->pair, *r->pairs++);
	if (--r->npairs) {
		buf_addc(&r->pair, ' ');
		buf_adds(&r->pair, *r->pairs++);
		r->npairs--;
	}
	*operand = (struct cli_operand){ .text = buf_str(&r->pair), .len = r->pair.len };
	return 1;
}

const char *resolve_or_none(const char *text)
{
	return text && strcmp(text, "*") == 0 ? NULL : text;
}

/* The columns that each record of Q has. */
static void set_question(const struct resolve *r, const struct resolve_query *q,
			 const struct cli_operand *operand)
{
	out_bytes(r->o, RESOLVE_INPUT, operand->text, operand->len);
	out_str(r->o, RESOLVE_NAME, q->name);
	out_str(r->o, RESOLVE_SERVICE, q->service);
}

static void set_row(const struct resolve *r, const struct resolve_query *q,
		    const struct gai_row *row)
{
	char text[NAMES_STRLEN], zone[SA_ZONE_STRLEN];
	struct buf address = { 0 };

	sa_add_host(&address, &row->sa);
	out_bytes(r->o, RESOLVE_ADDRESS, address.data, address.len);
	buf_fini(&address);
	out_str(r->o, RESOLVE_ZONE, sa_zone(&row->sa, zone));
	if (resolve_or_none(q->service))
		out_uint(r->o, RESOLVE_PORT, sa_port(&row->sa));
	out_str(r->o, RESOLVE_FAMILY, row->family == AF_INET ? "ipv4" : "ipv6");
	out_str(r->o, RESOLVE_SOCKTYPE, names_word(text, NAMES_SOCK, row->socktype));
	out_str(r->o, RESOLVE_PROTO, names_word(text, NAMES_IPPROTO, row->protocol));
	if (r->canonname)
		out_str(r->o, RESOLVE_CANONNAME, row->canonname);
}

/* The lecture's lines: one an address, or with CLASSIC one a row. */
static void put_lines(struct buf *b, const struct resolve *r, const struct resolve_query *q,
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
			   classic || resolve_or_none(q->service) ? sa_format(sa, text) :
								    sa_format_host(sa, text));
	}
}

static int print(struct resolve *r, const struct resolve_query *q,
		 const struct cli_operand *operand, const struct gai_rows *rows)
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
static int refuse(struct resolve *r, const struct resolve_query *q,
		  const struct cli_operand *operand, struct err *err)
{
	set_question(r, q, operand);
	return cli_refuse(r->cli, r->o, RESOLVE_ERROR, operand, err);
}

static int one(struct resolve *r, const struct cli_operand *operand)
{
	struct gai_rows rows = { 0 };
	struct buf mem = { 0 };
	struct resolve_query q;
	struct err err;
	int rc;

	if (resolve_parse(&q, &mem, r, operand, &err) < 0) {
		rc = refuse(r, &q, operand, &err);
	} else if ((rc = cli_block_begin(r->cli, r->o)) == 0) {
		int found = gai_lookup(&rows, resolve_or_none(q.name), resolve_or_none(q.service),
				       &r->hints, &err);

		cli_block_end();
		rc = found < 0 ? refuse(r, &q, operand, &err) : print(r, &q, operand, &rows);
	}
	gai_fini(&rows);
	buf_fini(&mem);
	return rc;
}

int resolve_system(struct resolve *r, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;

	if (cli_want(r->cli, argc, argv, 1, 2) < 0)
		return -1;
	r->service = argc > 1 ? argv[1] : NULL;
	r->o = cli_out(r->cli, strcmp(argv[0], "-") == 0);
	if (!r->o)
		return -1;
	while ((rc = cli_next(r->cli, 1, argv, &index, &operand)) > 0) {
		rc = one(r, &operand);
		if (rc < 0)
			break;
	}
	return rc;
}
