/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/addr_grep.h"
#include "net/embed.h"

/* Addresses of the run that are looked up together. */
struct batch {
	struct find_hit hits[2 * FIND_BATCH];
	uint32_t net[2 * FIND_BATCH]; /* which has it, a number of G->given; or IPSET_NONE */
	size_t n;
};

/* Where in the run they come from. */
struct source {
	struct find_text lines; /* the run; with -k as far as lines were taken from it */
	struct find_text field; /* the field that is gone through, */
	size_t field_at;        /* and where it begins in the run */
};

/* Where the line at AT ends, its delimiter left out, and where it begins. */
static size_t line_end(const struct grep *g, size_t at)
{
	const char *end = memchr(g->data + at, g->find.delimiter, g->len - at);

	return end ? (size_t)(end - g->data) : g->len;
}

static size_t line_begin(const struct grep *g, size_t at)
{
	const char *end = compat_memrchr(g->data + g->decided, g->find.delimiter, at - g->decided);

	return end ? (size_t)(end - g->data) + 1 : g->decided;
}

/* IO.line counts the lines before AT, where one begins. */
static void number_lines(struct grep *g, size_t at)
{
	g->io.line += find_lines(&g->find, g->data + g->numbered, at - g->numbered);
	g->numbered = at;
}

/* Field number WANTED of the N bytes at LINE, which blanks separate; false if there is none. */
static bool blank_field(const char *line, size_t n, unsigned wanted, size_t *at, size_t *len)
{
	size_t i = 0;

	for (;;) {
		while (i < n && (line[i] == ' ' || line[i] == '\t'))
			i++;
		*at = i;
		while (i < n && line[i] != ' ' && line[i] != '\t')
			i++;
		*len = i - *at;
		if (*len == 0 || --wanted == 0)
			return *len != 0;
	}
}

/* The same, with one SEPARATOR before each next field. */
static bool separated_field(const char *line, size_t n, unsigned wanted, char separator, size_t *at,
			    size_t *len)
{
	const char *s = line, *end = line + n, *stop;

	while ((stop = memchr(s, separator, (size_t)(end - s))) != NULL && --wanted)
		s = stop + 1;
	if (!stop && wanted > 1)
		return false;
	*at = (size_t)(s - line);
	*len = (size_t)((stop ? stop : end) - s);
	return true;
}

/* Goes on to the field of the next line that has it; false at the end of the run. */
static bool next_field(struct grep *g, struct source *from)
{
	struct find_text *lines = &from->lines;

	while (lines->at < lines->len) {
		size_t begin = lines->at, end = line_end(g, begin), n = end - begin, at, len;
		const char *line = g->data + begin;

		lines->at = end + (end < g->len);
		n -= n && line[n - 1] == '\r';
		if (g->separator ?
			    !separated_field(line, n, g->opt->field, g->separator, &at, &len) :
			    !blank_field(line, n, g->opt->field, &at, &len))
			continue;
		from->field_at = begin + at;
		from->field = (struct find_text){ .text = line + at, .len = len, .slack = true };
		return true;
	}
	return false;
}

/* The hit is all of the field, but for brackets around it. */
static bool fills_field(const struct find_text *field, const struct find_hit *hit)
{
	size_t rest = field->len - hit->len;

	return rest == 0 || (rest == 2 && field->text[0] == '[' && hit->at == 1 &&
			     field->text[field->len - 1] == ']');
}

/* Fills B with addresses from fields until it cannot take those of one more call. */
static void fill_from_fields(struct grep *g, struct source *from, struct batch *b)
{
	while (b->n <= FIND_BATCH) {
		struct find_hit *hits = b->hits + b->n;
		size_t n;

		if (from->field.at == from->field.len && !next_field(g, from))
			break;
		n = find_next(&g->find, &from->field, hits);
		for (size_t i = 0; i < n; i++) {
			if (g->opt->anchor && !fills_field(&from->field, &hits[i]))
				continue;
			b->hits[b->n] = hits[i];
			b->hits[b->n++].at += from->field_at;
		}
	}
}

static bool fill(struct grep *g, struct source *from, struct batch *b)
{
	b->n = 0;
	if (g->opt->field)
		fill_from_fields(g, from, b);
	else
		b->n = find_next(&g->find, &from->lines, b->hits);
	return b->n != 0;
}

/* The network of range I of the set. */
static uint32_t net_of(const struct grep *g, const uint32_t *nets, uint32_t i)
{
	return i == IPSET_NONE || !g->with_nets ? i : nets[i];
}

static const struct ipset *set_of(const struct grep *g)
{
	return g->with_nets ? &g->nets.set : &g->set;
}

static uint32_t find_quad(const struct grep *g, uint32_t address)
{
	return net_of(g, g->nets.net4, ipset_find4(set_of(g), address));
}

static bool is_mapped(struct u128 v)
{
	return v.hi == 0 && v.lo >> 32 == 0xffff;
}

/* What IPv6 may be besides itself: an IPv4 address of the set. */
static uint32_t judge_v6(const struct grep *g, const struct find_hit *hit, uint32_t net)
{
	if (net == IPSET_NONE && (is_mapped(hit->value) || (g->opt->loose && hit->dotted)))
		return find_quad(g, (uint32_t)hit->value.lo);
	return net;
}

/* The same for all IPv4 addresses inside it, one of which may be outside of the set. */
static uint32_t judge_embedded(const struct grep *g, const struct find_hit *hit, uint32_t net)
{
	uint32_t quads[EMBED_IPV4_MAX];
	size_t n = embed_ipv4(hit->value, NULL, quads);

	for (size_t i = 0; i < n && (net == IPSET_NONE) != g->opt->outside; i++)
		net = find_quad(g, quads[i]);
	return net;
}

/* Looks up the addresses of B. */
static void look_up(const struct grep *g, struct batch *b)
{
	uint32_t quads[2 * FIND_BATCH], found[2 * FIND_BATCH];
	size_t n4 = 0, n6 = 0;
	struct u128 six[2 * FIND_BATCH];

	for (size_t i = 0; i < b->n; i++) {
		if (b->hits[i].family == 4)
			quads[n4++] = (uint32_t)b->hits[i].value.lo;
		else
			six[n6++] = b->hits[i].value;
	}
	ipset_find4_batch(set_of(g), quads, found, n4);
	ipset_find6_batch(set_of(g), six, found + n4, n6);
	n6 = n4;
	n4 = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->hits[i].family == 4) {
			b->net[i] = net_of(g, g->nets.net4, found[n4++]);
			continue;
		}
		b->net[i] = judge_v6(g, &b->hits[i], net_of(g, g->nets.net6, found[n6++]));
		if (g->opt->embedded)
			b->net[i] = judge_embedded(g, &b->hits[i], b->net[i]);
	}
}

/* "FILE:LINE:" as it is wanted before the line at AT. */
static void put_place(struct grep *g, size_t at)
{
	struct buf *b = &g->io.text;

	if (g->show_name) {
		buf_adds(b, g->io.name);
		buf_addc(b, ':');
	}
	if (g->opt->number) {
		number_lines(g, at);
		buf_uint(b, io_share_place(g->io.share, g->io.line + 1));
		buf_addc(b, ':');
	}
}

/* What is printed of a line: BEGIN to END, which are offsets. */
struct piece {
	size_t begin, end;
	size_t line; /* where its line begins */
};

static int put_text(struct grep *g, const struct piece *p, uint32_t net)
{
	struct buf *b = &g->io.text;
	char text[PREFIX_STRLEN];

	put_place(g, p->line);
	buf_add(b, g->data + p->begin, p->end - p->begin);
	if (g->opt->label) {
		const struct grep_net *given = &g->given.v[net];

		if (p->end > p->begin && b->data[b->len - 1] == '\r')
			b->len--;
		buf_addc(b, '\t');
		buf_adds(b, range_format(&given->range, text));
		buf_addc(b, '\t');
		buf_add(b, given->label, given->label_len);
	}
	buf_addc(b, g->find.delimiter);
	return addr_io_write(&g->io, false);
}

/* The columns of an address. */
static void set_hit(struct grep *g, const struct piece *p, const struct find_hit *hit, uint32_t net)
{
	const struct ip ip = ip_from_num(hit->family, hit->value);
	char text[PREFIX_STRLEN], address[IP_STRLEN + 1 + 16];
	size_t n = strlen(ip_format(&ip, address));

	if (hit->zone) {
		address[n++] = '%';
		memcpy(address + n, g->data + hit->at + hit->len - hit->zone, hit->zone);
		n += hit->zone;
	}
	out_bytes(g->o, GREP_ADDRESS, address, n);
	out_str(g->o, GREP_FAMILY, hit->family == 4 ? "ipv4" : "ipv6");
	out_uint(g->o, GREP_COLUMN, hit->at - p->line + 1);
	if (g->with_nets && net != IPSET_NONE) {
		const struct grep_net *given = &g->given.v[net];

		out_str(g->o, GREP_NET, range_format(&given->range, text));
		if (given->label_len)
			out_bytes(g->o, GREP_LABEL, given->label, given->label_len);
	}
}

static int put_record(struct grep *g, const struct piece *p, const struct find_hit *hit,
		      uint32_t net)
{
	size_t n = p->end - p->begin;

	out_str(g->o, GREP_FILE, g->io.name);
	if (out_wants(g->o, GREP_LINE)) {
		number_lines(g, p->line);
		out_uint(g->o, GREP_LINE, io_share_place(g->io.share, g->io.line + 1));
	}
	if (hit)
		set_hit(g, p, hit, net);
	n -= n && g->data[p->end - 1] == '\r';
	out_bytes(g->o, GREP_TEXT, g->data + p->begin, n);
	return out_row(g->o, &g->cli->err);
}

static int put(struct grep *g, const struct piece *p, const struct find_hit *hit, uint32_t net)
{
	return out_is_text(g->o) ? put_text(g, p, net) : put_record(g, p, hit, net);
}

/* Only the address of a line. */
static int put_hit(struct grep *g, size_t line, const struct find_hit *hit, uint32_t net)
{
	const struct piece p = { hit->at, hit->at + hit->len, line };

	return put(g, &p, hit, net);
}

/* The line from BEGIN to END is wanted, because of HIT, or with -v because of none. */
static int take_line(struct grep *g, size_t begin, size_t end, const struct find_hit *hit,
		     uint32_t net)
{
	const struct addr_grep_options *opt = g->opt;
	const struct piece p = { begin, end, begin };

	g->matches++;
	g->any = true;
	if (opt->quiet || opt->with_match || opt->without_match ||
	    (g->matches == opt->max && !opt->only))
		g->enough = true;
	if (opt->quiet || opt->with_match || opt->without_match || opt->count)
		return 0;
	return opt->only && hit ? put_hit(g, begin, hit, net) : put(g, &p, hit, net);
}

/* The lines from DECIDED to END have no match, and -v wants them. */
static int take_others(struct grep *g, size_t end)
{
	size_t begin = g->decided, n = end - begin;
	const struct addr_grep_options *opt = g->opt;
	struct buf *b = &g->io.text;
	bool whole = n && g->data[end - 1] == g->find.delimiter;

	if (n && !opt->max && !opt->number && !opt->quiet && !opt->with_match &&
	    !opt->without_match && !g->show_name && out_is_text(g->o)) {
		g->any = true;
		if (opt->count) {
			g->matches += find_lines(&g->find, g->data + begin, n) + !whole;
			return 0;
		}
		buf_add(b, g->data + begin, n);
		if (!whole)
			buf_addc(b, g->find.delimiter);
		return addr_io_write(&g->io, false);
	}
	while (begin < end && !g->enough) {
		size_t stop = line_end(g, begin);

		if (take_line(g, begin, stop, NULL, IPSET_NONE) < 0)
			return -1;
		begin = stop + (stop < g->len);
	}
	return 0;
}

/* An address that is wanted. */
static int take_hit(struct grep *g, const struct find_hit *hit, uint32_t net)
{
	size_t begin, end;
	int rc;

	if (hit->at < g->decided) /* of a line that has another one */
		return g->opt->only && !g->opt->count ? put_hit(g, g->line, hit, net) : 0;
	if (g->opt->max && g->matches == g->opt->max) {
		g->enough = true;
		return 0;
	}
	begin = line_begin(g, hit->at);
	end = line_end(g, hit->at);
	rc = g->opt->invert ? take_others(g, begin) : take_line(g, begin, end, hit, net);
	g->line = begin;
	g->decided = end + (end < g->len);
	return rc;
}

int grep_lines(struct grep *g, const char *data, size_t len)
{
	struct source from = { .lines = { .text = data, .len = len, .slack = true } };
	struct batch b;

	g->data = data;
	g->len = len;
	g->decided = g->numbered = 0;
	while (!g->enough && fill(g, &from, &b)) {
		look_up(g, &b);
		for (size_t i = 0; i < b.n && !g->enough; i++) {
			if ((b.net[i] != IPSET_NONE) != g->opt->outside &&
			    take_hit(g, &b.hits[i], b.net[i]) < 0)
				return -1;
		}
	}
	if (g->opt->invert && !g->enough && take_others(g, len) < 0)
		return -1;
	if (g->opt->max && g->matches >= g->opt->max)
		g->enough = true;
	if (g->opt->number || !out_is_text(g->o))
		number_lines(g, len);
	return 0;
}
