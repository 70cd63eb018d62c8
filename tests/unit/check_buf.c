/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "unit.h"

START_TEST(buffers_grow)
{
	struct buf b = { 0 };

	ck_assert_str_eq(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	ck_assert_uint_eq(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	buf_consume(&b, 2);
	ck_assert(str_starts(buf_str(&b), "1,2,"));
	buf_fini(&b);
	buf_fill(&b, 'x', 3);
	buf_addc(&b, 'y');
	ck_assert_str_eq(buf_str(&b), "xxxy");
	buf_fini(&b);
	for (size_t n = 0; n < 200; n++) { /* it fits, or not quite */
		b.len = n;
		buf_printf(&b, "%s", "01234567");
		ck_assert_uint_eq(b.len, n + 8);
		ck_assert_str_eq(buf_str(&b) + n, "01234567");
		buf_fini(&b);
		buf_fill(&b, 'x', n + 1);
	}
	buf_fini(&b);
}
END_TEST

START_TEST(formatted_numbers)
{
	static const uint64_t values[] = { 0, 7, 9, 10, 100, UINT32_MAX, INT64_MAX, UINT64_MAX };
	struct buf b = { 0 };
	char want[40];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		snprintf(want, sizeof(want), "%" PRIu64, values[i]);
		buf_uint(&b, values[i]);
		ck_assert_str_eq(buf_str(&b), want);
		b.len = 0;
		snprintf(want, sizeof(want), "%" PRIx64 " %012" PRIx64, values[i], values[i]);
		buf_hex(&b, values[i], 0);
		buf_addc(&b, ' ');
		buf_hex(&b, values[i], 12);
		ck_assert_str_eq(buf_str(&b), want);
		b.len = 0;
	}
	buf_fini(&b);
}
END_TEST

UNIT_MAIN("buf", buffers_grow, formatted_numbers)
