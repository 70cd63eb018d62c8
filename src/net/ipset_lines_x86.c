/* SPDX-License-Identifier: MIT */
#include "net/ipset_lines.h"

#if defined(__x86_64__)

#include "net/ip_sse.h"

#define LINES_TARGET __attribute__((__target__("sse4.1")))
#define READ_QUAD    ip4_read_sse
#include "net/ipset_lines_impl.h"

static size_t lines_sse(struct ipset *s, const char *data, size_t len, char delimiter,
			unsigned flags, uint64_t *lines)
{
	const struct lines l = { s, data + len, delimiter, flags & PREFIX_STRICT };

	return (size_t)(add_lines(&l, data, lines) - data);
}

ipset_lines_fn *ipset_lines_x86(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("sse4.1") ? lines_sse : NULL;
}

#else

ipset_lines_fn *ipset_lines_x86(void)
{
	return NULL;
}

#endif
