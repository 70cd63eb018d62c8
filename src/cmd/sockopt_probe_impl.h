/* SPDX-License-Identifier: MIT */
/* sockopt_probe_impl.h - what the files of netipc sockopt probe share; nobody else includes it */
#ifndef NETIPC_CMD_SOCKOPT_PROBE_IMPL_H
#define NETIPC_CMD_SOCKOPT_PROBE_IMPL_H

#include "cmd/sockopt_shared.h"
#include "sockopt/probe.h"

struct probe_options {
	bool all, verbose;
	const char *kinds; /* LIST of --kinds */
};

enum {
	PROBE_LINE = 96,
};

/* A table for people: a cell a combination.  Zero it; end with probe_grid_fini(). */
struct probe_grid {
	size_t ncols;
	size_t labels;            /* columns on the left that are no cells of their own */
	struct VEC(char *) cells; /* row by row; the first row is the heading */
};

/*
 * Appends a cell; rows have as many as the first, which probe_grid_heading() ends: LABELS of them
 * name the row.
 */
void probe_grid_add(struct probe_grid *g, const char *text);
void probe_grid_heading(struct probe_grid *g, size_t labels);

/* Drops the last row. */
void probe_grid_drop_row(struct probe_grid *g);

/* Drops the columns that have errors or "-" alone, and appends their headings to NAMES. */
void probe_grid_drop_columns(struct probe_grid *g, struct buf *names);

/* Appends TEXT to B, word by word, in lines of at most PROBE_LINE columns. */
void probe_wrap(struct buf *b, const char *text);

/* Prints G with columns of equal width, the heading if HEADING; nothing if there is no cell. */
int probe_grid_print(const struct probe_grid *g, struct out *o, bool heading,
		     struct err *err) MUST_CHECK;
void probe_grid_fini(struct probe_grid *g);

/* The run of one part. */
struct probe_run {
	struct cli *cli;
	const struct probe_options *opt;
	struct out *o;
	struct probe_grid grid;
	struct buf loaded; /* /proc/net/protocols */
	struct buf below;  /* lines below the grid */
	struct buf text;   /* of the row being made */
	struct buf untried, absent, differs;
	size_t nnames; /* of rows that the user wants; 0: all */
	char **names;
	bool *found; /* which of NAMES were */

	/* The kinds of socket that are tried. */
	struct VEC(const struct probe_kind *) kinds;
};

/* NAME, or its first word, is one that the user wants. */
bool probe_wanted(struct probe_run *r, const char *name);

/* Where the records of a part tell of a kind of socket that is not there. */
struct probe_told {
	unsigned socket, result, reason; /* columns */
};

/*
 * Chooses the kinds of PART, those that can be opened; the others are told of below the grid, and
 * as records.
 */
int probe_choose(struct probe_run *r, unsigned part, const struct probe_told *told) MUST_CHECK;

/* "ok", or the name of error number CODE. */
const char *probe_word(int code);

/* The reason for CODE of WHAT in column COL. */
void probe_out_reason(struct out *o, unsigned col, const char *what, int code);

extern const struct command_view sockopt_probe_sockets_view, sockopt_probe_options_view,
	sockopt_probe_fileops_view, sockopt_probe_flags_view;
int sockopt_probe_sockets(struct probe_run *r) MUST_CHECK;
int sockopt_probe_options(struct probe_run *r) MUST_CHECK;
int sockopt_probe_fileops(struct probe_run *r) MUST_CHECK;
int sockopt_probe_flags(struct probe_run *r) MUST_CHECK;

#endif
