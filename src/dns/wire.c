/* SPDX-License-Identifier: MIT */
#include "dns/wire.h"

#include <string.h>

#include "dns/wire_impl.h"

enum {
	EDNS_NSID = 3,
	EDNS_ECS = 8,
	EDNS_DO = 1 << 15,
	QUESTION_FIXED = 4, /* type and class */
	RR_FIXED = 10,      /* type, class, TTL, length */
	SHORT = 16,         /* bytes of most labels at most */
	FLAGS = WIRE_QR | WIRE_AA | WIRE_TC | WIRE_RD | WIRE_RA | 1 << 6 | WIRE_AD | WIRE_CD,
};

static uint8_t *put16(uint8_t *to, unsigned v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
	return to + 2;
}

static uint8_t *put_ecs(uint8_t *to, const struct wire_ask *ask)
{
	size_t n = ((size_t)ask->ecs_length + 7) / 8;

	to = put16(to, EDNS_ECS);
	to = put16(to, (unsigned)(4 + n));
	to = put16(to, ask->ecs_ip.family == 4 ? 1 : 2);
	*to++ = ask->ecs_length;
	*to++ = 0; /* the scope, which answers have */
	memcpy(to, ask->ecs_ip.b, n);
	if (ask->ecs_length % 8)
		to[n - 1] &= (uint8_t)(0xff00 >> ask->ecs_length % 8);
	return to + n;
}

static uint8_t *put_opt(uint8_t *to, const struct wire_ask *ask)
{
	uint8_t *options;

	*to++ = 0; /* the root */
	to = put16(to, WIRE_TYPE_OPT);
	to = put16(to, ask->bufsize);
	to = put16(to, 0); /* extended rcode, version */
	to = put16(to, ask->dnssec_ok ? EDNS_DO : 0);
	options = to += 2;
	if (ask->nsid) {
		to = put16(to, EDNS_NSID);
		to = put16(to, 0);
	}
	if (ask->ecs)
		to = put_ecs(to, ask);
	put16(options - 2, (unsigned)(to - options));
	return to;
}

size_t wire_query(uint8_t out[static WIRE_QUERY_MAX], uint16_t id, const struct wire_question *q,
		  const struct wire_ask *ask)
{
	uint8_t *to = out;

	to = put16(to, id);
	to = put16(to, ask->flags);
	to = put16(to, 1);
	to = put16(to, 0);
	to = put16(to, 0);
	to = put16(to, ask->edns);
	memcpy(to, q->name.bytes, q->name.len);
	to += q->name.len;
	to = put16(to, q->type);
	to = put16(to, q->class);
	if (ask->edns)
		to = put_opt(to, ask);
	return (size_t)(to - out);
}

bool wire_begin(struct wire_reader *r, const uint8_t *msg, size_t len)
{
	unsigned flags;

	if (len < WIRE_HEADER || len > WIRE_MESSAGE_MAX)
		return false;
	flags = wire_get16(msg + 2);
	r->msg = msg;
	r->len = len;
	r->header.id = wire_get16(msg);
	r->header.flags = flags & FLAGS;
	r->header.opcode = flags >> 11 & 15;
	r->header.rcode = flags & 15;
	for (unsigned i = 0; i < 4; i++)
		r->header.counts[i] = wire_get16(msg + 4 + 2 * i);
	r->at = WIRE_HEADER;
	r->section = WIRE_QUESTION;
	r->left = r->header.counts[WIRE_QUESTION];
	return true;
}

/* Goes over the name at AT, whose labels are copied to TO if it is not NULL. */
static inline size_t walk_name(const uint8_t *msg, size_t len, size_t at, struct wire_name *to)
{
	size_t start = at, lowest = at, n = 0, used = 0;

	for (;;) {
		size_t c;

		if (at >= len)
			return 0;
		c = msg[at];
		if (c <= WIRE_LABEL_MAX) {
			c++;
			if (c > len - at || n + c > WIRE_NAME_MAX)
				return 0;
			if (to && c <= SHORT && len - at >= SHORT && n + SHORT <= WIRE_NAME_MAX)
				memcpy(to->bytes + n, msg + at, SHORT); /* no call */
			else if (to)
				memcpy(to->bytes + n, msg + at, c);
			n += c;
			at += c;
			if (c == 1)
				break;
		} else {
			if (c < 0xc0 || len - at < 2)
				return 0;
			if (!used)
				used = at + 2 - start;
			at = (c & 0x3f) << 8 | msg[at + 1];
			if (at >= lowest)
				return 0;
			lowest = at;
		}
	}
	if (to)
		to->len = (uint8_t)n;
	return used ? used : at - start;
}

size_t wire_read_name(const uint8_t *msg, size_t len, size_t at, struct wire_name *name)
{
	return walk_name(msg, len, at, name);
}

size_t wire_skip_name(const uint8_t *msg, size_t len, size_t at)
{
	return walk_name(msg, len, at, NULL);
}

static int malformed(const struct wire_reader *r, const char *what, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "malformed message: %s at byte %zu of %zu", what, r->at,
		       r->len);
}

/* The next question, with its name only if NAME is not NULL. */
static int next_question(struct wire_reader *r, struct wire_question *q, struct wire_name *name,
			 struct err *err)
{
	size_t used;

	if (r->section != WIRE_QUESTION || r->left == 0)
		return 0;
	used = walk_name(r->msg, r->len, r->at, name);
	if (!used)
		return malformed(r, "no name of a question", err);
	if (r->len - r->at - used < QUESTION_FIXED)
		return malformed(r, "a question that is cut short", err);
	r->at += used;
	q->type = wire_get16(r->msg + r->at);
	q->class = wire_get16(r->msg + r->at + 2);
	r->at += QUESTION_FIXED;
	r->left--;
	return 1;
}

int wire_next_question(struct wire_reader *r, struct wire_question *q, struct err *err)
{
	return next_question(r, q, &q->name, err);
}

static int skip_questions(struct wire_reader *r, struct err *err)
{
	struct wire_question q;
	int got;

	while ((got = next_question(r, &q, NULL, err)) > 0)
		;
	return got;
}

int wire_next_rr(struct wire_reader *r, struct wire_rr *rr, struct err *err)
{
	int got = wire_skip_rr(r, rr, err);

	if (got > 0)
		(void)wire_read_name(r->msg, r->len, rr->at, &rr->owner);
	return got;
}

int wire_skip_rr(struct wire_reader *r, struct wire_rr *rr, struct err *err)
{
	const uint8_t *fixed;
	size_t used;

	if (r->section == WIRE_QUESTION && r->left && skip_questions(r, err) < 0)
		return -1;
	while (r->left == 0) {
		if (r->section == WIRE_ADDITIONAL)
			return 0;
		r->section++;
		r->left = r->header.counts[r->section];
	}
	used = wire_skip_name(r->msg, r->len, r->at);
	if (!used)
		return malformed(r, "no name of a record", err);
	if (r->len - r->at - used < RR_FIXED)
		return malformed(r, "a record that is cut short", err);
	fixed = r->msg + r->at + used;
	rr->section = r->section;
	rr->at = r->at;
	rr->type = wire_get16(fixed);
	rr->class = wire_get16(fixed + 2);
	rr->ttl = wire_get32(fixed + 4);
	rr->rdata = r->at + used + RR_FIXED;
	rr->rdlen = wire_get16(fixed + 8);
	if (rr->rdlen > r->len - rr->rdata)
		return malformed(r, "a record that is longer than the message", err);
	r->at = rr->rdata + rr->rdlen;
	r->left--;
	return 1;
}

bool wire_asks(const uint8_t *msg, size_t len, const struct wire_question *q, bool exact)
{
	size_t n = q->name.len;
	const uint8_t *name = msg + WIRE_HEADER;

	if (len < WIRE_HEADER + n + QUESTION_FIXED || wire_get16(msg + 4) != 1 ||
	    wire_get16(name + n) != q->type || wire_get16(name + n + 2) != q->class)
		return false;
	return exact ? memcmp(name, q->name.bytes, n) == 0 :
		       wire_bytes_equal(name, q->name.bytes, n);
}

bool wire_edns(struct wire_edns *edns, const struct wire_rr *rr)
{
	if (rr->type != WIRE_TYPE_OPT)
		return false;
	*edns = (struct wire_edns){
		.present = true,
		.rcode_high = (uint8_t)(rr->ttl >> 24),
		.version = (uint8_t)(rr->ttl >> 16),
		.dnssec_ok = rr->ttl & EDNS_DO,
		.bufsize = rr->class,
		.options = rr->rdata,
		.options_len = rr->rdlen,
	};
	return true;
}
