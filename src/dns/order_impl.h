/* SPDX-License-Identifier: MIT */
/* order_impl.h - what order_measure() asks the system for */
#ifndef NETIPC_DNS_ORDER_IMPL_H
#define NETIPC_DNS_ORDER_IMPL_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/vec.h"

/* An address of this machine, in the order of the kernel's list. */
struct order_own {
	struct in6_addr address; /* IPv4 is mapped */
	bool deprecated, home;
	unsigned bits; /* its prefix length */
	unsigned ifindex;
};
struct order_owns VEC(struct order_own);

/* Appends them; none if the system does not say. */
void order_list_own(struct order_owns *owns);

/* An interface, and whether it is no tunnel. */
struct order_link {
	unsigned ifindex;
	bool native;
};
struct order_links VEC(struct order_link);

void order_list_links(struct order_links *links);

/*
 * Takes the messages of rtnetlink(7) in the LEN bytes at DATA, which are aligned for them, and
 * appends what is of either kind: 1 if there are more to come, 0 at the end of the list, or -1.
 */
int order_take(struct order_owns *owns, struct order_links *links, void *data, size_t len);

/* The mask that glibc's 0xffffffff << (32 - BITS) comes to here, also for 0, where C does not say.
 */
uint32_t order_mask(unsigned bits);

#endif
