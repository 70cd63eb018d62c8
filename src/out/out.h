/* SPDX-License-Identifier: MIT */
/*
 * out.h - one description of a command's records, every way to print them
 *
 * A command declares its columns once.  The heading, the JSON keys, the CSV and
 * TSV headings, the list in --help and the values of --columns come from that
 * table.  A record is made by setting its columns in any order and calling
 * out_row(); a column that was not set is absent (null, or an empty cell).
 *
 *	out_str(o, COL_NAME, "tcp");
 *	out_uint(o, COL_NUMBER, 6);
 *	out_item(o, COL_ALIASES, "TCP");
 *	out_row(o);
 *
 * Strings may be any bytes.  JSON is valid UTF-8 always (what is not becomes
 * U+FFFD); a table escapes what could act on a terminal; a TSV record is always
 * one line.  Nothing here is global: a struct out belongs to one thread.
 */
#ifndef NETIPC_OUT_OUT_H
#define NETIPC_OUT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/* The JSON type of a column; --help and the table's alignment follow it. */
enum out_type {
	OUT_STR,
	OUT_INT,
	OUT_BOOL,
	OUT_SECS, /* a duration: a number of seconds; readable units in a table */
	OUT_LIST, /* strings */
	OUT_ANY,  /* differs from record to record */
};

enum out_format {
	OUT_PLAIN, /* the command's own form; a table if it has none */
	OUT_TABLE,
	OUT_JSON,
	OUT_CSV,
	OUT_TSV,
	OUT_CLASSIC, /* the lecture's lines; printed by the command */
};

struct out_col {
	const char *key; /* lower_snake_case; upper case in the table's heading, _ as - */
	enum out_type type;
	const char *help;
	bool wide; /* in JSON, CSV, TSV and on request; not in the table by default */
};

/* What the user chose; the zeroed struct is the default. */
struct out_choice {
	enum out_format format;
	bool no_header;
	const char *columns; /* LIST of --columns, or NULL */

	/* NULL, or called with true before FP is written to, and with false behind that. */
	void (*writes)(bool begins);
};

struct out;

/*
 * Starts records with the N columns COLS on FP, which stays the caller's; COLS and
 * CHOICE must outlive the result.  STREAM says that records come slowly and without
 * end: the table then sizes its columns from the first few.  ERR_USAGE if a name in
 * CHOICE->columns is unknown.  End with out_close().
 */
struct out *out_open(FILE *fp, const struct out_choice *choice, const struct out_col *cols,
		     size_t n, bool stream, struct err *err) MUST_CHECK;

/* The format in use: OUT_PLAIN has become OUT_TABLE if columns were chosen. */
enum out_format out_format(const struct out *o);

/* The command prints its own form (OUT_PLAIN, OUT_CLASSIC) with out_text(), no columns. */
bool out_is_text(const struct out *o);

/* COL will be printed: costly values need not be made if it is not. */
bool out_wants(const struct out *o, unsigned col);

/* Each sets column COL of the present record; the bytes are copied.  NULL sets nothing. */
void out_str(struct out *o, unsigned col, const char *value);
void out_bytes(struct out *o, unsigned col, const void *value, size_t n);
void out_int(struct out *o, unsigned col, int64_t value);
void out_uint(struct out *o, unsigned col, uint64_t value); /* a string in JSON above 2^53 */
void out_bool(struct out *o, unsigned col, bool value);
void out_ns(struct out *o, unsigned col, uint64_t ns); /* an OUT_SECS column */
/* An OUT_ANY column: TEXT as it is in tables, JSON (a complete JSON value) in JSON. */
void out_raw(struct out *o, unsigned col, const char *text, const char *json);

/* Adds an item to an OUT_LIST column; out_list() makes it an empty list if nothing follows. */
void out_list(struct out *o, unsigned col);
void out_item(struct out *o, unsigned col, const char *value);

/*
 * Records come sorted by the column that NAME names, "-NAME" for the last one first, when O is
 * closed: numbers and durations as values, all else by its bytes, what has no value last, equal
 * ones as they came.  To be called before the first record.  ERR_USAGE if there is no such
 * column.
 */
int out_sort(struct out *o, const char *name, struct err *err) MUST_CHECK;

/* Records are sorted by column COL: it must be set, for out_text() too. */
bool out_sorts_by(const struct out *o, unsigned col);

/* The N BYTES are where the present record stands by column COL, in place of its value. */
void out_order(struct out *o, unsigned col, const void *bytes, size_t n);

/*
 * Ends the record.  -1 with ERR_SYSTEM if the output cannot be written, after which
 * nothing more is printed: the command should stop.
 */
int out_row(struct out *o, struct err *err) MUST_CHECK;

/* Unsets the columns of the present record: it is not printed. */
void out_drop(struct out *o);

/*
 * A record in the command's own form (OUT_PLAIN, OUT_CLASSIC): N bytes, safe for a
 * terminal and with their newline.  Counts and fails as out_row() does.
 */
int out_text(struct out *o, const char *text, size_t n, struct err *err) MUST_CHECK;

/* Records ended so far. */
uint64_t out_rows(const struct out *o);

/* Records are held back: until the columns of a table are sized, or to be sorted. */
bool out_holds(const struct out *o);

/* The records of a stream are no longer flushed one by one: out_flush() is for the caller. */
void out_gather(struct out *o);

/* Prints what is held back, but not to be sorted, and flushes FP. */
int out_flush(struct out *o, struct err *err) MUST_CHECK;

/*
 * out_flush(), then frees O.  CSV and TSV have their heading even without a record; a
 * table without records is nothing.
 */
int out_close(struct out *o, struct err *err);

#endif
