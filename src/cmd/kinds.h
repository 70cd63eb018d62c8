/* SPDX-License-Identifier: MIT */
/* kinds.h - the kinds of socket that options name: private to cmd/ */
#ifndef NETIPC_CMD_KINDS_H
#define NETIPC_CMD_KINDS_H

#include "cli/opt.h"

/* SOCK_STREAM and so on, and IPPROTO_TCP and so on; of both any other number too. */
extern const struct opt_choice kind_types[], kind_protocols[];

/* What --help says of them. */
#define KIND_TYPES_HELP     "stream, dgram, raw, seqpacket or a number"
#define KIND_PROTOCOLS_HELP "tcp, udp, icmp, sctp, mptcp, ... or a number"

#endif
