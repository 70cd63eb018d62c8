/* SPDX-License-Identifier: MIT */
/* check_engine_tcp.c - the engine against a server by TCP, which does what its mode says */
#include "engine.h"

#include "base/clock.h"

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
	config.timeout_ns = (c->result == ENGINE_TIMEOUT ? 10 : 20000) * CLOCK_MS;
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
	/* A datagram may be sent again before its answer is looked at. */
	ck_assert_uint_ge(stats.sent, stats.tcp + stats.truncated);
	ck_assert(first_udp || stats.sent == stats.tcp);
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

UNIT_MAIN("engine_tcp", by_tcp, poison)
