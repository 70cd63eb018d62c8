/* SPDX-License-Identifier: MIT */
/* server_stream.c - connections of the echo server: accept, echo, close */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/server_impl.h"

enum {
	PAUSE_MS = 100,
	CROWDED_S = 60,
	RATE_MS = 20, /* between two looks whether a peer may be served again */
};

enum pump {
	PUMP_AGAIN, /* more may come */
	PUMP_IDLE,  /* nothing is there now */
	PUMP_FULL,  /* the peer does not read */
	PUMP_WAIT,  /* for its timer: a limit, or a fault on purpose */
	PUMP_GONE,  /* it is closed and freed */
	PUMP_END,   /* end of file, and all is returned */
	PUMP_ERROR, /* errno */
};

/* Listeners take connections, or leave them where they wait. */
static void open_doors(struct echo_server *s, bool open);

/* C's timer is due: pumps again. */
static void resume(struct conn *c);

static void get_peer(const struct conn *c, struct sa *peer)
{
	sa_from_raw(peer, c->peer, c->peer_room);
	peer->len = c->peer_len;
}

/* How many bytes of PEER must be kept. */
static size_t significant(const struct sa *peer)
{
	const char *data = (const char *)&peer->u;
	size_t n = peer->len;

	while (n && data[n - 1] == 0)
		n--;
	return n;
}

static void tell(struct listener *l, const struct conn *c, enum echo_event_kind kind, int code)
{
	const struct echo_server_config *config = l->server->config;
	struct echo_event event = { .kind = kind, .address = &l->sa };
	struct sa peer;

	if (c) {
		get_peer(c, &peer);
		event.peer = &peer;
		event.bytes = c->bytes;
	}
	if (code)
		event.error = strerror(code);
	config->event(config->ctx, &event);
}

/* A descriptor in reserve, as soon as one is to be had. */
static void get_spare(struct echo_server *s)
{
	struct err err;

	if (s->spare < 0)
		s->spare = sock_open(AF_UNIX, SOCK_DGRAM, &err);
}

void echo_stream_close(struct conn *c, int code)
{
	struct echo_server *s = c->listener->server;

	if (s->has_extra) {
		struct conn_extra *e = echo_extra(c);

		loop_timer_stop(s->loop, &e->timer);
		if (e->parked)
			echo_block_put(s, e->parked);
	}
	loop_close(s->loop, &c->io);
	s->counters.open--;
	if (s->full)
		open_doors(s, true);
	get_spare(s);
	if (c->held)
		echo_block_put(s, c->held);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	s->counters.failed += code != 0;
	tell(c->listener, c, ECHO_DISCONNECTED, code);
	free(c);
}

struct conn_extra *echo_extra(struct conn *c)
{
	size_t at = (offsetof(struct conn, peer) + c->peer_room + 7) / 8 * 8;

	return (struct conn_extra *)((char *)c + at);
}

static void on_extra(struct loop_timer *timer)
{
	struct conn_extra *e = (struct conn_extra *)timer;

	e->waits = false;
	if (e->parked && !e->conn->held)
		echo_stream_unpark(e->conn); /* nothing has come behind which it could go */
	resume(e->conn);
}

/* Sends what C holds: 1 if all is gone, 0 if the peer takes no more now, -1 with errno. */
static int send_held(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	uint64_t chunk = s->config->fault.chunk;
	struct block *b = c->held;

	while (b->off < b->len) {
		size_t len = b->len - b->off;
		ssize_t n;

		if (chunk && len > chunk)
			len = (size_t)chunk;
		n = send(c->io.fd, b->data + b->off, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		/* Without memory for it the system may take it a moment later. */
		if (n < 0 && (compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM))
			return 0;
		if (n < 0)
			return -1;
		b->off += (size_t)n;
		c->bytes += (uint64_t)n;
		s->counters.bytes += (uint64_t)n;
		if (s->config->idle_ns)
			echo_extra(c)->last_ns = clock_now_ns();
	}
	return 1;
}

/* A record is received as a whole or not at all: its length, also of one that is longer than N. */
static ssize_t receive_record(int fd, void *data, size_t n)
{
	ssize_t got = recv(fd, data, n, MSG_TRUNC);

	if (got <= 0 || (size_t)got <= n)
		return got;
	errno = EMSGSIZE;
	return -1;
}

/* Receives at most a block: 1, 0 at the end of file, -1 with errno; FULL if there may be more. */
static int receive(struct conn *c, bool *full)
{
	struct echo_server *s = c->listener->server;
	bool record =
		c->listener->type == SOCK_SEQPACKET && c->listener->sa.u.sa.sa_family == AF_UNIX;
	struct block *b = echo_block_get(s);
	ssize_t n;

	do {
		n = record ? receive_record(c->io.fd, b->data, sizeof(b->data)) :
			     recv(c->io.fd, b->data, sizeof(b->data), 0);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		echo_block_put(s, b);
		return (int)n;
	}
	b->off = 0;
	b->len = (size_t)n;
	/* A record is not all that there is; of a stream a short read is. */
	*full = b->len == sizeof(b->data) || c->listener->type == SOCK_SEQPACKET;
	c->held = b;
	c->quiet = 0;
	loop_hot(s->loop, &c->io);
	return 1;
}

static enum pump after(enum fault_step step)
{
	return step == FAULT_GO ? PUMP_AGAIN : step == FAULT_WAIT ? PUMP_WAIT : PUMP_GONE;
}

/* The limit of the peer's rate is reached: C goes on a little later. */
static bool over_rate(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	struct conn_extra *e;
	struct sa peer;

	if (!s->config->max_rate)
		return false;
	get_peer(c, &peer);
	if (echo_may(s, RATE_BYTES, &peer, 0))
		return false;
	e = echo_extra(c);
	e->waits = true;
	loop_timer_set(s->loop, &e->timer, clock_now_ns() + RATE_MS * CLOCK_MS);
	return true;
}

/* Receives a block: PUMP_AGAIN if there is something to be sent. */
static enum pump take_in(struct conn *c, bool *full)
{
	struct echo_server *s = c->listener->server;
	int rc;

	if (over_rate(c))
		return PUMP_WAIT;
	rc = receive(c, full);
	if (rc < 0)
		return compat_would_block(errno) ? PUMP_IDLE : PUMP_ERROR;
	if (rc == 0) {
		if (!s->has_faults)
			return PUMP_END;
		rc = (int)echo_stream_fault_end(c);
		if (rc != FAULT_GO)
			return after((enum fault_step)rc);
		return c->held ? PUMP_AGAIN : PUMP_END;
	}
	if (s->has_extra) {
		struct conn_extra *e = echo_extra(c);
		struct sa peer;

		e->last_ns = clock_now_ns();
		get_peer(c, &peer);
		echo_may(s, RATE_BYTES, &peer, c->held->len);
	}
	return PUMP_AGAIN;
}

/* Sends what is held: PUMP_AGAIN if nothing is left. */
static enum pump give_out(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	int rc;

	if (s->has_faults) {
		enum fault_step step = echo_stream_fault(c);

		if (step != FAULT_GO)
			return after(step);
		if (!c->held)
			return PUMP_AGAIN;
	}
	rc = send_held(c);
	if (rc <= 0)
		return rc == 0 ? PUMP_FULL : PUMP_ERROR;
	if (s->has_faults)
		return after(echo_stream_fault_sent(c));
	echo_block_put(s, c->held);
	c->held = NULL;
	return PUMP_AGAIN;
}

/*
 * Moves what is there, at most ECHO_ROUNDS blocks.  A short read means that there is no more,
 * or that the urgent mark (RFC 6093) is reached: the loop tells.  To drain it must be known.
 */
static enum pump pump(struct conn *c, bool to_the_end)
{
	bool full = true;

	for (int i = 0; i < ECHO_ROUNDS; i++) {
		enum pump state;

		if (!c->held) {
			if (!full && !to_the_end)
				return PUMP_IDLE;
			state = take_in(c, &full);
			if (state != PUMP_AGAIN)
				return state;
		}
		state = give_out(c);
		if (state != PUMP_AGAIN)
			return state;
	}
	return PUMP_AGAIN;
}

/* Pumps and waits for what must come next; C may be gone then. */
static enum pump step(struct conn *c, bool to_the_end)
{
	struct echo_server *s = c->listener->server;
	enum pump state;
	unsigned want;
	struct err err;

	if (s->has_extra && (echo_extra(c)->waits || echo_extra(c)->stalled))
		return PUMP_WAIT;
	state = pump(c, to_the_end);
	if (state == PUMP_GONE)
		return PUMP_END;
	want = state == PUMP_WAIT ? LOOP_HANGUP : c->held ? LOOP_WRITE : LOOP_READ;
	if (state == PUMP_END || state == PUMP_ERROR)
		echo_stream_close(c, state == PUMP_ERROR ? errno : 0);
	else if (loop_want(s->loop, &c->io, want, &err) < 0)
		echo_stream_close(c, err.code);
	else
		return state;
	return PUMP_END;
}

/* The peer of C has gone while nothing was to be read or sent. */
static void hung_up(struct conn *c)
{
	socklen_t room = sizeof(int);
	struct err err;
	int code = 0;

	if (getsockopt(c->io.fd, SOL_SOCKET, SO_ERROR, &code, &room) < 0 || code)
		echo_stream_close(c, code ? code : errno);
	else if (!c->finished)
		echo_stream_close(c, EPIPE);
	else if (loop_want(c->listener->server->loop, &c->io, 0, &err) < 0)
		echo_stream_close(c, err.code); /* both have ended, but not all has arrived yet */
}

static void on_conn(struct loop_fd *io, unsigned ready)
{
	struct conn *c = (struct conn *)io;

	if (ready & LOOP_HANGUP)
		hung_up(c);
	else
		step(c, c->listener->server->draining);
}

static void resume(struct conn *c)
{
	step(c, c->listener->server->draining);
}

void echo_stream_drain(struct conn *c)
{
	struct echo_server *s = c->listener->server;
	struct err err;

	if (s->has_extra && echo_extra(c)->stalled) {
		echo_stream_close(c, 0); /* it would wait for nothing */
		return;
	}
	if (!c->finished) {
		/* What a client sends without a pause goes on until it has sent all. */
		if (step(c, true) != PUMP_IDLE || (s->has_extra && echo_extra(c)->parked) ||
		    ++c->quiet < ECHO_QUIET)
			return;
		shutdown(c->io.fd, SHUT_WR);
		if (loop_want(s->loop, &c->io, LOOP_HANGUP, &err) < 0) {
			echo_stream_close(c, err.code);
			return;
		}
		c->finished = true;
	}
	/*
	 * If a client that sends again were answered with a reset now, it could lose what is
	 * on its way to it.  A UNIX peer has all in its own queue.
	 */
	if (c->listener->sa.u.sa.sa_family == AF_UNIX || sock_unsent(c->io.fd) == 0)
		echo_stream_close(c, 0);
}

static void on_pause_over(struct loop_timer *timer)
{
	struct listener *l = (struct listener *)((char *)timer - offsetof(struct listener, pause));
	struct err err;

	get_spare(l->server);
	if (loop_want(l->server->loop, &l->io, LOOP_READ, &err) < 0)
		loop_timer_set(l->server->loop, timer, clock_now_ns() + PAUSE_MS * CLOCK_MS);
}

/* New connections wait in the backlog for a moment. */
static void hold_back(struct listener *l)
{
	struct err err;

	l->pause.on_due = on_pause_over;
	if (loop_want(l->server->loop, &l->io, 0, &err) == 0)
		loop_timer_set(l->server->loop, &l->pause, clock_now_ns() + PAUSE_MS * CLOCK_MS);
}

static void tell_crowded(struct listener *l, int code)
{
	struct echo_server *s = l->server;
	uint64_t now = clock_now_ns();

	if (s->crowded_ns && now - s->crowded_ns < CROWDED_S * CLOCK_S)
		return;
	s->crowded_ns = now;
	tell(l, NULL, ECHO_CROWDED, code);
}

/* The end of file for the client of FD; with bytes left unread it would be a reset. */
static void dismiss(struct echo_server *s, int fd)
{
	struct block *b = echo_block_get(s);

	shutdown(fd, SHUT_WR);
	(void)!recv(fd, b->data, sizeof(b->data), 0);
	echo_block_put(s, b);
	close(fd);
}

/*
 * No descriptor is left: one is given up to take the connection and close it, so that its
 * client knows, and does not wait for an echo that cannot come.
 */
static bool turn_away(struct listener *l)
{
	struct echo_server *s = l->server;
	struct sa peer;
	int fd;

	if (s->spare < 0)
		return false;
	close(s->spare);
	s->spare = -1;
	fd = sock_accept(l->io.fd, &peer);
	if (fd >= 0)
		dismiss(s, fd);
	get_spare(s);
	s->counters.refused += fd >= 0;
	return fd >= 0;
}

/*
 * The connection was given up before it was taken, or the network ended it (accept(2),
 * "Error handling"): the next one may be well.
 */
static const int passing[] = {
	EINTR,       ECONNABORTED, EPROTO,       EPERM,      ENETDOWN,
	ENOPROTOOPT, EHOSTDOWN,    EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
};

/* accept(2) failed with CODE: go on with the next connection? */
static bool accept_failed(struct listener *l, int code)
{
	if (compat_would_block(code))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(passing); i++)
		if (code == passing[i])
			return true;
	tell_crowded(l, code);
	if ((code == EMFILE || code == ENFILE) && turn_away(l))
		return true;
	hold_back(l);
	return false;
}

static void open_doors(struct echo_server *s, bool open)
{
	struct err err;

	s->full = !open;
	for (size_t i = 0; i < s->listeners.n; i++) {
		struct listener *l = s->listeners.v[i];

		/* One that is held back for another reason comes back by its own timer. */
		if (l->type == SOCK_DGRAM || l->io.fd < 0 || l->pause.slot)
			continue;
		if (loop_want(s->loop, &l->io, open ? LOOP_READ : 0, &err) < 0)
			hold_back(l);
	}
}

void echo_stream_add(struct listener *l, int fd, struct sa *peer)
{
	struct echo_server *s = l->server;
	size_t room;
	struct conn *c;
	struct err err;

	if (s->config->prepare && s->config->prepare(s->config->ctx, fd, false, &err) < 0) {
		s->counters.failed++;
		close(fd);
		return;
	}
	sa_unmap(peer);
	room = significant(peer);
	c = xcalloc(1, offsetof(struct conn, peer) + room +
			       (s->has_extra ? sizeof(struct conn_extra) + 8 : 0));
	c->io = (struct loop_fd){ .fd = fd, .on_ready = on_conn };
	c->listener = l;
	c->peer_len = (unsigned char)peer->len;
	c->peer_room = (unsigned char)room;
	memcpy(c->peer, &peer->u, room);
	if (s->has_extra) {
		*echo_extra(c) = (struct conn_extra){
			.timer.on_due = on_extra,
			.conn = c,
			.serial = s->serial++,
			.last_ns = clock_now_ns(),
		};
	}
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next)
		c->next->link = &c->next;
	s->conns = c;
	s->counters.connections++;
	s->counters.open++;
	tell(l, c, ECHO_CONNECTED, 0);
	if (loop_add(s->loop, &c->io, LOOP_READ, &err) < 0)
		echo_stream_close(c, err.code);
	else
		step(c, false); /* often its first bytes are there already */
}

bool echo_stream_take(struct listener *l)
{
	const struct echo_server *s = l->server;

	for (int i = 0; i < ECHO_TURN; i++) {
		struct sa peer;
		int fd;

		if (s->config->max_connections && s->counters.open >= s->config->max_connections) {
			open_doors(l->server, false);
			return false;
		}
		fd = sock_accept(l->io.fd, &peer);
		if (fd >= 0)
			echo_stream_add(l, fd, &peer);
		else if (!accept_failed(l, errno))
			return false;
	}
	return true;
}

void echo_stream_accept(struct loop_fd *io, unsigned ready UNUSED)
{
	echo_stream_take((struct listener *)io);
}
