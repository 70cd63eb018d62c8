/* SPDX-License-Identifier: MIT */
#include "net/pktinfo.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "base/compat.h"

/* Room for an address, of which those of IPv4 are shorter, and the size of a segment. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
};

int pktinfo_enable(int fd, int family, struct err *err)
{
	int on = 1, rc;

	if (family == AF_INET6)
		rc = setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	else
		rc = pktinfo_enable4(fd);
	if (rc < 0)
		return err_sys(err, "setsockopt %s",
			       family == AF_INET6 ? "IPV6_RECVPKTINFO" : "IP_PKTINFO");
	return 0;
}

static void read6(const struct cmsghdr *cmsg, struct pktinfo *info)
{
	struct in6_pktinfo got;
	struct sa sa = { .u.in6.sin6_family = AF_INET6, .len = sizeof(sa.u.in6) };

	memcpy(&got, CMSG_DATA(cmsg), sizeof(got));
	sa.u.in6.sin6_addr = got.ipi6_addr;
	sa_unmap(&sa);
	sa_ip(&sa, &info->to);
}

/* A destination that several hosts have. */
static bool is_shared(const struct ip *ip)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (ip->family == 6)
		return ip->b[0] == 0xff;
	return ip->family == 4 && (ip->b[0] >> 4 == 14 || memcmp(ip->b, all, 4) == 0);
}

/* What the control messages of MSG say, which GOT bytes came with. */
static void read_control(struct msghdr *msg, size_t got, struct pktinfo *info)
{
	*info = (struct pktinfo){ 0 };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			read6(c, info);
		pktinfo_read4(c, info);
		pktinfo_read_segment(c, info);
	}
	if (info->segment >= got)
		info->segment = 0;
	info->indirect = info->indirect || is_shared(&info->to);
}

ssize_t pktinfo_recv(int fd, void *data, size_t n, struct sa *peer, struct pktinfo *info)
{
	struct iovec iov = { .iov_base = data, .iov_len = n };
	union control control = { 0 };
	struct msghdr msg = {
		.msg_name = &peer->u,
		.msg_namelen = sizeof(peer->u),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, 0);

	if (got < 0)
		return got;
	peer->len = msg.msg_namelen;
	read_control(&msg, (size_t)got, info);
	return got;
}

int pktinfo_recv_many(int fd, struct pktinfo_msg *msgs, unsigned n)
{
	struct mmsghdr list[PKTINFO_BATCH];
	union control controls[PKTINFO_BATCH];
	struct iovec iovs[PKTINFO_BATCH];
	int got;

	if (n > PKTINFO_BATCH)
		n = PKTINFO_BATCH;
	for (unsigned i = 0; i < n; i++) {
		iovs[i] = (struct iovec){ .iov_base = msgs[i].data, .iov_len = msgs[i].size };
		list[i].msg_hdr = (struct msghdr){
			.msg_name = &msgs[i].peer.u,
			.msg_namelen = sizeof(msgs[i].peer.u),
			.msg_iov = &iovs[i],
			.msg_iovlen = 1,
			.msg_control = &controls[i],
			.msg_controllen = sizeof(controls[i]),
		};
	}
	got = compat_recvmmsg(fd, list, n);
	for (int i = 0; i < got; i++) {
		msgs[i].len = list[i].msg_len;
		msgs[i].cut = list[i].msg_hdr.msg_flags & MSG_TRUNC;
		msgs[i].peer.len = list[i].msg_hdr.msg_namelen;
		read_control(&list[i].msg_hdr, list[i].msg_len, &msgs[i].info);
	}
	return got;
}

/* Writes the control message that makes FROM the source to C: its length, 0 if there is none. */
static size_t write_source(union control *c, int family, const struct ip *from)
{
	struct in6_pktinfo source = { 0 };

	if (from->family == 0)
		return 0;
	if (family == AF_INET) {
		size_t len = pktinfo_write4(&c->align, from);

		return len ? CMSG_SPACE(len) : 0;
	}
	if (from->family == 4) {
		memset((char *)&source.ipi6_addr + 10, 0xff, 2);
		memcpy((char *)&source.ipi6_addr + 12, from->b, 4);
	} else {
		memcpy(&source.ipi6_addr, from->b, 16);
	}
	c->align.cmsg_level = IPPROTO_IPV6;
	c->align.cmsg_type = IPV6_PKTINFO;
	c->align.cmsg_len = CMSG_LEN(sizeof(source));
	memcpy(CMSG_DATA(&c->align), &source, sizeof(source));
	return CMSG_SPACE(sizeof(source));
}

/* Sends what N IOVS hold. */
static ssize_t send_iovs(int fd, struct iovec *iovs, unsigned n, const struct sa *peer,
			 const struct pktinfo *info)
{
	struct sa to; /* sendmsg(2) takes no const */
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = iovs, .msg_iovlen = n };
	size_t used = 0;

	if (peer) {
		memcpy(&to.u, &peer->u, peer->len);
		msg.msg_name = &to.u;
		msg.msg_namelen = peer->len;
		used = write_source(&control, to.u.sa.sa_family, &info->to);
	}
	if (info->segment)
		used += pktinfo_write_segment((struct cmsghdr *)(control.bytes + used),
					      info->segment);
	if (used) {
		msg.msg_control = &control;
		msg.msg_controllen = (socklen_t)used;
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL);
}

ssize_t pktinfo_send(int fd, const void *data, size_t n, const struct sa *peer,
		     const struct pktinfo *info)
{
	struct pktinfo with = *info;
	struct iovec iov = { .iov_len = n };
	char *bytes = NULL;

	memcpy(&bytes, &data, sizeof(bytes)); /* struct iovec takes no const */
	iov.iov_base = bytes;
	if (with.segment >= n)
		with.segment = 0;
	return send_iovs(fd, &iov, 1, peer, &with);
}

ssize_t pktinfo_send_joined(int fd, const struct pktinfo_msg *msgs, unsigned n, uint16_t segment)
{
	struct pktinfo info = msgs[0].info;
	struct iovec iovs[PKTINFO_BATCH];

	info.segment = segment;
	for (unsigned i = 0; i < n; i++)
		iovs[i] = (struct iovec){ .iov_base = msgs[i].data, .iov_len = msgs[i].len };
	return send_iovs(fd, iovs, n, &msgs[0].peer, &info);
}

bool pktinfo_no_source(const struct sa *peer, const struct pktinfo *info, int code)
{
	if (code == EINVAL)
		return true;
	return peer->u.sa.sa_family == AF_INET6 && info->to.family == 4 &&
	       (code == EADDRNOTAVAIL || code == EACCES || code == ENETUNREACH);
}
