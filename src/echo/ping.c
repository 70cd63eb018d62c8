/* SPDX-License-Identifier: MIT */
#include "echo/ping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "echo/pattern.h"
#include "echo/ping_impl.h"

enum {
	CHECK_MS = 10, /* between two looks for what is lost */
	JITTER_GAIN = 16,
	BEHIND_MAX = 65536, /* probes that are due already: more are not begun */
};

static const uint64_t mix = UINT64_C(0x9e3779b97f4a7c15);

static const char *const words[PING_VERDICTS] = {
	[PING_OK] = "ok",
	[PING_LOST] = "lost",
	[PING_LATE] = "late",
	[PING_DUPLICATE] = "duplicate",
	[PING_DIFFERENT] = "different",
	[PING_FOREIGN] = "foreign",
	[PING_REFUSED] = "refused",
	[PING_CLOSED] = "closed",
};

const char *ping_word(enum ping_verdict verdict)
{
	return words[verdict];
}

void ping_make(const struct ping *p, uint64_t number, void *to, size_t n)
{
	unsigned char *bytes = to;

	pattern_fill(p->config->seed + number * mix, 0, to, n);
	if (p->config->type != SOCK_DGRAM)
		return;
	for (int i = 0; i < PING_NUMBER; i++)
		bytes[i] = (unsigned char)((number ^ p->token) >> 8 * i);
}

uint64_t ping_number(const struct ping *p, const void *from)
{
	const unsigned char *bytes = from;
	uint64_t v = 0;

	for (int i = 0; i < PING_NUMBER; i++)
		v |= (uint64_t)bytes[i] << 8 * i;
	return v ^ p->token;
}

/* RFC 3550 section 6.4.1, of round trips. */
static void jitter(struct ping *p, uint64_t rtt_ns)
{
	uint64_t d = rtt_ns > p->transit_ns ? rtt_ns - p->transit_ns : p->transit_ns - rtt_ns;
	uint64_t *j = &p->result->jitter_ns;

	if (p->has_transit)
		*j = *j + d / JITTER_GAIN - *j / JITTER_GAIN;
	p->has_transit = true;
	p->transit_ns = rtt_ns;
}

/* What of the round trip was this host's, if the kernel has told both times. */
static void split(struct ping_probe *probe, const struct flight *f, uint64_t kernel_ns,
		  struct hist *network)
{
	uint64_t real_ns = clock_real_ns();

	if (!kernel_ns || !f->left_real_ns || f->left_real_ns < f->sent_real_ns ||
	    real_ns < kernel_ns)
		return;
	probe->stamped = true;
	probe->host_send_ns = f->left_real_ns - f->sent_real_ns;
	probe->host_recv_ns = real_ns - kernel_ns;
	if (probe->host_send_ns + probe->host_recv_ns <= probe->rtt_ns)
		hist_add(network, probe->rtt_ns - probe->host_send_ns - probe->host_recv_ns);
}

void ping_over(struct ping *p, struct flight *f, enum ping_verdict verdict, int code,
	       uint64_t now_ns, uint64_t kernel_ns)
{
	struct ping_probe probe = { .number = f->number,
				    .verdict = verdict,
				    .code = code,
				    .bytes = f->size,
				    .offset = f->offset };
	struct ping_conn *c = f->conn;
	bool back = verdict == PING_OK || verdict == PING_DIFFERENT || verdict == PING_LATE;

	p->result->verdicts[verdict]++;
	if (f->state == FLIGHT_OUT)
		p->flying--;
	f->state = back ? FLIGHT_OVER : FLIGHT_GONE;
	if (back) {
		probe.rtt_ns = now_ns - f->sent_ns;
		probe.reordered = f->number < p->highest;
		p->result->reordered += probe.reordered;
		if (f->number > p->highest)
			p->highest = f->number;
	}
	if (verdict == PING_OK) {
		hist_add(&p->result->rtt, probe.rtt_ns);
		jitter(p, probe.rtt_ns);
		split(&probe, f, kernel_ns, &p->result->network);
	}
	if (c && c->io.fd >= 0) {
		socklen_t len = sizeof(probe.local.u);

		probe.connect_ns = c->connect_ns;
		c->connect_ns = 0;
		if (p->config->type == SOCK_STREAM)
			ping_tcp_info(c->io.fd, &probe.tcp);
		if (getsockname(c->io.fd, &probe.local.u.sa, &len) == 0)
			probe.local.len = len;
	}
	p->config->probe(p->config->ctx, &probe);
}

void ping_odd(struct ping *p, enum ping_verdict verdict, uint64_t number, size_t bytes)
{
	const struct ping_probe probe = { .number = number, .verdict = verdict, .bytes = bytes };

	p->result->verdicts[verdict]++;
	p->config->probe(p->config->ctx, &probe);
}

static size_t size_of(const struct ping *p, uint64_t number)
{
	const struct ping_config *config = p->config;
	uint64_t range = config->size_max - config->size_min + 1;
	uint64_t v = (config->seed + number) * mix;

	return config->size_min + (size_t)((v ^ v >> 31) % range);
}

/* Begins the next probe, unless too many are on their way. */
static void begin(struct ping *p)
{
	uint64_t number = p->begun + 1;
	struct flight *f = ping_flight(p, number);
	struct ping_conn *c;

	if (f->state == FLIGHT_OUT || ping_choked(p)) {
		p->result->not_sent += p->config->interval_ns != 0;
		return;
	}
	p->begun = number;
	*f = (struct flight){ .state = FLIGHT_OUT, .number = number, .size = size_of(p, number) };
	p->flying++;
	p->result->sent++;
	f->sent_ns = clock_now_ns();
	c = ping_conn_for(p, number);
	if (!c)
		return; /* refused, and told of */
	f->conn = c;
	ping_send(c, f);
}

static void on_due(struct loop_timer *timer)
{
	struct ping *p = (struct ping *)((char *)timer - offsetof(struct ping, due));
	uint64_t now, next, behind = 0;

	if (p->stopping)
		return;
	begin(p);
	/* By the clock, not by the last probe: the times of day at which it asks do not drift. */
	next = timer->due_ns + p->config->interval_ns;
	now = clock_now_ns();
	if (p->config->interval_ns == 0)
		next = now; /* of the next turn of the loop, so that answers are read between */
	else if (now > next)
		behind = (now - next) / p->config->interval_ns;
	if (behind > BEHIND_MAX) {
		p->result->not_sent += behind;
		next += behind * p->config->interval_ns;
	}
	if ((p->config->count && p->begun >= p->config->count) ||
	    (p->config->duration_ns && next - p->start_ns > p->config->duration_ns)) {
		p->stopping = true;
		return;
	}
	loop_timer_set(p->loop, timer, next);
}

/* Gives up what has been on its way for too long. */
static void on_check(struct loop_timer *timer)
{
	struct ping *p = (struct ping *)((char *)timer - offsetof(struct ping, check));
	uint64_t now = clock_now_ns();

	for (; p->oldest <= p->begun; p->oldest++) {
		struct flight *f = ping_flight(p, p->oldest);

		if (f->state == FLIGHT_OUT && now - f->sent_ns <= p->config->timeout_ns)
			break;
		if (f->state != FLIGHT_OUT)
			continue;
		/* Of a stream one byte that is missing lets a probe wait for its last for ever. */
		ping_over(p, f, f->differs ? PING_DIFFERENT : PING_LOST, 0, now, 0);
		if (p->config->connect_each && f->conn)
			ping_conn_end(f->conn, 0);
	}
	ping_sweep(p);
	p->done = p->stopping && p->flying == 0;
	loop_timer_set(p->loop, timer, now + CHECK_MS * CLOCK_MS);
}

static void on_tick(struct loop_timer *timer)
{
	struct ping *p = (struct ping *)((char *)timer - offsetof(struct ping, tick));
	uint64_t now = clock_now_ns();

	p->result->elapsed_ns = now - p->start_ns;
	p->config->tick(p->config->ctx, p->result);
	loop_timer_set(p->loop, timer, now + p->config->tick_ns);
}

int ping_run(const struct ping_config *config, struct ping_result *result, struct err *err)
{
	struct ping *p = xcalloc(1, sizeof(*p));
	int rc = 0;

	memset(result, 0, sizeof(*result));
	p->config = config;
	p->result = result;
	p->token = (config->seed + 1) * mix;
	p->oldest = 1;
	p->loop = loop_new(NULL, config->mask, err);
	if (!p->loop) {
		free(p);
		return -1;
	}
	loop_spin(p->loop, config->spin_ns);
	p->start_ns = clock_now_ns();
	p->due.on_due = on_due;
	p->check.on_due = on_check;
	loop_timer_set(p->loop, &p->due, p->start_ns);
	loop_timer_set(p->loop, &p->check, p->start_ns + CHECK_MS * CLOCK_MS);
	p->tick.on_due = on_tick;
	if (config->tick_ns)
		loop_timer_set(p->loop, &p->tick, p->start_ns + config->tick_ns);
	while (rc == 0 && !p->done && !(config->stop && config->stop(config->ctx))) {
		rc = loop_turn(p->loop, err);
		ping_sweep(p);
		if (p->stopping && p->flying == 0)
			p->done = true;
		if (rc == 0 && p->broken) {
			*err = p->err;
			rc = -1;
		}
	}
	result->elapsed_ns = clock_now_ns() - p->start_ns;
	for (struct ping_conn *c = p->conns; c; c = c->next)
		c->dead = true;
	ping_sweep(p);
	loop_free(p->loop);
	free(p);
	return rc;
}
