/* SPDX-License-Identifier: MIT */
#define LINES_TARGET
#define READ_QUAD ip4_read_slack
#include "net/ipset_lines_impl.h"

#include "net/ipset_lines.h"

size_t ipset_lines_scalar(struct ipset *s, const char *data, size_t len, char delimiter,
			  unsigned flags, uint64_t *lines)
{
	const struct lines l = { s, data + len, delimiter, flags & PREFIX_STRICT };

	return (size_t)(add_lines(&l, data, lines) - data);
}

size_t ipset_add_lines(struct ipset *s, const char *data, size_t len, char delimiter,
		       unsigned flags, uint64_t *lines)
{
	ipset_lines_fn *fastest = ipset_lines_x86();

	return (fastest ? fastest : ipset_lines_scalar)(s, data, len, delimiter, flags, lines);
}
