/* SPDX-License-Identifier: MIT */
/* saved_impl.h - the members of a saved result, which one table has: private to echo/saved*.c */
#ifndef NETIPC_ECHO_SAVED_IMPL_H
#define NETIPC_ECHO_SAVED_IMPL_H

#include <stddef.h>

#include "echo/saved.h"

enum {
	SAVED_VERSION = 1,
};

/* How a member is written, and read again. */
enum saved_type {
	SAVED_NUMBER,
	SAVED_YES, /* a number, 0 or 1, as false or true */
	SAVED_WORD,
	SAVED_TEXT, /* a string or null */
	SAVED_HIST,
	SAVED_BUCKETS, /* [[bucket, count], ...] of the struct hist itself */
};

/* What becomes of it when two are merged. */
enum saved_rule {
	SAVED_ALIKE, /* it must not differ */
	SAVED_SUM,
	SAVED_LEAST,
	SAVED_MOST,
	SAVED_OWN, /* by code of its own */
};

struct saved_member {
	const char *name;
	enum saved_type type;
	enum saved_rule rule;
	size_t offset;
	unsigned modes; /* that have it: bits 1 << MODE */
	const char *const *words;
};

/*
 * The members in the order in which they are written, and those of a histogram; a NULL name ends
 * the list.  Not more than 64 each.
 */
extern const struct saved_member saved_members[], saved_hist_members[];

/* Where OBJECT, a struct saved or a struct hist, has M. */
static inline void *saved_place(void *object, const struct saved_member *m)
{
	return (char *)object + m->offset;
}

static inline const void *saved_value(const void *object, const struct saved_member *m)
{
	return (const char *)object + m->offset;
}

static inline uint64_t saved_number(const void *object, const struct saved_member *m)
{
	return *(const uint64_t *)saved_value(object, m);
}

static inline uint64_t saved_elapsed(const struct saved *s)
{
	return s->mode == SAVED_PING ? s->ping.elapsed_ns : s->load.elapsed_ns;
}

#endif
