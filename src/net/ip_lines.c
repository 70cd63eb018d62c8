/* SPDX-License-Identifier: MIT */
#include "net/ip_lines.h"

#include "net/ip_lines_impl.h"
#include "net/ip_text.h"

size_t ip_lines_scalar(const char *at, const char *end, char delimiter, uint64_t *lines)
{
	const char *start = at;
	uint32_t v;

	/* A dotted quad has one spelling; an IPv6 address costs as much to check as to rewrite. */
	while (at < end) {
		size_t n = ip4_read_slack(at, &v);

		if (!n || at[n] != delimiter)
			break;
		at += n + 1;
		++*lines;
	}
	return (size_t)(at - start);
}

ip_lines_fn *ip_lines_get(unsigned index)
{
	unsigned n = 0;

	while (n < index && ip_lines_x86(n))
		n++;
	if (ip_lines_x86(index))
		return ip_lines_x86(index);
	return n == index ? ip_lines_scalar : NULL;
}

ip_lines_fn *ip_lines_best(void)
{
	return ip_lines_get(0);
}

/* The line at S, which is written to *TO; how many bytes it has, or 0 if it is no address. */
static size_t rewrite(const char *s, char **to)
{
	uint32_t v4;
	struct u128 v6;
	size_t n = ip4_read_slack(s, &v4);

	if (n) {
		*to = ip4_write(*to, v4);
		return n;
	}
	n = ip6_read_slack(s, &v6);
	if (n)
		*to = ip6_write(*to, v6);
	return n;
}

void ip_lines_rewrite(struct ip_lines *l, unsigned max)
{
	for (; max && l->at < l->end; max--) {
		char *to = l->to;
		size_t n = rewrite(l->at, &to);

		if (!n)
			break;
		if (l->at[n] == '\r')
			n++;
		if (l->at[n] != l->delimiter)
			break;
		*to++ = l->delimiter;
		l->to = to;
		l->at += n + 1;
		l->lines++;
	}
}
