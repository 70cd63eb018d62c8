/* SPDX-License-Identifier: MIT */
/* check_baseline.c - what was set on a socket, and nothing else, is told as changed */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sa.h"
#include "sockopt/baseline.h"
#include "sockopt/numbers.h"
#include "unit.h"

static struct snapshot_plan plan;
static struct baseline baseline;

static void begin(void)
{
	const struct option_row *rows;
	size_t n;

	memset(&plan, 0, sizeof(plan));
	baseline = (struct baseline){ .proc = "/proc", .plan = &plan };
	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && option_is_safe(&rows[i]))
			*vec_push(&plan.rows) = &rows[i];
}

static void end(void)
{
	baseline_fini(&baseline);
	snapshot_plan_fini(&plan);
}

/* Another moment, another value. */
static bool is_restless(const struct option_row *o)
{
	static const char *const names[] = { "SO_INCOMING_CPU", "SO_MEMINFO", "TCP_CC_INFO",
					     "TCP_INFO", "TCP_TIMESTAMP" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(option_name(o), names[i]) == 0)
			return true;
	return false;
}

/* What S has of FD, asked for or known from elsewhere, is what the kernel says. */
static void assert_right(const struct snapshot *s, int fd)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct snapshot_value *v = &s->values[i];
		const char *name = option_name(v->row);
		struct value now;

		ck_assert_msg(option_get(fd, v->row, &now) == v->code, "%s: %d", name, v->code);
		if (v->code || is_restless(v->row))
			continue;
		ck_assert_msg(now.type == v->value.type && now.len == v->value.len &&
				      memcmp(now.bytes, v->value.bytes, now.len) == 0,
			      "%s: another value", name);
	}
}

/* The options of FD that have been set: how many; their names are in NAMES. */
static size_t changed(int fd, char *names, size_t room)
{
	struct snapshot s = { 0 };
	const struct baseline_kind *kind;
	size_t n = 0, len = 0;

	snapshot_take(&s, fd, &plan);
	assert_right(&s, fd);
	kind = baseline_of(&baseline, &s, getpid());
	ck_assert(kind->known);
	names[0] = '\0';
	for (size_t i = 0; i < s.n; i++)
		if (baseline_changed(&kind->fresh, &s, &s.values[i])) {
			len += (size_t)snprintf(names + len, room - len, " %s",
						option_name(s.values[i].row));
			ck_assert_uint_lt(len, room);
			n++;
		}
	snapshot_fini(&s);
	return n;
}

static const struct kind {
	const char *name;
	int family, type, protocol;
} kinds[] = {
	{ "tcp4", AF_INET, SOCK_STREAM, IPPROTO_TCP },
	{ "tcp6", AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	{ "udp4", AF_INET, SOCK_DGRAM, IPPROTO_UDP },
	{ "udp6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
	{ "unix stream", AF_UNIX, SOCK_STREAM, 0 },
	{ "unix dgram", AF_UNIX, SOCK_DGRAM, 0 },
	{ "unix seqpacket", AF_UNIX, SOCK_SEQPACKET, 0 },
};

static void assert_untouched(int fd, const char *what)
{
	char names[4096];

	ck_assert_msg(changed(fd, names, sizeof(names)) == 0, "%s:%s", what, names);
}

START_TEST(nothing_is_changed_on_a_fresh_socket)
{
	begin();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int fd = socket(kinds[i].family, kinds[i].type, kinds[i].protocol);

		if (fd < 0)
			continue; /* no IPv6 here */
		assert_untouched(fd, kinds[i].name);
		close(fd);
	}
	end();
}
END_TEST

/* A listener, both ends of a connection that has carried something. */
static void use_stream(const struct kind *k)
{
	struct sockaddr_storage address = { .ss_family = (sa_family_t)k->family };
	socklen_t len =
		k->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	char what[64], bytes[1000] = { 0 };
	int listener, client, server;

	if (k->family == AF_INET)
		((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&address)->sin6_addr = in6addr_loopback;
	listener = socket(k->family, k->type, k->protocol);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, len) < 0) {
		if (listener >= 0)
			close(listener);
		return;
	}
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	client = socket(k->family, k->type, k->protocol);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address, len), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(send(client, bytes, sizeof(bytes), 0), sizeof(bytes));
		ck_assert_int_gt(recv(server, bytes, sizeof(bytes), MSG_WAITALL), 0);
		ck_assert_int_eq(send(server, bytes, 1, 0), 1);
		ck_assert_int_eq(recv(client, bytes, 1, 0), 1);
	}
	snprintf(what, sizeof(what), "%s listener", k->name);
	assert_untouched(listener, what);
	snprintf(what, sizeof(what), "%s client", k->name);
	assert_untouched(client, what);
	snprintf(what, sizeof(what), "%s server", k->name);
	assert_untouched(server, what);
	close(listener);
	close(client);
	close(server);
}

START_TEST(nothing_is_changed_on_a_used_socket)
{
	int fds[2];

	begin();
	use_stream(&kinds[0]);
	use_stream(&kinds[1]);
	for (size_t i = 4; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ck_assert_int_eq(socketpair(AF_UNIX, kinds[i].type, 0, fds), 0);
		ck_assert_int_eq(send(fds[0], "x", 1, 0), 1);
		assert_untouched(fds[0], kinds[i].name);
		assert_untouched(fds[1], kinds[i].name);
		close(fds[0]);
		close(fds[1]);
	}
	end();
}
END_TEST

/* Another value than V that the kernel takes and keeps on FD: false if none was found. */
static bool set_other(int fd, const struct option_row *o, const struct value *was)
{
	static const char *const tries[] = {
		"1",    "0",     "2",  "3",   "5",  "8",      "16", "60",   "100",   "1000",
		"1500", "65536", "on", "off", "1s", "{1,5s}", "lo", "reno", "cubic", "127.0.0.1",
	};
	struct value v, now;
	struct err ignored;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		if (value_parse(&v, o->type, option_name(o), tries[i], &ignored) < 0 ||
		    value_equal(&v, was) || option_set(fd, o, &v) != 0)
			continue;
		if (option_get(fd, o, &now) == 0 && !value_equal(&now, was))
			return true;
	}
	return false;
}

/* What setting O shows instead: the same thing under its other name, or nothing. */
static bool is_known(const struct option_row *o, const char *names)
{
	static const struct {
		const char *set, *shown;
	} known[] = {
		{ "SO_INCOMING_CPU", "" }, /* overwritten by each packet */
		{ "SO_BINDTOIFINDEX", " SO_BINDTODEVICE" },
		{ "SO_TIMESTAMPING_NEW", " SO_TIMESTAMPING" },
		{ "SO_RCVTIMEO_NEW", " SO_RCVTIMEO" },
		{ "SO_SNDTIMEO_NEW", " SO_SNDTIMEO" },
		{ "IPV6_FREEBIND", " IP_FREEBIND" },
		{ "IPV6_TRANSPARENT", " IP_TRANSPARENT" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].set, option_name(o)) == 0)
			return strcmp(known[i].shown, names) == 0;
	return false;
}

START_TEST(what_was_set_is_changed)
{
	size_t tried = 0;

	begin();
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t i = 0; i < plan.rows.n; i++) {
			const struct option_row *o = plan.rows.v[i];
			int fd = socket(kinds[k].family, kinds[k].type, kinds[k].protocol);
			struct value was;
			char names[4096], want[64];

			if (fd < 0)
				break;
			if (o->flags & OPTION_SET && !(o->flags & OPTION_ONE_WAY) &&
			    option_applies(o, kinds[k].family, kinds[k].type, kinds[k].protocol) &&
			    option_get(fd, o, &was) == 0 && set_other(fd, o, &was)) {
				tried++;
				snprintf(want, sizeof(want), " %s", option_name(o));
				changed(fd, names, sizeof(names));
				ck_assert_msg(strcmp(names, want) == 0 || is_known(o, names),
					      "%s: %s set, changed:%s", kinds[k].name,
					      option_name(o), names);
			}
			close(fd);
		}
	ck_assert_uint_gt(tried, 100);
	end();
}
END_TEST

/* Whether NAME of FD was read, and without an error. */
static bool is_read(int fd, const char *name)
{
	struct snapshot s = { 0 };
	bool read = false;

	snapshot_take(&s, fd, &plan);
	assert_right(&s, fd);
	for (size_t i = 0; i < s.n; i++)
		if (strcmp(option_name(s.values[i].row), name) == 0)
			read = s.values[i].code == 0;
	snapshot_fini(&s);
	return read;
}

/* An error that all sockets of a kind share is none where one of them is different. */
START_TEST(repair)
{
	int plain, fd, on = 1;

	begin();
	plain = socket(AF_INET, SOCK_STREAM, 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	for (int i = 0; i < 2; i++)
		ck_assert(!is_read(plain, "TCP_REPAIR_QUEUE"));
	if (NUMBER_TCP_REPAIR >= 0 && /* needs CAP_NET_ADMIN */
	    setsockopt(fd, IPPROTO_TCP, NUMBER_TCP_REPAIR, &on, sizeof(on)) == 0)
		ck_assert(is_read(fd, "TCP_REPAIR_QUEUE"));
	ck_assert(!is_read(plain, "TCP_REPAIR_QUEUE"));
	close(plain);
	close(fd);
	end();
}
END_TEST

UNIT_MAIN("baseline", repair, nothing_is_changed_on_a_fresh_socket,
	  nothing_is_changed_on_a_used_socket, what_was_set_is_changed)
