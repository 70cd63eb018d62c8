/* SPDX-License-Identifier: MIT */
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "net/pktinfo.h"
#include "unit.h"

static const struct sock_server stream = { .type = SOCK_STREAM, .backlog = 8 };
static const struct sock_server datagram = { .type = SOCK_DGRAM };

static struct sa address(const char *text)
{
	struct endpoint ep;
	struct sa sa;
	struct err err;

	ck_assert_msg(endpoint_parse(&ep, text, strlen(text), &err) == 0, "%s", err.text);
	ck_assert_msg(sa_from_endpoint(&sa, &ep, &err) == 0, "%s", err.text);
	return sa;
}

/* A path in a folder of its own. */
static const char *path(char buf[static 64])
{
	strcpy(buf, "/tmp/check_sock.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(buf));
	strcat(buf, "/s");
	return buf;
}

static void remove_path(char *file)
{
	unlink(file);
	*strrchr(file, '/') = '\0';
	rmdir(file);
}

static void wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	ck_assert_int_eq(poll(&p, 1, 10000), 1);
}

static const struct {
	const char *in, *out;
} mapped[] = {
	{ "[::ffff:192.0.2.1]:80", "192.0.2.1:80" },
	{ "[::ffff:0.0.0.0]:1", "0.0.0.0:1" },
	{ "192.0.2.1:80", "192.0.2.1:80" },
	{ "[::192.0.2.1]:80", "[::c000:201]:80" },
	{ "[2001:db8::ffff:1.2.3.4]:80", "[2001:db8::ffff:102:304]:80" },
	{ "unix:/a", "unix:/a" },
};

START_TEST(unmap)
{
	for (size_t i = 0; i < ARRAY_SIZE(mapped); i++) {
		struct sa sa = address(mapped[i].in);
		char text[SA_STRLEN];

		sa_unmap(&sa);
		ck_assert_str_eq(sa_format(&sa, text), mapped[i].out);
	}
}
END_TEST

/* Both flags are there from birth, whoever made the descriptor. */
static void check_flags(int fd)
{
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

START_TEST(connection)
{
	static const char *const names[] = { "127.0.0.1:0", "[::1]:0" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sa any = address(names[i]), server, own, seen, peer;
		struct err err;
		int l = sock_listen(&any, &stream, &err), fd, got;

		if (l < 0 && (err.code == EADDRNOTAVAIL || err.code == EAFNOSUPPORT))
			continue; /* no IPv6 here */
		ck_assert_msg(l >= 0, "%s", err.text);
		check_flags(l);
		ck_assert_int_eq(sock_local(l, &server, &err), 0);
		ck_assert_uint_ne(sa_port(&server), 0);
		ck_assert_int_eq(sock_accept(l, &peer), -1);
		ck_assert_int_eq(errno, EAGAIN);

		fd = sock_open(server.u.sa.sa_family, SOCK_STREAM, &err);
		check_flags(fd);
		ck_assert_int_ge(sock_connect(fd, &server, &err), 0);
		wait_for(fd, POLLOUT);
		ck_assert_int_eq(sock_connected(fd, &server, &err), 0);
		wait_for(l, POLLIN);
		got = sock_accept(l, &peer);
		ck_assert_int_ge(got, 0);
		check_flags(got);
		ck_assert_int_eq(sock_local(fd, &own, &err), 0);
		ck_assert(sa_equal(&own, &peer));
		ck_assert_int_eq(sock_peer(fd, &seen, &err), 0);
		ck_assert(sa_equal(&server, &seen));
		ck_assert_uint_eq(sock_unsent(got), 0);
		close(got);
		close(fd);
		close(l);
	}
}
END_TEST

START_TEST(refusals)
{
	struct sa any = address("127.0.0.1:0"), server;
	struct err err;
	int l = sock_listen(&any, &stream, &err), fd, rc;
	char want[SA_STRLEN + 32], text[SA_STRLEN];

	ck_assert_int_ge(l, 0);
	ck_assert_int_eq(sock_local(l, &server, &err), 0);
	ck_assert_int_eq(sock_listen(&server, &stream, &err), -1);
	ck_assert_int_eq(err.code, EADDRINUSE);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	snprintf(want, sizeof(want), "bind %s: ", sa_format(&server, text));
	ck_assert_int_eq(strncmp(err.text, want, strlen(want)), 0);
	close(l);

	fd = sock_open(AF_INET, SOCK_STREAM, &err);
	rc = sock_connect(fd, &server, &err);
	if (rc == 0) {
		wait_for(fd, POLLOUT);
		rc = sock_connected(fd, &server, &err);
	}
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(err.code, ECONNREFUSED);
	ck_assert_int_eq(sock_peer(fd, &any, &err), -1);
	ck_assert_int_eq(err.code, ENOTCONN);
	close(fd);
	ck_assert_int_eq(sock_local(-1, &any, &err), -1);
	ck_assert_int_eq(err.code, EBADF);
	any.u.sa.sa_family = 250;
	ck_assert_int_eq(sock_listen(&any, &stream, &err), -1);
	ck_assert_int_eq(err.code, EAFNOSUPPORT);
	/* A second UDP server must not take the port over. */
	any = address("127.0.0.1:0");
	l = sock_listen(&any, &datagram, &err);
	ck_assert_int_ge(l, 0);
	ck_assert_int_eq(sock_local(l, &server, &err), 0);
	ck_assert_int_eq(sock_listen(&server, &datagram, &err), -1);
	ck_assert_int_eq(err.code, EADDRINUSE);
	close(l);
}
END_TEST

START_TEST(socket_file)
{
	char file[64], name[80];
	struct sock_file mark, other;
	struct stat st;
	struct sa sa;
	struct err err;
	int l;

	snprintf(name, sizeof(name), "unix:%s", path(file));
	sa = address(name);
	ck_assert_int_eq(sock_clear_path(&sa, &err), 0); /* nothing there */
	sock_note_path(&sa, &mark);
	ck_assert_uint_eq(mark.inode, 0);
	l = sock_listen(&sa, &stream, &err);
	ck_assert_int_ge(l, 0);
	sock_note_path(&sa, &mark);
	ck_assert_uint_ne(mark.inode, 0);
	ck_assert_int_eq(sock_clear_path(&sa, &err), -1); /* somebody listens */
	ck_assert_int_eq(err.code, EADDRINUSE);
	ck_assert_int_eq(lstat(file, &st), 0);
	close(l);
	ck_assert_int_eq(sock_clear_path(&sa, &err), 0); /* left behind */
	ck_assert_int_eq(lstat(file, &st), -1);

	/* Another file has the name now: it stays. */
	l = sock_listen(&sa, &stream, &err);
	ck_assert_int_ge(l, 0);
	other = mark;
	other.inode++;
	sock_remove_path(&sa, &other);
	ck_assert_int_eq(lstat(file, &st), 0);
	sock_note_path(&sa, &mark);
	sock_remove_path(&sa, &mark);
	ck_assert_int_eq(lstat(file, &st), -1);
	close(l);

	/* What is no socket is never removed, nor what a link leads to. */
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ck_assert_int_eq(sock_clear_path(&sa, &err), -1);
	ck_assert_int_eq(lstat(file, &st), 0);
	unlink(file);
	ck_assert_int_eq(symlink("nowhere", file), 0);
	ck_assert_int_eq(sock_clear_path(&sa, &err), -1);
	ck_assert_int_eq(sock_listen(&sa, &stream, &err), -1);
	ck_assert_int_eq(lstat(file, &st), 0);
	remove_path(file);
}
END_TEST

/* A datagram to TO from a fresh socket: what its receiver, bound to BOUND, sees. */
static bool exchange(const char *bound, const char *to, struct pktinfo *info, struct sa *answer)
{
	struct sa any = address(bound), server, target = address(to), peer = { .len = 0 };
	struct sock_server how = datagram;
	struct err err;
	char data[8];
	int s = sock_listen(&any, &how, &err), c;

	if (s < 0)
		return false;
	ck_assert_msg(pktinfo_enable(s, any.u.sa.sa_family, &err) == 0, "%s", err.text);
	ck_assert_int_eq(sock_local(s, &server, &err), 0);
	sa_set_port(&target, sa_port(&server));
	c = sock_open(target.u.sa.sa_family, SOCK_DGRAM, &err);
	setsockopt(c, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
	if (c < 0 || sendto(c, "ping", 4, 0, &target.u.sa, target.len) != 4) {
		close(c);
		close(s);
		return false;
	}
	wait_for(s, POLLIN);
	ck_assert_int_eq(pktinfo_recv(s, data, sizeof(data), &peer, info), 4);
	*answer = (struct sa){ .len = 0 };
	if (!info->indirect) {
		socklen_t len = sizeof(answer->u);

		ck_assert_int_eq(pktinfo_send(s, data, 4, &peer, info), 4);
		wait_for(c, POLLIN);
		ck_assert_int_eq(recvfrom(c, data, sizeof(data), 0, &answer->u.sa, &len), 4);
		answer->len = len;
	}
	close(c);
	close(s);
	return true;
}

static const struct {
	const char *bound, *to;
	bool indirect;
} exchanges[] = {
	{ "0.0.0.0:0", "127.0.0.1:0", false },
	{ "0.0.0.0:0", "127.9.8.7:0", false }, /* the answer comes from there too */
	{ "[::]:0", "127.9.8.7:0", false },
	{ "[::]:0", "[::1]:0", false },
	{ "0.0.0.0:0", "127.255.255.255:0", true },
};

START_TEST(destination)
{
	for (size_t i = 0; i < ARRAY_SIZE(exchanges); i++) {
		struct sa to = address(exchanges[i].to), answer;
		struct pktinfo info;
		struct ip want, got;

		if (!exchange(exchanges[i].bound, exchanges[i].to, &info, &answer))
			continue; /* no IPv6, no broadcast on this machine */
		ck_assert_msg(info.indirect == exchanges[i].indirect, "%s", exchanges[i].to);
		sa_ip(&to, &want);
		ck_assert_int_eq(memcmp(&want, &info.to, sizeof(want)), 0);
		if (info.indirect)
			continue;
		ck_assert(sa_ip(&answer, &got));
		ck_assert_int_eq(memcmp(&want, &got, sizeof(want)), 0);
	}
}
END_TEST

UNIT_MAIN("sock", unmap, connection, refusals, socket_file, destination)
