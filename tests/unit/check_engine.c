/* SPDX-License-Identifier: MIT */
/* check_engine.c - the engine against a server by UDP */
#include "engine.h"

#include <sys/resource.h>

#include "base/clock.h"

static void start(struct engine_config *config, unsigned nservers)
{
	start_tcp(config, nservers, TCP_ANSWERS);
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

/*
 * What the server does, and what becomes of it: at least so many tries, because a process that
 * was not scheduled for a time-out asks once more.
 */
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
		struct engine_config config = { .timeout_ns = 50 * CLOCK_MS };
		struct engine_query *q;
		struct engine_stats stats;

		start(&config, 1);
		q = ask(f->word, 1);
		run();
		ck_assert_msg(q->result == ENGINE_ANSWERED, "%s", f->word);
		ck_assert_msg(q->tries >= f->tries, "%s: %u", f->word, q->tries);
		engine_stats(w.e, &stats);
		ck_assert_uint_ge(stats.mismatched, f->mismatched);
		ck_assert_uint_ge(stats.malformed, f->malformed);
		ck_assert_uint_eq(w.rcodes[f->rcode], 1);
		stop();
	}
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
	ck_assert_uint_lt(first.sent, 1000); /* some hundreds, more if this stands still */
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
	struct engine_config config = { .window = 2, .timeout_ns = 50 * CLOCK_MS };
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
	ck_assert_uint_ge(stats.mismatched, 2);

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
	unsigned n = 0;

	start(&config, 1);
	engine_stats(w.e, &stats);
	ck_assert_uint_lt(stats.window, 200);
	do { /* again if a process that was not scheduled took answers for lost */
		for (unsigned end = n + 2000; n < end; n++)
			ask("ok0", n);
		run();
		engine_stats(w.e, &stats);
	} while (stats.window < 200 && n < QUERIES - 2000);
	ck_assert_uint_eq(stats.window, 200);
	for (unsigned end = n + 1000; n < end; n++)
		ask("drop1", n);
	run();
	ck_assert_uint_eq(w.results[ENGINE_ANSWERED], n);
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

UNIT_MAIN("engine", answers, many, fault, dead_first, rotates, elsewhere, cancels, no_edns,
	  letter_case, rate, refused, few_descriptors, window, by_ipv6, no_server, own_descriptor)
