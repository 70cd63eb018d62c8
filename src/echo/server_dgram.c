/* SPDX-License-Identifier: MIT */
/* server_dgram.c - datagrams of the echo server: one for one */
#include <errno.h>

#include "base/compat.h"
#include "echo/server_impl.h"

enum {
	PORT_USER = 1024, /* the first port that is not reserved for services */
};

/*
 * An answer would start or keep up a loop between two services, or reach many hosts: an echo
 * or chargen service answers the answer (CVE-1999-0103), and the source may be forged.
 */
static bool must_not_answer(const struct listener *l, const struct sa *peer,
			    const struct pktinfo *info)
{
	const struct echo_server *s = l->server;
	uint16_t port = sa_port(peer);

	if (port < PORT_USER || info->indirect)
		return true;
	for (size_t i = 0; i < s->listeners.n; i++)
		if (port == sa_port(&s->listeners.v[i]->sa))
			return true; /* ourselves, or a server like us at the same port */
	return false;
}

/* Returns the datagram in L->held: false if the system cannot take it now. */
static bool answer(struct listener *l)
{
	struct echo_counters *counters = &l->server->counters;
	struct block *b = l->held;
	ssize_t n;

	do {
		n = pktinfo_send(l->io.fd, b->data, b->len, &l->peer, &l->info);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && compat_would_block(errno))
		return false;
	if (n >= 0) {
		counters->datagrams++;
		counters->bytes += (uint64_t)n;
	} else if (pktinfo_no_source(&l->peer, &l->info, errno)) { /* a broadcast to a subnet */
		counters->unanswered++;
	} else {
		counters->dropped++;
	}
	echo_block_put(l->server, b);
	l->held = NULL;
	return true;
}

/* Receives a datagram into L->held: false if there is none. */
static bool receive(struct listener *l)
{
	struct block *b = echo_block_get(l->server);
	ssize_t n;

	do {
		n = pktinfo_recv(l->io.fd, b->data, sizeof(b->data), &l->peer, &l->info);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		echo_block_put(l->server, b);
		return false;
	}
	b->len = (size_t)n;
	l->held = b;
	return true;
}

bool echo_datagram_take(struct listener *l)
{
	struct echo_server *s = l->server;

	for (int i = 0; i < ECHO_TURN; i++) {
		if (!l->held && !receive(l))
			return false;
		if (must_not_answer(l, &l->peer, &l->info)) {
			s->counters.unanswered++;
			echo_block_put(s, l->held);
			l->held = NULL;
		} else if (!answer(l)) {
			return false;
		}
	}
	return true;
}

void echo_datagram_ready(struct loop_fd *io, unsigned ready UNUSED)
{
	struct listener *l = (struct listener *)io;
	struct echo_server *s = l->server;

	echo_datagram_take(l);
	if (loop_want(s->loop, io, l->held ? LOOP_WRITE : LOOP_READ, &s->err) < 0)
		s->broken = true;
}
