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

size_t wire_read_name(const uint8_t *msg, size_t len, size_t at, struct wire_name *name)
{
	size_t start = at, lowest = at, n = 0, used = 0;

	for (;;) {
		unsigned c;

		if (at >= len)
			return 0;
		c = msg[at];
		if (c <= WIRE_LABEL_MAX) {
			if (c + 1 > len - at || n + c + 1 > WIRE_NAME_MAX)
				return 0;
			memcpy(name->bytes + n, msg + at, c + 1);
			n += c + 1;
			at += c + 1;
			if (c == 0)
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
	name->len = (uint8_t)n;
	return used ? used : at - start;
}

static int malformed(const struct wire_reader *r, const char *what, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "malformed message: %s at byte %zu of %zu", what, r->at,
		       r->len);
}

int wire_next_question(struct wire_reader *r, struct wire_question *q, struct err *err)
{
	size_t used;

	if (r->section != WIRE_QUESTION || r->left == 0)
		return 0;
	used = wire_read_name(r->msg, r->len, r->at, &q->name);
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

static int skip_questions(struct wire_reader *r, struct err *err)
{
	struct wire_question q;
	int got;

	while ((got = wire_next_question(r, &q, err)) > 0)
		;
	return got;
}

int wire_next_rr(struct wire_reader *r, struct wire_rr *rr, struct err *err)
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
	used = wire_read_name(r->msg, r->len, r->at, &rr->owner);
	if (!used)
		return malformed(r, "no name of a record", err);
	if (r->len - r->at - used < RR_FIXED)
		return malformed(r, "a record that is cut short", err);
	fixed = r->msg + r->at + used;
	rr->section = r->section;
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
