/* SPDX-License-Identifier: MIT */
#include "echo/fault.h"

#include <string.h>

#include "base/macros.h"
#include "unit.h"

enum {
	UNITS = 100000,
};

START_TEST(shares)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t millionths;
	} cases[] = {
		{ "5%", true, 50000 },
		{ "0.1%", true, 1000 },
		{ "100%", true, 1000000 },
		{ "0.05", true, 50000 },
		{ "1", true, 1000000 },
		{ "0", true, 0 },
		{ "1/20", true, 50000 },
		{ "1/3", true, 333333 },
		{ "3/3", true, 1000000 },
		{ "0.0001%", true, 1 },
		{ "12.5%", true, 125000 },
		{ "101%", false, 0 },
		{ "1.1", false, 0 },
		{ "2/1", false, 0 },
		{ "1/0", false, 0 },
		{ "", false, 0 },
		{ "%", false, 0 },
		{ "5%x", false, 0 },
		{ "-5%", false, 0 },
		{ ".5", false, 0 },
		{ "5.%", false, 0 },
		{ "1/", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "0.1234567", false, 0 },
		{ "5 %", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t got = 0;

		ck_assert_msg(fault_share(cases[i].text, &got) == cases[i].ok, "%s", cases[i].text);
		if (cases[i].ok)
			ck_assert_msg(got == cases[i].millionths, "%s: %u", cases[i].text, got);
	}
}
END_TEST

static struct fault_counters run(const struct fault_config *c, uint64_t *sum_of_delays)
{
	struct fault_counters counters = { 0 };
	struct fault_plan plan, again;

	*sum_of_delays = 0;
	for (uint64_t i = 0; i < UNITS; i++) {
		struct fault_counters ignored = { 0 };

		fault_plan(&plan, c, i, 100, &counters);
		memset(&again, 0xff, sizeof(again));
		fault_plan(&again, c, i, 100, &ignored);
		ck_assert_uint_eq(plan.delay_ns, again.delay_ns);
		ck_assert(plan.lose == again.lose && plan.corrupt == again.corrupt &&
			  plan.at == again.at && plan.change == again.change);
		if (plan.corrupt)
			ck_assert(plan.at < 100 && plan.change != 0);
		if (plan.lose)
			ck_assert(!plan.corrupt && !plan.duplicate && !plan.reorder);
		*sum_of_delays += plan.delay_ns;
	}
	ck_assert_uint_eq(counters.units, UNITS);
	return counters;
}

START_TEST(rates)
{
	const struct fault_config c = {
		.seed = 3, .loss = 50000, .duplicate = 20000, .reorder = 10000, .corrupt = 1000000
	};
	uint64_t delays;
	struct fault_counters n = run(&c, &delays);

	/* Far outside of these is one in millions; a seed makes it the same each time anyway. */
	ck_assert(n.lost > 4500 && n.lost < 5500);
	ck_assert(n.duplicated > 1600 && n.duplicated < 2200);
	ck_assert(n.reordered > 700 && n.reordered < 1200);
	ck_assert_uint_eq(n.corrupted, UNITS - n.lost);
	ck_assert(delays == 0 && n.delayed == 0);
}
END_TEST

START_TEST(delays)
{
	struct fault_config c = { .delay_ns = 1000 };
	uint64_t sum;

	ck_assert_uint_eq(run(&c, &sum).delayed, UNITS);
	ck_assert_uint_eq(sum, UINT64_C(1000) * UNITS);
	c.jitter_ns = 400;
	run(&c, &sum);
	ck_assert(sum > UINT64_C(995) * UNITS && sum < UINT64_C(1005) * UNITS);
	for (uint64_t i = 0; i < UNITS; i++) {
		struct fault_counters counters = { 0 };
		struct fault_plan plan;

		fault_plan(&plan, &c, i, 0, &counters);
		ck_assert(plan.delay_ns >= 600 && plan.delay_ns <= 1400);
	}
}
END_TEST

START_TEST(none)
{
	struct fault_config c = { .seed = 9 };
	struct fault_counters counters = { 0 };
	struct fault_plan plan;

	ck_assert(fault_none(&c));
	c.end = FAULT_STALL;
	ck_assert(!fault_none(&c));
	c.end = FAULT_NEVER;
	c.corrupt = FAULT_WHOLE;
	ck_assert(!fault_none(&c));
	fault_plan(&plan, &c, 0, 0, &counters);
	ck_assert_msg(!plan.corrupt, "an empty unit has no byte to change");
}
END_TEST

/* The seed and the number make the plan, not what was planned before; another seed, another plan.
 */
START_TEST(seeds)
{
	struct fault_config c = { .loss = 200000, .duplicate = 200000, .reorder = 200000 };
	struct fault_counters ignored = { 0 };
	uint64_t all = 0, differ = 0;

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct fault_plan forward[500], plan;

		c.seed = seed;
		for (uint64_t i = 0; i < 500; i++)
			fault_plan(&forward[i], &c, i, 64, &ignored);
		for (uint64_t i = 500; i-- > 0; all++) {
			c.seed = seed;
			fault_plan(&plan, &c, i, 64, &ignored);
			ck_assert(plan.lose == forward[i].lose &&
				  plan.duplicate == forward[i].duplicate &&
				  plan.reorder == forward[i].reorder);
			c.seed = seed + 1;
			fault_plan(&plan, &c, i, 64, &ignored);
			differ += plan.lose != forward[i].lose;
		}
	}
	/* Of independent plans 32 % differ. */
	ck_assert(differ > all * 28 / 100 && differ < all * 36 / 100);
}
END_TEST

UNIT_MAIN("fault", shares, rates, delays, none, seeds)
