/* SPDX-License-Identifier: MIT */
/* ping_linux.c - what Linux knows of a connection: TCP_INFO, and times of packets (timestamping) */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "echo/ping.h"

#ifdef __linux__

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

/* The struct of the kernel as far as it is used: libc's ends at different members. */
struct tcp_info_head {
	uint8_t state, ca_state, retransmits, probes, backoff, options, wscale, flags;
	uint32_t rto, ato, snd_mss, rcv_mss, unacked, sacked, lost, retrans, fackets;
	uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
	uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering;
	uint32_t rcv_rtt, rcv_space, total_retrans;
	uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
	uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
	uint64_t delivery_rate;
};

void ping_tcp_info(int fd, struct ping_tcp *tcp)
{
	struct tcp_info_head info = { 0 };
	socklen_t len = sizeof(info);

	memset(tcp, 0, sizeof(*tcp));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return;
	tcp->known = true;
	tcp->rtt_ns = (uint64_t)info.rtt * 1000;
	tcp->rttvar_ns = (uint64_t)info.rttvar * 1000;
	tcp->retransmits = info.total_retrans;
	tcp->cwnd = info.snd_cwnd;
	if (len == sizeof(info))
		tcp->delivery_rate = info.delivery_rate;
}

bool ping_stamps_enable(int fd, bool stream UNUSED)
{
	int flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
		    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
		    SOF_TIMESTAMPING_OPT_TSONLY;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) == 0;
}

union control {
	struct cmsghdr align;
	char bytes[512];
};

/* The software time in MSG's control messages, and the error that it stands with. */
static uint64_t stamp_of(struct msghdr *msg, uint32_t *id)
{
	uint64_t ns = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct timespec ts;
		struct sock_extended_err e;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING &&
		    c->cmsg_len >= CMSG_LEN(sizeof(ts))) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts)); /* the first of three */
			ns = (uint64_t)ts.tv_sec * CLOCK_S + (uint64_t)ts.tv_nsec;
		} else if (((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
			    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) &&
			   c->cmsg_len >= CMSG_LEN(sizeof(e))) {
			memcpy(&e, CMSG_DATA(c), sizeof(e));
			if (e.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
				*id = e.ee_data;
		}
	}
	return ns;
}

ssize_t ping_stamps_recv(int fd, void *data, size_t n, uint64_t *kernel_ns)
{
	struct iovec iov = { .iov_base = data, .iov_len = n };
	union control control = { 0 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, 0);
	uint32_t id;

	*kernel_ns = got > 0 ? stamp_of(&msg, &id) : 0;
	return got;
}

int ping_stamps_sent(int fd, uint32_t *id, uint64_t *kernel_ns)
{
	union control control = { 0 };
	struct msghdr msg = { .msg_control = &control, .msg_controllen = sizeof(control) };
	int saved = errno, rc;

	*id = UINT32_MAX;
	rc = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0;
	errno = saved;
	if (!rc)
		return 0;
	*kernel_ns = stamp_of(&msg, id);
	return 1;
}

#else

#include <sys/socket.h>

void ping_tcp_info(int fd UNUSED, struct ping_tcp *tcp)
{
	memset(tcp, 0, sizeof(*tcp));
}

bool ping_stamps_enable(int fd UNUSED, bool stream UNUSED)
{
	errno = ENOPROTOOPT;
	return false;
}

ssize_t ping_stamps_recv(int fd, void *data, size_t n, uint64_t *kernel_ns)
{
	*kernel_ns = 0;
	return recv(fd, data, n, 0);
}

int ping_stamps_sent(int fd UNUSED, uint32_t *id UNUSED, uint64_t *kernel_ns UNUSED)
{
	return 0;
}

#endif
