/* SPDX-License-Identifier: MIT */
/*
 * dbline.h - a line of a database file as fields
 *
 *	http   80/tcp   www   # WorldWideWeb HTTP
 *	field0 field1   field2  comment
 *
 * hosts(5), protocols(5) and services(5) are written alike: fields with blanks between,
 * and what follows a # is a comment.
 */
#ifndef NETIPC_DB_DBLINE_H
#define NETIPC_DB_DBLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	DBLINE_FEW = 8, /* fields that most lines do not have more of */
	DBLINE_BOM = 3, /* bytes of a byte order mark in UTF-8 */
};

struct dbline {
	uint64_t number; /* from 1 */
	const char *text;
	const char *const *fields; /* strings that stand in TEXT; the array may be FEW */
	size_t nfields;
	const char *comment; /* what follows the #, blanks at its ends cut off; NULL if empty */
	size_t comment_len;  /* it may hold NULs */
	size_t nul;          /* column of the first NUL byte before the comment, or 0 */
	bool bom; /* a UTF-8 byte order mark stood before the first field; it is left out */
	const char *few[DBLINE_FEW]; /* where FIELDS are if they fit */
};

/*
 * Takes the LEN bytes at TEXT, a line without its newline, apart.  The strings are copies
 * in A.  NUMBER 1 may have a byte order mark.
 */
void dbline_split(struct dbline *line, struct arena *a, uint64_t number, const char *text,
		  size_t len);

/* The LEN bytes at TEXT have no field: they are blanks, or a comment. */
bool dbline_is_blank(const char *text, size_t len);

/* The LEN bytes at TEXT begin with a byte order mark. */
bool dbline_has_bom(const char *text, size_t len);

/* A copy in A of LINE's fields from number FROM on; NULL if there are none. */
const char *const *dbline_rest(const struct dbline *line, size_t from, struct arena *a);

/* Takes field number I out of LINE; A gets the array of those that are left. */
void dbline_drop(struct dbline *line, size_t i, struct arena *a);

/* The column of FIELD, one of LINE's, from 1. */
size_t dbline_column(const struct dbline *line, const char *field);

#endif
