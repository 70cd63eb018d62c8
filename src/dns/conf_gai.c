/* SPDX-License-Identifier: MIT */
/* conf_gai.c - gai.conf(5), and the tables that hold without it */
#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

#include "base/io.h"
#include "base/macros.h"
#include "base/scan.h"
#include "base/str.h"
#include "dns/conf.h"
#include "net/ip.h"

enum policy_of {
	GLIBC,
	MUSL,
	RFC6724
};

enum {
	DEFAULT_LABEL = 1, /* of what a file's table does not name */
	DEFAULT_PRECEDENCE = 40,
	DEFAULT_SCOPE = 14,
	MAPPED_BITS = 96,
};

static const struct policy {
	enum policy_of of;
	const char *prefix;
	unsigned bits;
	int precedence, label;
	const char *what;
} policies[] = {
#define CONF_POLICY(libc, prefix, bits, precedence, label, what) \
	{ libc, prefix, bits, precedence, label, what },
#include "dns/conf_policies.def"
#undef CONF_POLICY
};

static const struct conf_scope glibc_scopes[] = {
	{ 0xa9fe0000, 0xffff0000, 2, 0 }, /* 169.254.0.0/16: link-local */
	{ 0x7f000000, 0xff000000, 2, 0 }, /* 127.0.0.0/8 */
	{ 0, 0, DEFAULT_SCOPE, 0 },
};

/* A line that is being read. */
struct reader {
	struct conf_gai *conf;
	size_t line;
	const char *start, *s, *end;
};

struct word {
	const char *text; /* not NULL: at the end it has no bytes */
	size_t len;
};

static struct word take_word(struct reader *r)
{
	struct word w;

	while (r->s < r->end && str_is_space(*r->s))
		r->s++;
	w.text = r->s;
	while (r->s < r->end && !str_is_space(*r->s))
		r->s++;
	w.len = (size_t)(r->s - w.text);
	return w;
}

static bool is(struct word w, const char *text)
{
	return strlen(text) == w.len && memcmp(w.text, text, w.len) == 0;
}

static size_t column(const struct reader *r, struct word w)
{
	return (size_t)(w.text - r->start) + 1;
}

/*
 * A number up to MOST as strtoul(3) and glibc's check of it read one: a plus sign is taken, and
 * nothing at all is 0.
 */
static bool read_number(struct word w, uint64_t most, uint64_t *value)
{
	const char *end = w.text + w.len;
	size_t sign = w.len > 0 && *w.text == '+';

	*value = 0;
	return w.len == 0 ||
	       (w.len > sign && scan_uint(w.text + sign, end, most, value) == w.len - sign);
}

/* W is "PREFIX/BITS"; without the slash BITS is -1. */
static bool split(struct word w, struct ip *ip, struct word *bits)
{
	const char *slash = memchr(w.text, '/', w.len);
	size_t len = slash ? (size_t)(slash - w.text) : w.len;
	struct err err;

	*bits = (struct word){ NULL, 0 };
	if (slash)
		*bits = (struct word){ slash + 1, w.len - len - 1 };
	return ip_parse(ip, w.text, len, 0, &err) == 0;
}

/* The number of bits that is written in W, of MOST; without one it is MOST. */
static bool read_bits(struct reader *r, struct word w, uint64_t most, uint64_t *bits,
		      struct word whole)
{
	if (!w.text) {
		*bits = most;
		note_add(
			&r->conf->notes, r->line, column(r, whole),
			"no prefix length: taken as /%u, but glibc before 2.41 may ignore the line",
			(unsigned)most);
		return true;
	}
	if (w.len == 0)
		note_add(
			&r->conf->notes, r->line, column(r, w),
			"no prefix length behind \"/\": glibc before 2.41 reads 0, later ones ignore the "
			"line");
	return read_number(w, most, bits);
}

static bool read_value(struct reader *r, struct word w, int *value)
{
	char show[STR_SHOW];
	uint64_t n;

	if (!read_number(w, INT_MAX, &n)) {
		note_add(&r->conf->notes, r->line, column(r, w),
			 "\"%s\" is no number from 0 to %d: the line is ignored",
			 str_show_n(show, w.text, w.len), INT_MAX);
		return false;
	}
	if (w.len == 0)
		note_add(&r->conf->notes, r->line, column(r, w),
			 "no value: glibc before 2.41 reads 0, later ones ignore the line");
	*value = (int)n;
	return true;
}

static void note_prefix(struct reader *r, struct word w, const char *why)
{
	char show[STR_SHOW];

	note_add(&r->conf->notes, r->line, column(r, w), "\"%s\" %s: the line is ignored",
		 str_show_n(show, w.text, w.len), why);
}

static void note_rest(struct reader *r)
{
	struct word w = take_word(r);

	if (w.len)
		note_add(&r->conf->notes, r->line, column(r, w), "what follows is ignored");
}

/* What the prefix is called, if one of the tables that are built in has it. */
static const char *name_of(const struct conf_prefix *entry)
{
	struct in6_addr prefix;

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		(void)inet_pton(AF_INET6, policies[i].prefix, &prefix);
		if (policies[i].bits == entry->bits &&
		    memcmp(&prefix, &entry->prefix, sizeof(prefix)) == 0)
			return policies[i].what;
	}
	return NULL;
}

/* "label PREFIX VALUE" and "precedence PREFIX VALUE", behind the word. */
static void read_prefix(struct reader *r, struct conf_prefixes *table)
{
	struct word prefix = take_word(r), value = take_word(r), bits;
	struct conf_prefix entry = { .line = r->line };
	uint64_t n;
	struct ip ip;

	if (!split(prefix, &ip, &bits) || ip.family != 6) {
		note_prefix(r, prefix, "is no IPv6 prefix (IPv4 is written as ::ffff:0:0/96)");
		return;
	}
	if (!read_bits(r, bits, 128, &n, prefix)) {
		note_prefix(r, prefix, "has no prefix length from 0 to 128");
		return;
	}
	if (!read_value(r, value, &entry.value))
		return;
	memcpy(&entry.prefix, ip.b, sizeof(entry.prefix));
	entry.bits = (unsigned)n;
	entry.what = name_of(&entry);
	*vec_push(table) = entry;
	note_rest(r);
}

/* The bits of the IPv4 prefix, which may be written as an IPv4-mapped IPv6 one. */
static bool read_scope_bits(struct reader *r, struct word prefix, struct ip *ip, uint64_t *bits)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct word text;

	if (!split(prefix, ip, &text))
		return false;
	if (ip->family == 4)
		return read_bits(r, text, 32, bits, prefix);
	if (memcmp(ip->b, mapped, sizeof(mapped)) != 0 || !read_bits(r, text, 128, bits, prefix) ||
	    *bits < MAPPED_BITS)
		return false;
	*bits -= MAPPED_BITS;
	memmove(ip->b, ip->b + sizeof(mapped), 4);
	return true;
}

static void read_scope(struct reader *r)
{
	struct word prefix = take_word(r), value = take_word(r);
	struct conf_scope entry = { .line = r->line };
	uint64_t bits;
	uint32_t address;
	struct ip ip;

	if (!read_scope_bits(r, prefix, &ip, &bits)) {
		note_prefix(r, prefix, "is no IPv4 prefix");
		return;
	}
	if (!read_value(r, value, &entry.value))
		return;
	memcpy(&address, ip.b, sizeof(address));
	entry.mask = bits ? UINT32_MAX << (32 - bits) : 0;
	entry.address = ntohl(address) & entry.mask;
	*vec_push(&r->conf->scopes) = entry;
	note_rest(r);
}

static void read_reload(struct reader *r)
{
	struct word w = take_word(r);

	r->conf->reload = is(w, "yes");
	if (!is(w, "yes") && !is(w, "no"))
		note_add(&r->conf->notes, r->line, column(r, w),
			 "neither \"yes\" nor \"no\": taken as \"no\"");
}

static void read_line(struct reader *r)
{
	struct word w = take_word(r);
	char show[STR_SHOW];

	if (w.len == 0)
		return;
	if (is(w, "label"))
		read_prefix(r, &r->conf->labels);
	else if (is(w, "precedence"))
		read_prefix(r, &r->conf->precedences);
	else if (is(w, "scopev4"))
		read_scope(r);
	else if (is(w, "reload"))
		read_reload(r);
	else
		note_add(&r->conf->notes, r->line, column(r, w),
			 "there is no \"%s\": the line is ignored",
			 str_show_n(show, w.text, w.len));
}

static void add_policies(struct conf_prefixes *table, enum policy_of of, bool labels)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		const struct policy *p = &policies[i];
		int value = labels ? p->label : p->precedence;
		struct conf_prefix entry = { .bits = p->bits, .value = value, .what = p->what };

		if (p->of != of || value < 0)
			continue;
		(void)inet_pton(AF_INET6, p->prefix, &entry.prefix);
		*vec_push(table) = entry;
	}
}

static bool names(const struct conf_prefixes *table, const struct conf_prefix *prefix)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->v[i].bits == prefix->bits &&
		    memcmp(&table->v[i].prefix, &prefix->prefix, sizeof(prefix->prefix)) == 0)
			return true;
	return false;
}

/* Tells of the lines of glibc's table that the file's own TABLE of WHAT does without. */
static void note_lost(struct conf_gai *conf, const struct conf_prefixes *table, const char *what)
{
	struct conf_prefixes defaults = { 0 };
	struct buf lost = { 0 };
	bool labels = table == &conf->labels;
	char text[IP_STRLEN];
	size_t n = 0;

	add_policies(&defaults, GLIBC, labels);
	for (size_t i = 0; i < defaults.n; i++) {
		struct ip ip = { .family = 6 };

		if (defaults.v[i].bits == 0 || names(table, &defaults.v[i]))
			continue;
		memcpy(ip.b, &defaults.v[i].prefix, sizeof(ip.b));
		buf_printf(&lost, "%s%s/%u", n++ ? ", " : "", ip_format(&ip, text),
			   defaults.v[i].bits);
	}
	if (n)
		note_add(&conf->notes, table->v[0].line, 1,
			 "%s lines replace glibc's whole table: without lines of their own %s fall "
			 "under others",
			 what, buf_str(&lost));
	buf_fini(&lost);
	vec_fini(&defaults);
}

/* Longer prefixes first, equal ones as they stand in the file. */
static int compare_prefixes(const void *a, const void *b)
{
	const struct conf_prefix *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits < y->bits ? 1 : -1;
	return (x->line > y->line) - (x->line < y->line);
}

static int compare_scopes(const void *a, const void *b)
{
	const struct conf_scope *x = a, *y = b;

	if (x->mask != y->mask)
		return x->mask < y->mask ? 1 : -1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Makes TABLE what glibc makes of the file's lines: true if there are any. */
static bool finish_table(struct conf_gai *conf, struct conf_prefixes *table, const char *what,
			 int rest)
{
	static const struct conf_prefix everything = { .what = "IPv6" };

	if (table->n == 0) {
		add_policies(table, GLIBC, table == &conf->labels);
		return false;
	}
	note_lost(conf, table, what);
	qsort(table->v, table->n, sizeof(*table->v), compare_prefixes);
	if (table->v[table->n - 1].bits != 0) {
		*vec_push(table) = everything;
		table->v[table->n - 1].value = rest;
	}
	return true;
}

static void finish_scopes(struct conf_gai *conf)
{
	conf->own_scopes = conf->scopes.n > 0;
	if (!conf->own_scopes)
		for (size_t i = 0; i < ARRAY_SIZE(glibc_scopes) - 1; i++)
			*vec_push(&conf->scopes) = glibc_scopes[i];
	if (conf->own_scopes)
		qsort(conf->scopes.v, conf->scopes.n, sizeof(*conf->scopes.v), compare_scopes);
	if (conf->scopes.v[conf->scopes.n - 1].mask != 0)
		*vec_push(&conf->scopes) = glibc_scopes[ARRAY_SIZE(glibc_scopes) - 1];
}

static void finish(struct conf_gai *conf)
{
	conf->own_labels = finish_table(conf, &conf->labels, "label", DEFAULT_LABEL);
	conf->own_precedences =
		finish_table(conf, &conf->precedences, "precedence", DEFAULT_PRECEDENCE);
	finish_scopes(conf);
}

void conf_gai_parse(struct conf_gai *conf, const char *text, size_t len)
{
	const char *s = len ? text : "", *end = s + len, *next, *stop;

	*conf = (struct conf_gai){ 0 };
	for (size_t line = 1; s < end; line++, s = next + 1) {
		struct reader r = { .conf = conf, .line = line, .start = s, .s = s };

		next = memchr(s, '\n', (size_t)(end - s));
		if (!next)
			next = end;
		for (stop = s; stop < next && *stop != '#' && *stop != '\0'; stop++)
			;
		r.end = stop;
		read_line(&r);
	}
	finish(conf);
}

int conf_gai_read(struct conf_gai *conf, const char *path, struct err *err)
{
	struct buf text = { 0 };
	int rc = io_read_file(&text, path, err);

	*conf = (struct conf_gai){ 0 };
	if (rc >= 0) {
		conf_gai_parse(conf, buf_str(&text), text.len);
		conf->missing = rc == 0;
	}
	buf_fini(&text);
	return rc < 0 ? -1 : 0;
}

static void fixed(struct conf_gai *conf, enum policy_of of)
{
	*conf = (struct conf_gai){ 0 };
	add_policies(&conf->labels, of, true);
	add_policies(&conf->precedences, of, false);
	finish_scopes(conf);
}

/* IPv4 as it is mapped is never local to a link there. */
void conf_gai_musl(struct conf_gai *conf)
{
	fixed(conf, MUSL);
	conf->scopes.v[0] = glibc_scopes[ARRAY_SIZE(glibc_scopes) - 1];
	conf->scopes.n = 1;
}

void conf_gai_rfc6724(struct conf_gai *conf)
{
	fixed(conf, RFC6724);
}

const struct conf_prefix *conf_gai_match(const struct conf_prefixes *table,
					 const struct in6_addr *address)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct conf_prefix *p = &table->v[i];
		unsigned bytes = p->bits / 8, rest = p->bits % 8;
		const uint8_t *a = address->s6_addr, *b = p->prefix.s6_addr;

		if (memcmp(a, b, bytes) == 0 &&
		    (rest == 0 || ((a[bytes] ^ b[bytes]) >> (8 - rest)) == 0))
			return p;
	}
	return NULL;
}

void conf_gai_fini(struct conf_gai *conf)
{
	vec_fini(&conf->labels);
	vec_fini(&conf->precedences);
	vec_fini(&conf->scopes);
	note_fini(&conf->notes);
}
