/* SPDX-License-Identifier: MIT */
/* ping_impl.h - the parts of ping: private to echo/ */
#ifndef NETIPC_ECHO_PING_IMPL_H
#define NETIPC_ECHO_PING_IMPL_H

#include "base/buf.h"
#include "echo/ping.h"
#include "ev/loop.h"

enum flight_state {
	FLIGHT_NONE,
	FLIGHT_OUT,  /* on its way */
	FLIGHT_OVER, /* back */
	FLIGHT_GONE, /* given up */
};

struct ping_conn;

/* A probe that was begun. */
struct flight {
	enum flight_state state;
	uint64_t number;
	struct ping_conn *conn; /* NULL once it is over or its connection is */
	uint64_t end;           /* of a stream: the offset behind it on its connection */
	uint64_t last;          /* what the kernel's time of its leaving has for an id */
	size_t size, checked;   /* bytes that came back and were compared */
	bool differs;
	size_t offset;
	uint64_t sent_ns, sent_real_ns, left_real_ns;
};

struct ping_conn {
	struct loop_fd io; /* first */
	struct ping *ping;
	struct ping_conn *next;
	bool connecting, stamps, dead;
	uint64_t start_ns, connect_ns; /* CONNECT_NS until a probe has told it */
	uint64_t planned, out, in;     /* stream offsets */
	uint64_t datagrams;            /* sent on this socket */
	uint64_t first;                /* the oldest probe on it, of a stream */
	struct buf unsent;
};

struct ping {
	const struct ping_config *config;
	struct loop *loop;
	struct loop_timer due, check, tick;
	struct ping_conn *conns;
	struct flight flights[PING_FLYING_MAX];
	uint64_t begun;  /* number of the last probe */
	uint64_t oldest; /* that may be on its way */
	uint64_t highest;
	unsigned flying;
	uint64_t start_ns, transit_ns;
	bool has_transit, stopping, done, broken;
	uint64_t token;
	struct err err;
	struct ping_result *result;
	unsigned char block[65536];
};

static inline struct flight *ping_flight(struct ping *p, uint64_t number)
{
	return &p->flights[number % PING_FLYING_MAX];
}

/* The bytes of probe NUMBER, of which datagrams begin with it. */
void ping_make(const struct ping *p, uint64_t number, void *to, size_t n);

/* What a datagram's first bytes say, PING_NUMBER of them: its number. */
uint64_t ping_number(const struct ping *p, const void *from);

/* Probe F is over; NOW_NS is when, KERNEL_NS when the kernel had it (real time) or 0. */
void ping_over(struct ping *p, struct flight *f, enum ping_verdict verdict, int code,
	       uint64_t now_ns, uint64_t kernel_ns);

/* Something came that no probe waits for. */
void ping_odd(struct ping *p, enum ping_verdict verdict, uint64_t number, size_t bytes);

/* A connection to send on: a new one, or the one there is; NULL after a refusal, which is told of.
 */
struct ping_conn *ping_conn_for(struct ping *p, uint64_t number);

/* The server does not take what was sent before: a probe more would only wait here. */
bool ping_choked(const struct ping *p);

/* Sends probe F on its connection. */
void ping_send(struct ping_conn *c, struct flight *f);

/* C is over for the reason CODE, or 0 at the end of file; its probes are told of. */
void ping_conn_end(struct ping_conn *c, int code);

/* Frees those that are over. */
void ping_sweep(struct ping *p);

#endif
