/* SPDX-License-Identifier: MIT */
/*
 * index.h - which rows of a db a key may be for
 *
 * A table of names and one of numbers and addresses, each made when it is first needed.  Rows
 * are in buckets by a hash of what they have, in their order:
 *
 *	ends     2 2 5 ...            where each bucket's part of ENTRIES ends
 *	entries  3 8   0 4 8   ...    rows, each with some bits more of the hash
 *
 * What a bucket has is only where to look: the type's matches() decides.
 */
#ifndef NETIPC_DB_INDEX_H
#define NETIPC_DB_INDEX_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct db_index;
struct db_key;

/* An index of the rows that DB has now; end with db_index_free(). */
struct db_index *db_index_new(const struct db *db);
void db_index_free(struct db_index *index);

/* For a type's index(): its row has a number or an address, the N BYTES. */
void db_index_add(struct db_index *index, const void *bytes, size_t n);

/* INDEX is one, and DB has as many rows as it had then. */
bool db_index_is_of(const struct db_index *index, const struct db *db);

/* As db_find() of DB, for a KEY that is a name, a number or an address. */
size_t db_index_find(struct db_index *index, const struct db *db, const struct db_key *key,
		     size_t from);

#endif
