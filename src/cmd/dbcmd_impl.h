/* SPDX-License-Identifier: MIT */
/* dbcmd_impl.h - what the parts of dbcmd share: one run of hosts, protos or services */
#ifndef NETIPC_CMD_DBCMD_IMPL_H
#define NETIPC_CMD_DBCMD_IMPL_H

#include "base/str.h"
#include "cmd/dbcmd.h"
#include "db/nss.h"

#define DBCMD_TIMEOUT_UNSET UINT64_MAX

/* What --source takes, as in the column; any other word is a module of the name service. */
#define DBCMD_FILES   "files"
#define DBCMD_NSS     "nss"
#define DBCMD_BUILTIN "builtin"
#define DBCMD_ALL     "all"
#define DBCMD_MODULE  "nss:" /* and the module */

struct dbcmd_all;

enum {
	DBCMD_COLS_MAX = 24,
};

/* One run of a command. */
struct dbcmd_run {
	struct cli *cli;
	const struct dbcmd *d;
	const struct dbcmd_options *opt;
	const char *path, *name; /* NAME is PATH for messages */
	const char *shown;       /* NAME, cut if it would leave no room for a reason */
	char cut[STR_SHOW];
	const char *source; /* what the column says */
	struct buf source_text;
	struct out *o;
	struct db db;          /* of the file or the table; or the last answer */
	struct db_nss nss;     /* that is asked */
	struct dbcmd_all *all; /* all sources, or NULL */

	/* Prints all rows; -1 with the error in the cli. */
	int (*list)(struct dbcmd_run *r);

	/*
	 * Prints what matches KEY; ERR says why if nothing does.  -1 with the error in the cli if
	 * it cannot be printed.
	 */
	int (*find)(struct dbcmd_run *r, const struct db_key *key, struct err *err);

	/* With --diff: */
	struct db file;   /* what libc's rows are compared with */
	const char *diff; /* what the column says, or NULL */
	char mark;        /* before the lecture's line, or 0 */
	unsigned col_diff;
	struct out_col cols[DBCMD_COLS_MAX];
};

/* Prints the rows of R's db and what is wrong with its file, in its order. */
int dbcmd_list(struct dbcmd_run *r);

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

/* Sets the columns that say where a row comes from; LINE is 0 if that is no file. */
void dbcmd_set_source(struct dbcmd_run *r, uint64_t line);

/* The rows come from standard input. */
bool dbcmd_reads_input(const struct dbcmd_options *opt);

/* --source in OPT is one, and goes with the other options; -1 with the error in CLI. */
int dbcmd_source_check(struct cli *cli, const struct dbcmd_options *opt) MUST_CHECK;

/*
 * Reads the rows from where --source says, or makes ready to ask.  The system's own file may be
 * missing: a note says so and the built-in table answers.  -1 with the error in the cli.
 */
int dbcmd_source_open(struct dbcmd_run *r) MUST_CHECK;
void dbcmd_source_close(struct dbcmd_run *r);

/* What asks MODULE, which must outlive it, or with NULL all of them as configured. */
struct db_nss dbcmd_nss(const struct dbcmd_run *r, const char *module);

/* What was printed so far is seen before a wait; -1 with the error in the cli. */
int dbcmd_flush(struct dbcmd_run *r) MUST_CHECK;

/* --source=all: as the three above. */
int dbcmd_all_open(struct dbcmd_run *r) MUST_CHECK;
void dbcmd_all_close(struct dbcmd_run *r);

/* The word of the column for value I of ROW, which is of the source that is printed; or NULL. */
const char *dbcmd_all_agrees(struct dbcmd_run *r, const struct db_row *row, size_t i);

/* --check and --fix go with the other options; -1 with the error in CLI. */
int dbcmd_check_options(struct cli *cli, const struct dbcmd_options *opt, int argc) MUST_CHECK;

/* --check and --fix; -1 with the error in the cli. */
int dbcmd_check(struct dbcmd_run *r) MUST_CHECK;

extern const struct command_view dbcmd_count_view, dbcmd_diff_view;

/* --count goes with the other options; -1 with the error in CLI. */
int dbcmd_count_options(struct cli *cli, const struct dbcmd_options *opt) MUST_CHECK;

/* How often the file is opened for the operands, or for a list; -1 with the error in the cli. */
int dbcmd_count(struct dbcmd_run *r, int argc, char **argv) MUST_CHECK;

/* --libc and --diff go with the other options; -1 with the error in CLI. */
int dbcmd_libc_options(struct cli *cli, const struct dbcmd_options *opt) MUST_CHECK;

/* Makes libc the source; end with dbcmd_libc_close(), which may come without it. */
int dbcmd_libc_open(struct dbcmd_run *r) MUST_CHECK;
void dbcmd_libc_close(struct dbcmd_run *r);

/* Reads the file that libc is compared with, and opens the records, which have one more column. */
int dbcmd_diff_open(struct dbcmd_run *r) MUST_CHECK;

/* How R->db, the list, and the file differ; status 1 if they do.  -1 if it cannot be printed. */
int dbcmd_diff_list(struct dbcmd_run *r) MUST_CHECK;

/*
 * The same for KEY, whose answer is in R->db or the error in ERR; that is cleared if the file
 * has an answer.
 */
int dbcmd_diff_key(struct dbcmd_run *r, const struct db_key *key, struct err *err) MUST_CHECK;

#endif
