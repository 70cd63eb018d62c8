/* SPDX-License-Identifier: MIT */
/*
 * hash.h - a table from keys, which are any bytes, to numbers
 *
 *	struct hash h = { 0 };           empty
 *	size_t *v = hash_put(&h, key, n);
 *	if (*v == HASH_NONE) *v = 7;     the key was new
 *	hash_get(&h, key, n)             7
 *	hash_fini(&h);
 *
 * Open addressing: the slots are one array, and a key stands in the first free slot from
 * the one that its hash names.  Keys are copied and never taken out.  Each table that is not
 * small has a seed of its own, so that no input makes it slow.
 */
#ifndef NETIPC_BASE_HASH_H
#define NETIPC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define HASH_NONE SIZE_MAX

/* What makes hashes differ from process to process. */
struct hash_seed {
	uint64_t key[2];
};

/* Fills SEED with random bytes. */
void hash_seed(struct hash_seed *seed);

/*
 * SipHash-1-3 of the N bytes at KEY: who does not know SEED cannot choose keys that have the
 * same hash.  Not the same on machines of another byte order.
 */
uint64_t hash_bytes(const struct hash_seed *seed, const void *key, size_t n);

struct hash_slot;

struct hash {
	struct hash_slot *slots;
	size_t size, n; /* slots, 0 or a power of two; keys in them */
	struct hash_seed seed;
	struct arena keys;
};

/* Where the number of the N bytes at KEY is stored, HASH_NONE at first; until the next put. */
size_t *hash_put(struct hash *h, const void *key, size_t n) MUST_CHECK;

/* The number of the N bytes at KEY, HASH_NONE if they are not in H. */
size_t hash_get(const struct hash *h, const void *key, size_t n);

/* Frees all that H holds and makes it empty. */
void hash_fini(struct hash *h);

#endif
