/* SPDX-License-Identifier: MIT */
/* resolve_dns_shared.c - resolve --dns: the options, and what its parts share */
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/resolve_dns.h"
#include "dns/rr.h"

int resolve_dns_name(struct resolve_dns_name *name, const struct resolve_dns *d, const char *text,
		     struct err *err)
{
	size_t len = strlen(text);

	name->is_literal = ip_read(&name->ip, text, len);
	name->absolute = true;
	if (name->is_literal && !d->records)
		return 0;
	if (name->is_literal && d->ntypes == 1 && d->types[0] == RR_PTR) {
		wire_name_arpa(&name->wire, &name->ip);
		return 0;
	}
	return stub_name(&name->wire, &name->absolute, text, len, err);
}

int resolve_dns_error(const struct resolve_dns *d, const struct stub_part *part, const char *name,
		      struct err *err)
{
	const char *bogus = d->bogus[stub_part_index(part)];
	char show[STR_SHOW];

	if (part->last.status == STUB_OK)
		return 0;
	if (bogus)
		err_set(err, ERR_NEGATIVE, "%s", bogus);
	else if (part->last.status == STUB_NODATA && !d->records && d->ntypes > 1)
		err_set(err, ERR_NEGATIVE, "no A and no AAAA record (NODATA)");
	else
		stub_part_error(part, err);
	if (err->kind == ERR_SYSTEM)
		err_prefix(err, "%s: ", dnsrun_server(d->run, part->last.server));
	return err_prefix(err, "%s: ", str_show(show, name));
}

static void on_done(struct stub_look *look)
{
	*(bool *)look->user = true;
}

int resolve_dns_look(struct resolve_dns *d, struct stub_look *look,
		     const struct resolve_dns_name *name)
{
	bool done = false;
	int rc;

	look->on_done = on_done;
	look->user = &done;
	stub_ask(look, &d->run->stub, &name->wire, name->absolute);
	rc = dnsrun_drain(d->run, &d->r->cli->err);
	look->user = NULL;
	if (rc < 0)
		return -1;
	return done && d->validator ? resolve_dns_validate(d, look) : done;
}

void resolve_dns_put_name(struct buf *b, const struct wire_name *name)
{
	wire_name_text(b, name, false);
}

void resolve_dns_set_name(struct out *o, unsigned col, const struct wire_name *name)
{
	struct buf b = { 0 };

	if (!out_wants(o, col))
		return;
	resolve_dns_put_name(&b, name);
	out_bytes(o, col, b.data, b.len);
	buf_fini(&b);
}

void resolve_dns_set_flags(struct out *o, unsigned col, const struct stub_attempt *attempt)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} flags[] = {
		{ WIRE_AA, "aa" }, { WIRE_TC, "tc" }, { WIRE_RD, "rd" },
		{ WIRE_RA, "ra" }, { WIRE_AD, "ad" }, { WIRE_CD, "cd" },
	};

	out_list(o, col);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (attempt->flags & flags[i].bit)
			out_item(o, col, flags[i].word);
}

void resolve_dns_notes(const struct resolve_dns *d, const struct stub_look *look)
{
	/* A record's own lines say how the first answer came. */
	if (!look->trace || (d->records && look->attempts.n == look->nparts))
		return;
	for (size_t i = 0; i < look->attempts.n; i++) {
		const struct stub_attempt *a = &look->attempts.v[i];
		char type[RR_WORD], rcode[RR_WORD];
		struct buf name = { 0 };

		resolve_dns_put_name(&name, &a->question.name);
		cli_note(d->r->cli, "%s %s: %s%s%s%s, %s, %.3f ms, %s, %u %s", buf_str(&name),
			 rr_word(type, RR_TYPE, a->question.type), stub_status_word(a->status),
			 a->answered ? " (" : "",
			 a->answered ? rr_word(rcode, RR_RCODE, a->rcode) : "",
			 a->answered ? ")" : "", dnsrun_server(d->run, a->server),
			 (double)a->took_ns / 1e6, a->tcp ? "TCP" : "UDP", a->tries,
			 a->tries == 1 ? "try" : "tries");
		buf_fini(&name);
	}
}

/* -t's list. */
static int set_types(struct resolve_dns *d, const char *list)
{
	struct err *err = &d->r->cli->err;
	char show[STR_SHOW];

	for (const char *s = list;; s++) {
		size_t n = strcspn(s, ",");
		char *word = xstrndup(s, n);
		bool known;

		if (d->ntypes == RESOLVE_DNS_TYPES) {
			free(word);
			return err_set(err, ERR_USAGE, "more than %d types", RESOLVE_DNS_TYPES);
		}
		known = rr_number(RR_TYPE, word, &d->types[d->ntypes]);
		str_show(show, word);
		free(word);
		if (!known)
			return err_set(err, ERR_USAGE, "\"%s\" is no type of records", show);
		d->ntypes++;
		s += n;
		if (!*s)
			return 0;
	}
}

/* A and AAAA, or one of them. */
static void choose_types(struct resolve_dns *d)
{
	int family = d->r->hints.family;

	if (family != AF_INET6)
		d->types[d->ntypes++] = RR_A;
	if (family == AF_INET6 || (family == 0 && !d->run->conf.flags[CONF_NO_AAAA]))
		d->types[d->ntypes++] = RR_AAAA;
}

/* Options of getaddrinfo(3) that the DNS knows nothing of. */
static int check_options(const struct resolve_dns *d)
{
	const struct resolve *r = d->r;
	const int meant = AI_CANONNAME | AI_NUMERICSERV;

	if (r->opt->type && r->hints.family)
		return err_set(&r->cli->err, ERR_USAGE,
			       "-4 and -6 are for addresses, not for --type");
	if (r->hints.flags & ~meant)
		return err_set(&r->cli->err, ERR_USAGE,
			       "of getaddrinfo's flags --dns has --canonname and --numericserv "
			       "alone");
	if (r->cli->output.format == OUT_CLASSIC)
		return err_set(&r->cli->err, ERR_USAGE, "--classic is getaddrinfo's, not --dns's");
	return 0;
}

/* Opens the records and the engine; -t's list is read before anything is asked. */
static int start(struct resolve_dns *d, const struct command_view *view, bool batch)
{
	struct resolve *r = d->r;

	r->cli->misused = true;
	if (check_options(d) < 0 || (r->opt->type && set_types(d, r->opt->type) < 0))
		return -1;
	if (batch && r->opt->validate)
		return err_set(&r->cli->err, ERR_USAGE, "--validate is not for batches");
	r->cli->misused = false;
	r->o = cli_out_view(r->cli, view, batch);
	if (!r->o || dnsrun_open(d->run, r->o) < 0)
		return -1;
	if (!r->opt->type)
		choose_types(d);
	return r->opt->validate ? resolve_dns_open_validator(d) : 0;
}

static int run(struct resolve_dns *d, int argc, char **argv)
{
	struct resolve *r = d->r;
	bool file = r->opt->bulk.file != NULL;
	bool batch = file || r->pairs || (argc && strcmp(argv[0], "-") == 0);
	const struct command_view *view = &resolve_dns_view;

	d->records = r->opt->type != NULL;
	if (d->records && !batch) {
		if (cli_want(r->cli, argc, argv, 1, INT_MAX) < 0)
			return -1;
	} else if (!r->pairs && cli_want(r->cli, argc, argv, !file, (int)!file + !d->records) < 0) {
		return -1;
	}
	if (batch)
		view = &resolve_dns_bulk_view;
	else if (d->records)
		view = &resolve_dns_records_view;
	if (start(d, view, batch) < 0)
		return -1;
	if (batch) {
		if (!r->pairs)
			r->service = argc > !file ? argv[!file] : NULL;
		return resolve_dns_bulk(d);
	}
	if (d->records)
		return resolve_dns_records(d, argc, argv);
	r->service = argc > 1 ? argv[1] : NULL;
	return resolve_dns_addresses(d, argv);
}

int resolve_dns(struct resolve *r, int argc, char **argv)
{
	struct resolve_dns d = { .r = r, .run = &r->dns };
	int rc;

	rc = run(&d, argc, argv);
	for (size_t i = 0; i < RESOLVE_DNS_TYPES; i++)
		free(d.bogus[i]);
	if (d.validator)
		validator_free(d.validator);
	return rc;
}
