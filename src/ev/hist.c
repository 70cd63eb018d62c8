/* SPDX-License-Identifier: MIT */
#include "ev/hist.h"

enum {
	SUB_BITS = 6,
	HALF_TICKS = 5, /* lines for each halving of what is left, as HdrHistogram has it */
};

size_t hist_bucket(uint64_t value)
{
	unsigned shift;

	if (value < HIST_SUB)
		return (size_t)value;
	shift = 63 - SUB_BITS - (unsigned)__builtin_clzll(value);
	return ((size_t)shift + 1) * HIST_SUB + (size_t)(value >> shift) % HIST_SUB;
}

uint64_t hist_first(size_t i)
{
	if (i < HIST_SUB)
		return i;
	return (uint64_t)(HIST_SUB + i % HIST_SUB) << (i / HIST_SUB - 1);
}

uint64_t hist_last(size_t i)
{
	return i < HIST_SUB ? i : hist_first(i) + (UINT64_C(1) << (i / HIST_SUB - 1)) - 1;
}

/* Of 128 bits. */
struct wide {
	uint64_t low, high;
};

static struct wide product(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (uint32_t)middle;

	return (struct wide){ other << 32 | (uint32_t)low,
			      a1 * b1 + (middle >> 32) + (other >> 32) };
}

static bool is_less(struct wide a, struct wide b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

static void add_sum(struct hist *h, struct wide sum)
{
	h->wraps += sum.high;
	h->wraps += __builtin_add_overflow(h->sum, sum.low, &h->sum);
}

void hist_add_n(struct hist *h, uint64_t value, uint64_t n)
{
	if (n == 0)
		return;
	if (h->n == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->n += n;
	add_sum(h, product(value, n));
	h->count[hist_bucket(value)] += n;
}

void hist_add(struct hist *h, uint64_t value)
{
	if (h->n == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->n++;
	h->wraps += __builtin_add_overflow(h->sum, value, &h->sum);
	h->count[hist_bucket(value)]++;
}

void hist_add_corrected(struct hist *h, uint64_t value, uint64_t interval)
{
	hist_add(h, value);
	if (interval == 0)
		return;
	while (value >= interval && value - interval >= interval) {
		value -= interval;
		hist_add(h, value);
	}
}

void hist_merge(struct hist *h, const struct hist *from)
{
	if (from->n == 0)
		return;
	if (h->n == 0 || from->min < h->min)
		h->min = from->min;
	if (from->max > h->max)
		h->max = from->max;
	h->n += from->n;
	add_sum(h, (struct wide){ from->sum, from->wraps });
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		h->count[i] += from->count[i];
}

void hist_since(struct hist *to, const struct hist *now, const struct hist *before)
{
	to->n = 0;
	to->min = to->max = 0;
	to->wraps = now->wraps - before->wraps;
	to->wraps -= __builtin_sub_overflow(now->sum, before->sum, &to->sum);
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		to->count[i] = now->count[i] - before->count[i];
		if (!to->count[i])
			continue;
		if (to->n == 0)
			to->min = hist_first(i);
		to->max = hist_last(i);
		to->n += to->count[i];
	}
	if (to->n && to->min < now->min)
		to->min = now->min;
	if (to->max > now->max)
		to->max = now->max;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	double want = q * (double)h->n;
	uint64_t seen = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		seen += h->count[i];
		if (h->count[i] && (double)seen >= want)
			return hist_last(i) < h->max ? hist_last(i) : h->max;
	}
	return h->max;
}

double hist_sum(const struct hist *h)
{
	return (double)h->wraps * 0x1p64 + (double)h->sum;
}

double hist_mean(const struct hist *h)
{
	return h->n ? hist_sum(h) / (double)h->n : 0;
}

/* Newton's way: libm is not linked. */
static double root(double v)
{
	double r = v > 1 ? v : 1;

	if (v <= 0)
		return 0;
	for (int i = 0; i < 1100; i++) {
		double next = (r + v / r) / 2;

		if (next >= r)
			break;
		r = next;
	}
	return r;
}

double hist_deviation(const struct hist *h)
{
	double mean = hist_mean(h), squares = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		double off = ((double)hist_first(i) + (double)hist_last(i)) / 2 - mean;

		if (h->count[i])
			squares += off * off * (double)h->count[i];
	}
	return h->n ? root(squares / (double)h->n) : 0;
}

bool hist_is_sound(const struct hist *h)
{
	const struct wide sum = { h->sum, h->wraps };
	size_t first = HIST_BUCKETS, last = 0;
	uint64_t n = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		if (!h->count[i])
			continue;
		if (__builtin_add_overflow(n, h->count[i], &n))
			return false;
		first = first < i ? first : i;
		last = i;
	}
	if (n != h->n)
		return false;
	if (n == 0)
		return h->min == 0 && h->max == 0 && h->sum == 0 && h->wraps == 0;
	return hist_bucket(h->min) == first && hist_bucket(h->max) == last && h->min <= h->max &&
	       !is_less(sum, product(h->min, n)) && !is_less(product(h->max, n), sum);
}

/* The level after LEVEL: the steps halve each time that what is left does. */
static double next_level(double level)
{
	double steps = HALF_TICKS * 2.0, left = 1 - level;

	while (left <= 0.5 && steps < 1e12) {
		left *= 2;
		steps *= 2;
	}
	return level + 1 / steps;
}

void hist_hdr(struct buf *b, const struct hist *h, double unit)
{
	double level = 0;
	uint64_t seen = 0;

	buf_printf(b, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		   "1/(1-Percentile)");
	for (size_t i = 0; i < HIST_BUCKETS && seen < h->n; i++) {
		uint64_t last = hist_last(i) < h->max ? hist_last(i) : h->max;
		double share;

		seen += h->count[i];
		share = (double)seen / (double)h->n;
		if (!h->count[i] || seen == h->n || share < level)
			continue;
		buf_printf(b, "%12.3f %2.12f %10llu %14.2f\n", (double)last / unit, share,
			   (unsigned long long)seen, 1 / (1 - share));
		while (level <= share)
			level = next_level(level);
	}
	if (h->n)
		buf_printf(b, "%12.3f %2.12f %10llu\n", (double)h->max / unit, 1.0,
			   (unsigned long long)h->n);
	buf_printf(b, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", hist_mean(h) / unit,
		   hist_deviation(h) / unit);
	buf_printf(b, "#[Max     = %12.3f, Total count    = %12llu]\n", (double)h->max / unit,
		   (unsigned long long)h->n);
	buf_printf(b, "#[Buckets = %12d, SubBuckets     = %12d]\n", 64 - SUB_BITS + 1, HIST_SUB);
}
