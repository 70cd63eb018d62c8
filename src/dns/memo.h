/* SPDX-License-Identifier: MIT */
/*
 * memo.h - questions that are under way or answered, each once
 *
 * A key, any bytes, names a question.  Who needs its answer holds the entry; an entry that
 * nobody holds is kept for the next one who asks, until there are more than MAX of them or it
 * is too old, the least recently held one going first.  Entries do not move.
 *
 *	e = memo_hold(m, key, len, now, &is_new);   is_new: look it up, then e->done = true
 *	...
 *	memo_release(m, e);
 */
#ifndef NETIPC_DNS_MEMO_H
#define NETIPC_DNS_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct memo_entry {
	void *answer; /* the owner's */
	void *user;   /* the same, for who waits for the answer: NULL in a new one */
	bool done;
	uint64_t expires_ns; /* no longer kept after that; 0: no limit */
	uint16_t key_len;
	const char *key; /* KEY_LEN bytes and a NUL */

	uint32_t held; /* private from here */
	struct memo_entry *chain, *newer, *older;
	uint64_t hash;
};

struct memo;

/* FORGET frees the answer of an entry that is given up. */
struct memo *memo_new(size_t max, void (*forget)(void *owner, struct memo_entry *e), void *owner);
void memo_free(struct memo *m);

/*
 * Holds the entry of KEY (LEN <= 65535); IS_NEW if it was not there, or only an old one that
 * nobody held: then DONE is false and ANSWER is NULL.  NOW_NS as of clock_now_ns().
 */
struct memo_entry *memo_hold(struct memo *m, const void *key, size_t len, uint64_t now_ns,
			     bool *is_new) MUST_CHECK;
void memo_release(struct memo *m, struct memo_entry *e);

/* Entries that there are. */
size_t memo_size(const struct memo *m);

#endif
