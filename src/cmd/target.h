/* SPDX-License-Identifier: MIT */
/* target.h - operands that name where to listen or to connect: private to cmd/ */
#ifndef NETIPC_CMD_TARGET_H
#define NETIPC_CMD_TARGET_H

#include "base/vec.h"
#include "cli/command.h"
#include "net/sa.h"

/* Addresses, in the order in which they are to be used. */
struct targets VEC(struct sa);

/* What is looked for; HOST and SERVICE are the user's words. */
struct target {
	const char *host;    /* NULL: the wildcard address */
	const char *service; /* a port or a service's name */
	int type;            /* SOCK_ */
	bool only4, only6;
};

/* Takes "HOST:PORT", "[v6]:PORT", ":PORT" or "PORT" apart; free both with free(3). */
int target_split(const char *text, char **host, char **service, struct err *err) MUST_CHECK;

/*
 * Appends the addresses of WHAT to TARGETS.  A name is asked of getaddrinfo(3), for which
 * O is flushed; a number must be a whole address as "netipc addr" takes it.
 */
int target_resolve(struct targets *targets, const struct target *what, struct cli *cli,
		   struct out *o, struct err *err) MUST_CHECK;

/* Sets column COL of a record to SA with its port. */
void target_column(struct out *o, unsigned col, const struct sa *sa);

/* Appends the UNIX address of PATH: a path, or @NAME for an abstract one. */
int target_unix(struct targets *targets, const char *path, struct err *err) MUST_CHECK;

#endif
