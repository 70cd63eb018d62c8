/* SPDX-License-Identifier: MIT */
#include "db/index.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/str.h"
#include "db/db.h"

struct entry {
	uint32_t check; /* the upper half of the hash */
	uint32_t row;
};

struct part {
	struct pairs VEC(struct pair {
		uint64_t hash;
		uint32_t row;
	}) pairs;     /* in the order of the rows, until ENTRIES is made */
	size_t *ends; /* NULL until the part is made */
	struct entry *entries;
	size_t mask; /* buckets less one; they are a power of two */
};

struct db_index {
	struct part names, values;
	struct hash_seed seed;
	size_t nrows; /* of the db */
	size_t row;   /* the one that is added */
	struct buf lower;
};

static uint64_t hash_name(struct db_index *index, const struct db_type *type, const char *name)
{
	size_t n = strlen(name);
	char *lower;

	if (!type->nocase)
		return hash_bytes(&index->seed, name, n);
	lower = buf_reserve(&index->lower, n + 1);
	for (size_t i = 0; i < n; i++)
		lower[i] = str_lower(name[i]);
	return hash_bytes(&index->seed, lower, n);
}

static void add(struct db_index *index, struct part *part, uint64_t hash)
{
	*vec_push(&part->pairs) = (struct pair){ hash, (uint32_t)index->row };
}

void db_index_add(struct db_index *index, const void *bytes, size_t n)
{
	add(index, &index->values, hash_bytes(&index->seed, bytes, n));
}

/* The pairs by bucket: counts how many each has, then puts each row where its bucket begins. */
static void sort(struct part *part)
{
	const struct pairs *pairs = &part->pairs;
	size_t buckets = 64, begin = 0;

	while (buckets < pairs->n)
		buckets *= 2;
	part->mask = buckets - 1;
	part->ends = xcalloc(buckets, sizeof(*part->ends));
	part->entries = xcalloc(pairs->n, sizeof(*part->entries));
	for (size_t i = 0; i < pairs->n; i++)
		part->ends[pairs->v[i].hash & part->mask]++;
	for (size_t i = 0; i < buckets; i++) {
		size_t n = part->ends[i];

		part->ends[i] = begin; /* and the end once all its rows are there */
		begin += n;
	}
	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->v[i];

		part->entries[part->ends[p->hash & part->mask]++] =
			(struct entry){ (uint32_t)(p->hash >> 32), p->row };
	}
	vec_fini(&part->pairs);
}

static void add_names(struct db_index *index, const struct db_type *type, const struct db_row *row)
{
	add(index, &index->names, hash_name(index, type, row->name));
	for (size_t i = 0; i < row->naliases; i++)
		add(index, &index->names, hash_name(index, type, row->aliases[i]));
}

/* The part of INDEX that KEY is looked up in. */
static const struct part *part_of(struct db_index *index, const struct db *db,
				  const struct db_key *key)
{
	struct part *part = key->kind == DB_KEY_NAME ? &index->names : &index->values;

	if (part->ends)
		return part;
	for (index->row = 0; index->row < index->nrows; index->row++) {
		if (part == &index->names)
			add_names(index, db->type, &db->rows.v[index->row]);
		else
			db->type->index(&db->rows.v[index->row], index);
	}
	sort(part);
	return part;
}

struct db_index *db_index_new(const struct db *db)
{
	struct db_index *index = xcalloc(1, sizeof(*index));

	hash_seed(&index->seed);
	index->nrows = db->rows.n;
	return index;
}

static void free_part(struct part *part)
{
	vec_fini(&part->pairs);
	free(part->ends);
	free(part->entries);
}

void db_index_free(struct db_index *index)
{
	if (!index)
		return;
	free_part(&index->names);
	free_part(&index->values);
	buf_fini(&index->lower);
	free(index);
}

bool db_index_is_of(const struct db_index *index, const struct db *db)
{
	return index && index->nrows == db->rows.n;
}

static uint64_t hash_key(struct db_index *index, const struct db_type *type,
			 const struct db_key *key)
{
	if (key->kind == DB_KEY_NAME)
		return hash_name(index, type, key->name);
	if (key->kind == DB_KEY_ADDRESS)
		return hash_bytes(&index->seed, key->plain.b, ip_size(&key->plain));
	return hash_bytes(&index->seed, &key->number, sizeof(key->number));
}

size_t db_index_find(struct db_index *index, const struct db *db, const struct db_key *key,
		     size_t from)
{
	const struct part *part = part_of(index, db, key);
	const uint64_t hash = hash_key(index, db->type, key);
	const size_t bucket = (size_t)hash & part->mask, end = part->ends[bucket];
	size_t low = bucket ? part->ends[bucket - 1] : 0, high = end;

	while (low < high) { /* the first of them from FROM on */
		size_t middle = low + (high - low) / 2;

		if (part->entries[middle].row < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < end; low++) {
		const struct entry *e = &part->entries[low];

		if (e->check == (uint32_t)(hash >> 32) &&
		    db->type->matches(&db->rows.v[e->row], key))
			return e->row;
	}
	return db->rows.n;
}
