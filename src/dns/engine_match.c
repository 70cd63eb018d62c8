/* SPDX-License-Identifier: MIT */
/* engine_match.c - is a message the answer to a question: engine_impl.h */
#include <string.h>

#include "dns/engine_impl.h"

enum {
	QUESTION_FIXED = 4, /* type and class */
	OPCODE = 0x78,      /* of the third byte */
	RCODE = 0x0f,       /* of the fourth */
	FORMERR = 1,
	NS = 2, /* types of records */
	CNAME = 5,
	SOA = 6,
	PTR = 12,
};

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

void engine_turn_case(uint8_t *name, size_t n, const uint8_t *letters)
{
	/* A label's length is at most 63: no letter. */
	for (size_t i = 0; i < n; i++)
		if (is_letter(name[i]) && letters[i / 8] >> i % 8 & 1)
			name[i] ^= 0x20;
}

static bool same_name(const uint8_t *got, const struct wire_name *name, const uint8_t *letters)
{
	uint8_t sent[WIRE_NAME_MAX];

	if (letters) {
		memcpy(sent, name->bytes, name->len);
		engine_turn_case(sent, name->len, letters);
		return memcmp(got, sent, name->len) == 0;
	}
	if (memcmp(got, name->bytes, name->len) == 0)
		return true;
	for (size_t i = 0; i < name->len; i++)
		if (lower(got[i]) != lower(name->bytes[i]))
			return false;
	return true;
}

enum engine_match engine_match(const uint8_t *msg, size_t len, const struct wire_question *q,
			       const uint8_t *letters)
{
	const uint8_t *end;

	if (len < WIRE_HEADER)
		return ENGINE_MALFORMED;
	if (!(msg[2] & WIRE_QR >> 8) || msg[2] & OPCODE)
		return ENGINE_NO_MATCH;
	if (msg[4] == 0 && msg[5] == 0)
		return (msg[3] & RCODE) == FORMERR && len == WIRE_HEADER ? ENGINE_NO_EDNS :
									   ENGINE_NO_MATCH;
	if (msg[4] != 0 || msg[5] != 1)
		return ENGINE_NO_MATCH;
	if (len < (size_t)WIRE_HEADER + q->name.len + QUESTION_FIXED)
		return ENGINE_NO_MATCH;
	end = msg + WIRE_HEADER + q->name.len;
	if (!same_name(msg + WIRE_HEADER, &q->name, letters))
		return ENGINE_NO_MATCH;
	return end[0] << 8 == (q->type & 0xff00) && end[1] == (q->type & 0xff) &&
			       end[2] << 8 == (q->class & 0xff00) && end[3] == (q->class & 0xff) ?
		       ENGINE_MATCH :
		       ENGINE_NO_MATCH;
}

enum engine_worth engine_worth(const uint8_t *msg, size_t len, bool recurse)
{
	struct wire_reader r;
	struct wire_rr rr;
	struct err ignored;
	bool refers = false, says = false;
	int more;

	if (!wire_begin(&r, msg, len))
		return ENGINE_UNREADABLE;
	while ((more = wire_skip_rr(&r, &rr, &ignored)) > 0) {
		bool is_name = rr.type == CNAME || rr.type == NS || rr.type == PTR;

		if (is_name && wire_skip_name(msg, len, rr.rdata) != rr.rdlen)
			return ENGINE_UNREADABLE;
		refers |= rr.section == WIRE_AUTHORITY && rr.type == NS;
		says |= rr.section == WIRE_ANSWER || rr.type == SOA;
	}
	if (more < 0)
		return ENGINE_UNREADABLE;
	if (recurse && refers && !says && !(r.header.flags & (WIRE_AA | WIRE_RA)))
		return ENGINE_LAME;
	return ENGINE_GOOD;
}

bool engine_is_answer(const struct engine *e, const struct engine_slot *slot, const uint8_t *msg,
		      size_t len)
{
	enum engine_match match = engine_match(msg, len, &slot->q->question,
					       e->config.random_case ? slot->letters : NULL);

	return match == ENGINE_MATCH ||
	       (match == ENGINE_NO_EDNS && e->config.ask.edns && !slot->plain);
}
