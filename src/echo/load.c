/* SPDX-License-Identifier: MIT */
#include "echo/load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/load_impl.h"
#include "echo/pattern.h"
#include "net/sock.h"

enum {
	RETRY_MS = 10,  /* after a connection that could not be made */
	RAMP_MS = 1000, /* the longest that all wait for the last to be connected */
};

static const uint64_t mix = UINT64_C(0x9e3779b97f4a7c15);

/* The ops of LOAD's type. */
static const struct load_ops *ops_of(const struct load *load)
{
	return load->config->type == SOCK_DGRAM ? &load_datagram : &load_stream;
}

static void note(struct load_conn *c, enum err_kind kind, const char *text)
{
	struct err *first = &c->load->result.fault;

	if (first->kind != ERR_NONE)
		return;
	if (c->load->config->connections > 1)
		(void)err_set(first, kind, "connection %u: %s", c->index + 1, text);
	else
		(void)err_set(first, kind, "%s", text);
}

void load_fault(struct load_conn *c, const char *fmt, ...)
{
	char text[sizeof(c->load->result.fault.text) / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note(c, ERR_NEGATIVE, text);
}

void load_failure(struct load_conn *c, const char *call, int code)
{
	char text[sizeof(c->load->result.fault.text) / 2];

	snprintf(text, sizeof(text), "%s: %s", call, strerror(code));
	note(c, ERR_SYSTEM, text);
}

const unsigned char *load_pattern(const struct load_conn *c, uint64_t offset)
{
	return c->load->pattern + (c->phase + offset) % LOAD_PERIOD;
}

size_t load_same(const unsigned char *want, const unsigned char *data, size_t n)
{
	size_t i = 0;

	if (memcmp(want, data, n) == 0)
		return n;
	while (want[i] == data[i])
		i++;
	return i;
}

/* When message NUMBER of C is meant to be sent: those of all connections come in turn. */
static uint64_t meant(const struct load_conn *c, uint64_t number)
{
	const struct load_config *config = c->load->config;
	uint64_t nth = number * config->connections + c->index;

	return c->load->start_ns + nth / config->rate * CLOCK_S +
	       nth % config->rate * CLOCK_S / config->rate;
}

bool load_may_begin(struct load_conn *c, uint64_t now, uint64_t *meant_ns)
{
	struct load *load = c->load;

	*meant_ns = now;
	if (load->stopping || load->budget == 0)
		return false;
	if (load->config->rate == 0)
		return true;
	*meant_ns = meant(c, c->number);
	if (*meant_ns <= now)
		return true;
	loop_timer_set(load->loop, &c->due, *meant_ns);
	return false;
}

size_t load_next_size(struct load_conn *c)
{
	const struct load_config *config = c->load->config;
	uint64_t range = config->size_max - config->size_min + 1, v;

	if (c->load->budget != UINT64_MAX)
		c->load->budget--;
	c->number++;
	if (range == 1)
		return config->size_min;
	v = (config->seed ^ (c->index + 1) * mix) + c->number * mix;
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return config->size_min + (size_t)((v ^ v >> 31) % range);
}

void load_count(struct load *load, const struct flight *f, uint64_t now)
{
	load->result.received++;
	load->last_ns = now;
	hist_add(&load->result.latency, now - f->meant_ns);
	if (load->config->rate)
		hist_add(&load->result.service, now - f->sent_ns);
}

void load_want(struct load_conn *c, unsigned want)
{
	struct load *load = c->load;

	if (loop_want(load->loop, &c->io, want, &load->err) < 0)
		load->broken = true;
}

static void on_connecting(struct loop_fd *io, unsigned ready);

/*
 * The measurement begins: the time in which connections are made is no part of it, in which who is
 * first would wait for who is last.
 */
static void start_all(struct load *load, uint64_t now)
{
	load->begun = true;
	load->start_ns = now;
	loop_timer_set(load->loop, &load->tick, now);
	for (unsigned i = 0; i < load->nconns; i++) {
		struct load_conn *c = &load->conns[i];

		if (c->io.fd >= 0 && !c->connecting)
			ops_of(load)->begin(c, now);
	}
}

/* One more is connected, or cannot be. */
static void settled(struct load *load)
{
	if (!load->begun && --load->pending == 0)
		start_all(load, clock_now_ns());
}

/* One that cannot be made is tried again a little later, or the machine would do nothing else. */
static void cannot_connect(struct load_conn *c, const struct err *err)
{
	struct load *load = c->load;

	load->result.refused++;
	if (load->result.fault.kind == ERR_NONE)
		load->result.fault = *err;
	if (c->io.fd >= 0)
		close(c->io.fd);
	c->io.fd = -1;
	if (load->config->kind == LOAD_CHURN && load->budget && load->budget != UINT64_MAX)
		load->budget--; /* its message is not sent any more, or there would be no end */
	if (load->config->kind == LOAD_CHURN && !load->stopping && load->budget) {
		loop_timer_set(load->loop, &c->due, clock_now_ns() + RETRY_MS * CLOCK_MS);
		return;
	}
	c->closed = true;
	load->open--;
	settled(load);
}

static void connected(struct load_conn *c)
{
	struct load *load = c->load;
	uint64_t now = clock_now_ns();

	c->connecting = false;
	c->io.on_ready = ops_of(load)->ready;
	c->progress_ns = now;
	load->result.connections++;
	hist_add(&load->result.connect, now - c->start_ns);
	load_want(c, LOOP_READ);
	if (load->begun)
		ops_of(load)->begin(c, load->config->kind == LOAD_CHURN ? c->start_ns : now);
	settled(load);
}

static void on_connecting(struct loop_fd *io, unsigned ready UNUSED)
{
	struct load_conn *c = (struct load_conn *)io;
	struct err err;

	if (sock_connected(io->fd, c->load->config->address, &err) == 0) {
		connected(c);
		return;
	}
	loop_del(c->load->loop, io);
	cannot_connect(c, &err);
}

/* Begins to connect C, as sock_connect(): to this host it is done at once, whatever that says. */
static int begin_connect(struct load_conn *c, struct err *err)
{
	struct err not_yet;
	struct sa peer;
	int rc = sock_connect(c->io.fd, c->load->config->address, err);

	return rc == 0 && sock_peer(c->io.fd, &peer, &not_yet) == 0 ? 1 : rc;
}

static void open_conn(struct load_conn *c)
{
	const struct load_config *config = c->load->config;
	struct err err;
	int rc;

	c->start_ns = c->progress_ns = clock_now_ns();
	c->out = c->planned = c->in = c->first = c->next = c->refused_ns = 0;
	c->differs = false;
	c->connecting = true;
	c->io.on_ready = on_connecting;
	c->io.fd = sock_open(config->address->u.sa.sa_family, config->type, &err);
	if (c->io.fd < 0 || sock_nodelay(c->io.fd, config->address, config->type, &err) < 0 ||
	    (config->prepare && config->prepare(config->ctx, c->io.fd, &err) < 0)) {
		cannot_connect(c, &err);
		return;
	}
	rc = begin_connect(c, &err);
	if (rc < 0 || loop_add(c->load->loop, &c->io, rc ? LOOP_READ : LOOP_WRITE, &err) < 0)
		cannot_connect(c, &err);
	else if (rc > 0)
		connected(c);
}

void load_close(struct load_conn *c)
{
	struct load *load = c->load;

	loop_timer_stop(load->loop, &c->due);
	loop_close(load->loop, &c->io);
	c->io.fd = -1;
	if (load->config->kind == LOAD_CHURN && !load->stopping && load->budget) {
		/* Not from here: a server that ends each connection at once would nest them. */
		loop_timer_set(load->loop, &c->due, 0);
		return;
	}
	c->closed = true;
	load->open--;
}

static void on_due(struct loop_timer *timer)
{
	struct load_conn *c = (struct load_conn *)((char *)timer - offsetof(struct load_conn, due));

	if (c->io.fd >= 0)
		ops_of(c->load)->begin(c, clock_now_ns());
	else if (!c->load->stopping)
		open_conn(c);
}

/*
 * Messages that were meant to be sent before NOW and are not; they are not sent any more.  Those
 * that have just become due would be sent, but for the end.
 */
static uint64_t not_sent(const struct load_conn *c, uint64_t now)
{
	const struct load_config *config = c->load->config;
	uint64_t *budget = &c->load->budget, nth, n;

	if (!config->rate || now <= c->load->start_ns + LOAD_TICK_MS * CLOCK_MS)
		return 0;
	/* How many of all were meant by then, and of them those of this connection. */
	now -= c->load->start_ns + LOAD_TICK_MS * CLOCK_MS;
	nth = now / CLOCK_S * config->rate + (now % CLOCK_S * config->rate + CLOCK_S - 1) / CLOCK_S;
	n = nth > c->index ? (nth - c->index - 1) / config->connections + 1 : 0;
	n = n > c->number ? n - c->number : 0;
	if (n > *budget)
		n = *budget;
	if (*budget != UINT64_MAX)
		*budget -= n;
	return n;
}

/* No more is begun: what has nothing on its way is over. */
static void stop_now(struct load *load, uint64_t now)
{
	load->stopping = true;
	load->stop_ns = now;
	load->end_ns = now + load->config->timeout_ns;
	/* The last of so many messages was back a little before it is seen here. */
	load->result.elapsed_ns =
		(load->budget == 0 && load->last_ns ? load->last_ns : now) - load->start_ns;
	load->result.bytes_timed = load->result.bytes_in;
	for (unsigned i = 0; i < load->nconns; i++) {
		struct load_conn *c = &load->conns[i];

		loop_timer_stop(load->loop, &c->due);
		load->result.unsent += not_sent(c, now);
		if (c->closed)
			continue;
		if (c->io.fd < 0 || c->connecting) {
			if (c->io.fd >= 0) {
				loop_del(load->loop, &c->io);
				close(c->io.fd);
				c->io.fd = -1;
			}
			c->closed = true;
			load->open--;
		} else if (load->config->kind == LOAD_BULK) {
			ops_of(load)->begin(c, now); /* shuts its half down */
		}
	}
}

/* What cannot come any more is counted, and what is idle closed. */
static void look(struct load *load, uint64_t now)
{
	const struct load_ops *ops = ops_of(load);
	bool over = load->budget == 0;

	for (unsigned i = 0; i < load->nconns; i++) {
		struct load_conn *c = &load->conns[i];

		if (c->io.fd < 0)
			continue;
		if (c->connecting) {
			if (now - c->start_ns > load->config->timeout_ns) {
				struct err err;

				loop_del(load->loop, &c->io);
				errno = ETIMEDOUT;
				(void)err_sys(&err, "connect");
				cannot_connect(c, &err);
			}
			continue;
		}
		ops->tick(c, now);
		over = over && (c->io.fd < 0 || ops->idle(c));
	}
	if (!load->stopping && (over || load->open == 0))
		stop_now(load, now);
	for (unsigned i = 0; load->stopping && i < load->nconns; i++) {
		struct load_conn *c = &load->conns[i];

		if (c->io.fd >= 0 && (ops->idle(c) || now >= load->end_ns))
			load_close(c);
	}
}

static void on_tick(struct loop_timer *timer)
{
	struct load *load = (struct load *)((char *)timer - offsetof(struct load, tick));
	uint64_t now = clock_now_ns(), next = now + LOAD_TICK_MS * CLOCK_MS;

	if (!load->begun && now - load->start_ns >= RAMP_MS * CLOCK_MS)
		start_all(load, now);
	if (load->begun && !load->stopping && load->config->duration_ns &&
	    now - load->start_ns >= load->config->duration_ns)
		stop_now(load, now);
	look(load, now);
	load->done = load->stopping && load->open == 0;
	if (load->begun && !load->stopping && load->config->duration_ns &&
	    load->start_ns + load->config->duration_ns < next)
		next = load->start_ns + load->config->duration_ns;
	loop_timer_set(load->loop, timer, next);
}

int load_prepare(struct load *load, const sigset_t *mask, struct err *err)
{
	const struct load_config *config = load->config;
	uint32_t cap = 1;

	load->loop = loop_new(NULL, mask, err);
	if (!load->loop)
		return -1;
	loop_spin(load->loop, config->spin_ns);
	pattern_fill(config->seed, 0, load->pattern, LOAD_PERIOD);
	for (size_t i = LOAD_PERIOD; i < sizeof(load->pattern); i++)
		load->pattern[i] = load->pattern[i - LOAD_PERIOD];
	load->token = config->seed * mix + mix;
	while (cap < (config->type == SOCK_DGRAM ? 4 : 1) * config->pipeline)
		cap *= 2;
	if (config->type == SOCK_DGRAM && cap < 4096)
		cap = 4096; /* so that what comes late or twice is known for what it is */
	load->conns = xcalloc(load->nconns, sizeof(*load->conns));
	for (unsigned i = 0; i < load->nconns; i++) {
		struct load_conn *c = &load->conns[i];

		c->load = load;
		c->io.fd = -1;
		c->due.on_due = on_due;
		c->index = load->first + i;
		c->phase = (unsigned)((c->index * UINT64_C(7919)) % LOAD_PERIOD);
		c->cap = cap;
		c->flights = xcalloc(cap, sizeof(*c->flights));
		if (config->type == SOCK_DGRAM)
			c->states = xcalloc(cap, 1);
	}
	return 0;
}

void load_finish(struct load *load)
{
	for (unsigned i = 0; i < load->nconns && load->conns; i++) {
		if (load->conns[i].io.fd >= 0)
			close(load->conns[i].io.fd);
		free(load->conns[i].flights);
		free(load->conns[i].states);
	}
	free(load->conns);
	loop_free(load->loop);
}

static void begin(struct load *load)
{
	load->open = load->pending = load->nconns;
	load->begun = load->config->kind == LOAD_CHURN; /* connections are what it measures */
	load->start_ns = clock_now_ns();
	load->tick.on_due = on_tick;
	for (unsigned i = 0; i < load->nconns; i++)
		open_conn(&load->conns[i]);
	loop_timer_set(load->loop, &load->tick, load->start_ns);
}

static int turn(struct load *load, struct err *err)
{
	if (loop_turn(load->loop, err) < 0)
		return -1;
	if (load->broken) {
		*err = load->err;
		return -1;
	}
	return 0;
}

int load_run_here(struct load *load, struct err *err)
{
	const struct load_config *config = load->config;
	uint64_t report = config->interval_ns ? clock_now_ns() + config->interval_ns : UINT64_MAX;

	begin(load);
	while (!load->done) {
		if (config->stop && config->stop(config->ctx)) {
			if (!load->stopping)
				stop_now(load, clock_now_ns());
			load->end_ns = 0;
		}
		if (turn(load, err) < 0)
			return -1;
		if (report != UINT64_MAX && clock_now_ns() >= report && !load->stopping) {
			load->result.elapsed_ns = clock_now_ns() - load->start_ns;
			load->result.bytes_timed = load->result.bytes_in;
			config->report(config->ctx, &load->result);
			report += config->interval_ns;
		}
	}
	return 0;
}
