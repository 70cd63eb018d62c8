/* SPDX-License-Identifier: MIT */
/* load_stream.c - the load on streams: messages, one after the other, and bulk */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/load_impl.h"

enum {
	ROUNDS = 8, /* blocks of one connection in a turn */
};

static bool idle(const struct load_conn *c)
{
	return c->in >= c->planned && c->out == c->planned &&
	       (c->load->config->kind != LOAD_BULK || c->closed);
}

/* Bytes that were sent and did not come back. */
static unsigned long long owed(const struct load_conn *c)
{
	return c->out > c->in ? c->out - c->in : 0;
}

/* C is at its end; what was sent and did not come back is missing. */
static void ended(struct load_conn *c, int code)
{
	struct load *load = c->load;
	uint64_t missing = c->next - c->first;

	if (code && code != ECONNRESET && code != EPIPE && code != ETIMEDOUT)
		load_failure(c, "the connection failed", code);
	if (load->config->kind == LOAD_BULK ? c->in < c->out :
					      missing != 0 || c->out < c->planned) {
		load->result.broken++;
		load->result.missing += missing;
		load_fault(c, "the server ended the connection%s%s: %llu bytes were not returned",
			   code ? ": " : "", code ? strerror(code) : "", owed(c));
	} else if (!load->stopping && load->config->kind != LOAD_CHURN) {
		load->result.broken++;
		load_fault(c, "the server ended the connection%s%s", code ? ": " : "",
			   code ? strerror(code) : "");
	}
	c->first = c->next;
	load_close(c);
}

/* Sends what is planned: 1 if all is gone, 0 if the peer takes no more now, -1 with errno. */
static int send_planned(struct load_conn *c)
{
	while (c->out < c->planned) {
		uint64_t left = c->planned - c->out;
		size_t n = left < LOAD_BLOCK ? (size_t)left : LOAD_BLOCK;
		ssize_t sent =
			send(c->io.fd, load_pattern(c, c->out), n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM))
			return 0;
		if (sent < 0)
			return -1;
		c->out += (uint64_t)sent;
		c->load->result.bytes_out += (uint64_t)sent;
	}
	return 1;
}

/*
 * The only connection, with one message on its way: to wait in recv(2) takes a system call less
 * than to wait in the loop, a twentieth of a round trip to this host.  It ends with the tick, at
 * which the loop looks at the clock and at signals.
 */
static bool can_wait(struct load_conn *c)
{
	const struct load_config *config = c->load->config;
	const struct timeval tick = { .tv_usec = LOAD_TICK_MS * 1000 };
	int flags;

	if (c->load->nconns != 1 || config->pipeline != 1 || config->kind != LOAD_MESSAGES ||
	    config->rate || config->spin_ns)
		return false;
	flags = fcntl(c->io.fd, F_GETFL);
	return flags >= 0 &&
	       setsockopt(c->io.fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick)) == 0 &&
	       fcntl(c->io.fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

/* Begins as many messages as may be on their way, and sends them together. */
static void begin(struct load_conn *c, uint64_t now)
{
	const struct load_config *config = c->load->config;
	uint64_t meant_ns;
	int rc;

	if (config->kind == LOAD_BULK) {
		if (c->load->stopping && !c->shut) {
			c->shut = true;
			shutdown(c->io.fd, SHUT_WR);
			load_want(c, LOOP_READ);
		} else if (!c->shut) {
			load_want(c, LOOP_READ | LOOP_WRITE);
		}
		return;
	}
	if (c->first == c->next)
		c->progress_ns = now;
	if (c->planned == 0)
		c->waits = can_wait(c);
	while (c->next - c->first < config->pipeline && load_may_begin(c, now, &meant_ns)) {
		struct flight *f = &c->flights[c->next++ & (c->cap - 1)];

		c->planned += load_next_size(c);
		*f = (struct flight){ .end = c->planned, .meant_ns = meant_ns, .sent_ns = now };
		c->load->result.sent++;
		if (config->kind == LOAD_CHURN)
			break;
	}
	rc = send_planned(c);
	if (rc < 0)
		ended(c, errno);
	else
		load_want(c, LOOP_READ | (rc == 0 ? LOOP_WRITE : 0));
}

/* N bytes in the block came back: they are compared. */
static void check(struct load_conn *c, size_t n)
{
	struct load *load = c->load;
	size_t same;

	load->result.bytes_in += n;
	if (!c->differs) {
		unsigned long long at;

		same = load_same(load_pattern(c, c->in), load->block, n);
		at = c->in;
		at += same;
		if (same < n && at >= c->out) {
			c->differs = true;
			load->result.different++;
			load_fault(c, "offset %llu: got 0x%02x, which was not sent", at,
				   load->block[same]);
		} else if (same < n) {
			c->differs = true;
			load->result.different++;
			load_fault(c, "offset %llu differs: sent 0x%02x, got 0x%02x", at,
				   load_pattern(c, at)[0], load->block[same]);
		}
	}
	c->in += n;
	if (c->in > c->out && !c->differs) {
		c->differs = true;
		load->result.different++;
		load_fault(c, "offset %llu: more came back than was sent",
			   (unsigned long long)c->out);
	}
}

/* The messages that are whole again; true if there were any. */
static bool complete(struct load_conn *c, uint64_t now)
{
	bool any = false;

	for (; c->first < c->next; c->first++) {
		const struct flight *f = &c->flights[c->first & (c->cap - 1)];

		if (f->end > c->in)
			break;
		load_count(c->load, f, now);
		any = true;
	}
	return any;
}

/* Receives at most a block: bytes, 0 at the end of file, -1 with errno; FLAGS are of recv(2). */
static ssize_t receive(struct load_conn *c, int flags)
{
	ssize_t n;

	do {
		n = recv(c->io.fd, c->load->block, LOAD_BLOCK, flags);
	} while (n < 0 && errno == EINTR);
	return n;
}

static void ready_bulk(struct load_conn *c, unsigned ready)
{
	bool reads = ready & LOOP_READ, writes = (ready & LOOP_WRITE) && !c->shut;

	for (int i = 0; i < ROUNDS && (reads || writes); i++) {
		ssize_t n;

		if (reads) {
			n = receive(c, MSG_DONTWAIT);
			if (n == 0 || (n < 0 && !compat_would_block(errno))) {
				ended(c, n == 0 ? 0 : errno);
				return;
			}
			reads = n == LOAD_BLOCK;
			if (n > 0)
				check(c, (size_t)n);
		}
		if (writes) {
			c->planned = c->out + LOAD_BLOCK;
			n = send_planned(c);
			c->planned = c->out;
			if (n < 0) {
				ended(c, errno);
				return;
			}
			writes = n > 0;
			reads = reads || n > 0;
		}
	}
}

/* Takes what came and begins what may follow: true if there is an answer to wait for. */
static bool exchange(struct load_conn *c, unsigned ready, int flags)
{
	ssize_t n = 0;
	uint64_t now;

	if (ready & LOOP_READ) {
		n = receive(c, flags);
		if (n == 0 || (n < 0 && !compat_would_block(errno))) {
			ended(c, n == 0 ? 0 : errno);
			return false;
		}
		if (n < 0 && !(ready & LOOP_WRITE))
			return false; /* nothing yet */
		if (n > 0)
			check(c, (size_t)n);
	}
	now = clock_now_ns();
	if (n > 0) {
		loop_hot(c->load->loop, &c->io);
		c->progress_ns = now;
		if (complete(c, now) && c->load->config->kind == LOAD_CHURN &&
		    c->first == c->next) {
			load_close(c);
			return false;
		}
	}
	if (c->load->config->kind != LOAD_CHURN || (ready & LOOP_WRITE))
		begin(c, now);
	return n > 0 && c->io.fd >= 0 && c->out == c->planned && c->first < c->next;
}

static void ready_messages(struct load_conn *c, unsigned ready)
{
	bool awaits = exchange(c, ready, MSG_DONTWAIT);

	while (awaits && c->waits && c->progress_ns < c->load->tick.due_ns)
		awaits = exchange(c, LOOP_READ, 0);
}

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct load_conn *c = (struct load_conn *)io;

	if (c->load->config->kind == LOAD_BULK)
		ready_bulk(c, ready);
	else
		ready_messages(c, ready);
}

static void on_tick(struct load_conn *c, uint64_t now)
{
	struct load *load = c->load;
	bool silent = c->first < c->next && now - c->progress_ns > load->config->timeout_ns;

	if (!silent && !(load->stopping && now >= load->end_ns))
		return;
	if (c->first == c->next && load->config->kind != LOAD_BULK)
		return;
	load->result.missing += c->next - c->first;
	if (load->end_ns || !load->stopping) { /* else the caller does not wait for it any more */
		load->result.broken++;
		if (c->in < c->out)
			load_fault(c, "the server is silent: %llu bytes were not returned",
				   owed(c));
		else
			load_fault(c, "the server did not end the stream");
	}
	c->first = c->next;
	c->in = c->out = c->planned;
	load_close(c);
}

const struct load_ops load_stream = {
	.ready = on_ready,
	.begin = begin,
	.tick = on_tick,
	.idle = idle,
};
