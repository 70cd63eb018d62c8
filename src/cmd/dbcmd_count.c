/* SPDX-License-Identifier: MIT */
/* dbcmd_count.c - --count: what --stayopen saves, in opens of the file */
#include <string.h>

#include "cmd/dbcmd_impl.h"
#include "db/libc_opens.h"

enum {
	COL_CALL,
	COL_TIMES,
	COL_OPENS,
	COL_OPENS_STAYOPEN,
	COL_FILE,
};

static const struct out_col count_cols[] = {
	[COL_CALL] = { "call", OUT_STR, "the call of libc", false },
	[COL_TIMES] = { "times", OUT_INT, "how often it was made", false },
	[COL_OPENS] = { "opens", OUT_INT, "how often the file was opened then", false },
	[COL_OPENS_STAYOPEN] = { "opens_stayopen", OUT_INT, "the same after set*ent(1)", false },
	[COL_FILE] = { "file", OUT_STR, "the file", false },
};

const struct command_view dbcmd_count_view = { "--count", count_cols, ARRAY_SIZE(count_cols) };

enum {
	RUNS = 2, /* anyone else who opens the file can only add to a run: the least one counts */
};

struct keys VEC(char *);

int dbcmd_count_options(struct cli *cli, const struct dbcmd_options *opt)
{
	if (!opt->count)
		return 0;
	if (opt->diff)
		return err_set(&cli->err, ERR_USAGE, "--count and --diff are two questions");
	if (opt->first)
		return err_set(&cli->err, ERR_USAGE, "--count prints no match: no --first");
	if (cli->output.format == OUT_CLASSIC)
		return err_set(&cli->err, ERR_USAGE, "--count has no lines of the lecture");
	return 0;
}

/* All operands, so that they can be asked again; a bad one is complained of. */
static int read_keys(struct dbcmd_run *r, struct keys *keys, int argc, char **argv)
{
	struct cli_operand operand;
	int index = 0, rc;

	while ((rc = cli_next(r->cli, argc, argv, &index, &operand)) > 0) {
		struct err err;
		struct db_key key;

		if (cli_operand_check(&operand, &err) < 0 ||
		    db_key_parse(&key, r->d->type, operand.text, &err) < 0) {
			cli_complain_at(r->cli, &operand, &err);
			continue;
		}
		db_key_fini(&key);
		*vec_push(keys) = xstrdup(operand.text);
	}
	return rc;
}

static int measure(struct dbcmd_run *r, const struct keys *keys, bool stayopen,
		   struct db_opens *least)
{
	const struct db_opens_task task = { r->d->type, r->path, keys->v, keys->n, stayopen };
	struct db_opens opens;

	for (int run = 0; run < RUNS; run++) {
		if (db_opens_count(&opens, &task, &r->cli->err) < 0)
			return -1;
		if (run == 0)
			*least = opens;
		for (size_t i = 0; i < least->n; i++)
			if (opens.calls[i].opens < least->calls[i].opens)
				least->calls[i].opens = opens.calls[i].opens;
	}
	return 0;
}

/* The record of CALL, made with set*ent(1) before, and WITHOUT, or NULL. */
static int put(struct dbcmd_run *r, const struct db_opens_call *call,
	       const struct db_opens_call *without)
{
	out_str(r->o, COL_CALL, call->call);
	out_uint(r->o, COL_TIMES, call->times);
	if (without)
		out_uint(r->o, COL_OPENS, without->opens);
	out_uint(r->o, COL_OPENS_STAYOPEN, call->opens);
	out_str(r->o, COL_FILE, r->path);
	return out_row(r->o, &r->cli->err);
}

/* The first call of WITH is set*ent(1), which WITHOUT has not. */
static int put_calls(struct dbcmd_run *r, const struct db_opens *with,
		     const struct db_opens *without)
{
	for (size_t i = 0; i < with->n; i++)
		if (put(r, &with->calls[i], i ? &without->calls[i - 1] : NULL) < 0)
			return -1;
	return 0;
}

static int count(struct dbcmd_run *r, const struct keys *keys)
{
	struct db_opens with = { 0 }, without = { 0 };
	int rc;

	if (cli_block_begin(r->cli, r->o) < 0)
		return -1;
	rc = measure(r, keys, false, &without);
	if (rc == 0)
		rc = measure(r, keys, true, &with);
	cli_block_end();
	return rc < 0 ? -1 : put_calls(r, &with, &without);
}

int dbcmd_count(struct dbcmd_run *r, int argc, char **argv)
{
	struct keys keys = { 0 };
	int rc = -1;

	if (dbcmd_open_records(r, &dbcmd_count_view) < 0)
		return -1;
	if (read_keys(r, &keys, argc, argv) == 0)
		rc = (argc > 0 && keys.n == 0) || cli_interrupted() ? 0 : count(r, &keys);
	for (size_t i = 0; i < keys.n; i++)
		free(keys.v[i]);
	vec_fini(&keys);
	return rc;
}
