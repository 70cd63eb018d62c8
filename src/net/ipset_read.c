/* SPDX-License-Identifier: MIT */
#include "net/ipset.h"

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
	size_t len = (size_t)(end - s);
	struct u128 v6;
	uint32_t v4;

	return len && (ip4_read(s, end, &v4) == len || ip6_read(s, end, &v6) == len);
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
