/* SPDX-License-Identifier: MIT */
#include "dns/wire.h"

#include <string.h>

#include "base/str.h"
#include "unit.h"

static struct wire_name name_of(const char *text)
{
	struct wire_name name;
	struct err err = { 0 };

	ck_assert_msg(wire_name_parse(&name, text, strlen(text), &err) == 0, "%s", err.text);
	return name;
}

static char *text_of(struct buf *b, const struct wire_name *name, bool dot)
{
	b->len = 0;
	wire_name_text(b, name, dot);
	buf_str(b);
	return b->data;
}

/* Bytes that lie alone, so that a sanitizer sees their end. */
static uint8_t *copy_of(const void *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	return copy;
}

START_TEST(names)
{
	static const struct {
		const char *text, *wire;
		size_t len;
		const char *shown; /* NULL: TEXT */
	} rows[] = {
		{ ".", "", 1, NULL },
		{ "a", "\1a", 3, NULL },
		{ "a.", "\1a", 3, "a" },
		{ "www.Example.ORG", "\3www\7Example\3ORG", 17, NULL },
		{ "_sip._tcp.a-b", "\4_sip\4_tcp\3a-b", 15, NULL },
		{ "a\\.b.c", "\3a.b\1c", 7, NULL },
		{ "\\097\\\\\\032", "\3a\\ ", 5, "a\\\\\\032" },
		{ "\\\"\\(\\)\\;\\@\\$", "\6\"();@$", 8, NULL },
		{ "a b\x7f\xc3\xbc", "\6a b\x7f\xc3\xbc", 8, "a\\032b\\127\\195\\188" },
		{ "\\000\\255", "\2\0\xff", 4, NULL },
		{ "*.x", "\1*\1x", 5, NULL },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wire_name name = name_of(rows[i].text);
		const char *shown = rows[i].shown ? rows[i].shown : rows[i].text;

		ck_assert_uint_eq(name.len, rows[i].len);
		ck_assert_mem_eq(name.bytes, rows[i].wire, rows[i].len);
		ck_assert_str_eq(text_of(&b, &name, false), shown);
		text_of(&b, &name, true);
		ck_assert_uint_eq(b.data[b.len - 1], '.');
		ck_assert_uint_eq(b.len, strlen(shown) + (name.len > 1));
	}
	buf_fini(&b);
}
END_TEST

START_TEST(bad_names)
{
#define TEN   "abcdefghi."
#define FIFTY TEN TEN TEN TEN TEN
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "", "\"\" is not a domain name: it is empty (column 1)" },
		{ "..", "\"..\" is not a domain name: an empty label (column 1)" },
		{ ".a", "\".a\" is not a domain name: an empty label (column 1)" },
		{ "a..b", "\"a..b\" is not a domain name: an empty label (column 3)" },
		{ "a..", "\"a..\" is not a domain name: an empty label (column 3)" },
		{ "a.\\", "\"a.\\\" is not a domain name: a backslash without a character or three "
			  "digits up to 255 (column 3)" },
		{ "\\25", "\"\\25\" is not a domain name: a backslash without a character or three "
			  "digits up to 255 (column 1)" },
		{ "\\256", "\"\\256\" is not a domain name: a backslash without a character or "
			   "three digits up to 255 (column 1)" },
		{ "\\1a3", "\"\\1a3\" is not a domain name: a backslash without a character or "
			   "three digits up to 255 (column 1)" },
		{ FIFTY FIFTY FIFTY FIFTY FIFTY "abcd", "more than 255 bytes (column 254)" },
		{ FIFTY FIFTY FIFTY FIFTY FIFTY "abc.d", "more than 255 bytes (column 255)" },
		{ "x.0123456789012345678901234567890123456789012345678901234567890123.y",
		  "a label of more than 63 bytes (column 3)" },
	};
	struct wire_name name;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { 0 };

		ck_assert_int_eq(wire_name_parse(&name, rows[i].text, strlen(rows[i].text), &err),
				 -1);
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_msg(strstr(err.text, rows[i].error), "%s", err.text);
	}
	name = name_of(FIFTY FIFTY FIFTY FIFTY FIFTY "abc");
	ck_assert_uint_eq(name.len, WIRE_NAME_MAX);
	name = name_of(FIFTY FIFTY FIFTY FIFTY FIFTY "abc.");
	ck_assert_uint_eq(name.len, WIRE_NAME_MAX);
	name = name_of("012345678901234567890123456789012345678901234567890123456789012");
	ck_assert_uint_eq(name.len, 65);
#undef FIFTY
#undef TEN
}
END_TEST

/* The same as the text form, which has tests of its own, for octets of each length. */
START_TEST(arpa)
{
	struct buf b = { 0 };

	for (unsigned i = 0; i < 512; i++) {
		struct ip ip = { .family = i % 2 ? 4 : 6 };
		struct wire_name name, other;
		char text[IP_ARPA_STRLEN];

		for (unsigned j = 0; j < sizeof(ip.b); j++)
			ip.b[j] = (uint8_t)(i / 2 + j * 37);
		wire_name_arpa(&name, &ip);
		ip_format_arpa(&ip, text);
		ck_assert_str_eq(text_of(&b, &name, false), text);
		other = name_of(text);
		ck_assert(wire_name_equal(&name, &other));
	}
	buf_fini(&b);
}
END_TEST

/* Every byte against every byte, at each place of a word and behind it. */
START_TEST(equal)
{
	for (size_t at = 1; at < 12; at++) {
		struct wire_name a, b;

		memset(a.bytes, 'q', sizeof(a.bytes));
		a.bytes[0] = 11;
		a.bytes[12] = 0;
		a.len = 13;
		b = a;
		for (unsigned x = 0; x < 256; x++) {
			for (unsigned y = 0; y < 256; y++) {
				a.bytes[at] = (uint8_t)x;
				b.bytes[at] = (uint8_t)y;
				ck_assert_msg(wire_name_equal(&a, &b) ==
						      (str_lower((char)x) == str_lower((char)y)),
					      "%u %u at %zu", x, y, at);
			}
		}
		b = a;
		b.len = 14;
		ck_assert(!wire_name_equal(&a, &b));
	}
}
END_TEST

START_TEST(query)
{
	static const uint8_t plain[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\4test\0\0\x1c\0\1";
	static const uint8_t edns[] = "\x12\x34\1\x30\0\1\0\0\0\0\0\1\3www\4test\0\0\x1c\0\1"
				      "\0\0\x29\4\xd0\0\0\x80\0\0\x0f\0\3\0\0\0\x08\0\7\0\1\x14\0"
				      "\xc0\0\x20";
	uint8_t out[WIRE_QUERY_MAX];
	struct wire_question q = { name_of("www.test"), 28, 1 };
	struct wire_ask ask = { .flags = WIRE_RD };

	ck_assert_uint_eq(wire_query(out, 0x1234, &q, &ask), sizeof(plain) - 1);
	ck_assert_mem_eq(out, plain, sizeof(plain) - 1);

	ask = (struct wire_ask){
		.flags = WIRE_RD | WIRE_CD | WIRE_AD,
		.edns = true,
		.bufsize = 1232,
		.dnssec_ok = true,
		.nsid = true,
		.ecs = true,
		.ecs_ip = { 4, { 192, 0, 0x2f, 1 } },
		.ecs_length = 20,
	};
	ck_assert_uint_eq(wire_query(out, 0x1234, &q, &ask), sizeof(edns) - 1);
	ck_assert_mem_eq(out, edns, sizeof(edns) - 1);
}
END_TEST

/* What a query has is read back, for the longest too. */
START_TEST(query_read)
{
	uint8_t out[WIRE_QUERY_MAX];
	struct wire_question q = { .type = 1, .class = 1 }, got;
	struct wire_ask ask = { .edns = true,
				.bufsize = 512,
				.ecs = true,
				.nsid = true,
				.ecs_ip = { .family = 6 },
				.ecs_length = 128 };

	for (unsigned labels = 0; labels <= 127; labels++) {
		struct wire_reader r;
		struct wire_rr rr;
		struct wire_edns edns;
		struct err err;
		size_t len;

		for (unsigned i = 0; i < labels; i++)
			memcpy(q.name.bytes + 2 * (size_t)i, "\1x", 2);
		q.name.bytes[2 * labels] = 0;
		q.name.len = (uint8_t)(2 * labels + 1);
		len = wire_query(out, 7, &q, &ask);
		ck_assert_uint_le(len, WIRE_QUERY_MAX);
		ck_assert(wire_asks(out, len, &q, true));
		ck_assert(wire_begin(&r, out, len));
		ck_assert_int_eq(wire_next_question(&r, &got, &err), 1);
		ck_assert(wire_name_equal(&got.name, &q.name));
		ck_assert_int_eq(wire_next_question(&r, &got, &err), 0);
		ck_assert_int_eq(wire_next_rr(&r, &rr, &err), 1);
		ck_assert_int_eq(rr.section, WIRE_ADDITIONAL);
		ck_assert(wire_edns(&edns, &rr));
		ck_assert_uint_eq(edns.options_len, 4 + 24);
		ck_assert_uint_eq(edns.options + edns.options_len, len);
		ck_assert_int_eq(wire_next_rr(&r, &rr, &err), 0);
	}
}
END_TEST

START_TEST(asks)
{
	static const struct {
		const char *msg;
		size_t len;
		bool any, exact;
	} rows[] = {
#define Q(counts, rest) "\0\0\0\0" counts "\0\0\0\0\0\0" rest, sizeof(counts rest) - 1 + 10
		{ Q("\0\1", "\1w\2aB\0\0\1\0\1"), true, true },
		{ Q("\0\1", "\1w\2aB\0\0\1\0\1more"), true, true },
		{ Q("\0\1", "\1W\2ab\0\0\1\0\1"), true, false },
		{ Q("\0\0", "\1w\2aB\0\0\1\0\1"), false, false },
		{ Q("\0\2", "\1w\2aB\0\0\1\0\1"), false, false },
		{ Q("\0\1", "\1v\2aB\0\0\1\0\1"), false, false },
		{ Q("\0\1", "\2wa\1B\0\0\1\0\1"), false, false },
		{ Q("\0\1", "\1w\2aB\0\0\2\0\1"), false, false },
		{ Q("\0\1", "\1w\2aB\0\0\1\0\3"), false, false },
		{ Q("\0\1", "\1w\2aB\0\0\1\0"), false, false },
		{ Q("\0\1", "\1w\xc0\x0c\0\1\0\1"), false, false },
		{ "", 0, false, false },
#undef Q
	};
	struct wire_question q = { name_of("w.aB"), 1, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t *msg = copy_of(rows[i].msg, rows[i].len);

		ck_assert_msg(wire_asks(msg, rows[i].len, &q, false) == rows[i].any, "%zu", i);
		ck_assert_msg(wire_asks(msg, rows[i].len, &q, true) == rows[i].exact, "%zu", i);
		free(msg);
	}
}
END_TEST

START_TEST(read_name)
{
	static const struct {
		const char *bytes;
		size_t len, at, used;
		const char *text;
	} rows[] = {
#define B(s) s, sizeof(s) - 1
		{ B("\0"), 0, 1, "." },
		{ B("\1a\0"), 0, 3, "a" },
		{ B("\1a"), 0, 0, NULL },
		{ B("\2a\0"), 0, 0, NULL },
		{ B("\1a\0\1b\xc0\0"), 3, 4, "b.a" },
		{ B("\1a\0\xc0\0\1c\xc0\3"), 5, 4, "c.a" },
		{ B("\1a\0\1b\xc0"), 3, 0, NULL },
		{ B("\1a\xc0\0"), 0, 0, NULL },      /* to itself */
		{ B("\1a\xc0\2"), 0, 0, NULL },      /* to the pointer */
		{ B("\1a\xc0\4\1b\0"), 0, 0, NULL }, /* forward */
		{ B("\xc0\2\xc0\0"), 2, 0, NULL },   /* a circle */
		{ B("\1a\1b\xc0\0"), 2, 0, NULL },   /* through itself */
		{ B("\xc0\0"), 0, 0, NULL },         /* to itself, and nothing else */
		{ B("\xc0\2\xc0\0\xc0\2"), 4, 0, NULL },
		{ B("\xc0\4..\xc0\0\xc0\4"), 6, 0, NULL },
		{ B("\x40\0"), 0, 0, NULL },
		{ B("\0\x40\0"), 1, 0, NULL },
		{ B("\0\x80\0"), 1, 0, NULL },
		{ B("\x80\0"), 0, 0, NULL },
		{ B("\0\xc0\0"), 3, 0, NULL },
		{ B(""), 0, 0, NULL },
#undef B
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wire_name name;
		uint8_t *copy = copy_of(rows[i].bytes, rows[i].len);
		size_t used = wire_read_name(copy, rows[i].len, rows[i].at, &name);

		free(copy);
		ck_assert_msg(used == rows[i].used, "row %zu: %zu", i, used);
		if (rows[i].text)
			ck_assert_str_eq(text_of(&b, &name, false), rows[i].text);
	}
	buf_fini(&b);
}
END_TEST

/* A name of 255 bytes is read, one of 256 by way of a pointer is not. */
START_TEST(read_long_name)
{
	uint8_t msg[512] = { 0 };
	struct wire_name name;

	for (unsigned i = 0; i < 126; i++)
		memcpy(msg + 2 * (size_t)i, "\1x", 2); /* and the root at 252: 253 bytes */
	memcpy(msg + 300, "\1y\xc0\0", 4);
	ck_assert_uint_eq(wire_read_name(msg, sizeof(msg), 300, &name), 4);
	ck_assert_uint_eq(name.len, 255);
	memcpy(msg + 300, "\2yy\xc0\0", 5);
	ck_assert_uint_eq(wire_read_name(msg, sizeof(msg), 300, &name), 0);
}
END_TEST

#define REPLY                                                                      \
	"\x12\x34\x85\xa3\0\1\0\2\0\1\0\1"                                         \
	"\1w\1T\0\0\1\0\1"                            /* 12 */                     \
	"\xc0\x0c\0\5\0\1\0\0\x0e\x10\0\4\1v\xc0\x0e" /* 21: CNAME, rdata at 33 */ \
	"\1v\xc0\x0e\0\1\0\1\x80\0\0\0\0\4\x0a\0\0\1" /* 37: rdata at 51 */        \
	"\xc0\x0e\0\2\0\1\0\0\0\0\0\1\0"              /* 55 */                     \
	"\0\0\x29\x04\xd0\1\0\x80\0\0\4\0\3\0\0"      /* 68 */

START_TEST(reply)
{
	static const struct {
		enum wire_section section;
		const char *owner;
		uint16_t type, class;
		uint32_t ttl;
		size_t rdata, rdlen;
	} rows[] = {
		{ WIRE_ANSWER, "w.T", 5, 1, 3600, 33, 4 },
		{ WIRE_ANSWER, "v.T", 1, 1, 0x80000000, 51, 4 },
		{ WIRE_AUTHORITY, "T", 2, 1, 0, 67, 1 },
		{ WIRE_ADDITIONAL, ".", 41, 1232, 0x1008000, 79, 4 },
	};
	static const uint8_t msg[] = REPLY;
	struct wire_reader r;
	struct wire_rr rr;
	struct wire_edns edns = { 0 };
	struct err err;
	struct buf b = { 0 };

	ck_assert(wire_begin(&r, msg, sizeof(msg) - 1));
	ck_assert_uint_eq(r.header.id, 0x1234);
	ck_assert_uint_eq(r.header.flags, WIRE_QR | WIRE_AA | WIRE_RD | WIRE_RA | WIRE_AD);
	ck_assert_uint_eq(r.header.rcode, 3);
	ck_assert_uint_eq(r.header.opcode, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_int_eq(wire_next_rr(&r, &rr, &err), 1);
		ck_assert_int_eq(rr.section, rows[i].section);
		ck_assert_str_eq(text_of(&b, &rr.owner, false), rows[i].owner);
		ck_assert_uint_eq(rr.type, rows[i].type);
		ck_assert_uint_eq(rr.class, rows[i].class);
		ck_assert_uint_eq(rr.ttl, rows[i].ttl);
		ck_assert_uint_eq(rr.rdata, rows[i].rdata);
		ck_assert_uint_eq(rr.rdlen, rows[i].rdlen);
		ck_assert(wire_edns(&edns, &rr) == (rr.type == WIRE_TYPE_OPT));
	}
	ck_assert_int_eq(wire_next_rr(&r, &rr, &err), 0);
	ck_assert_int_eq(wire_next_rr(&r, &rr, &err), 0);
	ck_assert(edns.present && edns.dnssec_ok);
	ck_assert_uint_eq(edns.rcode_high, 1);
	ck_assert_uint_eq(edns.version, 0);
	ck_assert_uint_eq(edns.bufsize, 1232);
	ck_assert_uint_eq(edns.options, 79);
	ck_assert_uint_eq(edns.options_len, 4);
	buf_fini(&b);
}
END_TEST

/* Cut at each byte it is malformed, and says where. */
START_TEST(reply_cut)
{
	static const uint8_t msg[] = REPLY;

	for (size_t len = 0; len < sizeof(msg) - 1; len++) {
		struct wire_reader r;
		struct wire_rr rr;
		struct err err = { 0 };
		const char *what;
		int got;

		if (!wire_begin(&r, msg, len)) {
			ck_assert_uint_lt(len, WIRE_HEADER);
			continue;
		}
		ck_assert_uint_ge(len, WIRE_HEADER);
		while ((got = wire_next_rr(&r, &rr, &err)) > 0)
			;
		ck_assert_int_eq(got, -1);
		ck_assert_int_eq(err.kind, ERR_SYSTEM);
		ck_assert(str_starts(err.text, "malformed message: "));
		what = err.text + strlen("malformed message: ");
		if (len == 15)
			ck_assert_str_eq(what, "no name of a question at byte 12 of 15");
		if (len == 20)
			ck_assert_str_eq(what, "a question that is cut short at byte 12 of 20");
		if (len == 22)
			ck_assert_str_eq(what, "no name of a record at byte 21 of 22");
		if (len == 30)
			ck_assert_str_eq(what, "a record that is cut short at byte 21 of 30");
		if (len == 36)
			ck_assert_str_eq(
				what, "a record that is longer than the message at byte 21 of 36");
	}
}
END_TEST

START_TEST(too_long)
{
	static uint8_t msg[WIRE_MESSAGE_MAX + 1];
	struct wire_reader r;

	ck_assert(wire_begin(&r, msg, WIRE_MESSAGE_MAX));
	ck_assert(!wire_begin(&r, msg, WIRE_MESSAGE_MAX + 1));
}
END_TEST

UNIT_MAIN("wire", names, bad_names, arpa, equal, query, query_read, asks, read_name, read_long_name,
	  reply, reply_cut, too_long)
