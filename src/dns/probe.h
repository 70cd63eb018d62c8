/* SPDX-License-Identifier: MIT */
/*
 * probe.h - which of the addresses of a name can be connected to, and how fast
 *
 * Connections race as RFC 8305 ("Happy Eyeballs") has it: one address after another, the
 * families in turn, the next after a delay or as soon as one fails, until one is connected.  Or
 * all are tried side by side.  What is connected is closed at once, or the winner is kept.
 */
#ifndef NETIPC_DNS_PROBE_H
#define NETIPC_DNS_PROBE_H

#include <signal.h>

#include "base/vec.h"
#include "ev/loop.h"
#include "net/sa.h"

#define PROBE_STAGGER_NS UINT64_C(250000000) /* RFC 8305 section 5 */

enum probe_status {
	PROBE_UNTRIED, /* another one was connected before its turn */
	PROBE_CONNECTED,
	PROBE_FAILED, /* CODE is the errno */
	PROBE_TIMEOUT,
	PROBE_ABANDONED, /* under way when another one was connected, or a signal came */
};

/* One address.  Zero it and set SA, a TCP address with its port or one of the type given below. */
struct probe_try {
	struct sa sa;

	enum probe_status status;
	int code;
	struct err err;    /* of PROBE_FAILED and PROBE_TIMEOUT: the call, the address, why */
	int fd;            /* the winner's, if it is kept: close it */
	bool winner;       /* the first that was connected */
	uint64_t start_ns; /* from the begin of all to its own */
	uint64_t took_ns;  /* from its start to its end */
	struct sa local;   /* the address that the kernel chose; LEN is 0 if none */

	struct loop_fd io; /* private from here */
	struct loop_timer timer;
	struct probe *probe;
};

struct probe_tries VEC(struct probe_try);

struct probe_config {
	bool all;              /* side by side, each to its end */
	uint64_t stagger_ns;   /* between two starts */
	uint64_t timeout_ns;   /* of each; 0: none */
	int type;              /* SOCK_SEQPACKET; 0: SOCK_STREAM */
	bool keep;             /* the winner stays connected */
	const sigset_t *mask;  /* as for loop_new() */
	bool (*stopped)(void); /* NULL, or a signal has come: ends it */
	int (*prepare)(void *ctx, int fd, struct err *err); /* before it connects; or NULL */
	void *ctx;
};

/*
 * Puts the tries, which are in the order of getaddrinfo(3), in that of RFC 8305 section 4: the
 * family of the first one, then the families in turn while both have addresses left.
 */
void probe_interleave(struct probe_tries *tries);

/* Runs the race.  -1 if this system cannot wait; a socket that cannot be made is one failed. */
int probe_run(struct probe_tries *tries, const struct probe_config *config,
	      struct err *err) MUST_CHECK;

/* "connected", "failed", "timeout", "abandoned", "untried". */
const char *probe_status_word(enum probe_status status);

#endif
