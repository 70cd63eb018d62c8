/* SPDX-License-Identifier: MIT */
#include "echo/pattern.h"

#include <string.h>

#include "unit.h"

enum {
	SIZE = 5000,
};

START_TEST(pieces)
{
	static uint8_t all[SIZE], piece[SIZE];

	/* However it is cut, at whatever offset, it is the same stream. */
	pattern_fill(1, 0, all, SIZE);
	for (size_t at = 0; at < SIZE; at++)
		ck_assert_uint_eq(all[at], pattern_byte(1, at));
	for (size_t at = 0; at < 40; at++) {
		for (size_t n = 0; n < 40; n++) {
			memset(piece, 0xee, sizeof(piece));
			pattern_fill(1, at, piece, n);
			ck_assert_mem_eq(piece, all + at, n);
			ck_assert_uint_eq(piece[n], 0xee);
		}
		ck_assert_uint_eq(pattern_check(1, at, all + at, SIZE - at), SIZE - at);
	}
	/* The same on every machine. */
	ck_assert_uint_eq(pattern_byte(0, 0), 0xaf);
	ck_assert_uint_eq(pattern_byte(0, 7), 0xe2);
}
END_TEST

START_TEST(faults)
{
	static uint8_t all[SIZE];

	pattern_fill(9, 3, all, SIZE);
	for (size_t at = 0; at < SIZE; at += 7) {
		all[at] ^= 0x40;
		ck_assert_uint_eq(pattern_check(9, 3, all, SIZE), at);
		all[at] ^= 0x40;
	}
	/* Another seed, and a place moved by a word or a block, are seen at once. */
	ck_assert_uint_lt(pattern_check(8, 3, all, SIZE), 8);
	ck_assert_uint_lt(pattern_check(9, 3 + 8, all, SIZE), 8);
	ck_assert_uint_lt(pattern_check(9, 3 + 65536, all, SIZE), 8);
}
END_TEST

UNIT_MAIN("pattern", pieces, faults)
