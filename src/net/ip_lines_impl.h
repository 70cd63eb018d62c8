/* SPDX-License-Identifier: MIT */
/* ip_lines_impl.h - what the instruction sets of ip_lines.c share */
#ifndef NETIPC_NET_IP_LINES_IMPL_H
#define NETIPC_NET_IP_LINES_IMPL_H

#include "net/ip_lines.h"

/* The one for INDEX of those that this machine can run, the best first; NULL behind the last. */
const struct ip_kernel *ip_lines_x86(unsigned index);

/* Writes the address at S to *TO, which is moved behind it; its length at S, or 0 if it is none. */
typedef size_t ip_lines_one(const char *s, char **to);

/* The rewrite() of a kernel, of which ONE is what depends on the instructions. */
__attribute__((__always_inline__)) static inline void ip_lines_rewrite(struct ip_lines *l,
								       unsigned max,
								       ip_lines_one *one)
{
	for (; max && l->at < l->end; max--) {
		char *to = l->to;
		size_t n = one(l->at, &to);

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

#endif
