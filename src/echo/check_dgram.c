/* SPDX-License-Identifier: MIT */
/* check_dgram.c - the checks of datagrams */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "echo/check_impl.h"
#include "echo/pattern.h"
#include "net/sock.h"

enum {
	TRIES = 3, /* a datagram may be lost on its way */
	ROOM = 65536,
	SMALL = 64,
	QUIET_MS = 200,
	BURST = 64,
};

/* Who asks on a socket, and what was asked last. */
struct asker {
	struct check *k;
	int fd;
	bool any;
	bool repeats; /* something was asked again: more answers than questions are no fault */
	uint64_t at;
	size_t n;
};

static bool is(const struct asker *a, uint64_t at, size_t n, const unsigned char *got, ssize_t len)
{
	return len == (ssize_t)n && pattern_check(a->k->config->seed, at, got, n) == n;
}

/* Receives what is the answer to N bytes at AT, or is none: bytes, or -1 with errno. */
static ssize_t receive(const struct asker *a, uint64_t at, size_t n, unsigned char *got,
		       uint64_t timeout_ns)
{
	uint64_t deadline = clock_now_ns() + timeout_ns;

	while (check_wait(a->k, a->fd, false, clock_left_ns(deadline))) {
		ssize_t len = check_recv(a->fd, got, ROOM, 0);

		/* On a long way the answers to what was asked before may come now. */
		if (len < 0 || !a->repeats || is(a, at, n, got, len))
			return len;
	}
	errno = ETIMEDOUT;
	return -1;
}

/* Sends N bytes of the stream at AT, up to TRIES times: the bytes that came back, or -1. */
static ssize_t ask(struct asker *a, uint64_t at, size_t n, unsigned char *got)
{
	struct check *k = a->k;
	unsigned char data[ROOM];

	pattern_fill(k->config->seed, at, data, n);
	for (int i = 0; i < TRIES && !k->stopped; i++) {
		ssize_t len;

		a->repeats = a->repeats || i;
		if (check_send(a->fd, data, n, 0) < 0 && errno != ECONNREFUSED)
			return -1;
		len = receive(a, at, n, got, k->config->timeout_ns / TRIES);
		if (len >= 0)
			return len;
		if (errno != ETIMEDOUT && (errno != ECONNREFUSED || i == TRIES - 1))
			return -1;
	}
	errno = ETIMEDOUT;
	return -1;
}

/* The datagram of N bytes came back as it was. */
static bool returns(struct asker *a, uint64_t at, size_t n)
{
	struct check *k = a->k;
	unsigned char got[ROOM], more[ROOM];
	ssize_t len = ask(a, at, n, got);

	if (k->stopped)
		return false;
	if (len < 0) {
		if (errno == ECONNREFUSED)
			return check_refused(k);
		return check_failed(k, "%zu byte%s: %s", n, str_plural(n),
				    errno == ETIMEDOUT ? "no answer" : strerror(errno));
	}
	if (is(a, at, n, got, len)) {
		a->any = true;
		a->at = at;
		a->n = n;
		return true;
	}
	/* It may have been cut to what the one before was: then the right one does not follow. */
	if (a->any && is(a, a->at, a->n, got, len) &&
	    check_wait(k, a->fd, false, QUIET_MS * CLOCK_MS) &&
	    is(a, at, n, more, check_recv(a->fd, more, ROOM, 0)))
		return check_failed(k, "the answer to %zu byte%s came once more", a->n,
				    str_plural(a->n));
	if ((size_t)len != n)
		return check_failed(k, "%zu byte%s came back as %zd", n, str_plural(n), len);
	return check_failed(k, "%zu byte%s: wrong byte at offset %zu", n, str_plural(n),
			    pattern_check(k->config->seed, at, got, n));
}

void check_answers(struct check *k)
{
	struct asker a = { .k = k, .fd = check_connect(k) };

	if (a.fd < 0)
		return;
	if (returns(&a, 0, SMALL))
		check_passed(k, "%d bytes", SMALL);
	close(a.fd);
}

void check_answers_sizes(struct check *k)
{
	static const size_t sizes[] = { 0, 1, 512, 1400, 1472, 1473, 8192, 65507 };
	struct asker a = { .k = k, .fd = check_connect(k) };
	size_t i;

	if (a.fd < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (!returns(&a, i, sizes[i]))
			break;
	if (i == ARRAY_SIZE(sizes))
		check_passed(k, "0 to 65507 bytes");
	close(a.fd);
}

void check_answers_once(struct check *k)
{
	struct asker a = { .k = k, .fd = check_connect(k) };
	unsigned char got[ROOM];

	if (a.fd < 0)
		return;
	if (returns(&a, 0, SMALL)) {
		if (a.repeats)
			check_skipped(k, "answers are so late or lost that it was asked again");
		else if (check_wait(k, a.fd, false, QUIET_MS * CLOCK_MS) &&
			 check_recv(a.fd, got, ROOM, 0) >= 0)
			check_failed(k, "a second answer came");
		else
			check_passed(k, "one answer");
	}
	close(a.fd);
}

/* A socket that is not connected sees answers from any address. */
void check_answers_from(struct check *k)
{
	const struct sa *to = k->config->address;
	struct sa from = { .len = sizeof(from.u) };
	char want[SA_STRLEN], came[SA_STRLEN];
	unsigned char data[SMALL];
	struct err err;
	int fd = sock_open(to->u.sa.sa_family, SOCK_DGRAM, &err);

	if (fd < 0 || (k->config->prepare && k->config->prepare(k->config->ctx, fd, &err) < 0)) {
		check_failed(k, "%s", err.text);
		if (fd >= 0)
			close(fd);
		return;
	}
	if (to->u.sa.sa_family == AF_UNIX) {
		check_skipped(k, "a UNIX client has no address to be answered from another");
		close(fd);
		return;
	}
	pattern_fill(k->config->seed, 0, data, sizeof(data));
	for (int i = 0; i < TRIES; i++) {
		if (sendto(fd, data, sizeof(data), MSG_NOSIGNAL, &to->u.sa, to->len) < 0 ||
		    check_wait(k, fd, false, k->config->timeout_ns / TRIES))
			break;
	}
	if (recvfrom(fd, data, sizeof(data), MSG_DONTWAIT, &from.u.sa, &from.len) < 0)
		check_failed(k, "no answer");
	else if (!sa_equal(&from, to))
		check_failed(k, "asked %s, answered by %s", sa_format(to, want),
			     sa_format(&from, came));
	else
		check_passed(k, "%s", sa_format(&from, came));
	close(fd);
}

void check_answers_many(struct check *k)
{
	bool seen[BURST] = { false };
	unsigned char got[ROOM], data[SMALL];
	int fd, came = 0;

	if (k->config->address->u.sa.sa_family == AF_UNIX) {
		check_skipped(k, "the queue of a UNIX socket has no room for %d", BURST);
		return;
	}
	fd = check_connect(k);
	if (fd < 0)
		return;
	for (int i = 0; i < BURST; i++) {
		pattern_fill(k->config->seed, (uint64_t)i * SMALL, data, SMALL);
		if (check_send(fd, data, SMALL, 0) < 0)
			break;
	}
	while (came < BURST && check_wait(k, fd, false, k->config->timeout_ns)) {
		ssize_t n = check_recv(fd, got, ROOM, 0);
		bool known = false;

		if (n < 0)
			break;
		for (int i = 0; i < BURST && n == SMALL && !known; i++) {
			if (seen[i] ||
			    pattern_check(k->config->seed, (uint64_t)i * SMALL, got, SMALL) < SMALL)
				continue;
			known = seen[i] = true;
		}
		if (!known) {
			check_failed(k, "a datagram came that was not sent, or twice");
			close(fd);
			return;
		}
		came++;
	}
	if (came == BURST)
		check_passed(k, "%d of %d", came, BURST);
	else
		check_failed(k, "%d of %d came back", came, BURST);
	close(fd);
}
