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

/* The reference's key 00 01 ... 0f; of a big-endian machine the words would be others. */
START_TEST(the_hash_is_siphash)
{
	static const uint8_t empty[] = { 0xdc, 0xc4, 0x0f, 0x05, 0x58, 0x01, 0xac, 0xab };
	struct hash_seed seed;
	uint8_t key[16];
	uint64_t got;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	memcpy(&seed, key, sizeof(key));
	if (seed.key[0] != UINT64_C(0x0706050403020100))
		return;
	got = hash_bytes(&seed, "", 0);
	ck_assert_mem_eq(&got, empty, sizeof(got));
}
END_TEST

/* Keys of every length that differ in one bit alone have other hashes; so have two seeds. */
START_TEST(every_bit_counts)
{
	char key[40] = { 0 };
	struct hash_seed a, b;

	hash_seed(&a);
	hash_seed(&b);
	ck_assert_mem_ne(&a, &b, sizeof(a));
	for (size_t n = 0; n <= sizeof(key); n++) {
		uint64_t hash = hash_bytes(&a, key, n);

		ck_assert_uint_ne(hash, hash_bytes(&b, key, n));
		ck_assert(n == 0 || hash != hash_bytes(&a, key, n - 1));
		for (size_t bit = 0; bit < 8 * n; bit++) {
			key[bit / 8] = (char)(1U << bit % 8);
			ck_assert_uint_ne(hash, hash_bytes(&a, key, n));
			key[bit / 8] = 0;
		}
	}
}
END_TEST

UNIT_MAIN("hash", any_bytes_are_keys, many_keys, the_hash_is_siphash, every_bit_counts)
