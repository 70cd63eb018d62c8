/* SPDX-License-Identifier: MIT */
#include "net/ipset.h"

#include <string.h>

static const struct u128 one = { 0, 1 };

struct range range_all(unsigned family)
{
	return range_of_prefix(family, u128_of(0), 0);
}

/* The ranges of one family of a set, gone through from the lowest address on. */
struct cursor {
	const struct ipset *set;
	unsigned family;
	size_t i, n;
	struct range at; /* range I, if there is one */
};

static struct cursor cursor_of(const struct ipset *s, unsigned family)
{
	struct cursor c = { .set = s, .family = family, .n = ipset_ranges(s, family) };

	if (c.n)
		c.at = ipset_range(s, family, 0);
	return c;
}

/* POS, which no range before this one has, is in the set; in UNTIL, how far that holds. */
static bool cursor_has(const struct cursor *c, struct u128 pos, struct u128 *until)
{
	if (c->i == c->n)
		return false;
	if (u128_less(pos, c->at.first)) {
		struct u128 before = u128_sub(c->at.first, one);

		if (u128_less(before, *until))
			*until = before;
		return false;
	}
	if (u128_less(c->at.last, *until))
		*until = c->at.last;
	return true;
}

/* Leaves the range behind that ends before POS. */
static void cursor_pass(struct cursor *c, struct u128 pos)
{
	if (c->i < c->n && u128_less(c->at.last, pos) && ++c->i < c->n)
		c->at = ipset_range(c->set, c->family, c->i);
}

/* Adds a range that lies behind all others, joined to the last if it touches that. */
static void append(struct ipset *out, const struct range *r)
{
	if (r->family == 4 && out->v4.n) {
		struct range4 *last = &out->v4.v[out->v4.n - 1];

		if (last->last == (uint32_t)(r->first.lo - 1)) {
			last->last = (uint32_t)r->last.lo;
			return;
		}
	} else if (r->family == 6 && out->v6.n) {
		struct range6 *last = &out->v6.v[out->v6.n - 1];

		if (u128_eq(last->last, u128_sub(r->first, one))) {
			last->last = r->last;
			return;
		}
	}
	ipset_add(out, r);
}

static void combine(struct ipset *out, struct cursor a, struct cursor b, enum ipset_op op)
{
	const struct range all = range_all(a.family);
	struct range r = { .family = all.family, .first = all.first };

	for (;;) {
		unsigned in;

		r.last = all.last;
		in = (cursor_has(&a, r.first, &r.last) ? 1U : 0U) |
		     (cursor_has(&b, r.first, &r.last) ? 2U : 0U);
		if ((unsigned)op >> in & 1)
			append(out, &r);
		if (u128_eq(r.last, all.last))
			return;
		r.first = u128_add(r.last, one);
		cursor_pass(&a, r.first);
		cursor_pass(&b, r.first);
	}
}

void ipset_combine(struct ipset *out, const struct ipset *a, const struct ipset *b,
		   enum ipset_op op)
{
	for (unsigned family = 4; family <= 6; family += 2)
		combine(out, cursor_of(a, family), cursor_of(b, family), op);
}

/*
 * The length of the first of the fewest prefixes that R is: the largest that begins where R
 * begins and does not go beyond it.
 */
static unsigned first_length(const struct range *r)
{
	if (r->family == 4)
		return range4_first_length(
			(struct range4){ (uint32_t)r->first.lo, (uint32_t)r->last.lo });
	return range6_first_length((struct range6){ r->first, r->last });
}

bool range_next_prefix(struct range *rest, struct range *prefix)
{
	*prefix = range_of_prefix(rest->family, rest->first, first_length(rest));
	if (u128_eq(prefix->last, rest->last))
		return false;
	rest->first = u128_add(prefix->last, one);
	return true;
}

struct ipcount ipcount_add(struct ipcount a, struct ipcount b)
{
	struct u128 low = u128_add(a.low, b.low);

	return (struct ipcount){ a.over + b.over + u128_less(low, a.low), low };
}

struct ipcount range_count(const struct range *r)
{
	struct ipcount n = { 0, u128_sub(r->last, r->first) };

	return ipcount_add(n, (struct ipcount){ 0, one });
}

struct ipcount ipset_count(const struct ipset *s, unsigned family)
{
	struct ipcount n = { 0, { 0, 0 } };

	for (size_t i = 0; i < ipset_ranges(s, family); i++) {
		struct range r = ipset_range(s, family, i);

		n = ipcount_add(n, range_count(&r));
	}
	return n;
}

char *ipcount_format(struct ipcount n, char buf[static IPCOUNT_STRLEN])
{
	/* Long division by ten, 32 bits at a time. */
	uint32_t left[] = { (uint32_t)(n.over >> 32),   (uint32_t)n.over,
			    (uint32_t)(n.low.hi >> 32), (uint32_t)n.low.hi,
			    (uint32_t)(n.low.lo >> 32), (uint32_t)n.low.lo };
	size_t at = IPCOUNT_STRLEN - 1;
	bool more = true;

	buf[at] = '\0';
	while (more) {
		uint64_t rest = 0;

		more = false;
		for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
			rest = rest << 32 | left[i];
			left[i] = (uint32_t)(rest / 10);
			rest %= 10;
			more = more || left[i];
		}
		buf[--at] = (char)('0' + rest);
	}
	memmove(buf, buf + at, IPCOUNT_STRLEN - at);
	return buf;
}
