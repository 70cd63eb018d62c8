/* SPDX-License-Identifier: MIT */
/* resolve_dns.c - resolve --dns: the DNS is asked, not libc; a row an address */
#include "cmd/resolve_dns.h"

#include <netdb.h>
#include <string.h>

#include "base/str.h"
#include "dns/rr.h"
#include "net/names.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_SERVICE,
	COL_STATUS,
	COL_ADDRESS,
	COL_ZONE,
	COL_PORT,
	COL_FAMILY,
	COL_SOCKTYPE,
	COL_PROTO,
	COL_TTL,
	COL_CANONNAME,
	COL_QNAME,
	COL_SOURCE,
	COL_SERVER,
	COL_RCODE,
	COL_FLAGS,
	COL_TRIES,
	COL_TIME,
	COL_VALIDATED,
	COL_ERROR,
};

static const struct out_col dns_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", false },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, servfail, timeout, ...", true },
	[COL_ADDRESS] = { "address", OUT_STR, "an address of it", false },
	[COL_ZONE] = { "zone", OUT_STR, "the zone of an IPv6 address that was given", true },
	[COL_PORT] = { "port", OUT_INT, "the service's port", false },
	[COL_FAMILY] = { "family", OUT_STR, "ipv4 or ipv6", false },
	[COL_SOCKTYPE] = { "socktype", OUT_STR, "stream, dgram, raw, ...", false },
	[COL_PROTO] = { "proto", OUT_STR, "tcp, udp, ...; ip is any", false },
	[COL_TTL] = { "ttl", OUT_INT, "seconds that the record may be kept", false },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the name that aliases lead to", true },
	[COL_QNAME] = { "qname", OUT_STR, "the name with the search list's domain", true },
	[COL_SOURCE] = { "source", OUT_STR, "dns, or literal for an address as NAME", true },
	[COL_SERVER] = { "server", OUT_STR, "the server that answered", true },
	[COL_RCODE] = { "rcode", OUT_STR, "NOERROR, NXDOMAIN, SERVFAIL, ...", true },
	[COL_FLAGS] = { "flags", OUT_LIST, "the answer's flags: aa tc rd ra ad cd", true },
	[COL_TRIES] = { "tries", OUT_INT, "how often the question was sent", true },
	[COL_TIME] = { "time_s", OUT_SECS, "from the question to the answer", true },
	[COL_VALIDATED] = { "validated", OUT_STR, "with --validate: secure or insecure", true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

const struct command_view resolve_dns_view = {
	.option = "--dns",
	.cols = dns_cols,
	.ncols = ARRAY_SIZE(dns_cols),
};

/* One operand, and what is known of it. */
struct lookup {
	struct resolve_dns *d;
	const struct cli_operand *operand;
	struct resolve_query q;
	struct resolve_dns_name name;
	struct gai_rows kinds; /* socket types, protocols and ports, as libc has them */
	struct stub_look *look;
};

static void set_question(const struct lookup *l)
{
	struct out *o = l->d->r->o;

	out_bytes(o, COL_INPUT, l->operand->text, l->operand->len);
	out_str(o, COL_NAME, l->q.name);
	out_str(o, COL_SERVICE, l->q.service);
}

/* What was said to the question of PART. */
static void set_answer(const struct lookup *l, const struct stub_part *part)
{
	const struct stub_attempt *a = &part->last;
	struct out *o = l->d->r->o;
	char word[RR_WORD];

	out_str(o, COL_STATUS, stub_status_word(a->status));
	out_str(o, COL_SOURCE, "dns");
	out_str(o, COL_SERVER, dnsrun_server(l->d->run, a->server));
	resolve_dns_set_name(o, COL_QNAME, &a->question.name);
	out_uint(o, COL_TRIES, a->tries);
	out_ns(o, COL_TIME, a->took_ns);
	if (!a->answered)
		return;
	out_str(o, COL_RCODE, rr_word(word, RR_RCODE, a->rcode));
	resolve_dns_set_flags(o, COL_FLAGS, a);
	if (a->records)
		resolve_dns_set_name(o, COL_CANONNAME, &a->owner);
}

static void set_address(const struct lookup *l, const struct sa *sa, const struct gai_row *kind)
{
	char text[NAMES_STRLEN], zone[SA_ZONE_STRLEN];
	struct out *o = l->d->r->o;
	struct buf address = { 0 };

	sa_add_host(&address, sa);
	out_bytes(o, COL_ADDRESS, address.data, address.len);
	buf_fini(&address);
	out_str(o, COL_ZONE, sa_zone(sa, zone));
	if (resolve_or_none(l->q.service))
		out_uint(o, COL_PORT, sa_port(sa));
	out_str(o, COL_FAMILY, sa->u.sa.sa_family == AF_INET ? "ipv4" : "ipv6");
	out_str(o, COL_SOCKTYPE, names_word(text, NAMES_SOCK, kind->socktype));
	out_str(o, COL_PROTO, names_word(text, NAMES_IPPROTO, kind->protocol));
}

/* The lines or rows of one address: one for each kind of socket, or for each port. */
static int print_address(const struct lookup *l, const struct sa *address,
			 const struct stub_part *part, const struct wire_rr *rr)
{
	struct resolve *r = l->d->r;
	bool text = out_is_text(r->o), has_port = resolve_or_none(l->q.service) != NULL;
	char line[SA_STRLEN];
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < l->kinds.n && rc == 0; i++) {
		const struct gai_row *kind = &l->kinds.v[i];
		struct sa sa = *address;

		sa_set_port(&sa, sa_port(&kind->sa));
		if (text && gai_is_repeated(&l->kinds, i))
			continue;
		if (text) {
			buf_printf(&b, "%s\n",
				   has_port ? sa_format(&sa, line) : sa_format_host(&sa, line));
			rc = out_text(r->o, b.data, b.len, &r->cli->err);
			b.len = 0;
			continue;
		}
		set_question(l);
		set_address(l, &sa, kind);
		if (part) {
			set_answer(l, part);
			out_uint(r->o, COL_TTL, rr->ttl);
			out_str(r->o, COL_VALIDATED, l->d->verdicts[stub_part_index(part)]);
		} else {
			out_str(r->o, COL_STATUS, "ok");
			out_str(r->o, COL_SOURCE, "literal");
		}
		rc = out_row(r->o, &r->cli->err);
	}
	buf_fini(&b);
	return rc;
}

/* The addresses of PART's records; a part that failed beside one that did not is told of. */
static int print_part(const struct lookup *l, const struct stub_part *part)
{
	struct wire_reader reader;
	struct wire_rr rr;
	struct err err;
	int rc = 0;

	if (stub_status_kind(part->last.status) == ERR_SYSTEM) {
		resolve_dns_error(l->d, part, l->q.name, &err);
		cli_complain_at(l->d->r->cli, l->operand, &err);
	}
	if (!stub_begin(&reader, part))
		return 0;
	while (rc == 0 && stub_next(&reader, part, &rr)) {
		struct ip ip = { .family = part->type == RR_A ? 4 : 6 };
		struct sa sa;

		if (rr.rdlen != ip_size(&ip))
			continue;
		memcpy(ip.b, reader.msg + rr.rdata, rr.rdlen);
		sa_from_ip(&sa, &ip, 0);
		rc = print_address(l, &sa, part, &rr);
	}
	return rc;
}

static int print_canonname(const struct lookup *l, const struct stub_part *part)
{
	struct resolve *r = l->d->r;
	struct buf b = { 0 };
	int rc;

	buf_adds(&b, "canonical name ");
	resolve_dns_put_name(&b, &part->last.owner);
	buf_addc(&b, '\n');
	rc = out_text(r->o, b.data, b.len, &r->cli->err);
	buf_fini(&b);
	return rc;
}

/* An operand without an answer: PART is what said so, or NULL. */
static int refuse(const struct lookup *l, const struct stub_part *part, struct err *err)
{
	set_question(l);
	if (part)
		set_answer(l, part);
	else if (err->kind == ERR_USAGE)
		out_str(l->d->r->o, COL_STATUS, "invalid");
	return cli_refuse(l->d->r->cli, l->d->r->o, COL_ERROR, l->operand, err);
}

static int print(const struct lookup *l)
{
	const struct stub_part *decided = stub_decided(l->look);
	struct err err;
	int rc = 0;

	if (l->look->status != STUB_OK) {
		resolve_dns_error(l->d, decided, l->q.name, &err);
		return refuse(l, decided, &err);
	}
	if (l->d->r->canonname && out_is_text(l->d->r->o))
		rc = print_canonname(l, decided);
	for (unsigned i = 0; i < l->look->nparts && rc == 0; i++)
		rc = print_part(l, &l->look->parts[i]);
	return rc;
}

/* NAME is an address already. */
static int print_literal(const struct lookup *l)
{
	const struct gai_hints *hints = &l->d->r->hints;
	struct sa sa;
	struct err err;

	if (hints->family && (hints->family == AF_INET) != (l->name.ip.family == 4)) {
		err_set(&err, ERR_NEGATIVE, "%s: not an IPv%d address", l->q.name,
			hints->family == AF_INET ? 4 : 6);
		return refuse(l, NULL, &err);
	}
	sa_from_ip(&sa, &l->name.ip, 0);
	return print_address(l, &sa, NULL, NULL);
}

static int set_kinds(struct lookup *l, struct err *err)
{
	const char *service = resolve_or_none(l->q.service);
	struct gai_hints hints = l->d->r->hints;

	hints.family = AF_INET;
	hints.flags = (hints.flags & AI_NUMERICSERV) | AI_NUMERICHOST;
	return gai_lookup(&l->kinds, service ? NULL : "127.0.0.1", service, &hints, err);
}

static int look_up(struct lookup *l)
{
	int rc;

	if (l->name.is_literal)
		return print_literal(l);
	l->look = stub_look_new(l->d->types, l->d->ntypes);
	l->look->trace = l->d->r->opt->verbose;
	rc = resolve_dns_look(l->d, l->look, &l->name);
	if (rc > 0) {
		resolve_dns_notes(l->d, l->look);
		rc = print(l);
	}
	stub_look_free(l->look);
	return rc;
}

int resolve_dns_addresses(struct resolve_dns *d, char **argv)
{
	const struct cli_operand operand = { .text = argv[0], .len = strlen(argv[0]) };
	struct lookup l = { .d = d, .operand = &operand };
	struct buf mem = { 0 };
	struct err err;
	int rc;

	if (resolve_parse(&l.q, &mem, d->r, &operand, &err) < 0 ||
	    resolve_dns_name(&l.name, d, l.q.name, &err) < 0 || set_kinds(&l, &err) < 0)
		rc = refuse(&l, NULL, &err);
	else
		rc = look_up(&l);
	gai_fini(&l.kinds);
	buf_fini(&mem);
	return rc;
}
