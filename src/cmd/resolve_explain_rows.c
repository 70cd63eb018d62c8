/* SPDX-License-Identifier: MIT */
/* resolve_explain_rows.c - the story as records */
#include <netdb.h>
#include <string.h>

#include "cmd/resolve_explain_impl.h"

enum {
	COL_INPUT,
	COL_NAME,
	COL_SERVICE,
	COL_RECORD,
	COL_SOURCE,
	COL_QNAME,
	COL_TYPE,
	COL_STATUS,
	COL_ACTION,
	COL_ADDRESS,
	COL_ADDRESSES,
	COL_CANONNAME,
	COL_TTL,
	COL_TIME,
	COL_SERVER,
	COL_TRIES,
	COL_ERRNO,
	COL_H_ERRNO,
	COL_CALL,
	COL_RULE,
	COL_SOURCE_ADDRESS,
	COL_SCOPE,
	COL_LABEL,
	COL_PRECEDENCE,
	COL_NOTE,
	COL_ERROR,
};

static const struct out_col cols[] = {
	[COL_INPUT] = { "input", OUT_STR, "the operand or the line of input", true },
	[COL_NAME] = { "name", OUT_STR, "the name that was asked for", true },
	[COL_SERVICE] = { "service", OUT_STR, "the service that was asked for", true },
	[COL_RECORD] = { "record", OUT_STR, "source, query, address, answer, note or why", false },
	[COL_SOURCE] = { "source", OUT_STR, "of nsswitch.conf", false },
	[COL_QNAME] = { "qname", OUT_STR, "the name that the DNS was asked for", false },
	[COL_TYPE] = { "type", OUT_STR, "and the type of record", false },
	[COL_STATUS] = { "status", OUT_STR, "what was said: SUCCESS, nxdomain, ok", false },
	[COL_ACTION] = { "action", OUT_STR, "return, continue, merge; or not asked", false },
	[COL_ADDRESS] = { "address", OUT_STR, "one of the answer, in its order", false },
	[COL_ADDRESSES] = { "addresses", OUT_LIST, "what the source has, unsorted", false },
	[COL_CANONNAME] = { "canonname", OUT_STR, "the canonical name", true },
	[COL_TTL] = { "ttl", OUT_INT, "seconds that it may be kept", false },
	[COL_TIME] = { "time_s", OUT_SECS, "how long it took", false },
	[COL_SERVER] = { "server", OUT_STR, "the DNS server", true },
	[COL_TRIES] = { "tries", OUT_INT, "how often it was asked", true },
	[COL_ERRNO] = { "errno", OUT_STR, "of the source or of the way to an address", true },
	[COL_H_ERRNO] = { "h_errno", OUT_STR, "of the source", true },
	[COL_CALL] = { "call", OUT_STR, "of the source's module", true },
	[COL_RULE] = { "rule", OUT_INT, "RFC 6724's that puts it behind the one before", false },
	[COL_SOURCE_ADDRESS] = { "source_address", OUT_STR, "from which it would be sent", true },
	[COL_SCOPE] = { "scope", OUT_STR, "link-local, site-local, global", true },
	[COL_LABEL] = { "label", OUT_INT, "of RFC 6724 or gai.conf", true },
	[COL_PRECEDENCE] = { "precedence", OUT_INT, "of RFC 6724 or gai.conf", true },
	[COL_NOTE] = { "note", OUT_STR, "the same in words", false },
	[COL_ERROR] = { "error", OUT_STR, "why there is no answer", true },
};

const struct command_view resolve_explain_view = {
	.option = "--explain",
	.cols = cols,
	.ncols = ARRAY_SIZE(cols),
};

void story_address(struct out *o, unsigned col, const struct sa *sa, bool item)
{
	struct buf b = { 0 };

	sa_add_host(&b, sa);
	if (item)
		out_item(o, col, buf_str(&b));
	else
		out_bytes(o, col, b.data, b.len);
	buf_fini(&b);
}

static void set_addresses(struct out *o, const struct gai_rows *rows)
{
	out_list(o, COL_ADDRESSES);
	for (size_t i = 0; i < rows->n; i++)
		if (!gai_is_repeated(rows, i))
			story_address(o, COL_ADDRESSES, &rows->v[i].sa, true);
}

static void begin(const struct story *s, const struct cli_operand *operand, const char *record)
{
	struct out *o = s->r->o;

	out_bytes(o, COL_INPUT, operand->text, operand->len);
	out_str(o, COL_NAME, s->name);
	out_str(o, COL_SERVICE, s->service);
	out_str(o, COL_RECORD, record);
}

static void set_errno(struct out *o, int number)
{
	char text[16];
	const char *name = err_code_name(number);

	snprintf(text, sizeof(text), "%d", number);
	if (number)
		out_str(o, COL_ERRNO, name ? name : text);
}

static const char *h_errno_name(int number)
{
	switch (number) {
	case HOST_NOT_FOUND:
		return "HOST_NOT_FOUND";
	case TRY_AGAIN:
		return "TRY_AGAIN";
	case NO_RECOVERY:
		return "NO_RECOVERY";
	case NO_DATA:
		return "NO_DATA";
	case -1:
		return "NETDB_INTERNAL";
	default:
		return NULL;
	}
}

static int put_source(const struct story *s, const struct cli_operand *operand, size_t i)
{
	const struct story_source *source = &s->sources.v[i];
	const struct source_answer *a = &source->answer;
	struct out *o = s->r->o;
	struct buf note = { 0 };

	begin(s, operand, "source");
	out_str(o, COL_SOURCE, source->conf->name);
	if (!source->asked) {
		out_str(o, COL_ACTION, "not asked");
		story_not_asked(&note, s);
	} else {
		out_str(o, COL_STATUS, nsswitch_status_name(a->status));
		out_str(o, COL_ACTION, nsswitch_action_name(source->action));
		out_ns(o, COL_TIME, a->took_ns);
		out_str(o, COL_CALL, a->call);
		out_str(o, COL_CANONNAME, a->canonname);
		if (a->ttl >= 0)
			out_int(o, COL_TTL, a->ttl);
		if (a->outcome == SOURCE_ANSWERED)
			set_errno(o, a->number);
		out_str(o, COL_H_ERRNO, h_errno_name(a->h_number));
		set_addresses(o, &a->rows);
		story_said(&note, s, source);
	}
	out_bytes(o, COL_NOTE, note.data, note.len);
	buf_fini(&note);
	return out_row(o, &s->r->cli->err);
}

static int put_query(const struct story *s, const struct cli_operand *operand,
		     const struct stub_attempt *a)
{
	struct out *o = s->r->o;
	struct buf b = { 0 };

	begin(s, operand, "query");
	out_str(o, COL_SOURCE, "dns");
	wire_name_text(&b, &a->question.name, true);
	out_bytes(o, COL_QNAME, b.data, b.len);
	b.len = 0;
	out_str(o, COL_TYPE, a->question.type == 1 ? "A" : "AAAA");
	out_str(o, COL_STATUS, stub_status_word(a->status));
	if (a->has_ttl)
		out_uint(o, COL_TTL, a->ttl);
	if (a->status != STUB_UNREACHABLE)
		out_ns(o, COL_TIME, a->took_ns);
	if (a->server < s->dns.servers.n)
		out_str(o, COL_SERVER, s->dns.servers.v[a->server]);
	out_uint(o, COL_TRIES, a->tries);
	set_errno(o, a->code);
	story_attempt(&b, a);
	out_bytes(o, COL_NOTE, b.data, b.len);
	buf_fini(&b);
	return out_row(o, &s->r->cli->err);
}

static int put_address(const struct story *s, const struct cli_operand *operand, size_t i)
{
	const struct order_row *row = &s->order.rows.v[i];
	struct out *o = s->r->o;
	struct buf note = { 0 };
	struct buf scope = { 0 };

	begin(s, operand, "address");
	story_address(o, COL_ADDRESS, &row->sa, false);
	order_add_scope(&scope, row->scope);
	out_bytes(o, COL_SCOPE, scope.data, scope.len);
	buf_fini(&scope);
	out_int(o, COL_LABEL, row->label);
	out_int(o, COL_PRECEDENCE, row->precedence);
	if (row->has_source)
		story_address(o, COL_SOURCE_ADDRESS, &row->source, false);
	else
		set_errno(o, row->code);
	if (i) {
		out_int(o, COL_RULE, order_compare(&s->order, i - 1, i, NULL));
		if (i == s->wrong)
			buf_adds(&note, "MISMATCH: ");
		order_why(&note, &s->order, i == s->wrong ? i : i - 1, i == s->wrong ? i - 1 : i);
		out_bytes(o, COL_NOTE, note.data, note.len);
	}
	buf_fini(&note);
	return out_row(o, &s->r->cli->err);
}

static int put_answer(const struct story *s, const struct cli_operand *operand)
{
	const struct err *err = &s->libc.err;
	struct out *o = s->r->o;

	begin(s, operand, "answer");
	out_str(o, COL_CALL, "getaddrinfo");
	if (err->kind == ERR_NONE)
		out_str(o, COL_STATUS, "ok");
	else
		out_str(o, COL_STATUS, gai_code_name(err->code));
	out_ns(o, COL_TIME, s->libc.took_ns);
	set_addresses(o, &s->libc.rows);
	out_str(o, COL_CANONNAME, s->libc.canonname);
	if (err->kind != ERR_NONE)
		out_str(o, COL_ERROR, err->text);
	return out_row(o, &s->r->cli->err);
}

static int put_text(const struct story *s, const struct cli_operand *operand, const char *record,
		    const char *text)
{
	begin(s, operand, record);
	out_str(s->r->o, COL_NOTE, text);
	return out_row(s->r->o, &s->r->cli->err);
}

int story_rows(const struct story *s, const struct cli_operand *operand)
{
	struct buf why = { 0 };
	int rc = 0;

	for (size_t i = 0; i < s->sources.n && rc == 0 && s->skip == STORY_ASKS; i++) {
		rc = put_source(s, operand, i);
		if (strcmp(s->sources.v[i].conf->name, "dns") != 0)
			continue;
		for (size_t j = 0; j < s->dns.attempts.n && rc == 0; j++)
			rc = put_query(s, operand, &s->dns.attempts.v[j]);
	}
	for (size_t i = 0; i < s->order.rows.n && rc == 0; i++)
		rc = put_address(s, operand, i);
	if (rc == 0)
		rc = put_answer(s, operand);
	for (size_t i = 0; i < s->notes.n && rc == 0; i++)
		rc = put_text(s, operand, "note", s->notes.v[i]);
	story_why(&why, s);
	if (rc == 0)
		rc = put_text(s, operand, "why", buf_str(&why));
	buf_fini(&why);
	return rc;
}

int story_refuse(const struct resolve *r, const struct cli_operand *operand, struct err *err)
{
	out_bytes(r->o, COL_INPUT, operand->text, operand->len);
	out_str(r->o, COL_RECORD, "answer");
	return cli_refuse(r->cli, r->o, COL_ERROR, operand, err);
}
