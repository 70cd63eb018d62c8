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

struct db;
struct db_key;
struct err;

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

#endif
