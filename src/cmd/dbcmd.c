/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cmd/dbcmd_impl.h"

const struct opt dbcmd_opts[] = {
	OPT_GROUP("Records"),
	OPT_BOOL(0, "first", dbcmd_options, first, "print the first match of each key, not all"),
	OPT_COLUMN(0, "sort", "COLUMN", dbcmd_options, sort,
		   "sort by this column, -COLUMN downwards"),
	OPT_GROUP("Source"),
	OPT_FILE('f', "file", "FILE", dbcmd_options, file, "read this file, - for standard input"),
	OPT_STR(0, "source", "SOURCE", dbcmd_options, source,
		"files, nss, builtin, all, or a module of NSS"),
	OPT_DURATION(0, "timeout", "TIME", dbcmd_options, timeout_ns,
		     "longest wait for an answer of NSS"),
	OPT_BOOL(0, "libc", dbcmd_options, libc, "ask libc as the lecture does, not the file"),
	OPT_BOOL(0, "stayopen", dbcmd_options, stayopen, "with --libc, call set*ent(1) before"),
	OPT_BOOL(0, "count", dbcmd_options, count, "count what --stayopen saves in opens"),
	OPT_BOOL(0, "diff", dbcmd_options, diff, "show what libc drops or changes of the file"),
	OPT_GROUP("Check"),
	OPT_BOOL(0, "check", dbcmd_options, check, "print what is wrong with the file"),
	OPT_BOOL(0, "strict", dbcmd_options, strict, "warnings are status 1 too"),
	OPT_BOOL(0, "fix", dbcmd_options, fix, "print the file with that mended"),
	OPT_END,
};

enum {
	PATH_WHOLE = 256, /* bytes of a path that is shown whole */
};

void dbcmd_defaults(void *options)
{
	((struct dbcmd_options *)options)->timeout_ns = DBCMD_TIMEOUT_UNSET;
}

bool dbcmd_reads_input(const struct dbcmd_options *opt)
{
	return opt->file && strcmp(opt->file, "-") == 0;
}

void dbcmd_set_source(struct dbcmd_run *r, uint64_t line)
{
	const struct dbcmd_cols *c = &r->d->cols;

	out_str(r->o, c->source, r->source);
	if (line == 0)
		return;
	out_str(r->o, c->file, r->path);
	out_uint(r->o, c->line, line);
}

static void put_safe(struct buf *b, const char *text)
{
	str_safe(b, text, strlen(text));
}

void dbcmd_classic_name(struct buf *b, const struct db_row *row)
{
	buf_adds(b, "name=");
	put_safe(b, row->name);
}

void dbcmd_classic_aliases(struct buf *b, const struct db_row *row)
{
	buf_adds(b, ", alias={ ");
	for (size_t i = 0; i < row->naliases; i++) {
		put_safe(b, row->aliases[i]);
		buf_addc(b, ' ');
	}
	buf_adds(b, "}\n");
}

/* Sets the columns of record I of ROW; false if it has no such record. */
static bool set_cols(struct dbcmd_run *r, const struct db_row *row, size_t i, const char *input)
{
	const struct dbcmd_cols *c = &r->d->cols;

	if (!r->d->set(r->o, row, i))
		return false;
	out_str(r->o, c->name, row->name);
	out_list(r->o, c->aliases);
	for (size_t k = 0; k < row->naliases; k++)
		out_item(r->o, c->aliases, row->aliases[k]);
	dbcmd_set_source(r, row->line);
	if (r->diff)
		out_str(r->o, r->col_diff, r->diff);
	if (c->comment != DBCMD_NONE && row->comment)
		out_bytes(r->o, c->comment, row->comment, row->comment_len);
	out_str(r->o, c->input, input);
	if (r->all && out_wants(r->o, c->agrees))
		out_str(r->o, c->agrees, dbcmd_all_agrees(r, row, i));
	return true;
}

static int put_classic(struct dbcmd_run *r, const struct db_row *row, const char *input)
{
	struct buf b = { 0 };
	int rc;

	if (r->opt->sort)
		set_cols(r, row, 0, input);
	if (r->mark)
		buf_addc(&b, r->mark);
	r->d->classic(&b, row);
	rc = out_text(r->o, b.data, b.len, &r->cli->err);
	buf_fini(&b);
	return rc;
}

/* The records of ROW, which answers the operand INPUT if that is not NULL. */
int dbcmd_put_row(struct dbcmd_run *r, const struct db_row *row, const char *input)
{
	if (out_format(r->o) == OUT_CLASSIC)
		return put_classic(r, row, input);
	for (size_t i = 0; set_cols(r, row, i, input); i++)
		if (out_row(r->o, &r->cli->err) < 0)
			return -1;
	return 0;
}

/* A line of the file that has no row. */
static int put_fault(struct dbcmd_run *r, const struct db_fault *fault)
{
	struct err err;

	if (!fault->lost) {
		cli_note(r->cli, "%s:%" PRIu64 ": %s", r->shown, fault->line, fault->text);
		return 0;
	}
	err_set(&err, ERR_USAGE, "%s:%" PRIu64 ": %s", r->shown, fault->line, fault->text);
	cli_complain(r->cli, &err);
	if (out_is_text(r->o) || !out_wants(r->o, r->d->cols.error))
		return 0;
	dbcmd_set_source(r, fault->line);
	out_str(r->o, r->d->cols.error, fault->text);
	return out_row(r->o, &r->cli->err);
}

int dbcmd_list(struct dbcmd_run *r)
{
	const struct db *db = &r->db;
	size_t fault = 0;

	for (size_t i = 0; i <= db->rows.n; i++) {
		for (; fault < db->faults.n &&
		       (i == db->rows.n || db->faults.v[fault].line <= db->rows.v[i].line);
		     fault++)
			if (put_fault(r, &db->faults.v[fault]) < 0)
				return -1;
		if (cli_interrupted())
			break;
		if (i < db->rows.n && dbcmd_put_row(r, &db->rows.v[i], NULL) < 0)
			return -1;
	}
	return 0;
}

/* A look-up is not the time to list what is wrong with the file: one line about it. */
static void note_faults(struct dbcmd_run *r)
{
	const struct db *db = r->opt->diff ? &r->file : &r->db;
	char more[64] = "";

	if (db->faults.n == 0)
		return;
	if (db->faults.n > 1)
		snprintf(more, sizeof(more), "; %zu more such line%s", db->faults.n - 1,
			 db->faults.n > 2 ? "s" : "");
	cli_note(r->cli, "%s:%" PRIu64 ": %s%s", r->shown, db->faults.v[0].line,
		 db->faults.v[0].text, more);
}

/* As FIND, in R's db. */
static int find_row(struct dbcmd_run *r, const struct db_key *key, struct err *err)
{
	char show[STR_SHOW], where[STR_SHOW];
	size_t i = db_find(&r->db, key, 0);

	if (i == r->db.rows.n)
		err_set(err, ERR_NEGATIVE, "no %s \"%s\" in %s", r->d->type->what,
			str_show(show, key->text), str_show(where, r->name));
	for (; i < r->db.rows.n; i = r->opt->first ? r->db.rows.n : db_find(&r->db, key, i + 1))
		if (dbcmd_put_row(r, &r->db.rows.v[i], key->text) < 0)
			return -1;
	return 0;
}

/* One operand; -1 if its records cannot be printed. */
static int one(struct dbcmd_run *r, const struct cli_operand *operand)
{
	struct err err;
	struct db_key key;
	int rc = 0;

	err.kind = ERR_NONE; /* all of it would be as long as a look-up */
	if (cli_operand_check(operand, &err) == 0 &&
	    db_key_parse(&key, r->d->type, operand->text, &err) == 0) {
		rc = r->find(r, &key, &err);
		db_key_fini(&key);
	}
	if (rc < 0 || err.kind == ERR_NONE)
		return rc;
	out_bytes(r->o, r->d->cols.input, operand->text, operand->len);
	return cli_refuse(r->cli, r->o, r->d->cols.error, operand, &err);
}

static int look_up(struct dbcmd_run *r, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;

	note_faults(r);
	while ((rc = cli_next(r->cli, argc, argv, &index, &operand)) > 0) {
		rc = one(r, &operand);
		if (rc < 0)
			break;
	}
	return rc;
}

static int check_options(struct cli *cli, const struct dbcmd_options *opt, int argc, char **argv)
{
	cli->misused = true;
	for (int i = 0; dbcmd_reads_input(opt) && i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			return err_set(&cli->err, ERR_USAGE,
				       "--file=- and the operand - both read standard input");
	if (argc == 0 && cli_no_shard(cli) < 0)
		return -1;
	if (opt->first && argc == 0)
		return err_set(&cli->err, ERR_USAGE, "--first is for keys, and there is none");
	if (dbcmd_source_check(cli, opt) < 0 || dbcmd_check_options(cli, opt, argc) < 0 ||
	    dbcmd_libc_options(cli, opt) < 0 || dbcmd_count_options(cli, opt) < 0)
		return -1;
	cli->misused = false;
	return 0;
}

int dbcmd_open_records(struct dbcmd_run *r, const struct command_view *view)
{
	if (r->all && !r->cli->output.columns && r->cli->output.format != OUT_CLASSIC)
		r->cli->output.columns = "+agrees";
	r->o = view ? cli_out_view(r->cli, view, false) : cli_out(r->cli, false);
	if (!r->o)
		return -1;
	r->cli->misused = true;
	if (r->opt->sort && out_sort(r->o, r->opt->sort, &r->cli->err) < 0)
		return -1;
	r->cli->misused = false;
	return 0;
}

int dbcmd_run(struct cli *cli, const struct dbcmd *d, const struct dbcmd_options *user, int argc,
	      char **argv)
{
	struct dbcmd_options own = *user;
	const struct dbcmd_options *opt = &own;
	struct dbcmd_run r = {
		.cli = cli,
		.d = d,
		.opt = opt,
		.path = user->file ? user->file : d->path,
		.list = dbcmd_list,
		.find = find_row,
	};
	struct err ignored; /* a failure of the output that is behind another one */
	int rc = -1;

	own.libc |= own.stayopen || own.diff || own.count;
	if (check_options(cli, opt, argc, argv) < 0)
		return -1;
	db_init(&r.db, d->type);
	db_init(&r.file, d->type);
	r.db.wait = cli_wait;
	r.name = dbcmd_reads_input(opt) ? "standard input" : r.path;
	r.shown = strlen(r.name) < PATH_WHOLE ? r.name : str_show(r.cut, r.name);
	if (opt->check || opt->fix || opt->count) {
		rc = opt->count ? dbcmd_count(&r, argc, argv) : dbcmd_check(&r);
		goto out;
	}
	if ((opt->libc ? dbcmd_libc_open(&r) : dbcmd_source_open(&r)) < 0) {
		rc = cli_interrupted() ? 0 : -1; /* the signal itself will end the process */
		goto out;
	}
	if (!r.o && dbcmd_open_records(&r, NULL) < 0)
		goto out;
	rc = argc > 0 ? look_up(&r, argc, argv) : r.list(&r);
out:
	if (out_close(r.o, rc < 0 ? &ignored : &cli->err) < 0)
		rc = -1;
	dbcmd_libc_close(&r);
	dbcmd_source_close(&r);
	db_fini(&r.db);
	db_fini(&r.file);
	return rc;
}
