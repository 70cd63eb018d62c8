/* SPDX-License-Identifier: MIT */
/*
 * engine.h - many DNS queries at once
 *
 * The engine sends queries to a list of servers over several connected UDP sockets with random
 * ports, in a window that adapts, asks again after a time-out that adapts, the next server on
 * each try, and takes a truncated answer again over TCP.  It believes only an answer with the
 * right peer, id and question; others are counted.  SERVFAIL, REFUSED, NOTIMP, a referral
 * in place of an answer and what cannot be read are asked of another server, and are the answer
 * only if no server has a better one.
 *
 *	struct engine *e = engine_new(&config, &err);
 *	engine_ask(e, &query);                  later QUERY->on_done is called
 *	while (engine_busy(e)) engine_turn(e, UINT64_MAX, &err);
 *	engine_free(e);
 *
 * One thread; nothing is global.  A query belongs to the caller, who leaves it where it is until
 * it is done.
 */
#ifndef NETIPC_DNS_ENGINE_H
#define NETIPC_DNS_ENGINE_H

#include <signal.h>

#include "dns/wire.h"
#include "ev/loop.h"
#include "net/sa.h"

/* What the engine is to do; what is zero has the default that stands here. */
struct engine_config {
	const struct sa *servers; /* with their ports; copied */
	size_t nservers;
	bool rotate;         /* begins with each server in turn */
	unsigned window;     /* the most queries under way: 500 */
	unsigned tries;      /* how often a query is sent at most: at least 10, less for SERVFAIL */
	uint64_t timeout_ns; /* of the first try, which does not adapt then: adapts */
	uint64_t rate;       /* queries a second at most, repeated ones too: no limit */
	bool tcp;            /* TCP alone */
	bool ignore_truncation; /* takes what UDP has */
	bool random_case;       /* letters of the question in random case, which must come back */
	struct wire_ask ask;
	const sigset_t *mask; /* as for loop_new() */
};

enum engine_result {
	ENGINE_ANSWERED, /* MSG is there; its rcode may be SERVFAIL or REFUSED */
	ENGINE_TIMEOUT,  /* no server said anything */
	ENGINE_FAILED,   /* CODE is the errno of the last try: ECONNREFUSED, ENETUNREACH ... */
};

struct engine_query {
	struct wire_question question;
	void (*on_done)(struct engine_query *q); /* may ask again, also Q itself */

	/* The answer.  MSG is good during on_done() only, and was checked up to its question. */
	enum engine_result result;
	int code;
	const uint8_t *msg;
	size_t len;
	unsigned server;  /* which of the servers gave it, or was asked last */
	unsigned tries;   /* how often it was sent */
	bool tcp;         /* it came by TCP */
	uint64_t sent_ns; /* when it was first sent, of clock_now_ns() */
	uint64_t took_ns; /* from then to the answer */

	struct engine_query *next, *prev; /* private from here */
	uint32_t slot;
};

/* What happened, of one server or of all. */
struct engine_stats {
	uint64_t sent, resent, answered, timeouts, mismatched, malformed, truncated, tcp, refused;
	uint64_t servfail, bytes_out, bytes_in;
	uint64_t srtt_ns;
	unsigned window; /* as it is now */
};

struct engine *engine_new(const struct engine_config *config, struct err *err) MUST_CHECK;

/* Forgets what is under way, without calling on_done(). */
void engine_free(struct engine *e);

/* Queues Q, which is sent as soon as the window and the rate have room for it. */
void engine_ask(struct engine *e, struct engine_query *q);

/* Forgets Q, which is under way; its on_done() is not called. */
void engine_cancel(struct engine *e, struct engine_query *q);

/* Queries that were asked and are not done; of them those that wait to be sent. */
size_t engine_busy(const struct engine *e);
size_t engine_waiting(const struct engine *e);

/*
 * Sends what can be sent and waits until something has happened: an answer, a time-out, a
 * descriptor or timer of the caller's own in engine_loop(), a signal, or DEADLINE_NS of
 * clock_now_ns() (UINT64_MAX: none).  Calls on_done() of what is done.  -1 if the system cannot.
 */
int engine_turn(struct engine *e, uint64_t deadline_ns, struct err *err) MUST_CHECK;

/* The loop that it waits in: for a descriptor of the caller's. */
struct loop *engine_loop(struct engine *e);

void engine_stats(const struct engine *e, struct engine_stats *all);
void engine_server_stats(const struct engine *e, unsigned server, struct engine_stats *stats);

#endif
