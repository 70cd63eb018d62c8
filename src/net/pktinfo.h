/* SPDX-License-Identifier: MIT */
/*
 * pktinfo.h - datagrams with the address that they were sent to, and many at once
 *
 * A UDP server on a wildcard address must answer from the address that was asked, or its
 * client does not know the answer: IP_PKTINFO (ip(7)) and IPV6_PKTINFO (RFC 3542).
 *
 * Linux can hand over several datagrams of equal size and of one peer as one piece (UDP_GRO), and
 * send a piece as several (UDP_SEGMENT, udp(7)): a way through the network stack for all of them.
 */
#ifndef NETIPC_NET_PKTINFO_H
#define NETIPC_NET_PKTINFO_H

#include <stdbool.h>
#include <sys/types.h>

#include "net/sa.h"

struct pktinfo {
	struct ip to;  /* destination in the header; FAMILY is 0 if it is not known */
	bool indirect; /* that is a multicast or broadcast address */

	/* Bytes of each of several datagrams in one piece, of which the last may be shorter; 0: it
	 * is one datagram. */
	uint16_t segment;
};

/* Asks for it on FD, a UDP socket of FAMILY. */
int pktinfo_enable(int fd, int family, struct err *err) MUST_CHECK;

enum {
	PKTINFO_SEGMENTS = 64,     /* datagrams in one piece at most */
	PKTINFO_PIECE_MAX = 65000, /* bytes of all of them, with room for headers */
};

/*
 * Lets FD hand over several datagrams in one piece, for which pktinfo_recv() wants 64 KiB; false
 * if this system cannot.
 */
bool pktinfo_join(int fd);

/* This system can send FD a piece with INFO->segment; it may refuse one all the same (EIO, EINVAL).
 */
bool pktinfo_can_split(int fd);

/*
 * As recvfrom(2), with INFO.  PEER is as the system gives it; IPv4 on an IPv6 socket is
 * IPv4 in INFO.  A broadcast to a subnet is not seen as such on an IPv6 socket: see
 * pktinfo_no_source().
 */
ssize_t pktinfo_recv(int fd, void *data, size_t n, struct sa *peer, struct pktinfo *info);

/* A datagram, or a piece of several, and room for it. */
struct pktinfo_msg {
	void *data;
	size_t size; /* bytes of room at DATA */
	size_t len;  /* that came */
	bool cut;    /* there were more, which are lost */
	struct sa peer;
	struct pktinfo info;
};

enum {
	PKTINFO_BATCH = 64,
};

/*
 * As pktinfo_recv() into each of at most N (PKTINFO_BATCH) MSGS: how many came, without waiting
 * for more than the first; -1 with errno.
 */
int pktinfo_recv_many(int fd, struct pktinfo_msg *msgs, unsigned n);

/*
 * As sendto(2), from the address INFO->to; the system chooses it if that is not known.  PEER is
 * NULL for a connected socket.  With INFO->segment less than N it is several datagrams.
 */
ssize_t pktinfo_send(int fd, const void *data, size_t n, const struct sa *peer,
		     const struct pktinfo *info);

/* The same for what the N MSGS from the first on hold, one behind the other, to the first's peer.
 */
ssize_t pktinfo_send_joined(int fd, const struct pktinfo_msg *msgs, unsigned n, uint16_t segment);

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

/* Segments: the same. */
void pktinfo_read_segment(const struct cmsghdr *cmsg, struct pktinfo *info);
size_t pktinfo_write_segment(struct cmsghdr *cmsg, uint16_t segment);

#endif
