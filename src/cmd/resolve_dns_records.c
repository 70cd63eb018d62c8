/* SPDX-License-Identifier: MIT */
/* resolve_dns_records.c - resolve --type: the records of names, a row each */
#include <string.h>

#include "base/str.h"
#include "cmd/resolve_dns.h"
#include "dns/rr.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_TTL,
	COL_CLASS,
	COL_TYPE,
	COL_DATA,
	COL_SECTION,
	COL_QNAME,
	COL_STATUS,
	COL_RCODE,
	COL_FLAGS,
	COL_EDNS,
	COL_SERVER,
	COL_TCP,
	COL_TRIES,
	COL_TIME,
	COL_VALIDATED,
	COL_ERROR,
};

static const struct out_col records_cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand", true },
	[COL_NAME] = { "name", OUT_STR, "the name that has the record", false },
	[COL_TTL] = { "ttl", OUT_INT, "seconds that it may be kept", false },
	[COL_CLASS] = { "class", OUT_STR, "IN", true },
	[COL_TYPE] = { "type", OUT_STR, "its type, or the one that was asked for", false },
	[COL_DATA] = { "data", OUT_STR, "what it says, as in a zone file", false },
	[COL_SECTION] = { "section", OUT_STR, "answer, authority or additional", true },
	[COL_QNAME] = { "qname", OUT_STR, "the name that was asked for in the end", true },
	[COL_STATUS] = { "status", OUT_STR, "ok, nxdomain, nodata, servfail, timeout, ...", true },
	[COL_RCODE] = { "rcode", OUT_STR, "NOERROR, NXDOMAIN, SERVFAIL, ...", true },
	[COL_FLAGS] = { "flags", OUT_LIST, "the answer's flags: aa tc rd ra ad cd", true },
	[COL_EDNS] = { "edns", OUT_STR, "what its EDNS says", true },
	[COL_SERVER] = { "server", OUT_STR, "the server that answered", true },
	[COL_TCP] = { "tcp", OUT_BOOL, "it came over TCP", true },
	[COL_TRIES] = { "tries", OUT_INT, "how often the question was sent", true },
	[COL_TIME] = { "time_s", OUT_SECS, "from the question to the answer", true },
	[COL_VALIDATED] = { "validated", OUT_STR, "with --validate: secure, insecure or bogus",
			    true },
	[COL_ERROR] = { "error", OUT_STR, "why there is no record", true },
};

const struct command_view resolve_dns_records_view = {
	.option = "--type",
	.cols = records_cols,
	.ncols = ARRAY_SIZE(records_cols),
};

static const char *const sections[] = {
	[WIRE_ANSWER] = "answer",
	[WIRE_AUTHORITY] = "authority",
	[WIRE_ADDITIONAL] = "additional",
};

/* One operand, and a type of it. */
struct records {
	struct resolve_dns *d;
	const struct cli_operand *operand;
	const struct stub_part *part;
	struct buf edns, line; /* scratch: what EDNS says of PART; a record */
};

/* Appends what the OPT record of the message says: "version 0, flags do, 1232 bytes, NSID ns1". */
static void put_edns(struct buf *b, const uint8_t *msg, const struct wire_edns *edns)
{
	struct rr_option option;
	char word[RR_WORD];
	size_t at = 0;

	buf_printf(b, "version %u,%s %u bytes", edns->version, edns->dnssec_ok ? " flags do," : "",
		   edns->bufsize);
	while (rr_option_next(&option, msg, edns, &at)) {
		buf_printf(b, ", %s ", rr_word(word, RR_OPTION, option.code));
		rr_option_text(b, &option);
	}
}

static void find_edns(struct records *x)
{
	struct wire_reader reader;
	struct wire_edns edns;
	struct wire_rr rr;
	struct err err;

	x->edns.len = 0;
	if (!stub_begin(&reader, x->part))
		return;
	while (wire_next_rr(&reader, &rr, &err) > 0)
		if (rr.section == WIRE_ADDITIONAL && wire_edns(&edns, &rr))
			put_edns(&x->edns, reader.msg, &edns);
}

/* The columns of all that PART was told. */
static void set_answer(const struct records *x)
{
	const struct stub_attempt *a = &x->part->last;
	struct out *o = x->d->r->o;
	char word[RR_WORD];

	out_bytes(o, COL_INPUT, x->operand->text, x->operand->len);
	resolve_dns_set_name(o, COL_QNAME, &a->question.name);
	out_str(o, COL_STATUS, stub_status_word(a->status));
	out_str(o, COL_SERVER, dnsrun_server(x->d->run, a->server));
	out_bool(o, COL_TCP, a->tcp);
	out_uint(o, COL_TRIES, a->tries);
	out_ns(o, COL_TIME, a->took_ns);
	out_str(o, COL_VALIDATED, x->d->verdicts[stub_part_index(x->part)]);
	if (!a->answered)
		return;
	out_str(o, COL_RCODE, rr_word(word, RR_RCODE, a->rcode));
	resolve_dns_set_flags(o, COL_FLAGS, a);
	if (x->edns.len)
		out_bytes(o, COL_EDNS, x->edns.data, x->edns.len);
}

static int print_line(struct records *x)
{
	struct resolve *r = x->d->r;
	int rc;

	buf_addc(&x->line, '\n');
	rc = out_text(r->o, x->line.data, x->line.len, &r->cli->err);
	x->line.len = 0;
	return rc;
}

/* A record as dig(1) and zone files write it; all of it is ASCII that prints. */
static int print_record(struct records *x, const struct wire_reader *reader,
			const struct wire_rr *rr)
{
	struct out *o = x->d->r->o;
	char type[RR_WORD], class[RR_WORD];
	struct buf *b = &x->line;

	rr_word(type, RR_TYPE, rr->type);
	rr_word(class, RR_CLASS, rr->class);
	if (out_is_text(o)) {
		wire_name_text(b, &rr->owner, true);
		buf_printf(b, " %u %s %s ", rr->ttl, class, type);
		rr_text(b, reader->msg, reader->len, rr);
		return print_line(x);
	}
	set_answer(x);
	resolve_dns_set_name(o, COL_NAME, &rr->owner);
	out_uint(o, COL_TTL, rr->ttl);
	out_str(o, COL_CLASS, class);
	out_str(o, COL_TYPE, type);
	rr_text(b, reader->msg, reader->len, rr);
	out_bytes(o, COL_DATA, b->data, b->len);
	b->len = 0;
	out_str(o, COL_SECTION, sections[rr->section]);
	return out_row(o, &x->d->r->cli->err);
}

/* The first lines of --verbose: what the header and EDNS say, and how the answer came. */
static int print_header(struct records *x)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} flags[] = {
		{ WIRE_QR, "qr" }, { WIRE_AA, "aa" }, { WIRE_TC, "tc" }, { WIRE_RD, "rd" },
		{ WIRE_RA, "ra" }, { WIRE_AD, "ad" }, { WIRE_CD, "cd" },
	};
	const struct stub_attempt *a = &x->part->last;
	struct buf *b = &x->line;
	char word[RR_WORD];

	buf_adds(b, ";; ");
	wire_name_text(b, &a->question.name, true);
	buf_printf(b, " %s", rr_word(word, RR_TYPE, a->question.type));
	buf_printf(b, ": %s; flags", rr_word(word, RR_RCODE, a->rcode));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (a->flags & flags[i].bit)
			buf_printf(b, " %s", flags[i].word);
	buf_printf(b, "; answer %u, authority %u, additional %u\n", a->counts[WIRE_ANSWER],
		   a->counts[WIRE_AUTHORITY], a->counts[WIRE_ADDITIONAL]);
	if (x->edns.len)
		buf_printf(b, ";; EDNS: %s\n", buf_str(&x->edns));
	buf_printf(b, ";; from %s over %s in %.3f ms, %u %s", dnsrun_server(x->d->run, a->server),
		   a->tcp ? "TCP" : "UDP", (double)a->took_ns / 1e6, a->tries,
		   a->tries == 1 ? "try" : "tries");
	return print_line(x);
}

/* The records of PART's message: the answer, or with --verbose all. */
static int print_message(struct records *x)
{
	bool verbose = x->d->r->opt->verbose, text = out_is_text(x->d->r->o);
	enum wire_section section = WIRE_QUESTION;
	struct wire_reader reader;
	struct wire_rr rr;
	struct err err;
	int rc = 0;

	if (!stub_begin(&reader, x->part))
		return 0;
	if (verbose && text)
		rc = print_header(x);
	while (rc == 0 && wire_next_rr(&reader, &rr, &err) > 0) {
		if (rr.type == RR_OPT || (rr.section != WIRE_ANSWER && !verbose))
			continue;
		if (verbose && text && rr.section != section) {
			buf_printf(&x->line, ";; %s", sections[rr.section]);
			rc = print_line(x);
		}
		section = rr.section;
		if (rc == 0)
			rc = print_record(x, &reader, &rr);
	}
	return rc;
}

/* What is left to say of a type without records. */
static int refuse(struct records *x, struct err *err)
{
	struct out *o = x->d->r->o;
	char word[RR_WORD];

	if (x->part) {
		set_answer(x);
		out_str(o, COL_TYPE, rr_word(word, RR_TYPE, x->part->type));
	} else {
		out_bytes(o, COL_INPUT, x->operand->text, x->operand->len);
		out_str(o, COL_STATUS, "invalid");
	}
	return cli_refuse(x->d->r->cli, o, COL_ERROR, x->operand, err);
}

static int print_part(struct records *x, const struct stub_look *look)
{
	bool bogus = x->d->bogus[stub_part_index(x->part)] != NULL;
	struct err err;
	int rc = 0;

	find_edns(x);
	if (x->part->last.records == 0 ? x->d->r->opt->verbose : !bogus)
		rc = print_message(x);
	if (rc < 0 || x->part->last.status == STUB_OK)
		return rc;
	/* That there is no such name is said once, whatever was asked of it. */
	if (look->status == STUB_NXDOMAIN && x->part != stub_decided(look))
		return 0;
	resolve_dns_error(x->d, x->part, x->operand->text, &err);
	return refuse(x, &err);
}

/* One operand: 1, 0 after a signal, -1. */
static int one(struct records *x, struct stub_look *look)
{
	struct resolve_dns_name name;
	struct err err;
	int rc;

	x->part = NULL;
	if (cli_operand_check(x->operand, &err) < 0 ||
	    resolve_dns_name(&name, x->d, x->operand->text, &err) < 0)
		return refuse(x, &err) < 0 ? -1 : 1;
	rc = resolve_dns_look(x->d, look, &name);
	if (rc <= 0)
		return rc;
	resolve_dns_notes(x->d, look);
	for (unsigned i = 0; i < look->nparts && rc >= 0; i++) {
		x->part = &look->parts[i];
		rc = print_part(x, look);
	}
	return rc < 0 ? -1 : 1;
}

int resolve_dns_records(struct resolve_dns *d, int argc, char **argv)
{
	struct stub_look *look = stub_look_new(d->types, d->ntypes);
	struct records x = { .d = d };
	int rc = 1;

	look->trace = d->r->opt->verbose;
	for (int i = 0; i < argc && rc > 0; i++) {
		const struct cli_operand operand = { .text = argv[i], .len = strlen(argv[i]) };

		x.operand = &operand;
		rc = one(&x, look);
	}
	stub_look_free(look);
	buf_fini(&x.edns);
	buf_fini(&x.line);
	return rc < 0 ? -1 : 0;
}
