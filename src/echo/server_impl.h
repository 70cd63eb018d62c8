/* SPDX-License-Identifier: MIT */
/* server_impl.h - the parts of the echo server: private to echo/ */
#ifndef NETIPC_ECHO_SERVER_IMPL_H
#define NETIPC_ECHO_SERVER_IMPL_H

#include "base/vec.h"
#include "echo/server.h"
#include "ev/loop.h"
#include "net/pktinfo.h"
#include "net/sock.h"

enum {
	ECHO_BLOCK = 65536, /* more is slower: it leaves the second-level cache */
	ECHO_ROUNDS = 16,   /* blocks that one connection may move in a turn */
	ECHO_TURN = 64,     /* connections or datagrams that one turn takes from a listener */
	ECHO_TICK_MS = 10,  /* between two looks at the connections while draining */
	ECHO_QUIET = 10,    /* ticks after which nothing more is expected */
	ECHO_SPARE = 16,    /* free blocks that are kept */
};

/* What was received and is not yet returned: DATA[OFF] to DATA[LEN]. */
struct block {
	struct block *next;
	size_t off, len;
	char data[ECHO_BLOCK];
};

struct listener {
	struct loop_fd io; /* first: the handlers get its address */
	struct loop_timer pause;
	struct echo_server *server;
	struct sa sa;
	struct sock_file file;

	/* A datagram that the system could not take yet, where to, and from where. */
	struct block *held;
	struct sa peer;
	struct pktinfo info;
};

/* A connection: 100 bytes or so, and a block only while its peer does not read. */
struct conn {
	struct loop_fd io; /* first */
	struct listener *listener;
	struct conn *next, **link;
	struct block *held;
	uint64_t bytes;
	bool finished;       /* drained: only the peer's acknowledgement is waited for */
	unsigned char quiet; /* ticks of the drain without a byte */
	socklen_t peer_len;
	unsigned char peer[]; /* its address, PEER_LEN bytes */
};

struct listeners VEC(struct listener *);

struct echo_server {
	const struct echo_server_config *config;
	struct loop *loop;
	struct listeners listeners;
	struct conn *conns;
	struct block *blocks; /* free ones */
	unsigned nblocks;
	int spare;           /* a descriptor to give up when there is no other, or -1 */
	uint64_t crowded_ns; /* when that was told last, 0 if never */
	bool draining;
	struct loop_timer tick; /* while draining */
	uint64_t deadline_ns;
	struct echo_counters counters;
	struct err err; /* why the loop must end */
	bool broken;
};

/* An empty block; its return, which leaves errno alone. */
struct block *echo_block_get(struct echo_server *s);
void echo_block_put(struct echo_server *s, struct block *b);

/*
 * Streams: the handler of a listener; takes what waits, at most ECHO_TURN connections, true
 * if more may wait; a look at a connection while draining; its end, for
 * the reason CODE (errno) or 0.
 */
void echo_stream_accept(struct loop_fd *io, unsigned ready);
bool echo_stream_take(struct listener *l);
void echo_stream_drain(struct conn *c);
void echo_stream_close(struct conn *c, int code);

/* Datagrams: the same. */
void echo_datagram_ready(struct loop_fd *io, unsigned ready);
bool echo_datagram_take(struct listener *l);

#endif
