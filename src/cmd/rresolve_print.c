/* SPDX-License-Identifier: MIT */
/* rresolve_print.c - the columns of rresolve and its lines */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/rresolve_impl.h"
#include "dns/rr.h"

const struct out_col rresolve_cols[RRESOLVE_NCOLS] = {
	[RRESOLVE_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[RRESOLVE_ADDRESS] = { "address", OUT_STR, "the address of it, with its zone", false },
	[RRESOLVE_ZONE] = { "zone", OUT_STR, "its IPv6 zone", true },
	[RRESOLVE_PORT] = { "port", OUT_INT, "its port", false },
	[RRESOLVE_HOST] = { "host", OUT_STR, "the name, or the address if it has none", false },
	[RRESOLVE_SERVICE] = { "service", OUT_STR, "the port's service, or the port", false },
	[RRESOLVE_NAMES] = { "names", OUT_LIST, "all names that the DNS has", true },
	[RRESOLVE_FCRDNS] = { "fcrdns", OUT_STR, "ok, mismatch or none (--fcrdns)", true },
	[RRESOLVE_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, timeout ...", true },
	[RRESOLVE_TTL] = { "ttl", OUT_INT, "seconds for which the answer holds (DNS)", true },
	[RRESOLVE_RCODE] = { "rcode", OUT_STR, "what the server said (DNS)", true },
	[RRESOLVE_SERVER] = { "server", OUT_STR, "the server that said it (DNS)", true },
	[RRESOLVE_TRIES] = { "tries", OUT_INT, "how often it was asked (DNS)", true },
	[RRESOLVE_TIME] = { "time_s", OUT_SECS, "how long the answer took (DNS)", true },
	[RRESOLVE_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

static const char *const fcrdns_words[] = {
	[RRESOLVE_FCRDNS_UNASKED] = NULL,
	[RRESOLVE_FCRDNS_OK] = "ok",
	[RRESOLVE_FCRDNS_MISMATCH] = "mismatch",
	[RRESOLVE_FCRDNS_NONE] = "none",
};

void rresolve_answer_fini(struct rresolve_answer *a)
{
	free(a->names);
	free(a->service);
	free(a->error);
}

/* The address of Q, with its zone. */
static void add_address(struct buf *b, const struct rresolve_query *q)
{
	char zone[SA_ZONE_STRLEN];

	sa_add_host(b, &q->sa);
	/* A zone that is no interface here is only in the text. */
	if (!sa_zone(&q->sa, zone) && q->ep.zone[0])
		buf_printf(b, "%%%s", q->ep.zone);
}

static void set_question(const struct rresolve *r, const struct rresolve_query *q,
			 const struct cli_operand *operand)
{
	char zone_text[SA_ZONE_STRLEN];
	const char *zone = sa_zone(&q->sa, zone_text);
	struct buf address = { 0 };

	out_bytes(r->o, RRESOLVE_INPUT, operand->text, operand->len);
	if (!q->known)
		return;
	add_address(&address, q);
	out_bytes(r->o, RRESOLVE_ADDRESS, address.data, address.len);
	buf_fini(&address);
	out_str(r->o, RRESOLVE_ZONE, zone || !q->ep.zone[0] ? zone : q->ep.zone);
	if (q->ep.has_port)
		out_uint(r->o, RRESOLVE_PORT, q->ep.port);
}

/* The lecture's line, "host:service"; an IPv6 address in brackets, as everywhere. */
static void put_name(struct buf *b, const struct rresolve *r, const struct rresolve_query *q,
		     const struct rresolve_answer *a)
{
	const char *host = a->nnames ? a->names : "-", *text = a->service ? a->service : "";
	bool is_v6 = strchr(host, ':') != NULL, service = *text != '\0';

	if (out_format(r->o) != OUT_CLASSIC && q->ep.kind == ENDPOINT_IP)
		service = q->ep.has_port;
	buf_adds(b, is_v6 && service ? "[" : "");
	str_safe(b, host, strlen(host));
	buf_adds(b, is_v6 && service ? "]" : "");
	buf_adds(b, service ? ":" : "");
	if (service)
		str_safe(b, text, strlen(text));
}

static int print_text(struct rresolve *r, const struct rresolve_query *q,
		      const struct rresolve_answer *a)
{
	bool classic = out_format(r->o) == OUT_CLASSIC;
	struct buf b = { 0 };
	int rc;

	if (!classic && (r->many || a->fcrdns != RRESOLVE_FCRDNS_UNASKED)) {
		struct buf address = { 0 };

		add_address(&address, q);
		str_safe(&b, address.data, address.len);
		buf_addc(&b, ' ');
		buf_fini(&address);
	}
	put_name(&b, r, q, a);
	if (!classic && a->fcrdns != RRESOLVE_FCRDNS_UNASKED) {
		buf_addc(&b, ' ');
		buf_adds(&b, fcrdns_words[a->fcrdns]);
	}
	buf_addc(&b, '\n');
	rc = out_text(r->o, b.data, b.len, &r->cli->err);
	buf_fini(&b);
	return rc;
}

static void set_answer(struct rresolve *r, const struct rresolve_query *q,
		       const struct rresolve_answer *a)
{
	const char *name = a->names;
	char word[RR_WORD];

	if (a->nnames)
		out_str(r->o, RRESOLVE_HOST, a->names);
	if (q->ep.has_port || q->ep.kind == ENDPOINT_UNIX)
		out_str(r->o, RRESOLVE_SERVICE, a->service);
	out_str(r->o, RRESOLVE_STATUS, stub_status_word(a->status));
	out_str(r->o, RRESOLVE_FCRDNS, fcrdns_words[a->fcrdns]);
	if (!a->by_dns)
		return;
	out_list(r->o, RRESOLVE_NAMES);
	for (size_t i = 0; i < a->nnames; i++, name += strlen(name) + 1)
		out_item(r->o, RRESOLVE_NAMES, name);
	out_uint(r->o, RRESOLVE_TRIES, a->tries);
	out_ns(r->o, RRESOLVE_TIME, a->took_ns);
	if (a->tries)
		out_str(r->o, RRESOLVE_SERVER, dnsrun_server(&r->dns, a->server));
	if (!a->answered)
		return;
	out_str(r->o, RRESOLVE_RCODE, rr_word(word, RR_RCODE, a->rcode));
	if (a->has_ttl)
		out_uint(r->o, RRESOLVE_TTL, a->ttl);
}

int rresolve_print(struct rresolve *r, const struct rresolve_query *q,
		   const struct cli_operand *operand, const struct rresolve_answer *a)
{
	struct err err;

	dnsrun_count(&r->dns, a->kind);
	if (!a->error && out_is_text(r->o)) {
		cli_status(r->cli, a->kind);
		return print_text(r, q, a);
	}
	set_question(r, q, operand);
	set_answer(r, q, a);
	if (a->error) {
		err_set(&err, a->kind, "%s", a->error);
		return cli_refuse(r->cli, r->o, RRESOLVE_ERROR, operand, &err);
	}
	cli_status(r->cli, a->kind);
	return out_row(r->o, &r->cli->err);
}

int rresolve_refuse(struct rresolve *r, const struct rresolve_query *q,
		    const struct cli_operand *operand, struct err *err)
{
	dnsrun_count(&r->dns, err->kind);
	set_question(r, q, operand);
	return cli_refuse(r->cli, r->o, RRESOLVE_ERROR, operand, err);
}
