/* SPDX-License-Identifier: MIT */
/*
 * libc_opens.h - how often the calls of libc.h open the file of a database
 *
 * A child makes the calls, whose libc has not been asked anything yet, and watches the file.
 * It sees that the file was opened, not by whom.
 */
#ifndef NETIPC_DB_LIBC_OPENS_H
#define NETIPC_DB_LIBC_OPENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db_type;

/* What to count. */
struct db_opens_task {
	const struct db_type *type;
	const char *path;  /* of the file */
	char *const *keys; /* N that are looked up, one after the other; a list if N is 0 */
	size_t n;
	bool stayopen; /* call set*ent(1) before */
};

enum {
	DB_OPENS_CALLS = 4, /* set*ent, get*ent, by name, by value */
};

/* How often each call was made, and the file opened by it, in the order of their first. */
struct db_opens {
	size_t n;
	struct db_opens_call {
		char call[24]; /* "getservbyname", "setservent(1)" */
		uint64_t times, opens;
	} calls[DB_OPENS_CALLS];
};

/* Does TASK; a key that cannot be one is left out.  -1 with ERR_SYSTEM if it cannot be counted. */
int db_opens_count(struct db_opens *opens, const struct db_opens_task *task,
		   struct err *err) MUST_CHECK;

/* Private to db/ from here: what the child tells. */
struct db_opens_report {
	struct err err; /* or ERR_NONE */
	struct db_opens opens;
};

/* Does TASK, sends a report to FD, and ends. */
void db_opens_child(int fd, const struct db_opens_task *task) NORETURN;

/*
 * What differs between systems: a descriptor that watches PATH, to be closed with close(2), and
 * how often the file was opened since the last call.
 */
int db_opens_watch(const char *path, struct err *err) MUST_CHECK;
int db_opens_drain(int fd, uint64_t *opens, struct err *err) MUST_CHECK;

#endif
