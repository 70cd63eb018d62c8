/* SPDX-License-Identifier: MIT */
/*
 * fakedns.h - the parts of fakedns, the DNS server of the tests
 *
 * It encodes messages by itself, with nothing of src/dns, so that the two check one another.
 */
#ifndef NETIPC_TESTS_FAKEDNS_H
#define NETIPC_TESTS_FAKEDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "net/sa.h"

enum {
	NAME_BYTES = 255,
	SUFFIXES = 8,
	MESSAGE_BYTES = 65535,
};

/* A name in wire form; the zone's are in lower case. */
struct name {
	uint8_t len;
	uint8_t bytes[NAME_BYTES];
};

enum type {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_PTR = 12,
	TYPE_AAAA = 28,
	TYPE_OPT = 41,
	TYPE_RRSIG = 46,
	TYPE_NSEC = 47,
	TYPE_ANY = 255,
};

enum rcode {
	RCODE_NOERROR,
	RCODE_FORMERR,
	RCODE_SERVFAIL,
	RCODE_NXDOMAIN,
	RCODE_NOTIMP,
	RCODE_REFUSED,
};

struct rr {
	uint16_t type, len;
	uint32_t ttl;
	const uint8_t *data;
	struct rr *next;
};

struct zone;

/* Reads a zone file; NULL on error. */
struct zone *zone_load(const char *file, struct err *err);
void zone_free(struct zone *zone);

/* The records of the LEN bytes at NAME; EXISTS also if there are none but names below it. */
const struct rr *zone_find(const struct zone *zone, const uint8_t *name, size_t len, bool *exists);

/* Reads a name of a zone file or the command line; false if it is none. */
bool name_parse(struct name *name, const char *text, size_t len);

/* Appends to TEXT, which has room for 4 * NAME_BYTES + 1, and ends it with a NUL. */
void name_text(const struct name *name, char *text);

/* What goes wrong in so many of a hundred answers. */
enum fault {
	FAULT_LOSS,
	FAULT_SERVFAIL,
	FAULT_LAME,
	FAULT_TRUNCATE,
	FAULT_MALFORMED,
	FAULT_LOOP,
	FAULT_WRONG_ID,
	FAULT_WRONG_QUESTION,
	FAULT_WRONG_PEER,
	FAULT_REORDER,
	FAULT_DUPLICATE,
	FAULTS
};

enum flag {
	FLAG_REFUSED,
	FLAG_FORMERR_EDNS,
	FLAG_AUTHORITATIVE,
	FLAG_TCP_CLOSE,
	FLAG_TCP_HALF,
	FLAG_TCP_MUTE,
	FLAG_TCP_REFUSE,
	FLAG_TCP_FAULTS,
	FLAGS
};

enum count {
	COUNT_UDP = FAULTS,
	COUNT_TCP,
	COUNT_CONNECTIONS,
	COUNT_ANSWERS,
	COUNT_IGNORED,
	COUNTS
};

/* One address that is listened on, and how. */
struct server {
	struct sa addr;
	unsigned percent[FAULTS];
	bool flag[FLAGS];
	uint64_t delay_ns, jitter_ns, hold_ns;
	uint64_t ttl;
	const struct zone *zone;
	struct name suffix[SUFFIXES];
	size_t suffixes;
	const char *nsid;

	uint64_t count[COUNTS];
	int udp, peer, tcp; /* PEER is the wrong one */
};

/* The next number of the seeded generator; N of a hundred are true. */
uint64_t chance_next(void);
bool chance(unsigned percent);
void chance_seed(uint64_t seed);

/* What a name below a synthetic suffix has. */
struct made {
	bool exists, mute, servfail;
	struct rr rr; /* LEN 0: none of the type that is asked for */
	uint8_t data[NAME_BYTES + 1];
};

/* False if NAME is below no synthetic suffix of S; SUFFIX is the one. */
bool make(const struct server *s, const struct name *name, unsigned type, struct made *m,
	  const struct name **suffix);

/*
 * Makes the answer to the LEN bytes at MSG and returns its length, 0 for none.
 */
size_t answer(struct server *s, const uint8_t *msg, size_t len, bool tcp,
	      uint8_t out[static MESSAGE_BYTES]);

/* One line a query goes there, unless it is NULL: set before serving. */
extern FILE *answer_log;

/* Opens the sockets of S; its address then has the port. */
int serve_open(struct server *s, struct err *err);

/* Answers until SIGTERM. */
void serve(struct server *servers, size_t n);

/* Prints what was counted. */
void serve_stats(const struct server *servers, size_t n);

#endif
