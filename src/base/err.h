/* SPDX-License-Identifier: MIT */
/*
 * err.h - errors as values
 *
 * A function that can fail takes a struct err * as its last parameter, fills
 * it, and returns -1 (or NULL).  Nothing below cli/ prints or exits.  The
 * setters return -1 so that failing is one line:
 *
 *	if (bind(fd, sa, salen) < 0)
 *		return err_sys(err, "bind %s", name);
 *
 * The text says what failed, on what, and why; no capital, no full stop, and
 * operands that a user typed go through str_show() first.
 */
#ifndef NETIPC_BASE_ERR_H
#define NETIPC_BASE_ERR_H

#include "base/macros.h"

/* What went wrong, which is also what the process exits with. */
enum err_kind {
	ERR_NONE = 0,     /* all went well */
	ERR_NEGATIVE = 1, /* asked and answered: no such host, does not match */
	ERR_USAGE = 2,    /* the command line or the input is wrong */
	ERR_SYSTEM = 3,   /* the system or the network let us down */
};

struct err {
	enum err_kind kind;
	int code; /* errno or an EAI_ number, where one is behind the error; else 0 */
	char text[512];
};

/* Fills ERR with KIND and the formatted text; a text that is too long is cut. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As err_set() with ERR_SYSTEM; appends ": " and strerror(errno), and keeps errno. */
int err_sys(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts the formatted text before the one that ERR has; adds no separator. */
int err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The name of the error number CODE, "ECONNREFUSED"; NULL if errno.def has none for it. */
const char *err_code_name(int code);

/* Lets the caller's compiler see that the setters always return -1. */
static inline int err_failed(void)
{
	return -1;
}
#define err_set(...)    (err_set(__VA_ARGS__), err_failed())
#define err_sys(...)    (err_sys(__VA_ARGS__), err_failed())
#define err_prefix(...) (err_prefix(__VA_ARGS__), err_failed())

#endif
