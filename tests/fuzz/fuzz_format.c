/* SPDX-License-Identifier: MIT */
/*
 * fuzz_format.c - a file of protocols and of services, in whatever format it is
 *
 * Each row has a name without blanks, a line of the file, and what its number and name as keys
 * find; there are no more rows from ranges than there can be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "db/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_lines(struct db *db, const char *text, size_t size)
{
	struct db_format format = { 0 };
	struct err err = { 0 };
	uint64_t number = 0;

	for (size_t at = 0, n; at < size; at += n + 1) {
		const char *end = memchr(text + at, '\n', size - at);

		n = end ? (size_t)(end - text) - at : size - at;
		if (db_format_line(&format, db, ++number, text + at, n, &err) < 0) {
			require(err.kind == ERR_USAGE && *err.text);
			break;
		}
	}
	for (size_t i = 0; i < db->rows.n; i++)
		require(db->rows.v[i].line >= 1 && db->rows.v[i].line <= number);
	db_format_end(&format, db);
	for (size_t i = 0; i < db->faults.n; i++)
		require(db->faults.v[i].line <= number && *db->faults.v[i].text);
}

static void check_row(struct db *db, size_t i)
{
	const struct db_row *row = &db->rows.v[i];
	struct err err;
	struct db_key key;
	size_t at;

	require(*row->name != '\0');
	for (const char *s = row->name; *s; s++)
		require(!str_is_space(*s));
	require(row->comment_len == 0 || !str_is_space(row->comment[0]));
	if (strchr(row->name, '/') || db_key_parse(&key, db->type, row->name, &err) < 0)
		return; /* a name that cannot be a key, as "1-70000" */
	at = key.kind == DB_KEY_NAME ? db_find(db, &key, 0) : 0;
	require(at <= i);
	db_key_fini(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct db_type *const types[] = { &db_hosts, &db_protocols, &db_services };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct db db;

		db_init(&db, types[i]);
		read_lines(&db, (const char *)data, size);
		for (size_t k = 0; k < db.rows.n && k < 100; k++)
			check_row(&db, k);
		db_fini(&db);
	}
	return 0;
}
