/* SPDX-License-Identifier: MIT */
#include "dns/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

enum {
	FIRST_CHAINS = 1024, /* a power of two */
};

struct memo {
	void (*forget)(void *owner, struct memo_entry *e);
	void *owner;
	size_t max, n;
	struct memo_entry **chains;
	size_t nchains;
	struct memo_entry *newest, *oldest; /* of those that nobody holds */
	struct hash_seed seed;
};

struct memo *memo_new(size_t max, void (*forget)(void *owner, struct memo_entry *e), void *owner)
{
	struct memo *m = xcalloc(1, sizeof(*m));

	m->forget = forget;
	m->owner = owner;
	m->max = max;
	m->nchains = FIRST_CHAINS;
	m->chains = xcalloc(m->nchains, sizeof(struct memo_entry *));
	hash_seed(&m->seed);
	return m;
}

static struct memo_entry **chain_of(const struct memo *m, uint64_t hash)
{
	return &m->chains[hash & (m->nchains - 1)];
}

static void grow(struct memo *m)
{
	struct memo_entry **old = m->chains;
	size_t n = m->nchains;

	m->nchains = 2 * n;
	m->chains = xcalloc(m->nchains, sizeof(struct memo_entry *));
	for (size_t i = 0; i < n; i++) {
		for (struct memo_entry *e = old[i], *next; e; e = next) {
			struct memo_entry **chain = chain_of(m, e->hash);

			next = e->chain;
			e->chain = *chain;
			*chain = e;
		}
	}
	free(old);
}

static struct memo_entry *find(const struct memo *m, const void *key, size_t len, uint64_t hash)
{
	struct memo_entry *e = *chain_of(m, hash);

	while (e && (e->hash != hash || e->key_len != len || memcmp(e->key, key, len) != 0))
		e = e->chain;
	return e;
}

/* E is no longer one of those that nobody holds. */
static void unkeep(struct memo *m, struct memo_entry *e)
{
	*(e->newer ? &e->newer->older : &m->newest) = e->older;
	*(e->older ? &e->older->newer : &m->oldest) = e->newer;
	e->newer = e->older = NULL;
}

static void clear(struct memo *m, struct memo_entry *e)
{
	if (m->forget && e->answer)
		m->forget(m->owner, e);
	e->answer = NULL;
	e->done = false;
	e->expires_ns = 0;
}

/* Gives up E, which nobody holds. */
static void drop(struct memo *m, struct memo_entry *e)
{
	struct memo_entry **at = chain_of(m, e->hash);

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	unkeep(m, e);
	clear(m, e);
	free(e);
	m->n--;
}

static struct memo_entry *add(struct memo *m, const void *key, size_t len, uint64_t hash)
{
	struct memo_entry *e = xcalloc(1, sizeof(*e) + len + 1), **chain;
	char *copy = (char *)(e + 1);

	while (m->n >= m->max && m->oldest)
		drop(m, m->oldest);
	if (2 * m->n >= m->nchains) /* most chains are empty: a miss reads no other entry */
		grow(m);
	if (len)
		memcpy(copy, key, len);
	e->key = copy;
	e->key_len = (uint16_t)len;
	e->hash = hash;
	chain = chain_of(m, hash);
	e->chain = *chain;
	*chain = e;
	m->n++;
	return e;
}

struct memo_entry *memo_hold(struct memo *m, const void *key, size_t len, uint64_t now_ns,
			     bool *is_new)
{
	uint64_t hash = hash_bytes(&m->seed, key, len);
	struct memo_entry *e = find(m, key, len, hash);

	*is_new = !e;
	if (!e) {
		e = add(m, key, len, hash);
	} else if (!e->held) {
		unkeep(m, e);
		*is_new = !e->done || (e->expires_ns && e->expires_ns <= now_ns);
		if (*is_new)
			clear(m, e);
	}
	e->held++;
	return e;
}

void memo_release(struct memo *m, struct memo_entry *e)
{
	if (--e->held)
		return;
	e->older = m->newest;
	*(m->newest ? &m->newest->newer : &m->oldest) = e;
	m->newest = e;
	if (!e->done || m->n > m->max)
		drop(m, e->done ? m->oldest : e);
}

size_t memo_size(const struct memo *m)
{
	return m->n;
}

void memo_free(struct memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->nchains; i++) {
		for (struct memo_entry *e = m->chains[i], *next; e; e = next) {
			next = e->chain;
			clear(m, e);
			free(e);
		}
	}
	free(m->chains);
	free(m);
}
