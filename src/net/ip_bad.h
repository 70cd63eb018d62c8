/* SPDX-License-Identifier: MIT */
/* ip_bad.h - errors that say what in a text is wrong, and in which column */
#ifndef NETIPC_NET_IP_BAD_H
#define NETIPC_NET_IP_BAD_H

#include <stddef.h>

#include "base/err.h"

/* A text that is being read. */
struct ip_source {
	const char *start, *end;
	size_t before;    /* bytes of the user's text that stand before START */
	const char *what; /* what it should be: "an address" */
	struct err *err;
};

/* Fails with ERR_USAGE: "TEXT" is not WHAT: REASON (column of AT). */
int ip_bad(const struct ip_source *t, const char *at, const char *reason);

/* The same for the byte AT, or the end, where something else is WANTED. */
int ip_bad_byte(const struct ip_source *t, const char *at, const char *wanted);

/* The caller's compiler sees that they always return -1. */
#define ip_bad(...)      (ip_bad(__VA_ARGS__), err_failed())
#define ip_bad_byte(...) (ip_bad_byte(__VA_ARGS__), err_failed())

#endif
