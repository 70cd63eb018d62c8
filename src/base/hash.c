/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

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

/* FNV-1a; its low bits choose the slot, so the high ones are folded into them. */
static uint64_t hash_of(const void *key, size_t n)
{
	const uint8_t *bytes = key;
	uint64_t v = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		v = (v ^ bytes[i]) * UINT64_C(0x100000001b3);
	return v ^ v >> 32;
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

static void grow(struct hash *h)
{
	struct hash_slot *old = h->slots;
	size_t size = h->size;

	h->size = size ? 2 * size : HASH_FIRST;
	h->slots = xcalloc(h->size, sizeof(*h->slots));
	for (size_t i = 0; i < size; i++)
		if (old[i].key)
			*slot_of(h, old[i].hash, old[i].key, old[i].n) = old[i];
	free(old);
}

size_t *hash_put(struct hash *h, const void *key, size_t n)
{
	uint64_t hash = hash_of(key, n);
	struct hash_slot *s;

	if (h->n >= h->size / 2)
		grow(h);
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
	s = slot_of(h, hash_of(key, n), key, n);
	return s->key ? s->value : HASH_NONE;
}

void hash_fini(struct hash *h)
{
	free(h->slots);
	arena_fini(&h->keys);
	*h = (struct hash){ 0 };
}
