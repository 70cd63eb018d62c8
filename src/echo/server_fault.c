/* SPDX-License-Identifier: MIT */
/* server_fault.c - the echo server does wrong what it was told to */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/server_impl.h"

enum {
	PARK_MS = 200, /* what waits for the next one does not wait for ever */
};

static void sleep_until(struct conn *c, uint64_t due_ns)
{
	struct conn_extra *e = echo_extra(c);

	e->waits = true;
	loop_timer_set(c->listener->server->loop, &e->timer, due_ns);
}

/* The block is cut where the connection is to end, which is noted. */
static void cut(struct conn *c)
{
	const struct fault_config *fault = &c->listener->server->config->fault;
	struct conn_extra *e = echo_extra(c);
	struct block *b = c->held;

	e->in += b->len;
	if (fault->end == FAULT_NEVER || e->in < fault->end_after)
		return;
	b->len -= (size_t)(e->in - fault->end_after);
	e->in = fault->end_after;
	e->ending = true;
}

/* The connection ends as it was told to. */
static enum fault_step finish(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	const struct fault_config *fault = &s->config->fault;
	struct conn_extra *e = echo_extra(c);
	const struct linger now = { .l_onoff = 1 };

	if (c->held)
		echo_block_put(s, c->held);
	c->held = NULL;
	if (fault->end == FAULT_STALL) {
		e->stalled = true;
		if (c->listener->sa.u.sa.sa_family != AF_UNIX)
			compat_keep_alive(c->io.fd); /* or nothing would tell that it has left */
		s->counters.faults.stalls++;
		return FAULT_WAIT;
	}
	if (fault->end == FAULT_RESET) {
		s->counters.faults.resets++;
		setsockopt(c->io.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	} else {
		s->counters.faults.closes++;
	}
	echo_stream_close(c, 0);
	return FAULT_GONE;
}

enum fault_step echo_stream_fault(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	struct conn_extra *e = echo_extra(c);
	struct block *b = c->held;
	struct fault_plan plan;

	if (e->planned)
		return FAULT_GO;
	e->planned = true;
	cut(c);
	fault_plan(&plan, &s->config->fault, (e->serial << 32) + e->units++, b->len,
		   &s->counters.faults);
	if (plan.lose) {
		b->off = b->len;
		return FAULT_GO;
	}
	if (plan.corrupt)
		b->data[plan.at] = (char)(b->data[plan.at] ^ plan.change);
	e->twice = plan.duplicate;
	if (plan.reorder && !e->parked && !e->ending) {
		e->parked = b;
		e->planned = false;
		c->held = NULL;
		loop_timer_set(s->loop, &e->timer, clock_now_ns() + PARK_MS * CLOCK_MS);
		return FAULT_GO;
	}
	if (plan.delay_ns) {
		sleep_until(c, clock_now_ns() + plan.delay_ns);
		return FAULT_WAIT;
	}
	return FAULT_GO;
}

void echo_stream_unpark(struct conn *c)
{
	struct conn_extra *e = echo_extra(c);

	c->held = e->parked;
	e->parked = NULL;
	e->planned = true;
}

enum fault_step echo_stream_fault_sent(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	struct conn_extra *e = echo_extra(c);

	if (e->twice) {
		e->twice = false;
		c->held->off = 0;
		return FAULT_GO;
	}
	e->planned = false;
	if (e->ending)
		return finish(c);
	echo_block_put(s, c->held);
	c->held = NULL;
	if (e->parked)
		echo_stream_unpark(c);
	return FAULT_GO;
}

enum fault_step echo_stream_fault_end(struct conn *c)
{
	if (echo_extra(c)->parked)
		echo_stream_unpark(c);
	return FAULT_GO;
}

/* Datagrams */

/* What the N bytes of one datagram need. */
static size_t weight(size_t n)
{
	return sizeof(struct later) + n;
}

static void forget(struct later *later)
{
	struct listener *l = later->listener;

	loop_timer_stop(l->server->loop, &later->timer);
	if (later->before)
		later->before->next = later->next;
	else
		l->later = later->next;
	if (later->next)
		later->next->before = later->before;
	if (l->parked == later)
		l->parked = NULL;
	l->server->later_bytes -= weight(later->len);
	free(later);
}

void echo_datagram_forget(struct listener *l)
{
	for (struct later *later = l->later, *next; later; later = next) {
		next = later->next;
		l->server->counters.dropped++;
		forget(later);
	}
}

/* Sends N bytes; a fault is no reason to wait for room. */
static void put(struct listener *l, const void *data, size_t n, const struct sa *peer,
		const struct pktinfo *info)
{
	struct echo_counters *counters = &l->server->counters;

	if (pktinfo_send(l->io.fd, data, n, peer, info) < 0) {
		counters->dropped++;
		return;
	}
	counters->datagrams++;
	counters->bytes += n;
}

static void on_later(struct loop_timer *timer)
{
	struct later *later = (struct later *)timer;

	put(later->listener, later->data, later->len, &later->peer, &later->info);
	forget(later);
}

/* Keeps a copy of N bytes until DUE_NS; NULL if there are too many. */
static struct later *keep(struct listener *l, const void *data, size_t n,
			  const struct pktinfo_msg *msg, uint64_t due_ns)
{
	struct later *later;

	if (l->server->later_bytes + weight(n) > ECHO_LATER_MAX) {
		l->server->counters.dropped++;
		return NULL;
	}
	later = xcalloc(1, weight(n));
	later->timer.on_due = on_later;
	later->listener = l;
	later->peer = msg->peer;
	later->info = msg->info;
	later->info.segment = 0;
	later->len = n;
	memcpy(later->data, data, n);
	later->next = l->later;
	if (later->next)
		later->next->before = later;
	l->later = later;
	l->server->later_bytes += weight(n);
	loop_timer_set(l->server->loop, &later->timer, due_ns);
	return later;
}

/* One datagram of N bytes at DATA, in the piece MSG. */
static void go_wrong(struct listener *l, char *data, size_t n, const struct pktinfo_msg *msg)
{
	struct echo_server *s = l->server;
	struct pktinfo info = msg->info;
	struct later *parked = l->parked;
	struct fault_plan plan;
	uint64_t now = clock_now_ns();

	info.segment = 0;
	fault_plan(&plan, &s->config->fault, l->units++, n, &s->counters.faults);
	if (plan.lose)
		return;
	if (plan.corrupt)
		data[plan.at] = (char)(data[plan.at] ^ plan.change);
	if (plan.reorder && !parked) {
		l->parked = keep(l, data, n, msg, now + PARK_MS * CLOCK_MS);
		return;
	}
	for (int i = 0; i < 1 + plan.duplicate; i++) {
		if (plan.delay_ns)
			keep(l, data, n, msg, now + plan.delay_ns);
		else
			put(l, data, n, &msg->peer, &info);
	}
	if (parked) {
		l->parked = NULL;
		on_later(&parked->timer);
	}
}

void echo_datagram_fault(struct listener *l, const struct pktinfo_msg *msg)
{
	char *data = msg->data;
	size_t step = msg->info.segment ? msg->info.segment : msg->len;

	if (msg->len == 0)
		go_wrong(l, data, 0, msg);
	for (size_t at = 0; at < msg->len; at += step)
		go_wrong(l, data + at, msg->len - at < step ? msg->len - at : step, msg);
}
