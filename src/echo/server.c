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
	if (l->held)
		echo_block_put(s, l->held);
	l->held = NULL;
}

static void close_listeners(struct echo_server *s)
{
	for (size_t i = 0; i < s->listeners.n; i++) {
		close_listener(s->listeners.v[i]);
		free(s->listeners.v[i]);
	}
	s->listeners.n = 0;
}

void echo_server_free(struct echo_server *s)
{
	if (!s)
		return;
	while (s->conns)
		echo_stream_close(s->conns, 0);
	close_listeners(s);
	vec_fini(&s->listeners);
	while (s->blocks) {
		struct block *b = s->blocks;

		s->blocks = b->next;
		free(b);
	}
	if (s->spare >= 0)
		close(s->spare);
	loop_free(s->loop);
	free(s);
}

/* Listens on SA. */
static int listen_one(struct echo_server *s, const struct sa *sa, struct err *err)
{
	const struct sock_server how = {
		.type = s->config->type,
		.backlog = s->config->backlog,
		.v6only = s->config->v6only,
	};
	bool stream = how.type == SOCK_STREAM;
	struct listener *l;
	int fd;

	if (sock_clear_path(sa, err) < 0)
		return -1;
	fd = sock_listen(sa, &how, err);
	if (fd < 0)
		return -1;
	l = xcalloc(1, sizeof(*l));
	l->server = s;
	*vec_push(&s->listeners) = l;
	l->io = (struct loop_fd){
		.fd = fd,
		.on_ready = stream ? echo_stream_accept : echo_datagram_ready,
	};
	sock_note_path(sa, &l->file);
	if (sock_local(fd, &l->sa, err) < 0 ||
	    (!stream && pktinfo_enable(fd, sa->u.sa.sa_family, err) < 0))
		return -1;
	return loop_add(s->loop, &l->io, LOOP_READ, err);
}

/* This machine does not have the family, or the address: another of the list may do. */
static bool is_absent(int code)
{
	return code == EAFNOSUPPORT || code == EADDRNOTAVAIL || code == EPROTONOSUPPORT;
}

/* Listens on SA, or on 0.0.0.0 for [::] where there is no IPv6. */
static int listen_either(struct echo_server *s, const struct sa *sa, struct err *err)
{
	static const struct ip any4 = { .family = 4 };
	struct sa instead;

	if (listen_one(s, sa, err) == 0)
		return 0;
	if (!is_absent(err->code) || s->config->v6only || sa->u.sa.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_UNSPECIFIED(&sa->u.in6.sin6_addr))
		return -1;
	sa_from_ip(&instead, &any4, sa_port(sa));
	return listen_one(s, &instead, err);
}

/* One try of echo_server_listen(): 1 if a port that the system chose is not free everywhere. */
static int listen_all(struct echo_server *s, const struct sa *sa, size_t n, struct err *err)
{
	uint16_t port = 0;

	for (size_t i = 0; i < n; i++) {
		struct sa one = sa[i];

		if (port && sa_port(&one) == 0)
			sa_set_port(&one, port);
		if (listen_either(s, &one, err) == 0)
			port = sa_port(&s->listeners.v[s->listeners.n - 1]->sa);
		else if (err->code == EADDRINUSE && port && sa_port(&sa[i]) == 0)
			return 1;
		else if (!is_absent(err->code))
			return -1;
	}
	return s->listeners.n ? 0 : -1;
}

int echo_server_listen(struct echo_server *s, const struct sa *sa, size_t n, struct err *err)
{
	int rc = 1;

	for (int i = 0; i < PORT_TRIES && rc == 1; i++) {
		rc = listen_all(s, sa, n, err);
		if (rc)
			close_listeners(s);
	}
	if (rc == 0 && s->spare < 0 && s->config->type == SOCK_STREAM)
		s->spare = sock_open(AF_UNIX, SOCK_DGRAM, err); /* -1 does no harm */
	return rc ? -1 : 0;
}

const struct sa *echo_server_address(const struct echo_server *s, size_t i)
{
	return i < s->listeners.n ? &s->listeners.v[i]->sa : NULL;
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
	const struct echo_server_config *config = l->server->config;
	bool stream = config->type == SOCK_STREAM;
	unsigned turns = stream ? config->backlog / ECHO_TURN + 1 : DATAGRAM_TURNS;

	while (turns-- && (stream ? echo_stream_take(l) : echo_datagram_take(l)))
		;
	if (l->held)
		l->server->counters.dropped++;
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

		take_all(l);
		close_listener(l);
	}
	s->tick.on_due = on_tick;
	on_tick(&s->tick);
}

int echo_server_run(struct echo_server *s, struct err *err)
{
	while (!s->broken && !(s->draining && !s->conns)) {
		if (!s->draining && s->config->stop(s->config->ctx))
			begin_drain(s);
		else if (loop_turn(s->loop, err) < 0)
			return -1;
	}
	if (s->broken)
		*err = s->err;
	return s->broken ? -1 : 0;
}
