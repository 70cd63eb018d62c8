/* SPDX-License-Identifier: MIT */
/*
 * load.h - many messages to an echo service, each looked at when it comes back
 *
 * Closed loop: each connection keeps so many messages on their way, and sends the next when one
 * has returned.  Open loop: messages are sent by a clock, whether others have returned or not,
 * and the latency counts from when a message was meant to be sent: a server that stalls
 * cannot hide what it would have done to those that came meanwhile.
 *
 * Every byte that returns is compared.  Streams carry bytes that a seed makes, different for each
 * connection; a datagram has its number in its first 8 bytes, by which loss, repetition, wrong
 * order and damage are told apart.
 */
#ifndef NETIPC_ECHO_LOAD_H
#define NETIPC_ECHO_LOAD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "ev/hist.h"
#include "net/sa.h"

enum load_kind {
	LOAD_MESSAGES,
	LOAD_BULK,  /* a stream as fast as it goes, no messages */
	LOAD_CHURN, /* connect, one message, close, again */
};

enum {
	LOAD_DATAGRAM_MIN = 8, /* bytes: the number */
	LOAD_DATAGRAM_MAX = 65507,
	LOAD_MESSAGE_MAX = 1 << 30,
	LOAD_PIPELINE_MAX = 1 << 16,
};

struct load_result {
	struct hist latency; /* from when it was meant to be sent until it was back */
	struct hist service; /* from when it was sent; in a closed loop that is the same: empty */
	struct hist connect;

	uint64_t connections;    /* that were made */
	uint64_t refused;        /* that could not be */
	uint64_t broken;         /* that ended before all was back */
	uint64_t sent, received; /* messages */
	uint64_t bytes_out, bytes_in;
	uint64_t different; /* streams and datagrams that came back changed */
	uint64_t missing;   /* messages that were sent and did not come back */
	uint64_t unsent;    /* open loop: meant to be sent and not */
	uint64_t duplicate, reordered, late, foreign; /* datagrams; late: after its time-out */
	uint64_t elapsed_ns;
	uint64_t bytes_timed; /* of BYTES_IN, those that came in ELAPSED_NS */
	struct err fault;     /* the first that went wrong; its kind is ERR_NONE if nothing did */
};

struct load_config {
	int type; /* SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET */
	enum load_kind kind;
	const struct sa *address;
	unsigned connections, threads, pipeline; /* each at least 1 */
	uint64_t duration_ns;                    /* 0: until MESSAGES */
	uint64_t messages;                       /* in all; 0: until DURATION_NS */
	size_t size_min, size_max; /* of a message; if they differ each size between is as likely */
	uint64_t rate;             /* messages a second in all; 0: closed loop */
	uint64_t timeout_ns;       /* the longest wait for what is on its way */
	uint64_t seed;
	uint64_t spin_ns;     /* of loop_spin() */
	uint64_t interval_ns; /* between reports; 0: none */
	const sigset_t *mask; /* while it waits, or NULL */

	bool (*stop)(void *ctx);                            /* asked often: end now */
	int (*prepare)(void *ctx, int fd, struct err *err); /* before it connects; or NULL */
	void (*report)(void *ctx, const struct load_result *so_far); /* or NULL */
	void *ctx;
};

/*
 * Does all of it and fills RESULT.  -1 if nothing could be measured: no connection could be made,
 * or the system refuses.  STOP and REPORT are called by the calling thread, PREPARE by each.
 */
int load_run(const struct load_config *config, struct load_result *result,
	     struct err *err) MUST_CHECK;

#endif
