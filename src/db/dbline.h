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

struct dbline {
	uint64_t number; /* from 1 */
	const char *text;
	const char *const *fields; /* strings that stand in TEXT */
	size_t nfields;
	const char *comment; /* what follows the #, blanks at its ends cut off; NULL if empty */
	size_t comment_len;  /* it may hold NULs */
	size_t nul;          /* column of the first NUL byte before the comment, or 0 */
	bool bom; /* a UTF-8 byte order mark stood before the first field; it is left out */
};

/*
 * Takes the LEN bytes at TEXT, a line without its newline, apart.  The strings are copies
 * in A.  NUMBER 1 may have a byte order mark.
 */
void dbline_split(struct dbline *line, struct arena *a, uint64_t number, const char *text,
		  size_t len);

/* The column of FIELD, one of LINE's, from 1. */
size_t dbline_column(const struct dbline *line, const char *field);

#endif
