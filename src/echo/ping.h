/* SPDX-License-Identifier: MIT */
/*
 * ping.h - one probe after the other to an echo service: what became of each, and how long it took
 *
 * A probe is a message that must come back as it was.  On streams all go over one connection, which
 * is made again after it has ended, or each over one of its own.  Datagrams have their number in
 * their first 8 bytes: loss, repetition, wrong order and damage are told apart.
 */
#ifndef NETIPC_ECHO_PING_H
#define NETIPC_ECHO_PING_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "ev/hist.h"
#include "net/sa.h"

enum ping_verdict {
	PING_OK,
	PING_LOST,      /* not back in time; on a stream that ended, not any more */
	PING_LATE,      /* back after that */
	PING_DUPLICATE, /* back once more */
	PING_DIFFERENT, /* back with another byte, or cut */
	PING_FOREIGN,   /* a datagram that was not sent */
	PING_REFUSED,   /* no connection, or nobody there: CODE is the errno */
	PING_CLOSED,    /* the server ended the connection with the probe on its way */
	PING_VERDICTS,
};

/* The word for VERDICT: "ok", "lost". */
const char *ping_word(enum ping_verdict verdict);

enum {
	PING_NUMBER = 8, /* bytes: a datagram's at least */
	PING_SIZE_MAX = 65507,
	PING_FLYING_MAX = 4096, /* probes on their way at most; more are not sent */
};

/* What the kernel knows of a TCP connection (TCP_INFO, tcp(7)). */
struct ping_tcp {
	bool known;
	uint64_t rtt_ns, rttvar_ns;
	uint32_t retransmits;   /* of the whole connection */
	uint32_t cwnd;          /* segments */
	uint64_t delivery_rate; /* bytes a second, 0 if not known */
};

/* What became of a probe. */
struct ping_probe {
	uint64_t number; /* from 1 */
	enum ping_verdict verdict;
	int code;       /* errno, or 0 */
	bool reordered; /* it came behind one that was sent later */
	size_t bytes;
	size_t offset;   /* PING_DIFFERENT: of the first byte that differs; BYTES came if it was cut
			  */
	uint64_t rtt_ns; /* from just before send(2) to just behind recv(2) */
	uint64_t connect_ns; /* of its own connection, or of the one that was made for it; else 0 */

	/* With kernel times: what of RTT_NS passed in this host, before the packet was with the
	 * driver and after it came from it. */
	bool stamped;
	uint64_t host_send_ns, host_recv_ns;

	struct ping_tcp tcp;
	struct sa local;
};

struct ping_result {
	struct hist rtt, connect, network; /* network: RTT without the host's part */
	uint64_t sent, verdicts[PING_VERDICTS], reordered;
	uint64_t jitter_ns; /* smoothed, as RFC 3550 section 6.4.1 does it */
	uint64_t elapsed_ns;
	uint64_t not_sent; /* too many were on their way */
	int no_stamps;     /* errno: why kernel times were asked for and cannot be had, or 0 */
};

struct ping_config {
	int type; /* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	const struct sa *address;
	bool connect_each;
	uint64_t interval_ns;        /* 0: as fast as they can be sent */
	uint64_t count, duration_ns; /* 0: until STOP */
	size_t size_min, size_max;
	uint64_t timeout_ns;
	uint64_t seed, spin_ns;
	bool timestamping;
	const sigset_t *mask;
	uint64_t tick_ns; /* between two calls of TICK; 0: none */

	bool (*stop)(void *ctx);
	int (*prepare)(void *ctx, int fd, struct err *err); /* before it connects; or NULL */
	void (*probe)(void *ctx, const struct ping_probe *probe);
	void (*tick)(void *ctx, const struct ping_result *so_far);
	void *ctx;
};

/* Does all of it.  -1 if the system refuses; that the server does is a verdict. */
int ping_run(const struct ping_config *config, struct ping_result *result,
	     struct err *err) MUST_CHECK;

/* Fills TCP for the connection FD; KNOWN is false where the system does not tell. */
void ping_tcp_info(int fd, struct ping_tcp *tcp);

/* Asks for kernel times of what FD sends and receives; false with errno if there are none. */
bool ping_stamps_enable(int fd, bool stream);

/*
 * As recv(2), with the time at which the kernel had what was received, of CLOCK_REALTIME, 0 if it
 * is not known.
 */
ssize_t ping_stamps_recv(int fd, void *data, size_t n, uint64_t *kernel_ns);

/*
 * The next time at which something left: 1 with ID, which is the number of the datagram or the
 * offset of the last byte, from the connection's first; 0 if there is none.
 */
int ping_stamps_sent(int fd, uint32_t *id, uint64_t *kernel_ns);

#endif
