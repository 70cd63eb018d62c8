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
 * the one that its hash names.  Keys are copied and never taken out.
 */
#ifndef NETIPC_BASE_HASH_H
#define NETIPC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define HASH_NONE SIZE_MAX

struct hash_slot;

struct hash {
	struct hash_slot *slots;
	size_t size, n; /* slots, 0 or a power of two; keys in them */
	struct arena keys;
};

/* Where the number of the N bytes at KEY is stored, HASH_NONE at first; until the next put. */
size_t *hash_put(struct hash *h, const void *key, size_t n) MUST_CHECK;

/* The number of the N bytes at KEY, HASH_NONE if they are not in H. */
size_t hash_get(const struct hash *h, const void *key, size_t n);

/* Frees all that H holds and makes it empty. */
void hash_fini(struct hash *h);

#endif
