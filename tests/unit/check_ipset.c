/* SPDX-License-Identifier: MIT */
#include "net/ipset.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "net/ipset_lines.h"
#include "unit.h"

/* A generator with a seed, so that a failure comes again. */
static uint64_t seed;

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/*
 * The model of a set: the 64 addresses from BASE on, a bit each.  The bases are where the
 * family begins, where it ends, and where carries are.
 */
static const struct base {
	uint8_t family;
	struct u128 first;
} bases[] = {
	{ 4, { 0, 0 } },
	{ 4, { 0, 0x7fffffe0 } },
	{ 4, { 0, 0xffffffc0 } },
	{ 6, { 0, 0 } },
	{ 6, { 0, UINT64_C(0xffffffffffffffe0) } },
	{ 6, { UINT64_C(0x7fffffffffffffff), UINT64_C(0xffffffffffffffe0) } },
	{ 6, { UINT64_MAX, UINT64_C(0xffffffffffffffc0) } },
};

static struct range range_at(const struct base *b, unsigned from, unsigned to)
{
	return (struct range){ b->family, u128_add(b->first, u128_of(from)),
			       u128_add(b->first, u128_of(to)) };
}

/* A set of up to eight random ranges, and its model. */
static uint64_t random_set(struct ipset *s, const struct base *b)
{
	uint64_t model = 0;

	for (uint64_t n = rnd() % 8; n > 0; n--) {
		unsigned from = (unsigned)(rnd() % 64);
		unsigned to = from + (unsigned)(rnd() % (64 - from) % 12);
		struct range r = range_at(b, from, to);

		ipset_add(s, &r);
		for (unsigned i = from; i <= to; i++)
			model |= UINT64_C(1) << i;
	}
	ipset_seal(s);
	return model;
}

static bool has(const struct ipset *s, unsigned family, struct u128 address)
{
	return family == 4 ? ipset_has4(s, (uint32_t)address.lo) : ipset_has6(s, address);
}

/* Sorted, disjoint, not adjacent, and the same as the model. */
static void check_model(const struct ipset *s, const struct base *b, uint64_t model)
{
	unsigned runs = 0;
	uint64_t got = 0;

	for (unsigned i = 0; i < 64; i++) {
		got |= (uint64_t)has(s, b->family, u128_add(b->first, u128_of(i))) << i;
		runs += (model >> i & 1) && !(i && model >> (i - 1) & 1);
	}
	ck_assert_msg(got == model, "family %u: %llx, wanted %llx", b->family,
		      (unsigned long long)got, (unsigned long long)model);
	ck_assert_uint_eq(ipset_ranges(s, b->family), runs);
}

START_TEST(algebra)
{
	static const enum ipset_op ops[] = { IPSET_UNION, IPSET_INTERSECTION, IPSET_DIFFERENCE,
					     IPSET_SYMMETRIC };

	seed = 1;
	for (unsigned round = 0; round < 3000; round++) {
		const struct base *base = &bases[round % ARRAY_SIZE(bases)];
		struct ipset a = { 0 }, b = { 0 };
		uint64_t in_a = random_set(&a, base), in_b = random_set(&b, base);
		uint64_t want[] = { in_a | in_b, in_a & in_b, in_a & ~in_b, in_a ^ in_b };

		check_model(&a, base, in_a);
		for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
			struct ipset out = { 0 };

			ipset_combine(&out, &a, &b, ops[i]);
			check_model(&out, base, want[i]);
			ipset_index(&out);
			check_model(&out, base, want[i]);
			ipset_fini(&out);
		}
		ipset_fini(&a);
		ipset_fini(&b);
	}
}
END_TEST

/* The complement has what the set has not, of both families, and its own is the set. */
START_TEST(complement)
{
	seed = 2;
	for (unsigned round = 0; round < 1000; round++) {
		const struct base *base = &bases[round % ARRAY_SIZE(bases)];
		struct ipset s = { 0 }, not = { 0 }, again = { 0 }, both = { 0 }, all = { 0 };
		unsigned other = base->family == 4 ? 6 : 4;
		struct ipcount total;
		char text[IPCOUNT_STRLEN];
		struct range whole;

		random_set(&s, base);
		ipset_combine(&not, &s, &s, IPSET_COMPLEMENT);
		ck_assert_uint_eq(ipset_ranges(&not, other), 1);
		whole = ipset_range(&not, other, 0);
		ck_assert_int_eq(range_prefix_length(&whole), 0);
		ipset_combine(&again, &not, &not, IPSET_COMPLEMENT);
		ck_assert(ipset_equal(&s, &again));
		ipset_combine(&both, &s, &not, IPSET_INTERSECTION);
		ck_assert_uint_eq(both.v4.n + both.v6.n, 0);
		ipset_combine(&all, &s, &not, IPSET_UNION);
		ck_assert(all.v4.n == 1 && all.v6.n == 1);
		total = ipcount_add(ipset_count(&s, base->family), ipset_count(&not, base->family));
		ck_assert_str_eq(ipcount_format(total, text),
				 base->family == 4 ? "4294967296" :
						     "340282366920938463463374607431768211456");
		ipset_fini(&s);
		ipset_fini(&not );
		ipset_fini(&again);
		ipset_fini(&both);
		ipset_fini(&all);
	}
}
END_TEST

/* The fewest prefixes: each is one, they follow each other, and no two make a larger one. */
static void check_cover(struct range r)
{
	struct range prefix, last = { 0 };
	struct u128 next = r.first;
	const struct range whole = r;
	bool more;

	do {
		int length;

		more = range_next_prefix(&r, &prefix);
		length = range_prefix_length(&prefix);
		ck_assert_int_ge(length, 0);
		ck_assert(u128_eq(prefix.first, next));
		ck_assert(!u128_less(whole.last, prefix.last));
		if (prefix.family == 4)
			ck_assert_uint_eq(range4_first_length(
						  (struct range4){ (uint32_t)prefix.first.lo,
								   (uint32_t)whole.last.lo }),
					  (unsigned)length);
		if (!u128_eq(prefix.first, whole.first)) {
			struct range two = { prefix.family, last.first, prefix.last };

			ck_assert_int_lt(range_prefix_length(&two), 0);
		}
		last = prefix;
		next = u128_add(prefix.last, u128_of(1));
	} while (more);
	ck_assert(u128_eq(prefix.last, whole.last));
}

START_TEST(cover)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		for (unsigned from = 0; from < 64; from++) {
			for (unsigned to = from; to < 64; to++)
				check_cover(range_at(&bases[i], from, to));
		}
	}
	check_cover(range_all(4));
	check_cover(range_all(6));
	check_cover((struct range){ 4, u128_of(1), u128_of(UINT32_MAX - 1) });
	check_cover((struct range){ 6, u128_of(1), u128_not(u128_of(1)) });
}
END_TEST

static int by_first4(const void *a, const void *b)
{
	const struct range4 *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static int by_first6(const void *a, const void *b)
{
	const struct range6 *x = a, *y = b;

	return u128_cmp(x->first, y->first);
}

/* Many ranges, whose differing bits are in few digits or in all, in the order of qsort(3). */
START_TEST(sorting)
{
	static const uint32_t masks[] = { UINT32_MAX, 0xff, 0xffff0000, 0x80000001, 0x003ff800 };

	seed = 3;
	for (unsigned round = 0; round < 60; round++) {
		size_t n = 1 + (size_t)(rnd() % (round < 50 ? 200 : 20000));
		uint32_t mask = masks[round % ARRAY_SIZE(masks)];
		struct range4 *v4 = xcalloc(n, sizeof(*v4));
		struct range6 *v6 = xcalloc(n, sizeof(*v6));
		struct ipset s = { 0 };

		for (size_t i = 0; i < n; i++) {
			/* Even numbers, so that equal ones are all that is joined. */
			v4[i].first = v4[i].last = (uint32_t)rnd() & mask & ~1U;
			v6[i].first.hi = round & 1 ? rnd() & mask : 0x20010db8;
			v6[i].first.lo = rnd() & (round & 2 ? UINT64_MAX : mask) & ~UINT64_C(1);
			v6[i].last = v6[i].first;
			ipset_add4(&s, v4[i].first, v4[i].last);
			ipset_add6(&s, v6[i].first, v6[i].last);
		}
		ipset_seal(&s);
		qsort(v4, n, sizeof(*v4), by_first4);
		qsort(v6, n, sizeof(*v6), by_first6);
		for (size_t i = 0, k = 0; i < n; i++) {
			if (i && v4[i].first == v4[i - 1].first)
				continue;
			ck_assert_uint_lt(k, s.v4.n);
			ck_assert_uint_eq(s.v4.v[k++].first, v4[i].first);
		}
		for (size_t i = 0, k = 0; i < n; i++) {
			if (i && u128_eq(v6[i].first, v6[i - 1].first))
				continue;
			ck_assert_uint_lt(k, s.v6.n);
			ck_assert(u128_eq(s.v6.v[k++].first, v6[i].first));
		}
		ipset_fini(&s);
		free(v4);
		free(v6);
	}
}
END_TEST

/* Look-ups with an index, without, and in batches agree at all borders. */
START_TEST(look_ups)
{
	enum {
		N = 3000
	};
	static uint32_t at4[N], found4[N];
	static struct u128 at6[N];
	static uint32_t found6[N];
	struct ipset s = { 0 };

	seed = 4;
	for (unsigned i = 0; i < 500; i++) {
		uint32_t first = (uint32_t)rnd(), size = (uint32_t)(rnd() >> (32 + rnd() % 32));
		struct u128 first6 = { rnd() >> rnd() % 60, rnd() };
		struct u128 last6 = { first6.hi | rnd() >> rnd() % 64, UINT64_MAX };

		ipset_add4(&s, first, UINT32_MAX - first < size ? UINT32_MAX : first + size / 64);
		ipset_add6(&s, first6, last6);
	}
	ipset_add4(&s, UINT32_MAX, UINT32_MAX);
	ipset_add4(&s, 0, 0);
	ipset_seal(&s);
	for (size_t i = 0; i < N; i++) {
		const struct range4 *r4 = &s.v4.v[rnd() % s.v4.n];
		const struct range6 *r6 = &s.v6.v[rnd() % s.v6.n];
		uint32_t step = (uint32_t)(rnd() % 3) - 1;
		struct u128 step6 = u128_sub(u128_of(rnd() % 3), u128_of(1));

		at4[i] = (rnd() & 1 ? r4->first : r4->last) + step;
		at6[i] = u128_add(rnd() & 1 ? r6->first : r6->last, step6);
	}
	for (int indexed = 0; indexed < 2; indexed++) {
		if (indexed)
			ipset_index(&s);
		ipset_find4_batch(&s, at4, found4, N);
		ipset_find6_batch(&s, at6, found6, N);
		for (size_t i = 0; i < N; i++) {
			uint32_t want4 = IPSET_NONE, want6 = IPSET_NONE;

			for (uint32_t k = 0; k < s.v4.n; k++) {
				if (s.v4.v[k].first <= at4[i] && at4[i] <= s.v4.v[k].last)
					want4 = k;
			}
			for (uint32_t k = 0; k < s.v6.n; k++) {
				if (!u128_less(at6[i], s.v6.v[k].first) &&
				    !u128_less(s.v6.v[k].last, at6[i]))
					want6 = k;
			}
			ck_assert_uint_eq(found4[i], want4);
			ck_assert_uint_eq(ipset_find4(&s, at4[i]), want4);
			ck_assert_uint_eq(found6[i], want6);
			ck_assert_uint_eq(ipset_find6(&s, at6[i]), want6);
		}
	}
	ipset_fini(&s);
	ipset_index(&s);
	ipset_find4_batch(&s, at4, found4, N);
	ck_assert_uint_eq(found4[0], IPSET_NONE);
	ck_assert(!ipset_has6(&s, at6[0]));
	ipset_fini(&s);
}
END_TEST

START_TEST(counts)
{
	static const struct {
		struct ipcount n;
		const char *text;
	} rows[] = {
		{ { 0, { 0, 0 } }, "0" },
		{ { 0, { 0, 10 } }, "10" },
		{ { 0, { 1, 0 } }, "18446744073709551616" },
		{ { 0, { UINT64_MAX, UINT64_MAX } }, "340282366920938463463374607431768211455" },
		{ { 1, { 0, UINT64_C(1) << 32 } }, "340282366920938463463374607436063178752" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[IPCOUNT_STRLEN];

		ck_assert_str_eq(ipcount_format(rows[i].n, text), rows[i].text);
	}
}
END_TEST

/* The smallest network around each address, by trying all; of equals the first. */
START_TEST(smallest_net)
{
	seed = 5;
	for (unsigned round = 0; round < 1000; round++) {
		const struct base *base = &bases[round % ARRAY_SIZE(bases)];
		struct ipnets nets = { 0 };
		struct range added[8];
		uint32_t n = (uint32_t)(rnd() % 8);

		for (uint32_t i = 0; i < n; i++) {
			unsigned from = (unsigned)(rnd() % 64);

			added[i] = range_at(base, from, from + (unsigned)(rnd() % (64 - from)));
			if (round & 1) /* nested prefixes; of other sizes: any overlap */
				added[i] = range_of_prefix(base->family, added[i].first,
							   ip_bits(base->family) -
								   (unsigned)(rnd() % 6));
			ipnets_add(&nets, &added[i], i);
		}
		ipnets_seal(&nets);
		for (unsigned i = 0; i < 64; i++) {
			struct u128 at = u128_add(base->first, u128_of(i)), size, best = { 0, 0 };
			uint32_t want = IPSET_NONE, k;

			for (uint32_t j = 0; j < n; j++) {
				size = u128_sub(added[j].last, added[j].first);
				if (!u128_less(at, added[j].first) &&
				    !u128_less(added[j].last, at) &&
				    (want == IPSET_NONE || u128_less(size, best))) {
					want = j;
					best = size;
				}
			}
			k = base->family == 4 ? ipset_find4(&nets.set, (uint32_t)at.lo) :
						ipset_find6(&nets.set, at);
			ck_assert_uint_eq(k == IPSET_NONE, want == IPSET_NONE);
			if (want != IPSET_NONE)
				ck_assert_uint_eq(base->family == 4 ? nets.net4[k] : nets.net6[k],
						  want);
		}
		for (uint32_t k = 1; k < ipset_ranges(&nets.set, base->family); k++) {
			const uint32_t *net = base->family == 4 ? nets.net4 : nets.net6;
			struct range r = ipset_range(&nets.set, base->family, k);
			struct range last = ipset_range(&nets.set, base->family, k - 1);

			ck_assert(u128_less(last.last, r.first));
			ck_assert(net[k] != net[k - 1] ||
				  !u128_eq(u128_add(last.last, u128_of(1)), r.first));
		}
		ipnets_fini(&nets);
	}
}
END_TEST

static const struct {
	const char *in, *range, *label; /* a NULL range: REASON, or nothing in it if that is NULL */
	const char *reason;
} list_lines[] = {
	{ "192.0.2.1", "192.0.2.1", "", NULL },
	{ " \t192.0.2.0/24 \r", "192.0.2.0/24", "", NULL },
	{ "192.0.2.0/24 the  office ", "192.0.2.0/24", "the  office", NULL },
	{ "192.0.2.0/24 # the office", "192.0.2.0/24", "the office", NULL },
	{ "192.0.2.0/24#the office", "192.0.2.0/24", "the office", NULL },
	{ "192.0.2.0/24 ; 2", "192.0.2.0/24", "2", NULL },
	{ "192.0.2.0/24 #", "192.0.2.0/24", "", NULL },
	{ "2001:db8::1\tx", "2001:db8::1", "x", NULL },
	{ "192.0.2.0 255.255.255.0 x", "192.0.2.0/24", "x", NULL },
	{ "192.0.2.0 0.0.0.255", "192.0.2.0/24", "", NULL },
	{ "192.0.2.0/24 255.255.255.0", "192.0.2.0/24", "255.255.255.0", NULL },
	{ "192.0.2.1 - 192.0.2.9 x y", "192.0.2.1-192.0.2.9", "x y", NULL },
	{ "192.0.2.1 -192.0.2.9", "192.0.2.1-192.0.2.9", "", NULL },
	{ "192.0.2.1 - - [now]", "192.0.2.1", "- - [now]", NULL },
	{ "ip4:192.0.2.0/24 x", "192.0.2.0/24", "x", NULL },
	{ "", NULL, NULL, NULL },
	{ " \t\r", NULL, NULL, NULL },
	{ "# 192.0.2.1", NULL, NULL, NULL },
	{ "  ; 192.0.2.1", NULL, NULL, NULL },
	{ "192.0.2.1 198.51.100.7", NULL, NULL, "the mask has zeros between ones (column 11)" },
	{ "192.0.2.9 - 192.0.2.1", NULL, NULL, "it ends before it begins (column 13)" },
	{ "  192.0.2.0/33 x", NULL, NULL,
	  "\"192.0.2.0/33\" is not a prefix: length 33 is over 32 (column 13)" },
	{ "example", NULL, NULL, "(column 1)" },
};

START_TEST(list_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_lines); i++) {
		const char *in = list_lines[i].in;
		struct err err = { 0 };
		struct ipset_line line;
		char text[PREFIX_STRLEN];
		int rc = ipset_line_read(&line, in, strlen(in), 0, &err);

		ck_assert_msg(rc == (list_lines[i].range  ? 1 :
				     list_lines[i].reason ? -1 :
							    0),
			      "\"%s\": %d %s", in, rc, err.text);
		if (rc < 0)
			ck_assert_msg(strstr(err.text, list_lines[i].reason) != NULL, "%s: %s", in,
				      err.text);
		if (rc <= 0)
			continue;
		ck_assert_str_eq(range_format(&line.prefix.range, text), list_lines[i].range);
		ck_assert_uint_eq(line.label_len, strlen(list_lines[i].label));
		ck_assert_mem_eq(line.label, list_lines[i].label, line.label_len);
	}
}
END_TEST

/* What is taken at full speed is taken as ipset_line_read() takes it. */
START_TEST(plain_lines)
{
	static const struct {
		const char *in;
		bool plain;
		unsigned flags;
	} rows[] = {
		{ "192.0.2.1", true, 0 },
		{ "192.0.2.77/24", true, 0 },
		{ "192.0.2.77/0", true, 0 },
		{ "192.0.2.77/32\r", true, 0 },
		{ "192.0.2.0/24", true, PREFIX_STRICT },
		{ "2001:db8::1", true, 0 },
		{ "2001:db8::1/32", true, 0 },
		{ "2001:db8::/128", true, PREFIX_STRICT },
		{ "::/0", true, PREFIX_STRICT },
		{ "192.0.2.77/24", false, PREFIX_STRICT },
		{ "2001:db8::1/32", false, PREFIX_STRICT },
		{ "192.0.2.0/33", false, 0 },
		{ "192.0.2.0/024", false, 0 },
		{ "192.0.2.0/", false, 0 },
		{ "192.0.2.0/4294967296", false, 0 },
		{ "::/129", false, 0 },
		{ "192.0.2.1 x", false, 0 },
		{ "192.0.2.1/24 x", true, 0 },
		{ "192.0.2.1/24 \t192.0.2.1", true, 0 },
		{ "2001:db8::/32 # x", true, 0 },
		{ "192.0.2.1 # x", true, 0 },
		{ "192.0.2.1\t; 255.255.255.255", true, 0 },
		{ "192.0.2.1 255.255.255.0", false, 0 },
		{ "192.0.2.1 - 192.0.2.2", false, 0 },
		{ "192.0.2.1#x", false, 0 },
		{ "192.0.2.1/24\rx", false, 0 },
		{ "192.0.2.1-192.0.2.2", false, 0 },
		{ "192.0.2.256", false, 0 },
		{ "192.0.2.1.", false, 0 },
		{ "::1%lo", false, 0 },
		{ "x", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned how = 0; how < 4; how++) {
			ipset_lines_fn *kernel = how & 2 ? ipset_lines_x86() : ipset_lines_scalar;
			size_t n = strlen(rows[i].in), size = n + (how & 1), read;
			struct ipset s = { 0 }, want = { 0 };
			char data[200 + IPSET_SLACK];
			struct ipset_line line;
			uint64_t lines = 5;
			struct err err;

			if (!kernel)
				continue;
			memset(data, '\n', sizeof(data));
			memcpy(data, rows[i].in, n);
			read = kernel(&s, data, size, '\n', rows[i].flags, &lines);
			ck_assert_msg(read == (rows[i].plain ? size : 0), "%s", rows[i].in);
			ck_assert_uint_eq(lines, rows[i].plain ? 6 : 5);
			if (rows[i].plain) {
				ck_assert_int_eq(ipset_line_read(&line, data, n, rows[i].flags,
								 &err),
						 1);
				ipset_add(&want, &line.prefix.range);
				ck_assert(ipset_equal(&s, &want));
			} else {
				ck_assert_uint_eq(s.v4.n + s.v6.n, 0);
			}
			ipset_fini(&s);
			ipset_fini(&want);
		}
	}
}
END_TEST

START_TEST(texts)
{
	static const struct {
		const char *in, *count4, *reason;
	} rows[] = {
		{ "192.0.2.0/24", "256", NULL },         { "192.0.2.1+7", "7", NULL },
		{ "@loopback", "16777216", NULL },       { "@nosuch", NULL, "@nosuch" },
		{ "nosuch", NULL, "is not an address" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ipset s = { 0 };
		struct err err = { 0 };
		char text[IPCOUNT_STRLEN];
		int rc = ipset_add_text(&s, rows[i].in, strlen(rows[i].in), 0, 0, &err);

		ck_assert_int_eq(rc, rows[i].count4 ? 0 : -1);
		if (rc < 0) {
			ck_assert_msg(strstr(err.text, rows[i].reason) != NULL, "%s", err.text);
		} else {
			ipset_seal(&s);
			ck_assert_str_eq(ipcount_format(ipset_count(&s, 4), text), rows[i].count4);
		}
		ipset_fini(&s);
	}
}
END_TEST

START_TEST(widen)
{
	static const struct {
		const char *in, *out;
		unsigned length;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.0/24", 24 },
		{ "192.0.2.1", "192.0.2.1", 32 },
		{ "192.0.2.1", "0.0.0.0/0", 0 },
		{ "192.0.2.200-192.0.3.5", "192.0.2.0/23", 24 },
		{ "10.0.0.0/8", "10.0.0.0/8", 24 },
		{ "2001:db8::1", "2001:db8::/64", 64 },
		{ "2001:db8::1", "2001:db8::1", 128 },
		{ "2001:db8::1", "::/0", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned family = strchr(rows[i].in, ':') ? 6 : 4;
		struct ipset s = { 0 };
		struct range r;
		struct err err;
		char text[PREFIX_STRLEN];

		ck_assert_int_eq(ipset_add_text(&s, rows[i].in, strlen(rows[i].in), 0, 0, &err), 0);
		ipset_seal(&s);
		ipset_widen(&s, family, rows[i].length);
		ck_assert_uint_eq(ipset_ranges(&s, family), 1);
		r = ipset_range(&s, family, 0);
		ck_assert_str_eq(range_format(&r, text), rows[i].out);
		ipset_fini(&s);
	}
}
END_TEST

UNIT_MAIN("ipset", algebra, complement, cover, sorting, look_ups, counts, smallest_net, list_line,
	  plain_lines, texts, widen)
