/* SPDX-License-Identifier: MIT */
/*
 * arena.h - many small pieces of memory that are freed together
 *
 *	struct arena a = { 0 };          empty
 *	s = arena_copy(&a, text, len);   good until arena_fini(), never moves
 *
 * Pieces are cut from chunks in a list; a large one gets a chunk of its own.
 */
#ifndef NETIPC_BASE_ARENA_H
#define NETIPC_BASE_ARENA_H

#include <stddef.h>

#include "base/macros.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* the one in use is the first */
	size_t shared;              /* of them, those that small pieces share */
};

/* SIZE bytes that are aligned for any type and not set to anything. */
void *arena_alloc(struct arena *a, size_t size) MUST_CHECK;

/* A copy of the N bytes at DATA with a NUL behind them. */
char *arena_copy(struct arena *a, const void *data, size_t n) MUST_CHECK;

/* Frees all that came from A and makes it empty. */
void arena_fini(struct arena *a);

#endif
