/* SPDX-License-Identifier: MIT */
/* check_stream.c - the checks of streams */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/check_impl.h"

enum {
	SMALL = 64,
	TAIL = 100000,
	QUIET_MS = 300,
	SWALLOW_MAX = 64 << 20, /* bytes: kernels' buffers on both sides have room for less */
	PROBES = 20,
	DELAY_MS = 30, /* of a delayed acknowledgement, 40 ms and up: less is none */
	RESETS = 20,
};

/* One flow on a connection of its own; true if all was well. */
static bool flow_alone(struct check *k, struct flow *f)
{
	bool well;

	f->fd = check_connect(k);
	if (f->fd < 0)
		return false;
	f->seed = k->config->seed;
	check_flow(k, f);
	well = check_judge(k, f);
	close(f->fd);
	return well;
}

/* The same, but bytes will do: whether they are the right ones is for other checks. */
static bool is_served(struct check *k, struct flow *f)
{
	return flow_alone(k, f) || f->differs;
}

void check_connects(struct check *k)
{
	uint64_t begin = clock_now_ns();
	int fd = check_connect(k);

	if (fd < 0)
		return;
	check_passed(k, "in %llu us", (unsigned long long)((clock_now_ns() - begin) / 1000));
	close(fd);
}

void check_returns_bytes(struct check *k)
{
	struct flow f = { .total = k->config->bytes / 8, .varies = true };

	if (flow_alone(k, &f))
		check_passed(k, "%llu bytes", (unsigned long long)f.got);
}

/* Reads until what came is one of the two texts, and cannot become one otherwise: it, or NULL. */
static const char *read_either(struct check *k, int fd, const char *a, const char *b, char *got,
			       size_t size)
{
	size_t have = 0;

	for (;;) {
		ssize_t n;

		got[have] = '\0';
		if (strcmp(got, a) == 0)
			return a;
		if (strcmp(got, b) == 0)
			return b;
		if (have == size - 1 || !check_wait(k, fd, false, k->config->timeout_ns))
			return NULL;
		n = check_recv(fd, got + have, size - 1 - have, 0);
		if (n == 0 || (n < 0 && !compat_would_block(errno)))
			return NULL;
		have += n > 0 ? (size_t)n : 0;
	}
}

void check_returns_urgent(struct check *k)
{
	static const char left_out[] = "abcd", in_line[] = "ab!cd";
	char got[sizeof(in_line)];
	int fd = check_connect(k);
	const char *came;

	if (fd < 0)
		return;
	if (check_send(fd, "ab", 2, 0) != 2 || check_send(fd, "!", 1, MSG_OOB) != 1 ||
	    check_send(fd, "cd", 2, 0) != 2) {
		check_skipped(k, "urgent data cannot be sent: %s", strerror(errno));
	} else {
		came = read_either(k, fd, left_out, in_line, got, sizeof(got));
		if (came)
			check_passed(k, "the urgent byte itself was %s",
				     came == in_line ? "returned in line" : "left out");
		else if (strncmp(got, left_out, 2) == 0 && strlen(got) <= 3)
			check_failed(k, "stalls at the urgent mark: %zu of 4 bytes were returned",
				     strlen(got));
		else
			check_failed(k, "%zu bytes came back, and not as they were", strlen(got));
	}
	close(fd);
}

void check_ends_empty(struct check *k)
{
	struct flow f = { .total = 0, .shuts = true };

	if (flow_alone(k, &f))
		check_passed(k, "the end came back");
}

void check_returns_tail(struct check *k)
{
	struct flow f = { .total = TAIL, .shuts = true };

	if (flow_alone(k, &f))
		check_passed(k, "%llu bytes, then the end", (unsigned long long)f.got);
}

void check_returns_late(struct check *k)
{
	struct flow f = { .total = k->config->bytes,
			  .shuts = true,
			  .quiet_ns = QUIET_MS * CLOCK_MS };

	if (flow_alone(k, &f))
		check_passed(k, "%llu bytes, read %d ms late", (unsigned long long)f.got, QUIET_MS);
}

/* Writes to FD until it takes no more, or has taken too much; what it took. */
static uint64_t stuff(struct check *k, int fd)
{
	static const char data[CHECK_BLOCK];
	uint64_t sum = 0;

	while (sum <= SWALLOW_MAX) {
		ssize_t n = check_send(fd, data, sizeof(data), 0);

		if (n > 0)
			sum += (uint64_t)n;
		else if (!compat_would_block(errno) ||
			 !check_wait(k, fd, true, QUIET_MS * CLOCK_MS))
			break;
	}
	return sum;
}

void check_holds_back(struct check *k)
{
	int fd = check_connect(k);
	uint64_t took;

	if (fd < 0)
		return;
	took = stuff(k, fd);
	if (took > SWALLOW_MAX)
		check_failed(k, "grows: it took %llu MiB from a client that does not read",
			     (unsigned long long)(took >> 20));
	else
		check_passed(k, "it stopped after %llu KiB", (unsigned long long)(took >> 10));
	close(fd);
}

void check_serves_others(struct check *k)
{
	struct flow alone = { .total = SMALL }, second = alone;
	int fd;

	if (!is_served(k, &alone)) {
		if (alone.fd >= 0)
			check_skipped(k, "a client that is alone is not served either");
		return;
	}
	fd = check_connect(k);
	if (fd < 0)
		return;
	stuff(k, fd);
	if (is_served(k, &second))
		check_passed(k, "a second client was served while one did not read");
	else if (second.silent)
		check_failed(k, "one client that does not read starves another");
	close(fd);
}

/* Two small writes and the time until both are back: -1 if they are not. */
static int64_t two_writes(struct check *k, int fd)
{
	uint64_t begin = clock_now_ns();
	size_t have = 0;
	char got[2 * SMALL] = { 0 };

	for (int i = 0; i < 2; i++)
		if (check_send(fd, got, SMALL, 0) != SMALL)
			return -1;
	while (have < sizeof(got)) {
		ssize_t n;

		if (!check_wait(k, fd, false, k->config->timeout_ns))
			return -1;
		n = check_recv(fd, got + have, sizeof(got) - have, 0);
		if (n <= 0)
			return -1;
		have += (size_t)n;
	}
	return (int64_t)(clock_now_ns() - begin);
}

void check_no_delay(struct check *k)
{
	int fd = check_connect(k), slow = 0;
	int64_t least = INT64_MAX, most = 0;

	if (fd < 0)
		return;
	for (int i = 0; i < PROBES; i++) {
		int64_t took = two_writes(k, fd);

		if (took < 0) {
			check_failed(k, "two small writes were not returned");
			close(fd);
			return;
		}
		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	close(fd);
	/* Where the way itself is long the pattern cannot be told from it by one number. */
	fd = check_connect(k);
	for (int i = 0; i < PROBES && fd >= 0; i++)
		slow += two_writes(k, fd) > least + (int64_t)(DELAY_MS * CLOCK_MS);
	if (fd >= 0)
		close(fd);
	if (slow > PROBES / 2)
		check_failed(k,
			     "Nagle and delayed acknowledgement: %d of %d took %lld ms and more "
			     "over the fastest",
			     slow, PROBES, (long long)DELAY_MS);
	else
		check_passed(k, "%lld to %lld us", (long long)(least / 1000),
			     (long long)(most / 1000));
}

void check_survives_reset(struct check *k)
{
	const struct linger now = { .l_onoff = 1 };
	static const char data[4096];
	struct flow f = { .total = SMALL };

	for (int i = 0; i < RESETS; i++) {
		int fd = check_connect(k);

		if (fd < 0)
			return;
		if (check_send(fd, data, sizeof(data), 0) < 0 && !compat_would_block(errno))
			i = RESETS; /* it resets us: enough is seen below */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
	}
	if (is_served(k, &f))
		check_passed(k, "after %d resets", RESETS);
}
