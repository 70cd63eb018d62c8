/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/xalloc.h"

enum {
	CHUNK = 32768 - 64, /* bytes of a chunk that small pieces share */
	MANY = 32,          /* chunks of an arena that will be large */
};

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static struct arena_chunk *new_chunk(size_t size)
{
	struct arena_chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		size = SIZE_MAX - sizeof(*c); /* more than there can be: xmalloc() says so */
	c = xmalloc(sizeof(*c) + size);
	c->used = 0;
	c->size = size;
	return c;
}

/* A chunk for small pieces; once there are many, a large one that costs one page fault. */
static struct arena_chunk *new_shared_chunk(struct arena *a)
{
	struct arena_chunk *c = a->shared < MANY ? NULL : compat_alloc_huge();

	a->shared++;
	if (!c)
		return new_chunk(CHUNK);
	c->used = 0;
	c->size = COMPAT_HUGE - sizeof(*c);
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t unit = alignof(max_align_t);
	struct arena_chunk *c = a->chunks;
	void *p;

	if (size <= SIZE_MAX - unit)
		size = (size + unit - 1) / unit * unit;
	if (!c || size > c->size - c->used) {
		bool alone = size > CHUNK / 4;

		c = alone ? new_chunk(size) : new_shared_chunk(a);
		if (alone && a->chunks) { /* what the first has left is still of use */
			c->next = a->chunks->next;
			a->chunks->next = c;
		} else {
			c->next = a->chunks;
			a->chunks = c;
		}
	}
	p = c->data + c->used;
	c->used += size;
	return p;
}

char *arena_copy(struct arena *a, const void *data, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, data, n);
	copy[n] = '\0';
	return copy;
}

void arena_fini(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->shared = 0;
}
