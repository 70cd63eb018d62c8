/* SPDX-License-Identifier: MIT */
/*
 * wire.h - DNS messages as they go over the network (RFC 1035 section 4, RFC 6891)
 *
 * Names are held in wire form, without compression: labels, each behind its length, and the
 * root's zero byte.  Their case is kept.  A message is read where it lies; nothing is trusted:
 * each reader says so of bytes that are no message.
 */
#ifndef NETIPC_DNS_WIRE_H
#define NETIPC_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/ip.h"

enum {
	WIRE_LABEL_MAX = 63,
	WIRE_NAME_MAX = 255, /* bytes of a name, the root's zero byte included */
	WIRE_TEXT_MAX = 253, /* characters of a name that needs no escapes, without the last dot */
	WIRE_HEADER = 12,
	WIRE_MESSAGE_MAX = 65535,
	WIRE_QUERY_MAX = 512, /* bytes of any query that wire_query() makes */
	WIRE_TYPE_OPT = 41,
};

struct wire_name {
	uint8_t len; /* of BYTES in use; 1 is the root */
	uint8_t bytes[WIRE_NAME_MAX];
};

/* What FROM has in use, which is mostly little. */
static inline void wire_name_copy(struct wire_name *to, const struct wire_name *from)
{
	to->len = from->len;
	memcpy(to->bytes, from->bytes, from->len);
}

/*
 * Reads the LEN bytes at TEXT, a name in presentation form (RFC 1035 section 5.1: "\." and
 * "\DDD"), with or without a dot at its end.  ERR_USAGE with the reason and the column for an
 * empty label, a label over 63 bytes, a name over 255.
 */
int wire_name_parse(struct wire_name *name, const char *text, size_t len,
		    struct err *err) MUST_CHECK;

/*
 * Appends NAME in presentation form, ASCII that prints: what else a label has, and dots and
 * the like in it, as "\DDD" or "\."; the last dot only with DOT.  The root is ".".
 */
void wire_name_text(struct buf *b, const struct wire_name *name, bool dot);

/* The name of the PTR record of IP: RFC 1035 section 3.5, RFC 3596 section 2.5. */
void wire_name_arpa(struct wire_name *name, const struct ip *ip);

/* The same name but for ASCII case (RFC 4343). */
bool wire_name_equal(const struct wire_name *a, const struct wire_name *b);

struct wire_question {
	struct wire_name name;
	uint16_t type, class;
};

enum wire_flag {
	WIRE_QR = 1 << 15,
	WIRE_AA = 1 << 10,
	WIRE_TC = 1 << 9,
	WIRE_RD = 1 << 8,
	WIRE_RA = 1 << 7,
	WIRE_AD = 1 << 5,
	WIRE_CD = 1 << 4,
};

/* What every query of a run has besides its question.  Zeroed: a plain query without RD. */
struct wire_ask {
	uint16_t flags;   /* WIRE_RD, WIRE_CD, WIRE_AD */
	bool edns;        /* an OPT record, with what follows */
	uint16_t bufsize; /* the UDP payload that can be taken */
	bool dnssec_ok;   /* DO */
	bool nsid;        /* RFC 5001 */
	bool ecs;         /* RFC 7871, with the first ECS_LENGTH bits of ECS_IP */
	struct ip ecs_ip;
	uint8_t ecs_length;
};

/*
 * Writes the query for Q with ID to OUT and returns its length: at most WIRE_QUERY_MAX.  The
 * question stands at WIRE_HEADER and is Q->name.len + 4 bytes long.
 */
size_t wire_query(uint8_t out[static WIRE_QUERY_MAX], uint16_t id, const struct wire_question *q,
		  const struct wire_ask *ask);

/*
 * The LEN bytes at MSG have one question, and it is Q: letter for letter with EXACT, else but
 * for ASCII case.  A name that is compressed is no such question: there is nothing before it.
 */
bool wire_asks(const uint8_t *msg, size_t len, const struct wire_question *q, bool exact);

struct wire_header {
	uint16_t id, flags; /* flags without opcode and rcode */
	uint8_t opcode, rcode;
	uint16_t counts[4]; /* question, answer, authority, additional */
};

enum wire_section {
	WIRE_QUESTION,
	WIRE_ANSWER,
	WIRE_AUTHORITY,
	WIRE_ADDITIONAL,
};

struct wire_rr {
	enum wire_section section;
	struct wire_name owner;
	uint16_t type, class;
	uint32_t ttl;
	size_t at;           /* where in the message it begins */
	size_t rdata, rdlen; /* and its data */
};

/* A message that is being read. */
struct wire_reader {
	const uint8_t *msg;
	size_t len;
	struct wire_header header;
	size_t at; /* private from here */
	enum wire_section section;
	unsigned left;
};

/* Begins to read the LEN bytes at MSG; false if they are too few for a header. */
bool wire_begin(struct wire_reader *r, const uint8_t *msg, size_t len);

/*
 * The next question, and the next record after all questions (those that were not read are
 * left out).  1, 0 if there are no more, -1 with ERR_SYSTEM saying what is malformed and at
 * which byte.
 */
int wire_next_question(struct wire_reader *r, struct wire_question *q, struct err *err) MUST_CHECK;
int wire_next_rr(struct wire_reader *r, struct wire_rr *rr, struct err *err) MUST_CHECK;

/* The same, but RR->owner is left alone: the owner stands at RR->at. */
int wire_skip_rr(struct wire_reader *r, struct wire_rr *rr, struct err *err) MUST_CHECK;

/*
 * Reads the name at AT, which may be compressed (pointers go backwards only, so that they end):
 * the bytes that it takes there, or 0 if it is malformed.
 */
size_t wire_read_name(const uint8_t *msg, size_t len, size_t at, struct wire_name *name);

/* Goes over the name at AT as wire_read_name() does, without a copy. */
size_t wire_skip_name(const uint8_t *msg, size_t len, size_t at);

/* What an OPT record says (RFC 6891). */
struct wire_edns {
	bool present;
	uint8_t version, rcode_high; /* of the extended rcode, RCODE_HIGH << 4 | header's */
	uint16_t bufsize;
	bool dnssec_ok;
	size_t options, options_len; /* where in the message */
};

/* Fills EDNS if RR is an OPT record. */
bool wire_edns(struct wire_edns *edns, const struct wire_rr *rr);

#endif
