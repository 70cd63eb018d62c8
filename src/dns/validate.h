/* SPDX-License-Identifier: MIT */
/*
 * validate.h - answers whose DNSSEC signatures are checked from a trust anchor down
 *
 * libunbound does the work, in a thread of its own.  It is loaded when the first validator is
 * made, and only in a build that was configured --with-unbound; nothing else pays for it.
 *
 *	struct validator *v = validator_new(&config, &err);
 *	validator_ask(v, &query, &err);         later QUERY->on_done is called
 *	while (validator_busy(v)) validator_turn(v, UINT64_MAX, &err);
 *	validator_free(v);
 */
#ifndef NETIPC_DNS_VALIDATE_H
#define NETIPC_DNS_VALIDATE_H

#include <signal.h>

#include "dns/wire.h"
#include "net/sa.h"

struct validator_config {
	const struct sa *servers; /* that are asked, with ports; none: from the root servers on */
	size_t nservers;
	bool tcp; /* TCP alone */

	/*
	 * Files of DS or DNSKEY records, NULL at the end: the first that is there is the trust
	 * anchor.  validator_anchors is where systems have the root's.
	 */
	const char *const *anchors;
	const sigset_t *mask; /* as for loop_new() */
};

extern const char *const validator_anchors[];

enum validate_verdict {
	VALIDATE_SECURE,        /* signed, and the signatures are right */
	VALIDATE_INSECURE,      /* not signed, and that is proven or below no trust anchor */
	VALIDATE_BOGUS,         /* signatures are wrong, or missing: WHY says what */
	VALIDATE_INDETERMINATE, /* there is no answer to judge; see RCODE */
};

/* Zeroed but for QUESTION and ON_DONE; it belongs to the caller, and stays where it is. */
struct validate_query {
	struct wire_question question;
	void (*on_done)(struct validate_query *q);

	/* The answer, good during on_done() only. */
	enum validate_verdict verdict;
	const char *why; /* of VALIDATE_BOGUS, in libunbound's words; else NULL */
	unsigned rcode;
	const uint8_t *msg; /* for wire_begin(); NULL if there is none */
	size_t len;

	struct validator *owner; /* private from here */
};

/*
 * ERR_USAGE if netipc was built without libunbound; ERR_SYSTEM if the library cannot be loaded or
 * no anchor is there.
 */
struct validator *validator_new(const struct validator_config *config, struct err *err) MUST_CHECK;

/* Forgets what is under way, without calling on_done(). */
void validator_free(struct validator *v);

int validator_ask(struct validator *v, struct validate_query *q, struct err *err) MUST_CHECK;

/* Queries that were asked and are not done. */
size_t validator_busy(const struct validator *v);

/*
 * Waits until something is answered, a signal has come, or it is DEADLINE_NS of clock_now_ns();
 * calls on_done() of what is done.
 */
int validator_turn(struct validator *v, uint64_t deadline_ns, struct err *err) MUST_CHECK;

/* "secure", "insecure", "bogus", "indeterminate". */
const char *validate_word(enum validate_verdict verdict);

#endif
