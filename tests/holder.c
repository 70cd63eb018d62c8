/* SPDX-License-Identifier: MIT */
/*
 * holder.c - a process that holds sockets, for the tests of those who look at them
 *
 *	holder KIND[+NAME=VALUE]...
 *
 * opens a socket for each KIND with these options set, prints "KIND FD INODE ADDRESS" for each and
 * then "ready PID", and waits for a signal, at most ten minutes.  Its kinds:
 *
 *	tcp tcp6 udp udp6 unix   fresh; the datagram ones are bound
 *	bound                    TCP, bound to the loopback: it neither listens nor is connected
 *	listen listen6           a listener on the loopback, port 0
 *	connect accept           to the last listener, and what that accepted of it
 *	listen:PORT connect:PORT the same of a port of 127.0.0.1, which may be in two processes
 *	local                    a listener of the abstract name "netipc-holder-PID"
 *	fork                     a child holds all so far too: "child PID"
 *	churn                    makes 50 sockets anew all the time; each has its inode, modulo 10^6
 *	                         and plus 2, as SO_RCVLOWAT from right after it is made
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/compat.h"
#include "cmd/sockset.h"
#include "net/sa.h"

enum {
	CHURNED = 50,
	MARK = 1000000,
	LIFE_S = 600,
};

static void die(const char *what)
{
	perror(what);
	exit(3);
}

/* Sets "NAME=VALUE" on FD. */
static void set(int fd, const char *text)
{
	struct value v;
	struct err err;
	const struct option_row *row = sockset_parse(text, &v, &err);

	if (!row)
		die(err.text);
	errno = option_set(fd, row, &v);
	if (errno)
		die(text);
}

static void loopback(struct sa *sa, int family)
{
	memset(sa, 0, sizeof(*sa));
	sa->u.sa.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		sa->u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		sa->len = sizeof(sa->u.in);
	} else {
		sa->u.in6.sin6_addr = in6addr_loopback;
		sa->len = sizeof(sa->u.in6);
	}
}

static uint16_t port; /* of the kind that is being opened */

static void bind_loopback(int fd, int family)
{
	struct sa sa;

	loopback(&sa, family);
	sa_set_port(&sa, port);
	if (bind(fd, &sa.u.sa, sa.len) < 0)
		die("bind");
}

static void bind_name(int fd)
{
	struct sa sa = { .u.un.sun_family = AF_UNIX };
	char name[40];

	snprintf(name, sizeof(name), "netipc-holder-%ld", (long)getpid());
	memcpy(sa.u.un.sun_path + 1, name, strlen(name));
	sa.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	if (bind(fd, &sa.u.sa, sa.len) < 0)
		die("bind");
}

static unsigned long long inode(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die("fstat");
	return (unsigned long long)st.st_ino;
}

static int listener;

static int connect_listener(void)
{
	struct sa sa = { .len = sizeof(sa.u) };
	int fd;

	loopback(&sa, AF_INET);
	sa_set_port(&sa, port);
	if (!port) {
		sa.len = sizeof(sa.u);
		if (getsockname(listener, &sa.u.sa, &sa.len) < 0)
			die("getsockname");
	}
	for (int left = 1000;; left--) {
		fd = socket(sa.u.sa.sa_family, SOCK_STREAM, 0);
		if (fd < 0)
			die("socket");
		if (connect(fd, &sa.u.sa, sa.len) == 0)
			return fd;
		if (errno != ECONNREFUSED || !left)
			die("connect");
		close(fd);
		poll(NULL, 0, 10); /* the other process is not there yet */
	}
}

/* What is new of KIND; *LISTENS if it is to listen once its options are set. */
static int open_kind(const char *kind, bool *listens)
{
	static const struct {
		const char *name;
		int family, type;
		bool binds, listens;
	} kinds[] = {
		{ "tcp", AF_INET, SOCK_STREAM, false, false },
		{ "tcp6", AF_INET6, SOCK_STREAM, false, false },
		{ "bound", AF_INET, SOCK_STREAM, true, false },
		{ "udp", AF_INET, SOCK_DGRAM, true, false },
		{ "udp6", AF_INET6, SOCK_DGRAM, true, false },
		{ "unix", AF_UNIX, SOCK_STREAM, false, false },
		{ "listen", AF_INET, SOCK_STREAM, true, true },
		{ "listen6", AF_INET6, SOCK_STREAM, true, true },
		{ "local", AF_UNIX, SOCK_STREAM, true, true },
	};

	*listens = false;
	if (strcmp(kind, "connect") == 0)
		return connect_listener();
	if (strcmp(kind, "accept") == 0)
		return accept(listener, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int fd;

		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		fd = socket(kinds[i].family, kinds[i].type, 0);
		*listens = kinds[i].listens;
		if (fd < 0)
			die(kind);
		if (kinds[i].binds && kinds[i].family == AF_UNIX)
			bind_name(fd);
		else if (kinds[i].binds)
			bind_loopback(fd, kinds[i].family);
		return fd;
	}
	errno = EINVAL;
	return -1;
}

static void hold(char *spec)
{
	char *options = strchr(spec, '+'), *colon, text[SA_STRLEN];
	struct sa sa = { .len = sizeof(sa.u) };
	bool listens;
	int fd;

	if (options)
		*options++ = '\0';
	colon = strchr(spec, ':');
	port = colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
	if (colon)
		*colon = '\0';
	fd = open_kind(spec, &listens);
	if (fd < 0)
		die(spec);
	for (char *next; options; options = next) {
		next = strchr(options, '+');
		if (next)
			*next++ = '\0';
		set(fd, options);
	}
	if (listens && listen(fd, 16) < 0)
		die("listen");
	if (listens)
		listener = fd;
	if (getsockname(fd, &sa.u.sa, &sa.len) < 0)
		die("getsockname");
	printf("%s %d %llu %s\n", spec, fd, inode(fd), sa_format(&sa, text));
}

static void churn(void)
{
	int fds[CHURNED];

	memset(fds, -1, sizeof(fds));
	for (unsigned i = 0;; i = (i + 1) % CHURNED) {
		int low;

		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = socket(AF_UNIX, SOCK_DGRAM, 0);
		if (fds[i] < 0)
			die("socket");
		low = (int)(inode(fds[i]) % MARK) + 2;
		if (setsockopt(fds[i], SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low)) < 0)
			die("SO_RCVLOWAT");
	}
}

static void share(void)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		compat_end_with_parent();
		for (;;)
			pause();
	}
	printf("child %ld\n", (long)child);
}

int main(int argc, char **argv)
{
	bool churns = false;

	alarm(LIFE_S);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "churn") == 0)
			churns = true;
		else if (strcmp(argv[i], "fork") == 0)
			share();
		else
			hold(argv[i]);
	}
	printf("ready %ld\n", (long)getpid());
	fflush(stdout);
	if (churns)
		churn();
	for (;;)
		pause();
}
