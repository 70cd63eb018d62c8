/* SPDX-License-Identifier: MIT */
/* engine_udp.c - the datagrams: engine_impl.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns/engine_impl.h"

enum {
	BUSY = 64,         /* queries in the air on each socket before another is opened */
	USED_MAX = 60000,  /* ids of a socket: a free one is found soon */
	RECEIVE = 4 << 20, /* bytes of the receive buffer, for bursts of answers */
	READS = 16,        /* calls in a row, then others have their turn */
};

#define REFUSED_NS CLOCK_S /* for which the system may take no datagram: it has no buffers */

/* Errors that tell of datagrams sent before, not of the one at hand. */
static bool late(int code)
{
	return code == ECONNREFUSED || code == EHOSTUNREACH || code == ENETUNREACH ||
	       code == EHOSTDOWN || code == ENETDOWN;
}

/*
 * The queries that are in the air on U will not be answered.  One answer since a query was
 * sent shows that the server is there, and that the error was another one's.
 */
static void refused(struct engine *e, struct engine_udp *u, int code)
{
	struct engine_link ring;

	if (engine_ring_empty(&u->flying))
		return;
	u->server->errors++;
	ring = u->flying;
	ring.next->prev = ring.prev->next = &ring;
	engine_ring(&u->flying);
	while (!engine_ring_empty(&ring)) {
		struct engine_slot *slot = ENGINE_SLOT(ring.next, flying);

		engine_link_del(&slot->flying);
		engine_link_add(&u->flying, &slot->flying);
		if (slot->sent_ns >= u->server->heard_ns)
			engine_try_failed(e, slot, code);
	}
}

/* One datagram that came for U. */
static void take(struct engine *e, struct engine_udp *u, const uint8_t *msg, size_t len)
{
	struct engine_server *s = u->server;
	struct engine_answer a = { .msg = msg, .len = len, .server = s };
	unsigned id = len < 2 ? 0 : (unsigned)(msg[0] << 8 | msg[1]);
	uint32_t number = len < 2 ? 0 : u->slots[id];
	struct engine_slot *slot;

	s->stats.bytes_in += len;
	if (len < WIRE_HEADER) {
		s->stats.malformed++;
		return;
	}
	if (!number) {
		s->stats.mismatched++;
		return;
	}
	slot = engine_slot_at(e, number);
	if (!engine_is_answer(e, slot, msg, len)) {
		s->stats.mismatched++;
		return;
	}
	for (unsigned i = 0; i < ENGINE_ASKED; i++) {
		if (slot->asked[i].udp != u || slot->asked[i].id != id)
			continue;
		a.asked_ns = slot->asked[i].at_ns;
		a.latest = i == (slot->nasked - 1U) % ENGINE_ASKED;
	}
	engine_answered(e, slot, &a);
}

static uint32_t number_of(const struct engine *e, const struct engine_udp *u, unsigned i)
{
	const uint8_t *msg = e->rx_iov[i].iov_base;

	return e->rx[i].msg_len < WIRE_HEADER ? 0 : u->slots[msg[0] << 8 | msg[1]];
}

/* What N answers are about lies far apart in memory: all of it is fetched at once. */
static void fetch(const struct engine *e, const struct engine_udp *u, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *msg = e->rx_iov[i].iov_base;

		if (e->rx[i].msg_len >= WIRE_HEADER)
			__builtin_prefetch(&u->slots[msg[0] << 8 | msg[1]], 1);
	}
	for (unsigned i = 0; i < n; i++) {
		uint32_t number = number_of(e, u, i);
		const struct engine_slot *slot = number ? engine_slot_at(e, number) : NULL;

		if (!slot)
			continue;
		__builtin_prefetch(slot, 1);
		__builtin_prefetch(&slot->in_air, 1);
		__builtin_prefetch(&slot->asked[0], 1);
	}
	for (unsigned i = 0; i < n; i++) {
		uint32_t number = number_of(e, u, i);
		const struct engine_query *q = number ? engine_slot_at(e, number)->q : NULL;

		if (!q)
			continue;
		__builtin_prefetch(&q->question.name, 1);
		__builtin_prefetch(&q->on_done, 1);
		__builtin_prefetch(&q->slot, 1);
	}
}

static void take_all(struct engine *e, struct engine_udp *u, unsigned n)
{
	fetch(e, u, n);
	for (unsigned i = 0; i < n; i++) {
		if (e->rx[i].msg_hdr.msg_flags & MSG_TRUNC)
			u->server->stats.malformed++;
		else
			take(e, u, e->rx_iov[i].iov_base, e->rx[i].msg_len);
		e->rx[i].msg_hdr.msg_flags = 0;
	}
}

static void on_ready(struct loop_fd *io, unsigned ready UNUSED)
{
	struct engine_udp *u = (struct engine_udp *)io;
	struct engine *e = u->engine;

	for (unsigned i = 0; i < READS; i++) {
		int n = compat_recvmmsg(io->fd, e->rx, ENGINE_BATCH);

		e->now_ns = clock_now_ns();
		if (n > 0)
			take_all(e, u, (unsigned)n);
		else if (n == 0 || compat_would_block(errno))
			return;
		else if (errno != EINTR)
			refused(e, u, errno);
		if (n > 0 && n < ENGINE_BATCH)
			return;
	}
}

static void close_one(struct engine *e, struct engine_udp *u)
{
	loop_del(e->loop, &u->io);
	close(u->io.fd);
	free(u->slots);
	free(u);
}

/* One more socket for S; -1 with errno. */
static int open_one(struct engine *e, struct engine_server *s)
{
	int fd = compat_socket(s->sa.u.sa.sa_family, SOCK_DGRAM, 0), code;
	struct engine_udp *u;
	struct err err;

	if (fd < 0)
		return -1;
	if (connect(fd, &s->sa.u.sa, s->sa.len) < 0) {
		code = errno;
		close(fd);
		errno = code;
		return -1;
	}
	if (e->config.window > ENGINE_BATCH)
		compat_receive_buffer(fd, RECEIVE);
	u = xcalloc(1, sizeof(*u));
	*u = (struct engine_udp){ .io = { .fd = fd, .on_ready = on_ready },
				  .engine = e,
				  .server = s };
	engine_ring(&u->flying);
	if (loop_add(e->loop, &u->io, LOOP_READ, &err) < 0) {
		close_one(e, u);
		errno = err.code;
		return -1;
	}
	u->slots = xcalloc(ENGINE_IDS, sizeof(*u->slots));
	s->udp[s->nudp++] = u;
	return 0;
}

/* The socket for the next datagrams to S; NULL with errno. */
static struct engine_udp *choose(struct engine *e, struct engine_server *s)
{
	unsigned i;

	if (s->nudp < s->udp_max && s->flying >= s->nudp * BUSY && open_one(e, s) < 0) {
		if (s->nudp == 0)
			return NULL;
		s->udp_max = s->nudp; /* it must do with those that there are */
		engine_limit(e);
	}
	for (i = 0; i < s->nudp; i++) {
		struct engine_udp *u = s->udp[s->udp_turn++ % s->nudp];

		if (u->used < USED_MAX)
			return u;
	}
	errno = EAGAIN;
	return NULL;
}

static uint16_t new_id(struct engine *e, const struct engine_udp *u)
{
	uint16_t id, next;

	do
		engine_random(e, &id, sizeof(id));
	while (u->slots[id]);
	if (e->random_left >= sizeof(next)) { /* the next one is known: its place is fetched */
		memcpy(&next, e->random + e->random_left - sizeof(next), sizeof(next));
		__builtin_prefetch(&u->slots[next], 1);
	}
	return id;
}

static void forget(struct engine_asked *a)
{
	if (!a->udp)
		return;
	a->udp->slots[a->id] = 0;
	a->udp->used--;
	a->udp = NULL;
}

void engine_udp_forget(struct engine_slot *slot)
{
	for (unsigned i = 0; i < ENGINE_ASKED; i++)
		forget(&slot->asked[i]);
}

/* Puts the query of SLOT behind the others in the batch B, under a new id. */
static void write_query(struct engine *e, struct engine_slot *slot, struct engine_batch *b)
{
	struct engine_asked *a = &slot->asked[slot->nasked++ % ENGINE_ASKED];
	const struct wire_ask *ask = slot->plain ? &e->plain : &e->config.ask;
	uint8_t *to = b->bytes + b->used;
	size_t len;

	forget(a);
	*a = (struct engine_asked){ e->now_ns, b->udp, new_id(e, b->udp) };
	b->udp->slots[a->id] = slot->number;
	b->udp->used++;
	len = wire_query(to, a->id, &slot->q->question, ask);
	if (e->config.random_case)
		engine_turn_case(to + WIRE_HEADER, slot->q->question.name.len, slot->letters);
	b->iov[b->n] = (struct iovec){ to, len };
	b->hdr[b->n].msg_hdr = (struct msghdr){ .msg_iov = &b->iov[b->n], .msg_iovlen = 1 };
	b->n++;
	b->used += len;
	b->udp->server->stats.bytes_out += len;
}

void engine_udp_send(struct engine *e, struct engine_slot *slot)
{
	struct engine_server *s = &e->servers[slot->server];
	struct engine_batch *b = s->batch;

	if (!b) {
		b = s->batch = xmalloc(sizeof(*b));
		b->n = b->sent = 0;
		b->refused_ns = 0;
	}
	if (b->n == 0) {
		b->used = 0;
		b->udp = choose(e, s);
		if (!b->udp) {
			engine_not_sent(e, slot, errno);
			return;
		}
	}
	write_query(e, slot, b);
	engine_sent(e, slot, s);
	engine_fly(e, slot, &b->udp->flying, e->now_ns + engine_patience(e, slot));
	if (b->n == ENGINE_BATCH)
		engine_udp_flush(e, s);
}

/* The datagram at hand cannot be sent: CODE. */
static void unsendable(struct engine *e, struct engine_batch *b, int code)
{
	const uint8_t *msg = b->iov[b->sent++].iov_base;
	uint32_t number = b->udp->slots[msg[0] << 8 | msg[1]];
	struct engine_slot *slot = number ? engine_slot_at(e, number) : NULL;

	b->udp->server->errors++;
	if (slot && slot->in_air)
		engine_try_failed(e, slot, code);
}

/* The system takes no datagram for now, CODE, and has not refused them for too long. */
static bool waits(struct engine *e, struct engine_batch *b, int code)
{
	if (!compat_would_block(code) && code != ENOBUFS)
		return false;
	if (!b->refused_ns)
		b->refused_ns = e->now_ns;
	return e->now_ns - b->refused_ns < REFUSED_NS;
}

void engine_udp_flush(struct engine *e, struct engine_server *s)
{
	struct engine_batch *b = s->batch;
	unsigned errors = 0;
	int code = 0;

	if (!b)
		return;
	while (b->sent < b->n) {
		int n = compat_sendmmsg(b->udp->io.fd, b->hdr + b->sent, b->n - b->sent);

		if (n > 0) {
			b->sent += (unsigned)n;
			b->refused_ns = 0;
		} else if (waits(e, b, errno)) {
			e->blocked = true;
			return;
		} else if (late(errno) && errors < 2 * ENGINE_BATCH) {
			code = errno;
			errors++;
		} else if (errno != EINTR) {
			unsendable(e, b, errno);
		}
	}
	b->n = b->sent = 0;
	if (code)
		refused(e, b->udp, code);
}

void engine_udp_close(struct engine *e, struct engine_server *s)
{
	for (unsigned i = 0; i < s->nudp; i++)
		close_one(e, s->udp[i]);
	free(s->udp);
	free(s->batch);
}
