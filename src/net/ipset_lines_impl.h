/* SPDX-License-Identifier: MIT */
/*
 * ipset_lines_impl.h - plain lines of a list, added to a set: the code for READ_QUAD, a reader
 * of IPv4 as ip4_read_slack() is, with the instructions of LINES_TARGET
 */
#include <string.h>

#include "net/ip_text.h"
#include "net/ipset.h"

/* What add_lines() is called with. */
struct lines {
	struct ipset *set;
	const char *end;
	char delimiter;
	bool strict;
};

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

/* The delimiter behind a label at S, which may be a mask or a range if it is MAYBE one. */
static inline const char *skip_label(const struct lines *l, const char *s, bool maybe)
{
	if (*s != ' ' && *s != '\t')
		return NULL;
	while (*s == ' ' || *s == '\t')
		s++;
	if (maybe && *s != '#' && *s != ';')
		return NULL;
	return s < l->end ? memchr(s, l->delimiter, (size_t)(l->end - s) + 1) : NULL;
}

/*
 * What is behind an address at S, and in LENGTH its length, which is BITS without one; returns
 * the delimiter, or NULL if the line is not plain.
 */
static inline const char *read_rest(const struct lines *l, const char *s, unsigned bits,
				    unsigned *length)
{
	bool prefix = *s == '/';

	*length = bits;
	if (prefix) {
		s = read_length(s + 1, bits, length);
		if (!s)
			return NULL;
	}
	if (*s == l->delimiter)
		return s;
	if (*s == '\r' && s[1] == l->delimiter)
		return s + 1;
	return skip_label(l, s, !prefix);
}

static inline const char *add4(const struct lines *l, uint32_t v, const char *s)
{
	uint32_t host;
	unsigned length;

	s = read_rest(l, s, 32, &length);
	if (!s)
		return NULL;
	host = (uint32_t)(UINT64_C(0xffffffff) >> length);
	if (l->strict && v & host)
		return NULL;
	ipset_add4(l->set, v & ~host, v | host);
	return s;
}

static inline const char *add6(const struct lines *l, struct u128 v, const char *s)
{
	unsigned length;
	struct u128 host;

	s = read_rest(l, s, 128, &length);
	if (!s)
		return NULL;
	host = u128_ones(128 - length);
	if (l->strict && !u128_eq(u128_and(v, host), u128_of(0)))
		return NULL;
	ipset_add6(l->set, u128_and(v, u128_not(host)), u128_or(v, host));
	return s;
}

/* The lines from AT on, as long as they are plain; returns the first that is not, or the end. */
LINES_TARGET static const char *add_lines(const struct lines *l, const char *at, uint64_t *lines)
{
	uint64_t n = 0;

	for (; at < l->end; n++) {
		const char *behind;
		struct u128 v6;
		uint32_t v4;
		size_t len = READ_QUAD(at, &v4);

		if (len) {
			behind = add4(l, v4, at + len);
		} else {
			len = ip6_read_slack(at, &v6);
			behind = len ? add6(l, v6, at + len) : NULL;
		}
		if (!behind)
			break;
		at = behind + 1;
	}
	*lines += n;
	return at < l->end ? at : l->end;
}
