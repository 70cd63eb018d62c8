/* SPDX-License-Identifier: MIT */
/*
 * dbcmd.h - what hosts, protos and services have in common
 *
 * Each of them is a database, its default file, its columns, and how a row of it is
 * printed.  The options, where the rows come from, and the way through the keys are
 * here, once.
 */
#ifndef NETIPC_CMD_DBCMD_H
#define NETIPC_CMD_DBCMD_H

#include "cli/command.h"
#include "db/db.h"

struct dbcmd_options {
	const char *file, *source;
	bool libc, stayopen, diff, count;
	bool first;
	const char *sort;
	bool check, strict, fix;
	uint64_t timeout_ns;
};

/* The columns that all of them have, and COMMENT, which is DBCMD_NONE where there is none. */
struct dbcmd_cols {
	unsigned name, aliases, source, file, line, comment, input, error, agrees;
};

enum {
	DBCMD_NONE = ~0U,
};

/* clang-format off */

/* The descriptions of the columns that all of them have under these names. */
#define DBCMD_SHARED_COLS                                                                    \
	[COL_ALIASES] = { "aliases", OUT_LIST, "the other names", false },                   \
	[COL_SOURCE] = { "source", OUT_STR, "files, nss, nss:MODULE, builtin or libc", false }, \
	[COL_FILE] = { "file", OUT_STR, "the file that was read", false },                   \
	[COL_LINE] = { "line", OUT_INT, "the line of the file", false },                     \
	[COL_INPUT] = { "input", OUT_STR, "the operand", true },                             \
	[COL_ERROR] = { "error", OUT_STR, "why the operand or line has no record", true },   \
	[COL_AGREES] = { "agrees", OUT_STR, "yes, or how the other sources differ", true }

/* Their indexes; COMMENT is that column's, or DBCMD_NONE. */
#define DBCMD_INDEXES(comment)                                                               \
	{ COL_NAME, COL_ALIASES, COL_SOURCE, COL_FILE, COL_LINE, comment, COL_INPUT, COL_ERROR, \
	  COL_AGREES }

/* clang-format on */

struct dbcmd {
	const struct db_type *type;
	const char *path;  /* the file that is read without --file */
	const char *value; /* what a name has: "address", "number", "port" */
	struct dbcmd_cols cols;

	/* Sets the columns of its own for record I of ROW; false if ROW has no such record. */
	bool (*set)(struct out *o, const struct db_row *row, size_t i);

	/* Appends the lecture's line of ROW. */
	void (*classic)(struct buf *b, const struct db_row *row);
};

extern const struct opt dbcmd_opts[];

/* The columns of --check. */
extern const struct command_view *const dbcmd_views[];

/* For struct command. */
void dbcmd_defaults(void *options);

/* Appends "name=NAME", and ", alias={ ALIAS... }" with the end of the line. */
void dbcmd_classic_name(struct buf *b, const struct db_row *row);
void dbcmd_classic_aliases(struct buf *b, const struct db_row *row);

/* Runs the command that D describes: lists without an operand, looks up each operand else. */
int dbcmd_run(struct cli *cli, const struct dbcmd *d, const struct dbcmd_options *user, int argc,
	      char **argv);

#endif
