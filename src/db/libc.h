/* SPDX-License-Identifier: MIT */
/*
 * libc.h - the lecture's calls, one table a database
 *
 * gethostent(3), getprotoent(3), getservent(3) and their kin answer in static storage and
 * are obsolete; libc.c is the only file that may call them, and copies what they give.
 */
#ifndef NETIPC_DB_LIBC_H
#define NETIPC_DB_LIBC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_key;
struct db_type;

struct db_libc {
	const char *set_call;  /* "setservent(1)" */
	const char *list_call; /* "getservent" */
	void (*set)(int stayopen);
	void (*end)(void);
	/* Adds the next entry of the list as a row; false at the end. */
	bool (*next)(struct db *db);
	/* Adds the entry of KEY as a row, and sets DB->call. */
	int (*find)(struct db *db, const struct db_key *key, struct err *err);
};

extern const struct db_libc db_libc_hosts, db_libc_protocols, db_libc_services;

/* How often one call was made, and the file opened by it. */
struct db_opens_call {
	char call[24]; /* "getservbyname" */
	uint64_t times, opens;
};

enum {
	DB_OPENS_CALLS = 4, /* set*ent, get*ent, by name, by value */
};

/* The calls in the order of their first. */
struct db_opens {
	size_t n;
	struct db_opens_call calls[DB_OPENS_CALLS];
};

/*
 * Looks up the N KEYS of TYPE, or with none lists, by libc's calls, after set*ent(1) if
 * STAYOPEN, and counts how often the file PATH is opened meanwhile: by anyone.  A child does
 * that, whose libc has not been asked anything yet.  A key that cannot be one is left out.
 * -1 with ERR_SYSTEM if it cannot be counted.
 */
int db_libc_opens(struct db_opens *opens, const struct db_type *type, const char *path,
		  char *const *keys, size_t n, bool stayopen, struct err *err) MUST_CHECK;

/*
 * What differs between systems, private to db/: a descriptor that watches PATH, to be closed
 * with close(2), and how often the file was opened since the last call.
 */
int db_opens_watch(const char *path, struct err *err) MUST_CHECK;
int db_opens_drain(int fd, uint64_t *opens, struct err *err) MUST_CHECK;

#endif
