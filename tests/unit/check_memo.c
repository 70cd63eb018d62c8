/* SPDX-License-Identifier: MIT */
#include "dns/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "unit.h"

enum {
	KEYS = 60,
	MAX = 20,
	STEPS = 50000,
};

/* What the memo is to know of each key. */
struct model {
	struct memo_entry *e; /* while it is there */
	unsigned held;
	uint64_t used; /* when it was last held */
	uint64_t expires;
	bool done;
};

struct world {
	struct model keys[KEYS];
	size_t n;
	int answers[KEYS];
	unsigned forgotten;
};

static void forget(void *owner, struct memo_entry *e)
{
	struct world *w = owner;
	int *answer = e->answer;

	ck_assert_uint_eq(w->keys[answer - w->answers].held, 0);
	ck_assert_int_eq(*answer, 1);
	*answer = 0;
	w->forgotten++;
}

/* The one that was released first of those that nobody holds. */
static struct model *oldest(struct world *w)
{
	struct model *old = NULL;

	for (size_t i = 0; i < KEYS; i++)
		if (w->keys[i].e && !w->keys[i].held && (!old || w->keys[i].used < old->used))
			old = &w->keys[i];
	return old;
}

static void shrink(struct world *w, size_t max)
{
	while (w->n > max && oldest(w)) {
		oldest(w)->e = NULL;
		w->n--;
	}
}

static void hold(struct world *w, struct memo *m, size_t i, uint64_t now)
{
	struct model *k = &w->keys[i];
	bool fresh, old = k->e && !k->held && (k->expires && k->expires <= now);
	struct memo_entry *e;
	unsigned key = (unsigned)i;

	if (!k->e) /* it needs a place */
		shrink(w, MAX - 1);
	e = memo_hold(m, &key, sizeof(key), now, &fresh);
	ck_assert_int_eq(fresh, !k->e || old);
	if (k->e)
		ck_assert_ptr_eq(k->e, e);
	ck_assert_uint_eq(e->key_len, sizeof(key));
	ck_assert_mem_eq(e->key, &key, sizeof(key));
	ck_assert_int_eq(e->key[sizeof(key)], 0);
	if (fresh) {
		ck_assert(!e->done && !e->answer);
		w->n += !k->e;
		*k = (struct model){ .e = e };
	} else {
		ck_assert_int_eq(e->done, k->done);
		ck_assert_ptr_eq(e->answer, k->done ? &w->answers[i] : NULL);
	}
	k->held++;
}

static void finish(struct world *w, size_t i, uint64_t now)
{
	struct model *k = &w->keys[i];

	if (!k->held || k->done)
		return;
	k->done = k->e->done = true;
	k->e->answer = &w->answers[i];
	w->answers[i] = 1;
	k->expires = k->e->expires_ns = rand() % 2 ? now + (uint64_t)(rand() % 100) : 0;
}

static void release(struct world *w, struct memo *m, size_t i, uint64_t now)
{
	struct model *k = &w->keys[i];
	struct memo_entry *e = k->e;

	if (!k->held)
		return;
	k->used = now;
	if (--k->held == 0 && !k->done) {
		k->e = NULL;
		w->n--;
	} else if (k->held == 0) {
		shrink(w, MAX);
	}
	memo_release(m, e);
}

START_TEST(model)
{
	static struct world w;
	struct memo *m = memo_new(MAX, forget, &w);

	srand(1);
	for (uint64_t now = 1; now <= STEPS; now++) {
		size_t i = (size_t)(rand() % KEYS);

		switch (rand() % 5) {
		case 0:
			hold(&w, m, i, now);
			break;
		case 1:
			finish(&w, i, now);
			break;
		case 2:
		case 3:
		case 4:
			release(&w, m, i, now);
			break;
		}
		ck_assert_uint_eq(memo_size(m), w.n);
		/* Not an assertion for each: one costs libcheck more than all of this. */
		for (i = 0; i < KEYS && w.answers[i] == (w.keys[i].e && w.keys[i].done); i++)
			;
		ck_assert_uint_eq(i, KEYS);
	}
	ck_assert_uint_gt(w.forgotten, 0);
	for (size_t i = 0; i < KEYS; i++)
		w.keys[i].held = 0;
	memo_free(m);
	for (size_t i = 0; i < KEYS; i++)
		ck_assert_int_eq(w.answers[i], 0);
}
END_TEST

START_TEST(large)
{
	struct memo *m = memo_new(SIZE_MAX, NULL, NULL);
	bool fresh;

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 100000; i++) {
			struct memo_entry *e = memo_hold(m, &i, sizeof(i), 0, &fresh);

			ck_assert_int_eq(fresh, round == 0);
			e->done = true;
			memo_release(m, e);
		}
		ck_assert_uint_eq(memo_size(m), 100000);
	}
	memo_free(m);
	memo_free(NULL);
}
END_TEST

START_TEST(joined)
{
	struct memo *m = memo_new(0, NULL, NULL);
	struct memo_entry *a, *b;
	bool fresh;

	a = memo_hold(m, "", 0, 5, &fresh);
	ck_assert(fresh);
	b = memo_hold(m, "", 0, 5, &fresh);
	ck_assert(!fresh && a == b);
	a->done = true;
	a->expires_ns = 4; /* who holds it has it, however old it is */
	ck_assert_ptr_eq(memo_hold(m, "", 0, 5, &fresh), a);
	ck_assert(!fresh);
	memo_release(m, a);
	memo_release(m, a);
	ck_assert_uint_eq(memo_size(m), 1);
	memo_release(m, a);
	ck_assert_uint_eq(memo_size(m), 0); /* MAX */
	memo_free(m);
}
END_TEST

UNIT_MAIN("memo", joined, large, model)
