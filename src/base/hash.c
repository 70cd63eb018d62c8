/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/xalloc.h"

enum {
	HASH_FIRST = 64, /* slots of a table that is not empty */
};

struct hash_slot {
	const char *key; /* NULL if the slot is free */
	size_t n;
	uint64_t hash;
	size_t value;
};

static inline uint64_t rotate(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

struct sip {
	uint64_t a, b, c, d;
};

static inline struct sip sip_round(struct sip v)
{
	v.a += v.b;
	v.b = rotate(v.b, 13) ^ v.a;
	v.a = rotate(v.a, 32);
	v.c += v.d;
	v.d = rotate(v.d, 16) ^ v.c;
	v.a += v.d;
	v.d = rotate(v.d, 21) ^ v.a;
	v.c += v.b;
	v.b = rotate(v.b, 17) ^ v.c;
	v.c = rotate(v.c, 32);
	return v;
}

static inline struct sip sip_word(struct sip v, uint64_t word)
{
	v.d ^= word;
	v = sip_round(v);
	v.a ^= word;
	return v;
}

void hash_seed(struct hash_seed *seed)
{
	*seed = (struct hash_seed){ 0 };
	/* Without random bytes the address of a variable is not easy to guess either. */
	if (compat_random(seed->key, sizeof(seed->key)) < 0)
		seed->key[0] = (uintptr_t)seed;
}

uint64_t hash_bytes(const struct hash_seed *seed, const void *key, size_t n)
{
	const uint64_t k0 = seed->key[0], k1 = seed->key[1];
	struct sip v = {
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	};
	const char *bytes = key;
	uint64_t word, last = (uint64_t)n << 56;

	for (; n >= sizeof(word); n -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		v = sip_word(v, word);
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
	v = sip_word(v, last);
	v.c ^= 0xff;
	v = sip_round(sip_round(sip_round(v)));
	return v.a ^ v.b ^ v.c ^ v.d;
}

/* The slot of KEY, or the free one where it would stand; one at least is free. */
static struct hash_slot *slot_of(const struct hash *h, uint64_t hash, const void *key, size_t n)
{
	for (size_t i = (size_t)hash & (h->size - 1);; i = (i + 1) & (h->size - 1)) {
		struct hash_slot *s = &h->slots[i];

		if (!s->key ||
		    (s->hash == hash && s->n == n && (n == 0 || memcmp(s->key, key, n) == 0)))
			return s;
	}
}

/* A table that is still small cannot be slow: most stay so, and random bytes cost more. */
static void reseed(struct hash *h)
{
	hash_seed(&h->seed);
	for (size_t i = 0; i < h->size; i++)
		if (h->slots[i].key)
			h->slots[i].hash = hash_bytes(&h->seed, h->slots[i].key, h->slots[i].n);
}

static void grow(struct hash *h)
{
	struct hash_slot *old = h->slots;
	size_t size = h->size;

	if (size == HASH_FIRST)
		reseed(h);
	h->size = size ? 2 * size : HASH_FIRST;
	h->slots = xcalloc(h->size, sizeof(*h->slots));
	for (size_t i = 0; i < size; i++)
		if (old[i].key)
			*slot_of(h, old[i].hash, old[i].key, old[i].n) = old[i];
	free(old);
}

size_t *hash_put(struct hash *h, const void *key, size_t n)
{
	struct hash_slot *s;
	uint64_t hash;

	if (h->n >= h->size / 2)
		grow(h);
	hash = hash_bytes(&h->seed, key, n);
	s = slot_of(h, hash, key, n);
	if (!s->key) {
		*s = (struct hash_slot){ arena_copy(&h->keys, key, n), n, hash, HASH_NONE };
		h->n++;
	}
	return &s->value;
}

size_t hash_get(const struct hash *h, const void *key, size_t n)
{
	const struct hash_slot *s;

	if (h->n == 0)
		return HASH_NONE;
	s = slot_of(h, hash_bytes(&h->seed, key, n), key, n);
	return s->key ? s->value : HASH_NONE;
}

void hash_fini(struct hash *h)
{
	free(h->slots);
	arena_fini(&h->keys);
	*h = (struct hash){ 0 };
}
