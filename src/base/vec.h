/* SPDX-License-Identifier: MIT */
/*
 * vec.h - a growing array of one type
 *
 *	struct names VEC(char *);        a type with members V, N and CAP
 *	struct names names = { 0 };      empty
 *	*vec_push(&names) = xstrdup(s);  one more; the pointer is good until the next push
 *	vec_fini(&names);                frees the array, not what its elements point to
 */
#ifndef NETIPC_BASE_VEC_H
#define NETIPC_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

#include "base/xalloc.h"

#define VEC(type)              \
	{                      \
		type *v;       \
		size_t n, cap; \
	}

/* Grows the array at *V so that it can hold one more of SIZE bytes. */
static inline void *vec_grow(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 8;
	return xrealloc_array(v, *cap, size);
}

#define vec_push(a) \
	((a)->v = vec_grow((a)->v, (a)->n, &(a)->cap, sizeof(*(a)->v)), &(a)->v[(a)->n++])
#define vec_fini(a) (free((a)->v), (a)->v = NULL, (a)->n = (a)->cap = 0)

#endif
