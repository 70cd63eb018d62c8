/* SPDX-License-Identifier: MIT */
/*
 * form_c.c - initialisers of a struct sockaddr in C, and what strace(1) prints of one
 *
 *	{ .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0xc0000201) }
 *	{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.1")}
 *
 * The reader looks for the fields by their names, in whatever order they are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/scan.h"
#include "base/str.h"
#include "net/form_impl.h"
#include "net/ip_num.h"

static bool is_word(char c)
{
	return str_is_digit(c) || (str_lower(c) >= 'a' && str_lower(c) <= 'z') || c == '_';
}

/* Behind the string that begins at S; or the end of the text, if it does not end. */
static const char *skip_string(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s + 1 : end;
}

static const char *word_end(const char *s, const char *end)
{
	while (s < end && is_word(*s))
		s++;
	return s;
}

/* The word from S to END is WORD. */
static bool is(const char *s, const char *end, const char *word)
{
	return (size_t)(end - s) == strlen(word) && memcmp(s, word, (size_t)(end - s)) == 0;
}

/* Behind WORD in the text, strings left out; NULL if it is not there. */
static const char *behind(const struct form_text *t, const char *word)
{
	const char *s = t->start;

	while (s < t->end) {
		const char *end = word_end(s, t->end);

		if (*s == '"') {
			s = skip_string(s, t->end);
			continue;
		}
		if (is(s, end, word))
			return end;
		s = end > s ? end : s + 1;
	}
	return NULL;
}

/* What stands before a value. */
struct wrapping {
	bool swapped; /* htons() or htonl() */
	bool index;   /* if_nametoindex() */
	bool at;      /* an @, by which strace shows an abstract name */
};

/* Behind what may stand between a field's name and its value, which is noted in W. */
static const char *unwrap(const struct form_text *t, const char *s, struct wrapping *w)
{
	*w = (struct wrapping){ 0 };
	while (s < t->end) {
		const char *end = word_end(s, t->end);

		if (is(s, end, "htons") || is(s, end, "htonl"))
			w->swapped = true;
		else if (is(s, end, "if_nametoindex"))
			w->index = true;
		else if (*s == '@')
			w->at = true;
		else if (!is(s, end, "inet_addr") && !is(s, end, "s_addr") &&
			 (end > s || !*s || !strchr(" \t=({.", *s)))
			break;
		s = end > s ? end : s + 1;
	}
	return s;
}

/* A number at *S, decimal or behind 0x; *S is moved behind it. */
static bool read_number(const struct form_text *t, const char **s, uint64_t max, uint64_t *v)
{
	bool hex = t->end - *s > 2 && **s == '0' && str_lower((*s)[1]) == 'x';
	size_t n = hex ? scan_hex(*s + 2, t->end, max, v) : scan_uint(*s, t->end, max, v);

	*s += n + (hex ? 2 : 0);
	return n > 0;
}

/* One byte of a string at *S, which is moved behind it; an escape is what it stands for. */
static char read_char(const char **s, const char *end)
{
	static const char escapes[][2] = {
		{ 'n', '\n' }, { 't', '\t' }, { 'r', '\r' }, { 'v', '\v' },
		{ 'f', '\f' }, { 'a', '\a' }, { 'b', '\b' },
	};
	unsigned v = 0, n = 0;
	char c = *(*s)++;

	if (c != '\\' || *s == end)
		return c;
	c = *(*s)++;
	if (c == 'x') {
		for (; n < 2 && *s < end && str_hex_digit(**s) >= 0; n++)
			v = v << 4 | (unsigned)str_hex_digit(*(*s)++);
		return (char)v;
	}
	if (c >= '0' && c <= '7') {
		for (v = (unsigned)(c - '0'), n = 1; n < 3 && *s < end && **s >= '0' && **s <= '7';
		     n++)
			v = v << 3 | (unsigned)(*(*s)++ - '0');
		return (char)v;
	}
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		if (escapes[i][0] == c)
			return escapes[i][1];
	return c;
}

/* The string at S, of at most SIZE bytes, to TO; its length is at *LEN. */
static int read_string(const struct form_text *t, const char *s, char *to, size_t size, size_t *len)
{
	const char *end = s < t->end && *s == '"' ? skip_string(s, t->end) : s;

	if (end - s < 2 || end[-1] != '"')
		return form_bad(t, s, "no string where one should be");
	*len = 0;
	for (s++, end--; s < end;) {
		if (*len == size)
			return form_bad(t, s, "a string of more than %zu bytes", size);
		to[(*len)++] = read_char(&s, end);
	}
	return 0;
}

/* The port behind the name of its field. */
static int read_port(const struct form_text *t, const char *field, struct form_value *v)
{
	const char *s = behind(t, field);
	struct wrapping w;
	uint64_t port;

	if (!s)
		return 0;
	s = unwrap(t, s, &w);
	if (!read_number(t, &s, 65535, &port) || (!w.swapped && port))
		return form_bad(t, s, "%s is not htons() of a number", field);
	v->ep.port = (uint16_t)port;
	v->ep.has_port = port != 0;
	return 0;
}

static int read_in(const struct form_text *t, struct form_value *v)
{
	const char *s = behind(t, "sin_addr");
	char text[IP_STRLEN];
	struct wrapping w;
	uint64_t number;
	size_t len;

	if (!s)
		return form_bad(t, t->end, "it has no sin_addr");
	s = unwrap(t, s, &w);
	if (s < t->end && *s == '"') {
		if (read_string(t, s, text, sizeof(text), &len) < 0)
			return -1;
		if (ip_parse(&v->ep.ip, text, len, (size_t)(s + 1 - t->start), t->err) < 0)
			return -1;
	} else {
		if (!read_number(t, &s, UINT32_MAX, &number) || (!w.swapped && number))
			return form_bad(t, s, "sin_addr is neither htonl() nor inet_addr()");
		v->ep.ip = ip_from_num(4, u128_of(number));
	}
	if (v->ep.ip.family != 4)
		return form_bad(t, s, "sin_addr is an IPv6 address");
	return read_port(t, "sin_port", v);
}

/* The 16 numbers of s6_addr. */
static int read_octets(const struct form_text *t, const char *s, struct ip *ip)
{
	struct wrapping w;
	uint64_t octet;

	s = unwrap(t, s, &w);
	ip->family = 6;
	for (unsigned i = 0; i < 16; i++) {
		while (i && s < t->end && (str_is_space(*s) || *s == ','))
			s++;
		if (!read_number(t, &s, 255, &octet))
			return form_bad(t, s, "s6_addr is not 16 numbers from 0 to 255");
		ip->b[i] = (uint8_t)octet;
	}
	return 0;
}

/* inet_pton(AF_INET6, "2001:db8::1", &sin6_addr) */
static int read_pton(const struct form_text *t, const char *s, struct ip *ip)
{
	char text[IP_STRLEN];
	size_t len;

	while (s < t->end && *s != '"')
		s++;
	if (read_string(t, s, text, sizeof(text), &len) < 0)
		return -1;
	if (ip_parse(ip, text, len, (size_t)(s + 1 - t->start), t->err) < 0)
		return -1;
	return ip->family == 6 ? 0 : form_bad(t, s, "an IPv4 address in a sockaddr_in6");
}

static int read_scope(const struct form_text *t, struct form_value *v)
{
	const char *s = behind(t, "sin6_scope_id");
	char name[3 + ENDPOINT_ZONE_MAX];
	struct endpoint zoned;
	struct wrapping w;
	uint64_t number;
	size_t len;

	if (!s)
		return 0;
	s = unwrap(t, s, &w);
	if (w.index) {
		memcpy(name, "::%", 3);
		if (read_string(t, s, name + 3, sizeof(name) - 3, &len) < 0)
			return -1;
		if (endpoint_parse_address(&zoned, name, len + 3, 0, t->err) < 0)
			return form_bad(t, s, "that is no interface's name");
		memcpy(v->ep.zone, zoned.zone, sizeof(zoned.zone));
		return 0;
	}
	if (!read_number(t, &s, UINT32_MAX, &number))
		return form_bad(t, s, "sin6_scope_id is no number");
	if (number)
		snprintf(v->ep.zone, sizeof(v->ep.zone), "%" PRIu32, (uint32_t)number);
	return 0;
}

static int read_in6(const struct form_text *t, struct form_value *v)
{
	const char *octets = behind(t, "s6_addr"), *pton = behind(t, "inet_pton");

	if (!octets && !pton)
		return form_bad(t, t->end, "it has neither s6_addr nor inet_pton()");
	if ((octets ? read_octets(t, octets, &v->ep.ip) : read_pton(t, pton, &v->ep.ip)) < 0)
		return -1;
	return read_port(t, "sin6_port", v) < 0 ? -1 : read_scope(t, v);
}

static int read_un(const struct form_text *t, struct form_value *v)
{
	const char *s = behind(t, "sun_path");
	struct wrapping w;
	size_t len;

	if (!s)
		return form_bad(t, t->end, "it has no sun_path");
	s = unwrap(t, s, &w);
	if (read_string(t, s, v->ep.path, ENDPOINT_PATH_MAX, &len) < 0)
		return -1;
	v->ep.kind = ENDPOINT_UNIX;
	v->ep.abstract = w.at || (len > 1 && v->ep.path[0] == '\0');
	if (v->ep.abstract && !w.at)
		memmove(v->ep.path, v->ep.path + 1, --len);
	if (!v->ep.abstract)
		len = strnlen(v->ep.path, len);
	if (len == 0 || len >= ENDPOINT_PATH_MAX)
		return form_bad(t, s, len ? "the name is too long" : "it has no name");
	memset(v->ep.path + len, 0, sizeof(v->ep.path) - len);
	v->ep.path_len = len;
	return 0;
}

int form_read_c(const struct form_text *t, struct form_value *v)
{
	const char *last = t->end;

	while (last > t->start && (last[-1] == ';' || last[-1] == ',' || str_is_space(last[-1])))
		last--;
	if (last == t->start || last[-1] != '}')
		return form_bad(t, t->end, "it does not end with \"}\"");
	if (behind(t, "AF_INET6"))
		return read_in6(t, v);
	if (behind(t, "AF_INET"))
		return read_in(t, v);
	if (behind(t, "AF_UNIX") || behind(t, "AF_LOCAL"))
		return read_un(t, v);
	return form_bad(t, t->start, "none of AF_INET, AF_INET6 and AF_UNIX is in it");
}

bool form_is_c(const char *s, const char *end)
{
	return s < end && (*s == '{' || *s == '(');
}

/* A string of C; octal escapes have three digits, so that none runs on. */
static void write_string(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_printf(b, "\\%c", s[i]);
		else if (s[i] < ' ' || s[i] > '~')
			buf_printf(b, "\\%03o", (unsigned char)s[i]);
		else
			buf_addc(b, s[i]);
	}
	buf_addc(b, '"');
}

static void write_un(struct buf *b, const struct endpoint *ep)
{
	char path[ENDPOINT_PATH_MAX + 1] = { 0 };
	size_t at = ep->abstract ? 1 : 0;

	memcpy(path + at, ep->path, ep->path_len);
	buf_adds(b, "{ .sun_family = AF_UNIX, .sun_path = ");
	write_string(b, path, ep->path_len + at);
	buf_adds(b, " }");
}

static void write_in(struct buf *b, const struct endpoint *ep)
{
	buf_adds(b, "{ .sin_family = AF_INET, ");
	if (ep->has_port)
		buf_printf(b, ".sin_port = htons(%u), ", ep->port);
	buf_printf(b, ".sin_addr.s_addr = htonl(0x%08lx) }", (unsigned long)ip_num(&ep->ip).lo);
}

static void write_in6(struct buf *b, const struct endpoint *ep)
{
	const char *end = ep->zone + strlen(ep->zone);
	uint64_t number;

	buf_adds(b, "{ .sin6_family = AF_INET6, ");
	if (ep->has_port)
		buf_printf(b, ".sin6_port = htons(%u), ", ep->port);
	buf_adds(b, ".sin6_addr.s6_addr = { ");
	for (unsigned i = 0; i < 16; i++) {
		buf_adds(b, i ? ", 0x" : "0x");
		form_write_bytes(b, &ep->ip.b[i], 1, ' ');
	}
	buf_adds(b, " }");
	if (ep->zone[0] &&
	    scan_uint(ep->zone, end, UINT32_MAX, &number) == (size_t)(end - ep->zone)) {
		buf_printf(b, ", .sin6_scope_id = %lu", (unsigned long)number);
	} else if (ep->zone[0]) {
		buf_adds(b, ", .sin6_scope_id = if_nametoindex(");
		write_string(b, ep->zone, (size_t)(end - ep->zone));
		buf_addc(b, ')');
	}
	buf_adds(b, " }");
}

const char *form_write_c(struct buf *b, const struct form_value *v, enum form form)
{
	(void)form;
	if (v->is_range || v->length >= 0)
		return v->is_range ? "it is a range" : "it is a prefix";
	if (v->ep.kind == ENDPOINT_UNIX)
		write_un(b, &v->ep);
	else if (v->ep.ip.family == 4)
		write_in(b, &v->ep);
	else
		write_in6(b, &v->ep);
	return NULL;
}
