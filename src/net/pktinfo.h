/* SPDX-License-Identifier: MIT */
/*
 * pktinfo.h - datagrams with the address that they were sent to
 *
 * A UDP server on a wildcard address must answer from the address that was asked, or its
 * client does not know the answer: IP_PKTINFO (ip(7)) and IPV6_PKTINFO (RFC 3542).
 */
#ifndef NETIPC_NET_PKTINFO_H
#define NETIPC_NET_PKTINFO_H

#include <stdbool.h>
#include <sys/types.h>

#include "net/sa.h"

struct pktinfo {
	struct ip to;  /* destination in the header; FAMILY is 0 if it is not known */
	bool indirect; /* that is a multicast or broadcast address */
};

/* Asks for it on FD, a UDP socket of FAMILY. */
int pktinfo_enable(int fd, int family, struct err *err) MUST_CHECK;

/*
 * As recvfrom(2), with INFO.  PEER is as the system gives it; IPv4 on an IPv6 socket is
 * IPv4 in INFO.  A broadcast to a subnet is not seen as such on an IPv6 socket: see
 * pktinfo_no_source().
 */
ssize_t pktinfo_recv(int fd, void *data, size_t n, struct sa *peer, struct pktinfo *info);

/* As sendto(2), from the address INFO->to; the system chooses it if that is not known. */
ssize_t pktinfo_send(int fd, const void *data, size_t n, const struct sa *peer,
		     const struct pktinfo *info);

/*
 * CODE is what pktinfo_send() fails with when INFO->to is no address that can be a source, as
 * that of a broadcast to a subnet: EINVAL; for IPv4 on an IPv6 socket also EADDRNOTAVAIL,
 * EACCES or ENETUNREACH, by the system's version.
 */
bool pktinfo_no_source(const struct sa *peer, const struct pktinfo *info, int code);

/* The IPv4 part, which differs between systems: private to net/. */
int pktinfo_enable4(int fd);
void pktinfo_read4(const struct cmsghdr *cmsg, struct pktinfo *info);
size_t pktinfo_write4(struct cmsghdr *cmsg, const struct ip *from); /* of the data; 0 if none */

#endif
