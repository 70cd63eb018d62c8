/* SPDX-License-Identifier: MIT */
/* ipset_sort.h - ranges in the order of their first addresses, for ipset.c */
#ifndef NETIPC_NET_IPSET_SORT_H
#define NETIPC_NET_IPSET_SORT_H

#include "net/ipset.h"

/* Sorts the N ranges at V by FIRST; equal ones stay in their order. */
void ipset_sort4(struct range4 *v, size_t n);
void ipset_sort6(struct range6 *v, size_t n);

#endif
