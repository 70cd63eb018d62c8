/* SPDX-License-Identifier: MIT */
/*
 * pktinfo_linux.c - what of pktinfo.h differs between systems: IP_PKTINFO as ip(7) has it, and
 * pieces as udp(7) has them
 *
 * Where there is no such option the system chooses the source of an answer.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/macros.h"
#include "net/pktinfo.h"

#ifdef __linux__
/* Of the kernel, which older headers do not have. */
#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#endif

#ifdef IP_PKTINFO

int pktinfo_enable4(int fd)
{
	int on = 1;

	return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

void pktinfo_read4(const struct cmsghdr *cmsg, struct pktinfo *info)
{
	struct in_pktinfo got;

	if (cmsg->cmsg_level != IPPROTO_IP || cmsg->cmsg_type != IP_PKTINFO)
		return;
	memcpy(&got, CMSG_DATA(cmsg), sizeof(got));
	info->to.family = 4;
	memcpy(info->to.b, &got.ipi_addr, 4);
	/* ipi_spec_dst is the local address; they differ when the destination is no host's own.
	 * There is none with what came before the option was set, to the socket that starts a
	 * server: then a broadcast shows when it is answered (pktinfo_no_source()). */
	info->indirect = got.ipi_spec_dst.s_addr != htonl(INADDR_ANY) &&
			 memcmp(&got.ipi_addr, &got.ipi_spec_dst, 4) != 0;
}

size_t pktinfo_write4(struct cmsghdr *cmsg, const struct ip *from)
{
	struct in_pktinfo source = { 0 };

	memcpy(&source.ipi_spec_dst, from->b, 4);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(source));
	memcpy(CMSG_DATA(cmsg), &source, sizeof(source));
	return sizeof(source);
}

#else

int pktinfo_enable4(int fd UNUSED)
{
	return 0;
}

void pktinfo_read4(const struct cmsghdr *cmsg UNUSED, struct pktinfo *info UNUSED)
{
}

size_t pktinfo_write4(struct cmsghdr *cmsg UNUSED, const struct ip *from UNUSED)
{
	return 0;
}

#endif

#ifdef UDP_SEGMENT

enum {
	PROBE_MS = 100,
};

bool pktinfo_join(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on)) == 0;
}

/* Sends two datagrams of one byte as a piece from FD to its own address SA; the first came alone.
 */
static bool splits(int fd, struct sa *sa)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(uint16_t))];
	} control = { 0 };
	char both[2] = "ab", got[2];
	struct iovec iov = { .iov_base = both, .iov_len = sizeof(both) };
	struct msghdr m = { .msg_name = &sa->u,
			    .msg_namelen = sa->len,
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct pollfd io = { .fd = fd, .events = POLLIN };

	pktinfo_write_segment(&control.align, 1);
	return sendmsg(fd, &m, 0) == 2 && poll(&io, 1, PROBE_MS) == 1 &&
	       recv(fd, got, sizeof(got), 0) == 1;
}

/* An emulator may pass the call on and not what it says: it is tried. */
bool pktinfo_can_split(int fd)
{
	struct sa sa = { .u.in = { .sin_family = AF_INET }, .len = sizeof(sa.u.in) };
	socklen_t len = sizeof(int);
	bool well = false;
	int value, own;

	if (getsockopt(fd, SOL_UDP, UDP_SEGMENT, &value, &len) < 0)
		return false;
	own = compat_socket(AF_INET, SOCK_DGRAM, 0);
	if (own < 0)
		return false;
	sa.u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(own, &sa.u.sa, sa.len) == 0 && getsockname(own, &sa.u.sa, &sa.len) == 0)
		well = splits(own, &sa);
	close(own);
	return well;
}

void pktinfo_read_segment(const struct cmsghdr *cmsg, struct pktinfo *info)
{
	int segment;

	if (cmsg->cmsg_level != SOL_UDP || cmsg->cmsg_type != UDP_GRO)
		return;
	memcpy(&segment, CMSG_DATA(cmsg), sizeof(segment));
	info->segment = segment > 0 && segment <= UINT16_MAX ? (uint16_t)segment : 0;
}

size_t pktinfo_write_segment(struct cmsghdr *cmsg, uint16_t segment)
{
	cmsg->cmsg_level = SOL_UDP;
	cmsg->cmsg_type = UDP_SEGMENT;
	cmsg->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(cmsg), &segment, sizeof(segment));
	return CMSG_SPACE(sizeof(segment));
}

#else

bool pktinfo_join(int fd UNUSED)
{
	return false;
}

bool pktinfo_can_split(int fd UNUSED)
{
	return false;
}

void pktinfo_read_segment(const struct cmsghdr *cmsg UNUSED, struct pktinfo *info UNUSED)
{
}

size_t pktinfo_write_segment(struct cmsghdr *cmsg UNUSED, uint16_t segment UNUSED)
{
	return 0;
}

#endif
