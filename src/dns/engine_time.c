/* SPDX-License-Identifier: MIT */
/*
 * engine_time.c - the time-outs of the queries: engine_impl.h
 *
 * A wheel: a bucket for each tick of the next two seconds, so that setting and stopping take
 * the same short time however many there are.  What is due later goes into the last bucket
 * and is put off from there.
 */
#include "dns/engine_impl.h"

enum {
	MASK = ENGINE_WHEEL - 1,
	WORD = 64,
};

/* The tick at whose begin DUE_NS has passed. */
static uint64_t tick_after(uint64_t due_ns)
{
	return (due_ns >> ENGINE_TICK_SHIFT) + 1;
}

static void put(struct engine *e, struct engine_slot *slot)
{
	uint64_t tick = tick_after(slot->due_ns);

	if (tick <= e->tick)
		tick = e->tick + 1;
	if (tick - e->tick > MASK)
		tick = e->tick + MASK;
	slot->bucket = (uint16_t)(tick & MASK);
	engine_link_add(&e->wheel[slot->bucket], &slot->timer);
	e->marks[slot->bucket / WORD] |= UINT64_C(1) << slot->bucket % WORD;
}

void engine_timer_stop(struct engine *e, struct engine_slot *slot)
{
	engine_link_del(&slot->timer);
	if (engine_ring_empty(&e->wheel[slot->bucket]))
		e->marks[slot->bucket / WORD] &= ~(UINT64_C(1) << slot->bucket % WORD);
}

void engine_timer_set(struct engine *e, struct engine_slot *slot, uint64_t due_ns)
{
	engine_timer_stop(e, slot);
	slot->due_ns = due_ns;
	put(e, slot);
}

/* All that BUCKET has goes to RING. */
static void take(struct engine *e, unsigned bucket, struct engine_link *ring)
{
	struct engine_link *head = &e->wheel[bucket];

	engine_ring(ring);
	if (engine_ring_empty(head))
		return;
	*ring = *head;
	ring->next->prev = ring->prev->next = ring;
	engine_ring(head);
	e->marks[bucket / WORD] &= ~(UINT64_C(1) << bucket % WORD);
}

void engine_timers(struct engine *e)
{
	uint64_t now = e->now_ns >> ENGINE_TICK_SHIFT, from = e->tick + 1;
	struct engine_link ring;

	if (now < from)
		return;
	if (now - from > MASK)
		from = now - MASK; /* each bucket once */
	e->tick = now;
	for (uint64_t tick = from; tick <= now; tick++) {
		take(e, (unsigned)(tick & MASK), &ring);
		while (!engine_ring_empty(&ring)) {
			struct engine_slot *slot = ENGINE_SLOT(ring.next, timer);

			engine_link_del(&slot->timer);
			if (tick_after(slot->due_ns) <= now)
				engine_due(e, slot);
			else
				put(e, slot);
		}
	}
}

uint64_t engine_timers_next(const struct engine *e)
{
	for (unsigned n = 1; n <= MASK; n++) {
		unsigned bucket = (unsigned)((e->tick + n) & MASK);
		uint64_t word = e->marks[bucket / WORD] >> bucket % WORD;

		if (word & 1)
			return (e->tick + n) << ENGINE_TICK_SHIFT;
		if (!word)
			n += WORD - 1 - bucket % WORD; /* to the end of the word */
	}
	return UINT64_MAX;
}
