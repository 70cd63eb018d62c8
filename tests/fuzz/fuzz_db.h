/* SPDX-License-Identifier: MIT */
/*
 * fuzz_db.h - what holds for a line of every database
 *
 * A line is nothing, a row, or a fault with a reason.  A row that is written as a line is
 * read as the same row, its name finds it, and what any bytes are as a key is no crash.
 */
#ifndef NETIPC_TESTS_FUZZ_DB_H
#define NETIPC_TESTS_FUZZ_DB_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "db/db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * BEFORE and BEHIND append what stands on a line next to the name; KEYS finds the one row by its
 * numbers or addresses.
 */
struct fuzz_db {
	const struct db_type *type;
	void (*before)(struct buf *b, const struct db_row *row);
	void (*behind)(struct buf *b, const struct db_row *row);
	bool (*equal)(const struct db_row *a, const struct db_row *b);
	void (*keys)(const struct fuzz_db *f, struct db *db);
};

static inline void fuzz_db_require(bool holds)
{
	if (!holds)
		abort();
}

/* A word of a line: not empty, no blank, no comment. */
static inline void fuzz_db_word(const char *word)
{
	fuzz_db_require(*word && word[strcspn(word, " \t\n\v\f\r#")] == '\0');
}

static inline void fuzz_db_same(const struct db_row *a, const struct db_row *b)
{
	fuzz_db_require(strcmp(a->name, b->name) == 0 && a->naliases == b->naliases);
	for (size_t i = 0; i < a->naliases; i++)
		fuzz_db_require(strcmp(a->aliases[i], b->aliases[i]) == 0);
	fuzz_db_require(a->comment_len == b->comment_len &&
			(!a->comment || memcmp(a->comment, b->comment, a->comment_len) == 0));
}

/* ROW as a line gives the same row again. */
static inline void fuzz_db_row(const struct fuzz_db *f, const struct db_row *row)
{
	struct buf b = { 0 };
	struct db db;

	fuzz_db_word(row->name);
	f->before(&b, row);
	buf_adds(&b, row->name);
	f->behind(&b, row);
	for (size_t i = 0; i < row->naliases; i++) {
		fuzz_db_word(row->aliases[i]);
		buf_addc(&b, ' ');
		buf_adds(&b, row->aliases[i]);
	}
	if (row->comment) {
		buf_adds(&b, " # ");
		buf_add(&b, row->comment, row->comment_len);
	}
	db_init(&db, f->type);
	db_read_line(&db, 2, b.data, b.len);
	fuzz_db_require(db.rows.n == 1 && db.faults.n == 0);
	fuzz_db_same(row, &db.rows.v[0]);
	fuzz_db_require(f->equal(row, &db.rows.v[0]));
	db_fini(&db);
	buf_fini(&b);
}

/* The bytes as a key are refused with a reason, or find what matches them and no more. */
static inline void fuzz_db_key(const struct fuzz_db *f, struct db *db, const char *text)
{
	struct err err = { 0 };
	struct db_key key;

	if (db_key_parse(&key, f->type, text, &err) < 0) {
		fuzz_db_require(err.kind != ERR_NONE && *err.text);
		return;
	}
	fuzz_db_require(key.kind != DB_KEY_NUMBERS || key.number <= key.last);
	for (int round = 0; round < 2; round++) /* the second has an index */
		for (size_t i = 0; i < db->rows.n; i++) {
			size_t at = db_find(db, &key, i);

			fuzz_db_require(at >= i && at <= db->rows.n);
			fuzz_db_require((at == i) == f->type->matches(&db->rows.v[i], &key));
		}
	db_key_fini(&key);
}

/* KEY finds the one row of DB. */
static inline void fuzz_db_finds(const struct fuzz_db *f, struct db *db, const char *text)
{
	struct err err;
	struct db_key key;

	fuzz_db_require(db_key_parse(&key, f->type, text, &err) == 0);
	fuzz_db_require(db_find(db, &key, 0) == 0 && db_find(db, &key, 0) == 0);
	db_key_fini(&key);
}

static inline int fuzz_db(const struct fuzz_db *f, const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *newline = size ? memchr(text, '\n', size) : NULL;
	char *key = xstrndup(size ? text : "", size);
	size_t len = newline ? (size_t)(newline - text) : size;
	struct db db;

	db_init(&db, f->type);
	db_read_line(&db, 1, text, len);
	fuzz_db_require(db.rows.n <= 1 && db.faults.n <= 2);
	for (size_t i = 0; i < db.faults.n; i++)
		fuzz_db_require(*db.faults.v[i].text && db.faults.v[i].lost + db.rows.n <= 1);
	for (size_t i = 0; i < db.rows.n; i++) {
		fuzz_db_row(f, &db.rows.v[i]);
		fuzz_db_key(f, &db, db.rows.v[i].name);
		f->keys(f, &db);
	}
	fuzz_db_key(f, &db, key);
	db_fini(&db);
	free(key);
	return 0;
}

#endif
