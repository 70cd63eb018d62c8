/* SPDX-License-Identifier: MIT */
#include "net/prefix_math.h"

#include <string.h>

#include "net/ip_random.h"
#include "net/prefix_list.h"
#include "unit.h"

#define ALL6 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

static struct range range(const char *text)
{
	struct prefix p;
	struct err err;

	ck_assert_msg(prefix_parse(&p, text, strlen(text), 0, 0, &err) == 0, "%s", err.text);
	return p.range;
}

static struct u128 num(const char *text)
{
	struct u128 n = { 0, 0 };

	ck_assert_uint_eq(u128_scan(text, text + strlen(text), &n), strlen(text));
	return n;
}

static const char *show(const struct range *r)
{
	static char text[PREFIX_STRLEN];

	return range_format(r, text);
}

START_TEST(products_and_quotients)
{
	static const struct {
		const char *a, *b, *product; /* NULL if it is over 2^128 - 1 */
	} rows[] = {
		{ "0", "340282366920938463463374607431768211455", "0" },
		{ "1", "340282366920938463463374607431768211455",
		  "340282366920938463463374607431768211455" },
		{ "18446744073709551615", "18446744073709551617",
		  "340282366920938463463374607431768211455" },
		{ "18446744073709551616", "18446744073709551616", NULL },
		{ "18446744073709551615", "18446744073709551618", NULL },
		{ "4294967296", "79228162514264337593543950335",
		  "340282366920938463463374607427473244160" },
		{ "4294967296", "79228162514264337593543950336", NULL },
		{ "12345678901234567890", "9876543210987654321",
		  "121932631137021795223746380111126352690" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct u128 a = num(rows[i].a), b = num(rows[i].b), product, back, rest;

		ck_assert_msg(u128_mul(a, b, &product) == !!rows[i].product, "row %zu", i);
		ck_assert_msg(u128_mul(b, a, &product) == !!rows[i].product, "row %zu", i);
		if (!rows[i].product)
			continue;
		ck_assert_msg(u128_eq(product, num(rows[i].product)), "row %zu", i);
		back = u128_div(product, b, &rest);
		ck_assert(u128_eq(back, a));
		ck_assert(u128_eq(rest, u128_of(0)));
	}
	ck_assert_uint_eq(u128_div(u128_of(7), u128_of(8), NULL).lo, 0);
}
END_TEST

/* A = B * Q + R and R < B for numbers of every size. */
START_TEST(division_holds)
{
	struct ip_random r = { 0 };

	ip_random_seed(&r, 1);
	for (unsigned i = 0; i < 20000; i++) {
		struct u128 a, b, quotient, rest, product;
		struct err err;

		ck_assert_int_eq(ip_random_num(&r, u128_ones(i % 128 + 1), &a, &err), 0);
		ck_assert_int_eq(ip_random_num(&r, u128_ones(i / 128 % 128 + 1), &b, &err), 0);
		if (u128_eq(b, u128_of(0)))
			continue;
		quotient = u128_div(a, b, &rest);
		ck_assert(u128_mul(quotient, b, &product));
		ck_assert(u128_eq(u128_add(product, rest), a));
		ck_assert(u128_less(rest, b));
	}
}
END_TEST

START_TEST(decimal)
{
	static const char *const bad[] = { "", "x", "340282366920938463463374607431768211456",
					   "999999999999999999999999999999999999999999" };
	static const char part[] = "12x";
	struct u128 n;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_uint_eq(u128_scan(bad[i], bad[i] + strlen(bad[i]), &n), 0);
	ck_assert_uint_eq(u128_scan(part, part + 3, &n), 2);
	ck_assert_uint_eq(n.lo, 12);
	ck_assert(u128_eq(num("340282366920938463463374607431768211455"), u128_ones(128)));
}
END_TEST

START_TEST(neighbours)
{
	static const struct {
		const char *range, *n;
		bool back;
		const char *to; /* NULL if the address space ends */
	} rows[] = {
		{ "192.0.2.0/24", "1", false, "192.0.3.0/24" },
		{ "192.0.2.0/24", "1", true, "192.0.1.0/24" },
		{ "192.0.2.0/24", "0", true, "192.0.2.0/24" },
		{ "192.0.2.0/24", "256", false, "192.1.2.0/24" },
		{ "255.255.255.254", "1", false, "255.255.255.255" },
		{ "255.255.255.255", "1", false, NULL },
		{ "255.255.255.255", "4294967295", true, "0.0.0.0" },
		{ "255.255.255.255", "4294967296", true, NULL },
		{ "0.0.0.0", "1", true, NULL },
		{ "0.0.0.0/0", "1", false, NULL },
		{ "0.0.0.0/0", "1", true, NULL },
		{ "0.0.0.0/0", "0", true, "0.0.0.0/0" },
		{ "0.0.0.0/1", "1", false, "128.0.0.0/1" },
		{ "192.0.2.1-192.0.2.3", "1", false, "192.0.2.4-192.0.2.6" },
		{ "::/0", "1", false, NULL },
		{ "::/0", "1", true, NULL },
		{ "::/0", "0", false, "::/0" },
		{ "::/1", "1", false, "8000::/1" },
		{ "8000::/1", "1", true, "::/1" },
		{ "8000::/1", "1", false, NULL },
		{ "8000::/1", "2", true, NULL },
		{ ALL6, "340282366920938463463374607431768211455", true, "::" },
		{ "2001:db8::/64", "18446744073709551616", false, NULL },
		{ "2001:db8::/64", "4294967295", false, "2001:db8:ffff:ffff::/64" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].range), old = r;
		bool moved = range_move(&r, num(rows[i].n), rows[i].back);

		ck_assert_msg(moved == !!rows[i].to, "row %zu", i);
		ck_assert_str_eq(show(&r), moved ? rows[i].to : show(&old));
	}
}
END_TEST

START_TEST(numbered)
{
	static const struct {
		const char *range, *i;
		bool from_end;
		const char *to;
	} rows[] = {
		{ "192.0.2.0/24", "0", false, "192.0.2.0" },
		{ "192.0.2.0/24", "255", false, "192.0.2.255" },
		{ "192.0.2.0/24", "256", false, NULL },
		{ "192.0.2.0/24", "1", true, "192.0.2.255" },
		{ "192.0.2.0/24", "256", true, "192.0.2.0" },
		{ "192.0.2.0/24", "257", true, NULL },
		{ "192.0.2.1", "0", false, "192.0.2.1" },
		{ "192.0.2.1", "1", false, NULL },
		{ "0.0.0.0/0", "4294967295", false, "255.255.255.255" },
		{ "0.0.0.0/0", "4294967296", false, NULL },
		{ "::/0", "340282366920938463463374607431768211455", false, ALL6 },
		{ "::/0", "340282366920938463463374607431768211455", true, "::1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].range);
		struct u128 at;

		ck_assert_msg(range_nth(&r, num(rows[i].i), rows[i].from_end, &at) == !!rows[i].to,
			      "row %zu", i);
		if (!rows[i].to)
			continue;
		r.first = r.last = at;
		ck_assert_str_eq(show(&r), rows[i].to);
	}
}
END_TEST

START_TEST(enclosing)
{
	static const struct {
		const char *range, *prefix;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "192.0.2.1-192.0.2.2", "192.0.2.0/30" },
		{ "127.255.255.255-128.0.0.0", "0.0.0.0/0" },
		{ "2001:db8::1-2001:db8::2", "2001:db8::/126" },
		{ "7fff::-8000::", "::/0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].range);

		r = range_enclosing(&r);
		ck_assert_str_eq(show(&r), rows[i].prefix);
	}
}
END_TEST

START_TEST(containment)
{
	static const struct {
		const char *a, *b;
		bool contains;
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.0/24", true },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.0/24", "192.0.0.0/16", false },
		{ "192.0.2.0/24", "192.0.2.255-192.0.3.0", false },
		{ "192.0.2.0/24", "::c000:200", false },
		{ "::/0", ALL6, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range a = range(rows[i].a), b = range(rows[i].b);

		ck_assert_msg(range_contains(&a, &b) == rows[i].contains, "row %zu", i);
	}
}
END_TEST

START_TEST(aligned)
{
	static const struct {
		const char *range;
		unsigned length;
		const char *aligned;
	} rows[] = {
		{ "192.0.2.0/24", 26, "192.0.2.0/24" },
		{ "192.0.2.0/24", 24, "192.0.2.0/24" },
		{ "192.0.2.0/24", 23, NULL },
		{ "192.0.2.1-192.0.2.14", 30, "192.0.2.4-192.0.2.11" },
		{ "192.0.2.1-192.0.2.6", 30, NULL },
		{ "192.0.2.1-192.0.2.6", 31, "192.0.2.2-192.0.2.5" },
		{ "192.0.2.1-192.0.2.6", 32, "192.0.2.1-192.0.2.6" },
		{ "255.255.255.1-255.255.255.255", 24, NULL },
		{ "0.0.0.0-0.0.0.1", 30, NULL },
		{ "0.0.0.0-255.255.255.254", 1, "0.0.0.0/1" },
		{ "0.0.0.1-255.255.255.255", 1, "128.0.0.0/1" },
		{ "::/0", 0, "::/0" },
		{ "::1-" ALL6, 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].range), got;

		ck_assert_msg(range_aligned(&r, rows[i].length, &got) == !!rows[i].aligned,
			      "row %zu", i);
		if (rows[i].aligned)
			ck_assert_str_eq(show(&got), rows[i].aligned);
	}
}
END_TEST

START_TEST(hosts)
{
	static const struct {
		unsigned family;
		const char *n;
		int length;
	} rows[] = {
		{ 4, "0", -1 },
		{ 4, "1", 32 },
		{ 4, "2", 31 },
		{ 4, "3", 29 },
		{ 4, "6", 29 },
		{ 4, "7", 28 },
		{ 4, "254", 24 },
		{ 4, "255", 23 },
		{ 4, "4294967294", 0 },
		{ 4, "4294967295", -1 },
		{ 4, "4294967296", -1 },
		{ 4, "340282366920938463463374607431768211455", -1 },
		{ 6, "0", -1 },
		{ 6, "1", 128 },
		{ 6, "2", 127 },
		{ 6, "3", 126 },
		{ 6, "256", 120 },
		{ 6, "257", 119 },
		{ 6, "340282366920938463463374607431768211455", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(prefix_length_for_hosts(rows[i].family, num(rows[i].n)) ==
				      rows[i].length,
			      "row %zu", i);
}
END_TEST

START_TEST(host_addresses)
{
	static const struct {
		const char *prefix, *hosts;
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.1-192.0.2.254" },
		{ "192.0.2.0/30", "192.0.2.1-192.0.2.2" },
		{ "192.0.2.0/31", "192.0.2.0/31" },
		{ "192.0.2.0", "192.0.2.0" },
		{ "2001:db8::/126", "2001:db8::/126" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].prefix);

		r = range_of_hosts(&r);
		ck_assert_str_eq(show(&r), rows[i].hosts);
	}
}
END_TEST

/* What is taken and what is left are disjoint and together the whole, as prefixes. */
START_TEST(pool)
{
	struct ip_random random = { 0 };
	struct err err;

	ip_random_seed(&random, 2);
	for (unsigned round = 0; round < 500; round++) {
		struct range whole = { .family = 4 }, got;
		struct prefix_pool left = { 0 };
		struct u128 a, b, sum = { 0, 0 };
		unsigned length = 16;

		ck_assert_int_eq(ip_random_num(&random, u128_of(0xffff), &a, &err), 0);
		ck_assert_int_eq(ip_random_num(&random, u128_of(0xffff), &b, &err), 0);
		whole.first = u128_less(a, b) ? a : b;
		whole.last = u128_less(a, b) ? b : a;
		prefix_pool_add(&left, &whole);
		while (length <= 32) {
			if (prefix_pool_take(&left, length, &got)) {
				ck_assert(range_contains(&whole, &got));
				ck_assert_int_eq(range_prefix_length(&got), (int)length);
				for (size_t i = 0; i < left.n; i++)
					ck_assert(u128_less(left.v[i].last, got.first) ||
						  u128_less(got.last, left.v[i].first));
				sum = u128_add(sum, u128_add(range_span(&got), u128_of(1)));
			} else {
				/* Lengths never shrink: none left is as long or shorter. */
				for (size_t i = 0; i < left.n; i++)
					ck_assert_int_gt(range_prefix_length(&left.v[i]),
							 (int)length);
				length++;
			}
			if (a.lo++ % 3 == 0)
				length++;
		}
		for (size_t i = 0; i < left.n; i++) {
			ck_assert_int_ge(range_prefix_length(&left.v[i]), 0);
			ck_assert(!i || u128_less(left.v[i - 1].last, left.v[i].first));
			sum = u128_add(sum, u128_add(range_span(&left.v[i]), u128_of(1)));
		}
		ck_assert(u128_eq(sum, u128_add(range_span(&whole), u128_of(1))));
		vec_fini(&left);
	}
}
END_TEST

/* The smallest one that has room is used, so that large ones stay whole; the first of several. */
START_TEST(pool_best_fit)
{
	static const struct {
		unsigned length;
		const char *taken; /* NULL if there is no room */
	} rows[] = {
		{ 30, "192.0.2.4/30" },
		{ 31, "192.0.2.2/31" },
		{ 31, "192.0.2.16/31" },
		{ 32, "192.0.2.1" },
		{ 30, "192.0.2.8/30" },
		{ 32, "192.0.2.12" },
		{ 31, "192.0.2.14/31" },
		{ 32, "192.0.2.13" },
		{ 32, NULL },
		{ 0, NULL },
		{ 33, NULL },
	};
	const struct range whole = range("192.0.2.1-192.0.2.17");
	struct prefix_pool left = { 0 };
	struct range got;

	ck_assert(!prefix_pool_take(&left, 32, &got));
	prefix_pool_add(&left, &whole);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_msg(prefix_pool_take(&left, rows[i].length, &got) == !!rows[i].taken,
			      "row %zu", i);
		if (rows[i].taken)
			ck_assert_str_eq(show(&got), rows[i].taken);
	}
	vec_fini(&left);
}
END_TEST

/* Each number below a limit that is no power of two comes as often as the others. */
START_TEST(uniform)
{
	struct ip_random r = { 0 };
	unsigned seen[5] = { 0 };
	struct u128 v;
	struct err err;

	ip_random_seed(&r, 3);
	for (unsigned i = 0; i < 50000; i++) {
		ck_assert_int_eq(ip_random_num(&r, u128_of(4), &v, &err), 0);
		ck_assert(u128_less(v, u128_of(5)));
		seen[v.lo]++;
	}
	for (unsigned i = 0; i < 5; i++)
		ck_assert_msg(seen[i] > 9600 && seen[i] < 10400, "%u: %u", i, seen[i]);
	ck_assert_int_eq(ip_random_num(&r, u128_of(0), &v, &err), 0);
	ck_assert(u128_eq(v, u128_of(0)));
}
END_TEST

/* The first numbers of a seed are the same for ever; the kernel's are not. */
START_TEST(seeds)
{
	static const uint64_t want[] = { UINT64_C(1546998764402558742),
					 UINT64_C(6990951692964543102),
					 UINT64_C(12544586762248559009) };
	struct ip_random a = { 0 }, b = { 0 };
	uint64_t v, w;
	struct err err;

	ip_random_seed(&a, 42);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_int_eq(ip_random_u64(&a, &v, &err), 0);
		ck_assert_uint_eq(v, want[i]);
	}
	for (unsigned i = 0; i < 100; i++) {
		ck_assert_int_eq(ip_random_u64(&b, &v, &err), 0);
		ck_assert_int_eq(ip_random_u64(&b, &w, &err), 0);
		ck_assert_uint_ne(v, w);
	}
}
END_TEST

/* Lines are what one address after the other formats to, whatever the pieces they come in. */
START_TEST(series)
{
	static const struct {
		const char *range, *step;
		int length;
		const char *limit;
	} rows[] = {
		{ "192.0.1.250-192.0.3.7", "1", -1, "999" },
		{ "192.0.0.0/16", "4", 30, "300" },
		{ "0.0.0.0/0", "16777216", 8, "999" },
		{ "0.0.0.0/0", "18446744073709551617", -1, "9" },
		{ "255.255.255.250-255.255.255.255", "1", 32, "9" },
		{ "255.255.255.250-255.255.255.255", "4", -1, "9" },
		{ "9.9.250.0-9.10.1.0", "7", -1, "500" },
		{ "192.0.2.1", "1", -1, "1" },
		{ "192.0.2.0/24", "1", -1, "0" },
		{ "::-::1:12", "1", -1, "70000" },
		{ "::fffe:ffff:fff0-::ffff:0:f", "1", 128, "99" },
		{ "1:0:0:1::fff0-1:0:0:1::1:10", "1", -1, "99" },
		{ "1:2:3:4:5:6:0:fff0-1:2:3:4:5:6:1:10", "1", -1, "99" },
		{ "1:2:3:4:5:0:0:fff0-1:2:3:4:5:0:1:10", "3", 127, "99" },
		{ "::/0", "1329227995784915872903807060280344576", 8, "999" },
		{ ALL6, "1", -1, "2" },
		{ "::/0", "340282366920938463463374607431768211455", -1, "9" },
		{ "2001:db8::/32", "1", -1, "100000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t size = 1; size < 100000; size = 3 * size + 50) {
			struct range r = range(rows[i].range);
			struct ip_series s, same;
			struct buf want = { 0 }, got = { 0 }, piece = { 0 };
			struct u128 address;

			ip_series_init(&s, &r, num(rows[i].step), rows[i].length);
			ip_series_limit(&s, num(rows[i].limit));
			same = s;
			while (ip_series_next(&same, &address)) {
				struct ip ip = ip_from_num(r.family, address);
				char text[IP_STRLEN];

				buf_adds(&want, ip_format(&ip, text));
				if (rows[i].length >= 0)
					buf_printf(&want, "/%d", rows[i].length);
				buf_addc(&want, '\n');
			}
			while (!s.done) {
				piece.len = 0;
				ip_series_write(&s, &piece, size);
				ck_assert_uint_gt(piece.len, 0);
				buf_add(&got, piece.data, piece.len);
			}
			ck_assert_msg(got.len == want.len &&
					      (!want.len ||
					       memcmp(got.data, want.data, got.len) == 0),
				      "row %zu, pieces of %zu", i, size);
			buf_fini(&want);
			buf_fini(&got);
			buf_fini(&piece);
		}
	}
}
END_TEST

/* A limit cuts, and never makes a series longer. */
START_TEST(limits)
{
	static const struct {
		const char *range, *step, *limit;
		unsigned lines;
	} rows[] = {
		{ "192.0.2.0/24", "1", "0", 0 },
		{ "192.0.2.0/24", "1", "1", 1 },
		{ "192.0.2.0/24", "1", "256", 256 },
		{ "192.0.2.0/24", "1", "257", 256 },
		{ "192.0.2.0/24", "100", "9", 3 },
		{ "192.0.2.0/24", "256", "9", 1 },
		{ "::/0", "1", "3", 3 },
		{ ALL6, "1", "3", 1 },
		{ "192.0.2.0/24", "340282366920938463463374607431768211455", "9", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct range r = range(rows[i].range);
		struct ip_series s;
		struct u128 address;
		unsigned n = 0;

		ip_series_init(&s, &r, num(rows[i].step), -1);
		ip_series_limit(&s, num(rows[i].limit));
		while (ip_series_next(&s, &address))
			n++;
		ck_assert_msg(n == rows[i].lines, "row %zu: %u", i, n);
	}
}
END_TEST

UNIT_MAIN("prefix_math", products_and_quotients, division_holds, decimal, neighbours, numbered,
	  enclosing, containment, aligned, hosts, host_addresses, pool, pool_best_fit, uniform,
	  seeds, series, limits)
