/* SPDX-License-Identifier: MIT */
#include "dns/gai.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

/* Questions that libc answers without asking anyone. */
static const struct {
	const char *name, *service;
	struct gai_hints hints;
	enum err_kind kind;
	const char *want; /* the first row as sa_format() prints it, or a part of the error */
} questions[] = {
	{ "127.0.0.1", "80", { 0 }, ERR_NONE, "127.0.0.1:80" },
	{ "::1", "65535", { 0 }, ERR_NONE, "[::1]:65535" },
	{ "192.0.2.1", NULL, { 0 }, ERR_NONE, "192.0.2.1:0" },
	{ "192.0.2.1", "0", { .socktype = SOCK_DGRAM }, ERR_NONE, "192.0.2.1:0" },
	{ "2001:DB8::0:1", NULL, { .flags = AI_NUMERICHOST }, ERR_NONE, "[2001:db8::1]:0" },
	{ NULL, "9", { .flags = AI_PASSIVE, .family = AF_INET }, ERR_NONE, "0.0.0.0:9" },
	{ NULL, "9", { .flags = AI_PASSIVE, .family = AF_INET6 }, ERR_NONE, "[::]:9" },
	{ NULL, "9", { .family = AF_INET }, ERR_NONE, "127.0.0.1:9" },
	{ "192.0.2.1",
	  "80",
	  { .flags = AI_V4MAPPED, .family = AF_INET6 },
	  ERR_NONE,
	  "[::ffff:192.0.2.1]:80" },
	{ "not-a-number", NULL, { .flags = AI_NUMERICHOST }, ERR_NEGATIVE, "not-a-number: " },
	{ "", NULL, { .flags = AI_NUMERICHOST }, ERR_NEGATIVE, "\"\": " },
	{ "::1", NULL, { .family = AF_INET }, ERR_NEGATIVE, "::1: " },
	{ "127.0.0.1", NULL, { .family = AF_INET6 }, ERR_NEGATIVE, "127.0.0.1: " },
	{ "127.0.0.1",
	  "no-such-service",
	  { 0 },
	  ERR_NEGATIVE,
	  "127.0.0.1 service no-such-service: " },
	{ "127.0.0.1", "http", { .flags = AI_NUMERICSERV }, ERR_NEGATIVE, "(EAI_" },
	{ "127.0.0.1", "no\033such", { 0 }, ERR_NEGATIVE, "service no\\x1bsuch: " },
	{ "127.0.0.1", NULL, { .flags = 1 << 14 }, ERR_USAGE, "(EAI_BADFLAGS)" },
	{ "127.0.0.1", "65536", { 0 }, ERR_USAGE, "port" },
	{ "127.0.0.1", "99999999999999999999999", { 0 }, ERR_USAGE, "port" },
	{ "127.0.0.1", "+80", { 0 }, ERR_USAGE, "port: \"+80\" is not a number" },
	{ "127.0.0.1", "+65616", { 0 }, ERR_USAGE, "port: \"+65616\" is not a number" },
	{ "127.0.0.1", "-1", { 0 }, ERR_USAGE, "port: \"-1\" is not a number" },
	{ "127.0.0.1", " 80", { 0 }, ERR_USAGE, "port: \" 80\" is not a number" },
	{ "127.0.0.1", "\t+80", { 0 }, ERR_USAGE, "port: \"\\x09+80\" is not a number" },
	{ "127.0.0.1", "00080", { 0 }, ERR_NONE, "127.0.0.1:80" },
	{ "127.0.0.1", "80 ", { 0 }, ERR_NEGATIVE, "127.0.0.1 service 80 : " },
	{ "127.0.0.1", "+", { 0 }, ERR_NEGATIVE, "127.0.0.1 service +: " },
	{ "127.0.0.1", "0x50", { 0 }, ERR_NEGATIVE, "127.0.0.1 service 0x50: " },
	{ NULL, NULL, { 0 }, ERR_USAGE, "neither a name nor a service" },
};

START_TEST(lookup)
{
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		struct gai_rows rows = { 0 };
		char text[SA_STRLEN];
		struct err err = { 0 };
		int rc = gai_lookup(&rows, questions[i].name, questions[i].service,
				    &questions[i].hints, &err);

		ck_assert_msg((rc < 0) == (questions[i].kind != ERR_NONE), "question %zu: %d %s", i,
			      rc, err.text);
		if (rc == 0) {
			ck_assert_uint_gt(rows.n, 0);
			ck_assert_str_eq(sa_format(&rows.v[0].sa, text), questions[i].want);
		} else {
			ck_assert_msg(err.kind == questions[i].kind, "question %zu: kind %d", i,
				      (int)err.kind);
			ck_assert_msg(strstr(err.text, questions[i].want), "question %zu: %s", i,
				      err.text);
			ck_assert_uint_eq(rows.n, 0);
		}
		gai_fini(&rows);
	}
}
END_TEST

/* Row by row, field by field what libc says. */
START_TEST(same_as_libc)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "::1", "2001:db8::1" };
	static const int flags[] = { 0, AI_CANONNAME, AI_V4MAPPED | AI_ALL, AI_NUMERICHOST };

	for (size_t i = 0; i < ARRAY_SIZE(names) * ARRAY_SIZE(flags); i++) {
		const char *name = names[i % ARRAY_SIZE(names)];
		struct gai_hints hints = { .flags = flags[i / ARRAY_SIZE(names)] };
		struct addrinfo *list = NULL, want = { .ai_flags = hints.flags };
		struct gai_rows rows = { 0 };
		struct err err;
		size_t n = 0;
		int code = getaddrinfo(name, "80", &want, &list);

		if (gai_lookup(&rows, name, "80", &hints, &err) < 0)
			ck_assert_int_eq(err.code, code);
		for (const struct addrinfo *ai = code ? NULL : list; ai; ai = ai->ai_next, n++) {
			ck_assert_uint_lt(n, rows.n);
			ck_assert_mem_eq(&rows.v[n].sa.u, ai->ai_addr, ai->ai_addrlen);
			ck_assert_uint_eq(rows.v[n].sa.len, ai->ai_addrlen);
			ck_assert_int_eq(rows.v[n].family, ai->ai_family);
			ck_assert_int_eq(rows.v[n].socktype, ai->ai_socktype);
			ck_assert_int_eq(rows.v[n].protocol, ai->ai_protocol);
			ck_assert_pstr_eq(rows.v[n].canonname, ai->ai_canonname);
		}
		ck_assert_uint_eq(n, rows.n);
		if (code == 0)
			freeaddrinfo(list);
		gai_fini(&rows);
	}
}
END_TEST

START_TEST(appends_and_repeats)
{
	struct gai_rows rows = { 0 };
	struct gai_hints hints = { .socktype = SOCK_STREAM };
	struct err err;

	ck_assert_int_eq(gai_lookup(&rows, "192.0.2.1", "1", &hints, &err), 0);
	ck_assert_int_eq(gai_lookup(&rows, "192.0.2.1", "1", &hints, &err), 0);
	ck_assert_int_eq(gai_lookup(&rows, "192.0.2.1", "2", &hints, &err), 0);
	hints.socktype = SOCK_DGRAM;
	ck_assert_int_eq(gai_lookup(&rows, "192.0.2.1", "1", &hints, &err), 0);
	ck_assert_int_eq(gai_lookup(&rows, "192.0.2.2", "1", &hints, &err), 0);
	ck_assert_uint_eq(rows.n, 5);
	ck_assert(!gai_is_repeated(&rows, 0));
	ck_assert(gai_is_repeated(&rows, 1));
	ck_assert(!gai_is_repeated(&rows, 2)); /* another port */
	ck_assert(gai_is_repeated(&rows, 3));  /* not the neighbour's address; another type */
	ck_assert(!gai_is_repeated(&rows, 4));
	gai_fini(&rows);
	ck_assert_uint_eq(rows.n, 0);
}
END_TEST

static int reverse(struct gai_name *name, const char *text, int flags, struct err *err)
{
	struct endpoint ep;
	struct sa sa;

	ck_assert_int_eq(endpoint_parse(&ep, text, strlen(text), err), 0);
	ck_assert_int_eq(sa_from_endpoint(&sa, &ep, err), 0);
	return gai_reverse(name, &sa, flags, err);
}

START_TEST(numeric_names)
{
	static const char *const addresses[][3] = {
		{ "192.0.2.1:80", "192.0.2.1", "80" },
		{ "[2001:db8::1]:65535", "2001:db8::1", "65535" },
		{ "0.0.0.0", "0.0.0.0", "0" },
	};
	struct gai_name name;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		ck_assert_int_eq(reverse(&name, addresses[i][0], NI_NUMERICHOST | NI_NUMERICSERV,
					 &err),
				 0);
		ck_assert_str_eq(name.host, addresses[i][1]);
		ck_assert_str_eq(name.service, addresses[i][2]);
	}
}
END_TEST

START_TEST(reverse_errors)
{
	struct sa sa = { 0 };
	struct gai_name name;
	struct err err;

	ck_assert_int_eq(reverse(&name, "192.0.2.1", NI_NUMERICHOST | NI_NAMEREQD, &err), -1);
	ck_assert_int_eq(err.code, EAI_NONAME);
	ck_assert_int_eq(err.kind, ERR_NEGATIVE);
	ck_assert_ptr_nonnull(strstr(err.text, "192.0.2.1: "));
	ck_assert_ptr_nonnull(strstr(err.text, "(EAI_NONAME)"));

	ck_assert_int_eq(gai_reverse(&name, &sa, 0, &err), -1);
	ck_assert_int_eq(err.code, EAI_FAMILY);
	ck_assert_int_eq(err.kind, ERR_USAGE);
}
END_TEST

START_TEST(codes)
{
	static const struct {
		int code;
		enum err_kind kind;
		const char *name;
	} want[] = {
		{ EAI_AGAIN, ERR_SYSTEM, "EAI_AGAIN" },
		{ EAI_FAIL, ERR_SYSTEM, "EAI_FAIL" },
		{ EAI_NONAME, ERR_NEGATIVE, "EAI_NONAME" },
		{ EAI_SERVICE, ERR_NEGATIVE, "EAI_SERVICE" },
		{ EAI_BADFLAGS, ERR_USAGE, "EAI_BADFLAGS" },
		{ EAI_SYSTEM, ERR_SYSTEM, "EAI_SYSTEM" },
		{ 12345, ERR_SYSTEM, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ck_assert_pstr_eq(gai_code_name(want[i].code), want[i].name);
		ck_assert_int_eq(gai_code_kind(want[i].code), want[i].kind);
	}
}
END_TEST

UNIT_MAIN("gai", lookup, same_as_libc, appends_and_repeats, numeric_names, reverse_errors, codes)
