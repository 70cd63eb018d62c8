/* SPDX-License-Identifier: MIT */
/*
 * validate.h - answers whose DNSSEC signatures are checked from a trust anchor down
 *
 * libunbound does the work.  It is loaded when the first validator is made, and only in a build
 * that was configured --with-unbound; no other command pays for it.
 */
#ifndef NETIPC_DNS_VALIDATE_H
#define NETIPC_DNS_VALIDATE_H

#include "dns/wire.h"
#include "net/sa.h"

struct validate_config {
	const struct sa *servers; /* resolvers that are asked; none: the root servers on */
	size_t nservers;
	const char *anchor_file; /* with DS or DNSKEY records; NULL: the system's */
	bool tcp;                /* TCP alone */
};

enum validate_verdict {
	VALIDATE_SECURE,   /* signed, and the signatures are right */
	VALIDATE_INSECURE, /* not signed, which is proven, or under no trust anchor */
	VALIDATE_BOGUS,    /* signed wrong, or signatures are missing; WHY says what */
};

/* What is known of a question. */
struct validate_answer {
	enum validate_verdict verdict;
	const char *why; /* of VALIDATE_BOGUS, one line as libunbound words it; else NULL */
	unsigned rcode;
	const char *canonname; /* behind CNAMEs; NULL: the name that was asked for */
	uint32_t ttl;
	const uint8_t *msg; /* the whole answer, for wire_begin(); of VALIDATE_BOGUS too */
	size_t len;
	void *private;
};

struct validator;

/* ERR_USAGE if netipc was built without libunbound, ERR_SYSTEM if it cannot be loaded. */
struct validator *validator_new(const struct validate_config *config, struct err *err) MUST_CHECK;
void validator_free(struct validator *v);

/* Asks Q and waits for the answer, which validate_fini() frees.  ERR_SYSTEM if there is none. */
int validate(struct validator *v, const struct wire_question *q, struct validate_answer *answer,
	     struct err *err) MUST_CHECK;
void validate_fini(struct validate_answer *answer, const struct validator *v);

/* "secure", "insecure", "bogus". */
const char *validate_word(enum validate_verdict verdict);

#endif
