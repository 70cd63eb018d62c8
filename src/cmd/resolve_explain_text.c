/* SPDX-License-Identifier: MIT */
/* resolve_explain_text.c - the story in its plain form */
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/resolve_explain_impl.h"
#include "net/names.h"

enum {
	STATUS_WIDTH = 8, /* of TRYAGAIN */
	TIME_WIDTH = 9,
};

static void put_safe(struct buf *b, const char *text)
{
	str_safe(b, text, strlen(text));
}

/* Blanks up to WIDTH columns from where the buffer had LEN bytes. */
static void pad(struct buf *b, size_t from, size_t width)
{
	size_t have = b->len - from;

	buf_fill(b, ' ', have < width ? width - have : 0);
}

static void put_time(struct buf *b, uint64_t ns)
{
	struct buf text = { 0 };

	story_time(&text, ns);
	buf_fill(b, ' ', text.len < TIME_WIDTH ? TIME_WIDTH - text.len : 0);
	buf_add(b, text.data, text.len);
	buf_fini(&text);
}

static void put_flags(struct buf *b, int flags)
{
	for (int bit = 1; bit > 0 && bit <= flags; bit <<= 1) {
		const char *name = flags & bit ? names_of(NAMES_AI, bit) : NULL;

		if (name)
			buf_printf(b, ", %s", name);
	}
}

void story_question(struct buf *b, const struct story *s)
{
	const struct gai_hints *hints = &s->r->hints;

	buf_adds(b, "Question: ");
	put_safe(b, s->name ? s->name : "no name");
	if (s->service) {
		buf_adds(b, ", service ");
		put_safe(b, s->service);
		if (s->libc.rows.n)
			buf_printf(b, " (port %u)", sa_port(&s->libc.rows.v[0].sa));
	}
	if (hints->family == AF_UNSPEC)
		buf_adds(b, ", IPv4 and IPv6");
	else
		buf_printf(b, ", %s alone", hints->family == AF_INET ? "IPv4" : "IPv6");
	put_flags(b, hints->flags);
	buf_addc(b, '\n');
}

static void put_sources_heading(struct buf *b, const struct story *s)
{
	buf_adds(b, "\nSources");
	if (!source_has_modules()) {
		buf_adds(b, " (this libc asks the hosts file, then the DNS)\n");
		return;
	}
	if (s->sw.line)
		buf_printf(b, " (" _PATH_NSSWITCH_CONF ":%zu: hosts:", s->sw.line);
	else
		buf_adds(b, " (" _PATH_NSSWITCH_CONF " names none, so the default:");
	for (size_t i = 0; i < s->sources.n; i++) {
		const struct nsswitch_source *conf = s->sources.v[i].conf;

		buf_addc(b, ' ');
		put_safe(b, conf->name);
		if (conf->actions) {
			buf_addc(b, ' ');
			put_safe(b, conf->actions);
		}
	}
	buf_adds(b, ")\n");
}

/* The attempt after I that asked the same way with the same result joins its line. */
static bool is_same(const struct stub_attempt *a, const struct stub_attempt *b)
{
	return wire_name_equal(&a->question.name, &b->question.name) && a->status == b->status &&
	       a->server == b->server && a->code == b->code;
}

static void put_attempts(struct buf *b, const struct story *s, size_t indent)
{
	const struct story_dns *dns = &s->dns;
	size_t dots = 0, len = strlen(s->name);

	for (const char *p = s->name; *p; p++)
		dots += *p == '.';
	if (s->resolv.search.n && dns->attempts.n && s->name[len - 1] != '.') {
		buf_fill(b, ' ', indent);
		buf_printf(b, "the name has %zu dot%s, and ndots is %u: %s\n", dots,
			   dots == 1 ? "" : "s", s->resolv.ndots,
			   dots < s->resolv.ndots ? "the search list goes first" :
						    "it is tried as it is first");
	}
	for (size_t i = 0; i < dns->attempts.n; i++) {
		const struct stub_attempt *a = &dns->attempts.v[i];

		buf_fill(b, ' ', indent);
		wire_name_text(b, &a->question.name, true);
		buf_printf(b, " %s", a->question.type == 1 ? "A" : "AAAA");
		for (; i + 1 < dns->attempts.n && is_same(a, &dns->attempts.v[i + 1]); i++)
			buf_printf(b, ", %s", a[1].question.type == 1 ? "A" : "AAAA");
		buf_adds(b, ": ");
		story_attempt(b, a);
		if (a->server < dns->servers.n)
			buf_printf(b, ", %s", dns->servers.v[a->server]);
		if (a->status != STUB_UNREACHABLE) {
			buf_adds(b, ", ");
			story_time(b, a->took_ns);
		}
		buf_addc(b, '\n');
	}
}

static void put_sources(struct buf *b, const struct story *s)
{
	size_t width = 0;
	bool dns = false;

	put_sources_heading(b, s);
	for (size_t i = 0; i < s->sources.n; i++)
		if (strlen(s->sources.v[i].conf->name) > width)
			width = strlen(s->sources.v[i].conf->name);
	for (size_t i = 0; i < s->sources.n; i++) {
		const struct story_source *source = &s->sources.v[i];
		size_t at;

		buf_adds(b, "  ");
		at = b->len;
		put_safe(b, source->conf->name);
		pad(b, at, width);
		buf_adds(b, "  ");
		if (source->asked) {
			at = b->len;
			buf_adds(b, nsswitch_status_name(source->answer.status));
			pad(b, at, STATUS_WIDTH);
			put_time(b, source->answer.took_ns);
			buf_adds(b, "  ");
			story_said(b, s, source);
		} else {
			story_not_asked(b, s);
		}
		buf_addc(b, '\n');
		if (strcmp(source->conf->name, "dns") == 0 && source->asked && !dns) {
			put_attempts(b, s, width + 4);
			dns = true;
		}
	}
}

/* What gai.conf(5) has in place of the built-in tables. */
static void put_own(struct buf *b, const struct conf_gai *gai)
{
	bool has[] = { gai->own_labels, gai->own_precedences, gai->own_scopes };
	const char *const names[] = { "labels", "precedences", "scopes" };
	const char *before = "; " STORY_GAI_CONF " has its own ";

	for (size_t i = 0; i < ARRAY_SIZE(has); i++) {
		if (!has[i])
			continue;
		buf_printf(b, "%s%s", before, names[i]);
		before = ", ";
	}
}

static void put_order_heading(struct buf *b, const struct story *s)
{
	buf_adds(b, "\nOrder (RFC 6724");
	if (order_libc() == ORDER_MUSL)
		buf_adds(b, " as musl has it");
	else if (s->gai.missing)
		buf_adds(b, "; there is no " STORY_GAI_CONF);
	else if (!s->gai.own_labels && !s->gai.own_precedences && !s->gai.own_scopes)
		buf_adds(b, "; " STORY_GAI_CONF " changes nothing");
	else
		put_own(b, &s->gai);
	buf_adds(b, ")\n");
}

/* Why row I goes before the one behind it. */
static void put_rule(struct buf *b, const struct story *s, size_t i)
{
	const struct order *o = &s->order;
	bool wrong = i + 1 == s->wrong;
	size_t first = wrong ? i + 1 : i, second = wrong ? i : i + 1;
	enum order_rule rule = order_compare(o, first, second, NULL);
	char text[SA_STRLEN];

	buf_printf(b, wrong ? "      MISMATCH: should go behind %s" : "      goes before %s",
		   sa_format_host(&o->rows.v[i + 1].sa, text));
	if (rule == ORDER_UNCHANGED) {
		buf_printf(b, ": %s\n", order_rule_plain(rule));
		return;
	}
	buf_printf(b, " by rule %d, %s: ", (int)rule, order_rule_plain(rule));
	order_why(b, o, first, second);
	buf_addc(b, '\n');
}

static void put_order(struct buf *b, const struct story *s)
{
	char text[SA_STRLEN];
	size_t width = 0;

	if (s->order.rows.n == 0)
		return;
	put_order_heading(b, s);
	for (size_t i = 0; i < s->order.rows.n; i++) {
		size_t n = strlen(sa_format_host(&s->order.rows.v[i].sa, text));

		width = n > width ? n : width;
	}
	for (size_t i = 0; i < s->order.rows.n; i++) {
		const struct order_row *row = &s->order.rows.v[i];

		buf_printf(b, "  %-*s  scope ", (int)width, sa_format_host(&row->sa, text));
		order_add_scope(b, row->scope);
		buf_printf(b, ", label %d, precedence %d, ", row->label, row->precedence);
		if (row->has_source)
			buf_printf(b, "sent from %s", sa_format_host(&row->source, text));
		else
			buf_printf(b, "no way to it: %s", strerror(row->code));
		buf_addc(b, '\n');
		if (i + 1 < s->order.rows.n)
			put_rule(b, s, i);
	}
}

static void put_answer(struct buf *b, const struct story *s)
{
	char text[SA_STRLEN];

	buf_adds(b, "\nAnswer (getaddrinfo, ");
	story_time(b, s->libc.took_ns);
	buf_adds(b, ")\n");
	if (s->libc.err.kind != ERR_NONE)
		buf_printf(b, "  none: %s\n", s->libc.err.text);
	if (s->r->canonname && s->libc.canonname) {
		buf_adds(b, "  canonical name ");
		put_safe(b, s->libc.canonname);
		buf_addc(b, '\n');
	}
	for (size_t i = 0; i < s->libc.rows.n; i++) {
		const struct sa *sa = &s->libc.rows.v[i].sa;

		if (!gai_is_repeated(&s->libc.rows, i))
			buf_printf(b, "  %s\n",
				   s->service ? sa_format(sa, text) : sa_format_host(sa, text));
	}
}

void story_text(struct buf *b, const struct story *s)
{
	story_question(b, s);
	if (s->skip == STORY_ASKS)
		put_sources(b, s);
	put_order(b, s);
	put_answer(b, s);
	if (s->notes.n)
		buf_adds(b, "\nNotes\n");
	for (size_t i = 0; i < s->notes.n; i++)
		buf_printf(b, "  %s\n", s->notes.v[i]);
	buf_adds(b, "\nWhy: ");
	story_why(b, s);
	buf_addc(b, '\n');
}
