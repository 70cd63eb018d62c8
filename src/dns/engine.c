/* SPDX-License-Identifier: MIT */
#include "dns/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "dns/engine_impl.h"

enum {
	WINDOW = 500, /* the defaults of struct engine_config */
	TRIES = 5,
	WINDOW_FIRST = 128,
	WINDOW_LEAST = 32,
	LOSS = 8,    /* one try in so many is no burst */
	CHUNK = 256, /* slots that are allocated at once */
	UDP_SOCKETS = 4,
	UDP_SOCKETS_MAX = 64,
	UDP_QUERIES = 4096,     /* a socket more for so many */
	SOCKET_QUERIES = 12000, /* whose ids, ENGINE_ASKED each, a socket has room for */
	RECEIVE = 4096,         /* bytes of an answer, or what the query allows */
	STRIDE = 64,            /* so that the buffers do not share their cache lines */
	DOWN = 16,              /* tries in a row without an answer */
};

#define FIRST_NS   CLOCK_S         /* the time-out until the first answer */
#define LEAST_NS   (50 * CLOCK_MS) /* the shortest time-out */
#define MOST_NS    (2 * CLOCK_S)   /* the longest, but for the first one if it was given */
#define PAUSE_NS   (20 * CLOCK_MS) /* after a round of all servers; doubled each time */
#define PAUSE_MOST (500 * CLOCK_MS)
#define PROBE_NS   CLOCK_S         /* a server that is down is tried again so often */
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

void engine_random(struct engine *e, void *to, size_t n)
{
	if (e->random_left < n) {
		if (compat_random(e->random, sizeof(e->random)) < 0)
			e->broken = errno;
		e->random_left = sizeof(e->random);
	}
	e->random_left -= n;
	memcpy(to, e->random + e->random_left, n);
}

struct engine_slot *engine_slot_at(const struct engine *e, uint32_t number)
{
	return &e->chunks.v[(number - 1) / CHUNK][(number - 1) % CHUNK];
}

static void add_slots(struct engine *e)
{
	struct engine_slot *chunk = xcalloc(CHUNK, sizeof(*chunk));

	for (unsigned i = 0; i < CHUNK; i++) {
		chunk[i].number = (uint32_t)(e->chunks.n * CHUNK + i + 1);
		engine_link_add(&e->free, &chunk[i].link);
	}
	*vec_push(&e->chunks) = chunk;
}

/* A free slot for Q. */
static struct engine_slot *hold(struct engine *e, struct engine_query *q)
{
	struct engine_slot *slot;
	uint32_t number;

	if (engine_ring_empty(&e->free))
		add_slots(e);
	slot = ENGINE_SLOT(e->free.next, link);
	engine_link_del(&slot->link);
	number = slot->number;
	*slot = (struct engine_slot){ .q = q, .number = number };
	slot->left = (uint16_t)e->config.tries;
	if (e->config.random_case)
		engine_random(e, slot->letters, sizeof(slot->letters));
	q->slot = number;
	e->held++;
	return slot;
}

/* SLOT's query is no longer under way. */
static void release(struct engine *e, struct engine_slot *slot)
{
	engine_land(e, slot);
	engine_timer_stop(e, slot);
	engine_link_del(&slot->link);
	engine_udp_forget(slot);
	free(slot->poor);
	slot->poor = NULL;
	slot->q->slot = 0;
	slot->q = NULL;
	engine_link_add(&e->free, &slot->link);
	e->held--;
}

void engine_fly(struct engine *e, struct engine_slot *slot, uint64_t due_ns)
{
	slot->in_air = true;
	e->flying++;
	e->servers[slot->server].flying++;
	engine_timer_set(e, slot, due_ns);
}

void engine_land(struct engine *e, struct engine_slot *slot)
{
	if (!slot->in_air)
		return;
	slot->in_air = false;
	e->flying--;
	e->servers[slot->server].flying--;
	engine_link_del(&slot->flying);
	engine_timer_stop(e, slot);
}

void engine_again(struct engine *e, struct engine_slot *slot)
{
	engine_link_add(&e->again, &slot->link);
}

/* S has been silent for long, so that other servers are asked first. */
static bool is_down(const struct engine_server *s)
{
	return s->lost >= DOWN;
}

/* The first server from number FROM on that is not down; if all are, number FROM. */
static unsigned server_from(struct engine *e, unsigned from)
{
	size_t n = e->config.nservers;

	for (size_t i = 0; i < n; i++) {
		struct engine_server *s = &e->servers[(from + i) % n];

		if (is_down(s) && e->now_ns < s->probe_ns)
			continue;
		if (is_down(s))
			s->probe_ns = e->now_ns + PROBE_NS;
		return (unsigned)((from + i) % n);
	}
	return (unsigned)(from % n);
}

uint64_t engine_patience(const struct engine *e, const struct engine_slot *slot)
{
	const struct engine_server *s = &e->servers[slot->server];
	unsigned sent = slot->q->tries - 1;
	uint64_t most = MOST_NS, ns = FIRST_NS;

	if (e->config.timeout_ns) {
		ns = e->config.timeout_ns;
		most = ns > most ? ns : most;
	} else if (slot->left == 0) {
		return MOST_NS; /* nothing is gained by giving up early */
	} else if (s->srtt_ns) {
		ns = s->srtt_ns + 4 * s->rttvar_ns;
		ns = ns < LEAST_NS ? LEAST_NS : ns;
	}
	while (sent-- > 0 && ns < most)
		ns *= 2;
	return ns < most ? ns : most;
}

/* Until the first answer of S the time-out was a guess: what is in the air gets the right one. */
static void set_timers(struct engine *e, struct engine_server *s)
{
	for (unsigned i = 0; i < s->nudp; i++) {
		struct engine_link *head = &s->udp[i]->flying;

		for (struct engine_link *l = head->next; l != head; l = l->next) {
			struct engine_slot *slot = ENGINE_SLOT(l, flying);
			uint64_t at = slot->asked[(slot->nasked - 1) % ENGINE_ASKED].at_ns;

			engine_timer_set(e, slot, at + engine_patience(e, slot));
		}
	}
}

/* RFC 6298. */
static void measure(struct engine *e, struct engine_server *s, uint64_t ns)
{
	uint64_t off = ns > s->srtt_ns ? ns - s->srtt_ns : s->srtt_ns - ns;

	ns = ns ? ns : 1;
	if (s->srtt_ns) {
		s->rttvar_ns += off / 4;
		s->rttvar_ns -= s->rttvar_ns / 4;
		s->srtt_ns = s->srtt_ns - s->srtt_ns / 8 + ns / 8;
		s->srtt_ns = s->srtt_ns ? s->srtt_ns : 1;
		return;
	}
	s->srtt_ns = ns;
	s->rttvar_ns = ns / 2;
	set_timers(e, s);
}

/* A try has ended: at the end of each round the window is halved if many were LOST. */
static void adapt(struct engine *e, bool lost)
{
	e->round++;
	e->lost += lost;
	if (!lost && 2 * e->flying >= e->window && e->window < e->config.window) {
		if (e->window < e->ceiling) {
			e->window++;
		} else if (++e->growth >= e->window) {
			e->window++;
			e->growth = 0;
		}
	}
	if (e->round < e->window)
		return;
	if (e->lost > e->round / LOSS) {
		e->window = e->window / 2 > WINDOW_LEAST ? e->window / 2 : WINDOW_LEAST;
		if (e->window > e->config.window)
			e->window = e->config.window;
		e->ceiling = e->window;
	}
	e->round = e->lost = 0;
}

static void done(struct engine *e, struct engine_slot *slot, enum engine_result result,
		 const struct engine_answer *a)
{
	struct engine_query *q = slot->q;
	struct engine_poor *poor = slot->poor;

	q->result = result;
	q->server = slot->server;
	q->code = slot->code;
	q->msg = NULL;
	q->len = 0;
	if (a) {
		q->msg = a->msg;
		q->len = a->len;
		q->server = (unsigned)(a->server - e->servers);
		q->tcp = a->tcp;
	} else if (poor) {
		q->result = ENGINE_ANSWERED;
		q->msg = poor->msg;
		q->len = poor->len;
		q->server = poor->server;
		q->tcp = poor->tcp;
	}
	q->took_ns = e->now_ns > q->sent_ns ? e->now_ns - q->sent_ns : 0;
	slot->poor = NULL;
	release(e, slot);
	e->ended++;
	q->on_done(q);
	free(poor);
}

/* SLOT is to be sent to the next server: at once, or after a pause if all were USELESS. */
static void next_server(struct engine *e, struct engine_slot *slot, bool useless)
{
	uint64_t pause = PAUSE_NS;

	slot->server = (uint16_t)server_from(e, slot->server + 1U);
	slot->fruitless = useless ? (uint8_t)(slot->fruitless + 1) : 0;
	if (slot->fruitless < e->config.nservers) {
		engine_again(e, slot);
		return;
	}
	for (unsigned i = 0; i < slot->pauses && pause < PAUSE_MOST; i++)
		pause *= 2;
	slot->pauses++;
	slot->fruitless = 0;
	engine_timer_set(e, slot, e->now_ns + (pause < PAUSE_MOST ? pause : PAUSE_MOST));
}

void engine_try_failed(struct engine *e, struct engine_slot *slot, int code)
{
	struct engine_server *s = &e->servers[slot->server];
	bool sent = slot->in_air;

	engine_land(e, slot);
	slot->code = code;
	s->lost++;
	if (s->lost == DOWN)
		s->probe_ns = e->now_ns + PROBE_NS;
	if (sent && !code) {
		s->stats.timeouts++;
		adapt(e, true);
	}
	if (!sent && slot->left)
		slot->left--;
	if (slot->left)
		next_server(e, slot, code != 0);
	else
		done(e, slot, code ? ENGINE_FAILED : ENGINE_TIMEOUT, NULL);
}

/* Keeps the answer A in case that no server has a better one. */
static void keep(struct engine *e, struct engine_slot *slot, const struct engine_answer *a)
{
	free(slot->poor);
	slot->poor = xmalloc(sizeof(*slot->poor) + a->len);
	slot->poor->len = a->len;
	slot->poor->server = (unsigned)(a->server - e->servers);
	slot->poor->tcp = a->tcp;
	memcpy(slot->poor->msg, a->msg, a->len);
}

enum {
	FORMERR = 1,
	SERVFAIL = 2,
	NOTIMP = 4,
	REFUSED = 5,
};

/* Counts the answer A, and says whether another server may have a better one. */
static bool is_poor(const struct engine_answer *a)
{
	struct engine_stats *stats = &a->server->stats;
	unsigned rcode = a->msg[3] & 15;

	stats->answered++;
	stats->servfail += rcode == SERVFAIL;
	stats->refused += rcode == REFUSED;
	return rcode == FORMERR || rcode == SERVFAIL || rcode == NOTIMP || rcode == REFUSED;
}

void engine_answered(struct engine *e, struct engine_slot *slot, const struct engine_answer *a)
{
	struct engine_server *s = a->server;
	bool poor = is_poor(a);

	s->heard_ns = e->now_ns;
	s->lost = 0;
	if (!a->tcp)
		measure(e, s, e->now_ns - a->asked_ns);
	adapt(e, false);
	if ((a->msg[3] & 15) == FORMERR && e->config.ask.edns && !slot->plain) {
		engine_land(e, slot);
		engine_timer_stop(e, slot);
		engine_link_del(&slot->link);
		slot->plain = true;
		slot->server = (uint16_t)(s - e->servers);
		slot->left++;
		engine_again(e, slot);
		return;
	}
	if (!poor || !slot->left) {
		slot->code = 0;
		done(e, slot, ENGINE_ANSWERED, a);
		return;
	}
	keep(e, slot, a);
	if (!slot->in_air)
		return; /* a late one: the query is about to be sent anyway */
	engine_land(e, slot);
	next_server(e, slot, true);
}

void engine_due(struct engine *e, struct engine_slot *slot)
{
	if (slot->in_air)
		engine_try_failed(e, slot, 0);
	else
		engine_again(e, slot);
}

void engine_sent(struct engine *e, struct engine_slot *slot, struct engine_server *s)
{
	struct engine_query *q = slot->q;

	if (q->tries++ == 0)
		q->sent_ns = e->now_ns;
	else
		s->stats.resent++;
	s->stats.sent++;
	slot->left--;
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
	slot = hold(e, q);
	slot->server = (uint16_t)server_from(e, e->config.rotate ? e->turn++ : 0);
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
		engine_udp_send(e, slot);
	}
	for (size_t i = 0; i < e->config.nservers && !e->blocked; i++)
		engine_udp_flush(e, &e->servers[i]);
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
		release(e, engine_slot_at(e, q->slot));
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
	struct loop *loop = loop_new(NULL, config->mask, err);
	struct engine *e;

	if (!loop)
		return NULL;
	e = xcalloc(1, sizeof(*e));
	e->loop = loop;
	e->wake.on_due = no_wake;
	e->config = *config;
	if (!e->config.window)
		e->config.window = WINDOW;
	if (!e->config.tries)
		e->config.tries = TRIES;
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
	for (size_t i = 0; i < e->config.nservers; i++)
		engine_udp_close(e, &e->servers[i]);
	for (size_t i = 0; i < e->chunks.n; i++) {
		for (unsigned j = 0; j < CHUNK; j++)
			free(e->chunks.v[i][j].poor);
		free(e->chunks.v[i]);
	}
	vec_fini(&e->chunks);
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
