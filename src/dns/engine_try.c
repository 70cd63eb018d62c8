/* SPDX-License-Identifier: MIT */
/* engine_try.c - what becomes of a query that was sent: engine_impl.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "dns/engine_impl.h"

enum {
	WINDOW_LEAST = 32,
	LOSS = 4,          /* one try in so many is no burst */
	SLOWLY = 4,        /* answers for a step, where the window was once too large */
	DOWN = 16,         /* tries in a row without an answer */
	DEAF = 4,          /* tries while no server has ever answered, unless more are asked for */
	TC = WIRE_TC >> 8, /* of the third byte */
	RCODE = 0x0f,      /* of the fourth */
	FORMERR = 1,
	SERVFAIL = 2,
	NOTIMP = 4,
	REFUSED = 5,
};

#define FIRST_NS   CLOCK_S         /* the time-out until the first answer */
#define LEAST_NS   (50 * CLOCK_MS) /* the shortest time-out */
#define MOST_NS    (2 * CLOCK_S)   /* the longest, but for the first one if it was given */
#define LAST_NS    (5 * CLOCK_S)   /* of the last try */
#define PAUSE_NS   (20 * CLOCK_MS) /* after a round of all servers; doubled each time */
#define PAUSE_MOST (500 * CLOCK_MS)
#define PROBE_NS   CLOCK_S /* a server that is down is tried again so often */

/* S has been silent for long, so that other servers are asked first. */
static bool is_down(const struct engine_server *s)
{
	return s->lost >= DOWN;
}

/* There is no server as far as the system knows: one try is enough. */
static bool hopeless(const struct engine *e)
{
	for (size_t i = 0; i < e->config.nservers; i++)
		if (e->servers[i].errors < DOWN)
			return false;
	return true;
}

unsigned engine_server_from(struct engine *e, unsigned from)
{
	size_t n = e->config.nservers, first = from < n ? from : 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = first + i < n ? first + i : first + i - n;
		struct engine_server *s = &e->servers[at];

		if (is_down(s) && e->now_ns < s->probe_ns)
			continue;
		if (is_down(s))
			s->probe_ns = e->now_ns + PROBE_NS;
		return (unsigned)at;
	}
	return (unsigned)first;
}

/*
 * How many times the first time-out is doubled: each try, or each second one if the server was
 * heard since the last, for then it is not overloaded but the way to it loses some.
 */
static unsigned doublings(const struct engine_server *s, const struct engine_slot *slot)
{
	unsigned before = slot->q->tries - 1;

	return s->heard_ns > slot->last_ns ? before / 2 : before;
}

uint64_t engine_patience(const struct engine *e, const struct engine_slot *slot)
{
	const struct engine_server *s = &e->servers[slot->server];
	uint64_t most = MOST_NS, ns = FIRST_NS;

	if (e->config.timeout_ns) {
		ns = e->config.timeout_ns;
		most = ns > most ? ns : most;
	} else if (slot->left == 0) {
		return LAST_NS; /* nothing is gained by giving up early */
	} else if (slot->tcp) {
		return MOST_NS;
	} else if (s->srtt_ns) {
		ns = s->srtt_ns + 4 * s->rttvar_ns;
		ns = ns < LEAST_NS ? LEAST_NS : ns;
	}
	for (unsigned n = doublings(s, slot); n > 0 && ns < most; n--)
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

			engine_timer_set(e, slot, slot->sent_ns + engine_patience(e, slot));
		}
	}
}

/* RFC 6298. */
static void measure(struct engine *e, struct engine_server *s, uint64_t ns)
{
	uint64_t off = ns > s->srtt_ns ? ns - s->srtt_ns : s->srtt_ns - ns;

	ns = ns ? ns : 1;
	if (s->srtt_ns) {
		s->rttvar_ns = s->rttvar_ns - s->rttvar_ns / 4 + off / 4;
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
		} else if (++e->growth >= SLOWLY) {
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
	q->code = result == ENGINE_FAILED ? slot->code : 0;
	q->tcp = slot->tcp;
	q->msg = NULL;
	q->len = 0;
	if (a) {
		q->msg = a->msg;
		q->len = a->len;
		q->server = (unsigned)(a->server - e->servers);
		q->tcp = a->tcp;
	} else if (poor) {
		q->result = ENGINE_ANSWERED;
		q->code = 0;
		q->msg = poor->msg;
		q->len = poor->len;
		q->server = poor->server;
		q->tcp = poor->tcp;
	}
	q->took_ns = e->now_ns > q->sent_ns ? e->now_ns - q->sent_ns : 0;
	slot->poor = NULL;
	engine_release(e, slot);
	e->ended++;
	q->on_done(q);
	free(poor);
}

/* SLOT is to be sent to the next server: at once, or after a pause if all were USELESS. */
static void next_server(struct engine *e, struct engine_slot *slot, bool useless)
{
	uint64_t pause = PAUSE_NS;

	slot->server = (uint16_t)engine_server_from(e, slot->server + 1U);
	slot->useless = (uint16_t)(useless ? slot->useless + 1 : 0);
	if (slot->useless < e->config.nservers) {
		engine_again(e, slot);
		return;
	}
	for (unsigned i = 0; i < slot->pauses && pause < PAUSE_MOST; i++)
		pause *= 2;
	slot->pauses++;
	slot->useless = 0;
	engine_timer_set(e, slot, e->now_ns + (pause < PAUSE_MOST ? pause : PAUSE_MOST));
}

/* SLOT may be sent again. */
static bool may_retry(const struct engine *e, const struct engine_slot *slot, int code)
{
	if (!slot->left || (code && hopeless(e)))
		return false;
	return !e->patient || e->heard || slot->q->tries < DEAF;
}

void engine_try_failed(struct engine *e, struct engine_slot *slot, int code)
{
	struct engine_server *s = &e->servers[slot->server];

	engine_land(e, slot);
	slot->code = code;
	s->lost++;
	if (s->lost == DOWN)
		s->probe_ns = e->now_ns + PROBE_NS;
	if (!code) {
		s->stats.timeouts++;
		adapt(e, true);
	}
	if (may_retry(e, slot, code))
		next_server(e, slot, code != 0);
	else
		done(e, slot, code ? ENGINE_FAILED : ENGINE_TIMEOUT, NULL);
}

void engine_not_sent(struct engine *e, struct engine_slot *slot, int code)
{
	slot->left--;
	e->servers[slot->server].errors++;
	engine_try_failed(e, slot, code);
}

void engine_try_undone(struct engine *e, struct engine_slot *slot)
{
	engine_land(e, slot);
	slot->left++;
	engine_again(e, slot);
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

/* Counts the answer A. */
static void count(struct engine *e, const struct engine_answer *a)
{
	struct engine_server *s = a->server;
	unsigned rcode = a->msg[3] & RCODE;

	s->stats.answered++;
	s->stats.servfail += rcode == SERVFAIL;
	s->stats.refused += rcode == REFUSED;
	s->heard_ns = e->now_ns;
	e->heard = true;
	s->lost = s->errors = 0;
	if (!a->tcp)
		measure(e, s, e->now_ns - a->asked_ns);
	if (!a->latest && e->lost)
		e->lost--; /* it was not lost but late */
	adapt(e, false);
}

/* Another server may have a better answer than A; counts what is malformed. */
static bool is_poor(const struct engine *e, const struct engine_answer *a)
{
	unsigned rcode = a->msg[3] & RCODE;
	enum engine_worth worth;

	if (rcode == FORMERR || rcode == SERVFAIL || rcode == NOTIMP || rcode == REFUSED)
		return true;
	worth = engine_worth(a->msg, a->len, e->config.ask.flags & WIRE_RD);
	a->server->stats.malformed += worth == ENGINE_UNREADABLE;
	return worth != ENGINE_GOOD;
}

/* Asks the server of A again, in another way; that is no try of its own. */
static void ask_again(struct engine *e, struct engine_slot *slot, const struct engine_answer *a)
{
	engine_land(e, slot);
	engine_timer_stop(e, slot);
	engine_link_del(&slot->link);
	engine_udp_forget(slot);
	slot->server = (uint16_t)(a->server - e->servers);
	slot->left++;
	engine_again(e, slot);
}

void engine_answered(struct engine *e, struct engine_slot *slot, const struct engine_answer *a)
{
	unsigned rcode = a->msg[3] & RCODE;

	count(e, a);
	if (rcode == FORMERR && e->config.ask.edns && !slot->plain) {
		slot->plain = true;
		ask_again(e, slot, a);
		return;
	}
	if (a->msg[2] & TC && !a->tcp && !e->config.ignore_truncation) {
		a->server->stats.truncated++;
		slot->tcp = true;
		ask_again(e, slot, a);
		return;
	}
	if (!is_poor(e, a)) {
		done(e, slot, ENGINE_ANSWERED, a);
		return;
	}
	if (slot->left && e->patient)
		slot->left--; /* it would mostly say so again: half as many tries */
	if (slot->in_air && !a->latest) {
		keep(e, slot, a); /* and waits for the other one */
	} else if (!slot->left) {
		done(e, slot, ENGINE_ANSWERED, a);
	} else {
		keep(e, slot, a);
		if (!slot->in_air)
			return; /* it is about to be sent again anyway */
		engine_land(e, slot);
		next_server(e, slot, true);
	}
}

void engine_due(struct engine *e, struct engine_slot *slot)
{
	if (!slot->in_air)
		engine_again(e, slot);
	else if (slot->conn)
		engine_tcp_timeout(e, slot);
	else
		engine_try_failed(e, slot, 0);
}

void engine_sent(struct engine *e, struct engine_slot *slot, struct engine_server *s)
{
	struct engine_query *q = slot->q;

	slot->last_ns = slot->sent_ns;
	slot->sent_ns = e->now_ns;
	if (q->tries++ == 0)
		q->sent_ns = e->now_ns;
	else
		s->stats.resent++;
	s->stats.sent++;
	slot->left--;
}
