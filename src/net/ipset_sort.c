/* SPDX-License-Identifier: MIT */
/*
 * Ranges of four-byte addresses are sorted by their FIRST in three passes, one a digit of 11
 * bits, from the lowest to the highest; each pass keeps the order of the one before.  A digit
 * that all have in common needs no pass.
 *
 * Of longer addresses the 32 bits behind those that all have in common are such a FIRST, and
 * the number of the range is its LAST.  Ranges that are equal in these bits are sorted by the
 * bits behind: at most four times, since each time 32 bits are done.
 */
#include "net/ipset_sort.h"

#include <stdlib.h>
#include <string.h>

enum {
	DIGIT_BITS = 11,
	DIGITS = 3,
	BUCKETS = 1 << DIGIT_BITS,
	FEW = 48, /* from here on the passes are faster than insertion */
};

static unsigned digit_of(uint32_t key, unsigned digit)
{
	return key >> (digit * DIGIT_BITS) & (BUCKETS - 1);
}

static void insertion4(struct range4 *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct range4 r = v[i];
		size_t at = i;

		for (; at > 0 && r.first < v[at - 1].first; at--)
			v[at] = v[at - 1];
		v[at] = r;
	}
}

static bool is_sorted4(const struct range4 *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (v[i].first < v[i - 1].first)
			return false;
	}
	return true;
}

/* Moves the N ranges at FROM to TO in the order of a digit; COUNT has how often each value is. */
static void pass4(const struct range4 *from, struct range4 *to, size_t n, unsigned digit,
		  const uint32_t count[static BUCKETS])
{
	size_t next[BUCKETS], sum = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		next[i] = sum;
		sum += count[i];
	}
	for (size_t i = 0; i < n; i++)
		to[next[digit_of(from[i].first, digit)]++] = from[i];
}

/* Sorts FROM with the help of OTHER; returns which of the two has the result. */
static struct range4 *sort4(struct range4 *from, struct range4 *other, size_t n)
{
	uint32_t count[DIGITS][BUCKETS] = { { 0 } };

	for (size_t i = 0; i < n; i++) {
		for (unsigned d = 0; d < DIGITS; d++)
			count[d][digit_of(from[i].first, d)]++;
	}
	for (unsigned d = 0; d < DIGITS; d++) {
		struct range4 *to = other;

		if (count[d][digit_of(from[0].first, d)] == n)
			continue;
		pass4(from, to, n, d, count[d]);
		other = from;
		from = to;
	}
	return from;
}

struct range4 *ipset_sort4(struct range4 *v, size_t n)
{
	struct range4 *other, *sorted;

	if (n < FEW) {
		insertion4(v, n);
		return v;
	}
	if (is_sorted4(v, n))
		return v;
	other = xmalloc(n * sizeof(*other));
	sorted = sort4(v, other, n);
	free(sorted == v ? other : v);
	return sorted;
}

static void insertion6(const struct range6 *v, struct range4 *order, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct range4 o = order[i];
		size_t at = i;

		for (; at > 0 && u128_less(v[o.last].first, v[order[at - 1].last].first); at--)
			order[at] = order[at - 1];
		order[at] = o;
	}
}

/* The bits that are not the same in all FIRSTs. */
static struct u128 differences6(const struct range6 *v, const struct range4 *order, size_t n)
{
	struct u128 differ = { 0, 0 }, first = v[order[0].last].first;

	for (size_t i = 1; i < n; i++)
		differ = u128_or(differ, u128_xor(v[order[i].last].first, first));
	return differ;
}

/* Sorts the N elements of ORDER with the help of OTHER, which has room for as many. */
static void order_run6(const struct range6 *v, struct range4 *order, struct range4 *other, size_t n)
{
	struct range4 *sorted;
	struct u128 differ;
	unsigned skip;

	if (n < FEW) {
		insertion6(v, order, n);
		return;
	}
	differ = differences6(v, order, n);
	if (u128_eq(differ, u128_of(0)))
		return;
	skip = u128_clz(differ);
	for (size_t i = 0; i < n; i++)
		order[i].first = (uint32_t)(u128_shl(v[order[i].last].first, skip).hi >> 32);
	sorted = sort4(order, other, n);
	if (sorted != order)
		memcpy(order, sorted, n * sizeof(*order));
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && order[end].first == order[i].first;)
			end++;
		if (end - i > 1)
			order_run6(v, order + i, other, end - i);
	}
}

struct range4 *ipset_order6(const struct range6 *v, size_t n)
{
	struct range4 *order = xmalloc(n * sizeof(*order)), *other = xmalloc(n * sizeof(*other));

	for (size_t i = 0; i < n; i++)
		order[i].last = (uint32_t)i;
	order_run6(v, order, other, n);
	free(other);
	return order;
}
