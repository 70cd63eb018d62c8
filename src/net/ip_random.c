/* SPDX-License-Identifier: MIT */
#include "net/ip_random.h"

#include "base/compat.h"
#include "base/macros.h"

static uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

void ip_random_seed(struct ip_random *r, uint64_t seed)
{
	r->seeded = true;
	for (size_t i = 0; i < ARRAY_SIZE(r->state); i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		r->state[i] = z ^ z >> 31;
	}
}

static uint64_t next(uint64_t s[static 4])
{
	uint64_t v = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return v;
}

int ip_random_u64(struct ip_random *r, uint64_t *v, struct err *err)
{
	if (r->seeded) {
		*v = next(r->state);
		return 0;
	}
	if (!r->left) {
		if (compat_random(r->pool, sizeof(r->pool)) < 0)
			return err_sys(err, "random numbers");
		r->left = ARRAY_SIZE(r->pool);
	}
	*v = r->pool[--r->left];
	return 0;
}

int ip_random_num(struct ip_random *r, struct u128 max, struct u128 *value, struct err *err)
{
	unsigned bits = 128 - u128_clz(max);
	struct u128 v = { 0, 0 };

	/* A remainder would give some numbers more often than others. */
	do {
		if (ip_random_u64(r, &v.lo, err) < 0 ||
		    (bits > 64 && ip_random_u64(r, &v.hi, err) < 0))
			return -1;
		v = u128_and(v, u128_ones(bits));
	} while (u128_less(max, v));
	*value = v;
	return 0;
}
