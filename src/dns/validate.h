/* SPDX-License-Identifier: MIT */
/*
 * validate.h - answers whose DNSSEC signatures are checked from a trust anchor down
 *
 * libunbound does the work, in a thread of its own.  It is loaded when the first validator is
 * made, and only in a build that was configured --with-unbound; nothing else pays for it.
 */
#ifndef NETIPC_DNS_VALIDATE_H
#define NETIPC_DNS_VALIDATE_H

#include <signal.h>

#include "dns/wire.h"
#include "net/sa.h"

struct validate_config {
	const struct sa *servers; /* that are asked, with ports; none: from the root servers on */
	size_t nservers;
	const char *anchor_file; /* of DS or DNSKEY records; NULL: the first of validate_anchors */
	bool tcp;                /* TCP alone */
	uint64_t timeout_ns;     /* for one question; 0: as long as libunbound tries, minutes */
	const sigset_t *mask;    /* as for loop_new() */
};

/* Where systems have the key of the root: those that are not there are left out; NULL at the end.
 */
extern const char *const validate_anchors[];

enum validate_verdict {
	VALIDATE_SECURE,        /* signed, and the signatures are right */
	VALIDATE_INSECURE,      /* not signed, and that is proven or below no trust anchor */
	VALIDATE_BOGUS,         /* signatures are wrong, or missing: WHY says what */
	VALIDATE_INDETERMINATE, /* there is no answer to judge: SERVFAIL and the like */
};

struct validate_answer {
	enum validate_verdict verdict;
	const char *why; /* of VALIDATE_BOGUS, in libunbound's words; else NULL */
	unsigned rcode;
	const uint8_t *msg; /* for wire_begin() */
	size_t len;
	void *result; /* private */
};

struct validator;

/*
 * ERR_USAGE if netipc was built without libunbound; ERR_SYSTEM if the library cannot be loaded or
 * no anchor is there.
 */
struct validator *validator_new(const struct validate_config *config, struct err *err) MUST_CHECK;
void validator_free(struct validator *v);

/*
 * Asks Q and waits for the answer, which validate_fini() frees.  ERR_SYSTEM if there is none, and
 * if a signal has come before it.
 */
int validate(struct validator *v, const struct wire_question *q, struct validate_answer *answer,
	     struct err *err) MUST_CHECK;
void validate_fini(struct validate_answer *answer, const struct validator *v);

/* "secure", "insecure", "bogus", "indeterminate". */
const char *validate_word(enum validate_verdict verdict);

#endif
