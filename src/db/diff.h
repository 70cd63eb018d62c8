/* SPDX-License-Identifier: MIT */
/*
 * diff.h - what libc makes of the entries of a file
 *
 *	192.0.2.1    one        kept         libc gives it as it stands
 *	::1          localhost  changed      127.0.0.1 localhost
 *	192.0.2.9               nameless     its name is empty
 *	2001:db8::1  one        dropped
 *	192.0.2.2    two        merged       an answer that is made of both
 *	192.0.2.3    two        merged
 *	192.0.2.2    again      not-first    a look-up gives the first match alone
 *	                        added        is not in the file
 */
#ifndef NETIPC_DB_DIFF_H
#define NETIPC_DB_DIFF_H

#include <stdbool.h>

#include "base/vec.h"
#include "db/db.h"

enum db_diff_kind {
	DB_DIFF_KEPT,
	DB_DIFF_CHANGED,
	DB_DIFF_NAMELESS,
	DB_DIFF_MERGED,
	DB_DIFF_DROPPED,
	DB_DIFF_NOT_FIRST,
	DB_DIFF_ADDED,
};

/* What became of one entry. */
struct db_diff_item {
	enum db_diff_kind kind;
	const struct db_row *file;     /* the entry of the file, or NULL */
	const struct db_fault *broken; /* or the line of the file that has no row, or NULL */
	const struct db_row *libc;     /* libc's, or NULL: an answer of several is with the last */
};

/* The entries of the file in its order, then those that libc added. */
struct db_diff VEC(struct db_diff_item);

/* How two lists differ: FILE is read from a file, LIBC is libc's.  DIFF is empty at first. */
void db_diff_lists(struct db_diff *diff, const struct db *file, const struct db *libc);

/*
 * How the look-up of KEY in FILE and libc's answer, the rows of LIBC, differ; nothing if both
 * have none.
 */
void db_diff_key(struct db_diff *diff, struct db *file, const struct db *libc,
		 const struct db_key *key);

/* Some entry is not kept. */
bool db_diff_found(const struct db_diff *diff);

/* "kept", "not-first" */
const char *db_diff_word(enum db_diff_kind kind);

#endif
