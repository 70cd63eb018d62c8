/* SPDX-License-Identifier: MIT */
/*
 * lint.h - what is wrong with a database file, line by line, and the file without it
 *
 *	lint_init(&l, db_hosts.lint, found, arg);
 *	for each line of the file: lint_line(&l, text, len, cut);   l.fixed is the new line
 *	lint_end(&l);
 *	lint_fini(&l);
 *
 * FOUND is called for each finding as it is made.  Memory is that of the names and addresses of
 * the file, and some times the longest line.  lint.def has all that can be found.
 */
#ifndef NETIPC_DB_LINT_H
#define NETIPC_DB_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/vec.h"

struct lint_type;
extern const struct lint_type lint_hosts, lint_protocols, lint_services;

enum lint_grade {
	LINT_NOTE,    /* worth knowing */
	LINT_WARNING, /* some program does not read the line as it looks */
	LINT_ERROR,   /* the line has no entry, or a wrong one */
};

/* What --fix does with the line. */
enum lint_fix {
	LINT_KEEP,
	LINT_EDIT, /* mends it */
	LINT_OUT,  /* makes it a comment */
};

enum lint_id {
#define LINT(code, grade, fix, sentence) LINT_##code,
#include "db/lint.def"
#undef LINT
	LINT_IDS,
};

struct lint_rule {
	const char *code; /* "H006" */
	enum lint_grade grade;
	enum lint_fix fix;
	const char *sentence;
};

extern const struct lint_rule lint_rules[LINT_IDS];

/* "note", "warning", "error" */
extern const char *const lint_grades[];

struct lint_finding {
	enum lint_id id;
	uint64_t line; /* from 1; the last if something is nowhere in the file */
	size_t column; /* in bytes, from 1 */
	const char *text;
};

/* A name or an address where it stood first. */
struct lint_seen {
	uint64_t line;
	const char *text; /* what stands with it */
};

struct lint {
	const struct lint_type *type;
	void (*found)(void *arg, const struct lint_finding *finding);
	void *arg;
	uint64_t number;  /* of the line that was given last */
	struct buf fixed; /* it as it should be, newline included; empty if it should go */

	struct hash names, values, rows; /* private from here */
	struct lint_all VEC(struct lint_seen) seen;
	struct arena memory;
	struct buf clean, key, text;
	bool localhost; /* a line has that name */
	bool crlf;      /* a line ends with it */
};

/* Begins a file of TYPE; FOUND gets ARG and a finding that holds until it returns. */
void lint_init(struct lint *l, const struct lint_type *type,
	       void (*found)(void *arg, const struct lint_finding *finding), void *arg);

/*
 * The next line, the LEN bytes at TEXT without the newline; CUT if there was none.  L->fixed
 * is set till the next call: what is wrong in a way that one can only mend in one way is
 * mended, a line without an entry is a comment that begins with the code.  Its lines, linted in
 * turn, have no such finding and stay as they are; a line without one is left as it is.
 */
void lint_line(struct lint *l, const char *text, size_t len, bool cut);

/* The end of the file: what is missing in it. */
void lint_end(struct lint *l);

void lint_fini(struct lint *l);

#endif
