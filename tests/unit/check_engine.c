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
#include <unistd.h>

#include "base/clock.h"
#include "net/sock.h"
#include "unit.h"

enum {
	SERVERS = 2,
	QUERIES = 20000,
	LABEL = 16,
};

/* How often each name was asked, by a number at its end. */
static unsigned asked[QUERIES];

struct server {
	struct loop_fd io; /* first */
	struct sa sa;
	unsigned queries;
	bool dead, no_edns;
	bool upper; /* answers with the question in upper case */
};

struct world {
	struct server servers[SERVERS];
	struct engine *e;
	struct engine_query q[QUERIES];
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
	if (strncmp(word, "servfail", 8) == 0)
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

static void on_done(struct engine_query *q)
{
	w.done++;
	w.results[q->result]++;
	if (q->result == ENGINE_ANSWERED) {
		ck_assert_uint_ge(q->len, WIRE_HEADER);
		w.rcodes[q->msg[3] & 15]++;
	}
}

static void start(struct engine_config *config, unsigned nservers)
{
	struct sa list[SERVERS];
	struct err err;

	memset(&w, 0, sizeof(w));
	memset(asked, 0, sizeof(asked));
	for (unsigned i = 0; i < nservers; i++) {
		struct ip ip = { 4, { 127, 0, 0, 1 } };
		struct server *s = &w.servers[i];

		sa_from_ip(&s->sa, &ip, 0);
		s->io.fd = sock_listen(&s->sa, &(struct sock_server){ .type = SOCK_DGRAM }, &err);
		ck_assert_msg(s->io.fd >= 0, "%s", err.text);
		ck_assert_int_eq(sock_local(s->io.fd, &list[i], &err), 0);
		s->io.on_ready = on_query;
	}
	config->servers = list;
	config->nservers = nservers;
	w.e = engine_new(config, &err);
	ck_assert_msg(w.e != NULL, "%s", err.text);
	config->servers = NULL;
	for (unsigned i = 0; i < nservers; i++)
		ck_assert_int_eq(loop_add(engine_loop(w.e), &w.servers[i].io, LOOP_READ, &err), 0);
}

static void stop(void)
{
	for (unsigned i = 0; i < SERVERS; i++) {
		if (!w.servers[i].io.on_ready)
			continue;
		loop_del(engine_loop(w.e), &w.servers[i].io);
		close(w.servers[i].io.fd);
	}
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

UNIT_MAIN("engine", answers, many, fault)
