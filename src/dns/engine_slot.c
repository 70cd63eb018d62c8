/* SPDX-License-Identifier: MIT */
/* engine_slot.c - the queries that are under way: engine_impl.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/engine_impl.h"

enum {
	CHUNK = 256, /* slots that are allocated at once */
};

void engine_random(struct engine *e, void *to, size_t n)
{
	if (e->random_left < n) {
		if (compat_random(e->random, sizeof(e->random)) < 0)
			e->broken = errno;
		e->random_left = sizeof(e->random);
	}
	e->random_left -= n;
	memcpy(to, e->random + e->random_left, n);
}

struct engine_slot *engine_slot_at(const struct engine *e, uint32_t number)
{
	return &e->chunks.v[(number - 1) / CHUNK][(number - 1) % CHUNK];
}

static void add_slots(struct engine *e)
{
	struct engine_slot *chunk = xcalloc(CHUNK, sizeof(*chunk));

	for (unsigned i = 0; i < CHUNK; i++) {
		chunk[i].number = (uint32_t)(e->chunks.n * CHUNK + i + 1);
		engine_link_add(&e->free, &chunk[i].link);
	}
	*vec_push(&e->chunks) = chunk;
}

struct engine_slot *engine_hold(struct engine *e, struct engine_query *q)
{
	struct engine_slot *slot;
	uint32_t number;

	if (engine_ring_empty(&e->free))
		add_slots(e);
	/* The one that was freed last: its memory is the nearest. */
	slot = ENGINE_SLOT(e->free.prev, link);
	engine_link_del(&slot->link);
	number = slot->number;
	*slot = (struct engine_slot){ .q = q, .number = number };
	slot->left = (uint16_t)e->config.tries;
	if (e->config.random_case)
		engine_random(e, slot->letters, sizeof(slot->letters));
	q->slot = number;
	e->held++;
	return slot;
}

void engine_release(struct engine *e, struct engine_slot *slot)
{
	engine_land(e, slot);
	engine_timer_stop(e, slot);
	engine_link_del(&slot->link);
	engine_udp_forget(slot);
	free(slot->poor);
	slot->poor = NULL;
	slot->q->slot = 0;
	slot->q = NULL;
	engine_link_add(&e->free, &slot->link);
	e->held--;
}

void engine_free_slots(struct engine *e)
{
	for (size_t i = 0; i < e->chunks.n; i++) {
		for (unsigned j = 0; j < CHUNK; j++)
			free(e->chunks.v[i][j].poor);
		free(e->chunks.v[i]);
	}
	vec_fini(&e->chunks);
}

void engine_fly(struct engine *e, struct engine_slot *slot, struct engine_link *ring,
		uint64_t due_ns)
{
	slot->in_air = true;
	e->flying++;
	e->servers[slot->server].flying++;
	engine_link_add(ring, &slot->flying);
	engine_timer_set(e, slot, due_ns);
}

void engine_land(struct engine *e, struct engine_slot *slot)
{
	if (!slot->in_air)
		return;
	slot->in_air = false;
	e->flying--;
	e->servers[slot->server].flying--;
	engine_link_del(&slot->flying);
	engine_timer_stop(e, slot);
	if (slot->conn)
		slot->conn->n--;
	slot->conn = NULL;
}

void engine_again(struct engine *e, struct engine_slot *slot)
{
	engine_link_add(&e->again, &slot->link);
}
