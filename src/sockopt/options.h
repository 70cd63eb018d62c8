/* SPDX-License-Identifier: MIT */
/*
 * options.h - the table of socket options, and one option of one socket
 *
 * options.def holds the rows: adding an option is one line there.  An option that this
 * system does not have (another Unix) keeps its row, with a number of -1.
 */
#ifndef NETIPC_SOCKOPT_OPTIONS_H
#define NETIPC_SOCKOPT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "sockopt/value.h"

struct option_level {
	const char *name; /* "SOL_SOCKET" */
	int number;
	bool read;                /* its options are read and set, not only listed */
	short family_, protocol_; /* for option_applies() */
};

enum option_flags {
	OPTION_GET = 1 << 0,
	OPTION_SET = 1 << 1,
	OPTION_INPUT = 1 << 2,   /* getting needs input in the buffer */
	OPTION_DYNAMIC = 1 << 3, /* changes by itself */
	OPTION_TWICE = 1 << 4,   /* Linux keeps twice what is set */
	OPTION_UNKNOWN = 1 << 5, /* neither GET nor SET is known */
	OPTION_ONE_WAY = 1 << 6, /* setting it cannot be taken back, or destroys something */
	OPTION_VIEW = 1 << 7,    /* among the few that are looked at first */
	/* what getting does to the socket or to the caller */
	OPTION_CLEARS = 1 << 8,
	OPTION_CONSUMES = 1 << 9,
	OPTION_NEWFD = 1 << 10,
	OPTION_MODLOAD = 1 << 11,
	OPTION_MUTATES = 1 << 12,
	OPTION_SECRET = 1 << 13,
	OPTION_EFFECTS = 0x3f << 8,
	OPTION_RAW_ONLY = 1 << 14, /* it means something on raw sockets only */
};

/*
 * Without a pointer: a table of them has to be relocated at each start of the program.
 * The members with an underscore are for the functions below.
 */
struct option_row {
	int number;     /* -1 if this system does not have it */
	uint16_t flags; /* of enum option_flags */
	uint8_t type;   /* an enum value_type */
	uint8_t level_;
	uint16_t name_, since_, capability_, meaning_;
};

/* Rows chosen from the table, in its order. */
struct option_list VEC(const struct option_row *);

/* The table; N is how many rows. */
const struct option_row *options_all(size_t *n);

const struct option_level *option_level(const struct option_row *o);

/* The name ("SO_KEEPALIVE"), and texts that are "" if nothing is known. */
const char *option_name(const struct option_row *o);
const char *option_since(const struct option_row *o);
const char *option_capability(const struct option_row *o);
const char *option_meaning(const struct option_row *o);

/*
 * Appends to LIST the rows that TEXT names, in either case: all of a level ("IPPROTO_TCP",
 * "tcp"); else those with the name ("TCP_NODELAY"); else those with the name but for its
 * prefix ("nodelay").  Returns how many were appended.
 */
size_t options_find(struct option_list *list, const char *text);

/* The name nearest to TEXT, or NULL if none is near. */
const char *options_nearest(const char *text);

/*
 * Sockets of FAMILY, TYPE and PROTOCOL, as SO_DOMAIN, SO_TYPE and SO_PROTOCOL tell them, may have
 * O: to get it from others fails with ENOPROTOOPT or EOPNOTSUPP, or gives nonsense.
 */
bool option_applies(const struct option_row *o, int family, int type, int protocol);

/* What getting O does ("reading clears it"), or NULL if it does nothing. */
const char *option_effect(const struct option_row *o);

/* O can be got without input and without an effect. */
bool option_is_safe(const struct option_row *o);

/*
 * The option that shows what was set as O: O itself, or another (SO_RCVBUF for SO_RCVBUFFORCE).
 * NULL if none does.
 */
const struct option_row *option_readback(const struct option_row *o);

/*
 * Gets O of socket FD into V.  Returns 0 or the error number: ENOPROTOOPT or EOPNOTSUPP
 * if the socket does not have the option.
 */
int option_get(int fd, const struct option_row *o, struct value *v) MUST_CHECK;

/* Sets O of socket FD to V, a value of O's type.  Returns 0 or the error number. */
int option_set(int fd, const struct option_row *o, const struct value *v) MUST_CHECK;

#endif
