/* SPDX-License-Identifier: MIT */
/* rresolve_cache.c - the names of the addresses that a filter has seen of late */
#include <stdlib.h>
#include <string.h>

#include "cmd/rresolve_impl.h"

enum {
	SLOTS_FIRST = 4096,
	BLOCK = 512,
};

static void init(struct rresolve_cache *c)
{
	hash_seed(&c->seed);
	c->size = SLOTS_FIRST;
	c->slots = xcalloc(c->size, sizeof(struct rresolve_name *));
}

/* Entries lie together: a text asks for the same few pages again and again. */
struct rresolve_names_block {
	struct rresolve_names_block *next;
	struct rresolve_name names[BLOCK];
};

static uint64_t hash_of(const struct rresolve_cache *c, uint8_t family, struct u128 value)
{
	const uint64_t key[2] = { value.hi, value.lo };
	uint32_t quad = (uint32_t)value.lo;

	return family == 4 ? hash_bytes(&c->seed, &quad, sizeof(quad)) :
			     hash_bytes(&c->seed, key, sizeof(key));
}

uint64_t rresolve_cache_hash(struct rresolve_cache *c, uint8_t family, struct u128 value)
{
	uint64_t hash;

	if (!c->size)
		init(c);
	hash = hash_of(c, family, value);
	__builtin_prefetch(&c->slots[hash & (c->size - 1)]);
	return hash;
}

void rresolve_cache_fetch(const struct rresolve_cache *c, uint64_t hash)
{
	const struct rresolve_name *name = c->slots[hash & (c->size - 1)];

	if (name)
		__builtin_prefetch(name);
}

/* The slot that has the address, or the free one where it belongs. */
static struct rresolve_name **find(const struct rresolve_cache *c, uint64_t hash, uint8_t family,
				   struct u128 value)
{
	size_t i = (size_t)hash & (c->size - 1);

	while (c->slots[i] &&
	       (!u128_eq(c->slots[i]->value, value) || c->slots[i]->family != family))
		i = (i + 1) & (c->size - 1);
	return &c->slots[i];
}

static void free_text(struct rresolve_name *name)
{
	if (name->text != name->near)
		free(name->text);
	name->text = NULL;
}

void rresolve_cache_set(struct rresolve_name *name, const char *text, size_t n)
{
	char *to = name->near;

	free_text(name);
	name->len = (uint16_t)n;
	if (!text)
		return;
	if (n > sizeof(name->near))
		to = xmalloc(n);
	memcpy(to, text, n);
	name->text = to;
}

static struct rresolve_name *new_name(struct rresolve_cache *c)
{
	struct rresolve_name *name = c->spare;

	if (!name) {
		struct rresolve_names_block *block = xmalloc(sizeof(*block));

		block->next = c->blocks;
		c->blocks = block;
		for (size_t i = BLOCK; i-- > 0;) {
			block->names[i].next = c->spare;
			c->spare = &block->names[i];
		}
		name = c->spare;
	}
	c->spare = name->next;
	return name;
}

static void drop(struct rresolve_cache *c, struct rresolve_name *name)
{
	free_text(name);
	name->next = c->spare;
	c->spare = name;
}

/* Which entries a sweep takes out. */
enum sweep {
	SWEEP_NONE,   /* none: there shall be more slots */
	SWEEP_UNUSED, /* those that nobody holds and that were not seen since the last sweep */
	SWEEP_FREE,   /* all that nobody holds */
};

static bool is_swept(const struct rresolve_name *name, enum sweep sweep)
{
	if (sweep == SWEEP_NONE || name->held)
		return false;
	return sweep == SWEEP_FREE || !name->used;
}

/* Makes SIZE slots and puts the entries that stay into them. */
static void rebuild(struct rresolve_cache *c, size_t size, enum sweep sweep)
{
	struct rresolve_name **old = c->slots;
	size_t old_size = c->size;

	c->slots = xcalloc(size, sizeof(struct rresolve_name *));
	c->size = size;
	c->n = 0;
	for (size_t i = 0; i < old_size; i++) {
		struct rresolve_name *name = old[i];

		if (!name)
			continue;
		if (is_swept(name, sweep)) {
			drop(c, name);
			continue;
		}
		if (sweep != SWEEP_NONE)
			name->used = false;
		*find(c, hash_of(c, name->family, name->value), name->family, name->value) = name;
		c->n++;
	}
	free(old);
}

static void make_room(struct rresolve_cache *c)
{
	if (c->n >= c->max) {
		rebuild(c, c->size, SWEEP_UNUSED);
		if (c->n > c->max / 4 * 3)
			rebuild(c, c->size, SWEEP_FREE);
	}
	if (2 * (c->n + 1) > c->size)
		rebuild(c, c->size ? 2 * c->size : SLOTS_FIRST, SWEEP_NONE);
}

struct rresolve_name *rresolve_cache_hold(struct rresolve_cache *c, uint64_t hash, uint8_t family,
					  struct u128 value, bool *is_new)
{
	struct rresolve_name **slot, *name;

	slot = find(c, hash, family, value);
	name = *slot;
	if (!name) {
		if (c->n >= c->max || 2 * (c->n + 1) > c->size) {
			make_room(c);
			slot = find(c, hash, family, value);
		}
		name = new_name(c);
		*name = (struct rresolve_name){ .family = family, .value = value };
		*slot = name;
		c->n++;
		*is_new = true;
	} else {
		/* Who holds it waits for the answer that it has. */
		*is_new = name->done && !name->held && name->expires_ns <= c->now_ns;
		name->done &= !*is_new;
	}
	name->used = true;
	name->held++;
	return name;
}

void rresolve_cache_fini(struct rresolve_cache *c)
{
	for (size_t i = 0; i < c->size; i++)
		if (c->slots[i])
			free_text(c->slots[i]);
	for (struct rresolve_names_block *block = c->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(c->slots);
	c->blocks = NULL;
	c->slots = NULL;
	c->size = c->n = 0;
}
