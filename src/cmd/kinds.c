/* SPDX-License-Identifier: MIT */
#include "cmd/kinds.h"

#include <sys/socket.h>

const struct opt_choice kind_types[] = {
	{ "stream", SOCK_STREAM, "SOCK_STREAM" },
	{ "dgram", SOCK_DGRAM, "SOCK_DGRAM" },
	{ "raw", SOCK_RAW, "SOCK_RAW" },
	{ "seqpacket", SOCK_SEQPACKET, "SOCK_SEQPACKET" },
	{ "N", 0, NULL },
	{ NULL, 0, NULL },
};

/*
 * The numbers are IANA's, the same on every system, and not every system's headers have
 * the names; 262 is Linux's.
 */
const struct opt_choice kind_protocols[] = {
	{ "tcp", 6, "IPPROTO_TCP" },
	{ "udp", 17, "IPPROTO_UDP" },
	{ "udplite", 136, "IPPROTO_UDPLITE" },
	{ "sctp", 132, "IPPROTO_SCTP" },
	{ "dccp", 33, "IPPROTO_DCCP" },
	{ "mptcp", 262, "IPPROTO_MPTCP" },
	{ "icmp", 1, "IPPROTO_ICMP" },
	{ "icmpv6", 58, "IPPROTO_ICMPV6" },
	{ "raw", 255, "IPPROTO_RAW" },
	{ "N", 0, NULL },
	{ NULL, 0, NULL },
};
