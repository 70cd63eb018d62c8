/* SPDX-License-Identifier: MIT */
/* Ping against servers that lie: each probe's verdict is the right one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "echo/ping.h"
#include "liar.h"

enum {
	LONG_MS = 20000,
	HANG_S = 50,
	PROBES = 5,
};

struct want {
	struct liar liar;
	bool connect_each;
	uint64_t count, interval_ms, timeout_ms;
	size_t size;
	uint64_t verdicts[PING_VERDICTS];
	uint64_t reordered;
	uint64_t number; /* of the first probe that is not ok; 0: none */
	size_t offset;
	int code;
};

struct seen {
	uint64_t hang;
	struct ping_probe first; /* that is not PING_OK */
	uint64_t probes;
	bool stamped;
};

static void on_probe(void *ctx, const struct ping_probe *probe)
{
	struct seen *seen = ctx;

	seen->probes++;
	seen->stamped = seen->stamped || probe->stamped;
	if (probe->verdict != PING_OK && seen->first.number == 0)
		seen->first = *probe;
}

static struct ping_config config_of(const struct want *want, const struct sa *sa, struct seen *seen)
{
	*seen = (struct seen){ .hang = clock_now_ns() + HANG_S * CLOCK_S };
	return (struct ping_config){
		.type = want->liar.type,
		.address = sa,
		.connect_each = want->connect_each,
		.interval_ns = (want->interval_ms ? want->interval_ms : 10) * CLOCK_MS,
		.count = want->count ? want->count : PROBES,
		.size_min = want->size ? want->size : 64,
		.size_max = want->size ? want->size : 64,
		.timeout_ns = (want->timeout_ms ? want->timeout_ms : LONG_MS) * CLOCK_MS,
		.seed = 1,
		.stop = liar_hangs,
		.probe = on_probe,
		.ctx = seen,
	};
}

static void run_one(const struct want *want, struct ping_result *got, struct seen *seen)
{
	struct liar_child child = liar_start(&want->liar);
	const struct ping_config config = config_of(want, &child.sa, seen);
	struct err err = { 0 };

	memset(got, 0, sizeof(*got));
	ck_assert_msg(ping_run(&config, got, &err) == 0, "%s", err.text);
	ck_assert_msg(!liar_hangs(&seen->hang), "lie %d makes it hang", want->liar.lie);
	ck_assert_uint_eq(got->sent, config.count);
	liar_stop(&child);
}

static void check_one(const struct want *want)
{
	struct ping_result *got = xcalloc(1, sizeof(*got));
	struct seen seen;

	/* What is late is in time for one that is held up itself; it cannot be each time. */
	for (int tries = 0; tries < 10; tries++) {
		run_one(want, got, &seen);
		if (!got->verdicts[PING_LATE] == !want->verdicts[PING_LATE])
			break;
	}
	for (int v = 0; v < PING_VERDICTS; v++)
		ck_assert_msg(got->verdicts[v] == want->verdicts[v] ||
				      (want->verdicts[v] == UINT64_MAX && got->verdicts[v]),
			      "type %d lie %d: %llu %s", want->liar.type, want->liar.lie,
			      (unsigned long long)got->verdicts[v],
			      ping_word((enum ping_verdict)v));
	ck_assert_uint_eq(got->reordered, want->reordered);
	ck_assert_uint_eq(got->rtt.n, got->verdicts[PING_OK]);
	ck_assert_msg(seen.first.number == want->number, "type %d lie %d: first is %llu",
		      want->liar.type, want->liar.lie, (unsigned long long)seen.first.number);
	if (seen.first.verdict == PING_DIFFERENT)
		ck_assert_uint_eq(seen.first.offset, want->offset);
	ck_assert_int_eq(seen.first.code, want->code);
	free(got);
}

/* Any number but 0 */
#define SOME UINT64_MAX

#define STREAM(name) .liar = { SOCK_STREAM, LIE_##name, 5, 400 }
#define DGRAM(name)  .liar = { SOCK_DGRAM, LIE_##name, 3, 400 }

START_TEST(streams)
{
	static const struct want wants[] = {
		{ STREAM(HONEST), .verdicts = { [PING_OK] = 5 } },
		{ STREAM(WRONG), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 }, .number = 1,
		  .offset = 5 },
		{ STREAM(MISSING), .timeout_ms = 300, .verdicts = { [PING_DIFFERENT] = 5 },
		  .number = 1, .offset = 5 },
		{ STREAM(EXTRA),
		  .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1, [PING_FOREIGN] = 1 },
		  .number = 1, .offset = 5 },
		{ STREAM(DUPLICATE),
		  .verdicts = { [PING_OK] = 1, [PING_DIFFERENT] = 0, [PING_FOREIGN] = 1 },
		  .count = 1, .number = 1 },
		{ STREAM(REORDERED), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 },
		  .number = 1, .offset = 5 },
		{ STREAM(LATE), .timeout_ms = 200, .count = 2, .verdicts = { [PING_LOST] = 2 },
		  .number = 1 },
		{ STREAM(LATE), .timeout_ms = 200, .count = 50, .interval_ms = 20,
		  .verdicts = { [PING_LOST] = SOME, [PING_LATE] = SOME, [PING_OK] = SOME },
		  .number = 1 },
		{ STREAM(NEVER), .timeout_ms = 200, .verdicts = { [PING_LOST] = 5 }, .number = 1 },
		{ STREAM(CLOSES), .interval_ms = 100, .verdicts = { [PING_CLOSED] = 5 },
		  .number = 1 },
		{ STREAM(RESETS), .interval_ms = 100, .verdicts = { [PING_CLOSED] = 5 },
		  .number = 1, .code = ECONNRESET },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* A connection for each probe. */
START_TEST(connections)
{
	static const struct want wants[] = {
		{ STREAM(HONEST), .verdicts = { [PING_OK] = 5 } },
		{ STREAM(WRONG), .verdicts = { [PING_DIFFERENT] = 5 }, .number = 1, .offset = 5 },
		{ STREAM(MISSING), .timeout_ms = 300, .verdicts = { [PING_DIFFERENT] = 5 },
		  .number = 1, .offset = 5 },
		{ STREAM(EXTRA), .verdicts = { [PING_DIFFERENT] = 5, [PING_FOREIGN] = 5 },
		  .number = 1, .offset = 5 },
		{ STREAM(DUPLICATE), .verdicts = { [PING_OK] = 5, [PING_FOREIGN] = 5 },
		  .number = 1 },
		{ STREAM(NEVER), .timeout_ms = 200, .verdicts = { [PING_LOST] = 5 }, .number = 1 },
		{ STREAM(CLOSES), .verdicts = { [PING_CLOSED] = 5 }, .number = 1 },
		{ DGRAM(HONEST), .verdicts = { [PING_OK] = 5 } },
		{ DGRAM(WRONG), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 }, .number = 3,
		  .offset = 63 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		struct want want = wants[i];

		want.connect_each = true;
		check_one(&want);
	}
}
END_TEST

START_TEST(datagrams)
{
	static const struct want wants[] = {
		{ DGRAM(HONEST), .verdicts = { [PING_OK] = 5 } },
		{ DGRAM(WRONG), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 }, .number = 3,
		  .offset = 63 },
		{ DGRAM(MISSING), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 }, .number = 3,
		  .offset = 63 },
		{ DGRAM(EXTRA), .verdicts = { [PING_OK] = 4, [PING_DIFFERENT] = 1 }, .number = 3,
		  .offset = 64 },
		{ DGRAM(DUPLICATE), .verdicts = { [PING_OK] = 5, [PING_DUPLICATE] = 1 },
		  .number = 3 },
		{ DGRAM(REORDERED), .verdicts = { [PING_OK] = 5 }, .reordered = 1 },
		{ DGRAM(LATE), .timeout_ms = 200, .count = 40, .interval_ms = 20,
		  .verdicts = { [PING_OK] = 39, [PING_LOST] = 1, [PING_LATE] = 1 }, .number = 3,
		  .reordered = 1 },
		{ DGRAM(NEVER), .timeout_ms = 300, .verdicts = { [PING_OK] = 4, [PING_LOST] = 1 },
		  .number = 3 },
		{ DGRAM(ELSEWHERE), .timeout_ms = 300,
		  .verdicts = { [PING_OK] = 4, [PING_LOST] = 1 }, .number = 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* What nobody sent has no number: the first probe that is told of is 0. */
START_TEST(foreign)
{
	static const struct want want = { DGRAM(FOREIGN),
					  .verdicts = { [PING_OK] = 5, [PING_FOREIGN] = 1 },
					  .number = 0 };

	check_one(&want);
}
END_TEST

/* An address at which nobody listens. */
static struct sa nobody(int type)
{
	const struct liar liar = { .type = type };
	struct sa sa;
	int fd = liar_open(&liar, &sa);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return sa;
}

START_TEST(refused)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct ping_result *got = xcalloc(1, sizeof(*got));

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct want want = { .liar = { .type = types[i] } };
		struct sa sa = nobody(types[i]);
		struct seen seen;
		const struct ping_config config = config_of(&want, &sa, &seen);
		struct err err = { 0 };

		ck_assert_int_eq(ping_run(&config, got, &err), 0);
		ck_assert(!liar_hangs(&seen.hang));
		ck_assert_uint_eq(got->verdicts[PING_REFUSED], PROBES);
		ck_assert_int_eq(seen.first.code, ECONNREFUSED);
	}
	free(got);
}
END_TEST

/*
 * More probes than are remembered stay without an answer, and then all answers come at once: they
 * are not those of the probes that are remembered now.
 */
START_TEST(forgotten)
{
	const struct liar liar = { SOCK_STREAM, LIE_LATE, 0, 1500 };
	const struct want want = { .liar = liar, .count = 1, .timeout_ms = 50, .size = 60000 };
	struct ping_result *got = xcalloc(1, sizeof(*got));
	struct liar_child child = liar_start(&liar);
	struct seen seen;
	struct ping_config config = config_of(&want, &child.sa, &seen);
	struct err err = { 0 };

	config.size_min = config.size_max = 8;
	config.interval_ns = CLOCK_MS / 10;
	config.count = 20000;
	ck_assert_int_eq(ping_run(&config, got, &err), 0);
	ck_assert(!liar_hangs(&seen.hang));
	ck_assert_uint_eq(got->verdicts[PING_DIFFERENT], 0);
	ck_assert_uint_eq(got->verdicts[PING_FOREIGN], 0);
	ck_assert_uint_gt(got->verdicts[PING_LOST], PING_FLYING_MAX);
	liar_stop(&child);
	free(got);
}
END_TEST

/* A server that takes nothing: what waits to be sent has a bound. */
START_TEST(choked)
{
	const struct liar liar = { .type = SOCK_STREAM };
	const struct want want = { .liar = liar, .count = 2000, .timeout_ms = 50, .size = 65507 };
	struct ping_result *got = xcalloc(1, sizeof(*got));
	struct sa sa;
	struct seen seen;
	int fd = liar_open(&liar, &sa); /* the system takes connections, and nobody reads */
	struct ping_config config = config_of(&want, &sa, &seen);
	struct err err = { 0 };

	ck_assert_int_ge(fd, 0);
	config.interval_ns = CLOCK_MS / 2;
	seen.hang = clock_now_ns() + CLOCK_S;
	ck_assert_int_eq(ping_run(&config, got, &err), 0);
	ck_assert_uint_gt(got->not_sent, 0);
	ck_assert_uint_lt(got->sent, 500);
	close(fd);
	free(got);
}
END_TEST

/* The kernel's times are those of the probe, if there are any. */
START_TEST(stamps)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct ping_result *got = xcalloc(1, sizeof(*got));

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct want want = { .liar = { .type = types[i] }, .count = 10 };
		struct liar_child child = liar_start(&want.liar);
		struct seen seen;
		struct ping_config config = config_of(&want, &child.sa, &seen);
		struct err err = { 0 };

		config.timestamping = true;
		ck_assert_int_eq(ping_run(&config, got, &err), 0);
		ck_assert_uint_eq(got->verdicts[PING_OK], 10);
		if (seen.stamped) {
			ck_assert_uint_gt(got->network.n, 0);
			ck_assert_uint_le(got->network.min, got->rtt.max);
		}
		liar_stop(&child);
	}
	free(got);
}
END_TEST

UNIT_MAIN("ping", streams, connections, datagrams, foreign, refused, forgotten, choked, stamps)
