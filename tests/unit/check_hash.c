/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <string.h>

#include "unit.h"

START_TEST(any_bytes_are_keys)
{
	static const struct {
		const char *key;
		size_t n;
	} keys[] = {
		{ "", 0 }, { "\0", 1 }, { "\0\0", 2 }, { "a", 1 }, { "a\0b", 3 }, { "a\0c", 3 }
	};
	struct hash h = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t *v;

		ck_assert_uint_eq(hash_get(&h, keys[i].key, keys[i].n), HASH_NONE);
		v = hash_put(&h, keys[i].key, keys[i].n);
		ck_assert_uint_eq(*v, HASH_NONE);
		*v = i;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		ck_assert_uint_eq(hash_get(&h, keys[i].key, keys[i].n), i);
		ck_assert_uint_eq(*hash_put(&h, keys[i].key, keys[i].n), i);
	}
	ck_assert_uint_eq(h.n, ARRAY_SIZE(keys));
	hash_fini(&h);
	ck_assert_uint_eq(hash_get(&h, "a", 1), HASH_NONE);
	hash_fini(&h);
}
END_TEST

/* The numbers 0 to 99,999 as four bytes, of which every third is put. */
START_TEST(many_keys)
{
	struct hash h = { 0 };

	for (uint32_t i = 0; i < 100000; i += 3) {
		uint32_t key = i; /* not the caller's any more after the put */

		*hash_put(&h, &key, sizeof(key)) = i;
		key = UINT32_MAX;
	}
	for (uint32_t i = 0; i < 100000; i++)
		if (hash_get(&h, &i, sizeof(i)) != (i % 3 ? HASH_NONE : i))
			ck_abort_msg("%u", (unsigned)i);
	ck_assert_uint_eq(h.n, 33334);
	hash_fini(&h);
}
END_TEST

UNIT_MAIN("hash", any_bytes_are_keys, many_keys)
