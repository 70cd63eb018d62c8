/* SPDX-License-Identifier: MIT */
/*
 * server_dgram.c - datagrams of the echo server: one for one
 *
 * What one call brings is answered with as few calls as can be: those for one peer that are alike
 * go out as one piece, where the system takes that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "echo/server_impl.h"

enum {
	PORT_USER = 1024, /* the first port that is not reserved for services */
	ROOM = 65536,     /* bytes for a datagram or a piece */
	BUNCH = 16,       /* alike in a call: joining them would save calls */
	BUNCHES = 4,      /* such calls in a row that show it */
};

/*
 * An answer would start or keep up a loop between two services, or reach many hosts: an echo
 * or chargen service answers the answer (CVE-1999-0103), and the source may be forged.
 */
static bool must_not_answer(const struct listener *l, const struct pktinfo_msg *m)
{
	const struct echo_server *s = l->server;
	uint16_t port = sa_port(&m->peer);

	if (m->peer.u.sa.sa_family == AF_UNIX || m->peer.len == 0)
		return m->peer.len <= offsetof(struct sockaddr_un, sun_path); /* it has no name */
	if (m->info.indirect || port == 0 || (port < PORT_USER && !s->config->any_source))
		return true;
	for (size_t i = 0; i < s->listeners.n; i++)
		if (port == sa_port(&s->listeners.v[i]->sa))
			return true; /* ourselves, or a server like us at the same port */
	return false;
}

static unsigned datagrams(const struct pktinfo_msg *m)
{
	size_t segment = m->info.segment;

	return segment ? (unsigned)((m->len + segment - 1) / segment) : 1;
}

/* How many of the batch from its place on go to one peer as one piece, all but the last as long. */
static unsigned alike(const struct listener *l)
{
	const struct batch *b = l->batch;
	const struct pktinfo_msg *first = &b->msgs[b->at];
	size_t sum = first->len;
	unsigned n = 1;

	if (!l->splits || first->info.segment || first->len == 0)
		return 1;
	for (; b->at + n < b->n && n < PKTINFO_SEGMENTS; n++) {
		const struct pktinfo_msg *m = &b->msgs[b->at + n];

		if (m->info.segment || m->cut || m->len != first->len ||
		    sum + m->len > PKTINFO_PIECE_MAX || !sa_equal(&m->peer, &first->peer) ||
		    m->info.indirect != first->info.indirect ||
		    memcmp(&m->info.to, &first->info.to, sizeof(m->info.to)) != 0)
			break;
		sum += m->len;
	}
	return n;
}

/* The answers to N of the batch have been tried, with CODE as errno or 0; they are counted. */
static void count(struct listener *l, unsigned n, int code)
{
	struct echo_counters *counters = &l->server->counters;
	struct batch *b = l->batch;

	for (; n; n--, b->at++) {
		const struct pktinfo_msg *m = &b->msgs[b->at];

		if (code == 0) {
			counters->datagrams += datagrams(m);
			counters->bytes += m->len;
		} else if (pktinfo_no_source(&m->peer, &m->info, code)) {
			counters->unanswered += datagrams(m); /* a broadcast to a subnet */
		} else {
			counters->dropped += datagrams(m);
		}
	}
}

/* Answers the first N of the batch together: false if the system cannot take them now. */
static bool answer(struct listener *l, unsigned n)
{
	const struct pktinfo_msg *first = &l->batch->msgs[l->batch->at];
	uint16_t segment = n > 1 ? (uint16_t)first->len : first->info.segment;
	ssize_t rc;

	do {
		rc = pktinfo_send_joined(l->io.fd, first, n, segment);
	} while (rc < 0 && errno == EINTR);
	if (rc >= 0) {
		count(l, n, 0);
	} else if (compat_would_block(errno)) {
		return false;
	} else if (n > 1 && (errno == EINVAL || errno == EIO || errno == EMSGSIZE)) {
		l->splits = false; /* this way does not take pieces: from now on one by one */
	} else {
		count(l, n, errno);
	}
	return true;
}

/* One that is not answered as it came, but refused or for a fault: true. */
static bool set_aside(struct listener *l)
{
	struct echo_server *s = l->server;
	struct pktinfo_msg *m = &l->batch->msgs[l->batch->at];

	if (must_not_answer(l, m)) {
		s->counters.unanswered += datagrams(m);
	} else if (m->cut) {
		s->counters.dropped++;
	} else if (!echo_may(s, RATE_ANSWERS, &m->peer, datagrams(m))) {
		s->counters.limited += datagrams(m);
	} else if (s->has_faults) {
		echo_datagram_fault(l, m);
	} else {
		return false;
	}
	l->batch->at++;
	return true;
}

/* How many go out together: all that are alike, if they are within the limits too. */
static unsigned together(const struct listener *l)
{
	const struct pktinfo_msg *first = &l->batch->msgs[l->batch->at];
	unsigned n = alike(l);

	/* The first was counted when it was admitted. */
	if (n > 1 && !echo_may(l->server, RATE_ANSWERS, &first->peer, n - 1))
		return 1;
	return n;
}

/* All of the batch: false if the system takes no more now. */
static bool answer_all(struct listener *l)
{
	struct batch *b = l->batch;

	while (b->at < b->n) {
		if (!b->admitted && set_aside(l))
			continue;
		b->admitted = true;
		if (!answer(l, together(l)))
			return false;
		if (b->at > b->tried)
			b->admitted = false;
		b->tried = b->at;
	}
	return true;
}

static struct batch *new_batch(void)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->memory = xmalloc((size_t)PKTINFO_BATCH * ROOM); /* pages come as they are needed */
	for (unsigned i = 0; i < PKTINFO_BATCH; i++) {
		b->msgs[i].data = b->memory + (size_t)i * ROOM;
		b->msgs[i].size = ROOM;
	}
	return b;
}

/* Many that are alike have come several times: the kernel may join them for us. */
static void consider_joining(struct listener *l, unsigned n)
{
	const struct batch *b = l->batch;

	if (l->joins || !l->splits)
		return;
	if (n < BUNCH || b->msgs[0].len != b->msgs[n - 1].len ||
	    !sa_equal(&b->msgs[0].peer, &b->msgs[n - 1].peer)) {
		l->bunches = 0;
	} else if (++l->bunches == BUNCHES) {
		l->joins = true;
		pktinfo_join(l->io.fd);
	}
}

/* Receives what is there, at most a batch: false if there is nothing. */
static bool receive(struct listener *l)
{
	struct batch *b = l->batch;
	int n;

	do {
		n = pktinfo_recv_many(l->io.fd, b->msgs, PKTINFO_BATCH);
	} while (n < 0 && errno == EINTR);
	b->at = b->tried = 0;
	b->admitted = false;
	b->n = n > 0 ? (unsigned)n : 0;
	if (n > 0)
		consider_joining(l, b->n);
	return n > 0;
}

bool echo_datagram_take(struct listener *l)
{
	bool more;

	if (!l->batch) {
		l->batch = new_batch();
	}
	if (!answer_all(l))
		return false;
	more = receive(l);
	return more && answer_all(l) && l->batch->n == PKTINFO_BATCH;
}

void echo_datagram_ready(struct loop_fd *io, unsigned ready UNUSED)
{
	struct listener *l = (struct listener *)io;
	struct echo_server *s = l->server;
	bool holds;

	echo_datagram_take(l);
	holds = l->batch->at < l->batch->n;
	if (loop_want(s->loop, io, holds ? LOOP_WRITE : LOOP_READ, &s->err) < 0)
		s->broken = true;
}
