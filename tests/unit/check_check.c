/* SPDX-License-Identifier: MIT */
/* The examination of servers that lie: the checks that must fail do, and say why. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/xalloc.h"
#include "echo/check.h"
#include "liar.h"

enum {
	HANG_S = 55,
	RESULTS = 32,
	FAILS = 8,
	TRIES = 10,
};

struct fail {
	const char *name, *text; /* the check, and what its text has */
};

struct want {
	struct liar liar;
	uint64_t timeout_ms;
	struct fail fails[FAILS]; /* these fail, and no other */
	const char *may;          /* may fail besides, by the machine's speed; or NULL */
	const char *again;        /* passes where the server is not scheduled: is asked again */
};

struct seen {
	uint64_t hang;
	struct check_result results[RESULTS];
	size_t n;
};

static void on_result(void *ctx, const struct check_result *result)
{
	struct seen *seen = ctx;

	ck_assert_uint_lt(seen->n, RESULTS);
	seen->results[seen->n++] = *result;
}

static int examine(const struct want *want, const struct sa *sa, struct seen *seen, struct err *err)
{
	const struct check_config config = {
		.type = want->liar.type,
		.address = sa,
		.timeout_ns = (want->timeout_ms ? want->timeout_ms : 5000) * CLOCK_MS,
		.bytes = 1 << 20,
		.seed = 1,
		.stop = liar_hangs,
		.report = on_result,
		.ctx = seen,
	};

	*seen = (struct seen){ .hang = clock_now_ns() + HANG_S * CLOCK_S };
	return check_run(&config, err);
}

static const char *wanted(const struct want *want, const char *name)
{
	for (size_t i = 0; i < FAILS && want->fails[i].name; i++)
		if (strcmp(want->fails[i].name, name) == 0)
			return want->fails[i].text;
	return NULL;
}

static bool is_asked_again(const struct want *want, const struct seen *seen)
{
	for (size_t i = 0; i < seen->n && want->again; i++)
		if (strcmp(want->again, seen->results[i].name) == 0)
			return seen->results[i].verdict == CHECK_PASSED;
	return false;
}

static void check_one(const struct want *want)
{
	struct liar_child child = liar_start(&want->liar);
	struct seen *seen = xcalloc(1, sizeof(*seen));
	size_t failed = 0, fails = 0, tries = 0;
	struct err err = { 0 };

	do {
		ck_assert_msg(examine(want, &child.sa, seen, &err) == 0, "type %d lie %d: %s",
			      want->liar.type, want->liar.lie, err.text);
		ck_assert_msg(!liar_hangs(&seen->hang), "lie %d makes it hang", want->liar.lie);
	} while (++tries < TRIES && is_asked_again(want, seen));
	for (size_t i = 0; i < seen->n; i++) {
		const struct check_result *r = &seen->results[i];
		const char *text = wanted(want, r->name);

		if (want->may && strcmp(want->may, r->name) == 0)
			continue;
		failed += r->verdict == CHECK_FAILED;
		ck_assert_msg((r->verdict == CHECK_FAILED) == (text != NULL),
			      "type %d lie %d: %s: \"%s\"", want->liar.type, want->liar.lie,
			      r->name, r->text);
		ck_assert_msg(!text || strstr(r->text, text), "type %d lie %d: %s: \"%s\"",
			      want->liar.type, want->liar.lie, r->name, r->text);
	}
	while (fails < FAILS && want->fails[fails].name)
		fails++;
	ck_assert_uint_eq(failed, fails);
	ck_assert_uint_eq(seen->n, want->liar.type == SOCK_STREAM ? 10 : 5);
	liar_stop(&child);
	free(seen);
}

#define STREAM(name, where, ms) .liar = { SOCK_STREAM, LIE_##name, where, ms }
#define DGRAM(name, ms)         .liar = { SOCK_DGRAM, LIE_##name, 0, ms }

/* Each from an offset on that some checks reach: 1000 is only in the larger streams. */
START_TEST(bytes)
{
	static const struct want wants[] = {
		{ STREAM(HONEST, 0, 0) },
		{ STREAM(WRONG, 5000, 0),
		  .fails = { { "bytes", "wrong byte at offset 5000: sent 0x" },
			     { "tail", "wrong byte at offset 5000" },
			     { "late-reader", "wrong byte at offset 5000" } } },
		{ STREAM(WRONG, 5, 0), .fails = { { "bytes", "wrong byte at offset 5: sent 0x" },
						  { "tail", "wrong byte at offset 5" },
						  { "late-reader", "wrong byte at offset 5" } } },
		{ STREAM(MISSING, 5000, 0),
		  .fails = { { "bytes", "wrong byte at offset 5000" },
			     { "tail", "wrong byte at offset 5000" },
			     { "late-reader", "wrong byte at offset 5000" } } },
		{ STREAM(MISSING, 99999, 0),
		  .fails = { { "tail", "ended the stream: 99999 of 100000 bytes" },
			     { "bytes", "wrong byte at offset 99999" },
			     { "late-reader", "wrong byte at offset 99999" } } },
		{ STREAM(EXTRA, 99999, 0),
		  .fails = { { "tail", "at offset 99999" },
			     { "bytes", "wrong byte at offset 99999" },
			     { "late-reader", "wrong byte at offset 99999" } } },
		{ STREAM(DUPLICATE, 5000, 0), .fails = { { "bytes", "at offset" },
							 { "tail", "at offset" },
							 { "late-reader", "at offset" } } },
		{ STREAM(REORDERED, 5000, 0),
		  .fails = { { "bytes", "wrong byte at offset 5000" },
			     { "tail", "wrong byte at offset 5000" },
			     { "late-reader", "wrong byte at offset 5000" } } },
		{ STREAM(CLOSES, 5000, 0), .fails = { { "bytes", "5000 of " },
						      { "tail", "5000 of " },
						      { "late-reader", "5000 of " } } },
		{ STREAM(RESETS, 5000, 0),
		  .fails = { { "bytes", " of " }, { "tail", " of " }, { "late-reader", " of " } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* What a server does that returns each byte, but not when it should. */
START_TEST(manners)
{
	static const struct want wants[] = {
		{ STREAM(ENDLESS, 0, 0), .timeout_ms = 700,
		  .fails = { { "half-close", "but not the end of file" },
			     { "tail", "but not the end of file" },
			     { "late-reader", "but not the end of file" } } },
		{ STREAM(TAIL, 0, 20), .fails = { { "tail", "ended the stream: " } },
		  .may = "late-reader" },
		{ STREAM(URGENT, 0, 0), .timeout_ms = 1000,
		  .fails = { { "urgent", "stalls at the urgent mark: 2 of 4" } } },
		{ STREAM(GROWS, 0, 0), .fails = { { "back-pressure", "grows: it took 64 MiB" } },
		  .again = "back-pressure" },
		{ STREAM(STARVES, 0, 0), .timeout_ms = 1000,
		  .fails = { { "fairness", "starves another" } }, .may = "late-reader" },
		{ STREAM(NAGLE, 0, 60),
		  .fails = { { "delay", "Nagle and delayed acknowledgement" } } },
		{ STREAM(NEVER, 0, 0), .timeout_ms = 200,
		  .fails = { { "bytes", "silent: 0 of " },
			     { "urgent", "0 bytes came back" },
			     { "tail", "0 of 100000" },
			     { "late-reader", "0 of " },
			     { "delay", "not returned" },
			     { "back-pressure", "grows" },
			     { "reset", "silent" } },
		  .again = "back-pressure" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

START_TEST(datagrams)
{
	static const struct want wants[] = {
		{ DGRAM(HONEST, 0) },
		{ DGRAM(WRONG, 0), .fails = { { "datagram", "wrong byte at offset 63" },
					      { "sizes", "1 byte: wrong byte at offset 0" },
					      { "once", "wrong byte at offset 63" },
					      { "burst", "not sent" } } },
		{ DGRAM(MISSING, 0), .fails = { { "datagram", "64 bytes came back as 63" },
						{ "sizes", "1 byte came back as 0" },
						{ "once", "64 bytes came back as 63" },
						{ "burst", "not sent" } } },
		{ DGRAM(EXTRA, 0), .fails = { { "datagram", "64 bytes came back as 65" },
					      { "sizes", "0 bytes came back as 1" },
					      { "once", "64 bytes came back as 65" },
					      { "burst", "not sent" } } },
		{ DGRAM(DUPLICATE, 0), .fails = { { "once", "a second answer came" },
						  { "sizes", "came once more" },
						  { "burst", "or twice" } } },
		{ DGRAM(FOREIGN, 0), .fails = { { "datagram", "wrong byte at offset 0" },
						{ "sizes", "0 bytes came back as 64" },
						{ "once", "wrong byte at offset 0" },
						{ "burst", "not sent" } } },
		{ DGRAM(NEVER, 0), .timeout_ms = 300,
		  .fails = { { "datagram", "no answer" },
			     { "sizes", "no answer" },
			     { "once", "no answer" },
			     { "source", "no answer" },
			     { "burst", "0 of 64 came back" } } },
		{ DGRAM(ELSEWHERE, 0), .timeout_ms = 300,
		  .fails = { { "datagram", "no answer" },
			     { "sizes", "no answer" },
			     { "once", "no answer" },
			     { "source", ", answered by 127.0.0.1:" },
			     { "burst", "0 of 64 came back" } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* A long way is no fault: what was asked again is answered twice, and answers come out of turn. */
START_TEST(slow)
{
	static const struct want wants[] = {
		{ DGRAM(LATE, 250), .timeout_ms = 600 },
		{ STREAM(LATE, 0, 60) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++)
		check_one(&wants[i]);
}
END_TEST

/* Nobody is there: no check can fail, since none can be made. */
START_TEST(unreachable)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct want want = { .liar = { .type = types[i] } };
		struct seen *seen = xcalloc(1, sizeof(*seen));
		struct err err = { 0 };
		struct sa sa;

		close(liar_open(&want.liar, &sa));
		ck_assert_int_eq(examine(&want, &sa, seen, &err), -1);
		ck_assert_int_eq(err.kind, ERR_SYSTEM);
		ck_assert_msg(strstr(err.text, strerror(ECONNREFUSED)) != NULL, "%s", err.text);
		ck_assert_uint_eq(seen->n, 0);
		free(seen);
	}
}
END_TEST

/* Stopped in the middle: the check is skipped, and no other is begun. */
START_TEST(stopped)
{
	const struct want want = { STREAM(NEVER, 0, 0) };
	struct liar_child child = liar_start(&want.liar);
	struct seen *seen = xcalloc(1, sizeof(*seen));
	const struct check_config config = {
		.type = SOCK_STREAM,
		.address = &child.sa,
		.timeout_ns = 300 * CLOCK_MS,
		.bytes = 1 << 20,
		.stop = liar_hangs,
		.report = on_result,
		.ctx = seen,
	};
	struct err err = { 0 };

	seen->hang = clock_now_ns() + 100 * CLOCK_MS;
	ck_assert_int_eq(check_run(&config, &err), 0);
	ck_assert_uint_ge(seen->n, 1);
	ck_assert_uint_lt(seen->n, 10);
	liar_stop(&child);
	free(seen);
}
END_TEST

UNIT_MAIN("check", bytes, manners, datagrams, slow, unreachable, stopped)
