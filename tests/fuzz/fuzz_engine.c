/* SPDX-License-Identifier: MIT */
/*
 * fuzz_engine.c - what is taken for an answer is one: it has the question, in its case if that
 * was asked for; and the reader of messages finds that question in it
 *
 * The first byte says which letters are turned; the question is that of the message itself, so
 * that it fits unless something else is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "dns/engine_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The question of the message, or another one. */
static bool make_question(struct wire_question *q, const uint8_t *msg, size_t len)
{
	struct wire_reader r;
	struct err err;

	return wire_begin(&r, msg, len) && wire_next_question(&r, q, &err) == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t letters[ENGINE_CASE_BYTES], none[ENGINE_CASE_BYTES] = { 0 };
	const uint8_t *msg = data + 1;
	struct wire_question q, got;
	struct wire_name sent;
	enum engine_match match;

	if (size < 1 || !make_question(&q, msg, size - 1))
		return 0;
	size--;
	memset(letters, data[0], sizeof(letters));
	sent = q.name;
	engine_turn_case(sent.bytes, sent.len, letters);
	if (!wire_name_equal(&sent, &q.name))
		abort();
	match = engine_match(msg, size, &q, NULL);
	/* The question of a query is not compressed: its answer's need not be taken either. */
	if (match == ENGINE_MATCH && (!make_question(&got, msg, size) || got.type != q.type ||
				      got.class != q.class || !wire_name_equal(&got.name, &q.name)))
		abort();
	if (match != ENGINE_MATCH && engine_match(msg, size, &q, none) == ENGINE_MATCH)
		abort();
	/* With letters turned it fits only if there were none to turn. */
	if (engine_match(msg, size, &q, letters) == ENGINE_MATCH &&
	    memcmp(sent.bytes, q.name.bytes, sent.len) != 0)
		abort();
	q.type ^= 1;
	if (engine_match(msg, size, &q, NULL) == ENGINE_MATCH)
		abort();
	return 0;
}
