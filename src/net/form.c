/* SPDX-License-Identifier: MIT */
#include "net/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/form_impl.h"
#include "net/ip_bad.h"
#include "net/ip_legacy.h"
#include "net/ip_text.h"
#include "net/prefix.h"

int(form_bad)(const struct form_text *t, const char *at, const char *fmt, ...)
{
	const struct ip_source source = { t->start, t->end, 0, t->what, t->err };
	char reason[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return ip_bad(&source, at, reason);
}

static size_t column(const struct form_text *t, const char *at)
{
	return (size_t)(at - t->start);
}

int form_read_length(const struct form_text *t, const char *s, struct form_value *v)
{
	const unsigned family = v->ep.ip.family, bits = ip_bits(family);
	const struct u128 address = ip_num(&v->ep.ip);
	struct range net;
	uint64_t length;

	if (s == t->end || scan_uint(s, t->end, bits, &length) != (size_t)(t->end - s))
		return form_bad(t, s, "the length is not a number from 0 to %u", bits);
	if (*s == '0' && t->end - s > 1)
		return form_bad(t, s, "a length with a leading zero");
	v->length = (int)length;
	net = range_of_prefix(family, address, (unsigned)length);
	if (t->flags & FORM_STRICT && !u128_eq(net.first, address))
		return form_bad(t, s, "bits behind the length are set");
	return 0;
}

/* The address from S to END, and its zone. */
static int read_address(const struct form_text *t, const char *s, const char *end,
			struct form_value *v)
{
	return endpoint_parse_address(&v->ep, s, (size_t)(end - s), column(t, s), t->err);
}

/* fe80::1%eth0/64: a zone's name may have what separates the parts of other texts. */
static int read_zoned(const struct form_text *t, struct form_value *v)
{
	const char *slash = memchr(t->start, '/', (size_t)(t->end - t->start));

	if (!slash)
		return endpoint_parse(&v->ep, t->start, (size_t)(t->end - t->start), t->err);
	if (read_address(t, t->start, slash, v) < 0)
		return -1;
	return form_read_length(t, slash + 1, v);
}

static int read_prefix(const struct form_text *t, struct form_value *v)
{
	unsigned flags = t->flags & FORM_STRICT ? PREFIX_STRICT : 0;
	struct prefix p;

	if (prefix_parse(&p, t->start, (size_t)(t->end - t->start), 0, flags, t->err) < 0)
		return -1;
	v->ep.ip = ip_from_num(p.range.family, p.address);
	v->is_range = p.length < 0;
	if (v->is_range)
		v->last = ip_from_num(p.range.family, p.range.last);
	else if (p.form != PREFIX_ADDRESS)
		v->length = p.length;
	return 0;
}

static bool has_any(const struct form_text *t, const char *set)
{
	for (const char *s = t->start; s < t->end; s++)
		if (*s && strchr(set, *s))
			return true;
	return false;
}

static bool begins(const struct form_text *t, const char *prefix)
{
	size_t n = strlen(prefix);

	return (size_t)(t->end - t->start) >= n && memcmp(t->start, prefix, n) == 0;
}

/* The text is for prefix_parse(), which says itself how others read it. */
static bool is_net(const struct form_text *t)
{
	return !begins(t, "unix:") && !has_any(t, "%") &&
	       (has_any(t, "/-+ \t") || begins(t, "ip4:") || begins(t, "ip6:"));
}

static int read_strict(const struct form_text *t, struct form_value *v)
{
	if (is_net(t))
		return read_prefix(t, v);
	if (has_any(t, "%") && !begins(t, "unix:"))
		return read_zoned(t, v);
	return endpoint_parse(&v->ep, t->start, (size_t)(t->end - t->start), t->err);
}

/* With more than one colon it is IPv6, whatever is wrong with it; else a port is behind it. */
static bool has_colons(const struct form_text *t)
{
	size_t n = 0;

	for (const char *s = t->start; s < t->end; s++)
		n += *s == ':';
	return n > 1;
}

/* Where the address ends that a text of FORM_LEGACY begins with. */
static const char *legacy_end(const struct form_text *t)
{
	const char *s = t->start;

	while (s < t->end && *s != '/' && *s != '-' && *s != ':')
		s++;
	return s;
}

static bool read_legacy_address(const char *s, const char *end, struct form_value *v)
{
	if (!ip_legacy_read(&v->legacy, s, (size_t)(end - s)))
		return false;
	v->form = FORM_LEGACY;
	v->ep = (struct endpoint){ .ip = ip_from_num(4, u128_of(v->legacy.aton)) };
	return true;
}

/* The text, which was refused for the reason in T->err, as inet_aton(3) reads addresses. */
static int read_legacy(const struct form_text *t, struct form_value *v)
{
	const char *end = legacy_end(t);
	struct form_value last;
	uint32_t quad;
	bool strict;

	if (has_colons(t))
		return -1;
	strict = ip4_read(t->start, end, &quad) == (size_t)(end - t->start);
	if (strict && (end == t->end || *end != '-'))
		return -1;
	if (!(t->flags & FORM_TAKE_LEGACY)) {
		if (!is_net(t))
			ip_legacy_hint(t->err, t->start, (size_t)(end - t->start));
		return -1;
	}
	if (!read_legacy_address(t->start, end, v))
		return -1;
	if (end == t->end)
		return 0;
	if (*end == '/')
		return form_read_length(t, end + 1, v);
	if (*end == '-') {
		if (!read_legacy_address(end + 1, t->end, &last))
			return -1;
		v->is_range = true;
		v->last = last.ep.ip;
		if (strict)
			v->legacy = last.legacy;
		return memcmp(v->last.b, v->ep.ip.b, 4) < 0 ?
			       form_bad(t, end + 1, "it ends before it begins") :
			       0;
	}
	v->ep.has_port = true;
	return endpoint_parse_port(&v->ep.port, end + 1, (size_t)(t->end - end - 1),
				   column(t, end + 1), t->err);
}

static int read_text(const struct form_text *t, struct form_value *v)
{
	return read_strict(t, v) < 0 ? read_legacy(t, v) : 0;
}

/* A text that form_write() makes of what it means. */
static int read_exact(const struct form_text *t, struct form_value *v)
{
	struct buf b = { 0 };
	char show[STR_SHOW], is[STR_SHOW];
	struct err err;
	int rc = 0;

	if (read_strict(t, v) < 0)
		return -1;
	if (form_write(&b, v, v->form, &err) < 0 || b.len != (size_t)(t->end - t->start) ||
	    memcmp(b.data, t->start, b.len) != 0)
		rc = err_set(t->err, ERR_USAGE, "\"%s\" is not in form %s: that is %s",
			     str_show_n(show, t->start, (size_t)(t->end - t->start)),
			     form_name(v->form), str_show_n(is, b.data, b.len));
	buf_fini(&b);
	return rc;
}

static int read_unix(const struct form_text *t, struct form_value *v)
{
	if (!begins(t, "unix:"))
		return form_bad(t, t->start, "it does not begin with \"unix:\"");
	return endpoint_parse(&v->ep, t->start, (size_t)(t->end - t->start), t->err);
}

static int read_legacy_alone(const struct form_text *t, struct form_value *v)
{
	struct form_text take = *t;

	take.flags |= FORM_TAKE_LEGACY;
	v->form = FORM_TEXT; /* unless it is read as one */
	return read_text(&take, v);
}

/* The zone of a URL has "%25" before it (RFC 6874); many write the percent sign alone. */
static int read_url_host(const struct form_text *t, const char *s, const char *end,
			 struct form_value *v)
{
	const char *zone = memchr(s, '%', (size_t)(end - s));
	char host[IP_STRLEN + ENDPOINT_ZONE_MAX];
	size_t before, behind;

	if (!zone || end - zone < 4 || memcmp(zone, "%25", 3) != 0)
		return read_address(t, s, end, v);
	before = (size_t)(zone + 1 - s);
	behind = (size_t)(end - zone - 3);
	if (before + behind > sizeof(host))
		return form_bad(t, s, "the host is too long for an address");
	memcpy(host, s, before);
	memcpy(host + before, zone + 3, behind);
	return endpoint_parse_address(&v->ep, host, before + behind, column(t, s), t->err);
}

static int read_url_port(const struct form_text *t, const char *s, const char *end,
			 struct form_value *v)
{
	if (s == end)
		return 0;
	if (*s != ':')
		return form_bad(t, s, "no \":\" behind the address");
	if (++s == end)
		return 0; /* RFC 3986 section 3.2.3 lets it be empty */
	v->ep.has_port = true;
	return endpoint_parse_port(&v->ep.port, s, (size_t)(end - s), column(t, s), t->err);
}

/* Where the scheme of a URL ends (RFC 3986 section 3.1), or NULL. */
static const char *scheme_end(const char *s, const char *end)
{
	const char *start = s;

	while (s < end && (str_is_digit(*s) || (str_lower(*s) >= 'a' && str_lower(*s) <= 'z') ||
			   *s == '+' || *s == '-' || *s == '.'))
		s++;
	if (s == start || end - s < 3 || memcmp(s, "://", 3) != 0)
		return NULL;
	return s;
}

static int read_url(const struct form_text *t, struct form_value *v)
{
	const char *s = scheme_end(t->start, t->end), *end, *host_end;
	const char *nul = memchr(t->start, '\0', (size_t)(t->end - t->start));

	if (!s)
		return form_bad(t, t->start, "no \"scheme://\" at its start");
	if (nul) /* it would end the host as "/" does */
		return form_bad(t, nul, "a NUL byte");
	for (end = s += 3; end < t->end && !strchr("/?#", *end); end++)
		if (*end == '@')
			s = end + 1;
	if (s < end && *s == '[') {
		host_end = memchr(s, ']', (size_t)(end - s));
		if (!host_end)
			return form_bad(t, s, "\"[\" without \"]\"");
		if (read_url_host(t, s + 1, host_end, v) < 0)
			return -1;
		return v->ep.ip.family == 6 ? read_url_port(t, host_end + 1, end, v) :
					      form_bad(t, s, "brackets are for IPv6");
	}
	host_end = memchr(s, ':', (size_t)(end - s));
	if (!host_end)
		host_end = end;
	if (read_address(t, s, host_end, v) < 0) {
		ip_legacy_hint(t->err, s, (size_t)(host_end - s));
		if (!(t->flags & FORM_TAKE_LEGACY) || !read_legacy_address(s, host_end, v))
			return -1;
	}
	return read_url_port(t, host_end, end, v);
}

static void add_address(struct buf *b, const struct ip *ip, enum form form)
{
	char text[IP_FULL_STRLEN > IP_STRLEN ? IP_FULL_STRLEN : IP_STRLEN];

	if (form == FORM_CANON)
		buf_adds(b, ip_format(ip, text));
	else if (form == FORM_FULL)
		buf_adds(b, ip_format_full(ip, text));
	else
		form_write_number(b, ip, form);
}

/* The forms in which every part of a prefix or a range can be. */
static void write_parts(struct buf *b, const struct form_value *v, enum form form)
{
	const bool whole = form == FORM_CANON || form == FORM_FULL;
	const bool port = whole && v->ep.has_port, bracket = port && v->ep.ip.family == 6;

	buf_adds(b, bracket ? "[" : "");
	add_address(b, &v->ep.ip, form);
	if (whole && v->ep.zone[0])
		buf_printf(b, "%%%s", v->ep.zone);
	buf_adds(b, bracket ? "]" : "");
	if (port)
		buf_printf(b, ":%u", v->ep.port);
	if (v->length >= 0)
		buf_printf(b, "/%d", v->length);
	if (v->is_range) {
		buf_addc(b, '-');
		add_address(b, &v->last, form);
	}
}

static const char *write_number(struct buf *b, const struct form_value *v, enum form form)
{
	if (v->ep.kind == ENDPOINT_UNIX)
		return "it is a UNIX address";
	write_parts(b, v, form);
	return NULL;
}

static const char *write_unix(struct buf *b, const struct form_value *v, enum form form)
{
	(void)form;
	if (v->ep.kind != ENDPOINT_UNIX)
		return "it is no UNIX address";
	buf_adds(b, v->ep.abstract ? "unix:@" : "unix:");
	if (!v->ep.abstract && v->ep.path[0] == '@')
		buf_adds(b, "./"); /* the same file, and no abstract name */
	buf_add(b, v->ep.path, v->ep.path_len);
	return NULL;
}

static const char *write_text(struct buf *b, const struct form_value *v, enum form form)
{
	if (v->ep.kind == ENDPOINT_UNIX)
		return write_unix(b, v, form);
	write_parts(b, v, form);
	return NULL;
}

static int read_auto(const struct form_text *t, struct form_value *v);

static const struct {
	const char *name, *what;
	int (*read)(const struct form_text *t, struct form_value *v);
	form_writer *write; /* NULL: it is only read */
} forms[] = {
	[FORM_AUTO] = { "auto", "an address", read_auto, NULL },
	[FORM_TEXT] = { "text", "an address", read_text, NULL },
	[FORM_CANON] = { "canon", "an address", read_exact, write_text },
	[FORM_FULL] = { "full", "an address", read_exact, write_text },
	[FORM_INT] = { "int", "an integer of an address", form_read_int, write_number },
	[FORM_HEX] = { "hex", "a hexadecimal address", form_read_hex, write_number },
	[FORM_BIN] = { "bin", "a binary address", form_read_bin, write_number },
	[FORM_ARPA] = { "arpa", "the reverse name of an address", form_read_arpa, form_write_arpa },
	[FORM_MAC] = { "mac", "a MAC address", form_read_mac, form_write_mac },
	[FORM_EUI64] = { "eui64", "an EUI-64", form_read_mac, form_write_mac },
	[FORM_SOCKADDR] = { "sockaddr", "a sockaddr", form_read_sockaddr, form_write_sockaddr },
	[FORM_C] = { "c", "an initialiser of a sockaddr", form_read_c, form_write_c },
	[FORM_UNIX] = { "unix", "a UNIX address", read_unix, write_unix },
	[FORM_URL] = { "url", "a URL with an address", read_url, NULL },
	[FORM_LEGACY] = { "legacy", "an address", read_legacy_alone, NULL },
};

const char *form_name(enum form form)
{
	return forms[form].name;
}

/* The form that the text has the shape of; what is in none is a FORM_TEXT. */
static enum form shape(const struct form_text *t)
{
	static const struct {
		bool (*is)(const char *s, const char *end);
		enum form form;
	} shapes[] = {
		{ form_is_arpa, FORM_ARPA },         { form_is_hex, FORM_HEX },
		{ form_is_bin, FORM_BIN },           { form_is_mac, FORM_MAC },
		{ form_is_eui64, FORM_EUI64 },       { form_is_c, FORM_C },
		{ form_is_sockaddr, FORM_SOCKADDR },
	};

	if (begins(t, "unix:"))
		return FORM_UNIX;
	if (scheme_end(t->start, t->end))
		return FORM_URL;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		if (shapes[i].is(t->start, t->end))
			return shapes[i].form;
	return FORM_TEXT;
}

/* Most texts are an address and nothing else. */
static bool read_plain(const struct form_text *t, struct form_value *v)
{
	const size_t len = (size_t)(t->end - t->start);
	struct u128 v6;
	uint32_t v4;

	if (len && ip4_read(t->start, t->end, &v4) == len)
		v->ep.ip = ip_from_num(4, u128_of(v4));
	else if (len && ip6_read(t->start, t->end, &v6) == len)
		v->ep.ip = ip_from_num(6, v6);
	else
		return false;
	return true;
}

static int read_auto(const struct form_text *t, struct form_value *v)
{
	struct form_text as = *t;

	v->form = FORM_TEXT;
	if (read_plain(t, v))
		return 0;
	v->form = shape(t);
	as.what = forms[v->form].what;
	return forms[v->form].read(&as, v);
}

int form_read(struct form_value *v, enum form form, unsigned flags, const char *text, size_t len,
	      struct err *err)
{
	const struct form_text t = { text, text + len, forms[form].what, flags, err };

	*v = (struct form_value){ .form = form, .length = -1 };
	return forms[form].read(&t, v);
}

int form_write(struct buf *b, const struct form_value *v, enum form form, struct err *err)
{
	const char *reason = forms[form].write(b, v, form);
	char show[STR_SHOW];
	struct buf text = { 0 };

	if (!reason)
		return 0;
	write_text(&text, v, FORM_CANON);
	err_set(err, ERR_NEGATIVE, "%s has no form %s: %s", str_show_n(show, text.data, text.len),
		forms[form].name, reason);
	buf_fini(&text);
	return -1;
}
