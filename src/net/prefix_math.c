/* SPDX-License-Identifier: MIT */
#include "net/prefix_math.h"

#include <string.h>

#include "base/str.h"

static const struct u128 one = { 0, 1 };

/* A * B with all of its bits. */
static struct u128 mul_u64(uint64_t a, uint64_t b)
{
	const uint64_t low = 0xffffffff;
	uint64_t a0 = a & low, a1 = a >> 32, b0 = b & low, b1 = b >> 32;
	uint64_t middle = a1 * b0 + (a0 * b0 >> 32), crossed = a0 * b1 + (middle & low);

	return (struct u128){ a1 * b1 + (middle >> 32) + (crossed >> 32), a * b };
}

bool u128_mul(struct u128 a, struct u128 b, struct u128 *product)
{
	struct u128 lo, cross;

	if (a.hi && b.hi)
		return false;
	lo = mul_u64(a.lo, b.lo);
	cross = a.hi ? mul_u64(a.hi, b.lo) : mul_u64(a.lo, b.hi);
	if (cross.hi || lo.hi + cross.lo < lo.hi)
		return false;
	*product = (struct u128){ lo.hi + cross.lo, lo.lo };
	return true;
}

struct u128 u128_div(struct u128 a, struct u128 b, struct u128 *rest)
{
	struct u128 quotient = { 0, 0 };

	if (!u128_less(a, b)) {
		unsigned shift = u128_clz(b) - u128_clz(a);

		for (b = u128_shl(b, shift);; b = u128_shr(b, 1)) {
			quotient = u128_shl(quotient, 1);
			if (!u128_less(a, b)) {
				a = u128_sub(a, b);
				quotient.lo |= 1;
			}
			if (shift-- == 0)
				break;
		}
	}
	if (rest)
		*rest = a;
	return quotient;
}

size_t u128_scan(const char *s, const char *end, struct u128 *value)
{
	struct u128 v = { 0, 0 };
	const char *p = s;

	for (; p < end && str_is_digit(*p); p++) {
		struct u128 digit = u128_of((uint64_t)(*p - '0'));

		if (!u128_mul(v, u128_of(10), &v) || u128_less(u128_not(v), digit))
			return 0;
		v = u128_add(v, digit);
	}
	if (p > s)
		*value = v;
	return (size_t)(p - s);
}

bool range_contains(const struct range *outer, const struct range *inner)
{
	return outer->family == inner->family && !u128_less(inner->first, outer->first) &&
	       !u128_less(outer->last, inner->last);
}

struct range range_enclosing(const struct range *r)
{
	unsigned host = 128 - u128_clz(u128_xor(r->first, r->last));

	return range_of_prefix(r->family, r->first, ip_bits(r->family) - host);
}

bool range_move(struct range *r, struct u128 n, bool back)
{
	struct u128 room = u128_sub(range_all(r->family).last, r->last), by;

	if (back)
		room = r->first;
	/* The size is zero for all of IPv6, which has no room to either side. */
	if (u128_eq(n, u128_of(0)))
		return true;
	if (!u128_mul(u128_add(range_span(r), one), n, &by) || u128_eq(by, u128_of(0)) ||
	    u128_less(room, by))
		return false;
	r->first = back ? u128_sub(r->first, by) : u128_add(r->first, by);
	r->last = back ? u128_sub(r->last, by) : u128_add(r->last, by);
	return true;
}

bool range_nth(const struct range *r, struct u128 i, bool from_end, struct u128 *address)
{
	if (from_end)
		i = u128_sub(i, one);
	if (u128_less(range_span(r), i))
		return false;
	*address = from_end ? u128_sub(r->last, i) : u128_add(r->first, i);
	return true;
}

bool range_aligned(const struct range *r, unsigned length, struct range *aligned)
{
	struct range first = range_of_prefix(r->family, r->first, length);
	struct range last = range_of_prefix(r->family, r->last, length);

	if (u128_less(first.first, r->first) && !range_move(&first, one, false))
		return false;
	if (u128_less(r->last, last.last) && !range_move(&last, one, true))
		return false;
	*aligned = (struct range){ r->family, first.first, last.last };
	return !u128_less(last.first, first.first);
}

struct range range_of_hosts(const struct range *prefix)
{
	struct range hosts = *prefix;

	if (hosts.family == 4 && range_prefix_length(prefix) < 31) {
		hosts.first = u128_add(hosts.first, one);
		hosts.last = u128_sub(hosts.last, one);
	}
	return hosts;
}

int prefix_length_for_hosts(unsigned family, struct u128 n)
{
	unsigned host, bits = ip_bits(family);

	if (u128_eq(n, u128_of(0)) || u128_less(u128_ones(bits), n))
		return -1;
	if (family == 4 && u128_less(u128_of(2), n))
		n = u128_add(n, u128_of(2));
	host = 128 - u128_clz(u128_sub(n, one));
	return host > bits ? -1 : (int)(bits - host);
}

void prefix_pool_add(struct prefix_pool *pool, const struct range *r)
{
	struct range rest = *r;

	while (range_next_prefix(&rest, vec_push(pool)))
		;
}

/* The smallest prefix of POOL that has room for one of SPAN, or POOL->n. */
static size_t best_fit(const struct prefix_pool *pool, struct u128 span)
{
	size_t best = pool->n;

	for (size_t i = 0; i < pool->n; i++) {
		struct u128 has = range_span(&pool->v[i]);

		if (!u128_less(has, span) &&
		    (best == pool->n || u128_less(has, range_span(&pool->v[best]))))
			best = i;
	}
	return best;
}

bool prefix_pool_take(struct prefix_pool *pool, unsigned length, struct range *taken)
{
	struct range from;
	size_t i, n, before = pool->n;
	struct u128 span;

	if (!pool->n || length > ip_bits(pool->v[0].family))
		return false;
	span = u128_ones(ip_bits(pool->v[0].family) - length);
	i = best_fit(pool, span);
	if (i == pool->n)
		return false;
	from = pool->v[i];
	*taken = range_of_prefix(from.family, from.first, length);
	/* What is left is one prefix of each length between, the smallest first. */
	n = length - (unsigned)range_prefix_length(&from);
	for (size_t k = 1; k < n; k++)
		(void)vec_push(pool);
	memmove(pool->v + i + n, pool->v + i + 1, (before - i - 1) * sizeof(*pool->v));
	pool->n = before + n - 1;
	for (unsigned k = 0; k < n; k++, span = u128_add(u128_shl(span, 1), one))
		pool->v[i + k] =
			range_of_prefix(from.family, u128_add(from.first, u128_add(span, one)),
					length - k);
	return true;
}
