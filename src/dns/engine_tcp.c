/* SPDX-License-Identifier: MIT */
/*
 * engine_tcp.c - the queries that go by TCP: engine_impl.h
 *
 * One connection a server takes many queries at once (RFC 7766 section 6.2.1).  A server that
 * closes a connection has the rest of its queries asked again on the next one, at no cost to
 * them if it answered any.  What it answered is how many the next connection gets, and the
 * fewer that are, the more connections there are side by side.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns/engine_impl.h"
#include "net/sock.h"

enum {
	DEPTH = 256, /* queries under way on a connection */
	SIDE_BY_SIDE = 16,
	LENGTH = 2, /* bytes before each message */
	READ = 16384,
	READS = 16, /* calls in a row, then others have their turn */
};

#define SETTLED_NS (20 * CLOCK_MS) /* a connection that is open so long after its quota */

static void pull(struct engine *e, struct engine_server *s);

/* The time until the server is taken to be silent. */
static uint64_t patience(const struct engine *e, const struct engine_slot *slot)
{
	return 2 * engine_patience(e, slot); /* the connection takes as long as the answer */
}

static struct engine_tcp *conn_of(struct engine_link *l)
{
	return (struct engine_tcp *)(void *)((char *)l - offsetof(struct engine_tcp, link));
}

static void free_conn(struct engine *e, struct engine_tcp *c)
{
	loop_del(e->loop, &c->io);
	close(c->io.fd);
	engine_link_del(&c->link);
	c->server->ntcp--;
	buf_fini(&c->in);
	buf_fini(&c->out);
	free(c);
}

/* Connection C has ended: its queries are asked again, as a try that failed if it was useless. */
static void ended(struct engine *e, struct engine_tcp *c, int code)
{
	struct engine_server *s = c->server;
	struct engine_link ring = c->flying;
	bool useful = c->answers > 0;

	s->errors += !useful;
	if (c->n && c->connected)
		s->quota = useful ? c->answers : 1;
	if (!engine_ring_empty(&c->flying))
		ring.next->prev = ring.prev->next = &ring;
	else
		engine_ring(&ring);
	for (struct engine_link *l = ring.next; l != &ring; l = l->next)
		ENGINE_SLOT(l, flying)->conn = NULL;
	free_conn(e, c);
	while (!engine_ring_empty(&ring)) {
		struct engine_slot *slot = ENGINE_SLOT(ring.next, flying);

		if (useful)
			engine_try_undone(e, slot);
		else
			engine_try_failed(e, slot, code);
	}
	pull(e, s);
}

/* One message that came on C. */
static void take(struct engine *e, struct engine_tcp *c, const uint8_t *msg, size_t len)
{
	struct engine_server *s = c->server;
	struct engine_answer a = { .msg = msg, .len = len, .server = s, .tcp = true };
	uint16_t id = (uint16_t)(msg[0] << 8 | msg[1]);

	s->stats.bytes_in += len;
	for (struct engine_link *l = c->flying.next; l != &c->flying; l = l->next) {
		struct engine_slot *slot = ENGINE_SLOT(l, flying);

		if (slot->tcp_id != id)
			continue;
		if (!engine_is_answer(e, slot, msg, len))
			break;
		a.latest = true;
		c->answers++;
		engine_answered(e, slot, &a);
		return;
	}
	s->stats.mismatched++;
}

/* Takes the messages that are there as a whole; -1 if something else came. */
static int take_all(struct engine *e, struct engine_tcp *c)
{
	size_t at = 0;

	for (;;) {
		const uint8_t *p = (const uint8_t *)c->in.data + at;
		size_t left = c->in.len - at, len;

		if (left < LENGTH)
			break;
		len = (size_t)(p[0] << 8 | p[1]);
		if (len < WIRE_HEADER) {
			c->server->stats.malformed++;
			return -1;
		}
		if (left - LENGTH < len)
			break;
		at += LENGTH + len;
		take(e, c, p + LENGTH, len);
	}
	buf_consume(&c->in, at);
	return 0;
}

/* 0, or why C has ended: an errno. */
static int read_some(struct engine *e, struct engine_tcp *c)
{
	for (unsigned i = 0; i < READS; i++) {
		ssize_t n = recv(c->io.fd, buf_reserve(&c->in, READ), READ, 0);

		if (n == 0)
			return ECONNRESET;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return compat_would_block(errno) ? 0 : errno;
		c->in.len += (size_t)n;
		c->heard_ns = e->now_ns;
		if (take_all(e, c) < 0)
			return EBADMSG;
	}
	return 0;
}

static int write_some(struct engine_tcp *c)
{
	while (c->connected && c->out.len) {
		ssize_t n = send(c->io.fd, c->out.data, c->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return compat_would_block(errno) ? 0 : errno;
		buf_consume(&c->out, (size_t)n);
	}
	return 0;
}

/* Watches C for what it waits for. */
static int rearm(struct engine *e, struct engine_tcp *c)
{
	unsigned want = LOOP_READ | (c->out.len || !c->connected ? LOOP_WRITE : 0U);
	struct err err;

	return loop_want(e->loop, &c->io, want, &err) < 0 ? err.code : 0;
}

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct engine_tcp *c = (struct engine_tcp *)io;
	struct engine *e = c->engine;
	struct err err;
	int code = 0;

	e->now_ns = clock_now_ns();
	if (!c->connected) {
		if (sock_connected(io->fd, &c->server->sa, &err) < 0)
			code = err.code;
		else if (ready & LOOP_WRITE)
			c->connected = true;
		else
			return;
	}
	if (!code)
		code = write_some(c);
	if (!code && ready & LOOP_READ)
		code = read_some(e, c);
	if (!code)
		code = rearm(e, c);
	if (code)
		ended(e, c, code);
	else
		pull(e, c->server);
}

/* One more connection to S; NULL with errno. */
static struct engine_tcp *open_one(struct engine *e, struct engine_server *s)
{
	struct engine_tcp *c;
	struct err err;
	int fd = sock_open(s->sa.u.sa.sa_family, SOCK_STREAM, &err), now, on = 1;

	if (fd < 0)
		goto failed;
	now = sock_connect(fd, &s->sa, &err);
	if (now < 0) {
		close(fd);
		goto failed;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c = xcalloc(1, sizeof(*c));
	c->io = (struct loop_fd){ .fd = fd, .on_ready = on_ready };
	c->engine = e;
	c->server = s;
	c->connected = now > 0;
	engine_ring(&c->flying);
	engine_link_add(&s->tcp, &c->link);
	s->ntcp++;
	if (loop_add(e->loop, &c->io, LOOP_READ | LOOP_WRITE, &err) == 0)
		return c;
	free_conn(e, c);
failed:
	errno = err.code ? err.code : EIO;
	return NULL;
}

/* C has room for one more query. */
static bool has_room(const struct engine *e, struct engine_tcp *c)
{
	struct engine_server *s = c->server;

	if (c->n >= DEPTH)
		return false;
	if (c->sent < s->quota)
		return true;
	/* It has answered all that it was good for, and the server still has not closed it. */
	if (c->n || e->now_ns < c->heard_ns + SETTLED_NS)
		return false;
	s->quota = c->sent > UINT32_MAX / 2 ? UINT32_MAX : 2 * c->sent;
	return true;
}

/* A connection that takes one more query to S; NULL with errno, which is 0 if none has room. */
static struct engine_tcp *choose(struct engine *e, struct engine_server *s)
{
	unsigned most = s->quota >= DEPTH ? 1 : DEPTH / s->quota;
	struct engine_link *next;
	struct engine_tcp *c;

	for (struct engine_link *l = s->tcp.next; l != &s->tcp; l = next) {
		next = l->next;
		c = conn_of(l);
		if (has_room(e, c))
			return c;
		if (!c->n)
			free_conn(e, c); /* it is used up */
	}
	errno = 0;
	if (s->ntcp >= (most < SIDE_BY_SIDE ? most : SIDE_BY_SIDE))
		return NULL;
	c = open_one(e, s);
	if (!c && s->ntcp)
		errno = 0; /* it must do with those that there are */
	return c;
}

static uint16_t new_id(struct engine *e, struct engine_tcp *c)
{
	struct engine_link *l;
	uint16_t id;

	do {
		engine_random(e, &id, sizeof(id));
		for (l = c->flying.next; l != &c->flying; l = l->next)
			if (ENGINE_SLOT(l, flying)->tcp_id == id)
				break;
	} while (l != &c->flying);
	return id;
}

static void put(struct engine *e, struct engine_tcp *c, struct engine_slot *slot)
{
	const struct wire_ask *ask = slot->plain ? &e->plain : &e->config.ask;
	struct engine_server *s = c->server;
	uint8_t *to = (uint8_t *)buf_reserve(&c->out, LENGTH + WIRE_QUERY_MAX);
	size_t len;

	slot->tcp_id = new_id(e, c);
	len = wire_query(to + LENGTH, slot->tcp_id, &slot->q->question, ask);
	if (e->config.random_case)
		engine_turn_case(to + LENGTH + WIRE_HEADER, slot->q->question.name.len,
				 slot->letters);
	to[0] = (uint8_t)(len >> 8);
	to[1] = (uint8_t)len;
	c->out.len += LENGTH + len;
	s->stats.bytes_out += len;
	s->stats.tcp++;
	engine_sent(e, slot, s);
	slot->conn = c;
	c->n++;
	c->sent++;
	engine_fly(e, slot, &c->flying, e->now_ns + patience(e, slot));
}

/* Puts as many as there is room for of those that wait on connections. */
static void pull(struct engine *e, struct engine_server *s)
{
	while (!engine_ring_empty(&s->tcp_queue)) {
		struct engine_slot *slot = ENGINE_SLOT(s->tcp_queue.next, link);
		struct engine_tcp *c = choose(e, s);

		if (!c && errno == 0)
			return;
		engine_link_del(&slot->link);
		if (c)
			put(e, c, slot);
		else
			engine_not_sent(e, slot, errno);
	}
}

void engine_tcp_send(struct engine *e, struct engine_slot *slot)
{
	struct engine_server *s = &e->servers[slot->server];

	engine_link_add(&s->tcp_queue, &slot->link);
	pull(e, s);
}

void engine_tcp_flush(struct engine *e, struct engine_server *s)
{
	struct engine_link *l = s->tcp.next;

	while (l != &s->tcp) {
		struct engine_tcp *c = conn_of(l);
		int code = write_some(c);

		l = l->next;
		if (!code)
			code = rearm(e, c);
		if (code) {
			ended(e, c, code);
			l = s->tcp.next; /* others may be gone too */
		}
	}
}

void engine_tcp_timeout(struct engine *e, struct engine_slot *slot)
{
	struct engine_tcp *c = slot->conn;
	bool stuck = c->heard_ns <= slot->sent_ns;

	engine_try_failed(e, slot, 0);
	if (stuck)
		ended(e, c, ETIMEDOUT);
	else
		pull(e, c->server);
}

void engine_tcp_close(struct engine *e, struct engine_server *s)
{
	struct engine_link *next;

	for (struct engine_link *l = s->tcp.next; l != &s->tcp; l = next) {
		next = l->next;
		free_conn(e, conn_of(l));
	}
}
