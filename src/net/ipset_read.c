/* SPDX-License-Identifier: MIT */
#include "net/ipset.h"

#include <string.h>

#include "base/str.h"
#include "net/ip_text.h"
#include "net/registry.h"

static bool is_comment(char c)
{
	return c == '#' || c == ';';
}

static const char *skip_space(const char *s, const char *end)
{
	while (s < end && str_is_space(*s))
		s++;
	return s;
}

static const char *word_end(const char *s, const char *end)
{
	while (s < end && !str_is_space(*s) && !is_comment(*s))
		s++;
	return s;
}

static bool is_address(const char *s, const char *end)
{
	struct err ignored;
	struct ip ip;

	return ip_parse(&ip, s, (size_t)(end - s), 0, &ignored) == 0;
}

/*
 * Where the network that begins at S ends: behind the word, or behind the next ones if they
 * are a mask or the other end of a range.  An address that is no mask is no label either.
 */
static const char *network_end(const char *s, const char *end)
{
	const char *word = word_end(s, end), *next = skip_space(word, end), *after;

	if (next == word || next == end || !is_address(s, word))
		return word;
	if (*next == '-') {
		next = skip_space(next + 1, end);
		after = word_end(next, end);
	} else {
		after = word_end(next, end);
	}
	return is_address(next, after) ? after : word;
}

int ipset_line_read(struct ipset_line *line, const char *text, size_t len, unsigned flags,
		    struct err *err)
{
	const char *end = text + len, *s = skip_space(text, end), *stop;

	while (end > s && str_is_space(end[-1]))
		end--;
	if (s == end || is_comment(*s))
		return 0;
	stop = network_end(s, end);
	if (prefix_parse(&line->prefix, s, (size_t)(stop - s), (size_t)(s - text), flags, err) < 0)
		return -1;
	while (stop < end && (str_is_space(*stop) || is_comment(*stop)))
		stop++;
	line->label = stop;
	line->label_len = (size_t)(end - stop);
	return 1;
}

/* The length of a prefix at S, at most MAX; returns its end, or NULL. */
static inline const char *read_length(const char *s, unsigned max, unsigned *length)
{
	unsigned n = (unsigned char)*s - (unsigned)'0', digit;

	if (n > 9)
		return NULL;
	for (s++; (digit = (unsigned char)*s - (unsigned)'0') <= 9; s++) {
		if (n == 0 || n > max)
			return NULL;
		n = 10 * n + digit;
	}
	*length = n;
	return n > max ? NULL : s;
}

/* What is behind an address at S; returns the end of the line, or NULL if it is not plain. */
static inline const char *read_rest(const char *s, unsigned bits, char delimiter, unsigned *length)
{
	*length = bits;
	if (*s == '/') {
		s = read_length(s + 1, bits, length);
		if (!s)
			return NULL;
	}
	s += *s == '\r';
	return *s == delimiter ? s : NULL;
}

static const char *add4(struct ipset *s, uint32_t v, const char *rest, char delimiter,
			unsigned flags)
{
	uint32_t host;
	unsigned length;

	rest = read_rest(rest, 32, delimiter, &length);
	if (!rest)
		return NULL;
	host = (uint32_t)(UINT64_C(0xffffffff) >> length);
	if (flags & PREFIX_STRICT && v & host)
		return NULL;
	ipset_add4(s, v & ~host, v | host);
	return rest;
}

static const char *add6(struct ipset *s, struct u128 v, const char *rest, char delimiter,
			unsigned flags)
{
	unsigned length;
	struct range r;

	rest = read_rest(rest, 128, delimiter, &length);
	if (!rest)
		return NULL;
	r = range_of_prefix(6, v, length);
	if (flags & PREFIX_STRICT && !u128_eq(r.first, v))
		return NULL;
	ipset_add6(s, r.first, r.last);
	return rest;
}

size_t ipset_add_lines(struct ipset *s, const char *data, size_t len, char delimiter,
		       unsigned flags, uint64_t *lines)
{
	const char *at = data, *end = data + len;

	while (at < end) {
		const char *rest = NULL;
		struct u128 v6;
		uint32_t v4;
		size_t n;

		n = ip4_read_slack(at, &v4);
		if (n) {
			rest = add4(s, v4, at + n, delimiter, flags);
		} else {
			n = ip6_read_slack(at, &v6);
			if (n)
				rest = add6(s, v6, at + n, delimiter, flags);
		}
		if (!rest)
			break;
		at = rest + 1;
		++*lines;
	}
	return at < end ? (size_t)(at - data) : len;
}

static void add_range(void *to, const struct range *r)
{
	ipset_add(to, r);
}

int ipset_add_text(struct ipset *s, const char *text, size_t len, size_t before, unsigned flags,
		   struct err *err)
{
	struct prefix p;

	if (len && *text == '@')
		return registry_class(text, len, add_range, s, err);
	if (prefix_parse(&p, text, len, before, flags, err) < 0)
		return -1;
	ipset_add(s, &p.range);
	return 0;
}
