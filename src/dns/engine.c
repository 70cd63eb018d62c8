/* SPDX-License-Identifier: MIT */
#include "dns/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "dns/engine_impl.h"

enum {
	WINDOW = 500, /* the defaults of struct engine_config */
	TRIES = 10,
	WINDOW_FIRST = 128,
	UDP_SOCKETS = 4,
	UDP_SOCKETS_MAX = 64,
	UDP_QUERIES = 4096,     /* a socket more for so many */
	SOCKET_QUERIES = 12000, /* whose ids, ENGINE_ASKED each, a socket has room for */
	RECEIVE = 4096,         /* bytes of an answer, or what the query allows */
	STRIDE = 64,            /* so that the buffers do not share their cache lines */
};

#define BLOCKED_NS CLOCK_MS        /* until sending is tried again */
#define BURST_NS   (10 * CLOCK_MS) /* of the rate that may be made up for at once */

static void queue_add(struct engine_queue *queue, struct engine_query *q)
{
	q->next = NULL;
	q->prev = queue->last;
	*(queue->last ? &queue->last->next : &queue->first) = q;
	queue->last = q;
	queue->n++;
}

static void queue_del(struct engine_queue *queue, struct engine_query *q)
{
	*(q->prev ? &q->prev->next : &queue->first) = q->next;
	*(q->next ? &q->next->prev : &queue->last) = q->prev;
	queue->n--;
}

/* What one query costs of the rate, in nanoseconds. */
static uint64_t cost(const struct engine *e)
{
	return e->config.rate ? CLOCK_S / e->config.rate : 0;
}

static void save_tokens(struct engine *e)
{
	uint64_t most = cost(e) > BURST_NS ? cost(e) : BURST_NS;

	e->tokens_ns += e->now_ns - e->filled_ns;
	e->filled_ns = e->now_ns;
	if (e->tokens_ns > most)
		e->tokens_ns = most;
}

/* The next slot to be sent: one that was sent before, or the first that waits. */
static struct engine_slot *next_slot(struct engine *e)
{
	struct engine_query *q = e->waiting.first;
	struct engine_slot *slot;

	if (!engine_ring_empty(&e->again)) {
		slot = ENGINE_SLOT(e->again.next, link);
		engine_link_del(&slot->link);
		return slot;
	}
	if (!q || e->held >= e->config.window)
		return NULL;
	queue_del(&e->waiting, q);
	slot = engine_hold(e, q);
	slot->tcp = e->config.tcp;
	slot->server = (uint16_t)engine_server_from(e, e->turn);
	if (e->config.rotate)
		e->turn = slot->server + 1U;
	return slot;
}

/* Sends what the window and the rate have room for. */
static void pump(struct engine *e)
{
	struct engine_slot *slot;
	size_t most =
		e->waiting.n + e->held; /* so that a caller who always asks again is no trap */

	e->blocked = false;
	save_tokens(e);
	for (size_t i = 0; i < e->config.nservers; i++)
		engine_udp_flush(e, &e->servers[i]);
	while (most-- > 0 && !e->blocked && e->flying < e->window && e->tokens_ns >= cost(e)) {
		slot = next_slot(e);
		if (!slot)
			break;
		e->tokens_ns -= cost(e);
		if (slot->tcp)
			engine_tcp_send(e, slot);
		else
			engine_udp_send(e, slot);
	}
	for (size_t i = 0; i < e->config.nservers; i++) {
		if (!e->blocked)
			engine_udp_flush(e, &e->servers[i]);
		engine_tcp_flush(e, &e->servers[i]);
	}
}

/* When pump() or engine_timers() has something to do; at once if something has ENDED. */
static uint64_t wake_at(const struct engine *e)
{
	uint64_t at = engine_timers_next(e), rate;
	bool more = !engine_ring_empty(&e->again) || (e->waiting.n && e->held < e->config.window);

	if (e->blocked && at > e->now_ns + BLOCKED_NS)
		at = e->now_ns + BLOCKED_NS;
	if (more && e->flying < e->window && !e->blocked) {
		rate = e->tokens_ns < cost(e) ? e->now_ns + cost(e) - e->tokens_ns : e->now_ns;
		at = at < rate ? at : rate;
	}
	return at;
}

int engine_turn(struct engine *e, uint64_t deadline_ns, struct err *err)
{
	uint64_t ended = e->ended, at;

	e->now_ns = clock_now_ns();
	engine_timers(e);
	pump(e);
	if (e->broken) {
		errno = e->broken;
		return err_sys(err, "random numbers");
	}
	at = wake_at(e);
	at = e->ended != ended ? 0 : at < deadline_ns ? at : deadline_ns;
	if (at == UINT64_MAX)
		loop_timer_stop(e->loop, &e->wake);
	else
		loop_timer_set(e->loop, &e->wake, at);
	if (loop_turn(e->loop, err) < 0)
		return -1;
	e->now_ns = clock_now_ns();
	engine_timers(e);
	return 0;
}

void engine_ask(struct engine *e, struct engine_query *q)
{
	q->slot = 0;
	q->tries = 0;
	q->tcp = false;
	q->sent_ns = q->took_ns = 0;
	queue_add(&e->waiting, q);
}

void engine_cancel(struct engine *e, struct engine_query *q)
{
	if (q->slot)
		engine_release(e, engine_slot_at(e, q->slot));
	else
		queue_del(&e->waiting, q);
}

size_t engine_busy(const struct engine *e)
{
	return e->waiting.n + e->held;
}

size_t engine_waiting(const struct engine *e)
{
	return e->waiting.n;
}

struct loop *engine_loop(struct engine *e)
{
	return e->loop;
}

void engine_limit(struct engine *e)
{
	for (size_t i = 0; i < e->config.nservers; i++) {
		unsigned most = e->servers[i].udp_max * SOCKET_QUERIES;

		if (e->config.window > most)
			e->config.window = most;
	}
	if (e->window > e->config.window)
		e->window = e->config.window;
}

static void no_wake(struct loop_timer *timer UNUSED)
{
}

static void start_servers(struct engine *e, const struct engine_config *config)
{
	unsigned sockets = config->window / UDP_QUERIES;

	sockets = sockets < UDP_SOCKETS ? UDP_SOCKETS : sockets;
	sockets = sockets > UDP_SOCKETS_MAX ? UDP_SOCKETS_MAX : sockets;
	e->servers = xcalloc(config->nservers, sizeof(*e->servers));
	for (size_t i = 0; i < config->nservers; i++) {
		struct engine_server *s = &e->servers[i];

		s->sa = config->servers[i];
		s->udp_max = sockets;
		s->udp = xcalloc(sockets, sizeof(struct engine_udp *));
		s->quota = UINT32_MAX;
		engine_ring(&s->tcp);
		engine_ring(&s->tcp_queue);
	}
}

static void start_receiving(struct engine *e)
{
	size_t stride;

	e->rx_size = RECEIVE;
	if (e->config.ask.edns && e->config.ask.bufsize > RECEIVE)
		e->rx_size = e->config.ask.bufsize;
	stride = e->rx_size + STRIDE;
	e->rx_bytes = xmalloc(ENGINE_BATCH * stride);
	for (size_t i = 0; i < ENGINE_BATCH; i++) {
		e->rx_iov[i] = (struct iovec){ e->rx_bytes + i * stride, e->rx_size };
		e->rx[i].msg_hdr = (struct msghdr){ .msg_iov = &e->rx_iov[i], .msg_iovlen = 1 };
	}
}

struct engine *engine_new(const struct engine_config *config, struct err *err)
{
	struct loop *loop;
	struct engine *e;

	if (config->nservers == 0 || config->nservers > UINT16_MAX) {
		err_set(err, ERR_USAGE, "no DNS server to ask");
		return NULL;
	}
	loop = loop_new(NULL, config->mask, err);
	if (!loop)
		return NULL;
	e = xcalloc(1, sizeof(*e));
	e->loop = loop;
	e->wake.on_due = no_wake;
	e->config = *config;
	if (!e->config.window)
		e->config.window = WINDOW;
	e->patient = !e->config.tries;
	if (e->patient)
		e->config.tries =
			config->nservers > TRIES / 2 ? 2 * (unsigned)config->nservers : TRIES;
	if (e->config.tries > UINT16_MAX / 2)
		e->config.tries = UINT16_MAX / 2;
	e->plain = config->ask;
	e->plain.edns = false;
	e->window = e->config.window < WINDOW_FIRST ? e->config.window : WINDOW_FIRST;
	e->ceiling = UINT32_MAX;
	e->now_ns = e->filled_ns = clock_now_ns();
	e->tokens_ns = cost(e);
	e->tick = e->now_ns >> ENGINE_TICK_SHIFT;
	engine_ring(&e->free);
	engine_ring(&e->again);
	for (unsigned i = 0; i < ENGINE_WHEEL; i++)
		engine_ring(&e->wheel[i]);
	start_servers(e, &e->config);
	e->config.servers = NULL; /* e->servers has them */
	start_receiving(e);
	engine_limit(e);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->config.nservers; i++) {
		engine_tcp_close(e, &e->servers[i]);
		engine_udp_close(e, &e->servers[i]);
	}
	engine_free_slots(e);
	free(e->servers);
	free(e->rx_bytes);
	loop_free(e->loop);
	free(e);
}

static void add_stats(struct engine_stats *all, const struct engine_stats *s)
{
	all->sent += s->sent;
	all->resent += s->resent;
	all->answered += s->answered;
	all->timeouts += s->timeouts;
	all->mismatched += s->mismatched;
	all->malformed += s->malformed;
	all->truncated += s->truncated;
	all->tcp += s->tcp;
	all->refused += s->refused;
	all->servfail += s->servfail;
	all->bytes_out += s->bytes_out;
	all->bytes_in += s->bytes_in;
	if (s->srtt_ns > all->srtt_ns)
		all->srtt_ns = s->srtt_ns;
}

void engine_server_stats(const struct engine *e, unsigned server, struct engine_stats *stats)
{
	*stats = e->servers[server].stats;
	stats->srtt_ns = e->servers[server].srtt_ns;
	stats->window = e->window;
}

void engine_stats(const struct engine *e, struct engine_stats *all)
{
	struct engine_stats one;

	*all = (struct engine_stats){ 0 };
	for (unsigned i = 0; i < e->config.nservers; i++) {
		engine_server_stats(e, i, &one);
		add_stats(all, &one);
	}
	all->window = e->window;
}
