/* SPDX-License-Identifier: MIT */
/*
 * engine_impl.h - what the files of the engine share
 *
 * A query waits until the window has room, then holds a slot until it is done.  Each time it
 * is sent it has a new id, and the ids before stay good: an answer that comes late is one.
 * So the time that an answer took is always known, whichever sending it belongs to.
 */
#ifndef NETIPC_DNS_ENGINE_IMPL_H
#define NETIPC_DNS_ENGINE_IMPL_H

#include "base/compat.h"
#include "base/vec.h"
#include "dns/engine.h"

enum {
	ENGINE_BATCH = 64, /* datagrams that one call sends or receives */
	ENGINE_IDS = 1 << 16,
	ENGINE_ASKED = 5,       /* sendings of a query whose answers are believed */
	ENGINE_WHEEL = 1024,    /* buckets, a power of two; of 2^21 ns each: 2.1 s in all */
	ENGINE_TICK_SHIFT = 21, /* of nanoseconds to ticks */
	ENGINE_CASE_BYTES = 32, /* a bit for each byte of a name */
	ENGINE_RANDOM_BYTES = 256,
};

/* A doubly linked ring; the head is no element. */
struct engine_link {
	struct engine_link *next, *prev;
};

/* A datagram with the question. */
struct engine_asked {
	uint64_t at_ns;
	struct engine_udp *udp; /* NULL: none */
	uint16_t id;
};

/* A query that is under way. */
struct engine_slot {
	struct engine_link link;   /* first: in the ring of those that are free or to be sent */
	struct engine_link timer;  /* in a bucket of the wheel */
	struct engine_link flying; /* in that of its socket or connection */
	struct engine_query *q;    /* NULL: free */
	uint32_t number;           /* its place, from 1 */
	uint16_t bucket;
	uint16_t server;
	uint16_t left;    /* how often it may still be sent */
	uint16_t nasked;  /* datagrams so far */
	uint16_t pauses;  /* rounds of all servers that were of no use */
	uint16_t useless; /* servers of the round at hand */
	bool in_air;      /* sent, and neither answered nor timed out */
	bool tcp;         /* UDP had no room for the answer */
	bool plain;       /* without an OPT record, which the server does not understand */
	int code;         /* errno of the last try that failed, 0 if it was no such failure */
	uint64_t due_ns;  /* when the try has failed, or the pause is over */
	uint64_t sent_ns; /* when it was sent last */
	uint64_t last_ns; /* and the time before; 0: not at all */
	uint16_t tcp_id;
	struct engine_tcp *conn;
	struct engine_poor *poor; /* an answer to fall back on */
	struct engine_asked asked[ENGINE_ASKED];
	uint8_t letters[ENGINE_CASE_BYTES]; /* which are in the other case */
};

/* SERVFAIL or the like, kept in case that nothing better comes. */
struct engine_poor {
	size_t len;
	unsigned server;
	bool tcp;
	uint8_t msg[];
};

/* A connected UDP socket. */
struct engine_udp {
	struct loop_fd io; /* first */
	struct engine *engine;
	struct engine_server *server;
	uint32_t *slots;           /* by id: a slot's number, or 0 */
	unsigned used;             /* ids */
	struct engine_link flying; /* whose last datagram went from here */
};

/* Datagrams that go out with one call. */
struct engine_batch {
	struct engine_udp *udp;
	unsigned n, sent;
	size_t used;
	uint64_t refused_ns; /* since when the system takes none of them; 0: it does */
	struct mmsghdr hdr[ENGINE_BATCH];
	struct iovec iov[ENGINE_BATCH];
	uint8_t bytes[ENGINE_BATCH * WIRE_QUERY_MAX];
};

/* A connection. */
struct engine_tcp {
	struct loop_fd io; /* first */
	struct engine_link link;
	struct engine *engine;
	struct engine_server *server;
	bool connected;
	struct buf in, out;
	struct engine_link flying;
	unsigned n;             /* queries that it has not answered */
	unsigned sent, answers; /* in all */
	uint64_t heard_ns;
};

struct engine_server {
	struct sa sa;
	struct engine_stats stats;
	struct engine_udp **udp;
	unsigned nudp, udp_max, udp_turn;
	struct engine_batch *batch;
	unsigned flying;
	uint64_t srtt_ns, rttvar_ns; /* 0 until the first answer */
	uint64_t heard_ns;           /* when the last answer came */
	unsigned lost;               /* tries that failed since then */
	unsigned errors;        /* times that the system said since then that it is not there */
	uint64_t probe_ns;      /* when a server that seems to be down is tried again */
	struct engine_link tcp; /* connections */
	struct engine_link tcp_queue;
	unsigned ntcp;
	unsigned quota; /* queries that one connection is good for, as far as is known */
};

struct engine_queue {
	struct engine_query *first, *last;
	size_t n;
};

struct engine_slots VEC(struct engine_slot *);

struct engine {
	struct engine_config config;
	struct wire_ask plain; /* CONFIG.ask without EDNS */
	struct engine_server *servers;
	struct loop *loop;
	struct loop_timer wake;
	bool blocked; /* the system takes no more datagrams for now */
	int broken;   /* errno of what cannot be worked without */

	struct engine_queue waiting;
	struct engine_slots chunks;
	struct engine_link free, again; /* slots; those to be sent as soon as there is room */
	unsigned held;                  /* slots in use */
	unsigned flying;                /* of them, those in the air */
	unsigned turn;                  /* of the servers, to rotate */
	uint64_t ended;                 /* queries that are done */
	bool patient;                   /* CONFIG.tries is our own choice */
	bool heard;                     /* some server has answered */

	unsigned window, ceiling; /* now, and from where it grows slowly */
	unsigned growth;          /* answers towards the next step of slow growth */
	unsigned round, lost;     /* tries that ended since the window was last looked at */

	uint64_t tokens_ns, filled_ns; /* of the rate: time saved up, and when */

	uint64_t now_ns, tick;
	uint64_t marks[ENGINE_WHEEL / 64]; /* buckets that are not empty */
	struct engine_link wheel[ENGINE_WHEEL];

	struct mmsghdr rx[ENGINE_BATCH];
	struct iovec rx_iov[ENGINE_BATCH];
	size_t rx_size;
	uint8_t *rx_bytes;

	size_t random_left;
	uint8_t random[ENGINE_RANDOM_BYTES];
};

#define ENGINE_SLOT(p, member) \
	((struct engine_slot *)(void *)((char *)(p)-offsetof(struct engine_slot, member)))

static inline void engine_ring(struct engine_link *head)
{
	head->next = head->prev = head;
}

static inline bool engine_ring_empty(const struct engine_link *head)
{
	return head->next == head;
}

static inline void engine_link_add(struct engine_link *head, struct engine_link *l)
{
	l->next = head;
	l->prev = head->prev;
	head->prev->next = l;
	head->prev = l;
}

/* Does nothing if L is in no ring. */
static inline void engine_link_del(struct engine_link *l)
{
	if (!l->next)
		return;
	l->next->prev = l->prev;
	l->prev->next = l->next;
	l->next = l->prev = NULL;
}

/* engine.c */

/* Fewer sockets could be opened than were meant: bounds the window by their ids. */
void engine_limit(struct engine *e);

/* engine_slot.c */

/* A slot for Q, and its end. */
struct engine_slot *engine_hold(struct engine *e, struct engine_query *q);
void engine_release(struct engine *e, struct engine_slot *slot);
void engine_free_slots(struct engine *e);

struct engine_slot *engine_slot_at(const struct engine *e, uint32_t number);

/* SLOT, which is in no ring, is in the air, in RING, until DUE_NS; no longer. */
void engine_fly(struct engine *e, struct engine_slot *slot, struct engine_link *ring,
		uint64_t due_ns);
void engine_land(struct engine *e, struct engine_slot *slot);

/* SLOT is to be sent as soon as there is room. */
void engine_again(struct engine *e, struct engine_slot *slot);

/* N random bytes, at most ENGINE_CASE_BYTES. */
void engine_random(struct engine *e, void *to, size_t n);

/* engine_try.c */

/* The first server from number FROM on, 0 behind the last, that is not down; else that one. */
unsigned engine_server_from(struct engine *e, unsigned from);

/* SLOT is being sent to S: a try. */
void engine_sent(struct engine *e, struct engine_slot *slot, struct engine_server *s);

/* The try of SLOT, which was sent, was of no use: CODE is an errno, 0 for silence. */
void engine_try_failed(struct engine *e, struct engine_slot *slot, int code);

/* SLOT could not be sent for the reason CODE: that is a try too. */
void engine_not_sent(struct engine *e, struct engine_slot *slot, int code);

/* The try of SLOT does not count. */
void engine_try_undone(struct engine *e, struct engine_slot *slot);

/* An answer to a slot's question, with the right id and from its server. */
struct engine_answer {
	const uint8_t *msg;
	size_t len;
	struct engine_server *server;
	bool tcp;
	bool latest;       /* to the last time that it was sent */
	uint64_t asked_ns; /* when that was to which it is one */
};
void engine_answered(struct engine *e, struct engine_slot *slot, const struct engine_answer *a);

/* The timer of SLOT. */
void engine_due(struct engine *e, struct engine_slot *slot);

/* How long an answer of SERVER is waited for at the try that SLOT has now. */
uint64_t engine_patience(const struct engine *e, const struct engine_slot *slot);

/* engine_match.c */

enum engine_match {
	ENGINE_MATCH,     /* an answer to that question */
	ENGINE_NO_MATCH,  /* to another one, or none */
	ENGINE_MALFORMED, /* no message */
	ENGINE_NO_EDNS,   /* FORMERR without a question, as servers without EDNS send it */
};

/* The question of Q as it was sent, with LETTERS in the other case (NULL: in any case). */
enum engine_match engine_match(const uint8_t *msg, size_t len, const struct wire_question *q,
			       const uint8_t *letters);

enum engine_worth {
	ENGINE_GOOD,
	ENGINE_LAME,       /* a referral to others where the server was to recurse */
	ENGINE_UNREADABLE, /* malformed: a record, or a name that is all of a record's data */
};

/* What the answer MSG is worth, its rcode left aside. */
enum engine_worth engine_worth(const uint8_t *msg, size_t len, bool recurse);

/* MSG is an answer to SLOT as it was sent: also one without a question, if EDNS explains it. */
bool engine_is_answer(const struct engine *e, const struct engine_slot *slot, const uint8_t *msg,
		      size_t len);

/* Turns the case of those letters of the N bytes at NAME whose bit in LETTERS is set. */
void engine_turn_case(uint8_t *name, size_t n, const uint8_t *letters);

/* engine_udp.c */
void engine_udp_send(struct engine *e, struct engine_slot *slot);
void engine_udp_flush(struct engine *e, struct engine_server *s);

/* No datagram of SLOT is waited for. */
void engine_udp_forget(struct engine_slot *slot);
void engine_udp_close(struct engine *e, struct engine_server *s);

/* engine_tcp.c */
void engine_tcp_send(struct engine *e, struct engine_slot *slot);
void engine_tcp_flush(struct engine *e, struct engine_server *s);
void engine_tcp_timeout(struct engine *e, struct engine_slot *slot);
void engine_tcp_close(struct engine *e, struct engine_server *s);

/* engine_time.c */
void engine_timer_set(struct engine *e, struct engine_slot *slot, uint64_t due_ns);
void engine_timer_stop(struct engine *e, struct engine_slot *slot);

/* Calls engine_due() for each slot whose time has come by e->now_ns. */
void engine_timers(struct engine *e);

/* When engine_timers() is to be called next; UINT64_MAX: not at all. */
uint64_t engine_timers_next(const struct engine *e);

#endif
