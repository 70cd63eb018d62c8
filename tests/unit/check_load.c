/* SPDX-License-Identifier: MIT */
/* The load generator against servers that lie: each lie is named, and none makes it hang. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "echo/load.h"
#include "liar.h"

enum {
	LONG_MS = 20000, /* for what must not be too late, on a busy machine too */
	HANG_S = 50,
};

struct want {
	struct liar liar;
	enum load_kind kind;
	uint64_t messages, duration_ms, rate, timeout_ms;
	unsigned connections, threads, pipeline;
	const char *fault; /* what the first fault's text has; NULL: no fault */
	uint64_t received, different, missing, broken, duplicate, reordered, late, foreign;
};

static struct load_config config_of(const struct want *want, const struct sa *sa, uint64_t *hang)
{
	*hang = clock_now_ns() + HANG_S * CLOCK_S;
	return (struct load_config){
		.type = want->liar.type,
		.kind = want->kind,
		.address = sa,
		.connections = want->connections ? want->connections : 1,
		.threads = want->threads ? want->threads : 1,
		.pipeline = want->pipeline ? want->pipeline : 1,
		.messages = want->messages || want->duration_ms ? want->messages : 20,
		.duration_ns = want->duration_ms * CLOCK_MS,
		.size_min = 64,
		.size_max = 64,
		.rate = want->rate,
		.timeout_ns = (want->timeout_ms ? want->timeout_ms : LONG_MS) * CLOCK_MS,
		.seed = 1,
		.stop = liar_hangs,
		.ctx = hang,
	};
}

/* Runs the load that WANT has, against its liar; the caller frees. */
static struct load_result *run(const struct want *want)
{
	struct load_result *got = xcalloc(1, sizeof(*got));
	struct liar_child child = liar_start(&want->liar);
	uint64_t hang;
	const struct load_config config = config_of(want, &child.sa, &hang);
	struct err err = { 0 };

	ck_assert_msg(load_run(&config, got, &err) == 0, "%s", err.text);
	ck_assert_msg(!liar_hangs(&hang), "lie %d makes it hang", want->liar.lie);
	liar_stop(&child);
	return got;
}

static void check_one(const struct want *want)
{
	struct load_result *got = run(want);
	const struct {
		const char *name;
		uint64_t want, got;
	} counts[] = {
		{ "received", want->received, got->received },
		{ "different", want->different, got->different },
		{ "missing", want->missing, got->missing },
		{ "broken", want->broken, got->broken },
		{ "duplicate", want->duplicate, got->duplicate },
		{ "reordered", want->reordered, got->reordered },
		{ "late", want->late, got->late },
		{ "foreign", want->foreign, got->foreign },
		{ "refused", 0, got->refused },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		ck_assert_msg(counts[i].want == counts[i].got ||
				      (counts[i].want == UINT64_MAX && counts[i].got),
			      "type %d kind %d lie %d: %llu %s (%s)", want->liar.type, want->kind,
			      want->liar.lie, (unsigned long long)counts[i].got, counts[i].name,
			      got->fault.text);
	if (want->fault)
		ck_assert_msg(strstr(got->fault.text, want->fault) != NULL,
			      "type %d kind %d lie %d: \"%s\"", want->liar.type, want->kind,
			      want->liar.lie, got->fault.text);
	else
		ck_assert_msg(got->fault.kind == ERR_NONE, "type %d lie %d: \"%s\"",
			      want->liar.type, want->liar.lie, got->fault.text);
	free(got);
}

/* Any number but 0 */
#define SOME UINT64_MAX

#define STREAM(name) .liar = { SOCK_STREAM, LIE_##name, 5, 600 }
#define DGRAM(name)  .liar = { SOCK_DGRAM, LIE_##name, 3, 600 }

START_TEST(streams)
{
	static const struct want wants[] = {
		{ STREAM(HONEST), .received = 20 },
		{ STREAM(WRONG), .received = 20, .different = 1, .fault = "offset 5 differs" },
		{ STREAM(MISSING), .timeout_ms = 300, .different = 1, .missing = 1, .broken = 1,
		  .fault = "offset 5 differs" },
		{ STREAM(EXTRA), .received = 20, .different = 1, .fault = "offset 5 differs" },
		{ STREAM(DUPLICATE), .received = SOME, .different = 1,
		  .fault = "offset 64: got 0x" },
		{ STREAM(REORDERED), .received = 20, .different = 1, .fault = "offset 5 differs" },
		{ STREAM(LATE), .timeout_ms = 200, .missing = 1, .broken = 1,
		  .fault = "is silent: 64 bytes were not returned" },
		{ STREAM(NEVER), .timeout_ms = 200, .missing = 1, .broken = 1,
		  .fault = "is silent: 64 bytes were not returned" },
		{ STREAM(CLOSES), .missing = 1, .broken = 1,
		  .fault = "ended the connection: 59 bytes were not returned" },
		{ STREAM(RESETS), .missing = 1, .broken = 1, .fault = "ended the connection: " },
		{ STREAM(URGENT), .received = 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* A stream as fast as it goes, and its end. */
START_TEST(bulk)
{
	static const struct want wants[] = {
		{ .liar = { SOCK_STREAM, LIE_HONEST, 0, 0 } },
		{ .liar = { SOCK_STREAM, LIE_WRONG, 100000, 0 },
		  .different = 1,
		  .fault = "offset 100000 differs" },
		{ .liar = { SOCK_STREAM, LIE_MISSING, 100000, 0 },
		  .different = 1,
		  .broken = 1,
		  .fault = "offset 100000 differs" },
		{ .liar = { SOCK_STREAM, LIE_EXTRA, 100000, 0 },
		  .different = 1,
		  .fault = "offset 100000 differs" },
		{ .liar = { SOCK_STREAM, LIE_TAIL, 0, 2000 },
		  .broken = 1,
		  .fault = "bytes were not returned" },
		{ .liar = { SOCK_STREAM, LIE_CLOSES, 100000, 0 },
		  .broken = 1,
		  .fault = "ended the connection" },
		{ .liar = { SOCK_STREAM, LIE_NEVER, 0, 0 },
		  .timeout_ms = 300,
		  .broken = 1,
		  .fault = "bytes were not returned" },
		{ .liar = { SOCK_STREAM, LIE_ENDLESS, 0, 0 },
		  .timeout_ms = 1000,
		  .broken = 1,
		  .fault = "did not end the stream" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		struct want want = wants[i];

		want.kind = LOAD_BULK;
		want.duration_ms = 200;
		check_one(&want);
	}
}
END_TEST

/* A connection for each message: each is looked at, not only the first that differs. */
START_TEST(churn)
{
	static const struct want wants[] = {
		{ STREAM(HONEST), .received = 20 },
		{ STREAM(WRONG), .received = 20, .different = 20, .fault = "offset 5 differs" },
		{ STREAM(CLOSES), .missing = 20, .broken = 20,
		  .fault = "ended the connection: 59 bytes were not returned" },
		{ STREAM(NEVER), .messages = 3, .timeout_ms = 100, .missing = 3, .broken = 3,
		  .fault = "is silent" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		struct want want = wants[i];

		want.kind = LOAD_CHURN;
		check_one(&want);
	}
}
END_TEST

START_TEST(datagrams)
{
	static const struct want wants[] = {
		{ DGRAM(HONEST), .received = 20 },
		{ DGRAM(WRONG), .received = 20, .different = 1,
		  .fault = "datagram 2 came back changed" },
		{ DGRAM(MISSING), .received = 20, .different = 1,
		  .fault = "datagram 2 came back with 63 bytes for 64" },
		{ DGRAM(EXTRA), .received = 20, .different = 1,
		  .fault = "datagram 2 came back with 65 bytes for 64" },
		{ DGRAM(DUPLICATE), .received = 20, .duplicate = 1 },
		{ DGRAM(REORDERED), .pipeline = 4, .received = 20, .reordered = 1 },
		{ DGRAM(NEVER), .timeout_ms = 300, .received = 19, .missing = 1 },
		{ DGRAM(ELSEWHERE), .timeout_ms = 300, .received = 19, .missing = 1 },
		{ DGRAM(FOREIGN), .received = 20, .foreign = 1, .fault = "was not sent" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* By the clock: what comes after its time-out is late, not lost; and nobody waits for it. */
START_TEST(open_loop)
{
	static const struct want wants[] = {
		{ .liar = { SOCK_DGRAM, LIE_LATE, 3, 700 },
		  .messages = 100,
		  .rate = 100,
		  .pipeline = 64,
		  .timeout_ms = 300,
		  .received = 99,
		  .late = 1 },
		{ .liar = { SOCK_DGRAM, LIE_HONEST, 0, 0 },
		  .messages = 50,
		  .rate = 500,
		  .received = 50 },
		{ .liar = { SOCK_STREAM, LIE_HONEST, 0, 0 },
		  .messages = 50,
		  .rate = 500,
		  .received = 50 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* A server that stalls hides nothing: the latency counts from when a message was due. */
START_TEST(no_omission)
{
	const struct want want = { .liar = { SOCK_STREAM, LIE_LATE, 0, 200 },
				   .messages = 20,
				   .rate = 100 };
	struct load_result *got = run(&want);

	ck_assert_uint_eq(got->received, 20);
	ck_assert_uint_eq(got->service.n, 20);
	/* 20 messages of 200 ms each, one at a time: the last was due after 190 ms. */
	ck_assert_uint_ge(got->latency.max, 3 * CLOCK_S);
	ck_assert_uint_lt(got->service.min, got->latency.max / 2);
	free(got);
}
END_TEST

/* What the clock had asked for and was not sent is no more than what was to be sent. */
START_TEST(not_sent)
{
	const struct want want = { .liar = { SOCK_STREAM, LIE_NEVER, 0, 0 },
				   .messages = 10,
				   .rate = 1000,
				   .duration_ms = 300,
				   .timeout_ms = 1000 };
	struct load_result *got = run(&want);

	ck_assert_uint_eq(got->sent, 1);
	ck_assert_uint_eq(got->unsent, 9);
	free(got);
}
END_TEST

/* Several threads count as one: a lie on each connection is seen, and nothing is lost. */
START_TEST(threads)
{
	static const struct want wants[] = {
		{ STREAM(HONEST), .messages = 1000, .pipeline = 4, .received = 1000 },
		{ STREAM(WRONG), .messages = 1000, .received = 1000, .different = 8,
		  .fault = "offset 5 differs" },
		{ DGRAM(HONEST), .messages = 1000, .received = 1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		struct want want = wants[i];

		want.messages = want.received;
		want.threads = 3;
		want.connections = 8;
		check_one(&want);
	}
}
END_TEST

/* An address at which nobody listens. */
static struct sa nobody(void)
{
	const struct liar liar = { .type = SOCK_STREAM };
	struct sa sa;
	int fd = liar_open(&liar, &sa);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return sa;
}

START_TEST(refused)
{
	static const enum load_kind kinds[] = { LOAD_MESSAGES, LOAD_BULK, LOAD_CHURN };
	struct load_result *got = xcalloc(1, sizeof(*got));
	struct sa sa = nobody();

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct want want = { .liar = { .type = SOCK_STREAM },
					   .kind = kinds[i],
					   .connections = 2,
					   .messages = kinds[i] == LOAD_BULK ? 0 : 5,
					   .duration_ms = kinds[i] == LOAD_BULK ? 100 : 0 };
		uint64_t hang;
		const struct load_config config = config_of(&want, &sa, &hang);
		struct err err = { 0 };

		ck_assert_int_eq(load_run(&config, got, &err), -1);
		ck_assert(!liar_hangs(&hang));
		ck_assert_int_eq(err.code, ECONNREFUSED);
	}
	free(got);
}
END_TEST

/* Reports come while it runs, by the calling thread, with one thread and with more. */
struct reports {
	uint64_t hang;
	unsigned n;
	uint64_t received;
	pthread_t caller;
};

static void on_report(void *ctx, const struct load_result *so_far)
{
	struct reports *r = ctx;

	ck_assert(pthread_equal(r->caller, pthread_self()));
	ck_assert_uint_ge(so_far->received, r->received);
	r->received = so_far->received;
	r->n++;
}

START_TEST(reports)
{
	for (unsigned n = 1; n <= 2; n++) {
		const struct want want = { STREAM(HONEST), .threads = n, .connections = 2 };
		struct load_result *got = xcalloc(1, sizeof(*got));
		struct liar_child child = liar_start(&want.liar);
		struct reports r = { .caller = pthread_self() };
		struct load_config config = config_of(&want, &child.sa, &r.hang);
		struct err err = { 0 };

		config.messages = 0;
		config.duration_ns = 600 * CLOCK_MS;
		config.interval_ns = 100 * CLOCK_MS;
		config.report = on_report;
		config.ctx = &r;
		ck_assert_int_eq(load_run(&config, got, &err), 0);
		ck_assert_uint_ge(r.n, 1);
		ck_assert_uint_le(r.received, got->received);
		ck_assert_uint_gt(got->received, 0);
		liar_stop(&child);
		free(got);
	}
}
END_TEST

UNIT_MAIN("load", streams, bulk, churn, datagrams, open_loop, no_omission, not_sent, threads,
	  refused, reports)
