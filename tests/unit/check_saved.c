/* SPDX-License-Identifier: MIT */
#include "echo/saved.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "unit.h"

static uint64_t state;

static uint64_t draw(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state >> 11;
}

static struct saved *new_saved(enum saved_mode mode, const char *peer)
{
	struct saved *s = xcalloc(1, sizeof(*s));

	s->mode = mode;
	s->kind = SAVED_UDP;
	s->runs = 1;
	s->size_min = 64;
	s->size_max = 1400;
	s->at_a_time = 1;
	s->begin_ns = 1795386925 * CLOCK_S;
	s->peer = peer ? xstrdup(peer) : NULL;
	return s;
}

static void free_saved(struct saved *s)
{
	saved_fini(s);
	free(s);
}

static void write_is(const struct saved *s, struct buf *b)
{
	b->len = 0;
	saved_write(b, s);
	buf_str(b);
}

/* S is written, read, and written again: the same line. */
static void again(const struct saved *s)
{
	struct saved *r = xcalloc(1, sizeof(*r));
	struct buf first = { 0 }, second = { 0 };
	struct err err;

	write_is(s, &first);
	ck_assert_msg(saved_read(r, first.data, first.len, &err) == 0, "%s", err.text);
	write_is(r, &second);
	ck_assert_str_eq(first.data, second.data);
	ck_assert(strchr(first.data, '\n') == first.data + first.len - 1);
	free_saved(r);
	buf_fini(&first);
	buf_fini(&second);
}

START_TEST(written_and_read)
{
	struct saved *s;

	for (int mode = 0; mode < SAVED_MODES; mode++) {
		s = new_saved((enum saved_mode)mode, "[fe80::1%eth0]:7");
		again(s); /* with empty histograms */
		s->paced = 1;
		hist_add(&s->load.latency, 0);
		hist_add(&s->load.latency, UINT64_MAX);
		hist_add_n(&s->load.service, 77, UINT64_MAX);
		s->load.sent = UINT64_MAX;
		s->load.received = UINT64_C(1) << 53;
		hist_add(&s->ping.rtt, 12345);
		s->ping.jitter_ns = 9;
		s->load.elapsed_ns = s->ping.elapsed_ns = 5;
		again(s);
		free(s->peer);
		s->peer = NULL;
		if (mode != SAVED_PING) {
			s->error = xstrdup("a \"line\"\n of \xc3\xa9");
			s->error_kind = ERR_SYSTEM;
		}
		again(s);
		free_saved(s);
	}
}
END_TEST

/* A sample and its parts: what is merged is what the whole is, byte for byte. */
START_TEST(merged_is_the_whole)
{
	enum {
		PARTS = 7,
		VALUES = 5000,
	};
	struct saved *whole = new_saved(SAVED_LOAD, "192.0.2.1:7"), *parts[PARTS], *sum, *read;
	struct buf want = { 0 }, got = { 0 };
	struct err err;

	state = 3;
	whole->runs = whole->at_a_time = PARTS;
	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = new_saved(SAVED_LOAD, "192.0.2.1:7");
		/* Each begins later and takes less long; the third ends last. */
		parts[i]->begin_ns += i * CLOCK_S;
		parts[i]->load.elapsed_ns = i == 2 ? 20 * CLOCK_S : 3 * CLOCK_S;
	}
	whole->load.elapsed_ns = 22 * CLOCK_S;
	for (size_t i = 0; i < VALUES; i++) {
		uint64_t v = draw() >> draw() % 50;
		size_t k = (size_t)(draw() % PARTS);

		hist_add(&whole->load.latency, v);
		hist_add(&parts[k]->load.latency, v);
		whole->load.sent++;
		parts[k]->load.sent++;
		whole->load.bytes_in += v >> 20;
		parts[k]->load.bytes_in += v >> 20;
	}
	write_is(whole, &want);
	for (size_t first = 0; first < PARTS; first++) {
		sum = xcalloc(1, sizeof(*sum));
		read = xcalloc(1, sizeof(*read));
		for (size_t i = 0; i < PARTS; i++) { /* in another order each time */
			write_is(parts[(first + i) % PARTS], &got);
			ck_assert_int_eq(saved_read(i ? read : sum, got.data, got.len, &err), 0);
			if (i == 0)
				continue;
			ck_assert_int_eq(saved_merge(sum, read, &err), 0);
			saved_fini(read);
		}
		write_is(sum, &got);
		ck_assert_str_eq(got.data, want.data);
		for (double q = 0; q <= 1; q += 0.001)
			ck_assert_uint_eq(hist_quantile(&sum->load.latency, q),
					  hist_quantile(&whole->load.latency, q));
		free_saved(sum);
		free_saved(read);
	}
	for (size_t i = 0; i < PARTS; i++)
		free_saved(parts[i]);
	free_saved(whole);
	buf_fini(&want);
	buf_fini(&got);
}
END_TEST

START_TEST(what_does_not_merge)
{
	struct saved *a = new_saved(SAVED_LOAD, "x"), *b = new_saved(SAVED_PING, "x");
	struct buf before = { 0 }, after = { 0 };
	struct err err;

	write_is(a, &before);
	ck_assert_int_eq(saved_merge(a, b, &err), -1);
	ck_assert_str_eq(err.text, "its mode is ping, that of the others load");
	b->mode = SAVED_LOAD;
	b->kind = SAVED_TCP;
	ck_assert_int_eq(saved_merge(a, b, &err), -1);
	ck_assert_str_eq(err.text, "its socket is tcp, that of the others udp");
	b->kind = SAVED_UDP;
	b->paced = 1;
	ck_assert_int_eq(saved_merge(a, b, &err), -1);
	ck_assert_str_eq(err.text, "its open_loop is true, that of the others false");
	b->paced = 0;
	b->load.sent = UINT64_MAX;
	a->load.sent = 1;
	ck_assert_int_eq(saved_merge(a, b, &err), -1);
	a->load.sent = 0;
	hist_add_n(&b->load.connect, 1, UINT64_MAX);
	hist_add_n(&a->load.connect, 2, 1);
	ck_assert_int_eq(saved_merge(a, b, &err), -1);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	memset(&a->load.connect, 0, sizeof(a->load.connect));
	write_is(a, &after);
	ck_assert_str_eq(before.data, after.data);
	ck_assert_int_eq(saved_merge(a, b, &err), 0);
	ck_assert_str_eq(a->peer, "x");
	free(b->peer);
	b->peer = xstrdup("y");
	memset(&b->load, 0, sizeof(b->load));
	b->error = xstrdup("why");
	b->error_kind = ERR_NEGATIVE;
	ck_assert_int_eq(saved_merge(a, b, &err), 0);
	ck_assert_ptr_null(a->peer);
	ck_assert_str_eq(a->error, "why");
	ck_assert_uint_eq(a->error_kind, ERR_NEGATIVE);
	ck_assert_uint_eq(a->runs, 3);
	free_saved(a);
	free_saved(b);
	buf_fini(&before);
	buf_fini(&after);
}
END_TEST

/* Puts TO in place of FROM, which is there. */
static void replace(struct buf *b, const char *line, const char *from, const char *to)
{
	const char *at = strstr(line, from);

	ck_assert_msg(at, "no %s in %s", from, line);
	b->len = 0;
	buf_add(b, line, (size_t)(at - line));
	buf_adds(b, to);
	buf_adds(b, at + strlen(from));
	buf_str(b);
}

START_TEST(bad_lines)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{ "\"netipc_result\":1", "\"netipc_result\":2", "it is of version 2, not 1" },
		{ "\"netipc_result\"", "\"result\"", "its first member is not \"netipc_result\"" },
		{ "\"mode\"", "\"modes\"", "its second member is not \"mode\"" },
		{ "\"mode\":\"load\"", "\"mode\":\"lord\"", "a word that is known is wanted" },
		{ "\"sent\":2", "\"sent\":-2", "a whole number from 0 to 2^64 - 1 is wanted" },
		{ "\"sent\":2", "\"sent\":2.5", "a comma or a } is wanted" },
		{ "\"sent\":2", "\"sent\":\"18446744073709551616\"", "a whole number" },
		{ "\"sent\":2", "\"sent\":\"2", "a whole number" },
		{ "\"sent\":2", "\"sent\":2,\"sent\":2", "its member \"sent\" is there twice" },
		{ "\"sent\":2", "\"closed\":2", "its member \"closed\" is not known" },
		{ "\"sent\":2,", "", "it has no member \"sent\"" },
		{ "\"peer\":\"x\"", "\"peer\":7", "a string without a NUL, or null, is wanted" },
		{ "\"peer\":\"x\"", "\"peer\":\"\\u0000\"", "a string without a NUL" },
		{ "\"runs\":1", "\"runs\":0", "its members contradict one another" },
		{ "\"size_min\":64", "\"size_min\":1401", "its members contradict one another" },
		{ "\"error\":null", "\"error\":\"\"", "its members contradict one another" },
		{ "\"error_status\":0", "\"error_status\":4", "its members contradict" },
		{ "\"elapsed_ns\":0", "\"elapsed_ns\":\"18446744073709551615\"", "its members" },
		{ "\"per_octave\":64", "\"per_octave\":128", "128 buckets of each power of two" },
		{ "\"n\":2", "\"n\":3", "the numbers of a histogram contradict one another" },
		{ "\"min_ns\":5", "\"min_ns\":6", "the numbers of a histogram" },
		{ "\"max_ns\":9", "\"max_ns\":10", "the numbers of a histogram" },
		{ "\"sum_ns\":14", "\"sum_ns\":9", "the numbers of a histogram" },
		{ "\"sum_ns\":14", "\"sum_ns\":19", "the numbers of a histogram" },
		{ "\"sum_wraps\":0", "\"sum_wraps\":1", "the numbers of a histogram" },
		{ "[[5,1],[9,1]]", "[[9,1],[5,1]]", "higher than the one before it" },
		{ "[[5,1],[9,1]]", "[[5,1],[5,1]]", "higher than the one before it" },
		{ "[[5,1],[9,1]]", "[[5,1],[3776,1]]", "higher than the one before it" },
		{ "[[5,1],[9,1]]", "[[5,1],[9,1],]", "a [ is wanted" },
		{ "[[5,1],[9,1]]", "[[5,1,[9,1]]", "a ] is wanted" },
		{ "[[5,1],[9,1]]", "{}", "a [ is wanted" },
		{ "}\n", "}}", "the end of the line is wanted" },
		{ "}\n", "", "a comma or a } is wanted" },
	};
	struct saved *s = new_saved(SAVED_LOAD, "x"), *r = xcalloc(1, sizeof(*r));
	struct buf line = { 0 }, bad = { 0 };
	struct err err;

	s->load.sent = 2;
	hist_add(&s->load.latency, 5);
	hist_add(&s->load.latency, 9);
	write_is(s, &line);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		replace(&bad, line.data, cases[i].from, cases[i].to);
		ck_assert_msg(saved_read(r, bad.data, bad.len, &err) < 0, "%s", cases[i].to);
		ck_assert_msg(strstr(err.text, cases[i].says) && err.kind == ERR_USAGE &&
				      str_starts(err.text, "no result of echo-client: "),
			      "%s: %s", cases[i].to, err.text);
		ck_assert(!r->peer && !r->error);
	}
	/* Blanks, another order, and numbers that are strings are all right. */
	replace(&bad, line.data, "\"socket\":\"udp\",\"open_loop\":false",
		" \"open_loop\" : false ,\t\"socket\": \"udp\"");
	ck_assert_msg(saved_read(r, bad.data, bad.len, &err) == 0, "%s", err.text);
	saved_fini(r);
	replace(&bad, line.data, "\"sent\":2", "\"sent\":\"2\"");
	ck_assert_msg(saved_read(r, bad.data, bad.len, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(r->load.sent, 2);
	free_saved(r);
	free_saved(s);
	buf_fini(&line);
	buf_fini(&bad);
}
END_TEST

UNIT_MAIN("saved", written_and_read, merged_is_the_whole, what_does_not_merge, bad_lines)
