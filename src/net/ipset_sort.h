/* SPDX-License-Identifier: MIT */
/* ipset_sort.h - ranges in the order of their first addresses, for ipset.c */
#ifndef NETIPC_NET_IPSET_SORT_H
#define NETIPC_NET_IPSET_SORT_H

#include "net/ipset.h"

/*
 * The N ranges at V, which was allocated, sorted by FIRST; equal ones stay in their order.  The
 * result is V or another array in its place.
 */
struct range4 *ipset_sort4(struct range4 *v, size_t n) MUST_CHECK;

/*
 * The order of the N ranges at V by FIRST; equal ones stay in their order: LAST of element I
 * is the number of the range that comes there, and FIRST is of no use.  Free it.
 */
struct range4 *ipset_order6(const struct range6 *v, size_t n) MUST_CHECK;

#endif
