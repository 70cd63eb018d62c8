/* SPDX-License-Identifier: MIT */
/*
 * nss_impl.h - the child that asks the name service, and what it and its parent say
 *
 * A message is its length, 4 bytes in this machine's order, and so many bytes.  A question is
 * 'k' and a key, or 'l' for the list.  The answer is a row a message, then an end:
 *
 *	'r' name, number of aliases, aliases, and what the type has: for a host the number of
 *	    addresses, and of each its family, its bytes and its zone; for a protocol the
 *	    number; for a service the port and the protocol
 *	'.' all has been said
 *	'e' kind, code, text: there is no answer
 *
 * Numbers are 4 bytes; a text is its length and its bytes, none of them NUL.
 */
#ifndef NETIPC_DB_NSS_IMPL_H
#define NETIPC_DB_NSS_IMPL_H

#include "db/nss.h"

enum {
	NSS_MESSAGE_MAX = 1 << 20, /* bytes of one message */
	NSS_ANSWER_MAX = 1 << 28,  /* bytes of all messages of one answer */
	NSS_KEY_MAX = 1 << 16,
};

/* Appends a whole message: a row of TYPE, an end, an error; -1 if a row is too long for one. */
int nss_put_row(struct buf *b, const struct db_type *type, const struct db_row *row);
void nss_put_end(struct buf *b);
void nss_put_error(struct buf *b, const struct err *err);

/*
 * Takes the LEN bytes at BODY, a message without its length.  Returns 1 if it was a row, which
 * is then in DB; 0 if it was an end; -1 with what it says in ERR if it was an error; -2 with
 * ERR_SYSTEM if it is none of them.
 */
int nss_get(struct db *db, const void *body, size_t len, struct err *err) MUST_CHECK;

/* The child: answers the questions of NSS from FD until there are no more, ends the process. */
void nss_child(int fd, const struct db_nss *nss) NORETURN;

#endif
