/* SPDX-License-Identifier: MIT */
/*
 * source_impl.h - what the process that asks and its parent share
 *
 * Each answer is a message: its length, 4 bytes in this machine's order, and so many bytes, as
 * source_wire.c writes and reads them.
 */
#ifndef NETIPC_DNS_SOURCE_IMPL_H
#define NETIPC_DNS_SOURCE_IMPL_H

#include "dns/source.h"

enum {
	SOURCE_MESSAGE_MAX = 1 << 24,
};

/* Appends the whole message of ANSWER. */
void source_put(struct buf *b, const struct source_answer *answer);

/* Fills ANSWER, which is zeroed, from the LEN bytes behind a message's length; false if they are
 * none. */
bool source_get(struct source_answer *answer, const void *body, size_t len);

/*
 * Calls the module of Q, as getaddrinfo(3) would, and fills ANSWER, which is zeroed.  False if
 * there is no way to call it directly: it is to be asked through getaddrinfo(3).
 */
bool source_call(struct source_answer *answer, const struct source_question *q);

/* The process: answers the questions of ASKER to FD, ends. */
void source_child(int fd, const struct source_asker *asker) NORETURN;

#endif
