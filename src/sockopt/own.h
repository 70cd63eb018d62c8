/* SPDX-License-Identifier: MIT */
/* own.h - a fresh socket of this process: what it has, and what becomes of what is set */
#ifndef NETIPC_SOCKOPT_OWN_H
#define NETIPC_SOCKOPT_OWN_H

#include "sockopt/options.h"

/* What socket(2) takes. */
struct own_kind {
	int family, type, protocol;
};

/* Opens a socket of KIND, close-on-exec.  -1 with ERR_SYSTEM. */
int own_open(const struct own_kind *kind, struct err *err) MUST_CHECK;

/* What socket FD is; -1 where the system does not tell, or FD is no socket. */
void own_kind(int fd, struct own_kind *kind);

/*
 * O may be read of an own socket: it is safe; or SO_ERROR, whose error nobody waits for; or not in
 * the table.
 */
bool own_reads(const struct option_row *o);

/* How an option that was set compares with what was asked. */
enum own_outcome {
	OWN_SET,        /* as asked */
	OWN_DOUBLED,    /* twice of it, which is what Linux does with this option */
	OWN_DIFFERENT,  /* the kernel changed it */
	OWN_REFUSED,    /* setsockopt(2) failed */
	OWN_UNREADABLE, /* set; it cannot be read back */
};

struct own_try {
	struct value asked; /* filled by the caller */
	struct value was, got;
	int was_code, set_code, got_code; /* 0 or the error number */
	enum own_outcome outcome;
};

/* What T's codes and values come to; ASKED and GOT are O's. */
enum own_outcome own_compare(const struct option_row *o, const struct own_try *t);

/*
 * Reads O of socket FD, sets it to T->asked, and reads it again; option_readback() says what is
 * read.
 */
void own_try(int fd, const struct option_row *o, struct own_try *t);

#endif
