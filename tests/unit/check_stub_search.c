/* SPDX-License-Identifier: MIT */
/* check_stub_search.c - which names a look-up asks for, in which order, and what it finds */
#include "stub.h"

/* What was asked, in order: "www.a.test/A:nxdomain www.b.test/A:ok". */
static const char *trace(struct buf *b, const struct stub_look *look)
{
	char word[RR_WORD];

	b->len = 0;
	for (size_t i = 0; i < look->attempts.n; i++) {
		const struct stub_attempt *a = &look->attempts.v[i];

		if (i)
			buf_addc(b, ' ');
		wire_name_text(b, &a->question.name, false);
		if (look->nparts > 1)
			buf_printf(b, "/%s", rr_word(word, RR_TYPE, a->question.type));
		buf_printf(b, ":%s", stub_status_word(a->status));
	}
	return buf_str(b);
}

/* The addresses that LOOK has, with a blank between them. */
static const char *addresses(struct buf *b, const struct stub_look *look)
{
	b->len = 0;
	for (unsigned i = 0; i < look->nparts; i++) {
		struct wire_reader reader;
		struct wire_rr rr;
		char text[IP_STRLEN];

		if (!stub_begin(&reader, &look->parts[i]))
			continue;
		while (stub_next(&reader, &look->parts[i], &rr)) {
			struct ip ip = { .family = rr.type == RR_A ? 4 : 6 };

			memcpy(ip.b, reader.msg + rr.rdata, rr.rdlen);
			buf_printf(b, "%s%s", b->len ? " " : "", ip_format(&ip, text));
		}
	}
	return buf_str(b);
}

static const struct {
	const char *search;
	unsigned ndots;
	const char *name;
	enum stub_status status;
	const char *trace, *addresses;
	bool searched;
} cases[] = {
	{ "", 1, "www.a.test", STUB_OK, "www.a.test:ok", "192.0.2.1", false },
	{ "", 1, "WWW.A.TEST", STUB_OK, "WWW.A.TEST:ok", "192.0.2.1", false },
	{ "", 1, "nosuch.test", STUB_NXDOMAIN, "nosuch.test:nxdomain", "", false },
	{ "", 1, "txt.a.test", STUB_NODATA, "txt.a.test:nodata", "", false },
	/* The search list, and where the name itself has its turn. */
	{ "a.test b.test", 1, "www", STUB_OK, "www.a.test:ok", "192.0.2.1", true },
	{ "b.test a.test", 1, "www", STUB_OK, "www.b.test:ok", "192.0.2.2", true },
	{ "a.test b.test", 1, "both", STUB_OK, "both.a.test:nxdomain both.b.test:ok", "192.0.2.2",
	  true },
	{ "a.test", 1, "host", STUB_OK, "host.a.test:nxdomain host:ok", "192.0.2.6", false },
	{ "a.test", 0, "host", STUB_OK, "host:ok", "192.0.2.6", false },
	{ "a.test", 1, "in.b", STUB_OK, "in.b:ok", "192.0.2.3", false },
	{ "a.test", 2, "in.b", STUB_OK, "in.b.a.test:ok", "192.0.2.5", true },
	{ "a.test", 2, "in.b.", STUB_OK, "in.b:ok", "192.0.2.3", false },
	{ "a.test", 1, "www.", STUB_NXDOMAIN, "www:nxdomain", "", false },
	{ "b.test", 1, "www.x", STUB_NXDOMAIN, "www.x:nxdomain www.x.b.test:nxdomain", "", false },
	{ ". a.test", 1, "www", STUB_OK, "www:nxdomain www.a.test:ok", "192.0.2.1", true },
	{ "a.test .", 1, "nosuch", STUB_NXDOMAIN, "nosuch.a.test:nxdomain nosuch:nxdomain", "",
	  false },
	/* What weighs most decides, but records always do. */
	{ "a.test b.test", 1, "txt", STUB_NODATA,
	  "txt.a.test:nodata txt.b.test:nxdomain txt:nxdomain", "", false },
	{ "a.test b.test", 1, "sick", STUB_OK, "sick.a.test:servfail sick.b.test:ok", "192.0.2.7",
	  true },
	{ "a.test b.test", 1, "ill", STUB_SERVFAIL,
	  "ill.a.test:servfail ill.b.test:nxdomain ill:nxdomain", "", false },
	{ "a.test", 1, "no", STUB_REFUSED, "no.a.test:refused no:nxdomain", "", false },
	{ "a.test b.test", 1, "mute", STUB_TIMEOUT, "mute.a.test:timeout", "", false },
	/* Referrals, and what is no message. */
	{ "", 1, "lame.test", STUB_REFUSED, "lame.test:refused", "", false },
	{ "", 1, "cut.test", STUB_MALFORMED, "cut.test:malformed", "", false },
	/* Aliases. */
	{ "", 1, "alias.test", STUB_OK, "alias.test:ok", "192.0.2.9", false },
	{ "", 1, "back.test", STUB_OK, "back.test:ok", "192.0.2.9", false },
	{ "", 1, "case.test", STUB_OK, "case.test:ok", "192.0.2.9", false },
	{ "", 1, "out.test", STUB_OK, "out.test:nodata www.a.test:ok", "192.0.2.1", false },
	{ "", 1, "dead.test", STUB_NXDOMAIN, "dead.test:nodata nowhere.test:nxdomain", "", false },
	{ "", 1, "gone.test", STUB_NXDOMAIN, "gone.test:nxdomain", "", false },
	{ "", 1, "other.test", STUB_NODATA, "other.test:nodata", "", false },
	{ "", 1, "loop.test", STUB_MALFORMED, "loop.test:malformed", "", false },
};

START_TEST(one_type)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;
		struct err err;

		open_world(&w, cases[i].search, cases[i].ndots);
		look_up(&w, look, cases[i].name);
		ck_assert_str_eq(trace(&b, look), cases[i].trace);
		ck_assert_str_eq(stub_status_word(look->status), stub_status_word(cases[i].status));
		ck_assert_str_eq(addresses(&b, look), cases[i].addresses);
		ck_assert_int_eq(look->searched, cases[i].searched);
		ck_assert_int_eq(stub_look_error(look, &err), cases[i].status == STUB_OK ? 0 : -1);
		if (cases[i].status != STUB_OK)
			ck_assert_int_eq(err.kind, stub_status_kind(cases[i].status));
		close_world(&w);
	}
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

/* Both types are asked at each step, and either's records are the answer. */
START_TEST(two_types)
{
	static const struct {
		const char *name;
		enum stub_status status, parts[2];
		size_t attempts;
		const char *addresses;
	} pairs[] = {
		{ "both", STUB_OK, { STUB_OK, STUB_OK }, 4, "192.0.2.2 2001:db8::2" },
		{ "only4", STUB_OK, { STUB_OK, STUB_NODATA }, 4, "192.0.2.4" },
		{ "half.test", STUB_OK, { STUB_OK, STUB_SERVFAIL }, 2, "192.0.2.4" },
		{ "quiet.test", STUB_OK, { STUB_OK, STUB_TIMEOUT }, 2, "192.0.2.4" },
		{ "nosuch", STUB_NXDOMAIN, { STUB_NXDOMAIN, STUB_NXDOMAIN }, 6, "" },
		{ "ill", STUB_SERVFAIL, { STUB_SERVFAIL, STUB_NODATA }, 6, "" },
		{ "mute", STUB_TIMEOUT, { STUB_TIMEOUT, STUB_NODATA }, 2, "" },
	};
	const uint16_t types[] = { RR_A, RR_AAAA };
	struct stub_look *look = stub_look_new(types, 2);
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "a.test b.test", 1);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		look_up(&w, look, pairs[i].name);
		ck_assert_int_eq(look->status, pairs[i].status);
		for (unsigned j = 0; j < 2; j++)
			ck_assert_str_eq(stub_status_word(look->parts[j].last.status),
					 stub_status_word(pairs[i].parts[j]));
		ck_assert_uint_eq(look->attempts.n, pairs[i].attempts);
		ck_assert_str_eq(addresses(&b, look), pairs[i].addresses);
	}
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

/* A domain that makes the name too long is passed over. */
START_TEST(too_long_with_a_domain)
{
	static const char label[] = "x23456789-123456789-123456789-123456789-123456789-123456789";
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "a.test", 9);
	for (unsigned i = 0; i < 4; i++)
		buf_printf(&b, "%s%s", i ? "." : "", label);
	buf_adds(&b, ".y2345678"); /* 248 characters */
	look_up(&w, look, buf_str(&b));
	ck_assert_uint_eq(look->attempts.n, 1);
	ck_assert_int_eq(look->status, STUB_NXDOMAIN);
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

UNIT_MAIN("stub_search", one_type, two_types, too_long_with_a_domain)
