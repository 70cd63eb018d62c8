/* SPDX-License-Identifier: MIT */
/* resolve_compare.c - --compare: do the system, its sources and the DNS say the same? */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_RECORD,
	COL_SIDE,
	COL_KIND,
	COL_STATUS,
	COL_ADDRESS,
	COL_ADDRESSES,
	COL_CANONNAME,
	COL_QNAME,
	COL_SERVER,
	COL_TTL,
	COL_TIME,
	COL_NOTE,
	COL_ERROR,
};

static const struct out_col cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", true },
	[COL_RECORD] = { "record", OUT_STR, "side, difference or verdict", false },
	[COL_SIDE] = { "side", OUT_STR, "system, server, or a source of nsswitch.conf", false },
	[COL_KIND] = { "kind", OUT_STR, "of a difference: stale, only-in-dns ...", false },
	[COL_STATUS] = { "status", OUT_STR, "what was said: SUCCESS, nxdomain, ok", false },
	[COL_ADDRESS] = { "address", OUT_STR, "that differs", false },
	[COL_ADDRESSES] = { "addresses", OUT_LIST, "what the side has", false },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the canonical name", false },
	[COL_QNAME] = { "qname", OUT_STR, "the name that the DNS has", true },
	[COL_SERVER] = { "server", OUT_STR, "the DNS server", true },
	[COL_TTL] = { "ttl", OUT_INT, "seconds that it may be kept", true },
	[COL_TIME] = { "time_s", OUT_SECS, "how long it took", false },
	[COL_NOTE] = { "note", OUT_STR, "the same in words", false },
	[COL_ERROR] = { "error", OUT_STR, "why it cannot be compared", true },
};

const struct command_view resolve_compare_view = {
	.option = "--compare",
	.cols = cols,
	.ncols = ARRAY_SIZE(cols),
};

/* What one side is to the comparison. */
enum stand {
	HAS,
	LACKS,
	FAILED, /* it should know, and cannot say */
	OUT,    /* it is not there: nothing is missed */
};

struct side {
	const char *name;
	const struct story_source *source; /* or NULL */
	const struct gai_rows *rows;
	const char *canonname;
	const char *status;
	uint64_t took_ns;
	enum stand stand;
};

struct difference {
	char *kind;
	const struct sa *sa; /* or NULL */
	char *text;
};

struct compare {
	struct story s;
	struct sides VEC(struct side) sides;
	struct differences VEC(struct difference) differences;
	const struct stub_attempt *last; /* what the DNS said that counts, or NULL */
	unsigned drift;                  /* differences that are one */
	unsigned failed;                 /* sides that are */
	const struct side *files, *dns, *server;
};

static enum stand source_stand(const struct story_source *source)
{
	const struct source_answer *a = &source->answer;

	if (a->outcome == SOURCE_CRASHED || a->outcome == SOURCE_HUNG)
		return FAILED;
	if (a->status == NSSWITCH_SUCCESS)
		return HAS;
	if (a->status == NSSWITCH_NOTFOUND)
		return LACKS;
	return a->status == NSSWITCH_TRYAGAIN || strcmp(source->conf->name, "dns") == 0 ? FAILED :
											  OUT;
}

static void add_system(struct compare *c)
{
	const struct source_answer *a = &c->s.libc;
	const char *code = gai_code_name(a->err.code);
	struct side *side = vec_push(&c->sides);

	*side = (struct side){
		.name = "system",
		.rows = &a->rows,
		.canonname = a->canonname,
		.status = a->err.kind == ERR_NONE ? "ok" :
			  code                    ? code :
						    "failed",
		.took_ns = a->took_ns,
		.stand = a->err.kind == ERR_NONE     ? HAS :
			 a->err.kind == ERR_NEGATIVE ? LACKS :
						       FAILED,
	};
}

static void add_source(struct compare *c, const struct story_source *source)
{
	*vec_push(&c->sides) = (struct side){
		.name = source->conf->name,
		.source = source,
		.rows = &source->answer.rows,
		.canonname = source->answer.canonname,
		.status = nsswitch_status_name(source->answer.status),
		.took_ns = source->answer.took_ns,
		.stand = source_stand(source),
	};
}

static void add_server(struct compare *c)
{
	const struct story_dns *dns = &c->s.dns;
	enum err_kind kind = stub_status_kind(dns->status);

	for (size_t i = 0; i < dns->attempts.n; i++)
		if (!c->last ||
		    (c->last->status != dns->status && dns->attempts.v[i].status == dns->status))
			c->last = &dns->attempts.v[i];
	*vec_push(&c->sides) = (struct side){
		.name = "server",
		.rows = &dns->rows,
		.canonname = dns->canonname,
		.status = dns->attempts.n ? stub_status_word(dns->status) : "invalid",
		.took_ns = dns->took_ns,
		.stand = !dns->attempts.n     ? LACKS :
			 kind == ERR_NONE     ? HAS :
			 kind == ERR_NEGATIVE ? LACKS :
						FAILED,
	};
}

static void find_sides(struct compare *c)
{
	add_system(c);
	for (size_t i = 0; i < c->s.sources.n; i++)
		if (c->s.sources.v[i].asked)
			add_source(c, &c->s.sources.v[i]);
	if (c->s.dns.asked)
		add_server(c);
	for (size_t i = 0; i < c->sides.n; i++) {
		const struct side *side = &c->sides.v[i];

		c->failed += side->stand == FAILED;
		if (strcmp(side->name, "files") == 0 && !c->files)
			c->files = side;
		else if (strcmp(side->name, "dns") == 0 && !c->dns)
			c->dns = side;
		else if (!side->source && i)
			c->server = side;
	}
}

static void differ(struct compare *c, const char *kind, const struct sa *sa, bool drift,
		   const char *fmt, ...) PRINTF_LIKE(5, 6);
static void differ(struct compare *c, const char *kind, const struct sa *sa, bool drift,
		   const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*vec_push(&c->differences) = (struct difference){ xstrdup(kind), sa, xstrdup(text) };
	c->drift += drift;
}

/* The DNS as it was asked directly, or if that failed by libc. */
static const struct side *the_dns(const struct compare *c)
{
	if (c->server && (c->server->stand == HAS || c->server->stand == LACKS))
		return c->server;
	return c->dns && (c->dns->stand == HAS || c->dns->stand == LACKS) ? c->dns : NULL;
}

static bool has(const struct side *side, const struct sa *sa)
{
	return side && side->stand == HAS && story_has(side->rows, sa);
}

/* No side before SIDE has its row number ROW, nor has SIDE itself before that. */
static bool is_new(const struct compare *c, const struct side *side, size_t row)
{
	const struct gai_rows before = { side->rows->v, row, row };

	if (story_has(&before, &side->rows->v[row].sa))
		return false;
	for (const struct side *other = c->sides.v; other < side; other++)
		if (has(other, &side->rows->v[row].sa))
			return false;
	return true;
}

static void compare_files(struct compare *c, const struct side *dns, const struct sa *sa)
{
	struct buf lines = { 0 }, others = { 0 };

	(void)story_hosts_lines(&lines, &c->s);
	if (dns->stand == HAS) {
		story_addresses(&others, dns->rows);
		differ(c, "stale", sa, true, "the hosts file has it%s, the DNS does not; it has %s",
		       buf_str(&lines), buf_str(&others));
	} else {
		differ(c, "only-in-files", sa, true,
		       "the hosts file has it%s, the DNS does not "
		       "have the name",
		       buf_str(&lines));
	}
	buf_fini(&lines);
	buf_fini(&others);
}

/* libc's way to the DNS and the server that was named have both answered, one of them with SA. */
static bool servers_differ(const struct compare *c, const struct sa *sa)
{
	return c->dns && c->server && c->dns->stand != FAILED && c->server->stand != FAILED &&
	       has(c->dns, sa) != has(c->server, sa);
}

/* One address, which side SIDE is the first to have. */
static void compare_address(struct compare *c, const struct side *side, const struct sa *sa)
{
	const struct side *dns = the_dns(c);
	bool in_dns = has(dns, sa), others = false;
	char kind[96];

	for (size_t i = 1; i < c->sides.n; i++)
		others |= has(&c->sides.v[i], sa);
	if (!others) {
		differ(c, "only-in-system", sa, true,
		       "getaddrinfo gives it, no source has it: is it from a cache?");
	} else if (has(c->files, sa) && dns && !in_dns) {
		compare_files(c, dns, sa);
	} else if (in_dns && c->files && c->files->stand == HAS && !has(c->files, sa)) {
		differ(c, "only-in-dns", sa, true,
		       "the DNS has it, the hosts file has the name "
		       "without it");
	} else if (servers_differ(c, sa)) {
		differ(c, has(c->dns, sa) ? "only-in-libc-dns" : "only-in-server", sa, true, "%s",
		       has(c->dns, sa) ? "libc finds it in the DNS, the server does not have it" :
					 "the server has it, libc does not find it in the DNS");
	} else if (dns && !in_dns) {
		for (size_t i = 1; i < c->sides.n; i++)
			if (has(&c->sides.v[i], sa))
				side = &c->sides.v[i];
		(void)snprintf(kind, sizeof(kind), "only-in-%s", side->name);
		differ(c, kind, sa, true, "%s has it, the DNS does not", side->name);
	}
}

static void compare_canonnames(struct compare *c)
{
	const struct side *dns = the_dns(c);
	char a[STR_SHOW], b[STR_SHOW];

	if (!dns || !dns->canonname || !c->files || !c->files->canonname)
		return;
	if (!str_eq_nocase(dns->canonname, c->files->canonname))
		differ(c, "canonical-name", NULL, true, "%s in the hosts file, %s in the DNS",
		       str_show(a, c->files->canonname), str_show(b, dns->canonname));
}

static void compare_search(struct compare *c)
{
	struct buf name = { 0 };

	if (!c->s.dns.searched || !c->last)
		return;
	wire_name_text(&name, &c->last->question.name, false);
	differ(c, "search", NULL, false, "the DNS has it as %s, by the search list",
	       buf_str(&name));
	buf_fini(&name);
}

static void find_differences(struct compare *c)
{
	for (const struct side *side = c->sides.v; side < &c->sides.v[c->sides.n]; side++)
		for (size_t i = 0; side->stand == HAS && i < side->rows->n; i++)
			if (is_new(c, side, i))
				compare_address(c, side, &side->rows->v[i].sa);
	compare_canonnames(c);
	compare_search(c);
}

static void put_verdict(struct buf *b, const struct compare *c)
{
	if (c->s.skip != STORY_ASKS)
		story_why(b, &c->s);
	else if (c->drift)
		buf_printf(b, "the sides differ in %u point%s", c->drift, c->drift == 1 ? "" : "s");
	else if (c->failed)
		buf_adds(b, "nobody differs");
	else
		buf_adds(b, "the sides agree");
	if (c->failed)
		buf_printf(b, "; %u could not be asked", c->failed);
}

/* What SIDE said, in words. */
static void put_said(struct buf *b, const struct compare *c, const struct side *side)
{
	if (side->source) {
		story_said(b, &c->s, side->source);
	} else if (side->rows->n) {
		story_addresses(b, side->rows);
	} else if (side == c->sides.v) {
		buf_adds(b, gai_strerror(c->s.libc.err.code));
	} else if (c->last) {
		story_attempt(b, c->last);
	} else {
		buf_adds(b, c->s.dns.err.text);
	}
	if (side == c->server && c->last && c->last->server < c->s.dns.servers.n) {
		buf_adds(b, "; ");
		wire_name_text(b, &c->last->question.name, false);
		buf_printf(b, " at %s", c->s.dns.servers.v[c->last->server]);
	}
}

static void put_padded(struct buf *b, const char *text, size_t width)
{
	size_t columns = str_safe(b, text, strlen(text));

	buf_fill(b, ' ', (columns < width ? width - columns : 0) + 2);
}

static size_t longest(size_t width, const char *text)
{
	size_t n = strlen(text);

	return n > width ? n : width;
}

static void put_sides(struct buf *b, const struct compare *c)
{
	size_t name = 0, status = 0;

	for (size_t i = 0; i < c->sides.n; i++) {
		name = longest(name, c->sides.v[i].name);
		status = longest(status, c->sides.v[i].status);
	}
	buf_adds(b, "\nSides\n");
	for (size_t i = 0; i < c->sides.n; i++) {
		const struct side *side = &c->sides.v[i];

		buf_adds(b, "  ");
		put_padded(b, side->name, name);
		put_padded(b, side->status, status);
		put_said(b, c, side);
		buf_addc(b, '\n');
	}
}

static void put_differences(struct buf *b, const struct compare *c)
{
	char text[SA_STRLEN];
	size_t width = 0;

	for (size_t i = 0; i < c->differences.n; i++)
		width = longest(width, c->differences.v[i].kind);
	if (c->differences.n)
		buf_adds(b, c->drift ? "\nDifferences\n" : "\nNotes\n");
	for (size_t i = 0; i < c->differences.n; i++) {
		const struct difference *d = &c->differences.v[i];

		buf_adds(b, "  ");
		put_padded(b, d->kind, width);
		if (d->sa)
			buf_printf(b, "%s: ", sa_format_host(d->sa, text));
		buf_printf(b, "%s\n", d->text);
	}
}

static int print_text(const struct compare *c)
{
	struct resolve *r = c->s.r;
	struct buf b = { 0 };
	int rc;

	if (out_rows(r->o))
		buf_addc(&b, '\n');
	story_question(&b, &c->s);
	if (c->s.skip == STORY_ASKS)
		put_sides(&b, c);
	put_differences(&b, c);
	buf_adds(&b, "\nVerdict: ");
	put_verdict(&b, c);
	buf_adds(&b, c->s.skip == STORY_ASKS ? ".\n" : "\n");
	rc = out_text(r->o, b.data, b.len, &r->cli->err);
	buf_fini(&b);
	return rc;
}

static void begin(const struct compare *c, const struct cli_operand *operand, const char *record)
{
	struct out *o = c->s.r->o;

	out_bytes(o, COL_INPUT, operand->text, operand->len);
	out_str(o, COL_NAME, c->s.name);
	out_str(o, COL_RECORD, record);
}

static void set_server(const struct compare *c, struct buf *b)
{
	struct out *o = c->s.r->o;

	wire_name_text(b, &c->last->question.name, true);
	out_bytes(o, COL_QNAME, b->data, b->len);
	if (c->last->server < c->s.dns.servers.n)
		out_str(o, COL_SERVER, c->s.dns.servers.v[c->last->server]);
	if (c->last->has_ttl)
		out_uint(o, COL_TTL, c->last->ttl);
	b->len = 0;
}

static int print_side(const struct compare *c, const struct cli_operand *operand,
		      const struct side *side)
{
	struct out *o = c->s.r->o;
	struct buf b = { 0 };

	begin(c, operand, "side");
	out_str(o, COL_SIDE, side->name);
	out_str(o, COL_STATUS, side->status);
	out_list(o, COL_ADDRESSES);
	for (size_t i = 0; i < side->rows->n; i++)
		if (!gai_is_repeated(side->rows, i))
			story_address(o, COL_ADDRESSES, &side->rows->v[i].sa, true);
	out_str(o, COL_CANONNAME, side->canonname);
	out_ns(o, COL_TIME, side->took_ns);
	if (side->source && side->source->answer.ttl >= 0)
		out_int(o, COL_TTL, side->source->answer.ttl);
	if (side == c->server && c->last)
		set_server(c, &b);
	put_said(&b, c, side);
	out_bytes(o, COL_NOTE, b.data, b.len);
	buf_fini(&b);
	return out_row(o, &c->s.r->cli->err);
}

static int print_difference(const struct compare *c, const struct cli_operand *operand,
			    const struct difference *d)
{
	struct out *o = c->s.r->o;

	begin(c, operand, "difference");
	out_str(o, COL_KIND, d->kind);
	if (d->sa)
		story_address(o, COL_ADDRESS, d->sa, false);
	out_str(o, COL_NOTE, d->text);
	return out_row(o, &c->s.r->cli->err);
}

static int print_rows(const struct compare *c, const struct cli_operand *operand)
{
	struct out *o = c->s.r->o;
	struct buf b = { 0 };
	int rc = 0;

	for (size_t i = 0; i < c->sides.n && rc == 0 && c->s.skip == STORY_ASKS; i++)
		rc = print_side(c, operand, &c->sides.v[i]);
	for (size_t i = 0; i < c->differences.n && rc == 0; i++)
		rc = print_difference(c, operand, &c->differences.v[i]);
	if (rc < 0)
		return rc;
	begin(c, operand, "verdict");
	out_str(o, COL_STATUS, c->failed ? "failed" : c->drift ? "differ" : "agree");
	put_verdict(&b, c);
	out_bytes(o, COL_NOTE, b.data, b.len);
	buf_fini(&b);
	return out_row(o, &c->s.r->cli->err);
}

static void fini(struct compare *c)
{
	for (size_t i = 0; i < c->differences.n; i++) {
		free(c->differences.v[i].kind);
		free(c->differences.v[i].text);
	}
	vec_fini(&c->differences);
	vec_fini(&c->sides);
	story_fini(&c->s);
}

static int refuse(struct resolve *r, const struct cli_operand *operand, struct err *err)
{
	out_bytes(r->o, COL_INPUT, operand->text, operand->len);
	out_str(r->o, COL_RECORD, "verdict");
	return cli_refuse(r->cli, r->o, COL_ERROR, operand, err);
}

static int compare(struct compare *c, const struct cli_operand *operand)
{
	struct resolve *r = c->s.r;

	if (c->s.libc.err.kind == ERR_USAGE ||
	    (c->s.libc.err.kind != ERR_NONE && c->s.skip != STORY_ASKS))
		return refuse(r, operand, &c->s.libc.err);
	if (c->s.skip == STORY_ASKS) {
		find_sides(c);
		find_differences(c);
	}
	cli_status(r->cli, c->failed ? ERR_SYSTEM : c->drift ? ERR_NEGATIVE : ERR_NONE);
	return out_is_text(r->o) ? print_text(c) : print_rows(c, operand);
}

static int one(struct resolve *r, const struct cli_operand *operand)
{
	struct compare c = { .drift = 0 };
	struct buf mem = { 0 };
	struct resolve_query q;
	struct err err;
	int rc;

	if (resolve_parse(&q, &mem, r, operand, &err) < 0) {
		rc = refuse(r, operand, &err);
	} else if ((rc = cli_block_begin(r->cli, r->o)) == 0) {
		rc = story_make(&c.s, r, &q, &r->dns);
		cli_block_end();
		if (rc == 0)
			rc = compare(&c, operand);
		fini(&c);
	}
	buf_fini(&mem);
	return rc;
}

int resolve_compare(struct resolve *r, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;

	if (story_check(r, "--compare") < 0 || cli_want(r->cli, argc, argv, 1, 2) < 0)
		return -1;
	r->service = argc > 1 ? argv[1] : NULL;
	r->o = cli_out_view(r->cli, &resolve_compare_view, strcmp(argv[0], "-") == 0);
	if (!r->o || dnsrun_open(&r->dns, r->o) < 0)
		return -1;
	while ((rc = cli_next(r->cli, 1, argv, &index, &operand)) > 0) {
		rc = one(r, &operand);
		if (rc < 0)
			break;
	}
	return rc;
}
