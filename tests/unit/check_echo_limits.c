/* SPDX-License-Identifier: MIT */
/* What the server allows a client, and what it does wrong when it is told to. */
#include "echo.h"

/* More than are allowed wait, and are served when others have ended. */
START_TEST(max_connections)
{
	struct setup setup = { .address = "127.0.0.1:0",
			       .type = SOCK_STREAM,
			       .max_connections = 2 };

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int fd[4];

		for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
			fd[i] = join(&child);
			ck_assert_int_eq(send(fd[i], "x", 1, 0), 1);
			if (i < 2)
				expect(fd[i], "x", 1);
		}
		ck_assert(!readable(fd[2], 200));
		for (size_t i = 2; i < ARRAY_SIZE(fd); i++) {
			close(fd[i - 2]);
			expect(fd[i], "x", 1);
		}
		close(fd[2]);
		close(fd[3]);
		stop(&child);
		ck_assert_uint_eq(child.counters.connections, 4);
		ck_assert_uint_eq(child.counters.refused, 0);
	}
}
END_TEST

/* One that is silent is closed, one that is not is served on. */
START_TEST(idle)
{
	struct setup setup = {
		.address = "127.0.0.1:0",
		.type = SOCK_STREAM,
		.idle_ns = CLOCK_S,
	};

	EACH_BACKEND(setup.backend)
	{
		struct child child = start(&setup);
		int silent = join(&child), busy = join(&child);
		bool ended = false;

		for (int i = 0; i < 200 && !ended; i++) {
			ck_assert_int_eq(send(busy, "x", 1, 0), 1);
			expect(busy, "x", 1);
			ended = readable(silent, 20);
		}
		expect_end(silent);
		ck_assert_int_eq(send(busy, "y", 1, 0), 1);
		expect(busy, "y", 1);
		close(silent);
		close(busy);
		stop(&child);
		ck_assert_uint_eq(child.counters.timed_out, 1);
	}
}
END_TEST

/* A second's worth at once, then so many bytes a second: what is returned is all of it. */
START_TEST(max_rate)
{
	enum {
		RATE = 200000,
		TOTAL = 400000,
	};
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM, .max_rate = RATE };
	static char data[TOTAL], got[TOTAL];
	struct child child = start(&setup);
	uint64_t begin = clock_now_ns();
	size_t sent = 0, have = 0;
	int fd = join(&child);

	for (size_t i = 0; i < TOTAL; i++)
		data[i] = (char)(i % 251);
	while (have < TOTAL) {
		ssize_t n = sent < TOTAL ? send(fd, data + sent, TOTAL - sent, MSG_DONTWAIT) : 0;

		sent += n > 0 ? (size_t)n : 0;
		ck_assert(readable(fd, WAIT_MS));
		n = recv(fd, got + have, TOTAL - have, 0);
		ck_assert_int_gt(n, 0);
		have += (size_t)n;
	}
	ck_assert_int_eq(memcmp(got, data, TOTAL), 0);
	/* The last 64 KiB and more may be on credit. */
	ck_assert_uint_ge(clock_now_ns() - begin, CLOCK_S / 2);
	close(fd);
	stop(&child);
}
END_TEST

START_TEST(max_answers)
{
	enum {
		ASKED = 200,
		LIMIT = 50,
	};
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM, .max_answers = LIMIT };
	struct child child = start(&setup);
	uint64_t begin = clock_now_ns(), most;
	int fd = bound_udp("127.0.0.1:0"), came = 0;
	char c;

	for (int i = 0; i < ASKED; i++)
		ck_assert_int_eq(sendto(fd, "d", 1, 0, &child.sa.u.sa, child.sa.len), 1);
	while (readable(fd, 300))
		came += recv(fd, &c, 1, 0) == 1;
	most = LIMIT + (clock_now_ns() - begin) * LIMIT / CLOCK_S + 1;
	ck_assert_int_ge(came, LIMIT);
	ck_assert_uint_le((uint64_t)came, most);
	stop(&child);
	ck_assert_uint_eq(child.counters.datagrams, (uint64_t)came);
	ck_assert_uint_eq(child.counters.limited, (uint64_t)(ASKED - came));
	close(fd);
}
END_TEST

/* Asks N datagrams, each by itself: what came back of each as a bit, in order. */
static uint64_t pattern_of(const struct setup *setup, struct echo_counters *counters)
{
	struct child child = start(setup);
	int fd = bound_udp("127.0.0.1:0");
	uint64_t bits = 0;

	for (unsigned i = 0; i < 40; i++) {
		unsigned char sent[4] = { (unsigned char)i, 1, 2, 3 }, got[8];

		ck_assert_int_eq(sendto(fd, sent, 4, 0, &child.sa.u.sa, child.sa.len), 4);
		/* In order, and a known time at most: only what is lost is waited for. */
		if (readable(fd, 100) && recv(fd, got, sizeof(got), 0) == 4 &&
		    memcmp(sent, got, 4) == 0)
			bits |= UINT64_C(1) << i;
	}
	stop(&child);
	*counters = child.counters;
	close(fd);
	return bits;
}

/* The same seed, the same faults; they are counted as they were seen. */
START_TEST(faults_seeded)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM };
	struct echo_counters first, again, other;
	uint64_t bits;

	setup.fault.loss = FAULT_WHOLE / 4;
	setup.fault.seed = 7;
	bits = pattern_of(&setup, &first);
	ck_assert_uint_eq(first.faults.units, 40);
	ck_assert_uint_eq(first.faults.lost, 40 - (uint64_t)__builtin_popcountll(bits));
	ck_assert_uint_gt(first.faults.lost, 0);
	ck_assert_uint_lt(first.faults.lost, 40);
	ck_assert_uint_eq(pattern_of(&setup, &again), bits);
	setup.fault.seed = 8;
	ck_assert_uint_ne(pattern_of(&setup, &other), bits);
}
END_TEST

/* What each fault of a stream makes of "0123456789". */
START_TEST(faults_stream)
{
	static const struct {
		struct fault_config fault;
		const char *back; /* as it comes; then the end, if it is shorter */
	} cases[] = {
		{ { .duplicate = FAULT_WHOLE }, "01234567890123456789" },
		{ { .chunk = 3 }, "0123456789" },
		{ { .delay_ns = 20 * CLOCK_MS }, "0123456789" },
		{ { .reorder = FAULT_WHOLE },
		  "0123456789" }, /* nothing follows: it goes all the same */
		{ { .end = FAULT_CLOSE, .end_after = 4 }, "0123" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct setup setup = { .address = "127.0.0.1:0",
				       .type = SOCK_STREAM,
				       .fault = cases[i].fault };
		struct child child = start(&setup);
		int fd = join(&child);

		ck_assert_int_eq(send(fd, "0123456789", 10, 0), 10);
		expect(fd, cases[i].back, strlen(cases[i].back));
		if (cases[i].fault.end == FAULT_CLOSE)
			expect_end(fd);
		close(fd);
		stop(&child);
		ck_assert_uint_eq(child.counters.faults.closes, cases[i].fault.end == FAULT_CLOSE);
		ck_assert_uint_eq(child.counters.faults.duplicated, cases[i].fault.duplicate != 0);
		ck_assert_uint_eq(child.counters.faults.reordered, cases[i].fault.reorder != 0);
		ck_assert_uint_eq(child.counters.faults.delayed, cases[i].fault.delay_ns != 0);
	}
}
END_TEST

START_TEST(fault_reset)
{
	struct setup setup = { .address = "127.0.0.1:0",
			       .type = SOCK_STREAM,
			       .fault = { .end = FAULT_RESET, .end_after = 4 } };
	struct child child = start(&setup);
	int fd = join(&child);
	char got[16];
	ssize_t n;

	ck_assert_int_eq(send(fd, "0123456789", 10, 0), 10);
	do {
		ck_assert(readable(fd, WAIT_MS));
		n = recv(fd, got, sizeof(got), 0);
	} while (n > 0);
	ck_assert_int_eq(n, -1);
	ck_assert_int_eq(errno, ECONNRESET);
	close(fd);
	stop(&child);
	ck_assert_uint_eq(child.counters.faults.resets, 1);
}
END_TEST

UNIT_MAIN("echo limits", max_connections, idle, max_rate, max_answers, faults_seeded, faults_stream,
	  fault_reset)
