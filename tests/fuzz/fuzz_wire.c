/* SPDX-License-Identifier: MIT */
/*
 * fuzz_wire.c - a DNS message, also as the text of a name
 *
 * What is read of a message and written without compression is read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "dns/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool same_name(const struct wire_name *a, const struct wire_name *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* A name is ASCII that prints, and is read back, with and without the last dot. */
static void check_name(const struct wire_name *name)
{
	struct buf b = { 0 };
	struct wire_name again;
	struct err err = { 0 };

	require(name->len >= 1 && name->bytes[name->len - 1] == 0);
	for (unsigned dot = 0; dot < 2; dot++) {
		b.len = 0;
		wire_name_text(&b, name, dot);
		for (size_t i = 0; i < b.len; i++)
			require(b.data[i] > ' ' && b.data[i] <= '~');
		require(wire_name_parse(&again, b.data, b.len, &err) == 0);
		require(same_name(name, &again) && wire_name_equal(name, &again));
	}
	buf_fini(&b);
}

static void check_text(const char *text, size_t len)
{
	struct wire_name name;
	struct err err = { 0 };

	if (wire_name_parse(&name, text, len, &err) == 0)
		check_name(&name);
	else
		require(err.kind == ERR_USAGE && *err.text);
}

static void put16(struct buf *b, unsigned v)
{
	buf_addc(b, (char)(v >> 8));
	buf_addc(b, (char)v);
}

/* What could be read of the LEN bytes at MSG, written again; COUNTS of each section. */
static void rewrite(struct buf *out, const uint8_t *msg, size_t len, uint16_t counts[4])
{
	struct wire_reader r;
	struct wire_question q;
	struct wire_rr rr;
	struct err err = { 0 };

	require(wire_begin(&r, msg, len));
	buf_add(out, msg, WIRE_HEADER);
	while (wire_next_question(&r, &q, &err) > 0) {
		check_name(&q.name);
		buf_add(out, q.name.bytes, q.name.len);
		put16(out, q.type);
		put16(out, q.class);
		counts[WIRE_QUESTION]++;
	}
	while (err.kind == ERR_NONE && wire_next_rr(&r, &rr, &err) > 0) {
		size_t start = out->len, rdata;

		check_name(&rr.owner);
		buf_add(out, rr.owner.bytes, rr.owner.len);
		put16(out, rr.type);
		put16(out, rr.class);
		put16(out, rr.ttl >> 16);
		put16(out, rr.ttl & 0xffff);
		put16(out, 0);
		rdata = out->len;
		rr_plain(out, msg, len, &rr);
		out->data[rdata - 2] = (char)((out->len - rdata) >> 8);
		out->data[rdata - 1] = (char)(out->len - rdata);
		if (out->len > WIRE_MESSAGE_MAX) {
			out->len = start;
			break;
		}
		counts[rr.section]++;
	}
	require(err.kind == ERR_NONE || (err.kind == ERR_SYSTEM && *err.text));
	for (unsigned i = 0; i < 4; i++) {
		out->data[4 + 2 * i] = (char)(counts[i] >> 8);
		out->data[5 + 2 * i] = (char)counts[i];
	}
}

static void check_options(const uint8_t *msg, const struct wire_rr *rr)
{
	struct wire_edns edns;
	struct rr_option option;
	struct buf b = { 0 };
	size_t at = 0;

	if (!wire_edns(&edns, rr))
		return;
	while (rr_option_next(&option, msg, &edns, &at)) {
		b.len = 0;
		rr_option_text(&b, &option);
		for (size_t i = 0; i < b.len; i++)
			require(b.data[i] >= ' ' && b.data[i] <= '~');
	}
	require(at <= edns.options_len);
	buf_fini(&b);
}

/* The record of the message as it came is the one of the message that was written. */
static void check_rr(const uint8_t *msg, size_t len, const struct wire_rr *rr,
		     const uint8_t *written, size_t written_len, const struct wire_rr *again)
{
	struct buf a = { 0 }, b = { 0 };
	bool ok = rr_text(&a, msg, len, rr);

	require(rr->section == again->section && same_name(&rr->owner, &again->owner));
	require(rr->type == again->type && rr->class == again->class && rr->ttl == again->ttl);
	if (ok) {
		require(rr_text(&b, written, written_len, again));
		require(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	} else {
		require(rr->rdlen == again->rdlen);
		require(memcmp(msg + rr->rdata, written + again->rdata, rr->rdlen) == 0);
	}
	check_options(msg, rr);
	buf_fini(&a);
	buf_fini(&b);
}

static void check_message(const uint8_t *msg, size_t len)
{
	struct wire_reader r, s;
	struct wire_question q, q2;
	struct wire_rr rr, rr2;
	struct err err = { 0 };
	uint16_t counts[4] = { 0 };
	struct buf out = { 0 };
	const uint8_t *written;
	unsigned records;

	if (!wire_begin(&r, msg, len)) {
		require(len < WIRE_HEADER || len > WIRE_MESSAGE_MAX);
		return;
	}
	rewrite(&out, msg, len, counts);
	written = (const uint8_t *)out.data;
	require(wire_begin(&s, written, out.len));
	require(r.header.id == s.header.id && r.header.flags == s.header.flags);
	require(r.header.rcode == s.header.rcode && r.header.opcode == s.header.opcode);
	for (unsigned i = 0; i < counts[WIRE_QUESTION]; i++) {
		require(wire_next_question(&r, &q, &err) == 1);
		require(wire_next_question(&s, &q2, &err) == 1);
		require(same_name(&q.name, &q2.name) && q.type == q2.type && q.class == q2.class);
		require(wire_asks(written, out.len, &q, true) == (counts[WIRE_QUESTION] == 1));
	}
	records = 0U + counts[WIRE_ANSWER] + counts[WIRE_AUTHORITY] + counts[WIRE_ADDITIONAL];
	for (unsigned i = 0; i < records; i++) {
		require(wire_next_rr(&r, &rr, &err) == 1);
		require(wire_next_rr(&s, &rr2, &err) == 1);
		check_rr(msg, len, &rr, written, out.len, &rr2);
	}
	require(wire_next_rr(&s, &rr2, &err) == 0);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_text((const char *)data, size);
	check_message(data, size);
	return 0;
}
