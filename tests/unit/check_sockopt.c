/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "sockopt/own.h"
#include "unit.h"

static const struct option_row *the(const char *name)
{
	struct option_list list = { 0 };
	const struct option_row *o;

	ck_assert_msg(options_find(&list, name) == 1, "%s", name);
	o = list.v[0];
	vec_fini(&list);
	return o;
}

/* What has to hold for each row whatever is added. */
START_TEST(rows_are_sound)
{
	size_t n;
	const struct option_row *o = options_all(&n);

	ck_assert_uint_gt(n, 500);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(option_meaning(&o[i]));
		bool known = !(o[i].flags & OPTION_UNKNOWN);

		ck_assert_msg(known || !(o[i].flags & (OPTION_GET | OPTION_SET)), "%s",
			      option_name(&o[i]));
		ck_assert_msg((len > 0) == known, "%s", option_name(&o[i]));
		ck_assert_msg(len == 0 || option_meaning(&o[i])[len - 1] != '.', "%s",
			      option_name(&o[i]));
		ck_assert_msg(!(o[i].flags & OPTION_EFFECTS) || o[i].flags & OPTION_GET, "%s",
			      option_name(&o[i]));
		ck_assert_msg(o[i].type != VALUE_SECRET || !option_is_safe(&o[i]), "%s",
			      option_name(&o[i]));
		ck_assert_msg(option_is_safe(&o[i]) || !(o[i].flags & OPTION_GET) ||
				      option_effect(&o[i]),
			      "%s", option_name(&o[i]));
		if (option_level(&o[i])->read && option_is_safe(&o[i]))
			ck_assert_msg(o[i].type == VALUE_CBPF || o[i].type == VALUE_OPAQUE ||
					      value_room(o[i].type) > 0,
				      "%s", option_name(&o[i]));
		ck_assert_msg(strlen(option_name(&o[i])) < 40, "%s", option_name(&o[i]));
	}
}
END_TEST

/* A level's rows stand together, sorted by the number, none twice. */
START_TEST(rows_are_sorted)
{
	size_t n;
	const struct option_row *o = options_all(&n);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (option_level(&o[i]) != option_level(&o[j]))
				continue;
			ck_assert_msg(option_level(&o[i - 1]) == option_level(&o[i]),
				      "%s: its level is elsewhere", option_name(&o[i]));
			ck_assert_msg(strcmp(option_name(&o[i]), option_name(&o[j])) != 0,
				      "%s twice", option_name(&o[i]));
#ifdef __linux__
			ck_assert_msg(SOL_SOCKET != 1 || o[i].number > o[j].number, "%s after %s",
				      option_name(&o[i]), option_name(&o[j]));
#endif
		}
	}
}
END_TEST

/* The headers' numbers, and those of this system that old headers lack. */
START_TEST(numbers)
{
	ck_assert_int_eq(the("SO_REUSEADDR")->number, SO_REUSEADDR);
	ck_assert_int_eq(the("SO_RCVTIMEO")->number, SO_RCVTIMEO);
	ck_assert_int_eq(the("IP_TTL")->number, IP_TTL);
	ck_assert_int_eq(the("IPV6_V6ONLY")->number, IPV6_V6ONLY);
	ck_assert_int_eq(the("TCP_NODELAY")->number, TCP_NODELAY);
	ck_assert_int_eq(option_level(the("TCP_NODELAY"))->number, IPPROTO_TCP);
	ck_assert_int_eq(option_level(the("SO_TYPE"))->number, SOL_SOCKET);
#ifdef __linux__
	ck_assert_int_eq(the("TCP_RTO_MAX_MS")->number, 44);
	ck_assert_int_eq(the("UDP_GRO")->number, 104);
	ck_assert_int_eq(the("TIPC_NODELAY")->number, 138);
	if (SOL_SOCKET == 1)
		ck_assert_int_eq(the("SO_PEERPIDFD")->number, 77);
#endif
}
END_TEST

START_TEST(finding)
{
	static const struct {
		const char *text;
		size_t n;
		const char *first; /* NULL: any */
	} cases[] = {
		{ "SO_KEEPALIVE", 1, "SO_KEEPALIVE" },
		{ "so_keepalive", 1, "SO_KEEPALIVE" },
		{ "KeepAlive", 1, "SO_KEEPALIVE" },
		{ "nodelay", 2, "TCP_NODELAY" }, /* SCTP and TIPC have one too: see below */
		{ "MCAST_JOIN_GROUP", 2, "MCAST_JOIN_GROUP" },
		{ "cork", 2, "TCP_CORK" },
		{ "IPPROTO_UDP", 6, "UDP_CORK" },
		{ "udp", 6, "UDP_CORK" },
		{ "SOL_SOCKET", 79, "SO_DEBUG" },
		{ "", 0, NULL },
		{ "SO_", 0, NULL },
		{ "SO_KEEPALIVE ", 0, NULL },
		{ "keep", 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct option_list list = { 0 };
		size_t n = options_find(&list, cases[i].text);

		ck_assert_uint_eq(n, list.n);
		if (strcmp(cases[i].text, "nodelay") == 0)
			ck_assert_uint_ge(n, cases[i].n);
		else
			ck_assert_msg(n == cases[i].n, "%s: %zu", cases[i].text, n);
		if (n)
			ck_assert_str_eq(option_name(list.v[0]), cases[i].first);
		vec_fini(&list);
	}
}
END_TEST

/* Each option is found by its own name. */
START_TEST(all_are_found)
{
	size_t n;
	const struct option_row *o = options_all(&n);

	for (size_t i = 0; i < n; i++) {
		struct option_list list = { 0 };
		bool there = false;

		options_find(&list, option_name(&o[i]));
		for (size_t j = 0; j < list.n; j++)
			there = there || list.v[j] == &o[i];
		ck_assert_msg(there, "%s", option_name(&o[i]));
		vec_fini(&list);
	}
}
END_TEST

START_TEST(nearest)
{
	ck_assert_str_eq(options_nearest("SO_KEEPALIV"), "SO_KEEPALIVE");
	ck_assert_str_eq(options_nearest("tcp_nodely"), "TCP_NODELAY");
	ck_assert_str_eq(options_nearest("keepidel"), "TCP_KEEPIDLE");
	ck_assert_ptr_null(options_nearest("nothing-like-it"));
	ck_assert_ptr_null(options_nearest(""));
	ck_assert_ptr_null(
		options_nearest("a word that is much longer than the name of any option"));
}
END_TEST

START_TEST(what_is_read)
{
	static const char *const never[] = {
		"TCP_SAVED_SYN",        "TCP_ZEROCOPY_RECEIVE",
		"SO_PEERPIDFD",         "TCP_FASTOPEN_KEY",
		"SO_ORIGINAL_DST",      "TCP_AO_GET_KEYS",
		"PACKET_STATISTICS",    "TLS_TX",
		"SO_SNDBUFFORCE",       "IP_MSFILTER",
		"SCTP_SOCKOPT_PEELOFF", "TIPC_NODELAY",
		"TCP_AO_INFO",
	};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		ck_assert_msg(!own_reads(the(never[i])), "%s", never[i]);
	ck_assert(own_reads(the("SO_KEEPALIVE")));
	ck_assert(own_reads(the("SO_ERROR")));
	ck_assert(!option_is_safe(the("SO_ERROR")));
	ck_assert_str_eq(option_effect(the("SO_ERROR")), "reading clears it");
	ck_assert_ptr_null(option_effect(the("SO_KEEPALIVE")));
}
END_TEST

/* The same as getsockopt(2) called by hand. */
START_TEST(as_getsockopt)
{
	static const struct own_kind kind = { AF_INET, SOCK_STREAM, 0 };
	static const char *const names[] = { "SO_TYPE",       "SO_SNDBUF",   "SO_RCVBUF",
					     "SO_ACCEPTCONN", "TCP_NODELAY", "IP_TTL",
					     "TCP_MAXSEG" };
	struct err err;
	int fd = own_open(&kind, &err);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct option_row *o = the(names[i]);
		int want = -1;
		socklen_t len = sizeof(want);
		struct value v;
		long long got = -2;

		ck_assert_int_eq(getsockopt(fd, option_level(o)->number, o->number, &want, &len),
				 0);
		ck_assert_int_eq(option_get(fd, o, &v), 0);
		ck_assert(value_number(&v, &got));
		ck_assert_msg(got == want, "%s: %lld, %d", names[i], got, want);
	}
	close(fd);
	ck_assert_int_eq(option_get(fd, the("SO_TYPE"), &(struct value){ 0 }), EBADF);
	ck_assert_int_eq(option_set(fd, the("SO_DEBUG"), &(struct value){ .len = 4 }), EBADF);
}
END_TEST

START_TEST(trying)
{
	static const struct own_kind kind = { AF_INET, SOCK_STREAM, 0 };
	static const struct {
		const char *name, *value;
		enum own_outcome outcome;
		int code;
	} cases[] = {
		{ "SO_KEEPALIVE", "on", OWN_SET, 0 },
		{ "SO_LINGER", "1,5s", OWN_SET, 0 },
		{ "SO_REUSEADDR", "7", OWN_SET, 0 },
		{ "TCP_KEEPIDLE", "10s", OWN_SET, 0 },
		{ "IP_TTL", "-1", OWN_DIFFERENT, 0 },
		{ "TCP_KEEPIDLE", "0", OWN_REFUSED, EINVAL },
		{ "IPV6_V6ONLY", "on", OWN_REFUSED, ENOPROTOOPT },
#ifdef __linux__
		{ "SO_RCVBUF", "64k", OWN_DOUBLED, 0 },
		{ "SO_RCVBUF", "1g", OWN_DIFFERENT, 0 },
#endif
	};
	struct err err;
	int fd = own_open(&kind, &err);

	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct option_row *o = the(cases[i].name);
		struct own_try t;

		ck_assert_int_eq(value_parse(&t.asked, o->type, option_name(o), cases[i].value,
					     &err),
				 0);
		own_try(fd, o, &t);
		ck_assert_msg(t.outcome == cases[i].outcome, "%s=%s: %d, errno %d", option_name(o),
			      cases[i].value, (int)t.outcome, t.set_code);
		ck_assert_int_eq(t.set_code, cases[i].code);
	}
	close(fd);
}
END_TEST

START_TEST(no_such_socket)
{
	static const struct own_kind kind = { AF_UNIX, SOCK_STREAM, 250 };
	struct err err = { 0 };

	ck_assert_int_eq(own_open(&kind, &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_msg(str_starts(err.text, "socket(AF_UNIX, SOCK_STREAM, 250): "), "%s", err.text);
}
END_TEST

UNIT_MAIN("sockopt", rows_are_sound, rows_are_sorted, numbers, finding, all_are_found, nearest,
	  what_is_read, as_getsockopt, trying, no_such_socket)
