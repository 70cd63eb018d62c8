/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - what a socket is and which values its options have, at one moment
 *
 * It is taken with a few system calls, so that a socket of somebody else is held as short as can
 * be; what is printed is worked out afterwards.
 */
#ifndef NETIPC_SOCKOPT_SNAPSHOT_H
#define NETIPC_SOCKOPT_SNAPSHOT_H

#include "net/sa.h"
#include "sockopt/options.h"

struct snapshot_value {
	const struct option_row *row;
	size_t place; /* of the row in the plan */
	int code;     /* 0 or the error number of getsockopt(2) */
	struct value value;
};

/* What a value is looked up by: close together, for that is done often. */
struct snapshot_key {
	int level, number;
};

struct snapshot {
	int family, type, protocol; /* of socket(2); -1 if unknown */
	bool has_local, has_peer;
	struct sa local, peer;
	int state;       /* of enum snapshot_state */
	uint64_t cookie; /* of its network namespace, 0 if unknown */
	int no_address;  /* 0, or the error number: the system could not tell an address */
	int no_value;    /* the same of a value */
	size_t n;        /* of VALUES */
	struct snapshot_value *values;
	struct snapshot_key *keys; /* private from here: of VALUES */
	size_t cap;
	struct value info;   /* TCP_INFO, of which STATE is; LEN is 0 if there is none */
	struct value memory; /* SO_MEMINFO if more than one option is of it; else LEN is 0 */
};

/* TCP's by their numbers in Linux, which other sockets share as ss(8) does. */
enum snapshot_state {
	STATE_UNKNOWN = 0,
	STATE_ESTAB = 1,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT_1,
	STATE_FIN_WAIT_2,
	STATE_TIME_WAIT,
	STATE_UNCONN, /* CLOSE */
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,
	STATES,
};

/* "ESTAB", "LISTEN"; "UNKNOWN" for what is none. */
const char *snapshot_state_name(int state);

/* The state that TEXT names in either case ("estab", "established", "fin-wait-1"), or -1. */
int snapshot_state_parse(const char *text);

enum {
	SNAPSHOT_KIND = 72, /* bytes of the words below */
};

/* "inet", "stream" */
const char *snapshot_family(char buf[static SNAPSHOT_KIND], const struct snapshot *s);
const char *snapshot_type(char buf[static SNAPSHOT_KIND], const struct snapshot *s);

/* "tcp", "udp", "unix-stream": what kind of socket S is. */
const char *snapshot_kind(char buf[static SNAPSHOT_KIND], const struct snapshot *s);

/* What is to be read.  Zero it, then set the first members. */
struct snapshot_plan {
	struct option_list rows;
	bool force; /* also what reading has an effect on */

	/* private: kinds of socket, and which rows they are asked for */
	struct snapshot_kinds VEC(struct snapshot_asks) kinds;
};

/*
 * Reads socket FD: what it is, and the options of PLAN that are safe to read of a socket that may
 * belong to somebody else.  An option that this kind of socket does not have is left out, and not
 * asked for again.
 */
void snapshot_take(struct snapshot *s, int fd, struct snapshot_plan *plan);

/* The same by hand: empties S and makes room for N values; adds one of ROW, without bytes yet. */
void snapshot_clear(struct snapshot *s, size_t n);
struct snapshot_value *snapshot_add(struct snapshot *s, const struct option_row *row);

/* The value of the option of LEVEL and NUMBER that was read, or NULL. */
const struct value *snapshot_value(const struct snapshot *s, int level, int number);

/* The same as a number; false if there is none. */
bool snapshot_number(const struct snapshot *s, int level, int number, long long *n);

/* What S has for the row of V, a value of another snapshot of the same plan; NULL if nothing. */
const struct value *snapshot_same(const struct snapshot *s, const struct snapshot *other,
				  const struct snapshot_value *v);

void snapshot_fini(struct snapshot *s);
void snapshot_plan_fini(struct snapshot_plan *plan);

#endif
