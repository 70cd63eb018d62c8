/* SPDX-License-Identifier: MIT */
#include "net/ip_lines.h"

#include "net/ip_lines_impl.h"
#include "net/ip_text.h"

static size_t pass(const char *at, const char *end, char delimiter, uint64_t *lines)
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

static size_t one(const char *s, char **to)
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

static void rewrite(struct ip_lines *l, unsigned max)
{
	ip_lines_rewrite(l, max, one);
}

static const struct ip_kernel scalar = { "scalar", pass, rewrite };

const struct ip_kernel *ip_lines_kernel(unsigned index)
{
	const struct ip_kernel *k = ip_lines_x86(index);

	if (k || (index && !ip_lines_x86(index - 1)))
		return k;
	return &scalar;
}
