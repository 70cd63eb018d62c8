/* SPDX-License-Identifier: MIT */
/*
 * check_engine.c - the engine against a server in the same loop, which does to each query what
 * its first label says: "drop2-x" is answered the third time, "servfail1-x" at first with
 * SERVFAIL, and so on
 */
#include "dns/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
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

static void start(struct engine_config *config, unsigned nservers)
{
	start_tcp(config, nservers, TCP_ANSWERS);
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

START_TEST(answers)
{
	struct engine_config config = { .ask = { .flags = WIRE_RD } };
	struct engine_query *q;
	struct engine_stats stats;

	start(&config, 1);
	q = ask("ok0", 0);
	ck_assert_uint_eq(engine_busy(w.e), 1);
	ck_assert_uint_eq(engine_waiting(w.e), 1);
	run();
	ck_assert_uint_eq(w.done, 1);
	ck_assert_int_eq(q->result, ENGINE_ANSWERED);
	ck_assert_uint_eq(q->tries, 1);
	ck_assert_uint_eq(q->server, 0);
	ck_assert(!q->tcp);
	ck_assert_uint_gt(q->sent_ns, 0);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.sent, 1);
	ck_assert_uint_eq(stats.answered, 1);
	ck_assert_uint_eq(stats.bytes_in, stats.bytes_out);
	ck_assert_uint_gt(stats.srtt_ns, 0);
	stop();
}
END_TEST

START_TEST(many)
{
	static const bool flags[] = { false, true };

	for (size_t i = 0; i < 2; i++) {
		struct engine_config config = { .window = 2000, .random_case = flags[i] };
		struct engine_stats stats;

		start(&config, 1);
		for (unsigned n = 0; n < QUERIES; n++)
			ask("ok0", n);
		run();
		ck_assert_uint_eq(w.done, QUERIES);
		ck_assert_uint_eq(w.results[ENGINE_ANSWERED], QUERIES);
		engine_stats(w.e, &stats);
		ck_assert_uint_eq(stats.answered, QUERIES);
		stop();
	}
}
END_TEST

/* What the server does, and what becomes of it. */
static const struct fault {
	const char *word;
	unsigned tries, mismatched, malformed, rcode;
} faults[] = {
	{ "drop1", 2, 0, 0, 0 },     { "drop3", 4, 0, 0, 0 },    { "servfail1", 2, 0, 0, 0 },
	{ "servfail9", 5, 0, 0, 2 }, { "refused2", 3, 0, 0, 0 }, { "refused9", 5, 0, 0, 5 },
	{ "id1", 2, 1, 0, 0 },       { "qname1", 2, 1, 0, 0 },   { "qtype2", 3, 2, 0, 0 },
	{ "noqr1", 2, 1, 0, 0 },     { "short1", 2, 0, 1, 0 },   { "cut1", 2, 1, 0, 0 },
};

START_TEST(fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		const struct fault *f = &faults[i];
		struct engine_config config = { .timeout_ns = 20 * CLOCK_MS };
		struct engine_query *q;
		struct engine_stats stats;

		start(&config, 1);
		q = ask(f->word, 1);
		run();
		ck_assert_msg(q->result == ENGINE_ANSWERED, "%s", f->word);
		ck_assert_msg(q->tries == f->tries, "%s: %u", f->word, q->tries);
		engine_stats(w.e, &stats);
		ck_assert_uint_eq(stats.mismatched, f->mismatched);
		ck_assert_uint_eq(stats.malformed, f->malformed);
		ck_assert_uint_eq(w.rcodes[f->rcode], 1);
		stop();
	}
}
END_TEST

/* By TCP: what the server does, what N queries become, and at most how many it reads. */
static const struct tcp_case {
	enum tcp tcp;
	unsigned n;
	enum engine_result result;
	int code;
	unsigned most; /* times the queries are sent, all together */
} tcp_cases[] = {
	{ TCP_ANSWERS, 1000, ENGINE_ANSWERED, 0, 1000 },
	{ TCP_SPLITS, 20, ENGINE_ANSWERED, 0, 20 },
	{ TCP_OTHER, 1000, ENGINE_ANSWERED, 0, 1000 },
	{ TCP_BACKWARDS, 1000, ENGINE_ANSWERED, 0, 1000 },
	{ TCP_CLOSES, 1000, ENGINE_ANSWERED, 0, 2000 },
	{ TCP_CLOSES_SOON, 10, ENGINE_FAILED, ECONNRESET, 30 },
	{ TCP_REFUSES, 10, ENGINE_FAILED, ECONNREFUSED, 30 },
	{ TCP_GARBAGE, 10, ENGINE_FAILED, EBADMSG, 30 },
	{ TCP_HUGE, 3, ENGINE_TIMEOUT, 0, 9 },
	{ TCP_STALLS, 3, ENGINE_TIMEOUT, 0, 9 },
};

static void check_tcp(const struct tcp_case *c, bool first_udp)
{
	struct engine_config config = { .tries = 3 };
	struct engine_stats stats;

	config.tcp = !first_udp;
	config.timeout_ns = (c->result == ENGINE_TIMEOUT ? 10 : 500) * CLOCK_MS;
	start_tcp(&config, 1, c->tcp);
	for (unsigned n = 0; n < c->n; n++)
		ask("tc9", n);
	run();
	for (unsigned n = 0; n < c->n; n++) {
		ck_assert_msg(w.q[n].result == c->result, "%d: %d", c->tcp, w.q[n].result);
		ck_assert_msg(w.q[n].code == c->code, "%d: %s", c->tcp, strerror(w.q[n].code));
		ck_assert(w.q[n].tcp);
	}
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.truncated, first_udp ? c->n : 0);
	ck_assert_msg(stats.tcp <= c->most, "%d: %u", c->tcp, (unsigned)stats.tcp);
	ck_assert_uint_eq(stats.sent, stats.tcp + stats.truncated);
	ck_assert_uint_eq(stats.mismatched, c->tcp == TCP_OTHER ? c->n : 0);
	ck_assert(!stats.malformed == (c->tcp != TCP_GARBAGE));
	if (c->tcp == TCP_ANSWERS)
		ck_assert_uint_eq(w.servers[0].connections, 1);
	stop();
}

START_TEST(by_tcp)
{
	for (size_t i = 0; i < ARRAY_SIZE(tcp_cases); i++) {
		check_tcp(&tcp_cases[i], false);
		check_tcp(&tcp_cases[i], true);
	}
}
END_TEST

/* One query that makes the server close its connections takes no other with it. */
START_TEST(poison)
{
	struct engine_config config = { .tcp = true, .tries = 3 };

	start_tcp(&config, 1, TCP_CLOSES_POISON);
	for (unsigned n = 0; n < 500; n++)
		ask(n == 250 || n == 0 ? "poison0" : "ok0", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_ANSWERED], 498);
	ck_assert_uint_eq(w.results[ENGINE_FAILED], 2);
	ck_assert_int_eq(w.q[250].result, ENGINE_FAILED);
	stop();
}
END_TEST

/* A server that is not there is left for the other one. */
START_TEST(dead_first)
{
	struct engine_config config = { .window = 100 };
	struct engine_stats first, second;

	start(&config, 2);
	w.servers[0].dead = true;
	for (unsigned n = 0; n < 2000; n++)
		ask("ok0", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_ANSWERED], 2000);
	engine_server_stats(w.e, 0, &first);
	engine_server_stats(w.e, 1, &second);
	ck_assert_uint_eq(first.answered, 0);
	ck_assert_uint_eq(second.answered, 2000);
	ck_assert_uint_le(first.sent, 300);
	ck_assert_uint_eq(w.q[1999].server, 1);
	ck_assert_uint_eq(w.q[1999].tries, 1);
	stop();
}
END_TEST

START_TEST(rotates)
{
	struct engine_config config = { .rotate = true };
	struct engine_stats stats[2], all;

	start(&config, 2);
	for (unsigned n = 0; n < 100; n++)
		ask("ok0", n);
	run();
	for (unsigned i = 0; i < 2; i++) {
		engine_server_stats(w.e, i, &stats[i]);
		ck_assert_uint_eq(stats[i].answered, 50);
	}
	engine_stats(w.e, &all);
	ck_assert_uint_eq(all.answered, 100);
	ck_assert_uint_eq(all.bytes_in, stats[0].bytes_in + stats[1].bytes_in);
	stop();
}
END_TEST

/* What one server does not want, another may. */
START_TEST(elsewhere)
{
	struct engine_config config = { .ask = { .flags = WIRE_RD } };

	start(&config, 2);
	ask("servfail1", 0);
	ask("refused1", 1);
	run();
	for (unsigned n = 0; n < 2; n++) {
		ck_assert_uint_eq(w.q[n].server, 1);
		ck_assert_uint_eq(w.q[n].tries, 2);
		ck_assert_uint_eq(w.servers[n].queries, 2);
	}
	ck_assert_uint_eq(w.rcodes[0], 2);
	stop();
}
END_TEST

static struct engine_query *other;

static void cancel_other(struct engine_query *q)
{
	on_done(q);
	if (other)
		engine_cancel(w.e, other);
	other = NULL;
}

static void ask_again(struct engine_query *q)
{
	on_done(q);
	if (w.done < 10)
		engine_ask(w.e, q);
}

START_TEST(cancels)
{
	struct engine_config config = { .window = 2, .timeout_ns = 20 * CLOCK_MS };
	struct engine_stats stats;
	struct err err;

	start(&config, 1);
	for (unsigned n = 0; n < 4; n++)
		ask("ok0", n)->on_done = cancel_other;
	engine_cancel(w.e, &w.q[3]); /* it waits; then one is cancelled that is on its way */
	other = &w.q[1];
	ck_assert_uint_eq(engine_busy(w.e), 3);
	run();
	ck_assert_uint_eq(w.done, 2);
	ck_assert_int_eq(w.q[2].result, ENGINE_ANSWERED);

	/* The answer to one that was cancelled is nobody's. */
	ask("ok0", 4);
	ck_assert_int_eq(engine_turn(w.e, 0, &err), 0);
	engine_cancel(w.e, &w.q[4]);
	ck_assert_uint_eq(engine_busy(w.e), 0);
	ask("drop1", 5);
	run();
	ck_assert_uint_eq(w.done, 3);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.mismatched, 2);

	ask("ok0", 6)->on_done = ask_again;
	run();
	ck_assert_uint_eq(w.done, 10);
	ask("ok0", 7); /* and engine_free() with queries under way */
	ask("drop9", 8);
	ask("ok0", 9);
	ck_assert_int_eq(engine_turn(w.e, 0, &err), 0);
	stop();
}
END_TEST

START_TEST(no_edns)
{
	struct engine_config config = { .ask = { .edns = true, .bufsize = 1232 } };
	struct engine_stats stats;

	start(&config, 1);
	w.servers[0].no_edns = true;
	ask("ok0", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_ANSWERED);
	ck_assert_uint_eq(w.rcodes[0], 1);
	ck_assert_uint_eq(w.q[0].tries, 2);
	stop();

	/* Without EDNS in the query such an answer is nobody's. */
	config = (struct engine_config){ .timeout_ns = 10 * CLOCK_MS, .tries = 2 };
	start(&config, 1);
	ask("header9", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_TIMEOUT);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.mismatched, 2);
	ck_assert_uint_eq(stats.timeouts, 2);
	stop();
}
END_TEST

/* The case of the question counts if it was random, and only then. */
START_TEST(letter_case)
{
	struct engine_config config = { .timeout_ns = 10 * CLOCK_MS, .tries = 2 };
	struct engine_stats stats;

	start(&config, 1);
	w.servers[0].upper = true;
	ask("ok0", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_ANSWERED);
	stop();
	config.random_case = true;
	start(&config, 1);
	w.servers[0].upper = true;
	ask("averylongwordsothatitisneverallofonecase0", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_TIMEOUT);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.mismatched, 2);
	stop();
}
END_TEST

/* No more than RATE in each second, repeated ones too. */
START_TEST(rate)
{
	struct engine_config config = { .rate = 500, .timeout_ns = CLOCK_MS, .tries = 2 };
	uint64_t begin = clock_now_ns();

	start(&config, 1);
	for (unsigned n = 0; n < 50; n++)
		ask("drop9", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_TIMEOUT], 50);
	ck_assert_uint_eq(w.servers[0].queries, 100);
	/* 100 queries, of which some are a burst: 10 ms, which is 5 of them. */
	ck_assert_uint_ge(clock_now_ns() - begin, 94 * (CLOCK_S / 500));
	stop();
}
END_TEST

/* Nobody listens there. */
START_TEST(refused)
{
	struct engine_config config = { .tries = 3 };
	struct engine_stats stats;

	start(&config, 2);
	close_server(&w.servers[0]);
	ask("ok0", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_ANSWERED);
	ck_assert_uint_eq(w.q[0].server, 1);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.timeouts, 0);
	stop();

	start(&config, 1);
	close_server(&w.servers[0]);
	for (unsigned n = 0; n < 2000; n++)
		ask("ok0", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_FAILED], 2000);
	ck_assert_int_eq(w.q[0].code, ECONNREFUSED);
	ck_assert_int_eq(w.q[1999].code, ECONNREFUSED);
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.timeouts, 0);
	stop();
}
END_TEST

/* Too few descriptors are no failure, as long as there is one. */
START_TEST(few_descriptors)
{
	struct engine_config config = { .window = 100000 };
	struct rlimit old, few;

	start(&config, 1);
	w.servers[0].dead = true; /* until all are in the air */
	for (unsigned n = 0; n < 5000; n++)
		ask("ok0", n);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)w.servers[0].listener.fd + 4;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	w.servers[0].dead = false;
	run();
	ck_assert_uint_eq(w.results[ENGINE_ANSWERED], 5000);
	stop();

	start(&config, 1);
	few.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ask("ok0", 0);
	run();
	ck_assert_int_eq(w.q[0].result, ENGINE_FAILED);
	ck_assert_int_eq(w.q[0].code, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	stop();
}
END_TEST

/* A burst that a server cannot take makes the window smaller, and answers make it larger. */
START_TEST(window)
{
	struct engine_config config = { .window = 200 };
	struct engine_stats stats;

	start(&config, 1);
	engine_stats(w.e, &stats);
	ck_assert_uint_lt(stats.window, 200);
	for (unsigned n = 0; n < 5000; n++)
		ask("ok0", n);
	run();
	engine_stats(w.e, &stats);
	ck_assert_uint_eq(stats.window, 200);
	for (unsigned n = 5000; n < 6000; n++)
		ask("drop1", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_ANSWERED], 6000);
	engine_stats(w.e, &stats);
	ck_assert_uint_lt(stats.window, 200);
	stop();
}
END_TEST

START_TEST(by_ipv6)
{
	struct engine_config config = { .window = 10 };
	struct ip ip = { 6, { [15] = 1 } };
	struct sa sa;
	struct err err;
	int fd;

	sa_from_ip(&sa, &ip, 0);
	fd = sock_listen(&sa, &(struct sock_server){ .type = SOCK_DGRAM, .v6only = true }, &err);
	if (fd < 0)
		return; /* no IPv6 here */
	memset(&w, 0, sizeof(w));
	ck_assert_int_eq(sock_local(fd, &sa, &err), 0);
	w.servers[0].io = (struct loop_fd){ .fd = fd, .on_ready = on_query };
	config.servers = &sa;
	config.nservers = 1;
	w.e = engine_new(&config, &err);
	ck_assert_ptr_nonnull(w.e);
	ck_assert_int_eq(loop_add(engine_loop(w.e), &w.servers[0].io, LOOP_READ, &err), 0);
	ask("ok0", 0);
	run();
	ck_assert_uint_eq(w.rcodes[0], 1);
	stop();
}
END_TEST

START_TEST(no_server)
{
	struct engine_config config = { .window = 10 };
	struct err err;

	ck_assert_ptr_null(engine_new(&config, &err));
	ck_assert_int_eq(err.kind, ERR_USAGE);
	engine_free(NULL);
}
END_TEST

/* The caller's own descriptor and its deadline end a turn. */
static unsigned touched;

static void on_touch(struct loop_fd *io, unsigned ready UNUSED)
{
	char c;

	ck_assert_int_eq(read(io->fd, &c, 1), 1);
	touched++;
}

START_TEST(own_descriptor)
{
	struct engine_config config = { .window = 10 };
	struct loop_fd io = { .on_ready = on_touch };
	uint64_t begin = clock_now_ns();
	struct err err;
	int fds[2];

	start(&config, 1);
	ck_assert_int_eq(pipe(fds), 0);
	io.fd = fds[0];
	ck_assert_int_eq(loop_add(engine_loop(w.e), &io, LOOP_READ, &err), 0);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	ck_assert_int_eq(engine_turn(w.e, UINT64_MAX, &err), 0);
	ck_assert_uint_eq(touched, 1);
	while (clock_now_ns() < begin + 20 * CLOCK_MS)
		ck_assert_int_eq(engine_turn(w.e, begin + 20 * CLOCK_MS, &err), 0);
	loop_del(engine_loop(w.e), &io);
	close(fds[0]);
	close(fds[1]);
	stop();
}
END_TEST

UNIT_MAIN("engine", answers, many, fault, by_tcp, poison, dead_first, rotates, elsewhere, cancels,
	  no_edns, letter_case, rate, refused, few_descriptors, window, by_ipv6, no_server,
	  own_descriptor)
