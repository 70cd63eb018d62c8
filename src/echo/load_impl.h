/* SPDX-License-Identifier: MIT */
/* load_impl.h - the parts of the load generator: private to echo/ */
#ifndef NETIPC_ECHO_LOAD_IMPL_H
#define NETIPC_ECHO_LOAD_IMPL_H

#include "echo/load.h"
#include "ev/loop.h"

enum {
	LOAD_BLOCK = 65536,
	/*
	 * A prime: what is lost or moved by whole blocks or pages shows.  Small enough to stay in
	 * the cache while many connections send a little each.
	 */
	LOAD_PERIOD = 4093,
	LOAD_TICK_MS = 20,
};

/* A message on its way. */
struct flight {
	uint64_t end; /* of a stream: the offset behind it; of a datagram: its bytes */
	uint64_t meant_ns, sent_ns;
};

struct load;

struct load_conn {
	struct loop_fd io; /* first */
	struct load *load;
	struct loop_timer due; /* open loop: the next message; churn: the next try */
	unsigned index;        /* among all of all threads */
	unsigned phase;        /* where in the pattern it begins */
	bool connecting, closed, differs;
	bool shut;             /* bulk: nothing more is sent */
	bool waits;            /* in recv(2): it does not block otherwise */
	uint64_t start_ns;     /* of the connection */
	uint64_t number;       /* of messages begun, for the clock and the sizes */
	uint64_t out, planned; /* stream offsets: sent, and the end of the last message begun */
	uint64_t in;
	uint64_t progress_ns; /* when something came last, or was sent after nothing was on its way
			       */
	uint64_t refused_ns;  /* datagrams: since when the system takes none; 0: it does */

	struct flight *flights; /* a ring; a stream's are in order of their ends */
	uint32_t cap;           /* a power of two */
	uint64_t first, next;   /* flights FIRST to NEXT - 1 are on their way */

	/* Datagrams */
	unsigned char *states; /* a ring like FLIGHTS */
	uint64_t highest;      /* number that came */
	uint32_t flying;
	bool split; /* a piece of several can be sent */
};

/* A thread's share. */
struct load {
	const struct load_config *config;
	struct loop *loop;
	struct loop_timer tick;
	struct load_conn *conns;
	unsigned nconns, first; /* FIRST is the index of the first */
	uint64_t budget;        /* messages that may still be begun, UINT64_MAX: any number */
	unsigned open;          /* connections that are not closed */
	uint64_t start_ns, stop_ns, end_ns; /* stop: no more messages; end: no more waiting */
	uint64_t last_ns;                   /* when a message came back last */
	unsigned pending;                   /* connections that messages wait for */
	bool begun, stopping, done;
	struct load_result result;
	bool refused; /* RESULT's fault is that datagrams were refused, and none has come back */
	bool broken;  /* the loop cannot go on, for the reason in ERR */
	struct err err;
	uint64_t token; /* in the numbers of datagrams */
	unsigned char pattern[LOAD_PERIOD + LOAD_BLOCK];
	unsigned char block[LOAD_BLOCK + 64];
};

/* How streams and datagrams differ. */
struct load_ops {
	void (*ready)(struct loop_fd *io, unsigned ready); /* once connected */
	void (*begin)(struct load_conn *c, uint64_t now);  /* connected, or a message is due */
	void (*tick)(struct load_conn *c, uint64_t now);   /* looks for what is lost */
	bool (*idle)(const struct load_conn *c);           /* nothing is on its way */
};

extern const struct load_ops load_stream, load_datagram;

/* Notes the first fault; FMT says what, behind the connection's name. */
void load_fault(struct load_conn *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same for CALL, which this system refuses with CODE: not the server's fault. */
void load_failure(struct load_conn *c, const char *call, int code);

/* A message may be begun on C now: when it was meant to be sent is in MEANT_NS. */
bool load_may_begin(struct load_conn *c, uint64_t now, uint64_t *meant_ns);

/* The size of the next message of C, which is begun with that. */
size_t load_next_size(struct load_conn *c);

/* A message has come back. */
void load_count(struct load *load, const struct flight *f, uint64_t now);

/* Where the bytes of C from OFFSET on are; LOAD_BLOCK of them at least. */
const unsigned char *load_pattern(const struct load_conn *c, uint64_t offset);

/* How many of the N bytes at DATA, at most LOAD_BLOCK, are as they should be. */
size_t load_same(const unsigned char *want, const unsigned char *data, size_t n);

/* C is over: closed, and for churn begun again. */
void load_close(struct load_conn *c);

/* Waits for WANT; C is given up if the loop cannot. */
void load_want(struct load_conn *c, unsigned want);

/* Makes ready what LOAD, whose config and share are set, needs: to be ended by load_finish(). */
int load_prepare(struct load *load, const sigset_t *mask, struct err *err) MUST_CHECK;

/* Runs it in this thread: the caller's functions are called between turns. */
int load_run_here(struct load *load, struct err *err) MUST_CHECK;

/* Frees what load_prepare() made; the result stays. */
void load_finish(struct load *load);

#endif
