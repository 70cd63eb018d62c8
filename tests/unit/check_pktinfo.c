/* SPDX-License-Identifier: MIT */
#include "net/pktinfo.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "net/sock.h"
#include "unit.h"

enum {
	ROOM = 65536,
};

/* A UDP socket on a loopback address of FAMILY (4 or 6), or -1; its address in SA. */
static int udp(int family, struct sa *sa)
{
	const struct sock_server how = { .type = SOCK_DGRAM };
	struct ip ip = { .family = (uint8_t)family, .b = { 127, 0, 0, 1 } };
	struct err err;
	int fd;

	if (family == 6) {
		memset(ip.b, 0, sizeof(ip.b));
		ip.b[15] = 1;
	}
	sa_from_ip(sa, &ip, 0);
	fd = sock_listen(sa, &how, &err);
	if (fd < 0 && family == 6)
		return -1; /* not on this machine */
	ck_assert_msg(fd >= 0, "%s", err.text);
	ck_assert_int_eq(sock_local(fd, sa, &err), 0);
	ck_assert_int_eq(pktinfo_enable(fd, sa->u.sa.sa_family, &err), 0);
	return fd;
}

static void wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ck_assert_int_eq(poll(&p, 1, 10000), 1);
}

/* Room for a batch. */
static struct pktinfo_msg *new_msgs(size_t size)
{
	struct pktinfo_msg *msgs = calloc(PKTINFO_BATCH, sizeof(*msgs));

	for (unsigned i = 0; i < PKTINFO_BATCH; i++) {
		msgs[i].data = calloc(1, size);
		msgs[i].size = size;
	}
	return msgs;
}

static void free_msgs(struct pktinfo_msg *msgs)
{
	for (unsigned i = 0; i < PKTINFO_BATCH; i++)
		free(msgs[i].data);
	free(msgs);
}

/* Datagram number I has I % 7 * 100 bytes of I. */
static size_t size_of(unsigned i)
{
	return i % 7 * 100;
}

static void send_from(int fd, const struct sa *to, unsigned i)
{
	char data[600];

	memset(data, (int)i, sizeof(data));
	ck_assert_int_eq(sendto(fd, data, size_of(i), 0, &to->u.sa, to->len), size_of(i));
}

/* All come, in order, each with its size, its sender and its destination; never more than asked. */
static void receive_many(int family, unsigned ask)
{
	enum {
		N = 100
	};
	struct sa server, a, b;
	int fd = udp(family, &server), from_a, from_b;
	struct pktinfo_msg *msgs;
	struct ip want;
	unsigned got = 0;

	if (fd < 0)
		return;
	from_a = udp(family, &a);
	from_b = udp(family, &b);
	msgs = new_msgs(ROOM);
	ck_assert_int_eq(pktinfo_recv_many(fd, msgs, PKTINFO_BATCH), -1);
	ck_assert(errno == EAGAIN);
	for (unsigned i = 0; i < N; i++)
		send_from(i % 3 ? from_a : from_b, &server, i);
	sa_ip(&server, &want);
	while (got < N) {
		int n;

		wait_for(fd);
		n = pktinfo_recv_many(fd, msgs, ask);
		ck_assert_int_ge(n, 1);
		ck_assert_uint_le((unsigned)n, ask < PKTINFO_BATCH ? ask : PKTINFO_BATCH);
		for (int j = 0; j < n; j++, got++) {
			const char *data = msgs[j].data;

			ck_assert_uint_eq(msgs[j].len, size_of(got));
			ck_assert(sa_equal(&msgs[j].peer, got % 3 ? &a : &b));
			ck_assert_int_eq(memcmp(&msgs[j].info.to, &want, sizeof(want)), 0);
			ck_assert(!msgs[j].info.indirect && msgs[j].info.segment == 0);
			for (size_t k = 0; k < msgs[j].len; k++)
				ck_assert_int_eq(data[k], (char)got);
		}
	}
	ck_assert_int_eq(pktinfo_recv_many(fd, msgs, ask), -1);
	free_msgs(msgs);
	close(from_a);
	close(from_b);
	close(fd);
}

START_TEST(many)
{
	static const unsigned asks[] = { 1, 3, PKTINFO_BATCH, 200 };

	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		receive_many(4, asks[i]);
		receive_many(6, asks[i]);
	}
}
END_TEST

/* One that is longer than its room is cut, and the next is whole. */
START_TEST(cut)
{
	struct sa server, client;
	int fd = udp(4, &server), c = udp(4, &client);
	struct pktinfo_msg *msgs = new_msgs(150);
	unsigned got = 0;

	send_from(c, &server, 6);
	send_from(c, &server, 1);
	while (got < 2) {
		int n;

		wait_for(fd);
		n = pktinfo_recv_many(fd, msgs, PKTINFO_BATCH);
		ck_assert_int_ge(n, 1);
		for (int i = 0; i < n; i++, got++)
			ck_assert_uint_eq(msgs[i].len, got == 0 ? 150 : 100);
	}
	free_msgs(msgs);
	close(c);
	close(fd);
}
END_TEST

/* What is no UDP socket cannot send pieces, and to ask leaves nothing behind. */
START_TEST(splitting)
{
	struct sa server;
	int fd = udp(4, &server), fds[2];
	char c;

	(void)pktinfo_can_split(fd);
	ck_assert_int_eq(pktinfo_can_split(fd), pktinfo_can_split(fd));
	ck_assert_int_eq(recv(fd, &c, 1, 0), -1);
	ck_assert(errno == EAGAIN);
	ck_assert(!pktinfo_can_split(-1));
	ck_assert(!pktinfo_join(-1));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	ck_assert(!pktinfo_can_split(fds[0]));
	ck_assert(!pktinfo_join(fds[0]));
	close(fds[0]);
	close(fds[1]);
	close(fd);
}
END_TEST

static void fill(char *to, size_t n, unsigned seed)
{
	while (n--) {
		seed = seed * 1103515245 + 12345;
		*to++ = (char)(seed >> 16);
	}
}

/* One datagram whose bytes stand in several places. */
START_TEST(joined_as_one)
{
	struct sa server, client;
	int fd = udp(4, &server), c = udp(4, &client);
	static char want[3000], got[ROOM];
	struct pktinfo_msg msgs[3] = { 0 };
	struct pktinfo info;
	struct sa peer;

	fill(want, sizeof(want), 1);
	for (unsigned i = 0; i < 3; i++) {
		msgs[i].data = want + (size_t)i * 1000;
		msgs[i].len = 1000;
		msgs[i].peer = server;
	}
	ck_assert_int_eq(pktinfo_send_joined(c, msgs, 3, 0), 3000);
	wait_for(fd);
	ck_assert_int_eq(pktinfo_recv(fd, got, sizeof(got), &peer, &info), 3000);
	ck_assert(sa_equal(&peer, &client) && info.segment == 0);
	ck_assert_int_eq(memcmp(got, want, sizeof(want)), 0);
	/* A segment that is not shorter than the whole changes nothing. */
	info = (struct pktinfo){ .segment = 10 };
	ck_assert_int_eq(pktinfo_send(c, want, 10, &server, &info), 10);
	wait_for(fd);
	ck_assert_int_eq(pktinfo_recv(fd, got, sizeof(got), &peer, &info), 10);
	ck_assert_uint_eq(info.segment, 0);
	close(c);
	close(fd);
}
END_TEST

/*
 * N datagrams of SIZE bytes, of which the last has LAST, are sent as one piece; JOINS: and may
 * come as one.  What comes, one behind the other, is what was sent, cut where it was cut.
 */
static void piece(int family, unsigned n, size_t size, size_t last, bool joins)
{
	static char want[ROOM], got[ROOM];
	struct sa server, client, peer;
	int fd = udp(family, &server), c;
	size_t total = (n - 1) * size + last, at = 0;
	struct pktinfo info = { .segment = (uint16_t)size };

	if (fd < 0)
		return;
	c = udp(family, &client);
	if (joins)
		ck_assert(pktinfo_join(fd));
	fill(want, total, (unsigned)(n + size));
	ck_assert_msg(pktinfo_send(c, want, total, &server, &info) == (ssize_t)total,
		      "%u of %zu, %zu: %s", n, size, last, strerror(errno));
	while (at < total) {
		size_t one = total - at < size ? total - at : size, step;
		ssize_t len;

		wait_for(fd);
		len = pktinfo_recv(fd, got, sizeof(got), &peer, &info);
		ck_assert_int_gt(len, 0);
		ck_assert(sa_equal(&peer, &client));
		step = info.segment ? info.segment : (size_t)len;
		ck_assert_uint_eq(step, one);
		ck_assert(joins || info.segment == 0);
		ck_assert_int_eq(memcmp(got, want + at, (size_t)len), 0);
		at += (size_t)len;
	}
	ck_assert_uint_eq(at, total);
	ck_assert_int_eq(pktinfo_recv(fd, got, sizeof(got), &peer, &info), -1);
	close(c);
	close(fd);
}

START_TEST(pieces)
{
	static const struct {
		unsigned n;
		size_t size, last;
	} cases[] = {
		{ 2, 1, 1 },       { 2, 64, 64 },      { 2, 64, 1 },
		{ 3, 1000, 999 },  { 16, 8, 8 },       { PKTINFO_SEGMENTS, 64, 64 },
		{ 44, 1400, 700 }, { 46, 1400, 1400 }, { PKTINFO_SEGMENTS, 1000, 17 },
	};
	struct sa sa;
	int fd = udp(4, &sa);
	bool can = pktinfo_can_split(fd);

	close(fd);
	for (size_t i = 0; can && i < ARRAY_SIZE(cases); i++) {
		for (int joins = 0; joins < 2; joins++) {
			piece(4, cases[i].n, cases[i].size, cases[i].last, joins);
			piece(6, cases[i].n, cases[i].size, cases[i].last, joins);
		}
	}
}
END_TEST

/* Answers of several datagrams at once come from the address that was asked. */
START_TEST(piece_source)
{
	static char data[300];
	struct sa any, server, asked, client, peer;
	const struct sock_server how = { .type = SOCK_DGRAM };
	const struct ip none = { .family = 4 };
	const struct ip other = { .family = 4, .b = { 127, 9, 8, 7 } };
	struct pktinfo_msg *msgs;
	struct pktinfo info;
	struct err err;
	int fd, c;
	unsigned got = 0;

	sa_from_ip(&any, &none, 0);
	fd = sock_listen(&any, &how, &err);
	ck_assert(fd >= 0 && pktinfo_enable(fd, AF_INET, &err) == 0);
	ck_assert_int_eq(sock_local(fd, &server, &err), 0);
	sa_from_ip(&asked, &other, sa_port(&server));
	c = udp(4, &client);
	if (sendto(c, data, 100, 0, &asked.u.sa, asked.len) != 100)
		goto out; /* 127.0.0.1 is the only one of this system */
	msgs = new_msgs(ROOM);
	wait_for(fd);
	ck_assert_int_eq(pktinfo_recv_many(fd, msgs, PKTINFO_BATCH), 1);
	for (unsigned i = 1; i < 3; i++) {
		msgs[i].len = 100;
		msgs[i].peer = msgs[0].peer;
	}
	if (pktinfo_can_split(fd)) {
		ck_assert_int_eq(pktinfo_send_joined(fd, msgs, 3, 100), 300);
	} else {
		for (unsigned i = 0; i < 3; i++)
			ck_assert_int_eq(pktinfo_send_joined(fd, msgs, 1, 0), 100);
	}
	for (; got < 3; got++) {
		wait_for(c);
		ck_assert_int_eq(pktinfo_recv(c, data, sizeof(data), &peer, &info), 100);
		ck_assert(sa_equal(&peer, &asked));
	}
	free_msgs(msgs);
out:
	close(c);
	close(fd);
}
END_TEST

/* What came before its address was asked for, as the datagram that starts a server, is answered. */
START_TEST(early)
{
	static char data[100];
	const struct sock_server how = { .type = SOCK_DGRAM };
	const struct ip any = { .family = 4 }, loopback = { .family = 4, .b = { 127, 0, 0, 1 } };
	struct sa server, asked, client, peer;
	struct pktinfo info;
	struct err err;
	int fd, c = udp(4, &client);

	sa_from_ip(&server, &any, 0);
	fd = sock_listen(&server, &how, &err);
	ck_assert(fd >= 0 && sock_local(fd, &server, &err) == 0);
	sa_from_ip(&asked, &loopback, sa_port(&server));
	ck_assert_int_eq(sendto(c, data, 100, 0, &asked.u.sa, asked.len), 100);
	wait_for(fd);
	ck_assert_int_eq(pktinfo_enable(fd, AF_INET, &err), 0);
	ck_assert_int_eq(pktinfo_recv(fd, data, sizeof(data), &peer, &info), 100);
	ck_assert(sa_equal(&peer, &client) && !info.indirect);
	ck_assert_int_eq(pktinfo_send(fd, data, 100, &peer, &info), 100);
	wait_for(c);
	ck_assert_int_eq(pktinfo_recv(c, data, sizeof(data), &peer, &info), 100);
	ck_assert(sa_equal(&peer, &asked));
	close(c);
	close(fd);
}
END_TEST

/* Too many datagrams for a piece, and one larger than a datagram can be, are refused as a whole. */
START_TEST(refused)
{
	static char data[ROOM];
	struct sa server, client;
	int fd = udp(4, &server), c = udp(4, &client);
	struct pktinfo info = { .segment = 1 };

	if (pktinfo_can_split(c)) {
		ck_assert_int_eq(pktinfo_send(c, data, 2000, &server, &info), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	info.segment = 0;
	ck_assert_int_eq(pktinfo_send(c, data, 65508, &server, &info), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(recv(fd, data, 1, 0), -1);
	close(c);
	close(fd);
}
END_TEST

START_TEST(no_source)
{
	static const struct {
		int socket, to, code;
		bool none;
	} cases[] = {
		{ AF_INET, 4, EINVAL, true },         { AF_INET6, 6, EINVAL, true },
		{ AF_INET6, 4, EADDRNOTAVAIL, true }, { AF_INET6, 4, EACCES, true },
		{ AF_INET6, 4, ENETUNREACH, true },   { AF_INET, 4, EADDRNOTAVAIL, false },
		{ AF_INET6, 6, EACCES, false },       { AF_INET6, 4, EPERM, false },
		{ AF_INET, 4, ENETUNREACH, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sa peer = { .u.sa.sa_family = (sa_family_t)cases[i].socket };
		const struct pktinfo info = { .to.family = (uint8_t)cases[i].to };

		ck_assert_msg(pktinfo_no_source(&peer, &info, cases[i].code) == cases[i].none,
			      "case %zu", i);
	}
}
END_TEST

UNIT_MAIN("pktinfo", many, cut, splitting, joined_as_one, pieces, piece_source, early, refused,
	  no_source)
