/* SPDX-License-Identifier: MIT */
/* ipset_lines.h - the plain lines of a list, by kernels for ipset_add_lines() */
#ifndef NETIPC_NET_IPSET_LINES_H
#define NETIPC_NET_IPSET_LINES_H

#include "net/ipset.h"

/* As ipset_add_lines(), which calls the fastest of those that the machine has. */
typedef size_t ipset_lines_fn(struct ipset *s, const char *data, size_t len, char delimiter,
			      unsigned flags, uint64_t *lines);

ipset_lines_fn ipset_lines_scalar;

/* NULL where there is none. */
ipset_lines_fn *ipset_lines_x86(void);

#endif
