/* SPDX-License-Identifier: MIT */
#include "db/index.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "db/db.h"

/* Row ROW has key number KEY. */
struct pair {
	size_t key, row;
};

struct db_index {
	struct hash keys;
	struct pairs VEC(struct pair) pairs; /* in the order of the rows, until ROWS is made */
	size_t *ends, *rows;
	size_t nrows;   /* of the db, so far */
	struct buf key; /* the one that is made */
};

/* The kind first, so that no name is mixed up with a number or an address. */
static const struct buf *value_key(struct db_index *index, const void *bytes, size_t n)
{
	index->key.len = 0;
	buf_addc(&index->key, 'v');
	buf_add(&index->key, bytes, n);
	return &index->key;
}

static const struct buf *name_key(struct db_index *index, const struct db_type *type,
				  const char *name)
{
	index->key.len = 0;
	buf_addc(&index->key, 'n');
	for (; *name; name++)
		buf_addc(&index->key, type->nocase ? str_lower(*name) : *name);
	return &index->key;
}

/* The row that is being added has KEY. */
static void add(struct db_index *index, const struct buf *key)
{
	size_t *number = hash_put(&index->keys, key->data, key->len);

	if (*number == HASH_NONE)
		*number = index->keys.n - 1;
	*vec_push(&index->pairs) = (struct pair){ *number, index->nrows };
}

void db_index_add(struct db_index *index, const void *bytes, size_t n)
{
	add(index, value_key(index, bytes, n));
}

/* The pairs by key: counts how many each key has, then puts each row where its key's begin. */
static void sort(struct db_index *index)
{
	const struct pairs *pairs = &index->pairs;
	size_t begin = 0;

	index->ends = xcalloc(index->keys.n, sizeof(*index->ends));
	index->rows = xcalloc(pairs->n, sizeof(*index->rows));
	for (size_t i = 0; i < pairs->n; i++)
		index->ends[pairs->v[i].key]++;
	for (size_t i = 0; i < index->keys.n; i++) {
		size_t n = index->ends[i];

		index->ends[i] = begin; /* and the end once all its rows are there */
		begin += n;
	}
	for (size_t i = 0; i < pairs->n; i++)
		index->rows[index->ends[pairs->v[i].key]++] = pairs->v[i].row;
	vec_fini(&index->pairs);
}

struct db_index *db_index_new(const struct db *db)
{
	struct db_index *index = xcalloc(1, sizeof(*index));

	for (; index->nrows < db->rows.n; index->nrows++) {
		const struct db_row *row = &db->rows.v[index->nrows];

		add(index, name_key(index, db->type, row->name));
		for (size_t i = 0; i < row->naliases; i++)
			add(index, name_key(index, db->type, row->aliases[i]));
		db->type->index(row, index);
	}
	sort(index);
	return index;
}

void db_index_free(struct db_index *index)
{
	if (!index)
		return;
	hash_fini(&index->keys);
	vec_fini(&index->pairs);
	free(index->ends);
	free(index->rows);
	buf_fini(&index->key);
	free(index);
}

bool db_index_is_of(const struct db_index *index, const struct db *db)
{
	return index && index->nrows == db->rows.n;
}

static const struct buf *key_of(struct db_index *index, const struct db_type *type,
				const struct db_key *key)
{
	const struct ip *ip = &key->plain;

	if (key->kind == DB_KEY_NAME)
		return name_key(index, type, key->name);
	if (key->kind == DB_KEY_ADDRESS)
		return value_key(index, ip->b, ip_size(ip));
	return value_key(index, &key->number, sizeof(key->number));
}

size_t db_index_find(struct db_index *index, const struct db *db, const struct db_key *key,
		     size_t from)
{
	const struct buf *bytes = key_of(index, db->type, key);
	size_t number = hash_get(&index->keys, bytes->data, bytes->len), low, high;

	if (number == HASH_NONE)
		return db->rows.n;
	low = number ? index->ends[number - 1] : 0;
	high = index->ends[number];
	while (low < high) { /* the first of them from FROM on */
		size_t middle = low + (high - low) / 2;

		if (index->rows[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->ends[number]; low++)
		if (db->type->matches(&db->rows.v[index->rows[low]], key))
			return index->rows[low];
	return db->rows.n;
}
