/* SPDX-License-Identifier: MIT */
/* ip_lines_impl.h - the instruction sets of ip_lines.c */
#ifndef NETIPC_NET_IP_LINES_IMPL_H
#define NETIPC_NET_IP_LINES_IMPL_H

#include "net/ip_lines.h"

/* The one for INDEX of those that this machine can run, the best first; NULL behind the last. */
ip_lines_fn *ip_lines_x86(unsigned index);

#endif
