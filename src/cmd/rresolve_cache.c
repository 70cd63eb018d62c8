/* SPDX-License-Identifier: MIT */
/* rresolve_cache.c - the names of the addresses that a filter has seen of late */
#include <stdlib.h>

#include "cmd/rresolve_impl.h"

enum {
	SLOTS_FIRST = 4096,
};

static size_t slot_of(const struct rresolve_cache *c, uint8_t family, struct u128 value)
{
	const uint64_t key[2] = { value.hi, value.lo };
	uint32_t quad = (uint32_t)value.lo;
	uint64_t hash = family == 4 ? hash_bytes(&c->seed, &quad, sizeof(quad)) :
				      hash_bytes(&c->seed, key, sizeof(key));

	return (size_t)hash & (c->size - 1);
}

/* The slot that has the address, or the free one where it belongs. */
static struct rresolve_name **find(const struct rresolve_cache *c, uint8_t family,
				   struct u128 value)
{
	size_t i = slot_of(c, family, value);

	while (c->slots[i] &&
	       (!u128_eq(c->slots[i]->value, value) || c->slots[i]->family != family))
		i = (i + 1) & (c->size - 1);
	return &c->slots[i];
}

static void drop(struct rresolve_name *name)
{
	free(name->text);
	free(name);
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
			drop(name);
			continue;
		}
		if (sweep != SWEEP_NONE)
			name->used = false;
		*find(c, name->family, name->value) = name;
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

struct rresolve_name *rresolve_cache_hold(struct rresolve_cache *c, uint8_t family,
					  struct u128 value, uint64_t now_ns, bool *is_new)
{
	struct rresolve_name **slot, *name;

	if (!c->size) {
		hash_seed(&c->seed);
		rebuild(c, SLOTS_FIRST, SWEEP_NONE);
	}
	slot = find(c, family, value);
	name = *slot;
	if (!name) {
		if (c->n >= c->max || 2 * (c->n + 1) > c->size) {
			make_room(c);
			slot = find(c, family, value);
		}
		name = xcalloc(1, sizeof(*name));
		name->family = family;
		name->value = value;
		*slot = name;
		c->n++;
		*is_new = true;
	} else {
		/* Who holds it waits for the answer that it has. */
		*is_new = name->done && !name->held && name->expires_ns <= now_ns;
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
			drop(c->slots[i]);
	free(c->slots);
	c->slots = NULL;
	c->size = c->n = 0;
}
