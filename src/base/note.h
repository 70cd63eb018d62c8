/* SPDX-License-Identifier: MIT */
/*
 * note.h - what a reader of a configuration file has to say of it, with line and column
 *
 * Such a reader never fails on what a file says: it does what the system's own reader does, and
 * notes what will surprise.  A zeroed struct notes is empty.
 */
#ifndef NETIPC_BASE_NOTE_H
#define NETIPC_BASE_NOTE_H

#include "base/macros.h"
#include "base/vec.h"

enum {
	NOTE_MAX = 1000, /* a file of garbage has no more than these */
};

/* One of them: "3:14: ndots is at most 15".  TEXT can be printed as it is. */
struct note {
	size_t line, column; /* from 1, in bytes; line 0: of no line, such as what a file lacks */
	char *text;
};
struct notes VEC(struct note);

/* Appends one; operands of the file go through str_show(). */
void note_add(struct notes *notes, size_t line, size_t column, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* Frees them and makes NOTES empty. */
void note_fini(struct notes *notes);

#endif
