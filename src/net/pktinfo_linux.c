/* SPDX-License-Identifier: MIT */
/*
 * pktinfo_linux.c - what of pktinfo.h differs between systems: IP_PKTINFO as ip(7) has it, and
 * pieces as udp(7) has them
 *
 * Where there is no such option the system chooses the source of an answer.
 */
#include <string.h>

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
	/* ipi_spec_dst is the local address; they differ when the destination is no host's own. */
	info->indirect = memcmp(&got.ipi_addr, &got.ipi_spec_dst, 4) != 0;
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

bool pktinfo_join(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on)) == 0;
}

bool pktinfo_can_split(int fd)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_UDP, UDP_SEGMENT, &value, &len) == 0;
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
