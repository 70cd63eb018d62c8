/* SPDX-License-Identifier: MIT */
/*
 * stub.h - a name looked up in the DNS as a stub resolver does
 *
 * A look-up has one part for each record type, and the parts are asked side by side.  A name
 * with fewer dots than NDOTS is tried in each domain of the search list before it is tried as
 * it is, another one after; a name with a dot at its end is tried as it is alone.  The first
 * try that has records for any part is the answer.  After NXDOMAIN, NODATA and SERVFAIL the next
 * domain is tried, after a time-out it is not.  If no try has records and one of them failed,
 * the look-up has failed: it never says "no such name" without having been told so each time.
 *
 * Aliases (CNAME) are followed inside the answer, and asked for where they leave it.
 */
#ifndef NETIPC_DNS_STUB_H
#define NETIPC_DNS_STUB_H

#include "base/vec.h"
#include "dns/engine.h"

enum {
	STUB_CHAIN_MAX = 16, /* aliases that are followed */
};

/* What became of a question; where there are no records, the last of several counts. */
enum stub_status {
	STUB_OK,          /* there are records of the type */
	STUB_NXDOMAIN,    /* there is no such name */
	STUB_NODATA,      /* the name is there without any (RFC 2308 section 2.2) */
	STUB_SERVFAIL,    /* each server that answered failed, with this or another rcode */
	STUB_REFUSED,     /* each server that answered does not want to, or knows only others */
	STUB_TIMEOUT,     /* none answered */
	STUB_UNREACHABLE, /* none could be asked; CODE is the errno */
	STUB_MALFORMED,   /* the answer is no DNS message, or its aliases have no end */
};

/* "ok", "nodata" ...; and what it comes to: ERR_NONE, ERR_NEGATIVE or ERR_SYSTEM. */
const char *stub_status_word(enum stub_status status);
enum err_kind stub_status_kind(enum stub_status status);

/* One question that was asked and what was said. */
struct stub_attempt {
	enum stub_status status;
	int code;           /* errno of STUB_UNREACHABLE */
	bool answered;      /* a message came: RCODE, FLAGS and COUNTS are its */
	bool tcp;           /* by TCP */
	bool alias;         /* asked because an alias led there */
	bool has_ttl;       /* TTL is there: */
	uint32_t ttl;       /* the least of the answer's; of a negative one, RFC 2308 section 5 */
	uint16_t rcode;     /* with EDNS' upper bits */
	uint16_t flags;     /* enum wire_flag */
	uint16_t counts[4]; /* of the header */
	unsigned records;   /* of the type that was asked for */
	unsigned server;    /* index in the engine's list */
	unsigned tries;     /* how often it was sent */
	uint64_t began_ns;  /* of clock_now_ns() */
	uint64_t took_ns;   /* from then to the answer */
	struct wire_question question; /* from here on large, and mostly not in use */
	struct wire_name owner;        /* where the aliases led: of the records, if there are any */
};

struct stub_attempts VEC(struct stub_attempt);

/* How names are looked up; not copied, must outlive the look-ups. */
struct stub_config {
	struct engine *engine;
	const struct wire_name *search; /* domains */
	size_t nsearch;
	unsigned ndots;
	bool recurse; /* the questions have RD: a referral is no answer */
};

struct stub_look;

/* The part of a look-up for one record type. */
struct stub_part {
	uint16_t type;
	struct stub_attempt last; /* what decided */
	struct buf msg;           /* its message; empty if none came */

	struct stub_look *look; /* private from here */
	struct engine_query query;
	struct stub_attempt now;
	struct buf now_msg;
	unsigned aliases;
	bool pending;
};

/*
 * A look-up.  It belongs to the caller, who leaves it where it is until it is done, and may
 * use it again then.
 */
struct stub_look {
	void (*on_done)(struct stub_look *look); /* may free LOOK or ask again */
	void *user;                              /* the caller's, as TAG is */
	unsigned tag;
	bool trace; /* ATTEMPTS is kept */

	/* The result. */
	enum stub_status status; /* STUB_OK: some part has records */
	bool searched;           /* a domain of the search list made the name that has records */
	struct stub_attempts attempts; /* in the order in which they ended */
	unsigned nparts;

	const struct stub_config *config; /* private from here */
	struct wire_name name;
	bool absolute, as_is_done, domain_now;
	size_t next_domain;
	unsigned busy;
	struct stub_part parts[];
};

/* A look-up of the N record types TYPES.  End with stub_look_free(). */
struct stub_look *stub_look_new(const uint16_t *types, unsigned n) MUST_CHECK;

/* Frees LOOK; if it is under way, it is forgotten. */
void stub_look_free(struct stub_look *look);

/*
 * Makes the LEN bytes at TEXT a name that can be asked for: ASCII, labels of 1 to 63 bytes, 253
 * in all.  ABSOLUTE: it has a dot at its end.  ERR_USAGE.
 */
int stub_name(struct wire_name *name, bool *absolute, const char *text, size_t len,
	      struct err *err) MUST_CHECK;

/*
 * Begins to look NAME up; LOOK->on_done() is called later, by engine_turn(), never before this
 * returns.  ABSOLUTE: without the search list.
 */
void stub_ask(struct stub_look *look, const struct stub_config *config,
	      const struct wire_name *name, bool absolute);

/* Begins to read the message of PART, which has one; false if it has none. */
bool stub_begin(struct wire_reader *r, const struct stub_part *part);

/*
 * The next record of PART's type that answers it, aliases followed: 1, 0 if there are no more.
 * R as from stub_begin().
 */
int stub_next(struct wire_reader *r, const struct stub_part *part, struct wire_rr *rr);

/* Which of its look-up's parts PART is. */
unsigned stub_part_index(const struct stub_part *part);

/*
 * Takes the LEN bytes at MSG, an answer to PART->last.question from elsewhere, in place of what
 * came; and what the parts, some of which were changed so, come to together.
 */
void stub_take(struct stub_part *part, const uint8_t *msg, size_t len);
void stub_combine(struct stub_look *look);

/*
 * What to say of PART: "no such name (NXDOMAIN)", "no A record (NODATA)", "no answer within
 * 5 tries" ..., with the kind of its status; 0 if it has records.
 */
int stub_part_error(const struct stub_part *part, struct err *err);

/* The part that decided the status of LOOK; and what to say of that. */
const struct stub_part *stub_decided(const struct stub_look *look);
int stub_look_error(const struct stub_look *look, struct err *err);

#endif
