/* SPDX-License-Identifier: MIT */
/* server.c - the echo server's listeners, its life, its end */
#include "echo/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "echo/server_impl.h"

enum {
	PORT_TRIES = 16,       /* to find one that is free on every address */
	DATAGRAM_TURNS = 1024, /* more than a receive buffer holds, as a rule */
	IDLE_MIN_MS = 50,      /* between two looks at who is silent */
};

struct block *echo_block_get(struct echo_server *s)
{
	struct block *b = s->blocks;

	if (!b)
		return xmalloc(sizeof(*b));
	s->blocks = b->next;
	s->nblocks--;
	return b;
}

void echo_block_put(struct echo_server *s, struct block *b)
{
	int code = errno;

	if (s->nblocks >= ECHO_SPARE) {
		free(b);
		errno = code; /* not every free(3) leaves it alone */
		return;
	}
	b->next = s->blocks;
	s->blocks = b;
	s->nblocks++;
}

/* That there was a signal is known then: STOP is asked before each wait. */
static void on_signals(struct loop_fd *io, unsigned ready UNUSED)
{
	char some[64];

	while (read(io->fd, some, sizeof(some)) > 0)
		;
}

struct echo_server *echo_server_new(const struct echo_server_config *config, struct err *err)
{
	struct loop *loop = loop_new(config->backend, config->mask, err);
	struct echo_server *s;

	if (!loop)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->config = config;
	s->loop = loop;
	s->spare = -1;
	s->has_faults = !fault_none(&config->fault);
	s->has_extra = s->has_faults || config->idle_ns || config->max_rate;
	loop_spin(loop, config->spin_ns);
	s->signals = (struct loop_fd){ .fd = config->signal_fd, .on_ready = on_signals };
	if (config->signal_fd > 0 && loop_add(loop, &s->signals, LOOP_READ, err) < 0) {
		echo_server_free(s);
		return NULL;
	}
	return s;
}

/* Stops listening on L; it remains, as its connections name it. */
static void close_listener(struct listener *l)
{
	struct echo_server *s = l->server;

	if (l->io.fd < 0)
		return;
	loop_timer_stop(s->loop, &l->pause);
	loop_del(s->loop, &l->io);
	close(l->io.fd);
	l->io.fd = -1;
	sock_remove_path(&l->sa, &l->file);
	echo_datagram_forget(l);
	if (l->batch)
		free(l->batch->memory);
	free(l->batch);
	l->batch = NULL;
}

/* Those from FROM on, which no connection names. */
static void close_listeners(struct echo_server *s, size_t from)
{
	for (size_t i = from; i < s->listeners.n; i++) {
		close_listener(s->listeners.v[i]);
		free(s->listeners.v[i]);
	}
	s->listeners.n = from;
}

void echo_server_free(struct echo_server *s)
{
	if (!s)
		return;
	while (s->conns)
		echo_stream_close(s->conns, 0);
	close_listeners(s, 0);
	vec_fini(&s->listeners);
	vec_fini(&s->children);
	while (s->blocks) {
		struct block *b = s->blocks;

		s->blocks = b->next;
		free(b);
	}
	if (s->spare >= 0)
		close(s->spare);
	free(s->buckets);
	loop_free(s->loop);
	free(s);
}

/* Watches FD, a listener for TYPE. */
static int watch(struct echo_server *s, int type, int fd, struct err *err)
{
	bool dgram = type == SOCK_DGRAM;
	struct listener *l = xcalloc(1, sizeof(*l));

	l->server = s;
	l->type = type;
	*vec_push(&s->listeners) = l;
	l->io = (struct loop_fd){
		.fd = fd,
		.on_ready = dgram ? echo_datagram_ready : echo_stream_accept,
	};
	if (sock_local(fd, &l->sa, err) < 0)
		return -1;
	if (dgram && l->sa.u.sa.sa_family != AF_UNIX) {
		if (pktinfo_enable(fd, l->sa.u.sa.sa_family, err) < 0)
			return -1;
		l->splits = pktinfo_can_split(fd); /* now: later it may be in a sandbox */
	}
	if (!dgram && s->spare < 0)
		s->spare = sock_open(AF_UNIX, SOCK_DGRAM, err); /* -1 does no harm */
	return loop_add(s->loop, &l->io, LOOP_READ, err);
}

static int prepare(void *ctx, int fd, struct err *err)
{
	const struct echo_server_config *config = ctx;

	return config->prepare(config->ctx, fd, true, err);
}

/* Listens on SA. */
static int listen_one(struct echo_server *s, int type, const struct sa *sa, struct err *err)
{
	struct echo_server_config config = *s->config;
	const struct sock_server how = {
		.type = type,
		.backlog = config.backlog,
		.v6only = config.v6only,
		.reuse_port = config.reuse_port && sa->u.sa.sa_family != AF_UNIX,
		.prepare = config.prepare ? prepare : NULL,
		.ctx = &config,
	};
	int fd;

	if (sock_clear_path(sa, err) < 0)
		return -1;
	fd = sock_listen(sa, &how, err);
	if (fd < 0)
		return -1;
	if (watch(s, type, fd, err) < 0)
		return -1;
	sock_note_path(sa, &s->listeners.v[s->listeners.n - 1]->file);
	return 0;
}

int echo_server_adopt(struct echo_server *s, const struct activate_socket *socket, struct err *err)
{
	struct listener *l;
	struct sa peer;

	if (!socket->connected)
		return watch(s, socket->type, socket->fd, err);
	if (sock_peer(socket->fd, &peer, err) < 0)
		return -1;
	/* It needs a listener to belong to, which listens no more. */
	l = xcalloc(1, sizeof(*l));
	l->server = s;
	l->type = socket->type;
	l->sa = socket->sa;
	l->io.fd = -1;
	*vec_push(&s->listeners) = l;
	echo_stream_add(l, socket->fd, &peer);
	return 0;
}

/* This machine does not have the family, or the address: another of the list may do. */
static bool is_absent(int code)
{
	return code == EAFNOSUPPORT || code == EADDRNOTAVAIL || code == EPROTONOSUPPORT;
}

/* Listens on SA, or on 0.0.0.0 for [::] where there is no IPv6. */
static int listen_either(struct echo_server *s, int type, const struct sa *sa, struct err *err)
{
	static const struct ip any4 = { .family = 4 };
	struct sa instead;

	if (listen_one(s, type, sa, err) == 0)
		return 0;
	if (!is_absent(err->code) || s->config->v6only || sa->u.sa.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_UNSPECIFIED(&sa->u.in6.sin6_addr))
		return -1;
	sa_from_ip(&instead, &any4, sa_port(sa));
	return listen_one(s, type, &instead, err);
}

/* One try of echo_server_listen(): 1 if a port that the system chose is not free everywhere. */
static int listen_all(struct echo_server *s, int type, const struct sa *sa, size_t n,
		      struct err *err)
{
	size_t before = s->listeners.n;
	uint16_t port = 0;

	for (size_t i = 0; i < n; i++) {
		struct sa one = sa[i];

		if (port && sa_port(&one) == 0)
			sa_set_port(&one, port);
		if (listen_either(s, type, &one, err) == 0)
			port = sa_port(&s->listeners.v[s->listeners.n - 1]->sa);
		else if (err->code == EADDRINUSE && port && sa_port(&sa[i]) == 0)
			return 1;
		else if (!is_absent(err->code))
			return -1;
	}
	return s->listeners.n > before ? 0 : -1;
}

int echo_server_listen(struct echo_server *s, int type, const struct sa *sa, size_t n,
		       struct err *err)
{
	size_t before = s->listeners.n;
	int rc = 1;

	for (int i = 0; i < PORT_TRIES && rc == 1; i++) {
		rc = listen_all(s, type, sa, n, err);
		if (rc)
			close_listeners(s, before);
	}
	return rc ? -1 : 0;
}

const struct sa *echo_server_address(const struct echo_server *s, size_t i)
{
	return i < s->listeners.n ? &s->listeners.v[i]->sa : NULL;
}

int echo_server_type(const struct echo_server *s, size_t i)
{
	return s->listeners.v[i]->type;
}

const struct echo_counters *echo_server_counters(const struct echo_server *s)
{
	return &s->counters;
}

/* A look at each connection, again until the last has ended or time is up. */
static void on_tick(struct loop_timer *timer)
{
	struct echo_server *s =
		(struct echo_server *)((char *)timer - offsetof(struct echo_server, tick));
	uint64_t now = clock_now_ns();

	for (struct conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		if (now >= s->deadline_ns)
			echo_stream_close(c, ETIMEDOUT);
		else
			echo_stream_drain(c);
	}
	loop_timer_set(s->loop, timer, now + ECHO_TICK_MS * CLOCK_MS);
}

/* Takes what waits on L, but does not go on for ever while more comes. */
static void take_all(struct listener *l)
{
	bool stream = l->type != SOCK_DGRAM;
	unsigned turns = stream ? l->server->config->backlog / ECHO_TURN + 1 : DATAGRAM_TURNS;

	while (turns-- && (stream ? echo_stream_take(l) : echo_datagram_take(l)))
		;
	if (l->batch)
		l->server->counters.dropped += l->batch->n - l->batch->at;
}

/* Takes what waits already, then listens no longer. */
static void begin_drain(struct echo_server *s)
{
	uint64_t now = clock_now_ns();

	s->draining = true;
	s->deadline_ns =
		s->config->drain_ns < UINT64_MAX - now ? now + s->config->drain_ns : UINT64_MAX;
	for (size_t i = 0; i < s->listeners.n; i++) {
		struct listener *l = s->listeners.v[i];

		if (l->io.fd >= 0)
			take_all(l);
		close_listener(l);
	}
	s->tick.on_due = on_tick;
	on_tick(&s->tick);
}

/* Closes the connections that have been silent for too long. */
static void on_idle(struct loop_timer *timer)
{
	struct echo_server *s =
		(struct echo_server *)((char *)timer - offsetof(struct echo_server, idle));
	uint64_t now = clock_now_ns(), idle_ns = s->config->idle_ns, next = now + idle_ns;

	for (struct conn *c = s->conns, *after; c; c = after) {
		struct conn_extra *e = echo_extra(c);
		uint64_t last;

		after = c->next;
		if (e->waits)
			e->last_ns = now; /* it is we who let it wait */
		last = e->last_ns;
		if (now - last >= idle_ns) {
			s->counters.timed_out++;
			echo_stream_close(c, ETIMEDOUT);
		} else if (last + idle_ns < next) {
			next = last + idle_ns;
		}
	}
	if (next < now + IDLE_MIN_MS * CLOCK_MS)
		next = now + IDLE_MIN_MS * CLOCK_MS; /* not a look at all for each */
	loop_timer_set(s->loop, timer, next);
}

static void on_turn(struct loop_timer *timer)
{
	struct echo_server *s =
		(struct echo_server *)((char *)timer - offsetof(struct echo_server, turn));

	uint64_t next = timer->due_ns + s->config->turn_ns, now;

	s->config->turn(s->config->ctx);
	now = clock_now_ns();
	loop_timer_set(s->loop, timer, next > now ? next : now + s->config->turn_ns);
}

static void start_timers(struct echo_server *s)
{
	uint64_t now = clock_now_ns();

	s->idle.on_due = on_idle;
	s->turn.on_due = on_turn;
	if (s->config->idle_ns)
		loop_timer_set(s->loop, &s->idle, now + s->config->idle_ns);
	if (s->config->turn && s->config->turn_ns)
		loop_timer_set(s->loop, &s->turn, now + s->config->turn_ns);
}

/* No listener is left, only connections that were handed over: it ends with the last. */
static bool has_listener(const struct echo_server *s)
{
	for (size_t i = 0; i < s->listeners.n; i++)
		if (s->listeners.v[i]->io.fd >= 0)
			return true;
	return false;
}

int echo_server_run(struct echo_server *s, struct err *err)
{
	bool listens = has_listener(s);

	start_timers(s);
	while (!s->broken && (s->conns || (listens && !s->draining))) {
		if (!s->draining && s->config->stop(s->config->ctx))
			begin_drain(s);
		else if (loop_turn(s->loop, err) < 0)
			return -1;
	}
	if (s->broken)
		*err = s->err;
	return s->broken ? -1 : 0;
}

void echo_counters_add(struct echo_counters *sum, const struct echo_counters *from)
{
	sum->connections += from->connections;
	sum->refused += from->refused;
	sum->failed += from->failed;
	sum->timed_out += from->timed_out;
	sum->open += from->open;
	sum->bytes += from->bytes;
	sum->datagrams += from->datagrams;
	sum->unanswered += from->unanswered;
	sum->limited += from->limited;
	sum->dropped += from->dropped;
	sum->faults.units += from->faults.units;
	sum->faults.delayed += from->faults.delayed;
	sum->faults.lost += from->faults.lost;
	sum->faults.duplicated += from->faults.duplicated;
	sum->faults.reordered += from->faults.reordered;
	sum->faults.corrupted += from->faults.corrupted;
	sum->faults.resets += from->faults.resets;
	sum->faults.closes += from->faults.closes;
	sum->faults.stalls += from->faults.stalls;
}
