/* SPDX-License-Identifier: MIT */
/*
 * check_flags.c - each flag of send(2) and recv(2) on a connection to an echo service: what was
 * asked, and what came
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "echo/check_impl.h"

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
	int fd = check_connect(k);
	size_t n = sizeof(text) - 1;

	if (fd < 0)
		return -1;
	if (send(fd, text, n, MSG_NOSIGNAL) != (ssize_t)n) {
		check_failed(k, "send: %s", strerror(errno));
	} else if (!check_wait(k, fd, false, k->config->timeout_ns)) {
		check_failed(k, "nothing was returned");
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
	n = recv(fd, first, sizeof(first), MSG_PEEK);
	m = recv(fd, again, sizeof(again), 0);
	if (n > 0 && m >= n && memcmp(first, again, (size_t)n) == 0)
		check_passed(k, "\"%s\" came, and \"%s\" again without the flag",
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
	n = recv(fd, got, 3, MSG_TRUNC);
	m = recv(fd, rest, sizeof(rest), 0);
	if (n == 3 && !got[0])
		check_passed(k, "3 bytes were thrown away, unseen; \"%s\" came behind them",
			     shown(rest, m, a));
	else if (n == 3)
		check_passed(k, "this system takes no notice of it on a stream");
	else
		check_failed(k, "%s", shown(got, n, a));
	close(fd);
}

void check_flag_trunc_record(struct check *k)
{
	char got[ROOM], a[STR_SHOW];
	int fd = with_text(k);
	ssize_t n;

	if (fd < 0)
		return;
	n = recv(fd, got, 3, MSG_TRUNC);
	if (n == (ssize_t)sizeof(text) - 1)
		check_passed(k, "\"%s\" came, and that it was cut from %zd bytes", shown(got, 3, a),
			     n);
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
	came = recv(fd, got, n + m, MSG_PEEK);
	if (!make_blocking(k, fd) || send(fd, more, m, MSG_NOSIGNAL) != (ssize_t)m) {
		check_failed(k, "%s", strerror(errno));
		close(fd);
		return;
	}
	whole = recv(fd, got, n + m, MSG_WAITALL);
	if (whole == (ssize_t)(n + m))
		check_passed(k, "of %zu bytes %zd were there; it waited for \"%s\"", n + m, came,
			     shown(got, whole, a));
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
	n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
	if (n < 0 && compat_would_block(errno))
		check_passed(k, "nothing was there: EAGAIN at once, on a socket that waits");
	else
		check_failed(k, "%s", n < 0 ? strerror(errno) : "something came that nobody sent");
	close(fd);
}

/* Sends TEXT with FLAG and says what came of it; NOTE is what that means. */
static void send_with(struct check *k, int flag, const char *note)
{
	char got[ROOM], a[STR_SHOW];
	int fd = check_connect(k);
	size_t n = sizeof(text) - 1;
	ssize_t m;

	if (fd < 0)
		return;
	if (send(fd, text, n, flag | MSG_NOSIGNAL) < 0) {
		check_passed(k, "refused: %s", strerror(errno));
	} else if (!check_wait(k, fd, false, k->config->timeout_ns)) {
		check_passed(k, "it was sent, and nothing came back");
	} else {
		m = recv(fd, got, sizeof(got), 0);
		check_passed(k, "\"%s\" came back: %s", shown(got, m, a), note);
	}
	close(fd);
}

void check_flag_dontroute(struct check *k)
{
	send_with(k, MSG_DONTROUTE, "the server is on a network of this host");
}

void check_flag_eor(struct check *k)
{
	send_with(k, MSG_EOR,
		  k->config->type == SOCK_STREAM ? "a stream of TCP has no records to end" :
						   "a datagram is a record without it");
}

void check_flag_oob(struct check *k)
{
	char got[ROOM], a[STR_SHOW];
	int fd = check_connect(k);
	size_t have = 0;

	if (fd < 0)
		return;
	if (send(fd, "ab", 2, MSG_NOSIGNAL) != 2 || send(fd, "!", 1, MSG_OOB | MSG_NOSIGNAL) != 1 ||
	    send(fd, "cd", 2, MSG_NOSIGNAL) != 2) {
		check_passed(k, "refused: %s", strerror(errno));
		close(fd);
		return;
	}
	while (have < sizeof(got) &&
	       check_wait(k, fd, false, have >= 4 ? PAUSE_MS * CLOCK_MS : k->config->timeout_ns)) {
		ssize_t n = recv(fd, got + have, sizeof(got) - have, 0);

		if (n <= 0)
			break;
		have += (size_t)n;
	}
	check_passed(k, "sent \"ab\", \"!\" urgent, \"cd\"; \"%s\" came back: %s",
		     shown(got, (ssize_t)have, a),
		     memchr(got, '!', have) ? "the server reads it in line (SO_OOBINLINE)" :
					      "the urgent byte is not in the stream, the server "
					      "would have to ask for it");
	close(fd);
}
