/* SPDX-License-Identifier: MIT */
/*
 * source.h - what one source of host names says by itself
 *
 * getaddrinfo(3) of glibc asks modules in the order of nsswitch.conf(5), "files", "dns", and
 * tells its caller nothing of that.  Here each module is called directly, with the call that
 * getaddrinfo() makes, so that its status, errno, h_errno, the TTL, and the addresses in the
 * order before they are sorted can be seen.  A module may hang or crash: so a process of its
 * own asks, which is ended by its id.  getaddrinfo() as a whole can be asked in the same way,
 * at the same time.
 *
 *	struct source_asker asker = { .questions = q, .n = 2, .timeout_ns = 5 * CLOCK_S };
 *	if (source_start(&asker, &err) < 0) ...
 *	while (source_next(&asker, &answer)) ...
 *	source_close(&asker);
 */
#ifndef NETIPC_DNS_SOURCE_H
#define NETIPC_DNS_SOURCE_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/nsswitch.h"
#include "dns/gai.h"

struct source_question {
	const char *source;  /* a module; NULL: all of them, which is getaddrinfo(3) itself */
	const char *name;    /* NULL for getaddrinfo(3) alone */
	const char *service; /* for getaddrinfo(3) alone; or NULL */
	struct gai_hints hints;
};

enum source_outcome {
	SOURCE_ANSWERED,
	SOURCE_ABSENT,  /* there is no such module: getaddrinfo(3) takes it for UNAVAIL */
	SOURCE_CRASHED, /* it ended its process: by signal NUMBER, or if that is 0 otherwise */
	SOURCE_HUNG,    /* it said nothing in time */
	SOURCE_LOST,    /* what it said cannot be read */
};

/* What one question came to.  Zero it; end with source_answer_fini(). */
struct source_answer {
	size_t index; /* of the question */
	enum source_outcome outcome;
	enum nsswitch_status status; /* UNAVAIL unless it answered */
	int number, h_number;        /* errno and h_errno as it left them; 0 after SUCCESS */
	int64_t ttl;                 /* seconds, or -1 if it does not say */
	uint64_t took_ns;            /* the call alone */
	const char *call;     /* "gethostbyname4_r"; "getaddrinfo" if it was asked that way */
	char *canonname;      /* or NULL */
	struct gai_rows rows; /* of a module with neither port nor type of socket */
	struct err err;       /* of getaddrinfo(3): kind ERR_NONE if it has an answer */
};

void source_answer_fini(struct source_answer *answer);

/* Questions that a process of its own asks, one after the other.  Zero it, then fill it in. */
struct source_asker {
	const struct source_question *questions; /* which outlive it */
	size_t n;
	uint64_t timeout_ns;  /* for each */
	const sigset_t *mask; /* while it waits; or NULL */

	/*
	 * The next question is asked after question I had STATUS; NULL: always.  It is called in
	 * the other process.
	 */
	bool (*goes_on)(const void *owner, size_t i, enum nsswitch_status status);
	const void *owner;

	pid_t pid;         /* private from here; 0: no process */
	uint64_t since_ns; /* it has had the next question */
	int fd;
	size_t next;
	struct buf in;
};

/* The modules of this libc can be asked one by one: glibc's can. */
bool source_has_modules(void);

/* Begins to ask. */
int source_start(struct source_asker *asker, struct err *err) MUST_CHECK;

/*
 * Waits for the next answer; false if there are no more.  After a module that crashed or hung
 * goes_on() is asked with UNAVAIL, and a new process asks the rest.
 */
bool source_next(struct source_asker *asker, struct source_answer *answer) MUST_CHECK;

/* Ends the process. */
void source_close(struct source_asker *asker);

#endif
