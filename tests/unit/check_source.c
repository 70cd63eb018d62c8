/* SPDX-License-Identifier: MIT */
#include <netdb.h>
#include <string.h>

#include "base/clock.h"
#include "dns/source_impl.h"
#include "unit.h"

static void add_row(struct source_answer *a, const char *text, const char *canonname)
{
	struct gai_row *row = vec_push(&a->rows);
	struct err err = { 0 };
	struct ip ip;

	ck_assert_msg(ip_parse(&ip, text, strlen(text), 0, &err) == 0, "%s", err.text);
	*row = (struct gai_row){
		.family = ip.family == 4 ? AF_INET : AF_INET6,
		.socktype = SOCK_STREAM,
		.protocol = IPPROTO_TCP,
		.canonname = canonname ? xstrdup(canonname) : NULL,
	};
	sa_from_ip(&row->sa, &ip, 80);
}

static void fill(struct source_answer *a)
{
	*a = (struct source_answer){
		.index = 3,
		.status = NSSWITCH_TRYAGAIN,
		.number = 11,
		.h_number = -1,
		.ttl = 4294967295,
		.took_ns = 1234567890123,
		.call = "gethostbyname4_r",
		.canonname = xstrdup("www.example"),
	};
	(void)err_set(&a->err, ERR_SYSTEM, "no answer");
	a->err.code = -3;
	add_row(a, "192.0.2.1", NULL);
	add_row(a, "2001:db8::1", "");
	a->rows.v[1].sa.u.in6.sin6_scope_id = 7;
}

START_TEST(answers_go_through)
{
	struct source_answer a, b = { .index = 0 };
	struct buf one = { 0 }, two = { 0 };

	fill(&a);
	source_put(&one, &a);
	ck_assert(source_get(&b, one.data + 4, one.len - 4));
	source_put(&two, &b);
	ck_assert_uint_eq(one.len, two.len);
	ck_assert_mem_eq(one.data, two.data, one.len);
	ck_assert_str_eq(b.canonname, "www.example");
	ck_assert_str_eq(b.call, "gethostbyname4_r");
	ck_assert_str_eq(b.err.text, "no answer");
	ck_assert_int_eq(b.ttl, 4294967295);
	ck_assert_uint_eq(b.rows.n, 2);
	ck_assert(sa_equal(&b.rows.v[1].sa, &a.rows.v[1].sa));
	ck_assert_ptr_null(b.rows.v[0].canonname);
	ck_assert_str_eq(b.rows.v[1].canonname, "");
	buf_fini(&one);
	buf_fini(&two);
	source_answer_fini(&a);
	source_answer_fini(&b);
}
END_TEST

/* A module that writes over its memory can send anything. */
START_TEST(broken_answers_are_refused)
{
	struct source_answer a, b = { .index = 0 };
	struct buf whole = { 0 };

	fill(&a);
	source_put(&whole, &a);
	for (size_t n = 0; n + 4 < whole.len; n++) {
		ck_assert_msg(!source_get(&b, whole.data + 4, n), "cut to %zu bytes", n);
		source_answer_fini(&b);
	}
	buf_addc(&whole, 'x');
	ck_assert(!source_get(&b, whole.data + 4, whole.len - 4));
	source_answer_fini(&b);
	buf_fini(&whole);
	source_answer_fini(&a);
}
END_TEST

static const char never_owner;

static bool never(const void *owner, size_t i, enum nsswitch_status status)
{
	ck_assert_ptr_eq(owner, &never_owner);
	return i > 0 || status != NSSWITCH_SUCCESS;
}

START_TEST(libc_is_asked)
{
	const struct source_question questions[] = {
		{ .name = "127.0.0.1", .service = "80", .hints = { .socktype = SOCK_STREAM } },
		{ .name = "nosuch", .hints = { .flags = AI_NUMERICHOST } },
	};
	struct source_asker asker = { .questions = questions, .n = 2, .timeout_ns = 60 * CLOCK_S };
	struct source_answer a = { .index = 9 };
	struct err err;

	ck_assert_int_eq(source_start(&asker, &err), 0);
	ck_assert(source_next(&asker, &a));
	ck_assert_uint_eq(a.index, 0);
	ck_assert_int_eq(a.outcome, SOURCE_ANSWERED);
	ck_assert_int_eq(a.status, NSSWITCH_SUCCESS);
	ck_assert_uint_eq(a.rows.n, 1);
	ck_assert_uint_eq(sa_port(&a.rows.v[0].sa), 80);
	ck_assert_str_eq(a.call, "getaddrinfo");
	ck_assert(source_next(&asker, &a));
	ck_assert_uint_eq(a.index, 1);
	ck_assert_int_eq(a.status, NSSWITCH_NOTFOUND);
	ck_assert_int_eq(a.err.kind, ERR_NEGATIVE);
	ck_assert_uint_eq(a.rows.n, 0);
	ck_assert(!source_next(&asker, &a));
	source_close(&asker);
	source_close(&asker);
}
END_TEST

START_TEST(it_stops_where_it_is_told_to)
{
	const struct source_question questions[] = {
		{ .name = "127.0.0.1" },
		{ .name = "127.0.0.2" },
	};
	struct source_asker asker = {
		.questions = questions,
		.n = 2,
		.timeout_ns = 60 * CLOCK_S,
		.goes_on = never,
		.owner = &never_owner,
	};
	struct source_answer a = { .index = 9 };
	struct err err;

	ck_assert_int_eq(source_start(&asker, &err), 0);
	ck_assert(source_next(&asker, &a));
	ck_assert_int_eq(a.status, NSSWITCH_SUCCESS);
	ck_assert(!source_next(&asker, &a));
	source_close(&asker);
}
END_TEST

START_TEST(a_module_that_is_not_there)
{
	const struct source_question question = { .source = "nosuch", .name = "localhost" };
	struct source_asker asker = { .questions = &question, .n = 1, .timeout_ns = 60 * CLOCK_S };
	struct source_answer a = { .index = 9 };
	struct err err;

	ck_assert_int_eq(source_start(&asker, &err), 0);
	ck_assert(source_next(&asker, &a));
	ck_assert_int_eq(a.status, NSSWITCH_UNAVAIL);
	ck_assert_int_eq(a.outcome, source_has_modules() ? SOURCE_ABSENT : SOURCE_ANSWERED);
	ck_assert_uint_eq(a.rows.n, 0);
	source_close(&asker);
}
END_TEST

UNIT_MAIN("source", answers_go_through, broken_answers_are_refused, libc_is_asked,
	  it_stops_where_it_is_told_to, a_module_that_is_not_there)
