/* SPDX-License-Identifier: MIT */
/* check_stub.c - names looked up at a server in the same loop, which knows a few records */
#include "dns/stub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns/rr.h"
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
		ck_assert_int_eq(sendto(io->fd, b.data, b.len, 0, &from.u.sa, from.len), b.len);
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
	struct engine_config config = { .nservers = 1, .tries = 2, .timeout_ns = 20 * CLOCK_MS };
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

/* What was asked, in order: "www.a.test/A:nxdomain www.b.test/A:ok". */
static const char *trace(struct buf *b, const struct stub_look *look)
{
	char word[RR_WORD];

	b->len = 0;
	for (size_t i = 0; i < look->attempts.n; i++) {
		const struct stub_attempt *a = &look->attempts.v[i];

		if (i)
			buf_addc(b, ' ');
		wire_name_text(b, &a->question.name, false);
		if (look->nparts > 1)
			buf_printf(b, "/%s", rr_word(word, RR_TYPE, a->question.type));
		buf_printf(b, ":%s", stub_status_word(a->status));
	}
	return buf_str(b);
}

/* The addresses that LOOK has, with a blank between them. */
static const char *addresses(struct buf *b, const struct stub_look *look)
{
	b->len = 0;
	for (unsigned i = 0; i < look->nparts; i++) {
		struct wire_reader reader;
		struct wire_rr rr;
		char text[IP_STRLEN];

		if (!stub_begin(&reader, &look->parts[i]))
			continue;
		while (stub_next(&reader, &look->parts[i], &rr)) {
			struct ip ip = { .family = rr.type == RR_A ? 4 : 6 };

			memcpy(ip.b, reader.msg + rr.rdata, rr.rdlen);
			buf_printf(b, "%s%s", b->len ? " " : "", ip_format(&ip, text));
		}
	}
	return buf_str(b);
}

static const struct {
	const char *search;
	unsigned ndots;
	const char *name;
	enum stub_status status;
	const char *trace, *addresses;
	bool searched;
} cases[] = {
	{ "", 1, "www.a.test", STUB_OK, "www.a.test:ok", "192.0.2.1", false },
	{ "", 1, "WWW.A.TEST", STUB_OK, "WWW.A.TEST:ok", "192.0.2.1", false },
	{ "", 1, "nosuch.test", STUB_NXDOMAIN, "nosuch.test:nxdomain", "", false },
	{ "", 1, "txt.a.test", STUB_NODATA, "txt.a.test:nodata", "", false },
	/* The search list, and where the name itself has its turn. */
	{ "a.test b.test", 1, "www", STUB_OK, "www.a.test:ok", "192.0.2.1", true },
	{ "b.test a.test", 1, "www", STUB_OK, "www.b.test:ok", "192.0.2.2", true },
	{ "a.test b.test", 1, "both", STUB_OK, "both.a.test:nxdomain both.b.test:ok", "192.0.2.2",
	  true },
	{ "a.test", 1, "host", STUB_OK, "host.a.test:nxdomain host:ok", "192.0.2.6", false },
	{ "a.test", 0, "host", STUB_OK, "host:ok", "192.0.2.6", false },
	{ "a.test", 1, "in.b", STUB_OK, "in.b:ok", "192.0.2.3", false },
	{ "a.test", 2, "in.b", STUB_OK, "in.b.a.test:ok", "192.0.2.5", true },
	{ "a.test", 2, "in.b.", STUB_OK, "in.b:ok", "192.0.2.3", false },
	{ "a.test", 1, "www.", STUB_NXDOMAIN, "www:nxdomain", "", false },
	{ "b.test", 1, "www.x", STUB_NXDOMAIN, "www.x:nxdomain www.x.b.test:nxdomain", "", false },
	{ ". a.test", 1, "www", STUB_OK, "www:nxdomain www.a.test:ok", "192.0.2.1", true },
	{ "a.test .", 1, "nosuch", STUB_NXDOMAIN, "nosuch.a.test:nxdomain nosuch:nxdomain", "",
	  false },
	/* What weighs most decides, but records always do. */
	{ "a.test b.test", 1, "txt", STUB_NODATA,
	  "txt.a.test:nodata txt.b.test:nxdomain txt:nxdomain", "", false },
	{ "a.test b.test", 1, "sick", STUB_OK, "sick.a.test:servfail sick.b.test:ok", "192.0.2.7",
	  true },
	{ "a.test b.test", 1, "ill", STUB_SERVFAIL,
	  "ill.a.test:servfail ill.b.test:nxdomain ill:nxdomain", "", false },
	{ "a.test", 1, "no", STUB_REFUSED, "no.a.test:refused no:nxdomain", "", false },
	{ "a.test b.test", 1, "mute", STUB_TIMEOUT, "mute.a.test:timeout", "", false },
	/* Referrals, and what is no message. */
	{ "", 1, "lame.test", STUB_REFUSED, "lame.test:refused", "", false },
	{ "", 1, "cut.test", STUB_MALFORMED, "cut.test:malformed", "", false },
	/* Aliases. */
	{ "", 1, "alias.test", STUB_OK, "alias.test:ok", "192.0.2.9", false },
	{ "", 1, "back.test", STUB_OK, "back.test:ok", "192.0.2.9", false },
	{ "", 1, "case.test", STUB_OK, "case.test:ok", "192.0.2.9", false },
	{ "", 1, "out.test", STUB_OK, "out.test:nodata www.a.test:ok", "192.0.2.1", false },
	{ "", 1, "dead.test", STUB_NXDOMAIN, "dead.test:nodata nowhere.test:nxdomain", "", false },
	{ "", 1, "gone.test", STUB_NXDOMAIN, "gone.test:nxdomain", "", false },
	{ "", 1, "other.test", STUB_NODATA, "other.test:nodata", "", false },
	{ "", 1, "loop.test", STUB_MALFORMED, "loop.test:malformed", "", false },
};

START_TEST(one_type)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;
		struct err err;

		open_world(&w, cases[i].search, cases[i].ndots);
		look_up(&w, look, cases[i].name);
		ck_assert_str_eq(trace(&b, look), cases[i].trace);
		ck_assert_str_eq(stub_status_word(look->status), stub_status_word(cases[i].status));
		ck_assert_str_eq(addresses(&b, look), cases[i].addresses);
		ck_assert_int_eq(look->searched, cases[i].searched);
		ck_assert_int_eq(stub_look_error(look, &err), cases[i].status == STUB_OK ? 0 : -1);
		if (cases[i].status != STUB_OK)
			ck_assert_int_eq(err.kind, stub_status_kind(cases[i].status));
		close_world(&w);
	}
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

/* Both types are asked at each step, and either's records are the answer. */
START_TEST(two_types)
{
	static const struct {
		const char *name;
		enum stub_status status, parts[2];
		size_t attempts;
		const char *addresses;
	} pairs[] = {
		{ "both", STUB_OK, { STUB_OK, STUB_OK }, 4, "192.0.2.2 2001:db8::2" },
		{ "only4", STUB_OK, { STUB_OK, STUB_NODATA }, 4, "192.0.2.4" },
		{ "half.test", STUB_OK, { STUB_OK, STUB_SERVFAIL }, 2, "192.0.2.4" },
		{ "quiet.test", STUB_OK, { STUB_OK, STUB_TIMEOUT }, 2, "192.0.2.4" },
		{ "nosuch", STUB_NXDOMAIN, { STUB_NXDOMAIN, STUB_NXDOMAIN }, 6, "" },
		{ "ill", STUB_SERVFAIL, { STUB_SERVFAIL, STUB_NODATA }, 6, "" },
		{ "mute", STUB_TIMEOUT, { STUB_TIMEOUT, STUB_NODATA }, 2, "" },
	};
	const uint16_t types[] = { RR_A, RR_AAAA };
	struct stub_look *look = stub_look_new(types, 2);
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "a.test b.test", 1);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		look_up(&w, look, pairs[i].name);
		ck_assert_int_eq(look->status, pairs[i].status);
		for (unsigned j = 0; j < 2; j++)
			ck_assert_str_eq(stub_status_word(look->parts[j].last.status),
					 stub_status_word(pairs[i].parts[j]));
		ck_assert_uint_eq(look->attempts.n, pairs[i].attempts);
		ck_assert_str_eq(addresses(&b, look), pairs[i].addresses);
	}
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

START_TEST(what_an_attempt_says)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	const struct stub_attempt *last = &look->parts[0].last;
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "", 1);
	look_up(&w, look, "alias.test");
	ck_assert_uint_eq(last->ttl, 200);
	ck_assert_uint_eq(last->records, 1);
	ck_assert_uint_eq(last->rcode, 0);
	ck_assert_uint_eq(last->flags, WIRE_QR | WIRE_RD | WIRE_RA);
	ck_assert_uint_eq(last->counts[WIRE_ANSWER], 2);
	ck_assert_uint_eq(last->tries, 1);
	ck_assert(last->answered && last->has_ttl && !last->tcp && !last->alias);
	wire_name_text(&b, &last->owner, false);
	ck_assert_str_eq(buf_str(&b), "real.test");
	/* RFC 2308 section 5: the least of the SOA's TTL and its last field. */
	look_up(&w, look, "nosuch.test");
	ck_assert(last->has_ttl);
	ck_assert_uint_eq(last->ttl, 60);
	ck_assert_uint_eq(last->rcode, NXDOMAIN);
	look_up(&w, look, "out.test");
	ck_assert(last->alias);
	look_up(&w, look, "quiet.test");
	ck_assert(!last->alias);
	look_up(&w, look, "mute.a.test");
	ck_assert(!last->answered && !last->has_ttl);
	ck_assert_uint_eq(last->tries, 2);
	ck_assert_uint_eq(look->parts[0].msg.len, 0);
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

/* Two servers' aliases that lead to each other: the chain has an end all the same. */
START_TEST(aliases_end)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct err err;
	struct world w;

	open_world(&w, "a.test", 1);
	look_up(&w, look, "ping.test");
	ck_assert_int_eq(look->status, STUB_MALFORMED);
	ck_assert_uint_eq(look->attempts.n, STUB_CHAIN_MAX + 1);
	stub_look_error(look, &err);
	ck_assert_ptr_nonnull(strstr(err.text, "16 aliases"));
	close_world(&w);
	stub_look_free(look);
}
END_TEST

START_TEST(referral_without_recursion)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct world w;

	open_world(&w, "", 1);
	w.config.recurse = false;
	look_up(&w, look, "lame.test");
	ck_assert_int_eq(look->status, STUB_NODATA);
	close_world(&w);
	stub_look_free(look);
}
END_TEST

/* What is under way is forgotten with its look-up. */
START_TEST(freed_under_way)
{
	const uint16_t types[] = { RR_A, RR_AAAA };
	struct stub_look *look = stub_look_new(types, 2);
	struct wire_name name;
	bool absolute;
	struct world w;
	struct err err;

	open_world(&w, "", 1);
	ck_assert_int_eq(stub_name(&name, &absolute, "mute.a.test", 11, &err), 0);
	look->on_done = on_done;
	look->user = &w;
	stub_ask(look, &w.config, &name, absolute);
	ck_assert_uint_eq(engine_busy(w.engine), 2);
	stub_look_free(look);
	ck_assert_uint_eq(engine_busy(w.engine), 0);
	close_world(&w);
}
END_TEST

/* A domain that makes the name too long is passed over. */
START_TEST(too_long_with_a_domain)
{
	static const char label[] = "x23456789-123456789-123456789-123456789-123456789-123456789";
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "a.test", 9);
	for (unsigned i = 0; i < 4; i++)
		buf_printf(&b, "%s%s", i ? "." : "", label);
	buf_adds(&b, ".y2345678"); /* 248 characters */
	look_up(&w, look, buf_str(&b));
	ck_assert_uint_eq(look->attempts.n, 1);
	ck_assert_int_eq(look->status, STUB_NXDOMAIN);
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

START_TEST(names)
{
	static const struct {
		const char *text;
		bool absolute;
		const char *error; /* part of it, or NULL */
	} texts[] = {
		{ "www.example.org", false, NULL },
		{ "www.example.org.", true, NULL },
		{ "a\\.", false, NULL },
		{ ".", true, NULL },
		{ "", false, "empty" },
		{ "a..b", false, "an empty label (column 3)" },
		{ ".a", false, "an empty label" },
		{ "x23456789-123456789-123456789-123456789-123456789-123456789-1234", false, "63" },
		{ "b\xc3\xbc"
		  "cher.example",
		  false, "not ASCII" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct wire_name name;
		bool absolute;
		struct err err = { 0 };
		int rc = stub_name(&name, &absolute, texts[i].text, strlen(texts[i].text), &err);

		if (texts[i].error) {
			ck_assert_int_eq(rc, -1);
			ck_assert_int_eq(err.kind, ERR_USAGE);
			ck_assert_msg(strstr(err.text, texts[i].error), "%s", err.text);
		} else {
			ck_assert_msg(rc == 0, "%s", err.text);
			ck_assert_int_eq(absolute, texts[i].absolute);
		}
	}
}
END_TEST

UNIT_MAIN("stub", one_type, two_types, what_an_attempt_says, aliases_end,
	  referral_without_recursion, freed_under_way, too_long_with_a_domain, names)
