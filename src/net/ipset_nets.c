/* SPDX-License-Identifier: MIT */
/*
 * The networks are gone through in the order of their first addresses.  Those that have begun
 * and may not have ended are in a heap with the smallest on top: that one has the addresses
 * up to its end or to where the next network begins.
 */
#include "net/ipset.h"

#include <stdlib.h>

#include "net/ipset_sort.h"

struct heap VEC(const struct ipnet *);

struct nets_out VEC(uint32_t);

/* A has an address rather than B: it is smaller, or was added first. */
static bool wins(const struct ipnet *a, const struct ipnet *b)
{
	int cmp = u128_cmp(u128_sub(a->range.last, a->range.first),
			   u128_sub(b->range.last, b->range.first));

	return cmp < 0 || (cmp == 0 && a->net < b->net);
}

static void heap_push(struct heap *h, const struct ipnet *net)
{
	size_t i = h->n;

	*vec_push(h) = net;
	while (i > 0 && wins(net, h->v[(i - 1) / 2])) {
		h->v[i] = h->v[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->v[i] = net;
}

static void heap_pop(struct heap *h)
{
	const struct ipnet *net = h->v[--h->n];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < h->n; i = child) {
		if (child + 1 < h->n && wins(h->v[child + 1], h->v[child]))
			child++;
		if (!wins(h->v[child], net))
			break;
		h->v[i] = h->v[child];
	}
	h->v[i] = net;
}

/* The range from POS on that belongs to one network, which the heap has on top. */
static void emit(struct ipnets *nets, struct nets_out *out, const struct range *r, uint32_t net)
{
	size_t n = ipset_ranges(&nets->set, r->family);

	if (n && out->v && out->v[n - 1] == net) {
		struct range last = ipset_range(&nets->set, r->family, n - 1);

		if (u128_eq(u128_add(last.last, u128_of(1)), r->first)) {
			if (r->family == 4)
				nets->set.v4.v[n - 1].last = (uint32_t)r->last.lo;
			else
				nets->set.v6.v[n - 1].last = r->last;
			return;
		}
	}
	ipset_add(&nets->set, r);
	*vec_push(out) = net;
}

/* Makes disjoint ranges of the N networks at V, which are of one family; returns their nets. */
static uint32_t *flatten(struct ipnets *nets, const struct ipnet *v, size_t n)
{
	struct nets_out out = { 0 };
	struct heap open = { 0 };
	struct range r = { 0 };

	for (size_t i = 0; i < n || open.n;) {
		if (open.n == 0) {
			r.family = v[i].range.family;
			r.first = v[i].range.first;
		}
		while (i < n && u128_eq(v[i].range.first, r.first))
			heap_push(&open, &v[i++]);
		while (open.n && u128_less(open.v[0]->range.last, r.first))
			heap_pop(&open);
		if (open.n == 0)
			continue;
		r.last = open.v[0]->range.last;
		if (i < n && !u128_less(r.last, v[i].range.first))
			r.last = u128_sub(v[i].range.first, u128_of(1));
		emit(nets, &out, &r, open.v[0]->net);
		if (u128_eq(r.last, range_all(r.family).last))
			break;
		r.first = u128_add(r.last, u128_of(1));
	}
	vec_fini(&open);
	return out.v;
}

void ipnets_add(struct ipnets *nets, const struct range *r, uint32_t net)
{
	*vec_push(&nets->added) = (struct ipnet){ *r, net };
}

/* The networks of FAMILY in the order of their first addresses, *N of them. */
static struct ipnet *sorted(const struct ipnets *nets, unsigned family, size_t *n)
{
	struct ipnet *out = xcalloc(nets->added.n + 1, sizeof(*out));
	struct ipset keys = { 0 };
	struct range4 *order;

	*n = 0;
	for (size_t i = 0; i < nets->added.n; i++) {
		const struct range *r = &nets->added.v[i].range;

		if (r->family != family)
			continue;
		if (family == 4)
			ipset_add4(&keys, (uint32_t)r->first.lo, (uint32_t)i);
		else
			ipset_add6(&keys, r->first, u128_of(i));
		++*n;
	}
	if (*n == 0)
		return out;
	if (family == 4) {
		keys.v4.v = ipset_sort4(keys.v4.v, *n);
		for (size_t i = 0; i < *n; i++)
			out[i] = nets->added.v[keys.v4.v[i].last];
	} else {
		order = ipset_order6(keys.v6.v, *n);
		for (size_t i = 0; i < *n; i++)
			out[i] = nets->added.v[keys.v6.v[order[i].last].last.lo];
		free(order);
	}
	ipset_fini(&keys);
	return out;
}

void ipnets_seal(struct ipnets *nets)
{
	size_t n4, n6;
	struct ipnet *v4 = sorted(nets, 4, &n4), *v6 = sorted(nets, 6, &n6);

	nets->net4 = flatten(nets, v4, n4);
	nets->net6 = flatten(nets, v6, n6);
	free(v4);
	free(v6);
	vec_fini(&nets->added);
}

void ipnets_fini(struct ipnets *nets)
{
	ipset_fini(&nets->set);
	free(nets->net4);
	free(nets->net6);
	vec_fini(&nets->added);
}
