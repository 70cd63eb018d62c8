/* SPDX-License-Identifier: MIT */
/*
 * check.h - examines an echo server from outside: what a client would see of its faults
 *
 * Each check makes connections of its own and is bounded in bytes and time.  It needs nothing of
 * the server but the echo (RFC 862).
 */
#ifndef NETIPC_ECHO_CHECK_H
#define NETIPC_ECHO_CHECK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/sa.h"

enum check_verdict {
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_SKIPPED, /* it cannot be seen: TEXT says why */
};

struct check_result {
	const char *name; /* one word */
	const char *what; /* what a server that passes does */
	enum check_verdict verdict;
	char text[200]; /* what was seen */
	uint64_t took_ns;
};

struct check_config {
	int type; /* SOCK_STREAM or SOCK_DGRAM: its checks */
	const struct sa *address;
	uint64_t timeout_ns; /* of silence, after which something does not come any more */
	uint64_t bytes;      /* of the larger streams */
	uint64_t seed;
	const sigset_t *mask; /* while it waits, or NULL */

	bool (*stop)(
		void *ctx); /* asked before each wait: the check is skipped, and no other begun */
	int (*prepare)(void *ctx, int fd, struct err *err); /* before it connects; or NULL */
	void (*report)(void *ctx, const struct check_result *result);
	void *ctx;
};

/* All checks of the type.  -1 if the server cannot be reached at all, or a socket not be made. */
int check_run(const struct check_config *config, struct err *err) MUST_CHECK;

/*
 * The same for the flags of send(2) and recv(2), each on a connection of its own: TEXT is what came
 * of it.  A flag that the system refuses has passed; it is said.
 */
int check_flags_run(const struct check_config *config, struct err *err) MUST_CHECK;

#endif
