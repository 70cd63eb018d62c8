/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/clock.h"
#include "cmd/rresolve_impl.h"
#include "unit.h"

static struct rresolve_name *hold(struct rresolve_cache *c, uint64_t number, bool *is_new)
{
	const struct u128 value = u128_of(number);
	uint64_t hash = rresolve_cache_hash(c, 4, value);

	rresolve_cache_fetch(c, hash);
	return rresolve_cache_hold(c, hash, 4, value, is_new);
}

/* What the look-up of NUMBER gives. */
static void answer(struct rresolve_name *name, uint64_t number)
{
	char text[2 * RRESOLVE_NEAR] = { 0 };

	/* Some texts are longer than what lies beside the address. */
	memset(text, 'a' + (int)(number % 26), sizeof(text));
	rresolve_cache_set(name, number % 5 ? text : NULL, (size_t)(number % sizeof(text)));
	name->done = true;
}

static void check(const struct rresolve_name *name, uint64_t number)
{
	size_t n = (size_t)(number % (2 * (size_t)RRESOLVE_NEAR));

	ck_assert(name->value.lo == number && name->value.hi == 0 && name->family == 4);
	if (number % 5 == 0) {
		ck_assert_ptr_null(name->text);
		return;
	}
	ck_assert_uint_eq(name->len, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(name->text[i], 'a' + (int)(number % 26));
}

/* Ten times as many addresses as are kept; of them those that are held stay. */
START_TEST(bounded)
{
	enum {
		MAX = 10000,
		HELD = 700,
	};
	struct rresolve_cache c = { .max = MAX, .now_ns = 1 };
	struct rresolve_name *held[HELD];
	size_t again = 0;
	bool is_new;

	for (uint64_t i = 0; i < 10 * (uint64_t)MAX; i++) {
		struct rresolve_name *name = hold(&c, i, &is_new);

		ck_assert(is_new);
		ck_assert_uint_le(c.n, MAX);
		name->expires_ns = CLOCK_S;
		answer(name, i);
		if (i < HELD)
			held[i] = name;
		else
			rresolve_cache_release(name);
	}
	for (uint64_t i = 0; i < HELD; i++) {
		check(held[i], i);
		ck_assert_ptr_eq(hold(&c, i, &is_new), held[i]);
		ck_assert(!is_new);
	}
	for (uint64_t i = 10 * (uint64_t)MAX; i-- > HELD;) {
		struct rresolve_name *name = hold(&c, i, &is_new);

		if (is_new) {
			answer(name, i);
			break;
		}
		check(name, i);
		rresolve_cache_release(name);
		again++;
	}
	ck_assert_uint_gt(again, 100); /* what was seen last is there */
	rresolve_cache_fini(&c);
}
END_TEST

START_TEST(expires)
{
	struct rresolve_cache c = { .max = 10, .now_ns = 5 };
	struct rresolve_name *name, *same;
	bool is_new;

	name = hold(&c, 1, &is_new);
	ck_assert(is_new && !name->done);
	same = hold(&c, 1, &is_new);
	ck_assert(same == name && !is_new); /* it is being asked for */
	answer(name, 1);
	name->expires_ns = 10;
	c.now_ns = 11;
	ck_assert_ptr_eq(hold(&c, 1, &is_new), name);
	ck_assert(!is_new && name->done); /* a line waits for what it has */
	for (unsigned i = 0; i < 3; i++)
		rresolve_cache_release(name);
	ck_assert_ptr_eq(hold(&c, 1, &is_new), name);
	ck_assert(is_new && !name->done);
	answer(name, 1);
	name->expires_ns = 12;
	rresolve_cache_release(name);
	ck_assert_ptr_eq(hold(&c, 1, &is_new), name);
	ck_assert(!is_new && name->done);
	rresolve_cache_fini(&c);
}
END_TEST

START_TEST(families)
{
	struct rresolve_cache c = { .max = 10 };
	const struct u128 value = u128_of(7);
	uint64_t hash = rresolve_cache_hash(&c, 6, value);
	struct rresolve_name *six, *four;
	bool is_new;

	six = rresolve_cache_hold(&c, hash, 6, value, &is_new);
	ck_assert(is_new);
	four = hold(&c, 7, &is_new);
	ck_assert(is_new && four != six);
	ck_assert_ptr_eq(rresolve_cache_hold(&c, hash, 6, value, &is_new), six);
	ck_assert(!is_new);
	rresolve_cache_fini(&c);
}
END_TEST

UNIT_MAIN("rresolve_cache", bounded, expires, families)
