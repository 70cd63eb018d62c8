/* SPDX-License-Identifier: MIT */
/*
 * pktinfo_linux.c - the IPv4 part of pktinfo.h: IP_PKTINFO as ip(7) has it
 *
 * Where there is no such option the system chooses the source of an answer.
 */
#include <string.h>

#include "base/macros.h"
#include "net/pktinfo.h"

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
