/* SPDX-License-Identifier: MIT */
/* dbcmd_diff.c - --diff: what libc drops or changes of what the file says */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cmd/dbcmd_impl.h"
#include "db/diff.h"
#include "db/libc.h"

static const struct out_col diff_col = {
	"diff",
	OUT_STR,
	"what libc makes of the entry: kept, dropped, ...",
	false,
};

/* The columns are the command's own and this one: dbcmd_diff_open(). */
const struct command_view dbcmd_diff_view = { "--diff", &diff_col, 1 };

static int read_file(struct dbcmd_run *r)
{
	struct err *err = &r->cli->err;

	r->file.wait = cli_wait;
	if (dbcmd_reads_input(r->opt))
		return db_read_fd(&r->file, STDIN_FILENO, r->name, err);
	if (db_read(&r->file, r->path, err) == 0)
		return 0;
	if (r->opt->file || err->code != ENOENT)
		return -1;
	cli_note(r->cli, "%s; it has no entries then", err->text);
	*err = (struct err){ 0 };
	return 0;
}

int dbcmd_diff_open(struct dbcmd_run *r)
{
	const struct command *cmd = r->cli->cmd;
	struct command_view view = { dbcmd_diff_view.option, r->cols, cmd->ncols + 1 };

	if (read_file(r) < 0)
		return -1;
	memcpy(r->cols, cmd->cols, cmd->ncols * sizeof(*r->cols));
	r->col_diff = (unsigned)cmd->ncols;
	r->cols[r->col_diff] = diff_col;
	return dbcmd_open_records(r, &view);
}

/* One side of an entry; MARK stands before the lecture's line. */
static int put_side(struct dbcmd_run *r, const char *source, char mark, const struct db_row *row,
		    const char *input)
{
	r->source = source;
	r->mark = mark;
	return dbcmd_put_row(r, row, input);
}

/* A line without a row; look-ups have one note of all such lines. */
static int put_broken(struct dbcmd_run *r, const struct db_fault *broken, const char *input)
{
	const struct dbcmd_cols *c = &r->d->cols;

	if (!input)
		cli_note(r->cli, "%s:%" PRIu64 ": %s", r->shown, broken->line, broken->text);
	if (out_format(r->o) == OUT_CLASSIC)
		return 0;
	r->source = DBCMD_FILES;
	dbcmd_set_source(r, broken->line);
	out_str(r->o, c->name, broken->row.name);
	out_str(r->o, c->input, input);
	out_str(r->o, c->error, broken->text);
	out_str(r->o, r->col_diff, r->diff);
	return out_row(r->o, &r->cli->err);
}

static int put_item(struct dbcmd_run *r, const struct db_diff_item *item, const char *input)
{
	struct db_row libc;

	r->diff = db_diff_word(item->kind);
	if (item->broken && put_broken(r, item->broken, input) < 0)
		return -1;
	if (item->file &&
	    put_side(r, DBCMD_FILES, item->kind == DB_DIFF_KEPT ? ' ' : '-', item->file, input) < 0)
		return -1;
	if (!item->libc || item->kind == DB_DIFF_KEPT)
		return 0;
	libc = *item->libc;
	if (item->kind != DB_DIFF_MERGED && item->kind != DB_DIFF_ADDED) /* made of one line */
		libc.line = item->file ? item->file->line : item->broken ? item->broken->line : 0;
	return put_side(r, "libc", '+', &libc, input);
}

static int put_items(struct dbcmd_run *r, const struct db_diff *diff, const char *input)
{
	if (db_diff_found(diff))
		cli_status(r->cli, ERR_NEGATIVE);
	for (size_t i = 0; i < diff->n && !cli_interrupted(); i++)
		if (put_item(r, &diff->v[i], input) < 0)
			return -1;
	return 0;
}

int dbcmd_diff_list(struct dbcmd_run *r)
{
	struct db_diff diff = { 0 };
	int rc;

	if (r->db.rows.n == 0)
		cli_note(r->cli, "%s lists nothing", r->d->type->libc->list_call);
	db_diff_lists(&diff, &r->file, &r->db);
	rc = put_items(r, &diff, NULL);
	vec_fini(&diff);
	return rc;
}

int dbcmd_diff_key(struct dbcmd_run *r, const struct db_key *key, struct err *err)
{
	struct db_diff diff = { 0 };
	int rc;

	if (err->kind == ERR_USAGE)
		return 0;
	db_diff_key(&diff, &r->file, &r->db, key);
	if (diff.n > 0 && err->kind != ERR_NONE) {
		cli_complain(r->cli, err);
		*err = (struct err){ 0 };
	}
	rc = put_items(r, &diff, key->text);
	vec_fini(&diff);
	return rc;
}
