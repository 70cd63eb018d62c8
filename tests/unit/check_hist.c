/* SPDX-License-Identifier: MIT */
#include "ev/hist.h"

#include <string.h>

#include "base/macros.h"
#include "unit.h"

static struct hist h, g;

static void setup(void)
{
	memset(&h, 0, sizeof(h));
	memset(&g, 0, sizeof(g));
}

/* A generator whose numbers are of every size. */
static uint64_t random_value(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> (*state >> 58);
}

START_TEST(buckets)
{
	/* Each value is in its bucket, buckets touch, and none is wider than 1/64 of its values. */
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		uint64_t first = hist_first(i), last = hist_last(i);

		ck_assert_uint_eq(hist_bucket(first), i);
		ck_assert_uint_eq(hist_bucket(last), i);
		ck_assert(last - first <= first / HIST_SUB);
		if (i > 0)
			ck_assert_uint_eq(first, hist_last(i - 1) + 1);
	}
	ck_assert_uint_eq(hist_last(HIST_BUCKETS - 1), UINT64_MAX);
	ck_assert_uint_eq(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
	ck_assert_uint_eq(hist_last(hist_bucket(127)), 127);
}
END_TEST

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

START_TEST(quantiles)
{
	static const double shares[] = { 0, 0.1, 0.5, 0.9, 0.99, 0.999, 1 };
	enum {
		N = 20000
	};
	static uint64_t values[N];
	uint64_t state = 7;

	setup();
	for (size_t i = 0; i < N; i++) {
		values[i] = random_value(&state);
		hist_add(i % 2 ? &h : &g, values[i]);
	}
	hist_merge(&h, &g);
	qsort(values, N, sizeof(values[0]), by_value);
	ck_assert_uint_eq(h.n, N);
	ck_assert_uint_eq(h.min, values[0]);
	ck_assert_uint_eq(h.max, values[N - 1]);
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		size_t rank = (size_t)(shares[i] * N + 0.999999);
		uint64_t exact = values[rank ? rank - 1 : 0], got = hist_quantile(&h, shares[i]);

		ck_assert_msg(got >= exact && got - exact <= exact / HIST_SUB,
			      "share %g: %llu for %llu", shares[i], (unsigned long long)got,
			      (unsigned long long)exact);
	}
}
END_TEST

START_TEST(moments)
{
	setup();
	ck_assert(hist_mean(&h) == 0 && hist_deviation(&h) == 0 && hist_quantile(&h, 0.5) == 0);
	hist_add_n(&h, 2, 3);
	hist_add_n(&h, 4, 0);
	hist_add(&h, 6);
	ck_assert_uint_eq(h.n, 4);
	ck_assert(hist_mean(&h) == 3);
	ck_assert(hist_deviation(&h) > 1.7320 && hist_deviation(&h) < 1.7321);
	ck_assert_uint_eq(hist_quantile(&h, 0.75), 2);
	ck_assert_uint_eq(hist_quantile(&h, 0.76), 6);
}
END_TEST

START_TEST(correction)
{
	static const struct {
		uint64_t value, interval, n;
	} cases[] = { { 100, 0, 1 },   { 100, 100, 1 },   { 100, 101, 1 },  { 199, 100, 1 },
		      { 200, 100, 2 }, { 1000, 100, 10 }, { 1050, 100, 10 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup();
		hist_add_corrected(&h, cases[i].value, cases[i].interval);
		ck_assert_uint_eq(h.n, cases[i].n);
		ck_assert_uint_eq(h.max, cases[i].value);
		if (cases[i].interval)
			ck_assert(h.min >= cases[i].interval || h.n == 1);
	}
}
END_TEST

START_TEST(hdr)
{
	struct buf b = { 0 };
	const char *text;

	setup();
	for (uint64_t v = 1; v <= 100; v++)
		hist_add(&h, v * 1000);
	hist_hdr(&b, &h, 1000);
	text = buf_str(&b);
	ck_assert(strncmp(text, "       Value     Percentile TotalCount 1/(1-Percentile)\n\n",
			  57) == 0);
	ck_assert(strstr(text, "\n     100.000 1.000000000000        100\n#[Mean    = "));
	ck_assert(strstr(text, "#[Mean    =       50.500, StdDeviation   =       28.845]\n"));
	ck_assert(strstr(text, "#[Max     =      100.000, Total count    =          100]\n"));
	ck_assert(strstr(text, " 0.500000000000         50           2.00\n"));
	buf_fini(&b);
}
END_TEST

START_TEST(since)
{
	static struct hist before, all;
	uint64_t state = 7;

	setup();
	memset(&all, 0, sizeof(all));
	hist_since(&h, &all, &all);
	ck_assert_uint_eq(h.n, 0);
	for (int i = 0; i < 2000; i++) {
		uint64_t v = random_value(&state) >> 20;

		if (i == 1000)
			before = all;
		hist_add(&all, v);
		if (i >= 1000)
			hist_add(&g, v);
	}
	hist_since(&h, &all, &before);
	ck_assert_uint_eq(h.n, g.n);
	ck_assert(memcmp(h.count, g.count, sizeof(h.count)) == 0);
	ck_assert_uint_eq(hist_bucket(h.min), hist_bucket(g.min));
	ck_assert_uint_eq(hist_bucket(h.max), hist_bucket(g.max));
	ck_assert(h.max <= all.max && h.min >= all.min);
	hist_since(&h, &all, &all);
	ck_assert_uint_eq(h.n, 0);
	ck_assert_uint_eq(h.max, 0);
}
END_TEST

/* Values of every size: merged in any shares they are as if all had been added to one. */
START_TEST(merging)
{
	static struct hist parts[3], sum;
	uint64_t state = 11;

	setup();
	memset(parts, 0, sizeof(parts));
	memset(&sum, 0, sizeof(sum));
	hist_merge(&sum, &h); /* nothing to nothing */
	ck_assert_uint_eq(sum.n, 0);
	for (size_t i = 0; i < 30000; i++) {
		uint64_t v = random_value(&state);

		hist_add(&h, v);
		hist_add(&parts[random_value(&state) % 3 ? i % 2 : 2], v);
	}
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		hist_merge(&sum, &parts[i]);
	ck_assert_int_eq(memcmp(sum.count, h.count, sizeof(h.count)), 0);
	ck_assert(sum.n == h.n && sum.min == h.min && sum.max == h.max);
	ck_assert(sum.sum == h.sum && sum.wraps == h.wraps && h.wraps > 0);
	hist_merge(&sum, &g); /* an empty one changes nothing */
	ck_assert(sum.n == h.n && sum.min == h.min && sum.max == h.max);
}
END_TEST

/* HdrHistogram's text, read again: percentiles and counts rise, and each is the histogram's own. */
START_TEST(hdr_again)
{
	struct buf b = { 0 };
	uint64_t state = 5, rows = 0;
	double before = -1, share_before = -1;
	unsigned long long count_before = 0;
	char *line, *next, *at;

	setup();
	for (size_t i = 0; i < 10000; i++)
		hist_add(&h, random_value(&state) >> 24);
	hist_hdr(&b, &h, 1000);
	buf_str(&b);
	line = strstr(b.data, "\n\n");
	ck_assert_ptr_nonnull(line);
	for (line += 2; *line != '#'; line = next + 1, rows++) {
		double value = strtod(line, &at), share = strtod(at, &at), exact;
		unsigned long long count = strtoull(at, &at, 10);

		next = strchr(line, '\n');
		ck_assert_ptr_nonnull(next);
		ck_assert_msg(value >= before && share > share_before && count >= count_before,
			      "%.60s", line);
		if (share < 1) {
			double rest = strtod(at, &at);

			ck_assert_msg(rest > 0.99 / (1 - share) - 0.01 &&
					      rest < 1.01 / (1 - share) + 0.01,
				      "%.60s", line);
		}
		ck_assert_msg(at == next, "%.60s", line);
		ck_assert_msg((double)count >= share * 10000 - 1e-6, "%.60s", line);
		exact = (double)hist_quantile(&h, share) / 1000;
		ck_assert_msg(value - exact < 0.00051 && exact - value < 0.00051, "%.60s", line);
		before = value;
		share_before = share;
		count_before = count;
	}
	ck_assert_uint_gt(rows, 20);
	ck_assert(share_before == 1 && count_before == 10000);
	buf_fini(&b);
}
END_TEST

UNIT_MAIN("hist", buckets, quantiles, moments, correction, hdr, since, merging, hdr_again)
