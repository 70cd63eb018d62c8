/* SPDX-License-Identifier: MIT */
#include "net/ipset.h"

#include <stdlib.h>
#include <string.h>

#include "net/ipset_sort.h"

enum {
	INDEX_BITS = 16,
	INDEX_SIZE = 1 << INDEX_BITS,
	BATCH = 256,
	AHEAD = 24, /* steps from the load of a range to its use */
};

static void drop_index(struct ipset *s)
{
	free(s->index4);
	free(s->index6);
	s->index4 = s->index6 = NULL;
}

void ipset_fini(struct ipset *s)
{
	drop_index(s);
	vec_fini(&s->v4);
	vec_fini(&s->v6);
}

void ipset_add(struct ipset *s, const struct range *r)
{
	if (r->family == 4)
		ipset_add4(s, (uint32_t)r->first.lo, (uint32_t)r->last.lo);
	else
		ipset_add6(s, r->first, r->last);
}

/* Joins sorted ranges; returns how many are left. */
static size_t join4(struct range4 *v, size_t n)
{
	size_t to = 0;

	for (size_t i = 1; i < n; i++) {
		if (v[i].first <= v[to].last || v[i].first - 1 == v[to].last) {
			if (v[i].last > v[to].last)
				v[to].last = v[i].last;
		} else {
			v[++to] = v[i];
		}
	}
	return n ? to + 1 : 0;
}

/* B begins in A, or next to where it ends. */
static inline bool touches6(struct range6 a, struct range6 b)
{
	return !u128_less(a.last, b.first) || u128_eq(u128_sub(b.first, u128_of(1)), a.last);
}

/* Joins R, which does not begin before the last of OUT, to that, or adds it. */
static inline void join6(struct ipset6 *out, struct range6 r)
{
	if (out->n == 0 || !touches6(out->v[out->n - 1], r))
		*vec_push(out) = r;
	else if (u128_less(out->v[out->n - 1].last, r.last))
		out->v[out->n - 1].last = r.last;
}

static bool is_sorted6(const struct range6 *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (u128_less(v[i].first, v[i - 1].first))
			return false;
	}
	return true;
}

/* Joins the ranges of S in their order, which ORDER tells if there is one. */
static void join_all6(struct ipset6 *s, const struct range4 *order)
{
	const struct range6 *v = s->v;
	struct ipset6 out = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		if (order && i + AHEAD < s->n)
			__builtin_prefetch(&v[order[i + AHEAD].last]);
		join6(&out, v[order ? order[i].last : i]);
	}
	free(s->v);
	*s = out;
}

static void seal6(struct ipset6 *s)
{
	struct range4 *order = NULL;

	if (!is_sorted6(s->v, s->n))
		order = ipset_order6(s->v, s->n);
	join_all6(s, order);
	free(order);
}

void ipset_seal(struct ipset *s)
{
	drop_index(s);
	s->v4.v = ipset_sort4(s->v4.v, s->v4.n);
	s->v4.n = join4(s->v4.v, s->v4.n);
	s->v4.cap = s->v4.n; /* of which there is at least so much */
	seal6(&s->v6);
}

void ipset_widen(struct ipset *s, unsigned family, unsigned length)
{
	drop_index(s);
	if (family == 4) {
		uint32_t host = length < 32 ? UINT32_MAX >> length : 0;

		for (size_t i = 0; i < s->v4.n; i++) {
			s->v4.v[i].first &= ~host;
			s->v4.v[i].last |= host;
		}
		s->v4.n = join4(s->v4.v, s->v4.n);
	} else {
		struct u128 host = u128_ones(128 - length);

		for (size_t i = 0; i < s->v6.n; i++) {
			s->v6.v[i].first = u128_and(s->v6.v[i].first, u128_not(host));
			s->v6.v[i].last = u128_or(s->v6.v[i].last, host);
		}
		join_all6(&s->v6, NULL);
	}
}

size_t ipset_ranges(const struct ipset *s, unsigned family)
{
	return family == 4 ? s->v4.n : s->v6.n;
}

struct range ipset_range(const struct ipset *s, unsigned family, size_t i)
{
	if (family == 4)
		return (struct range){ 4, u128_of(s->v4.v[i].first), u128_of(s->v4.v[i].last) };
	return (struct range){ 6, s->v6.v[i].first, s->v6.v[i].last };
}

bool ipset_equal(const struct ipset *a, const struct ipset *b)
{
	if (a->v4.n != b->v4.n || a->v6.n != b->v6.n)
		return false;
	for (size_t i = 0; i < a->v4.n; i++) {
		if (a->v4.v[i].first != b->v4.v[i].first || a->v4.v[i].last != b->v4.v[i].last)
			return false;
	}
	for (size_t i = 0; i < a->v6.n; i++) {
		if (!u128_eq(a->v6.v[i].first, b->v6.v[i].first) ||
		    !u128_eq(a->v6.v[i].last, b->v6.v[i].last))
			return false;
	}
	return true;
}

static uint32_t top4(uint32_t address)
{
	return address >> 16;
}

static uint32_t top6(struct u128 address)
{
	return (uint32_t)(address.hi >> 48);
}

void ipset_index(struct ipset *s)
{
	uint32_t k = 0;

	drop_index(s);
	if (s->v4.n) {
		s->index4 = xcalloc(INDEX_SIZE + 1, sizeof(*s->index4));
		for (uint32_t top = 0; top < INDEX_SIZE; top++) {
			while (k < s->v4.n && top4(s->v4.v[k].last) < top)
				k++;
			s->index4[top] = k;
		}
		s->index4[INDEX_SIZE] = (uint32_t)s->v4.n;
	}
	if (s->v6.n) {
		k = 0;
		s->index6 = xcalloc(INDEX_SIZE + 1, sizeof(*s->index6));
		for (uint32_t top = 0; top < INDEX_SIZE; top++) {
			while (k < s->v6.n && top6(s->v6.v[k].last) < top)
				k++;
			s->index6[top] = k;
		}
		s->index6[INDEX_SIZE] = (uint32_t)s->v6.n;
	}
}

/* The ranges among which the one with an address is, if one has it: N from FROM on. */
struct window {
	uint32_t from, n;
};

static struct window window_of(const uint32_t *index, size_t ranges, uint32_t top)
{
	uint32_t from, end;

	if (!index)
		return (struct window){ 0, (uint32_t)ranges };
	from = index[top];
	end = index[top + 1];
	end += end < ranges; /* the first that ends behind these bits may begin in them */
	return (struct window){ from, end - from };
}

/* Halving without a branch on the data: the first range that does not end before ADDRESS. */
static uint32_t search4(const struct range4 *v, struct window w, uint32_t address)
{
	if (w.n == 0)
		return IPSET_NONE;
	while (w.n > 1) {
		uint32_t half = w.n / 2;

		w.from += v[w.from + half - 1].last < address ? half : 0;
		w.n -= half;
	}
	return v[w.from].first <= address && address <= v[w.from].last ? w.from : IPSET_NONE;
}

static uint32_t search6(const struct range6 *v, struct window w, struct u128 address)
{
	if (w.n == 0)
		return IPSET_NONE;
	while (w.n > 1) {
		uint32_t half = w.n / 2;

		w.from += u128_less(v[w.from + half - 1].last, address) ? half : 0;
		w.n -= half;
	}
	return !u128_less(address, v[w.from].first) && !u128_less(v[w.from].last, address) ?
		       w.from :
		       IPSET_NONE;
}

uint32_t ipset_find4(const struct ipset *s, uint32_t address)
{
	return search4(s->v4.v, window_of(s->index4, s->v4.n, top4(address)), address);
}

uint32_t ipset_find6(const struct ipset *s, struct u128 address)
{
	return search6(s->v6.v, window_of(s->index6, s->v6.n, top6(address)), address);
}

static void find4(const struct ipset *s, const uint32_t *address, uint32_t *found, size_t n)
{
	struct window w[BATCH];

	if (s->index4) {
		for (size_t i = 0; i < n; i++)
			__builtin_prefetch(&s->index4[top4(address[i])]);
	}
	for (size_t i = 0; i < n; i++) {
		w[i] = window_of(s->index4, s->v4.n, top4(address[i]));
		if (w[i].n)
			__builtin_prefetch(&s->v4.v[w[i].from + w[i].n / 2]);
	}
	for (size_t i = 0; i < n; i++)
		found[i] = search4(s->v4.v, w[i], address[i]);
}

static void find6(const struct ipset *s, const struct u128 *address, uint32_t *found, size_t n)
{
	struct window w[BATCH];

	if (s->index6) {
		for (size_t i = 0; i < n; i++)
			__builtin_prefetch(&s->index6[top6(address[i])]);
	}
	for (size_t i = 0; i < n; i++) {
		w[i] = window_of(s->index6, s->v6.n, top6(address[i]));
		if (w[i].n)
			__builtin_prefetch(&s->v6.v[w[i].from + w[i].n / 2]);
	}
	for (size_t i = 0; i < n; i++)
		found[i] = search6(s->v6.v, w[i], address[i]);
}

void ipset_find4_batch(const struct ipset *s, const uint32_t *address, uint32_t *found, size_t n)
{
	for (size_t i = 0; i < n; i += BATCH)
		find4(s, address + i, found + i, n - i < BATCH ? n - i : BATCH);
}

void ipset_find6_batch(const struct ipset *s, const struct u128 *address, uint32_t *found, size_t n)
{
	for (size_t i = 0; i < n; i += BATCH)
		find6(s, address + i, found + i, n - i < BATCH ? n - i : BATCH);
}
