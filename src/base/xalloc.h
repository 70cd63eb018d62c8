/* SPDX-License-Identifier: MIT */
/*
 * xalloc.h - memory that is there or the process ends
 *
 * Out of memory has one answer: a line on standard error and status 3, so no
 * caller has a path for it.  Sizes are checked for overflow.  What these return
 * is given back with free(3).
 */
#ifndef NETIPC_BASE_XALLOC_H
#define NETIPC_BASE_XALLOC_H

#include <stddef.h>

#include "base/macros.h"

/* As malloc(3), calloc(3), strdup(3) and strndup(3); never NULL. */
void *xmalloc(size_t size) MUST_CHECK;
void *xcalloc(size_t n, size_t size) MUST_CHECK;
char *xstrdup(const char *s) MUST_CHECK;
char *xstrndup(const char *s, size_t n) MUST_CHECK;

/* As realloc(3) to N elements of SIZE bytes; never NULL. */
void *xrealloc_array(void *p, size_t n, size_t size) MUST_CHECK;

/* As asprintf(3), but returns the text. */
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_CHECK;

#endif
