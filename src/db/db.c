/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "db/dbfile.h"

void db_init(struct db *db, const struct db_type *type)
{
	*db = (struct db){ .type = type };
}

void db_fini(struct db *db)
{
	vec_fini(&db->rows);
	vec_fini(&db->faults);
	arena_fini(&db->memory);
}

static void add_fault(struct db *db, uint64_t line, const char *text, bool lost)
{
	*vec_push(&db->faults) = (struct db_fault){
		.line = line,
		.text = arena_copy(&db->memory, text, strlen(text)),
		.lost = lost,
	};
}

static int parse_line(struct db *db, const struct dbline *line, struct db_row *row, struct err *err)
{
	*row = (struct db_row){
		.line = line->number,
		.comment = line->comment,
		.comment_len = line->comment_len,
	};
	if (line->nul)
		return err_set(err, ERR_USAGE, "a NUL byte (column %zu)", line->nul);
	return db->type->parse_line(row, line, &db->memory, err);
}

static void add_line(struct db *db, const struct dbline *line)
{
	struct db_row row;
	struct err err;

	if (line->bom)
		add_fault(db, line->number,
			  "a byte order mark, which libc takes for part of the first word "
			  "(column 1)",
			  false);
	if (line->nfields == 0)
		return;
	if (parse_line(db, line, &row, &err) < 0)
		add_fault(db, line->number, err.text, true);
	else
		*vec_push(&db->rows) = row;
}

int db_read(struct db *db, const char *path, struct err *err)
{
	struct dbline line;
	struct dbfile f;
	int rc = dbfile_open(&f, path, err);

	if (rc < 0)
		return -1;
	while ((rc = dbfile_next(&f, &line, &db->memory, err)) != 0) {
		bool interrupted = rc < 0 && err->code == EINTR;

		if (rc < 0 && !interrupted)
			break;
		if (db->stop && db->stop()) {
			errno = EINTR;
			rc = err_sys(err, "%s", path);
			break;
		}
		if (!interrupted)
			add_line(db, &line);
	}
	dbfile_close(&f);
	return rc;
}

void db_read_line(struct db *db, uint64_t number, const char *text, size_t len)
{
	struct dbline line;

	dbline_split(&line, &db->memory, number, text, len);
	add_line(db, &line);
}

int db_key_parse(struct db_key *key, const struct db_type *type, const char *text, struct err *err)
{
	*key = (struct db_key){ .text = text };
	if (*text == '\0')
		return err_set(err, ERR_USAGE, "no %s has an empty name", type->what);
	key->memory = xstrdup(text);
	if (type->parse_key(key, err) == 0)
		return 0;
	db_key_fini(key);
	return -1;
}

void db_key_fini(struct db_key *key)
{
	free(key->memory);
	key->memory = NULL;
}

size_t db_find(const struct db *db, const struct db_key *key, size_t from)
{
	while (from < db->rows.n && !db->type->matches(&db->rows.v[from], key))
		from++;
	return from;
}

bool db_row_named(const struct db_row *row, const char *name, bool nocase)
{
	for (size_t i = 0; i <= row->naliases; i++) {
		const char *own = i ? row->aliases[i - 1] : row->name;

		if (nocase ? str_eq_nocase(own, name) : strcmp(own, name) == 0)
			return true;
	}
	return false;
}
