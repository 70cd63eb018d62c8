/* SPDX-License-Identifier: MIT */
/* lint_impl.h - what lint.c and the linters of each database share */
#ifndef NETIPC_DB_LINT_IMPL_H
#define NETIPC_DB_LINT_IMPL_H

#include "base/err.h"
#include "db/dbline.h"
#include "db/lint.h"

/* A line on its way. */
struct lint_at {
	struct lint *l;
	const char *raw; /* as it was given */
	size_t len;
	size_t mark;    /* bytes of byte order marks, which are left out */
	bool has_nul;   /* as are NUL bytes */
	size_t at, was; /* the byte AT of RAW is the byte WAS of what is not NUL */

	struct dbline line;     /* without them and without CRs at the end */
	struct arena memory;    /* freed after the line */
	const char **words;     /* LINE's fields as they should be; NULL for one that goes */
	bool edited;            /* a word is not the field */
	bool indented, removed; /* blanks at the start go; the entry goes */
	const char *out;        /* the code for which it becomes a comment, or NULL */

	const char *value; /* the address, port or number in its one form; NULL if unsure */
	const char *scope; /* within which a name should have one value */
};

/* One kind of file. */
struct lint_type {
	size_t value_field;           /* which field is the value; the others are names */
	size_t longest;               /* bytes of a line that musl reads whole, or 0 */
	bool nocase;                  /* names in upper and lower case are the same */
	bool flush;                   /* musl does not read a line that begins with a blank */
	enum lint_id shadowed, again; /* a name with two values, a value with two names */

	/* Sets VALUE and SCOPE; false if the line has no entry, which was found. */
	bool (*parse)(struct lint_at *at);

	/* What is wrong with word I as a name. */
	void (*name)(struct lint_at *at, size_t i);

	/* Several entries for VALUE are as it should be. */
	bool (*may_share)(const char *value);

	void (*end)(struct lint *l); /* or NULL */
};

/* Finds ID in field I, COLUMN bytes behind its start, with up to four words of the sentence. */
void lint_found(struct lint_at *at, enum lint_id id, size_t i, size_t column,
		const char *const words[static 4]);
#define LINT_WORDS(...) ((const char *const[4]){ __VA_ARGS__ })

/* The same with ERR's text as $0, at the column that it ends with. */
void lint_found_err(struct lint_at *at, enum lint_id id, size_t i, const struct err *err);

/* A finding about the whole file, at its last line. */
void lint_found_nowhere(struct lint *l, enum lint_id id);

/* Bytes of the line that stand before field I. */
size_t lint_before(const struct lint_at *at, size_t i);

/* Word I shall be the N bytes at TEXT. */
void lint_edit(struct lint_at *at, size_t i, const char *text, size_t n);

/* TEXT is digits alone, and not empty. */
bool lint_is_number(const char *text);

#endif
