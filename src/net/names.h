/* SPDX-License-Identifier: MIT */
/*
 * names.h - the constants of the socket calls by name
 *
 * AF_, SOCK_, IPPROTO_, AI_ and NI_: those that the platform has, from names.def.  The
 * EAI_ numbers are dns/gai.h's.
 */
#ifndef NETIPC_NET_NAMES_H
#define NETIPC_NET_NAMES_H

#include <stdbool.h>

#include "base/err.h"

enum names_set {
	NAMES_AF,
	NAMES_SOCK,
	NAMES_IPPROTO,
	NAMES_AI,
	NAMES_NI,
};

enum {
	NAMES_STRLEN = 32, /* bytes that names_word() needs */
};

/* The constant of SET that has VALUE ("SOCK_STREAM"), or NULL. */
const char *names_of(enum names_set set, int value);

/*
 * The same as a user writes it, without the prefix and in lower case ("stream"); the
 * number if it has no name.  Returns BUF.
 */
char *names_word(char buf[static NAMES_STRLEN], enum names_set set, int value);

/*
 * The value of TEXT in SET: the constant or its word, in either case ("SOCK_STREAM",
 * "stream").  False if there is none, and nothing is stored.
 */
bool names_value(enum names_set set, const char *text, int *value);

/*
 * ORs the constants that CHOSEN asks for into *BITS: its bit I (1U << I) stands for the
 * constant called NAMES[I] ("AI_IDN").  ERR_USAGE if the platform does not have it.
 */
int names_bits(int *bits, enum names_set set, const char *const *names, unsigned chosen,
	       struct err *err) MUST_CHECK;

#endif
