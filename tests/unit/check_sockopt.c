/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "options.h"
#include "sockopt/own.h"
#include "unit.h"

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
		ck_assert_msg(option_level(&o[i])->read || !(o[i].flags & OPTION_VIEW), "%s",
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

START_TEST(what_applies)
{
	enum {
		STREAM = SOCK_STREAM,
		DGRAM = SOCK_DGRAM,
		RAW = SOCK_RAW
	};
	static const struct {
		const char *name;
		int family, type, protocol;
		bool applies;
	} cases[] = {
		{ "SO_KEEPALIVE", AF_UNIX, STREAM, 0, true },
		{ "IP_TTL", AF_INET, STREAM, IPPROTO_TCP, true },
		{ "IP_TTL", AF_INET6, STREAM, IPPROTO_TCP, true }, /* for peers of IPv4 */
		{ "IP_TTL", AF_UNIX, STREAM, 0, false },
		{ "IPV6_V6ONLY", AF_INET, STREAM, IPPROTO_TCP, false },
		{ "IPV6_V6ONLY", AF_INET6, DGRAM, IPPROTO_UDP, true },
		{ "TCP_NODELAY", AF_INET, STREAM, IPPROTO_TCP, true },
		{ "TCP_NODELAY", AF_INET6, STREAM, 262, true },
		{ "TCP_NODELAY", AF_INET, DGRAM, IPPROTO_UDP, false },
		{ "TCP_NODELAY", AF_INET, RAW, IPPROTO_TCP, false },
		{ "UDP_CORK", AF_INET, DGRAM, IPPROTO_UDP, true },
		{ "UDP_CORK", AF_INET, DGRAM, 136, true },
		{ "UDPLITE_SEND_CSCOV", AF_INET, DGRAM, IPPROTO_UDP, false },
		{ "UDPLITE_SEND_CSCOV", AF_INET, DGRAM, 136, true },
		{ "ICMP_FILTER", AF_INET, RAW, IPPROTO_ICMP, true },
		{ "ICMP_FILTER", AF_INET6, RAW, IPPROTO_ICMPV6, false },
		{ "ICMPV6_FILTER", AF_INET6, RAW, IPPROTO_ICMPV6, true },
		{ "IP_PROTOCOL", AF_INET, RAW, IPPROTO_ICMP, true },
		{ "IP_PROTOCOL", AF_INET, STREAM, IPPROTO_TCP, false }, /* it is the port there */
		{ "MPTCP_INFO", AF_INET, STREAM, 262, true },
		{ "MPTCP_INFO", AF_INET, STREAM, IPPROTO_TCP, false },
#ifdef __linux__
		{ "NETLINK_CAP_ACK", AF_NETLINK, RAW, 0, true },
		{ "PACKET_VERSION", AF_PACKET, RAW, 0x300, true },
		{ "PACKET_VERSION", AF_INET, RAW, IPPROTO_ICMP, false },
		{ "SO_VM_SOCKETS_BUFFER_SIZE", AF_VSOCK, STREAM, 0, true },
#endif
		{ "SCTP_NODELAY", AF_INET, STREAM, 132, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(option_applies(the(cases[i].name), cases[i].family, cases[i].type,
					     cases[i].protocol) == cases[i].applies,
			      "%s, case %zu", cases[i].name, i);
}
END_TEST

/* What a first look shows is of this size, can be read without harm, and can be set. */
START_TEST(the_view)
{
	size_t n, stream = 0, dgram = 0;
	const struct option_row *o = options_all(&n);

	for (size_t i = 0; i < n; i++) {
		if (!(o[i].flags & OPTION_VIEW))
			continue;
		ck_assert_msg(option_is_safe(&o[i]), "%s", option_name(&o[i]));
		ck_assert_msg(o[i].flags & OPTION_SET, "%s", option_name(&o[i]));
		ck_assert_msg(option_level(&o[i])->read, "%s", option_name(&o[i]));
		stream += option_applies(&o[i], AF_INET, SOCK_STREAM, IPPROTO_TCP);
		dgram += option_applies(&o[i], AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	}
	ck_assert_uint_ge(stream, 20);
	ck_assert_uint_le(stream, 28);
	ck_assert_uint_ge(dgram, 12);
}
END_TEST

/* What must not be set on a whim, and what may. */
START_TEST(what_is_one_way)
{
	static const char *const force[] = {
		"TCP_REPAIR",       "TCP_REPAIR_QUEUE", "TCP_QUEUE_SEQ", "TCP_REPAIR_OPTIONS",
		"TCP_ULP",          "SO_ATTACH_FILTER", "SO_ATTACH_BPF", "SO_DETACH_FILTER",
		"SO_LOCK_FILTER",   "IPV6_ADDRFORM",    "TCP_MD5SIG",    "TCP_MD5SIG_EXT",
		"TCP_AO_ADD_KEY",   "TCP_AO_DEL_KEY",   "TLS_TX",        "TLS_RX",
		"PACKET_RX_RING",   "PACKET_TX_RING",   "TCP_TIMESTAMP", "UDP_ENCAP",
		"TCP_REPAIR_WINDOW"
	};
	static const char *const plain[] = { "SO_KEEPALIVE", "SO_RCVBUF", "SO_LINGER",
					     "TCP_NODELAY", "TCP_USER_TIMEOUT" };
	size_t n;
	const struct option_row *o = options_all(&n);

	for (size_t i = 0; i < ARRAY_SIZE(force); i++)
		ck_assert_msg(the(force[i])->flags & OPTION_ONE_WAY, "%s", force[i]);
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		ck_assert_msg(!(the(plain[i])->flags & OPTION_ONE_WAY), "%s", plain[i]);
	for (size_t i = 0; i < n; i++)
		if (o[i].flags & OPTION_ONE_WAY)
			ck_assert_msg(o[i].flags & OPTION_SET, "%s", option_name(&o[i]));
}
END_TEST

START_TEST(kinds)
{
	static const struct own_kind kind = { AF_INET, SOCK_DGRAM, 0 };
	struct own_kind got;
	struct err err;
	int fd = own_open(&kind, &err);

	ck_assert_int_ge(fd, 0);
	own_kind(fd, &got);
	close(fd);
	ck_assert_int_eq(got.type, SOCK_DGRAM);
#ifdef __linux__
	ck_assert_int_eq(got.family, AF_INET);
	ck_assert_int_eq(got.protocol, IPPROTO_UDP);
#endif
	own_kind(fd, &got);
	ck_assert_int_eq(got.family, -1);
	ck_assert_int_eq(got.type, -1);
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

/* "LEVEL:NUMBER[:TYPE]" */
START_TEST(by_numbers)
{
	static const struct {
		const char *text, *level, *name;
		int number;
		enum value_type type;
		bool known;
	} cases[] = {
		{ "6:1", "IPPROTO_TCP", "TCP_NODELAY", 1, VALUE_BOOL, true },
		{ "tcp:1", "IPPROTO_TCP", "TCP_NODELAY", 1, VALUE_BOOL, true },
		{ "IPPROTO_TCP:0x12:int", "IPPROTO_TCP", "TCP_USER_TIMEOUT", 18, VALUE_INT, true },
		{ "tcp:18:milliseconds", "IPPROTO_TCP", "TCP_USER_TIMEOUT", 18, VALUE_MSEC, true },
		{ "tcp:900", "IPPROTO_TCP", "IPPROTO_TCP:900", 900, VALUE_INT, false },
		{ "6:900:raw", "IPPROTO_TCP", "IPPROTO_TCP:900", 900, VALUE_RAW, false },
		{ "6:900:HEX", "IPPROTO_TCP", "IPPROTO_TCP:900", 900, VALUE_HEX, false },
		{ "7777:0", "7777", "7777:0", 0, VALUE_INT, false },
	};
	static const char *const bad[] = {
		"",     "6",     "6:",       ":1",     "6:-1",       "-1:6",       "6:x",
		"6:1:", "6:1:x", "6:1:int:", "nope:1", "6:1:secret", "6:1:void x", "6:99999999999"
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct option_custom *c = option_custom(cases[i].text, &err);

		ck_assert_msg(c != NULL, "%s: %s", cases[i].text, err.text);
		ck_assert_str_eq(option_level(&c->row)->name, cases[i].level);
		ck_assert_str_eq(option_name(&c->row), cases[i].name);
		ck_assert_int_eq(c->row.number, cases[i].number);
		ck_assert_msg(c->row.type == cases[i].type, "%s", cases[i].text);
		ck_assert(c->row.flags & OPTION_SET);
		ck_assert(option_applies(&c->row, AF_UNIX, SOCK_STREAM, 0));
		/* of what is not known nothing is believed */
		ck_assert_msg(option_is_safe(&c->row) == cases[i].known, "%s", cases[i].text);
		ck_assert_msg(!(c->row.flags & OPTION_ONE_WAY) == cases[i].known, "%s",
			      cases[i].text);
		ck_assert(own_reads(&c->row));
		ck_assert_msg((*option_meaning(&c->row) != '\0') == cases[i].known, "%s",
			      cases[i].text);
		if (!cases[i].known)
			ck_assert_str_eq(option_effect(&c->row), "what reading does is not known");
		free(c);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err.kind = ERR_SYSTEM;
		ck_assert_msg(option_custom(bad[i], &err) == NULL, "%s", bad[i]);
		ck_assert_int_eq(err.kind, ERR_USAGE);
	}
}
END_TEST

/* An option that is only set is read back as the one that shows it. */
START_TEST(read_back)
{
	ck_assert_ptr_eq(option_readback(the("SO_RCVBUF")), the("SO_RCVBUF"));
	ck_assert_ptr_eq(option_readback(the("SO_RCVBUFFORCE")), the("SO_RCVBUF"));
	ck_assert_ptr_eq(option_readback(the("SO_SNDBUFFORCE")), the("SO_SNDBUF"));
	ck_assert_ptr_null(option_readback(the("SO_DETACH_FILTER")));
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
	  what_is_read, what_applies, the_view, what_is_one_way, kinds, by_numbers, read_back,
	  as_getsockopt, trying, no_such_socket)
