/* SPDX-License-Identifier: MIT */
/*
 * engine.h - a server in the engine's own loop, which does to each query what its first label
 * says: "drop2-x" is answered the third time, "servfail1-x" at first with SERVFAIL, and so on
 */
#ifndef NETIPC_TESTS_ENGINE_H
#define NETIPC_TESTS_ENGINE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "dns/engine.h"
#include "net/sock.h"
#include "unit.h"

enum {
	SERVERS = 2,
	QUERIES = 20000,
	CONNS = 4096,
};

/* How often each name was asked, by a number at its end. */
static unsigned asked[QUERIES];

enum tcp {
	TCP_ANSWERS,
	TCP_CLOSES,        /* after each answer */
	TCP_CLOSES_SOON,   /* after the first query, without an answer */
	TCP_CLOSES_POISON, /* when it reads a query of "poison", without an answer */
	TCP_REFUSES,
	TCP_GARBAGE, /* a message of one byte */
	TCP_HUGE,    /* announces more than it sends */
	TCP_STALLS,
	TCP_SPLITS,    /* sends byte by byte */
	TCP_OTHER,     /* another id, then the answer */
	TCP_BACKWARDS, /* answers each two queries in the other order */
};

struct server {
	struct loop_fd io; /* first */
	struct loop_fd listener;
	struct sa sa;
	unsigned queries, tcp_queries, connections;
	bool dead, no_edns;
	bool upper; /* answers with the question in upper case */
	enum tcp tcp;
};

/* A connection to a server. */
struct conn {
	struct loop_fd io; /* first */
	struct server *server;
	struct buf in, out, held;
};

struct world {
	struct server servers[SERVERS];
	struct engine *e;
	struct engine_query q[QUERIES];
	struct conn *conns[CONNS];
	unsigned nconns;
	unsigned done, results[3], rcodes[16];
};

static struct world w;

struct packet {
	uint8_t bytes[WIRE_MESSAGE_MAX];
	size_t len;
	struct sockaddr_storage from;
	socklen_t from_len;
	int fd;
};

static void reply(const struct packet *p)
{
	ck_assert_int_eq(sendto(p->fd, p->bytes, p->len, 0, (const struct sockaddr *)&p->from,
				p->from_len),
			 (ssize_t)p->len);
}

/* Does what the first label WORD says at the time TIMES, from 0: true if it says anything. */
static bool misbehave(struct packet *p, const char *word, unsigned times)
{
	unsigned limit = (unsigned)(word[strcspn(word, "0123456789")] - '0');

	if (times >= limit)
		return false;
	if (strncmp(word, "drop", 4) == 0)
		return true;
	if (strncmp(word, "tc", 2) == 0)
		p->bytes[2] |= 2;
	else if (strncmp(word, "servfail", 8) == 0)
		p->bytes[3] = 2;
	else if (strncmp(word, "refused", 7) == 0)
		p->bytes[3] = 5;
	else if (strncmp(word, "id", 2) == 0)
		p->bytes[0] ^= 0x55;
	else if (strncmp(word, "qname", 5) == 0)
		p->bytes[WIRE_HEADER + 1] = '#';
	else if (strncmp(word, "qtype", 5) == 0)
		p->bytes[p->len - 3] ^= 1;
	else if (strncmp(word, "noqr", 4) == 0)
		p->bytes[2] &= 0x7f;
	else if (strncmp(word, "short", 5) == 0)
		p->len = 11;
	else if (strncmp(word, "header", 6) == 0)
		p->len = WIRE_HEADER, p->bytes[3] = 1, p->bytes[5] = 0;
	else if (strncmp(word, "cut", 3) == 0)
		p->len -= 2;
	else
		return false;
	reply(p);
	return true;
}

static void serve(struct server *s, struct packet *p)
{
	const uint8_t *name = p->bytes + WIRE_HEADER;
	char word[64] = "";
	unsigned number;

	s->queries++;
	p->fd = s->io.fd;
	ck_assert_uint_ge(p->len, WIRE_HEADER);
	memcpy(word, name + 1, name[0]);
	for (char *c = word; *c; c++)
		*c = (char)(*c | 0x20); /* lower case, but - and digits stay */
	ck_assert_ptr_nonnull(strchr(word, '-'));
	number = (unsigned)strtoul(strchr(word, '-') + 1, NULL, 10);
	ck_assert_uint_lt(number, QUERIES);
	if (s->dead)
		return;
	p->bytes[2] |= 0x80;
	p->bytes[3] = 0;
	if (s->no_edns && p->bytes[11]) {
		p->bytes[3] = 1;
		p->len = WIRE_HEADER;
		p->bytes[5] = p->bytes[11] = 0;
		reply(p);
		return;
	}
	if (s->upper)
		for (size_t i = 0; name[i]; i++)
			p->bytes[WIRE_HEADER + i] =
				(uint8_t)(name[i] >= 'a' ? name[i] ^ 0x20 : name[i]);
	if (!misbehave(p, word, asked[number]++))
		reply(p);
}

static void on_query(struct loop_fd *io, unsigned ready UNUSED)
{
	struct server *s = (struct server *)io;
	static struct packet p;
	ssize_t n;

	for (;;) {
		p.from_len = sizeof(p.from);
		n = recvfrom(io->fd, p.bytes, sizeof(p.bytes), 0, (struct sockaddr *)&p.from,
			     &p.from_len);
		if (n < 0)
			return;
		p.len = (size_t)n;
		serve(s, &p);
	}
}

static void hang_up(struct conn *c)
{
	for (unsigned i = 0; i < w.nconns; i++)
		if (w.conns[i] == c)
			w.conns[i] = w.conns[--w.nconns];
	loop_del(engine_loop(w.e), &c->io);
	close(c->io.fd);
	buf_fini(&c->in);
	buf_fini(&c->out);
	buf_fini(&c->held);
	free(c);
}

/* Sends what C has to send; all of it but for TCP_SPLITS. */
static void flush(struct conn *c)
{
	size_t n = c->server->tcp == TCP_SPLITS ? 1 : c->out.len;
	struct err err;

	if (c->out.len) {
		ck_assert_int_eq(send(c->io.fd, c->out.data, n, MSG_NOSIGNAL), (ssize_t)n);
		buf_consume(&c->out, n);
	}
	ck_assert_int_eq(loop_want(engine_loop(w.e), &c->io,
				   LOOP_READ | (c->out.len ? LOOP_WRITE : 0U), &err),
			 0);
}

/* Answers the query in the first LEN bytes of C->in, length and all; false: it hangs up. */
static bool answer_tcp(struct conn *c, size_t len)
{
	static const char garbage[] = "\0\1x", huge[] = "\xff\xff";
	struct buf *to = &c->out;

	c->server->tcp_queries++;
	c->in.data[4] |= (char)0x80;
	switch (c->server->tcp) {
	case TCP_CLOSES_SOON:
		return false;
	case TCP_CLOSES_POISON:
		if (memcmp(c->in.data + 15, "poison", 6) == 0)
			return false;
		break;
	case TCP_GARBAGE:
		buf_add(&c->out, garbage, sizeof(garbage));
		return true;
	case TCP_HUGE:
		buf_add(&c->out, huge, 2);
		break;
	case TCP_STALLS:
		return true;
	case TCP_OTHER:
		buf_add(to, c->in.data, len);
		to->data[to->len - len + 2] ^= 1;
		break;
	case TCP_BACKWARDS:
		if (!c->held.len) {
			buf_add(&c->held, c->in.data, len);
			return true;
		}
		buf_add(to, c->in.data, len);
		buf_add(to, c->held.data, c->held.len);
		c->held.len = 0;
		return true;
	case TCP_ANSWERS:
	case TCP_CLOSES:
	case TCP_REFUSES:
	case TCP_SPLITS:
		break;
	}
	buf_add(to, c->in.data, len);
	if (c->server->tcp != TCP_CLOSES)
		return true;
	flush(c);
	return false;
}

static void on_conn(struct loop_fd *io, unsigned ready UNUSED)
{
	struct conn *c = (struct conn *)io;
	ssize_t n = recv(io->fd, buf_reserve(&c->in, 4096), 4096, 0);
	size_t len;

	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		hang_up(c);
		return;
	}
	c->in.len += n > 0 ? (size_t)n : 0;
	for (;;) {
		if (c->in.len < 2)
			break;
		len = 2 + ((size_t)(uint8_t)c->in.data[0] << 8 | (uint8_t)c->in.data[1]);
		if (c->in.len < len)
			break;
		if (!answer_tcp(c, len)) {
			hang_up(c);
			return;
		}
		buf_consume(&c->in, len);
	}
	flush(c);
}

static void on_accept(struct loop_fd *io, unsigned ready UNUSED)
{
	struct server *s =
		(struct server *)(void *)((char *)io - offsetof(struct server, listener));
	struct conn *c;
	struct err err;
	struct sa peer;
	int fd;

	while ((fd = sock_accept(io->fd, &peer)) >= 0) {
		s->connections++;
		c = xcalloc(1, sizeof(*c));
		c->io = (struct loop_fd){ .fd = fd, .on_ready = on_conn };
		c->server = s;
		ck_assert_uint_lt(w.nconns, CONNS);
		w.conns[w.nconns++] = c;
		ck_assert_int_eq(loop_add(engine_loop(w.e), &c->io, LOOP_READ, &err), 0);
	}
}

static void on_done(struct engine_query *q)
{
	w.done++;
	w.results[q->result]++;
	if (q->result == ENGINE_ANSWERED) {
		ck_assert_uint_ge(q->len, WIRE_HEADER);
		w.rcodes[q->msg[3] & 15]++;
	}
}

/* A UDP socket and one that listens, with the same port. */
static void open_server(struct server *s, enum tcp tcp)
{
	struct ip ip = { 4, { 127, 0, 0, 1 } };
	struct err err;

	s->tcp = tcp;
	s->listener.fd = -1;
	do {
		sa_from_ip(&s->sa, &ip, 0);
		if (s->io.on_ready)
			close(s->io.fd);
		s->io.fd = sock_listen(&s->sa, &(struct sock_server){ .type = SOCK_DGRAM }, &err);
		ck_assert_msg(s->io.fd >= 0, "%s", err.text);
		ck_assert_int_eq(sock_local(s->io.fd, &s->sa, &err), 0);
		s->io.on_ready = on_query;
		if (tcp == TCP_REFUSES)
			return;
		s->listener.fd =
			sock_listen(&s->sa,
				    &(struct sock_server){ .type = SOCK_STREAM, .backlog = 100 },
				    &err);
	} while (s->listener.fd < 0);
	s->listener.on_ready = on_accept;
}

static void start_tcp(struct engine_config *config, unsigned nservers, enum tcp tcp)
{
	struct sa list[SERVERS];
	struct err err;

	memset(&w, 0, sizeof(w));
	memset(asked, 0, sizeof(asked));
	for (unsigned i = 0; i < nservers; i++) {
		open_server(&w.servers[i], tcp);
		list[i] = w.servers[i].sa;
	}
	config->servers = list;
	config->nservers = nservers;
	w.e = engine_new(config, &err);
	ck_assert_msg(w.e != NULL, "%s", err.text);
	config->servers = NULL;
	for (unsigned i = 0; i < nservers; i++) {
		struct server *s = &w.servers[i];

		ck_assert_int_eq(loop_add(engine_loop(w.e), &s->io, LOOP_READ, &err), 0);
		if (s->listener.on_ready)
			ck_assert_int_eq(loop_add(engine_loop(w.e), &s->listener, LOOP_READ, &err),
					 0);
	}
}

static void close_server(struct server *s)
{
	if (s->io.on_ready) {
		loop_del(engine_loop(w.e), &s->io);
		close(s->io.fd);
	}
	if (s->listener.on_ready) {
		loop_del(engine_loop(w.e), &s->listener);
		close(s->listener.fd);
	}
	s->io.on_ready = s->listener.on_ready = NULL;
}

static void stop(void)
{
	while (w.nconns)
		hang_up(w.conns[0]);
	for (unsigned i = 0; i < SERVERS; i++)
		close_server(&w.servers[i]);
	engine_free(w.e);
}

static struct engine_query *ask(const char *word, unsigned number)
{
	struct engine_query *q = &w.q[number];
	char text[64];
	struct err err;

	snprintf(text, sizeof(text), "%s-%u.test", word, number);
	ck_assert_int_eq(wire_name_parse(&q->question.name, text, strlen(text), &err), 0);
	q->question.type = 1;
	q->question.class = 1;
	q->on_done = on_done;
	engine_ask(w.e, q);
	return q;
}

static void run(void)
{
	struct err err;

	while (engine_busy(w.e))
		ck_assert_msg(engine_turn(w.e, UINT64_MAX, &err) == 0, "%s", err.text);
}

#endif
