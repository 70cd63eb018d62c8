/* SPDX-License-Identifier: MIT */
/* server_impl.h - the parts of the echo server: private to echo/ */
#ifndef NETIPC_ECHO_SERVER_IMPL_H
#define NETIPC_ECHO_SERVER_IMPL_H

#include "base/hash.h"
#include "base/vec.h"
#include "echo/server.h"
#include "ev/loop.h"
#include "net/pktinfo.h"
#include "net/sock.h"

enum {
	ECHO_BLOCK = 65536,       /* more is slower: it leaves the second-level cache */
	ECHO_ROUNDS = 16,         /* blocks that one connection may move in a turn */
	ECHO_TURN = 64,           /* connections or datagrams that one turn takes from a listener */
	ECHO_TICK_MS = 10,        /* between two looks at the connections while draining */
	ECHO_QUIET = 10,          /* ticks after which nothing more is expected */
	ECHO_SPARE = 16,          /* free blocks that are kept */
	ECHO_BUCKETS = 4096,      /* addresses whose rates are known */
	ECHO_LATER_MAX = 1 << 24, /* bytes of datagrams that wait for their delay */
};

/* What was received and is not yet returned: DATA[OFF] to DATA[LEN]. */
struct block {
	struct block *next;
	size_t off, len;
	char data[ECHO_BLOCK];
};

/* What came in one call, of which those from AT on are not answered yet. */
struct batch {
	struct pktinfo_msg msgs[PKTINFO_BATCH];
	unsigned n, at;
	unsigned tried; /* AT before the last answer */
	bool admitted;  /* the one at AT is within the limits */
	char *memory;
};

/* A datagram that goes out later. */
struct later {
	struct loop_timer timer; /* first */
	struct listener *listener;
	struct later *next, *before;
	struct sa peer;
	struct pktinfo info;
	size_t len;
	char data[];
};

struct listener {
	struct loop_fd io; /* first: the handlers get its address */
	struct loop_timer pause;
	struct echo_server *server;
	int type;
	struct sa sa;
	struct sock_file file;

	/* Datagrams */
	struct batch *batch;
	bool joins, splits;    /* pieces of several come, and may be sent */
	unsigned char bunches; /* calls in a row that brought many alike */
	struct later *later, *parked;
	uint64_t units;
};

/* What a connection has besides if there are limits or faults: behind its peer's address. */
struct conn_extra {
	struct loop_timer timer; /* first */
	struct conn *conn;
	struct block *parked;   /* goes out behind the next one */
	uint64_t last_ns;       /* something was moved */
	uint64_t serial, units; /* of faults */
	uint64_t in;            /* bytes received */
	bool planned;           /* the held block has had its faults */
	bool twice;             /* and is sent once more */
	bool ending;            /* and is the last */
	bool waits;             /* for its timer */
	bool stalled;
};

/* A connection: below 100 bytes, and a block only while its peer does not read. */
struct conn {
	struct loop_fd io; /* first */
	struct listener *listener;
	struct conn *next, **link;
	struct block *held;
	uint64_t bytes;
	bool finished;          /* drained: only the peer's acknowledgement is waited for */
	unsigned char quiet;    /* ticks of the drain without a byte */
	unsigned char peer_len; /* bytes of its address, of which PEER lacks zeros at the end */
	unsigned char peer_room;
	unsigned char peer[];
};

struct listeners VEC(struct listener *);
struct children VEC(pid_t);

/* What is counted of an address. */
enum rate {
	RATE_BYTES,   /* of streams */
	RATE_ANSWERS, /* datagrams */
};

/* The rate of one address: a bucket that fills by the clock; it may be in debt. */
struct bucket {
	struct ip ip;
	enum rate rate;
	int64_t tokens;
	uint64_t last_ns; /* 0: free */
};

struct echo_server {
	const struct echo_server_config *config;
	struct loop *loop;
	struct loop_fd signals;
	struct listeners listeners;
	struct conn *conns;
	struct children children; /* of a server that forks */
	uint64_t serial;
	struct block *blocks; /* free ones */
	unsigned nblocks;
	int spare;           /* a descriptor to give up when there is no other, or -1 */
	uint64_t crowded_ns; /* when that was told last, 0 if never */
	bool full;           /* as many connections as are allowed */
	bool has_extra, has_faults;
	bool draining;
	struct loop_timer tick; /* while draining */
	struct loop_timer idle, turn;
	uint64_t deadline_ns;
	struct bucket *buckets; /* by hash of the address; those of others are taken over */
	struct hash_seed seed;
	size_t later_bytes; /* of all that wait for their delay */
	struct echo_counters counters;
	struct err err; /* why the loop must end */
	bool broken;
};

/* An empty block; its return, which leaves errno alone. */
struct block *echo_block_get(struct echo_server *s);
void echo_block_put(struct echo_server *s, struct block *b);

/*
 * Streams: the handler of a listener; takes what waits, at most ECHO_TURN connections, true
 * if more may wait; adds one that FD is; a look at a connection while draining; its end, for
 * the reason CODE (errno) or 0.
 */
void echo_stream_accept(struct loop_fd *io, unsigned ready);
bool echo_stream_take(struct listener *l);
void echo_stream_add(struct listener *l, int fd, struct sa *peer);
void echo_stream_drain(struct conn *c);
void echo_stream_close(struct conn *c, int code);

/* Only with HAS_EXTRA. */
struct conn_extra *echo_extra(struct conn *c);

/* Datagrams: the same; what waits for its delay is dropped. */
void echo_datagram_ready(struct loop_fd *io, unsigned ready);
bool echo_datagram_take(struct listener *l);
void echo_datagram_forget(struct listener *l);

/*
 * The address of PEER may be served now, as the limits are: a second's worth may come at once.
 * Then N units of it are taken; 0 takes none.
 */
bool echo_may(struct echo_server *s, enum rate rate, const struct sa *peer, uint64_t n);

/* Datagram faults: the one at MSG goes its way, which may be none. */
void echo_datagram_fault(struct listener *l, const struct pktinfo_msg *msg);

enum fault_step {
	FAULT_GO,   /* go on; nothing may be held */
	FAULT_WAIT, /* its timer is set */
	FAULT_GONE, /* the connection is over */
};

/*
 * Stream faults: before the held block of C is sent, after it is sent, and at the end of file,
 * where something may still be held after FAULT_GO.
 */
enum fault_step echo_stream_fault(struct conn *c);
enum fault_step echo_stream_fault_sent(struct conn *c);
enum fault_step echo_stream_fault_end(struct conn *c);

/* What C has put aside is held: it goes out next. */
void echo_stream_unpark(struct conn *c);

#endif
