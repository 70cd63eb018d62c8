/* SPDX-License-Identifier: MIT */
/* out_impl.h - what out.c shares with the writers; nobody else includes it */
#ifndef NETIPC_OUT_OUT_IMPL_H
#define NETIPC_OUT_OUT_IMPL_H

#include "base/buf.h"
#include "base/vec.h"
#include "out/out.h"

enum cell_kind {
	CELL_ABSENT,
	CELL_STR,
	CELL_NUM,  /* TEXT is the number */
	CELL_BIG,  /* the same, beyond what a JSON number can hold exactly */
	CELL_BOOL, /* TEXT is true or false */
	CELL_SECS, /* NS */
	CELL_LIST, /* TEXT is the items, a NUL behind each */
	CELL_RAW,  /* JSON in JSON, else TEXT */
};

struct cell {
	enum cell_kind kind;
	struct buf text, json;
	uint64_t ns;
};

struct table_cell {
	uint32_t len, columns; /* bytes in the table's text, and columns that they take */
};

/* Rows that the table holds back to learn how wide its columns are. */
struct table {
	struct buf text; /* the cells, one behind the other */
	struct table_cells VEC(struct table_cell) cells;
	size_t *width; /* of each chosen column */
	size_t rows;   /* held back */
	bool sized;    /* the widths are settled and the heading is printed */
};

struct sorter;

/* One format.  BEGIN and FLUSH may be NULL. */
struct out_ops {
	void (*begin)(struct out *o);
	void (*row)(struct out *o);
	void (*flush)(struct out *o);
};

struct out {
	FILE *fp;
	const struct out_ops *ops;
	enum out_format format;
	bool no_header, stream, failed;
	bool gathers; /* the caller flushes */
	void (*writes)(bool begins);
	const struct out_col *cols;
	size_t ncols;
	unsigned *chosen; /* indexes of cols, in the order in which they are printed */
	size_t nchosen;
	bool *wanted; /* by index of cols */
	struct cell *cells;
	uint64_t rows;
	struct buf line; /* text on its way to fp */
	struct table table;
	struct sorter *sorter; /* or NULL */
	struct buf *heads;     /* JSON: what stands before each chosen cell */
};

extern const struct out_ops out_ops_table, out_ops_json, out_ops_csv, out_ops_tsv;

/* Appends the text of CELL for a person or a spreadsheet: items of a list joined by a space. */
void out_cell_text(struct buf *b, const struct cell *cell);

/* The index of the column that the N bytes at NAME name; OPTION has asked. */
int out_find_col(const struct out *o, const char *option, const char *name, size_t n, unsigned *col,
		 struct err *err) MUST_CHECK;

/* For O with a sorter: holds back the present record, or one of out_text(); prints them all. */
void out_sort_row(struct out *o);
void out_sort_text(struct out *o, const char *text, size_t n);
void out_sort_print(struct out *o);
bool out_sort_holds(const struct out *o);
void out_sort_free(struct out *o);

/* Hands the text on its way to FP; O->failed says that it could not. */
void out_hand_over(struct out *o);

#endif
