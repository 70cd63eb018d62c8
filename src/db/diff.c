/* SPDX-License-Identifier: MIT */
#include "db/diff.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

static const char *const words[] = {
	[DB_DIFF_KEPT] = "kept",         [DB_DIFF_CHANGED] = "changed",
	[DB_DIFF_NAMELESS] = "nameless", [DB_DIFF_MERGED] = "merged",
	[DB_DIFF_DROPPED] = "dropped",   [DB_DIFF_NOT_FIRST] = "not-first",
	[DB_DIFF_ADDED] = "added",
};

const char *db_diff_word(enum db_diff_kind kind)
{
	return words[kind];
}

bool db_diff_found(const struct db_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++)
		if (diff->v[i].kind != DB_DIFF_KEPT)
			return true;
	return false;
}

static void add_file(struct db_diff *diff, const struct db_row *row, const struct db_fault *broken)
{
	*vec_push(diff) = (struct db_diff_item){ DB_DIFF_DROPPED, row, broken, NULL };
}

static void add_libc(struct db_diff *diff, const struct db_row *row)
{
	*vec_push(diff) = (struct db_diff_item){ DB_DIFF_ADDED, NULL, NULL, row };
}

/* The file's side of ITEM, of which little may be known. */
static const struct db_row *side(const struct db_diff_item *item)
{
	return item->file ? item->file : &item->broken->row;
}

/* What ITEM and libc's ROW, which are the same at LEVEL, make together. */
static void pair(struct db_diff_item *item, const struct db_row *row, enum db_level level)
{
	item->libc = row;
	if (!*row->name)
		item->kind = DB_DIFF_NAMELESS;
	else if (level == DB_LEVEL_ALL && item->file)
		item->kind = DB_DIFF_KEPT;
	else
		item->kind = DB_DIFF_CHANGED;
}

/* Makes B what ROW is at LEVEL; false if it is nothing. */
static bool identify(const struct db_type *type, const struct db_row *row, enum db_level level,
		     struct buf *b)
{
	b->len = 0;
	return type->identity(row, level, b);
}

/*
 * Pairs the first N items of DIFF that have none yet with the LEFT rows that have none, in the
 * order of both.  Returns how many of LEFT still have none: they are the first then.
 */
static size_t pair_level(struct db_diff *diff, size_t n, const struct db_type *type,
			 enum db_level level, const struct db_row **left, size_t nleft)
{
	size_t *next = xcalloc(n, sizeof(*next)), kept = 0;
	struct hash firsts = { 0 };
	struct buf b = { 0 };

	for (size_t i = n; i-- > 0;) {
		size_t *first;

		if (diff->v[i].libc || !identify(type, side(&diff->v[i]), level, &b))
			continue;
		first = hash_put(&firsts, b.data, b.len);
		next[i] = *first;
		*first = i;
	}
	for (size_t k = 0; k < nleft; k++) {
		size_t i = HASH_NONE;

		if (identify(type, left[k], level, &b))
			i = hash_get(&firsts, b.data, b.len);
		if (i == HASH_NONE) {
			left[kept++] = left[k];
			continue;
		}
		*hash_put(&firsts, b.data, b.len) = next[i];
		pair(&diff->v[i], left[k], level);
	}
	buf_fini(&b);
	hash_fini(&firsts);
	free(next);
	return kept;
}

/* The items of DIFF are the file's side of a list, LIBC is the other. */
static void pair_lists(struct db_diff *diff, const struct db *libc)
{
	const struct db_row **left = xcalloc(libc->rows.n, sizeof(*left));
	size_t n = diff->n, nleft = libc->rows.n;

	for (size_t i = 0; i < nleft; i++)
		left[i] = &libc->rows.v[i];
	for (enum db_level level = 0; level < DB_LEVELS && nleft; level++)
		nleft = pair_level(diff, n, libc->type, level, left, nleft);
	for (size_t i = 0; i < nleft; i++)
		add_libc(diff, left[i]);
	free(left);
}

void db_diff_lists(struct db_diff *diff, const struct db *file, const struct db *libc)
{
	size_t row = 0;

	for (size_t i = 0; i < file->faults.n; i++) {
		const struct db_fault *fault = &file->faults.v[i];

		if (!fault->lost)
			continue;
		for (; row < file->rows.n && file->rows.v[row].line < fault->line; row++)
			add_file(diff, &file->rows.v[row], NULL);
		add_file(diff, NULL, fault);
	}
	for (; row < file->rows.n; row++)
		add_file(diff, &file->rows.v[row], NULL);
	pair_lists(diff, libc);
}

static enum db_part part_of(const struct db_type *type, const struct db_diff_item *item,
			    const struct db_row *answer)
{
	return item->file && type->part ? type->part(item->file, answer) : DB_PART_NONE;
}

/* The first item that is the same as ROW at LEVEL; the number of items if none is. */
static size_t find_same(const struct db_diff *diff, const struct db_type *type,
			const struct db_row *row, enum db_level level)
{
	struct buf a = { 0 }, b = { 0 };
	size_t i = diff->n;

	if (identify(type, row, level, &a))
		for (i = 0; i < diff->n; i++)
			if (identify(type, side(&diff->v[i]), level, &b) && a.len == b.len &&
			    memcmp(a.data, b.data, a.len) == 0)
				break;
	buf_fini(&a);
	buf_fini(&b);
	return i;
}

/* Every item that is in ANSWER, if they are two or more; libc's side is with the last. */
static bool merge(struct db_diff *diff, const struct db_type *type, const struct db_row *answer)
{
	size_t n = 0, last = 0;

	for (size_t i = 0; i < diff->n; i++) {
		if (part_of(type, &diff->v[i], answer) != DB_PART_IN)
			continue;
		n++;
		last = i;
	}
	if (n < 2)
		return false;
	for (size_t i = 0; i <= last; i++)
		if (part_of(type, &diff->v[i], answer) == DB_PART_IN)
			diff->v[i].kind = DB_DIFF_MERGED;
	diff->v[last].libc = answer;
	return true;
}

/* ANSWER is the only one that libc has for the items of DIFF. */
static void pair_answer(struct db_diff *diff, const struct db_type *type,
			const struct db_row *answer)
{
	size_t n = diff->n, i = n;
	bool merged = false;

	for (enum db_level level = 0; level < DB_LEVELS && i == n && !merged; level++) {
		if (level > DB_LEVEL_ENTRY)
			merged = merge(diff, type, answer);
		if (!merged)
			i = find_same(diff, type, answer, level);
		if (i < n)
			pair(&diff->v[i], answer, level);
	}
	for (size_t k = 0; k < n; k++)
		if (k != i && diff->v[k].kind == DB_DIFF_DROPPED &&
		    part_of(type, &diff->v[k], answer) != DB_PART_OTHER)
			diff->v[k].kind = DB_DIFF_NOT_FIRST;
	if (i == n && !merged)
		add_libc(diff, answer);
}

/* The lines without a row that KEY is for, as far as they can be read. */
static void add_broken(struct db_diff *diff, const struct db *file, const struct db_key *key)
{
	const struct db_type *type = file->type;
	struct buf b = { 0 };
	enum db_level level = DB_LEVEL_VALUE;

	if (key->kind == DB_KEY_NAME)
		level = DB_LEVEL_NAME;
	else if (key->kind != DB_KEY_ADDRESS && key->kind != DB_KEY_NETWORK)
		return; /* what could be wrong is the number itself */
	for (size_t i = 0; i < file->faults.n; i++) {
		const struct db_fault *fault = &file->faults.v[i];

		if (fault->lost && identify(type, &fault->row, level, &b) &&
		    type->matches(&fault->row, key))
			add_file(diff, NULL, fault);
	}
	buf_fini(&b);
}

void db_diff_key(struct db_diff *diff, struct db *file, const struct db *libc,
		 const struct db_key *key)
{
	bool one = key->kind == DB_KEY_NAME || key->kind == DB_KEY_NUMBER ||
		   key->kind == DB_KEY_ADDRESS;

	for (size_t i = db_find(file, key, 0); i < file->rows.n; i = db_find(file, key, i + 1))
		add_file(diff, &file->rows.v[i], NULL);
	add_broken(diff, file, key);
	if (!one)
		pair_lists(diff, libc);
	else if (libc->rows.n > 0)
		pair_answer(diff, libc->type, &libc->rows.v[0]);
}
