/* SPDX-License-Identifier: MIT */
/* sockset.h - "NAME=VALUE" of a socket option, and --sockopt of who opens sockets */
#ifndef NETIPC_CMD_SOCKSET_H
#define NETIPC_CMD_SOCKSET_H

#include "base/err.h"
#include "cli/opt.h"
#include "sockopt/own.h"

/* An error of KIND: no option is called TEXT; with the nearest name. */
int sockset_unknown(const char *text, enum err_kind kind, struct err *err);

/*
 * Stores in LIST the rows that TEXT names of the levels that are read and set, or the one that
 * "LEVEL:NUMBER[:TYPE]" is.  ERR_USAGE
 * if there is no such option, ERR_NEGATIVE if it belongs to another level.
 */
int sockset_find(struct option_list *list, const char *text, struct err *err) MUST_CHECK;

/* The one option that NAME means; NULL with an error as sockset_find(), or if it means several. */
const struct option_row *sockset_row(const char *name, struct err *err) MUST_CHECK;

/*
 * Reads "NAME=VALUE", where NAME means one option that can be set: its row, and VALUE filled;
 * NULL with ERR_USAGE, or ERR_NEGATIVE as sockset_find().
 */
const struct option_row *sockset_parse(const char *text, struct value *value,
				       struct err *err) MUST_CHECK;

/* The same for a socket of KIND: of several options of the name, the one that it has. */
const struct option_row *sockset_parse_for(const char *text, const struct own_kind *kind,
					   struct value *value, struct err *err) MUST_CHECK;

/* What is to be set on sockets.  Zero it; end with sockset_fini(). */
struct sockset_item {
	const struct option_row *row;
	struct value value;
	bool taken; /* by a socket, so far */
};
struct sockset VEC(struct sockset_item);

/* Appends the "NAME=VALUE" of TEXTS to SET; errors begin with "--sockopt: ". */
int sockset_read(struct sockset *set, const struct opt_strs *texts, struct err *err) MUST_CHECK;

/*
 * Sets all of SET on FD, in order, and notes what was taken.  An option that sockets of FD's kind
 * do not have (TCP_NODELAY on UDP) is passed over: sockset_untaken() tells if it stays so.
 * ERR_SYSTEM if the system refuses a value.
 */
int sockset_apply(struct sockset *set, int fd, struct err *err) MUST_CHECK;

/* The same on a connection of a listener which took them: what is refused is left as it is. */
void sockset_repeat(const struct sockset *set, int fd);

/* -1 with ERR_USAGE if no socket took one of SET. */
int sockset_untaken(const struct sockset *set, struct err *err) MUST_CHECK;

void sockset_fini(struct sockset *set);

/* For the completion: the names and levels that sockset_find() takes; each "NAME=" to be set. */
void sockset_words_names(int place, void (*word)(void *ctx, const char *text, const char *help),
			 void *ctx);
void sockset_words_set(int place, void (*word)(void *ctx, const char *text, const char *help),
		       void *ctx);

#endif
