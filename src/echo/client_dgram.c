/* SPDX-License-Identifier: MIT */
/* client_dgram.c - the echo client over datagrams: one on its way at a time */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/client_impl.h"

/* FNV-1a: to know a datagram again. */
static uint64_t hash(const char *data, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* The datagram on its way is over: its answer came, or is not waited for any more. */
static void finish(struct client *c)
{
	struct client_past *past = &c->past[c->npast++ % CLIENT_RECENT];

	*past = (struct client_past){ c->flying, hash(c->lines.data, c->flying) };
	buf_consume(&c->lines, c->flying);
	c->before += c->flying;
	c->flying = 0;
	loop_timer_stop(c->loop, &c->timer);
}

/* The answer to one that is over: too late, or the second. */
static bool is_past(const struct client *c, size_t n)
{
	uint64_t h = hash(c->block, n);

	for (size_t i = 0; i < CLIENT_RECENT && i < c->npast; i++)
		if (c->past[i].len == n && c->past[i].hash == h)
			return true;
	return false;
}

/* Bytes of the next datagram: a line, as much of it as goes into one; 0 if it is not all there. */
static size_t next_len(const struct client *c)
{
	size_t n = c->lines.len < ECHO_DATAGRAM_MAX ? c->lines.len : ECHO_DATAGRAM_MAX;
	const char *newline = n ? memchr(c->lines.data, '\n', n) : NULL;

	if (newline)
		return (size_t)(newline - c->lines.data) + 1;
	return n == ECHO_DATAGRAM_MAX || c->in_end ? n : 0;
}

/*
 * Nobody listened there when one arrived, as errno says.  That is the answer to the first;
 * where others were answered it is the loss of one.
 */
static bool is_loss(const struct client *c)
{
	return errno == ECONNREFUSED && c->result.received > 0;
}

/* The network refused it, with errno, which recv(2) may tell of what was sent before. */
static void refused(struct client *c, bool sending)
{
	char text[SA_STRLEN];

	err_sys(&c->err, "%s %s", sending || errno == ECONNREFUSED ? "send to" : "receive from",
		sa_format(client_address(c), text));
	if (errno == ECONNREFUSED && c->result.received == 0)
		client_next_address(c);
	else
		client_fail(c);
}

/* Records have an end, as a stream has. */
static void peer_ends(struct client *c)
{
	struct echo_result *r = &c->result;

	c->peer_end = c->done = true;
	if (r->verdict == ECHO_UNKNOWN && (c->flying || c->lines.len || !c->in_end)) {
		r->verdict = ECHO_CLOSED;
		r->missing = c->unsent ? 0 : c->flying;
	}
}

/* Sends the datagram in front, or notes that the system does not take it now. */
static void transmit(struct client *c)
{
	bool again = true;
	ssize_t n;

	do {
		n = send(c->sock.fd, c->lines.data, c->flying, MSG_NOSIGNAL);
		if (n < 0 && is_loss(c) && again) { /* of one before: this one was not sent */
			again = false;
			errno = EINTR;
		}
	} while (n < 0 && errno == EINTR);
	c->unsent = n < 0 && (compat_would_block(errno) || errno == EPIPE);
	if (c->unsent) {
		if (errno == EPIPE)
			peer_ends(c);
		return;
	}
	/* Those are a loss on the way. */
	if (n < 0 && errno != ENOBUFS && errno != ENOMEM && !is_loss(c)) {
		refused(c, true);
		return;
	}
	client_print_sent(c, c->lines.data, c->flying);
	c->result.datagrams++;
	c->result.sent += c->flying;
	if (c->config->timeout_ns)
		loop_timer_set(c->loop, &c->timer, clock_now_ns() + c->config->timeout_ns);
}

/* To another address than before: the one on its way is sent again. */
static void begin(struct client *c)
{
	c->result.datagrams = c->result.sent = 0;
	if (c->flying)
		transmit(c);
}

static void read_some(struct client *c)
{
	size_t n = client_read(c, buf_reserve(&c->lines, CLIENT_BLOCK), CLIENT_BLOCK);

	c->lines.len += n;
}

static void compare(struct client *c, size_t n)
{
	struct echo_result *r = &c->result;
	size_t same = 0;

	if (!c->flying || n != c->flying || memcmp(c->block, c->lines.data, n) != 0) {
		if (is_past(c, n)) {
			r->late++;
			return;
		}
		if (!c->flying)
			return;
		while (same < n && same < c->flying && c->block[same] == c->lines.data[same])
			same++;
		if (r->verdict == ECHO_UNKNOWN) {
			r->verdict = same == c->flying ? ECHO_EXTRA :
				     same == n         ? ECHO_MISSING :
							 ECHO_DIFFERENT;
			r->offset = c->before + same;
			r->missing = c->flying - same;
			r->want = same < c->flying ? (unsigned char)c->lines.data[same] : -1;
			r->got = same < n ? (unsigned char)c->block[same] : -1;
		}
	}
	r->received += n;
	client_print(c, c->block, n);
	finish(c);
}

static void due(struct client *c)
{
	c->result.lost++;
	finish(c);
}

static void sock(struct client *c, unsigned ready)
{
	ssize_t n;

	if (ready & LOOP_READ) {
		n = recv(c->sock.fd, c->block, sizeof(c->block), 0);
		if (n == 0 && c->config->type == SOCK_SEQPACKET) {
			peer_ends(c);
			return;
		}
		if (n >= 0) {
			compare(c, (size_t)n);
		} else if (is_loss(c)) {
			if (c->flying && !c->unsent)
				due(c);
		} else if (errno != EINTR && !compat_would_block(errno)) {
			refused(c, false);
			return;
		}
	}
	if ((ready & LOOP_WRITE) && c->unsent && c->flying)
		transmit(c);
}

static void settle(struct client *c)
{
	unsigned in = 0;

	while (!c->flying && !c->done && !c->connecting && client_printed(c) &&
	       (c->flying = next_len(c)) > 0)
		transmit(c);
	if (c->done)
		return;
	if (!c->flying && c->in_end && c->lines.len == 0 && client_printed(c)) {
		c->done = true;
		return;
	}
	if (!c->flying && !c->in_end && client_printed(c))
		in = LOOP_READ;
	/* What is printed must stay: later answers wait. */
	client_want(c, in, (client_printed(c) ? LOOP_READ : 0) | (c->unsent ? LOOP_WRITE : 0));
}

static void end(struct client *c)
{
	if (c->result.verdict == ECHO_UNKNOWN) {
		c->result.verdict = c->result.lost        ? ECHO_LOST :
				    c->done && !c->failed ? ECHO_EQUAL :
							    ECHO_UNKNOWN;
	}
	buf_fini(&c->lines);
}

const struct client_ops client_datagram = {
	.begin = begin,
	.read = read_some,
	.sock = sock,
	.due = due,
	.settle = settle,
	.end = end,
};
