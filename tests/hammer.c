/* SPDX-License-Identifier: MIT */
/*
 * hammer.c - a client for tests, which treats a server badly
 *
 *	hammer streams ADDRESS [KEY=VALUE]...
 *
 * Opens TCP connections, sends each a pattern of its own, ends its half, and looks at every byte
 * that returns.  The last line tells how they ended: "echoed" have all bytes and the end of file,
 * "closed" the end of file at once, "short" in between; "wrong" is another byte or one too many,
 * "reset" an error, "hung" no end in time.  "deaf" are those that do not read, "greedy" those of
 * them from which the server took more than MOST.  Keys:
 *
 *	n=1             connections
 *	deaf=0          the first so many of them never read; the others begin when none of these
 *	                can send any more
 *	bytes=65536     sent by each that reads
 *	size=65536      bytes of each write; 0: 1 B to 1 MiB, by chance
 *	late=0          reading begins when nothing could be sent for so many ms
 *	most=67108864   bytes that a deaf one tries to send
 *	buffer=0        SO_SNDBUF and SO_RCVBUF; 0: the system's
 *	hold=0          1: no half is ended, and all stay open until the program is ended
 *	timeout=20000   ms without a byte after which what is open is called hung
 *
 *	hammer resets ADDRESS N      N connections: 4 KiB each, then a reset
 *	hammer forge FROM TO [N]     a UDP datagram of N (5) bytes whose source is FROM
 *	hammer datagrams TO N SIZE   N UDP datagrams of SIZE bytes
 *	hammer hand KIND... -- COMMAND...
 *
 * Runs COMMAND with sockets at descriptor 3 and up, as sd_listen_fds(3) has it: tcp, udp (both on
 * 127.0.0.1), accepted (a connection on which "hello" has been sent and that is half-closed).
 */
#include "hammer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/scan.h"
#include "base/xalloc.h"

enum {
	RESET_SIZE = 4096,
	FORGED_SIZE = 5,
	FIRST = 3, /* descriptor that is handed over */
};

void hammer_die(const char *what)
{
	fprintf(stderr, "hammer: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void usage(void)
{
	fprintf(stderr, "usage: hammer streams|resets|datagrams|forge|hand ...\n");
	exit(2);
}

static uint64_t number(const char *text)
{
	uint64_t value;

	if (scan_uint(text, text + strlen(text), UINT64_MAX, &value) != strlen(text))
		usage();
	return value;
}

static struct sa address(const char *text)
{
	struct endpoint ep;
	struct err err;
	struct sa sa;

	if (endpoint_parse(&ep, text, strlen(text), &err) < 0 ||
	    sa_from_endpoint(&sa, &ep, &err) < 0) {
		fprintf(stderr, "hammer: %s\n", err.text);
		exit(2);
	}
	return sa;
}

static int streams(int argc, char **argv)
{
	struct hammer h = {
		.n = 1, .bytes = 65536, .size = 65536, .most = 64 << 20, .timeout_ms = 20000
	};
	const struct {
		const char *name;
		uint64_t *value;
	} keys[] = {
		{ "n", &h.n },       { "deaf", &h.deaf },     { "bytes", &h.bytes },
		{ "size", &h.size }, { "most", &h.most },     { "late", &h.late_ms },
		{ "hold", &h.hold }, { "buffer", &h.buffer }, { "timeout", &h.timeout_ms },
	};

	if (argc < 1)
		usage();
	h.sa = address(argv[0]);
	for (int i = 1; i < argc; i++) {
		size_t len = strcspn(argv[i], "="), k = 0;

		while (k < ARRAY_SIZE(keys) &&
		       (strlen(keys[k].name) != len || strncmp(keys[k].name, argv[i], len) != 0))
			k++;
		if (k == ARRAY_SIZE(keys) || !argv[i][len])
			usage();
		*keys[k].value = number(argv[i] + len + 1);
	}
	return hammer_streams(&h);
}

static int resets(int argc, char **argv)
{
	static const struct linger now = { .l_onoff = 1 };
	static const char data[RESET_SIZE];
	struct sa sa;

	if (argc != 2)
		usage();
	sa = address(argv[0]);
	for (uint64_t i = 0, n = number(argv[1]); i < n; i++) {
		int fd = socket(sa.u.sa.sa_family, SOCK_STREAM, 0);

		if (fd < 0 || connect(fd, &sa.u.sa, sa.len) < 0)
			hammer_die("connect");
		/* An error here would be the server's doing: the next connection tells. */
		(void)!send(fd, data, sizeof(data), MSG_NOSIGNAL);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
	}
	return 0;
}

static int datagrams(int argc, char **argv)
{
	static const char data[65536];
	uint64_t n, size;
	struct sa sa;
	int fd;

	if (argc != 3)
		usage();
	sa = address(argv[0]);
	n = number(argv[1]);
	size = number(argv[2]);
	fd = socket(sa.u.sa.sa_family, SOCK_DGRAM, 0);
	if (fd < 0)
		hammer_die("socket");
	for (; n; n--)
		if (sendto(fd, data, size < sizeof(data) ? (size_t)size : sizeof(data), 0, &sa.u.sa,
			   sa.len) < 0)
			hammer_die("sendto");
	close(fd);
	return 0;
}

static int bound(int type, struct sa *sa)
{
	int fd = socket(AF_INET, type, 0);
	socklen_t room = sizeof(sa->u);

	*sa = address("127.0.0.1:0");
	if (fd < 0 || bind(fd, &sa->u.sa, sa->len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, SOMAXCONN) < 0) ||
	    getsockname(fd, &sa->u.sa, &room) < 0)
		hammer_die("bind");
	return fd;
}

static int accepted(void)
{
	struct sa sa;
	int listener = bound(SOCK_STREAM, &sa), client = socket(AF_INET, SOCK_STREAM, 0);
	int fd = -1;

	if (client < 0 || connect(client, &sa.u.sa, sa.len) < 0 ||
	    (fd = accept(listener, NULL, NULL)) < 0 || send(client, "hello", 5, MSG_NOSIGNAL) < 0 ||
	    shutdown(client, SHUT_WR) < 0)
		hammer_die("connection");
	close(listener);
	return fd;
}

static int hand(char **argv)
{
	char text[32];
	int next = FIRST;

	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		struct sa sa;
		int fd = strcmp(*argv, "tcp") == 0      ? bound(SOCK_STREAM, &sa) :
			 strcmp(*argv, "udp") == 0      ? bound(SOCK_DGRAM, &sa) :
			 strcmp(*argv, "accepted") == 0 ? accepted() :
							  -1;

		if (fd < 0)
			usage();
		if (fd != next && dup2(fd, next) < 0)
			hammer_die("dup2");
		if (fd != next)
			close(fd);
		next++;
	}
	if (!*argv || !argv[1])
		usage();
	snprintf(text, sizeof(text), "%d", next - FIRST);
	setenv("LISTEN_FDS", text, 1);
	snprintf(text, sizeof(text), "%ld", (long)getpid());
	setenv("LISTEN_PID", text, 1);
	execvp(argv[1], argv + 1);
	hammer_die(argv[1]);
	return 3;
}

/* As many descriptors as are allowed. */
static void lift_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "hand") == 0)
		return hand(argv + 2);
	lift_limit();
	if (strcmp(what, "streams") == 0)
		return streams(argc - 2, argv + 2);
	if (strcmp(what, "resets") == 0)
		return resets(argc - 2, argv + 2);
	if (strcmp(what, "datagrams") == 0)
		return datagrams(argc - 2, argv + 2);
	if (strcmp(what, "forge") == 0 && (argc == 4 || argc == 5)) {
		struct sa from = address(argv[2]), to = address(argv[3]);

		hammer_forge(&from, &to, argc == 5 ? (size_t)number(argv[4]) : FORGED_SIZE);
		return 0;
	}
	usage();
	return 2;
}
