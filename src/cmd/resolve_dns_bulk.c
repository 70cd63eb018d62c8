/* SPDX-License-Identifier: MIT */
/* resolve_dns_bulk.c - resolve --dns of many names: a record a line of input */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/resolve_dns.h"
#include "dns/rr.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_SERVICE,
	COL_STATUS,
	COL_ADDRESSES,
	COL_DATA,
	COL_PORT,
	COL_TTL,
	COL_CANONNAME,
	COL_QNAME,
	COL_RCODE,
	COL_SERVER,
	COL_TRIES,
	COL_TIME,
	COL_ERROR,
};

static const struct out_col bulk_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the line of input", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, servfail, timeout, ...", false },
	[COL_ADDRESSES] = { "addresses", OUT_LIST, "its addresses", false },
	[COL_DATA] = { "data", OUT_LIST, "with --type: what the records say", false },
	[COL_PORT] = { "port", OUT_INT, "the service's port", true },
	[COL_TTL] = { "ttl", OUT_INT, "seconds that the answer may be kept", false },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the name that aliases lead to", true },
	[COL_QNAME] = { "qname", OUT_STR, "the name with the search list's domain", true },
	[COL_RCODE] = { "rcode", OUT_STR, "NOERROR, NXDOMAIN, SERVFAIL, ...", true },
	[COL_SERVER] = { "server", OUT_STR, "the server that answered", true },
	[COL_TRIES] = { "tries", OUT_INT, "how often the question was sent", true },
	[COL_TIME] = { "time_s", OUT_SECS, "from the question to the answer", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

const struct command_view resolve_dns_bulk_view = {
	.option = "--dns --file",
	.cols = bulk_cols,
	.ncols = ARRAY_SIZE(bulk_cols),
};

/* What is kept of an answer until its lines are printed, in one piece of memory. */
struct answer {
	enum stub_status status;
	enum err_kind kind;
	bool left_out; /* an earlier output has it */
	bool answered, has_port, has_ttl;
	uint16_t port, rcode;
	uint32_t ttl;
	unsigned server, tries;
	uint64_t took_ns;
	unsigned items; /* strings in TEXT: addresses, or what records say */
	size_t error;   /* where in TEXT each of these is, if it is not 0 */
	size_t qname, canonname;
	char text[];
};

struct batch {
	struct resolve_dns *d;
	struct looks VEC(struct stub_look *) looks, spare; /* all; those that are not in use */
	struct buf text, line;                             /* scratch */

	/* The line that key() has just read. */
	struct resolve_query q;
	struct resolve_dns_name name;
	bool had, has_port;
	uint16_t port;
	char *service; /* for which PORT is */
};

/* The port of B's service; the last one is remembered. */
static int find_port(struct batch *b, struct err *err)
{
	const char *service = resolve_or_none(b->q.service);
	struct gai_hints hints = b->d->r->hints;
	struct gai_rows rows = { 0 };

	b->has_port = service != NULL;
	if (!service || (b->service && strcmp(service, b->service) == 0))
		return 0;
	hints.family = AF_INET;
	if (gai_lookup(&rows, NULL, service, &hints, err) < 0)
		return -1;
	b->port = sa_port(&rows.v[0].sa);
	gai_fini(&rows);
	free(b->service);
	b->service = xstrdup(service);
	return 0;
}

static int key(void *owner, const struct cli_operand *line, struct buf *key, struct err *err)
{
	struct batch *b = owner;
	struct buf *words = &b->line;

	if (resolve_parse(&b->q, words, b->d->r, line, err) < 0 ||
	    resolve_dns_name(&b->name, b->d, b->q.name, err) < 0)
		return -1;
	if (!b->d->records && find_port(b, err) < 0)
		return -1;
	b->had = dnsrun_had(b->d->run, line);
	buf_addc(key, b->had ? '1' : '0');
	buf_add(key, words->data, words->len);
	return 0;
}

/* E's answer is what the scratch text and the rest of A say. */
static void finish(struct batch *b, struct memo_entry *e, const struct answer *a)
{
	struct answer *copy = xmalloc(sizeof(*copy) + b->text.len);

	*copy = *a;
	if (b->text.len)
		memcpy(copy->text, b->text.data, b->text.len);
	b->text.len = 0;
	e->answer = copy;
	bulk_done(e);
}

static void put_address(struct batch *b, const struct ip *ip, const struct answer *a)
{
	char text[IP_STRLEN];
	bool with_port = a->has_port && out_is_text(b->d->r->o),
	     bracket = with_port && ip->family == 6;

	buf_adds(&b->text, bracket ? "[" : "");
	buf_adds(&b->text, ip_format(ip, text));
	buf_adds(&b->text, bracket ? "]" : "");
	if (with_port) {
		buf_addc(&b->text, ':');
		buf_uint(&b->text, a->port);
	}
	buf_addc(&b->text, '\0');
}

/* The strings that PART's records are. */
static void put_part(struct batch *b, const struct stub_part *part, struct answer *a)
{
	struct wire_reader reader;
	struct wire_rr rr;
	char word[RR_WORD];

	if (part->last.records == 0 || !stub_begin(&reader, part))
		return;
	while (stub_next(&reader, part, &rr)) {
		struct ip ip = { .family = part->type == RR_A ? 4 : 6 };

		if (b->d->records) {
			if (b->d->ntypes > 1)
				buf_printf(&b->text, "%s ", rr_word(word, RR_TYPE, rr.type));
			rr_text(&b->text, reader.msg, reader.len, &rr);
			buf_addc(&b->text, '\0');
		} else if (rr.rdlen == ip_size(&ip)) {
			memcpy(ip.b, reader.msg + rr.rdata, rr.rdlen);
			put_address(b, &ip, a);
		} else {
			continue;
		}
		a->items++;
	}
}

static size_t put_name(struct batch *b, unsigned col, const struct wire_name *name)
{
	size_t at = b->text.len;

	if (!out_wants(b->d->r->o, col) || out_is_text(b->d->r->o))
		return 0;
	if (at == 0)
		buf_addc(&b->text, '\0');
	at = b->text.len;
	resolve_dns_put_name(&b->text, name);
	buf_addc(&b->text, '\0');
	return at;
}

/* Part of an answer may have failed beside what there is: both are told. */
static void put_error(struct batch *b, const struct stub_look *look, struct answer *a,
		      const char *name)
{
	for (unsigned i = 0; i < look->nparts; i++) {
		const struct stub_part *part = &look->parts[i];
		struct err err;

		if (part->last.status == STUB_OK)
			continue;
		if (look->status == STUB_OK ? stub_status_kind(part->last.status) != ERR_SYSTEM :
					      part != stub_decided(look))
			continue;
		resolve_dns_error(b->d, part, name, &err);
		if (b->text.len == 0)
			buf_addc(&b->text, '\0');
		a->error = b->text.len;
		a->kind = err.kind;
		buf_add(&b->text, err.text, strlen(err.text) + 1);
		return;
	}
}

static void on_done(struct stub_look *look)
{
	struct memo_entry *e = look->user;
	struct batch *b = e->answer;
	const struct stub_part *decided = stub_decided(look);
	const struct stub_attempt *last = &decided->last;
	struct answer a = {
		.status = look->status,
		.answered = last->answered,
		.rcode = last->rcode,
		.has_ttl = last->has_ttl,
		.ttl = last->ttl,
		.server = last->server,
		.tries = last->tries,
		.took_ns = last->took_ns,
	};
	const char *name = e->key + 1, *service = name + strlen(name) + 1;

	a.has_port = service < e->key + e->key_len && !b->d->records && resolve_or_none(service);
	if (a.has_port)
		a.port = (uint16_t)look->tag;
	for (unsigned i = 0; i < look->nparts; i++)
		put_part(b, &look->parts[i], &a);
	put_error(b, look, &a, name);
	a.qname = put_name(b, COL_QNAME, &last->question.name);
	if (a.items)
		a.canonname = put_name(b, COL_CANONNAME, &last->owner);
	*vec_push(&b->spare) = look;
	finish(b, e, &a);
}

static int ask(void *owner, struct memo_entry *e, struct err *err)
{
	struct batch *b = owner;
	struct stub_look *look;
	struct answer a = { .left_out = b->had, .has_port = b->has_port, .port = b->port };

	(void)err;
	if (b->name.is_literal && !b->d->records) {
		put_address(b, &b->name.ip, &a);
		a.items = 1;
	}
	if (b->had || a.items) {
		finish(b, e, &a);
		return 0;
	}
	if (b->spare.n) {
		look = b->spare.v[--b->spare.n];
	} else {
		look = stub_look_new(b->d->types, b->d->ntypes);
		look->on_done = on_done;
		*vec_push(&b->looks) = look;
	}
	e->answer = b; /* until it is there */
	look->user = e;
	look->tag = b->port;
	stub_ask(look, &b->d->run->stub, &b->name.wire, b->name.absolute);
	return 0;
}

static bool full(void *owner)
{
	struct batch *b = owner;

	return dnsrun_full(b->d->run);
}

static int wait(void *owner, int fd, bool poll, struct err *err)
{
	struct batch *b = owner;

	return dnsrun_wait(b->d->run, fd, poll, err);
}

/* NAME ADDRESS...; what records say may have blanks, so that tabs stand before it. */
static int print_line(struct batch *b, const struct answer *a, const char *name)
{
	const char *s = a->text;

	b->line.len = 0;
	str_safe(&b->line, name, strlen(name));
	for (unsigned i = 0; i < a->items; i++) {
		size_t n = strlen(s);

		buf_addc(&b->line, b->d->records ? '\t' : ' ');
		buf_add(&b->line, s, n);
		s += n + 1;
	}
	buf_addc(&b->line, '\n');
	return out_text(b->d->r->o, b->line.data, b->line.len, &b->d->r->cli->err);
}

static void set_columns(struct batch *b, const struct answer *a)
{
	unsigned list = b->d->records ? COL_DATA : COL_ADDRESSES;
	struct out *o = b->d->r->o;
	const char *s = a->text;
	char word[RR_WORD];

	out_str(o, COL_STATUS, stub_status_word(a->status));
	out_list(o, list);
	for (unsigned i = 0; i < a->items; i++, s += strlen(s) + 1)
		out_item(o, list, s);
	if (a->has_port)
		out_uint(o, COL_PORT, a->port);
	if (a->has_ttl)
		out_uint(o, COL_TTL, a->ttl);
	if (a->canonname)
		out_str(o, COL_CANONNAME, a->text + a->canonname);
	if (a->qname)
		out_str(o, COL_QNAME, a->text + a->qname);
	if (a->answered)
		out_str(o, COL_RCODE, rr_word(word, RR_RCODE, a->rcode));
	if (a->tries == 0)
		return;
	out_str(o, COL_SERVER, dnsrun_server(b->d->run, a->server));
	out_uint(o, COL_TRIES, a->tries);
	out_ns(o, COL_TIME, a->took_ns);
}

/* A line that asks nothing that can be asked. */
static int refuse(struct batch *b, const struct cli_operand *line, struct err *why)
{
	if (dnsrun_had(b->d->run, line))
		return 0;
	out_bytes(b->d->r->o, COL_INPUT, line->text, line->len);
	out_str(b->d->r->o, COL_STATUS, "invalid");
	dnsrun_count(b->d->run, why->kind);
	return cli_refuse(b->d->r->cli, b->d->r->o, COL_ERROR, line, why);
}

static int print(void *owner, const struct cli_operand *line, const struct memo_entry *e,
		 struct err *why)
{
	struct batch *b = owner;
	const struct answer *a = e ? e->answer : NULL;
	const char *name = e ? e->key + 1 : NULL, *service;
	struct out *o = b->d->r->o;

	if (!a)
		return refuse(b, line, why);
	if (a->left_out)
		return 0;
	dnsrun_count(b->d->run, a->kind);
	if (a->error) {
		struct err err = { .kind = a->kind };

		snprintf(err.text, sizeof(err.text), "%s", a->text + a->error);
		cli_complain_at(b->d->r->cli, line, &err);
	}
	if (out_is_text(o))
		return a->items ? print_line(b, a, name) : 0;
	service = name + strlen(name) + 1;
	out_bytes(o, COL_INPUT, line->text, line->len);
	out_str(o, COL_NAME, name);
	if (service < e->key + e->key_len)
		out_str(o, COL_SERVICE, service);
	set_columns(b, a);
	if (a->error)
		out_str(o, COL_ERROR, a->text + a->error);
	return out_row(o, &b->d->r->cli->err);
}

static void forget(void *owner, struct memo_entry *e)
{
	if (e->answer != owner)
		free(e->answer);
}

static int next(void *owner, struct cli_operand *operand, struct err *err UNUSED)
{
	return resolve_next_pair(((struct batch *)owner)->d->r, operand);
}

int resolve_dns_bulk(struct resolve_dns *d)
{
	static const struct bulk_ops ops = { key, ask, full, wait, print, forget };
	const struct resolve_options *opt = d->r->opt;
	struct batch b = { .d = d };
	const struct bulk_config config = {
		.ops = &ops,
		.owner = &b,
		.file = opt->bulk.file ? opt->bulk.file : "-",
		.next = d->r->pairs ? next : NULL,
		.unordered = opt->bulk.unordered,
	};
	int rc;

	if (dnsrun_resume(d->run) < 0)
		return -1;
	rc = bulk_run(d->r->cli, &config);
	for (size_t i = 0; i < b.looks.n; i++)
		stub_look_free(b.looks.v[i]);
	vec_fini(&b.looks);
	vec_fini(&b.spare);
	buf_fini(&b.text);
	buf_fini(&b.line);
	free(b.service);
	return rc;
}
