/* SPDX-License-Identifier: MIT */
/* ping_io.c - the sockets of ping */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/xalloc.h"
#include "echo/ping_impl.h"
#include "net/sock.h"

enum {
	CHUNK = 4096,
	UNSENT_MAX = 1 << 20, /* bytes of a stream that wait here */
	REFUSALS = 8,         /* of earlier datagrams, told in a row */
};

void ping_sweep(struct ping *p)
{
	for (struct ping_conn **link = &p->conns; *link;) {
		struct ping_conn *c = *link;

		if (!c->dead) {
			link = &c->next;
			continue;
		}
		*link = c->next;
		loop_del(p->loop, &c->io);
		if (c->io.fd >= 0)
			close(c->io.fd);
		buf_fini(&c->unsent);
		free(c);
	}
}

void ping_conn_end(struct ping_conn *c, int code)
{
	struct ping *p = c->ping;
	uint64_t now = clock_now_ns();
	bool refused = c->connecting || p->config->type == SOCK_DGRAM;
	enum ping_verdict verdict = refused ? PING_REFUSED : PING_CLOSED;

	for (uint64_t n = p->oldest; n <= p->begun; n++) {
		struct flight *f = ping_flight(p, n);

		if (f->number != n || f->conn != c)
			continue;
		if (f->state == FLIGHT_OUT)
			ping_over(p, f, verdict, code, now, 0);
		f->conn = NULL;
	}
	loop_del(p->loop, &c->io);
	c->dead = true; /* freed later: its handler may be running */
}

static void want(struct ping_conn *c)
{
	struct ping *p = c->ping;
	unsigned what = LOOP_READ | (c->connecting || c->unsent.len ? LOOP_WRITE : 0);

	if (!c->dead && loop_want(p->loop, &c->io, what, &p->err) < 0)
		p->broken = true;
}

/* Sends what of a stream was not taken yet. */
static void flush(struct ping_conn *c)
{
	while (c->unsent.len && !c->dead) {
		ssize_t n = send(c->io.fd, c->unsent.data, c->unsent.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM))
			break;
		if (n < 0) {
			ping_conn_end(c, errno);
			return;
		}
		c->out += (uint64_t)n;
		buf_consume(&c->unsent, (size_t)n);
	}
	want(c);
}

static void send_datagram(struct ping_conn *c, struct flight *f)
{
	struct ping *p = c->ping;

	for (int refusals = 0;;) {
		ssize_t n = send(c->io.fd, p->block, f->size, MSG_NOSIGNAL);

		if (n >= 0 || compat_would_block(errno) || errno == ENOBUFS || errno == ENOMEM)
			break; /* what the system drops is lost */
		if (errno == ECONNREFUSED && refusals++ < REFUSALS)
			continue; /* of the one before; it was told and is not now */
		if (errno != EINTR) {
			ping_over(p, f, PING_REFUSED, errno, clock_now_ns(), 0);
			return;
		}
	}
	f->last = c->datagrams++;
}

void ping_send(struct ping_conn *c, struct flight *f)
{
	struct ping *p = c->ping;

	f->end = c->planned += f->size;
	f->last = f->end - 1;
	f->sent_ns = clock_now_ns();
	f->sent_real_ns = p->config->timestamping ? clock_real_ns() : 0;
	ping_make(p, f->number, p->block, f->size);
	if (p->config->type == SOCK_DGRAM) {
		send_datagram(c, f);
		return;
	}
	buf_add(&c->unsent, p->block, f->size);
	if (!c->connecting)
		flush(c);
}

/* The probe whose bytes begin at the stream's offset IN. */
static struct flight *waiting(struct ping_conn *c)
{
	struct ping *p = c->ping;

	for (; c->first <= p->begun; c->first++) {
		struct flight *f = ping_flight(p, c->first);

		if (f->number == c->first && f->conn == c && f->end > c->in)
			return f;
	}
	return NULL;
}

/* Of a probe that has come back whole. */
static enum ping_verdict verdict_of(const struct flight *f)
{
	if (f->differs)
		return PING_DIFFERENT;
	return f->state == FLIGHT_GONE ? PING_LATE : PING_OK;
}

/* Compares the N bytes at DATA with those of F that are next. */
static void compare(const struct ping *p, struct flight *f, const unsigned char *data, size_t n)
{
	unsigned char small[CHUNK];
	unsigned char *all = f->size <= CHUNK ? small : xmalloc(f->size);

	ping_make(p, f->number, all, f->size);
	for (size_t i = 0; i < n && !f->differs; i++) {
		f->differs = all[f->checked + i] != data[i];
		f->offset = f->checked + i;
	}
	if (all != small)
		free(all);
}

/* N bytes of the block came back on a stream. */
static void take_stream(struct ping_conn *c, size_t n, uint64_t now, uint64_t kernel_ns)
{
	struct ping *p = c->ping;
	for (size_t at = 0; at < n && !c->dead;) {
		struct flight *f = waiting(c);
		size_t some = n - at;

		if (!f) {
			ping_odd(p, PING_FOREIGN, p->begun, n - at);
			return;
		}
		if (c->in < f->end - f->size) {
			/* Of probes that were lost so long ago that nothing is known of them. */
			uint64_t old = f->end - f->size - c->in;

			some = old < some ? (size_t)old : some;
			c->in += some;
			at += some;
			continue;
		}
		if (some > f->end - c->in)
			some = (size_t)(f->end - c->in);
		if (!f->differs)
			compare(p, f, p->block + at, some);
		f->checked += some;
		c->in += some;
		at += some;
		if (f->checked < f->size)
			continue;
		if (f->state != FLIGHT_OVER) /* else it was told of at its time-out */
			ping_over(p, f, verdict_of(f), 0, now, kernel_ns);
		f->conn = NULL;
		if (p->config->connect_each) {
			if (at < n)
				ping_odd(p, PING_FOREIGN, f->number, n - at);
			ping_conn_end(c, 0);
		}
	}
}

/* A datagram of N bytes in the block. */
static void take_datagram(struct ping_conn *c, size_t n, uint64_t now, uint64_t kernel_ns)
{
	struct ping *p = c->ping;
	uint64_t number = n >= PING_NUMBER ? ping_number(p, p->block) : 0;
	struct flight *f = ping_flight(p, number);
	unsigned char *all;
	size_t i = 0;

	if (number == 0 || f->number != number || number > p->begun) {
		ping_odd(p, PING_FOREIGN, number <= p->begun ? number : 0, n);
		return;
	}
	if (f->state == FLIGHT_OVER) {
		ping_odd(p, PING_DUPLICATE, number, n);
		return;
	}
	all = xmalloc(f->size);
	ping_make(p, number, all, f->size);
	while (i < n && i < f->size && all[i] == p->block[i])
		i++;
	free(all);
	f->offset = i;
	f->differs = i < n || i < f->size;
	ping_over(p, f, verdict_of(f), 0, now, kernel_ns);
	if (p->config->connect_each)
		ping_conn_end(c, 0);
}

/* When probes have left, as far as the kernel tells. */
static void take_stamps(struct ping_conn *c)
{
	struct ping *p = c->ping;
	uint64_t kernel_ns;
	uint32_t id;

	while (ping_stamps_sent(c->io.fd, &id, &kernel_ns) > 0) {
		for (uint64_t n = p->oldest; n <= p->begun && kernel_ns; n++) {
			struct flight *f = ping_flight(p, n);

			if (f->number == n && f->conn == c && (uint32_t)f->last == id)
				f->left_real_ns = kernel_ns;
		}
	}
}

static void on_ready(struct loop_fd *io, unsigned ready)
{
	struct ping_conn *c = (struct ping_conn *)io;
	struct ping *p = c->ping;

	if (c->stamps)
		take_stamps(c);
	for (int i = 0; i < 64 && !c->dead; i++) {
		uint64_t kernel_ns = 0, now;
		ssize_t n = c->stamps ? ping_stamps_recv(io->fd, p->block, sizeof(p->block),
							 &kernel_ns) :
					recv(io->fd, p->block, sizeof(p->block), 0);

		now = clock_now_ns();
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && compat_would_block(errno))
			break;
		if (n < 0 || (n == 0 && p->config->type != SOCK_DGRAM)) {
			ping_conn_end(c, n < 0 ? errno : 0);
			return;
		}
		if (c->stamps)
			take_stamps(c); /* of what has come back meanwhile */
		if (p->config->type == SOCK_DGRAM)
			take_datagram(c, (size_t)n, now, kernel_ns);
		else
			take_stream(c, (size_t)n, now, kernel_ns);
	}
	if (!c->dead && (ready & LOOP_WRITE))
		flush(c);
}

static void connected(struct ping_conn *c)
{
	struct ping *p = c->ping;

	c->connecting = false;
	c->connect_ns = clock_now_ns() - c->start_ns;
	hist_add(&p->result->connect, c->connect_ns);
	c->stamps = p->config->timestamping &&
		    ping_stamps_enable(c->io.fd, p->config->type == SOCK_STREAM);
	if (p->config->timestamping && !c->stamps)
		p->result->no_stamps = errno;
	c->io.on_ready = on_ready;
	for (uint64_t n = p->oldest; n <= p->begun; n++) {
		struct flight *f = ping_flight(p, n);

		/* The time that connecting took is not theirs. */
		if (f->number == n && f->conn == c) {
			f->sent_ns = clock_now_ns();
			f->sent_real_ns = clock_real_ns();
		}
	}
	flush(c);
}

static void on_connecting(struct loop_fd *io, unsigned ready UNUSED)
{
	struct ping_conn *c = (struct ping_conn *)io;
	struct err err;

	if (sock_connected(io->fd, c->ping->config->address, &err) < 0)
		ping_conn_end(c, err.code);
	else
		connected(c);
}

/* A socket that begins to connect; -1 with ERR filled. */
static int open_conn(struct ping_conn *c, struct err *err)
{
	struct ping *p = c->ping;
	const struct ping_config *config = p->config;
	int rc;

	c->io.fd = sock_open(config->address->u.sa.sa_family, config->type, err);
	if (c->io.fd < 0 || sock_nodelay(c->io.fd, config->address, config->type, err) < 0 ||
	    (config->prepare && config->prepare(config->ctx, c->io.fd, err) < 0))
		return -1;
	rc = sock_connect(c->io.fd, config->address, err);
	if (rc < 0 || loop_add(p->loop, &c->io, LOOP_READ | LOOP_WRITE, err) < 0)
		return -1;
	if (rc > 0)
		connected(c);
	return 0;
}

bool ping_choked(const struct ping *p)
{
	if (p->config->connect_each || p->config->type == SOCK_DGRAM)
		return false;
	for (const struct ping_conn *c = p->conns; c; c = c->next)
		if (!c->dead && c->unsent.len > UNSENT_MAX)
			return true;
	return false;
}

struct ping_conn *ping_conn_for(struct ping *p, uint64_t number)
{
	struct ping_conn *c = p->conns;
	struct err err;

	while (c && c->dead)
		c = c->next;
	if (p->config->connect_each)
		c = NULL;
	if (c)
		return c;
	c = xcalloc(1, sizeof(*c));
	c->ping = p;
	c->io.on_ready = on_connecting;
	c->connecting = true;
	c->first = number;
	c->start_ns = clock_now_ns();
	c->next = p->conns;
	p->conns = c;
	if (open_conn(c, &err) == 0)
		return c;
	c->dead = true;
	ping_over(p, ping_flight(p, number), PING_REFUSED, err.code, clock_now_ns(), 0);
	return NULL;
}
