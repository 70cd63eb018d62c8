/* SPDX-License-Identifier: MIT */
/* dbcmd_libc.c - --libc: the lecture's calls as a source */
#include "cmd/dbcmd_impl.h"
#include "db/libc.h"

int dbcmd_libc_options(struct cli *cli, const struct dbcmd_options *opt)
{
	if (opt->libc && opt->file && !opt->diff)
		return err_set(&cli->err, ERR_USAGE, "--libc reads no --file");
	if (opt->diff && opt->first)
		return err_set(&cli->err, ERR_USAGE, "--first leaves out what --diff is to show");
	return 0;
}

static int list_libc(struct dbcmd_run *r)
{
	struct err err;

	db_libc_list(&r->db);
	if (r->opt->diff)
		return dbcmd_diff_list(r);
	if (r->db.rows.n == 0) {
		err_set(&err, ERR_NEGATIVE, "%s lists nothing", r->d->type->libc->list_call);
		cli_complain(r->cli, &err);
	}
	return dbcmd_list(r);
}

static int find_libc(struct dbcmd_run *r, const struct db_key *key, struct err *err)
{
	int rc;

	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	rc = db_libc_find(&r->db, key, err);
	cli_block_end();
	if (r->opt->diff)
		return dbcmd_diff_key(r, key, err);
	for (size_t i = 0; rc == 0 && i < (r->opt->first ? 1 : r->db.rows.n); i++)
		if (dbcmd_put_row(r, &r->db.rows.v[i], key->text) < 0)
			return -1;
	return 0;
}

int dbcmd_libc_open(struct dbcmd_run *r)
{
	r->source = "libc";
	r->list = list_libc;
	r->find = find_libc;
	db_libc_begin(&r->db, r->opt->stayopen);
	return r->opt->diff ? dbcmd_diff_open(r) : 0;
}

void dbcmd_libc_close(struct dbcmd_run *r)
{
	if (r->find == find_libc)
		db_libc_end(&r->db);
}
