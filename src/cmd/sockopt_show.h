/* SPDX-License-Identifier: MIT */
/* sockopt_show.h - what the files of netipc sockopt show share */
#ifndef NETIPC_CMD_SOCKOPT_SHOW_H
#define NETIPC_CMD_SOCKOPT_SHOW_H

#include "cmd/sockopt_live.h"
#include "sockopt/notes.h"

struct show_options {
	struct sockopt_choice choice;
	bool all, changed, info, table;
	const char *names, *level;
	uint64_t watch_ns;
	unsigned count;
};

/* What --watch remembers of a socket: the values of its options, without errors. */
struct show_memory {
	uint64_t inode;
	bool seen; /* in this round */
	size_t n;
	struct snapshot_value *values;
	char *header; /* the line that tells of it */
};

/* The line that was printed last for an option: most sockets have the same values. */
struct show_line {
	struct value value;
	const struct value *fresh;
	bool changed;
	const struct snapshot *untouched; /* the fresh socket that has the same; or NULL */
	struct buf text;
};

struct show {
	struct cli *cli;
	const struct show_options *opt;
	struct out *o;
	struct sockopt_live live;
	struct snapshot_plan plan;
	struct option_list shown; /* of the plan, its first rows */
	const struct option_row *info;
	struct snapshot snapshot;
	struct baseline baseline;
	struct notes notes;
	struct buf text;
	struct show_lines VEC(struct show_line) lines; /* by place in the plan */
	bool named;                                    /* the user named options or a level */
	bool elsewhere;   /* a baseline is of another network than its socket */
	int unfresh_code; /* there is no baseline of this kind, and why: 0 for none */
	char unfresh[SNAPSHOT_KIND];
	struct buf *collect;      /* where blocks go in place of O, or NULL */
	struct option_list table; /* the options that are columns of --table */
	struct out_col *cols;     /* its columns, and the keys of those for options; or NULL */
	char **keys;
	unsigned extra; /* the column "protocol": "holders" and "uid" follow it */
	int rc;
};

/* One socket that is being printed. */
struct shown {
	struct show *show;
	const struct sockopt_found *found;
	const struct snapshot *s, *fresh;
	bool part; /* only what the kernel's list has */
	const struct show_memory *before;
	struct buf text; /* the block, in the command's own form */
};

/*
 * Fills SHOW->plan and what of it is shown: what the options and COLUMNS (NULL, or names of
 * options) ask for.  -1 with CLI->err.
 */
int sockopt_show_choose(struct show *show, const char *columns) MUST_CHECK;

/* Option V is among what the user wants to see. */
bool sockopt_show_wants(const struct shown *w, const struct snapshot_value *v);

/* Sets the columns of the socket itself. */
void sockopt_show_columns(const struct shown *w);

/*
 * Opens SHOW->o for --table: the socket's columns, the first NSOCKET of COLS and the three from
 * SHOW->extra on, then one for each option that was named, or else that a socket has to show; that
 * looks at them all once.  -1 with CLI->err.
 */
int sockopt_table_open(struct show *show, const struct out_col *cols, unsigned nsocket) MUST_CHECK;

/* The socket's row; before there is SHOW->o, only which columns it needs.  -1 with CLI->err. */
int sockopt_table_row(const struct shown *w) MUST_CHECK;

/* To be called once SHOW->o is closed. */
void sockopt_table_fini(struct show *show);

/* Ends what SHOW holds besides its command's records. */
void sockopt_show_fini(struct show *show);

/* There is no baseline of KIND because of CODE, or CODE is 0: the gravest is told at the end. */
void sockopt_show_unfresh(struct show *show, const char *kind, int code);

/* Prints all that was found in the command's own form, read by several threads. */
int sockopt_show_many(struct show *show) MUST_CHECK;

/*
 * Prints socket F, which is in SHOW->snapshot then; if BEFORE, only what has changed since.
 * -1 with CLI->err.
 */
int sockopt_show_found(struct show *show, struct sockopt_found *f,
		       const struct show_memory *before) MUST_CHECK;

/* "nginx[812] fd 11  tcp ESTAB  LOCAL -> PEER  ino N\n" */
void sockopt_put_socket(struct buf *b, const struct sockopt_live *l, const struct sockopt_found *f,
			const struct snapshot *s);

/* Looks again and again.  -1 with CLI->err. */
int sockopt_watch(struct show *show) MUST_CHECK;

#endif
