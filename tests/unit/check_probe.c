/* SPDX-License-Identifier: MIT */
#include "dns/probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "net/sock.h"
#include "unit.h"

static void add(struct probe_tries *tries, const char *address, uint16_t port)
{
	struct endpoint ep;
	struct err err;
	struct probe_try t = { 0 };

	ck_assert_int_eq(endpoint_parse(&ep, address, strlen(address), &err), 0);
	ck_assert_int_eq(sa_from_endpoint(&t.sa, &ep, &err), 0);
	sa_set_port(&t.sa, port);
	*vec_push(tries) = t;
}

/* "6a 4b ...": a family and which one it is. */
static const struct {
	const char *from, *to;
} orders[] = {
	{ "", "" },
	{ "4a", "4a" },
	{ "4a 4b 4c", "4a 4b 4c" },
	{ "6a 6b 4a 4b", "6a 4a 6b 4b" },
	{ "4a 4b 6a 6b", "4a 6a 4b 6b" },
	{ "6a 4a 6b 4b", "6a 4a 6b 4b" },
	{ "6a 6b 6c 6d 4a", "6a 4a 6b 6c 6d" },
	{ "6a 4a 4b 4c", "6a 4a 4b 4c" },
	{ "4a 6a 6b 4b 6c", "4a 6a 4b 6b 6c" },
};

START_TEST(interleave)
{
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct probe_tries tries = { 0 };
		char got[64] = "";

		for (const char *s = orders[i].from; *s; s += s[2] ? 3 : 2) {
			char text[32];

			snprintf(text, sizeof(text), s[0] == '6' ? "2001:db8::%x" : "192.0.2.%d",
				 s[1]);
			add(&tries, text, 0);
		}
		probe_interleave(&tries);
		for (size_t j = 0; j < tries.n; j++) {
			struct ip ip;

			ck_assert(sa_ip(&tries.v[j].sa, &ip));
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%d%c",
				 j ? " " : "", ip.family, ip.b[ip.family == 6 ? 15 : 3]);
		}
		ck_assert_str_eq(got, orders[i].to);
		vec_fini(&tries);
	}
}
END_TEST

/* A listening socket on 127.0.0.1, and its port. */
static int serve(uint16_t *port)
{
	const struct sock_server how = { .type = SOCK_STREAM, .backlog = 8 };
	struct probe_tries any = { 0 };
	struct err err;
	struct sa sa;
	int fd;

	add(&any, "127.0.0.1", 0);
	fd = sock_listen(&any.v[0].sa, &how, &err);
	ck_assert_msg(fd >= 0, "%s", err.text);
	ck_assert_int_eq(sock_local(fd, &sa, &err), 0);
	*port = sa_port(&sa);
	vec_fini(&any);
	return fd;
}

static void run(struct probe_tries *tries, bool all)
{
	const struct probe_config config = {
		.all = all,
		.stagger_ns = 60 * CLOCK_S,
		.timeout_ns = 60 * CLOCK_S,
	};
	struct err err;

	ck_assert_msg(probe_run(tries, &config, &err) == 0, "%s", err.text);
}

START_TEST(race)
{
	struct probe_tries tries = { 0 };
	uint16_t port, closed;
	int fd = serve(&port), unused = serve(&closed);

	close(unused);
	add(&tries, "127.0.0.1", closed);
	add(&tries, "127.0.0.1", port);
	add(&tries, "127.0.0.1", port);
	run(&tries, false);
	ck_assert_int_eq(tries.v[0].status, PROBE_FAILED);
	ck_assert_int_eq(tries.v[0].code, ECONNREFUSED);
	ck_assert(!tries.v[0].winner);
	ck_assert_int_eq(tries.v[1].status, PROBE_CONNECTED);
	ck_assert(tries.v[1].winner);
	ck_assert_uint_gt(sa_port(&tries.v[1].local), 0);
	ck_assert_uint_ge(tries.v[1].start_ns, tries.v[0].start_ns + tries.v[0].took_ns);
	ck_assert_int_eq(tries.v[2].status, PROBE_UNTRIED);
	vec_fini(&tries);
	close(fd);
}
END_TEST

START_TEST(side_by_side)
{
	struct probe_tries tries = { 0 };
	unsigned winners = 0;
	uint16_t port;
	int fd = serve(&port);

	for (unsigned i = 0; i < 4; i++)
		add(&tries, "127.0.0.1", port);
	run(&tries, true);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(tries.v[i].status, PROBE_CONNECTED);
		ck_assert_str_eq(probe_status_word(tries.v[i].status), "connected");
		winners += tries.v[i].winner;
	}
	ck_assert_uint_eq(winners, 1);
	vec_fini(&tries);
	run(&tries, true); /* nothing to do */
	close(fd);
}
END_TEST

static int refuse_first(void *ctx, int fd, struct err *err)
{
	unsigned *calls = ctx;

	ck_assert_int_ge(fd, 0);
	return ++*calls == 1 ? err_set(err, ERR_SYSTEM, "not this one") : 0;
}

/* The winner stays open, as it was prepared; a refusal to prepare is a failure. */
START_TEST(kept)
{
	struct probe_tries tries = { 0 };
	unsigned calls = 0;
	const struct probe_config config = {
		.stagger_ns = 60 * CLOCK_S,
		.keep = true,
		.prepare = refuse_first,
		.ctx = &calls,
	};
	uint16_t port;
	int fd = serve(&port);
	struct err err;
	struct sa peer;

	add(&tries, "127.0.0.1", port);
	add(&tries, "127.0.0.1", port);
	ck_assert_msg(probe_run(&tries, &config, &err) == 0, "%s", err.text);
	ck_assert_int_eq(tries.v[0].status, PROBE_FAILED);
	ck_assert_str_eq(tries.v[0].err.text, "not this one");
	ck_assert(tries.v[1].winner);
	ck_assert_uint_eq(calls, 2);
	ck_assert_int_eq(sock_peer(tries.v[1].fd, &peer, &err), 0);
	ck_assert(sa_equal(&peer, &tries.v[1].sa));
	close(tries.v[1].fd);
	vec_fini(&tries);
	close(fd);
}
END_TEST

UNIT_MAIN("probe", interleave, race, side_by_side, kept)
