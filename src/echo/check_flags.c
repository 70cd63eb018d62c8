/* SPDX-License-Identifier: MIT */
/*
 * check_flags.c - each flag of send(2) and recv(2) on a connection to an echo service: what was
 * asked, and what came
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "echo/check_impl.h"
#include "net/sock.h"

enum {
	ROOM = 64,
	PAUSE_MS = 50,
};

static const char text[] = "abcdefgh";

/* What came, safe to print. */
static const char *shown(const char *data, ssize_t n, char buf[static STR_SHOW])
{
	return n < 0 ? strerror(errno) : str_show_n(buf, data, (size_t)n);
}

/* A connection on which TEXT was sent and has come back, unread; -1 with the check failed. */
static int with_text(struct check *k)
{
	int fd = check_connect(k), code = 0;
	socklen_t size = sizeof(code);
	size_t n = sizeof(text) - 1;

	if (fd < 0)
		return -1;
	if (check_send(fd, text, n, 0) != (ssize_t)n) {
		check_failed(k, "send: %s", strerror(errno));
	} else if (!check_wait(k, fd, false, k->config->timeout_ns)) {
		check_failed(k, "nothing was returned");
	} else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 &&
		   code == ECONNREFUSED) {
		check_refused(k);
	} else {
		return fd;
	}
	close(fd);
	return -1;
}

void check_flag_peek(struct check *k)
{
	char first[ROOM], again[ROOM], a[STR_SHOW], b[STR_SHOW];
	int fd = with_text(k);
	ssize_t n, m;

	if (fd < 0)
		return;
	n = check_recv(fd, first, sizeof(first), MSG_PEEK);
	m = check_recv(fd, again, sizeof(again), 0);
	if (n > 0 && m >= n && memcmp(first, again, (size_t)n) == 0)
		check_passed(k, "asked to look: \"%s\" came; \"%s\" came again without the flag",
			     shown(first, n, a), shown(again, m, b));
	else
		check_failed(k, "%s, then %s", shown(first, n, a), shown(again, m, b));
	close(fd);
}

void check_flag_trunc(struct check *k)
{
	char got[ROOM] = "", rest[ROOM], a[STR_SHOW];
	int fd = with_text(k);
	ssize_t n, m;

	if (fd < 0)
		return;
	n = check_recv(fd, got, 3, MSG_TRUNC);
	m = check_recv(fd, rest, sizeof(rest), 0);
	if (n == 3 && !got[0])
		check_passed(k,
			     "asked for 3 bytes: they were thrown away, unseen; \"%s\" came "
			     "behind them",
			     shown(rest, m, a));
	else if (n == 3)
		check_passed(k,
			     "asked for 3 bytes: \"%s\" came; of a stream this system takes no "
			     "notice of it",
			     shown(got, n, a));
	else
		check_failed(k, "%s", shown(got, n, a));
	close(fd);
}

void check_flag_trunc_record(struct check *k)
{
	char got[ROOM], rest[ROOM], a[STR_SHOW];
	int fd = with_text(k);
	ssize_t n, m;

	if (fd < 0)
		return;
	n = check_recv(fd, got, 3, MSG_TRUNC);
	m = check_recv(fd, rest, sizeof(rest), 0);
	if (n == (ssize_t)sizeof(text) - 1)
		check_passed(k,
			     "asked for 3 bytes: \"%s\" came, with %zd as the length; the rest %s",
			     shown(got, 3, a), n, m < 0 ? "is gone" : "came after it");
	else
		check_failed(k, "%zd, for a datagram of %zu bytes", n, sizeof(text) - 1);
	close(fd);
}

/* FD waits in its calls, at most as long as the time-out. */
static bool make_blocking(struct check *k, int fd)
{
	uint64_t us = k->config->timeout_ns / 1000;
	const struct timeval limit = { .tv_sec = (time_t)(us / 1000000),
				       .tv_usec = (suseconds_t)(us % 1000000) };
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0;
}

void check_flag_waitall(struct check *k)
{
	static const char more[] = "ijkl";
	size_t n = sizeof(text) - 1, m = sizeof(more) - 1;
	char got[ROOM], a[STR_SHOW];
	int fd = with_text(k);
	ssize_t came, whole;

	if (fd < 0)
		return;
	/* What is there is less than what is asked for: without the flag that is enough. */
	came = check_recv(fd, got, n + m, MSG_PEEK);
	if (!make_blocking(k, fd) || check_send(fd, more, m, 0) != (ssize_t)m) {
		check_failed(k, "%s", strerror(errno));
		close(fd);
		return;
	}
	whole = check_recv(fd, got, n + m, MSG_WAITALL);
	if (whole == (ssize_t)(n + m))
		check_passed(k, "asked for %zu bytes with %zd there: it waited, and \"%s\" came",
			     n + m, came, shown(got, whole, a));
	else
		check_failed(k, "%zd of %zu bytes", whole, n + m);
	close(fd);
}

void check_flag_dontwait(struct check *k)
{
	int fd = check_connect(k);
	char got[ROOM];
	ssize_t n;

	if (fd < 0)
		return;
	if (!make_blocking(k, fd)) {
		check_failed(k, "%s", strerror(errno));
		close(fd);
		return;
	}
	n = check_recv(fd, got, sizeof(got), MSG_DONTWAIT);
	if (n < 0 && compat_would_block(errno))
		check_passed(k, "asked with nothing there, on a socket that waits: EAGAIN at once");
	else
		check_failed(k, "%s", n < 0 ? strerror(errno) : "something came that nobody sent");
	close(fd);
}

/* Sends TEXT with FLAG and says what came of it; ASKED and NOTE are what that means. */
static void send_with(struct check *k, int flag, const char *asked, const char *note)
{
	char got[ROOM], a[STR_SHOW];
	int fd = check_connect(k);
	size_t n = sizeof(text) - 1;
	ssize_t m;

	if (fd < 0)
		return;
	if (check_send(fd, text, n, flag) < 0) {
		check_passed(k, "%s: refused: %s", asked, strerror(errno));
	} else if (!check_wait(k, fd, false, k->config->timeout_ns)) {
		check_passed(k, "%s: it was sent, and nothing came back", asked);
	} else {
		m = check_recv(fd, got, sizeof(got), 0);
		if (m < 0)
			check_failed(k, "%s: %s", asked, strerror(errno));
		else
			check_passed(k, "%s: \"%s\" came back; %s", asked, shown(got, m, a), note);
	}
	close(fd);
}

void check_flag_dontroute(struct check *k)
{
	send_with(k, MSG_DONTROUTE, "sent without a gateway",
		  k->config->type == SOCK_STREAM ?
			  "but the way of a stream was chosen when it connected" :
			  "the server is on a network of this host");
}

void check_flag_eor(struct check *k)
{
	send_with(k, MSG_EOR, "sent as the end of a record",
		  k->config->type == SOCK_STREAM ? "a stream has no records, and shows none" :
						   "each datagram is a record without it");
}

void check_flag_oob(struct check *k)
{
	char got[ROOM], a[STR_SHOW];
	int fd = check_connect(k);
	size_t have = 0;
	ssize_t n = 0;

	if (fd < 0)
		return;
	if (check_send(fd, "ab", 2, 0) != 2 || check_send(fd, "!", 1, MSG_OOB) != 1 ||
	    check_send(fd, "cd", 2, 0) != 2) {
		check_passed(k, "refused: %s", strerror(errno));
		close(fd);
		return;
	}
	while (have < sizeof(got) &&
	       check_wait(k, fd, false, have >= 4 ? PAUSE_MS * CLOCK_MS : k->config->timeout_ns)) {
		n = check_recv(fd, got + have, sizeof(got) - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (n < 0) {
		check_failed(k, "%s", strerror(errno));
		close(fd);
		return;
	}
	check_passed(k, "sent \"ab\", \"!\" urgent, \"cd\": \"%s\" came back; %s",
		     shown(got, (ssize_t)have, a),
		     memchr(got, '!', have) ?
			     "the server reads it in line (SO_OOBINLINE)" :
			     "\"!\" is beside the stream, and the server did not ask for it");
	close(fd);
}

/* A listener of this host for itself. */
static int own_listener(struct sa *sa, struct err *err)
{
	static const char *const names[] = { "127.0.0.1:0", "[::1]:0" };
	const struct sock_server how = { .type = SOCK_STREAM, .backlog = 1, .v6only = true };
	struct endpoint ep;
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(names) && fd < 0; i++) {
		if (endpoint_parse(&ep, names[i], strlen(names[i]), err) == 0 &&
		    sa_from_endpoint(sa, &ep, err) == 0)
			fd = sock_listen(sa, &how, err);
	}
	return fd;
}

/*
 * Both ends of a TCP connection of this host to itself: what an echo returns is not urgent, so that
 * a receiver of urgent bytes cannot be seen on one.
 */
static bool own_pair(struct check *k, int ends[2])
{
	struct sa sa, peer;
	struct err err;
	int listener = own_listener(&sa, &err), rc = -1;

	ends[0] = ends[1] = -1;
	if (listener >= 0 && sock_local(listener, &sa, &err) == 0)
		ends[0] = sock_open(sa.u.sa.sa_family, SOCK_STREAM, &err);
	if (ends[0] >= 0)
		rc = sock_connect(ends[0], &sa, &err);
	if (rc >= 0 && check_wait(k, listener, false, k->config->timeout_ns) &&
	    check_wait(k, ends[0], true, k->config->timeout_ns)) {
		do
			ends[1] = sock_accept(listener, &peer);
		while (ends[1] < 0 && errno == EINTR);
		if (ends[1] < 0)
			err_sys(&err, "accept");
	} else if (rc >= 0) {
		err_set(&err, ERR_SYSTEM, "no connection to this host itself");
	}
	if (listener >= 0)
		close(listener);
	if (ends[1] >= 0)
		return true;
	if (ends[0] >= 0)
		close(ends[0]);
	return check_failed(k, "%s", err.text);
}

static bool send_urgent(int fd)
{
	return check_send(fd, "ab", 2, 0) == 2 && check_send(fd, "!", 1, MSG_OOB) == 1 &&
	       check_send(fd, "cd", 2, 0) == 2;
}

/* Something urgent has come on FD; false with errno. */
static bool wait_urgent(const struct check *k, int fd)
{
	struct pollfd io = { .fd = fd, .events = POLLPRI };
	uint64_t deadline = clock_now_ns() + k->config->timeout_ns;
	int rc;

	do
		rc = compat_ppoll(&io, 1, clock_left_ns(deadline), NULL);
	while (rc < 0 && errno == EINTR);
	if (rc >= 0)
		errno = rc ? EPIPE : ETIMEDOUT;
	return rc == 1 && io.revents & POLLPRI;
}

void check_flag_sigurg(struct check *k)
{
	sigset_t urgent, before, pending;
	int ends[2];
	char byte = 0;
	bool came;

	if (!own_pair(k, ends))
		return;
	/* A signal that is blocked stays where sigpending() sees it: no handler is needed. */
	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	sigemptyset(&pending);
	if (pthread_sigmask(SIG_BLOCK, &urgent, &before) == 0) {
		if (fcntl(ends[1], F_SETOWN, getpid()) < 0 || !send_urgent(ends[0]) ||
		    !wait_urgent(k, ends[1])) {
			check_passed(k, "refused: %s", strerror(errno));
		} else {
			came = sigpending(&pending) == 0 && sigismember(&pending, SIGURG) == 1;
			check_passed(k,
				     "this host to itself, \"!\" urgent: %s to the owner "
				     "(F_SETOWN); recv with MSG_OOB %s",
				     came ? "SIGURG came" : "no SIGURG came",
				     check_recv(ends[1], &byte, 1, MSG_OOB) == 1 && byte == '!' ?
					     "has \"!\"" :
					     "has nothing");
		}
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	close(ends[0]);
	close(ends[1]);
}

void check_flag_oobinline(struct check *k)
{
	int ends[2], one = 1, mark = -1;
	char got[ROOM], a[STR_SHOW];
	size_t have = 0;
	ssize_t n = 0;

	if (!own_pair(k, ends))
		return;
	if (setsockopt(ends[1], SOL_SOCKET, SO_OOBINLINE, &one, sizeof(one)) < 0 ||
	    !send_urgent(ends[0]) || !wait_urgent(k, ends[1])) {
		check_passed(k, "refused: %s", strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return;
	}
	/* A recv(2) ends before the mark. */
	while (have < 5 && check_wait(k, ends[1], false, k->config->timeout_ns)) {
		if (have == 2)
			mark = sockatmark(ends[1]);
		n = check_recv(ends[1], got + have, sizeof(got) - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (n < 0) {
		check_failed(k, "%s", strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return;
	}
	n = check_recv(ends[1], got + have, 1, MSG_OOB);
	check_passed(k, "this host to itself, \"!\" urgent: \"%s\" came%s; recv with MSG_OOB: %s",
		     shown(got, (ssize_t)have, a),
		     mark == 1 ? ", with the mark (sockatmark) before \"!\"" : "",
		     n < 0 ? strerror(errno) : "it came there too");
	close(ends[0]);
	close(ends[1]);
}
