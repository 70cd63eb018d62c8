/* SPDX-License-Identifier: MIT */
#include "echo/activate.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "net/sock.h"
#include "unit.h"

START_TEST(counts)
{
	char own[16], other[16];
	const struct {
		const char *pid, *fds;
		int n;
	} cases[] = {
		{ own, "2", 2 },  { own, "0", 0 },   { other, "2", 0 },     { other, "x", 0 },
		{ NULL, "2", 0 }, { own, NULL, 0 },  { own, "1024", 1024 }, { own, "1025", -1 },
		{ own, "", -1 },  { own, "-1", -1 }, { "x", "1", -1 },      { "0", "1", -1 },
	};
	struct err err;

	snprintf(own, sizeof(own), "%d", (int)getpid());
	snprintf(other, sizeof(other), "%d", (int)getpid() + 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_msg(activate_count(cases[i].pid, cases[i].fds, &err) == cases[i].n,
			      "case %zu", i);
		if (cases[i].n < 0)
			ck_assert_int_eq(err.kind, ERR_USAGE);
	}
}
END_TEST

static int listener(int type)
{
	struct sock_server how = { .type = type, .backlog = 1 };
	struct ip ip = { .family = 4, .b = { 127, 0, 0, 1 } };
	struct err err;
	struct sa sa;
	int fd;

	sa_from_ip(&sa, &ip, 0);
	fd = sock_listen(&sa, &how, &err);
	ck_assert_msg(fd >= 0, "%s", err.text);
	/* As they are handed over. */
	ck_assert(fcntl(fd, F_SETFL, 0) == 0 && fcntl(fd, F_SETFD, 0) == 0);
	return fd;
}

START_TEST(sockets)
{
	struct activate_socket s;
	struct err err;
	int fds[2], fd;

	fd = listener(SOCK_STREAM);
	ck_assert_msg(activate_take(&s, fd, &err) == 0, "%s", err.text);
	ck_assert(s.fd == fd && s.type == SOCK_STREAM && !s.connected && sa_port(&s.sa) != 0);
	ck_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);

	fd = listener(SOCK_DGRAM);
	ck_assert_msg(activate_take(&s, fd, &err) == 0, "%s", err.text);
	ck_assert(s.type == SOCK_DGRAM && !s.connected);
	close(fd);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_msg(activate_take(&s, fds[0], &err) == 0, "%s", err.text);
	ck_assert(s.connected);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(others)
{
	struct activate_socket s;
	struct err err;
	int fds[2], fd;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(activate_take(&s, fds[0], &err), -1);
	ck_assert(err.kind == ERR_USAGE && strstr(err.text, "is no socket"));
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(activate_take(&s, fds[0], &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);

	fd = sock_open(AF_INET, SOCK_STREAM, &err);
	ck_assert_int_eq(activate_take(&s, fd, &err), -1);
	ck_assert(err.kind == ERR_USAGE && strstr(err.text, "neither listens"));
	close(fd);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	ck_assert_int_eq(activate_take(&s, fds[0], &err), -1);
	ck_assert(err.kind == ERR_USAGE && strstr(err.text, "with a peer"));
	close(fds[0]);
	close(fds[1]);
}
END_TEST

/* What a manager that listens at SA (of LEN bytes) gets when PATH is told TEXT. */
static void notified(const struct sockaddr_un *un, socklen_t len, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char got[64] = "";
	struct err err;

	ck_assert_int_eq(bind(fd, (const struct sockaddr *)un, len), 0);
	ck_assert_msg(activate_notify(path, "READY=1", &err) == 0, "%s", err.text);
	ck_assert_int_eq(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 7);
	ck_assert_str_eq(got, "READY=1");
	close(fd);
	ck_assert_int_eq(activate_notify(path, "READY=1", &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
}

START_TEST(ready)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char path[sizeof(un.sun_path) + 8];
	struct err err;
	int n;

	n = snprintf(un.sun_path, sizeof(un.sun_path), "/tmp/netipc-notify-%d", (int)getpid());
	unlink(un.sun_path);
	notified(&un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1),
		 un.sun_path);
	unlink(un.sun_path);
	snprintf(path, sizeof(path), "@netipc-notify-%d", (int)getpid());
	n = snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "%s", path + 1);
	un.sun_path[0] = '\0';
	notified(&un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n), path);

	ck_assert_int_eq(activate_notify(NULL, "READY=1", &err), 0);
	ck_assert_int_eq(activate_notify("relative", "READY=1", &err), -1);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(activate_notify(path, "READY=1", &err), -1);
	ck_assert_int_eq(err.kind, ERR_USAGE);
}
END_TEST

UNIT_MAIN("activate", counts, sockets, others, ready)
