/* SPDX-License-Identifier: MIT */
/* dbcmd_impl.h - what the parts of dbcmd share: one run of hosts, protos or services */
#ifndef NETIPC_CMD_DBCMD_IMPL_H
#define NETIPC_CMD_DBCMD_IMPL_H

#include "base/str.h"
#include "cmd/dbcmd.h"

/* What --source takes, as in the column. */
#define DBCMD_FILES   "files"
#define DBCMD_BUILTIN "builtin"

/* One run of a command. */
struct dbcmd_run {
	struct cli *cli;
	const struct dbcmd *d;
	const struct dbcmd_options *opt;
	const char *path, *name; /* NAME is PATH for messages */
	const char *shown;       /* NAME, cut if it would leave no room for a reason */
	char cut[STR_SHOW];
	const char *source; /* what the column says */
	struct out *o;
	struct db db;
};

/*
 * Prints the records of ROW, which answers the operand INPUT if that is not NULL; -1 with
 * the error in the cli.
 */
int dbcmd_put_row(struct dbcmd_run *r, const struct db_row *row, const char *input);

/*
 * Opens the records, of VIEW if that is not NULL, sorted if the user wants that; -1 with the
 * error in the cli.  dbcmd_run() closes them.
 */
int dbcmd_open_records(struct dbcmd_run *r, const struct command_view *view) MUST_CHECK;

/* The rows come from standard input. */
bool dbcmd_reads_input(const struct dbcmd_options *opt);

/* --source in OPT is one, and goes with the other options; -1 with the error in CLI. */
int dbcmd_source_check(struct cli *cli, const struct dbcmd_options *opt) MUST_CHECK;

/*
 * Reads the rows from where --source says.  The system's own file may be missing: a note
 * says so and the built-in table answers.  -1 with the error in the cli.
 */
int dbcmd_source_read(struct dbcmd_run *r) MUST_CHECK;

/* --check and --fix go with the other options; -1 with the error in CLI. */
int dbcmd_check_options(struct cli *cli, const struct dbcmd_options *opt, int argc) MUST_CHECK;

/* --check and --fix; -1 with the error in the cli. */
int dbcmd_check(struct dbcmd_run *r) MUST_CHECK;

#endif
