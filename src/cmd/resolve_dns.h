/* SPDX-License-Identifier: MIT */
/* resolve_dns.h - what the parts of resolve --dns share: private to cmd/resolve_dns*.c */
#ifndef NETIPC_CMD_RESOLVE_DNS_H
#define NETIPC_CMD_RESOLVE_DNS_H

#include "cmd/dnsrun.h"
#include "cmd/resolve_impl.h"
#include "dns/validate.h"

enum {
	RESOLVE_DNS_TYPES = 32, /* that one run can ask for */
};

struct resolve_dns {
	struct resolve *r;
	struct dnsrun *run;
	bool records; /* -t: any types, not a name's addresses */
	uint16_t types[RESOLVE_DNS_TYPES];
	unsigned ntypes;
	struct validator *validator; /* NULL without --validate; what it said of each part: */
	const char *verdicts[RESOLVE_DNS_TYPES];
	char *bogus[RESOLVE_DNS_TYPES]; /* what is wrong with it, or NULL */
};

/* What one name is asked for. */
struct resolve_dns_name {
	struct wire_name wire;
	bool absolute;   /* a dot at its end */
	bool is_literal; /* it is an address itself, IP */
	struct ip ip;
};

/* TEXT as a name to ask for; with -t PTR an address is the name that has its record. */
int resolve_dns_name(struct resolve_dns_name *name, const struct resolve_dns *d, const char *text,
		     struct err *err) MUST_CHECK;

/*
 * What went wrong with PART of a look-up for NAME, "NAME: SERVER: no answer in 5 tries"; 0 if
 * it has records.
 */
int resolve_dns_error(const struct resolve_dns *d, const struct stub_part *part, const char *name,
		      struct err *err);

/* Looks NAME up and waits: 1, 0 if a signal has come before the answer, -1 with CLI->err. */
int resolve_dns_look(struct resolve_dns *d, struct stub_look *look,
		     const struct resolve_dns_name *name) MUST_CHECK;

/* --validate: makes the validator; has it check LOOK, and returns as resolve_dns_look(). */
int resolve_dns_open_validator(struct resolve_dns *d) MUST_CHECK;
int resolve_dns_validate(struct resolve_dns *d, struct stub_look *look) MUST_CHECK;

/* Appends NAME, without the dot at its end but for the root. */
void resolve_dns_put_name(struct buf *b, const struct wire_name *name);

/* Sets column COL to NAME; adds the flags of ATTEMPT, "aa", "rd", to COL. */
void resolve_dns_set_name(struct out *o, unsigned col, const struct wire_name *name);
void resolve_dns_set_flags(struct out *o, unsigned col, const struct stub_attempt *attempt);

/* What was asked and said on the way, as notes: --verbose. */
void resolve_dns_notes(const struct resolve_dns *d, const struct stub_look *look);

/* The parts: one name's addresses, records of names, a batch.  As run functions. */
int resolve_dns_addresses(struct resolve_dns *d, char **argv) MUST_CHECK;
int resolve_dns_records(struct resolve_dns *d, int argc, char **argv) MUST_CHECK;
int resolve_dns_bulk(struct resolve_dns *d) MUST_CHECK;

#endif
