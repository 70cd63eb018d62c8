/* SPDX-License-Identifier: MIT */
/*
 * index.h - which rows of a db a key may be for
 *
 * Names, numbers and addresses are bytes in one table, with the rows of each in order:
 *
 *	keys    "nsyslog" -> 2            of struct hash
 *	ends    0: 3   1: 5   2: 7        where each key's part of ROWS ends
 *	rows    3 8 9  0 4    6 7         part 2: rows 6 and 7 of the db have key 2
 *
 * What is left out of account here, as the zone and the protocol, the type's matches() sees to.
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
