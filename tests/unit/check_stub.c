/* SPDX-License-Identifier: MIT */
/* check_stub.c - what a look-up says of itself, how it ends, and which names it takes */
#include "stub.h"

START_TEST(what_an_attempt_says)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	const struct stub_attempt *last = &look->parts[0].last;
	struct buf b = { 0 };
	struct world w;

	open_world(&w, "", 1);
	look_up(&w, look, "alias.test");
	ck_assert_uint_eq(last->ttl, 200);
	ck_assert_uint_eq(last->records, 1);
	ck_assert_uint_eq(last->rcode, 0);
	ck_assert_uint_eq(last->flags, WIRE_QR | WIRE_RD | WIRE_RA);
	ck_assert_uint_eq(last->counts[WIRE_ANSWER], 2);
	ck_assert_uint_eq(last->tries, 1);
	ck_assert(last->answered && last->has_ttl && !last->tcp && !last->alias);
	wire_name_text(&b, &last->owner, false);
	ck_assert_str_eq(buf_str(&b), "real.test");
	/* RFC 2308 section 5: the least of the SOA's TTL and its last field. */
	look_up(&w, look, "nosuch.test");
	ck_assert(last->has_ttl);
	ck_assert_uint_eq(last->ttl, 60);
	ck_assert_uint_eq(last->rcode, NXDOMAIN);
	look_up(&w, look, "out.test");
	ck_assert(last->alias);
	look_up(&w, look, "quiet.test");
	ck_assert(!last->alias);
	look_up(&w, look, "mute.a.test");
	ck_assert(!last->answered && !last->has_ttl);
	ck_assert_uint_eq(last->tries, 2);
	ck_assert_uint_eq(look->parts[0].msg.len, 0);
	close_world(&w);
	stub_look_free(look);
	buf_fini(&b);
}
END_TEST

/* Two servers' aliases that lead to each other: the chain has an end all the same. */
START_TEST(aliases_end)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct err err;
	struct world w;

	open_world(&w, "a.test", 1);
	look_up(&w, look, "ping.test");
	ck_assert_int_eq(look->status, STUB_MALFORMED);
	ck_assert_uint_eq(look->attempts.n, STUB_CHAIN_MAX + 1);
	stub_look_error(look, &err);
	ck_assert_ptr_nonnull(strstr(err.text, "16 aliases"));
	close_world(&w);
	stub_look_free(look);
}
END_TEST

START_TEST(referral_without_recursion)
{
	const uint16_t type = RR_A;
	struct stub_look *look = stub_look_new(&type, 1);
	struct world w;

	open_world(&w, "", 1);
	w.config.recurse = false;
	look_up(&w, look, "lame.test");
	ck_assert_int_eq(look->status, STUB_NODATA);
	close_world(&w);
	stub_look_free(look);
}
END_TEST

/* What is under way is forgotten with its look-up. */
START_TEST(freed_under_way)
{
	const uint16_t types[] = { RR_A, RR_AAAA };
	struct stub_look *look = stub_look_new(types, 2);
	struct wire_name name;
	bool absolute;
	struct world w;
	struct err err;

	open_world(&w, "", 1);
	ck_assert_int_eq(stub_name(&name, &absolute, "mute.a.test", 11, &err), 0);
	look->on_done = on_done;
	look->user = &w;
	stub_ask(look, &w.config, &name, absolute);
	ck_assert_uint_eq(engine_busy(w.engine), 2);
	stub_look_free(look);
	ck_assert_uint_eq(engine_busy(w.engine), 0);
	close_world(&w);
}
END_TEST

START_TEST(names)
{
	static const struct {
		const char *text;
		bool absolute;
		const char *error; /* part of it, or NULL */
	} texts[] = {
		{ "www.example.org", false, NULL },
		{ "www.example.org.", true, NULL },
		{ "a\\.", false, NULL },
		{ ".", true, NULL },
		{ "", false, "empty" },
		{ "a..b", false, "an empty label (column 3)" },
		{ ".a", false, "an empty label" },
		{ "x23456789-123456789-123456789-123456789-123456789-123456789-1234", false, "63" },
		{ "b\xc3\xbc"
		  "cher.example",
		  false, "not ASCII" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct wire_name name;
		bool absolute;
		struct err err = { 0 };
		int rc = stub_name(&name, &absolute, texts[i].text, strlen(texts[i].text), &err);

		if (texts[i].error) {
			ck_assert_int_eq(rc, -1);
			ck_assert_int_eq(err.kind, ERR_USAGE);
			ck_assert_msg(strstr(err.text, texts[i].error), "%s", err.text);
		} else {
			ck_assert_msg(rc == 0, "%s", err.text);
			ck_assert_int_eq(absolute, texts[i].absolute);
		}
	}
}
END_TEST

UNIT_MAIN("stub", what_an_attempt_says, aliases_end, referral_without_recursion, freed_under_way,
	  names)
