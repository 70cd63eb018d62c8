/* SPDX-License-Identifier: MIT */
/* liar_serve.c - how liar lies */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/macros.h"
#include "liar.h"

enum {
	CLIENTS = 256,
	BLOCK = 65536,
	HELD = 1 << 20,    /* bytes that an honest one keeps for a client */
	NAGLE_AFTER = 640, /* bytes */
	LATER = 256,       /* datagrams that are late */
	WAIT_MS = 1000,    /* between two looks whether the parent is there */
	FOREIGN_SIZE = 64,
};

static const char *const names[LIES] = {
	[LIE_HONEST] = "honest", [LIE_WRONG] = "wrong",         [LIE_MISSING] = "missing",
	[LIE_EXTRA] = "extra",   [LIE_DUPLICATE] = "duplicate", [LIE_REORDERED] = "reordered",
	[LIE_LATE] = "late",     [LIE_NEVER] = "never",         [LIE_CLOSES] = "closes",
	[LIE_RESETS] = "resets", [LIE_TAIL] = "tail",           [LIE_ENDLESS] = "endless",
	[LIE_URGENT] = "urgent", [LIE_GROWS] = "grows",         [LIE_STARVES] = "starves",
	[LIE_NAGLE] = "nagle",   [LIE_ELSEWHERE] = "elsewhere", [LIE_FOREIGN] = "foreign",
};

enum lie liar_lie(const char *name)
{
	int i = 0;

	while (i < LIES && strcmp(names[i], name) != 0)
		i++;
	return (enum lie)i;
}

static int bound(int type, struct sa *sa)
{
	static const struct ip loopback = { .family = 4, .b = { 127, 0, 0, 1 } };
	socklen_t room = sizeof(sa->u);
	int fd = socket(AF_INET, type, 0);

	sa_from_ip(sa, &loopback, 0);
	if (fd < 0 || bind(fd, &sa->u.sa, sa->len) < 0 || getsockname(fd, &sa->u.sa, &room) < 0)
		return -1;
	return fd;
}

int liar_open(const struct liar *liar, struct sa *sa)
{
	int fd = bound(liar->type, sa);

	if (fd >= 0 && liar->type == SOCK_STREAM && listen(fd, CLIENTS) < 0)
		return -1;
	return fd;
}

/* Streams */

struct client {
	int fd; /* -1: free */
	uint64_t in;
	struct buf out;
	size_t sent;     /* of OUT */
	uint64_t due_ns; /* OUT is held until then */
	bool deaf;       /* is read from no more */
	bool ends;       /* ends its half when OUT is sent */
};

static void drop(struct client *c)
{
	close(c->fd);
	buf_fini(&c->out);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

static void leave(struct client *c, const struct liar *liar)
{
	const struct linger now = { .l_onoff = 1 };

	c->deaf = true;
	c->ends = true;
	if (liar->lie == LIE_RESETS) {
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		drop(c);
	}
}

/* What N bytes at DATA become. */
static void lie(struct client *c, const struct liar *liar, unsigned char *data, size_t n)
{
	uint64_t at = liar->where - c->in;
	bool here = liar->where >= c->in && at < n;
	unsigned char byte = here ? data[at] : 0;

	c->in += n;
	switch (liar->lie) {
	case LIE_NEVER:
		return;
	case LIE_WRONG:
		if (here)
			data[at] ^= 0xff;
		break;
	case LIE_MISSING:
		if (here)
			memmove(data + at, data + at + 1, --n - (size_t)at);
		break;
	case LIE_EXTRA:
		if (here) {
			byte ^= 0xff;
			buf_add(&c->out, data, (size_t)at);
			buf_add(&c->out, &byte, 1);
			data += at;
			n -= (size_t)at;
		}
		break;
	case LIE_DUPLICATE:
		if (here)
			buf_add(&c->out, data, n);
		break;
	case LIE_REORDERED:
		if (here && at + 1 < n) {
			data[at] = data[at + 1];
			data[at + 1] = byte;
		}
		break;
	case LIE_CLOSES:
	case LIE_RESETS:
		if (here)
			n = (size_t)at;
		break;
	default:
		break;
	}
	buf_add(&c->out, data, n);
	if (here && (liar->lie == LIE_CLOSES || liar->lie == LIE_RESETS))
		leave(c, liar);
}

static bool is_late(const struct client *c, const struct liar *liar)
{
	return liar->lie == LIE_LATE || liar->lie == LIE_TAIL ||
	       (liar->lie == LIE_NAGLE && c->in > NAGLE_AFTER);
}

static void take(struct client *c, const struct liar *liar)
{
	static unsigned char data[BLOCK + 1];
	bool first = c->sent == c->out.len;
	ssize_t n;

	if (liar->lie == LIE_URGENT && sockatmark(c->fd) > 0) {
		c->deaf = true;
		return;
	}
	n = recv(c->fd, data, BLOCK, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		drop(c);
		return;
	}
	if (n == 0) {
		c->deaf = true;
		c->ends = liar->lie != LIE_ENDLESS;
		if (liar->lie == LIE_TAIL)
			c->sent = c->out.len;
		return;
	}
	lie(c, liar, data, (size_t)n);
	if (c->fd >= 0 && first && is_late(c, liar))
		c->due_ns = clock_now_ns() + liar->late_ms * CLOCK_MS;
}

static void give(struct client *c, const struct liar *liar)
{
	int flags = MSG_NOSIGNAL | (liar->lie == LIE_STARVES ? 0 : MSG_DONTWAIT);

	if (c->due_ns > clock_now_ns())
		return;
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, flags);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			drop(c);
			return;
		}
		c->sent += (size_t)n;
	}
	c->out.len = c->sent = 0;
	if (c->ends && c->deaf) {
		c->ends = false;
		shutdown(c->fd, SHUT_WR);
		/* One that left by itself goes on reading, or its end would be a reset. */
		if (liar->lie != LIE_CLOSES)
			drop(c);
	}
}

static void swallow(struct client *c)
{
	char data[BLOCK];
	ssize_t n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		drop(c);
	else if (n > 0)
		c->in += (uint64_t)n;
}

static void serve(struct client *c, const struct liar *liar, short ready)
{
	if (ready & (POLLIN | POLLHUP | POLLERR)) {
		if (!c->deaf)
			take(c, liar);
		else if (liar->lie == LIE_CLOSES)
			swallow(c);
		else if (ready & (POLLHUP | POLLERR))
			drop(c);
	}
	if (c->fd >= 0)
		give(c, liar);
}

static void join(struct client *clients, int fd)
{
	int on = 1, got = accept(fd, NULL, NULL);
	size_t i = 0;

	while (i < CLIENTS && clients[i].fd >= 0)
		i++;
	if (got < 0 || i == CLIENTS) {
		close(got);
		return;
	}
	setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	clients[i].fd = got;
}

static short wanted(const struct client *c, const struct liar *liar, uint64_t now, int *wait_ms)
{
	bool held = c->due_ns > now;
	size_t left = c->out.len - c->sent;
	short events = 0;

	if ((left || c->ends) && held) {
		int ms = (int)((c->due_ns - now) / CLOCK_MS) + 1;

		*wait_ms = ms < *wait_ms ? ms : *wait_ms;
	}
	if ((left || c->ends) && !held)
		events |= POLLOUT;
	if (c->deaf ? liar->lie == LIE_CLOSES && c->in < HELD :
		      left < HELD || liar->lie == LIE_GROWS)
		events |= POLLIN;
	return events;
}

static void serve_streams(const struct liar *liar, int fd, pid_t parent)
{
	static struct client clients[CLIENTS];
	struct pollfd fds[CLIENTS + 1];

	for (size_t i = 0; i < CLIENTS; i++)
		clients[i].fd = -1;
	while (getppid() == parent) {
		uint64_t now = clock_now_ns();
		int wait_ms = WAIT_MS;

		fds[CLIENTS] = (struct pollfd){ .fd = fd, .events = POLLIN };
		for (size_t i = 0; i < CLIENTS; i++) {
			fds[i] = (struct pollfd){ .fd = clients[i].fd };
			if (clients[i].fd >= 0)
				fds[i].events = wanted(&clients[i], liar, now, &wait_ms);
		}
		poll(fds, CLIENTS + 1, wait_ms);
		for (size_t i = 0; i < CLIENTS; i++)
			if (clients[i].fd >= 0 && clients[i].fd == fds[i].fd)
				serve(&clients[i], liar, fds[i].revents);
		if (fds[CLIENTS].revents)
			join(clients, fd);
	}
}

/* Datagrams */

struct datagram {
	struct sa peer;
	uint64_t due_ns;
	size_t n;
	unsigned char *data; /* NULL: free */
};

static void put(int fd, const struct datagram *d)
{
	(void)!sendto(fd, d->data, d->n, MSG_NOSIGNAL, &d->peer.u.sa, d->peer.len);
}

/* Keeps a copy of D in LATER, until DUE_NS. */
static void keep(struct datagram *later, const struct datagram *d, uint64_t due_ns)
{
	size_t i = 0;

	while (i < LATER && later[i].data)
		i++;
	if (i == LATER)
		return;
	later[i] = *d;
	later[i].due_ns = due_ns;
	later[i].data = malloc(d->n + 1);
	if (later[i].data)
		memcpy(later[i].data, d->data, d->n);
}

/* Sends what is due; how long until the next is, at most WAIT_MS. */
static int put_due(int fd, struct datagram *later)
{
	uint64_t now = clock_now_ns();
	int wait_ms = WAIT_MS;

	for (size_t i = 0; i < LATER; i++) {
		int ms;

		if (!later[i].data)
			continue;
		ms = later[i].due_ns > now ? (int)((later[i].due_ns - now) / CLOCK_MS) + 1 : 0;
		if (ms == 0) {
			put(fd, &later[i]);
			free(later[i].data);
			later[i].data = NULL;
		} else if (ms < wait_ms) {
			wait_ms = ms;
		}
	}
	return wait_ms;
}

/* Answers D, which has room for a byte more. */
static void answer(const struct liar *liar, int fd, int other, struct datagram *d,
		   struct datagram *later)
{
	static unsigned char strange[FOREIGN_SIZE] = "nobody sent this";

	switch (liar->lie) {
	case LIE_NEVER:
		return;
	case LIE_WRONG:
		if (d->n)
			d->data[d->n - 1] ^= 0xff;
		break;
	case LIE_MISSING:
		d->n -= d->n > 0;
		break;
	case LIE_EXTRA:
		d->data[d->n++] = 'x';
		break;
	case LIE_DUPLICATE:
		put(fd, d);
		break;
	case LIE_LATE:
		keep(later, d, clock_now_ns() + liar->late_ms * CLOCK_MS);
		return;
	case LIE_ELSEWHERE:
		fd = other;
		break;
	case LIE_FOREIGN:
		put(fd, &(struct datagram){ d->peer, 0, sizeof(strange), strange });
		break;
	default:
		break;
	}
	put(fd, d);
}

static void serve_datagrams(const struct liar *liar, int fd, pid_t parent)
{
	static struct datagram later[LATER];
	static unsigned char data[BLOCK + 1];
	struct liar honest = { .lie = LIE_HONEST };
	struct datagram held = { .data = NULL };
	uint64_t number = 0;
	struct sa sa;
	int other = bound(SOCK_DGRAM, &sa);

	while (getppid() == parent) {
		struct pollfd io = { .fd = fd, .events = POLLIN };
		struct datagram d = { .peer.len = sizeof(d.peer.u), .data = data };
		bool lies;
		ssize_t n;

		if (poll(&io, 1, put_due(fd, later)) <= 0)
			continue;
		n = recvfrom(fd, data, BLOCK, MSG_DONTWAIT, &d.peer.u.sa, &d.peer.len);
		if (n < 0)
			continue;
		d.n = (size_t)n;
		lies = liar->where == 0 || ++number == liar->where;
		if (liar->lie == LIE_REORDERED && lies && !held.data) {
			held = d;
			held.data = malloc(d.n + 1);
			if (held.data)
				memcpy(held.data, data, d.n);
			continue;
		}
		answer(lies ? liar : &honest, fd, other, &d, later);
		if (held.data) {
			put(fd, &held);
			free(held.data);
			held.data = NULL;
		}
	}
	free(held.data);
}

void liar_serve(const struct liar *liar, int fd)
{
	pid_t parent = getppid();

	if (liar->type == SOCK_STREAM)
		serve_streams(liar, fd, parent);
	else
		serve_datagrams(liar, fd, parent);
}
