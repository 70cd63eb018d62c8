/* SPDX-License-Identifier: MIT */
/* stub.h - a server in the engine's own loop, which knows a few records, and look-ups at it */
#ifndef NETIPC_TESTS_STUB_H
#define NETIPC_TESTS_STUB_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns/rr.h"
#include "dns/stub.h"
#include "net/sock.h"
#include "unit.h"

enum {
	NXDOMAIN = 3,
	SERVFAIL = 2,
	REFUSED = 5,
	MUTE = 99, /* no answer */
	REFERRAL = 98,
	GARBAGE = 97, /* a record that is cut */
};

/*
 * What the server says: records "OWNER TYPE DATA" with a comma between them.  It follows no
 * alias by itself.  A name that has other types here has no record of this one; a name that is
 * not here does not exist.
 */
static const struct {
	const char *name;
	uint16_t type;
	unsigned rcode;
	const char *answer;
} records[] = {
	{ "www.a.test", RR_A, 0, "www.a.test A 192.0.2.1" },
	{ "www.b.test", RR_A, 0, "www.b.test A 192.0.2.2" },
	{ "both.b.test", RR_A, 0, "both.b.test A 192.0.2.2" },
	{ "both.b.test", RR_AAAA, 0, "both.b.test AAAA 2001:db8::2" },
	{ "only4.b.test", RR_A, 0, "only4.b.test A 192.0.2.4" },
	{ "half.test", RR_A, 0, "half.test A 192.0.2.4" },
	{ "half.test", RR_AAAA, SERVFAIL, "" },
	{ "quiet.test", RR_A, 0, "quiet.test A 192.0.2.4" },
	{ "quiet.test", RR_AAAA, MUTE, "" },
	{ "in.b", RR_A, 0, "in.b A 192.0.2.3" },
	{ "in.b.a.test", RR_A, 0, "in.b.a.test A 192.0.2.5" },
	{ "host", RR_A, 0, "host A 192.0.2.6" },
	{ "txt.a.test", RR_TXT, 0, "" },
	{ "sick.a.test", RR_A, SERVFAIL, "" },
	{ "sick.b.test", RR_A, 0, "sick.b.test A 192.0.2.7" },
	{ "ill.a.test", RR_A, SERVFAIL, "" },
	{ "no.a.test", RR_A, REFUSED, "" },
	{ "mute.a.test", RR_A, MUTE, "" },
	{ "mute.b.test", RR_A, 0, "mute.b.test A 192.0.2.8" },
	{ "lame.test", RR_A, REFERRAL, "" },
	{ "cut.test", RR_A, GARBAGE, "" },
	{ "alias.test", RR_A, 0, "alias.test CNAME real.test,real.test A 192.0.2.9" },
	{ "back.test", RR_A, 0, "real.test A 192.0.2.9,back.test CNAME real.test" },
	{ "out.test", RR_A, 0, "out.test CNAME www.a.test" },
	{ "dead.test", RR_A, 0, "dead.test CNAME nowhere.test" },
	{ "other.test", RR_A, 0, "unasked.test A 192.0.2.9" },
	{ "loop.test", RR_A, 0, "loop.test CNAME pool.test,pool.test CNAME loop.test" },
	{ "ping.test", RR_A, 0, "ping.test CNAME pong.test" },
	{ "pong.test", RR_A, 0, "pong.test CNAME ping.test" },
	{ "Case.Test", RR_A, 0, "CASE.test CNAME ReAl.test,rEaL.TEST A 192.0.2.9" },
	{ "gone.test", RR_A, NXDOMAIN, "gone.test CNAME nosuch.test" },
};

struct server {
	struct loop_fd io; /* first */
	struct sa sa;
};

static void put16(struct buf *b, unsigned v)
{
	buf_addc(b, (char)(v >> 8));
	buf_addc(b, (char)v);
}

static void put_name(struct buf *b, const char *text)
{
	struct wire_name name;
	struct err err;

	ck_assert_int_eq(wire_name_parse(&name, text, strlen(text), &err), 0);
	buf_add(b, name.bytes, name.len);
}

static void put_rr(struct buf *b, const char *owner, unsigned type, unsigned ttl,
		   const struct buf *data)
{
	put_name(b, owner);
	put16(b, type);
	put16(b, RR_IN);
	put16(b, 0);
	put16(b, ttl);
	put16(b, (unsigned)data->len);
	buf_add(b, data->data, data->len);
}

/* "OWNER TYPE DATA": addresses have a TTL of 300, an alias 200. */
static void put_record(struct buf *b, const char *text)
{
	char owner[64], type[8], value[64];
	struct buf data = { 0 };
	struct err err;
	struct ip ip;

	ck_assert_int_eq(sscanf(text, "%63s %7s %63[^,]", owner, type, value), 3);
	if (strcmp(type, "CNAME") == 0) {
		put_name(&data, value);
		put_rr(b, owner, RR_CNAME, 200, &data);
	} else {
		ck_assert_int_eq(ip_parse(&ip, value, strlen(value), 0, &err), 0);
		buf_add(&data, ip.b, ip_size(&ip));
		put_rr(b, owner, ip.family == 4 ? RR_A : RR_AAAA, 300, &data);
	}
	buf_fini(&data);
}

/* An SOA with a TTL of 90 and 60 as the time for which negative answers hold. */
static void put_soa(struct buf *b)
{
	struct buf data = { 0 };

	put_name(&data, "ns.test");
	put_name(&data, "admin.test");
	buf_fill(&data, 0, 16);
	put16(&data, 0);
	put16(&data, 60);
	put_rr(b, "test", RR_SOA, 90, &data);
	buf_fini(&data);
}

static unsigned put_answers(struct buf *b, const char *list)
{
	unsigned n = 0;

	for (const char *s = list; *s; n++) {
		put_record(b, s);
		s += strcspn(s, ",");
		s += *s == ',';
	}
	return n;
}

/* The answer to the query in Q; false if there is none. */
static bool answer(struct buf *b, const struct wire_question *question, const uint8_t *query)
{
	unsigned rcode = NXDOMAIN, flags = 0x8180, answers = 0, authority = 0;
	struct buf tail = { 0 };
	const char *list = "";

	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		struct wire_name name;
		struct err err;

		ck_assert_int_eq(wire_name_parse(&name, records[i].name, strlen(records[i].name),
						 &err),
				 0);
		if (!wire_name_equal(&name, &question->name))
			continue;
		if (rcode == NXDOMAIN)
			rcode = 0;
		if (records[i].type != question->type)
			continue;
		rcode = records[i].rcode;
		list = records[i].answer;
		break;
	}
	if (rcode == MUTE)
		return false;
	answers = put_answers(&tail, list);
	if (rcode == REFERRAL) {
		struct buf data = { 0 };

		put_name(&data, "a.root.test");
		put_rr(&tail, ".", RR_NS, 300, &data);
		buf_fini(&data);
		authority = 1;
		flags = 0x8100;
	} else if (rcode == GARBAGE) {
		answers = 1;
		put16(&tail, 0);
	} else if (rcode == NXDOMAIN || (rcode == 0 && answers == 0)) {
		put_soa(&tail);
		authority = 1;
	}
	put16(b, (unsigned)(query[0] << 8 | query[1]));
	put16(b, flags | (rcode < 16 ? rcode : 0));
	put16(b, 1);
	put16(b, answers);
	put16(b, authority);
	put16(b, 0);
	buf_add(b, question->name.bytes, question->name.len);
	put16(b, question->type);
	put16(b, RR_IN);
	buf_add(b, tail.data, tail.len);
	buf_fini(&tail);
	return true;
}

static void on_query(struct loop_fd *io, unsigned ready)
{
	struct wire_question question;
	struct wire_reader reader;
	struct buf b = { 0 };
	uint8_t query[512];
	struct sa from;
	struct err err;
	ssize_t n;

	(void)ready;
	from.len = sizeof(from.u);
	n = recvfrom(io->fd, query, sizeof(query), 0, &from.u.sa, &from.len);
	if (n < 0)
		return;
	ck_assert(wire_begin(&reader, query, (size_t)n));
	ck_assert_int_eq(wire_next_question(&reader, &question, &err), 1);
	if (answer(&b, &question, query))
		ck_assert_int_eq(sendto(io->fd, b.data, b.len, 0, &from.u.sa, from.len),
				 (ssize_t)b.len);
	buf_fini(&b);
}

struct world {
	struct server server;
	struct engine *engine;
	struct wire_name search[4];
	struct stub_config config;
	bool done;
};

/* A world whose search list is SEARCH, names with a blank between them. */
static void open_world(struct world *w, const char *search, unsigned ndots)
{
	const struct sock_server how = { .type = SOCK_DGRAM };
	const struct ip loopback = { .family = 4, .b = { 127, 0, 0, 1 } };
	struct engine_config config = { .nservers = 1, .tries = 2, .timeout_ns = 600 * CLOCK_MS };
	struct sa any;
	struct err err;

	*w = (struct world){ .config = { .ndots = ndots, .recurse = true } };
	config.ask.flags = WIRE_RD;
	sa_from_ip(&any, &loopback, 0);
	w->server.io.fd = sock_listen(&any, &how, &err);
	ck_assert_msg(w->server.io.fd >= 0, "%s", err.text);
	ck_assert_int_eq(sock_local(w->server.io.fd, &w->server.sa, &err), 0);
	config.servers = &w->server.sa;
	w->engine = engine_new(&config, &err);
	ck_assert_ptr_nonnull(w->engine);
	w->server.io.on_ready = on_query;
	ck_assert_int_eq(loop_add(engine_loop(w->engine), &w->server.io, LOOP_READ, &err), 0);
	w->config.engine = w->engine;
	w->config.search = w->search;
	for (const char *s = search; *s; s += *s == ' ') {
		size_t n = strcspn(s, " ");

		ck_assert_int_eq(wire_name_parse(&w->search[w->config.nsearch++], s, n, &err), 0);
		s += n;
	}
}

static void close_world(struct world *w)
{
	loop_del(engine_loop(w->engine), &w->server.io);
	engine_free(w->engine);
	close(w->server.io.fd);
}

static void on_done(struct stub_look *look)
{
	struct world *w = look->user;

	ck_assert(!w->done);
	w->done = true;
}

/* Looks TEXT up with LOOK, whatever that takes. */
static void look_up(struct world *w, struct stub_look *look, const char *text)
{
	struct wire_name name;
	bool absolute;
	struct err err;

	ck_assert_int_eq(stub_name(&name, &absolute, text, strlen(text), &err), 0);
	look->on_done = on_done;
	look->user = w;
	look->trace = true;
	w->done = false;
	stub_ask(look, &w->config, &name, absolute);
	ck_assert(!w->done);
	while (!w->done)
		ck_assert_int_eq(engine_turn(w->engine, UINT64_MAX, &err), 0);
	ck_assert_uint_eq(engine_busy(w->engine), 0);
}

#endif
