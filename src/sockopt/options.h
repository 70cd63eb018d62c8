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
	OPTION_UNNAMED = 1 << 14, /* not in the table: nothing is known of it */
	OPTION_EFFECTS = 0x7f << 8,
	OPTION_RAW_ONLY = 1 << 15, /* it means something on raw sockets only */
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

/*
 * An option by its numbers, of which the table has nothing, or not as this type.  It must stay
 * while its row is used.
 */
struct option_custom {
	struct option_row row; /* goes where any row goes */
	struct option_level level;
	char name[48], level_name[16];
};

/*
 * Reads "LEVEL:NUMBER" or "LEVEL:NUMBER:TYPE": the level a number or a name with or without
 * its prefix, the type one of value_type_name() whose values can be written, or "raw"; without
 * it, the table's, or an int.  End with free(); NULL with ERR_USAGE.
 */
struct option_custom *option_custom(const char *text, struct err *err) MUST_CHECK;

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

/* The row of the level and the option of these numbers, or NULL. */
const struct option_row *options_number(int level, int number);

/* TEXT names LEVEL: "IPPROTO_TCP", "SOL_TCP" or "tcp", in either case. */
bool option_level_is(const struct option_level *level, const char *text);

/*
 * Appends to LIST the rows that TEXT names, in either case: all of a level ("IPPROTO_TCP",
 * "SOL_TCP", "tcp"); else those with the name ("TCP_NODELAY"); else those with the name but for its
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

/* For options_custom.c alone. */
enum {
	OPTION_LEVEL_CUSTOM = UINT8_MAX, /* LEVEL_ of a struct option_custom */
	OPTION_ANY = -1,                 /* FAMILY_ and PROTOCOL_: all sockets */
};
void option_no_texts(struct option_row *o);

#endif
