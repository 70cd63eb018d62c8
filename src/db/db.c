/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "db/dbline.h"
#include "db/format.h"
#include "db/index.h"

enum {
	READ_TRIES = 10, /* how often a file is read again that is written to all the time */
};

void db_init(struct db *db, const struct db_type *type)
{
	*db = (struct db){ .type = type };
}

void db_fini(struct db *db)
{
	vec_fini(&db->rows);
	vec_fini(&db->faults);
	arena_fini(&db->memory);
	db_index_free(db->index);
	db->index = NULL;
}

void db_clear(struct db *db)
{
	db_fini(db);
	db->lookups = 0;
}

struct db_fault *db_add_fault(struct db *db, uint64_t line, const char *text, bool lost)
{
	struct db_fault *fault = vec_push(&db->faults);

	*fault = (struct db_fault){
		.line = line,
		.text = arena_copy(&db->memory, text, strlen(text)),
		.lost = lost,
	};
	return fault;
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

void db_read_line(struct db *db, uint64_t number, const char *text, size_t len)
{
	struct dbline line;
	struct db_row row;
	struct err err;

	if (dbline_is_blank(text, len))
		return; /* no copy: a file may be comments without end */
	dbline_split(&line, &db->memory, number, text, len);
	if (line.bom)
		db_add_fault(db, number,
			     "a byte order mark, which libc takes for part of the first word "
			     "(column 1)",
			     false);
	if (line.nfields == 0)
		return;
	if (db->is_extra && line.nfields > 2 && db->is_extra(line.fields[2]))
		dbline_drop(&line, 2, &db->memory);
	if (parse_line(db, &line, &row, &err) < 0)
		db_add_fault(db, number, err.text, true)->row = row;
	else
		*vec_push(&db->rows) = row;
}

int db_read_fd(struct db *db, int fd, const char *name, struct err *err)
{
	struct io_lines lines = {
		.fd = fd,
		.delimiter = '\n',
		.name = name,
		.wait = db->wait,
	};
	struct db_format format = { 0 };
	char *text;
	size_t len;
	int rc;

	while ((rc = io_lines_next(&lines, &text, &len, err)) > 0) {
		rc = db_format_line(&format, db, lines.number, text, len, err);
		if (rc < 0) {
			err_prefix(err, "%s: ", name);
			break;
		}
	}
	db_format_end(&format, db);
	io_lines_fini(&lines);
	return rc;
}

/* Nothing has been written to the file between the two. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Reads FD from its begin on, and once more if somebody wrote to it meanwhile. */
static int read_settled(struct db *db, int fd, const char *name, struct err *err)
{
	const size_t rows = db->rows.n, faults = db->faults.n;
	struct stat before, after;

	if (fstat(fd, &before) < 0)
		return err_sys(err, "%s", name);
	for (int left = READ_TRIES;; left--) {
		int rc = db_read_fd(db, fd, name, err);

		if (!S_ISREG(before.st_mode) || left == 0)
			return rc;
		if (fstat(fd, &after) < 0)
			return err_sys(err, "%s", name);
		if (is_same(&before, &after) || (rc < 0 && err->code == EINTR))
			return rc;
		if (lseek(fd, 0, SEEK_SET) < 0)
			return err_sys(err, "%s", name);
		before = after;
		db->rows.n = rows;
		db->faults.n = faults;
	}
}

int db_read(struct db *db, const char *path, struct err *err)
{
	char show[STR_SHOW];
	int fd, rc;

	str_show(show, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_sys(err, "%s", *path ? show : "\"\"");
	rc = read_settled(db, fd, show, err);
	close(fd);
	return rc;
}

/* One look-up costs less than an index. */
static bool has_index(struct db *db, const struct db_key *key, bool first)
{
	if (key->kind != DB_KEY_NAME && key->kind != DB_KEY_NUMBER && key->kind != DB_KEY_ADDRESS)
		return false;
	db->lookups += first;
	if (db->lookups < 2)
		return false;
	if (!db_index_is_of(db->index, db)) {
		db_index_free(db->index);
		db->index = db_index_new(db);
	}
	return true;
}

size_t db_find(struct db *db, const struct db_key *key, size_t from)
{
	if (has_index(db, key, from == 0))
		return db_index_find(db->index, db, key, from);
	while (from < db->rows.n && !db->type->matches(&db->rows.v[from], key))
		from++;
	return from;
}
